// The rules of tidiness that no other tool checks. Each rule looks at one file, or at all, and answers its findings.
import { posix } from 'node:path';
import { importsOf } from './rooms.js';
import { lineOf, only, type Source } from './source-text.js';

const LINE_COLUMNS = 120;
const FILE_LINES = 400;
const FUNCTION_LINES = 60;
const FILE_BYTES = 200_000;

const TEST_CALL = /(?<![.\w])(?:test|it)(?:\.\w+)*\(/;
const isTest = (path: string): boolean => /\.(test|contract)\.ts$/.test(path);

/** The findings of one rule in one file: places in its text, and what is wrong there. */
type Finding = readonly [offset: number, what: string];
type Rule = (source: Source) => Iterable<Finding>;

/** All findings of the rules about TypeScript files: `path:line: what`. */
export function untidy(sources: readonly Source[], others: readonly Source[] = []): string[] {
  const perFile = sources.flatMap((source) =>
    RULES.flatMap((rule) =>
      [...rule(source)].map(([offset, what]) => `${source.path}:${lineOf(source.text, offset)}: ${what}`),
    ),
  );
  return [...perFile, ...strays(sources, others), ...chipsWithoutGaps(sources)];
}

const RULES: readonly Rule[] = [
  worldOutside,
  longLines,
  longFiles,
  longFunctions,
  undocumented,
  firstComment,
  focusedTests,
  testsWithoutAssertion,
  todoWithoutIssue,
];

function* find(text: string, pattern: RegExp, what: (match: RegExpMatchArray) => string): Generator<Finding> {
  for (const match of text.matchAll(pattern)) yield [match.index, what(match)];
}

/** Time, chance and output come from outside: only the command line has them. */
function* worldOutside({ path, text }: Source): Generator<Finding> {
  if (!path.startsWith('src/') || path.startsWith('src/cli/') || isTest(path)) return;
  const code = only(text, 'code');
  yield* find(
    code,
    /\bnew Date\b|(?<![.\w])Date[.(]|\bMath\.random\b|(?<![.\w])console\./g,
    (m) => `${m[0]} outside cli`,
  );
}

function* longLines({ text }: Source): Generator<Finding> {
  yield* find(text, new RegExp(`^.{${LINE_COLUMNS + 1},}$`, 'gm'), (m) => `line of ${m[0].length} columns`);
}

/** Long tables are fine: the first comment of such a file says the word "table". */
function* longFiles({ path, text }: Source): Generator<Finding> {
  const lines = text.trimEnd().split('\n').length;
  if (lines > FILE_LINES && !isTest(path) && !/\btables?\b/i.test(headerOf(text))) yield [0, `file of ${lines} lines`];
}

/** The comment that a file begins with: every line up to the first code. */
function headerOf(text: string): string {
  const start = only(text, 'code', 'string').search(/\S/);
  return (start < 0 ? text : text.slice(0, start)).replace(/^#!.*/, '');
}

/** A chip's or a file's first line is one comment that says what it is. Tests say it by the names of their tests. */
function* firstComment({ path, text }: Source): Generator<Finding> {
  if (!isTest(path) && headerOf(text).trim() === '') yield [0, 'no comment that says what this file is'];
}

/** From the brace that opens a body to the one that closes it. What holds tests is a chapter, not a function. */
function* longFunctions({ path, text }: Source): Generator<Finding> {
  const code = only(text, 'code');
  for (const [open, close] of braces(code)) {
    const lines = lineOf(code.slice(open, close + 1), close - open);
    const chapter = isTest(path) && TEST_CALL.test(code.slice(open, close));
    if (lines > FUNCTION_LINES && !chapter && opensFunction(code, open)) yield [open, `function of ${lines} lines`];
  }
}

function braces(code: string): [open: number, close: number][] {
  const open: number[] = [];
  const pairs: [number, number][] = [];
  for (const { 0: brace, index } of code.matchAll(/[{}]/g)) {
    const from = brace === '}' ? open.pop() : undefined;
    if (brace === '{') open.push(index);
    else if (from !== undefined) pairs.push([from, index]);
  }
  return pairs;
}

function opensFunction(code: string, open: number): boolean {
  const before = code.slice(Math.max(0, open - 600), open).trimEnd();
  if (before.endsWith('=>')) return true;
  const end = /\)(?:\s*:\s*[^;()]*)?$/.exec(before)?.index;
  if (end === undefined) return false;
  let depth = 0;
  let at = end;
  do {
    if (before[at] === ')') depth++;
    if (before[at] === '(') depth--;
    at--;
  } while (depth > 0 && at >= 0);
  return !/\b(?:if|for|while|switch|catch|with)(?:\s+await)?\s*$/.test(before.slice(0, at + 1));
}

const EXPORTED = /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|const|let|class|interface|type) (\w+)/gm;

/** A doc sentence directly before every exported name; for overloads before the first. */
function* undocumented({ path, text }: Source): Generator<Finding> {
  if (isTest(path)) return;
  const code = only(text, 'code');
  const seen = new Set<string>();
  for (const match of code.matchAll(EXPORTED)) {
    const name = match[1] as string;
    if (!seen.has(name) && !/\/\*\*[^]*\*\/\n$/.test(lastComment(text, match.index)))
      yield [match.index, `${name} has no doc sentence`];
    seen.add(name);
  }
}

/** The text from the last `/**` before a place up to it, if nothing but a comment is there. */
function lastComment(text: string, offset: number): string {
  const from = text.lastIndexOf('/**', offset);
  const part = from < 0 ? '' : text.slice(from, offset);
  return only(part, 'code').trim() === '' ? part : '';
}

function* focusedTests({ text }: Source): Generator<Finding> {
  yield* find(only(text, 'code'), /\b(?:test|it|describe|suite)(?:\.\w+)*\.only\b/g, (m) => m[0]);
}

/** A test, or a function of the same file that it calls, must expect or assert something. */
function* testsWithoutAssertion({ path, text }: Source): Generator<Finding> {
  if (!path.endsWith('.test.ts')) return;
  const code = only(text, 'code');
  const asserts = assertingNames(code);
  for (const match of code.matchAll(/(?<![.\w])(?:test|it)(?:\.\w+)*(?=\()/g)) {
    const call = callFrom(code, match.index + match[0].length);
    if (!asserts.test(call)) yield [match.index, 'a test that asserts nothing'];
  }
}

/** What counts as an assertion: `expect…`, `assert…`, and functions of the file that use one, over any distance. */
function assertingNames(code: string): RegExp {
  const names = ['\\w*expect\\w*', '\\w*assert\\w*'];
  const bodies = braces(code).flatMap(([open, close]) => {
    const name = /(?:function\*?\s+(\w+)[^;{}]*|(?:const|let)\s+(\w+)\b[^;{}]*=>\s*)$/.exec(
      code.slice(Math.max(0, open - 400), open),
    );
    return name === null ? [] : [{ name: (name[1] ?? name[2]) as string, body: code.slice(open, close) }];
  });
  const pattern = (): RegExp => new RegExp(`\\b(?:${names.join('|')})\\b`, 'i');
  for (let before = -1; before !== names.length; ) {
    before = names.length;
    for (const { name, body } of bodies) if (!names.includes(name) && pattern().test(body)) names.push(name);
  }
  return pattern();
}

/** The text of a call from its first bracket; `test.each(…)(…)` has two. */
function callFrom(code: string, open: number): string {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '(') depth++;
    if (code[at] === ')' && --depth === 0 && code[at + 1] !== '(') return code.slice(open, at);
  }
  return code.slice(open);
}

