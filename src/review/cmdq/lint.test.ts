import { describe, expect, test } from 'vitest';
import { bytesOf, goldenCases } from '../../../test/cmdq-golden.js';
import { randomProgram } from '../../../test/cmdq-random.js';
import { treeOf } from '../../../test/tree-of.js';
import { Random } from '../../base/random.js';
import { CmdqNames, ModuleNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { cmdqSoc } from '../../drivers/mtk-cmdq/soc-tables.js';
import { assemble } from './assemble.js';
import { LINT_RULES, type LintOptions, lintProgram } from './lint.js';
import type { CmdqFinding } from './lint-finding.js';

const TREE = treeOf(`/ {
  #address-cells = <1>; #size-cells = <1>;
  aliases { ovl0 = "/ovl@1400c000"; rdma0 = "/rdma@1400e000"; };
  ovl@1400c000 { compatible = "mediatek,mt8173-disp-ovl"; reg = <0x1400c000 0x1000>; };
  rdma@1400e000 { compatible = "mediatek,mt8173-disp-rdma"; reg = <0x1400e000 0x1000>; status = "disabled"; };
  msdc: mmc@11230000 { compatible = "mediatek,mt6795-mmc", "mediatek,mt8173-mmc"; reg = <0x11230000 0x1000>; };
};`);
const MODULES = new ModuleNames(TREE);

interface Setting extends LintOptions {
  readonly soc?: string;
  readonly tree?: true;
}

/** Findings of a program whose lines have slashes between them. */
function found(text: string, { soc = 'mt8173', tree, ...options }: Setting = {}): CmdqFinding[] {
  const names = new CmdqNames(cmdqSoc(soc), tree === true ? MODULES : undefined);
  const program = assemble(text.replaceAll(' / ', '\n'), { names, base: options.base });
  if (program.bytes === undefined) throw new Error(JSON.stringify(program.diagnostics));
  return lintProgram(program.bytes, { names, ...options });
}

/** `warning odd-offset 0x10`, one per finding. */
function told(findings: readonly CmdqFinding[]): string[] {
  return findings.map(({ severity, rule, instruction }) => {
    return [severity, rule, ...(instruction === undefined ? [] : [`0x${instruction.offset.toString(16)}`])].join(' ');
  });
}

/** A program, what is found in it, and one that nearly has it, in which nothing is found. */
type Row = readonly [text: string, expected: readonly string[], near: string, setting?: Setting];

const WORK = 'write 1:0xc020, 1';
// Every expectation follows from a rule of facts cmdq, named behind it.
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'misaligned-base': [['end', ['error misaligned-base'], 'end', { base: 0x1004 }]],
  'invalid-opcode': [
    // §4.2: 03 is none; 05 is a mark of the vendor's builder; H5
    [
      '.inst 0x03000000_00000000 / end',
      ['error invalid-opcode 0x0'],
      '.inst 0x02000000_00000000 / write_masked 1:0, 1 / end',
    ],
    ['.inst 0x05010010_00000001 / end', ['error invalid-opcode 0x0'], '.inst 0x04010010_00000001 / end'],
    [`${WORK} / .inst 0x0_0 / .inst 0x0_0 / end`, ['error invalid-opcode 0x8'], `${WORK} / end`],
  ],
  'invalid-operator': [
    // §4.6: operators 4 to 7 and from 14 on, conditions from 6 on do not exist
    ['.inst 0xa0850000_00000000 / end', ['error invalid-operator 0x0'], '.inst 0xa0800000_00000000 / end'],
    [
      'spr1 = 8 / .inst 0xb1860001_00000000 / end',
      ['error invalid-operator 0x8'],
      'spr1 = 8 / .inst 0xb1850001_00000000 / end',
    ],
  ],
  'unaligned-offset': [['.inst 0x0401c022_00000001 / end', ['warning unaligned-offset 0x0'], `${WORK} / end`]],
  'unknown-subsystem': [
    // §9.3: mt8173 has 1 to 3; §9.3: 99 marks a block without one, K4
    ['write 4:0, 1 / end', ['error unknown-subsystem 0x0'], 'write 3:0, 1 / end'],
    ['.inst 0x04630010_00000001 / end', ['error unknown-subsystem 0x0'], '.inst 0x04030010_00000001 / end'],
    ['read_s spr1, 0:0x10 / end', ['error unknown-subsystem 0x0'], 'read_s spr1, 3:0x10 / end'],
  ],
  'event-range': [
    // §4.3: ids are 0 to 1023; K: 6.12 refuses 1023; §9.4: tokens from 512 on
    ['clear 1024 / end', ['error event-range 0x0'], 'clear 1022 / end'],
    ['clear 1023 / end', ['warning event-range 0x0'], 'clear 1022 / end'],
    ['clear 900 / wait 900 / end', ['warning event-range 0x8'], 'clear 641 / wait 641 / end', { soc: 'mt8192' }],
  ],
  'unknown-event': [['clear 54 / clear 52 / wait 52 / end', ['note unknown-event 0x10'], 'clear 53 / wait 53 / end']],
  poll: [['poll 1:0xc008, 1 / end', ['warning poll 0x0'], 'read_s spr1, 1:0xc008 / end']],
  'jump-outside': [
    ['jump +32 / end', ['error jump-outside 0x0', 'warning unreachable-code 0x8'], 'jump +8 / end'],
    ['jump -8 / end', ['error jump-outside 0x0', 'warning unreachable-code 0x8'], 'jump +8 / end'],
    // §4.8: units of 8 bytes
    ['eoc / .inst 0x10000000_00000008', ['error jump-outside 0x8'], 'eoc / jump +8', { soc: 'mt8192' }],
    [
      'jump_abs 0x9000 / end',
      ['warning jump-outside 0x0', 'warning unreachable-code 0x8'],
      'jump_abs 0x1008 / end',
      { base: 0x1000 },
    ],
  ],
  'jump-misaligned': [
    ['jump +4 / end', ['error jump-misaligned 0x0', 'warning unreachable-code 0x8'], 'jump +8 / end'],
    ['eoc / .inst 0x10000000_00000001', ['error jump-misaligned 0x8'], 'eoc / jump +8'],
  ],
  // chapter 7: what cmdq_pkt_jump_rel makes of -8 with a shift of 3
  'negative-jump-shift': [
    [
      'clear 434 / wait 434 / eoc / .inst 0x10000000_1ffffffd',
      ['error negative-jump-shift 0x18'],
      'clear 434 / wait 434 / eoc / .inst 0x10000000_fffffffd',
      { soc: 'mt8192' },
    ],
  ],
  'missing-eoc': [
    [`${WORK} / ${WORK}`, ['error missing-eoc 0x8'], `${WORK} / ${WORK} / end`],
    [
      'spr0 = 16 / spr1 = 0 / if spr1 == 0 jump [spr0] / eoc / jump +8',
      ['error missing-eoc 0x20'],
      'spr0 = 8 / spr1 = 0 / if spr1 == 0 jump [spr0] / eoc / jump +8',
    ],
    [`${WORK} / eoc no_irq / jump +8`, ['error missing-eoc 0x8'], `${WORK} / eoc / jump +8`],
    // H4: the absolute jump of chaining, over an EOC and over the closing JUMP
    [`${WORK} / jump_abs 0x40001000`, ['warning missing-eoc 0x8'], `${WORK} / eoc / jump_abs 0x40001000`],
    ['prefetch on / jump +8', ['error missing-eoc 0x8'], 'prefetch on / eoc / jump +8'],
  ],
  'eoc-without-jump': [
    [`${WORK} / eoc`, ['note eoc-without-jump 0x8'], `${WORK} / end`],
    [`${WORK} / eoc`, ['error eoc-without-jump 0x8'], `${WORK} / end`, { chained: true }],
  ],
  'work-after-eoc': [[`eoc / ${WORK} / jump +8`, ['warning work-after-eoc 0x8'], `eoc / ${WORK} / end`]],
  'unreachable-code': [
    [`jump +16 / ${WORK} / end`, ['warning unreachable-code 0x8'], `jump +8 / ${WORK} / end`],
    // A register that nobody knows may lead anywhere.
    [
      `spr1 = 16 / jump [spr1] / ${WORK} / end`,
      ['warning unreachable-code 0x10'],
      `read_s spr1, 1:0xc000 / jump [spr1] / ${WORK} / end`,
    ],
  ],
  'endless-loop': [
    ['eoc / jump -8', ['error endless-loop 0x8'], 'clear 53 / wait 53 / eoc / jump -16'],
    ['eoc / jump +0', ['error endless-loop 0x8'], 'eoc / jump +8'],
  ],
  'dangling-mask': [
    [`mask 1 / ${WORK} / end`, ['warning dangling-mask 0x0'], 'mask 1 / write_masked 1:0xc020, 1 / end'],
    [
      'mask 1 / mask 3 / write_masked 1:0xc020, 1 / end',
      ['warning dangling-mask 0x0'],
      'mask 1 / jump +8 / write_masked 1:0xc020, 1 / end',
    ],
    ['mask 1 / end', ['warning dangling-mask 0x0'], 'spr0 = 0x1400 / mask 1 / write_s_masked [spr0:0xc020], 1 / end'],
  ],
  'odd-offset': [
    // S21
    ['write_masked 1:0xc020, 1 / end', ['error odd-offset 0x0'], 'write_mask 1:0xc020, 1, 1 / end'],
    [
      'write_mask 1:0xc020, 1, 1 / write_masked 1:0xc024, 1 / end',
      ['warning odd-offset 0x10'],
      'write_mask 1:0xc020, 1, 1 / write_mask 1:0xc024, 1, 1 / end',
    ],
    [
      // The mask is set on one of two ways only.
      'spr0 = 16 / spr1 = 0 / if spr1 == 0 jump [spr0] / mask 1 / write_masked 1:0xc020, 1 / end',
      ['error odd-offset 0x20'],
      'spr0 = 16 / spr1 = 0 / mask 1 / if spr1 == 0 jump [spr0] / spr1 = 1 / write_masked 1:0xc020, 1 / end',
    ],
    [
      'spr0 = 0x1400 / .inst 0x9000c023_00000001 / end',
      ['warning odd-offset 0x8'],
      'spr0 = 0x1400 / .inst 0x9000c022_00000001 / end',
    ],
  ],
  'mask-unset': [
    [
      'spr0 = 0x1400 / write_s_masked [spr0:0xc020], 1 / end',
      ['error mask-unset 0x8'],
      'spr0 = 0x1400 / write_s_mask [spr0:0xc020], 1, 1 / end',
    ],
  ],
  'masked-status': [
    // G8
    ['write_mask ovl0+8, 0, 2 / end', ['warning masked-status 0x8'], 'write ovl0+8, 0xfffffffd / end', { tree: true }],
    ['write_mask ovl0+8, 0, 2 / end', ['warning masked-status 0x8'], 'write_mask ovl0+0xc, 0, 2 / end', { tree: true }],
    [
      'spr0 = 0x1123 / write_s_mask [spr0:0xc], 1, 1 / end',
      ['warning masked-status 0x10'],
      'spr0 = 0x1123 / write_s [spr0:0xc], 1 / end',
      { tree: true },
    ],
    // §5.2: IRQ_STATUS of thread 1
    [
      'spr0 = 0x1021 / write_s_mask [spr0:0x2190], 1, 1 / end',
      ['warning masked-status 0x10'],
      'spr0 = 0x1021 / write_s_mask [spr0:0x2194], 1, 1 / end',
    ],
  ],
  'window-overflow': [
    ['write 0x1400d010, 1 / end', ['warning window-overflow 0x0'], 'write 0x1400cffc, 1 / end', { tree: true }],
    ['write 0x14000010, 1 / end', ['warning window-overflow 0x0'], 'write ovl0, 1 / end', { tree: true }],
    // S18
    [
      'write 1:0xfffc, 1 / write 1:0, 1 / end',
      ['warning window-overflow 0x8'],
      'write 1:0xfffc, 1 / write 2:0, 1 / end',
    ],
    [
      'spr0 = 0x1400 / write_s [spr0:0xd010], 1 / end',
      ['warning window-overflow 0x8'],
      'spr0 = 0x4000 / write_s [spr0:0xd010], 1 / end',
      { tree: true },
    ],
  ],
  'disabled-block': [
    ['write rdma0+0x10, 1 / end', ['warning disabled-block 0x0'], 'write ovl0, 1 / end', { tree: true }],
  ],
  'wait-without-clear': [
    // G7
    ['wait 53 / end', ['warning wait-without-clear 0x0'], 'clear 53 / wait 53 / end'],
    ['clear 54 / wait 53 / end', ['warning wait-without-clear 0x8'], 'clear 53 / wait 53 / wait 53 / end'],
    [
      'clear 53 / wait_keep 53 / wait 53 / end',
      ['warning wait-without-clear 0x10'],
      'clear 53 / wait_keep 53 / clear 53 / wait 53 / end',
    ],
    ['clear 53 / set 53 / wait 53 / end', ['warning wait-without-clear 0x10'], 'set 53 / clear 53 / wait 53 / end'],
    [
      'spr0 = 16 / spr1 = 0 / if spr1 == 0 jump [spr0] / clear 53 / wait 53 / end',
      ['warning wait-without-clear 0x20'],
      'spr0 = 16 / spr1 = 0 / clear 53 / if spr1 == 0 jump [spr0] / spr1 = 1 / wait 53 / end',
    ],
    // A token of software is a lock or a message: waiting for one that is set is what it is for.
    ['wait 434 / end', ['warning wait-without-clear 0x0'], 'wait 649 / end', { soc: 'mt8192' }],
  ],
  'register-unset': [
    ['write_s [spr0:0xc020], 1 / end', ['error register-unset 0x0'], 'spr0 = 0x1400 / write_s [spr0:0xc020], 1 / end'],
    ['spr1 = spr2 + 1 / end', ['warning register-unset 0x0'], 'spr2 = 1 / spr1 = spr2 + 1 / end'],
    ['write [gpr3], 1 / end', ['warning register-unset 0x0'], 'move gpr3, 0x1400c020 / write [gpr3], 1 / end'],
    ['write [gpr3], 1 / end', ['warning register-unset 0x0'], 'read_s p1, 1:0xc000 / write [gpr3], 1 / end'],
    [
      'spr1 = 8 / if spr2 == 0 jump [spr1] / end',
      ['warning register-unset 0x8'],
      'spr1 = 8 / read_s spr2, 1:0xc000 / if spr2 == 0 jump [spr1] / end',
    ],
  ],
  // S17, defect 12: a subsystem that was not cut to five bits
  'odd-encoding': [
    ['.inst 0x04210010_00000001 / end', ['warning odd-encoding 0x0'], '.inst 0x04010010_00000001 / end'],
  ],
};

