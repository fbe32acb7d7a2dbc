import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { SimClock } from '../base/clock.js';
import { Random } from '../base/random.js';
import { Trace } from '../base/trace.js';
import { dmaContract } from '../bus/dma.contract.js';
import { FaultPlan } from '../bus/fault-plan.js';
import type { SimIrqLine } from '../bus/irq-sim.js';
import { irqContract } from '../bus/irq.contract.js';
import { memoryTarget, mmioContract } from '../bus/mmio.contract.js';
import type { ChipModel, Socket } from '../bus/socket.js';
import type { DtNode } from '../dt/tree.js';
import { settle } from '../host/settle.js';
import { Board, type MemoryOptions } from './board.js';
import { BoardSocket } from './board-socket.js';

function board(source: string, memory: MemoryOptions = {}) {
  const tree = treeOf(source);
  const clock = new SimClock(settle);
  const trace = new Trace(() => clock.now());
  const made = new Board({ tree, clock, trace, faults: FaultPlan.counting(), memory, irqLatency: () => 0 });
  return { board: made, clock, trace, at: (path: string) => tree.byPath(path) as DtNode };
}

const SOC = `/ { #address-cells = <2>; #size-cells = <1>; gic: gic { interrupt-controller; #interrupt-cells = <3>; };
  soc { #address-cells = <1>; #size-cells = <1>; ranges = <0 1 0 0x10000>;
    dev@1000 { reg = <0x1000 8 0x2000 0x1000 0x3000 0>;
      interrupt-parent = <&gic>; interrupts = <0 7 4>, <1 7 8>; }; }; };`;

mmioContract('as a driver gets it from the bench', () => {
  const { board: made, at } = board(SOC);
  made.attach(at('/soc/dev@1000'), 1, memoryTarget(0x1000));
  return { space: made.ioremap(0x1_0000_2000, 0x1000, '/soc/dev@1000[1]') };
});

irqContract('as a driver gets it from the bench', () => {
  const { board: made, clock, at } = board(SOC);
  const pin = made.lineOfPin(at('/soc/dev@1000'), 'irq', 0, false)?.pin();
  if (pin === undefined) throw new Error('the pin leads nowhere');
  return { clock, pin, line: made.irq(at('/gic'), [0, 7, 4]) };
});

test('a pin inside the SoC drives its line as the tree says that the line tells', () => {
  const LOW = SOC.replace('<0 7 4>, <1 7 8>', '<0 7 8>, <1 7 4>');
  const { board: made, clock, trace, at } = board(LOW);
  const node = at('/soc/dev@1000');
  const socket = new BoardSocket(
    'dev',
    { name: 'dev', compatible: [], plug: () => undefined },
    { clock, trace, random: new Random('1') },
    { irq: (pin, nth, idle) => made.lineOfPin(node, pin, nth, idle) as SimIrqLine },
  );
  const [low, high] = [socket.irq('low', 'wired'), socket.irq('high', 'wired')];
  const levels = () => [made.irq(at('/gic'), [0, 7, 8]).level, made.irq(at('/gic'), [1, 7, 4]).level];
  expect(levels()).toEqual([true, false]);
  low.set(true);
  high.set(true);
  expect(levels()).toEqual([false, true]);
});

for (const poison of [false, true]) {
  dmaContract(`as a driver gets it from the bench${poison ? ', caches not coherent' : ''}`, () => {
    const { board: made } = board('/ { };', { base: 0x4000_0000, size: 0x10_0000, poison });
    return { memory: made.memory, port: made.sim.port('fman'), findings: () => made.sim.ledger.findings.length };
  });
}

test('a window is a row of reg with a size and a way to it, and has one chip', () => {
  const { board: made, at } = board(SOC);
  const node = at('/soc/dev@1000');
  made.attach(node, 0, memoryTarget(8));
  expect([made.hasWindow(node), made.hasWindow(at('/gic'))]).toEqual([true, false]);
  expect(() => made.attach(node, 0, memoryTarget(8))).toThrow(
    '/soc/dev@1000: another chip answers at 0x100001000 (EBUSY)',
  );
  expect(() => made.attach(node, 2, memoryTarget(8))).toThrow('/soc/dev@1000: no register window 2 (ENODEV)');
});

const pins = (names: string, cells: string, count: number) => `/ {
  pic: pic { interrupt-controller; #interrupt-cells = <${count}>; };
  dev { interrupt-parent = <&pic>; interrupts = ${cells}; ${names} }; };`;

test.each([
  ['one cell has no type', '', '<5>, <6>', 1, ['/pic:irq5', '/pic:irq6']],
  ['of two cells the last is the type', '', '<5 4>, <6 8>', 2, ['/pic:irq5', '/pic:irq6']],
  ['of three cells the third is the type', '', '<0 5 4>, <1 5 8>', 3, ['/pic:irq0.5', '/pic:irq1.5']],
  ['of four cells the third is the type', '', '<0 5 4 9>, <1 5 8 9>', 4, ['/pic:irq0.5.9', '/pic:irq1.5.9']],
  ['names come before order', 'interrupt-names = "b", "a";', '<5>, <6>', 1, ['/pic:irq6', '/pic:irq5']],
  ['a pin without a name leads nowhere', 'interrupt-names = "b";', '<5>', 1, [undefined, '/pic:irq5']],
  ['a pin beyond the last interrupt leads nowhere', '', '<5>', 1, ['/pic:irq5', undefined]],
] as const)('pins lead to interrupts: %s', (_, names, cells, count, want) => {
  const { board: made, at } = board(pins(names, cells, count));
  const lines = ['a', 'b'].map((pin, nth) => made.lineOfPin(at('/dev'), pin, nth, false)?.name);
  expect(lines).toEqual(want);
});

test.each([
  ['where the tree has it', 'memory@80000000 { device_type = "memory"; reg = <0x80000000 0x3000>; };', 0x8000_0000, 2],
  ['at 4 GiB where a boot loader would fill it in', 'memory { device_type = "memory"; reg = <0 0>; };', 2 ** 32, 3],
  ['where a blob says it begins', 'memory { device_type = "memory"; reg = <0x40000000 0>; };', 0x4000_0000, 3],
  ['at 4 GiB without a memory node', '', 2 ** 32, 3],
])('memory lies %s', (_, node, first, more) => {
  const { board: made } = board(`/ { #address-cells = <1>; #size-cells = <1>; ${node} };`);
  expect(made.memory.alloc(4096, 4096).phys).toBe(first);
  const rest = Array.from({ length: more }, () => made.memory.alloc(4096, 4096).phys - first);
  expect(rest).toEqual([4096, 8192, 12_288].slice(0, more));
  if (node.includes('0x3000')) expect(() => made.memory.alloc(1)).toThrow('ENOMEM');
});

test('a model of a family learns which member is soldered in: the most specific one that it knows', async () => {
  const tree = treeOf(`/ { #address-cells = <1>; #size-cells = <1>;
    gce@1000 { compatible = "x,b", "x,a"; reg = <0x1000 4>; };
    gce@2000 { compatible = "x,c", "x,A"; reg = <0x2000 4>; }; };`);
  const members: string[] = [];
  const family = { name: 'x', compatible: ['x,a', 'x,b'], plug: ({ compatible }: Socket) => members.push(compatible) };
  await benchOf(tree, { chips: [family as ChipModel] }).powerOn();
  expect(members).toEqual(['x,b', 'x,a']);
});
