import { describe, expect, test } from 'vitest';
import { randomProgram } from '../../../test/cmdq-random.js';
import { treeOf } from '../../../test/tree-of.js';
import { Random } from '../../base/random.js';
import { CmdqNames, ModuleNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { cmdqSoc } from '../../drivers/mtk-cmdq/soc-tables.js';
import { assemble } from './assemble.js';
import { diffEffects } from './effect-diff.js';
import { effectsOf } from './effects.js';
import { Symbols } from './symbols.js';

const TREE = treeOf(`/ { #address-cells = <1>; #size-cells = <1>;
  ovl0: ovl@1400c000 { reg = <0x1400c000 0x1000>; }; };`);
const NAMES = new CmdqNames(cmdqSoc('mt8173'), new ModuleNames(TREE));

function effects(text: string, symbols = new Symbols(), base?: number) {
  const { bytes, diagnostics } = assemble(text, { names: NAMES, base });
  if (bytes === undefined) throw new Error(JSON.stringify(diagnostics));
  return effectsOf({ bytes, base, names: NAMES }, symbols).list;
}
const texts = (text: string, base?: number): string[] => effects(text, undefined, base).map((one) => one.text);

describe('the effects of a program', () => {
  test('are writes, with values and places as far as they are known', () => {
    const program = `
      write ovl0+0x20, 1
      write_mask ovl0+0x2c, 0xff, 0xf
      spr0 = 0x1400
      spr1 = 5
      spr1 = spr1 << 4
      spr1 = spr1 + 1
      write_s [spr0:0xcf40], spr1
      move gpr2, 0x1400c030
      write [gpr2], gpr3
      read_s spr2, [spr0:0xc020]
      spr2 = spr2 | 0x8
      write_s [spr0:0xc020], spr2
      write 9:0x10, 2
    `;
    expect(texts(program)).toEqual([
      'ovl0+0x20 = 0x00000001',
      'ovl0+0x2c = 0x0000000f in bits 0x0000000f',
      'ovl0+0xf40 = 0x00000051',
      'ovl0+0x30 = gpr3',
      'reads ovl0+0x20',
      'ovl0+0x20 = ([ovl0+0x20] | 0x00000008)',
      '9:0x0010 = 0x00000002',
    ]);
  });

  test('are what it does with events, polls and interrupts', () => {
    const program =
      'clear 53\nwait 53\nwait_keep 53\nset 53\nacquire 53\nsync 53, wait=0\npoll_mask ovl0+4, 7, 2\nend\n';
    expect(texts(`${program}prefetch on\neoc no_count\n`)).toEqual([
      'clears event 53 (MUTEX0_STREAM_EOF)',
      'waits for, and clears, event 53 (MUTEX0_STREAM_EOF)',
      'waits for event 53 (MUTEX0_STREAM_EOF)',
      'sets event 53 (MUTEX0_STREAM_EOF)',
      'acquires event 53 (MUTEX0_STREAM_EOF)',
      'synchronises (0x8000) with event 53 (MUTEX0_STREAM_EOF)',
      'polls ovl0+0x4 for 0x00000002 in bits 0x00000002',
      'raises its interrupt',
      'raises its interrupt, without counting',
    ]);
  });

  test('follow jumps; what is jumped over has none', () => {
    expect(texts('jump on\nwrite 1:0, 1\non: write ovl0+0, 2\njump_abs 0x40000028\nset 1\nset 2', 0x4000_0000)).toEqual(
      ['ovl0+0x0 = 0x00000002', 'sets event 2'],
    );
    expect(texts('loop: wait 53\nset 1\njump loop')).toEqual([
      'waits for, and clears, event 53 (MUTEX0_STREAM_EOF)',
      'sets event 1',
      'goes on as from effect 1',
    ]);
    expect(texts('x: jump x')).toEqual(['goes round for ever']);
    expect(texts('jump +80')).toEqual(['leaves the program, to offset 0x50']);
    expect(texts('jump [spr0]')).toEqual(['leaves the program, to spr0']);
    expect(texts('.inst 0x99000000_0\nset 1')).toEqual(['stops: there is no operation 0x99']);
  });

  test('have both ways of a condition that is not known, and one of a condition that is', () => {
    const program = `
      spr3 = 16
      if spr0 == 5 jump [spr3]
      set 1
      set 2
    `;
    expect(texts(program)).toEqual([
      'if spr0 == 0x00000005',
      'sets event 1',
      'sets event 2',
      'if the condition of effect 1 holds:',
      'goes on as from effect 3',
    ]);
    expect(texts(`spr0 = 5\n${program}`)).toEqual(['sets event 2']);
    expect(texts(`spr0 = 6\n${program}`)).toEqual(['sets event 1', 'sets event 2']);
  });

  test('end for random programs', () => {
    const random = new Random('cmdq-effects');
    for (let i = 0; i < 300; i++) {
      const bytes = randomProgram(random, 1 + random.below(200));
      const { list } = effectsOf({ bytes, base: 0, names: NAMES }, new Symbols());
      expect(list.every(({ text }) => text.length > 0 && text.length < 400)).toBe(true);
    }
  });
});

describe('two programs compared', () => {
  const compare = (a: string, b: string) => {
    const symbols = new Symbols();
    return diffEffects(effects(a, symbols), effects(b, symbols));
  };

  test('are equal however their effects are made', () => {
    const near = 'clear 53\nwait 53\nwrite_mask ovl0+0x2c, 1, 1\nwrite ovl0+0x20, 7\nend';
    const far = `clear 53\nwait 53\nspr0 = 0x1400\nspr2 = 3\nspr2 = spr2 * 2\nspr2 = spr2 + 1
      write_s_mask [spr0:0xc02c], 0xff, 0x1\nwrite_s [spr0:0xc020], spr2\neoc`;
    expect(compare(near, far)).toMatchObject({ equal: true, finals: [] });
  });

  test('show what only one does, what has moved, and what registers end as', () => {
    const { equal, changes, finals } = compare(
      'clear 53\nwait 53\nset 1\nwrite ovl0+4, 1\nwrite ovl0+8, 2',
      'clear 53\nset 1\nwait 53\nwrite ovl0+4, 3\nwrite ovl0+8, 2\nset 9',
    );
    expect(equal).toBe(false);
    expect(changes.map(({ kind, isMoved, a, b }) => `${kind} ${isMoved} ${(a ?? b)?.key}`)).toEqual([
      'same false clears event 53 2147483648',
      'only-a true waits for, and clears, event 53 2147516417',
      'same false sets event 1 2147549184',
      expect.stringMatching(/^only-a false write/),
      'only-b true waits for, and clears, event 53 2147516417',
      expect.stringMatching(/^only-b false write/),
      expect.stringMatching(/^same false write/),
      'only-b false sets event 9 2147549184',
    ]);
    expect(finals).toEqual([{ name: 'ovl0+0x4', a: '0x00000001', b: '0x00000003' }]);
  });

  test('masked writes of one register end as one value', () => {
    const parts = 'write_mask ovl0+4, 0x12, 0xff\nwrite_mask ovl0+4, 0x3400, 0xff00';
    expect(compare(parts, 'write_mask ovl0+4, 0x3412, 0xffff').finals).toEqual([]);
    expect(compare(parts, 'write ovl0+4, 0x3412').finals).toEqual([
      { name: 'ovl0+0x4', a: '0x00003412 in bits 0x0000ffff', b: '0x00003412' },
    ]);
  });

  test('of the same program are equal, whatever it is', () => {
    const random = new Random('cmdq-diff');
    for (let i = 0; i < 200; i++) {
      const bytes = randomProgram(random, random.below(80));
      const symbols = new Symbols();
      const [a, b] = [0, 1].map(() => effectsOf({ bytes, base: undefined, names: NAMES }, symbols).list);
      expect(diffEffects(a ?? [], b ?? []).equal).toBe(true);
    }
  });

  // A second reading of the definition: taking the changes apart gives both lists back.
  test('give both back', () => {
    const random = new Random('cmdq-changes');
    for (let i = 0; i < 200; i++) {
      const symbols = new Symbols();
      const list = () =>
        effects(Array.from({ length: random.below(12) }, () => `set ${random.below(4)}`).join('\n'), symbols);
      const [a, b] = [list(), list()];
      const { changes } = diffEffects(a, b);
      expect(changes.flatMap((one) => one.a ?? []).map(({ key }) => key)).toEqual(a.map(({ key }) => key));
      expect(changes.flatMap((one) => one.b ?? []).map(({ key }) => key)).toEqual(b.map(({ key }) => key));
      expect(changes.every(({ kind, a, b }) => (kind === 'same' ? a?.key === b?.key : (a ?? b) !== undefined))).toBe(
        true,
      );
    }
  });
});
