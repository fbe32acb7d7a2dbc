// `bringup dt query`: nodes and properties of a tree that an expression selects.
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { listText } from '../../dt/decompile-value.js';
import { type Match, query as select } from '../../dt/query.js';
import { type Io, oneLine, writeJson } from '../io.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { defineOption, includeOption, loadTree, type TreeOptions } from '../tree-file.js';
import { examples, leave, type Session } from '../verb.js';

const GRAMMAR = `
An expression begins with / (a path), & (a label), an alias, or ** (any depth), and goes on with steps:
  /soc/i2c@0       a path; * and ? stand for characters, a name without @ fits every unit address
  /soc/**/x        any number of levels between
  [p] [!p]         has the property p, has it not
  [p=v] [p!=v]     one of its strings or cells is v, none is
  :p               the property p of each node, in place of the node`;

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('query')
    .description('Print the nodes or properties that an expression selects. Exit code 0: some, 1: none.')
    .argument('<TREE>', 'devicetree, blob or source; - reads standard input')
    .argument('<EXPRESSION>', 'a path with globs, ** for any depth, [property=value] conditions, :property')
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText('after', GRAMMAR)
    .addHelpText(
      'after',
      examples(
        "dt query board.dtb '[compatible=ti,ina3221]'",
        "dt query board.dtb '/soc/**[status=disabled]:status'",
        "dt query board.dts -I linux/include '&i2c0/*:reg' --json",
      ),
    )
    .action(leave(session, (path, expression, options) => query(path, expression, options, session.io)));
}

interface Options extends TreeOptions {
  readonly json?: true | undefined;
}

async function query(path: string, expression: string, options: Options, io: Io): Promise<ExitCode> {
  const tree = await loadTree(io, path, options);
  const { matches, diagnostics } = select(tree, expression);
  const [wrong] = diagnostics;
  if (wrong !== undefined) throw new Refusal(2, `dt query '${expression}'`, wrong.text, 'see bringup dt query --help');
  const found = matches.map(plain);
  if (options.json === true) writeJson(io, { matches: found });
  else io.stdout.write(found.map((one) => `${oneLine(line(one))}\n`).join(''));
  return found.length > 0 ? 0 : 1;
}

/** A match as the document has it: `value` is written as source, empty for a property without value. */
interface Found {
  readonly path: string;
  readonly property?: string;
  readonly value?: string;
}

function plain({ node, property }: Match): Found {
  const { path } = node;
  return property === undefined ? { path } : { path, property: property.name, value: listText(property.value) };
}

function line({ path, property, value }: Found): string {
  if (property === undefined) return path;
  return value === '' || value === undefined ? `${path}:${property}` : `${path}:${property} = ${value}`;
}
