// Where real device trees are: BRINGUP_CORPUS, the folder `shared` next to the project, what `npm run corpus` fetched.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compile } from '../src/dt/compile.js';
import type { DtTree } from '../src/dt/tree.js';
import { ROOT } from './sources.js';

/** The folders that exist, in the order of search; each may have `dts/`, `dtb/`. BRINGUP_CORPUS replaces the others. */
export function corpusFolders(): string[] {
  const named = process.env['BRINGUP_CORPUS'];
  const usual = [resolve(ROOT, '../shared'), join(ROOT, '.cache/corpus')];
  return (named === undefined ? usual : [resolve(named)]).filter((folder) => existsSync(folder));
}

/** The first of the paths, relative to a corpus folder, that exists; absolute. */
export function inCorpus(folders: readonly string[], ...paths: readonly string[]): string | undefined {
  return folders.flatMap((folder) => paths.map((path) => join(folder, path))).find(existsSync);
}

/** A MediaTek board's source of the kernel release in that folder, compiled. */
export function boardSource(release: string, path: string): DtTree | undefined {
  const files = {
    read: (name: string) => {
      const full = join(release, name);
      return existsSync(full) && statSync(full).isFile() ? readFileSync(full) : ('missing' as const);
    },
  };
  const includeDirs = ['include', 'src', 'src/arm64/mediatek'];
  return compile(`src/arm64/mediatek/${path}.dts`, files, { includeDirs }).tree;
}
