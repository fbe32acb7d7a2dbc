import { expect, test } from 'vitest';
import { captureIo } from '../../../test/capture.js';
import { run } from '../run.js';

test('doctor tells of Node as text, and that it is enough', async () => {
  const { io, out } = captureIo();
  expect(await run(['doctor', 'node'], io)).toBe(0);
  expect(out()).toBe(`node  ok  Node ${process.versions.node}\n      for everything\n`);
});

test('doctor without names demands nothing but Node', async () => {
  const { io, out } = captureIo();
  expect(await run(['doctor', '--json'], io)).toBe(0);
  const { offers } = JSON.parse(out()) as { offers: object[] };
  expect(offers).toHaveLength(11);
  expect(Object.keys(offers[0] as object).sort()).toEqual(['found', 'howToGet', 'name', 'neededFor', 'state']);
});

test('a thing that is asked for by name and is not here ends with exit code 3', async () => {
  const { io, out } = captureIo();
  const code = await run(['doctor', 'rpmsg', '--json'], io);
  const { offers } = JSON.parse(out()) as { offers: { state: string }[] };
  expect(code).toBe(offers[0]?.state === 'ok' ? 0 : 3);
});
