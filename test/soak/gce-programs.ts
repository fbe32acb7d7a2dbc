// A million programs that nobody would write, on the model of the GCE: by chance, or right ones with something wrong.
// No crash, no end without a name, no step too many; a table of what became of their threads.
import { SysError } from '../../src/base/errno.js';
import { Random } from '../../src/base/random.js';
import type { MmioMaster } from '../../src/bus/mmio.js';
import {
  GCE_SOCS,
  type GceSocName,
  GceSimulator,
  inWords,
  PlainMemory,
  type ThreadState,
} from '../../src/chips/gce/gce.js';
import { BLOCK, type Ground, MET_EVENTS, mutated, randomProgram, type Words } from '../gce-random.js';
import type { Scenario } from '../soak.js';

const STATES: readonly ThreadState[] = [
  ...(['idle-at-end', 'waiting', 'polling', 'running', 'error', 'suspended', 'disabled'] as const),
];
const SOCS = Object.keys(GCE_SOCS) as GceSocName[];
const LENGTH = 20;
/** Instructions that a run may take. */
const BUDGET = 400;
const ROUNDS = 3;
const SUSPEND = 0x08;
const IRQ_STATUS = 0x10;
const INST_CYCLES = 0x50;

/** What became of threads, by state, and by reason where one has stopped. */
class Tally {
  readonly #counts = new Map<string, number>();
  #instructions = 0;

  add({ ends, instructions }: Outcome): void {
    for (const end of ends) this.#counts.set(end, (this.#counts.get(end) ?? 0) + 1);
    this.#instructions += instructions;
  }

  lines(): string[] {
    const rows = [...this.#counts].toSorted(([, a], [, b]) => b - a);
    return [...rows.map(([end, count]) => `  ${count} ${end}`), `  ${this.#instructions} instructions`];
  }
}

const tally = new Tally();

/** What `npm run soak` runs; `run` throws when something has no end or none with a name. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'gce-programs',
    total: 1_000_000,
    run: (seed) => tally.add(run(seed)),
    summary: () => tally.lines(),
  },
];

/** How a run ended. */
export interface Outcome {
  /** Of each thread that was started: its state, and why it has stopped. */
  readonly ends: readonly string[];
  readonly instructions: number;
}

/** One run: a program or two, events and software in between. */
export function run(seed: string): Outcome {
  const random = new Random(seed);
  const soc = GCE_SOCS[random.pick(SOCS)];
  const count = 1 + random.below(2);
  const ground = groundOf(random, soc.shift, soc.bases[0] ?? 0x1021_2000, count);
  const memory = new PlainMemory(random.chance(0.3) ? 'fault' : 'zeros');
  const gce = new GceSimulator({
    soc,
    memory,
    mask: random.pick(['per-thread', 'shared'] as const),
    prefetch: random.pick([0, 0, 1, 16]),
    turns: random.pick(['until-blocked', 'slots'] as const),
    ...(random.chance(0.1) ? { registers: DEAF } : {}),
  });
  prepare(random, gce, memory, ground);
  let instructions = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const done = gce.engine.run(BUDGET);
    instructions += done;
    check(gce, done);
    between(random, gce, memory, ground);
  }
  const done = gce.engine.run(BUDGET);
  check(gce, done);
  return { ends: ground.programs.map((_, id) => endOf(gce, id)), instructions: instructions + done };
}

function groundOf(random: Random, shift: 0 | 3, own: number, count: number): Ground {
  const base = shift === 3 && random.chance(0.5) ? 0x1_4000_0000 : 0x4000_0000;
  return { programs: Array.from({ length: count }, (_, at) => base + at * 0x1000), length: LENGTH, shift, own };
}

