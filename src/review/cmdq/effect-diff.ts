// Two programs compared by what they do: which effects one has that the other has not, and in which order.
import type { Effect } from './effect.js';
import type { Symbol32 } from './symbols.js';

/** One line of a comparison. `moved` effects are in both, elsewhere. */
export interface EffectChange {
  readonly kind: 'same' | 'only-a' | 'only-b';
  readonly isMoved: boolean;
  readonly a: Effect | undefined;
  readonly b: Effect | undefined;
}

/** A register that the two leave with different values. */
export interface FinalValue {
  readonly name: string;
  /** The last value written, or undefined where it is not written. */
  readonly a: string | undefined;
  readonly b: string | undefined;
}

/** The comparison. */
export interface EffectDiff {
  readonly equal: boolean;
  readonly changes: readonly EffectChange[];
  readonly finals: readonly FinalValue[];
}

/** Above so many pairs the comparison is less fine. */
const MOST_PAIRS = 16_000_000;

/** Compares them. */
export function diffEffects(a: readonly Effect[], b: readonly Effect[]): EffectDiff {
  const pairs = commonOf(a, b);
  const changes: Made[] = [];
  let [i, j] = [0, 0];
  for (const [nextA, nextB] of [...pairs, [a.length, b.length] as const]) {
    for (; i < nextA; i++) changes.push({ kind: 'only-a', isMoved: false, a: a[i], b: undefined });
    for (; j < nextB; j++) changes.push({ kind: 'only-b', isMoved: false, a: undefined, b: b[j] });
    if (i < a.length && j < b.length) changes.push({ kind: 'same', isMoved: false, a: a[i++], b: b[j++] });
  }
  findMoved(changes);
  return { equal: changes.every(({ kind }) => kind === 'same'), changes, finals: finalsOf(a, b) };
}

/** Places of what both have in the same order: as much as possible. */
function commonOf(a: readonly Effect[], b: readonly Effect[]): [number, number][] {
  let head = 0;
  while (head < a.length && head < b.length && a[head]?.key === b[head]?.key) head++;
  let tail = 0;
  const most = Math.min(a.length, b.length) - head;
  while (tail < most && a[a.length - 1 - tail]?.key === b[b.length - 1 - tail]?.key) tail++;
  const pairs: [number, number][] = Array.from({ length: head }, (_, i) => [i, i]);
  const [lengthA, lengthB] = [a.length - head - tail, b.length - head - tail];
  if (lengthA * lengthB <= MOST_PAIRS) pairs.push(...longest(a, b, head, lengthA, lengthB));
  for (let i = tail; i > 0; i--) pairs.push([a.length - i, b.length - i]);
  return pairs;
}

/** The longest common subsequence of the parts behind `head`. */
function longest(
  a: readonly Effect[],
  b: readonly Effect[],
  head: number,
  lengthA: number,
  lengthB: number,
): [number, number][] {
  const width = lengthB + 1;
  const best = new Uint32Array((lengthA + 1) * width);
  for (let i = lengthA - 1; i >= 0; i--) {
    for (let j = lengthB - 1; j >= 0; j--) {
      best[i * width + j] =
        a[head + i]?.key === b[head + j]?.key
          ? (best[(i + 1) * width + j + 1] as number) + 1
          : Math.max(best[(i + 1) * width + j] as number, best[i * width + j + 1] as number);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < lengthA && j < lengthB; ) {
    if (a[head + i]?.key === b[head + j]?.key) pairs.push([head + i++, head + j++]);
    else if ((best[(i + 1) * width + j] as number) >= (best[i * width + j + 1] as number)) i++;
    else j++;
  }
  return pairs;
}

/** A change that may yet turn out to be a move. */
type Made = { -readonly [K in keyof EffectChange]: EffectChange[K] };

/** One that is gone here and new there has moved. */
function findMoved(changes: readonly Made[]): void {
  const gone = new Map<string, Made[]>();
  for (const change of changes) {
    if (change.kind !== 'only-a' || change.a === undefined) continue;
    const list = gone.get(change.a.key);
    if (list === undefined) gone.set(change.a.key, [change]);
    else list.push(change);
  }
  for (const change of changes) {
    const from = change.kind === 'only-b' ? gone.get(change.b?.key ?? '')?.shift() : undefined;
    if (from === undefined) continue;
    from.isMoved = true;
    change.isMoved = true;
  }
}

/** Bits of a register that are written, and with what. */
interface Last {
  readonly name: string;
  readonly bits: number;
  readonly value: Symbol32;
  readonly text: string;
}

const ALL_BITS = 0xffff_ffff;

function finalsOf(a: readonly Effect[], b: readonly Effect[]): FinalValue[] {
  const [lastA, lastB] = [lastWrites(a), lastWrites(b)];
  const places = new Set([...lastA.keys(), ...lastB.keys()]);
  return [...places].flatMap((place) => {
    const [one, other] = [lastA.get(place), lastB.get(place)];
    if (one?.text === other?.text) return [];
    return [{ name: (one ?? other)?.name ?? '', a: one?.text, b: other?.text }];
  });
}

/** By place. Writes of single bits are put together where they are known. */
function lastWrites(effects: readonly Effect[]): Map<number, Last> {
  const last = new Map<number, Last>();
  for (const { write } of effects) {
    if (write === undefined) continue;
    const { place, name, value, bits } = write;
    last.set(place.id, merged(last.get(place.id), { name, bits, value, text: textOf(value.number, value.text, bits) }));
  }
  return last;
}

function merged(before: Last | undefined, now: Last): Last {
  const [old, value] = [before?.value.number, now.value.number];
  if (before === undefined || now.bits === ALL_BITS || old === undefined || value === undefined) return now;
  const bits = (before.bits | now.bits) >>> 0;
  const number = ((old & ~now.bits) | value) >>> 0;
  const text = textOf(number, '', bits);
  return { ...now, bits, value: { ...now.value, number }, text };
}

function textOf(number: number | undefined, text: string, bits: number): string {
  const value = number === undefined ? text : hex8(number);
  return bits === ALL_BITS ? value : `${value} in bits ${hex8(bits)}`;
}

function hex8(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
