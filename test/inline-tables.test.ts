// What the bundles make of tables of numbers.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { INLINE_TABLES, tablesOf } from '../scripts/inline-tables.mjs';
import { ROOT } from './sources.js';

const FOLDER = mkdtempSync(join(tmpdir(), 'bringup-tables-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

async function bundled(files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(join(FOLDER, 'src'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(FOLDER, 'src', name), text);
  const result = await build({
    entryPoints: [join(FOLDER, 'src/main.ts')],
    ...{ bundle: true, write: false, format: 'esm', minifySyntax: true, plugins: [INLINE_TABLES] },
  });
  return result.outputFiles[0]?.text ?? '';
}

const TABLE = `/** A table. */
export const STATE = {
  ...{ OFF: 0, ON: 0x10 },
  /** Here. */
  GONE: 0x8000_0000, // and there
} as const;
export const MIXED = { A: 1, B: 'x' } as const;
`;

test('numbers of tables stand where they are used, also under another name', async () => {
  const main = `import { MIXED, STATE as S } from './table.js';
const OWN = { BIT: 4 } as const;
export const seen = (x: { S: { ON: number } }) => [S.OFF, S.ON, S.GONE, OWN.BIT, MIXED.A, x.S.ON];
`;
  const text = await bundled({ 'main.ts': main, 'table.ts': TABLE });
  expect(text).toContain('[0, 16, 2147483648, 4, MIXED.A, x.S.ON]');
});

test('types, whole tables, what is asked further, names that are not there and text are left alone', async () => {
  const main = `import { STATE } from './table.js';
type On = typeof STATE.ON;
export const on: On = STATE.ON;
export const lost = (x: number, y: boolean) => x === STATE.GONE || (y ? STATE.ON : STATE.OFF) === x;
export const text = [STATE.ON.toString(16), STATE.ON?.toFixed];
export const all = [Object.keys(STATE), (STATE as Record<string, number>).LOST, 'STATE.ON'];
`;
  const text = await bundled({ 'main.ts': main, 'table.ts': TABLE });
  expect(text).toMatch(/on = 16/);
  expect(text).toMatch(/x === 2147483648 \|\| \(y \? 16 : 0\) === x/);
  expect(text).toContain('STATE.ON.toString(16)');
  expect(text).toContain('Object.keys(STATE)');
  expect(text).toContain('"STATE.ON"');
});

test('what is read of the sources is what they say', async () => {
  let tables = 0;
  for (const name of readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!/^[^.]*\.ts$/.test(name)) continue;
    const path = join(ROOT, 'src', name);
    const text = readFileSync(path, 'utf8');
    const found = [...tablesOf(text)].filter(([name]) => text.includes(`export const ${name} = {`));
    if (found.length === 0) continue;
    const module = (await import(path)) as Record<string, unknown>;
    for (const [name, table] of found) {
      expect([path, name, table]).toEqual([path, name, module[name]]);
      tables++;
    }
  }
  expect(tables).toBeGreaterThan(50);
}, 60_000);
