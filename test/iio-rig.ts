// A machine with one device, for tests of the IIO core: its driver registers what the test describes.
import { s } from '../src/base/clock.js';
import type { Bench } from '../src/bench/bench.js';
import type { Device } from '../src/core/device.js';
import { devmIioDeviceRegister, type IioDevice, type IioDeviceSpec } from '../src/core/iio/iio.js';
import { type IioChanSpec, iioSoftTimestamp } from '../src/core/iio/channel.js';
import type { IioInfo } from '../src/core/iio/info.js';
import { iioHrtimerTrigger } from '../src/core/iio/trig-hrtimer.js';
import { iioInt } from '../src/core/iio/value.js';
import { platformDriver } from '../src/core/platform-device.js';
import type { SysfsDir } from '../src/core/sysfs.js';
import { benchOf } from './bench.js';
import { treeOf } from './lab.js';

/** The machine, and its one device while it is bound. */
export interface IioRig {
  readonly bench: Bench;
  readonly dev: Device;
  readonly indio: IioDevice;
  /** What the log has so far. */
  readonly log: readonly string[];
  /** Reads or writes a file of the device, `events/x` in a directory below it; time passes until that has ended. */
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** Takes the driver off. */
  unbind(): Promise<void>;
}

/** An answer for drivers of whose reading a test says nothing. */
export const ANSWERS_ZERO: IioInfo = { readRaw: () => iioInt(0) };

/** Powers a machine on whose device registers what `spec` says. Throws what the probe threw. */
export async function iioRig(spec: (dev: Device) => IioDeviceSpec, props = ''): Promise<IioRig> {
  const log: string[] = [];
  let made: IioDevice | undefined;
  const driver = platformDriver({
    name: 'adc',
    compatible: ['x,adc'],
    probe(dev) {
      made = devmIioDeviceRegister(dev, spec(dev));
    },
  });
  const bench = benchOf(treeOf(`/ { adc { compatible = "x,adc"; ${props} }; };`), { drivers: [driver] });
  bench.trace.attach((event) => {
    if (event.kind === 'printk') log.push(`${event.level}: ${event.text}`);
  });
  await bench.powerOn();
  const dev = bench.core.devices.find(({ name }) => name === 'adc') as Device;
  if (dev.state.kind === 'failed') throw Object.assign(dev.state.error, { log });
  return rigOf(bench, dev, made as IioDevice, log);
}

function rigOf(bench: Bench, dev: Device, indio: IioDevice, log: readonly string[]): IioRig {
  const at = (path: string): { readonly dir: SysfsDir; readonly file: string } => {
    const [first = '', second] = path.split('/');
    if (second === undefined) return { dir: indio.sysfs, file: first };
    return { dir: indio.sysfs.dirs.get(first) as SysfsDir, file: second };
  };
  return {
    ...{ bench, dev, indio, log },
    read: (path) => bench.drive(`reading ${path}`, s(10), () => at(path).dir.read(at(path).file)),
    write: (path, text) => bench.drive(`writing ${path}`, s(10), () => at(path).dir.write(at(path).file, text)),
    unbind: () => bench.drive('unbinding', s(10), () => bench.core.unbind(dev)),
  };
}

/** Sixteen-bit channels `voltage0`, `voltage1`, … with as many scan indices, and the time after them. */
export function scanChannels(count: number): IioChanSpec[] {
  const scanType = { sign: 's', realbits: 13, storagebits: 16, shift: 3, endianness: 'be' } as const;
  const channels = Array.from(
    { length: count },
    (_, channel): IioChanSpec => ({ type: 'voltage', indexed: true, channel, scanIndex: channel, scanType }),
  );
  return [...channels, iioSoftTimestamp(count)];
}

/**
 * A device that captures counting numbers: in scan k the channel with scan index i has 16 k + i, big-endian. Its
 * trigger `timer0` fires every 10 ms.
 */
export async function captureRig(count: number, more: Partial<IioDeviceSpec['buffer']> = {}): Promise<IioRig> {
  let scans = 0;
  const rig = await iioRig(() => ({
    name: 'adc',
    channels: scanChannels(count),
    info: ANSWERS_ZERO,
    buffer: {
      handler: async (indio, timestampNs) => {
        indio.pushToBuffers(countingScan(indio.activeScan, scans++), timestampNs);
      },
      ...more,
    },
  }));
  await rig.bench.drive('making timer0', s(1), () => iioHrtimerTrigger(rig.bench.core, 'timer0'));
  await rig.write('trigger/current_trigger', 'timer0');
  return rig;
}

/** The measured channels lie one after the other, the time at the next multiple of eight. */
function countingScan(active: readonly IioChanSpec[], nth: number): Uint8Array {
  const measured = active.filter(({ type }) => type !== 'timestamp');
  const scan = new Uint8Array(Math.ceil((measured.length * 2) / 8) * 8 + 8);
  measured.forEach(({ scanIndex = 0 }, place) => {
    const value = 16 * nth + scanIndex;
    scan.set([value >> 8, value & 0xff], 2 * place);
  });
  return scan;
}
