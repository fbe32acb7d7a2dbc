import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeFiles, components, filesBelow, ROOT, read, sizeBytes } from './sources.js';
import { forbiddenWords, tooBig, untidy, withoutOrigin } from './tidy.js';

const TEXT = /\.(ts|tsx|mjs|json|md|dts|dtso|dtsi|h|css|html|yml|yaml|lua|sh)$|^(\.ci\/run|\.gitignore)$/;

describe('the project', () => {
  const files = filesBelow('');

  test('keeps every rule about source files', () => {
    expect(untidy(codeFiles(), components())).toEqual([]);
  });

  test('names no place of one computer', () => {
    const texts = files.filter((path) => TEXT.test(path) && !path.startsWith('test/golden/'));
    expect(texts.flatMap((path) => forbiddenWords(read(path)))).toEqual([]);
  });

  test('has no big file outside test/golden', () => {
    expect(files.flatMap((path) => tooBig(path, sizeBytes(path)))).toEqual([]);
  });

  test('knows the origin of every golden file', () => {
    const readmes = files.filter((path) => /^test\/golden\/(.*\/)?README\.md$/.test(path)).map(read);
    const firstLine = (path: string): string =>
      readFileSync(join(ROOT, path), 'latin1').slice(0, 300).split('\n')[0] ?? '';
    expect(withoutOrigin(files, readmes, firstLine)).toEqual([]);
  });
});

const body = (lines: number): string => '  x();\n'.repeat(lines);
const rules: readonly { rule: string; path?: string; text: string; finding: string }[] = [
  { rule: 'Date', text: '// A.\nconst x = new Date();', finding: ':2: new Date outside cli' },
  { rule: 'Date.now', text: '// A.\nconst x = Date.now();', finding: ':2: Date. outside cli' },
  { rule: 'chance', text: '// A.\nconst x = Math.random();', finding: ':2: Math.random outside cli' },
  { rule: 'console', text: "// A.\nconsole.log('x');", finding: ':2: console. outside cli' },
  { rule: 'a long line', text: `// A.\n// ${'x'.repeat(118)}`, finding: ':2: line of 121 columns' },
  { rule: 'a long file', text: `// A.\n${'x();\n'.repeat(400)}`, finding: ':1: file of 401 lines' },
  {
    rule: 'a long function',
    text: `// A.\nfunction f(a: { b: 1 }): void {\n${body(60)}}`,
    finding: ':2: function of 62 lines',
  },
  { rule: 'a long arrow', text: `// A.\nconst f = (): void => {\n${body(60)}};`, finding: ':2: function of 62 lines' },
  {
    rule: 'a long method',
    text: `// A.\nclass A {\n  async m(): Promise<number> {\n${body(60)}  }\n}`,
    finding: ':3: function of 62 lines',
  },
  { rule: 'an export without doc', text: '// A.\nexport const x = 1;', finding: ':2: x has no doc sentence' },
  {
    rule: 'a doc that is not directly before',
    text: '// A.\n/** X. */\nconst y = 1;\nexport function x() {}',
    finding: ':4: x has no doc sentence',
  },
  {
    rule: 'a file that does not say what it is',
    text: 'const x = 1;',
    finding: ':1: no comment that says what this file is',
  },
  {
    rule: 'a focused test',
    path: 'src/dt/a.test.ts',
    text: "test.only('x', () => { expect(1).toBe(1); });",
    finding: ':1: test.only',
  },
  {
    rule: 'a test without assertion',
    path: 'src/dt/a.test.ts',
    text: "test('expect', () => { run(); });",
    finding: ':1: a test that asserts nothing',
  },
  {
    rule: 'a table test without assertion',
    path: 'src/dt/a.test.ts',
    text: "test.each([1])('x', () => { run(); });",
    finding: ':1: a test that asserts nothing',
  },
  { rule: 'a wish without issue', text: '// A.\nx(); // TODO later', finding: ':2: TODO without an issue number' },
];

