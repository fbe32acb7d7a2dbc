// The first seeds of the soak of the same name.
import { expect, test } from 'vitest';
import { scenarios } from './display-program.js';

test.each(scenarios)('$name', async ({ name, run }) => {
  for (let seed = 0; seed < 15; seed++) await expect(run(`${name}-${seed}`)).resolves.toBeUndefined();
});