/** Programs that somebody could have written. */
function written(shift: 0 | 3): readonly (readonly Words[])[] {
  const unit = 2 ** shift;
  const tail: readonly Words[] = [
    [0x4000_0000, 1],
    [0x1000_0000, 8 / unit],
  ];
  return [
    [[0x2000_0035, 0x8000_0000], [0x2000_0035, 0x8000_8001], [0x0200_0000, 0xffff_fffe], [0x0401_0011, 1], ...tail],
    [[0x2000_0280, 0x8001_8000], [0x0401_0010, 1], [0x2000_0280, 0x8000_0000], ...tail],
    [[0x028f_0000, BLOCK + 0x20], [0x088f_0000, 1], [0x0401_0010, 1], ...tail],
    [[0xa080_0000, 0x1400], [0x8080_0001, 0x0012_0000], [0xa080_0000, 0x1400], [0x9040_0016, 0x0001_0000], ...tail],
    [
      ...([
        [0xa080_0001, 5],
        [0xa080_0002, (2 ** 32 - 16) / unit],
        [0x0401_0010, 1],
      ] as const),
      ...([
        [0xa0c2_0001, 0x0001_0001],
        [0xb1c4_0002, 0x0001_0000],
      ] as const),
      ...tail,
    ],
  ];
}

function programOf(random: Random, ground: Ground, which: number): readonly Words[] {
  const right = random.pick(written(ground.shift));
  const dice = random.below(10);
  if (dice < 5) return randomProgram(random, ground, which);
  return dice < 6 ? right : mutated(random, right);
}

/** Registers that answer nobody. */
const NOBODY = new SysError('EIO', 'nobody answers');
const DEAF: MmioMaster = {
  read32() {
    throw NOBODY;
  },
  write32() {
    throw NOBODY;
  },
};

function prepare(random: Random, gce: GceSimulator, memory: PlainMemory, ground: Ground): void {
  gce.registers.write32(0x30, random.below(0x4000));
  gce.registers.write32(0xd0, random.chance(0.5) ? 0x8000_0000 : 0);
  gce.registers.write32(0xdc, random.below(0x1_0000));
  for (const event of MET_EVENTS) if (random.chance(0.3)) gce.engine.fire(event);
  ground.programs.forEach((pc, id) => {
    const program = programOf(random, ground, id);
    memory.putInstructions(pc, program);
    gce.start(id, { pc, end: pc + 8 * program.length, priority: random.below(8) });
    register(gce, id, INST_CYCLES, random.chance(0.3) ? random.below(32) : 0);
  });
}

/** What happens around the engine: events, time, software that suspends, resumes and acknowledges. */
function between(random: Random, gce: GceSimulator, memory: PlainMemory, ground: Ground): void {
  const { engine } = gce;
  for (const event of MET_EVENTS) if (random.chance(0.3)) engine.fire(event);
  engine.advance(engine.now + random.below(1_000_000));
  const id = random.below(ground.programs.length);
  const dice = random.below(10);
  if (dice === 0) register(gce, id, SUSPEND, random.below(2));
  else if (dice === 1) register(gce, id, IRQ_STATUS, 0);
  else if (dice === 2) gce.blocks.write32(BLOCK + 0x20, random.below(2));
  else if (dice === 3) memory.remove(ground.programs[id] as number, 8);
  else if (dice === 4) gce.registers.write32(4 * random.below(0x400), random.u32());
}

function register(gce: GceSimulator, thread: number, offset: number, value: number): void {
  gce.registers.write32(0x100 + 0x80 * thread + offset, value);
}

/** No step too many, and whoever can execute does, unless a poll or the budget keeps it from that. */
function check(gce: GceSimulator, done: number): void {
  const { engine } = gce;
  if (done > BUDGET) throw new Error(`${done} instructions of ${BUDGET}`);
  for (const { id, state, irqStatus, irqEnable } of engine.threads) {
    if (state === 'disabled' && irqStatus === 0) continue;
    if (!STATES.includes(state)) throw new Error(`thread ${id} is ${state}`);
    if (state === 'running' && done < BUDGET && engine.poller < 0)
      throw new Error(`thread ${id} can execute and does not`);
    if ((irqStatus & 0x13) !== irqStatus) throw new Error(`thread ${id} has flags ${irqStatus}`);
    const pending = ((engine.pending >>> id) & 1) === 1;
    if (pending !== ((irqStatus & irqEnable) !== 0)) throw new Error(`thread ${id}: its interrupt is ${pending}`);
  }
}

function endOf(gce: GceSimulator, id: number): string {
  const look = gce.engine.look(id);
  const { state, error } = look;
  if (inWords(look) === '') throw new Error(`thread ${id} has no words`);
  return error === undefined ? state : `error: ${error.kind}`;
}
