import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Bug } from '../base/assert.js';
import { ms, SimClock, us } from '../base/clock.js';
import { Trace, type TraceEvent } from '../base/trace.js';
import { FaultPlan } from './fault-plan.js';
import { parseFaults } from './fault-text.js';
import { irqContract } from './irq.contract.js';
import type { IrqLine, IrqReturn, IrqTrigger } from './irq.js';
import { withIrqFaults } from './irq-decorators.js';
import { SimIrqLine } from './irq-sim.js';

function bench(idle = false) {
  const clock = new SimClock(() => setImmediate());
  const events: TraceEvent[] = [];
  const trace = new Trace(() => clock.now());
  trace.attach((event) => events.push(event));
  const line = new SimIrqLine('alert', clock, trace, idle);
  const words = () => events.map((e) => ('action' in e ? `${e.kind} ${e.action}` : 'text' in e ? e.text : e.kind));
  return { clock, events, line, words };
}

irqContract('simulated', () => {
  const { clock, line } = bench();
  return { clock, line, pin: line.pin() };
});
irqContract('faults, empty plan', () => {
  const { clock, line } = bench();
  return { clock, line: withIrqFaults(line, new FaultPlan(), clock), pin: line.pin() };
});
irqContract('faults, counting', () => {
  const { clock, line } = bench();
  return { clock, line: withIrqFaults(line, FaultPlan.counting(), clock), pin: line.pin() };
});

/** Listens and notes when it was called. */
function listen(line: IrqLine, clock: SimClock, trigger: IrqTrigger, answer: () => IrqReturn = () => 'handled') {
  const times: number[] = [];
  const free = line.request(trigger, 'test', () => {
    times.push(clock.now());
    return answer();
  });
  return { times, free };
}

test('several pins drive one line: it is away from idle while one of them is', () => {
  for (const idle of [false, true]) {
    const { line } = bench(idle);
    const [a, b] = [line.pin(), line.pin()];
    const seen = [line.level];
    a.set(!idle);
    b.set(!idle);
    a.set(idle);
    seen.push(line.level);
    b.set(idle);
    seen.push(line.level);
    expect(seen).toEqual([idle, !idle, idle]);
  }
});

test('the trace has the line, then each handler with what it answered', async () => {
  const { clock, line, events } = bench();
  const pin = line.pin();
  const frees = [listen(line, clock, 'rising'), listen(line, clock, 'rising', () => 'unhandled')];
  pin.set(true);
  pin.set(false);
  await clock.run(us(5));
  expect(events.map(({ seq: _seq, where: _where, ...rest }) => rest)).toEqual([
    { t: 0, kind: 'irq_raise' },
    { t: 0, kind: 'irq_lower' },
    { t: 0, kind: 'irq_handler_entry', action: 'test' },
    { t: 0, kind: 'irq_handler_exit', action: 'test', ret: 'handled' },
    { t: 0, kind: 'irq_handler_entry', action: 'test' },
    { t: 0, kind: 'irq_handler_exit', action: 'test', ret: 'unhandled' },
  ]);
  for (const { free } of frees) free();
});

test('an edge that the handler causes comes after a pause, not at once', async () => {
  const { clock, line } = bench();
  const pin = line.pin();
  let left = 2;
  const { times, free } = listen(line, clock, 'both', () => {
    if (left-- > 0) pin.set(!line.level);
    return 'handled';
  });
  pin.set(true);
  await clock.run(us(10));
  expect(times).toEqual([0, 1_000, 2_000]);
  free();
});

test('a level that goes before its handler has run is not delivered', async () => {
  const { clock, line } = bench();
  const pin = line.pin();
  const { times, free } = listen(line, clock, 'high');
  pin.set(true);
  pin.set(false);
  await clock.run(us(10));
  expect(times).toEqual([]);
  free();
});

test('a handler may mask its own line, and the level waits', async () => {
  const { clock, line } = bench();
  const pin = line.pin();
  const { times, free } = listen(line, clock, 'high', () => {
    line.disable();
    return 'handled';
  });
  pin.set(true);
  await clock.run(us(10));
  expect(times).toEqual([0]);
  expect(clock.pending).toBe(0);
  line.enable();
  await clock.run(us(10));
  expect(times).toEqual([0, 10_000]);
  free();
});

