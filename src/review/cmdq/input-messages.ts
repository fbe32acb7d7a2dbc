// Table of everything that the readers of GCE programs say; what to do stands behind the last `; `.
import type { Message } from '../../dt/message.js';

/** The code of an entry is `cmdq/input/` and its key. */
export const INPUT_MESSAGES = {
  empty: ['error', 'there is no instruction in it; give a buffer, a dump of one, assembly, or the log of a GCE thread'],
  unknown: [
    'error',
    'this is no GCE program that can be read: {why}; give a binary, a hex dump, a C array, assembly or a kernel log, ' +
      'or say which with --format',
  ],
  'log-only': [
    'error',
    'this log tells of the GCE, but has no instructions and no registers of a thread; bringup explain says what its ' +
      'lines mean',
  ],
  'not-this': ['error', 'this is no {format}: {why}; leave --format away, or give another one'],
  large: ['error', 'it has more than {limit} bytes of instructions; cut out the part that matters'],
  long: [
    'error',
    'it has more than {bytes} bytes or {lines} lines of text; cut out the part that matters, or give it as a binary',
  ],
  rest: [
    'warning',
    'the last {count} bytes are no whole instruction and were left out; check that nothing was cut off',
  ],
  hole: ['warning', 'the dump lacks {count} bytes before {offset}; they are shown as .inst 0, look for lost lines'],
  back: [
    'warning',
    'the offsets go back to {offset}; everything from there on was left out, give one buffer at a time',
  ],
  other: ['note', 'another buffer begins here at {offset} and was left out; give its lines alone to see it'],
  skipped: [
    'note',
    'lines that are no part of the dump were passed over: {count}',
    'look whether one of them should have been read',
  ],
  order: [
    'note',
    'the upper half of each instruction was taken to be the {which} number of a pair',
    'exchange them if the program makes no sense',
  ],
  guessed: [
    'note',
    'the dump has words in place of numbers: jumps were taken to go to the next instruction, waits to clear events',
    'a dump with numbers gives a certain answer',
  ],
  doubtful: [
    'warning',
    'only {known} of {count} words have an operation that exists; check the format (--format) and where the buffer is',
  ],
} as const satisfies Readonly<Record<string, Message>>;

/** Key of the table. */
export type InputKey = keyof typeof INPUT_MESSAGES;
