// `bringup boot --tap … --tap …` as a process, each TAP the only network of a namespace that is made for it.
import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach } from 'vitest';
import { BRINGUP } from './live-process.js';
import { ROOT } from './sources.js';
import { outputOf, runTool, runToolBeside } from './tools.js';

/** A TAP in its namespace. */
export interface NetworkSide {
  /** Of the TAP and of the namespace. */
  readonly name: string;
  readonly address: string;
  /** Runs a command inside, which must succeed: what it printed. */
  run(...command: readonly string[]): Promise<string>;
  /** `ip` inside. */
  ip(...args: readonly string[]): string;
  /** The kernel's counters of the TAP. */
  counts(): LinkCounts;
}

/** `ip -s link`, from the kernel's side. */
export interface LinkCounts {
  readonly rx: { readonly packets: number; readonly bytes: number; readonly dropped: number };
  readonly tx: { readonly packets: number; readonly bytes: number; readonly dropped: number };
}

/** The process with its sides, in the order of the ports. */
export interface NetworkProcess {
  readonly sides: readonly NetworkSide[];
  /** Asks it to end; its exit code and what it said. */
  end(): Promise<{ readonly status: number | null; readonly out: string; readonly err: string }>;
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly names: readonly string[];
}

const started: Started[] = [];
afterEach(async () => {
  for (const { child, ended, names } of started.splice(0)) {
    child.kill('SIGTERM');
    await ended;
    for (const name of names) runTool('ip', ['netns', 'del', name]);
  }
});

let count = 0;

/** Starts it on ports of a tree; `more` are further options. All TAPs are up with that MTU. */
export async function bootNetwork(
  tree: string,
  ports: readonly string[],
  mtu: number,
  ...more: readonly string[]
): Promise<NetworkProcess> {
  const number = `${process.pid % 100_000}-${count++}`;
  const names = ports.map((_, index) => `bn${number}-${index + 1}`);
  const taps = ports.flatMap((port, index) => ['--tap', `${port}=${names[index]}`]);
  const [command, ...args] = [...BRINGUP, 'boot', tree, '--live', ...taps, ...more] as [string, ...string[]];
  const child = spawn(command, args, { cwd: ROOT });
  let [out, err] = ['', ''];
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  started.push({ child, ended, names });
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
      if (/^(a cable from|the cable of)/m.test(out)) resolve();
    });
    void ended.then((code) => reject(new Error(`bringup ended with ${code}: ${err}`)));
  });
  return {
    sides: names.map((name, index) => sideOf(name, `10.98.0.${index + 1}`, mtu)),
    async end() {
      child.kill('SIGINT');
      return { status: await ended, out, err };
    },
  };
}

function sideOf(name: string, address: string, mtu: number): NetworkSide {
  outputOf('ip', ['netns', 'add', name]);
  outputOf('ip', ['link', 'set', name, 'netns', name]);
  const ip = (...args: readonly string[]): string => outputOf('ip', ['-n', name, ...args]).toString();
  ip('link', 'set', 'lo', 'up');
  // Or it tells multicast routers of itself before the other side is there.
  const quiet = 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6';
  outputOf('ip', ['netns', 'exec', name, 'sh', '-c', quiet]);
  ip('addr', 'add', `${address}/24`, 'dev', name);
  ip('link', 'set', name, 'mtu', String(mtu), 'up');
  return {
    name,
    address,
    ip,
    counts: () => JSON.parse(ip('-s', '-j', 'link', 'show', name))[0].stats64 as LinkCounts,
    async run(...command) {
      const { stdout, stderr, status } = await runToolBeside('ip', ['netns', 'exec', name, ...command]);
      if (status !== 0) throw new Error(`${command.join(' ')}: exit status ${status}\n${stdout}${stderr}`);
      return stdout.toString();
    },
  };
}

/** Waits until the interface of a side has its carrier and its neighbour answers. */
export async function untilReached([a, b]: readonly NetworkSide[]): Promise<void> {
  await a?.run('ping', '-c', '1', '-w', '20', '-i', '0.1', b?.address ?? '');
}
