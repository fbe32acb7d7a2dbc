// Machines with random faults: whatever fails, everything ends bound and working or unbound with nothing left,
// and the same seed does it again, byte for byte.
import { readRails } from '../../src/abi/rails.js';
import { traceJson } from '../../src/abi/trace-text.js';
import { ms, s } from '../../src/base/clock.js';
import { SysError } from '../../src/base/errno.js';
import { Random } from '../../src/base/random.js';
import { Bench, BENCH_LIMIT, type BenchParts } from '../../src/bench/bench.js';
import type { Trace } from '../../src/base/trace.js';
import { FAULT_MENU } from '../../src/bus/fault-menu.js';
import { FaultPlan } from '../../src/bus/fault-plan.js';
import { parseFaults } from '../../src/bus/fault-text.js';
import { ina3221Chip } from '../../src/chips/ina3221/ina3221.js';
import { boardWiring, chipModels, drivers } from '../../src/stock/catalogue.js';
import { flipTargets } from '../../src/stock/flip-target.js';
import { socLines } from '../../src/stock/soc-lines.js';
import { ina3221 } from '../../src/drivers/ina3221/ina3221.js';
import { settle } from '../../src/host/settle.js';
import { labTree, treeOf } from '../lab.js';
import { AT, readSum, summer, summerDriver, TREE } from '../summer.js';

/** What `npm run soak` runs. */
export const scenarios: readonly { name: string; total: number; run(seed: string): Promise<void> }[] = [
  { name: 'lab-faults', total: 1000, run: (seed) => run(seed, LAB) },
  { name: 'engine-faults', total: 1000, run: (seed) => run(seed, ENGINE) },
  { name: 'flip-faults', total: 1000, run: (seed) => run(seed, FLIP) },
];

/** A machine and what a user does with it. */
interface Machine {
  readonly parts: Pick<BenchParts, 'tree' | 'drivers' | 'chips' | 'memory' | 'events' | 'video' | 'wiring'>;
  /** By place: up to which operation faults strike; 50 of each place when left out. */
  readonly within?: Readonly<Record<string, number>>;
  use(bench: Bench, random: Random): Promise<void>;
}

const LAB: Machine = { parts: { tree: labTree(), drivers: [ina3221], chips: [ina3221Chip()] }, use: turnAndRead };
/** Register window, interrupts and shared memory, with caches that nobody keeps coherent. */
const ENGINE: Machine = {
  parts: { tree: treeOf(TREE), drivers: [summerDriver()], chips: [summer], memory: { poison: true } },
  use: sumAgain,
};

const BOARD = labTree();
/** A display behind a GCE, whose driver writes a thousand registers in its probe. */
const FLIP: Machine = {
  parts: { tree: BOARD, drivers: drivers(), chips: chipModels(), wiring: boardWiring, ...socLines(BOARD) },
  within: { 'mmio.read': 300, 'mmio.write': 1500, 'irq.deliver': 30, 'event.fire': 150, 'dma.alloc': 5, 'dma.map': 5 },
  use: flipAndSwitch,
};

/** One run, and the same again from the text of its fault plan, as a person would replay it. */
async function run(seed: string, machine: Machine): Promise<void> {
  const random = new Random(seed);
  const first = await once(seed, machine, (trace) => planOf(machine, random.stream('faults'), trace));
  const { points, diagnostics } = parseFaults(first.plan);
  if (diagnostics.length > 0) throw new Error(`the plan cannot be read again: ${first.plan}`);
  const second = await once(seed, machine, (trace) => new FaultPlan(points, trace));
  if (first.lines !== second.lines) throw new Error(`with ${first.plan}: the replay differs`);
}

function planOf({ within }: Machine, random: Random, trace: Trace): FaultPlan {
  if (within === undefined) return FaultPlan.random(random, undefined, trace);
  const places = FAULT_MENU.filter(({ where }) => within[where] !== undefined);
  const points = [1, 2, 3].map(() => {
    const { where, whats } = random.pick(places);
    return { where, which: undefined, nth: 1 + random.below(within[where] as number), what: random.pick(whats) };
  });
  return new FaultPlan(points, trace);
}

async function once(
  seed: string,
  machine: Machine,
  faults: NonNullable<BenchParts['faults']>,
): Promise<{ lines: string; plan: string }> {
  const bench = new Bench({ ...machine.parts, settle, seed, faults });
  const lines: string[] = [];
  bench.trace.attach((event) => lines.push(traceJson(event)));
  const plan = bench.faults.text;
  try {
    await use(bench, machine, new Random(seed).stream('use'));
  } catch (e) {
    throw new Error(`with ${plan}: ${String(e)}`);
  }
  return { lines: lines.join('\n'), plan };
}

async function use(bench: Bench, machine: Machine, random: Random): Promise<void> {
  await answered(() => bench.powerOn());
  await machine.use(bench, random);
  for (const dev of bench.core.devices) {
    if (dev.state.kind !== 'bound' && dev.held > 0)
      throw new Error(`${dev.path} is ${dev.state.kind} and holds ${dev.held}`);
  }
  const left = await bench.powerOff();
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  const wrong = bench.dmaFindings.filter(({ by }) => by === 'driver');
  if (wrong.length > 0) throw new Error(wrong.map(({ text }) => text).join(', '));
}

async function turnAndRead(bench: Bench, random: Random): Promise<void> {
  for (let step = 0; step < 4; step++) {
    const [path, socket] = random.pick([...bench.sockets]);
    const { name, min, max } = random.pick([...socket.knobs.values()]);
    await answered(async () => bench.setKnob(path, name, min + random.below(max - min + 1)));
    await bench.run(ms(random.below(50)));
    await answered(() => bench.drive('reading', s(1), () => readRails(bench.core)));
  }
}

/** An answer that comes at all is right, however late, unless a fault has just struck. */
async function sumAgain(bench: Bench): Promise<void> {
  for (let step = 0; step < 10; step++) {
    const struck = bench.faults.struck;
    await answered(async () => {
      const text = await readSum(bench);
      const bound = bench.report().some(({ path, state }) => path === AT && state === 'bound');
      if (bound && text !== '36\n' && bench.faults.struck === struck) throw new Error(`the engine says ${text}`);
    });
    await bench.run(ms(2));
  }
}

/** Pictures, a pause and darkness by chance. Afterwards a display that is there shows one, if no fault is left. */
async function flipAndSwitch(bench: Bench, random: Random): Promise<void> {
  const [target] = flipTargets(bench);
  if (target === undefined) return; // The probe has failed.
  const { drm, crtc, mode } = target;
  const size = { width: mode.hdisplay, height: mode.vdisplay, format: 'XRGB8888' } as const;
  const act = (what: string, body: () => Promise<unknown>) => answered(() => bench.drive(what, s(30), body));
  for (let step = 0; step < 4; step++) {
    await act('a picture', async () => crtc.enable(mode, drm.addFb(size)));
    await act('a flip', async () => crtc.pageFlip(drm.addFb(size)));
    await bench.run(ms(random.below(40)));
    if (random.below(2) === 0) await act('switching off', () => crtc.disable());
  }
  bench.faults.clear();
  await act('switching off', () => crtc.disable());
  await bench.run(ms(100));
  await bench.drive('the last picture', s(30), async () => crtc.enable(mode, drm.addFb(size)));
}

/** A SysError is an answer; one that did not come in time is not. */
async function answered(body: () => Promise<unknown>): Promise<void> {
  try {
    await body();
  } catch (e) {
    if (!(e instanceof SysError) || e.op === BENCH_LIMIT) throw e;
  }
}
