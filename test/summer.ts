// A small engine that sums bytes, its driver and its board: a register window, two interrupts, a buffer in shared
// memory. It stands for what SoC drivers and chips do with the wires that the bench leads to them.
import { ms, us } from '../src/base/clock.js';
import { bit, bits, registers } from '../src/base/regs.js';
import type { Bench } from '../src/bench/bench.js';
import type { DmaPort } from '../src/bus/dma.js';
import type { MmioSpace } from '../src/bus/mmio.js';
import type { ChipModel, Socket } from '../src/bus/socket.js';
import { RegisterFile, RegisterLayout } from '../src/chips/register-file.js';
import { Completion } from '../src/core/completion.js';
import type { Device, Driver } from '../src/core/device.js';
import { devmAllocPages, dmaMapSingle, dmaSetMask, dmaUnmapSingle } from '../src/core/dma-mapping.js';
import { devmRequestIrq, platformGetIrq } from '../src/core/interrupt.js';
import { devmPlatformIoremapResource } from '../src/core/io.js';
import { platformDriver } from '../src/core/platform-device.js';

const R = registers({
  CTRL: { addr: 0x00, fields: { START: bit(0, 'sc') } },
  STATUS: { addr: 0x04, fields: { DONE: bit(0, 'w1c'), FAULT: bit(1, 'w1c') } },
  ADDR_LO: { addr: 0x08, fields: { V: bits(31, 0) } },
  ADDR_HI: { addr: 0x0c, fields: { V: bits(31, 0) } },
  LENGTH: { addr: 0x10, fields: { V: bits(15, 0) } },
  SUM: { addr: 0x14, fields: { V: bits(31, 0, 'ro') } },
});

const LAYOUT = new RegisterLayout(R);

/** The chip: pins `done` and `error`, high while the status bit is set. */
export const summer: ChipModel = {
  name: 'summer',
  compatible: ['x,summer'],
  plug(socket) {
    const regs = new RegisterFile(LAYOUT, socket.name, socket.trace);
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
export type Forgets = 'timer' | 'handler' | 'mapping' | 'memory' | undefined;

/** The driver: the file `sum` says the sum of eight bytes, 1 to 8, as the engine has it. */
export const summerDriver = (forgets?: Forgets): Driver =>
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

/** The board, with a second device whose window lies inside the first one's. */
export const TREE = `/ { #address-cells = <2>; #size-cells = <1>; interrupt-parent = <&gic>;
  memory@880000000 { device_type = "memory"; reg = <8 0x80000000 0x100000>; };
  gic: gic { compatible = "x,gic"; interrupt-controller; #interrupt-cells = <3>; };
  soc { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges = <0x100 0 0x10000000 0x10000>;
    summer@100 { compatible = "x,summer"; reg = <0x100 0x18>;
      interrupts = <0 18 4>, <0 17 4>; interrupt-names = "error", "done"; };
    other@110 { compatible = "x,other"; reg = <0x110 8>; }; }; };`;
/** The engine's device. */
export const AT = '/soc/summer@100';

/** What the engine's file says. */
export const readSum = (bench: Bench): Promise<string> =>
  bench.drive('sum', ms(10), async () => {
    const dev = bench.core.devices.find(({ path }) => path === AT);
    return (await dev?.sysfs.read('sum')) ?? '';
  });
