import { expect, test } from 'vitest';
import { ANSWERS_ZERO, captureRig, type IioRig, iioRig, scanChannels } from '../../../test/iio-rig.js';
import { hex } from '../../base/bytes.js';
import { ms, s } from '../../base/clock.js';
import type { IioBuffer } from './buffer.js';
import type { IioDevice } from './iio.js';

/** Scans of the counting device, as hex text. */
const scansOf = (buffer: IioBuffer, maxBytes = 10_000): string[] => {
  const size = buffer.bytesPerScan;
  const bytes = buffer.read(maxBytes);
  return Array.from({ length: bytes.length / size }, (_, i) => hex(bytes.subarray(i * size, (i + 1) * size)));
};

const ownBuffer = ({ indio }: IioRig): IioBuffer => indio.buffer as IioBuffer;

/** Channels by scan index are switched on, then the buffer. */
async function enable(rig: IioRig, ...channels: readonly string[]): Promise<void> {
  for (const channel of channels) await rig.write(`scan_elements/in_${channel}_en`, '1\n');
  await rig.write('buffer/enable', '1\n');
}

test('what can be captured is in scan_elements, with its place, its form and a switch', async () => {
  const rig = await captureRig(2);
  const dir = rig.indio.sysfs.dirs.get('scan_elements');
  const names = [...(dir?.attributes ?? [])].map(([name, { mode }]) => `${name} ${mode.toString(8)}`);
  expect(names).toEqual(
    ['in_voltage0', 'in_voltage1', 'in_timestamp'].flatMap((channel) => [
      `${channel}_index 444`,
      `${channel}_type 444`,
      `${channel}_en 644`,
    ]),
  );
  expect(await rig.read('scan_elements/in_voltage1_index')).toBe('1\n');
  expect(await rig.read('scan_elements/in_voltage1_type')).toBe('be:s13/16>>3\n');
  expect(await rig.read('scan_elements/in_voltage1_en')).toBe('0\n');
  expect(await rig.read('scan_elements/in_timestamp_index')).toBe('2\n');
  expect(await rig.read('scan_elements/in_timestamp_type')).toBe('le:s64/64>>0\n');
});

test('a fresh buffer is off, empty, inward, two scans long and ready from the first', async () => {
  const rig = await captureRig(1);
  const files = ['enable', 'length', 'watermark', 'data_available', 'direction'];
  const texts = await Promise.all(files.map((file) => rig.indio.sysfs.dirs.get('buffer')?.read(file)));
  expect(texts).toEqual(['0\n', '2\n', '1\n', '0\n', 'in\n']);
  await expect(rig.write('buffer/data_available', '0')).rejects.toMatchObject({ code: 'EACCES' });
  await expect(rig.write('buffer/direction', 'out')).rejects.toMatchObject({ code: 'EACCES' });
});

test('a switch takes what the kernel takes for yes and no', async () => {
  const rig = await captureRig(1);
  const file = 'scan_elements/in_voltage0_en';
  await rig.write(file, 'on');
  expect(await rig.read(file)).toBe('1\n');
  await rig.write(file, 'N');
  expect(await rig.read(file)).toBe('0\n');
  await expect(rig.write(file, '2')).rejects.toMatchObject({ code: 'EINVAL' });
});

test('length and watermark are decimal numbers with limits; a shorter buffer lowers the watermark', async () => {
  const rig = await captureRig(1);
  await rig.write('buffer/length', '8\n');
  await rig.write('buffer/watermark', '5\n');
  for (const [file, text] of [
    ['watermark', '0'],
    ['watermark', '9'],
    ['watermark', '-1'],
    ['length', '0x10'],
    ['length', '-1'],
  ])
    await expect(rig.write(`buffer/${file}`, text as string)).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(rig.write('buffer/length', '4294967296')).rejects.toMatchObject({ code: 'ERANGE' });
  expect([await rig.read('buffer/length'), await rig.read('buffer/watermark')]).toEqual(['8\n', '5\n']);
  await rig.write('buffer/length', '4');
  expect(await rig.read('buffer/watermark')).toBe('4\n');
  await rig.write('buffer/length', '0');
  expect([await rig.read('buffer/length'), await rig.read('buffer/watermark')]).toEqual(['2\n', '2\n']);
});

