// Looking things up in sorted lists: the lines of a text, and what begins at an offset.

/** Offsets at which the lines of a text begin; the first is 0. */
export function lineStarts(text: string): Int32Array {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return Int32Array.from(starts);
}

/** How many of the sorted numbers are at most `value`: of line starts, the number of the line, counted from 1. */
export function upperBound(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if ((sorted[mid] as number) <= value) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** The last item of a list sorted by offset that is not behind `offset`. */
export function lastAtOrBefore<T extends { readonly offset: number }>(
  sorted: readonly T[],
  offset: number,
): T | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if ((sorted[mid] as T).offset <= offset) low = mid + 1;
    else high = mid;
  }
  return sorted[low - 1];
}
