// The packet of drivers: each call against the words of facts cmdq §2.12, §4, §7, and what is refused.
import { describe, expect, test } from 'vitest';
import { errorOf, SOC, wordsOf } from '../../../test/cmdq/packets.js';
import { cmdqAddrHigh, cmdqAddrLow } from './encode.js';
import { plainMemory } from './memory.js';
import { CmdqPkt } from './pkt.js';
import { cmdqSoc } from './soc-tables.js';

const START = 0x4000_0000;

function pktOf(more: Partial<ConstructorParameters<typeof CmdqPkt>[0]> = {}): CmdqPkt {
  return new CmdqPkt({ memory: plainMemory(START), soc: SOC, ...more });
}

function built(build: (pkt: CmdqPkt) => void, more: Parameters<typeof pktOf>[0] = {}): string {
  const pkt = pktOf(more);
  build(pkt);
  return wordsOf(pkt);
}

describe('each call becomes its instructions', () => {
  test.each<[what: string, build: (pkt: CmdqPkt) => void, words: string]>([
    ['write', (p) => p.write(1, 0xc020, 0x0438_0780), '0401c020_04380780'],
    ['writeMask', (p) => p.writeMask(1, 0xc02c, 1, 1), '02000000_fffffffe 0401c02d_00000001'],
    ['writeMask of a whole register', (p) => p.writeMask(1, 0x20, 9, 0xffff_ffff), '04010020_00000009'],
    ['readS', (p) => p.readS(3, 0xfffe, 2), '80830002_fffe0000'],
    ['writeS', (p) => p.writeS(1, 2, 47), '90410002_002f0000'],
    ['writeSMask', (p) => p.writeSMask(1, 0x5556, 0, 0x80_0000), '02000000_ff7fffff 91415556_00000000'],
    ['writeSValue', (p) => p.writeSValue(0, 0xc022, 0xdead_beef), '9000c022_deadbeef'],
    ['writeSMaskValue', (p) => p.writeSMaskValue(0, 0x56de, 0xffff_ffff, 1), '02000000_fffffffe 910056de_ffffffff'],
    [
      'memMove',
      (p) => p.memMove(0x1_2345_6784, 0x9_8765_4320),
      'a0800000_00012345 80800001_67860000 a0800000_00098765 90404322_00010000',
    ],
    ['wfe', (p) => p.wfe(53), '20000035_80008001'],
    ['wfe by name', (p) => p.wfe('MUTEX0_STREAM_EOF'), '20000035_80008001'],
    ['wfe that leaves it set (cmdq-D18)', (p) => p.wfe(53, false), '20000035_00008001'],
    ['acquireEvent (cmdq-D18)', (p) => p.acquireEvent(649), '20000289_80018000'],
    ['clearEvent', (p) => p.clearEvent(53), '20000035_80000000'],
    ['setEvent (cmdq-D18)', (p) => p.setEvent(650), '2000028a_80010000'],
    ['event 1023 (cmdq-L4)', (p) => p.setEvent(1023), '200003ff_80010000'],
    ['poll', (p) => p.poll(1, 0x20, 3), '08010020_00000003'],
    ['pollMask', (p) => p.pollMask(1, 0xc008, 2, 2), '02000000_fffffffd 0801c009_00000002'],
    ['pollMask of a whole register (cmdq-L5)', (p) => p.pollMask(1, 0x20, 3, 0xffff_ffff), '08010020_00000003'],
    ['pollAddr', (p) => p.pollAddr(0x1c01_1234, 1), '028f0000_1c011234 088f0000_00000001'],
    ['pollAddr, masked', (p) => p.pollAddr(0x1c01_1234, 1, 1), '02000000_fffffffe 028f0000_1c011234 088f0001_00000001'],
    ['assign', (p) => p.assign(0, 0x1400), 'a0800000_00001400'],
    ['logic', (p) => p.logic(1, { reg: 2 }, 'add', { reg: 3 }), 'a0e10001_00020003'],
    ['logic with numbers', (p) => p.logic(1, { imm: 7 }, 'leftShift', { imm: 5 }), 'a08c0001_00070005'],
    ['jumpAbs', (p) => p.jumpAbs(0x4000_1000), '10000001_40001000'],
    ['jumpRel', (p) => p.jumpRel(16), '10000000_00000010'],
    ['eoc', (p) => p.eoc(), '40000000_00000001'],
    ['eoc that does not count', (p) => p.eoc(false), '40010000_00000001'],
    ['finalize', (p) => p.finalize(), '40000000_00000001 10000000_00000008'],
    ['append', (p) => p.append(0x9100_0002, 5), '91000002_00000005'],
    ['writeAddr in a window', (p) => p.writeAddr(0x1402_0024, 1), '04030024_00000001'],
    [
      'writeAddr outside of all',
      (p) => p.writeAddr(0x1c01_0024, 1, 0xf),
      'a0800000_00001c01 02000000_fffffff0 91000026_00000001',
    ],
  ])('%s', (_, build, words) => expect(built(build)).toBe(words));

  test('a frame of the facts, byte by byte', () => {
    const memory = plainMemory();
    const pkt = pktOf({ memory });
    pkt.clearEvent('MUTEX0_STREAM_EOF');
    pkt.wfe('MUTEX0_STREAM_EOF');
    pkt.writeMask(1, 0xc02c, 1, 1);
    pkt.write(1, 0xcf40, 0x4100_0000);
    pkt.finalize();
    expect([wordsOf(pkt).split(' '), pkt.usedBytes]).toEqual([
      [
        ...['20000035_80000000', '20000035_80008001', '02000000_fffffffe', '0401c02d_00000001'],
        ...['0401cf40_41000000', '40000000_00000001', '10000000_00000008'],
      ],
      0x38,
    ]);
  });

  test('addresses in two parts', () => {
    expect([cmdqAddrHigh(0x9_8765_4320), cmdqAddrLow(0x9_8765_4320)]).toEqual([0x9_8765, 0x4322]);
  });

  test('code addresses of a part that shifts them (cmdq-L6)', () => {
    const build = (pkt: CmdqPkt): void => {
      pkt.jumpAbs(0x4000_1000);
      pkt.jumpRel(8);
      pkt.jumpRel(-8);
      pkt.finalize();
    };
    const words = '10000001_08000200 10000000_00000001 10000000_ffffffff 40000000_00000001 10000000_00000001';
    expect(built(build, { soc: cmdqSoc('mt8192') })).toBe(words);
  });
});

