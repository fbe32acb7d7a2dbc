// How a path reads in one line.
import { componentName } from '../../drivers/mtk-drm/component.js';

/** The components of a path by name, `OVL0 → RDMA0 → DSI0`; the same one many times in a row is `RDMA0 × 61`. */
export function pathText(ids: readonly number[]): string {
  const runs: { readonly id: number; count: number }[] = [];
  for (const id of ids) {
    const last = runs.at(-1);
    if (last?.id === id) last.count++;
    else runs.push({ id, count: 1 });
  }
  return runs.map(({ id, count }) => `${componentName(id) ?? id}${count === 1 ? '' : ` × ${count}`}`).join(' → ');
}
