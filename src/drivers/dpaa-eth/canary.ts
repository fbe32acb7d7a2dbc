// What a buffer holds while it is in its pool. FMan writes over it when it fills the buffer: a descriptor or an entry
// that names a buffer where it still stands is a stale one (dpaa-L49). A driver has no other way to know: nobody tells
// it which buffers FMan has taken.
//
// It has eight bytes of its own for each buffer, in two places: where the buffer begins, since later pieces of a frame
// are written from there on, and behind the headroom, where a frame, its table or its first piece begin. Who sends
// frames cannot guess it.
import type { Page } from '../../core/page.js';

/** Its length. */
export const CANARY_BYTES = 8;
const HIGH = 0x9e37_79b1;
const LOW = 0x85eb_ca6b;

/** The first word of a buffer's canary; `salt` is to be another one each time. */
export function canaryOf({ phys }: Page, offset: number, salt: number): number {
  return Math.imul((phys + offset) ^ salt, HIGH);
}

/** Writes it. The buffer at `offset` is the processor's, and about to go into its pool; both are multiples of four. */
export function armCanary({ words }: Page, offset: number, headroom: number, canary: number): void {
  const low = Math.imul(canary, LOW);
  const start = offset >> 2;
  const data = (offset + headroom) >> 2;
  words[start] = canary;
  words[start + 1] = low;
  words[data] = canary;
  words[data + 1] = low;
}

/** Whether it stands at that offset of the page. */
export function canaryStands({ words }: Page, at: number, canary: number): boolean {
  return words[at >> 2] === canary && words[(at >> 2) + 1] === Math.imul(canary, LOW);
}
