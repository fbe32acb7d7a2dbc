// The rules of receiving and giving back. Each looks at the input and changes what was recorded.
import { type DpaaCase, type Event, hexAddr, type Out, type RxIn } from './case.js';

const ETH_HLEN = 14;
/** A buffer of 2048 bytes and 64 before it, of which FMan may use 1664: what it holds more than its size. */
const HELD_MORE = 2048 + 64 - 1664;

/** What receiving or giving back should give. */
export function rightRx(one: DpaaCase, recorded: Out, ids: Set<string>): Out {
  if (one.kind === 'release') return recorded;
  const entries = entriesOf(recorded);
  if (goodStatus(one.in) && !possible(one.in, recorded, entries)) return refused(one.in, recorded, entries, ids);
  let out = lostTable(one.in, recorded, ids);
  out = withoutShells(out, ids);
  out = heldMemory(out, ids);
  out = overMtu(one.in, out, ids);
  out = checkedSums(one.in, out, ids);
  return droppedAbove(one.in, out, ids);
}

interface Entry {
  readonly addr: string;
  readonly length: number;
  readonly final: boolean;
  readonly ext: boolean;
  readonly bpid: number;
  readonly offset: number;
}

/** The table up to its final entry, as its recorded bytes say. */
function entriesOf(out: Out): readonly Entry[] {
  const all = (out['sgtHex'] as readonly string[]).map((text): Entry => {
    const number = (from: number, to: number): number => Number.parseInt(text.slice(2 * from, 2 * to), 16);
    const word = number(8, 12);
    return {
      addr: hexAddr(number(3, 8)),
      length: word % 0x4000_0000,
      final: Math.floor(word / 0x4000_0000) % 2 === 1,
      ext: word >= 0x8000_0000,
      bpid: number(13, 14),
      offset: number(14, 16) % 0x2000,
    };
  });
  const last = all.findIndex(({ final }) => final);
  return last < 0 ? all : all.slice(0, last + 1);
}

const eventsOf = (out: Out): readonly Event[] => out['events'] as readonly Event[];
const withoutDir = ({ dir: _dir, ...rest }: Event): Record<string, unknown> => rest;
const lengthOf = (out: Out): number => Number.parseInt((out['fdHex'] as string).slice(16, 24), 16) % 0x10_0000;
const goodStatus = ({ fd }: RxIn): boolean => (Number(fd?.status) & 0x010e_c0e0) === 0;

/** Events, and the lists that are made of them. */
function withEvents(out: Out, events: readonly Event[]): Out {
  return {
    ...out,
    events,
    maps: events.filter(({ op }) => op.startsWith('map_')).map(withoutDir),
    unmaps: events.filter(({ op }) => op.startsWith('unmap_')).map(withoutDir),
    releases: events.filter(({ op }) => op === 'bman_release').map(({ op: _op, ...rest }) => rest),
  };
}

/** Whether descriptor and table say what can be. */
function possible(given: RxIn, out: Out, entries: readonly Entry[]): boolean {
  const { fd, poolBufferSize: size, pool } = given;
  const length = lengthOf(out);
  const start = fd?.offset ?? 0;
  if (entries.length === 0) return length >= ETH_HLEN && start + length <= size;
  const fits = entries.every((one, i) => (i === 0 ? start : one.offset) + one.length <= size);
  const ours = entries.every(({ bpid, ext }) => bpid === pool && !ext);
  const sum = entries.reduce((total, one) => total + one.length, 0);
  const ends = entries.length <= 16 && entries.at(-1)?.final === true;
  return fits && ours && ends && sum === length && (entries[0]?.length ?? 0) >= ETH_HLEN;
}

/** dpaa-8.3.2: what cannot be is an error, and all its buffers go back: those of the table first, by runs of a pool. */
function refused(given: RxIn, out: Out, entries: readonly Entry[], ids: Set<string>): Out {
  ids.add('dpaa-8.3.2');
  const { fd, poolBufferSize: len } = given;
  if (fd === undefined) throw new Error('a received frame has a descriptor');
  const release = (bpid: number, bufs: readonly string[]): Event => {
    return { op: 'bman_release', bpid, n: bufs.length, bufs, attempts: 1 };
  };
  const runs: { bpid: number; bufs: string[] }[] = [];
  for (const { bpid, addr } of entries) {
    const last = runs.at(-1);
    if (last !== undefined && last.bpid === bpid && last.bufs.length < 8) last.bufs.push(addr);
    else runs.push({ bpid, bufs: [addr] });
  }
  const dir = 'BIDIRECTIONAL';
  const { addr } = fd;
  const table: readonly (readonly Event[])[] = [
    [{ op: 'unmap_single', addr, len, dir, check: 'ok' }],
    runs.map(({ bpid, bufs }) => release(bpid, bufs)),
    [{ op: 'map_single', n: 0, phys: addr, len, dir, result: addr }],
  ];
  const events = [...(entries.length === 0 ? [] : table.flat()), release(fd.bpid, [addr])];
  const own = [{ addr, len }];
  const stillMapped = [...given.sgt.map((one) => ({ addr: one.addr, len })), ...own];
  const nothing = { frame: null, delivered: false, protocol: null, countDelta: 0, panic: null };
  const stats = { rx_packets: 0, rx_bytes: 0, rx_errors: 1, rx_dropped: 0 };
  return withEvents({ ...out, ...nothing, stats, stillMapped, pageRefsAfter: out['pageRefsBefore'] }, events);
}

