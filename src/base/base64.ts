// Bytes as text of 64 characters (RFC 4648), for ways that carry text only.

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** With `=` at the end where it is needed. */
export function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b = 0, c = 0] = [bytes[i] as number, bytes[i + 1], bytes[i + 2]];
    const word = a * 0x1_0000 + b * 0x100 + c;
    text += letter(word >> 18) + letter(word >> 12);
    text += i + 1 < bytes.length ? letter(word >> 6) : '=';
    text += i + 2 < bytes.length ? letter(word) : '=';
    if (text.length < PIECE) continue;
    parts.push(text);
    text = '';
  }
  return parts.join('') + text;
}
const PIECE = 8192;

const letter = (bits: number): string => LETTERS.charAt(bits & 63);
