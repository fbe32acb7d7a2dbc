// docs/messages.md from the tables of messages.
import { CPP_MESSAGES } from '../src/dt/cpp/messages.js';
import type { Message } from '../src/dt/message.js';
import { DT_MESSAGES } from '../src/dt/messages.js';
import { CHECK_MESSAGES } from '../src/dt/source/check-messages.js';
import { CHECKS } from '../src/dt/source/checks-table.js';
import { SYNTAX_MESSAGES } from '../src/dt/source/messages.js';
import { INPUT_MESSAGES as APR_INPUT_MESSAGES } from '../src/review/apr/input-messages.js';
import { ASSEMBLER_MESSAGES } from '../src/review/cmdq/assembler-messages.js';
import { INPUT_MESSAGES } from '../src/review/cmdq/input-messages.js';
import { LINT_MESSAGES } from '../src/review/cmdq/lint-messages.js';
import { TREE_LINT_MESSAGES } from '../src/review/cmdq/tree-lint-messages.js';
import { INPUT_MESSAGES as DPAA_INPUT_MESSAGES } from '../src/review/dpaa/input-messages.js';
import { FIND_MESSAGES } from '../src/review/dpaa/find-messages.js';
import { TREE_MESSAGES as DPAA_TREE_MESSAGES } from '../src/review/dpaa/tree-messages.js';
import { VERDICT_MESSAGES } from '../src/review/dpaa/verdict-messages.js';
import { RULES } from '../src/review/display/lint.js';
import { SHIFTS } from '../src/review/display/lint-context.js';
import { DISPLAY_MESSAGES } from '../src/review/display/lint-messages.js';

/** A chapter of the page; `codes` begin with `prefix`. */
interface Chapter {
  readonly title: string;
  readonly prefix: string;
  readonly messages: readonly (readonly [code: string, message: Message])[];
}

const CHAPTERS: readonly Chapter[] = [
  chapter('Preprocessor', 'dt/cpp/', CPP_MESSAGES),
  chapter('Source', 'dt/syntax/', SYNTAX_MESSAGES),
  chapter('Blobs: reading', 'dt/fdt/', DT_MESSAGES),
  chapter('Blobs: writing', 'dt/write/', DT_MESSAGES),
  chapter('Overlays', 'dt/overlay/', DT_MESSAGES),
  chapter('Queries', 'dt/query/', DT_MESSAGES),
  chapter('GCE programs: reading', 'cmdq/input/', INPUT_MESSAGES),
  chapter('GCE programs: assembling', 'cmdq/asm/', ASSEMBLER_MESSAGES),
  chapter('GCE programs: findings', 'cmdq/lint/', LINT_MESSAGES),
  chapter('GCE in devicetrees: findings', 'cmdq/tree/', TREE_LINT_MESSAGES),
  chapter('Packets of APR and GPR: reading', 'apr/input/', APR_INPUT_MESSAGES),
  chapter('Frames of DPAA: reading', 'dpaa/input/', DPAA_INPUT_MESSAGES),
  chapter('Frames of DPAA: findings', 'dpaa/', VERDICT_MESSAGES),
  chapter('DPAA in devicetrees: findings', 'dpaa/tree/', DPAA_TREE_MESSAGES),
  chapter('Names of DPAA ports', 'dpaa/port/', FIND_MESSAGES),
];

/** A table may have the short keys of one area or the whole codes of several. */
function chapter(title: string, prefix: string, table: Readonly<Record<string, Message>>): Chapter {
  const all = Object.entries(table).map(([key, message]) => [key.includes('/') ? key : prefix + key, message] as const);
  return { title, prefix, messages: all.filter(([code]) => code.startsWith(prefix)) };
}

