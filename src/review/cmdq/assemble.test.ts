import { describe, expect, test } from 'vitest';
import { goldenBuffers } from '../../../test/cmdq-golden.js';
import { randomProgram } from '../../../test/cmdq-random.js';
import { treeOf } from '../../../test/tree-of.js';
import { formatDiagnostic } from '../../base/diagnostic.js';
import { Random } from '../../base/random.js';
import { describeInstruction } from '../../drivers/mtk-cmdq/disassemble.js';
import { CmdqNames, ModuleNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { cmdqSoc } from '../../drivers/mtk-cmdq/soc-tables.js';
import { assemble } from './assemble.js';
import { sourceOf } from './source.js';

const TREE = treeOf(`/ { #address-cells = <1>; #size-cells = <1>;
  ovl0: ovl@1400c000 { reg = <0x1400c000 0x1000>; }; mutex@14020000 { reg = <0x14020000 0x1000>; };
  far@1c001000 { reg = <0x1c001000 0x1000>; mediatek,gce-client-reg = <1 9 0x1000 0x1000>; };
  twice@14021000 { reg = <0x14021000 0x1000>; mediatek,gce-client-reg = <1 8 0x1000 0x1000>; }; };`);
const MT8173 = new CmdqNames(cmdqSoc('mt8173'));
const ALL_NAMES = [
  new CmdqNames(undefined),
  MT8173,
  new CmdqNames(cmdqSoc('mt8173'), new ModuleNames(TREE)),
  new CmdqNames(cmdqSoc('mt8192')),
  new CmdqNames(cmdqSoc('mt8195'), new ModuleNames(TREE)),
  new CmdqNames(undefined, new ModuleNames(TREE)),
];

/** The words of a program as in the facts: `0401c020_04380780`; or what is wrong with it. */
function words(text: string, names = MT8173, base?: number): string[] {
  const { bytes, diagnostics } = assemble(text, { file: 'a.gce', names, base });
  if (bytes === undefined) return diagnostics.map(formatDiagnostic);
  const view = new DataView(bytes.buffer);
  const hex = (at: number): string => view.getUint32(at, true).toString(16).padStart(8, '0');
  return Array.from({ length: bytes.length / 8 }, (_, i) => `${hex(i * 8 + 4)}_${hex(i * 8)}`);
}

describe('the assembler', () => {
  test('makes the worked example of the patch', () => {
    const program = `
      .soc mt8173                       ; facts cmdq §2.12
      clear MUTEX0_STREAM_EOF
      wait CMDQ_EVENT_MUTEX0_STREAM_EOF // with the prefix of the header as well
      write_mask 0x1400c02c, 1, 0x1     # two instructions
      write ovl0+0xf40, 0x41000000
      end
    `;
    expect(words(program, ALL_NAMES[2])).toEqual([
      '20000035_80000000',
      '20000035_80008001',
      '02000000_fffffffe',
      '0401c02d_00000001',
      '0401cf40_41000000',
      '40000000_00000001',
      '10000000_00000008',
    ]);
  });

  // Words: facts cmdq §4, §7; the golden family ext.
  test.each([
    ['write 0x1400_c020, 0x780', '0401c020_00000780'],
    ['write 1:0xc020, A | 0x80', '0401c020_00000780'],
    ['write 0x1400c020, ~0', '0401c020_ffffffff'],
    ['write 0x1400c020, gpr3', '0441c020_00000003'],
    ['write [gpr15], 1', '048f0000_00000001'],
    ['mask ~0x1', '02000000_00000001'],
    ['move gpr15, 0x1c011234', '028f0000_1c011234'],
    ['poll 0x14000020, 3', '08010020_00000003'],
    ['wait_keep 53', '20000035_00008001'],
    ['acquire MINE', '20000289_80018000'],
    ['set 0x289', '20000289_80010000'],
    ['sync 1, wait=2, set=3', '20000001_80038002'],
    ['eoc', '40000000_00000001'],
    ['eoc no_count', '40010000_00000001'],
    ['prefetch on', '40000000_00130000'],
    ['prefetch off', '40000000_00100000'],
    ['jump +8', '10000000_00000008'],
    ['jump -16', '10000000_fffffff0'],
    ['jump_abs 0x40001000', '10000001_40001000'],
    ['jump [spr2]', '10400000_00000002'],
    ['read_s spr1, [spr0:0xc020]', '80800001_c0220000'],
    ['write_s [spr0:0xc020], spr1', '9040c022_00010000'],
    ['write_s [spr0:0xc020], 0xdeadbeef', '9000c022_deadbeef'],
    ['spr0 = 0x1400', 'a0800000_00001400'],
    ['spr1 = spr2 + spr3', 'a0e10001_00020003'],
    ['spr1=spr2-5', 'a0c20001_00020005'],
    ['spr1 = 0xffff >> 1', 'a08d0001_ffff0001'],
    ['spr1 = ~spr2', 'a0c90001_00020000'],
    ['spr1 = spr2', 'a0c00001_00020000'],
    ['if spr1 == spr2 jump_abs [spr0]', 'b0e00000_00010002'],
    ['if spr1 < 5 jump [ spr0 ]', 'b1c50000_00010005'],
    ['.inst 0x20000035_80008001', '20000035_80008001'],
    ['.inst 0x20000035, 0x80008001', '20000035_80008001'],
  ])('%s is %s', (text, word) => {
    expect(words(`.equ A, 0x700\n.event MINE, 649\n${text}`)).toEqual([word]);
  });

  test('a masked write of the far kind has its mask in front', () => {
    expect(words('write_s_mask [spr0:0xc020], 1, 0xff')).toEqual(['02000000_ffffff00', '9100c022_00000001']);
    expect(words('poll_mask 0x1400c008, 2, 2')).toEqual(['02000000_fffffffd', '0801c009_00000002']);
  });

  test('jumps to labels in both directions, and to addresses with a base; shifted where the SoC shifts', () => {
    const program = 'a: b: jump c\njump a\nc: jump_abs a\njump_abs c';
    const [forward, back, first, third] = [
      '10000000_00000010',
      '10000000_fffffff8',
      '10000001_40001000',
      '10000001_40001010',
    ];
    expect(words(`.base 0x40001000\n${program}`)).toEqual([forward, back, first, third]);
    expect(words(program, ALL_NAMES[3], 0x4_0000_1000)).toEqual([
      '10000000_00000002',
      '10000000_ffffffff',
      '10000001_80000200',
      '10000001_80000202',
    ]);
  });

  test.each([
    ['wrte 1:0, 1', 'error: no instruction is called wrte; did you mean write?; docs/cmdq.md lists them', 1],
    ['write 0x1400c020', 'error: write takes 2, but has 1 operands; write it as write PLACE, VALUE or gprN', 1],
    ['write 0x1400c021, 1', 'error: 0x1400c021 is odd: bit 0 of an offset switches the mask on', 7],
    ['write 1:0x1c020, 1', 'error: offset 0x1c020 leaves the 64 KiB window of the subsystem', 7],
    ['write 32:0, 1', 'error: subsystem 32 does not fit into 5 bits', 7],
    ['write 0x10007000, 1', 'error: no subsystem of mt8173 has 0x10007000; put its upper half', 7],
    ['write 0x1400c020, 0x1ffffffff', 'error: 0x1ffffffff does not fit into 32 bits', 19],
    ['write ovl0+4, 1', 'error: no module is called ovl0; give its tree with --tree', 7],
    ['wait MUTEX0_STREAM_EOFF', 'error: no event is called MUTEX0_STREAM_EOFF; did you mean MUTEX0_STREAM_EOF?', 6],
    ['wait 65536', 'error: event 65536 does not fit', 6],
    ['  jump nowhere', 'error: no label is called nowhere', 8],
    ['jump 8', 'error: 8 is no target', 6],
    ['x: x: eoc', 'error: the label x is used a second time', 4],
    ['jump_abs x\nx:', 'error: where x is in memory is not known', 10],
    ['move spr0, 1', 'error: spr0 cannot stand here', 6],
    ['spr9 = 1', 'error: spr9 is no register', 1],
    ['spr0 = 0x10000 + spr1', 'error: 0x10000 has more than 16 bits', 8],
    ['if spr0 jump [spr1]', 'error: this is no condition', 4],
    ['.inst 5', 'error: 5 is no word', 7],
    ['.soc mt9999', 'error: the SoC mt9999 is not known', 6],
    ['.soc mt8192', 'error: this program is for mt8192, but mt8173 was asked for', 6],
    ['.org 5', 'error: no directive is called .org', 1],
    ['eoc quickly', 'error: quickly is not known here; eoc may have no_irq, no_count, no_suspend', 5],
  ])('says what is wrong with "%s" and where', (text, said, column) => {
    const [first = ''] = words(text);
    expect(first.startsWith(`a.gce:1:${column}: ${said}`), first).toBe(true);
  });

  test('warns and goes on where the engine would', () => {
    const { bytes, diagnostics } = assemble('write 0x1400c022, 1\nwait 1024', { names: MT8173 });
    expect([bytes?.length, diagnostics.map(({ severity, code }) => `${severity} ${code}`)]).toEqual([
      16,
      ['warning cmdq/asm/unaligned', 'warning cmdq/asm/event-range'],
    ]);
  });

  test('knows where each instruction stands in the text', () => {
    const { positions } = assemble('\n  end\nx: eoc', { file: 'f' });
    expect(positions.map(({ line, column }) => [line, column])).toEqual([
      [2, 3],
      [2, 3],
      [3, 4],
    ]);
  });

  test('gives up after a hundred messages', () => {
    const { diagnostics } = assemble('bad\n'.repeat(1000));
    expect([diagnostics.length, diagnostics.at(-1)?.code]).toEqual([101, 'cmdq/asm/many']);
  });
});

describe('what the disassembler writes, the assembler reads as the same bits', () => {
  test('for 50,000 random words, with and without names', () => {
    const random = new Random('cmdq-words');
    const view = new DataView(randomProgram(random, 50_000).buffer);
    const wrong: string[] = [];
    for (let at = 0; at < view.byteLength && wrong.length < 5; at += 8) {
      const [high, low] = [view.getUint32(at + 4, true), view.getUint32(at, true)];
      const names = random.pick(ALL_NAMES);
      const text = describeInstruction(high, low, names);
      const got = assemble(text, { names }).bytes;
      const back = got === undefined ? undefined : new DataView(got.buffer);
      const same = got?.length === 8 && back?.getUint32(4, true) === high && back.getUint32(0, true) === low;
      if (!same) wrong.push(`${high.toString(16)}_${low.toString(16)}: ${text}`);
    }
    expect(wrong).toEqual([]);
  });

  test('for whole programs with labels', () => {
    const random = new Random('cmdq-programs');
    for (let i = 0; i < 200; i++) {
      const bytes = randomProgram(random, random.below(60));
      const view = new DataView(bytes.buffer);
      for (let k = 0; k < 5 && bytes.length > 0; k++) {
        const at = random.below(bytes.length / 8) * 8;
        view.setUint32(at + 4, random.chance(0.5) ? 0x1000_0000 : 0x1000_0001, true);
        view.setUint32(at, random.chance(0.5) ? random.below(64) * 8 : -random.below(64) * 8, true);
      }
      const names = random.pick(ALL_NAMES);
      const base = random.chance(0.5) ? random.below(64) * 8 : undefined;
      const source = sourceOf(bytes, names, { base });
      // The source says of which SoC it is; only modules come from elsewhere.
      if (names.modules === undefined) expect(assemble(source).bytes, source).toEqual(bytes);
      expect(assemble(source, { names }).bytes, source).toEqual(bytes);
    }
  });

  test('for every buffer that the patch and Linux 6.12 made', () => {
    const buffers = goldenBuffers();
    expect(buffers.length).toBeGreaterThan(250);
    const random = new Random('cmdq-golden');
    for (const bytes of buffers) {
      const names = random.pick(ALL_NAMES);
      expect(assemble(sourceOf(bytes, names), { names }).bytes).toEqual(bytes.subarray(0, bytes.length & ~7));
    }
  });
});
