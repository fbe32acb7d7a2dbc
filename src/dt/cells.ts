// Cells: the big-endian 32-bit numbers that blobs and values are made of. The caller checks the bounds.

/** The cell whose first byte is at an offset. */
export function readCell(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
  return (high | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0;
}

/** Writes a cell; of a larger number its low 32 bits. */
export function writeCell(bytes: Uint8Array, at: number, cell: number): void {
  bytes[at] = cell >>> 24;
  bytes[at + 1] = cell >>> 16;
  bytes[at + 2] = cell >>> 8;
  bytes[at + 3] = cell;
}
