// libiio looks at a modelled device: its files below /sys/bus/iio, its scans in /dev.
import { expect, test } from 'vitest';
import { startIiod } from '../src/cli/iiod-service.js';
import { runLive } from '../src/host/live.js';
import { captureIo } from './capture.js';
import { captureRig, type IioRig } from './iio-rig.js';
import { liveLab } from './live-lab.js';
import { cannotMountAs } from './mounting.js';
import { besideDebiansIiod, type Printed, runInPlace } from './sysfs-place.js';
import { needs, runToolBeside } from './tools.js';

const why = cannotMountAs('root');
if (why !== undefined) process.stderr.write(`tests with libiio are left out: ${why}\n`);
const left = why !== undefined || needs('iio_info', 'iio_attr', 'iio_readdev', 'unshare', 'mount');

/** Runs a script in the machine's place while its time passes. */
async function beside(rig: IioRig, script: string): Promise<Printed> {
  const stop = new AbortController();
  const running = runLive(rig.bench, stop.signal);
  const printed = await runInPlace(rig.bench.core, script);
  stop.abort();
  await running;
  return printed;
}

const IIO_INFO = `IIO context has 2 devices:
	iio:device0: adc (buffer capable)
		3 channels found:
			voltage0:  (input, index: 0, format: be:s13/16>>3)
			voltage1:  (input, index: 1, format: be:s13/16>>3)
			timestamp:  (input, index: 2, format: le:S64/64>>0)
		1 device-specific attributes found:
				attr  0: current_timestamp_clock value: realtime
		2 buffer-specific attributes found:
				attr  0: data_available value: 0
				attr  1: direction value: in
		Current trigger: trigger0(timer0)
	trigger0: timer0
		0 channels found:
		1 device-specific attributes found:
				attr  0: sampling_frequency value: 100.000000
		No trigger on this device
realtime
`;

test.skipIf(left)('iio_info and iio_attr see device, channels and trigger', async () => {
  const rig = await captureRig(2);
  const { code, out, err } = await beside(rig, 'iio_info -u local:; iio_attr -d adc current_timestamp_clock');
  expect([code, err]).toEqual([0, '']);
  expect(out.toString().replace(/^[^]*?(?=IIO context has \d+ devices)/, '')).toBe(IIO_INFO);
});

test.skipIf(left)('iio_readdev reads the scans that the device captures, in order', async () => {
  const rig = await captureRig(2);
  const { code, out, err } = await beside(rig, 'iio_readdev -u local: -b 4 -s 8 adc voltage0 voltage1');
  expect([code, err]).toEqual([0, '']);
  // Scan k of the rig has 16 k and 16 k + 1, big-endian.
  const scans = Array.from({ length: out.length / 4 }, (_, k) => [
    out.readUInt16BE(4 * k),
    out.readUInt16BE(4 * k + 2),
  ]);
  expect(scans).toEqual(Array.from({ length: 8 }, (_, k) => [16 * k, 16 * k + 1]));
});

test.skipIf(left || needs('iiod', 'ip'))(
  'iio_info is told the same by Debian’s iiod, on these files, and by ours',
  async () => {
    const { bench, end } = await liveLab();
    const iiod = await startIiod(bench, { host: '127.0.0.1', port: 0 }, captureIo().io);
    const port = /:(\d+)$/.exec(iiod.about)?.[1] ?? '';
    const ours = (await runToolBeside('iio_info', ['-u', `ip:127.0.0.1:${port}`])).stdout.toString();
    const wait = 'until iio_info -u ip:127.0.0.1 2>/dev/null; do sleep 0.05; done';
    const theirs = (await runInPlace(bench.core, besideDebiansIiod(wait))).out.toString();
    await iiod.close();
    await end();
    const devices = (text: string): string[] => text.replace(/^[^]*?(?=IIO context has \d+ devices)/, '').split('\n');
    expect(devices(ours)).toEqual(devices(theirs));
    // Two chips, the second with one input left open, and their triggers.
    expect(devices(theirs).filter((line) => /devices:|channels found/.test(line))).toEqual([
      ...['IIO context has 4 devices:', '\t\t7 channels found:', '\t\t5 channels found:'],
      ...Array(2).fill('\t\t0 channels found:'),
    ]);
  },
);
