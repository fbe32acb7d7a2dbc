// QMan, BMan and FMan meet: software's hands are at the portals only, frames go over a cable from port to port. And the
// chips in the sockets of real trees.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ioread32be, iowrite32be, type MmioSpace } from '../../src/bus/mmio.js';
import { bmanChip } from '../../src/chips/bman/bman.js';
import { fmanChips } from '../../src/chips/fman/fman.js';
import { qmanChip } from '../../src/chips/qman/qman.js';
import { devmPlatformIoremapResource } from '../../src/core/io.js';
import { platformDriver } from '../../src/core/platform-device.js';
import { readFdt } from '../../src/dt/fdt-read.js';
import type { DtTree } from '../../src/dt/tree.js';
import { benchOf } from '../bench.js';
import { corpusFolders, inCorpus } from '../corpus.js';
import { BmanHands, bmanMemory, DpaaRig, type Plugged } from '../qbman-rig.js';
import { AT, CHANNEL, fd, FmanRig, MAC1, MAC2, plainFrame } from '../fman-rig.js';
import { QmanHands, qmanMemory } from '../qman-hands.js';

const BPID = 5;
const BUFFERS = 24;
const WQ = (channel: number): number => channel << 3;

class Machine {
  readonly fman = new FmanRig({ soc: 'ls1046a' });
  readonly qman: QmanHands;
  readonly bman: BmanHands;

  readonly #soc = new DpaaRig();

  constructor() {
    const soc = this.#soc;
    const [qman, bman] = [qmanChip(), bmanChip()];
    const block = (plugged: Plugged): MmioSpace => plugged.windows[0] as MmioSpace;
    qmanMemory(block(soc.block('qman', qman)));
    bmanMemory(block(soc.block('bman', bman)));
    this.qman = new QmanHands(soc.portal('qman', qman));
    this.bman = new BmanHands(soc.portal('bman', bman));
    this.fman.dpaa.queues = soc.wire.queues;
    this.fman.dpaa.pools = soc.wire.pools;
    for (const fqid of [0x100, 0x101, 0x200, 0x202]) this.qman.init(fqid, { destWq: WQ(0), contextB: fqid });
    this.qman.init(0x300, { destWq: WQ(CHANNEL.tx1), contextA: [0x1e00_0000, 0x8000_0000] });
    for (let i = 0; i < BUFFERS; i += 8)
      this.bman.release(
        BPID,
        Array.from({ length: 8 }, () => this.fman.map(1664, 'bidirectional')),
      );
    this.fman.setUpRx(AT.rx2, BPID);
    this.fman.setUpTx(AT.tx1, CHANNEL.tx1);
    this.fman.setUpMac(AT.mac1, 9622);
    this.fman.setUpMac(AT.mac2, 9622);
    this.fman.lines.connect(MAC1, MAC2);
  }

  /** Sends, and answers what came: queue, second word of length and format, status. */
  async send(length: number): Promise<[fqid: number, w2: number, status: number][]> {
    const addr = this.fman.map(plainFrame(length));
    const { w0, w1, w2, w3 } = fd(addr, 0xff, 0, 0, length, 0x8000_0200);
    this.qman.enqueue(0x300, [w0, w1, w2, w3]);
    await this.#soc.clock.run(0);
    return this.qman.drain().map((one) => [one.fqid, one.fd[2], one.fd[3]]);
  }
}

test('a frame leaves by an enqueue ring and comes by the dequeue ring, as does its confirmation', async () => {
  const machine = new Machine();
  expect(await machine.send(1514)).toEqual([
    [0x101, 0x0800_05ea, 0],
    [0x200, 0x0000_05ea, 0],
  ]);
  expect(await machine.send(9000)).toEqual([
    [0x101, 0x8800_2328, 0],
    [0x200, 0x0000_2328, 0],
  ]);
  // One for the first, six and a table for the second: 1536 + 4 * 1664 + 808.
  expect(machine.bman.acquire(BPID, 8).length).toBe(8);
  expect(machine.bman.acquire(BPID, 8).length).toBe(8);
  expect(machine.bman.acquire(BPID, 1).length).toBe(0);
});

test('without buffers the frame is confirmed and lost on the other side', async () => {
  const machine = new Machine();
  for (let i = 0; i < 3; i++) machine.bman.acquire(BPID, 8);
  expect(await machine.send(100)).toEqual([[0x200, 100, 0]]);
  expect(machine.fman.get(AT.rx2 + 0x21c)).toBe(1);
});

const BOARDS = ['fsl-ls1043a-rdb', 'fsl-ls1046a-rdb'] as const;

test.each(BOARDS)('%s: each MAC of the tree has its model, its wire, and its PHY at the MDIO bus', async (board) => {
  const path = inCorpus(corpusFolders(), `dtb/${board}.dtb`);
  if (path === undefined) return;
  const { tree } = readFdt(readFileSync(path));
  let space: MmioSpace | undefined;
  const driver = platformDriver({
    name: 'fman',
    compatible: ['fsl,fman'],
    probe(dev) {
      space = devmPlatformIoremapResource(dev);
    },
  });
  const bench = benchOf(tree as DtTree, { chips: fmanChips(), drivers: [driver] });
  await bench.powerOn();
  const macs = [...bench.sockets.values()].filter(({ model }) => model.name === 'fman-memac').map(({ name }) => name);
  const links = macs.map((mac) => {
    const at = Number.parseInt(mac.slice(mac.lastIndexOf('@') + 1), 16);
    bench.ethernet(mac).plug({ speed: 1000, fullDuplex: true });
    return [at.toString(16), ioread32be(space as MmioSpace, at + 0x304).toString(16)];
  });
  expect(Object.fromEntries(links)).toEqual(MACS[board]);
  // Clause 22 status of PHY 1 at the gigabit bus: there, link up, negotiated.
  const phy = 1 << 5;
  iowrite32be(space as MmioSpace, 0xfc034, phy | 1);
  iowrite32be(space as MmioSpace, 0xfc034, 0x8000 | phy | 1);
  // The first answer says that there was no link before.
  iowrite32be(space as MmioSpace, 0xfc034, 0x8000 | phy | 1);
  expect(ioread32be(space as MmioSpace, 0xfc038) & 0x24).toBe(0x24);
});

const up = (...offsets: string[]): Record<string, string> => Object.fromEntries(offsets.map((at) => [at, 'd000']));

/** MACs that the trees have switched on. */
const MACS: Readonly<Record<(typeof BOARDS)[number], Record<string, string>>> = {
  'fsl-ls1043a-rdb': up('e0000', 'e2000', 'e4000', 'e6000', 'e8000', 'ea000', 'f0000'),
  'fsl-ls1046a-rdb': up('e0000', 'e2000', 'e4000', 'e6000', 'e8000', 'ea000', 'f0000', 'f2000'),
};
