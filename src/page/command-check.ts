// Checks what arrives as a command: everything may have sent it.
import { type Args, type Command, VIEW_NAMES, type ViewName } from './protocol.js';

type Check = (value: unknown) => boolean;

const isWord = (value: unknown): value is string => typeof value === 'string' && value.length <= MOST_TEXT;
const isSpan: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= MOST_NS;
const isView: Check = (value) => VIEW_NAMES.includes(value as ViewName);
const isPlain = (value: unknown): value is Args[string] =>
  isWord(value) || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
const isArgs: Check = (value) => isObject(value) && Object.values(value).every(isPlain);

/** The longest text in a command: a fault plan or a scenario, not a file. */
const MOST_TEXT = 65_536;
/** The longest step: an hour. */
const MOST_NS = 3_600e9;

/** What each command has beside its id and name. */
const PARTS: Readonly<Record<Command['do'], Readonly<Record<string, Check>>>> = {
  run: {},
  pause: {},
  step: { ns: isSpan },
  act: { action: isWord },
  watch: { view: isView, args: isArgs },
  unwatch: { view: isView },
  ask: { view: isView, args: isArgs },
};

/** The command of a text, or one line about what is wrong with it. */
export function checkCommand(text: string): Command | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'a command is JSON; this is none';
  }
  if (!isObject(value)) return 'a command is an object with id and do';
  const { id, do: name, ...rest } = value;
  if (!Number.isSafeInteger(id)) return 'a command has an id, a whole number';
  const parts = typeof name === 'string' && Object.hasOwn(PARTS, name) ? PARTS[name as Command['do']] : undefined;
  if (parts === undefined) return `there is no such command; there are ${Object.keys(PARTS).join(', ')}`;
  for (const [key, check] of Object.entries(parts))
    if (!check(rest[key])) return `${String(name)}: ${key} is not as it must be`;
  for (const key of Object.keys(rest)) if (!Object.hasOwn(parts, key)) return `${String(name)}: it has no ${key}`;
  return value as unknown as Command;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
