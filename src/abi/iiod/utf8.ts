// Texts of files on their way to a client: UTF-8, carried as strings of one character per byte.
import { encodeUtf8 } from '../../base/text.js';
import { decodeLatin1 } from '../../dt/latin1.js';

const NOT_ASCII = /[^\0-\x7f]/;

/** The bytes of a text's UTF-8, one character each. */
export function utf8Bytes(text: string): string {
  return NOT_ASCII.test(text) ? decodeLatin1(encodeUtf8(text)) : text;
}