test('a handler may leave while it runs, and take its neighbour along', async () => {
  const { clock, line, words } = bench();
  const pin = line.pin();
  const frees: (() => void)[] = [];
  frees.push(
    line.request('high', 'first', () => {
      for (const free of frees) free();
      return 'handled';
    }),
  );
  frees.push(line.request('high', 'second', () => 'handled'));
  pin.set(true);
  await clock.run(us(10));
  expect(words()).toEqual(['irq_raise', 'irq_handler_entry first', 'irq_handler_exit first']);
  expect(clock.pending).toBe(0);
});

test('nobody cared: after a thousand unhandled deliveries the line is switched off in Linux’s words', async () => {
  const { clock, line, events, words } = bench();
  const pin = line.pin();
  const { times, free } = listen(line, clock, 'high', () => 'unhandled');
  pin.set(true);
  await clock.run(ms(10));
  expect(times.length).toBe(1_000);
  expect(words().slice(-3)).toEqual([
    'irq alert: nobody cared (try booting with the "irqpoll" option)',
    'handlers: test',
    'Disabling IRQ #alert',
  ]);
  expect(events.at(-1)).toMatchObject({ kind: 'printk', level: 'err', where: 'alert' });
  expect(clock.pending).toBe(0);
  free();
});

test('a new listener switches a line on again that was switched off', async () => {
  const { clock, line } = bench();
  const pin = line.pin();
  const first = listen(line, clock, 'high', () => 'unhandled');
  pin.set(true);
  await clock.run(ms(10));
  const second = listen(line, clock, 'high', () => {
    pin.set(false);
    return 'handled';
  });
  await clock.run(ms(10));
  expect([first.times.length, second.times.length]).toEqual([1_001, 1]);
  first.free();
  second.free();
});

test('two of a thousand that are handled keep the line on', async () => {
  const { clock, line, words } = bench();
  const pin = line.pin();
  let n = 0;
  const { times, free } = listen(line, clock, 'high', () => (n++ % 500 === 0 ? 'handled' : 'unhandled'));
  pin.set(true);
  await clock.run(ms(3));
  expect(times.length).toBe(3_001);
  expect(words().filter((word) => word.includes('nobody cared'))).toEqual([]);
  free();
  pin.set(false);
});

test('rare unhandled interrupts never add up to a storm', async () => {
  const { clock, line, words } = bench();
  const pin = line.pin();
  const { times, free } = listen(line, clock, 'rising', () => 'unhandled');
  for (let i = 0; i < 1_500; i++) {
    pin.set(true);
    pin.set(false);
    await clock.run(ms(101));
  }
  expect(times.length).toBe(1_500);
  expect(words().filter((word) => word.includes('nobody cared'))).toEqual([]);
  free();
});

test('enabling what is not masked is said in Linux’s words and changes nothing', async () => {
  const { clock, line, words } = bench();
  line.enable();
  expect(words()).toEqual(['Unbalanced enable for IRQ alert']);
  line.disable();
  const { times, free } = listen(line, clock, 'high');
  line.pin().set(true);
  await clock.run(us(10));
  expect(times).toEqual([]);
  free();
});

test('listeners of one line agree on its trigger, else EBUSY; freeing twice is a Bug', () => {
  const { line } = bench();
  const free = line.request('rising', 'eth0', () => 'handled');
  expect(() => line.request('high', 'gce', () => 'handled')).toThrow(
    'alert: irq: Flags mismatch irq alert. high (gce) vs. rising (eth0) (EBUSY)',
  );
  free();
  expect(free).toThrow(Bug);
  line.request('high', 'gce', () => 'handled')();
});

