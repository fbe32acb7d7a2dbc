// The rule of the rooms: which may import which. The table is the law; ARCHITECTURE.md quotes it.
import { posix } from 'node:path';
import { lineOf, only, type Source } from './source-text.js';

/** Table of arrows: each room and the rooms that it may import. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  dt: ['base'],
  bus: ['base'],
  core: ['base', 'dt', 'bus'],
  drivers: ['base', 'dt', 'core'],
  chips: ['base', 'bus'],
  bench: ['base', 'dt', 'bus', 'core'],
  review: ['base', 'dt', 'core', 'drivers'],
  abi: ['base', 'dt', 'core', 'bench', 'review'],
  host: ['base', 'bus', 'abi'],
  stock: ['base', 'dt', 'bus', 'core', 'drivers', 'chips', 'bench', 'review', 'abi'],
  page: ['base', 'dt', 'bus', 'core', 'drivers', 'chips', 'bench', 'review', 'abi', 'stock'],
  cli: ['base', 'dt', 'bus', 'core', 'drivers', 'chips', 'bench', 'review', 'abi', 'host', 'stock', 'page'],
  web: ['base', 'dt', 'bus', 'core', 'drivers', 'chips', 'bench', 'review', 'abi', 'stock', 'page'],
};

/** Rooms that may use Node's own modules. */
const TOUCHES_NODE = ['host', 'cli'];
/** Rooms with one folder per device: no folder there knows another. */
const BY_DEVICE = ['drivers', 'chips'];
/** Doors between such folders, where Linux has a public header of the one for the other (docs/adr/0012). */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  'drivers/mtk-drm': ['src/drivers/mtk-cmdq/mtk-cmdq.ts'],
  'drivers/dpaa-eth': ['src/drivers/qbman/qbman.ts', 'src/drivers/fman/fman.ts'],
};
const NAME = /['"]([^'"]+)['"]/.source;
const FROM = /^[ \t]*(?:import|export)\b[^;'"]*?\bfrom\s*/.source;
const IMPORT = new RegExp(`${FROM}${NAME}|^[ \\t]*import\\s*${NAME}|\\bimport\\(\\s*${NAME}`, 'gm');

/** One `import`, `export … from` or `import()` of a file; types are no exception. */
export interface Import {
  readonly line: number;
  readonly specifier: string;
  /** The file from the project's root; `undefined` for a package or a module of Node. */
  readonly target: string | undefined;
}

/** The imports of a file, in order. */
export function importsOf({ path, text }: Source): Import[] {
  const withNames = only(text, 'code', 'string');
  const code = only(text, 'code');
  const real = (match: RegExpMatchArray): boolean =>
    code.slice(match.index).trimStart().startsWith(match[0].trimStart().slice(0, 6));
  return [...withNames.matchAll(IMPORT)].filter(real).map((match) => {
    const specifier = (match[1] ?? match[2] ?? match[3]) as string;
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined;
    return {
      line: lineOf(code, match.index + match[0].search(/\S/)),
      specifier,
      target: target?.replace(/\.js$/, '.ts'),
    };
  });
}

/** Every breach, one line each: `path:line: what`. Tests may import any room; only files of `src/` are looked at. */
export function breaches(sources: readonly Source[]): string[] {
  const files = sources.filter(({ path }) => path.startsWith('src/') && !/\.(test|contract)\.ts$/.test(path));
  const edges = new Map(files.map((file) => [file.path, importsOf(file)]));
  const out: string[] = [];
  for (const [path, imports] of edges) {
    for (const one of imports) {
      const fault = faultOf(path, one);
      if (fault !== undefined) out.push(`${path}:${one.line}: ${fault}`);
    }
  }
  return [...out, ...cycles(edges)];
}

function faultOf(path: string, { specifier, target }: Import): string | undefined {
  const [, room = '', folder = ''] = path.split('/');
  const arrows = ARROWS[room];
  if (arrows === undefined) return `${room} is no room`;
  if (target === undefined) return outsideFault(room, specifier);
  const [top, other = '', otherFolder = ''] = target.split('/');
  if (top !== 'src') return `a room imports nothing outside src/: ${specifier}`;
  if (other !== room) return arrows.includes(other) ? undefined : `${room} must not import ${other}`;
  if (target === `src/${room}/index.ts`) return `inside a room nobody goes through its door: ${specifier}`;
  const inFolder = (part: string): boolean => !part.endsWith('.ts');
  if (!BY_DEVICE.includes(room) || folder === otherFolder || !inFolder(otherFolder) || folder === 'index.ts') return;
  if (DOORS[`${room}/${folder}`]?.includes(target) === true) return;
  return `${room}/${folder} must not import ${room}/${otherFolder}`;
}

function outsideFault(room: string, specifier: string): string | undefined {
  if (TOUCHES_NODE.includes(room)) return undefined;
  if (specifier.startsWith('node:')) return `${specifier} in a pure room`;
  return room === 'web' ? undefined : `the package ${specifier} in a pure room`;
}

/** Each cycle once, named by its files in order. */
function cycles(edges: ReadonlyMap<string, readonly Import[]>): string[] {
  const out: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const from = trail.indexOf(path);
    if (from >= 0) out.push(`cycle: ${[...trail.slice(from), path].join(' -> ')}`);
    if (from >= 0 || done.has(path)) return;
    for (const { target } of edges.get(path) ?? []) if (target !== undefined) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) walk(path, []);
  return out;
}
