// The packet of the patch: what it does, weaknesses included (facts cmdq §2, §8). The words are those of §2.9 and
// §2.12.
import { describe, expect, test } from 'vitest';
import { treeOf } from '../../../test/tree-of.js';
import { errorOf, wordsOf } from '../../../test/cmdq/packets.js';
import { SysError } from '../../base/errno.js';
import { cpuRange } from '../../dt/address.js';
import type { CmdqMemory } from './memory.js';
import { plainMemory } from './memory.js';
import { PATCH_EVENTS, patchBase, patchFlushAsync, PatchPkt } from './pkt-patch.js';

const OVL0 = { subsys: 1, base: 0x1400_c000 };
const MUTEX0_STREAM_EOF = 14;

/** Memory of which `left` buffers can be had. */
function memoryOf(left: number): CmdqMemory & { left: number } {
  const plain = plainMemory();
  return {
    ...plain,
    left,
    alloc(bytes) {
      if (this.left-- <= 0) throw new SysError('ENOMEM', 'as the test says');
      return plain.alloc(bytes);
    },
  };
}

test('the frame of the facts, word by word', () => {
  const pkt = new PatchPkt({ memory: plainMemory() });
  pkt.clearEvent(MUTEX0_STREAM_EOF);
  pkt.wfe(MUTEX0_STREAM_EOF);
  pkt.writeMask(1, OVL0, 0x2c, 1);
  pkt.write(0x4100_0000, OVL0, 0xf40);
  pkt.finalize();
  expect([wordsOf(pkt).split(' '), pkt.cmdBufSize, pkt.bufSize, pkt.end - pkt.start]).toEqual([
    [
      ...['20000035_80000000', '20000035_80008001', '02000000_fffffffe', '0401c02d_00000001'],
      ...['0401cf40_41000000', '40000000_00000001', '10000000_00000008'],
    ],
    ...[0x38, 4096, 0x38],
  ]);
});

test('the events of its enum have the ids of mt8173', () => {
  expect([PATCH_EVENTS.length, PATCH_EVENTS[0], PATCH_EVENTS[13], PATCH_EVENTS[14], PATCH_EVENTS[21]]).toEqual([
    22,
    { name: 'DISP_OVL0_SOF', id: 11 },
    { name: 'DISP_WDMA1_EOF', id: 45 },
    { name: 'MUTEX0_STREAM_EOF', id: 53 },
    { name: 'DISP_RDMA2_UNDERRUN', id: 65 },
  ]);
});

