import { expect, test } from 'vitest';
import { ANSWERS_ZERO, captureRig, iioRig } from '../../test/iio-rig.js';
import { hex } from '../base/bytes.js';
import { ms } from '../base/clock.js';
import { devTree } from './dev-tree.js';
import { POLL, type VCall, type VDir, type VFile } from './vfs.js';

const READ = { read: true, write: true };
const file = (dev: VDir, name = 'iio:device0'): VFile => dev.lookup(name) as VFile;

/** A program that waits, or does not; it can be interrupted. */
function program(nonblock = false): VCall & { interrupt(): void } {
  let stop = (): void => undefined;
  return { nonblock, whenInterrupted: (given) => void (stop = given), interrupt: () => stop() };
}

async function running(watermark = 1) {
  const rig = await captureRig(1);
  await rig.write('scan_elements/in_voltage0_en', '1');
  await rig.write('buffer/length', '8');
  await rig.write('buffer/watermark', `${watermark}`);
  await rig.write('buffer/enable', '1');
  return { rig, dev: devTree(rig.bench.core) };
}

test('a device with a buffer has a file without position, one without buffer and events has none', async () => {
  const { rig, dev } = await running();
  expect([...dev.entries()].map(([name]) => name)).toEqual(['iio:device0']);
  expect(file(dev)).toMatchObject({ kind: 'file', mode: 0o600, size: 0, stream: true });
  const plain = await iioRig(() => ({ name: 'adc', channels: [], info: ANSWERS_ZERO }));
  expect([...devTree(plain.bench.core).entries()]).toEqual([]);
  await rig.unbind();
  expect(dev.lookup('iio:device0')).toBeUndefined();
});

test('scans are read when there are as many as the watermark says; who does not wait gets EAGAIN', async () => {
  const { rig, dev } = await running(2);
  const open = file(dev).open(READ);
  await expect(open.read(0, 100, program(true))).rejects.toMatchObject({ code: 'EAGAIN' });
  const read = open.read(1000, 100, program());
  await rig.bench.run(ms(30));
  expect(hex(await read)).toBe('00 00 00 10');
  expect(() => open.write(Uint8Array.of(1), 0)).toThrow('EPERM');
});

test('one program has it open at a time', async () => {
  const { dev } = await running();
  const open = file(dev).open(READ);
  expect(() => file(dev).open(READ)).toThrow('EBUSY');
  open.close();
  file(dev).open(READ).close();
});

test('a read that waits ends with EINTR when its program is interrupted', async () => {
  const { rig, dev } = await running(8);
  const open = file(dev).open(READ);
  const reader = program();
  const read = open.read(0, 100, reader);
  await rig.bench.run(ms(10));
  reader.interrupt();
  await expect(read).rejects.toMatchObject({ code: 'EINTR' });
});

test('poll says when there is enough to read, and wakes who asked', async () => {
  const { rig, dev } = await running(2);
  const open = file(dev).open(READ);
  let woken = 0;
  const poll = () => open.poll?.(() => void woken++);
  expect(poll()).toBe(0);
  await rig.bench.run(ms(10));
  expect([poll(), woken]).toEqual([0, 1]);
  await rig.bench.run(ms(10));
  expect([poll(), woken]).toEqual([POLL.IN | POLL.RDNORM, 2]);
  open.close();
  await rig.bench.run(ms(20));
  expect(woken).toBe(2);
});

test('an unbind ends who waits, and is told to who watches the directory', async () => {
  const { rig, dev } = await running(8);
  const seen: string[][] = [];
  const end = dev.watch?.(() => void seen.push([...dev.entries()].map(([name]) => name)));
  const ended = expect(file(dev).open(READ).read(0, 100, program())).rejects.toMatchObject({ code: 'ENODEV' });
  await rig.unbind();
  await ended;
  end?.();
  await rig.bench.core.bind(rig.dev);
  expect(seen).toEqual([[]]);
});
