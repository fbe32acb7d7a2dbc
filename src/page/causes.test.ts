import { expect, test } from 'vitest';
import { Trace, type TraceBody } from '../base/trace.js';
import { beside, causesOf, effectsOf, type Neighbour, RULES } from './causes.js';
import { TraceStore } from './trace-store.js';

/** A trace of these events, a microsecond after the one before where a number says so. */
function traceOf(...events: readonly (number | readonly [where: string, body: TraceBody])[]) {
  let now = 0;
  const trace = new Trace(() => now);
  const { ring } = new TraceStore(trace, 1000);
  for (const event of events) {
    if (typeof event === 'number') now += event;
    else trace.emit(...event);
  }
  return ring;
}

const owners = (line: string): readonly string[] => (line === '/gic:irq0.1' ? ['/soc/gce'] : ['/i2c/power@40']);
const told = (all: readonly Neighbour[]): (readonly [number, string, number])[] =>
  all.map(({ seq, relation, depth }) => [seq, relation, depth]);

test('a register that was read came from a transfer, and that from what was written to the chip', () => {
  const log = traceOf(
    ['/i2c', { kind: 'i2c_write', addr: 0x41, bytes: '00' }],
    ['/i2c', { kind: 'i2c_result', addr: 0x41, ret: 1 }],
    ['/i2c', { kind: 'i2c_write', addr: 0x40, bytes: 'fe' }],
    ['/i2c', { kind: 'i2c_read', addr: 0x40, length: 2 }],
    ['/i2c', { kind: 'i2c_reply', addr: 0x40, bytes: '54 49' }],
    ['/i2c', { kind: 'i2c_result', addr: 0x40, ret: 2 }],
    ['/i2c/power@40', { kind: 'regmap_reg_read', reg: 0xfe, name: 'ID', val: 0x5449 }],
  );
  expect(told(causesOf(log, 6, { owners }))).toEqual([
    [5, 'transfer, the register', 1],
    [4, 'transfer, its result', 2],
    [3, 'read, its answer', 3],
    [2, 'write, then read in one transfer', 4],
  ]);
  expect(told(effectsOf(log, 2, { owners })).map(([seq]) => seq)).toEqual([3, 4, 5, 6]);
  expect(causesOf(log, 1, { owners }).map(({ seq }) => seq)).toEqual([0]);
});

test('a write leads to an interrupt, that to its handler, that to what is said in it', () => {
  const log = traceOf(
    ['/soc/gce', { kind: 'mmio_write', offset: 0x100, width: 32, val: 1 }],
    ['/gic:irq0.1', { kind: 'irq_raise' }],
    500,
    ['/gic:irq0.1', { kind: 'irq_handler_entry', action: 'gce' }],
    ['/soc/gce', { kind: 'mmio_read', offset: 0x10, width: 32, val: 0 }],
    ['/soc/gce', { kind: 'printk', level: 'err', text: 'thread 0 failed' }],
    ['/gic:irq0.1', { kind: 'irq_handler_exit', action: 'gce', ret: 'handled' }],
    ['/soc/gce', { kind: 'printk', level: 'info', text: 'later, by somebody else' }],
  );
  expect(told(causesOf(log, 4, { owners }))).toEqual([
    [2, 'handler, what it does', 1],
    [1, 'interrupt, its handler', 2],
    [0, 'write, interrupt', 3],
  ]);
  expect(told(effectsOf(log, 1, { owners }))).toEqual([
    [2, 'interrupt, its handler', 1],
    [3, 'handler, what it does', 2],
    [4, 'handler, what it does', 2],
    [5, 'handler, its end', 2],
  ]);
  expect(causesOf(log, 6, { owners })).toEqual([]);
});

test('a fault led to the failed transfer, and that to the end of the probe', () => {
  const log = traceOf(
    ['/i2c/power@40', { kind: 'device_add' }],
    ['/i2c', { kind: 'i2c_write', addr: 0x40, bytes: '00' }],
    ['/i2c', { kind: 'fault', point: 'i2c.data@0x40#1', fault: 'nack-data' }],
    ['/i2c', { kind: 'i2c_result', addr: 0x40, ret: -121 }],
    ['/i2c/power@40', { kind: 'printk', level: 'err', text: 'reset failed' }],
    ['/i2c/power@40', { kind: 'failed', driver: 'ina3221', reason: 'no answer', errno: -121 }],
  );
  expect(causesOf(log, 3, { owners }).map(({ seq }) => seq)).toEqual([2, 1]);
  expect(told(causesOf(log, 5, { owners })).slice(0, 3)).toEqual([
    [4, 'error, the end of the probe', 1],
    [3, 'failed transfer, what is said of it', 1],
    [0, 'device, its probe', 1],
  ]);
});

