// Programs of the GCE by chance: mostly such as somebody would write, close enough to each other to meet, and a few
// words that nobody would. From the bit tables; it knows neither model nor driver.
import type { Random } from '../src/base/random.js';

/** An instruction: the word with the opcode, and the other. */
export type Words = readonly [high: number, low: number];

/** What programs are made for. */
export interface Ground {
  /** Where the programs are, one for each thread that runs. */
  readonly programs: readonly number[];
  /** Instructions of each. */
  readonly length: number;
  readonly shift: 0 | 3;
  /** The engine's own registers: subsystem and offset, where one leads there, and the address. */
  readonly own: number;
}

/** Events that programs use, so that they meet. */
export const MET_EVENTS: readonly number[] = [0, 11, 53, 640, 650, 1023];
/** Registers that programs use: subsystem 1, and some of them are polled. */
export const BLOCK = 0x1400_0000;
const OFFSETS = [0x10, 0x14, 0x20, 0xfffc] as const;
const OWN_OFFSETS = [0x60, 0x64, 0x68, 0x68, 0x80, 0xbc, 0x10] as const;
const THREAD_OFFSETS = [0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x20, 0x24, 0x28, 0x30, 0x40, 0x60] as const;
const WFE_OPERANDS = [0x8000_8001, 0x0000_8001, 0x8000_0000, 0x8001_0000, 0x8001_8000, 0x0000_8000] as const;
const OPERATORS = [0, 1, 2, 3, 8, 9, 10, 11, 12, 13] as const;

/** One instruction of program `which`, at its place `at`. */
type Make = (random: Random, ground: Ground, which: number, at: number) => Words;

const words = (op: number, flags: number, sop: number, a16: number, low: number): Words => [
  (op * 2 ** 24 + flags * 2 ** 21 + sop * 2 ** 16 + a16) >>> 0,
  low >>> 0,
];
const DST = 4;
const SRC = 2;
const RIGHT = 1;

const spr = (random: Random): number => random.below(4);
const register = (random: Random): number => {
  const dice = random.below(20);
  if (dice < 12) return spr(random);
  if (dice < 17) return 32 + random.below(16);
  return random.pick([48 + random.below(8), 0x8000, 0xffff, 7, 57]);
};
const small = (random: Random): number => (random.chance(0.7) ? random.below(8) : random.u32());
const offset = (random: Random): number => random.pick(OFFSETS) + (random.chance(0.3) ? 1 : 0);
const subsys = (random: Random): number => (random.chance(0.95) ? 1 : random.below(32));

/** Upper half of an address for a register: of the block, of the engine itself, of code. */
const upper = (random: Random, ground: Ground): number => {
  const addr = random.pick([BLOCK, BLOCK, ground.own, ground.programs[0] as number]);
  return Math.floor(addr / 0x1_0000);
};

const target: Make = (random, { programs, length, shift }, which) => {
  const base = programs[random.chance(0.8) ? which : random.below(programs.length)] as number;
  const place = random.below(length + 1);
  return words(0x10, 0, 0, 1, (base + 8 * place + (random.chance(0.02) ? 4 : 0)) / 2 ** shift);
};

const relative: Make = (random, { length, shift }, _which, at) => {
  const by = random.chance(0.8) ? 1 + random.below(3) : random.below(length) - at;
  return words(0x10, 0, 0, 0, (by * 8) / 2 ** shift);
};

const logic: Make = (random) => {
  const operator = random.chance(0.95) ? random.pick(OPERATORS) : random.below(32);
  const flags = random.below(4);
  const left = (flags & SRC) !== 0 ? register(random) : random.below(0x1_0000);
  const right =
    (flags & RIGHT) !== 0 ? register(random) : random.chance(0.6) ? random.below(40) : random.u32() & 0xffff;
  return words(0xa0, DST | flags, operator, register(random), left * 0x1_0000 + right);
};

const conditional: Make = (random) => {
  const condition = random.chance(0.95) ? random.below(6) : random.below(32);
  const flags = random.below(4);
  const left = (flags & SRC) !== 0 ? register(random) : random.below(8);
  const right = (flags & RIGHT) !== 0 ? register(random) : random.below(8);
  return words(0xb0 + random.below(2), DST | flags, condition, spr(random), left * 0x1_0000 + right);
};

