// The wires of a machine by the names that faults and traces give them.

/** A signal between blocks that leads somewhere. */
export interface SignalName {
  readonly block: string;
  readonly signal: string;
  /** Inputs of other blocks: `/soc/mutex@14016000:130`. */
  readonly to: string;
}

/** Those that drivers and chips have asked for so far, in that order. */
export interface WireNames {
  /** Paths of I2C controllers. */
  readonly i2c: readonly string[];
  /** Register windows: those of drivers by device path, those of chips that reach all registers by the chip's. */
  readonly windows: readonly string[];
  /** Interrupt lines that somebody listens to, with the devices that do. */
  readonly lines: readonly { readonly name: string; readonly listeners: readonly string[] }[];
  readonly signals: readonly SignalName[];
  /** Edges to remote processors. */
  readonly edges: readonly string[];
  /** Paths of Ethernet MACs. */
  readonly macs: readonly string[];
  /** Blocks of DPAA that pass frames and buffers. */
  readonly dpaa: readonly string[];
}
