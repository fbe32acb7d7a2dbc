import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFdt } from './fdt-read.js';

// dtc 1.6.1 -b 0 -O dtb of: /memreserve/ 0x1000 0x20; / { compatible = "x", "yz"; a@1 { reg = <1>; b { }; }; };
const BLOB = hex(`
  d00dfeed000000a30000004800000094000000280000001100000010000000000000000f0000004c
  00000000000010000000000000000020 00000000000000000000000000000000
  0000000100000000 00000003000000050000000078 00797a00 000000
  0000000161403100 00000003000000040000000b00000001 0000000162000000 00000002 00000002 00000002 00000009
  636f6d70617469626c650072656700`);
const STRUCT = 0x48;
const REAL = [process.env['BRINGUP_CORPUS'], '../shared']
  .flatMap((at) => (at ? [join(at, 'dtb')] : []))
  .find(existsSync);

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
}

/** The blob with 32-bit numbers replaced. */
function patched(patches: Readonly<Record<number, number>>, from: Uint8Array = BLOB): Uint8Array {
  const bytes = from.slice();
  for (const [at, value] of Object.entries(patches)) new DataView(bytes.buffer).setUint32(Number(at), value);
  return bytes;
}

function codes(bytes: Uint8Array): string[] {
  return readFdt(bytes).diagnostics.map(({ code }) => code);
}

test('a blob of dtc is read in full', () => {
  const { tree, diagnostics } = readFdt(BLOB);
  expect(diagnostics).toEqual([]);
  expect(tree?.reservations).toEqual([{ address: 0x1000n, size: 0x20n }]);
  expect([...(tree?.root.walk() ?? [])].map(({ path }) => path)).toEqual(['/', '/a@1', '/a@1/b']);
  expect(tree?.root.compatible).toEqual(['x', 'yz']);
  expect(tree?.byPath('/a@1')?.u32('reg')).toBe(1);
});

test('a view into a larger buffer is read like a buffer of its own', () => {
  const large = new Uint8Array(BLOB.length + 7);
  large.set(BLOB, 3);
  expect(
    readFdt(large.subarray(3, 3 + BLOB.length))
      .tree?.byPath('/a@1')
      ?.u32('reg'),
  ).toBe(1);
});

test('version 16 has no length of the structure block', () => {
  const { tree, diagnostics } = readFdt(patched({ 20: 16, 36: 0xffffffff }));
  expect(diagnostics).toEqual([]);
  expect(tree?.byPath('/a@1/b')?.path).toBe('/a@1/b');
});

test.each([
  ['a version before 16', { 20: 15 }, 'dt/fdt/old-version'],
  ['a version that needs newer readers', { 20: 18, 24: 18 }, 'dt/fdt/new-version'],
  ['a total size beyond the file', { 4: 0xffffffff }, 'dt/fdt/totalsize'],
  ['a total size below the header', { 4: 39 }, 'dt/fdt/totalsize-small'],
  ['a structure block inside the header', { 8: 36 }, 'dt/fdt/block-in-header'],
  ['a structure block beyond the end', { 8: 0xfffffff0 }, 'dt/fdt/block-outside'],
  ['a strings block beyond the end', { 32: 0x7fffffff }, 'dt/fdt/block-outside'],
  ['reservations without end', { 16: 0x90 }, 'dt/fdt/reservations-open'],
  ['an unknown token', { [STRUCT]: 5 }, 'dt/fdt/bad-token'],
  ['a property outside every node', { [STRUCT]: 4, [STRUCT + 4]: 4 }, 'dt/fdt/property-outside'],
  ['END_NODE before any node', { [STRUCT]: 2 }, 'dt/fdt/extra-end-node'],
  ['END inside a node', { [0x8c]: 9 }, 'dt/fdt/end-inside'],
  ['no END', { [0x90]: 4 }, 'dt/fdt/no-end'],
  ['an END without root', { [STRUCT]: 9 }, 'dt/fdt/no-root'],
  ['a value of 4 GB', { [STRUCT + 12]: 0xffffffff }, 'dt/fdt/property-truncated'],
  ['a name outside the strings', { [STRUCT + 16]: 0xffffffff }, 'dt/fdt/string-outside'],
  ['a name without end', { 32: 14 }, 'dt/fdt/string-open'],
])('%s is an error that is named', (_what, patches, code) => {
  const { tree, diagnostics } = readFdt(patched(patches));
  expect(tree).toBeUndefined();
  expect(diagnostics.filter(({ severity }) => severity === 'error').map((d) => d.code)).toEqual([code]);
});

