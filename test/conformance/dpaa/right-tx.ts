// The rules of sending. Each looks at the input and changes what was recorded.
import { type DpaaCase, type Event, hexAddr, type Out, type TxIn } from './case.js';

const TABLE_BYTES = 256;
const SHORTEST = 60;
const LONGEST = 0xf_ffff;
const ADDRESSES = 2 ** 40;

/** What sending or confirming should give. */
export function rightTx(one: DpaaCase, recorded: Out, ids: Set<string>): Out {
  const { in: given } = one;
  const length = lengthOf(given);
  if (length > LONGEST) return refused(recorded, ids);
  if (length < SHORTEST) return padded(given, recorded, ids);
  let out = recorded;
  if (given.csum !== undefined && logsOf(out).some((text) => text.includes('HW csum error'))) {
    ids.add('dpaa-8.3.6');
    out = sentAsTable(given, out);
  }
  out = unreachable(given, out, ids);
  out = linearized(given, out, ids);
  out = wholeTable(given, out, ids);
  out = zeroed(given, out, ids);
  out = unwoundAsSingle(out, ids);
  out = lastFragment(one, out, ids);
  return countedOnce(out, ids);
}

const lengthOf = ({ skb }: TxIn): number => skb.headlen + skb.frags.reduce((sum, { size }) => sum + size, 0);
const eventsOf = (out: Out): readonly Event[] => out['events'] as readonly Event[];
const logsOf = (out: Out): readonly string[] => out['logs'] as readonly string[];
const statsOf = (out: Out): Record<string, number> => out['stats'] as Record<string, number>;
const withoutDir = ({ dir: _dir, ...rest }: Event): Record<string, unknown> => rest;
const KFREE: Event = { op: 'kfree_skb', id: 1 };

/** Events, and the lists that are made of them. */
function withEvents(out: Out, events: readonly Event[]): Out {
  return {
    ...out,
    events,
    maps: events.filter(({ op }) => op.startsWith('map_')).map(withoutDir),
    unwound: events.filter(({ op }) => op.startsWith('unmap_')).map(withoutDir),
    logs: events.filter(({ op }) => op === 'log').map(({ msg }) => msg),
  };
}

/** A frame that was given up: nothing of it is left. */
function failed(out: Out, events: readonly Event[]): Out {
  const { sgtFields: _fields, ...rest } = out;
  const stats = { tx_packets: 0, tx_bytes: 0, tx_errors: 1, tx_fifo_errors: 0 };
  const nothing = { fd: null, sgt: null, parseResults: null, backpointerAtBufferStart: null };
  const end = { enqueued: false, skbFreed: true, enqueueCalls: 0, stillMapped: [], pageRefs: {}, stats };
  return withEvents({ ...rest, ...nothing, ...end }, events);
}

/** dpaa-8.3.2: a length that has no room in the descriptor. */
function refused(out: Out, ids: Set<string>): Out {
  ids.add('dpaa-8.3.2');
  return { ...failed(out, [KFREE]), path: 'contig' };
}

/** dpaa-8.1.4: zeroes up to 60 bytes, in the linear part. */
function padded(given: TxIn, out: Out, ids: Set<string>): Out {
  ids.add('dpaa-8.1.4');
  const { headroom, headlen, tailroom, frags } = given.skb;
  const before: Event[] = [];
  if (frags.length > 0) {
    const realloc = lengthOf(given) - headlen > tailroom;
    if (realloc) throw new Error('no rule for a short packet that needs another head');
    before.push({ op: 'linearize', result: 'ok', realloc, headroom, len: lengthOf(given) });
  }
  const start = Number(given.skb.headPhys) + headroom - given.txHeadroom;
  const len = given.txHeadroom + SHORTEST;
  const { sgtFields: _fields, ...rest } = out;
  const events: Event[] = [
    ...before,
    { op: 'cow_head', result: 'none' },
    { op: 'map_single', n: 0, phys: hexAddr(start), len, dir: 'TO_DEVICE', result: hexAddr(start) },
    { op: 'enqueue', fqid: Number(given.egressFqid) },
  ];
  const stillMapped = [{ addr: hexAddr(start), len }];
  const shape = { path: 'contig', fd: descriptor(given, start, 0, SHORTEST), sgt: null, stillMapped };
  const pageRefs = { [given.skb.headPhys]: 1 };
  return withEvents({ ...rest, ...shape, pageRefs, stats: { ...statsOf(out), tx_bytes: SHORTEST } }, events);
}

