import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ARROWS, breaches } from './rooms.js';
import { filesBelow, ROOT, codeFiles } from './sources.js';

test('every file keeps the rule of the rooms', () => {
  expect(breaches(codeFiles())).toEqual([]);
});

test('the compiler is told the same arrows', () => {
  const configs = filesBelow('src').filter((path) => path.endsWith('/tsconfig.json'));
  const arrows = configs.map((path) => {
    const { references = [] } = JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as {
      references?: { path: string }[];
    };
    return [path.split('/')[1] as string, references.map((one) => one.path.replace('../', '')).sort()] as const;
  });
  const expected = arrows.map(([room]) => [room, [...(ARROWS[room] ?? [])].sort()]);
  expect(arrows).toEqual(expected);
  expect(arrows.length).toBeGreaterThanOrEqual(10);
});

describe('each rule fires', () => {
  const rules: readonly { rule: string; files: Readonly<Record<string, string>>; breach: string }[] = [
    {
      rule: 'an import against the arrows',
      files: { 'src/dt/a.ts': "import { x } from '../core/x.js';", 'src/core/x.ts': '' },
      breach: 'src/dt/a.ts:1: dt must not import core',
    },
    {
      rule: 'a type is no exception',
      files: { 'src/chips/c/c.ts': "\nimport type { X } from '../../core/x.js';" },
      breach: 'src/chips/c/c.ts:2: chips must not import core',
    },
    {
      rule: 'nor is a late import',
      files: { 'src/bus/a.ts': "const x = await import('../host/x.js');" },
      breach: 'src/bus/a.ts:1: bus must not import host',
    },
    {
      rule: 'Node in a pure room',
      files: { 'src/abi/a.ts': "import { readFileSync } from 'node:fs';" },
      breach: 'src/abi/a.ts:1: node:fs in a pure room',
    },
    {
      rule: 'a package in a pure room',
      files: { 'src/core/a.ts': "import pkg from 'pkg';" },
      breach: 'src/core/a.ts:1: the package pkg in a pure room',
    },
    {
      rule: "a room's own door",
      files: { 'src/bus/a.ts': "import { x } from './index.js';", 'src/bus/index.ts': '' },
      breach: 'src/bus/a.ts:1: inside a room nobody goes through its door: ./index.js',
    },
    {
      rule: 'a driver that knows another',
      files: { 'src/drivers/a/a.ts': "export { x } from '../b/b.js';" },
      breach: 'src/drivers/a/a.ts:1: drivers/a must not import drivers/b',
    },
    {
      rule: 'a chip that knows another',
      files: { 'src/chips/a/a.ts': "import {\n  x,\n} from '../b/b.js';" },
      breach: 'src/chips/a/a.ts:1: chips/a must not import chips/b',
    },
    {
      rule: 'a room outside src',
      files: { 'src/base/a.ts': "import x from '../../test/x.js';" },
      breach: 'src/base/a.ts:1: a room imports nothing outside src/: ../../test/x.js',
    },
    {
      rule: 'a folder that is no room',
      files: { 'src/utils/a.ts': "import './b.js';" },
      breach: 'src/utils/a.ts:1: utils is no room',
    },
    {
      rule: 'a cycle, types included',
      files: { 'src/dt/a.ts': "import type { B } from './b.js';", 'src/dt/b.ts': "import { a } from './a.js';" },
      breach: 'cycle: src/dt/a.ts -> src/dt/b.ts -> src/dt/a.ts',
    },
  ];

  test.each(rules)('$rule', ({ files, breach }) => {
    const sources = Object.entries(files).map(([path, text]) => ({ path, text }));
    expect(breaches(sources)).toEqual([breach]);
  });

  test('deep imports of a lower room, shared chip files, comments and tests are fine', () => {
    const sources = [
      {
        path: 'src/chips/a/a.ts',
        text: "import { f } from '../register-file.js';\nimport { b } from '../../bus/i2c.js';",
      },
      { path: 'src/base/a.ts', text: "// import { x } from 'node:fs';\nconst s = 'import(\"node:fs\")';" },
      { path: 'src/base/a.test.ts', text: "import { x } from '../core/x.js';" },
      { path: 'src/cli/a.ts', text: "import { readFileSync } from 'node:fs';\nimport { d } from '../drivers/a/a.js';" },
    ];
    expect(breaches(sources)).toEqual([]);
  });
});

describe('the compiler refuses', () => {
  const compile = (project: string): string[] => {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(
      process.execPath,
      [tsc, '-b', '--pretty', 'false', join(ROOT, 'test/fixtures', project)],
      {
        encoding: 'utf8',
        cwd: ROOT,
      },
    );
    return [...stdout.matchAll(/^\S*?(\w+\.ts)\((\d+),\d+\): error (TS\d+)/gm)].map((m) => `${m[1]}:${m[2]} ${m[3]}`);
  };

  test('timers, process, console, Buffer and fetch in a pure room', () => {
    const found = compile('pure').map((line) => line.split(' ')[0]);
    expect(found).toEqual([2, 3, 4, 5, 6].map((line) => `probe.ts:${line}`));
  });

  test('an import of a room that is not in the references', () => {
    expect(compile('arrows/low')).toContain('low.ts:2 TS6307');
  });
});
