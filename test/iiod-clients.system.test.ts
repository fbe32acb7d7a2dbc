// Debian's libiio programs as clients of ours: what they print and write is what the machine has.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { IiodDevice } from '../src/abi/iiod/device.js';
import { ms } from '../src/base/clock.js';
import { startIiod } from '../src/cli/iiod-service.js';
import type { Service } from '../src/cli/services.js';
import { SysfsDir } from '../src/core/sysfs.js';
import { runLive } from '../src/host/live.js';
import { listenTcp } from '../src/host/tcp-server.js';
import { captureIo } from './capture.js';
import { captureRig, type IioRig } from './iio-rig.js';
import { demoDebug, demoTrigger, Player, reviewerDevice, seedDevice } from './iiod-demo.js';
import { serverOf } from './iiod-talk.js';
import { namespaceHurdle, plainDevices, runBesideIiod, writePlainTree } from './plain-tree.js';
import { liveLab } from './live-lab.js';
import { needs, runToolBeside, startTool, type Tool } from './tools.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** Serves devices; answers how to run a client: its standard output, error output, and status. */
async function served(devices: readonly IiodDevice[]): Promise<Client> {
  const server = serverOf(() => devices);
  const onConnection = server.connection.bind(server);
  const tcp = await listenTcp({ host: '127.0.0.1', port: 0, connections: 64, onConnection });
  if (typeof tcp === 'string') throw new Error(tcp);
  undo.push(() => tcp.close());
  return clientOf(tcp.port);
}

type Client = (
  tool: Tool,
  args: readonly string[],
  input?: Uint8Array,
) => Promise<readonly [string, string, number | null]>;

function clientOf(port: number): Client {
  return async (tool, args, input) => {
    const { stdout, stderr, status } = await runToolBeside(tool, ['-u', `ip:127.0.0.1:${port}`, ...args], input);
    return [stdout.toString('latin1'), stderr.toString(), status];
  };
}

const portOf = ({ about }: Service): number => Number(/:(\d+)$/.exec(about)?.[1]);

/** A machine that captures in step with real time, served as `boot --live --iiod` does. */
async function live(channels: number): Promise<{ client: Client; port: number; rig: IioRig }> {
  const rig = await captureRig(channels);
  const iiod = await startIiod(rig.bench, { host: '127.0.0.1', port: 0 }, captureIo().io);
  const stop = new AbortController();
  const running = runLive(rig.bench, stop.signal);
  undo.push(
    async () => {
      stop.abort();
      await running;
    },
    () => iiod.close(),
  );
  const port = portOf(iiod);
  return { client: clientOf(port), port, rig };
}

const missing = needs('iio_info', 'iio_attr', 'iio_readdev', 'iio_writedev');

describe.skipIf(missing)('iio_attr', () => {
  const demo = (): Promise<Client> => served([seedDevice(), reviewerDevice(new Player(), demoDebug()), demoTrigger()]);

  test.each<[what: string, args: readonly string[], out: string]>([
    ['a device attribute', ['-d', 'iio:device1', 'oversampling_ratio'], '1\n'],
    ['one that is written', ['-d', 'iio:device1', 'oversampling_ratio', '16'], '16\n'],
    ['a channel attribute', ['-c', 'iio:device0', 'voltage2', 'bus_raw'], '412\n'],
    ['one that is written', ['-c', 'iio:device0', 'voltage2', 'shunt_raw', '-7'], '-7\n'],
    ['a buffer attribute', ['-B', 'iio:device1', 'direction'], 'in\n'],
    ['a debug attribute', ['-D', 'iio:device1', 'direct_reg_access'], '7\n'],
    ['one that is written', ['-D', 'iio:device1', 'direct_reg_access', '5'], '5\n'],
  ])('%s: %j', async (_, args, out) => {
    expect(await (await demo())('iio_attr', args)).toEqual([out, '', 0]);
  });

  test('context attributes, and the errors of refused writes and unknown names', async () => {
    const client = await demo();
    expect((await client('iio_attr', ['-C']))[0]).toContain('ip,ip-addr: 127.0.0.1\n');
    const [refused] = await client('iio_attr', ['-d', 'iio:device1', 'oversampling_ratio', 'many']);
    expect(refused).toBe("ERROR: Invalid argument (22) while writing 'oversampling_ratio' with 'many'\n");
    const [readOnly] = await client('iio_attr', ['-c', 'iio:device0', 'voltage2', 'bus_label', 'x']);
    expect(readOnly).toBe("error Permission denied (13) while writing 'bus_label' with 'x'\n");
    const unknown = await client('iio_attr', ['-d', 'nonesuch', 'x']);
    expect(unknown[1]).toContain('could not find device (nonesuch)');
  });
});

