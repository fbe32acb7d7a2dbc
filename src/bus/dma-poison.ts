// Memory as on a machine whose caches nobody keeps coherent: device and CPU each work on their own bytes of a mapping.
import type { DmaEntry } from './dma-entry.js';

/** What a from-device buffer holds until the device writes: bytes that nobody takes for data. */
const PATTERN = 0xa5;

/** Gives the device its own bytes of a new mapping. `cpu` is the mapped range as the driver sees it. */
export function separate(entry: DmaEntry, cpu: Uint8Array): void {
  if (entry.dir === 'bidirectional') return;
  if (entry.dir === 'from-device') cpu.fill(PATTERN);
  entry.bytes = cpu.slice();
  entry.start = 0;
  remember(entry, cpu);
}

/**
 * The CPU takes bytes `[from, to)` of the mapping: what the device wrote becomes visible. Answers the first byte
 * that the driver changed while the device owned it, or -1.
 */
export function giveToCpu(entry: DmaEntry, cpu: Uint8Array, from: number, to: number): number {
  if (entry.dir === 'bidirectional') return -1;
  const changed = entry.before === undefined ? -1 : firstDifference(entry.before, cpu, from, to);
  entry.before = undefined;
  if (entry.dir === 'from-device') cpu.set(entry.bytes.subarray(from, to), from);
  return changed;
}

/** The device takes bytes `[from, to)` back: what the CPU wrote becomes visible to it. */
export function giveToDevice(entry: DmaEntry, cpu: Uint8Array, from: number, to: number): void {
  if (entry.dir === 'bidirectional') return;
  if (entry.dir === 'to-device') entry.bytes.set(cpu.subarray(from, to), from);
  if (to - from === entry.size) remember(entry, cpu);
}

/** The device never writes to-device bytes, so its own are what the driver's must stay equal to. */
function remember(entry: DmaEntry, cpu: Uint8Array): void {
  entry.before = entry.dir === 'to-device' ? entry.bytes : cpu.slice();
}

function firstDifference(a: Uint8Array, b: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) if (a[i] !== b[i]) return i;
  return -1;
}
