// The iiod server: attributes for a raw client, beside Debian's iiod on the same machine's mounted files and on a plain
// copy of others; scans for iio_readdev.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { IiodDevice } from '../src/abi/iiod/device.js';
import { iioDevices } from '../src/abi/iiod/iio-devices.js';
import { IiodServer } from '../src/abi/iiod/server.js';
import { listenTcp } from '../src/host/tcp-server.js';
import { demoTrigger, Player, reviewerDevice, seedDevice } from '../test/iiod-demo.js';
import { cannotMountAs } from '../test/mounting.js';
import { namespaceHurdle, runBesideIiod, writePlainTree } from '../test/plain-tree.js';
import { besideDebiansIiod, IIOD_PORT, runInPlace } from '../test/sysfs-place.js';
import { installHint, needs, type Tool } from '../test/tools.js';
import type { Row, Wanted } from './bench.js';
import { labBench } from './lab.js';

const CLIENT = join('test', 'iiod-raw-client.mjs');
const COMMAND = 'READ iio:device1 INPUT voltage0 raw\r\n';
const READS = 20_000;
/** Debian's iiod asks the mounted machine for each: that takes its time. */
const MACHINE_READS = 5000;

/** Bytes of a scan of six channels and the time, and how many scans a client takes at once. */
const SCAN_BYTES = 24;
const BLOCK_SCANS = 32_768;
const SCANS = 100 * BLOCK_SCANS;

const demo = (): IiodDevice[] => [seedDevice(), reviewerDevice(new Player()), demoTrigger()];

/** What the recording is read from: memory, as much as is asked for, at once. */
function recorded(): IiodDevice {
  const recording = new Uint8Array(BLOCK_SCANS * SCAN_BYTES).map((_, at) => at);
  const { id, dir } = reviewerDevice(new Player());
  const open: IiodDevice['open'] = async () => ({
    bytesPerScan: SCAN_BYTES,
    read: (maxBytes) => recording.subarray(0, maxBytes - (maxBytes % SCAN_BYTES)),
    wait: async () => 'ready',
    close: () => undefined,
  });
  return { id, dir, open };
}

/** Serves devices on a free port for as long as `use` takes. */
async function serving<T>(devices: readonly IiodDevice[], use: (port: number) => Promise<T>): Promise<T> {
  const server = new IiodServer({
    devices: () => devices,
    description: 'perf',
    attributes: [],
    onMistake: (e) => {
      throw e;
    },
  });
  const onConnection = server.connection.bind(server);
  const tcp = await listenTcp({ host: '127.0.0.1', port: 0, connections: 8, onConnection });
  if (typeof tcp === 'string') throw new Error(tcp);
  try {
    return await use(tcp.port);
  } finally {
    await tcp.close();
  }
}

/** Runs a program beside this one and answers what it printed. */
async function output(command: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  return text(child.stdout);
}

const asked = (ahead: number, count: number): string => JSON.stringify({ command: COMMAND, count, ahead });

/** Attribute reads per second that a server answers, so many asked ahead. */
type Reads = (ahead: number) => Promise<number>;

async function readsOf(port: number, ahead: number, count: number): Promise<number> {
  return Number(await output(process.execPath, [CLIENT, 'measure', String(port)], asked(ahead, count)));
}

const ourReads: Reads = (ahead) => serving(demo(), (port) => readsOf(port, ahead, READS));

const debiansReads: Reads = async (ahead) => {
  const root = mkdtempSync(join(tmpdir(), 'bringup-perf-iiod-'));
  try {
    await writePlainTree(root, demo());
    const said = runBesideIiod(root, `${process.execPath} ${CLIENT} measure $PORT`, asked(ahead, READS));
    if (said.status !== 0) throw new Error(said.stderr.toString());
    return Number(said.stdout.toString());
  } finally {
    rmSync(root, { recursive: true });
  }
};

/** Of the lab board, whose second IIO device goes through driver, register map and wires to its chip. */
const ourMachineReads: Reads = async (ahead) => {
  const bench = await labBench();
  return serving(iioDevices(bench.core)(), (port) => readsOf(port, ahead, MACHINE_READS));
};

const debiansMachineReads: Reads = async (ahead) => {
  const bench = await labBench();
  const script = besideDebiansIiod(`${process.execPath} ${CLIENT} measure ${IIOD_PORT}`);
  const { code, out, err } = await runInPlace(bench.core, script, asked(ahead, MACHINE_READS));
  if (code !== 0) throw new Error(err);
  return Number(out.toString());
};

/** Megabits per second that iio_readdev wrote, from its start to its end. */
function streamed(): Promise<number> {
  return serving([recorded()], async (port) => {
    const client = `iio_readdev -u ip:127.0.0.1:${port} -b ${BLOCK_SCANS} -s ${SCANS} iio:device1 | wc -c`;
    const began = performance.now();
    const bytes = Number(await output('sh', ['-c', client]));
    const seconds = (performance.now() - began) / 1000;
    if (bytes !== SCANS * SCAN_BYTES) throw new Error(`iio_readdev wrote ${bytes} of ${SCANS * SCAN_BYTES} bytes`);
    return (bytes * 8) / 1e6 / seconds;
  });
}

/** What is not here of the programs, and of what the kernel allows. */
function missing(tools: readonly Tool[], namespaces: boolean): string | undefined {
  const absent = tools.filter((tool) => needs(tool));
  if (absent.length > 0) return `${absent.join(', ')} (${installHint(absent)})`;
  return namespaces ? namespaceHurdle() : undefined;
}

const IIOD: readonly Tool[] = ['iiod', 'unshare', 'ip', 'mount'];

/** Attribute reads of two servers, one after another and many at once. */
function attributeRows(tree: string, [ours, theirs]: readonly [Reads, Reads], more: Partial<Row>): Row[] {
  return [1, 32].map((ahead) => ({
    name: `iiod: attribute reads, ${tree}, ${ahead === 1 ? 'one by one' : `${ahead} asked ahead`}`,
    unit: '/s',
    rounds: 5,
    run: () => ours(ahead),
    against: { name: 'Debian’s iiod', run: () => theirs(ahead) },
    ...more,
  }));
}

const sameTree: Wanted = { of: 'ratio', atLeast: 1 };

/** What the issue asks of the server; the plain files tell what the protocol alone costs. */
export const rows: readonly Row[] = [
  ...attributeRows('the mounted machine', [ourMachineReads, debiansMachineReads], {
    missing: missing(IIOD, false) ?? cannotMountAs('root'),
    wanted: sameTree,
  }),
  ...attributeRows('plain files', [ourReads, debiansReads], { missing: missing(IIOD, true) }),
  {
    name: 'iiod: recorded scans to iio_readdev',
    unit: 'Mbit/s',
    rounds: 3,
    missing: missing(['iio_readdev'], false),
    run: streamed,
    wanted: { of: 'figure', atLeast: 100 },
  },
];
