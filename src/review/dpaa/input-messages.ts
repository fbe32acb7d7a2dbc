// Table of everything that the reader of dumps says; what to do stands behind the last `; `.
import type { Message } from '../../dt/message.js';

/** The code of an entry is `dpaa/input/` and its key. */
export const INPUT_MESSAGES = {
  empty: ['error', 'there is nothing in it; give descriptors, tables or buffers as hex, or a dump of memory'],
  none: ['error', 'no line of it has the digits of a dump; write lines like `fd: 00ff0012 3400f000 840007ea 80000200`'],
  large: ['error', 'it has more than {bytes} bytes or {lines} lines; cut out the part that matters'],
  outside: ['error', 'there are no bytes at {addr} in it; give an address that the dump has, or --base for a binary'],
  many: ['warning', 'it has more than {count} things; the rest was left out, give it in parts'],
  memory: ['note', 'it is a dump of memory; --at and --as say where something is and what, or lines with `fd:` do'],
  skipped: [
    'note',
    'lines that are no part of a dump were passed over: {count}',
    'Look whether one of them should have been read.',
  ],
} as const satisfies Readonly<Record<string, Message>>;

/** Key of the table. */
export type InputKey = keyof typeof INPUT_MESSAGES;
