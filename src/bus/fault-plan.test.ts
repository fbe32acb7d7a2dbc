import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bug } from '../base/assert.js';
import { formatDiagnostic } from '../base/diagnostic.js';
import { Random } from '../base/random.js';
import { Trace, type TraceEvent } from '../base/trace.js';
import type { FaultPoint } from './fault.js';
import { FAULT_MENU } from './fault-menu.js';
import { FaultPlan } from './fault-plan.js';
import { formatFault, formatFaults, parseFaults } from './fault-text.js';

const point = (text: string): FaultPoint => {
  const { points, diagnostics } = parseFaults(text);
  expect(diagnostics).toEqual([]);
  expect(points.length).toBe(1);
  return points[0] as FaultPoint;
};

test('a point has a place, a name, a number and a fault', () => {
  const parsed = { where: 'i2c.data', which: '0x40', nth: 3, what: 'nack-data' };
  expect(point('i2c.data@0x40#3=nack-data')).toEqual(parsed);
  expect(point('dma.map=enomem')).toEqual({ where: 'dma.map', which: undefined, nth: 0, what: 'enomem' });
  expect(point('any#7')).toEqual({ where: 'any', which: undefined, nth: 7, what: 'fail' });
});

test('numbers have one spelling', () => {
  for (const spelling of ['64', '0X40', '0x040']) expect(point(`i2c.data@${spelling}=nack-data`).which).toBe('0x40');
  expect(point('i2c.data@i2c-1:64=nack-data').which).toBe('i2c-1:0x40');
});

test('device paths with @ and commas are names', () => {
  const text = 'dma.map@/soc/fsl,fman@1a00000#2=enomem,irq.deliver@/soc/mailbox@10212000=lost';
  expect(parseFaults(text).points.map((p) => p.which)).toEqual(['/soc/fsl,fman@1a00000', '/soc/mailbox@10212000']);
  expect(formatFaults(parseFaults(text).points)).toBe(text);
});

test('commas, lines and blanks separate points', () => {
  const text = ' any#1 ,mmio.read#2=all-ones,\n\n i2c.transfer#3=timeout\n';
  expect(parseFaults(text).points.map((p) => p.nth)).toEqual([1, 2, 3]);
});

test.each([
  ['spi.read#1=timeout', "faults:1:1: error: no bus operation is called 'spi.read'; use one of i2c.transfer,"],
  ['any#1, i2c.data=enomem', "faults:1:8: error: i2c.data cannot end in 'enomem'; use =nack-data,"],
  ['any#1\n dma.map#2', 'faults:2:2: error: dma.map does not say what happens; use =enomem'],
  ['dma.map#two=enomem', "faults:1:1: error: 'dma.map#two=enomem' is not of the form where@which#nth=what"],
  ['=timeout', "faults:1:1: error: '=timeout' is not of the form"],
  ['any#0', "faults:1:1: error: 'any#0' is not of the form where@which#nth=what, nth from 1"],
])('%j is refused in words with its place', (text, message) => {
  const { diagnostics } = parseFaults(text);
  expect(diagnostics.length).toBe(1);
  expect(diagnostics.map(formatDiagnostic).join()).toContain(message);
});

test('parsing never throws, and keeps the right points beside the wrong ones', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseFaults(`any#1\n${text}\nany#2`).points.filter((p) => p.where === 'any').length).toBeGreaterThan(1);
    }),
  );
});

test('text and point are the same for every place and fault of the menu', () => {
  const which = fc.constantFrom(undefined, '0x40', '/soc/i2c@11008000', 'i2c-1:0x40');
  const place = fc.constantFrom(...FAULT_MENU);
  fc.assert(
    fc.property(place, which, fc.nat(1e6), fc.nat(), (menu, name, nth, pick) => {
      const made = { where: menu.where, which: name, nth, what: menu.whats[pick % menu.whats.length] as string };
      expect(point(formatFault(made))).toEqual(made);
    }),
  );
});

