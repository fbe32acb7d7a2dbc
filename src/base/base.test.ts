import { expect, test } from 'vitest';
import { assert, Bug } from './assert.js';
import { type Diagnostic, formatDiagnostic, hasErrors } from './diagnostic.js';
import { ERRNO, errnoName, isErrno, SysError } from './errno.js';
import { Random } from './random.js';
import { Scope } from './scope.js';
import { Trace, type TraceEvent } from './trace.js';

test('an error names the place, the operation, what, and keeps code and cause', () => {
  const cause = new SysError('EREMOTEIO', 'no acknowledge from 0x40');
  const e = new SysError(cause.code, 'write CONFIG failed', { dev: '/i2c@0/power@40', op: 'regmap', cause });
  expect(e.message).toBe('/i2c@0/power@40: regmap: write CONFIG failed (EREMOTEIO)');
  expect([e.errno, e.code, e.cause, isErrno(e, 'EREMOTEIO'), isErrno(new Error('x'), 'EIO')]).toEqual([
    -121,
    'EREMOTEIO',
    cause,
    true,
    false,
  ]);
});

test('an error that asks to wait may say for whom', () => {
  const e = new SysError('EPROBE_DEFER', 'no panel', { waitsFor: '/dsi/panel' });
  expect([e.waitsFor, e.message, new SysError('EIO', 'x').waitsFor]).toEqual([
    '/dsi/panel',
    'no panel (EPROBE_DEFER)',
    undefined,
  ]);
});

test("error numbers are Linux's", () => {
  // include/uapi/asm-generic/errno*.h and include/linux/errno.h.
  expect([ERRNO.EPROBE_DEFER, ERRNO.ENOTSUPP, ERRNO.ENODATA, ERRNO.ETIMEDOUT]).toEqual([517, 524, 61, 110]);
  expect([errnoName(-121), errnoName(19), errnoName(9999)]).toEqual(['EREMOTEIO', 'ENODEV', undefined]);
});

test('assert throws a Bug', () => {
  expect(() => assert(false, 'impossible')).toThrow(Bug);
});

test('a diagnostic is one line, with one more per include or macro on the way', () => {
  const at = { file: 'a.dtsi', line: 3, column: 9 };
  const d: Diagnostic = {
    severity: 'error',
    code: 'dt/syntax/x',
    text: 'bad',
    at,
    via: [
      { kind: 'macro', name: 'PIN', at: { file: 'a.dtsi', line: 3, column: 5 } },
      { kind: 'include', name: 'a.dtsi', at: { file: 'b.dts', line: 1, column: 1 } },
    ],
  };
  expect(formatDiagnostic(d)).toBe(
    'a.dtsi:3:9: error: bad [dt/syntax/x]\n  in macro PIN at a.dtsi:3:5\n  included at b.dts:1:1',
  );
  expect(formatDiagnostic({ severity: 'warning', code: 'c', text: 't', where: '/soc' })).toBe('/soc: warning: t [c]');
  expect([hasErrors([d]), hasErrors([])]).toEqual([true, false]);
});

test('a scope undoes newest first, goes on after a failure, and is closed once', async () => {
  const scope = new Scope('dev');
  const undone: string[] = [];
  scope.defer(() => void undone.push('first'));
  scope.defer(async () => {
    throw new SysError('EIO', 'stuck');
  });
  scope.defer(async () => void undone.push('last'));
  const failures = await scope.close();
  expect(undone).toEqual(['last', 'first']);
  expect(failures.map(String)).toEqual(['SysError: stuck (EIO)']);
  await expect(scope.close()).rejects.toThrow('closed twice');
  expect(() => scope.defer(() => undefined)).toThrow('defer into a closed scope');
});

test('the same seed and name give the same numbers, another name others', () => {
  const draw = (random: Random) => Array.from({ length: 4 }, () => random.u32());
  expect(draw(new Random('7').stream('i2c'))).toEqual(draw(new Random('7').stream('i2c')));
  expect(draw(new Random('7').stream('i2c'))).not.toEqual(draw(new Random('7').stream('irq')));
  expect(draw(new Random('7'))).not.toEqual(draw(new Random('8')));
});

test('a stream is spread evenly enough to break things everywhere', () => {
  const random = new Random('spread');
  const counts = new Array<number>(16).fill(0);
  for (let i = 0; i < 16_000; i++) {
    const box = random.below(16);
    counts[box] = (counts[box] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1150);
  expect([random.chance(0), random.chance(1)]).toEqual([false, true]);
});

test('a trace builds nothing without a sink and gives every event its moment and number', () => {
  let now = 5;
  const trace = new Trace(() => now);
  trace.emit('/a', { kind: 'device_add' });
  const events: TraceEvent[] = [];
  const detach = trace.attach((event) => events.push(event));
  trace.emit('/a', { kind: 'bound', driver: 'x' });
  now = 9;
  trace.emit('/b', { kind: 'unbound', driver: 'x' });
  detach();
  trace.emit('/c', { kind: 'device_del' });
  expect(trace.on).toBe(false);
  expect(events).toEqual([
    { t: 5, seq: 0, where: '/a', kind: 'bound', driver: 'x' },
    { t: 9, seq: 1, where: '/b', kind: 'unbound', driver: 'x' },
  ]);
});
