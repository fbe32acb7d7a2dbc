// What is right for a recorded script of the mailbox driver: what Linux's did, but for the documented differences
// (mtk-cmdq.ts).
import type { Entry } from './driver-machine.js';

interface Recorded {
  readonly trace: readonly Entry[];
  readonly log: string;
  readonly warns: number;
}

interface Queued {
  readonly thread: number;
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

const ERROR_BITS = 0x12;
const ENOEXEC = -8;
const EFAULT = -14;
/** Lines whose return the recordings have. */
const RETURNS = new Set(['chan', 'send', 'isr', 'flush', 'shutdown', 'rresume', 'rsuspend', 'suspend', 'resume']);

/** The right result, and the ids of the differences whose rules applied. */
export function rightDriver(
  soc: string,
  script: readonly string[],
  recorded: Recorded,
): Recorded & { ids: ReadonlySet<string> } {
  const ids = new Set<string>();
  const packets: Omit<Queued, 'thread'>[] = [];
  let thread = 0;
  let queue: Queued[] = [];
  let log = recorded.log;
  const trace: Entry[] = [];
  const rest = [...recorded.trace];
  for (const line of script) {
    const [verb = '', a = '0', b = '0', c = '0'] = line.split(' ');
    if (verb === 'pkt') packets[Number(a)] = { index: Number(a), start: Number(b), end: Number(b) + Number(c) };
    const until = RETURNS.has(verb) ? rest.findIndex(([kind]) => kind === 'return') + 1 : 0;
    let part = rest.splice(0, until);
    if (verb === 'chan') thread = Number(a);
    if (verb === 'isr') {
      const all = threadsOf(part).map((one) => rightIsr(one, queue, shiftOf(soc)));
      part = all.flatMap((right) => right.part);
      for (const right of all) {
        log = right.before + log + right.after;
        for (const id of right.ids) ids.add(id);
      }
    }
    if (verb === 'flush' && givesNothingBack(part)) {
      part.splice(-1, 0, ['event', 'pm_put']);
      ids.add('cmdq-L17');
    }
    if (verb === 'send') queue.push({ ...(packets[Number(a)] as Queued), thread });
    const gone = new Set(part.filter(([kind]) => kind === 'callback').map(([, index]) => index));
    queue = queue.filter(({ index }) => !gone.has(index));
    trace.push(...part);
  }
  return { trace: [...trace, ...rest], log, warns: recorded.warns, ids };
}

/**
 * The handler's accesses by thread: each begins with a look at its IRQ_STATUS. What is before and behind stands
 * alone.
 */
function threadsOf(part: readonly Entry[]): readonly (readonly Entry[])[] {
  const parts: Entry[][] = [[]];
  for (const entry of part) {
    const [kind, at] = entry;
    const begins = kind === 'read' && at !== '0x10' && Number(at) % 0x80 === 0x10;
    if (begins || kind === 'return') parts.push([]);
    parts.at(-1)?.push(entry);
  }
  return parts;
}

/** A program counter outside of all packets, and an error at a packet's last instruction. */
function rightIsr(
  part: readonly Entry[],
  all: readonly Queued[],
  shift: number,
): { part: Entry[]; before: string; after: string; ids: readonly string[] } {
  const [, offset, text] = part.find(([kind, at]) => kind === 'read' && Number(at) % 0x80 === 0x20) ?? [];
  const status = Number(part.find(([kind, at]) => kind === 'read' && Number(at) % 0x80 === 0x10 && at !== '0x10')?.[2]);
  const same = { part: [...part], before: '', after: '', ids: [] };
  if (offset === undefined) return same;
  const pc = Number(text) * 2 ** shift;
  const thread = Math.floor((Number(offset) - 0x100) / 0x80);
  const queue = all.filter((one) => one.thread === thread);
  if (queue.length === 0) return same;
  const isError = (status & ERROR_BITS) !== 0;
  const here = queue.find(({ start, end }) => pc >= start && pc < end);
  if (here === undefined && pc !== queue.at(-1)?.end) {
    const after = `E:thread ${thread} error at 0x${pc.toString(16)}, outside of its ${queue.length} packet(s)|`;
    if (isError)
      return { part: part.map((entry) => failed(entry, undefined)), before: after, after: '', ids: ['cmdq-L14'] };
    const until = part.findIndex(([kind]) => kind === 'callback');
    return { part: part.slice(0, until), before: '', after: '', ids: ['cmdq-L14'] };
  }
  if (here === undefined || !isError || pc !== here.end - 8) return same;
  return { ...errorAtEnd(part, queue, here, shift), before: '', after: 'E:task <ptr> error|', ids: ['cmdq-L15'] };
}

/** The packet has failed: the thread is stopped, set to the next and let go. */
function errorAtEnd(part: readonly Entry[], queue: readonly Queued[], here: Queued, shift: number): { part: Entry[] } {
  const pcAt = part.find(([kind, at]) => kind === 'read' && Number(at) % 0x80 === 0x20)?.[1];
  const reg = (offset: number): string => `0x${(Number(pcAt) - 0x20 + offset).toString(16)}`;
  const next = queue[queue.indexOf(here) + 1];
  const moved: Entry[] = [
    ['write', reg(0x08), '0x1'],
    ['read', reg(0x04), '0x1'],
    ['read', reg(0x0c), '0x2'],
    ...(next === undefined ? [] : [['write', reg(0x20), `0x${(next.start / 2 ** shift).toString(16)}`] as const]),
    ['write', reg(0x08), '0x0'],
  ];
  const at = part.findIndex(([kind, index]) => kind === 'callback' && index === here.index);
  const rest = part.slice(at + 1);
  return { part: [...part.slice(0, at), failed(part[at] as Entry, here), ...moved, ...rest] };
}

function failed(entry: Entry, only: Queued | undefined): Entry {
  const [kind, index] = entry;
  if (kind !== 'callback' || (only !== undefined && index !== only.index)) return entry;
  return ['callback', index as number, ENOEXEC];
}

/** Linux forgets its reference when it has waited in vain. */
function givesNothingBack(part: readonly Entry[]): boolean {
  const [, ret] = part.at(-1) ?? [];
  const isGot = part.some(([, what]) => what === 'pm_get');
  return ret === EFAULT && isGot && !part.some(([, what]) => what === 'pm_put');
}

function shiftOf(soc: string): number {
  return ['mt8173', 'mt8183', 'mt6795'].includes(soc) ? 0 : 3;
}
