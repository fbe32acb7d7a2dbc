import { describe, expect, test } from 'vitest';
import { treeOf } from '../../../test/tree-of.js';
import { Random } from '../../base/random.js';
import { cellValue, DtProperty } from '../../dt/tree.js';
import type { CmdqFinding } from './lint-finding.js';
import { lintCmdqTree, TREE_LINT_RULES } from './tree-lint.js';

/** A tree with an MT8192 (24 threads, subsystem 1 is 0x1400) and what is given. */
function found(nodes: string, gce = '', root = ''): CmdqFinding[] {
  return lintCmdqTree(
    treeOf(`/ {
      #address-cells = <1>; #size-cells = <1>; ${root}
      gce: mailbox@10228000 { compatible = "mediatek,mt8192-gce"; reg = <0x10228000 0x4000>; #mbox-cells = <2>;
        phandle = <0x77>; ${gce} };
      ${nodes}
    };`),
  );
}

const told = (findings: readonly CmdqFinding[]): string[] =>
  findings.map(({ severity, rule, where }) => `${severity} ${rule} ${where}`);

const block = (clientReg: string, more = ''): string =>
  `ovl@14005000 { reg = <0x14005000 0x1000>; mediatek,gce-client-reg = ${clientReg}; ${more} };`;
const client = (mboxes: string, more = ''): string => `mmsys { mboxes = ${mboxes}; ${more} };`;
const mutex = (ids: string): string => `mutex { mediatek,gce-events = <${ids}>; };`;
const RIGHT = block('<&gce 1 0x5000 0x1000>');

/** What is found in some nodes, and some that nearly have it, in which nothing is found. */
type Row = readonly [nodes: string, expected: readonly string[], near: string];

const OVL = '/ovl@14005000';
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  // facts cmdq §9.2, §9.3
  'client-reg-mismatch': [
    [block('<&gce 2 0x5000 0x1000>'), [`error client-reg-mismatch ${OVL}`], RIGHT],
    [block('<&gce 1 0x6000 0x1000>'), [`error client-reg-mismatch ${OVL}`], RIGHT],
    ['a { mediatek,gce-client-reg = <&gce 1 0x5000 0x1000>; };', ['error client-reg-mismatch /a'], RIGHT],
    [
      'a@14005000 { reg = <0x14005000 0x1000>, <0x14006000 0x1000>; mediatek,gce-client-reg = <&gce 1 0x7000 ' +
        '0x1000>; };',
      ['error client-reg-mismatch /a@14005000'],
      'a@14005000 { reg = <0x14005000 0x1000>, <0x14006000 0x1000>; mediatek,gce-client-reg = <&gce 1 0x6000 ' +
        '0x1000>; };',
    ],
  ],
  'client-reg-size': [
    [block('<&gce 1 0x5000 0x2000>'), [`error client-reg-size ${OVL}`], block('<&gce 1 0x5000 0x800>')],
    [
      'a@1400f000 { reg = <0x1400f000 0x2000>; mediatek,gce-client-reg = <&gce 1 0xf000 0x2000>; };',
      ['error client-reg-size /a@1400f000'],
      'a@1400f000 { reg = <0x1400f000 0x2000>; mediatek,gce-client-reg = <&gce 1 0xf000 0x1000>; };',
    ],
    // chapter 7: the size is kept in 16 bits
    [
      'a@14000000 { reg = <0x14000000 0x10000>; mediatek,gce-client-reg = <&gce 1 0 0x10000>; };',
      ['warning client-reg-size /a@14000000'],
      'a@14000000 { reg = <0x14000000 0x10000>; mediatek,gce-client-reg = <&gce 1 0 0xf000>; };',
    ],
  ],
  'client-reg-subsystem': [
    [block('<&gce 30 0x5000 0x1000>'), [`error client-reg-subsystem ${OVL}`], RIGHT],
    [block('<&gce 99 0 0>'), [`note client-reg-subsystem ${OVL}`], RIGHT],
  ],
  'client-reg-cells': [
    [block('<&gce 1 0x5000>'), [`error client-reg-cells ${OVL}`], RIGHT],
    [block('<&gce 1 0x5000 0x1000 0>'), [`error client-reg-cells ${OVL}`], RIGHT],
  ],
  'gce-missing': [
    [block('<0x99 1 0x5000 0x1000>'), [`error gce-missing ${OVL}`], RIGHT],
    [
      `other: other { }; ${block('<&other 1 0x5000 0x1000>')}`,
      [`error gce-missing ${OVL}`],
      `other: other { }; ${RIGHT}`,
    ],
    [client('<0x99 0 1>', 'mediatek,gce-events = <53>;'), ['error gce-missing /mmsys'], client('<0x99 0 1>')],
  ],
  'gce-event-range': [
    [mutex('1024'), ['error gce-event-range /mutex'], mutex('1009')],
    [mutex('434 1023'), ['warning gce-event-range /mutex'], mutex('434 435')],
    [mutex('800'), ['warning gce-event-range /mutex'], mutex('641')],
  ],
  'gce-event-count': [
    [mutex(''), ['warning gce-event-count /mutex'], mutex('1')],
    [mutex('1 '.repeat(33)), ['warning gce-event-count /mutex'], mutex('1 '.repeat(32))],
  ],
  'mbox-cells': [
    // facts cmdq §9.2: the MDP of mt8183.dtsi
    [client('<&gce 20 1 0>, <&gce 21 1 0>'), ['error mbox-cells /mmsys'], client('<&gce 20 1>, <&gce 21 1>')],
    [client('<&gce 20 1 1>, <&gce 21 1 1>'), ['error mbox-cells /mmsys'], client('<&gce 20 1>, <&gce 21 1>')],
    [client('<&gce 20 1>, <&gce 21>'), ['error mbox-cells /mmsys'], client('<&gce 20 1>, <&gce 21 0>')],
  ],
  'mbox-thread': [[client('<&gce 24 1>'), ['error mbox-thread /mmsys'], client('<&gce 23 1>')]],
  'mbox-thread-taken': [
    [
      `${client('<&gce 0 1>')} b { mboxes = <&gce 0 1>; };`,
      ['error mbox-thread-taken /b'],
      `${client('<&gce 0 1>')} b { mboxes = <&gce 0 1>; status = "disabled"; };`,
    ],
    [client('<&gce 0 1>, <&gce 0 1>'), ['error mbox-thread-taken /mmsys'], client('<&gce 0 1>, <&gce 1 1>')],
  ],
  'mbox-priority': [[client('<&gce 0 8>'), ['warning mbox-priority /mmsys'], client('<&gce 0 7>')]],
};

