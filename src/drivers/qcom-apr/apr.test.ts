// The bus on a machine with a modelled edge: devices, drivers, packets, and what becomes of them when something dies.
import { expect, test } from 'vitest';
import { aprNode, aprRig, bytesOf, dspSource, noting, response, SEED_NODE } from '../../../test/apr-rig.js';
import type { SysError } from '../../base/errno.js';
import { s } from '../../base/clock.js';
import { debugfsRoot } from '../../core/debugfs.js';
import { aprAddDevice, aprCounts, aprServices } from './apr.js';
import { type AprDevice, aprDriver, aprSendPkt } from './apr-device.js';
import type { AprMessage } from './message.js';
import { aprPacket } from './packet.js';

const names = (channel: Parameters<typeof aprServices>[0]): string[] => aprServices(channel).map(({ dev }) => dev.name);
const codeOf = (adding: Promise<unknown>): Promise<string> =>
  adding.then(
    () => 'added',
    (e: SysError) => e.code,
  );
const AFE = { name: 'AFE', domain: 4, svc: 4 };
const AFE_NODE = 'service@4 { reg = <4>; compatible = "qcom,q6afe"; };';

test('the channel of the patch has CORE, and a driver can add others and gets their packets', async () => {
  const log: string[] = [];
  const { rx, channel } = await aprRig(dspSource(SEED_NODE), { drivers: [noting(log, AFE)] });
  expect(channel().name).toBe('remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1');
  expect(names(channel())).toEqual(['apr:CORE:4:3:0']);
  await aprAddDevice(channel(), AFE);
  expect(await rx(response(4))).toBe(0);
  expect(log).toEqual(['probe apr:AFE:4:4:0', 'apr:AFE:4:4:0 110e8 token 1']);
  expect(aprCounts(channel()).delivered).toBe(1);
});

test('a packet whose size is not its length, or whose header is longer, is dropped and told (apr-W1, W2)', async () => {
  const said: string[] = [];
  const drivers = [noting(said, AFE)];
  const { rx, channel, log } = await aprRig(dspSource(aprNode(AFE_NODE)), { drivers });
  await rx('5001 1c00 04040000 04050000 01000000 e8100100 00000000'); // says 28, is 24
  await rx('6001 1400 04040000 04050000 01000000 e8100100'); // a header of 24 in 20
  expect(said).toEqual(['probe aprsvc:service:4:4']);
  const counts = aprCounts(channel());
  expect([counts['packet-size-mismatch'], counts['header-past-packet'], counts.delivered]).toEqual([1, 1, 0]);
  expect(log.filter((line) => line.includes(' APR: '))).toEqual([
    'qcom,apr remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1: APR: packet size is 28, received were 24',
    'qcom,apr remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1: APR: header of 24 bytes in 20',
  ]);
});

test('a header alone is a packet, and what its callback sees is there: an empty payload (apr-W4, W5)', async () => {
  const seen: unknown[] = [];
  const callback = (_: AprDevice, message: AprMessage): void => {
    const { payload, payloadSize, headerBytes, src, srcDomain, srcSvc, destSvc, srcPort, destPort } = message;
    const addresses = [src, srcDomain, srcSvc, destSvc, srcPort, destPort];
    seen.push(payload.length, payloadSize, message.u32(0), message.u16(0), headerBytes, addresses, message.messageType);
  };
  const { rx } = await aprRig(dspSource(aprNode(AFE_NODE)), { drivers: [noting([], AFE, { callback })] });
  await rx('5000 1400 04040300 04050700 01000000 1c0c0100');
  expect(seen).toEqual([0, 0, undefined, undefined, 20, [1, 4, 4, 4, 3, 7], 0]);
});

test('words behind the header are skipped, and the payload is read with limits', async () => {
  const seen: unknown[] = [];
  const callback = (_: AprDevice, message: AprMessage): void => {
    seen.push([...message.payload], message.u32(0), message.u32(1), message.u16(2), message.opcode, message.token);
  };
  const { rx } = await aprRig(dspSource(aprNode(AFE_NODE)), { drivers: [noting([], AFE, { callback })] });
  await rx('6001 1c00 04040000 04050000 ffffffff e81001f0 deadbeef 01020384');
  expect(seen).toEqual([[1, 2, 3, 0x84], 0x8403_0201, undefined, 0x8403, 0xf001_10e8, 0xffff_ffff]);
});

