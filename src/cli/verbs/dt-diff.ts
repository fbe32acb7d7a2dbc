// `bringup dt diff`: what differs between two trees.
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { type Difference, diff as differences, diffText } from '../../dt/diff.js';
import { type Io, writeJson } from '../io.js';
import type { ExitCode } from '../refusal.js';
import { defineOption, includeOption, loadTree, refuseSecondInput, type TreeOptions } from '../tree-file.js';
import { examples, leave, type Session } from '../verb.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('diff')
    .description(
      'Compare two trees by meaning: references by the node they point at. Exit code 0: equal, 1: they differ.',
    )
    .argument('<A>', 'devicetree, blob or source; - reads standard input')
    .argument('<B>', 'devicetree, blob or source')
    .option('--by-number', 'compare the numbers of references, and phandle properties too')
    .option('--order', 'another order of nodes or properties is a difference')
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        'dt diff board-6.6.dtb board-6.12.dtb',
        'dt diff board.dts board.dtb -I linux/include',
        'dt diff a.dtb b.dtb --json',
      ),
    )
    .action(leave(session, (a, b, options) => diff(a, b, options, session.io)));
}

interface Options extends TreeOptions {
  readonly byNumber?: true | undefined;
  readonly order?: true | undefined;
  readonly json?: true | undefined;
}

async function diff(pathA: string, pathB: string, options: Options, io: Io): Promise<ExitCode> {
  refuseSecondInput('dt diff', [pathA, pathB]);
  const a = await loadTree(io, pathA, options);
  const b = await loadTree(io, pathB, options);
  const how = { byTarget: options.byNumber !== true, order: options.order === true };
  const found = differences(a, b, how);
  if (options.json === true) writeJson(io, { equal: found.length === 0, differences: found.map(plain) });
  else io.stdout.write(diffText(a, b, found, how));
  return found.length === 0 ? 0 : 1;
}

/** A difference without the nodes themselves: how many are in a subtree stands for them. */
function plain(one: Difference): object {
  if (one.kind !== 'node-added' && one.kind !== 'node-removed') return one;
  return { kind: one.kind, path: one.path, nodes: [...one.node.walk()].length };
}