describe('a rule finds what it is for, and not what is nearly that', () => {
  const rows = Object.entries(ROWS).flatMap(([rule, rows]) => rows.map((row) => ({ rule, text: row[0], row })));
  test.each(rows)('$rule: $text', ({ rule, row: [text, expected, near, setting = {}] }) => {
    expect(told(found(text, setting))).toEqual(expected);
    // A base that is wrong cannot be nearly wrong in the text.
    expect(told(found(near, rule === 'misaligned-base' ? {} : setting))).toEqual([]);
  });

  test('misaligned-length: bytes behind the last instruction', () => {
    const { bytes } = assemble('end');
    const cut = new Uint8Array([...(bytes as Uint8Array), 1, 2, 3]);
    expect(told(lintProgram(cut))).toEqual(['error misaligned-length']);
    expect(told(lintProgram(bytes as Uint8Array, { restBytes: 3 }))).toEqual(['error misaligned-length']);
    expect(lintProgram(bytes as Uint8Array)).toEqual([]);
  });

  test('blanking: what a wait leads to takes longer than the time given', () => {
    const program = `clear 53 / wait 53 / ${`${WORK} / `.repeat(100)}end`;
    expect(told(found(program, { blankingNs: 10_000 }))).toEqual(['warning blanking 0x1a0']);
    expect(found(program, { blankingNs: 25_000 })).toEqual([]);
    expect(found(program)).toEqual([]);
    const long = `${`${WORK} / `.repeat(5000)}end`;
    expect(told(found(`clear 53 / wait 53 / ${long}`))).toEqual(['warning blanking 0x68c0']);
    // Without a wait nobody says that it is meant for the blanking.
    expect(found(long)).toEqual([]);
  });

  test('every rule has a row here or a test of its own', () => {
    const own = ['misaligned-length', 'blanking', 'guessed-shift', 'unused-end', 'too-tangled'];
    expect([...Object.keys(ROWS), ...own].toSorted()).toEqual(LINT_RULES.map(({ id }) => id).toSorted());
  });
});

