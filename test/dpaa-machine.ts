// Two Ethernet ports of a machine with a cable between them: drivers, portals, queues, pools, FMan and MACs, all real.
import { assert } from '../src/base/assert.js';
import { s, us } from '../src/base/clock.js';
import type { Bench, BenchParts } from '../src/bench/bench.js';
import type { MemoryOptions } from '../src/bench/board.js';
import { FaultPlan } from '../src/bus/fault-plan.js';
import { parseFaults } from '../src/bus/fault-text.js';
import { type BmanEngine, bmanChip } from '../src/chips/bman/bman.js';
import { fmanChips } from '../src/chips/fman/fman.js';
import { type QmanEngine, qmanChip } from '../src/chips/qman/qman.js';
import { zoneOf } from '../src/core/machine-zone.js';
import { NetDevice } from '../src/core/netdevice.js';
import { PageFragCache, type Zone } from '../src/core/page.js';
import { SkBuff } from '../src/core/skbuff.js';
import { type DpaaEthOptions, dpaaEthDriver } from '../src/drivers/dpaa-eth/dpaa-eth.js';
import { fmanDrivers } from '../src/drivers/fman/fman.js';
import { qbmanDrivers } from '../src/drivers/qbman/qbman.js';
import type { DtTree } from '../src/dt/tree.js';
import { labTree } from './lab.js';

/** Room before a packet, as stacks leave it for headers and drivers. */
const HEADROOM = 192;
/** How long a frame may take from stack to stack and back to its confirmation. */
const FRAME_TIME = us(100);
/** MACs of the lab board. */
const LAB: readonly [string, string] = [
  '/soc@10000000/fman@18a00000/ethernet@e0000',
  '/soc@10000000/fman@18a00000/ethernet@e2000',
];

/** What the machine is to be. */
export interface DpaaPairOptions extends DpaaEthOptions {
  readonly tree?: DtTree;
  /** Device paths of the two MACs. */
  readonly macs?: readonly [string, string];
  /** Of the cable; 1000 Mbit/s by default. */
  readonly speed?: 1000 | 10_000;
  /** A fault plan in words. */
  readonly faults?: string;
  readonly memory?: MemoryOptions;
  /** Nobody listens to the trace: faster, and findings of FMan are not heard. */
  readonly quiet?: boolean;
}

/** Makes a bench that whoever asked for it powers off, and searches for leaks. */
export type MakeBench = (tree: DtTree, parts: Partial<BenchParts>) => Bench;

/** One side: its interface, and what came in there. */
export interface DpaaSide {
  /** Device path of its MAC. */
  readonly mac: string;
  readonly net: NetDevice;
  /** Whole frames, in the order of their arrival. */
  readonly received: Uint8Array[];
  /** What the driver said of the checksums of the last one. */
  verdict: number;
  /** The stack drops what comes. */
  drops: boolean;
  /** What takes packets: notes and frees them. */
  receive(skb: SkBuff): boolean;
}

/** A machine that is on, whatever became of its interfaces. */
export interface DpaaBench {
  readonly bench: Bench;
  readonly bman: BmanEngine;
  readonly qman: QmanEngine;
  /** Lines that drivers and chips have printed, and findings. */
  readonly log: string[];
}

/** The machine. */
export interface DpaaPair extends DpaaBench {
  readonly sides: readonly [DpaaSide, DpaaSide];
  /** All interfaces of the machine, the two and others. */
  readonly nets: readonly NetDevice[];
  /** Where packets of tests come from. */
  readonly frags: PageFragCache;
  readonly zone: Zone;
  /** A packet of these bytes: `linear` of them before the fragments, whose lengths follow. */
  packet(bytes: Uint8Array, linear: number, frags?: readonly number[]): SkBuff;
  /** Brings both interfaces up, with their link. */
  open(): Promise<void>;
  /** Sends a packet from a side, and lets it arrive. False when the interface did not take it: then it is freed. */
  send(side: 0 | 1, skb: SkBuff): Promise<boolean>;
  /** Lets go of what the test itself holds. */
  release(): void;
}

