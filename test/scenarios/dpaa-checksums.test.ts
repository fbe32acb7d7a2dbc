// Checksums between two ports of the lab board: FMan computes them where it can, the driver where not; what arrives is
// right and said to be so.
import { expect, test } from 'vitest';
import { CHECKSUM_NONE, CHECKSUM_UNNECESSARY } from '../../src/core/skbuff.js';
import { NETIF_F } from '../../src/core/netdev-types.js';
import { audit, ethtoolValue } from '../dpaa-accounts.js';
import { SUM_CASES, sumPacket, wrongSum } from '../dpaa-checksums.js';
import { dpaaPair } from '../dpaa-pair.js';
import { same } from '../dpaa-sweep.js';

test('checksums of TCP and UDP are right behind tags, options and extension headers, both ways', async () => {
  const pair = await dpaaPair({ maxFrame: 9600, quiet: true });
  await pair.open();
  const findings: string[] = [];
  for (const one of SUM_CASES) {
    for (const from of [0, 1] as const) {
      const to = from === 0 ? 1 : 0;
      const { skb, expected } = sumPacket(pair, to, one);
      await pair.send(from, skb);
      const { received, verdict } = pair.sides[to];
      const wrong = audit(pair);
      const came = received.splice(0);
      // Short ones are padded with zeroes on the way.
      const bytes = new Uint8Array(Math.max(60, expected.length));
      bytes.set(expected);
      if (came.length !== 1 || !same(came[0] as Uint8Array, bytes)) wrong.push('other bytes came');
      if (verdict !== (one.beyond ? CHECKSUM_NONE : CHECKSUM_UNNECESSARY)) wrong.push(`the verdict is ${verdict}`);
      findings.push(...wrong.map((text) => `${one.name}: ${text}`));
    }
  }
  expect([findings.length, ...findings.slice(0, 5)]).toEqual([0]);
  pair.release();
});

test('who does not want the verdict does not get it', async () => {
  const pair = await dpaaPair({ quiet: true });
  await pair.open();
  const [, right] = pair.sides;
  right.net.setFeatures(right.net.features & ~NETIF_F.RXCSUM);
  const [one] = SUM_CASES;
  const { skb, expected } = sumPacket(pair, 1, one as (typeof SUM_CASES)[number]);
  await pair.send(0, skb);
  expect([right.verdict, right.received[0]?.length]).toEqual([CHECKSUM_NONE, Math.max(60, expected.length)]);
  pair.release();
});

test.each([
  [4, 'tcp'],
  [4, 'udp'],
  [6, 'tcp'],
  [6, 'udp'],
] as const)(
  'a frame of IPv%d and %s with a wrong checksum is an error, and its buffers go back',
  async (version, protocol) => {
    const pair = await dpaaPair({ maxFrame: 9600, quiet: true });
    await pair.open();
    const [, right] = pair.sides;
    for (const payload of [100, 5000]) {
      const { frame } = wrongSum({ version, protocol, payload });
      frame.set(right.net.address);
      await pair.send(0, pair.packet(frame, frame.length));
    }
    const { rxErrors, rxPackets } = right.net.getStats();
    expect([rxErrors, rxPackets, ethtoolValue(right.net, 'rx header error')]).toEqual([2, 0, 2]);
    expect(audit(pair)).toEqual([]);
    pair.release();
  },
);
