import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusFolders, inCorpus } from '../../test/corpus.js';
import { formatDiagnostic } from '../base/diagnostic.js';
import { type CompileOptions, type CompileResult, compileText } from './compile-text.js';
import { compile } from './compile.js';
import { checkWriteOptions, type FdtWriteOptions, writeFdt } from './fdt-write.js';
import { readFdt } from './fdt-read.js';
import { type FileReader, memoryFiles } from '../base/files.js';
import { checkTree, runChecks } from './source/checks.js';
import { DtProperty, type DtTree, stringValue } from './tree.js';

interface Case {
  readonly name: string;
  readonly flags: string;
  readonly source: string;
  readonly dtb: string;
}

// What dtc made of each source; the origin stands in the files.
const LANGUAGE = json('language.json') as {
  readonly cases: readonly Case[];
  readonly writeSource: string;
  readonly writes: readonly { readonly flags: string; readonly dtb: string }[];
};
const CHECKS = json('checks.json') as {
  readonly switchedOn: readonly string[];
  readonly cases: readonly { readonly name: string; readonly source: string; readonly findings: readonly string[] }[];
};
const NO_VALUE = "expected a value (a string, '<', '[', '&label', /bits/ or /incbin/), found ';' [dt/syntax/expected]";
const NO_FILES = memoryFiles({});
const CASES = inCorpus(corpusFolders(), 'golden/ofgraph-cases');
const CASE_SUMS = inCorpus(corpusFolders(), 'golden/ofgraph-cases.json');
const REAL = inCorpus(corpusFolders(), 'dts/v7.1');
const REAL_SUMS = inCorpus(corpusFolders(), 'golden/ofgraph.json');

