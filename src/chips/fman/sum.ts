// The one's complement sum of IP, TCP and UDP.

const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
/** Fewer bytes are added before a typed array has said which buffer it has. */
const SHORT = 64;
let buffer: ArrayBufferLike = new ArrayBuffer(0);
let words: Int32Array = new Int32Array(buffer);

/**
 * The sum of bytes `[from, to)` as big-endian 16-bit words, a last odd byte being the upper one; folded to 16 bits.
 * Most of a frame is added in words of 32 bits, in whatever order this computer has them: the sum does not mind.
 */
export function onesSum(bytes: Uint8Array, from: number, to: number): number {
  if (!LITTLE || to - from < SHORT) return slowSum(bytes, from, to);
  const shift = (bytes.byteOffset + from) & 3;
  if ((shift & 1) !== 0) return slowSum(bytes, from, to);
  const head = shift === 0 ? from : from + 2;
  if (bytes.buffer !== buffer) {
    buffer = bytes.buffer;
    words = new Int32Array(buffer, 0, buffer.byteLength >> 2);
  }
  const view = words;
  const first = (bytes.byteOffset + head) >> 2;
  const end = first + ((to - head) >> 2);
  // Half words are added: the sum keeps within 31 bits for the longest frame there is.
  let sum = 0;
  for (let i = first; i < end; i++) {
    const word = view[i] as number;
    sum = (sum + (word & 0xffff) + (word >>> 16)) | 0;
  }
  let folded = fold(sum);
  folded = ((folded & 0xff) << 8) | (folded >>> 8);
  const tail = head + (end - first) * 4;
  return fold(folded + (head === from ? 0 : slowSum(bytes, from, head)) + slowSum(bytes, tail, to));
}

function slowSum(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  let at = from;
  for (; at + 1 < to; at += 2) sum += ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  if (at < to) sum += (bytes[at] as number) << 8;
  return fold(sum);
}

/**
 * A sum of TCP or UDP that was just put into a frame and therefore holds: whoever gets the same bytes at once, at the
 * other end of a cable, need not add them up again.
 */
export class KnownSum {
  frame: Uint8Array | undefined;
  ip = 0;
  l4 = 0;
  end = 0;
  protocol = 0;

  /** Forgets it: the bytes may change. */
  clear(): void {
    this.frame = undefined;
  }
}

/** Carries added back in. */
export function fold(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x1_0000);
  return rest;
}
