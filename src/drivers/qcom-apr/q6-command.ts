// Commands of the DSP's services, and their answers, as the drivers of services say them.
import type { AprMessage } from './message.js';

/** A command of a service. */
export interface Q6Command {
  /** The DSP's word for it, without the prefix that all of its kind have: `OPEN_WRITE_V3`. */
  readonly name: string;
  readonly opcode: number;
}

/** One command to be sent. */
export interface Q6Ask {
  readonly command: Q6Command;
  /** On what, in words, for errors: `session 1`. */
  readonly of?: string;
  /** At most 24 bits, unless it is only sent. */
  readonly token?: number;
  readonly srcPort?: number;
  readonly destPort?: number;
  readonly payload?: Uint8Array;
}

/** An answer of its own, in place of command and status. */
export interface Q6Reply<T> {
  readonly opcode: number;
  /** What its payload must have. */
  readonly leastBytes: number;
  /** Takes what is wanted from it; the message is the bus's again afterwards. What it throws is the request's error. */
  readonly read: (message: AprMessage) => T;
  /** Another answer, to a request that was given up or had one: what it tells of is to be undone. */
  readonly late?: (message: AprMessage) => void;
}

/** Answers that ended no request, by why. */
export interface Q6Counts {
  /** The request was given up before. */
  late: number;
  /** It was answered before. */
  duplicate: number;
  /** There was no such request. */
  foreign: number;
  /** Too short to say anything. */
  short: number;
  /** To a command for whose answer nobody waits. */
  posted: number;
}