test('an error names byte and node', () => {
  const [first] = readFdt(patched({ [0x7c]: 0x77 })).diagnostics;
  expect(first).toMatchObject({ text: expect.stringContaining('0x77'), where: 'offset 0x7c, /a@1' });
});

test('every prefix of a blob is refused, and nothing is thrown', () => {
  for (let length = 0; length < BLOB.length; length++) {
    const { tree, diagnostics } = readFdt(BLOB.subarray(0, length));
    expect([length, tree, diagnostics.length]).toEqual([length, undefined, 1]);
  }
});

test('a reservation without length ends the list with a warning', () => {
  const { tree, diagnostics } = readFdt(patched({ 0x34: 0 }));
  expect([tree?.reservations, diagnostics.map(({ code }) => code)]).toEqual([[], ['dt/fdt/empty-reservation']]);
});

test('NOP tokens are skipped wherever they stand', () => {
  // b { } becomes three NOPs.
  const { tree, diagnostics } = readFdt(patched({ [0x7c]: 4, [0x80]: 4, [0x84]: 4 }));
  expect(diagnostics).toEqual([]);
  expect(tree?.byPath('/a@1')?.children).toEqual([]);
});

test('bytes behind the blob are ignored with a warning', () => {
  const bytes = new Uint8Array(BLOB.length + 5);
  bytes.set(BLOB);
  expect(codes(bytes)).toEqual(['dt/fdt/trailing']);
});

test('blocks that are not aligned or share bytes are read with a warning', () => {
  expect(codes(patched({ 12: 0x88, 32: 0x1b, [STRUCT + 16]: 12, [0x74]: 23 }))).toEqual(['dt/fdt/overlap']);
  const shifted = new Uint8Array(BLOB.length + 2);
  shifted.set(BLOB.subarray(0, STRUCT));
  shifted.set(BLOB.subarray(STRUCT), STRUCT + 2);
  expect(codes(patched({ 4: BLOB.length + 2, 8: STRUCT + 2, 12: 0x96 }, shifted))).toEqual(['dt/fdt/unaligned']);
});

test('a property behind a child is kept with a warning', () => {
  // b { } and reg change places.
  const bytes = BLOB.slice();
  bytes.set(hex('0000000162000000 00000002 00000003000000040000000b00000001'), 0x6c);
  const { tree, diagnostics } = readFdt(bytes);
  expect(diagnostics.map(({ code }) => code)).toEqual(['dt/fdt/property-after-node']);
  expect(tree?.byPath('/a@1')?.u32('reg')).toBe(1);
});

test('duplicate names are kept with a warning', () => {
  const head = BLOB.subarray(0, STRUCT);
  const node = '0000000162000000 00000003000000040000000b00000001 00000003000000040000000b00000002 00000002';
  const struct = hex(`0000000100000000 ${node} ${node} 00000002 00000009`);
  const bytes = Uint8Array.from([...head, ...struct, ...BLOB.subarray(0x94)]);
  const view = { 4: bytes.length, 12: STRUCT + struct.length, 36: struct.length };
  const { tree, diagnostics } = readFdt(patched(view, bytes));
  expect(diagnostics.map(({ code }) => code)).toEqual([
    'dt/fdt/duplicate-property',
    'dt/fdt/duplicate-property',
    'dt/fdt/duplicate-node',
  ]);
  expect(tree?.root.children.map((child) => child.properties.map((one) => one.cell(0)))).toEqual([
    [1, 2],
    [1, 2],
  ]);
});