test('the same number on two processors is two services (apr-W6), and each is taken once (apr-W17)', async () => {
  const log: string[] = [];
  const mvm = { name: 'MVM', domain: 3, svc: 4, client: 1 };
  const { rx, channel } = await aprRig(dspSource(SEED_NODE), { drivers: [noting(log, [AFE])] });
  await aprAddDevice(channel(), mvm);
  await aprAddDevice(channel(), AFE);
  expect(await codeOf(aprAddDevice(channel(), { ...AFE, client: 1 }))).toBe('EEXIST');
  expect(names(channel())).toEqual(['apr:CORE:4:3:0', 'apr:MVM:3:4:1', 'apr:AFE:4:4:0']);
  await rx(response(4));
  await rx(response(4, { domain: 3 })); // MVM has no driver
  await rx(response(7, { domain: 3 }));
  expect(log).toEqual(['probe apr:AFE:4:4:0', 'apr:AFE:4:4:0 110e8 token 1']);
  const counts = aprCounts(channel());
  expect([counts['no-driver'], counts['no-such-service']]).toEqual([1, 1]);
});

test('a callback may send, is never called within a send or a receive, and keeps the order (apr-W8)', async () => {
  const order: string[] = [];
  const drivers = [
    noting([], AFE, {
      callback(adev, message) {
        order.push(`in ${message.token}`);
        const sent = aprSendPkt(adev, aprPacket({ opcode: 0x100e5, token: message.token }, 4).bytes);
        order.push(`out ${message.token} ${sent}`);
      },
    }),
  ];
  const { dsp, bench } = await aprRig(dspSource(aprNode(AFE_NODE)), { drivers });
  dsp.take = (bytes) => {
    order.push(`dsp ${bytes[12]}`);
    if (bytes[12] === 1) dsp.end.trysend(bytesOf(response(4, { token: 9 })));
    return 0;
  };
  for (const token of [1, 2]) dsp.end.trysend(bytesOf(response(4, { token })));
  order.push('sent');
  await bench.run(0);
  expect(order).toEqual([
    'sent',
    'in 1',
    'out 1 24',
    'in 2',
    'out 2 24',
    'dsp 1',
    'dsp 2',
    'in 9',
    'out 9 24',
    'dsp 9',
  ]);
  expect(dsp.got[0]).toBe('50021800040500000404000001000000e500010000000000');
});

test('over SMD a bad packet does not hold up the next (apr-W9)', async () => {
  const log: string[] = [];
  const { rx } = await aprRig(dspSource(aprNode(AFE_NODE), 'smd-edge'), { drivers: [noting(log, AFE)] });
  for (const bad of ['00', 'ff'.repeat(20), response(4).replace('5001', '5201')]) await rx(bad.padEnd(8, '0'));
  await rx(response(4));
  expect(log).toEqual(['probe aprsvc:service:4:4', 'aprsvc:service:4:4 110e8 token 1']);
});

test('a service that is unbound and bound again hears again, as often as you like (apr-W10)', async () => {
  const log: string[] = [];
  const { rx, bench } = await aprRig(dspSource(aprNode(AFE_NODE)), { drivers: [noting(log, AFE)] });
  const [afe] = bench.core.devices.filter(({ bus }) => bus.name === 'aprbus');
  if (afe === undefined) throw new Error('no device');
  for (let round = 0; round < 2; round++) {
    await bench.core.unbind(afe);
    await rx(response(4, { token: 7 }));
    await bench.core.bind(afe);
    await rx(response(4));
  }
  const round = ['remove aprsvc:service:4:4', 'probe aprsvc:service:4:4', 'aprsvc:service:4:4 110e8 token 1'];
  expect(log).toEqual(['probe aprsvc:service:4:4', ...round, ...round]);
});

test('a device without driver that is removed leaves the bus, and its number is free (apr-W11)', async () => {
  const { rx, channel, bench } = await aprRig(dspSource(SEED_NODE));
  const { dev } = await aprAddDevice(channel(), AFE);
  await bench.core.removeDevice(dev);
  expect(names(channel())).toEqual(['apr:CORE:4:3:0']);
  await rx(response(4));
  expect(aprCounts(channel())['no-such-service']).toBe(1);
  await aprAddDevice(channel(), AFE);
  expect(names(channel())).toEqual(['apr:CORE:4:3:0', 'apr:AFE:4:4:0']);
});

