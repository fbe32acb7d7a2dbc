// Where a thread stands, in words: for the log, when a packet failed or does not end. `bringup cmdq disassemble` reads
// these lines back.
import { hexNumber } from '../../base/bytes.js';
import type { Device } from '../../core/device.js';
import { describeInstruction } from './disassemble.js';
import { CmdqNames, ModuleNames } from './disassemble-names.js';
import type { GceProgram } from './program.js';
import { IS_WAITING, WAIT_EVENT } from './regs.js';
import { cmdqSoc } from './soc-tables.js';

/** What there is to tell. Addresses are in bytes. */
export interface ThreadState {
  readonly pc: number;
  readonly end: number;
  /** WAIT_TOKEN. */
  readonly token: number;
  readonly programs: readonly GceProgram[];
}

/** Most instructions shown on each side of the one at the program counter. */
const AROUND = 32;

/** Writes the packet at the program counter, an instruction a line, and names those that wait behind. */
export function dumpThread(dev: Device, index: number, state: ThreadState): void {
  const { pc, end, token, programs } = state;
  const names = new CmdqNames(cmdqSoc(dev.matched ?? ''), new ModuleNames(dev.core.tree));
  const regs = `CURR_ADDR ${hexNumber(pc)}, END_ADDR ${hexNumber(end)}, WAIT_TOKEN ${hexNumber(token)}`;
  dev.info(`thread ${index}: ${regs}, ${programs.length} packet(s)`);
  if ((token & IS_WAITING) !== 0) dev.info(`thread ${index} waits for event ${eventText(token & WAIT_EVENT, names)}`);
  for (const program of programs) dumpProgram(dev, program, pc, names);
}

function dumpProgram(dev: Device, program: GceProgram, pc: number, names: CmdqNames): void {
  const isHere = program.contains(pc);
  const lines = [...program.instructions()];
  const at = lines.findIndex(({ iova }) => iova === pc);
  dev.info(
    `packet ${hexNumber(program.start)}: ${lines.length} instruction(s)${isHere ? '' : ', not begun or through'}`,
  );
  if (!isHere) return;
  for (const [offset, { iova, high, low }] of lines.entries()) {
    if (Math.abs(offset - at) > AROUND) continue;
    const place = `${iova === pc ? '>' : ' '} ${digits(iova)}: ${digits(high)}_${digits(low)}`;
    dev.info(`${place} ${describeInstruction(high, low, names)}`);
  }
}

function eventText(id: number, names: CmdqNames): string {
  const name = names.eventName(id);
  return name === undefined ? String(id) : `${id} (${name})`;
}

function digits(value: number): string {
  return value.toString(16).padStart(8, '0');
}