describe('a rule finds what it is for, and not what is nearly that', () => {
  for (const [rule, rows] of Object.entries(ROWS)) {
    test.each(rows)(`${rule}: %s`, (nodes, expected, near) => {
      expect(told(found(nodes))).toEqual(expected);
      expect(told(found(near))).toEqual([]);
    });
  }

  test('gce-missing: events in a tree without a GCE', () => {
    expect(told(lintCmdqTree(treeOf(`/ { ${mutex('53')} };`)))).toEqual(['error gce-missing /mutex']);
  });

  test('gce-disabled: an enabled client of a disabled GCE', () => {
    const off = 'status = "disabled";';
    expect(told(found(client('<&gce 0 1>'), off))).toEqual(['warning gce-disabled /mmsys']);
    expect(told(found(client('<&gce 0 1>', off), off))).toEqual([]);
  });

  test('gce-cells: a GCE whose cells are not two', () => {
    const old = treeOf('/ { gce { compatible = "mediatek,mt8173-gce"; #mbox-cells = <3>; }; };');
    expect(told(lintCmdqTree(old))).toEqual(['error gce-cells /gce']);
  });

  test('gce-alias: one of two without an alias, and with a client', () => {
    const two = (aliases: string, client = 'c { mboxes = <&a 0 1>, <&b 0 1>; };'): string[] =>
      told(
        lintCmdqTree(
          treeOf(`/ { aliases { ${aliases} };
            a: a { compatible = "mediatek,mt8195-gce"; #mbox-cells = <2>; };
            b: b { compatible = "mediatek,mt8195-gce"; #mbox-cells = <2>; }; ${client} };`),
        ),
      );
    expect(two('gce0 = &a;')).toEqual(['warning gce-alias /b']);
    expect(two('gce0 = &a; gce1 = &b;')).toEqual([]);
    expect(two('gce0 = &a;', '')).toEqual([]);
  });

  test('every rule has a row here or a test of its own', () => {
    const own = ['gce-disabled', 'gce-cells', 'gce-alias'];
    expect([...Object.keys(ROWS), ...own].toSorted()).toEqual(TREE_LINT_RULES.map(({ id }) => id).toSorted());
  });
});

test('a finding says what, where and what to write; of a source its line', () => {
  const [first] = found(block('<&gce 2 0x5000 0x1000>'));
  expect(first).toEqual({
    severity: 'error',
    code: 'cmdq/tree/client-reg-mismatch',
    rule: 'client-reg-mismatch',
    text:
      '/ovl@14005000: entry 0 of mediatek,gce-client-reg is subsystem 2 (0x14010000) offset 0x5000, which is ' +
      '0x14015000, ' +
      'but reg has 0x14005000: the GCE writes to the wrong block.',
    suggestion: 'Write <&gce 1 0x5000 0x1000>.',
    where: '/ovl@14005000',
    at: { file: 'test.dts', line: 5, column: 49 },
  });
});

test('a tree without a GCE has no findings', () => {
  expect(lintCmdqTree(treeOf('/ { mailbox: m { #mbox-cells = <1>; }; a { mboxes = <&mailbox 0>; }; };'))).toEqual([]);
});

test('any cells are looked at, in bounded time', () => {
  const random = new Random('cells');
  const tree = treeOf(`/ { #address-cells = <1>; #size-cells = <1>;
    a { compatible = "mediatek,mt8192-gce"; phandle = <1>; #mbox-cells = <2>; };
    b { compatible = "mediatek,mt8186-gce"; phandle = <2>; #mbox-cells = <9>; status = "disabled"; };
    c { phandle = <3>; #mbox-cells = <0xffffffff>; }; d { reg = <0x14005000 0x1000>; }; };`);
  const [node] = tree.root.children.slice(-1);
  const kept = [...(node?.properties ?? [])];
  const cell = (): number => (random.chance(0.8) ? random.below(5) : random.u32());
  for (let i = 0; i < 500; i++) {
    const names = ['mboxes', 'mediatek,gce-client-reg', 'mediatek,gce-events'];
    const random32 = names.map((name) => {
      const value = cellValue(...Array.from({ length: random.below(40) }, cell));
      return new DtProperty(name, value.subarray(0, Math.max(0, value.length - random.below(3))));
    });
    node?.properties.splice(0, Infinity, ...kept, ...random32);
    const findings = lintCmdqTree(tree);
    expect(findings.filter(({ text }) => /\{\w+\}|NaN|undefined/.test(text))).toEqual([]);
  }
});

test('at most 200 findings of a rule are shown, and the rest counted', () => {
  const findings = found(client(Array.from({ length: 250 }, () => '<&gce 99 1>').join(', ')));
  expect([findings.length, findings.at(-1)?.text]).toEqual([201, '50 more findings of mbox-thread are not shown.']);
});
