// Which registers and fields have just changed.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChipMap, RegistersState } from '../../../src/page/views/registers.js';
import { fieldOf } from './registers-value.js';

/** A change is marked for so long. */
const MARKED_MS = 1200;

/** A register that has changed, and the fields of it that have. */
function changes(name: string, old: number, value: number, map: ChipMap | undefined): string[] {
  if (old === value) return [];
  const fields = (map?.registers[name]?.fields ?? []).filter((field) => fieldOf(old, field) !== fieldOf(value, field));
  return [name, ...fields.map((field) => `${name}.${field.name}`)];
}

/** Names of registers and fields that have just changed, `CONFIG` and `CONFIG.AVG`. */
export function useMarks(state: RegistersState | undefined, map: ChipMap | undefined): ReadonlySet<string> {
  const before = useRef<RegistersState | undefined>(undefined);
  const until = useRef(new Map<string, number>()).current;
  const [, redraw] = useState(0);
  if (state !== undefined && state !== before.current) {
    const old = before.current?.chip === state.chip ? before.current.values : undefined;
    if (old === undefined) until.clear();
    else
      for (const [name, value] of Object.entries(state.values))
        for (const changed of changes(name, old[name] ?? value, value, map))
          until.set(changed, performance.now() + MARKED_MS);
    before.current = state;
  }
  const now = performance.now();
  for (const [name, end] of until) if (end <= now) until.delete(name);
  useEffect(() => {
    if (until.size === 0) return undefined;
    const timer = setTimeout(() => redraw((n) => n + 1), MARKED_MS);
    return () => clearTimeout(timer);
  });
  return new Set(until.keys());
}
