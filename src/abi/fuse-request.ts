// Requests of the kernel, taken out of their bytes, and the buffer in which the replies are written.
import { ERRNO, SysError } from '../base/errno.js';
import { decodeUtf8 } from '../base/text.js';
import { IN, IN_HEADER, OUT_HEADER } from './fuse-layout.js';

/** Programs' writes come whole up to here, and reads are answered up to here. */
export const MAX_DATA_BYTES: number = 128 * 1024;

const WORD = 2 ** 32;

/** A word of 64 bits as a number. Beyond 2^53 it is inexact: such a one was never given out, and nobody knows it. */
export function word64(low: number, high: number): number {
  return high * WORD + low;
}

/** The upper half of a number that is written as a word of 64 bits. */
export function highHalf(value: number): number {
  return Math.floor(value / WORD);
}

/** The lower half. */
export function lowHalf(value: number): number {
  return value % WORD;
}

/** One request. Its body is the caller's buffer: what is needed later is copied before `handle` returns. */
export interface FuseRequest {
  readonly opcode: number;
  /** The number under which it is answered. */
  readonly unique: number;
  readonly nodeid: number;
  readonly uid: number;
  readonly gid: number;
  readonly body: Uint8Array;
  /** Called when the reply came too late for its program: what was counted or opened for it is given back. */
  undelivered: (() => void) | undefined;
}

/** Views of requests: one of each kind, moved from request to request. What is read in one is read at once. */
export class RequestViews {
  readonly #header = IN_HEADER.view();
  readonly init = IN.init.view();
  readonly forget = IN.forget.view();
  readonly batchForget = IN.batchForget.view();
  readonly forgetOne = IN.forgetOne.view();
  readonly getattr = IN.getattr.view();
  readonly setattr = IN.setattr.view();
  readonly open = IN.open.view();
  readonly read = IN.read.view();
  readonly write = IN.write.view();
  readonly release = IN.release.view();
  readonly access = IN.access.view();
  readonly interrupt = IN.interrupt.view();
  readonly poll = IN.poll.view();
  readonly lseek = IN.lseek.view();

  /** Reads the header. Undefined for bytes that are shorter: there is nobody to answer. */
  request(bytes: Uint8Array): FuseRequest | undefined {
    if (bytes.length < IN_HEADER.sizeBytes) return undefined;
    const header = this.#header.at(bytes);
    return {
      opcode: header.opcode,
      unique: word64(header.unique, header.uniqueHi),
      nodeid: word64(header.nodeid, header.nodeidHi),
      uid: header.uid,
      gid: header.gid,
      body: bytes.subarray(IN_HEADER.sizeBytes),
      undelivered: undefined,
    };
  }
}

/** The name that a body begins with, up to its NUL. EINVAL where there is none. */
export function nameIn(body: Uint8Array): string {
  const end = body.indexOf(0);
  if (end < 0) throw new SysError('EINVAL', 'a name without end', { op: 'fuse' });
  return decodeUtf8(body, 0, end);
}

/** Where replies are written. There is one: a reply is handed over before the next is begun. */
export class ReplyBuffer {
  readonly #bytes = new Uint8Array(OUT_HEADER.sizeBytes + MAX_DATA_BYTES);
  readonly #header = OUT_HEADER.view().at(this.#bytes);
  /** Room for a body. */
  readonly body: Uint8Array = this.#bytes.subarray(OUT_HEADER.sizeBytes);

  /** The first bytes of the room, all zero. */
  zeroed(length: number): Uint8Array {
    return this.body.fill(0, 0, length).subarray(0, length);
  }

  /** A reply with a body, which is copied unless it was written in the room. */
  answer(unique: number, body: Uint8Array): Uint8Array {
    const data = body.subarray(0, MAX_DATA_BYTES);
    if (data.buffer !== this.#bytes.buffer) this.body.set(data);
    return this.#finish(unique, 0, data.length);
  }

  /** A reply that says what went wrong. What Linux keeps for itself gets the number that programs know. */
  error(unique: number, { code }: SysError): Uint8Array {
    const shown = code === 'EPROBE_DEFER' ? 'EAGAIN' : code === 'ENOTSUPP' ? 'EOPNOTSUPP' : code;
    return this.#finish(unique, WORD - ERRNO[shown], 0);
  }

  /** A message that answers nothing; its number stands where replies have their error. */
  notice(code: number, body: Uint8Array): Uint8Array {
    this.body.set(body);
    return this.#finish(0, code, body.length);
  }

  #finish(unique: number, error: number, length: number): Uint8Array {
    const header = this.#header;
    header.len = OUT_HEADER.sizeBytes + length;
    header.error = error;
    header.unique = lowHalf(unique);
    header.uniqueHi = highHalf(unique);
    return this.#bytes.subarray(0, header.len);
  }
}
