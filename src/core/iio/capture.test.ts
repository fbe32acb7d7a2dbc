import { expect, test } from 'vitest';
import { ANSWERS_ZERO, captureRig, type IioRig, iioRig, scanChannels } from '../../../test/iio-rig.js';
import { hex } from '../../base/bytes.js';
import { ms, s } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import { IioBuffer } from './buffer.js';
import { devmIioTriggerRegister } from './trigger.js';
import type { IioBufferSetup } from './iio.js';

/** A buffer beside the device's own, with channels by scan index. */
function bufferOf({ indio }: IioRig, ...channels: readonly number[]): IioBuffer {
  const buffer = new IioBuffer(indio);
  for (const channel of channels) buffer.setChannel(channel, true);
  buffer.length = 8;
  return buffer;
}

const attach = (rig: IioRig, buffer: IioBuffer): Promise<void> =>
  rig.bench.drive('attaching', s(1), () => rig.indio.attachBuffer(buffer));
const detach = (rig: IioRig, buffer: IioBuffer): Promise<void> =>
  rig.bench.drive('detaching', s(1), () => rig.indio.detachBuffer(buffer));
const content = (buffer: IioBuffer): string => hex(buffer.read(10_000));
const active = ({ indio }: IioRig): unknown[] => indio.activeScan.map(({ scanIndex }) => scanIndex);

test('the device captures what any buffer wants, and each buffer gets its own channels', async () => {
  const rig = await captureRig(4);
  const [low, high, same] = [bufferOf(rig, 0, 1), bufferOf(rig, 3), bufferOf(rig, 0, 1, 3)];
  for (const buffer of [low, high, same]) await attach(rig, buffer);
  expect(active(rig)).toEqual([0, 1, 3]);
  await rig.bench.run(ms(20));
  expect([low, high, same].map(content)).toEqual([
    '00 00 00 01 00 10 00 11',
    '00 03 00 13',
    '00 00 00 01 00 03 00 10 00 11 00 13',
  ]);
});

test('a buffer gets the time if it wants it, wherever the time lies in the scan of the device', async () => {
  const rig = await captureRig(4);
  const [without, timed] = [bufferOf(rig, 0, 1, 2, 3), bufferOf(rig, 2, 4)];
  await attach(rig, without);
  await attach(rig, timed);
  await rig.bench.run(ms(10));
  expect([content(without), content(timed).slice(0, 23)]).toEqual([
    '00 00 00 01 00 02 00 03',
    '00 02 00 00 00 00 00 00',
  ]);
});

test('the scan of the device follows the buffers that come and go, and others keep what they have', async () => {
  const rig = await captureRig(3);
  const [first, second] = [bufferOf(rig, 0), bufferOf(rig, 2)];
  const seen: unknown[] = [];
  const after = async (step: Promise<void>): Promise<void> => {
    await step;
    await rig.bench.run(ms(10));
    seen.push([active(rig), first.dataAvailable, second.dataAvailable]);
  };
  await after(attach(rig, first));
  await after(attach(rig, second));
  await after(detach(rig, first));
  await after(detach(rig, second));
  expect(seen).toEqual([
    [[0], 1, 0],
    [[0, 2], 2, 1],
    [[2], 2, 2],
    [[], 2, 2],
  ]);
  expect([content(first), content(second)]).toEqual(['00 00 00 10', '00 12 00 22']);
});

test('buffers have lengths of their own: one that is full does not stop the other', async () => {
  const rig = await captureRig(1);
  const [short, long] = [bufferOf(rig, 0), bufferOf(rig, 0)];
  short.length = 2;
  await attach(rig, short);
  await attach(rig, long);
  await rig.bench.run(ms(50));
  expect([short.dataAvailable, short.overflows, long.dataAvailable, long.overflows]).toEqual([2, 3, 5, 0]);
});

test("the device's own buffer is one of them", async () => {
  const rig = await captureRig(2);
  const own = rig.indio.buffer as IioBuffer;
  const other = bufferOf(rig, 1);
  await rig.write('scan_elements/in_voltage0_en', '1');
  await rig.write('buffer/enable', '1');
  await attach(rig, other);
  await rig.bench.run(ms(10));
  await rig.write('buffer/enable', '0');
  await rig.bench.run(ms(10));
  expect([content(own), content(other)]).toEqual(['00 00', '00 01 00 11']);
});

