// The driver around its frames, on the modelled machine: link, counters, stopping under load, MTU.
import { expect, test } from 'vitest';
import { ms, s, us } from '../../src/base/clock.js';
import type { NetDevice } from '../../src/core/netdevice.js';
import { MacDevice } from '../../src/drivers/fman/fman.js';
import type { DpaaPair } from '../dpaa-machine.js';
import { dpaaPair } from '../dpaa-pair.js';

const MACS = ['/soc@10000000/fman@18a00000/ethernet@e0000', '/soc@10000000/fman@18a00000/ethernet@e2000'] as const;

/** A frame for a side, of no protocol that anybody knows, with its number. */
function frame(to: NetDevice, nr: number, length = 100): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, i) => (i + nr) & 0xff);
  bytes.set(to.address);
  bytes.set([0x88, 0xb5, nr & 0xff], 12);
  return bytes;
}

/** Sends frames one behind the other; answers how many were taken. */
async function blast(pair: DpaaPair, count: number, length = 100): Promise<number> {
  let taken = 0;
  for (let nr = 0; nr < count; nr++) {
    const skb = pair.packet(frame(pair.sides[1].net, nr, length), length);
    if (pair.sides[0].net.xmit(skb)) taken++;
    else skb.kfree();
    if (nr % 4 === 3) await pair.bench.run(us(10));
  }
  await pair.bench.run(ms(1));
  return taken;
}

function macOf(pair: DpaaPair, side: 0 | 1): MacDevice {
  const mac = pair.bench.core.devices.find(({ path }) => path === MACS[side])?.drvdata;
  if (!(mac instanceof MacDevice)) throw new Error('no MAC');
  return mac;
}

const lost = (pair: DpaaPair): unknown[] => {
  pair.frags.drain();
  pair.zone.drain();
  return [...pair.bench.dmaFindings];
};

const counter = (net: NetDevice, name: string): number => {
  const at = net.ethtool.getStrings?.().indexOf(name) ?? -1;
  return net.ethtool.getEthtoolStats?.()[at] ?? -1;
};

test('a cable that is pulled and plugged in again, slower, is seen within a second', async () => {
  const pair = await dpaaPair();
  await pair.open();
  const { net } = pair.sides[1];
  const peer = pair.bench.ethernet(MACS[0]);
  const seen: unknown[] = [];
  for (const link of [
    undefined,
    { speed: 100, fullDuplex: false } as const,
    { speed: 1000, fullDuplex: true } as const,
  ]) {
    peer.plug(link);
    await pair.bench.run(s(1));
    const { speed, duplex } = net.ethtool.getLinkKsettings?.() ?? {};
    seen.push([net.carrier, speed, duplex]);
  }
  expect(seen).toEqual([
    [false, undefined, undefined],
    [true, 100, 'half'],
    [true, 1000, 'full'],
  ]);
  expect(await blast(pair, 10)).toBe(10);
  expect(pair.sides[1].received.length).toBe(10);
  expect(lost(pair)).toEqual([]);
});

test('dpaa-L37: the counters of both ends, of the MACs and of ethtool agree', async () => {
  const pair = await dpaaPair();
  await pair.open();
  const [{ net: left }, { net: right }] = pair.sides;
  await blast(pair, 50, 100);
  await blast(pair, 30, 1514);
  const [out, into] = [left.getStats(), right.getStats()];
  expect([out.txPackets, out.txBytes, out.txErrors, out.txDropped]).toEqual([80, 50 * 100 + 30 * 1514, 0, 0]);
  // Received bytes are counted behind the header of 14, as the patch counts them.
  expect([into.rxPackets, into.rxBytes, into.rxErrors, into.rxDropped, into.rxMissedErrors]).toEqual([
    80,
    50 * 86 + 30 * 1500,
    0,
    0,
    0,
  ]);
  const [sent, received] = [left.ethtool.getMacStats?.() ?? {}, right.ethtool.getMacStats?.() ?? {}];
  const sizes = (which: string, side: Readonly<Record<string, number>>): unknown[] => [
    side[`${which}-rmon-etherStatsPkts65to127Octets`],
    side[`${which}-rmon-etherStatsPkts1024to1518Octets`],
  ];
  expect([sent['eth-mac-FramesTransmittedOK'], ...sizes('tx', sent)]).toEqual([80, 50, 30]);
  expect([received['eth-mac-FramesReceivedOK'], ...sizes('rx', received)]).toEqual([80, 50, 30]);
  expect([
    counter(left, 'tx packets [TOTAL]'),
    counter(left, 'tx confirm [TOTAL]'),
    counter(right, 'rx packets [TOTAL]'),
    counter(right, 'bpool [TOTAL]'),
    // Filled up by 8 from 79 on (facts S3): 128 - 49 + 56 - 31.
  ]).toEqual([80, 80, 80, 104]);
  expect(left.ethtool.getDrvinfo?.()).toEqual({ driver: 'fsl_dpa', busInfo: '18ae0000.ethernet' });
  expect(lost(pair)).toEqual([]);
});

