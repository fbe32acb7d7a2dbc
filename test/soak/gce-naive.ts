// The model of the GCE against a naive one: programs by chance on several threads, events, polled registers that
// change, and what software does with the engine's registers; everything that can be seen must be the same.
import { Random } from '../../src/base/random.js';
import { GCE_SOCS, type GceSoc, GceSimulator } from '../../src/chips/gce/gce.js';
import { NaiveGce, type NaiveWrite } from '../gce-naive.js';
import { BLOCK, type Ground, MET_EVENTS, randomInstruction, randomProgram } from '../gce-random.js';
import type { Scenario } from '../soak.js';

/** What `npm run soak` runs; `run` throws with the steps that led to a difference. */
export const scenarios: readonly Scenario[] = [{ name: 'gce-naive', total: 20_000, run }];

const STEPS = 24;
const LENGTH = 24;
const THREADS = 3;
/** Registers of a thread that both have. */
const THREAD_REGISTERS = [0x04, 0x08, 0x0c, 0x10, 0x14, 0x20, 0x24, 0x28, 0x30, 0x40, 0x50, 0x60, 0x64, 0x68, 0x6c];
const SUSPEND = 0x08;

/** One run. */
export function run(seed: string): void {
  const pair = new Pair(new Random(seed));
  for (let step = 0; step < STEPS; step++) pair.step();
}

/** Two engines with the same memory, and what was done to both. */
class Pair {
  readonly #random: Random;
  readonly #soc: GceSoc;
  readonly #ground: Ground;
  readonly #gce: GceSimulator;
  readonly #naive: NaiveGce;
  readonly #history: string[] = [];
  readonly #writes: NaiveWrite[] = [];

  constructor(random: Random) {
    this.#random = random;
    this.#soc = GCE_SOCS[random.pick(['mt8173', 'mt8192'] as const)];
    const { shift, threads, subsys, cpr, bases } = this.#soc;
    const own = bases[0] as number;
    const base = random.pick(shift === 3 ? [0x1_4000_0000, 0x4000_0000] : [0x4000_0000]);
    const programs = Array.from({ length: THREADS }, (_, at) => base + at * 0x1000);
    this.#ground = { programs, length: LENGTH, shift, own };
    const write = (thread: number, addr: number, value: number): void => void this.#writes.push([thread, addr, value]);
    this.#gce = new GceSimulator({ soc: this.#soc, hooks: { write } });
    this.#naive = new NaiveGce({ threads, shift, subsys, cpr, base: own });
    programs.forEach((_, which) => this.#start(which));
  }

  /** One thing done to both; all that can be seen must be the same. */
  step(): void {
    const random = this.#random;
    const dice = random.below(100);
    if (dice < 50) this.#run(random.pick([1, 2, 5, 20, 200]));
    else if (dice < 65) this.#fire(random.pick(MET_EVENTS));
    else if (dice < 70) this.#set(BLOCK + random.pick([0x10, 0x14, 0x20]), random.below(4));
    else if (dice < 75) this.#poke();
    else if (dice < 80) this.#start(random.below(THREADS));
    else this.#software();
    this.#compare();
  }

  #run(budget: number): void {
    this.#history.push(`run ${budget}`);
    this.#gce.engine.run(budget);
    this.#naive.run(budget);
  }

