// Two ports of the lab board with a cable between them: every length, every way to cut a packet, both directions; the
// accountant looks after every frame.
import { expect, test } from 'vitest';
import { audit, ethtoolValue } from '../dpaa-accounts.js';
import { dpaaPair } from '../dpaa-pair.js';
import { borderLengths, PATTERNS } from '../dpaa-patterns.js';
import { sendOne } from '../dpaa-sweep.js';

/** The longest frame of a port that may have 9600 bytes, check sequence and all. */
const MOST = 9596;

/** By the memory of a receive buffer: bytes of a frame in its first one, and in each further one. */
const BUFFERS = [
  { bufferBytes: 2048, first: 1536, later: 1664 },
  { bufferBytes: 4096, first: 3520, later: 3648 },
] as const;

test('every length comes through, cut in another way each, and no buffer is lost', async () => {
  const pair = await dpaaPair({ maxFrame: 9600, bufferBytes: 2048, quiet: true });
  await pair.open();
  const findings: string[] = [];
  let frames = 0;
  for (let length = 60; length <= MOST; length++) {
    const patterns = [...PATTERNS.slice(length % PATTERNS.length), ...PATTERNS];
    for (const pattern of patterns) {
      const wrong = await sendOne(pair, length % 2 === 0 ? 0 : 1, length, pattern);
      if (wrong === undefined) continue;
      findings.push(...wrong);
      frames++;
      break;
    }
  }
  expect([findings.slice(0, 5), frames]).toEqual([[], MOST - 59]);
  pair.release();
});

test.each(BUFFERS)(
  'around the borders of buffers of $bufferBytes bytes and of pages every pattern comes through',
  async ({ bufferBytes, first, later }) => {
    const pair = await dpaaPair({ maxFrame: 9600, bufferBytes, quiet: true });
    await pair.open();
    const findings: string[] = [];
    let frames = 0;
    for (const length of borderLengths(first, later, MOST)) {
      for (const pattern of PATTERNS) {
        for (const from of [0, 1] as const) {
          const wrong = await sendOne(pair, from, length, pattern);
          if (wrong !== undefined) frames++;
          findings.push(...(wrong ?? []));
        }
      }
    }
    expect(findings.slice(0, 5)).toEqual([]);
    expect(frames).toBeGreaterThan(1000);
    for (const { net } of pair.sides) {
      const { rxErrors, rxDropped, txErrors, txDropped, rxPackets, txPackets } = net.getStats();
      const confirmed = ethtoolValue(net, 'tx confirm [TOTAL]');
      const half = frames / 2;
      expect([rxPackets, txPackets, confirmed]).toEqual([half, half, half]);
      expect([rxErrors, rxDropped, txErrors, txDropped]).toEqual([0, 0, 0, 0]);
    }
    expect(audit(pair)).toEqual([]);
    pair.release();
  },
);