/** WRITE_S, READ_S: the register that has the upper half is set by another instruction, or by chance. */
const lowHalf = (random: Random, ground: Ground): number => {
  const thread = 0x100 + 0x80 * random.below(ground.programs.length) + random.pick(THREAD_OFFSETS);
  const own = (ground.own % 0x1_0000) + (random.chance(0.5) ? random.pick(OWN_OFFSETS) : thread);
  return (random.chance(0.7) ? random.pick(OFFSETS) : own) + 2;
};

const KINDS: readonly (readonly [weight: number, make: Make])[] = [
  [12, (random) => words(0x04, 0, subsys(random), offset(random), small(random))],
  [3, (random) => words(0x04, SRC, subsys(random), offset(random), random.below(16))],
  [2, (random) => words(0x04, DST, random.below(24), random.below(2), small(random))],
  [5, (random) => words(0x02, 0, 0, 0, random.pick([0xffff_fffe, 0xffff_00ff, 0, 0xffff_ffff, random.u32()]))],
  [2, (random) => words(0x02, DST, random.below(24), 0, random.pick([BLOCK + 0x10, random.u32()]))],
  [3, (random) => words(0x01, 0, subsys(random), offset(random), random.below(16))],
  [1, (random) => words(0x08, 0, subsys(random), offset(random), random.below(2))],
  [1, (random) => words(0x08, DST, random.below(16), random.below(2), random.below(2))],
  [4, target],
  [4, relative],
  [1, (random) => words(0x10, SRC, 0, random.below(2), register(random))],
  [10, (random) => words(0x20, 0, 0, random.pick(MET_EVENTS), random.pick(WFE_OPERANDS))],
  [1, (random) => words(0x20, 0, 0, random.below(0x1_0000), random.u32())],
  [5, (random) => words(0x40, 0, random.below(2), 0, random.below(2))],
  [4, (random, g) => words(0x80, DST, spr(random), register(random), lowHalf(random, g) * 0x1_0000)],
  [2, (random) => words(0x80, DST + SRC, 0, register(random), (32 + random.below(24)) * 0x1_0000)],
  [2, (random) => words(0x80, DST, subsys(random), register(random), random.pick(OFFSETS) * 0x1_0000)],
  [6, (random, g) => words(0x90 + random.below(2), 0, spr(random), lowHalf(random, g), small(random))],
  [4, (random, g) => words(0x90 + random.below(2), SRC, spr(random), lowHalf(random, g), register(random) * 0x1_0000)],
  [2, (random) => words(0x90 + random.below(2), DST, 0, 4 * (8 + random.below(4)), small(random))],
  [2, (random) => words(0x90 + random.below(2), 0, subsys(random), random.pick(OFFSETS), small(random))],
  [6, (random, g) => words(0xa0, DST, 0, spr(random), upper(random, g))],
  [6, (random, g, which) => words(0xa0, DST, 0, spr(random), (target(random, g, which, 0) as Words)[1])],
  [8, logic],
  [4, conditional],
  [1, (random) => [random.u32(), random.u32()]],
];
const ALL = KINDS.reduce((sum, [weight]) => sum + weight, 0);

/** A program for thread `which`. */
export function randomProgram(random: Random, ground: Ground, which: number): Words[] {
  return Array.from({ length: ground.length }, (_, at) => randomInstruction(random, ground, which, at));
}

/** One instruction. */
export function randomInstruction(random: Random, ground: Ground, which: number, at: number): Words {
  let dice = random.below(ALL);
  for (const [weight, make] of KINDS) {
    dice -= weight;
    if (dice < 0) return make(random, ground, which, at);
  }
  return [0, 0];
}

/** The program with something wrong: bits turned, instructions lost, doubled, exchanged, or words of another. */
export function mutated(random: Random, program: readonly Words[]): Words[] {
  const out = [...program];
  for (let count = 1 + random.below(4); count > 0; count--) {
    const at = random.below(out.length);
    const other = out[random.below(out.length)] as Words;
    const [high, low] = out[at] as Words;
    const dice = random.below(6);
    if (dice === 0) out[at] = [(high ^ (2 ** random.below(32))) >>> 0, low];
    else if (dice === 1) out[at] = [high, (low ^ (2 ** random.below(32))) >>> 0];
    else if (dice === 2) out[at] = other;
    else if (dice === 3) out[at] = [high, other[1]];
    else if (dice === 4) out.splice(at, 1, ...(out.length > 1 ? [] : [other]));
    else out.splice(at, 0, other);
  }
  return out;
}