function* todoWithoutIssue({ text }: Source): Generator<Finding> {
  yield* find(only(text, 'comment'), /\b(?:TODO|FIXME|XXX)\b(?!\s*\(?#\d+)/g, (m) => `${m[0]} without an issue number`);
}

/** Files that start something, or that others import by the package's exports. */
const ENTRIES = [
  /^(?:bin|scripts)\/[\w-]+\.mjs$/,
  /^src\/cli\/main\.ts$/,
  /^src\/\w+\/index\.ts$/,
  /^src\/(?:drivers|chips)\/([\w-]+)\/(?:\1|index)\.ts$/,
  /^test\/(?:soak|conformance\/run|(?:tools|corpus|page|leaks)\.setup)\.ts$/,
  /^test\/(?:soak|scenarios)\/[\w-]+\.ts$/,
  /^perf\/run\.ts$/,
  /^perf\/[\w-]+\.perf\.ts$/,
  /\.(?:test|config|d)\.ts$/,
];

/** Files that nobody imports, by `import` or by `new URL('./x.js', …)`. */
function strays(sources: readonly Source[], others: readonly Source[]): string[] {
  const used = new Set([
    ...sources.flatMap((source) => [...importsOf(source).map(({ target }) => target), ...urlsOf(source)]),
    ...others.flatMap(plainImportsOf),
  ]);
  return sources
    .filter(({ path }) => !used.has(path) && !ENTRIES.some((entry) => entry.test(path)))
    .map(({ path }) => `${path}: nobody imports this file`);
}

/** Of a file whose text is not all code: whatever looks like the place of an import. */
function plainImportsOf({ path, text }: Source): string[] {
  const places = [...text.matchAll(/(?:from |import\(|import )'(\.[^']+)\.js'/g)];
  return places.map(([, name = '']) => posix.join(posix.dirname(path), `${name}.ts`));
}

function urlsOf({ path, text }: Source): string[] {
  const folder = path.split('/').slice(0, -1);
  return [...text.matchAll(/new URL\('([^']+\.(?:js|ts|mjs))'/g)].map(([, name = '']) => {
    const out = [...folder];
    for (const part of name.replace(/\.js$/, '.ts').split('/'))
      part === '..' ? out.pop() : part !== '.' && out.push(part);
    return out.join('/');
  });
}

/** Each chip says what its model lacks: a *Gaps* list in the first comment of one of its files. */
function chipsWithoutGaps(sources: readonly Source[]): string[] {
  const chips = new Map<string, boolean>();
  for (const { path, text } of sources) {
    const chip = /^src\/chips\/[^/]+(?=\/)/.exec(path)?.[0];
    if (chip !== undefined) chips.set(chip, chips.get(chip) === true || /\bGaps\b/.test(headerOf(text)));
  }
  return [...chips].filter(([, listed]) => !listed).map(([chip]) => `${chip}: no Gaps list in the header of a file`);
}

/** Words that belong to somebody's computer and not into the project. */
const FORBIDDEN = [/\/wor[k]\//, /\/home\/\w+/, /\/Users\/\w+/];

/** Findings in a text file of any kind. */
export function forbiddenWords({ path, text }: Source): string[] {
  return FORBIDDEN.flatMap((word) =>
    [...text.matchAll(new RegExp(word, 'g'))].map(
      (m) => `${path}:${lineOf(text, m.index)}: ${m[0]} is a place of one computer`,
    ),
  );
}

/** A file that is too big for a repository. Recorded results may be. */
export function tooBig(path: string, bytes: number): string[] {
  if (bytes <= FILE_BYTES || path.startsWith('test/golden/')) return [];
  return [`${path}: ${bytes} bytes, the limit is ${FILE_BYTES}`];
}

/**
 * Files of `test/golden/` without an origin. It stands in the file's first line, or in a README.md of its folder or of
 * one above, in a table line that names the file, its folder (`name/`) or its kind (`*.dts`).
 */
export function withoutOrigin(
  paths: readonly string[],
  readmes: readonly Source[],
  firstLine: (path: string) => string,
): string[] {
  const golden = paths.filter((path) => path.startsWith('test/golden/') && !path.endsWith('README.md'));
  return golden
    .filter((path) => !/\borigin\b/i.test(firstLine(path)) && !readmes.some((readme) => names(readme, path)))
    .map((path) => `${path}: golden without origin`);
}

function names(readme: Source, path: string): boolean {
  const folder = readme.path.replace(/README\.md$/, '');
  if (!path.startsWith(folder) || !/\borigin\b/i.test(readme.text)) return false;
  const parts = path.slice(folder.length).split('/');
  const file = parts.at(-1) as string;
  const labels = [file, `*.${file.split('.').at(-1)}`, ...parts.slice(0, -1).map((part) => `${part}/`)];
  return labels.some((label) => readme.text.includes(`\`${label}\``));
}
