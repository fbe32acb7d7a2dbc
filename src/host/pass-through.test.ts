import { expect, test } from 'vitest';
import { passThrough } from './pass-through.js';

const sh = (script: string, env = process.env): Promise<number> => passThrough('/bin/sh', ['-c', script], env);

test.each([
  ['exit 0', 0],
  ['exit 7', 7],
  ['kill -TERM $$', 128 + 15],
  ['kill -KILL $$', 128 + 9],
])('a program that ends by `%s` gives %i', async (script, code) => {
  expect(await sh(script)).toBe(code);
});

test('a program that is not there gives what a shell gives', async () => {
  expect(await passThrough('/nonexistent', [], {})).toBe(127);
});

test('it has the environment that it is given', async () => {
  expect(await sh('test "$WORD" = said', { ...process.env, WORD: 'said' })).toBe(0);
});
