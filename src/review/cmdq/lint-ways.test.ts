// The state that is known in front of each instruction, against a second, naive reading: every way is walked, one
// instruction at a time, until nothing new comes.
import { expect, test } from 'vitest';
import { Random } from '../../base/random.js';
import { lintProgram } from './lint.js';

/** An instruction of the test's own: what it does in words, and the word itself. Facts cmdq §2.8, §4.2, §4.3. */
type Step =
  | { readonly kind: 'clear' | 'set' | 'wait' | 'keep'; readonly event: number }
  | { readonly kind: 'mask' }
  | { readonly kind: 'masked' }
  | { readonly kind: 'eoc' }
  | { readonly kind: 'jump'; readonly to: number }
  /** Two instructions: the distance into a register, and a conditional jump by it. */
  | { readonly kind: 'if'; readonly to: number };

const WFE = { clear: 0x8000_0000, set: 0x8001_0000, wait: 0x8000_8001, keep: 0x0000_8001 } as const;
const FIRST_EVENT = 50;

/** Instructions that a step has. */
const sizeOf = (step: Step): number => (step.kind === 'if' ? 2 : 1);

function wordsOf(steps: readonly Step[], starts: readonly number[], index: number): [high: number, low: number][] {
  const step = steps[index] as Step;
  const start = starts[index] as number;
  if (step.kind === 'mask') return [[0x0200_0000, 0xffff_fffe]];
  if (step.kind === 'masked') return [[0x0401_c021, 1]];
  if (step.kind === 'eoc') return [[0x4000_0000, 1]];
  if (step.kind === 'jump') return [[0x1000_0000, ((starts[step.to] as number) - start) * 8]];
  if ('event' in step) return [[0x2000_0000 + FIRST_EVENT + step.event, WFE[step.kind]]];
  // spr0 = distance; if 0 == 0 jump [spr0]: who reads only the words does not know which way it goes.
  return [
    [0xa080_0000, ((starts[step.to] as number) - start - 1) * 8],
    [0xb180_0000, 0],
  ];
}

function bytesOf(steps: readonly Step[], starts: readonly number[]): Uint8Array {
  const words = steps.flatMap((_, index) => wordsOf(steps, starts, index));
  const view = new DataView(new ArrayBuffer(words.length * 8));
  words.forEach(([high, low], at) => {
    view.setUint32(at * 8, low >>> 0, true);
    view.setUint32(at * 8 + 4, high >>> 0, true);
  });
  return new Uint8Array(view.buffer);
}

/** What is so on one way: the place, events that were cleared, the mask. */
interface Point {
  readonly at: number;
  readonly cleared: readonly boolean[];
  readonly mask: 'unset' | 'fresh' | 'used';
}

/** Findings of the naive reading: `odd-offset 0x18`, and offsets that are reached. */
function naive(steps: readonly Step[], starts: readonly number[]): { found: Set<string>; reached: Set<number> } {
  const found = new Set<string>();
  const reached = new Set<number>();
  const seen = new Set<string>();
  const open: Point[] = [{ at: 0, cleared: [false, false], mask: 'unset' }];
  for (let point = open.pop(); point !== undefined; point = open.pop()) {
    const key = JSON.stringify(point);
    const step = steps[point.at];
    if (step === undefined || seen.has(key)) continue;
    seen.add(key);
    reached.add(point.at);
    const offset = `0x${((starts[point.at] as number) * 8).toString(16)}`;
    let { mask } = point;
    const cleared = [...point.cleared];
    if (step.kind === 'mask') mask = 'fresh';
    if (step.kind === 'masked') {
      if (mask !== 'fresh') found.add(`odd-offset ${offset}`);
      if (mask === 'fresh') mask = 'used';
    }
    if ((step.kind === 'wait' || step.kind === 'keep') && cleared[step.event] === false) {
      found.add(`wait-without-clear ${offset}`);
    }
    if ('event' in step) cleared[step.event] = step.kind === 'clear' || step.kind === 'wait';
    if ('to' in step) open.push({ at: step.to, cleared, mask });
    if (step.kind !== 'jump') open.push({ at: point.at + 1, cleared, mask });
  }
  return { found, reached };
}

function randomSteps(random: Random): Step[] {
  const count = 2 + random.below(14);
  return Array.from({ length: count }, (): Step => {
    const kind = random.pick(['clear', 'set', 'wait', 'keep', 'mask', 'masked', 'eoc', 'jump', 'if', 'if'] as const);
    if (kind === 'jump' || kind === 'if') return { kind, to: random.below(count + 1) };
    return kind === 'mask' || kind === 'masked' || kind === 'eoc' ? { kind } : { kind, event: random.below(2) };
  });
}

test('what holds on every way is what a walk over every way finds', () => {
  const random = new Random('ways');
  const counts = { 'odd-offset': 0, 'wait-without-clear': 0, unreached: 0 };
  for (let i = 0; i < 2000; i++) {
    const steps = randomSteps(random);
    const starts = [0];
    for (const step of steps) starts.push((starts.at(-1) as number) + sizeOf(step));
    const { found, reached } = naive(steps, starts);
    const findings = lintProgram(bytesOf(steps, starts));
    const told = findings
      .filter(({ rule }) => rule === 'odd-offset' || rule === 'wait-without-clear')
      .map(({ rule, instruction }) => `${rule} 0x${instruction?.offset.toString(16)}`);
    expect({ steps, told: told.toSorted() }).toEqual({ steps, told: [...found].toSorted() });
    const unreached = findings.some(({ rule }) => rule === 'unreachable-code');
    expect({ steps, unreached }).toEqual({ steps, unreached: reached.size < steps.length });
    for (const line of told) counts[line.split(' ')[0] as 'odd-offset']++;
    if (unreached) counts.unreached++;
  }
  // The programs have what they are to find.
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(200);
});
