import { expect, test } from 'vitest';
import { parseKernel } from './kernels.js';

test.each([
  ['v6.1', 'v6.1', 'v6.12'],
  ['v6.12', 'v6.12', 'v6.12'],
  ['6.12', 'v6.12', 'v6.12'],
  ['6.12.117-amd64', 'v6.12', 'v6.12'],
  ['v6.13', 'v6.13', 'v6.13'],
  ['v6.14', 'v6.14', 'v6.13'],
  ['v6.15-rc3', 'v6.15', 'v7.1'],
  ['v6.18', 'v6.18', 'v7.1'],
  ['v7.1', 'v7.1', 'v7.1'],
  ['v12.0', 'v12.0', 'v7.1'],
])('%s is %s, by the rules of %s', (text, name, rules) => {
  const kernel = parseKernel(text);
  expect(typeof kernel === 'string' ? kernel : [kernel.name, kernel.rules.name]).toEqual([name, rules]);
});

test.each(['', 'v6', '6', 'latest', 'v6.x', '6.18 ', 'v-6.1', '6.18.', '1e3.5', 'v7.1banana'])(
  '%j is no release',
  (text) => {
    expect(parseKernel(text)).toBe('write a release of Linux, as in v6.18');
  },
);

test.each(['v6.0', '5.10', 'v4.19.3', '2.6'])('%s is older than what is known', (text) => {
  expect(parseKernel(text)).toBe('releases before v6.1 are not known; write a later one, as in v6.18');
});