/** Boots it. */
export async function dpaaBench(make: MakeBench, options: DpaaPairOptions = {}): Promise<DpaaBench> {
  const { tree = labTree(), faults = '', quiet = false } = options;
  let bman: BmanEngine | undefined;
  let qman: QmanEngine | undefined;
  const bench = make(tree, {
    drivers: [...qbmanDrivers, ...fmanDrivers, dpaaEthDriver(options)],
    chips: [
      bmanChip({ onEngine: (engine) => (bman = engine) }),
      qmanChip({ onEngine: (engine) => (qman = engine) }),
      ...fmanChips(),
    ],
    faults: (trace) => new FaultPlan(parseFaults(faults).points, trace),
    ...(options.memory === undefined ? {} : { memory: options.memory }),
  });
  const log = quiet ? [] : logOf(bench);
  await bench.powerOn();
  bench.connectEthernet(...(options.macs ?? LAB), { speed: options.speed ?? 1000, fullDuplex: true });
  assert(bman !== undefined && qman !== undefined, 'the tree has BMan and QMan');
  return { bench, bman, qman, log };
}

/** Boots it, and has both interfaces. */
export async function dpaaMachine(make: MakeBench, options: DpaaPairOptions = {}): Promise<DpaaPair> {
  return pairOn(await dpaaBench(make, options), options.macs);
}

/** The two interfaces of a machine that is on: a Bug where there are none. */
export function pairOn(booted: DpaaBench, macs: readonly [string, string] = LAB): DpaaPair {
  const { bench } = booted;
  const zone = zoneOf(bench.core);
  const frags = new PageFragCache(zone);
  const sides = macs.map((mac) => sideOf(bench, mac)) as [DpaaSide, DpaaSide];
  return {
    ...{ ...booted, sides, nets: netsOf(bench), frags, zone },
    packet: (bytes, linear, sizes = []) => packetOf(frags, bytes, linear, sizes),
    open: () =>
      bench.drive('opening', s(10), async () => {
        for (const { net } of sides) await net.open();
        await bench.clock.sleep(s(2));
      }),
    async send(side, skb) {
      const taken = sides[side].net.xmit(skb);
      if (!taken) skb.kfree();
      await bench.run(FRAME_TIME);
      return taken;
    },
    release() {
      frags.drain();
      zone.drain();
    },
  };
}

/** All interfaces of a machine. */
export function netsOf({ core }: Bench): NetDevice[] {
  return core.devices.flatMap(({ drvdata }) => (drvdata instanceof NetDevice ? [drvdata] : []));
}

function logOf(bench: Bench): string[] {
  const log: string[] = [];
  bench.trace.attach((e) => {
    if (e.kind === 'printk' || e.kind === 'fman_finding' || e.kind === 'dpaa_finding') log.push(e.text);
  });
  return log;
}

function sideOf(bench: Bench, mac: string): DpaaSide {
  const dev = bench.core.devices.find(({ parent, drvdata }) => parent?.path === mac && drvdata instanceof NetDevice);
  assert(dev?.drvdata instanceof NetDevice, `${mac} has an interface`);
  const net = dev.drvdata;
  const side: DpaaSide = {
    ...{ mac, net, received: [], verdict: -1, drops: false },
    receive(skb) {
      if (!side.drops) {
        side.verdict = skb.ipSummed;
        skb.push(skb.data - skb.macHeader);
        side.received.push(skb.bytes());
      }
      skb.kfree();
      return !side.drops;
    },
  };
  net.onReceive((skb) => side.receive(skb));
  return side;
}

function packetOf(frags: PageFragCache, bytes: Uint8Array, linear: number, sizes: readonly number[]): SkBuff {
  const skb = SkBuff.alloc(HEADROOM + linear, frags);
  skb.reserve(HEADROOM);
  skb.page.bytes.set(bytes.subarray(0, linear), skb.put(linear));
  try {
    let at = linear;
    for (const size of sizes) {
      const offset = frags.alloc(size);
      frags.page.bytes.set(bytes.subarray(at, at + size), offset);
      skb.addRxFrag(frags.page, offset, size, size);
      at += size;
    }
  } catch (error) {
    skb.kfree();
    throw error;
  }
  return skb;
}
