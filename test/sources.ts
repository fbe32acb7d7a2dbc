// The project's own files, as the rules of rooms and tidiness see them.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Source } from './source-text.js';

/** The project's root folder. */
export const ROOT: string = dirname(dirname(fileURLToPath(import.meta.url)));

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.git', '.cache']);
/** The built page, which is nobody's source. */
const BUILT = 'page';

/** Every file below a folder of the project, as paths from the root with `/`. Nothing that git ignores. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || path === BUILT ? [] : filesBelow(path);
    return entry.isFile() && !entry.name.endsWith('.tsbuildinfo') ? [path] : [];
  });
}

/** A file with its text. */
export function read(path: string): Source {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** A file's length in bytes. */
export function sizeBytes(path: string): number {
  return statSync(join(ROOT, path)).size;
}

/** Components of the page: text that this project's rules of TypeScript do not read, but that imports files of it. */
export function components(): Source[] {
  return filesBelow('ui')
    .filter((path) => path.endsWith('.tsx'))
    .map(read);
}

/** Every file of code: TypeScript, and the scripts that run before there is any. Fixtures are broken on purpose. */
export function codeFiles(): Source[] {
  return filesBelow('')
    .filter((path) => /\.(ts|mjs)$/.test(path) && !path.startsWith('test/fixtures/'))
    .map(read);
}