describe('its weaknesses', () => {
  test('an address above 4 GiB is cut and accepted (cmdq-D3), and an error has no name (cmdq-D16)', () => {
    expect([patchBase(0x1_1400_c000), patchBase(0x1300_0000)]).toEqual([OVL0, undefined]);
    const tree = treeOf('/ { #address-cells = <1>; #size-cells = <1>; d@14020000 { reg = <0x14020000 0x1000>; }; };');
    const node = tree.byPath('/d@14020000');
    const start = node === undefined ? undefined : cpuRange(node)?.start;
    expect(patchBase(start ?? 0)).toEqual({ subsys: 3, base: 0x1402_0000 });
  });

  test.each([
    ['an offset comes round in the window (cmdq-D4)', OVL0, 0x1_0000, '0401c000_00000007'],
    ['a carry stays in the subsystem (cmdq-D4)', { subsys: 1, base: 0x1400_f000 }, 0x1000, '04010000_00000007'],
    ['an odd offset turns the mask on (cmdq-D5)', OVL0, 0x21, '0401c021_00000007'],
    ['a subsystem changes the operation (cmdq-D12)', { subsys: 256, base: 0 }, 0x10, '05000010_00000007'],
  ])('%s', (_, base, offset, word) => {
    const pkt = new PatchPkt({ memory: plainMemory() });
    pkt.write(7, base, offset);
    expect(wordsOf(pkt)).toBe(word);
  });

  test('a MASK stays without its WRITE (cmdq-D6)', () => {
    const memory = memoryOf(1);
    const pkt = new PatchPkt({ memory, pageSize: 8 });
    expect(errorOf(() => pkt.writeMask(1, OVL0, 0, 1)).code).toBe('ENOMEM');
    expect(wordsOf(pkt)).toBe('02000000_fffffffe');
  });

  test('EOC stays without JUMP, the third try is content with two EOC (cmdq-D7); the kernel warns (cmdq-D17)', () => {
    let warned = 0;
    const memory = memoryOf(1);
    const pkt = new PatchPkt({ memory, pageSize: 8, warn: () => void warned++ });
    expect([errorOf(() => pkt.finalize()).code, pkt.isFinalized]).toEqual(['ENOMEM', false]);
    memory.left = 9;
    expect([errorOf(() => pkt.finalize()).code, pkt.isFinalized, warned]).toEqual(['EBUSY', true, 1]);
    pkt.finalize();
    expect(wordsOf(pkt)).toBe('40000000_00000001 40000000_00000001');
    expect(errorOf(() => pkt.write(0, OVL0, 0)).code).toBe('EBUSY');
  });

  test('the error of sending is lost: nobody is told (cmdq-D8)', () => {
    const pkt = new PatchPkt({ memory: plainMemory() });
    let txdone = 0;
    const send = (): void => {
      throw new SysError('ENOBUFS', 'as the test says');
    };
    patchFlushAsync({ send, txdone: () => void txdone++ }, pkt, () => expect.fail('told'));
    expect([pkt.isFinalized, txdone]).toEqual([true, 1]);
  });

  test('whatever happened, who is told hears "error" and no more (cmdq-D10)', () => {
    const pkt = new PatchPkt({ memory: plainMemory() });
    const told: boolean[] = [];
    patchFlushAsync({ send: (one) => one.sent(), txdone: () => undefined }, pkt, (isError) => told.push(isError));
    pkt.done(-8);
    pkt.done(-110);
    pkt.done(0);
    expect(told).toEqual([true, true, false]);
  });

  test('the buffer doubles and moves while it is used (cmdq-D11, cmdq-D13)', () => {
    const pkt = new PatchPkt({ memory: plainMemory() });
    const { start } = pkt;
    for (let k = 0; k < 512; k++) pkt.write(k, OVL0, 0);
    expect([pkt.bufSize, pkt.start]).toEqual([4096, start]);
    pkt.sent();
    pkt.write(512, OVL0, 0);
    expect([pkt.bufSize, pkt.start === start, pkt.words[1022], pkt.words[1024], pkt.words[1026]]).toEqual([
      ...[8192, false, 511, 512, 0],
    ]);
  });

  test('events are those of the enum, waiting clears (cmdq-D15, cmdq-D18)', () => {
    const pkt = new PatchPkt({ memory: plainMemory() });
    expect([22, -1, 53].map((event) => errorOf(() => pkt.wfe(event)).code)).toEqual(['EINVAL', 'EINVAL', 'EINVAL']);
    expect(errorOf(() => pkt.clearEvent(22)).message).toBe('cmdq: event 22: the patch has 22 (EINVAL)');
  });

  test('a packet that led to another leads there for ever (cmdq-L13)', () => {
    const pkt = new PatchPkt({ memory: plainMemory(0x4000_0000) });
    pkt.finalize();
    const undo = pkt.relink(0x1000_0001, 0x4100_0000);
    pkt.sent();
    expect([wordsOf(pkt), pkt.lastHigh, pkt.contains(0x4000_0008), pkt.contains(0x4000_0010)]).toEqual([
      ...['40000000_00000001 10000001_41000000', 0x1000_0001, true, false],
    ]);
    undo();
    expect(wordsOf(pkt)).toBe('40000000_00000001 10000000_00000008');
  });
});
