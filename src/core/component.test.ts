import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { ms, s } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import { Bench } from '../bench/bench.js';
import { settle } from '../host/settle.js';
import {
  componentAdd,
  componentBindAll,
  type ComponentMatch,
  componentMasterAddWithMatch,
  Components,
  componentUnbindAll,
} from './component.js';
import type { Device, Driver } from './device.js';
import { PLATFORM_BUS, platformDriver } from './platform-device.js';

/** What toy drivers do beside writing down that they were called; they may throw. */
type Hook = (dev: Device) => void | Promise<void>;

function part(log: string[], onBind: Hook = () => undefined, onUnbind: Hook = () => undefined): Driver {
  const note = (word: string, hook: Hook) => async (dev: Device) => {
    log.push(`${word} ${dev.name}`);
    await hook(dev);
  };
  return platformDriver({
    name: 'part',
    compatible: ['x,part'],
    async probe(dev) {
      dev.scope.defer(await componentAdd(dev, { bind: note('bind', onBind), unbind: note('unbind', onUnbind) }));
    },
  });
}

const matching = (...paths: string[]): ComponentMatch[] =>
  paths.map((what) => ({ what, matches: (dev) => dev.path === what }));

function whole(log: string[], matches: (dev: Device) => ComponentMatch[], onUnbind: Hook = () => undefined): Driver {
  return platformDriver({
    name: 'whole',
    compatible: ['x,whole'],
    async probe(dev) {
      const bind = async () => {
        log.push(`bind ${dev.name} {`);
        await componentBindAll(dev);
        log.push(`} ${dev.name}`);
      };
      const unbind = async () => {
        log.push(`unbind ${dev.name} {`);
        await componentUnbindAll(dev);
        log.push(`} ${dev.name}`);
        await onUnbind(dev);
      };
      dev.scope.defer(await componentMasterAddWithMatch(dev, { bind, unbind }, matches(dev)));
    },
  });
}

const TREE = `/ { whole { compatible = "x,whole"; };
  a { compatible = "x,part"; }; b { compatible = "x,part"; }; c { compatible = "x,part"; }; };`;

const at = (bench: Bench, path: string) => bench.core.devices.find((dev) => dev.path === path) as Device;
const aggregates = (bench: Bench) =>
  bench.core
    .subsystem(Components)
    .aggregates.map(({ master, bound, missing }) => ({ master: master.name, bound, missing }));
const kinds = (bench: Bench) => Object.fromEntries(bench.core.devices.map((dev) => [dev.name, dev.state.kind]));

async function on(bench: Bench): Promise<Bench> {
  await bench.powerOn();
  return bench;
}

function printed(bench: Bench): string[] {
  const lines: string[] = [];
  bench.trace.attach((event) => event.kind === 'printk' && lines.push(`${event.level} ${event.text}`));
  return lines;
}

const BIND = ['bind whole {', 'bind b', 'bind a', 'bind c', '} whole'];
const UNBIND = ['unbind whole {', 'unbind c', 'unbind a', 'unbind b', '} whole'];
const BAC = () => matching('/b', '/a', '/c');

for (const [order, sort] of [
  ['the master first', (drivers: Driver[]) => drivers],
  ['the master last', (drivers: Driver[]) => drivers.reverse()],
] as const) {
  test(`components are bound once all are there, in the order of the match list: ${order}`, async () => {
    const log: string[] = [];
    const bench = await on(benchOf(treeOf(TREE), { drivers: sort([whole(log, BAC), part(log)]) }));
    expect(log).toEqual(BIND);
    expect(aggregates(bench)).toEqual([{ master: 'whole', bound: true, missing: [] }]);
    expect(await bench.powerOff()).toEqual([]);
    expect(log.slice(BIND.length)).toEqual(UNBIND);
    expect(aggregates(bench)).toEqual([]);
  });
}

