import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { settle } from '../host/settle.js';
import { type ServiceStart, startServices } from './services.js';

/** Nobody lets time follow. */
const live = { arrived: async () => {}, result: { virtualNs: 0, behindNs: 0 } };
const bench = () => benchOf(treeOf('/ { };'));

function logged() {
  const log: string[] = [];
  const service =
    (name: string, ended?: Promise<void>): ServiceStart =>
    async () => {
      log.push(`start ${name}`);
      const close = async () => void log.push(`close ${name}`);
      return ended === undefined ? { about: `${name} at here`, close } : { about: name, ended, close };
    };
  return { log, service };
}

test('services start in order and end the other way round', async () => {
  const { log, service } = logged();
  const services = await startServices(bench(), live, [service('a'), service('b')]);
  expect(services.about).toEqual(['a at here', 'b at here']);
  await services.close();
  await services.close();
  expect(log).toEqual(['start a', 'start b', 'close b', 'close a']);
});

test('when one cannot start, those before it end', async () => {
  const { log, service } = logged();
  const refuses: ServiceStart = () => Promise.reject(new Error('no'));
  await expect(startServices(bench(), live, [service('a'), refuses, service('b')])).rejects.toThrow('no');
  expect(log).toEqual(['start a', 'close a']);
});

test('one that breaks down is noticed, and told when all have ended', async () => {
  const { log, service } = logged();
  const services = await startServices(bench(), live, [
    service('a'),
    service('b', Promise.reject(new TypeError('ours'))),
  ]);
  await settle();
  expect(services.broken.aborted).toBe(true);
  await expect(services.close()).rejects.toThrow(TypeError);
  expect(log).toEqual(['start a', 'start b', 'close b', 'close a']);
});