/** dpaa-8.3.4: a table's buffer that cannot be mapped again is freed, and leaves the count. */
function lostTable({ fd, inject }: RxIn, out: Out, ids: Set<string>): Out {
  if (inject?.dmaMapFailAt === undefined || fd === undefined) return out;
  ids.add('dpaa-8.3.4');
  const head = hexAddr(Number(fd.addr) - (Number(fd.addr) % 0x8000));
  const refs = out['pageRefsAfter'] as Readonly<Record<string, number>>;
  const left = (refs[head] ?? 0) - 1;
  const put: Event = { op: 'put_page', page: head, refs: left };
  const countDelta = Number(out['countDelta']) - 1;
  return { ...out, events: [...eventsOf(out), put], countDelta, pageRefsAfter: { ...refs, [head]: left } };
}

/** dpaa-8.1.6: packets are built of frames that are there, so there is none to be thrown away for a fragment. */
function withoutShells(out: Out, ids: Set<string>): Out {
  const events = eventsOf(out);
  const kept = events.filter(({ op }, i) => op !== 'get_page' && events[i - 1]?.op !== 'get_page');
  if (kept.length < events.length) ids.add('dpaa-8.1.6');
  return { ...out, events: kept };
}

/** dpaa-8.3.11: a fragment counts with all the memory that it holds. */
function heldMemory(out: Out, ids: Set<string>): Out {
  const frame = out['frame'] as { readonly truesize: number; readonly frags: readonly unknown[] } | null;
  if (frame === null || frame.frags.length === 0) return out;
  ids.add('dpaa-8.3.11');
  const add = (one: Event, count: number): Event => ({ ...one, truesize: Number(one['truesize']) + count * HELD_MORE });
  const events = eventsOf(out).map((one) => {
    if (one.op === 'add_rx_frag') return add(one, 1);
    return one.op === 'rx_frame' || one.op === 'deliver' ? add(one, frame.frags.length) : one;
  });
  return { ...out, events, frame: { ...frame, truesize: frame.truesize + frame.frags.length * HELD_MORE } };
}

/** dpaa-8.1.11: what the MAC lets in is not too long. */
function overMtu({ etherType }: RxIn, out: Out, ids: Set<string>): Out {
  const stats = out['stats'] as Readonly<Record<string, number>>;
  const events = eventsOf(out);
  const at = events.findIndex(({ op }) => op === 'rx_frame');
  const frame = events[at];
  if (stats['rx_dropped'] !== 1 || frame === undefined) return out;
  ids.add('dpaa-8.1.11');
  const moved = (key: string, by: number): number => Number(frame[key]) + by;
  const protocol = `0x${Number(etherType).toString(16).padStart(4, '0')}`;
  const deliver: Event = {
    ...frame,
    op: 'deliver',
    len: moved('len', -ETH_HLEN),
    headLen: moved('headLen', -ETH_HLEN),
    headroom: moved('headroom', ETH_HLEN),
    data: hexAddr(moved('data', ETH_HLEN)),
    protocol,
  };
  return {
    ...out,
    events: [...events.slice(0, at + 1), deliver],
    delivered: true,
    protocol,
    pageRefsAfter: out['pageRefsBefore'],
    stats: { ...stats, rx_packets: 1, rx_bytes: Number(deliver['len']), rx_dropped: 0 },
  };
}

/** dpaa-8.1.10: FMan's word on checksums is passed on. */
function checkedSums({ fd }: RxIn, out: Out, ids: Set<string>): Out {
  if ((Number(fd?.status) & 0x4) === 0 || out['delivered'] !== true) return out;
  ids.add('dpaa-8.1.10');
  const events = eventsOf(out).map((one) => (one.op === 'deliver' ? { ...one, ipSummed: 1 } : one));
  return { ...out, events };
}

/** dpaa-8.1.9: what the stack drops is counted. */
function droppedAbove({ inject }: RxIn, out: Out, ids: Set<string>): Out {
  if (inject?.stackDrops !== true) return out;
  ids.add('dpaa-8.1.9');
  return { ...out, stats: { ...(out['stats'] as object), rx_dropped: 1 } };
}
