// `bringup cmdq diff`: two GCE programs compared by what they do.
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { type EffectChange, type EffectDiff, diffEffects } from '../../review/cmdq/effect-diff.js';
import { effectsOf } from '../../review/cmdq/effects.js';
import { Symbols } from '../../review/cmdq/symbols.js';
import {
  baseOption,
  eventsOption,
  formatOption,
  loadNames,
  loadProgram,
  type NameOptions,
  type ReadOptions,
  socOption,
  treeOption,
} from '../cmdq-program.js';
import { type Io, oneLine, writeJson } from '../io.js';
import type { ExitCode } from '../refusal.js';
import { alignRows, counted } from '../text-table.js';
import { defineOption, includeOption, overlayOption, refuseSecondInput } from '../tree-file.js';
import { examples, leave, type Session } from '../verb.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('diff')
    .description(
      'Compare two GCE programs by what they do, not by their bytes: writes, reads, polls, waits, clears, ' +
        'interrupts, and their order. Exit code 0: they do the same, 1: they differ.',
    )
    .argument('<A>', 'a program, in any form that bringup cmdq disassemble reads; - reads standard input')
    .argument('<B>', 'another one')
    .addOption(socOption())
    .addOption(treeOption())
    .addOption(eventsOption())
    .addOption(formatOption())
    .addOption(baseOption())
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        'cmdq diff good.bin bad.bin --soc mt8173',
        'cmdq diff vendor.txt mainline.bin --tree board.dtb',
        'cmdq diff a.gce b.gce --soc mt8195 --json',
      ),
    )
    .action(leave(session, (a, b, options) => diff(a, b, options, session.io)));
}

interface Options extends NameOptions, ReadOptions {
  readonly json?: true | undefined;
}

async function diff(pathA: string, pathB: string, options: Options, io: Io): Promise<ExitCode> {
  refuseSecondInput('cmdq diff', [pathA, pathB]);
  const { names } = await loadNames(io, 'cmdq diff', [pathA, pathB], options);
  const a = await loadProgram(io, pathA, names, options);
  const b = await loadProgram(io, pathB, a.names, options);
  const symbols = new Symbols();
  // Of two the second may say which SoC it is for.
  const [one, other] = [{ ...a, names: b.names }, b].map((program) => effectsOf(program, symbols));
  const found = diffEffects(one?.list ?? [], other?.list ?? []);
  const isSameBytes = a.bytes.length === b.bytes.length && a.bytes.every((byte, at) => byte === b.bytes[at]);
  if (options.json === true) writeJson(io, documentOf(found, isSameBytes));
  else io.stdout.write(textOf(found, isSameBytes, pathA, pathB));
  return found.equal ? 0 : 1;
}

function documentOf({ equal, changes, finals }: EffectDiff, sameBytes: boolean): object {
  const plain = ({ kind, isMoved, a, b }: EffectChange): object => {
    const effect = a ?? b;
    return {
      ...{ change: kind === 'same' ? kind : isMoved ? `moved-${kind === 'only-a' ? 'from' : 'to'}` : kind },
      ...{ effect: effect?.kind, text: effect?.text, offsetA: a?.offset ?? null, offsetB: b?.offset ?? null },
    };
  };
  return { equal, sameBytes, effects: changes.map(plain), finals };
}

/** Lines around a difference. */
const CONTEXT = 3;

function textOf({ equal, changes, finals }: EffectDiff, isSameBytes: boolean, pathA: string, pathB: string): string {
  const count = (wanted: EffectChange['kind'], moved: boolean): number =>
    changes.filter(({ kind, isMoved }) => kind === wanted && isMoved === moved).length;
  const same = isSameBytes ? 'the same bytes' : 'other bytes, the same effects';
  const summary = equal
    ? `${same}: ${counted(changes.length, 'effect')}`
    : `${count('only-a', false)} only in ${pathA}, ${count('only-b', false)} only in ${pathB}, ` +
      `${count('only-a', true)} moved, ${count('same', false)} the same`;
  const rows = equal ? [] : alignRows(shown(changes), '');
  const ends = equal ? [] : finals.map(({ name, a, b }) => `${name} ends as ${a ?? 'it was'}, and as ${b ?? 'it was'}`);
  return [...rows, ...ends, summary].map((line) => `${oneLine(line)}\n`).join('');
}

/** Differences with what stands around them. */
function shown(changes: readonly EffectChange[]): string[][] {
  const rows: string[][] = [];
  let skipped = false;
  changes.forEach((change, at) => {
    const near = changes.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ kind }) => kind !== 'same');
    if (near) rows.push(...(skipped ? [['...']] : []), row(change));
    skipped = !near;
  });
  return rows;
}

function row({ kind, isMoved, a, b }: EffectChange): string[] {
  const sign = kind === 'same' ? ' ' : kind === 'only-a' ? '-' : '+';
  return [sign, offset(a?.offset), offset(b?.offset), `${(a ?? b)?.text ?? ''}${isMoved ? ' (moved)' : ''}`];
}

function offset(value: number | undefined): string {
  return value === undefined ? '' : value.toString(16).padStart(4, '0');
}
