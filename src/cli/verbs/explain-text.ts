// What `bringup explain` prints for people.
import type { LogExplanation, LogReport } from '../../review/explain.js';
import { oneLine } from '../io.js';
import { counted, wrapText } from '../text-table.js';
import type { TreeView } from './explain-tree.js';
import { findingText } from './finding-text.js';

/** Columns of what is told about a line. */
const COLUMNS = 100;
/** The left column, with the words in front of each text. */
const LEFT = 10;

/** Each known line with what it means, then how many there were. `view` is the tree that they may be about. */
export function explainText({ known, unknown, lines, truncated }: LogReport, view: TreeView | undefined): string {
  const told = known.flatMap((one) => [...lineText(one), ...treeText(one, view), '']);
  const total = known.length === 0 ? noneText(lines) : `${counted(lines, 'line')}, ${lines - unknown} of them known`;
  const cut = truncated ? ['the log is longer than 16 MiB; the rest was not read'] : [];
  return [...told, total, ...cut].map((line) => `${oneLine(line)}\n`).join('');
}

function noneText(lines: number): string {
  if (lines === 0) return 'there is no line to explain';
  const what = lines === 1 ? 'this line is not known' : `none of these ${lines} lines is known`;
  return (
    `${what}; known are the lines of the MediaTek display (mediatek-drm, DSI, DPI, DP_INTF), of CMDQ, ` +
    'and of APR and the audio services of Qualcomm (q6afe, q6asm, q6adm)'
  );
}

function lineText(one: LogExplanation): string[] {
  const { message, count, devices, severity, says, why, check, names, errors, kernels, rules } = one;
  const numbers = [
    ...names.map(({ value, name }) => `${value} is ${name}`),
    ...errors.map(({ number, name, meaning }) => `${number} is -${name}${meaning === undefined ? '' : `: ${meaning}`}`),
  ];
  const by = devices.length === 0 ? '' : ` (${devices.join(', ')})`;
  return [
    message,
    ...row(severity, says),
    ...row('why', why),
    ...row('numbers', numbers.join('; ')),
    ...check.flatMap((text, at) => row(at === 0 ? 'look at' : '', `- ${text}`)),
    ...row('kernels', kernels),
    ...row('rules', rules.length === 0 ? '' : `${rules.join(', ')} of docs/display.md`),
    ...row('said', count === 1 ? '' : `${count} times${by}`),
  ];
}

/** A word, and a text beside it; nothing for an empty text. Lines of an item hang below its first word. */
function row(word: string, text: string): string[] {
  if (text === '') return [];
  const hang = text.startsWith('- ') ? '  ' : '';
  const [first = '', ...more] = wrapText(text, COLUMNS - LEFT - 2 - hang.length);
  return [`  ${word.padEnd(LEFT)}${first}`, ...more.map((line) => ' '.repeat(LEFT + 2) + hang + line)];
}

function treeText({ message }: LogExplanation, view: TreeView | undefined): string[] {
  if (view === undefined) return [];
  const { printedBy, findings } = view.placesOf(message);
  if (printedBy.length === 0 && findings.length === 0) {
    return row('tree', `with ${view.path} Linux ${view.kernel} would not print this`);
  }
  const by = printedBy.length === 0 ? [] : row('tree', `printed for ${printedBy.join(', ')}`);
  return [...by, ...findings.flatMap(findingText).map((line) => `  ${line}`)];
}
