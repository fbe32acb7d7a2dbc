// For the bundles: numbers of tables like `const STATE = { OOS: 0, RETIRED: 1 } as const` are written where they are
// used. The engine keeps a bundle's tables in variables, which it has to read and check again at each use: in code that
// runs for every frame or instruction that takes a tenth of the time.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A table at the top of a file: numbers only, laid out as the formatter does it. */
const TABLE = /^(?:export )?const ([A-Za-z]\w*) = (\{[^;]*?\}) as const;$/gm;
/** What may stand in one: names, numbers, and other literals spread into it. Comments were taken out. */
const PLAIN = /^[\s{},.:\w]*$/;
const COMMENT = /\/\*[^]*?\*\/|\/\/.*$/gm;
const IMPORT = /^import (?:type )?\{([^}]*)\} from '(\.[^']*)\.js';$/gm;

/** The plugin of esbuild. */
export const INLINE_TABLES = {
  name: 'inline-tables',
  setup({ onLoad }) {
    const known = new Map();
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: inlined(text, await tablesSeen(path, text, known)), loader: 'ts' };
    });
  },
};

/** The source with each `TABLE.NAME` as its number. */
function inlined(text, tables) {
  if (tables.size === 0) return text;
  const names = [...tables.keys()].join('|');
  return text.replace(
    new RegExp(`(?<![\\w.$'#]|typeof )(${names})\\.([A-Za-z]\\w*)\\b(?!\\??[.(])`, 'g'),
    (all, table, name) => {
      const value = tables.get(table)[name];
      return value === undefined ? all : String(value);
    },
  );
}

/** The tables of a file and those that it imports, by the names that they have there. */
async function tablesSeen(path, text, known) {
  const seen = new Map(tablesOf(text));
  for (const [, names, from] of text.matchAll(IMPORT)) {
    const file = join(dirname(path), `${from}.ts`);
    if (!known.has(file)) known.set(file, tablesOf(await readFile(file, 'utf8').catch(() => '')));
    for (const name of names.split(',').map((one) => one.trim().replace(/^type /, ''))) {
      const [original, local = original] = name.split(' as ');
      const table = known.get(file).get(original);
      if (table !== undefined) seen.set(local, table);
    }
  }
  return seen;
}

/** The tables at the top of a source that are numbers only. */
export function tablesOf(text) {
  const tables = new Map();
  for (const [, name, literal] of text.matchAll(TABLE)) {
    const plain = literal.replace(COMMENT, '');
    if (!PLAIN.test(plain)) continue;
    const table = valueOf(plain);
    if (table !== undefined && Object.values(table).every((value) => typeof value === 'number'))
      tables.set(name, table);
  }
  return tables;
}

/** A literal that refers to other names has none here. */
function valueOf(literal) {
  try {
    return Function(`'use strict'; return (${literal});`)();
  } catch {
    return undefined;
  }
}