test('the aggregate is bound inside the probe of the component that completes it', async () => {
  const log: string[] = [];
  const kept = whole(log, BAC);
  const slow = part(log, async (dev) => {
    log.push(`${at(bench, '/c').name} is ${at(bench, '/c').state.kind}`);
    await dev.clock.sleep(ms(1));
  });
  const bench = benchOf(treeOf(TREE), { drivers: [kept, slow] });
  await bench.powerOn();
  expect(log.filter((line) => line.startsWith('c is'))).toEqual(['c is probing', 'c is probing', 'c is probing']);
  expect(bench.clock.now()).toBe(ms(3));
});

test('a component that goes takes its aggregate down first, and brings it up again when it comes back', async () => {
  const log: string[] = [];
  const bench = await on(benchOf(treeOf(TREE), { drivers: [whole(log, BAC), part(log)] }));
  const a = at(bench, '/a');
  for (let round = 0; round < 2; round++) {
    log.length = 0;
    await bench.core.unbind(a);
    expect(log).toEqual(UNBIND);
    expect(aggregates(bench)).toEqual([{ master: 'whole', bound: false, missing: ['/a'] }]);
    expect(kinds(bench)).toEqual({ whole: 'bound', a: 'no-driver', b: 'bound', c: 'bound' });
    log.length = 0;
    await bench.core.bind(a);
    expect(log).toEqual(BIND);
  }
  expect(at(bench, '/whole').held).toBe(1);
});

test('a master that goes unbinds its components, which stay and are there for the next', async () => {
  const log: string[] = [];
  const bench = await on(benchOf(treeOf(TREE), { drivers: [whole(log, BAC), part(log)] }));
  const master = at(bench, '/whole');
  log.length = 0;
  await bench.core.unbind(master);
  expect(log).toEqual(UNBIND);
  await bench.core.bind(master);
  expect(log.slice(UNBIND.length)).toEqual(BIND);
});

/** Fails with the given errors in turn, then no more. */
function failing(name: string, ...errors: SysError[]): Hook {
  return (dev) => {
    const error = dev.name === name ? errors.shift() : undefined;
    if (error !== undefined) throw error;
  };
}

test('a deferral in a bind puts off the device that came last, and unbinds in reverse who was bound', async () => {
  const log: string[] = [];
  const wait = new SysError('EPROBE_DEFER', 'clock not ready', { dev: '/c', waitsFor: '/pll' });
  const bench = benchOf(treeOf(TREE), { drivers: [whole(log, BAC), part(log, failing('c', wait))] });
  const lines = printed(bench);
  await bench.powerOn();
  expect(log).toEqual(['bind whole {', 'bind b', 'bind a', 'bind c', 'unbind a', 'unbind b', ...BIND]);
  expect(kinds(bench)).toEqual({ whole: 'bound', a: 'bound', b: 'bound', c: 'bound' });
  expect(lines.filter((line) => line.includes('bind failed') || line.includes('failed to bind'))).toEqual([]);
});

test('who was put off says whom it waits for, and the aggregate waits for it', async () => {
  const waits = () => {
    throw new SysError('EPROBE_DEFER', 'clock not ready', { dev: '/c', waitsFor: '/pll' });
  };
  const bench = await on(benchOf(treeOf(TREE), { drivers: [whole([], BAC), part([], waits)] }));
  expect(at(bench, '/c').state).toMatchObject({
    kind: 'deferred',
    reason: '/c: clock not ready (EPROBE_DEFER)',
    waitsFor: '/pll',
  });
  expect(aggregates(bench)).toEqual([{ master: 'whole', bound: false, missing: ['/c'] }]);
});

test('a failure in the middle unbinds in reverse, is told as by Linux, and fails who came last', async () => {
  const log: string[] = [];
  const bench = benchOf(treeOf(TREE), {
    drivers: [whole(log, BAC), part(log, failing('a', new SysError('EIO', 'x')))],
  });
  const lines = printed(bench);
  await bench.powerOn();
  expect(log).toEqual(['bind whole {', 'bind b', 'bind a', 'unbind b']);
  expect(kinds(bench)).toEqual({ whole: 'bound', a: 'bound', b: 'bound', c: 'failed' });
  // drivers/base/component.c; drivers/base/dd.c.
  expect(lines).toEqual([
    'info whole whole: bound b',
    'err whole whole: failed to bind a: -5',
    'info whole whole: adev bind failed: -5',
    'err part c: probe with driver part failed with error -5',
  ]);
  await bench.core.bind(at(bench, '/c'));
  expect(aggregates(bench)).toEqual([{ master: 'whole', bound: true, missing: [] }]);
});