describe('what does not fit is refused and leaves the packet as it was', () => {
  test.each<[what: string, call: (pkt: CmdqPkt) => void, message: string]>([
    ['a bad subsystem (cmdq-D12)', (p) => p.write(32, 0, 0), 'subsystem 32: ids have five bits (EINVAL)'],
    [
      'an odd offset (cmdq-D5)',
      (p) => p.write(1, 0x21, 0),
      'offset 33 is not that of a word: bit 0 would turn the mask on (EINVAL)',
    ],
    [
      'the same with a mask',
      (p) => p.writeMask(1, 0x22, 0, 1),
      'offset 34 is not that of a word: bit 0 would turn the mask on (EINVAL)',
    ],
    [
      'no subsystem there (cmdq-D4)',
      (p) => p.write(3, 0x1_0000, 0),
      'no subsystem has 0x14030000: offset 0x10000 of subsystem 3 (ERANGE)',
    ],
    [
      'a window nobody knows',
      (p) => p.write(9, 0x1_0000, 0),
      'offset 65536 is outside the window of subsystem 9 (ERANGE)',
    ],
    ['a value (cmdq-L1)', (p) => p.write(1, 0, 2 ** 32), 'value 4294967296 is no unsigned number of 32 bits (EINVAL)'],
    ['a negative value', (p) => p.writeMask(1, 0, -1, 1), 'value -1 is no unsigned number of 32 bits (EINVAL)'],
    ['a mask', (p) => p.writeMask(1, 0, 0, -1), 'mask -1 is no unsigned number of 32 bits (EINVAL)'],
    [
      'an upper half elsewhere (cmdq-L8)',
      (p) => p.readS(32, 2, 1),
      "register of the upper address half 32: the thread's registers are 0 to 3 (EINVAL)",
    ],
    [
      'a lower half without its bit (cmdq-L8)',
      (p) => p.writeSValue(0, 0xc020, 1),
      "lower address half 0xc020: 16 bits of a word's address, and bit 1 (cmdqAddrLow) (EINVAL)",
    ],
    [
      'a register that is none (cmdq-L8)',
      (p) => p.assign(4, 1),
      "register 4: 0 to 3 are the thread's, 32 to 47 shared, 48 to 55 in pairs, 56 the timer (EINVAL)",
    ],
    ['an event', (p) => p.wfe(1024), 'event 1024: ids are 0 to 1023 (EINVAL)'],
    ['an event by name', (p) => p.wfe('NONE'), 'event NONE: mt8173 has none of that name (EINVAL)'],
    [
      'a large operand (cmdq-L1)',
      (p) => p.logic(0, { reg: 1 }, 'add', { imm: 0x1_0000 }),
      'right operand 65536 has more than 16 bits (EINVAL)',
    ],
    [
      'a source beyond 48 bits (cmdq-L10)',
      (p) => p.memMove(2 ** 48, 0),
      'source 0x1000000000000 has more than 48 bits (ERANGE)',
    ],
    ['a destination between words', (p) => p.memMove(0, 2), 'destination 2 is not the address of a word (EINVAL)'],
    [
      'polling beyond 32 bits (cmdq-L10)',
      (p) => p.pollAddr(2 ** 32, 0),
      'polls 0x100000000: a shared register has 32 bits (ERANGE)',
    ],
    [
      'a jump onto itself (cmdq-L6)',
      (p) => p.jumpRel(0),
      'a jump of 0 bytes: whole instructions, and not onto itself (EINVAL)',
    ],
    [
      'a jump between instructions',
      (p) => p.jumpRel(12),
      'a jump of 12 bytes: whole instructions, and not onto itself (EINVAL)',
    ],
    ['a jump out of the buffer', (p) => p.jumpRel(-16), 'a jump of -16 bytes leaves its buffer (ERANGE)'],
    [
      'a jump beyond the address bits',
      (p) => p.jumpAbs(2 ** 32),
      'the GCE cannot be told the address 0x100000000 in units of 1 (ERANGE)',
    ],
  ])('%s', (_, call, message) => {
    const pkt = pktOf();
    pkt.eoc();
    expect(errorOf(() => call(pkt)).message).toBe(`cmdq: ${message}`);
    expect(wordsOf(pkt)).toBe('40000000_00000001');
  });

  test('an offset beyond the window goes to the subsystem that has it (cmdq-D4)', () => {
    const build = (pkt: CmdqPkt): void => {
      pkt.write(1, 0x1_0000, 0x55);
      pkt.writeMask(1, 0x2_0004, 1, 1);
      pkt.write(2, -0x1_0000 + 0xc000, 2);
    };
    expect(built(build)).toBe('04020000_00000055 02000000_fffffffe 04030005_00000001 0401c000_00000002');
  });

  test('windows and events are those of the SoC (cmdq-D15)', () => {
    const build = (pkt: CmdqPkt): void => {
      pkt.writeAddr(0x1400_0000, 1);
      pkt.wfe('VDO0_DISP_STREAM_DONE_0');
    };
    // 597 is the event of the display's mutex in mt8195's tree (facts cmdq §9.4).
    expect(built(build, { soc: cmdqSoc('mt8195') })).toBe('04000000_00000001 20000255_80008001');
    expect(errorOf(() => built((pkt) => pkt.wfe('X'), { soc: undefined })).message).toBe(
      'cmdq: event X: no SoC is known (EINVAL)',
    );
  });
});