test('a spent plan is idle; one that strikes every time never is', () => {
  const once = new FaultPlan([point('dma.map#2=enomem')]);
  expect([once.hit('dma.map', 'a'), once.hit('dma.map', 'b'), once.hit('dma.map', 'a')]).toEqual([
    undefined,
    'enomem',
    undefined,
  ]);
  expect(once.idle).toBe(true);
  expect(once.text).toBe('dma.map#2=enomem');
  const always = new FaultPlan([point('dma.map=enomem')]);
  expect([always.hit('dma.map', 'a'), always.hit('dma.map', 'a'), always.idle]).toEqual(['enomem', 'enomem', false]);
  always.clear();
  expect(always.idle).toBe(true);
});

test('points that are added count from then on', () => {
  const plan = new FaultPlan([point('dma.map#9=enomem')]);
  plan.hit('dma.map', 'a');
  plan.add([point('dma.map#2=enomem')]);
  expect([plan.hit('dma.map', 'a'), plan.hit('dma.map', 'a')]).toEqual([undefined, 'enomem']);
});

test('where two points meet the first wins and both are spent', () => {
  const plan = new FaultPlan(parseFaults('mmio.read#1=bus-error,any#1').points);
  expect(plan.hit('mmio.read', '0x0', 'gce')).toBe('bus-error');
  expect(plan.idle).toBe(true);
});

test('a counting plan counts what any counts, and any#N then fails exactly the Nth', () => {
  const run = (plan: FaultPlan) => [
    plan.hit('i2c.transfer', '0x40', 'i2c-0'),
    plan.hit('i2c.address', '0x40', 'i2c-0'),
    plan.hit('i2c.data', '0x40', 'i2c-0'),
    plan.hit('mmio.write', '0x4', 'gce'),
    plan.hit('irq.deliver', 'gce'),
    plan.hit('dma.map', 'gce'),
  ];
  const counting = FaultPlan.counting();
  expect(run(counting)).toEqual(new Array(6).fill(undefined));
  expect(counting.operations).toBe(4);
  const struck = [1, 2, 3, 4].map((n) => run(new FaultPlan([point(`any#${n}`)])).filter((f) => f !== undefined));
  expect(struck).toEqual([['timeout'], ['lost'], ['lost'], ['enomem']]);
});

test('a fault is traced at the bus it strikes, with the plan’s own words', () => {
  const events: TraceEvent[] = [];
  const trace = new Trace(() => 5);
  trace.attach((event) => events.push(event));
  new FaultPlan([point('any#1')], trace).hit('mmio.read', '0x10', 'gce');
  expect(events).toEqual([{ t: 5, seq: 0, where: 'gce', kind: 'fault', point: 'any#1', fault: 'all-ones' }]);
});

test('a random plan is valid, comes again from its seed and differs for another', () => {
  const text = (seed: string) => FaultPlan.random(new Random(seed)).text;
  expect(parseFaults(text('a')).diagnostics).toEqual([]);
  expect(parseFaults(text('a')).points.length).toBe(3);
  expect(text('a')).toBe(text('a'));
  expect(text('a')).not.toBe(text('b'));
});

test('a point that no bus knows is a Bug when it was not parsed', () => {
  expect(() => new FaultPlan([{ where: 'i2c.data', which: undefined, nth: 1, what: 'nack' }])).toThrow(Bug);
});

test('a plan counts the operations that it struck, not the points that it has', () => {
  const plan = new FaultPlan([point('dma.map#2=enomem'), point('dma.map#2=enomem'), point('dma.alloc#9=enomem')]);
  for (let i = 0; i < 4; i++) plan.hit('dma.map', '/gce');
  expect(plan.struck).toBe(1);
});

test('each planned point says what has become of it', () => {
  const plan = new FaultPlan([point('dma.map#2=enomem'), point('dma.map@/gce=enomem'), point('dma.alloc#1=enomem')]);
  for (let i = 0; i < 3; i++) plan.hit('dma.map', '/gce');
  plan.clear();
  plan.add([point('dma.map#1=enomem')]);
  expect(plan.standing.map(({ seen, struck, live }) => [seen, struck, live])).toEqual([
    [2, 1, false],
    [3, 2, false],
    [0, 0, false],
    [0, 0, true],
  ]);
});
