// From one network stack of this computer to another: through two TAPs and the whole machine between them, and through
// two TAPs with nothing in between. iperf3 sends, in network namespaces.
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { cannotTap, forwardPlainly, type TapPlace, tapPlace } from '../test/tap-place.js';
import { NetdevFrames } from '../src/abi/netdev-frames.js';
import { s } from '../src/base/clock.js';
import { LiveTime, runLive } from '../src/host/live.js';
import { joinTapAbove } from '../src/host/tap-netdev.js';
import { LAB_MACS, perfMachine } from './dpaa-machine.js';
import type { Row } from './bench.js';

const IP = 'ip';
const IPERF = 'iperf3';
const SECONDS = 3;

/** What a second of TCP brought to the other side. */
interface Flow {
  readonly packets: number;
  readonly gigabits: number;
}

/** Nothing between the TAPs. */
async function plainly(mtu: number): Promise<Flow> {
  const place = tapPlace(mtu);
  forwardPlainly(place.sides[0].tap, place.sides[1].tap);
  try {
    return await flow(place);
  } finally {
    await place.close();
  }
}

/** Two ports of the lab board between them. */
async function throughPorts(mtu: number): Promise<Flow> {
  const { bench, ports } = await perfMachine(LAB_MACS, (made) => void made.connectEthernet(...LAB_MACS));
  const live = new LiveTime();
  const place = tapPlace(mtu, () => live.arrived());
  const stop = new AbortController();
  const stacks: NetdevFrames[] = [];
  for (const [index, { net }] of ports.entries()) {
    await bench.drive('another MTU', s(1), () => net.setMtu(net.maxMtu));
    net.setPromisc(true);
    const frames = new NetdevFrames(net);
    stacks.push(frames);
    const side = place.sides[index];
    if (side !== undefined) joinTapAbove(frames, side.tap);
  }
  const running = runLive(bench, stop.signal, live);
  try {
    return await flow(place);
  } finally {
    stop.abort();
    await running;
    await place.close();
    for (const frames of stacks) frames.close();
    await bench.powerOff();
  }
}

/** TCP from one side to the other. */
async function flow({ sides: [a, b] }: TapPlace): Promise<Flow> {
  const served = child(b.inside(IPERF, '-s', '-1'));
  await untilListening(b.inside('cat', '/proc/net/tcp6'));
  const before = b.tap.counts.sent;
  const began = performance.now();
  const text = await child(a.inside(IPERF, '-c', b.address, '-t', String(SECONDS), '-J'));
  const seconds = (performance.now() - began) / 1000;
  await served;
  const { end } = JSON.parse(text) as { end: { sum_received: { bits_per_second: number } } };
  return { packets: (b.tap.counts.sent - before) / seconds, gigabits: end.sum_received.bits_per_second / 1e9 };
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

/** TAP to TAP. */
export const rows: readonly Row[] = [
  {
    name: 'dpaa: TAP to TAP through two ports, TCP with an MTU of 1500',
    unit: 'packets/s',
    rounds: 3,
    run: async () => (await throughPorts(1500)).packets,
    against: { name: 'a plain forwarder', run: async () => (await plainly(1500)).packets },
    wanted: WANTED,
    missing,
  },
  {
    name: 'dpaa: TAP to TAP through two ports, TCP with an MTU of 9000',
    unit: 'Gbit/s',
    rounds: 3,
    run: async () => (await throughPorts(9000)).gigabits,
    against: { name: 'a plain forwarder', run: async () => (await plainly(9000)).gigabits },
    wanted: WANTED,
    missing,
  },
];
