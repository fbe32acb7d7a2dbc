// A small engine that sums bytes: a register window, two interrupts, buffers in shared memory. It shows how a driver
// and a chip use them, and what the bench finds when the driver forgets one.
import { expect, test } from 'vitest';
import { ms, us } from '../../src/base/clock.js';
import { bit, bits, registers } from '../../src/base/regs.js';
import type { TraceEvent } from '../../src/base/trace.js';
import { Bench, type BenchParts } from '../../src/bench/bench.js';
import { everyFault } from '../../src/bench/every-fault.js';
import type { DmaPort } from '../../src/bus/dma.js';
import type { MmioSpace } from '../../src/bus/mmio.js';
import type { ChipModel, Socket } from '../../src/bus/socket.js';
import { RegisterFile } from '../../src/chips/register-file.js';
import { Completion } from '../../src/core/completion.js';
import type { Device, Driver } from '../../src/core/device.js';
import { devmAllocPages, dmaMapSingle, dmaSetMask, dmaUnmapSingle } from '../../src/core/dma-mapping.js';
import { devmRequestIrq, platformGetIrq } from '../../src/core/interrupt.js';
import { devmPlatformIoremapResource } from '../../src/core/io.js';
import { platformDriver } from '../../src/core/platform-device.js';
import { settle } from '../../src/host/settle.js';
import { benchOf } from '../bench.js';
import { treeOf } from '../lab.js';

const R = registers({
  CTRL: { addr: 0x00, fields: { START: bit(0, 'sc') } },
  STATUS: { addr: 0x04, fields: { DONE: bit(0, 'w1c'), FAULT: bit(1, 'w1c') } },
  ADDR_LO: { addr: 0x08, fields: { V: bits(31, 0) } },
  ADDR_HI: { addr: 0x0c, fields: { V: bits(31, 0) } },
  LENGTH: { addr: 0x10, fields: { V: bits(15, 0) } },
  SUM: { addr: 0x14, fields: { V: bits(31, 0, 'ro') } },
});

/** The chip: pins `done` and `error`, high while the status bit is set. */
const summer: ChipModel = {
  name: 'summer',
  compatible: ['x,summer'],
  plug(socket) {
    const regs = new RegisterFile(R, socket.name, socket.trace);
    const done = socket.irq('done');
    const error = socket.irq('error');
    const port = socket.dma();
    const pins = () => {
      done.set(regs.peek(R.STATUS, 'DONE') === 1);
      error.set(regs.peek(R.STATUS, 'FAULT') === 1);
    };
    socket.mmio({
      read32: (offset) => regs.busRead(offset),
      write32(offset, value) {
        regs.busWrite(offset, value);
        if (offset === R.CTRL.addr && regs.peek(R.CTRL, 'START') === 1) work(socket, regs, port, pins);
        pins();
      },
    });
    socket.inspect({ registers: () => regs.snapshot() });
  },
};

function work(socket: Socket, regs: RegisterFile, port: DmaPort, pins: () => void): void {
  socket.clock.after(us(5), () => {
    regs.poke(R.CTRL, 'START', 0);
    try {
      const iova = regs.peek(R.ADDR_HI, 'V') * 2 ** 32 + regs.peek(R.ADDR_LO, 'V');
      const bytes = port.read(iova, regs.peek(R.LENGTH, 'V'));
      regs.poke(
        R.SUM,
        'V',
        bytes.reduce((sum, byte) => sum + byte, 0),
      );
      regs.poke(R.STATUS, 'DONE', 1);
    } catch {
      regs.poke(R.STATUS, 'FAULT', 1);
    }
    pins();
  });
}

/** What the driver leaves out of its removal, one at a time. */
type Forgets = 'timer' | 'handler' | 'mapping' | 'memory' | undefined;

