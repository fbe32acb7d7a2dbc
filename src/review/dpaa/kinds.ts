// What a dump can have, and in which order.

/** What a piece of a dump can be. */
export const DPAA_KINDS = ['fd', 'sgt', 'buffers', 'parse'] as const;
/** One of them. */
export type DpaaKind = (typeof DPAA_KINDS)[number];
/** In which order words of a dump have their bytes; bytes by themselves stand as they are. */
export const WORD_ORDERS = ['big', 'little'] as const;
/** One of them. */
export type WordOrder = (typeof WORD_ORDERS)[number];
