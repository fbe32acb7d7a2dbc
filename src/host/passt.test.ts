import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EthernetPeer, EthernetReceive } from '../bus/ethernet.js';
import { joinPasst, type PasstJoint, type PasstOptions } from './passt.js';
import { passtHead, PasstSplitter } from './passt-frames.js';

// passt(1), section on the socket: each frame is preceded by its length, a 32-bit number in network order.
const FRAME = Uint8Array.from({ length: 300 }, (_, index) => index & 0xff);
const WIRE = Buffer.concat([Buffer.from('0000012c', 'hex'), FRAME]);

test('the head is the length in network order', () => {
  expect(Buffer.from(passtHead(300)).toString('hex')).toBe('0000012c');
});

test('frames come out whole however the stream is cut', () => {
  const lengths = fc.array(fc.integer({ min: 14, max: 400 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(lengths, fc.array(fc.integer({ min: 1, max: 500 })), (sizes, cuts) => {
      const stream = Buffer.concat(
        sizes.flatMap((size) => [
          Buffer.from([0, 0, size >> 8, size & 0xff]),
          FRAME.subarray(0, size % 300),
          Buffer.alloc(size - (size % 300), size),
        ]),
      );
      const splitter = new PasstSplitter();
      const got: number[] = [];
      const bytes: Buffer[] = [];
      let at = 0;
      for (const cut of [...cuts, stream.length]) {
        splitter.take(stream.subarray(at, at + cut), (frame) => {
          got.push(frame.length);
          bytes.push(Buffer.from([0, 0, frame.length >> 8, frame.length & 0xff]), Buffer.from(frame));
        });
        at += cut;
      }
      expect(got).toEqual(sizes);
      expect(Buffer.concat(bytes).equals(stream)).toBe(true);
    }),
    { numRuns: 200, seed: 0x9a557 },
  );
});

test.each([
  ['0000000d', 13],
  ['0001000f', 65_551],
  ['ffffffff', 4_294_967_295],
])('the length %s is none of a frame', (hex, length) => {
  expect(new PasstSplitter().take(Buffer.from(hex, 'hex'), () => expect.unreachable())).toBe(length);
});

let folder = '';
let path = '';
let server: Server | undefined;
let joint: PasstJoint | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bringup-passt-'));
  path = join(folder, 'socket');
});
afterEach(async () => {
  joint?.close();
  await stop();
  rmSync(folder, { recursive: true });
});

function listen(): Promise<{ next: () => Promise<Socket> }> {
  const waiting: ((socket: Socket) => void)[] = [];
  const come: Socket[] = [];
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    const first = waiting.shift();
    if (first === undefined) come.push(socket);
    else first(socket);
  });
  const next = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = come.shift();
      if (socket === undefined) waiting.push(resolve);
      else resolve(socket);
    });
  return new Promise((resolve) => server?.listen(path, () => resolve({ next })));
}

function stop(): Promise<void> {
  return new Promise((resolve) => (server?.listening === true ? server.close(() => resolve()) : resolve()));
}

function port(): { peer: EthernetPeer; seen: string[]; send: EthernetReceive } {
  const seen: string[] = [];
  let heard: EthernetReceive = () => {};
  const peer: EthernetPeer = {
    name: '/fman/mac',
    send: (frame) => void seen.push(`frame ${frame.length} ${frame[0]}..${frame.at(-1)}`),
    listen(receive) {
      heard = receive;
      return () => void seen.push('left');
    },
    plug: (link) => void seen.push(link === undefined ? 'unplugged' : 'plugged'),
  };
  return { peer, seen, send: (frame, damage) => heard(frame, damage) };
}

function joinIt(peer: EthernetPeer, options: PasstOptions = {}): PasstJoint {
  joint = joinPasst(peer, path, { againMs: 5, ...options });
  return joint;
}

test('frames go both ways, in pieces too', async () => {
  const { next } = await listen();
  const { peer, seen, send } = port();
  joinIt(peer);
  const far = await next();
  await expect.poll(() => seen).toEqual(['plugged']);
  const got: Buffer[] = [];
  far.on('data', (bytes: Buffer) => got.push(bytes));
  send(FRAME);
  await expect.poll(() => Buffer.concat(got).toString('hex')).toBe(WIRE.toString('hex'));
  far.write(WIRE.subarray(0, 3));
  far.write(WIRE.subarray(3, 100));
  far.write(Buffer.concat([WIRE.subarray(100), WIRE]));
  await expect.poll(() => seen).toEqual(['plugged', 'frame 300 0..43', 'frame 300 0..43']);
  far.destroy();
});

test('it waits for somebody to listen, and comes back after he went', async () => {
  const { peer, seen, send } = port();
  const mine = joinIt(peer);
  send(FRAME);
  await expect.poll(() => mine.fault).toBe(`${path}: ENOENT`);
  expect(mine).toMatchObject({ isConnected: false, counts: { away: 1 } });
  const { next } = await listen();
  (await next()).destroy();
  const second = await next();
  await expect.poll(() => seen).toEqual(['plugged', 'unplugged', 'plugged']);
  second.write(WIRE);
  await expect.poll(() => seen.at(-1)).toBe('frame 300 0..43');
  mine.close();
  mine.close();
  await expect.poll(() => seen.slice(-2)).toEqual(['left', 'unplugged']);
  expect(mine.counts).toEqual({ received: 1, sent: 0, full: 0, away: 1, connections: 2 });
});

test('a torn frame of the old connection is forgotten, and another protocol is told', async () => {
  const { next } = await listen();
  const { peer, seen } = port();
  const mine = joinIt(peer);
  const first = await next();
  first.end(WIRE.subarray(0, 50));
  const second = await next();
  second.write(WIRE);
  await expect.poll(() => seen).toEqual(['plugged', 'unplugged', 'plugged', 'frame 300 0..43']);
  second.write('GET / HTTP/1.1\r\n\r\n');
  await expect.poll(() => mine.counts.connections).toBe(3);
  expect(seen.slice(4)).toEqual(['unplugged', 'plugged']);
  (await next()).destroy();
});

test('a side that does not read costs a queue and no more', async () => {
  const { next } = await listen();
  const { peer, send } = port();
  const mine = joinIt(peer, { queueBytes: 100_000 });
  const far = await next();
  await expect.poll(() => mine.isConnected).toBe(true);
  far.pause();
  const large = new Uint8Array(9000);
  for (let i = 0; i < 1000; i++) send(large);
  expect(mine.counts.full).toBeGreaterThan(0);
  expect(mine.counts.sent + mine.counts.full).toBe(1000);
  far.destroy();
});

test('with a live bench a piece waits until its clock has caught up', async () => {
  const { next } = await listen();
  const { peer, seen } = port();
  joinIt(peer, {
    beforeBatch: async () => {
      await undefined;
      seen.push('arrived');
    },
  });
  (await next()).end(WIRE);
  await expect.poll(() => seen.slice(0, 3)).toEqual(['plugged', 'arrived', 'frame 300 0..43']);
});