test('what cannot be added leaves nothing behind: a name that is taken, another number (apr-W12)', async () => {
  const { channel } = await aprRig(dspSource(SEED_NODE));
  expect(await codeOf(aprAddDevice(channel(), { name: 'CORE', domain: 4, svc: 3 }))).toBe('EEXIST');
  expect(names(channel())).toEqual(['apr:CORE:4:3:0']);
});

test('a channel that is open before there is a driver waits for it, and closes with it (apr-W14)', async () => {
  const { bench, dsp, channel } = await aprRig(dspSource(SEED_NODE));
  const { qcomApr } = await import('./apr.js');
  await bench.core.unregisterDriver(qcomApr);
  expect(bench.core.devices.filter(({ bus }) => bus.name === 'aprbus')).toEqual([]);
  expect(dsp.end.trysend(bytesOf(response(3)))).toBe(-16); // no buffer is announced
  await bench.core.registerDriver(qcomApr);
  expect(names(channel())).toEqual(['apr:CORE:4:3:0']);
});

test('a version keeps its major number (apr-W15)', async () => {
  const { channel } = await aprRig(dspSource(SEED_NODE));
  expect((await aprAddDevice(channel(), { ...AFE, version: 0x0002_0003 })).version).toBe(0x0002_0003);
});

test.each([
  ['domain 26', { name: 'X', domain: 0x1a, svc: 4 }],
  ['domain 0', { name: 'X', domain: 0, svc: 4 }],
  ['service 0', { name: 'X', domain: 4, svc: 0 }],
  ['service 0x17', { name: 'X', domain: 4, svc: 0x17 }],
  ['service 0x10004', { name: 'X', domain: 4, svc: 0x1_0004 }],
  ['client 0x10000', { name: 'X', domain: 4, svc: 4, client: 0x1_0000 }],
  ['32 characters', { name: 'N'.repeat(32), domain: 4, svc: 4 }],
])('%s is no service (apr-W16)', async (_, id) => {
  const { channel } = await aprRig(dspSource(SEED_NODE));
  expect(await codeOf(aprAddDevice(channel(), id))).toBe('EINVAL');
  expect(names(channel())).toEqual(['apr:CORE:4:3:0']);
});

test('numbers in a name are hex, and a name may have 31 characters', async () => {
  const { channel } = await aprRig(dspSource(SEED_NODE));
  const { dev } = await aprAddDevice(channel(), { name: 'N'.repeat(31), domain: 5, svc: 0x16, client: 0xdef });
  expect(dev.name).toBe(`apr:${'N'.repeat(31)}:5:16:def`);
});

test('a driver without any way to say which devices is refused', () => {
  expect(() => aprDriver({ name: 'x', probe: () => undefined })).toThrow('neither id table nor compatible (EINVAL)');
});

test('without a bus on the channel nothing can be added', async () => {
  const { bench, channel } = await aprRig(dspSource(SEED_NODE));
  await bench.core.unbind(channel());
  expect(await codeOf(aprAddDevice(channel(), AFE))).toBe('EINVAL');
});

test('a packet for a service whose driver does not listen is dropped (apr-L2)', async () => {
  let resets = 0;
  const deaf = aprDriver({ name: 'deaf', idTable: [AFE], probe: () => undefined, reset: () => resets++ });
  const { rx, channel, dsp } = await aprRig(dspSource(aprNode(AFE_NODE)), { drivers: [deaf] });
  await rx(response(4));
  expect([channel().children[0]?.state.kind, aprCounts(channel())['no-driver']]).toEqual(['bound', 1]);
  dsp.remote.down();
  expect(resets).toBe(1);
});

test('services go youngest first, with their driver and with their channel (apr-L7)', async () => {
  const log: string[] = [];
  const ids = [3, 4, 7].map((svc) => ({ domain: 4, svc }));
  const services = ids.map(({ svc }) => `service@${svc} { reg = <${svc}>; };`);
  const driver = noting(log, ids);
  const { bench, dsp } = await aprRig(dspSource(aprNode(...services)), { drivers: [driver] });
  const youngestFirst = [7, 4, 3].map((svc) => `remove aprsvc:service:4:${svc}`);
  await bench.core.unregisterDriver(driver);
  expect(log.splice(0).slice(3)).toEqual(youngestFirst);
  await bench.core.registerDriver(driver);
  dsp.remote.down();
  await bench.run(0);
  expect(log.slice(-3)).toEqual(youngestFirst);
});