describe.skipIf(missing || needs('iiod', 'unshare', 'ip', 'mount') || namespaceHurdle() !== undefined)(
  'iio_info',
  () => {
    test('prints of our server what it prints of Debian’s on the same files, line for line', async () => {
      const root = mkdtempSync(join(tmpdir(), 'bringup-iio-info-'));
      undo.push(() => rmSync(root, { recursive: true }));
      await writePlainTree(root, [seedDevice(), reviewerDevice(new Player(), demoDebug()), demoTrigger()]);
      const client = await served(plainDevices(root));
      const [ours] = await client('iio_info', []);
      const wait = 'until iio_info -u ip:127.0.0.1 2>/dev/null; do sleep 0.05; done';
      const theirs = runBesideIiod(root, wait).stdout.toString('latin1');
      const devices = (text: string): string[] => text.slice(text.indexOf('IIO context has 3 devices')).split('\n');
      expect(devices(ours)).toEqual(devices(theirs));
      expect(devices(ours).length).toBeGreaterThan(90);
    });
  },
);

describe.skipIf(missing)('iio_readdev', () => {
  const words = (text: string): number[] =>
    Array.from({ length: text.length / 2 }, (_, at) => (text.charCodeAt(2 * at) << 8) | text.charCodeAt(2 * at + 1));
  /** In scan k of the rig the channel with index i has 16 k + i. */
  const scans = (first: number, count: number, indexes: readonly number[]): number[] =>
    Array.from({ length: count }, (_, k) => indexes.map((index) => 16 * (first + k) + index)).flat();

  test('gets the scans from the first one on, of the channels that it asks for', async () => {
    const { client } = await live(3);
    const [out, errors, status] = await client('iio_readdev', [
      '-b',
      '4',
      '-s',
      '8',
      'iio:device0',
      'voltage0',
      'voltage2',
    ]);
    expect([words(out), errors, status]).toEqual([scans(0, 8, [0, 2]), '', 0]);
  });

  test('sets a trigger, and gets all channels with the time of each scan', async () => {
    const { client, rig } = await live(2);
    await rig.indio.sysfs.dirs.get('trigger')?.write('current_trigger', '\n');
    const [none, refused] = await client('iio_readdev', ['-b', '4', '-s', '4', 'iio:device0']);
    expect([none, refused.split('\n').at(-2)]).toEqual(['', 'Unable to allocate buffer: Invalid argument (22)']);
    const [out] = await client('iio_readdev', ['-t', 'timer0', '-b', '4', '-s', '4', 'iio:device0']);
    const bytes = Buffer.from(out, 'latin1');
    const rows = [0, 1, 2, 3].map((k) => {
      const scan = bytes.subarray(16 * k, 16 * k + 16);
      return [scan.readUInt16BE(0), scan.readUInt16BE(2), scan.readBigUInt64LE(8)] as const;
    });
    expect(rows.map(([a, b]) => [a, b])).toEqual([0, 1, 2, 3].map((k) => [16 * k, 16 * k + 1]));
    expect(rows.map(([, , time], k) => Number(time - (rows[k - 1]?.[2] ?? time)))).toEqual([0, ms(10), ms(10), ms(10)]);
  });

  test('waits no longer than it says', async () => {
    const { client } = await live(1);
    const [out, errors] = await client('iio_readdev', [
      '-T',
      '200',
      '-b',
      '1000',
      '-s',
      '1000',
      'iio:device0',
      'voltage0',
    ]);
    expect([out, errors]).toEqual(['', 'Unable to refill buffer: Connection timed out (110)\n']);
  });

  test('killed while it waits, leaves no buffer behind', async () => {
    const { port, rig } = await live(1);
    const asked = ['-T', '600000', '-b', '100000', '-s', '100000', 'iio:device0', 'voltage0'];
    const child = startTool('iio_readdev', ['-u', `ip:127.0.0.1:${port}`, ...asked]);
    await expect.poll(() => rig.indio.activeScan.length).toBe(1);
    child.kill('SIGKILL');
    await expect.poll(() => rig.indio.activeScan.length).toBe(0);
  });

  test('several at once get what each asked for, without a gap', async () => {
    const { client, rig } = await live(3);
    const asked = [['voltage0'], ['voltage1', 'voltage2'], ['voltage2']];
    const all = await Promise.all(
      asked.map((names) => client('iio_readdev', ['-b', '5', '-s', '20', 'iio:device0', ...names])),
    );
    all.forEach(([out, errors, status], nth) => {
      const indexes = (asked[nth] ?? []).map((name) => Number(name.at(-1)));
      const first = Math.floor((words(out)[0] ?? 0) / 16);
      expect([words(out), errors, status]).toEqual([scans(first, 20, indexes), '', 0]);
    });
    await expect.poll(() => rig.indio.activeScan).toEqual([]);
  });
});

