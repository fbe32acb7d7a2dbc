// One line of a client, understood: the grammar of iiod 0.24.

/** Where an attribute is. */
export type AttrPlace =
  | { readonly kind: 'device' | 'buffer' | 'debug' }
  | { readonly kind: 'channel'; readonly output: boolean; readonly channel: string };

/** A command. `device` is a word yet: an id, a label or a name. Without `attr` all of the place are meant. */
export type Request =
  | Bare
  | { readonly kind: 'timeout'; readonly ms: number }
  | {
      readonly kind: 'read';
      readonly device: string;
      readonly place: AttrPlace;
      readonly attr: string | undefined;
    }
  | {
      readonly kind: 'write';
      readonly device: string;
      readonly place: AttrPlace;
      readonly attr: string | undefined;
      readonly length: number;
    }
  | { readonly kind: 'gettrig'; readonly device: string }
  | { readonly kind: 'settrig'; readonly device: string; readonly trigger: string | undefined }
  | { readonly kind: 'buffers-count'; readonly device: string; readonly count: number }
  | {
      readonly kind: 'open';
      readonly device: string;
      readonly samples: number;
      readonly mask: string;
      readonly cyclic: boolean;
    }
  | { readonly kind: 'readbuf'; readonly device: string; readonly bytes: number }
  | { readonly kind: 'writebuf'; readonly device: string; readonly bytes: number }
  | { readonly kind: 'close'; readonly device: string };

/** Commands without operands; an empty line is one, too. */
type Bare = { [K in BareKind]: { readonly kind: K } }[BareKind];
type BareKind = 'nothing' | 'exit' | 'help' | 'print' | 'version';

/** Reads what stands behind the keyword; undefined where it is not of the form. */
type Form = (words: readonly string[]) => Request | undefined;

const bare =
  (kind: BareKind): Form =>
  (words) =>
    words.length === 0 ? { kind } : undefined;

/** Commands whose first word is a device, and how many words may follow. */
const onDevice =
  (most: number, form: (device: string, words: readonly string[]) => Request | undefined): Form =>
  ([device, ...words]) =>
    device === undefined || words.length > most ? undefined : form(device, words);

/** Table of keywords in capitals; clients may write them in small letters as well, but not mixed. */
const FORMS: Readonly<Record<string, Form>> = {
  EXIT: bare('exit'),
  QUIT: bare('exit'),
  HELP: bare('help'),
  PRINT: bare('print'),
  VERSION: bare('version'),
  TIMEOUT: ([word, ...more]) => (more.length > 0 ? undefined : withCount(word, timeoutOf)),
  READ: onDevice(3, readForm),
  WRITE: onDevice(4, writeForm),
  GETTRIG: onDevice(0, (device) => ({ kind: 'gettrig', device })),
  SETTRIG: onDevice(1, (device, [trigger]) => ({ kind: 'settrig', device, trigger })),
  SET: onDevice(2, setForm),
  OPEN: onDevice(3, openForm),
  READBUF: onDevice(1, (device, [word]) => withCount(word, (bytes) => ({ kind: 'readbuf', device, bytes }))),
  WRITEBUF: onDevice(1, (device, [word]) => withCount(word, (bytes) => ({ kind: 'writebuf', device, bytes }))),
  CLOSE: onDevice(0, (device) => ({ kind: 'close', device })),
};

const BLANKS = /[ \t]+/;

/**
 * Reads a line, its newline taken off. Words are parted by blanks, with none before the first; undefined for what is
 * no command. ZPRINT is none here, so clients go on with PRINT.
 */
export function parseRequest(line: string): Request | undefined {
  const text = withoutEnd(line);
  if (text === '') return { kind: 'nothing' };
  const [keyword = '', ...words] = text.split(BLANKS);
  const capitals = keyword.toUpperCase();
  if (keyword !== capitals && keyword !== keyword.toLowerCase()) return undefined;
  return Object.hasOwn(FORMS, capitals) ? FORMS[capitals]?.(words) : undefined;
}

/** By hand: a pattern would look at a line of blanks once from each of them. */
function withoutEnd(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end--;
  return line.slice(0, end);
}

/** A number as C's atoi reads it, so that TIMEOUT abc is 0 as in the original; undefined for a negative one. */
function countOf(word: string): number | undefined {
  if (word.startsWith('-')) return undefined;
  return Number(/^\d*/.exec(word)?.[0] ?? 0);
}

function withCount(word: string | undefined, make: (count: number) => Request): Request | undefined {
  const count = word === undefined ? undefined : countOf(word);
  return count === undefined ? undefined : make(count);
}

function timeoutOf(ms: number): Request {
  return { kind: 'timeout', ms: Math.min(ms, 0x7fff_ffff) };
}

const PLACES: Readonly<Record<string, 'buffer' | 'debug' | 'input' | 'output'>> = {
  BUFFER: 'buffer',
  buffer: 'buffer',
  DEBUG: 'debug',
  debug: 'debug',
  INPUT: 'input',
  input: 'input',
  OUTPUT: 'output',
  output: 'output',
};

/** Splits `[BUFFER|DEBUG|INPUT CHANNEL|OUTPUT CHANNEL] rest…`. */
function placeForm(words: readonly string[]): { place: AttrPlace; rest: readonly string[] } | undefined {
  const [first = '', channel, ...rest] = words;
  const place = Object.hasOwn(PLACES, first) ? PLACES[first] : undefined;
  if (place === undefined) return { place: { kind: 'device' }, rest: words };
  if (place === 'buffer' || place === 'debug') return { place: { kind: place }, rest: words.slice(1) };
  return channel === undefined ? undefined : { place: { kind: 'channel', output: place === 'output', channel }, rest };
}

function readForm(device: string, words: readonly string[]): Request | undefined {
  const { place, rest } = placeForm(words) ?? {};
  if (place === undefined || rest === undefined || rest.length > 1) return undefined;
  return { kind: 'read', device, place, attr: rest[0] };
}

function writeForm(device: string, words: readonly string[]): Request | undefined {
  const { place, rest } = placeForm(words) ?? {};
  if (place === undefined || rest === undefined || rest.length > 2) return undefined;
  const length = rest.at(-1) ?? '';
  if (!/^\d{1,15}$/.test(length)) return undefined;
  return { kind: 'write', device, place, attr: rest.length === 2 ? rest[0] : undefined, length: Number(length) };
}

function setForm(device: string, [what = '', word]: readonly string[]): Request | undefined {
  if (what !== 'BUFFERS_COUNT' && what !== 'buffers_count') return undefined;
  return withCount(word, (count) => ({ kind: 'buffers-count', device, count }));
}

function openForm(device: string, [samples, mask, cyclic]: readonly string[]): Request | undefined {
  if (mask === undefined || (cyclic !== undefined && cyclic !== 'CYCLIC' && cyclic !== 'cyclic')) return undefined;
  return withCount(samples, (count) => ({
    kind: 'open',
    device,
    samples: count,
    mask,
    cyclic: cyclic !== undefined,
  }));
}
