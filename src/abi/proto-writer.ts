// Protobuf's wire format, so much of it as our own files need: numbers, text, messages in messages.
import { encodeUtf8 } from '../base/text.js';

const VARINT = 0;
const LENGTH = 2;
/** A message's length is put in when it is known: four bytes of it, which every reader takes. */
const LENGTH_BYTES = 4;

/** Writes messages into one growing buffer. */
export class ProtoWriter {
  #bytes = new Uint8Array(1 << 16);
  #at = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#at;
  }

  /** A number from 0 on, to 2^53. */
  uint(field: number, value: number): void {
    this.#room(16);
    this.#varint(field * 8 + VARINT);
    this.#varint(value);
  }

  /** A string, or bytes. */
  text(field: number, text: string): void {
    const bytes = encodeUtf8(text);
    this.#room(16 + bytes.length);
    this.#varint(field * 8 + LENGTH);
    this.#varint(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Begins a message; what comes is in it until `close` of the answer. */
  open(field: number): number {
    this.#room(16);
    this.#varint(field * 8 + LENGTH);
    this.#at += LENGTH_BYTES;
    return this.#at;
  }

  /** Ends it. */
  close(message: number): void {
    const length = this.#at - message;
    for (let i = 0; i < LENGTH_BYTES; i++) {
      const more = i < LENGTH_BYTES - 1 ? 0x80 : 0;
      this.#bytes[message - LENGTH_BYTES + i] = ((length >>> (7 * i)) & 0x7f) | more;
    }
  }

  /** What was written; the next begins anew. */
  take(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    return bytes;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#at++] = rest;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#at + bytes));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}
