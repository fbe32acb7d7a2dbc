// Where something goes wrong, which, when and what. Text form: `i2c.data@0x40#3=nack-data`.

/** One planned fault. */
export interface FaultPoint {
  /** Bus and operation: `i2c.transfer`, `mmio.read`, `dma.map`. */
  readonly where: string;
  /** Which address or name on that bus; undefined means any. */
  readonly which: string | undefined;
  /** The Nth such operation from now, counted from 1; 0 means every one. */
  readonly nth: number;
  /** What happens, in the bus's words: `nack-address`, `timeout`. */
  readonly what: string;
}