test('a finding says what, where and what to do', () => {
  const [first] = found('clear 53 / wait 53 / write_masked 1:0xc020, 1 / end');
  expect(first).toEqual({
    severity: 'error',
    code: 'cmdq/lint/odd-offset',
    rule: 'odd-offset',
    text:
      'The offset is odd, which switches the mask on, and no MASK comes before on the way here: ' +
      'the access uses whatever mask an earlier program left.',
    suggestion: 'Write an even offset for a plain access, or put a MASK in front of it.',
    where: '0x0010',
    instruction: { index: 2, offset: 0x10, text: 'write_masked 0x1400c020, 0x00000001' },
  });
});

test('a finding in a text is at its line', () => {
  const names = new CmdqNames(cmdqSoc('mt8173'));
  const { bytes, positions } = assemble('; two lines\n  wait 53\n  end\n', { file: 'a.s', names });
  const [first] = lintProgram(bytes as Uint8Array, { names, positions });
  expect(first?.at).toEqual({ file: 'a.s', line: 2, column: 3 });
});

test('zeros behind the end are unused room', () => {
  const { bytes } = assemble('eoc\njump +8');
  const page = new Uint8Array(4096);
  page.set(bytes as Uint8Array);
  expect(told(lintProgram(page))).toEqual(['note unused-end']);
  expect(told(lintProgram(new Uint8Array(16)))).toEqual(['error invalid-opcode 0x0', 'error missing-eoc 0x8']);
});

