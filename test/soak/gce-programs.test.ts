import { expect, test } from 'vitest';
import { run } from './gce-programs.js';

/** `npm run soak -- --only gce-programs` for the long run. */
const COUNT = 2_000;

test(`${COUNT} programs by chance end in a state that has a name, within their steps`, () => {
  const ends = new Set<string>();
  for (let at = 0; at < COUNT; at++) for (const end of run(`gce-programs-test-${at}`).ends) ends.add(end);
  for (const state of ['idle-at-end', 'waiting', 'polling', 'running', 'suspended', 'disabled'])
    expect(ends).toContain(state);
  for (const kind of ['opcode', 'operator', 'condition', 'overflow', 'event-operator', 'misaligned', 'fetch'])
    expect(ends).toContain(`error: ${kind}`);
});