describe.skipIf(missing)('the INA3221 of the lab board', () => {
  /** Rail 1: 11 V are 1375 steps of 8 mV; -2 A through 5 mOhm are -250 steps of 40 uV. */
  const [BUS, SHUNT] = [1375, -250];

  async function lab(): Promise<{ client: Client; id: string }> {
    const { bench, nameIn, end } = await liveLab();
    undo.push(end);
    const iiod = await startIiod(bench, { host: '127.0.0.1', port: 0 }, captureIo().io);
    undo.push(() => iiod.close());
    return { client: clientOf(portOf(iiod)), id: nameIn('iio') };
  }

  test('tells its measurements, takes settings for all clients, and shows its registers', async () => {
    const { client, id } = await lab();
    const attr = async (...args: string[]): Promise<string> => (await client('iio_attr', args))[0];
    expect(await attr('-c', id, 'voltage0', 'raw')).toBe(`${BUS}\n`);
    expect(await attr('-c', id, 'voltage1-voltage0', 'raw')).toBe(`${SHUNT}\n`);
    expect(await attr('-c', id, 'voltage1-voltage0', 'scale')).toBe('0.040000\n');
    expect(await attr('-d', id, 'oversampling_ratio', '16')).toBe('16\n');
    expect(await attr('-d', id, 'oversampling_ratio')).toBe('16\n');
    expect(await attr('-d', id, 'oversampling_ratio', '3')).toContain('Invalid argument (22)');
    expect(await attr('-D', id, 'direct_reg_access', '0xff')).toBe('0x3220\n');
    const [info] = await client('iio_info', []);
    expect(info).toContain(`\t${id}: ina3221 (buffer capable)\n\t\t7 channels found:\n`);
    expect(info).not.toContain('ERROR');
  });

  test('gives its scans on its own trigger, while its attributes are read', async () => {
    const { client, id } = await lab();
    const [[out, errors], [raw]] = await Promise.all([
      client('iio_readdev', ['-b', '8', '-s', '32', id, 'voltage1-voltage0', 'voltage0']),
      client('iio_attr', ['-c', id, 'voltage0', 'raw']),
    ]);
    const bytes = Buffer.from(out, 'latin1');
    const codes = Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readInt16BE(2 * at) >> 3);
    expect([codes, errors, raw]).toEqual([Array(32).fill([SHUNT, BUS]).flat(), '', `${BUS}\n`]);
  });
});

/** A device with one output channel of 16 bits that keeps what it gets. */
function output(written: number[]): IiodDevice {
  const file = (name: string, text: string) => ({ name, mode: 0o444, show: () => `${text}\n` });
  const [dir, scan, buffer] = [new SysfsDir('iio:device0'), new SysfsDir('scan_elements'), new SysfsDir('buffer')];
  dir.addGroup([file('name', 'dac'), file('out_voltage0_raw', '0')]);
  const type = file('out_voltage0_type', 'le:u16/16>>0');
  scan.addGroup([file('out_voltage0_en', '0'), file('out_voltage0_index', '0'), type]);
  buffer.addGroup([file('data_available', '0')]);
  dir.addDir(scan);
  dir.addDir(buffer);
  const open: IiodDevice['open'] = async () => ({
    bytesPerScan: 2,
    read: () => new Uint8Array(0),
    wait: async () => 'disabled',
    write: (scans) => void written.push(...scans),
    close: () => undefined,
  });
  return { id: 'iio:device0', dir, open };
}

test.skipIf(missing)('iio_writedev writes what it is given', async () => {
  const written: number[] = [];
  const client = await served([output(written)]);
  const given = Uint8Array.from({ length: 64 }, (_, at) => at);
  const [, errors] = await client('iio_writedev', ['-b', '8', '-s', '32', 'iio:device0', 'voltage0'], given);
  expect([written, errors]).toEqual([[...given], '']);
});