const INTRODUCTION = `# Messages

Everything that the devicetree tools, the display rules, the tools for GCE programs, for packets of APR and for frames
of DPAA can say about your input. This page is made from the tables in the code (\`npm run messages -- --write\`).
Behind each message stands its code in brackets, as in \`board.dts:3:10: error: … [dt/syntax/expected]\`; programs
should look at the code, for texts may change.

An error means that there is no result. A warning may be ignored. A note explains another message.
\`{name}\` stands for what the message fills in.
`;

const CHECKS_INTRODUCTION = `## Checks: dt/check/

The code of a finding is \`dt/check/\` and the name of the check, which is dtc's. \`-W NAME\` makes a check warn,
\`-W no-NAME\` silences it, \`-E NAME\` and \`-E no-NAME\` do the same for errors. A check that needs others runs after
them, and only when they have found nothing; then a note says so.
`;

const DISPLAY_INTRODUCTION = `## Display graphs: display/

What \`bringup display\` finds about the pipelines of a MediaTek board. The code of a finding is \`display/\` and the
rule. Each rule has one severity, and says where a finding has another.
`;

/** What to do: the third part of a message, or what stands behind the last \`; \` of its text. */
export function adviceOf([, text, advice]: Message): string {
  return advice ?? text.slice(text.lastIndexOf('; ') + 2);
}

/** Every message in the order of the page. Those of checks have no code of their own. */
export function allMessages(): (readonly [code: string, message: Message])[] {
  return [...CHAPTERS.flatMap(({ messages }) => messages), ...checkMessages(), ...displayMessages()];
}

function displayMessages(): (readonly [code: string, message: Message])[] {
  return Object.entries(DISPLAY_MESSAGES).map(([key, message]) => [`display/${key}`, message]);
}

function checkMessages(): (readonly [code: string, message: Message])[] {
  return Object.entries(CHECK_MESSAGES).map(([key, [text, advice]]) => [`check ${key}`, ['note', text, advice]]);
}

/** The whole page. */
export function messagesPage(): string {
  const chapters = CHAPTERS.map(({ title, prefix, messages }) => {
    const rows = messages.map(([code, message]) => [
      ruleOf(code.slice(prefix.length)),
      message[0],
      whatOf(message),
      adviceOf(message),
    ]);
    return `## ${title}: ${prefix}\n\n${table(['code', 'severity', 'message', 'what to do'], rows)}`;
  });
  const checks = table(
    ['check', 'by default', 'needs'],
    CHECKS.map(({ name, level, needs }) => [name, level, needs.join(', ')]),
  );
  const findings = table(
    ['a check says', 'what to do'],
    checkMessages().map(([, message]) => [whatOf(message), adviceOf(message)]),
  );
  const display = [DISPLAY_INTRODUCTION, displayRules(), displayTexts()];
  return `${[INTRODUCTION, ...chapters, CHECKS_INTRODUCTION, checks, findings, ...display].join('\n')}`;
}

/** The second word of a key only tells several texts of one rule apart. */
function ruleOf(key: string): string {
  return (key.split(' ')[0] as string).replace(/^more$/, 'any');
}

function displayRules(): string {
  return table(
    ['rule', 'detects', 'severity'],
    RULES.map(({ id, summary, severity, shifts = [] }) => {
      return [id, summary, [severity, ...shifts.map((shift) => SHIFTS[shift][1])].join('; ')];
    }),
  );
}

function displayTexts(): string {
  const rows = Object.entries<Message>(DISPLAY_MESSAGES).map(([key, [severity, text, advice]]) => [
    ruleOf(key),
    severity,
    text,
    advice ?? '',
  ]);
  return table(['rule', 'severity', 'message', 'what to do'], rows);
}

/** The text without the advice at its end, which has a column of its own. */
function whatOf([, text, advice]: Message): string {
  return advice === undefined ? text.slice(0, text.lastIndexOf('; ')) : text;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

/** What Markdown would take for its own. */
function escaped(text: string): string {
  return text.replace(/[\\`*_<>|[\]]/g, '\\$&');
}