test('a device that waited is bound since its supplier is', () => {
  const log = traceOf(
    ['/panel', { kind: 'deferred', driver: 'panel', reason: 'supplier /regulator is not ready' }],
    ['/other', { kind: 'bound', driver: 'other' }],
    ['/regulator', { kind: 'bound', driver: 'reg-fixed' }],
    ['/panel', { kind: 'bound', driver: 'panel' }],
    ['/i2c/power@40', { kind: 'deferred', driver: 'ina3221', reason: 'supplier 10005000.gpio not ready' }],
    ['/soc/gpio@10005000', { kind: 'bound', driver: 'gpio' }],
    ['/i2c/power@40', { kind: 'bound', driver: 'ina3221' }],
  );
  expect(told(causesOf(log, 3, { owners }))).toEqual([
    [2, 'supplier, who waited for it', 1],
    [0, 'deferral, tried again', 1],
  ]);
  expect(told(effectsOf(log, 5, { owners }))).toEqual([[6, 'supplier, who waited for it', 1]]);
});

test('a signal goes from block to block, and wakes the thread that waits for it', () => {
  const log = traceOf(
    ['/gce', { kind: 'gce_thread', thread: 0, state: 'waiting', pc: '0x48', why: 'waits for event 130 to be 1' }],
    900,
    ['/dsi', { kind: 'event_fire', signal: 'eof', to: '/gce:44 /mutex:17' }],
    ['/mutex', { kind: 'event_fire', signal: 'stream_eof0', to: '/gce:130' }],
    ['/gce', { kind: 'mmio_write', offset: 0x14008014, width: 32, val: 1 }],
    ['/ovl', { kind: 'event_fire', signal: 'rst_done', to: '/gce:155' }],
    ['/gce', { kind: 'mmio_write', offset: 0x14008020, width: 32, val: 1 }],
    ['/gic:irq0.1', { kind: 'irq_lower' }],
    ['/gce', { kind: 'gce_thread', thread: 0, state: 'idle-at-end', pc: '0xa0', why: 'is at its end' }],
  );
  expect(told(causesOf(log, 5, { owners }))).toEqual([
    [2, 'signal, the thread that waited for it', 1],
    [0, 'thread, its write', 1],
    [1, 'signal, the next', 2],
  ]);
  expect(effectsOf(log, 2, { owners }).map(({ seq }) => seq)).toEqual([3, 5, 7]);
});

test('a signal into a block leads to the interrupt of that block', () => {
  const log = traceOf(
    ['/dsi', { kind: 'event_fire', signal: 'eof', to: '/mutex:17' }],
    ['/mutex', { kind: 'event_fire', signal: 'mod9_eof', to: '/soc/gce:1' }],
    ['/gic:irq0.1', { kind: 'irq_lower' }],
  );
  expect(causesOf(log, 2, { owners }).map(({ seq }) => seq)).toEqual([1, 0]);
});

test('a line that tells by being low leads to its handler too, and what that does to it is its own', () => {
  const log = traceOf(
    ['/soc/gce', { kind: 'gce_thread', thread: 0, state: 'idle-at-end', pc: '0xa0', why: 'is at its end' }],
    ['/gic:irq0.1', { kind: 'irq_lower' }],
    ['/gic:irq0.1', { kind: 'irq_handler_entry', action: 'gce' }],
    ['/soc/gce', { kind: 'mmio_write', offset: 0x110, width: 32, val: 0 }],
    ['/gic:irq0.1', { kind: 'irq_raise' }],
    ['/gic:irq0.1', { kind: 'irq_handler_exit', action: 'gce', ret: 'handled' }],
  );
  expect(causesOf(log, 2, { owners }).map(({ seq }) => seq)).toEqual([1, 0]);
  expect(told(causesOf(log, 4, { owners })).slice(0, 2)).toEqual([
    [3, 'write, interrupt', 1],
    [2, 'handler, what it does', 1],
  ]);
});

test('a frame goes through a queue onto the wire, and is received at its other end', () => {
  const log = traceOf(
    ['/fman', { kind: 'dpaa_enqueue', fqid: 7, addr: '0x1000', length: 60, status: '0x0' }],
    100,
    ['/fman', { kind: 'dpaa_dequeue', fqid: 7, addr: '0x1000', length: 60, status: '0x0' }],
    ['/fman/ethernet@1', { kind: 'ethernet_frame', direction: 'out', length: 60, state: '' }],
    100,
    ['/fman/ethernet@2', { kind: 'ethernet_frame', direction: 'in', length: 60, state: '' }],
  );
  expect(causesOf(log, 3, { owners }).map(({ seq }) => seq)).toEqual([2, 1, 0]);
});

test('what stands beside an event is of the same place', () => {
  const log = traceOf(
    ['/a', { kind: 'device_add' }],
    ['/b', { kind: 'device_add' }],
    ['/a', { kind: 'bound', driver: 'x' }],
    ['/a', { kind: 'unbound', driver: 'x' }],
  );
  expect(beside(log, 2, 3)).toEqual({ before: [0], after: [3] });
});

test('each rule has words of its own', () => {
  const words = RULES.map(({ relation }) => relation);
  expect(words.filter((one, at) => words.indexOf(one) !== at)).toEqual([]);
});