test('a master that comes last gets the error itself and is forgotten', async () => {
  const bench = benchOf(treeOf(TREE), { drivers: [part([], failing('a', new SysError('EIO', 'x'))), whole([], BAC)] });
  await bench.powerOn();
  expect(kinds(bench)).toEqual({ whole: 'failed', a: 'bound', b: 'bound', c: 'bound' });
  expect(aggregates(bench)).toEqual([]);
  await bench.core.bind(at(bench, '/whole'));
  expect(aggregates(bench)).toEqual([{ master: 'whole', bound: true, missing: [] }]);
});

test('two entries with the same component bind it once', async () => {
  const log: string[] = [];
  const twice = () => matching('/b', '/a', '/b');
  const bench = await on(benchOf(treeOf(TREE), { drivers: [whole(log, twice), part(log)] }));
  expect(log).toEqual(['bind whole {', 'bind b', 'bind a', '} whole']);
  await bench.core.unbind(at(bench, '/b'));
  expect(aggregates(bench)).toEqual([{ master: 'whole', bound: false, missing: ['/b', '/b'] }]);
});

test('a component belongs to one aggregate: another that wants it waits until that is gone', async () => {
  const log: string[] = [];
  const tree = treeOf(`/ { one { compatible = "x,whole"; }; two { compatible = "x,whole"; };
    a { compatible = "x,part"; }; };`);
  const bench = await on(benchOf(tree, { drivers: [part(log), whole(log, () => matching('/a'))] }));
  expect(aggregates(bench)).toEqual([
    { master: 'one', bound: true, missing: [] },
    { master: 'two', bound: false, missing: ['/a'] },
  ]);
  await bench.core.unbind(at(bench, '/one'));
  await bench.core.unbind(at(bench, '/a'));
  await bench.core.bind(at(bench, '/a'));
  expect(aggregates(bench)).toEqual([{ master: 'two', bound: true, missing: [] }]);
});

test('what is missing is every entry that nobody answers, not only the first', async () => {
  const bench = await on(benchOf(treeOf(TREE), { drivers: [whole([], () => matching('/x', '/a', '/y')), part([])] }));
  expect(aggregates(bench)).toEqual([{ master: 'whole', bound: false, missing: ['/x', '/y'] }]);
});

test('calls that overlap take turns: two components that go and come at once leave the aggregate bound', async () => {
  const log: string[] = [];
  const slowly: Hook = (dev) => dev.clock.sleep(ms(1));
  const bench = await on(benchOf(treeOf(TREE), { drivers: [whole(log, BAC), part(log, slowly, slowly)] }));
  const { core } = bench;
  const both = [at(bench, '/a'), at(bench, '/c')];
  log.length = 0;
  await bench.drive('away', s(1), () => Promise.all(both.map((dev) => core.unbind(dev))));
  expect(log).toEqual(UNBIND);
  expect(aggregates(bench)).toEqual([{ master: 'whole', bound: false, missing: ['/a', '/c'] }]);
  log.length = 0;
  await bench.drive('back', s(1), () => Promise.all(both.map((dev) => core.bind(dev))));
  expect(log).toEqual(BIND);
  log.length = 0;
  const [a, c] = both as [Device, Device];
  await bench.drive('mixed', s(1), () => Promise.all([core.unbind(a).then(() => core.bind(a)), core.unbind(c)]));
  expect(log).toEqual(UNBIND);
  expect(aggregates(bench)).toEqual([{ master: 'whole', bound: false, missing: ['/c'] }]);
});

