// Text of one character per byte (latin1): so sources are read, lest a byte of a string be lost on the way.
import { decodeUtf8 } from '../base/text.js';

const CHUNK = 8192;

/** The bytes as text. */
export function decodeLatin1(bytes: Uint8Array): string {
  // Pure ASCII is the same in both, and the host decodes UTF-8 many times faster than we could decode anything.
  const ascii = decodeUtf8(bytes);
  if (ascii.length === bytes.length && !ascii.includes('\ufffd')) return ascii;
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += CHUNK) parts.push(String.fromCharCode(...bytes.subarray(i, i + CHUNK)));
  return parts.join('');
}

/** Writes the text's bytes from an offset of `into` on, which must have room. */
export function putLatin1(into: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) into[at + i] = text.charCodeAt(i);
}

/** The text's bytes. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  putLatin1(bytes, 0, text);
  return bytes;
}
