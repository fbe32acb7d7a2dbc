// What has become of requests that do not wait any more, for answers that come all the same.
import { SysError } from '../../base/errno.js';
import type { AprMessage } from './message.js';
import type { Q6Reply } from './q6-command.js';

/** A request that has ended. */
export interface Ended {
  readonly how: 'late' | 'duplicate' | 'posted';
  /** What it was, in words. */
  readonly place: string;
  readonly reply?: Q6Reply<unknown> | undefined;
  /** What its answer said. */
  readonly value?: unknown;
}

/** Those that are remembered. */
const MOST = 256;

/** The requests of one service that have ended lately. */
export class Q6Ended {
  readonly #byKey = new Map<string, Ended>();

  /** The one that a message with this opcode, token and port answers. */
  find(opcode: number, token: number, port: number): Ended | undefined {
    return this.#byKey.get(keyOf(opcode, token, port));
  }

  /** Remembers one; it is the last with this opcode, token and port. */
  add(opcode: number, token: number, port: number, ended: Ended): void {
    const key = keyOf(opcode, token, port);
    this.#byKey.delete(key);
    this.#byKey.set(key, ended);
    if (this.#byKey.size <= MOST) return;
    for (const oldest of this.#byKey.keys()) {
      this.#byKey.delete(oldest);
      return;
    }
  }

  /** It was not sent after all. */
  forget(opcode: number, token: number, port: number): void {
    this.#byKey.delete(keyOf(opcode, token, port));
  }
}

/** Undoes what an answer tells of, unless it is what the first answer told. */
export function undoLate({ reply, value }: Ended, message: AprMessage): void {
  if (reply?.late === undefined || message.payloadSize < reply.leastBytes) return;
  try {
    if (reply.read(message) !== value) reply.late(message);
  } catch (e) {
    if (!(e instanceof SysError)) throw e; // it tells that nothing was done
  }
}

function keyOf(opcode: number, token: number, port: number): string {
  return `${opcode} ${token} ${port}`;
}
