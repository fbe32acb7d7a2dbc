// `bringup dpaa ports`: what a devicetree says of DPAA, and what is missing in it.
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { dpaaTree, type DpaaTree, type Fman, type Mac } from '../../review/dpaa/ports.js';
import type { Manager } from '../../review/dpaa/tree-managers.js';
import { type Io, oneLine, writeJson } from '../io.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { alignRows, counted } from '../text-table.js';
import { defineOption, includeOption, loadTree, overlayOption, type TreeOptions } from '../tree-file.js';
import { examples, leave, type Session } from '../verb.js';
import { countOf, inOrder } from '../../review/finding-order.js';
import { countsText, shortText } from './finding-text.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('ports')
    .description(
      'List what a devicetree says of DPAA: FMans, their MACs, ports, channels, PHY modes, the queue and buffer ' +
        'managers with portals and reserved memory; and name what is missing. Exit code 0: all is there, 1: not all.',
    )
    .argument('<TREE>', 'a devicetree, blob or source; - reads standard input')
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples('dpaa ports fsl-ls1043a-rdb.dtb', 'dpaa ports board.dts -I linux/include --json'))
    .action(leave(session, (path, options) => ports(path, options, session.io)));
}

interface Options extends TreeOptions {
  readonly json?: true | undefined;
}

async function ports(path: string, options: Options, io: Io): Promise<ExitCode> {
  const tree = dpaaTree(await loadTree(io, path, options));
  if (tree.fmans.length === 0) {
    throw new Refusal(1, path, 'it has no frame manager (fsl,fman)', 'give the tree of a board with DPAA');
  }
  if (options.json === true) writeJson(io, tree);
  else
    io.stdout.write(
      textOf(tree)
        .map((line) => `${oneLine(line)}\n`)
        .join(''),
    );
  return countOf(tree.problems, 'error') > 0 ? 1 : 0;
}

function textOf({ fmans, qman, bman, problems }: DpaaTree): string[] {
  return [
    ...fmans.flatMap(fmanLines),
    ...managerLines('queue manager', qman),
    ...managerLines('buffer manager', bman),
    ...inOrder(problems).flatMap(shortText),
    countsText(problems),
  ];
}

function fmanLines({ name, path, enabled, muramBytes, channels, hasErratum, macs, ports: all }: Fman): string[] {
  const muram = muramBytes === undefined ? 'no muram' : `muram of ${muramBytes / 1024} KiB`;
  const own =
    channels === undefined
      ? 'no channels'
      : `channels ${hexWord(channels[0])} to ${hexWord(channels[0] + channels[1] - 1)}`;
  const offline = all.filter(({ kind }) => kind === 'offline').map(({ id }) => hexWord(id));
  const rows = macs.map((mac) => macRow(mac, all));
  return [
    `${name} ${path}${enabled ? '' : ', switched off'}: ${muram}, ${own}${hasErratum ? ', erratum A050385' : ''}`,
    ...(rows.length === 0
      ? ['  no MACs']
      : tableLines([['MAC', 'ALIAS', 'KIND', 'RX', 'TX', 'CHANNEL', 'MODE', 'PHY'], ...rows])),
    ...(offline.length === 0 ? [] : [`  ${counted(offline.length, 'offline port')}: ${offline.join(' ')}`]),
  ];
}

function tableLines(rows: readonly (readonly string[])[]): string[] {
  return alignRows(rows).map((line) => line.trimEnd());
}

function macRow({ name, alias, kind, enabled, rx, tx, phyMode, phy }: Mac, all: Fman['ports']): string[] {
  const channel = all.find(({ id, kind: way }) => way === 'tx' && id === tx)?.channel;
  const state = enabled ? (phy ?? 'none') : 'switched off';
  return [name, alias ?? '-', kind, hexWord(rx), hexWord(tx), hexWord(channel), phyMode ?? '-', state];
}

function hexWord(value: number | undefined): string {
  return value === undefined ? '-' : `0x${value.toString(16)}`;
}

function managerLines(what: string, { path, enabled, memory, portals }: Manager): string[] {
  if (path === undefined) return [`${what}: none`];
  const usable = portals.filter((portal) => portal.enabled).length;
  return [
    `${what} ${path}${enabled ? '' : ', switched off'}: ${counted(usable, 'portal')}`,
    ...memory.map(({ name, path: node, sizeBytes, address }) => {
      const place = address === undefined ? 'where Linux puts it' : `at 0x${address.toString(16)}`;
      return `  ${name} ${sizeBytes / 1024} KiB ${place} (${node})`;
    }),
  ];
}
