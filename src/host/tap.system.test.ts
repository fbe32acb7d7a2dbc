import { afterEach, describe, expect, test } from 'vitest';
import {
  cannotTap,
  forwardPlainly,
  offloadPlace,
  type TapPlace,
  tapPlace,
  type TapSide,
} from '../../test/tap-place.js';
import { needs, outputOf, runToolBeside } from '../../test/tools.js';
import { VNET_HDR_BYTES } from '../abi/virtio-net.js';
import { isHindrance } from './hindrance.js';
import type { OffloadTap } from './tap-offload.js';

const hindrance = cannotTap();
if (hindrance !== undefined) console.warn(`tests with TAP devices are left out: ${hindrance}`);
const out = hindrance !== undefined || needs('ip');

/** A side, whatever TAP it has. */
type Inside = Pick<TapSide, 'inside' | 'address'>;

let place: Pick<TapPlace, 'close'> | undefined;
afterEach(async () => {
  await place?.close();
  place = undefined;
});

function joined(mtu: number): readonly [TapSide, TapSide] {
  const plain = tapPlace(mtu);
  place = plain;
  const [a, b] = plain.sides;
  forwardPlainly(a.tap, b.tap);
  return plain.sides;
}

async function saidInside({ inside }: Inside, ...command: readonly string[]): Promise<string> {
  const { stdout, stderr, status } = await runToolBeside('ip', inside(...command));
  if (status !== 0) throw new Error(`${command.join(' ')}: exit status ${status}\n${stdout}${stderr}`);
  return stdout.toString();
}

// The sizes at which NIC drivers break: nothing, below the least frame, one and two fragments of 1500, jumbo.
const SIZES = [0, 1, 11, 17, 18, 19, 56, 1472, 1473, 4000, 8972];

test.skipIf(out || needs('ping'))('ping of every size goes from one namespace to the other', async () => {
  const [a, b] = joined(9000);
  for (const size of SIZES) {
    const text = await saidInside(
      a,
      'ping',
      '-c',
      '2',
      '-i',
      '0.2',
      // After its last packet ping waits for twice the longest answer so far, and no longer, unless it has an end.
      '-w',
      '20',
      '-M',
      'do',
      '-s',
      `${size}`,
      b.address,
    );
    expect(text).toContain(' 2 received, ');
  }
  expect(b.tap.counts).toMatchObject({ full: 0, refused: 0 });
  expect(a.tap.counts.received).toBeGreaterThanOrEqual(2 * SIZES.length);
});

test.skipIf(out || needs('ping'))('a flood of pings loses none', async () => {
  const [a, b] = joined(1500);
  const text = await saidInside(a, 'ping', '-f', '-c', '2000', '-s', '1472', b.address);
  expect(text).toMatch(/2000 packets transmitted, 2000 received, 0% packet loss/);
});

const FLOWS = [
  ['TCP', []],
  ['TCP the other way', ['-R']],
  ['TCP without copying', ['-Z']],
  ['UDP', ['-u', '-b', '100M']],
] as const;

async function iperf(a: Inside, b: Inside, ...options: readonly string[]): Promise<number> {
  const server = saidInside(b, 'iperf3', '-s', '-1');
  // Port 5201; a client that comes too early makes the server end.
  const listens = (): string => outputOf('ip', b.inside('cat', '/proc/net/tcp', '/proc/net/tcp6')).toString();
  await expect.poll(listens, { timeout: 20_000 }).toMatch(/:1451 \S+ 0A /);
  const text = await saidInside(a, 'iperf3', '-c', b.address, '-t', '1', '-J', ...options);
  await server;
  const { end } = JSON.parse(text) as { end: Record<'sum' | 'sum_received', { bits_per_second: number }> };
  return (end.sum_received ?? end.sum).bits_per_second;
}