test('edges while nobody listens, and what was left of the last listener, are gone', async () => {
  const { clock, line } = bench();
  const pin = line.pin();
  pin.set(true);
  pin.set(false);
  const first = listen(line, clock, 'rising');
  line.disable();
  pin.set(true);
  first.free();
  pin.set(false);
  const second = listen(line, clock, 'rising');
  await clock.run(us(10));
  pin.set(true);
  await clock.run(us(10));
  expect([first.times, second.times]).toEqual([[], [10_000]]);
  second.free();
});

function faulty(faults: string) {
  const { clock, line } = bench();
  const plan = new FaultPlan(parseFaults(faults).points);
  return { clock, line: withIrqFaults(line, plan, clock), pin: line.pin(), plan };
}

const FAULTS: readonly (readonly [string, readonly number[]])[] = [
  ['lost', [10_000]],
  ['spurious', [0, 0, 10_000]],
  ['late', [1_000_000, 1_000_000]],
];
test.each(FAULTS)('an edge that is %s comes at %j', async (what, expected) => {
  const { clock, line, pin } = faulty(`irq.deliver@alert#1=${what}`);
  const { times, free } = listen(line, clock, 'rising');
  for (let i = 0; i < 2; i++) {
    pin.set(true);
    pin.set(false);
    await clock.run(us(10));
  }
  await clock.run(ms(2));
  expect(times).toEqual(expected);
  free();
});

test('a level that is late comes when the line is unmasked, and a lost one by itself', async () => {
  for (const [what, at] of [
    ['late', ms(1)],
    ['lost', us(1)],
  ] as const) {
    const { clock, line, pin } = faulty(`irq.deliver#1=${what}`);
    const { times, free } = listen(line, clock, 'high', () => {
      pin.set(false);
      return 'handled';
    });
    pin.set(true);
    await clock.run(ms(2));
    expect(times).toEqual([at]);
    free();
  }
});

test('a late level that is gone by then is not delivered', async () => {
  const { clock, line, pin } = faulty('irq.deliver#1=late');
  const { times, free } = listen(line, clock, 'high');
  pin.set(true);
  await clock.run(us(10));
  pin.set(false);
  await clock.run(ms(2));
  expect(times).toEqual([]);
  free();
});

test('leaving takes back what is late or spurious, and leaves the line unmasked', async () => {
  for (const what of ['late', 'spurious']) {
    const { clock, line, pin } = faulty(`irq.deliver#1=${what}`);
    let calls = 0;
    const free = line.request('rising', 'test', () => {
      calls++;
      return 'handled';
    });
    const other = listen(line, clock, 'rising');
    pin.set(true);
    clock.after(0, () => free());
    await clock.run(us(1));
    pin.set(false);
    pin.set(true);
    await clock.run(ms(2));
    expect([calls, other.times.length]).toEqual([what === 'late' ? 0 : 1, 2]);
    other.free();
    expect(clock.pending).toBe(0);
  }
});

test('a pin whose idle level is not that of its line drives it through an inverter', () => {
  const { line } = bench(true);
  const [plain, inverted] = [line.pin(), line.pin(false)];
  const levels: boolean[] = [];
  for (const [pin, high] of [
    [inverted, true],
    [inverted, false],
    [plain, false],
    [plain, true],
  ] as const) {
    pin.set(high);
    levels.push(line.level);
  }
  expect(levels).toEqual([false, true, false, true]);
});

test('a processor that takes its time finds the level as it is then, and no edge is lost', async () => {
  const waits = [us(30), us(10), us(20), us(5)];
  const clock = new SimClock(() => setImmediate());
  const trace = new Trace(() => clock.now());
  const line = new SimIrqLine('gce', clock, trace, false, () => waits.shift() ?? 0);
  const pin = line.pin();
  const level = listen(line, clock, 'high', () => {
    pin.set(false);
    return 'handled';
  });
  pin.set(true);
  await clock.run(us(50)); // heard at 30
  pin.set(true);
  await clock.run(us(5));
  pin.set(false); // over before the processor comes
  await clock.run(us(50));
  level.free();
  const edge = listen(line, clock, 'rising');
  pin.set(true);
  pin.set(false);
  await clock.run(us(50)); // heard 20 after 105
  expect([level.times, edge.times]).toEqual([[us(30)], [us(125)]]);
});
