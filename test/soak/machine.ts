// Machines with random faults: whatever fails, everything ends bound and working or unbound with nothing left,
// and the same seed does it again, byte for byte.
import { readRails } from '../../src/abi/rails.js';
import { traceJson } from '../../src/abi/trace-text.js';
import { ms, s } from '../../src/base/clock.js';
import { SysError } from '../../src/base/errno.js';
import { Random } from '../../src/base/random.js';
import { Bench, BENCH_LIMIT, type BenchParts } from '../../src/bench/bench.js';
import { FaultPlan } from '../../src/bus/fault-plan.js';
import { parseFaults } from '../../src/bus/fault-text.js';
import { ina3221Chip } from '../../src/chips/ina3221/ina3221.js';
import { ina3221 } from '../../src/drivers/ina3221/ina3221.js';
import { settle } from '../../src/host/settle.js';
import { labTree, treeOf } from '../lab.js';
import { AT, readSum, summer, summerDriver, TREE } from '../summer.js';

/** What `npm run soak` runs. */
export const scenarios: readonly { name: string; total: number; run(seed: string): Promise<void> }[] = [
  { name: 'lab-faults', total: 1000, run: (seed) => run(seed, LAB) },
  { name: 'engine-faults', total: 1000, run: (seed) => run(seed, ENGINE) },
];

/** A machine and what a user does with it. */
interface Machine {
  readonly parts: Pick<BenchParts, 'tree' | 'drivers' | 'chips' | 'memory'>;
  use(bench: Bench, random: Random): Promise<void>;
}

const LAB: Machine = { parts: { tree: labTree(), drivers: [ina3221], chips: [ina3221Chip()] }, use: turnAndRead };
/** Register window, interrupts and shared memory, with caches that nobody keeps coherent. */
const ENGINE: Machine = {
  parts: { tree: treeOf(TREE), drivers: [summerDriver()], chips: [summer], memory: { poison: true } },
  use: sumAgain,
};

/** One run, and the same again from the text of its fault plan, as a person would replay it. */
async function run(seed: string, machine: Machine): Promise<void> {
  const random = new Random(seed);
  const first = await once(seed, machine, (trace) => FaultPlan.random(random.stream('faults'), undefined, trace));
  const { points, diagnostics } = parseFaults(first.plan);
  if (diagnostics.length > 0) throw new Error(`the plan cannot be read again: ${first.plan}`);
  const second = await once(seed, machine, (trace) => new FaultPlan(points, trace));
  if (first.lines !== second.lines) throw new Error(`with ${first.plan}: the replay differs`);
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

/** A SysError is an answer; one that did not come in time is not. */
async function answered(body: () => Promise<unknown>): Promise<void> {
  try {
    await body();
  } catch (e) {
    if (!(e instanceof SysError) || e.op === BENCH_LIMIT) throw e;
  }
}