/** A descriptor without checksum request, by facts 2.1. */
function descriptor(given: TxIn, addr: number, format: number, length: number): Record<string, unknown> {
  const cmd = (0x8000_0000 | Number(given.confFqid)) >>> 0;
  const word = ((format << 29) | (given.txHeadroom << 20) | length) >>> 0;
  const digits = (value: number, count: number): string => value.toString(16).padStart(count, '0');
  const text = `00ff00${digits(addr, 10)}${digits(word, 8)}${digits(cmd, 8)}`;
  return {
    hex: text,
    bpid: 255,
    addr: hexAddr(addr),
    format,
    offset: given.txHeadroom,
    length20: length,
    cmd: hexAddr(cmd),
  };
}

/** dpaa-8.3.6: what FMan cannot sum up is sent with a sum made here: as a frame without request. */
function sentAsTable(given: TxIn, out: Out): Out {
  const { headPhys, headroom, headlen, frags } = given.skb;
  const table = Number(given.sgtAllocPhys);
  const size = given.txHeadroom + 16 * (1 + frags.length);
  const pieces = [
    { op: 'map_single', phys: Number(headPhys) + headroom, len: headlen },
    ...frags.map((one) => ({ op: 'map_page', phys: Number(one.pagePhys) + one.offset, len: one.size })),
  ];
  const maps = [...pieces, { op: 'map_single', phys: table, len: size }];
  const events: Event[] = [
    { op: 'alloc_frag', len: size, result: given.sgtAllocPhys },
    ...maps.map(({ op, phys, len }, n) => {
      return { op, n, phys: hexAddr(phys), len, dir: 'TO_DEVICE', result: hexAddr(phys) };
    }),
    { op: 'enqueue', fqid: Number(given.egressFqid) },
  ];
  const fields = pieces.map(({ phys, len }, i) => {
    return { addr: hexAddr(phys), ext: false, final: i === frags.length, length: len, bpid: 255, offset: 0 };
  });
  const entry = ({ addr, final, length }: (typeof fields)[number]): string => {
    const word = ((final ? 0x4000_0000 : 0) | length).toString(16).padStart(8, '0');
    return `000000${Number(addr).toString(16).padStart(10, '0')}${word}00ff0000`;
  };
  const held = [hexAddr(table - (table % 0x8000)), headPhys, ...frags.map(({ pagePhys }) => pagePhys)];
  return withEvents(
    {
      ...out,
      enqueued: true,
      skbFreed: false,
      fd: descriptor(given, table, 4, lengthOf(given)),
      sgt: fields.map(entry),
      sgtFields: fields,
      parseResults: '0'.repeat(64),
      backpointerAtBufferStart: true,
      enqueueCalls: 1,
      stillMapped: maps.map(({ phys, len }) => ({ addr: hexAddr(phys), len })),
      pageRefs: Object.fromEntries(held.map((page) => [page, 1])),
      stats: { tx_packets: 1, tx_bytes: lengthOf(given), tx_errors: 0, tx_fifo_errors: 0 },
    },
    events,
  );
}

/** dpaa-8.3.2: memory that ends beyond 40 bits is taken back, as if it could not be mapped. */
function unreachable(given: TxIn, out: Out, ids: Set<string>): Out {
  const events = eventsOf(out);
  const at = events.findIndex(({ op, result, len }) => {
    return op.startsWith('map_') && result !== 'error' && Number(result) + Number(len) > ADDRESSES;
  });
  const bad = events[at];
  if (bad === undefined) return out;
  ids.add('dpaa-8.3.2');
  const undo = (map: Event): Event => {
    return { op: `un${map.op}`, addr: map['result'], len: map['len'], dir: map['dir'], check: 'ok' };
  };
  const before = events.slice(0, at);
  const mapped = before.filter(({ op }) => op.startsWith('map_'));
  const table = out['path'] === 'sg';
  const page = Number(given.sgtAllocPhys) - (Number(given.sgtAllocPhys) % 0x8000);
  const put: Event[] = table ? [{ op: 'put_page', page: hexAddr(page), refs: 0 }] : [];
  const msg = table ? 'dev_err:DMA mapping failed' : 'netif_err:dma_map_single() failed';
  return failed(out, [...before, bad, undo(bad), { op: 'log', msg }, ...mapped.map(undo), ...put, KFREE]);
}

/** dpaa-8.3.1: room for the driver is seen to after linearizing, as for any linear packet. */
function linearized(given: TxIn, out: Out, ids: Set<string>): Out {
  const events = eventsOf(out);
  const at = events.findIndex(({ op, result }) => op === 'linearize' && result === 'ok');
  if (at < 0) return out;
  if (given.skb.headroom < given.txHeadroom) throw new Error('no rule for a linearized packet without headroom');
  ids.add('dpaa-8.3.1');
  return withEvents(out, [...events.slice(0, at + 1), { op: 'cow_head', result: 'none' }, ...events.slice(at + 1)]);
}

