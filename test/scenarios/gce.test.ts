// The GCE in sockets of a tree: every SoC's node gets its model, and a small driver of this file runs a packet on it.
import { expect, test } from 'vitest';
import { ms, us } from '../../src/base/clock.js';
import type { EventPin } from '../../src/bus/event.js';
import type { MmioSpace } from '../../src/bus/mmio.js';
import type { ChipModel } from '../../src/bus/socket.js';
import { gceChip } from '../../src/chips/gce/gce.js';
import { devmAllocPages, dmaMapSingle, dmaSetMask, dmaUnmapSingle } from '../../src/core/dma-mapping.js';
import { devmRequestIrq, platformGetIrq } from '../../src/core/interrupt.js';
import { devmPlatformIoremapResource } from '../../src/core/io.js';
import { platformDriver } from '../../src/core/platform-device.js';
import { benchOf } from '../bench.js';
import { treeOf } from '../lab.js';

/** Per SoC: bases, SPI, level cell (4 high, 8 low), threads, as Linux's trees have them. */
const SOCS = [
  ['mt6795', [0x1021_2000], [143], 8, 16],
  ['mt8173', [0x1021_2000], [135], 8, 16],
  ['mt8183', [0x1023_8000], [162], 8, 24],
  ['mt8186', [0x1022_c000], [170], 4, 24],
  ['mt8192', [0x1022_8000], [203], 4, 24],
  ['mt8195', [0x1032_0000, 0x1033_0000], [226, 228], 4, 24],
  ['mt8188', [0x1032_0000, 0x1033_0000], [226, 228], 4, 32],
] as const;

const hex = (value: number): string => value.toString(16);

function treeWith(soc: string, bases: readonly number[], spis: readonly number[], level: number): string {
  const nodes = bases.map(
    (base, at) => `mailbox@${hex(base)} { compatible = "mediatek,${soc}-gce"; reg = <0x${hex(base)} 0x4000>;
      interrupts = <0 ${spis[at]} ${level} 0>; #mbox-cells = <2>; };`,
  );
  return `/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>;
    memory@40000000 { device_type = "memory"; reg = <0x40000000 0x1000000>; };
    gic: gic { compatible = "x,gic"; interrupt-controller; #interrupt-cells = <4>; };
    mutex@14000000 { compatible = "x,mutex"; reg = <0x14000000 0x1000>; };
    ${nodes.join('\n')} };`;
}

test.each(SOCS)('%s: the model is in each socket, its line rests', async (soc, bases, spis, level, threads) => {
  const bench = benchOf(treeOf(treeWith(soc, bases, spis, level)), { chips: [gceChip()] });
  await bench.powerOn();
  const { chips, lines } = bench.snapshot();
  expect(chips.map(({ path, model, registers, words }) => [path, model, registers['CURR_IRQ_STATUS'], words])).toEqual(
    bases.map((base) => [`/mailbox@${hex(base)}`, 'gce', 2 ** threads - 1, {}]),
  );
  expect(lines).toEqual(spis.map((spi) => ({ name: `/gic:irq0.${spi}.0`, level: level === 8, handlers: 0 })));
});

test.each(['mt6779', 'mt8365'])('%s, whose node nobody has published, has its model, too', async (soc) => {
  const bench = benchOf(treeOf(treeWith(soc, [0x1022_8000], [203], 8)), { chips: [gceChip()] });
  await bench.powerOn();
  expect(bench.snapshot().chips.map(({ model }) => model)).toEqual(['gce']);
});

/** A mutex that gives a pulse each millisecond, and a register that keeps what is written. */
function mutex(writes: [number, number][]): ChipModel {
  return {
    name: 'mutex',
    compatible: ['x,mutex'],
    plug(socket) {
      const end: EventPin = socket.event('stream_eof');
      socket.clock.after(ms(1), () => end.fire());
      socket.mmio({
        read32: () => 0,
        write32: (offset, value) => void writes.push([offset, value]),
      });
    },
  };
}

const PACKET = [
  [0x2000_0035, 0x8000_0000],
  [0x2000_0035, 0x8000_8001],
  [0x0401_0010, 7],
  [0x4000_0000, 1],
  [0x1000_0000, 8],
] as const;

/** Starts the packet on thread 3 and notes what the interrupt says. */
const driver = (told: number[]) =>
  platformDriver({
    name: 'packet',
    compatible: ['mediatek,mt8173-gce'],
    probe(dev) {
      const regs: MmioSpace = devmPlatformIoremapResource(dev);
      dmaSetMask(dev, 32);
      const buffer = devmAllocPages(dev, PACKET.length * 8);
      const words = new DataView(buffer.bytes.buffer);
      PACKET.forEach(([high, low], at) => {
        words.setUint32(at * 8, low, true);
        words.setUint32(at * 8 + 4, high, true);
      });
      const iova = dmaMapSingle(dev, buffer, 'to-device');
      dev.scope.defer(() => dmaUnmapSingle(dev, iova, PACKET.length * 8, 'to-device'));
      const thread = 0x100 + 3 * 0x80;
      devmRequestIrq(dev, platformGetIrq(dev, 0), () => {
        told.push(dev.clock.now(), regs.read32(0x10), regs.read32(thread + 0x10));
        regs.write32(thread + 0x10, 0xffff_fffe);
        return 'handled';
      });
      regs.write32(thread, 1);
      regs.write32(thread + 0x20, iova);
      regs.write32(thread + 0x24, iova + PACKET.length * 8);
      regs.write32(thread + 0x14, 0x13);
      regs.write32(thread + 0x04, 1);
    },
  });

test('a packet waits for the end of the stream, writes, and its interrupt is handled', async () => {
  const writes: [number, number][] = [];
  const told: number[] = [];
  const tree = treeOf(treeWith('mt8173', [0x1021_2000], [135], 8));
  const bench = benchOf(tree, {
    chips: [gceChip(), mutex(writes)],
    drivers: [driver(told)],
    events: (node, signal) => {
      const gce = tree.byPath('/mailbox@10212000');
      return signal === 'stream_eof' && node.name === 'mutex@14000000' && gce !== undefined
        ? [{ to: gce, id: 53 }]
        : [];
    },
  });
  await bench.powerOn();
  await bench.run(us(900));
  const words = (): unknown => bench.snapshot().chips.find(({ model }) => model === 'gce')?.words;
  const before = words();
  await bench.run(us(200));
  expect([before, writes, told, words()]).toEqual([
    { 'thread 3': 'waits for event 53 to be 1' },
    [[0x10, 7]],
    [ms(1), 0xffff - 8, 1],
    { 'thread 3': 'is at its end' },
  ]);
});