test('attaching twice and detaching what is not attached change nothing', async () => {
  const rig = await captureRig(1);
  const buffer = bufferOf(rig, 0);
  await detach(rig, buffer);
  await attach(rig, buffer);
  await rig.bench.run(ms(10));
  await attach(rig, buffer);
  expect([buffer.dataAvailable, buffer.enabled]).toEqual([1, true]);
});

test('calls that overlap are done one after the other', async () => {
  const rig = await captureRig(2);
  const [first, second] = [bufferOf(rig, 0), bufferOf(rig, 1)];
  const { indio } = rig;
  await rig.bench.drive('all', s(1), () =>
    Promise.all([indio.attachBuffer(first), indio.attachBuffer(second), indio.detachBuffer(first)]),
  );
  expect([active(rig), first.enabled, second.enabled]).toEqual([[1], false, true]);
});

/** A setup that logs its hooks, and fails in one of them. */
function hooks(log: string[], failing?: string): Omit<IioBufferSetup, 'handler'> {
  const hook = (name: string) => async () => {
    log.push(name);
    if (name === failing) throw new SysError('EIO', name);
  };
  return {
    preenable: hook('preenable'),
    postenable: hook('postenable'),
    predisable: hook('predisable'),
    postdisable: hook('postdisable'),
  };
}

test('the driver is asked before and after each start and stop, of which a second buffer needs one more', async () => {
  const log: string[] = [];
  const rig = await captureRig(2, hooks(log));
  const [first, second] = [bufferOf(rig, 0), bufferOf(rig, 1)];
  await attach(rig, first);
  log.push('|');
  await attach(rig, second);
  log.push('|');
  await detach(rig, first);
  await detach(rig, second);
  const start = ['preenable', 'postenable'];
  const stop = ['predisable', 'postdisable'];
  expect(log).toEqual([...start, '|', ...stop, ...start, '|', ...stop, ...start, ...stop]);
});

test.each([
  ['preenable', ['preenable']],
  ['postenable', ['preenable', 'postenable', 'postdisable']],
])('a %s that fails undoes what was done, and the buffer stays off', async (failing, steps) => {
  const log: string[] = [];
  const rig = await captureRig(1, hooks(log, failing));
  const buffer = bufferOf(rig, 0);
  await expect(attach(rig, buffer)).rejects.toMatchObject({ code: 'EIO' });
  expect([log, buffer.enabled, active(rig)]).toEqual([steps, false, []]);
  await rig.bench.run(ms(50));
  expect([buffer.dataAvailable, await buffer.wait(1)]).toEqual([0, 'disabled']);
});

test.each(['predisable', 'postdisable'])(
  'a %s that fails does not keep the rest from being done, and no buffer stays on',
  async (failing) => {
    const log: string[] = [];
    const rig = await captureRig(2, hooks(log, failing));
    const [first, second] = [bufferOf(rig, 0), bufferOf(rig, 1)];
    await attach(rig, first);
    await expect(attach(rig, second)).rejects.toMatchObject({ code: 'EIO' });
    expect([log, first.enabled, second.enabled, active(rig)]).toEqual([
      ['preenable', 'postenable', 'predisable', 'postdisable'],
      ...[false, false, []],
    ]);
  },
);

test('a start that fails for a second buffer ends the first too, as in Linux', async () => {
  let starts = 0;
  const preenable = (): void => {
    if (++starts === 2) throw new SysError('EIO', 'second start');
  };
  const rig = await captureRig(2, { preenable });
  const [first, second] = [bufferOf(rig, 0), bufferOf(rig, 1)];
  await attach(rig, first);
  const waiting = first.wait(8);
  await expect(attach(rig, second)).rejects.toMatchObject({ code: 'EIO' });
  expect([first.enabled, second.enabled, await waiting]).toEqual([false, false, 'disabled']);
  await attach(rig, first);
  await rig.bench.run(ms(10));
  expect(first.dataAvailable).toBe(1);
});

