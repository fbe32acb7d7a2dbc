// Pure functions of the mailbox driver that came with the patch.
import { insertJump, isWfe, removeWfe } from '../../../src/drivers/mtk-cmdq/v18.js';
import { addrOf, cmdqFamily, textOf, wordOf } from '../cmdq/common.js';
import { type Family, verdict } from '../family.js';

interface V18Case {
  readonly fn: string;
  readonly input: readonly string[];
  readonly pa?: string;
  readonly expected: boolean | readonly string[];
}

type Program = readonly ReturnType<typeof wordOf>[];

const FUNCTIONS: Readonly<Record<string, (program: Program, pa: number) => boolean | Program>> = {
  is_wfe: ([first]) => first !== undefined && isWfe(first),
  remove_wfe: (program) => removeWfe(program),
  insert: (program, pa) => insertJump(program, pa),
};

/** 14 calls. */
export const CMDQ_V18: readonly Family[] = [
  cmdqFamily('v18', ({ data }) => {
    const { fn, input, pa = '0', expected } = data as V18Case;
    const answer = FUNCTIONS[fn]?.(input.map(wordOf), addrOf(pa));
    const is = typeof answer === 'boolean' ? answer : answer?.map((one) => `0x${textOf(one)}`);
    return verdict(JSON.stringify(is) === JSON.stringify(expected) ? undefined : `${JSON.stringify(is)}`);
  }),
];
