// `bringup cmdq assemble`: the bytes of a GCE program.
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { INST_SIZE } from '../../drivers/mtk-cmdq/instruction.js';
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
import { type Io, writeJson } from '../io.js';
import { outputOption, writeProduct } from '../output-file.js';
import type { ExitCode } from '../refusal.js';
import { defineOption, includeOption, overlayOption } from '../tree-file.js';
import { examples, leave, type Session } from '../verb.js';

const FORMS = ['bin', 'hex', 'c'] as const;
type Form = (typeof FORMS)[number];

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('assemble')
    .description(
      'Assemble a GCE program. The language is that of bringup cmdq disassemble; docs/cmdq.md has all of it.',
    )
    .argument('<FILE>', 'the program; - reads standard input')
    .addOption(socOption())
    .addOption(treeOption())
    .addOption(eventsOption())
    .addOption(formatOption().default('asm' as const, 'asm'))
    .addOption(baseOption())
    .addOption(outputOption())
    .addOption(
      new Option('-O, --output-form <FORM>', 'binary, offsets and words, or an array of C')
        .choices(FORMS)
        .default('bin' as const, 'bin'),
    )
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        'cmdq assemble flip.gce --soc mt8173 -o flip.bin',
        'cmdq assemble flip.gce --tree board.dtb -O hex',
        'cmdq assemble flip.gce --soc mt8195 --base 0x40001000 -O c',
      ),
    )
    .action(leave(session, (path, options) => assemble(path, options, session.io)));
}

interface Options extends NameOptions, ReadOptions {
  readonly output?: string | undefined;
  readonly outputForm: Form;
  readonly json?: true | undefined;
}

async function assemble(path: string, options: Options, io: Io): Promise<ExitCode> {
  const { names } = await loadNames(io, 'cmdq assemble', [path], options);
  const { bytes, base, names: used, diagnostics } = await loadProgram(io, path, names, options);
  if (options.json !== true || options.output !== undefined) {
    writeProduct(io, options.output, contentOf(bytes, options.outputForm));
  }
  if (options.json === true) {
    const words = wordsOf(bytes).map((word) => `0x${word}`);
    writeJson(io, {
      output: options.output ?? null,
      soc: used.soc?.name ?? null,
      base: base ?? null,
      words,
      diagnostics,
    });
  }
  return 0;
}

function contentOf(bytes: Uint8Array, form: Form): string | Uint8Array {
  if (form === 'bin') return bytes;
  const words = wordsOf(bytes);
  const digits = Math.max(4, bytes.length.toString(16).length);
  if (form === 'hex') {
    return words.map((word, i) => `${(i * INST_SIZE).toString(16).padStart(digits, '0')} ${word}\n`).join('');
  }
  const rows = words.map((word) => `\t0x${word.replace('_', '')}ULL,\n`).join('');
  return `static const u64 cmdq_program[${words.length}] = {\n${rows}};\n`;
}

/** `20000035_80008001`: the upper half first. */
function wordsOf(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const half = (at: number): string => view.getUint32(at, true).toString(16).padStart(8, '0');
  return Array.from(
    { length: bytes.length / INST_SIZE },
    (_, i) => `${half(i * INST_SIZE + 4)}_${half(i * INST_SIZE)}`,
  );
}
