// Dumps that have the words of an instruction and not its number: the kernels of Chromebooks before the dump was
// dropped. What they do not tell is taken as it usually is.
import {
  high,
  OP,
  OFFSET_MASKED,
  WFE_CLEAR,
  WFE_SET,
  WFE_WAIT,
  WFE_WAIT_AND_CLEAR,
} from '../../drivers/mtk-cmdq/instruction.js';

/** An instruction with the offset that the line has. */
export interface WordsFound {
  readonly offset: number;
  readonly high: number;
  readonly low: number;
}

const OFFSET = /^[>*\s-]{0,8}0x([\da-f]{4,8}) (?=[[a-z])(?:\[[\w |]{1,16}\] ?)?/i;
type Read = (groups: readonly string[]) => readonly [high: number, low: number];
const hex = (digits: string | undefined): number => Number.parseInt(digits ?? '0', 16);
const event =
  (low: number): Read =>
  ([id]) => [high(OP.WFE, Number(id) & 0xffff), low];

const KINDS: readonly (readonly [pattern: RegExp, read: Read])[] = [
  [
    /^(?:Subsys|SubSys) Reg 0x([\da-f]{1,8}) = 0x([\da-f]{1,8})/,
    ([at, value]) => [high(OP.WRITE, hex(at) & 0x1f_ffff), hex(value)],
  ],
  [/^mask 0x([\da-f]{1,8})/, ([mask]) => [high(OP.MASK, 0), ~hex(mask) >>> 0]],
  [/^wait for event (?:ID )?(\d{1,4})(?: become 1 and clear.*)?$/, event(WFE_WAIT_AND_CLEAR)],
  [/^wait for event (\d{1,4}) become 1$/, event(WFE_WAIT)],
  [/^clear event (?:ID )?(\d{1,4})/, event(WFE_CLEAR)],
  [/^set event (?:ID )?(\d{1,4})/, event(WFE_SET)],
  [/^jump$/, () => [high(OP.JUMP, 0), 8]],
  [/^eoc$/, () => [high(OP.EOC, 0), 1]],
  [/^polling$/, () => [high(OP.POLL, OFFSET_MASKED), 0]],
  [/^unknown$/, () => [0, 0]],
];

/** The instruction of such a line; undefined for any other. */
export function wordOfWords(line: string): WordsFound | undefined {
  const head = OFFSET.exec(line);
  if (head === null) return undefined;
  const words = line.slice(head[0].length).trim();
  for (const [pattern, read] of KINDS) {
    const match = pattern.exec(words);
    if (match === null) continue;
    const [upper, lower] = read(match.slice(1));
    return { offset: hex(head[1]), high: upper, low: lower };
  }
  return undefined;
}
