// The numbers of the blob format (Devicetree Specification, chapter 5).

/** First cell of every blob. */
export const FDT_MAGIC = 0xd00dfeed;

/** Tokens of the structure block. */
export const FDT_BEGIN_NODE = 1;
/** Ends the node that was begun last. */
export const FDT_END_NODE = 2;
/** A property: length, offset of the name, value. */
export const FDT_PROP = 3;
/** Nothing; programs that remove something leave it behind. */
export const FDT_NOP = 4;
/** The end of the block. */
export const FDT_END = 9;

/** The next multiple of 4: names and values are padded to whole cells. */
export function fdtAligned(length: number): number {
  return (length + 3) & ~3;
}