test('a million nested nodes cost one warning, and 62 levels are kept', () => {
  const levels = 1_000_000;
  const bytes = new Uint8Array(STRUCT + levels * 12 + 4);
  bytes.set(BLOB.subarray(0, STRUCT));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < levels; i++) {
    view.setUint32(STRUCT + i * 8, 1);
    view.setUint32(STRUCT + i * 8 + 4, i === 0 ? 0 : 0x62000000);
    view.setUint32(STRUCT + levels * 8 + i * 4, 2);
  }
  view.setUint32(bytes.length - 4, 9);
  const { tree, diagnostics } = readFdt(patched({ 4: bytes.length, 12: STRUCT, 32: 0, 36: levels * 12 + 4 }, bytes));
  expect(diagnostics.map(({ code }) => code)).toEqual(['dt/fdt/too-deep']);
  expect([...(tree?.root.walk() ?? [])]).toHaveLength(63);
});

test('a blob with thousands of faults lists a hundred and counts the rest', () => {
  const property = hex('00000003000000000000000b'.repeat(1000));
  const struct = Uint8Array.from([...hex('0000000100000000'), ...property, ...hex('0000000200000009')]);
  const bytes = Uint8Array.from([...BLOB.subarray(0, STRUCT), ...struct, ...BLOB.subarray(0x94)]);
  const view = { 4: bytes.length, 12: STRUCT + struct.length, 36: struct.length };
  const { diagnostics } = readFdt(patched(view, bytes));
  expect(diagnostics).toHaveLength(101);
  expect(diagnostics[100]).toMatchObject({ code: 'dt/fdt/more', text: expect.stringMatching(/^899 more/) });
});

test.each([
  ['', 'dt/fdt/empty', 'empty'],
  ['/dts-v1/;\n/ { };\n', 'dt/fdt/source', 'compile it first'],
  ['/dts-v1/;\n/plugin/;\n&i2c0 { };\n', 'dt/fdt/overlay-source', 'overlay'],
  ['hello\n', 'dt/fdt/not-a-blob', 'a text file'],
  ['{"a": 1}', 'dt/fdt/not-a-blob', 'JSON'],
  ['\x1f\x8b\x08\x00', 'dt/fdt/not-a-blob', 'gunzip'],
  ['\x7fELF\x02\x01', 'dt/fdt/not-a-blob', 'ELF'],
  ['\xed\xfe\x0d\xd0', 'dt/fdt/not-a-blob', 'wrong order'],
  ['\0\0\0\0\0', 'dt/fdt/not-a-blob', 'zeros'],
])('a file that begins with %j is called what it is', (text, code, word) => {
  const { tree, diagnostics } = readFdt(Uint8Array.from(Buffer.from(text, 'latin1')));
  expect(tree).toBeUndefined();
  expect(diagnostics).toEqual([expect.objectContaining({ code, text: expect.stringContaining(word) })]);
});

test('a blob behind a kernel is found', () => {
  const bytes = Uint8Array.from([0x4d, 0x5a, 0, 0, 0xd0, 0x0d, ...BLOB]);
  expect(readFdt(bytes).diagnostics[0]).toMatchObject({
    code: 'dt/fdt/embedded',
    text: expect.stringContaining('byte 6'),
  });
});

// Counts from `dtc -I dtb -O dts`: lines that open a node, lines that end a property.
test.skipIf(REAL === undefined)('real boards have as many nodes and properties as dtc prints', () => {
  const counts = ['sdm845-db845c', 'mt8365-evk'].map((name) => {
    const { tree, diagnostics } = readFdt(readFileSync(join(REAL as string, `${name}.dtb`)));
    const all = [...(tree?.root.walk() ?? [])];
    return [all.length, all.reduce((sum, node) => sum + node.properties.length, 0), diagnostics.length];
  });
  expect(counts).toEqual([
    [901, 4533, 0],
    [197, 849, 0],
  ]);
});
