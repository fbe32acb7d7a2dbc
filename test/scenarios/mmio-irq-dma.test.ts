// Driver and chip meet at a register window, interrupts and shared memory; whatever the driver forgets is found.
import { expect, test } from 'vitest';
import type { TraceEvent } from '../../src/base/trace.js';
import { Bench, type BenchParts } from '../../src/bench/bench.js';
import { everyFault } from '../../src/bench/every-fault.js';
import type { ChipModel } from '../../src/bus/socket.js';
import type { Device, Driver } from '../../src/core/device.js';
import { platformGetIrq } from '../../src/core/interrupt.js';
import { devmPlatformIoremapResource } from '../../src/core/io.js';
import { platformDriver } from '../../src/core/platform-device.js';
import { settle } from '../../src/host/settle.js';
import { benchOf } from '../bench.js';
import { treeOf } from '../lab.js';
import { AT, readSum, summer, summerDriver, TREE } from '../summer.js';

const parts = (more: Partial<BenchParts> = {}) => ({ drivers: [summerDriver()], chips: [summer], ...more });
test('windows, interrupts and memory are where the tree has them', async () => {
  const bench = benchOf(treeOf(TREE), parts());
  const events: TraceEvent[] = [];
  bench.trace.attach((event) => events.push(event));
  await bench.powerOn();
  expect(await readSum(bench)).toBe('36\n');
  const wires = events.flatMap((e) =>
    e.kind === 'mmio_write' || e.kind === 'mmio_read' ? [`${e.where} ${e.kind} ${e.offset} ${e.val}`] : [],
  );
  expect(wires).toEqual([
    // 0x8_8000_0000 is where the tree has its memory; a buffer is 64 bytes into its page.
    `${AT} mmio_write 8 ${0x8000_0040}`,
    `${AT} mmio_write 12 8`,
    `${AT} mmio_write 16 8`,
    `${AT} mmio_write 0 1`,
    `${AT} mmio_read 4 1`,
    `${AT} mmio_write 4 1`,
    `${AT} mmio_read 20 36`,
  ]);
  const irqs = events.flatMap((e) => (e.kind.startsWith('irq_') ? [`${e.where} ${e.kind} ${e.t}`] : []));
  expect(irqs).toEqual([
    '/gic:irq0.17 irq_raise 5000',
    '/gic:irq0.17 irq_handler_entry 5000',
    '/gic:irq0.17 irq_lower 5000',
    '/gic:irq0.17 irq_handler_exit 5000',
  ]);
  const { chips, lines, memory } = bench.snapshot();
  expect(chips.map(({ path, registers: all }) => [path, all['SUM']])).toEqual([[AT, 36]]);
  expect(memory).toEqual({ allocated: 1, mapped: 1 });
  expect(lines).toEqual([
    { name: '/gic:irq0.17', level: false, handlers: 1 },
    { name: '/gic:irq0.18', level: false, handlers: 1 },
  ]);
});

test('whichever access, delivery, allocation or mapping fails, nothing is left and the engine works on', async () => {
  const { operations, findings } = await everyFault({
    make: (faults) => new Bench({ ...parts(), tree: treeOf(TREE), settle, faults }),
    scenario: async (bench) => void (await readSum(bench)),
    async broken(bench) {
      if (!bench.report().some(({ path, state }) => path === AT && state === 'bound')) return undefined;
      const now = await readSum(bench);
      return now === '36\n' ? undefined : `says ${now}`;
    },
  });
  // An allocation and a mapping; four writes, a delivery, a read and a write in the handler, a read of the sum.
  expect({ operations, findings }).toEqual({ operations: 10, findings: [] });
});

test.each([
  ['timer', [`1 timer(s) of ${AT}`], []],
  ['handler', ['1 handler(s) on /gic:irq0.18'], []],
  ['memory', ['1 buffer(s) of shared memory'], []],
  [
    'mapping',
    [`${AT}: 8 bytes mapped at 0x880000040`],
    [
      'memory: device driver frees memory that is still mapped [physical address=0x0000000880000040] [mappings=1]',
      `${AT}: device driver has pending DMA allocations while released from device [count=1]\n` +
        'One of leaked entries details: [device address=0x0000000880000040] [size=8 bytes] ' +
        '[mapped with DMA_TO_DEVICE] [mapped as single]',
    ],
  ],
] as const)('a driver that forgets a %s is found out', async (forgets, left, findings) => {
  const bench = new Bench({ ...parts({ drivers: [summerDriver(forgets)] }), tree: treeOf(TREE), settle });
  await bench.powerOn();
  expect(await bench.powerOff()).toEqual(left);
  expect(bench.dmaFindings.map(({ dev, text }) => `${dev}: ${text}`)).toEqual(findings);
});

test('a window that is missing or claimed, and a missing interrupt, end with the codes of Linux', async () => {
  const codes: string[] = [];
  const tries = (name: string, use: (dev: Device) => unknown): Driver =>
    platformDriver({
      name,
      compatible: ['x,other'],
      probe(dev) {
        try {
          use(dev);
        } catch (e) {
          codes.push((e as Error).message);
        }
      },
    });
  const asks = tries('asks', (dev) => devmPlatformIoremapResource(dev));
  const none = tries('none', (dev) => devmPlatformIoremapResource(dev, 'missing'));
  const irq = tries('irq', (dev) => platformGetIrq(dev, 0));
  for (const one of [asks, none, irq]) {
    const bench = benchOf(treeOf(TREE), parts({ drivers: [summerDriver(), one] }));
    await bench.powerOn();
  }
  const at = '/soc/other@110';
  expect(codes).toEqual([
    `${at}: ioremap: [mem 0x10000010-0x10000017] belongs to ${AT} (EBUSY)`,
    `${at}: ioremap: no register window missing (EINVAL)`,
    `${at}: irq: the node has neither interrupts nor interrupts-extended (ENXIO)`,
  ]);
});

test('a chip that the board has no wires for, or whose addresses are taken, is told and left out', async () => {
  const wires = { read32: () => 0, write32: () => undefined };
  const target = { write: () => 0, read: (length: number) => new Uint8Array(length), stop: () => undefined };
  const chips: ChipModel[] = [
    { name: 'wrong', compatible: ['x,other'], plug: (socket) => socket.i2c(target) },
    { name: 'wide', compatible: ['x,wide'], plug: (socket) => socket.mmio(wires) },
    { name: 'second', compatible: ['x,second'], plug: (socket) => socket.mmio(wires, 1) },
  ];
  const more = `${TREE} / { soc { wide@104 { compatible = "x,wide"; reg = <0x104 8>; };
    second@1000 { compatible = "x,second"; reg = <0x1000 8>; }; }; };`;
  const bench = benchOf(treeOf(more), parts({ chips: [summer, ...chips] }));
  const lines: string[] = [];
  bench.trace.attach((event) => event.kind === 'printk' && lines.push(event.text));
  await bench.powerOn();
  expect(lines).toEqual([
    'bench: wrong does not fit: /soc/other@110: chip model wrong wants i2c, the board leads none there (ENODEV)',
    'bench: wide does not fit: /soc/wide@104: another chip answers at 0x10000004 (EBUSY)',
    'bench: second does not fit: /soc/second@1000: no register window 1 (ENODEV)',
  ]);
  expect([...bench.sockets.keys()]).toEqual([AT]);
});
