import { expect, test } from 'vitest';
import { DtNode } from '../../dt/tree.js';
import { NodeRefs } from './node-refs.js';

test('what was taken and not given back is above 0, what was put twice below, and the rest is not there', () => {
  const [leaked, twice, balanced] = [new DtNode('leaked'), new DtNode('twice'), new DtNode('balanced')];
  const refs = new NodeRefs();
  expect(refs.get(leaked)).toBe(leaked);
  refs.get(twice);
  refs.put(twice);
  refs.put(twice);
  refs.put(refs.get(balanced));
  expect(refs.get(undefined)).toBeUndefined();
  refs.put(undefined);
  expect([...refs.differences()]).toEqual([
    [leaked, 1],
    [twice, -1],
  ]);
});
