// Mutexes: ten per block, the lowest free first.
import { expect, test } from 'vitest';
import { boardTree, boot, deviceAt, displays, MUTEX, SMALL } from '../../../test/display-board.js';
import { mtkMutex, mtkMutexGet } from './mtk-mutex.js';

test('ten mutexes, then EBUSY; one that is put back is the next', async () => {
  const bench = await boot(boardTree([], MUTEX));
  const dev = deviceAt(bench, 'mutex@f000');
  const taken = Array.from({ length: 10 }, () => mtkMutexGet(dev));
  expect(taken.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(() => mtkMutexGet(dev)).toThrow('/soc/mutex@f000: mutex: all 10 mutexes are taken (EBUSY)');
  taken[3]?.put();
  expect(mtkMutexGet(dev).id).toBe(3);
});

test('a device that is no bound mutex block has none', async () => {
  const bench = await boot(boardTree([], MUTEX), []);
  expect(() => mtkMutexGet(deviceAt(bench, 'mutex@f000'))).toThrow('/soc/mutex@f000: mutex: is no mutex (ENODEV)');
});

test('a display has a mutex per CRTC, and gives it back', async () => {
  const bench = await boot(boardTree([SMALL], MUTEX));
  const dev = deviceAt(bench, 'mutex@f000');
  const next = mtkMutexGet(dev);
  expect([displays(bench).length, next.id]).toEqual([1, 1]);
  next.put();
  await bench.core.unbind(deviceAt(bench, 'syscon@1000'));
  expect(mtkMutexGet(dev).id).toBe(0);
});

test.each(mtkMutex.compatible)('%s is bound', async (compatible) => {
  const bench = await boot(boardTree([], MUTEX.replace('mediatek,mt8183-disp-mutex', compatible)));
  expect(deviceAt(bench, 'mutex@f000').state.kind).toBe('bound');
});
