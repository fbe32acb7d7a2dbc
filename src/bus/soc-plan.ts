// How the blocks of a SoC are wired to one another inside it, as data: no devicetree says it.

/** A kind of block. Each has a name with a number: `RDMA` gives `RDMA0`, `RDMA1`. */
export interface SocBlock {
  readonly name: string;
  readonly compatible: readonly string[];
  /** Stem of the devicetree alias that gives the number. Nodes without alias take the free numbers in tree order. */
  readonly alias?: string;
}

/** A wire for pictures; with `through`, that block's switches open it, under the name `from>to`. */
export interface SocVideo {
  readonly from: string;
  readonly to: string;
  readonly through?: string;
}

/** A line for pulses: a signal of a block leads to input `id` of another. */
export interface SocEvent {
  readonly from: string;
  readonly signal: string;
  readonly to: string;
  readonly id: number;
}

/** Blocks, by name, and the wires between them. */
export interface SocPlan {
  /** The SoC is that of a tree in which a node has one of these. */
  readonly compatible: readonly string[];
  readonly blocks: readonly SocBlock[];
  readonly video: readonly SocVideo[];
  readonly events: readonly SocEvent[];
}

/** The name of the way between two blocks. */
export function wayName(from: string, to: string): string {
  return `${from}>${to}`;
}
