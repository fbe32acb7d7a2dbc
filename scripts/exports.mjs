// The entries of the package as package.json states them, with the patterns filled in from the sources.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** `{ name, types, source }` of each entry whose source exists: `./drivers/ina3221`, `./dist/…d.ts`, `src/….ts`. */
export function entries() {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .flatMap(([name, { types }]) => (name.includes('*') ? fill(name, types) : [{ name, types }]))
    .map((entry) => ({ ...entry, source: entry.types.replace('./dist/', 'src/').replace(/\.d\.ts$/, '.ts') }))
    .filter(({ source }) => existsSync(join(ROOT, source)));
}

function fill(name, types) {
  const folder = join(ROOT, name.replace('./', 'src/').replace('/*', ''));
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((part) => ({ name: name.replace('*', part), types: types.replaceAll('*', part) }));
}
