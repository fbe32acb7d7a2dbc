// Text and bytes. The two names below exist in Node and in browsers alike but in no ECMAScript library.
declare const TextDecoder: new (encoding: string) => { decode(bytes: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

/** Bytes up to which building a text char by char is the quicker way. */
const SHORT = 48;
const DECODER = new TextDecoder('utf-8');
const ENCODER = new TextEncoder();

/** UTF-8 bytes of a range to text; what is not UTF-8 becomes U+FFFD. Short ASCII, which names are, takes no decoder. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80 || end - start > SHORT) return DECODER.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Text to UTF-8 bytes. */
export function encodeUtf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}
