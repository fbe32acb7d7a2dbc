// Who has the buffers: of each interface those in its pool, those that are out with FMan and queues, what is being
// sent; and the pages behind them.
import type { Bench } from '../../bench/bench.js';
import { zoneOf } from '../../core/machine-zone.js';
import type { Port } from '../../stock/ports.js';

/** Buffers of one interface. */
export interface PortBuffers {
  readonly port: string;
  readonly bpid: number | undefined;
  /** In the pool, as BMan counts; undefined while it has none of that number. */
  readonly inPool: number | undefined;
  /** Mapped for the device and not in the pool: with FMan, in queues, or on their way back. */
  readonly out: number;
  /** What the driver believes to be in its pool, and out. */
  readonly account: number | undefined;
  /** Pieces of frames that are being sent: mapped until their confirmation. */
  readonly sending: number;
}

/** Pages of the machine's zone. */
export interface Pages {
  readonly compounds: number;
  /** References to them: buffers of pools, pieces of frames that are sent, and the rest. */
  readonly refs: number;
  readonly inPools: number;
  readonly sending: number;
  /** What stacks and caches hold. */
  readonly rest: number;
}

/** All of them. */
export interface Buffers {
  readonly ports: readonly PortBuffers[];
  readonly pages: Pages;
}

/** Looks; nothing is asked of any device. */
export function buffersOf(bench: Bench, ports: readonly Port[]): Buffers {
  const pools = poolsOf(bench);
  const mapped = new Map(ports.map(({ netdev }) => [netdev.dev.path, { pool: 0, sending: 0 }]));
  for (const { dev, dir } of bench.dmaMappings) {
    const count = mapped.get(dev);
    if (count === undefined) continue;
    if (dir === 'bidirectional') count.pool++;
    else count.sending++;
  }
  const rows = ports.map((port): PortBuffers => {
    const { netdev, name } = port;
    const { pool, sending } = mapped.get(netdev.dev.path) ?? { pool: 0, sending: 0 };
    const bpid = bpidOf(bench, name);
    const inPool = bpid === undefined ? undefined : (pools.get(bpid) ?? 0);
    return { port: name, bpid, inPool, out: Math.max(0, pool - (inPool ?? 0)), account: accountOf(port), sending };
  });
  const { held } = zoneOf(bench.core);
  let refs = 0;
  for (const page of held) refs += page.refs;
  const inPools = rows.reduce((sum, { inPool = 0, out }) => sum + inPool + out, 0);
  const sending = rows.reduce((sum, row) => sum + row.sending, 0);
  return {
    ports: rows,
    pages: { compounds: held.size, refs, inPools, sending, rest: Math.max(0, refs - inPools - sending) },
  };
}

/** Buffers by pool. */
function poolsOf({ sockets }: Bench): Map<number, number> {
  const pools = new Map<number, number>();
  for (const { model, inspection } of sockets.values()) {
    if (model.name !== 'bman') continue;
    for (const [name, words] of Object.entries(inspection?.words?.() ?? {})) {
      const [, bpid] = /^pool (\d+)$/.exec(name) ?? [];
      const [, count] = /^has (\d+) buffers/.exec(words) ?? [];
      if (bpid !== undefined && count !== undefined) pools.set(Number(bpid), Number(count));
    }
  }
  return pools;
}

function bpidOf({ core }: Bench, name: string): number | undefined {
  const { sysfs } = core.classDevices('net').find((member) => member.sysfs.name === name) ?? {};
  const text = sysfs?.attributes.get('bpids')?.show?.();
  return typeof text === 'string' ? Number.parseInt(text, 10) : undefined;
}

function accountOf({ netdev: { ethtool } }: Port): number | undefined {
  const at = ethtool.getStrings?.().indexOf('bpool [TOTAL]') ?? -1;
  return ethtool.peekEthtoolStats?.()[at];
}
