// The router without devices: queues, their end, what fails in a callback, and GPR's checks.
import { describe, expect, test } from 'vitest';
import { bytesOf, response } from '../../../test/apr-rig.js';
import { SysError } from '../../base/errno.js';
import { PASSED, serviceKey } from './receive.js';
import { AprRouter } from './router.js';

interface Rig {
  readonly router: AprRouter;
  readonly log: string[];
}

function rig(kind: 'apr' | 'gpr' = 'apr'): Rig {
  const log: string[] = [];
  const router = new AprRouter(kind, {
    refused: ({ reason, rule, message }, bytes) => {
      log.push(`${rule} ${reason}: ${message({ bytes, length: bytes.length })}`);
    },
    failed: (error) => log.push(`failed ${error.code}`),
  });
  return { router, log };
}

const soon = (): Promise<void> => Promise.resolve();

describe('APR', () => {
  const AFE = serviceKey(4, 4);
  const ASM = serviceKey(4, 7);

  test('what waits when the driver goes is not delivered, nor to the next one (apr-W7)', async () => {
    const { router, log } = rig();
    const box = router.open(AFE);
    box?.attach(() => log.push('first'));
    for (const token of [1, 2, 3]) expect(router.receive(bytesOf(response(4, { token })))).toBe(PASSED);
    expect([box?.waiting, router.waiting]).toEqual([3, 3]);
    box?.detach();
    expect([box?.waiting, box?.attached]).toEqual([0, false]);
    box?.attach(() => log.push('second'));
    await soon();
    expect(log).toEqual([]);
    router.receive(bytesOf(response(4)));
    await soon();
    expect(log).toEqual(['second']);
  });

  test('a driver that goes within its own callback hears nothing more', async () => {
    const { router, log } = rig();
    const box = router.open(AFE);
    box?.attach(({ token }) => {
      log.push(`token ${token}`);
      router.close(AFE);
    });
    for (const token of [1, 2]) router.receive(bytesOf(response(4, { token })));
    await soon();
    expect([log, router.waiting, router.find(AFE)]).toEqual([['token 1'], 0, undefined]);
    expect(router.receive(bytesOf(response(4)))).not.toBe(PASSED);
  });

  test('a service that does not keep up loses what is more than 1024, and no other does', async () => {
    const { router, log } = rig();
    let heard = 0;
    router.open(AFE)?.attach(() => heard++);
    router.open(ASM)?.attach(() => log.push('ASM'));
    const packet = bytesOf(response(4));
    for (let count = 0; count < 1025; count++) router.receive(packet);
    router.receive(bytesOf(response(7)));
    expect(log).toEqual(['W8 queue-full: APR: too many packets wait for service 4']);
    await soon();
    expect([heard, log.at(-1), router.counts.delivered, router.counts['queue-full']]).toEqual([1024, 'ASM', 1025, 1]);
  });

  test('packets keep their bytes while others come, grow and go', async () => {
    const { router } = rig();
    const heard: string[] = [];
    const long = (token: number, size: number): Uint8Array => {
      const bytes = new Uint8Array(size).fill(token);
      bytes.set(bytesOf(response(4, { token })).subarray(0, 20));
      bytes[2] = size & 0xff;
      bytes[3] = size >> 8;
      return bytes;
    };
    router.open(AFE)?.attach(({ token, payload, bytes }) => {
      const same = payload.every((byte) => byte === token);
      heard.push(`${token} ${bytes.length} ${same}`);
      if (token === 1) router.receive(long(9, 65532)); // a callback's own answer
    });
    for (let token = 1; token <= 5; token++) router.receive(long(token, 1000 * token ** 2));
    router.receive(long(6, 65532));
    router.receive(long(7, 65532));
    await soon();
    expect(heard).toEqual([
      ...['1 1000 true', '2 4000 true', '3 9000 true', '4 16000 true', '5 25000 true', '6 65532 true', '7 65532 true'],
      '9 65532 true',
    ]);
    expect(router.waiting).toBe(0);
  });

  test('a callback that fails with a device’s error is told, and the next message comes', async () => {
    const { router, log } = rig();
    router.open(AFE)?.attach(({ token }) => {
      log.push(`token ${token}`);
      if (token === 1) throw new SysError('EIO', 'broken');
    });
    for (const token of [1, 2]) router.receive(bytesOf(response(4, { token })));
    await soon();
    expect([log, router.waiting]).toEqual([['token 1', 'failed EIO', 'token 2'], 0]);
  });

  test('what is longer than the size field can say is refused', () => {
    const { router, log } = rig();
    router.receive(new Uint8Array(0x1_0000).fill(0x50));
    expect(log).toEqual(['R4 packet-size-mismatch: APR: packet size is 20560, received were 65536']);
  });

  test('a key is taken once', () => {
    const { router } = rig();
    const box = router.open(AFE);
    expect([router.open(AFE), router.find(AFE)]).toEqual([undefined, box]);
  });

  test('a packet may come before anything else has (apr-W13)', () => {
    const { router, log } = rig();
    router.receive(bytesOf(response(4)));
    expect(log).toEqual(['R8 no-such-service: APR: service is not registered']);
  });

  test('every message type passes, and the bits above it do not matter (apr-W24)', async () => {
    const { router } = rig();
    const heard: number[] = [];
    router.open(AFE)?.attach(({ messageType }) => heard.push(messageType));
    for (const high of ['00', '01', '02', '03', 'fd'])
      router.receive(bytesOf(response(4).replace(/^5001/, `50${high}`)));
    await soon();
    expect(heard).toEqual([0, 1, 2, 3, 1]);
  });
});

