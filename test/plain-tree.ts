// Trees of IIO devices as plain files, and Debian's libiio looking at them: its /sys/bus and debugfs are folders of
// ours in a mount namespace, and its network is a loopback of its own.
import { mkdirSync, opendirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IiodDevice } from '../src/abi/iiod/device.js';
import { type Attribute, SysfsDir } from '../src/core/sysfs.js';
import { runTool, type Said } from './tools.js';

const DEVICES = join('bus', 'iio', 'devices');
const DEBUG = join('debug', 'iio');

/** Writes what the files of the devices say now into a folder. */
export async function writePlainTree(root: string, devices: readonly IiodDevice[]): Promise<void> {
  for (const folder of [DEVICES, DEBUG]) mkdirSync(join(root, folder), { recursive: true });
  for (const { id, dir, debug } of devices) {
    await writeDir(join(root, DEVICES, id), dir);
    if (debug !== undefined) await writeDir(join(root, DEBUG, id), debug);
  }
}

async function writeDir(path: string, dir: SysfsDir): Promise<void> {
  mkdirSync(path, { recursive: true });
  for (const name of dir.attributes.keys()) writeFileSync(join(path, name), await dir.read(name));
  for (const [name, below] of dir.dirs) await writeDir(join(path, name), below);
}

/** The devices of such a folder; files in the order in which the file system lists them, which libiio goes by. */
export function plainDevices(root: string): IiodDevice[] {
  const debug = new Set(namesIn(join(root, DEBUG)).map(({ name }) => name));
  return namesIn(join(root, DEVICES)).map(({ name: id }) => ({
    id,
    dir: plainDir(join(root, DEVICES, id), id),
    debug: debug.has(id) ? plainDir(join(root, DEBUG, id), id) : undefined,
  }));
}

function plainDir(path: string, name: string): SysfsDir {
  const dir = new SysfsDir(name);
  const entries = namesIn(path);
  dir.addGroup(entries.filter(({ isDir }) => !isDir).map((entry) => plainFile(join(path, entry.name), entry.name)));
  for (const entry of entries) if (entry.isDir) dir.addDir(plainDir(join(path, entry.name), entry.name));
  return dir;
}

/** By a call that does not sort: Node's others do. */
function namesIn(path: string): { name: string; isDir: boolean }[] {
  const dir = opendirSync(path);
  const found: { name: string; isDir: boolean }[] = [];
  for (let entry = dir.readSync(); entry !== null; entry = dir.readSync())
    found.push({ name: entry.name, isDir: entry.isDirectory() });
  dir.closeSync();
  return found;
}

function plainFile(path: string, name: string): Attribute {
  return {
    name,
    mode: 0o644,
    show: () => readFileSync(path, 'utf8'),
    store: (text) => writeFileSync(path, text),
  };
}

const SETUP = 'ip link set lo up && mount --bind "$0/bus" /sys/bus && mount --bind "$0/debug" /sys/kernel/debug';
/** The process namespace ends whatever is started in it. */
const NAMESPACES = ['--user', '--map-root-user', '--mount', '--net', '--pid', '--fork', '--kill-child'];

/** Why no program can be shown such a folder on this computer, in words; undefined where it can. */
export function namespaceHurdle(): string | undefined {
  const { status, stderr } = runTool('unshare', [...NAMESPACES, 'true']);
  return status === 0 ? undefined : `namespaces for users (${stderr.toString().trim()})`;
}

/** Runs a program to its end where the folder is the system's. */
export function runWithTree(root: string, command: readonly string[], input = ''): Said {
  const args = [...NAMESPACES, 'sh', '-c', `${SETUP} && exec "$@"`, root, ...command];
  return runTool('unshare', args, { input });
}

/** The raw client, to be run with `node`. */
export const RAW_CLIENT: string = fileURLToPath(new URL('./iiod-raw-client.mjs', import.meta.url));

/** Starts Debian's iiod where the folder is the system's, runs a command beside it (`$PORT`), and ends both. */
export function runBesideIiod(root: string, script: string, input = ''): Said {
  const command = `PORT=30431; iiod -p $PORT >/dev/null 2>&1 & ${script}`;
  return runWithTree(root, ['sh', '-c', command], input);
}