test('stopping with frames that do not leave ends in time, and they leave when the port runs again', async () => {
  const pair = await dpaaPair();
  await pair.open();
  const [{ net }, { received }] = pair.sides;
  await macOf(pair, 0).txPort.disable();
  expect(await blast(pair, 20)).toBe(20);
  expect([counter(net, 'tx confirm [TOTAL]'), received.length]).toEqual([0, 0]);
  const before = pair.bench.clock.now();
  await pair.bench.drive('stop', s(1), async () => await net.stop());
  expect(pair.bench.clock.now() - before).toBeLessThan(ms(300));
  await pair.bench.drive('open', s(3), async () => await net.open());
  await pair.bench.run(ms(1));
  expect([counter(net, 'tx confirm [TOTAL]'), received.length]).toEqual([20, 20]);
  expect(lost(pair)).toEqual([]);
});

test('up and down under load: what was taken arrives or is counted, and no buffer is gone', async () => {
  const pair = await dpaaPair();
  await pair.open();
  const [{ net: left }, { net: right, received }] = pair.sides;
  let taken = 0;
  for (let round = 0; round < 5; round++) {
    const side = round % 2 === 0 ? right : left;
    const stopping = side.stop();
    taken += await blast(pair, 40);
    await pair.bench.run(s(1));
    await stopping;
    await pair.bench.drive('open', s(3), async () => await side.open());
    taken += await blast(pair, 40);
  }
  const { txPackets, txErrors } = left.getStats();
  expect([txPackets, txErrors]).toEqual([taken, 0]);
  expect(counter(left, 'tx confirm [TOTAL]')).toBe(taken);
  expect(received.length).toBeGreaterThanOrEqual(5 * 40);
  expect(lost(pair)).toEqual([]);
});

test('the MTU changes while frames are under way, up to what the MAC lets in', async () => {
  const pair = await dpaaPair({ maxFrame: 9600 });
  await pair.open();
  const [{ net: left }, { net: right, received }] = pair.sides;
  for (const mtu of [9578, 1500, 576, 9000]) {
    const changed = Promise.all([left.setMtu(mtu), right.setMtu(mtu)]);
    expect(await blast(pair, 20, mtu + 14)).toBe(20);
    await changed;
  }
  expect(received.map(({ length }) => length)).toEqual(
    [9578, 1500, 576, 9000].flatMap((mtu) => new Array<number>(20).fill(mtu + 14)),
  );
  await expect(left.setMtu(9579)).rejects.toThrow('EINVAL');
  expect(lost(pair)).toEqual([]);
});

test('a maximum that cannot be is told, and 1522 taken', async () => {
  const pair = await dpaaPair({ maxFrame: 20_000 });
  expect(pair.sides[0].net.maxMtu).toBe(1500);
  expect(pair.log).toEqual(
    [0, 1].map((nr) => `fsl_dpa dpaa-ethernet.${nr}: max-frame 20000 is not within 90 and 9600: 1522 is taken`),
  );
});

test('a size of buffers that cannot be is told, and the usual one taken', async () => {
  const pair = await dpaaPair({ maxFrame: 9600, bufferBytes: 3000 as 4096 });
  expect(pair.log).toEqual(
    [0, 1].map((nr) => `fsl_dpa dpaa-ethernet.${nr}: buffers of 3000 bytes are not to be had: 4096 is taken`),
  );
});

test('a frame that is longer than the MAC lets in is an error of its size', async () => {
  const pair = await dpaaPair();
  await pair.open();
  const { net } = pair.sides[1];
  pair.bench.ethernet(MACS[1]).send(frame(net, 1, 1600));
  await pair.bench.run(ms(1));
  expect([net.getStats().rxErrors, counter(net, 'rx frame size error'), counter(net, 'bpool [TOTAL]')]).toEqual([
    1, 1, 128,
  ]);
});

test('a flood of frames with a wrong check sequence is a line or none, and all are counted', async () => {
  const pair = await dpaaPair();
  await pair.open();
  const { net } = pair.sides[1];
  pair.log.length = 0;
  for (let nr = 0; nr < 500; nr++) {
    pair.bench.ethernet(MACS[1]).send(frame(net, nr), { fcs: true });
    if (nr % 20 === 19) await pair.bench.run(us(50));
  }
  await pair.bench.run(ms(1));
  expect([net.getStats().rxErrors, counter(net, 'rx frame physical error')]).toEqual([500, 500]);
  expect(counter(net, 'bpool [TOTAL]')).toBe(128);
  expect(pair.log.length).toBeLessThanOrEqual(1);
});