describe('GPR', () => {
  const word = (value: number): string => hexWord(value >>> 0);
  const hexWord = (value: number): string =>
    [0, 8, 16, 24].map((shift) => ((value >>> shift) & 0xff).toString(16).padStart(2, '0')).join('');
  const packet = (word0: number, port = 1, length = 28): Uint8Array =>
    bytesOf([word0, 0x0203, 2, port, 7, 0x0200_1005, 0x11].map(word).join('')).subarray(0, length);

  test.each([
    ['version 2', packet(0x1c62), 'G3 version: GPR: Wrong version:2'],
    ['a header of 5 words', packet(0x1c50), 'G3 header-size-small: GPR: Wrong hdr size:5'],
    ['a size that is not the length', packet(0x1860), 'G3 packet-size-mismatch: GPR: Wrong packet size'],
    ['a size of 24 bits', packet(0x01_1c60), 'G3 packet-size-mismatch: GPR: Wrong packet size'],
    ['a header behind the end', packet(0x1c80), 'W2 header-past-packet: GPR: header of 32 bytes in 28'],
    ['21 bytes (apr-L6)', packet(0x1560, 1, 21), 'G3 short: GPR: Improper gpr pkt received: 21'],
    ['another port', packet(0x1c60, 0x1000_0002), 'G3 no-such-service: GPR: Port(10000002) is not registered'],
    ['a port without driver', packet(0x1c60, 2), 'G3 no-driver: GPR: Port(2) is not registered'],
  ])('%s is refused', (_, bytes, line) => {
    const { router, log } = rig('gpr');
    router.open(1)?.attach(() => log.push('delivered'));
    router.open(2);
    router.receive(bytes);
    expect(log).toEqual([line]);
  });

  test('a header alone is delivered, and so is a packet to a port of 32 bits', async () => {
    const { router, log } = rig('gpr');
    for (const port of [1, 0xffff_ffff])
      router.open(port)?.attach((message) => {
        const { destPort, srcPort, token, opcode, payloadSize, messageType, srcSvc, destSvc, srcDomain } = message;
        const zeros = [messageType, srcSvc, destSvc].join('');
        log.push([destPort, srcPort, token, opcode.toString(16), payloadSize, zeros, srcDomain].join(' '));
      });
    router.receive(packet(0x1860, 1, 24));
    router.receive(packet(0x1c60, 0xffff_ffff));
    await soon();
    expect(log).toEqual(['1 2 7 2001005 0 000 2', '4294967295 2 7 2001005 4 000 2']);
  });
});