function json(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../test/golden/dtc/${name}`, import.meta.url), 'utf8'));
}

const disk: FileReader = {
  read(path) {
    return existsSync(path) ? readFileSync(path) : 'missing';
  },
};

/** One character per byte, as the preprocessor gives it. */
function bytesOf(source: string): string {
  return Buffer.from(source, 'utf8').toString('latin1');
}

function compileOptions(flags: string): CompileOptions {
  const words = flags.split(' ');
  const value = (flag: string) => words[words.indexOf(flag) + 1] as string;
  const has = (flag: string) => words.includes(flag);
  return {
    symbols: has('-@'),
    autoAlias: has('-A'),
    sort: has('-s'),
    force: has('-f'),
    ...(has('-H') ? { phandleFormat: value('-H') as 'legacy' | 'both' } : {}),
    ...(has('-b') ? { bootCpu: Number(value('-b')) } : {}),
    ...(has('-E') ? { errors: [value('-E')] } : {}),
  };
}

function base64(result: CompileResult): string {
  return result.tree === undefined ? '' : Buffer.from(writeFdt(result.tree)).toString('base64');
}

function sha256(tree: DtTree | undefined): string | undefined {
  return tree && createHash('sha256').update(writeFdt(tree)).digest('hex');
}

function errors(source: string, options: CompileOptions = {}, files = NO_FILES): string[] {
  return compileText(source, 't.dts', files, options).diagnostics.map(formatDiagnostic);
}

test.each(LANGUAGE.cases)('dtc and we agree: $name', ({ source, flags, dtb }) => {
  const result = compileText(bytesOf(source), 't.dts', NO_FILES, compileOptions(flags));
  expect(base64(result)).toBe(dtb);
  expect(result.tree === undefined).toBe(dtb === '');
  expect(result.diagnostics.some((d) => d.severity === 'error') || dtb !== '').toBe(true);
});

test.each(CHECKS.cases)('dtc and we find the same: $name', ({ source, findings }) => {
  const { diagnostics } = compileText(source, 't.dts', NO_FILES, { checks: 'all', warnings: CHECKS.switchedOn });
  const found = diagnostics.filter((d) => d.where !== undefined && d.severity !== 'note');
  expect(found.map((d) => `${d.code.replace('dt/check/', '')} ${d.where}`).sort()).toEqual(findings);
});

test.each(LANGUAGE.writes)('dtc and we lay out the same blob with "$flags"', ({ flags, dtb }) => {
  const words = flags.split(' ');
  const names = { '-V': 'version', '-R': 'reserve', '-p': 'padding', '-S': 'space', '-a': 'align' } as const;
  const options: Record<string, number> = {};
  for (const [flag, name] of Object.entries(names)) {
    if (words.includes(flag)) options[name] = Number(words[words.indexOf(flag) + 1]);
  }
  const { tree } = compileText(LANGUAGE.writeSource, 't.dts', NO_FILES);
  expect(Buffer.from(writeFdt(tree as DtTree, options as FdtWriteOptions)).toString('base64')).toBe(dtb);
});

test('options of the blob that dtc refuses are refused with a reason', () => {
  const texts = (o: FdtWriteOptions) => checkWriteOptions(o).map((d) => d.text);
  expect(texts({ version: 3 })).toEqual([
    'blob version 3 cannot be written: only 17 and 16 are (older ones store full paths as names)',
  ]);
  expect(texts({ version: 18 })).toHaveLength(1);
  expect(texts({ padding: 1, space: 1 })).toEqual(['padding (-p) and space (-S) exclude each other']);
  expect(texts({ align: 3 })).toEqual(['alignment 3 is no power of two']);
  expect(texts({ reserve: -1 })).toHaveLength(1);
  expect(texts({ version: 16, reserve: 1, padding: 4, align: 8 })).toEqual([]);
});

test.skipIf(REAL === undefined || REAL_SUMS === undefined)('real boards compile to the recorded blobs', () => {
  const root = REAL as string;
  const { entries } = JSON.parse(readFileSync(REAL_SUMS as string, 'utf8')) as {
    entries: { dtb: string; dts_version: string; sha256: string }[];
  };
  const wanted = entries.filter((e) => e.dts_version === 'v7.1');
  const wrong: string[] = [];
  let count = 0;
  for (const { dtb, sha256: sum } of wanted.filter((_, index) => index % 6 === 0)) {
    const name = dtb.replace(/^.*\//, '').replace(/\.dtb$/, '.dts');
    const arch = ['arm64', 'arm'].find((a) => existsSync(join(root, 'src', a, 'mediatek', name)));
    if (arch === undefined) continue;
    const includeDirs = ['include', 'src', `src/${arch}/mediatek`].map((dir) => join(root, dir));
    const path = join(root, 'src', arch, 'mediatek', name);
    const sums = [false, true].map((symbols) => sha256(compile(path, disk, { includeDirs, symbols, bootCpu: 0 }).tree));
    count++;
    if (!sums.includes(sum)) wrong.push(name);
  }
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(10);
});

test.skipIf(CASES === undefined || CASE_SUMS === undefined)('all recorded cases compile to the recorded blobs', () => {
  const cases = JSON.parse(readFileSync(CASE_SUMS as string, 'utf8')) as { name: string; dtb_sha256: string }[];
  const present = new Set(readdirSync(CASES as string));
  const wrong: string[] = [];
  for (const { name, dtb_sha256: sum } of cases.filter((c) => present.has(`${c.name}.dts`))) {
    const path = join(CASES as string, `${name}.dts`);
    const { tree } = compile(path, disk, { preprocess: false, force: true });
    if (sha256(tree) !== sum) wrong.push(name);
  }
  expect(wrong).toEqual([]);
});

test('a syntax error says what was found and what was expected, where, and the next one is found too', () => {
  expect(errors('/dts-v1/;\n/ {\n  a = <1 x>;\n  b = "s"\n  c;\n};\n')).toEqual([
    "t.dts:3:10: error: expected a number, '(', a reference or '>', found 'x' [dt/syntax/expected]",
    "t.dts:5:3: error: expected ';' after the value of 'b', found 'c' [dt/syntax/expected]",
  ]);
});

test('line markers of a preprocessor move positions', () => {
  expect(errors('# 1 "a.dts"\n/dts-v1/;\n# 10 "inc/b.dtsi" 1\n/ {\n a = ;\n};\n')).toEqual([
    `inc/b.dtsi:11:6: error: ${NO_VALUE}`,
  ]);
});

test('a line marker without a file name keeps the file', () => {
  expect(errors('# 5 ""\n/dts-v1/;\n/ {\n a = ;\n};\n')).toEqual([`t.dts:7:6: error: ${NO_VALUE}`]);
  const files = memoryFiles({ 'm.dts': '/dts-v1/;\n#line 5 ""\n/ {\n a = ;\n};\n' });
  expect(compile('m.dts', files).diagnostics.map(formatDiagnostic)).toEqual([`m.dts:6:6: error: ${NO_VALUE}`]);
});

test('a string that never ends is one error', () => {
  expect(errors('/dts-v1/; / { a = "x; };')).toEqual([
    't.dts:1:19: error: this string is never closed [dt/syntax/unclosed-string]',
  ]);
});

test('a blob given as source is one clear error', () => {
  const files = memoryFiles({ 'x.dtb': Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed, 0, 0), 'y.dts': Uint8Array.of(0, 1, 2) });
  expect(compile('x.dtb', files).diagnostics.map(formatDiagnostic)).toEqual([
    'x.dtb:1: error: this is no source text: it begins with the magic of a devicetree blob; give a .dts file ' +
      '(bringup dt decompile makes one of a blob) [dt/cpp/binary]',
  ]);
  expect(compile('y.dts', files).diagnostics.map((d) => d.code)).toEqual(['dt/cpp/binary']);
  expect(compile('z.dts', files).diagnostics.map((d) => d.code)).toEqual(['dt/cpp/unreadable']);
});

test('/include/ and /incbin/ look beside the file, then in the include folders, and are listed', () => {
  const files = memoryFiles({
    'd/m.dts': '/dts-v1/;\n/include/ "a.dtsi"\n/ { x = /incbin/("b.bin", 1, 2), /incbin/("b.bin"); };',
    'd/a.dtsi': '/include/ "c.dtsi"\n/ { a; };',
    'inc/c.dtsi': '/ { c; };',
    'inc/b.bin': Uint8Array.of(1, 2, 3, 4),
  });
  const { tree, files: read } = compile('d/m.dts', files, { preprocess: false, includeDirs: ['inc'] });
  expect(tree?.root.properties.map((p) => p.name)).toEqual(['c', 'a', 'x']);
  expect([...(tree?.root.property('x')?.value ?? [])]).toEqual([2, 3, 1, 2, 3, 4]);
  expect(read).toEqual(['d/m.dts', 'd/a.dtsi', 'inc/c.dtsi', 'inc/b.bin']);
});

test('an error in an included file says how it was reached', () => {
  const files = memoryFiles({ 'm.dts': '/dts-v1/;\n/include/ "a.dtsi"\n', 'a.dtsi': '/ {\n x = ;\n};' });
  expect(compile('m.dts', files, { preprocess: false }).diagnostics.map(formatDiagnostic)).toEqual([
    `a.dtsi:2:6: error: ${NO_VALUE}\n  included at m.dts:2:1`,
  ]);
});

test('a file that includes itself is refused, one that is missing is named with where it was looked for', () => {
  const files = memoryFiles({
    'm.dts': '/dts-v1/;\n/include/ "m.dts"\n',
    'n.dts': '/dts-v1/;\n/include/ "no.dtsi"\n/ { };',
  });
  const codes = compile('m.dts', files, { preprocess: false }).diagnostics.map((d) => d.code);
  expect(codes).toContain('dt/syntax/include-depth');
  expect(compile('n.dts', files, { preprocess: false, includeDirs: ['inc'] }).diagnostics[0]?.text).toBe(
    "cannot read the included file 'no.dtsi': there is no such file; looked in ., inc",
  );
});

test('a source may begin with an /include/, found or not', () => {
  const files = memoryFiles({
    'm.dts': '/include/ "v.dtsi"\n/ { };',
    'v.dtsi': '/dts-v1/;',
    'n.dts': '/include/ "no"',
  });
  expect(compile('m.dts', files).diagnostics).toEqual([]);
  expect(compile('n.dts', files).diagnostics.map((d) => d.code)).toEqual([
    'dt/syntax/unreadable-include',
    'dt/syntax/no-version',
  ]);
});

test('the preprocessor runs unless told not to', () => {
  const files = memoryFiles({ 'm.dts': '#define N 3\n/dts-v1/;\n/ { a = <N>; b = <M>; };' });
  expect(compile('m.dts', files, { defines: ['M=5'] }).tree?.root.u32('b')).toBe(5);
  expect(compile('m.dts', files, { preprocess: false }).tree).toBeUndefined();
});

test('an unknown check is an error', () => {
  expect(errors('/dts-v1/; / { };', { warnings: ['no-nonsense'] })[0]).toContain("there is no check named 'nonsense'");
});

test('markers tell what a value was made of', () => {
  const source = '/dts-v1/; / { a = "s", <1 &n>, &n, [01]; b = <1>; n: n { }; };';
  const { tree } = compileText(source, 't.dts', NO_FILES);
  const markers = tree?.root.property('a')?.markers.map((m) => [m.kind, m.offset, m.ref]);
  expect(markers).toEqual([
    ['string', 0, ''],
    ['u32', 2, ''],
    ['phandle', 6, 'n'],
    ['path', 10, 'n'],
    ['u8', 13, ''],
  ]);
  expect(tree?.root.property('b')?.markers.map((m) => m.kind)).toEqual(['u32']);
});

test('checks look through a compiled tree to the end, and leave it as it is', () => {
  const source = '/dts-v1/; / { model = <1>; r = <&n>, &n; n: n { n; }; m { phandle = <1>; }; };';
  const { tree } = compileText(source, 't.dts', NO_FILES);
  const before = writeFdt(tree as DtTree);
  expect(checkTree(tree as DtTree).map((d) => d.code)).toEqual(['dt/check/model_is_string']);
  expect(writeFdt(tree as DtTree)).toEqual(before);
  const twice = compileText('/dts-v1/; / { model = <1>; n { p; p; }; };', 't.dts', NO_FILES, { force: true });
  expect(checkTree(twice.tree as DtTree).map((d) => d.code)).toEqual([
    'dt/check/duplicate_property_names',
    'dt/check/model_is_string',
  ]);
});

test('ten thousand repetitions of one name are reported, not compared with each other', () => {
  const { diagnostics } = compileText(`/dts-v1/; / {${' n { };'.repeat(10_000)} };`, 't.dts', NO_FILES);
  expect(diagnostics).toHaveLength(1001);
  expect(diagnostics.at(-1)?.text).toBe('more than 1000 findings of this check; the rest is not shown');
});

test('nodes nested 1,000 deep compile with all options', () => {
  const source = `/dts-v1/; / {${' n {'.repeat(998)} l: m { };${' };'.repeat(999)}`;
  const { tree } = compileText(source, 't.dts', NO_FILES, {
    symbols: true,
    sort: true,
    checks: 'all',
    autoAlias: true,
  });
  expect(tree?.root.child('__symbols__')?.string('l')).toBe(`/${'n/'.repeat(998)}m`);
});

test('checks also run on a tree from a blob, where only paths say where', () => {
  const { tree } = compileText('/dts-v1/; / { model = <1>; n@1 { }; };', 't.dts', NO_FILES);
  const fromBlob = readFdt(writeFdt(tree as DtTree)).tree as DtTree;
  expect(checkTree(fromBlob).map((d) => [d.code, d.where, d.at])).toEqual([
    ['dt/check/model_is_string', '/', undefined],
    ['dt/check/unit_address_vs_reg', '/n@1', undefined],
  ]);
  expect(runChecks(fromBlob, {}).failed).toBe(false);
});

test('a check changes nothing: only compiling leaves out a name property that repeats the name of its node', () => {
  const named = '/dts-v1/; / { n { name = "n"; }; };';
  const { tree } = compileText(named, 't.dts', NO_FILES);
  expect(tree?.root.child('n')?.properties).toEqual([]);
  const fromBlob = readFdt(writeFdt(tree as DtTree)).tree as DtTree;
  fromBlob.root.child('n')?.properties.push(new DtProperty('name', stringValue('n')));
  expect(checkTree(fromBlob)).toEqual([]);
  expect(fromBlob.root.child('n')?.string('name')).toBe('n');
});

test('a check that cannot run says so, and the root stands for its place', () => {
  const source = '/dts-v1/; / { #address-cells = "too long"; n@1 { reg = <1 1>; }; };';
  const { diagnostics } = compileText(source, 't.dts', NO_FILES, { checks: 'all' });
  const notes = diagnostics.filter((d) => d.severity === 'note');
  expect(notes.map((d) => `${d.where} ${d.code} ${d.text}`).slice(0, 1)).toEqual([
    "/ dt/check/addr_size_cells not checked: 'address_cells_is_cell' failed before",
  ]);
  expect(notes.every((d) => d.where === '/')).toBe(true);
});