test('a probe that waits for an answer gets it, and one that fails is deaf', async () => {
  const log: string[] = [];
  const drivers = [
    noting(log, AFE, {
      async probe(adev) {
        aprSendPkt(adev, aprPacket({ opcode: 0x12905 }).bytes);
        await adev.dev.clock.sleep(1);
        log.push('end of probe');
        throw adev.dev.error('EIO', 'no');
      },
    }),
  ];
  const source = dspSource(aprNode(AFE_NODE));
  const { rx, channel, dsp } = await aprRig(source, { drivers });
  expect(dsp.got).toEqual(['5002140004050000040400000000000005290100']);
  expect(log).toEqual(['end of probe']);
  await rx(response(4));
  expect(aprCounts(channel())['no-driver']).toBe(1);
});

test.each([
  ['beyond the buffer', 24, 28],
  ['below a header', 24, 4],
  ['of nothing', 24, 0],
  ['in a buffer without a header', 19, 19],
])('a packet with a size %s is not sent (apr-W21, W22)', async (_, length, size) => {
  const { channel, dsp, log } = await aprRig(dspSource(aprNode(AFE_NODE)));
  const bytes = new Uint8Array(length);
  bytes[0] = 0x50;
  bytes[2] = size;
  const [afe] = aprServices(channel());
  expect(aprSendPkt(afe as AprDevice, bytes)).toBe(-22);
  expect(dsp.got).toEqual([]);
  expect([...bytes].filter((byte) => byte !== 0)).toEqual(size === 0 ? [0x50] : [0x50, size]);
  expect(log.at(-1)).toBe(`aprbus aprsvc:service:4:4: Unable to send APR pkt ${size}`);
});

test('a packet that is shorter than its buffer goes without the rest', async () => {
  const { bench, channel, dsp } = await aprRig(dspSource(aprNode(AFE_NODE)));
  const { bytes } = aprPacket({ opcode: 0x12905, srcPort: 0x102, destPort: 0x304, token: 0xffff_ffff }, 40);
  bytes[2] = 24;
  expect(aprSendPkt(aprServices(channel())[0] as AprDevice, bytes)).toBe(24);
  await bench.run(0);
  expect(dsp.got).toEqual(['500218000405020104040403ffffffff0529010000000000']);
});

test('each reason has a count for every packet, and a line in five seconds (apr-W24, W25)', async () => {
  const { rx, channel, log, bench } = await aprRig(dspSource(aprNode(AFE_NODE)));
  const version = response(4).replace('5001', '5201');
  for (const packet of [version, version, response(4, { domain: 2 }), version]) await rx(packet);
  const lines = (): string[] => log.flatMap((line) => /APR: .*/.exec(line) ?? []);
  expect(lines()).toEqual(['APR: Wrong version:2', 'APR: Wrong source domain:2']);
  await bench.run(s(6));
  await rx(version);
  expect(lines()).toEqual(['APR: Wrong version:2', 'APR: Wrong source domain:2', 'APR: Wrong version:2']);
  expect([aprCounts(channel()).version, aprCounts(channel())['source-domain']]).toEqual([4, 1]);
  const file = await debugfsRoot(bench.core).dirs.get(channel().name)?.read('packets'); // apr-L8
  expect(file?.split('\n').filter((line) => !line.endsWith(' 0'))).toEqual(['version: 4', 'source-domain: 1', '']);
});

test('what the sender does with its bytes after the send does not matter (apr-W23)', async () => {
  const seen: string[] = [];
  const callback = (_: AprDevice, { bytes }: AprMessage): void => void seen.push([...bytes].join());
  const { dsp, bench } = await aprRig(dspSource(aprNode(AFE_NODE)), { drivers: [noting([], AFE, { callback })] });
  const packet = bytesOf(response(4));
  dsp.end.trysend(packet);
  packet.fill(0xff);
  bench.clock.after(0, () => packet.fill(0xee)); // it is received, and waits for its callback
  await bench.run(0);
  expect(seen).toEqual([[...bytesOf(response(4))].join()]);
});
