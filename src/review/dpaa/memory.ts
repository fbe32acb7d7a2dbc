// Memory as a dump has it: pieces at addresses, looked up by whoever follows an address.

/** A piece of memory. */
export interface MemoryPiece {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** The pieces of a dump. */
export class DumpMemory {
  readonly pieces: readonly MemoryPiece[];

  constructor(pieces: readonly MemoryPiece[]) {
    this.pieces = pieces.toSorted((a, b) => a.at - b.at);
  }

  /** The bytes at an address: `most` of them, or as many as are there in one piece; undefined for none. */
  read(addr: number, most: number): Uint8Array | undefined {
    const piece = this.#pieceOf(addr);
    if (piece === undefined) return undefined;
    const from = addr - piece.at;
    return from < piece.bytes.length ? piece.bytes.subarray(from, from + most) : undefined;
  }

  /** The last piece that begins at the address or before it. */
  #pieceOf(addr: number): MemoryPiece | undefined {
    let [low, high] = [0, this.pieces.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.pieces[middle] as MemoryPiece).at <= addr) low = middle + 1;
      else high = middle;
    }
    return this.pieces[low - 1];
  }
}
