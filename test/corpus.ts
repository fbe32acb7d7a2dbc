// Where real device trees are: BRINGUP_CORPUS, the folder `shared` next to the project, what `npm run corpus` fetched.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