  #fire(id: number): void {
    this.#history.push(`event ${id}`);
    this.#gce.engine.fire(id);
    this.#naive.events[id] = 1;
  }

  /** A block changes its own register. */
  #set(addr: number, value: number): void {
    this.#history.push(`set ${hex(addr)} ${value}`);
    this.#gce.blocks.write32(addr, value);
    this.#naive.words.set(addr, value);
  }

  /** Software puts another instruction there. */
  #poke(): void {
    const which = this.#random.below(THREADS);
    const at = this.#random.below(LENGTH);
    const [high, low] = randomInstruction(this.#random, this.#ground, which, at);
    this.#put((this.#ground.programs[which] as number) + 8 * at, [[high, low]]);
  }

  #put(addr: number, program: readonly (readonly [number, number])[]): void {
    program.forEach(([high, low], at) => {
      this.#history.push(`${hex(addr + 8 * at)}: ${hex(high)} ${hex(low)}`);
      this.#naive.words.set(addr + 8 * at, low);
      this.#naive.words.set(addr + 8 * at + 4, high);
    });
    this.#gce.memory.putInstructions(addr, program);
  }

  /** A thread as a driver starts it, with a program of its own. */
  #start(which: number): void {
    const pc = this.#ground.programs[which] as number;
    const unit = 2 ** this.#soc.shift;
    this.#put(pc, randomProgram(this.#random, this.#ground, which));
    const end = pc + 8 * (this.#random.chance(0.8) ? LENGTH : this.#random.below(LENGTH));
    this.#register(which, 0x00, 1);
    this.#register(which, 0x20, pc / unit);
    this.#register(which, 0x24, end / unit);
    this.#register(which, 0x40, this.#random.below(3));
    this.#register(which, 0x14, 0x13);
    this.#register(which, 0x04, 1);
  }

  #software(): void {
    const random = this.#random;
    const dice = random.below(10);
    if (dice < 2) return this.#write(0x68, random.pick(MET_EVENTS) + 0x1_0000 * random.below(2));
    if (dice < 3) return this.#write(0x60, random.below(1024));
    if (dice < 4) return this.#write(0x80 + 4 * random.below(16), random.u32());
    const which = random.below(THREADS);
    const pc = (this.#ground.programs[which] as number) + 8 * random.below(LENGTH + 1);
    const [offset, value] = random.pick([
      [SUSPEND, random.below(2)],
      [SUSPEND, 0],
      [0x04, random.below(2)],
      [0x04, 1],
      [0x10, random.below(0x20)],
      [0x14, random.below(0x20)],
      [0x20, pc / 2 ** this.#soc.shift],
      [0x24, pc / 2 ** this.#soc.shift],
      [0x40, random.below(8)],
      [0x60, random.u32()],
    ] as const);
    this.#register(which, offset, value);
  }

  #register(thread: number, offset: number, value: number): void {
    this.#write(0x100 + 0x80 * thread + offset, value);
  }

  #write(offset: number, value: number): void {
    this.#history.push(`write ${hex(offset)} ${hex(value)}`);
    this.#gce.registers.write32(offset, value);
    this.#naive.write(offset, value);
  }

  #compare(): void {
    const { engine, registers } = this.#gce;
    const naive = this.#naive;
    for (let which = 0; which < THREADS; which++) {
      const t = naive.threads[which] as (typeof naive.threads)[number];
      this.#same(`state of ${which}`, engine.look(which).state, naive.stateOf(t));
      this.#same(`pc of ${which}`, engine.look(which).pc, t.pc);
      for (const offset of THREAD_REGISTERS) this.#sameRegister(0x100 + 0x80 * which + offset);
    }
    for (const offset of [0x10, 0x60, 0x64]) this.#sameRegister(offset);
    for (let at = 0; at < 16; at++) this.#sameRegister(0x80 + 4 * at);
    this.#same(
      'events',
      allEvents((id) => engine.event(id)),
      allEvents((id) => naive.events[id] as number),
    );
    this.#same('writes', list(this.#writes.splice(0)), list(naive.writes.splice(0)));
    this.#same('registers', registers.read32(0x10), naive.read(0x10));
  }

  #sameRegister(offset: number): void {
    this.#same(`register ${hex(offset)}`, this.#gce.registers.read32(offset), this.#naive.read(offset));
  }

  #same(what: string, model: unknown, naive: unknown): void {
    if (model === naive) return;
    const said = `${what}: the model says ${String(model)}, the naive one ${String(naive)}`;
    throw new Error(`${said}; behind\n${this.#history.join('\n')}`);
  }
}

/** All events as one text of zeros and ones. */
function allEvents(get: (id: number) => number): string {
  return Array.from({ length: 1024 }, (_, id) => get(id)).join('');
}

function list(writes: readonly NaiveWrite[]): string {
  return writes.map(([thread, addr, value]) => `${thread}:${hex(addr)}=${hex(value)}`).join(' ');
}

function hex(value: number): string {
  return value.toString(16);
}
