// This computer's own network stack on both ends of a modelled network card: two namespaces, a TAP each, and between
// them the driver, QMan, BMan, FMan and its MACs twice.
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { corpusFolders, inCorpus } from './corpus.js';
import { bootNetwork, type NetworkProcess, type NetworkSide, untilReached } from './network-process.js';
import { ROOT } from './sources.js';
import { cannotTap } from './tap-place.js';
import { needs, outputOf, startTool } from './tools.js';

const hindrance = cannotTap();
if (hindrance !== undefined) console.warn(`tests with TAP devices are left out: ${hindrance}`);
const out = hindrance !== undefined || needs('ip', 'ping', 'iperf3');

const folder = mkdtempSync(join(tmpdir(), 'bringup-network-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Pair = readonly [NetworkSide, NetworkSide];

const LAB = ['boards/lab.dts', ['fm1-mac1', 'fm1-mac2']] as const;
const JUMBO = ['--param', 'fsl_dpa.max-frame=9600'];

async function lab(mtu: number, ...more: readonly string[]): Promise<NetworkProcess & { readonly sides: Pair }> {
  const network = await bootNetwork(...LAB, mtu, ...(mtu > 1500 ? JUMBO : []), ...more);
  await untilReached(network.sides);
  return { ...network, sides: network.sides as unknown as Pair };
}

/** A table row of the interfaces that `boot` prints at its end. */
function countersOf(text: string, name: string): { readonly received: number; readonly sent: number; lost: number } {
  const row = text.split('\n').find((line) => line.startsWith(`  ${name} `));
  const [, , , , received, rxErrors, rxDropped, missed, sent, txErrors, txDropped] = (row ?? '')
    .trim()
    .split(/\s+/)
    .map(Number);
  const lost = [rxErrors, rxDropped, missed, txErrors, txDropped].reduce<number>(
    (sum, one) => sum + (one ?? Number.NaN),
    0,
  );
  return { received: received ?? Number.NaN, sent: sent ?? Number.NaN, lost };
}

async function iperf(sides: Pair, seconds: number, ...options: string[]): Promise<number> {
  return (await iperfOf(sides, seconds, ...options)).bits;
}

interface Sum {
  readonly bits_per_second: number;
  readonly retransmits?: number;
}

/** What arrived in a second, and what was sent again. */
async function iperfOf([a, b]: Pair, seconds: number, ...options: string[]): Promise<{ bits: number; again: number }> {
  const server = b.run('iperf3', '-s', '-1');
  const listens = (): string => outputOf('ip', ['netns', 'exec', b.name, 'cat', '/proc/net/tcp6']).toString();
  await expect.poll(listens, { timeout: 20_000 }).toMatch(/:1451 \S+ 0A /);
  const text = await a.run('iperf3', '-c', b.address, '-t', String(seconds), '-J', ...options);
  await server;
  const { end } = JSON.parse(text) as { end: Record<'sum' | 'sum_sent' | 'sum_received', Sum> };
  return { bits: (end.sum_received ?? end.sum).bits_per_second, again: end.sum_sent?.retransmits ?? 0 };
}

// Nothing, around the least frame, around one and more receive buffers of 3648 and pages of 4096, the largest.
const BORDERS = [1536, 3520, 7168, 128 + 4096, 128 + 8192].map((frame) => frame - 42);
const SIZES = [0, 1, 17, 18, 19, 56, 1472, 1473, ...BORDERS.flatMap((size) => [size - 1, size, size + 1]), 8971, 8972];

test.skipIf(out)('pings of all sizes come back whole, in frames of one buffer and of many', async () => {
  const capture = join(folder, 'frames.pcapng');
  const network = await lab(9000, '--capture', capture);
  const [a, b] = network.sides;
  for (const size of SIZES) {
    const text = await a.run('ping', '-c', '1', '-W', '10', '-M', 'do', '-s', String(size), b.address);
    expect(text).toContain('1 packets transmitted, 1 received, 0% packet loss');
  }
  const flood = await a.run('ping', '-f', '-c', '2000', '-s', '1472', b.address);
  expect(flood).toMatch(/2000 packets transmitted, 2000 received, 0% packet loss/);
  // The neighbour was asked for, and answered.
  expect(a.ip('neigh', 'show', b.address)).toMatch(/lladdr 02:00:00:00:00:11/);
  const [countsA, countsB] = [a.counts(), b.counts()];
  const { status, out: text, err } = await network.end();
  expect([status, err]).toEqual([0, '']);
  const [ofA, ofB] = [countersOf(text, 'fm1-mac1'), countersOf(text, 'fm1-mac2')];
  expect([ofA.lost, ofB.lost]).toEqual([0, 0]);
  expect([ofA.received, ofB.received]).toEqual([countsA.rx.packets, countsB.rx.packets]);
  expect([ofA.sent, ofB.sent]).toEqual([countsA.tx.packets, countsB.tx.packets]);
  expect(outputOf('tshark', ['-r', capture, '-Y', '_ws.malformed']).toString()).toBe('');
  const script = ['-X', `lua_script:${join(ROOT, 'wireshark/bringup-dpaa.lua')}`];
  const shown = (filter: string): number =>
    outputOf('tshark', [...script, '-r', capture, '-Y', filter])
      .toString()
      .split('\n').length - 1;
  expect(shown('dpaa.wrong')).toBe(0);
  // Each long ping and its answer were sent with a table, and received with one where they did not fit into a buffer.
  const longerThan = (bytes: number): number => SIZES.filter((size) => size + 42 > bytes).length;
  expect(shown('dpaa.fd.format == 4 && icmp && frame.len > 1536')).toBe(2 * longerThan(1536) + 2 * longerThan(3520));
});

const FLOWS = [
  ['TCP', 9000, []],
  ['TCP the other way, without copying', 9000, ['-R', '-Z']],
  ['TCP both ways', 1500, ['--bidir', '-Z']],
  ['UDP', 1500, ['-u', '-b', '50M']],
  ['UDP the other way', 9000, ['-u', '-b', '50M', '-R']],
] as const;
describe.skipIf(out)('iperf3', () => {
  test.each(FLOWS)('%s with an MTU of %i', async (_name, mtu, options) => {
    const network = await lab(mtu);
    expect(await iperf(network.sides, 1, ...options)).toBeGreaterThan(1_000_000);
    const { status, err } = await network.end();
    expect([status, err.replace(/^bringup: the models stayed .*\n/, '')]).toEqual([0, '']);
  });
});

describe.skipIf(out)('with --offload', () => {
  test.each([1500, 9000])('iperf3 runs with an MTU of %i, and ports count frames that TAPs do not', async (mtu) => {
    const network = await lab(mtu, '--offload');
    const [a, b] = network.sides;
    for (const options of [[], ['-R'], ['-Z', '-P', '6']]) {
      const { bits, again } = await iperfOf(network.sides, 2, ...options);
      expect(bits).toBeGreaterThan(10_000_000);
      expect(again).toBeLessThan(100);
    }
    expect(await iperf(network.sides, 1, '--bidir')).toBeGreaterThan(1_000_000);
    expect(await iperf(network.sides, 1, '-u', '-b', '50M')).toBeGreaterThan(1_000_000);
    for (const size of [0, 1, 18, 1472, 1473, 20_000]) {
      const text = await a.run('ping', '-c', '1', '-W', '10', '-s', String(size), b.address);
      expect(text).toContain('1 packets transmitted, 1 received, 0% packet loss');
    }
    const [left, right] = [a.counts(), b.counts()];
    const { status, out: text, err } = await network.end();
    expect([status, err.replace(/^bringup: the models stayed .*\n/, '')]).toEqual([0, '']);
    const [ofA, ofB] = [countersOf(text, 'fm1-mac1'), countersOf(text, 'fm1-mac2')];
    expect([ofA.lost, ofB.lost]).toEqual([0, 0]);
    expect([ofA.sent, ofB.sent]).toEqual([ofB.received, ofA.received]);
    // The TAPs count large frames, the ports what fits into an MTU.
    expect(ofA.sent).toBeGreaterThan(left.tx.bytes / (mtu + 14));
    expect(left.tx.packets).toBeLessThan(ofA.sent);
    expect(right.rx.packets).toBeLessThan(ofB.received);
  });

  test('streams are right, and on the cable no frame is too long or has a wrong checksum', async () => {
    const capture = join(folder, 'offload.pcapng');
    const network = await lab(1500, '--offload', '--capture', capture);
    const [a, b] = network.sides;
    for (const [side, last] of [
      [a, 1],
      [b, 2],
    ] as const) {
      await side.run('sh', '-c', 'echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6');
      side.ip('addr', 'add', `fd00::${last}/64`, 'dev', side.name, 'nodad');
    }
    for (const to of [b.address, 'fd00::2']) {
      const received = b.run(process.execPath, '-e', RECEIVER);
      const listens = (): string => outputOf('ip', ['netns', 'exec', b.name, 'cat', '/proc/net/tcp6']).toString();
      await expect.poll(listens, { timeout: 20_000 }).toMatch(/:14B4 \S+ 0A /);
      const sent = await a.run(process.execPath, '-e', SENDER, to);
      expect(await received).toBe(sent);
    }
    expect(a.counts().tx.bytes / a.counts().tx.packets).toBeGreaterThan(1514);
    expect((await network.end()).status).toBe(0);
    const look = (...options: readonly string[]): string => outputOf('tshark', ['-r', capture, ...options]).toString();
    const lengths = look('-T', 'fields', '-e', 'frame.len').trim().split('\n').map(Number);
    expect([Math.max(...lengths), lengths.length > 8000]).toEqual([1514, true]);
    expect(look('-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE', '-Y', WRONG)).toBe('');
  });
});

const WRONG = '_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0 || udp.checksum.status == 0';
/** 6 MB that are nowhere the same, and what both ends make of them. */
const SENDER = `const { createHash } = require('node:crypto');
const data = Buffer.concat(Array.from({ length: 200000 }, (_, i) => createHash('sha256').update(String(i)).digest()));
require('node:net').connect(5300, process.argv[1]).end(data);
console.log(data.length, createHash('sha256').update(data).digest('hex'));`;
const RECEIVER = `const hash = require('node:crypto').createHash('sha256');
let length = 0;
const server = require('node:net').createServer((socket) => {
  server.close();
  socket.on('data', (part) => { hash.update(part); length += part.length; });
  socket.on('end', () => console.log(length, hash.digest('hex')));
}).listen(5300, '::');`;

test.skipIf(out)('another MTU, and interfaces down and up, while traffic flows', async () => {
  const network = await lab(9000);
  const [a, b] = network.sides;
  const traffic = iperf(network.sides, 4, '-Z');
  for (const mtu of ['1500', '4000', '9000']) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    a.ip('link', 'set', a.name, 'mtu', mtu);
  }
  for (let i = 0; i < 3; i++) {
    b.ip('link', 'set', b.name, 'down');
    await new Promise((resolve) => setTimeout(resolve, 100));
    b.ip('link', 'set', b.name, 'up');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(await traffic).toBeGreaterThan(1_000_000);
  await untilReached(network.sides);
  const { status } = await network.end();
  expect(status).toBe(0);
});

test.skipIf(out)('IPv6 neighbours find each other by multicast', async () => {
  const network = await lab(1500);
  const [a, b] = network.sides;
  for (const [side, last] of [
    [a, 1],
    [b, 2],
  ] as const) {
    await side.run('sh', '-c', 'echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6');
    side.ip('addr', 'add', `fd00::${last}/64`, 'dev', side.name, 'nodad');
  }
  const text = await a.run('ping', '-c', '3', '-i', '0.1', '-W', '10', '-s', '1452', 'fd00::2');
  expect(text).toContain(' 0% packet loss');
  expect((await network.end()).status).toBe(0);
});

test.skipIf(out)('the cable of a port alone leads to a second TAP of this computer', async () => {
  const { sides, end } = await bootNetwork('boards/lab.dts', ['fm1-mac2'], 1500);
  const [a] = sides as [NetworkSide];
  const far = `${a.name.slice(0, 10)}-wire`;
  outputOf('ip', ['netns', 'add', far]);
  try {
    outputOf('ip', ['link', 'set', far, 'netns', far]);
    outputOf('ip', ['-n', far, 'addr', 'add', '10.98.0.9/24', 'dev', far]);
    outputOf('ip', ['-n', far, 'link', 'set', far, 'up']);
    expect(await a.run('ping', '-c', '3', '-i', '0.1', '-W', '10', '10.98.0.9')).toContain(' 0% packet loss');
  } finally {
    outputOf('ip', ['netns', 'del', far]);
  }
  expect((await end()).status).toBe(0);
});

test.skipIf(out || needs('passt', 'busybox'))(
  'a DHCP client gets its lease from the network behind a socket',
  async () => {
    const socket = join(folder, 'passt.socket');
    chmodSync(folder, 0o777); // passt gives up root
    const options = ['-f', '-q', '-s', socket, '-a', '10.98.7.7', '-n', '24', '-g', '10.98.7.1', '-4'];
    const passt = startTool('passt', options);
    try {
      await expect.poll(() => existsSync(socket), { timeout: 10_000 }).toBe(true);
      const wire = ['--wire', `fm1-mac1=passt:${socket}`];
      const { sides, end } = await bootNetwork('boards/lab.dts', ['fm1-mac1'], 1500, ...wire);
      const [a] = sides as [NetworkSide];
      const said = await a.run('sh', '-c', `busybox udhcpc -i ${a.name} -f -q -n -t 20 -T 1 -s /bin/true 2>&1`);
      expect(said).toMatch(/lease of 10\.98\.7\.7 obtained/);
      expect((await end()).status).toBe(0);
    } finally {
      passt.kill();
    }
  },
);

/** Lines whose numbers and units are another time others. */
const shape = (text: string): string[] =>
  text
    .replaceAll(/[0-9]+(\.[0-9]+)?/g, 'N')
    .replaceAll(/[KMG](Bytes|bits)/g, '$1')
    .replaceAll(/\b(b[lr]|tap)N/g, 'TAP')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).join(' '));

const BLOB = inCorpus(corpusFolders(), 'dtb/fsl-ls1043a-rdb.dtb');
describe.skipIf(out || BLOB === undefined)('the pages', () => {
  test.each(['README.md', 'docs/network.md'])('what %s shows of iperf3 is what its script prints', async (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const [, options = '', shown = ''] = /\n# docs\/network\/iperf.sh \S+ (.*)\n([\s\S]*?)```/.exec(text) ?? [];
    const script = join(ROOT, 'docs/network/iperf.sh');
    const said = await runProgram(script, [BLOB as string, ...options.split(' ')]);
    expect(shape(said)).toEqual(shape(shown));
  });
});

test.skipIf(BLOB === undefined)('the program of docs/network.md runs', async () => {
  const text = readFileSync(join(ROOT, 'docs/network.md'), 'utf8');
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
  // Beside the package, so that it finds it by its name.
  const file = join(ROOT, '.cache/network-example.mjs');
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  writeFileSync(file, program.replace('fsl-ls1046a-rdb.dtb', join(dirname(BLOB as string), 'fsl-ls1046a-rdb.dtb')));
  expect(await runProgram(process.execPath, [file])).toBe('1500\n1\n');
});

function runProgram(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd: ROOT }, (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
  });
}
