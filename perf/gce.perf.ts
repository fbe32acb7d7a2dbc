// The GCE: instructions a second on a board with ledger and register windows, and many threads against one.
import { SimClock } from '../src/base/clock.js';
import { memoryFiles } from '../src/base/files.js';
import { Random } from '../src/base/random.js';
import { Trace } from '../src/base/trace.js';
import { Board } from '../src/bench/board.js';
import { BoardSocket, type SocketWires } from '../src/bench/board-socket.js';
import { FaultPlan } from '../src/bus/fault-plan.js';
import type { MmioSpace } from '../src/bus/mmio.js';
import { gceChip } from '../src/chips/gce/gce.js';
import { compile } from '../src/dt/compile.js';
import type { DtNode, DtTree } from '../src/dt/tree.js';
import { settle } from '../src/host/settle.js';
import type { Row } from './bench.js';

const PATHS = ['/gce@10320000', '/gce@10330000'] as const;
const SOURCE = `/dts-v1/; / { #address-cells = <2>; #size-cells = <1>;
  gce@10320000 { compatible = "mediatek,mt8188-gce"; reg = <0 0x10320000 0x4000>; };
  gce@10330000 { compatible = "mediatek,mt8188-gce"; reg = <0 0x10330000 0x4000>; };
  ovl@14000000 { reg = <0 0x14000000 0x10000>; };
  memory { device_type = "memory"; reg = <1 0x40000000 0x10000000>; }; };`;
/** One pass over a program: a frame's update. */
const LENGTH = 64;
const INSTRUCTION_NS = 50;
const THREADS = 32;
const TOKENS = 640;
/** Where a thread's block of registers begins. */
const threadAt = (thread: number): number => 0x100 + 0x80 * thread;

/** A machine with two GCEs and a block of registers, and how software reaches it. */
class Machine {
  readonly clock = new SimClock(settle);
  readonly block = new Int32Array(0x4000);
  readonly #board: Board;

  constructor() {
    const { clock } = this;
    const trace = new Trace(() => clock.now());
    const { tree } = compile('perf.dts', memoryFiles({ 'perf.dts': SOURCE }));
    const at = (path: string): DtNode => (tree as DtTree).byPath(path) as DtNode;
    const faults = new FaultPlan([], trace);
    const board = new Board({ tree: tree as DtTree, clock, trace, faults, memory: {}, irqLatency: () => 0 });
    this.#board = board;
    const { block } = this;
    board.attach(at('/ovl@14000000'), 0, {
      read32: (offset) => block[offset >> 2] as number,
      write32: (offset, value) => {
        block[offset >> 2] = value;
      },
    });
    for (const path of PATHS) {
      const wires: SocketWires = {
        mmio: (target, index) => board.attach(at(path), index, target),
        dma: () => board.sim.port(path),
        master: () => board.master(path),
        events: () => undefined,
      };
      const parts = { clock, trace, random: new Random('1') };
      new BoardSocket(path, gceChip({ events: 'cleared' }), parts, wires, {}, 'mediatek,mt8188-gce').plug();
    }
  }

  /** The registers of a GCE. */
  gce(which: number): MmioSpace {
    return this.#board.ioremap(0x1032_0000 + 0x1_0000 * which, 0x4000, 'cpu');
  }

  /** A program that waits for its token, writes registers, hands the token on, and begins anew. */
  start(gce: MmioSpace, thread: number, next: number): void {
    const { memory } = this.#board;
    memory.setMask('gce', 35);
    const buffer = memory.alloc(LENGTH * 8);
    const iova = memory.map('gce', buffer, 'bidirectional');
    const words = new DataView(buffer.bytes.buffer);
    program(thread, next, iova).forEach(([high, low], index) => {
      words.setUint32(index * 8, low, true);
      words.setUint32(index * 8 + 4, high, true);
    });
    const at = threadAt(thread);
    gce.write32(at, 1);
    gce.write32(at + 0x20, iova / 8);
    gce.write32(at + 0x24, (iova + LENGTH * 8) / 8);
    gce.write32(at + 0x40, 1);
    gce.write32(at + 0x04, 1);
  }
}

function program(thread: number, next: number, iova: number): [high: number, low: number][] {
  const words: [number, number][] = [[0x2000_0000 | (TOKENS + thread), 0x8000_8001]];
  for (let at = 0; words.length < LENGTH - 3; at++) {
    if (at % 5 === 2) words.push([0xa080_0001, at]);
    else if (at % 5 === 4) words.push([0x0200_0000, 0xffff_ff00], [0x0400_0000 | (at * 4 + 1), at]);
    else words.push([0x0400_0000 | (at * 4), at]);
  }
  words.length = LENGTH - 3;
  words.push([0x4000_0000, 0], [0x2000_0000 | (TOKENS + next), 0x8001_0000], [0x1000_0001, iova / 8]);
  return words;
}

/** Nanoseconds per instruction while `threads` of each of `gces` go round. */
async function cost(gces: number, threads: number, instructions: number): Promise<number> {
  const machine = new Machine();
  for (let which = 0; which < gces; which++) {
    const gce = machine.gce(which);
    for (let thread = 0; thread < threads; thread++) machine.start(gce, thread, (thread + 1) % threads);
    gce.write32(0x68, 0x1_0000 | TOKENS);
  }
  const wait = (instructions / gces) * INSTRUCTION_NS;
  await machine.clock.run(wait / 10);
  const began = performance.now();
  const before = passes(machine, gces);
  await machine.clock.run(wait);
  const ns = (performance.now() - began) * 1e6;
  const done = (passes(machine, gces) - before) * LENGTH;
  if (Math.abs(done - instructions) > instructions / 100) throw new Error(`${done} instructions`);
  return ns / done;
}

/** How often programs have come to their end, by the engines' own counters. */
function passes(machine: Machine, gces: number): number {
  let sum = 0;
  for (let which = 0; which < gces; which++)
    for (let thread = 0; thread < THREADS; thread++) sum += machine.gce(which).read32(threadAt(thread) + 0x28);
  return sum;
}

const MANY = 10_000_000;

/** What the issue of the GCE asks. */
export const rows: readonly Row[] = [
  {
    name: 'gce: register writes, masks, assigns, through ledger and windows',
    unit: 'M instructions/s',
    rounds: 3,
    run: async () => 1000 / (await cost(1, 1, MANY)),
    wanted: { of: 'figure', atLeast: 20 },
  },
  {
    name: 'gce: cost of an instruction, 64 threads on 2 GCEs against 1 thread',
    unit: 'ns',
    rounds: 5,
    run: () => cost(2, THREADS, MANY),
    against: { name: 'one thread', run: () => cost(1, 1, MANY) },
    wanted: { of: 'ratio', atMost: 1.1 },
  },
];
