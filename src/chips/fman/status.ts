// Bits of the word that FMan and software exchange in a frame descriptor: command towards FMan, status from it.

/** Status bits. */
export const STATUS = {
  unsupportedFormat: 0x0400_0000,
  lengthError: 0x0200_0000,
  dmaError: 0x0100_0000,
  physical: 0x0008_0000,
  size: 0x0004_0000,
  headerError: 0x0000_0020,
  l4Checked: 0x0000_0004,
} as const;

/** Command bits. */
export const COMMAND = {
  /** Bits 23 to 0 are the queue for the confirmation. */
  confirmTo: 0x8000_0000,
  readPrepended: 0x4000_0000,
  checksum: 0x1000_0000,
} as const;

/** Formats of a frame descriptor that FMan takes. */
export const FORMAT = { contiguous: 0, scattered: 4 } as const;

/** Entries of a table. */
export const MOST_ENTRIES = 16;
/** Bytes of one. */
export const ENTRY_BYTES = 16;
/** FMan reads tables as a whole. */
export const TABLE_BYTES = MOST_ENTRIES * ENTRY_BYTES;
/** Bits of an entry's third word. */
export const ENTRY = { extension: 0x8000_0000, final: 0x4000_0000, length: 0x3fff_ffff } as const;
/** Longest frame, FCS not counted: what fits the FIFO. */
export const MOST_BYTES = 10_240;
