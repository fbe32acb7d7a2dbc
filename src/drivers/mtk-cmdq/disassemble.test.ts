import { describe, expect, test } from 'vitest';
import { treeOf } from '../../../test/tree-of.js';
import { decodeUtf8 } from '../../base/text.js';
import { describeInstruction, disassemble, disassembleRaw } from './disassemble.js';
import { CmdqNames, ModuleNames } from './disassemble-names.js';
import { registerIndex, registerText } from './disassemble-text.js';
import { cmdqSoc } from './soc-tables.js';

const MT8173 = new CmdqNames(cmdqSoc('mt8173'));
const MT8192 = new CmdqNames(cmdqSoc('mt8192'));
const TREE = treeOf(`/ {
  aliases { ovl0 = "/soc/ovl@1400c000"; };
  soc {
    #address-cells = <2>; #size-cells = <2>; ranges;
    ovl@1400c000 { reg = <0 0x1400c000 0 0x1000>; };
    mm: syscon@14000000 { reg = <0 0x14000000 0 0x1000>; };
    mutex@14020000 { reg = <0 0x14020000 0 0x1000>; };
    bad,name@14021000 { reg = <0 0x14021000 0 0x1000>; };
    high@100000000 { reg = <1 0 0 0x1000>; };
  };
};`);

/** `0401c020_04380780` as bytes in memory. */
function memory(...words: readonly string[]): Uint8Array {
  const bytes = words.flatMap((word) => (word.replace('_', '').match(/../g) ?? []).reverse());
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16));
}

function described(word: string, names = MT8173): string {
  const [high = '', low = ''] = word.split('_');
  return describeInstruction(Number.parseInt(high, 16), Number.parseInt(low, 16), names);
}