describe.skipIf(out || needs('iperf3'))('iperf3 runs for a second', () => {
  test.each(FLOWS)('%s', async (_name, options) => {
    const [a, b] = joined(1500);
    expect(await iperf(a, b, ...options)).toBeGreaterThan(10_000_000);
  });

  test.each(FLOWS)('%s, between TAPs that take large frames', async (_name, options) => {
    const offload = offloadPlace(1500);
    place = offload;
    const [a, b] = offload.sides;
    let longest = 0;
    const join = (from: OffloadTap, to: OffloadTap): void =>
      from.listen((frame, header) => {
        longest = Math.max(longest, frame.length);
        const bytes = new Uint8Array(VNET_HDR_BYTES + frame.length);
        header.write(bytes, 0);
        bytes.set(frame, VNET_HDR_BYTES);
        to.send(bytes);
      });
    join(a.tap, b.tap);
    join(b.tap, a.tap);
    expect(await iperf(a, b, ...options)).toBeGreaterThan(10_000_000);
    expect(longest > 1514).toBe(!options.some((option) => option === '-u'));
    const { received, receivedBytes } = a.tap.counts;
    const { stats64 } = JSON.parse(
      outputOf('ip', ['-n', a.space, '-s', '-j', 'link', 'show', a.tap.name]).toString(),
    )[0];
    expect([received, receivedBytes]).toEqual([stats64.tx.packets, stats64.tx.bytes]);
  });
});

test.skipIf(out)("the carrier is that of a cable, and the kernel's counts are ours", async () => {
  const [a] = joined(1500);
  const flags = (): string =>
    /<([^>]*)>/.exec(outputOf('ip', ['-n', a.space, 'link', 'show', a.tap.name]).toString())?.[1] ?? '';
  expect(flags()).toContain('LOWER_UP');
  a.tap.setCarrier(false);
  expect(flags()).toContain('NO-CARRIER');
  a.tap.setCarrier(true);
  expect(flags()).toContain('LOWER_UP');
  expect(a.tap.send(new Uint8Array(60).fill(0xff))).toBe(true);
  expect(a.tap.send(new Uint8Array(13))).toBe(false);
  const [{ stats64 }] = JSON.parse(outputOf('ip', ['-n', a.space, '-s', '-j', 'link', 'show', a.tap.name]).toString());
  expect([stats64.rx.packets >= 1, a.tap.counts.refused]).toEqual([true, 1]);
});

test.skipIf(out)('a device that is down takes nothing, and one whose namespace goes is closed', async () => {
  const [a, b] = joined(1500);
  outputOf('ip', ['-n', a.space, 'link', 'set', a.tap.name, 'down']);
  expect(a.tap.send(new Uint8Array(60))).toBe(false);
  expect(a.tap.counts).toMatchObject({ down: 1, refused: 0 });
  outputOf('ip', ['netns', 'del', b.space]);
  await expect.poll(() => b.tap.isOpen, { timeout: 20_000 }).toBe(false);
  expect(b.tap.send(new Uint8Array(60))).toBe(false);
});

test.skipIf(out)("limits are the device's, and what cannot be is told", () => {
  const plain = tapPlace(1500);
  place = plain;
  const { loop } = plain;
  const tap = loop.open('bt-limits', { queueFrames: 77, sendBufferBytes: 4096 });
  if (isHindrance(tap)) throw new Error(tap.what);
  expect(outputOf('ip', ['link', 'show', 'bt-limits']).toString()).toContain('qlen 77');
  expect(loop.open('bt-limits')).toEqual({
    what: 'bt-limits is in use',
    todo: 'end the program that has it, or give another name',
  });
  expect(loop.open('lo')).toEqual({ what: 'lo is there, and is no TAP device', todo: 'give another name' });
  expect(loop.open('sixteen-letters-')).toMatchObject({ what: 'sixteen-letters-: it has more than 15 characters' });
  tap.close();
  expect(outputOf('ip', ['-o', 'link']).toString()).not.toContain('bt-limits');
});
