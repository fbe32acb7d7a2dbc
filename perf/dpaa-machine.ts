// Machines with Ethernet ports for figures: all drivers and all chips, frames of 1500 bytes from stack to stack.
import { readFileSync } from 'node:fs';
import { memoryFiles } from '../src/base/files.js';
import { s, us } from '../src/base/clock.js';
import { Bench } from '../src/bench/bench.js';
import { bmanChip } from '../src/chips/bman/bman.js';
import { fmanChips } from '../src/chips/fman/fman.js';
import { qmanChip } from '../src/chips/qman/qman.js';
import { NetDevice } from '../src/core/netdevice.js';
import { type Page, PageFragCache, Zone } from '../src/core/page.js';
import { SkBuff } from '../src/core/skbuff.js';
import { dpaaEthDriver } from '../src/drivers/dpaa-eth/dpaa-eth.js';
import { fmanDrivers } from '../src/drivers/fman/fman.js';
import { qbmanDrivers } from '../src/drivers/qbman/qbman.js';
import { compile } from '../src/dt/compile.js';
import type { DtTree } from '../src/dt/tree.js';
import { settle } from '../src/host/settle.js';

/** MACs of the lab board. */
export const LAB_MACS: readonly [string, string] = [
  '/soc@10000000/fman@18a00000/ethernet@e0000',
  '/soc@10000000/fman@18a00000/ethernet@e2000',
];
/** MACs of the lab board with as many as its FMan can have. */
export const ALL_MACS: readonly string[] = [
  ...LAB_MACS,
  ...['e4000', 'e6000', 'e8000', 'ea000', 'f0000', 'f2000'].map((at) => `/soc@10000000/fman@18a00000/ethernet@${at}`),
];
/** Room before a packet, as stacks leave it. */
const HEADROOM = 192;
/** What a batch needs at most of virtual time. */
const BATCH_TIME = us(50);

/** The bytes of a packet where a stack has them: what it does to bring them there is not measured. */
export interface PerfPacket {
  readonly page: Page;
  /** Where the packet's memory begins, and its bytes. */
  readonly head: number;
  readonly size: number;
  readonly linear: number;
  /** What is not linear. */
  readonly rest: { readonly page: Page; readonly offset: number; readonly length: number } | undefined;
}

/** A port as the stack above it has it. */
export class PerfPort {
  readonly net: NetDevice;
  received = 0;
  receivedBytes = 0;
  /** The last frame that came, where somebody wants to see it. */
  last: Uint8Array | undefined;
  keepLast = false;
  readonly #frags: PageFragCache;

  constructor(net: NetDevice, frags: PageFragCache) {
    this.net = net;
    this.#frags = frags;
    net.onReceive((skb) => this.#receive(skb));
  }

  /** Lays a frame down, `linear` bytes of it before a fragment with the others. Once for each that is under way. */
  lay(frame: Uint8Array, linear: number): PerfPacket {
    const frags = this.#frags;
    const size = HEADROOM + linear;
    const head = frags.alloc(size, 64);
    const { page } = frags;
    page.bytes.set(frame.subarray(0, linear), head + HEADROOM);
    const length = frame.length - linear;
    if (length === 0) return { page, head, size, linear, rest: undefined };
    const offset = frags.alloc(length);
    frags.page.bytes.set(frame.subarray(linear), offset);
    return { page, head, size, linear, rest: { page: frags.page, offset, length } };
  }

  /** Sends a packet of bytes that lie there, and keeps them. */
  send({ page, head, size, linear, rest }: PerfPacket): void {
    page.get();
    const skb = new SkBuff(page, head, size, this.#frags);
    skb.reserve(HEADROOM);
    skb.put(linear);
    if (rest !== undefined) {
      rest.page.get();
      skb.addRxFrag(rest.page, rest.offset, rest.length, rest.length);
    }
    if (!this.net.xmit(skb)) throw new Error('the queue is stopped');
  }

  #receive(skb: SkBuff): boolean {
    this.received++;
    this.receivedBytes += skb.len;
    if (this.keepLast) {
      skb.push(skb.data - skb.macHeader);
      this.last = skb.bytes();
    }
    skb.kfree();
    return true;
  }
}

/** A machine with its ports up. */
export interface PerfMachine {
  readonly bench: Bench;
  readonly ports: readonly PerfPort[];
  /** Lets what was sent arrive and be confirmed. */
  arrive(): Promise<void>;
}

/** Boots the lab board, lets `plug` put cables in, and brings the ports of `macs` up. */
export async function perfMachine(
  macs: readonly string[],
  plug: (bench: Bench) => void,
  maxFrame = 1522,
): Promise<PerfMachine> {
  const many = macs.length > LAB_MACS.length;
  // The board's memory for queues is for two ports with 128 hashed queues each.
  const eth = dpaaEthDriver({ maxFrame, ...(many ? { hashQueues: 16 } : {}) });
  const bench = new Bench({
    tree: labTree(many),
    settle,
    drivers: [...qbmanDrivers, ...fmanDrivers, eth],
    chips: [bmanChip(), qmanChip(), ...fmanChips()],
  });
  await bench.powerOn();
  plug(bench);
  const frags = new PageFragCache(new Zone(bench.core.wires.memory));
  const ports = macs.map((mac) => new PerfPort(netOf(bench, mac), frags));
  await bench.drive('opening', s(10), async () => {
    for (const { net } of ports) await net.open();
    await bench.clock.sleep(s(2));
  });
  return { bench, ports, arrive: () => bench.run(BATCH_TIME) };
}

function labTree(allMacs: boolean): DtTree {
  const lab = readFileSync('boards/lab.dts', 'utf8');
  const source = allMacs
    ? lab.replace(MDIO, `${ALL_MACS.slice(LAB_MACS.length).map(macSource).join('\n')}\n${MDIO}`)
    : lab;
  const { tree } = compile('lab.dts', memoryFiles({ 'lab.dts': source }));
  return tree as DtTree;
}

/** Where FMan's own MDIO bus begins in the lab board's source. */
const MDIO = 'mdio@fc000 {';

/** A MAC with its ports and without PHY: the seventh and the eighth are FMan's fast ones. */
function macSource(path: string, index: number): string {
  const nth = index + LAB_MACS.length;
  const at = path.slice(path.indexOf('@', path.lastIndexOf('/')) + 1);
  const fast = at.startsWith('f') ? nth - 6 : -1;
  const [rx, tx] = fast < 0 ? [8 + nth, 0x28 + nth] : [0x10 + fast, 0x30 + fast];
  const port = (kind: string, id: number): string => {
    const page = (0x80 + id).toString(16);
    return `${kind}${nth}: port@${page}000 { compatible = "fsl,fman-v3-port-${kind}";
      cell-index = <${id}>; reg = <0x${page}000 0x1000>; };`;
  };
  return `${port('rx', rx)} ${port('tx', tx)}
    enet${nth}: ethernet@${at} { compatible = "fsl,fman-memac"; cell-index = <${fast < 0 ? nth : 8 + fast}>;
      reg = <0x${at} 0x1000>; fsl,fman-ports = <&rx${nth} &tx${nth}>; phy-connection-type = "rgmii-id";
      local-mac-address = [02 00 00 00 00 1${nth}]; fixed-link { speed = <1000>; full-duplex; }; };`;
}

function netOf(bench: Bench, mac: string): NetDevice {
  const dev = bench.core.devices.find(({ parent, drvdata }) => parent?.path === mac && drvdata instanceof NetDevice);
  return dev?.drvdata as NetDevice;
}