describe('a packet is open, finalized or in flight', () => {
  test('finalizing twice is finalizing once (cmdq-L3); then nothing is appended, without any fuss (cmdq-D17)', () => {
    const pkt = pktOf();
    pkt.finalize();
    pkt.finalize();
    expect([pkt.state, pkt.usedBytes]).toEqual(['finalized', 16]);
    const refusal = 'cmdq: the packet is finalized: reset it to write it anew (EBUSY)';
    expect(
      [() => pkt.write(1, 0, 0), () => pkt.wfe(53), () => pkt.reserve(1)].map((call) => errorOf(call).message),
    ).toEqual(Array(3).fill(refusal));
  });

  test('a packet that ends as a finalized one does, but is not, can be written (cmdq-D7)', () => {
    const pkt = pktOf();
    pkt.eoc();
    pkt.jumpRel(8);
    expect([pkt.state, wordsOf(pkt)]).toEqual(['open', '40000000_00000001 10000000_00000008']);
    pkt.write(1, 0, 0);
    expect(pkt.usedBytes).toBe(24);
  });

  test('what the GCE has cannot be written, sent, reset or destroyed (cmdq-D11)', () => {
    const pkt = pktOf();
    pkt.eoc();
    pkt.sent();
    const calls = [
      () => pkt.write(1, 0, 0),
      () => pkt.finalize(),
      () => pkt.sent(),
      () => pkt.reset(),
      () => pkt.destroy(),
    ];
    expect([pkt.state, ...calls.map((call) => errorOf(call).message)]).toEqual([
      'in flight',
      'cmdq: the GCE has the packet: nothing can be appended (EBUSY)',
      'cmdq: the GCE has the packet: nothing can be appended (EBUSY)',
      'cmdq: the GCE has the packet already (EBUSY)',
      'cmdq: reset of a packet that the GCE has (EBUSY)',
      'cmdq: destroying a packet that the GCE has (EBUSY)',
    ]);
    pkt.done(0);
    pkt.write(1, 0, 0);
    expect([pkt.state, pkt.usedBytes]).toEqual(['open', 16]);
  });

  test('a packet without EOC is not sent (cmdq-L11)', () => {
    const pkt = pktOf();
    pkt.write(1, 0, 0);
    expect(errorOf(() => pkt.sent()).message).toBe(
      'cmdq: the packet has no EOC: nobody would hear of its end (EINVAL)',
    );
  });

  test('reset empties it for another use, in the same memory (cmdq-D19)', () => {
    const pkt = pktOf();
    const { start } = pkt;
    for (let k = 0; k < 600; k++) pkt.write(1, 0, k);
    pkt.finalize();
    pkt.reset();
    expect([pkt.state, pkt.usedBytes]).toEqual(['open', 0]);
    pkt.write(1, 4, 2);
    expect([wordsOf(pkt), pkt.start]).toEqual(['04010004_00000002', start]);
  });

  test('whom to tell is told once', () => {
    const pkt = pktOf();
    pkt.eoc();
    const told: number[] = [];
    pkt.whenDone((status) => told.push(status));
    pkt.sent();
    pkt.done(-8);
    pkt.sent();
    pkt.done(0);
    expect(told).toEqual([-8]);
  });

  test('its last instruction is its own again when it is sent again (cmdq-L13)', () => {
    const pkt = pktOf();
    pkt.finalize();
    pkt.sent();
    pkt.relink(0x1000_0001, 0x4100_0000);
    expect([wordsOf(pkt), pkt.lastHigh]).toEqual(['40000000_00000001 10000001_41000000', 0x1000_0001]);
    pkt.done(0);
    pkt.sent();
    expect(wordsOf(pkt)).toBe('40000000_00000001 10000000_00000008');
  });

  test('a mark can be jumped to from anywhere', () => {
    const pkt = pktOf();
    pkt.write(1, 0, 1);
    const mark = pkt.here();
    pkt.jumpTo(mark);
    expect(wordsOf(pkt)).toBe('04010000_00000001 10000001_40000008');
  });
});