test('without a SoC jumps by one unit tell that code addresses are shifted', () => {
  const { bytes } = assemble('eoc\n.inst 0x10000000_00000001');
  expect(told(lintProgram(bytes as Uint8Array))).toEqual(['note guessed-shift']);
});

// facts cmdq, U2 and U3: what the display driver of Linux 6.12 queues, one packet at a time.
test('what Linux makes for one plane has no fault, but must not be chained to', () => {
  const packet = goldenCases().find(({ name }) => name === 'vblank-update')?.expected?.buffer ?? '';
  const names = new CmdqNames(cmdqSoc('mt8173'));
  expect(told(lintProgram(bytesOf(packet), { names }))).toEqual(['note eoc-without-jump 0x58']);
});

// test/golden/cmdq.json: cases that record a defect of the helper (facts cmdq, chapter 8).
test.each([
  ['mask-grow-fails', 'dangling-mask'],
  ['mask-full-odd-offset', 'odd-offset'],
  ['finalize-half', 'eoc-without-jump'],
  ['raw-subsys-32', 'unknown-subsystem'],
  ['raw-subsys-256-hits-opcode', 'invalid-opcode'],
])('the recorded packet %s has %s', (name, rule) => {
  const packet = goldenCases().find((one) => one.family === 'seed' && one.name === name)?.expected?.buffer ?? '';
  const names = new CmdqNames(cmdqSoc('mt8173'));
  expect(lintProgram(bytesOf(packet), { names }).map((finding) => finding.rule)).toContain(rule);
});

test('at most 200 findings of a rule are shown, and the rest counted', () => {
  const findings = found(`${'poll 1:0xc008, 1 / '.repeat(250)}end`);
  expect(findings.length).toBe(201);
  expect(findings.filter(({ rule }) => rule === 'more').map(({ text }) => text)).toEqual([
    '50 more findings of poll are not shown.',
  ]);
});

test('any words are looked at, in bounded time', () => {
  const random = new Random('lint');
  for (let i = 0; i < 100; i++) {
    const bytes = randomProgram(random, 1 + random.below(200));
    for (const soc of [undefined, 'mt8173', 'mt8195']) {
      const names = new CmdqNames(soc === undefined ? undefined : cmdqSoc(soc), MODULES);
      const findings = lintProgram(bytes, { names, base: 0x1000, blankingNs: 1000 });
      expect(findings.filter(({ text }) => /\{\w+\}|NaN|undefined/.test(text))).toEqual([]);
    }
  }
});

test('a program of jumps alone is given up, not followed for ever', () => {
  const jumps = Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? 'jump +16' : 'jump -8')).join('\n');
  const { bytes } = assemble(`${jumps}\nend`);
  expect(lintProgram(bytes as Uint8Array).map(({ rule }) => rule)).toContain('too-tangled');
});