test('nothing of an enabled buffer can be changed; what it has already may be written again', async () => {
  const rig = await captureRig(2);
  await enable(rig, 'voltage0');
  for (const [path, text] of [
    ['scan_elements/in_voltage0_en', '0'],
    ['scan_elements/in_voltage1_en', '1'],
    ['scan_elements/in_timestamp_en', '1'],
    ['buffer/length', '16'],
    ['buffer/watermark', '2'],
    ['trigger/current_trigger', '\n'],
  ])
    await expect(rig.write(path as string, text as string)).rejects.toMatchObject({ code: 'EBUSY' });
  await expect(rig.write('buffer/watermark', '3')).rejects.toMatchObject({ code: 'EINVAL' });
  await rig.write('buffer/length', '2');
  await rig.write('buffer/enable', '1');
  expect(await rig.read('buffer/enable')).toBe('1\n');
  await rig.write('buffer/enable', '0');
  await rig.write('buffer/enable', '0');
  await rig.write('buffer/length', '16');
  expect([await rig.read('buffer/enable'), await rig.read('buffer/length')]).toEqual(['0\n', '16\n']);
});

test('a buffer without a channel, or with the time alone, does not start', async () => {
  const rig = await captureRig(1);
  const refused = { code: 'EINVAL', message: expect.stringContaining('At least one scan element must be enabled') };
  await expect(rig.write('buffer/enable', '1')).rejects.toMatchObject(refused);
  await rig.write('scan_elements/in_timestamp_en', '1');
  await expect(rig.write('buffer/enable', '1')).rejects.toMatchObject(refused);
  expect(await rig.read('buffer/enable')).toBe('0\n');
});

test('a buffer without a trigger does not start', async () => {
  const rig = await captureRig(1);
  await rig.write('trigger/current_trigger', '\n');
  await expect(enable(rig, 'voltage0')).rejects.toMatchObject({
    code: 'EINVAL',
    message: expect.stringContaining('Buffer not started: no trigger'),
  });
});

test('a buffer that would take all memory does not start, and starts again when it is shorter', async () => {
  const rig = await captureRig(1);
  await rig.write('buffer/length', '4294967295');
  await expect(enable(rig, 'voltage0')).rejects.toMatchObject({ code: 'ENOMEM' });
  expect(await rig.read('buffer/enable')).toBe('0\n');
  await rig.write('buffer/length', '4');
  await rig.write('buffer/enable', '1');
  expect(await rig.read('buffer/enable')).toBe('1\n');
});

test('a scan has the chosen channels as the driver pushed them, and nanoseconds since power-on', async () => {
  const rig = await captureRig(3);
  await rig.bench.run(s(5) - rig.bench.clock.now());
  await enable(rig, 'voltage0', 'voltage2', 'timestamp');
  expect([ownBuffer(rig).bytesPerScan, rig.indio.activeScan.map(({ scanIndex }) => scanIndex)]).toEqual([
    16,
    [0, 2, 3],
  ]);
  await rig.bench.run(ms(20));
  expect(await rig.read('buffer/data_available')).toBe('2\n');
  // 5,010,000,000 ns are 0x12a9e8880, 5,020,000,000 ns are 0x12b371f00.
  expect(scansOf(ownBuffer(rig))).toEqual([
    '00 00 00 02 00 00 00 00 80 88 9e 2a 01 00 00 00',
    '00 10 00 12 00 00 00 00 00 1f 37 2b 01 00 00 00',
  ]);
  expect(await rig.read('buffer/data_available')).toBe('0\n');
});

test('a full buffer refuses new scans and counts them; the oldest stay', async () => {
  const rig = await captureRig(1);
  await rig.write('buffer/length', '4');
  await enable(rig, 'voltage0');
  await rig.bench.run(ms(70));
  const buffer = ownBuffer(rig);
  expect([buffer.dataAvailable, buffer.overflows, scansOf(buffer)]).toEqual([
    4,
    3,
    ['00 00', '00 10', '00 20', '00 30'],
  ]);
  await rig.bench.run(ms(10));
  expect(scansOf(buffer)).toEqual(['00 70']);
});

