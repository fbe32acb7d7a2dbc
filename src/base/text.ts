// Text and bytes. The two names below exist in Node and in browsers alike but in no ECMAScript library.
declare const TextDecoder: new (encoding: string) => { decode(bytes: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

/** Bytes up to which the characters are made without the decoder, whose call costs more than they do. */
const SHORT = 256;
const NOT_ASCII = /[^\0-\x7f]/;
const DECODER = new TextDecoder('utf-8');
const ENCODER = new TextEncoder();

/** UTF-8 bytes of a range to text; what is not UTF-8 becomes U+FFFD. Short ASCII, which names are, takes no decoder. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  const range = bytes.subarray(start, end);
  if (end - start > SHORT) return DECODER.decode(range);
  // Not by spreading: that goes through an iterator, four times slower.
  const text = String.fromCharCode.apply(null, range as unknown as number[]);
  return NOT_ASCII.test(text) ? DECODER.decode(range) : text;
}

/** Text to UTF-8 bytes. Short ASCII takes no encoder. */
export function encodeUtf8(text: string): Uint8Array {
  if (text.length > SHORT || NOT_ASCII.test(text)) return ENCODER.encode(text);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
