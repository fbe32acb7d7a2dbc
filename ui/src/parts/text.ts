// Numbers as a person reads them.

/** A moment or a span: `1.250 s`, `16.7 ms`, `420 ns`. */
export function formatNs(ns: number): string {
  if (ns >= 1e9) return `${(ns / 1e9).toFixed(3)} s`;
  if (ns >= 1e6) return `${(ns / 1e6).toFixed(ns >= 1e8 ? 0 : 1)} ms`;
  return ns >= 1e3 ? `${(ns / 1e3).toFixed(1)} us` : `${ns} ns`;
}

/** `0x1f`, with at least that many digits. */
export const hex = (value: number, digits = 0): string => `0x${value.toString(16).padStart(digits, '0')}`;