/** The driver: the file `sum` says the sum of eight bytes, 1 to 8, as the engine has it. */
const driver = (forgets?: Forgets): Driver =>
  platformDriver({
    name: 'summer',
    compatible: ['x,summer'],
    probe(dev) {
      const regs = devmPlatformIoremapResource(dev);
      const ended = new Completion();
      const acknowledge = (bit: number) => () => {
        if ((regs.read32(R.STATUS.addr) & bit) === 0) return 'unhandled' as const;
        regs.write32(R.STATUS.addr, bit);
        ended.complete();
        return 'handled' as const;
      };
      dmaSetMask(dev, 36);
      devmRequestIrq(dev, platformGetIrq(dev, 'done'), acknowledge(1));
      if (forgets === 'handler') platformGetIrq(dev, 0).line.request('high', 'forgotten', acknowledge(2));
      else devmRequestIrq(dev, platformGetIrq(dev, 'error'), acknowledge(2));
      if (forgets === 'timer') dev.clock.after(ms(1e6), () => undefined);
      if (forgets === 'memory') dev.core.wires.memory.alloc(8);
      const iova = share(dev, forgets === 'mapping');
      dev.scope.defer(dev.sysfs.addGroup([{ name: 'sum', mode: 0o444, show: () => sum(dev, regs, iova, ended) }]));
    },
  });

function share(dev: Device, forgets: boolean): number {
  const buffer = devmAllocPages(dev, 8);
  buffer.bytes.set([1, 2, 3, 4, 5, 6, 7, 8]);
  const iova = dmaMapSingle(dev, buffer, 'to-device');
  if (!forgets) dev.scope.defer(() => dmaUnmapSingle(dev, iova, 8, 'to-device'));
  return iova;
}

async function sum(dev: Device, regs: MmioSpace, iova: number, ended: Completion): Promise<string> {
  ended.reinit();
  regs.write32(R.ADDR_LO.addr, iova % 2 ** 32);
  regs.write32(R.ADDR_HI.addr, Math.floor(iova / 2 ** 32));
  regs.write32(R.LENGTH.addr, 8);
  regs.write32(R.CTRL.addr, 1);
  if (!(await ended.wait(dev.clock, ms(1)))) throw dev.error('ETIMEDOUT', 'no answer within 1 ms', 'sum');
  return `${regs.read32(R.SUM.addr)}\n`;
}

const TREE = `/ { #address-cells = <2>; #size-cells = <1>; interrupt-parent = <&gic>;
  memory@880000000 { device_type = "memory"; reg = <8 0x80000000 0x100000>; };
  gic: gic { compatible = "x,gic"; interrupt-controller; #interrupt-cells = <3>; };
  soc { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges = <0x100 0 0x10000000 0x10000>;
    summer@100 { compatible = "x,summer"; reg = <0x100 0x18>;
      interrupts = <0 18 4>, <0 17 4>; interrupt-names = "error", "done"; };
    other@110 { compatible = "x,other"; reg = <0x110 8>; }; }; };`;
const AT = '/soc/summer@100';

const parts = (more: Partial<BenchParts> = {}) => ({ drivers: [driver()], chips: [summer], ...more });
const read = (bench: Bench): Promise<string> =>
  bench.drive('sum', ms(10), async () => {
    const dev = bench.core.devices.find(({ path }) => path === AT);
    return (await dev?.sysfs.read('sum')) ?? '';
  });

test('windows, interrupts and memory are where the tree has them', async () => {
  const bench = benchOf(treeOf(TREE), parts());
  const events: TraceEvent[] = [];
  bench.trace.attach((event) => events.push(event));
  await bench.powerOn();
  expect(await read(bench)).toBe('36\n');
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
    scenario: async (bench) => void (await read(bench)),
    async broken(bench) {
      if (!bench.report().some(({ path, state }) => path === AT && state === 'bound')) return undefined;
      const now = await read(bench);
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
  const bench = new Bench({ ...parts({ drivers: [driver(forgets)] }), tree: treeOf(TREE), settle });
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
    const bench = benchOf(treeOf(TREE), parts({ drivers: [driver(), one] }));
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