test('a buffer that is taken off is off, even when the rest does not start again', async () => {
  let starts = 0;
  const preenable = (): void => {
    if (++starts === 3) throw new SysError('EIO', 'third start');
  };
  const rig = await captureRig(2, { preenable });
  const [first, second] = [bufferOf(rig, 0), bufferOf(rig, 1)];
  await attach(rig, first);
  await attach(rig, second);
  await expect(detach(rig, first)).rejects.toMatchObject({ code: 'EIO' });
  expect([first.enabled, second.enabled, active(rig)]).toEqual([false, false, []]);
});

test('a buffer of another device is our own mistake, and a scan that nobody wants goes nowhere', async () => {
  const [rig, other] = [await captureRig(1), await captureRig(1)];
  await expect(rig.indio.attachBuffer(bufferOf(other, 0))).rejects.toThrow('a buffer of another device');
  rig.indio.pushToBuffers(new Uint8Array(0), 1);
  expect(active(rig)).toEqual([]);
});

test('a cleanup that fails after a failed start is told in the log, and the first error goes up', async () => {
  const log: string[] = [];
  const rig = await captureRig(1, {
    ...hooks(log, 'postenable'),
    postdisable: () => {
      throw new SysError('ENXIO', 'postdisable');
    },
  });
  await expect(attach(rig, bufferOf(rig, 0))).rejects.toMatchObject({ code: 'EIO' });
  expect(rig.log).toEqual(['err: adc adc: cleanup: postdisable (ENXIO)']);
});

test('a handler that fails leaves out a scan, and the log says so every five seconds', async () => {
  let calls = 0;
  const rig = await captureRig(1, {
    handler: async (indio, timestampNs) => {
      if (++calls % 2 === 1) throw new SysError('EREMOTEIO', 'no answer', { dev: '/adc' });
      indio.pushToBuffers(new Uint8Array(2), timestampNs);
    },
  });
  const buffer = bufferOf(rig, 0);
  buffer.length = 1024;
  await attach(rig, buffer);
  await rig.bench.run(s(5.02));
  expect([buffer.dataAvailable, rig.log]).toEqual([
    251,
    [
      'err: adc adc: no scan: /adc: no answer (EREMOTEIO)',
      'err: adc adc: no scan: /adc: no answer (EREMOTEIO), and 249 before it',
    ],
  ]);
});

test('an unbind waits for the scan that is being captured, and captures no more', async () => {
  const log: string[] = [];
  const rig = await captureRig(1, {
    handler: async (indio) => {
      log.push('begin');
      await indio.parent.clock.sleep(ms(3));
      indio.pushToBuffers(new Uint8Array(2), 0);
      log.push('end');
    },
    postdisable: () => void log.push('postdisable'),
  });
  const buffer = bufferOf(rig, 0);
  await attach(rig, buffer);
  await rig.bench.run(ms(11));
  await rig.unbind();
  await rig.bench.run(s(1));
  expect([log, buffer.dataAvailable]).toEqual([['begin', 'end', 'postdisable'], 1]);
});

test('an unbind whose stop fails says so and leaves nothing running', async () => {
  const rig = await captureRig(1, hooks([], 'predisable'));
  const buffer = bufferOf(rig, 0);
  await attach(rig, buffer);
  await rig.unbind();
  expect([buffer.enabled, rig.indio.registered, rig.log]).toEqual([
    ...[false, false],
    ['err: adc adc: cleanup: predisable (EIO)'],
  ]);
});

test('a trigger that the driver gives is there from the start, and can be exchanged', async () => {
  const rig = await iioRig((dev) => ({
    name: 'adc',
    channels: scanChannels(1),
    info: ANSWERS_ZERO,
    buffer: { handler: async () => undefined, trigger: devmIioTriggerRegister(dev, { name: 'adc-dev0' }) },
  }));
  expect(await rig.read('trigger/current_trigger')).toBe('adc-dev0\n');
  await rig.write('trigger/current_trigger', 'none such');
  expect([await rig.read('trigger/current_trigger'), rig.indio.trigger]).toEqual(['', undefined]);
});