test('a read takes whole scans, as many as fit', async () => {
  const rig = await captureRig(1);
  await rig.write('buffer/length', '8');
  await enable(rig, 'voltage0');
  await rig.bench.run(ms(40));
  const buffer = ownBuffer(rig);
  expect([scansOf(buffer, 1), scansOf(buffer, 5), scansOf(buffer)]).toEqual([
    [],
    ['00 00', '00 10'],
    ['00 20', '00 30'],
  ]);
});

test('what a disabled buffer has can be read; a new start forgets it', async () => {
  const rig = await captureRig(1);
  await rig.write('buffer/length', '8');
  await enable(rig, 'voltage0');
  await rig.bench.run(ms(30));
  await rig.write('buffer/enable', '0');
  await rig.bench.run(ms(30));
  const buffer = ownBuffer(rig);
  expect([buffer.dataAvailable, scansOf(buffer, 2)]).toEqual([3, ['00 00']]);
  await rig.write('buffer/enable', '1');
  expect(buffer.dataAvailable).toBe(0);
});

/** The answers of waits, as they come. */
function answers(buffer: IioBuffer, ...waits: readonly (readonly [scans: number, limit?: number])[]): string[] {
  const log: string[] = [];
  for (const [scans, limit] of waits) void buffer.wait(scans, limit).then((answer) => log.push(`${scans}: ${answer}`));
  return log;
}

test('who waits is woken by the scan that he needs, or by his limit', async () => {
  const rig = await captureRig(1);
  await rig.write('buffer/length', '4');
  await enable(rig, 'voltage0');
  const log = answers(ownBuffer(rig), [3], [1], [2, ms(15)], [99]);
  await rig.bench.run(ms(10));
  expect(log).toEqual(['1: ready']);
  await rig.bench.run(ms(10));
  expect(log).toEqual(['1: ready', '2: timeout']);
  await rig.bench.run(ms(20));
  expect(log).toEqual(['1: ready', '2: timeout', '3: ready', '99: ready']);
  expect(await ownBuffer(rig).wait(4)).toBe('ready');
});

test('who waits on a buffer that is disabled gets what is left, and then hears that no more comes', async () => {
  const rig = await captureRig(1);
  await rig.write('buffer/length', '8');
  await enable(rig, 'voltage0');
  const buffer = ownBuffer(rig);
  const log = answers(buffer, [5, s(9)]);
  await rig.bench.run(ms(20));
  await rig.write('buffer/enable', '0');
  expect([log, scansOf(buffer).length]).toEqual([['5: ready'], 2]);
  expect([await buffer.wait(5), await buffer.wait(0)]).toEqual(['disabled', 'ready']);
});

test('an unbind disables the buffer and wakes who waits, whatever is in it, and leaves no timer', async () => {
  const rig = await captureRig(1);
  await rig.write('buffer/length', '8');
  await enable(rig, 'voltage0');
  const log = answers(ownBuffer(rig), [5, s(9)], [6]);
  await rig.bench.run(ms(20));
  await rig.unbind();
  expect([log, ownBuffer(rig).enabled, rig.dev.clock.pending]).toEqual([['5: disabled', '6: disabled'], false, 0]);
  const indio: IioDevice = rig.indio;
  await expect(indio.attachBuffer(ownBuffer(rig))).rejects.toMatchObject({ code: 'ENODEV' });
});

test('a scan index that no channel has is EINVAL', async () => {
  const { indio } = await captureRig(1);
  expect(() => indio.buffer?.setChannel(7, true)).toThrow('no scan index 7 (EINVAL)');
  expect(indio.buffer?.hasChannel(7)).toBe(false);
});

test('a driver that pushes less than a scan has a mistake', async () => {
  const rig = await captureRig(2);
  await enable(rig, 'voltage0', 'voltage1');
  expect(() => rig.indio.pushToBuffers(new Uint8Array(3), 0)).toThrow('a scan of 3 bytes, not 4');
});

test('channels without a scan index are not in scan_elements', async () => {
  const rig = await iioRig(() => ({
    name: 'adc',
    channels: [{ type: 'voltage', channel: 0, indexed: true }, ...scanChannels(1).slice(1)],
    info: ANSWERS_ZERO,
    buffer: { handler: async () => undefined },
  }));
  expect([...(rig.indio.sysfs.dirs.get('scan_elements')?.attributes.keys() ?? [])]).toEqual([
    'in_timestamp_index',
    'in_timestamp_type',
    'in_timestamp_en',
  ]);
});