/** dpaa-8.1.2: the table's buffer is as long as what FMan reads of it. */
function wholeTable(given: TxIn, out: Out, ids: Set<string>): Out {
  const size = given.txHeadroom + TABLE_BYTES;
  const events = eventsOf(out);
  const asked = events.find(({ op }) => op === 'alloc_frag');
  if (asked === undefined || asked['len'] === size) return out;
  ids.add('dpaa-8.1.2');
  const addr = events.find(({ op, phys }) => op === 'map_single' && phys === given.sgtAllocPhys)?.['result'];
  const longer = <T extends object>(one: T): T => ({ ...one, len: size });
  const changed = (one: Event): Event => {
    const same = addr !== undefined && one['addr'] === addr;
    const isTable = one.op === 'alloc_frag' || one['phys'] === given.sgtAllocPhys || same;
    return isTable ? longer(one) : one;
  };
  const still = out['stillMapped'] as readonly { readonly addr: string }[];
  const stillMapped = still.map((one) => (one.addr === addr ? longer(one) : one));
  const cleanup = out['cleanup'] as readonly Event[] | undefined;
  const more = cleanup === undefined ? {} : { cleanup: cleanup.map(changed) };
  return withEvents({ ...out, ...more, stillMapped }, events.map(changed));
}

/** dpaa-8.1.3: nothing of what the table's memory held before is left where FMan reads. */
function zeroed(given: TxIn, out: Out, ids: Set<string>): Out {
  const sgt = out['sgt'] as readonly string[] | null;
  if (given.fillByte === 0 || sgt === null) return out;
  ids.add('dpaa-8.1.3');
  const entry = (text: string): string => {
    const top = (Number.parseInt(text.slice(28, 30), 16) & 0x1f).toString(16).padStart(2, '0');
    return `000000${text.slice(6, 24)}00${text.slice(26, 28)}${top}${text.slice(30)}`;
  };
  const results = out['parseResults'] as string;
  const request = given.csum === undefined ? [] : [4, 5, 6, 27, 30];
  const kept = Array.from({ length: 32 }, (_, i) => (request.includes(i) ? results.slice(2 * i, 2 * i + 2) : '00'));
  return { ...out, sgt: sgt.map(entry), parseResults: kept.join('') };
}

/** dpaa-8.3.7: what was mapped as single is unmapped as single. */
function unwoundAsSingle(out: Out, ids: Set<string>): Out {
  const events = eventsOf(out);
  if (!events.some(({ check }) => check === 'kind_mismatch')) return out;
  ids.add('dpaa-8.3.7');
  return withEvents(
    out,
    events.map((one) => (one['check'] === 'kind_mismatch' ? { ...one, op: 'unmap_single', check: 'ok' } : one)),
  );
}

/** dpaa-8.1.1: the last fragment is unmapped as the others are. The recording has a run with this one change. */
function lastFragment({ fixed }: DpaaCase, out: Out, ids: Set<string>): Out {
  if (fixed === undefined) return out;
  ids.add('dpaa-8.1.1');
  const [left, ...others] = out['stillMapped'] as readonly { readonly addr: string; readonly len: number }[];
  if (left === undefined || others.length > 0) throw new Error('the patch leaves one mapping');
  const unmap: Event = { op: 'unmap_page', ...left, dir: 'TO_DEVICE', check: 'ok' };
  const insert = (events: readonly Event[]): readonly Event[] => {
    const at = events.findIndex(({ op }) => op === 'put_page');
    return [...events.slice(0, at), unmap, ...events.slice(at)];
  };
  const cleanup = out['cleanup'] as readonly Event[] | undefined;
  if ((fixed['stillMapped'] as readonly unknown[]).length > 0) throw new Error('the recording leaves nothing mapped');
  const right =
    cleanup === undefined
      ? withEvents({ ...out, stillMapped: [] }, insert(eventsOf(out)))
      : { ...out, cleanup: insert(cleanup), stillMapped: [] };
  const key = cleanup === undefined ? 'unwound' : 'cleanup';
  if (order(right[key]) !== order(fixed[key])) throw new Error(`${key} is not that of the recording's other run`);
  return right;
}

/** What is undone, in order; the table's length is the concern of another rule. */
function order(events: unknown): string {
  return (events as readonly Event[])
    .map(({ op, addr, page, check }) => [op, addr ?? page, check].join(' '))
    .join('\n');
}

/** dpaa-8.1.12: a frame that is not enqueued is one error. */
function countedOnce(out: Out, ids: Set<string>): Out {
  const stats = statsOf(out);
  if (stats['tx_errors'] !== 2) return out;
  ids.add('dpaa-8.1.12');
  return { ...out, stats: { ...stats, tx_errors: 1 } };
}