test('an unbind that fails is told, and the others are unbound all the same', async () => {
  const log: string[] = [];
  const bad = failing('a', new SysError('EIO', 'stuck', { dev: '/a' }));
  const worse: Hook = (dev) => {
    throw dev.error('EBUSY', 'still in use');
  };
  const bench = benchOf(treeOf(TREE), { drivers: [whole(log, BAC, worse), part(log, undefined, bad)] });
  await bench.powerOn();
  log.length = 0;
  const lines = printed(bench);
  await bench.core.unbind(at(bench, '/c'));
  expect(log).toEqual(UNBIND);
  expect(lines).toEqual([
    'err part a: cleanup: /a: stuck (EIO)',
    'err whole whole: cleanup: /whole: still in use (EBUSY)',
  ]);
});

test('binding the components of a device that is no master, or has not all of them, is EINVAL', async () => {
  const errors: unknown[] = [];
  const asks = platformDriver({
    name: 'asks',
    compatible: ['x,part'],
    async probe(dev) {
      await componentBindAll(dev).catch((e: unknown) => errors.push((e as SysError).message));
      dev.scope.defer(
        await componentMasterAddWithMatch(dev, { bind: () => undefined, unbind: () => undefined }, matching('/x')),
      );
      await componentBindAll(dev).catch((e: unknown) => errors.push((e as SysError).message));
    },
  });
  await on(benchOf(treeOf('/ { a { compatible = "x,part"; }; };'), { drivers: [asks] }));
  expect(errors).toEqual(['/a: component: is no master (EINVAL)', '/a: component: /x is missing (EINVAL)']);
});

test('a master whose bind fails and leaves a component bound is our own mistake', async () => {
  const careless = platformDriver({
    name: 'whole',
    compatible: ['x,whole'],
    async probe(dev) {
      const bind = async () => {
        await componentBindAll(dev);
        throw dev.error('EIO', 'no memory');
      };
      dev.scope.defer(await componentMasterAddWithMatch(dev, { bind, unbind: () => undefined }, matching('/a')));
    },
  });
  const bench = new Bench({ tree: treeOf(TREE), drivers: [part([]), careless], chips: [], settle });
  await expect(bench.powerOn()).rejects.toThrow('/whole: bind failed and left /a bound');
});

/** A component whose bind lets another one come, as its own or through a device that it makes. */
const NESTED: readonly (readonly [claim: string, bind: (dev: Device) => Promise<unknown>])[] = [
  ['at once', (dev) => componentAdd(dev, { bind: () => undefined })],
  ['later', (dev) => dev.clock.sleep(ms(1)).then(() => componentAdd(dev, { bind: () => undefined }))],
  [
    'in the probe of a device that it makes',
    (dev) => dev.core.addDevice({ name: 'child', bus: PLATFORM_BUS, parent: dev }),
  ],
];

for (const [claim, bind] of NESTED) {
  test(`a bind that waits for a component which it lets come is a Bug, and nothing hangs: ${claim}`, async () => {
    const child = { ...part([]), name: 'child', matches: ({ name }: Device) => name === 'child' };
    const drivers = [part([], async (dev) => void (await bind(dev))), child, whole([], () => matching('/a'))];
    const bench = new Bench({ tree: treeOf(TREE), drivers, chips: [], settle });
    await expect(bench.powerOn()).rejects.toThrow(
      'component: a bind or unbind waits for a component or master that comes or goes: blocked for more than 30 s',
    );
    expect(await bench.powerOff()).toEqual([]);
  });
}

test('an unbind that takes another component away is our own mistake too', async () => {
  const drivers = [part([], undefined, (dev) => other(dev)), whole([], () => matching('/a', '/b'))];
  const bench = new Bench({ tree: treeOf(TREE), drivers, chips: [], settle });
  const other: Hook = (dev) => bench.core.unbind(at(bench, dev.name === 'a' ? '/b' : '/a'));
  await bench.powerOn();
  await expect(bench.drive('away', s(60), () => bench.core.unbind(at(bench, '/whole')))).rejects.toThrow(
    'blocked for more than 30 s',
  );
});
