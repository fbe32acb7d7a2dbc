// What the mailbox driver asks of a packet: where it is, and that its last instruction can be changed.

/** How a packet ended: 0, or Linux's negative error number. */
export type CmdqStatus = number;

/** One instruction as it lies in memory. */
export interface PlacedInstruction {
  readonly iova: number;
  readonly high: number;
  readonly low: number;
}

/** A packet, as the driver of the GCE sees it. Addresses are those that the GCE uses, in bytes. */
export interface GceProgram {
  /** Of the first instruction. */
  readonly start: number;
  /** Of the first byte behind the last instruction. */
  readonly end: number;
  /** How long it may take, in ns, from the moment in which it was sent; undefined: for ever. */
  readonly limit: number | undefined;
  /** Whether an instruction of it is at that address. */
  contains(iova: number): boolean;
  /** The upper half of the last instruction. */
  readonly lastHigh: number;
  /** Puts another instruction in the place of the last one, where the GCE sees it. Answers how to undo that. */
  relink(high: number, low: number): () => void;
  /** What it consists of, for a dump. */
  instructions(): Iterable<PlacedInstruction>;
  /** The GCE is about to get it. A SysError says that it cannot be sent now. */
  sent(): void;
  /** It did not get it after all. */
  unsent(): void;
  /** The GCE has done with it. */
  done(status: CmdqStatus): void;
}

/** What a client hears of a packet (Linux: struct cmdq_cb_data). */
export interface CmdqCbData {
  readonly sta: CmdqStatus;
  readonly pkt: GceProgram;
}
