// `bringup cmdq disassemble`: a GCE program in words.
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { disassemble as listing } from '../../drivers/mtk-cmdq/disassemble.js';
import { sourceOf } from '../../review/cmdq/source.js';
import { stateWords } from '../../review/cmdq/thread-words.js';
import { offsetOf } from '../../review/cmdq/thread-place.js';
import {
  baseOption,
  eventsOption,
  formatOption,
  loadNames,
  loadProgram,
  type NameOptions,
  type Program,
  type ReadOptions,
  socOption,
  treeOption,
} from '../cmdq-program.js';
import { type Io, writeJson } from '../io.js';
import { outputOption, writeProduct } from '../output-file.js';
import type { ExitCode } from '../refusal.js';
import { defineOption, includeOption, overlayOption } from '../tree-file.js';
import { examples, leave, type Session } from '../verb.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('disassemble')
    .description(
      'Write a GCE program as assembly: from a binary, a hex dump, an array of C, or a kernel log with the dump of a ' +
        'thread. bringup cmdq assemble makes the same bytes of it.',
    )
    .argument('<FILE>', 'the program; - reads standard input')
    .addOption(socOption())
    .addOption(treeOption())
    .addOption(eventsOption())
    .addOption(formatOption())
    .addOption(baseOption())
    .option('--plain', 'without the comments that have offset and word of each instruction')
    .addOption(outputOption())
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        'cmdq disassemble packet.bin --soc mt8173',
        'cmdq disassemble dump.txt --tree board.dtb',
        'dmesg | bringup cmdq disassemble - --soc mt8183',
        'cmdq disassemble packet.bin --soc mt8173 --plain -o packet.gce',
      ).replace('bringup dmesg', 'dmesg'),
    )
    .action(leave(session, (path, options) => disassemble(path, options, session.io)));
}

interface Options extends NameOptions, ReadOptions {
  readonly plain?: true | undefined;
  readonly output?: string | undefined;
  readonly json?: true | undefined;
}

async function disassemble(path: string, options: Options, io: Io): Promise<ExitCode> {
  const { names } = await loadNames(io, 'cmdq disassemble', [path], options);
  const program = await loadProgram(io, path, names, options);
  const isPlain = options.plain === true;
  const source = sourceOf(program.bytes, program.names, {
    base: program.base,
    words: !isPlain,
    head: isPlain ? [] : stateWords(program.state, program.names),
    notes: isPlain ? new Map() : notesOf(program),
  });
  if (options.json !== true || options.output !== undefined) writeProduct(io, options.output, source);
  if (options.json === true) writeJson(io, documentOf(program));
  return 0;
}

/** What the log says about an instruction. */
function notesOf(program: Program): Map<number, string> {
  const at = offsetOf(program.state.currAddr, program, program.names.shift);
  return new Map(at === undefined ? [] : [[at, '<- the thread stands here']]);
}

function documentOf({ bytes, base, format, names, positions, state, diagnostics }: Program): object {
  const { lines } = listing(bytes, names, base);
  return {
    ...{ format, soc: names.soc?.name ?? null, base: base ?? null, thread: state },
    instructions: lines.map(({ offset, high, low, label, text }, index) => ({
      ...{ offset, word: `0x${hex8(high)}_${hex8(low)}`, text },
      ...(label === undefined ? {} : { label }),
      ...(positions[index] === undefined ? {} : { line: positions[index].line }),
    })),
    diagnostics,
  };
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}
