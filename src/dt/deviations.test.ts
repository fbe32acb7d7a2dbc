// Where we differ from dtc 1.6.1 and GCC's cpp on purpose: each difference of docs/devicetree.md by its id.
import { expect, test } from 'vitest';
import { memoryFiles } from '../base/files.js';
import { compile } from './compile.js';
import { type CompileOptions, compileText } from './compile-text.js';
import { preprocess } from './cpp/preprocess.js';
import { decompile } from './decompile.js';
import { readFdt } from './fdt-read.js';
import { checkWriteOptions, writeFdt } from './fdt-write.js';
import { DtProperty, DtTree } from './tree.js';

function codes(source: string, options: CompileOptions = {}): string[] {
  return compileText(`/dts-v1/; ${source}`, 't.dts', memoryFiles({}), options).diagnostics.map((d) => d.code);
}

function cppCodes(source: string): string[] {
  return preprocess('t.dts', memoryFiles({ 't.dts': source }), { includeDirs: [] }).diagnostics.map((d) => d.code);
}

test('dt-D1: the root cannot be deleted', () => {
  expect(codes('/ { }; /delete-node/ &{/};')).toEqual(['dt/syntax/delete-root']);
});

test('dt-D2: an overlay cannot refer to a path that it does not have itself', () => {
  expect(codes('/plugin/; &a { x = <&{/b}>; };')).toEqual(['dt/syntax/fixup-path']);
});

test('dt-D3: a line comment may end with the file', () => {
  expect(codes('/ { }; // end')).toEqual([]);
});

test('dt-D4: the last bus of a PCI bridge is the second cell of bus-range', () => {
  const bus = (number: string): string[] =>
    codes(
      `/ { #address-cells = <3>; #size-cells = <2>; pcie@0 { device_type = "pci"; #address-cells = <3>;
        #size-cells = <2>; reg = <0 0 0 0 0>; ranges; bus-range = <0x10 0x20>;
        dev@0 { reg = <0x${number}0000 0 0 0 0>; }; }; };`,
      { checks: 'all' },
    ).filter((code) => code.endsWith('bus_num'));
  expect(bus('10')).toEqual([]);
  expect(bus('20')).toEqual([]);
  expect(bus('21')).toEqual(['dt/check/pci_device_bus_num']);
});

test('dt-D5: a cell count that is no cell is a finding, not the end of the program', () => {
  const source =
    '/ { i: i { interrupt-controller; #interrupt-cells = [01]; }; n { interrupt-parent = <&i>; interrupts = <1>; }; };';
  expect(codes(source, { checks: 'all' })).toContain('dt/check/interrupts_property');
});

test.each([
  ['dt-D6: nodes', `/${' { n'.repeat(100_000)}`, 'dt/syntax/node-depth'],
  ['dt-D7: parentheses', `/ { a = <${'('.repeat(100_000)}`, 'dt/syntax/expression-depth'],
  ['dt-D7: signs', `/ { a = <(${'~'.repeat(100_000)}1)>; };`, 'dt/syntax/expression-depth'],
  ['dt-D7: conditions', `/ { a = <(${'1 ? 1 : '.repeat(100_000)}1)>; };`, 'dt/syntax/expression-depth'],
])('%s nested 100,000 deep are refused', (_, source, code) => {
  expect(codes(source)[0]).toBe(code);
});

test('dt-D6 and dt-D7: 1,000 levels of nodes and 256 of parentheses are still read', () => {
  expect(codes(`/${' { n'.repeat(999)} {${' };'.repeat(1000)}`)).toEqual([]);
  expect(codes(`/ { a = <${'('.repeat(256)}1${')'.repeat(256)}>; };`)).toEqual([]);
});

test('dt-D8: reading goes on behind a syntax error, and ends after fifty', () => {
  expect(codes('/ { a = ; b = "s" c; };')).toEqual(['dt/syntax/expected', 'dt/syntax/expected']);
  const many = codes(`/ {${' a = ;'.repeat(500)} };`);
  expect(many).toHaveLength(51);
  expect(many.at(-1)).toBe('dt/syntax/too-many');
});

test('dt-D9: blobs are written in version 17 and 16 only', () => {
  expect([1, 2, 3, 15, 16, 17, 18].filter((version) => checkWriteOptions({ version }).length === 0)).toEqual([16, 17]);
});

test('dt-D10: a NUL before an octal digit is written in three digits, and compiles to the same bytes', () => {
  const tree = new DtTree();
  const bytes = Uint8Array.of(0x41, 0, 0x32, 0x4b, 0);
  tree.root.properties.push(new DtProperty('x', bytes));
  expect(decompile(tree)).toContain('x = "A\\0002K";');
  expect(decompile(tree, { dtcNul: true })).toContain('x = "A\\02K";');
  const again = compileText(decompile(tree), 't.dts', memoryFiles({})).tree;
  expect(again?.root.property('x')?.value).toEqual(bytes);
});

test('dt-D11: a reservation without length ends the list, with a warning', () => {
  const source = '/dts-v1/; /memreserve/ 0x1000 0; /memreserve/ 0x2000 0x10; / { };';
  const { tree } = compileText(source, 't.dts', memoryFiles({}));
  const read = readFdt(writeFdt(tree as DtTree));
  expect(read.tree?.reservations).toEqual([]);
  expect(read.diagnostics.map((d) => d.code)).toEqual(['dt/fdt/empty-reservation']);
});

test('dt-D12: __DATE__, __TIME__ and __TIMESTAMP__ stay unknown, so that the same source gives the same blob', () => {
  expect(cppCodes('__DATE__ __TIME__ __TIMESTAMP__\n')).toEqual(Array.from({ length: 3 }, () => 'dt/cpp/no-date'));
});

test('dt-D13: #assert is ignored with a warning', () => {
  expect(cppCodes('#assert machine(x)\n')).toEqual(['dt/cpp/no-assertions']);
});

test('dt-D14: a binary given or included as source is one error', () => {
  const blob = Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed, 0, 0, 0, 0);
  const files = memoryFiles({ 'b.dts': blob, 'i.dts': '#include "b.dts"\n' });
  expect(compile('b.dts', files).diagnostics.map((d) => d.code)).toEqual(['dt/cpp/binary']);
  expect(compile('i.dts', files).diagnostics.map((d) => d.code)).toEqual(['dt/cpp/binary-include']);
});
