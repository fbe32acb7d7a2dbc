// The tools for GCE programs with programs of every kind, and with what is none: whatever form a program has, it is
// read as itself; whatever is broken is refused in words; everything ends.
import { Random } from '../../src/base/random.js';
import type { CmdqNames } from '../../src/drivers/mtk-cmdq/disassemble-names.js';
import { CmdqNames as Names } from '../../src/drivers/mtk-cmdq/disassemble-names.js';
import { CMDQ_SOCS, cmdqSoc } from '../../src/drivers/mtk-cmdq/soc-tables.js';
import { runPrograms } from '../../src/cli/cmdq-run.js';
import { outcomeOf } from '../../src/cli/cmdq-outcome.js';
import { assemble } from '../../src/review/cmdq/assemble.js';
import { diffEffects } from '../../src/review/cmdq/effect-diff.js';
import { effectsOf } from '../../src/review/cmdq/effects.js';
import { INPUT_FORMATS, type ProgramInput, readProgram } from '../../src/review/cmdq/program-input.js';
import { sourceOf } from '../../src/review/cmdq/source.js';
import { Symbols } from '../../src/review/cmdq/symbols.js';
import { FORMS } from '../cmdq-forms.js';
import { randomProgram } from '../cmdq-random.js';
import type { Scenario } from '../soak.js';

/** What `npm run soak` runs; `run` throws with what it found. */
export const scenarios: readonly Scenario[] = [
  { name: 'cmdq-input', total: 200_000, run: readForms },
  { name: 'cmdq-assembler', total: 200_000, run: assembleSources },
  { name: 'cmdq-effects', total: 100_000, run: followAndRun },
];

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A program in one of its forms is read as itself; the form with some bytes changed is read or refused. */
export function readForms(seed: string): void {
  const random = new Random(seed);
  const bytes = randomProgram(random, 1 + random.below(40));
  const [name, write] = random.pick(Object.entries(FORMS)) as [string, (bytes: Uint8Array) => string];
  const text = write(bytes);
  const whole = readProgram(encode(text));
  if (!isSame(whole.bytes, bytes) && !mayBeRefused(bytes)) {
    throw new Error(`as ${name} it is read as another program: ${JSON.stringify(whole.diagnostics)}\n${text}`);
  }
  const broken = mutated(random, encode(text));
  const format = random.pick([undefined, ...INPUT_FORMATS]);
  checkInput(readProgram(broken, { format }), broken);
  checkInput(readProgram(mutated(random, bytes)), bytes);
}

/** Where no operation exists at all, nobody can tell that it is a program. */
function mayBeRefused(bytes: Uint8Array): boolean {
  return readProgram(bytes).bytes === undefined;
}

function checkInput({ bytes, diagnostics }: ProgramInput, input: Uint8Array): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const isFine = bytes === undefined ? errors.length > 0 : errors.length === 0 && bytes.length % 8 === 0;
  if (!isFine || diagnostics.some(({ text }) => text.length > 1000 || /\{[a-z]+\}|undefined|NaN/.test(text))) {
    throw new Error(`${JSON.stringify(diagnostics)}\nof ${[...input].join(' ')}`);
  }
}

/** The source of a program assembles to it; the source with some characters changed is assembled or refused. */
export function assembleSources(seed: string): void {
  const random = new Random(seed);
  const names = namesOf(random);
  const bytes = randomProgram(random, random.below(30));
  const base = random.chance(0.5) ? random.below(1000) * 8 : undefined;
  const source = sourceOf(bytes, names, { base, words: random.chance(0.5) });
  const { bytes: again, diagnostics } = assemble(source, { names });
  if (!isSame(again, bytes)) throw new Error(`it does not come back: ${JSON.stringify(diagnostics)}\n${source}`);
  const broken = new TextDecoder().decode(mutated(random, encode(source)));
  const result = assemble(broken, { names });
  const isRefused = result.diagnostics.some(({ severity }) => severity === 'error');
  if ((result.bytes === undefined) !== isRefused || result.diagnostics.some(({ text }) => text.length > 1000)) {
    throw new Error(`${JSON.stringify(result.diagnostics)}\nof ${broken}`);
  }
}

/** A program is followed and run to an end that has words; compared with itself it is equal. */
export function followAndRun(seed: string): void {
  const random = new Random(seed);
  const names = namesOf(random);
  const programs = Array.from({ length: 1 + random.below(3) }, () => randomProgram(random, 1 + random.below(60)));
  const [bytes = new Uint8Array(0)] = programs;
  const symbols = new Symbols();
  const [a, b] = [0, 1].map(() => effectsOf({ bytes, base: undefined, names }, symbols).list);
  if (!diffEffects(a ?? [], b ?? []).equal) throw new Error('it is not equal to itself');
  const { soc } = names;
  if (soc === undefined) return;
  const threads = programs.map((program, thread) => {
    const base = 0x4000_0000 + thread * 0x1_0000;
    return { thread, priority: 0, bytes: program, base, start: 0, end: program.length, spr: [] };
  });
  const raises = Array.from({ length: random.below(4) }, () => {
    return {
      id: random.below(1024),
      at: random.below(10_000),
      every: random.chance(0.5) ? 1 + random.below(1000) : undefined,
    };
  });
  const result = runPrograms({ soc, threads, raises, set: [], registers: [], steps: 500, untilNs: 1_000_000 });
  for (const thread of result.threads) {
    const { says } = outcomeOf(thread, result, { names, tree: undefined });
    if (says === '' || /undefined|NaN/.test(says)) throw new Error(`thread ${thread.id} ends with "${says}"`);
  }
}

function namesOf(random: Random): CmdqNames {
  return new Names(random.chance(0.2) ? undefined : cmdqSoc(random.pick(CMDQ_SOCS)));
}

/** Some bytes changed, left out or doubled. */
function mutated(random: Random, bytes: Uint8Array): Uint8Array {
  const list = [...bytes];
  for (let n = 1 + random.below(6); n > 0 && list.length > 0; n--) {
    const at = random.below(list.length);
    const kind = random.below(4);
    if (kind === 0) list[at] = random.below(256);
    else if (kind === 1) list.splice(at, 1 + random.below(8));
    else if (kind === 2) list.splice(at, 0, ...list.slice(at, at + random.below(40)));
    else list[at] = random.pick([...encode(' \n:|*,{}/;#[]+-=~0xabcdef')]);
  }
  return Uint8Array.from(list);
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at]);
}
