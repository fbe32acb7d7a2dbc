// The registers of a hung thread in words.
import type { InstructionNames } from '../../drivers/mtk-cmdq/disassemble-text.js';
import { describeInstruction } from '../../drivers/mtk-cmdq/disassemble.js';
import { awaitedEvent, type ThreadState } from './thread-state.js';

/** Flags of IRQ_STATUS (facts cmdq §5.2). */
const FLAGS: readonly (readonly [flag: number, words: string])[] = [
  [0x01, 'done'],
  [0x02, 'an instruction took too long'],
  [0x10, 'an invalid instruction'],
];

/** What a log tells of a thread, a line each; none where it tells nothing. */
export function stateWords(state: ThreadState, names: InstructionNames): string[] {
  const { thread, currAddr, endAddr, enable, suspend, irqStatus, instruction } = state;
  const event = awaitedEvent(state);
  const who = `thread${thread === undefined ? '' : ` ${thread}`}`;
  const where = [
    ...(currAddr === undefined ? [] : [`stands at ${hex(currAddr)}`]),
    ...(endAddr === undefined ? [] : [`its end is ${hex(endAddr)}`]),
  ];
  const flags = FLAGS.filter(([flag]) => ((irqStatus ?? 0) & flag) !== 0).map(([, words]) => words);
  return [
    ...(where.length === 0 ? [] : [`${who} ${where.join(', ')}`]),
    ...(instruction === undefined ? [] : [`on ${describeInstruction(instruction.high, instruction.low, names)}`]),
    ...(event === undefined ? [] : [`${who} waits for event ${eventText(event, names)}`]),
    ...(enable === 0 ? [`${who} is not enabled`] : []),
    ...(suspend === 1 ? [`${who} is suspended, as drivers do before they dump it`] : []),
    ...(flags.length === 0 ? [] : [`${who} has raised its interrupt: ${flags.join(', ')}`]),
  ];
}

/** `53 (MUTEX0_STREAM_EOF)`. */
export function eventText(id: number, names: InstructionNames): string {
  const name = names.eventName(id);
  return name === undefined ? String(id) : `${id} (${name})`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
