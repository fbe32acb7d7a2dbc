// Frames from port to port: what was sent must come, byte for byte, and the books must be right after every one.
import { audit } from './dpaa-accounts.js';
import type { DpaaPair } from './dpaa-machine.js';
import type { Pattern } from './dpaa-patterns.js';

/** Bytes that a frame of any length begins with: no period that a buffer could have. */
const SOURCE = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 7 + (i >> 8) * 13 + (i >> 4)) & 0xff);

/** A frame of `length` bytes for the port of `to`, of no protocol. */
export function plainBytes({ sides }: DpaaPair, to: 0 | 1, length: number): Uint8Array {
  const bytes = SOURCE.slice(0, length);
  bytes.set(sides[to].net.address);
  bytes.set(sides[1 - to === 0 ? 0 : 1].net.address, 6);
  bytes.set([0x88, 0xb5], 12);
  return bytes;
}

/** Sends one frame and audits. What was wrong, in words; `undefined`: this length cannot be cut like that. */
export async function sendOne(
  pair: DpaaPair,
  from: 0 | 1,
  length: number,
  pattern: Pattern,
): Promise<readonly string[] | undefined> {
  const cut = pattern.cut(length);
  if (cut === undefined) return undefined;
  const to = from === 0 ? 1 : 0;
  const bytes = plainBytes(pair, to, length);
  const taken = await pair.send(from, pair.packet(bytes, cut.linear, cut.frags));
  const { received } = pair.sides[to];
  const came = received.splice(0);
  const wrong = audit(pair);
  if (!taken) wrong.push('it was not taken');
  if (came.length !== 1) wrong.push(`${came.length} frames came`);
  else if (!same(came[0] as Uint8Array, bytes)) wrong.push('other bytes came');
  return wrong.map((text) => `${length} bytes, ${pattern.name}, from ${from}: ${text}`);
}

/** Whether both have the same bytes. */
export function same(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
