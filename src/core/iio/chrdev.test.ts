import { expect, test } from 'vitest';
import { ANSWERS_ZERO, captureRig, type IioRig, iioRig } from '../../../test/iio-rig.js';
import { hex } from '../../base/bytes.js';
import { ms } from '../../base/clock.js';
import { IioChrdev } from './chrdev.js';

/** A device that captures one channel: its buffer enabled, with a length and a watermark. */
async function running(length = 8, watermark = 1): Promise<IioRig> {
  const rig = await captureRig(1);
  await rig.write('scan_elements/in_voltage0_en', '1');
  await rig.write('buffer/length', `${length}`);
  await rig.write('buffer/watermark', `${watermark}`);
  await rig.write('buffer/enable', '1');
  return rig;
}

/** Reads, and logs what came and when, in milliseconds after now. */
function logging(rig: IioRig, file: IioChrdev): { readonly log: string[]; read(maxBytes: number): void } {
  const log: string[] = [];
  const began = rig.bench.clock.now();
  const note = (text: string): void => void log.push(`${(rig.bench.clock.now() - began) / ms(1)} ms: ${text}`);
  const read = (maxBytes: number): void =>
    void file.read(maxBytes).then(
      (bytes) => note(hex(bytes)),
      (e: { code: string }) => note(e.code),
    );
  return { log, read };
}

test('one program has the file open at a time', async () => {
  const { indio } = await captureRig(1);
  const file = new IioChrdev(indio);
  expect(() => new IioChrdev(indio)).toThrow('the file is open already (EBUSY)');
  file.close();
  const next = new IioChrdev(indio);
  file.close();
  expect(() => new IioChrdev(indio)).toThrow('EBUSY');
  next.close();
});

test('a read waits for as many scans as fit, or as the watermark says', async () => {
  const rig = await running(8, 3);
  const { log, read } = logging(rig, new IioChrdev(rig.indio));
  read(100);
  await rig.bench.run(ms(30));
  read(4);
  await rig.bench.run(ms(30));
  expect(log).toEqual(['30 ms: 00 00 00 10 00 20', '50 ms: 00 30 00 40']);
});

test('a read that must not wait takes what there is, or ends with EAGAIN', async () => {
  const rig = await running(8, 3);
  const file = new IioChrdev(rig.indio);
  await expect(file.read(100, true)).rejects.toMatchObject({ code: 'EAGAIN' });
  await rig.bench.run(ms(20));
  expect(hex(await file.read(100, true))).toBe('00 00 00 10');
  await expect(file.read(100, true)).rejects.toMatchObject({ code: 'EAGAIN' });
});

test('a read into which no scan fits is EINVAL, and one before the first start is empty', async () => {
  const rig = await running();
  const file = new IioChrdev(rig.indio);
  await expect(file.read(1)).rejects.toMatchObject({ code: 'EINVAL' });
  const fresh = await captureRig(1);
  expect(await new IioChrdev(fresh.indio).read(100)).toEqual(new Uint8Array(0));
});

test('what a disabled buffer has is read without waiting; then a read waits for the next start', async () => {
  const rig = await running(8, 4);
  const { log, read } = logging(rig, new IioChrdev(rig.indio));
  await rig.bench.run(ms(20));
  read(100);
  await rig.write('buffer/enable', '0');
  read(100);
  await rig.bench.run(ms(30));
  await rig.write('buffer/enable', '1');
  await rig.bench.run(ms(40));
  expect(log).toEqual(['20 ms: 00 00 00 10', '90 ms: 00 20 00 30 00 40 00 50']);
});

test('an unbind ends a read that waits, and all that come after', async () => {
  const rig = await running(8, 4);
  const file = new IioChrdev(rig.indio);
  const { log, read } = logging(rig, file);
  await rig.bench.run(ms(10));
  read(100);
  await rig.unbind();
  await expect(file.read(100, true)).rejects.toMatchObject({ code: 'ENODEV' });
  expect([log, file.readable]).toEqual([['10 ms: ENODEV'], true]);
  file.close();
  expect(() => new IioChrdev(rig.indio)).toThrow('ENODEV');
});

test('a read that waits ends when its program is interrupted, and takes nothing', async () => {
  const rig = await running(8, 4);
  const file = new IioChrdev(rig.indio);
  let interrupt = (): void => undefined;
  const read = file.read(100, false, (stop) => {
    interrupt = stop;
  });
  await rig.bench.run(ms(10));
  interrupt();
  await expect(read).rejects.toMatchObject({ code: 'EINTR' });
  expect(hex(await file.read(100, true))).toBe('00 00');
  interrupt(); // too late for anything
  expect(rig.indio.buffer?.dataAvailable).toBe(0);
});

test('an unbind ends a read that waits for a buffer to be enabled', async () => {
  const rig = await running();
  const { log, read } = logging(rig, new IioChrdev(rig.indio));
  await rig.write('buffer/enable', '0');
  read(100);
  await rig.bench.run(ms(5));
  await rig.unbind();
  expect(log).toEqual(['5 ms: ENODEV']);
});

test('a close ends a read that waits, and all that come after', async () => {
  const rig = await running(8, 4);
  const file = new IioChrdev(rig.indio);
  const { log, read } = logging(rig, file);
  read(100);
  await rig.bench.run(ms(5));
  file.close();
  await rig.bench.run(ms(5));
  await expect(file.read(100, true)).rejects.toMatchObject({ code: 'EBADF' });
  expect([log, rig.indio.buffer?.dataAvailable]).toEqual([['5 ms: EBADF'], 1]);
});

test('poll goes by the watermark, and its watchers are woken', async () => {
  const rig = await running(8, 3);
  const file = new IioChrdev(rig.indio);
  const seen: boolean[] = [];
  const end = file.watch(() => void seen.push(file.readable));
  await rig.bench.run(ms(30));
  await file.read(4);
  await rig.write('buffer/enable', '0');
  end();
  expect([seen, file.readable]).toEqual([[false, false, true, true], true]);
});

test('the file leads to the events, which outlive it', async () => {
  const { indio } = await iioRig(() => ({
    name: 'adc',
    channels: [{ type: 'voltage', channel: 0, events: [{ type: 'thresh', dir: 'rising', separate: ['en'] }] }],
    info: ANSWERS_ZERO,
  }));
  const file = new IioChrdev(indio);
  const reader = file.events();
  expect(() => file.events()).toThrow('EBUSY');
  await expect(file.read(100)).rejects.toMatchObject({ code: 'EINVAL' });
  file.close();
  indio.events?.push(1n, 1);
  expect([reader.read().length, file.readable]).toEqual([16, false]);
});

test('a device without events is ENODEV for who asks for them', async () => {
  const { indio } = await captureRig(1);
  expect(() => new IioChrdev(indio).events()).toThrow('the device has no events (ENODEV)');
});
