import { expect, test } from 'vitest';
import { dpaaPair } from '../../test/dpaa-pair.js';
import { DpaaCapture } from './dpaa-capture.js';
import { readPcapng } from './pcapng-read.js';

const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 5 + (i >> 8)) & 0xff);

async function captured(faults = ''): Promise<string[]> {
  const pair = await dpaaPair({ maxFrame: 9600, bufferBytes: 2048, faults });
  await pair.open();
  const parts: Uint8Array[] = [];
  const capture = new DpaaCapture(
    pair.bench,
    (bytes) => void parts.push(bytes.slice()),
    (mac) => mac.slice(-5),
  );
  for (const [length, linear, frags] of [
    [42, 42, []],
    [1514, 100, [1000, 414]],
    [4000, 66, [3934]],
  ] as const) {
    const bytes = bytesOf(length);
    bytes.set(pair.sides[1].net.address);
    await pair.send(0, pair.packet(bytes, linear, frags));
  }
  capture.end();
  pair.release();
  const read = readPcapng(Uint8Array.from(parts.flatMap((part) => [...part])));
  expect(read.diagnostics).toEqual([]);
  const { interfaces, packets } = read.capture ?? { interfaces: [], packets: [] };
  return packets.map(({ iface, way, bytes, comment = 'none' }) => {
    const words = comment.split('\n').map((line) => line.replace(/ .*/, ''));
    const table = /^sgt: (.*)$/m.exec(comment)?.[1]?.split(' ').length ?? 0;
    return `${interfaces[iface]?.name} ${way} ${bytes.length} ${words.join(' ')} ${table / 4}`;
  });
}

test('each frame is there twice, as it leaves and as it comes, with its descriptor and its table', async () => {
  expect(await captured()).toEqual([
    'e0000 out 60 fd: transmit, 0',
    'e2000 in 60 fd: receive, 0',
    'e0000 out 1514 fd: sgt: transmit, 3',
    'e2000 in 1514 fd: receive, 0',
    'e0000 out 4000 fd: sgt: transmit, 2',
    'e2000 in 4000 fd: sgt: receive, 3',
  ]);
});

test('a frame that was damaged, or for which there is no buffer, is there without', async () => {
  const damaged = await captured('ethernet.frame@out#2=damaged');
  expect(damaged[3]).toMatch(/^e2000 in 1514 .*damaged: 0$/);
});
