// The accountant of a machine with DPAA ports: whenever nothing is on its way, every buffer is in its pool, mapped, and
// in memory that is counted, and nothing else is. Everything is read from outside; the driver is not asked what it
// believes, only what it tells users.
import type { NetDevice } from '../src/core/netdevice.js';
import type { DpaaPair } from './dpaa-machine.js';

/** What may be missing. */
export interface Losses {
  /** Buffers that a fault has taken out of the hardware's hands: the driver counts them, and they are in no pool. */
  readonly buffers?: number;
  /** Frames whose confirmation a fault has taken: the driver waits for it until the interface goes. */
  readonly frames?: number;
  /** Devices were led to memory that is not theirs; what the ledger says of them is as it should be. */
  readonly misled?: boolean;
}

const UPPER = 0x1_0000_0000;

/** A number of `ethtool -S`. */
export function ethtoolValue(net: NetDevice, name: string): number {
  const at = (net.ethtool.getStrings?.() ?? []).indexOf(name);
  return net.ethtool.getEthtoolStats?.()[at] ?? Number.NaN;
}

/** Reads these numbers of `ethtool -S` again and again. */
export function ethtoolReader(net: NetDevice, names: readonly string[]): () => readonly number[] {
  const strings = net.ethtool.getStrings?.() ?? [];
  const places = names.map((name) => strings.indexOf(name));
  return () => {
    const values = net.ethtool.getEthtoolStats?.() ?? [];
    return places.map((at) => values[at] ?? Number.NaN);
  };
}

/** What is wrong with the books, in words; empty when all is well. Nothing may be on its way. */
export function audit(pair: DpaaPair, { buffers: lost = 0, frames = 0, misled = false }: Losses = {}): string[] {
  const { bench, bman, qman, zone, frags, nets } = pair;
  const wrong: string[] = [];
  const say = (what: boolean, text: string): void => {
    if (what) wrong.push(text);
  };
  for (const { dev, by, text } of bench.dmaFindings) say(!misled || by === 'driver', `${dev}: ${text}`);
  for (const text of [...bman.findings, ...qman.findings]) say(true, text);
  say(qman.frames > 0, `${qman.frames} frames are in queues`);
  const pools = inPools(pair);
  const seen = new Set<number>();
  for (const addr of pools) {
    say(seen.has(addr), `buffer ${addr.toString(16)} is in a pool twice`);
    seen.add(addr);
  }
  const { mapped, outside, sent } = mappings(pair, seen, say);
  say(mapped !== seen.size, `${seen.size} buffers are in pools, ${mapped} of them are mapped`);
  say(outside !== lost, `${outside} buffers are mapped and in no pool, not ${lost}`);
  say(sent > 0 !== frames > 0, `${sent} mappings of sent frames are left of ${frames} frames`);
  const told = nets.reduce((sum, net) => sum + ethtoolValue(net, 'bpool [TOTAL]'), 0);
  say(told !== pools.length + lost, `the driver counts ${told} buffers; ${pools.length} in pools, ${lost} lost`);
  // A frame that is out has as many pieces of pages as mappings: of its table, its linear part, its fragments.
  const refs = [...zone.held].reduce((sum, page) => sum + page.refs, 0);
  const caches = nets.length + Number(holds(frags));
  const all = pools.length + lost + sent + caches;
  say(refs !== all, `pages have ${refs} references: ${pools.length} + ${lost} buffers, ${sent} sent, ${caches} caches`);
  return wrong;
}

/** Addresses of all buffers that pools have. */
export function inPools({ bman }: DpaaPair): number[] {
  return bman.pools.pools.flatMap((pool) => [...pool.addrs.subarray(0, pool.count)]);
}

function mappings(
  { bench, nets }: DpaaPair,
  pools: ReadonlySet<number>,
  say: (what: boolean, text: string) => void,
): { readonly mapped: number; readonly outside: number; readonly sent: number } {
  const ours = new Set(nets.map(({ dev }) => dev.path));
  const count = { mapped: 0, outside: 0, sent: 0 };
  for (const { dev, iova, dir, size } of bench.dmaMappings) {
    if (!ours.has(dev)) continue;
    say(iova + size > 0x100 * UPPER, `${dev}: a mapping beyond 40 bits`);
    if (dir !== 'bidirectional') count.sent++;
    else if (pools.has(iova)) count.mapped++;
    else count.outside++;
  }
  return count;
}

/** Whether the cache has a page that it cuts. */
function holds(frags: DpaaPair['frags']): boolean {
  try {
    return frags.page.refs > 0;
  } catch {
    return false;
  }
}
