// The programs of this system that tests use, and the Debian packages that have them.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Table of programs: the name as typed, and the Debian package. `.ci/run` installs what this table names. */
export const TOOLS = {
  busybox: 'busybox',
  capinfos: 'wireshark-common',
  chromium: 'chromium',
  cpp: 'cpp',
  dtc: 'device-tree-compiler',
  fdtdump: 'device-tree-compiler',
  fdtoverlay: 'device-tree-compiler',
  fusermount3: 'fuse3',
  iio_attr: 'libiio-utils',
  iio_genxml: 'libiio-utils',
  iio_info: 'libiio-utils',
  iio_readdev: 'libiio-utils',
  iio_writedev: 'libiio-utils',
  iiod: 'iiod',
  ip: 'iproute2',
  iperf3: 'iperf3',
  mount: 'mount',
  passt: 'passt',
  ping: 'iputils-ping',
  prometheus: 'prometheus',
  'prometheus-node-exporter': 'prometheus-node-exporter',
  promtool: 'prometheus',
  sensors: 'lm-sensors',
  setpriv: 'util-linux',
  tshark: 'tshark',
  unshare: 'util-linux',
} as const satisfies Record<string, string>;

/** A program that system tests may ask for. */
export type Tool = keyof typeof TOOLS;

/** Whether the program is in PATH. Nothing is started. */
function has(tool: Tool): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * For `test.skipIf(needs('dtc'))`: whether the test must be left out since a program is missing. The set-up of
 * `npm run test:system` has then said what to install; with CI set it never lets the run come this far.
 */
export function needs(...tools: readonly Tool[]): boolean {
  return tools.some((tool) => !has(tool));
}

/** The command that installs what is missing; `undefined` when nothing is. */
export function installHint(missing: readonly Tool[]): string | undefined {
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map((tool) => TOOLS[tool]))];
  return `apt-get install -y ${packages.join(' ')}`;
}

/** The programs of the table that are not in PATH. */
export function missingTools(): Tool[] {
  return (Object.keys(TOOLS) as Tool[]).filter((tool) => !has(tool));
}

/** What a program said. */
export interface Said {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly status: number | null;
}

/** Runs a program of the table to its end. Its status is the caller's to judge. */
export function runTool(
  tool: Tool,
  args: readonly string[],
  options: { input?: string | Uint8Array; cwd?: string } = {},
): Said {
  return spawnSync(tool, args, { ...options, maxBuffer: 256 << 20 });
}

/** The same while this program goes on: for one that talks to a server of the test. */
export function runToolBeside(tool: Tool, args: readonly string[], input: string | Uint8Array = ''): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { stdio: 'pipe' });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
    child.stdin.on('error', () => undefined); // it may end without reading
    child.on('error', reject);
    child.on('close', (status) => resolve({ stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), status }));
    child.stdin.end(input);
  });
}

/** Starts a program of the table; it is the caller's to end. */
export function startTool(tool: Tool, args: readonly string[]): ChildProcess {
  return spawn(tool, args, { stdio: 'ignore' });
}

/** Runs a program of the table, which must succeed: what it printed. */
export function outputOf(
  tool: Tool,
  args: readonly string[],
  options: { input?: string | Uint8Array; cwd?: string } = {},
): Buffer {
  const { stdout, stderr, status } = runTool(tool, args, options);
  if (status !== 0) throw new Error(`${tool} ${args.join(' ')}: exit status ${status}\n${stderr.toString()}`);
  return stdout;
}
