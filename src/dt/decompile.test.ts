import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusFolders, inCorpus } from '../../test/corpus.js';
import { compileText } from './compile-text.js';
import { decompile } from './decompile.js';
import { diff } from './diff.js';
import { readFdt } from './fdt-read.js';
import { memoryFiles } from '../base/files.js';
import type { DtTree } from './tree.js';

const REAL = inCorpus(corpusFolders(), 'dtb');

function tree(text: string): DtTree {
  const result = compileText(text, 'test.dts', memoryFiles({}), { force: true, bootCpu: 0 });
  if (result.tree === undefined) throw new Error(JSON.stringify(result.diagnostics));
  return result.tree;
}

test('types are guessed and text is laid out as dtc 1.6.1 does', () => {
  const from = tree(`/dts-v1/;
    /memreserve/ 0x10000000 0x4000; /memreserve/ 0x123456789abc 0x1;
    / { a = "x", "1y", "\\x01"; b = "tab\\t\\"q\\"\\\\ \\n\\a\\v\\f\\r\\b"; c = [00]; d = [01 02 03]; e;
        f = <1 0x12345678 0xffffffff>; g = "", ""; h = "x","",""; h2="abc","","z"; i = [e4 f6 00];
        j = /bits/ 64 <5>; k = [7f 00]; l: lab = <&n1>; n1: n1@0 { reg = <0>; a = [c3 a9 00]; c { }; }; };`);
  // dtc 1.6.1 -I dtb -O dts of the same source.
  expect(decompile(from)).toBe(`/dts-v1/;

/memreserve/\t0x0000000010000000 0x0000000000004000;
/memreserve/\t0x0000123456789abc 0x0000000000000001;
/ {
\ta = [78 00 31 79 00 01 00];
\tb = "tab\\t\\"q\\"\\\\ \\n\\a\\v\\f\\r\\b";
\tc = [00];
\td = [01 02 03];
\te;
\tf = <0x01 0x12345678 0xffffffff>;
\tg = [00 00];
\th = <0x78000000>;
\th2 = "abc\\0\\0z";
\ti = [e4 f6 00];
\tj = <0x00 0x05>;
\tk = [7f 00];
\tlab = <0x01>;

\tn1@0 {
\t\treg = <0x00>;
\t\ta = [c3 a9 00];
\t\tphandle = <0x01>;

\t\tc {
\t\t};
\t};
};
`);
});

test('a NUL before an octal digit survives the way back, unlike in dtc', () => {
  const from = tree('/dts-v1/; / { v = <0x00324b00>; w = "abc", "1y"; };');
  expect(decompile(from)).toContain('v = "\\0002K";\n\tw = "abc\\0001y";');
  expect(decompile(from, { dtcNul: true })).toContain('v = "\\02K";\n\tw = "abc\\01y";');
  expect(diff(from, tree(decompile(from)), { byTarget: false })).toEqual([]);
});

test('sorted output has names and reservations in order', () => {
  const from = tree('/dts-v1/; /memreserve/ 2 1; /memreserve/ 1 1; / { b; a; z { }; c@2 { }; c@10 { }; };');
  expect(decompile(from, { sort: true }).replace(/\s+/g, ' ')).toBe(
    '/dts-v1/; /memreserve/ 0x0000000000000001 0x0000000000000001; ' +
      '/memreserve/ 0x0000000000000002 0x0000000000000001; ' +
      '/ { a; b; c@10 { }; c@2 { }; z { }; }; ',
  );
});

test('pretty output has labels, references, lists and names', () => {
  const from = tree(`/dts-v1/; / { #address-cells = <1>; #size-cells = <1>;
    aliases { clock0 = "/clk@10"; };
    __symbols__ { dev = "/dev@20"; };
    clk@10 { reg = <0x10 1 0x20 1>; #clock-cells = <1>; phandle = <7>; };
    gic { phandle = <9>; };
    dev@20 { reg = <0x20 1>; clocks = <7 1>, <7 2>; clock-names = "bus", "core"; interrupt-parent = <9>;
             compatible = "a", "b"; unknown = <7>; phandle = <8>; }; };`);
  expect(decompile(from, { pretty: true })).toBe(`/dts-v1/;

/ {
\t#address-cells = <0x01>;
\t#size-cells = <0x01>;

\taliases {
\t\tclock0 = &clock0;
\t};

\t__symbols__ {
\t\tdev = "/dev@20";
\t};

\tclock0: clk@10 {
\t\treg = <0x10 0x01>, <0x20 0x01>;
\t\t#clock-cells = <0x01>;
\t\tphandle = <0x07>;
\t};

\tgic {
\t\tphandle = <0x09>;
\t};

\tdev: dev@20 {
\t\treg = <0x20 0x01>;
\t\tclocks = <&clock0 0x01>, /* bus */
\t\t\t<&clock0 0x02>; /* core */
\t\tclock-names = "bus", "core";
\t\tinterrupt-parent = <&{/gic}>;
\t\tcompatible = "a", "b";
\t\tunknown = <0x07>;
\t\tphandle = <0x08>;
\t};
};
`);
});

test('a number that no node answers to stays a number', () => {
  const from = tree('/dts-v1/; / { n { clocks = <0xffffffff 3>; leds = <0>; }; };');
  expect(decompile(from, { pretty: true })).toContain('clocks = <0xffffffff 0x03>;\n\t\tleds = <0x00>;');
});

test.skipIf(REAL === undefined)('real boards come back equal, plain and pretty', () => {
  const files = readdirSync(REAL as string).filter((name) => /^(mt8365|apq8016|fsl-ls1043a)/.test(name));
  const lost = files.flatMap((name) => {
    const from = readFdt(readFileSync(join(REAL as string, name))).tree as DtTree;
    const back = [decompile(from), decompile(from, { pretty: true })].map(tree);
    return back.flatMap((to) => diff(from, to, { byTarget: false, order: true }));
  });
  expect([files.length, lost]).toEqual([3, []]);
});