describe('an instruction in words', () => {
  // Words: facts cmdq §2.9, §2.12, §4, §7; the golden family ext.
  test.each([
    ['0401c020_04380780', 'write 0x1400c020, 0x04380780'],
    ['0401c02d_00000001', 'write_masked 0x1400c02c, 0x00000001'],
    ['02000000_fffffffe', 'mask 0x00000001'],
    ['041fc020_00000001', 'write 31:0xc020, 0x00000001'],
    ['0401c022_00000001', 'write 0x1400c022, 0x00000001'],
    ['20000035_80008001', 'wait MUTEX0_STREAM_EOF'],
    ['20000035_00008001', 'wait_keep MUTEX0_STREAM_EOF'],
    ['20000035_80000000', 'clear MUTEX0_STREAM_EOF'],
    ['20000035_80010000', 'set MUTEX0_STREAM_EOF'],
    ['20000289_80018000', 'acquire 649'],
    ['20000001_80038002', 'sync 1, wait=2, set=3'],
    ['20000001_00000000', 'sync 1'],
    ['20000001_90008001', '.inst 0x20000001_90008001'],
    ['40000000_00000001', 'eoc'],
    ['40010000_00000001', 'eoc no_count'],
    ['40210000_00000000', 'eoc no_irq no_count no_suspend'],
    ['40000000_00130000', 'prefetch on'],
    ['40000000_00100000', 'prefetch off'],
    ['10000000_00000008', 'jump +8'],
    ['10000000_fffffff8', 'jump -8'],
    ['10000001_40001000', 'jump_abs 0x40001000'],
    ['10400000_00000002', 'jump [spr2]'],
    ['10400001_00000020', 'jump_abs [gpr0]'],
    ['08010020_00000003', 'poll 0x14000020, 0x00000003'],
    ['0801c009_00000002', 'poll_masked 0x1400c008, 0x00000002'],
    ['028f0000_1c011234', 'move gpr15, 0x1c011234'],
    ['088f0001_00000001', 'poll_masked [gpr15], 0x00000001'],
    ['04410020_00000003', 'write 0x14000020, gpr3'],
    ['80801234_c0220000', 'read_s reg4660, [spr0:0xc020]'],
    ['80800001_c0220000', 'read_s spr1, [spr0:0xc020]'],
    ['80c00001_00200000', 'read_s spr1, [gpr0]'],
    ['8081c000_c0200000', 'read_s cpr16384, 0x1400c020'],
    ['90401236_00010000', 'write_s [spr0:0x1234], spr1'],
    ['90401234_00010000', 'write_s 0:0x1234, spr1'],
    ['9000c022_deadbeef', 'write_s [spr0:0xc020], 0xdeadbeef'],
    ['9100c022_00000001', 'write_s_masked [spr0:0xc020], 0x00000001'],
    ['90800020_00000005', 'write_s [gpr0], 0x00000005'],
    ['90800022_00000005', '.inst 0x90800022_00000005'],
    ['90800021_00000005', 'write_s [gpr1], 0x00000005'],
    ['a0800000_00001400', 'spr0 = 0x00001400'],
    ['a0c00000_00010000', 'spr0 = spr1'],
    ['a0e10001_00020003', 'spr1 = spr2 + spr3'],
    ['a08d0001_ffff0001', 'spr1 = 0xffff >> 0x0001'],
    ['a0c90001_00020000', 'spr1 = ~spr2'],
    ['a0840001_00010001', '.inst 0xa0840001_00010001'],
    ['b0e00000_00010002', 'if spr1 == spr2 jump_abs [spr0]'],
    ['b1c50000_00010005', 'if spr1 < 0x0005 jump [spr0]'],
    ['01010020_00000000', '.inst 0x01010020_00000000'],
    ['00000000_00000000', '.inst 0x00000000_00000000'],
    ['ffffffff_ffffffff', '.inst 0xffffffff_ffffffff'],
  ])('%s is %s', (word, text) => {
    expect(described(word)).toBe(text);
  });

  test('has byte distances and addresses where code addresses are shifted', () => {
    expect(
      ['10000000_00000001', '10000000_ffffffff', '10000000_1fffffff', '10000001_08000200', '10000001_80000000'].map(
        (word) => described(word, MT8192),
      ),
    ).toEqual(['jump +8', 'jump -8', 'jump +4294967288', 'jump_abs 0x40001000', 'jump_abs 0x400000000']);
  });

  test('names registers after modules of a tree: alias, label, name', () => {
    const names = new CmdqNames(cmdqSoc('mt8173'), new ModuleNames(TREE));
    const words = [
      '0401cf40_41000000',
      '04010308_00000001',
      '0403002c_00000001',
      '04031000_00000001',
      '04011ffc_00000001',
    ];
    expect(words.map((word) => described(word, names))).toEqual([
      'write ovl0+0xf40, 0x41000000',
      'write mm+0x308, 0x00000001',
      'write mutex@14020000+0x2c, 0x00000001',
      'write 0x14021000, 0x00000001',
      'write 0x14001ffc, 0x00000001',
    ]);
    expect(['ovl0+0xf40', 'mm', 'mutex@14020000+44', 'nobody+1'].map((name) => names.registerAddress(name))).toEqual([
      0x1400_cf40,
      0x1400_0000,
      0x1402_002c,
      undefined,
    ]);
    expect(new ModuleNames(TREE).all.map(({ name }) => name)).toEqual(['mm', 'ovl0', 'mutex@14020000']);
  });

  test('of a module inside another the inner counts', () => {
    const names = new ModuleNames(
      treeOf(`/ { #address-cells = <1>; #size-cells = <1>;
        a { reg = <0x1000 0x1000>; }; b { reg = <0x1800 0x100>; }; };`),
    );
    expect([0x17ff, 0x1800, 0x1900, 0x2000, 0xfff].map((addr) => names.at(addr)?.name)).toEqual([
      'a',
      'b',
      'a',
      undefined,
      undefined,
    ]);
  });
});

