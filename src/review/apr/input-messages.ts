// Table of everything that the reader of packets says; what to do stands behind the last `; `.
import type { Message } from '../../dt/message.js';

/** The code of an entry is `apr/input/` and its key. */
export const INPUT_MESSAGES = {
  empty: ['error', 'there is no packet in it; give packets as pcapng, binary, hex dump, or a kernel log with a dump'],
  unknown: ['error', 'these are no packets that can be read: {why}; say what it is with --format'],
  'not-this': ['error', 'this is no {format}: {why}; leave --format away, or give another one'],
  long: ['error', 'it has more than {bytes} bytes or {lines} lines of text; cut out the part that matters'],
  large: ['error', 'it has more than {bytes} bytes; cut out the part that matters'],
  many: ['warning', 'it has more than {count} packets; the rest was left out, give it in parts'],
  rest: [
    'warning',
    'the {count} bytes from {offset} on are not cut into packets by what they claim, and were taken as one; ' +
      'check where the packet before ends',
  ],
  lost: [
    'warning',
    'this row is at offset {offset}, and the one before ended at {expected}; a new packet was begun, look for ' +
      'lost lines',
  ],
  skipped: [
    'note',
    'lines that are no part of a dump were passed over: {count}',
    'Look whether one of them should have been read.',
  ],
} as const satisfies Readonly<Record<string, Message>>;

/** Key of the table. */
export type InputKey = keyof typeof INPUT_MESSAGES;