describe('each rule fires', () => {
  test.each(rules)('$rule', ({ path = 'src/dt/index.ts', text, finding }) => {
    expect(untidy([{ path, text }])).toEqual([path + finding]);
  });

  test('a file that nobody imports', () => {
    const stray = { path: 'src/dt/a.ts', text: '// A.\n' };
    expect(untidy([stray])).toEqual(['src/dt/a.ts: nobody imports this file']);
    expect(untidy([stray, { path: 'src/dt/b.test.ts', text: "import './a.js';" }])).toEqual([]);
    expect(untidy([stray, { path: 'src/dt/b.test.ts', text: "new URL('./a.js', import.meta.url);" }])).toEqual([]);
  });

  test('a chip without Gaps', () => {
    const chip = { path: 'src/chips/gce/gce.ts', text: '// The GCE.\n' };
    expect(untidy([chip])).toEqual(['src/chips/gce: no Gaps list in the header of a file']);
    expect(untidy([{ ...chip, text: '// The GCE.\n// Gaps: none known.\n' }])).toEqual([]);
  });

  test("a place of somebody's computer", () => {
    const place = ['', 'home', 'ann'].join('/');
    const text = `a\nsee ${place}`;
    expect(forbiddenWords({ path: 'README.md', text })).toEqual([`README.md:2: ${place} is a place of one computer`]);
  });

  test('a big file', () => {
    expect(tooBig('docs/x.png', 200_001)).toEqual(['docs/x.png: 200001 bytes, the limit is 200000']);
    expect(tooBig('test/golden/x.json', 200_001)).toEqual([]);
  });

  test('a golden file without origin', () => {
    const readme = { path: 'test/golden/README.md', text: 'Origin: a board.\n| `a.json` | `raw/` | `*.bin` |' };
    const paths = ['a.json', 'b.json', 'raw/c.txt', 'd.bin', 'e.txt'].map((name) => `test/golden/${name}`);
    const firstLine = (path: string): string => (path.endsWith('e.txt') ? '# Origin: datasheet' : '');
    expect(withoutOrigin(paths, [readme], firstLine)).toEqual(['test/golden/b.json: golden without origin']);
  });
});

describe('what is fine', () => {
  const fine: readonly { what: string; text: string }[] = [
    { what: 'names in comments and strings', text: "// Date.now() and console.log\nconst x = 'Math.random()';" },
    { what: 'a long table', text: `// Table of words.\n${'x();\n'.repeat(500)}` },
    {
      what: 'a long object and a long class',
      text: `// A.\nconst x = {\n${'  a: 1,\n'.repeat(70)}};\nclass A {\n${'  a = 1;\n'.repeat(70)}}`,
    },
    {
      what: 'overloads with one doc',
      text: '// A.\n/** F. */\nexport function f(a: 1): void;\nexport function f(a: 2): void;',
    },
    { what: 'a wish with its issue', text: '// A.\n// TODO #12: later\n// TODO(#3) soon' },
  ];
  test.each(fine)('$what', ({ text }) => {
    expect(untidy([{ path: 'src/dt/index.ts', text }])).toEqual([]);
  });

  test('a long chapter of tests, but no long test', () => {
    const path = 'src/bus/a.contract.ts';
    const chapter = (inner: string): string => `// A.\nexport function suite(): void {\n${inner}}`;
    const suite = { path, text: chapter("  test('x', () => { expect(1).toBe(1); });\n".repeat(70)) };
    const user = { path: 'src/bus/a.test.ts', text: "import './a.contract.js';" };
    expect(untidy([suite, user])).toEqual([]);
    const long = { path, text: chapter(`  test('x', () => {\n${body(70)}  });\n`) };
    expect(untidy([long, user])).toEqual([`${path}:3: function of 72 lines`]);
  });

  test('a test that asserts in a function of its file', () => {
    const helpers = 'const check = (x: number): void => { expect(x).toBe(1); };\nfunction all() { check(1); }\n';
    const text = `${helpers}test('x', () => { all(); });`;
    expect(untidy([{ path: 'src/dt/a.test.ts', text }])).toEqual([]);
  });
});