test('subsystems of a tree stand where no SoC has them, by what most nodes say', () => {
  const tree = treeOf(`/ { #address-cells = <1>; #size-cells = <1>;
    a@1c000000 { reg = <0x1c000000 0x1000>; mediatek,gce-client-reg = <1 9 0 0x1000>; };
    b@1c001000 { reg = <0x1c001000 0x1000>; mediatek,gce-client-reg = <1 9 0x1000 0x1000>; };
    wrong@1c011000 { reg = <0x1c011000 0x1000>; mediatek,gce-client-reg = <1 9 0x1000 0x1000>; };
    again@14001000 { reg = <0x14001000 0x1000>; mediatek,gce-client-reg = <1 8 0x1000 0x1000>; };
    none@1d000000 { reg = <0x1d000000 0x1000>; mediatek,gce-client-reg = <1 99 0 0x1000>; };
    odd@1e000000 { reg = <0x1e000000 0x1000>; mediatek,gce-client-reg = <1 7 0x4000 0x1000>; };
  };`);
  const modules = new ModuleNames(tree);
  const alone = new CmdqNames(undefined, modules);
  expect([9, 8, 7, 99].map((subsys) => alone.windowOf(subsys))).toEqual([
    0x1c00_0000,
    0x1400_0000,
    undefined,
    undefined,
  ]);
  expect(describeInstruction(0x0409_1020, 1, alone)).toBe('write b@1c001000+0x20, 0x00000001');
  // On mt8173 the window at 0x14000000 is subsystem 1: 8 cannot stand for it, too.
  const known = new CmdqNames(cmdqSoc('mt8173'), modules);
  expect([9, 8, 1].map((subsys) => known.windowOf(subsys))).toEqual([0x1c00_0000, undefined, 0x1400_0000]);
  expect([0x1c00_1020, 0x1400_1000, 0x1d00_0000].map((addr) => known.subsysOf(addr))).toEqual([9, 1, undefined]);
});

test('registers have their names both ways', () => {
  const names = ['spr0', 'spr3', 'reg4', 'gpr0', 'gpr15', 'p0', 'p7', 'tpr', 'reg57', 'cpr0', 'cpr32767'];
  const numbers = [0, 3, 4, 32, 47, 48, 55, 56, 57, 0x8000, 0xffff];
  expect(numbers.map(registerText)).toEqual(names);
  expect(names.map(registerIndex)).toEqual(numbers);
  const none = ['spr4', 'gpr16', 'p8', 'tpr0', 'reg65536', 'cpr32768', 'spr', 'x1', ''];
  expect(none.map(registerIndex)).toEqual(none.map(() => undefined));
});

// The worked example of the patch (facts cmdq §2.12).
const EXAMPLE = memory(
  ...['20000035_80000000', '20000035_80008001', '02000000_fffffffe', '0401c02d_00000001', '0401cf40_41000000'],
  ...['40000000_00000001', '10000000_00000008'],
);

test('a buffer becomes a line per instruction; a rest is left out', () => {
  const text = decodeUtf8(disassembleRaw(Uint8Array.of(...EXAMPLE, 1, 2, 3), MT8173));
  expect(text.trimEnd().split('\n')).toEqual([
    'clear MUTEX0_STREAM_EOF',
    'wait MUTEX0_STREAM_EOF',
    'mask 0x00000001',
    'write_masked 0x1400c02c, 0x00000001',
    'write 0x1400cf40, 0x41000000',
    'eoc',
    'jump +8',
  ]);
});

describe('a listing', () => {
  test('has offsets, and labels where jumps lead; the jump to what follows needs none', () => {
    const bytes = memory(
      '10000000_00000010',
      '40000000_00000001',
      '10000001_40001008',
      '10000000_00000008',
      '10000000_00000100',
    );
    const { lines, endLabel, rest } = disassemble(Uint8Array.of(...bytes, 9), MT8173, 0x4000_1000);
    expect(lines.map(({ offset, label, text }) => [offset, label, text])).toEqual([
      [0x00, undefined, 'jump L_0010'],
      [0x08, 'L_0008', 'eoc'],
      [0x10, 'L_0010', 'jump_abs L_0008'],
      [0x18, undefined, 'jump +8'],
      [0x20, undefined, 'jump +256'],
    ]);
    expect([endLabel, [...rest]]).toEqual([undefined, [9]]);
  });

  test('has a label behind its end', () => {
    const { lines, endLabel } = disassemble(memory('10000000_00000010', '40000000_00000001'), MT8173);
    expect([lines[0]?.text, endLabel]).toEqual(['jump L_0010', 'L_0010']);
  });

  test('of nothing is empty', () => {
    expect(disassemble(new Uint8Array(0))).toEqual({ lines: [], endLabel: undefined, rest: new Uint8Array(0) });
  });
});
