// From one network stack of this computer to another: through two TAPs and the whole machine between them, and through
// two TAPs with nothing in between. iperf3 sends, in network namespaces.
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { cannotTap, forwardPlainly, offloadPlace, type TapSide, tapPlace } from '../test/tap-place.js';
import { NetdevFrames } from '../src/abi/netdev-frames.js';
import { NetdevOffload } from '../src/abi/netdev-offload.js';
import { s } from '../src/base/clock.js';
import { LiveTime, runLive } from '../src/host/live.js';
import { joinOffloadTapAbove, joinTapAbove } from '../src/host/tap-netdev.js';
import { LAB_MACS, type PerfPort, perfMachine } from './dpaa-machine.js';
import { HURRIES, type Row } from './bench.js';

const IP = 'ip';
const IPERF = 'iperf3';
const SECONDS = HURRIES ? 1 : 2;
/** What does not count: the engine compiles as long as everything is new to it. */
const WARM_SECONDS = HURRIES ? 0 : 4;

/** What a second of TCP brought to the other side; `packets` are frames of the cable. */
interface Flow {
  readonly packets: number;
  readonly gigabits: number;
}

type Sides = readonly [Pick<TapSide, 'inside' | 'address'>, Pick<TapSide, 'inside' | 'address'>];

/** Nothing between the TAPs. */
async function plainly(mtu: number): Promise<Flow> {
  const { sides, close } = tapPlace(mtu);
  const [a, b] = sides;
  forwardPlainly(a.tap, b.tap);
  try {
    return await flow(sides, () => b.tap.counts.sent);
  } finally {
    await close();
  }
}

/** Something that has to be closed when its interface is down. */
type Above = Pick<NetdevFrames, 'close'>;

/** Two TAPs above two ports. */
interface Joined {
  readonly sides: Sides;
  /** In the order in which they are closed. */
  readonly above: readonly Above[];
  close(): Promise<void>;
}

function joinPlain(ports: readonly PerfPort[], mtu: number, live: LiveTime): Joined {
  const { sides, close } = tapPlace(mtu, () => live.arrived());
  const above = sides.map(({ tap }, index) => {
    const frames = new NetdevFrames((ports[index] as PerfPort).net);
    joinTapAbove(frames, tap);
    return frames;
  });
  return { sides, above, close };
}

function joinOffload(ports: readonly PerfPort[], mtu: number, live: LiveTime): Joined {
  const { sides, close } = offloadPlace(mtu, () => live.arrived());
  const above = sides.flatMap(({ tap }, index) => {
    const offload = new NetdevOffload(new NetdevFrames((ports[index] as PerfPort).net));
    joinOffloadTapAbove(offload, tap);
    return [offload, offload.frames];
  });
  return { sides, above, close };
}

/** Two ports of the lab board between them. */
async function throughPorts(mtu: number, join: typeof joinPlain = joinPlain): Promise<Flow> {
  const maxFrame = mtu > 1500 ? 9600 : 1522;
  const { bench, ports } = await perfMachine(LAB_MACS, (made) => void made.connectEthernet(...LAB_MACS), maxFrame);
  const live = new LiveTime();
  const stop = new AbortController();
  for (const { net } of ports) {
    await bench.drive('another MTU', s(1), () => net.setMtu(net.maxMtu));
    net.setPromisc(true);
  }
  const { sides, above, close } = join(ports, mtu, live);
  const running = runLive(bench, stop.signal, live);
  try {
    return await flow(sides, () => (ports[1] as PerfPort).net.getStats().rxPackets);
  } finally {
    stop.abort();
    await running;
    await close();
    for (const one of above) one.close();
    await bench.powerOff();
  }
}

/** TCP from one side to the other; `received` counts the frames of the other. */
async function flow([a, b]: Sides, received: () => number): Promise<Flow> {
  const served = child(b.inside(IPERF, '-s', '-1'));
  await untilListening(b.inside('cat', '/proc/net/tcp6'));
  const options = ['-t', String(SECONDS), '-O', String(WARM_SECONDS), '-J'];
  const sent = child(a.inside(IPERF, '-c', b.address, ...options));
  await sleep(WARM_SECONDS * 1000);
  const before = received();
  const began = performance.now();
  const text = await sent;
  const seconds = (performance.now() - began) / 1000;
  await served;
  const { end } = JSON.parse(text) as { end: { sum_received: { bits_per_second: number } } };
  return { packets: (received() - before) / seconds, gigabits: end.sum_received.bits_per_second / 1e9 };
}

/** What `ip` with these words printed; the TAPs are served meanwhile. */
function child(words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const tool = spawn(IP, words, { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    tool.stdout.on('data', (data: Buffer) => (text += data.toString()));
    tool.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`ip ${words.join(' ')}: ${code}`))));
  });
}

async function untilListening(look: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (/:1451 \S+ 0A /.test(await child(look))) return;
    await sleep(20);
  }
  throw new Error('iperf3 does not listen');
}

function whatLacks(): string | undefined {
  if (spawnSync(IPERF, ['--version']).status !== 0) return IPERF;
  const why = cannotTap();
  return why === undefined ? undefined : `TAP devices, and ${why}`;
}

const missing = whatLacks();
const WANTED = { of: 'ratio', atLeast: 0.6 } as const;

const MODES = [
  ['', joinPlain],
  [', --offload', joinOffload],
] as const;

/** TAP to TAP. */
export const rows: readonly Row[] = MODES.flatMap(([mode, join]): Row[] => [
  {
    name: `dpaa: TAP to TAP through two ports, TCP with an MTU of 1500${mode}`,
    unit: 'packets/s',
    rounds: 3,
    alone: true,
    run: async () => (await throughPorts(1500, join)).packets,
    against: { name: 'a plain forwarder', run: async () => (await plainly(1500)).packets },
    wanted: WANTED,
    missing,
  },
  {
    name: `dpaa: TAP to TAP through two ports, TCP with an MTU of 9000${mode}`,
    unit: 'Gbit/s',
    rounds: 3,
    alone: true,
    run: async () => (await throughPorts(9000, join)).gigabits,
    against: { name: 'a plain forwarder', run: async () => (await plainly(9000)).gigabits },
    wanted: WANTED,
    missing,
  },
]);
