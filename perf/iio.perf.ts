// Capturing: scans into the buffers of an IIO device, and out again.
import { SimClock } from '../src/base/clock.js';
import { Trace } from '../src/base/trace.js';
import { DriverCore } from '../src/core/driver-core.js';
import { devmIioDeviceRegister, type IioDevice } from '../src/core/iio/iio.js';
import { IioBuffer } from '../src/core/iio/buffer.js';
import { type IioChanSpec, iioSoftTimestamp } from '../src/core/iio/channel.js';
import { devmIioTriggerRegister } from '../src/core/iio/trigger.js';
import { iioInt } from '../src/core/iio/value.js';
import { PLATFORM_BUS, platformDriver } from '../src/core/platform-device.js';
import { DtTree } from '../src/dt/tree.js';
import { settle } from '../src/host/settle.js';
import { perSecond, type Row } from './bench.js';

/** As an INA3221 has them: six 16-bit channels and the time, 24 bytes. */
const CHANNELS: readonly IioChanSpec[] = [
  ...[0, 1, 2, 3, 4, 5].map((channel): IioChanSpec => {
    const scanType = { sign: 's', realbits: 13, storagebits: 16, shift: 3, endianness: 'be' } as const;
    return { type: 'voltage', indexed: true, channel, scanIndex: channel, scanType };
  }),
  iioSoftTimestamp(6),
];
const SCAN_BYTES = 24;
const PUSHES = 5_000_000;
/** A reader comes when that many scans are there. */
const CHUNK = 4096;

async function device(): Promise<IioDevice> {
  let made: IioDevice | undefined;
  const clock = new SimClock(settle);
  const core = new DriverCore({ clock, trace: new Trace(() => clock.now()), tree: new DtTree() });
  const driver = platformDriver({
    name: 'adc',
    compatible: [],
    matches: () => true,
    probe(dev) {
      const buffer = { handler: async () => undefined, trigger: devmIioTriggerRegister(dev, { name: 'adc' }) };
      const info = { readRaw: () => iioInt(0) };
      made = devmIioDeviceRegister(dev, { name: 'adc', channels: CHANNELS, info, buffer });
    },
  });
  await core.registerDriver(driver);
  await core.addDevice({ name: 'adc', bus: PLATFORM_BUS });
  return made as IioDevice;
}

async function attached(indio: IioDevice, length: number, ...channels: readonly number[]): Promise<IioBuffer> {
  const buffer = new IioBuffer(indio);
  buffer.length = length;
  for (const channel of channels) buffer.setChannel(channel, true);
  await indio.attachBuffer(buffer);
  return buffer;
}

/** Scans pushed per second into buffers with these channels, which are read now and then. */
async function pushes(...masks: readonly (readonly number[])[]): Promise<number> {
  const indio = await device();
  const buffers = await Promise.all(masks.map((mask) => attached(indio, 2 * CHUNK, ...mask)));
  const scan = new Uint8Array(SCAN_BYTES);
  return perSecond((count) => {
    for (let i = 0; i < count; i++) {
      scan[1] = i;
      indio.pushToBuffers(scan, i * 1_000_000);
      if (i % CHUNK === 0) for (const buffer of buffers) buffer.read(CHUNK * SCAN_BYTES);
    }
  }, PUSHES);
}

/** Megabytes per second out of a full buffer, in reads of 64 KiB. */
async function reads(): Promise<number> {
  const scans = 2 ** 20;
  const indio = await device();
  const buffer = await attached(indio, scans, 0, 1, 2, 3, 4, 5, 6);
  const scan = new Uint8Array(SCAN_BYTES);
  for (let i = 0; i < scans; i++) indio.pushToBuffers(scan, i);
  const began = performance.now();
  let bytes = 0;
  while (buffer.dataAvailable > 0) bytes += buffer.read(2 ** 16).length;
  return bytes / 1000 / (performance.now() - began);
}

/** What a push cannot do without: 24 bytes copied into a larger array. */
function copies(): Promise<number> {
  const scan = new Uint8Array(SCAN_BYTES);
  const ring = new Uint8Array(2 * CHUNK * SCAN_BYTES);
  return perSecond((count) => {
    for (let i = 0; i < count; i++) {
      scan[1] = i;
      ring.set(scan, (i % (2 * CHUNK)) * SCAN_BYTES);
    }
    return ring;
  }, PUSHES);
}

const ALL = [0, 1, 2, 3, 4, 5, 6];

/** What a stream costs that comes at any rate. */
export const rows: readonly Row[] = [
  {
    name: 'iio: scans of 24 bytes pushed into one buffer',
    unit: '/s',
    rounds: 5,
    run: () => pushes(ALL),
    against: { name: 'copies of 24 bytes', run: copies },
  },
  {
    name: 'iio: scans pushed into two buffers, one with two channels',
    unit: '/s',
    rounds: 3,
    run: () => pushes(ALL, [1, 4]),
  },
  { name: 'iio: read from a buffer in pieces of 64 KiB', unit: 'MB/s', rounds: 5, run: reads },
];
