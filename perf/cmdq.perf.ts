// Packets of the GCE: what appending costs, beside a plain loop over the same memory.
import { plainMemory } from '../src/drivers/mtk-cmdq/memory.js';
import { CmdqPkt } from '../src/drivers/mtk-cmdq/pkt.js';
import { cmdqSoc } from '../src/drivers/mtk-cmdq/soc-tables.js';
import { nsPerCall, type Row } from './bench.js';

const COUNT = 500;
const PAGE = 4096;
const WORDS = new Uint32Array(PAGE / 4);
const WRITE_SUBSYS_1 = 0x0401_0000;
const PKT = new CmdqPkt({ memory: plainMemory(), bytes: PAGE, soc: cmdqSoc('mt8173') });

/** The work without anything that makes it safe: value and instruction, two stores. */
function plainLoop(): number {
  const words = WORDS;
  for (let i = 0; i < COUNT; i++) {
    words[2 * i] = i;
    words[2 * i + 1] = WRITE_SUBSYS_1 + 4 * i;
  }
  return words[0] as number;
}

const POSITION = Int32Array.of(0);

/** The same with its position in memory, as anything must that is called for each instruction. */
function loopWithPosition(): number {
  const words = WORDS;
  const position = POSITION;
  position[0] = 0;
  for (let i = 0; i < COUNT; i++) {
    const at = position[0] as number;
    words[at] = i;
    words[at + 1] = WRITE_SUBSYS_1 + 4 * i;
    position[0] = at + 2;
  }
  return words[0] as number;
}

function writes(): number {
  PKT.reset();
  for (let i = 0; i < COUNT; i++) PKT.write(1, 4 * i, i);
  return PKT.usedBytes;
}

function appends(): number {
  PKT.reset();
  for (let i = 0; i < COUNT; i++) PKT.append(WRITE_SUBSYS_1 + 4 * i, i);
  return PKT.usedBytes;
}

/** Each is two instructions. */
function maskedWrites(): number {
  PKT.reset();
  for (let i = 0; i < COUNT / 2; i++) PKT.writeMask(1, 4 * i, i, 0xff);
  return PKT.usedBytes;
}

const perInstruction = (loop: () => number) => async (): Promise<number> => (await nsPerCall(loop)) / COUNT;
const against = { name: 'a loop that stores two words', run: perInstruction(plainLoop) };
const ROUNDS = 5;

/** The rows of this file. */
export const rows: readonly Row[] = [
  {
    name: 'cmdq: write to a reused packet, one instruction',
    unit: 'ns',
    rounds: ROUNDS,
    run: perInstruction(writes),
    against,
    wanted: { of: 'figure', atMost: 3 },
  },
  {
    name: 'cmdq: write to a reused packet, beside plain stores',
    unit: 'ns',
    rounds: ROUNDS,
    run: perInstruction(writes),
    against,
    wanted: { of: 'ratio', atMost: 1.5 },
  },
  {
    name: 'cmdq: append to a reused packet, one instruction',
    unit: 'ns',
    rounds: ROUNDS,
    run: perInstruction(appends),
    against: { name: 'the same loop, its position in memory', run: perInstruction(loopWithPosition) },
  },
  {
    name: 'cmdq: masked write to a reused packet, one instruction of two',
    unit: 'ns',
    rounds: ROUNDS,
    run: perInstruction(maskedWrites),
    against,
    wanted: { of: 'figure', atMost: 3 },
  },
];
