// Instructions that Linux 6.12's helper does not build.
import type { Operand } from '../../../src/drivers/mtk-cmdq/encode.js';
import type { Condition } from '../../../src/drivers/mtk-cmdq/instruction.js';
import { plainMemory } from '../../../src/drivers/mtk-cmdq/memory.js';
import { LinuxPkt } from '../../../src/drivers/mtk-cmdq/pkt-linux.js';
import { cmdqPktCondJumpAbs, cmdqPktCondJumpRel, cmdqPktJumpReg } from '../../../src/drivers/mtk-cmdq/pkt-more.js';
import { cmdqPktLoad, cmdqPktMoveGpr, cmdqPktPrefetch } from '../../../src/drivers/mtk-cmdq/pkt-more.js';
import { cmdqPktReadSubsys, cmdqPktStore, cmdqPktWriteSubsysReg } from '../../../src/drivers/mtk-cmdq/pkt-more.js';
import { CmdqPkt } from '../../../src/drivers/mtk-cmdq/pkt.js';
import { addrOf, cmdqFamily, hex, textOf } from '../cmdq/common.js';
import { type Family, isRecord, verdict } from '../family.js';

const CONDITIONS: Readonly<Record<string, Condition>> = {
  ...{ eq: '==', ne: '!=', ge: '>=', le: '<=', gt: '>', lt: '<' },
};

type Op = Readonly<Record<string, unknown>>;
type Numbers = (name: string) => number;

const BUILD: Readonly<Record<string, (pkt: CmdqPkt, number: Numbers, op: Op) => void>> = {
  cond_jump_abs: (pkt, n, op) => cmdqPktCondJumpAbs(pkt, n('target_reg'), condition(op)),
  cond_jump_rel: (pkt, n, op) => cmdqPktCondJumpRel(pkt, n('target_reg'), condition(op)),
  eoc: (pkt, _, op) => pkt.eoc(op['count'] !== false),
  marker: (pkt, _, op) => cmdqPktPrefetch(pkt, op['enable'] === true),
  move_gpr: (pkt, n) => cmdqPktMoveGpr(pkt, n('gpr'), n('value')),
  read_subsys: (pkt, n) => cmdqPktReadSubsys(pkt, n('subsys'), n('offset'), n('dst_reg')),
  write_reg_subsys: (pkt, n) => cmdqPktWriteSubsysReg(pkt, n('subsys'), n('offset'), n('src_reg')),
  store_value: (pkt, n) => cmdqPktStore(pkt, n('addr_reg'), n('value')),
  load: (pkt, n) => cmdqPktLoad(pkt, n('dst_reg'), n('addr_reg')),
  jump_reg: (pkt, n) => cmdqPktJumpReg(pkt, n('reg')),
};

/** Those of kernels newer than 6.12. */
const BUILD_LINUX: Readonly<Record<string, (pkt: LinuxPkt, number: Numbers) => void>> = {
  write_pa: (pkt, n) => pkt.writePa(n('pa_base'), n('offset'), n('value')),
  write_mask_pa: (pkt, n) => pkt.writeMaskPa(n('pa_base'), n('offset'), n('value'), n('mask')),
};

/** 25 calls. */
export const CMDQ_EXT: readonly Family[] = [
  cmdqFamily('ext', ({ data }) => {
    const { op, expected } = data as { op: Op; expected: { words: readonly string[] } };
    const words = build(op).map((word) => `0x${word}`);
    return verdict(words.join() === expected.words.join() ? undefined : `${words.join(' ')}`);
  }),
];

function build(op: Op): string[] {
  const name = String(op['op']);
  const number = (field: string): number => addrOf(op[field]);
  const linux = BUILD_LINUX[name];
  if (linux === undefined) {
    const pkt = new CmdqPkt({ memory: plainMemory() });
    const call = BUILD[name];
    if (call === undefined) throw new Error(`no such call: ${name}`);
    call(pkt, number, op);
    return [...pkt.appended()].map(textOf);
  }
  const pkt = new LinuxPkt(plainMemory(), 4096);
  linux(pkt, number);
  return linuxWords(pkt);
}

function linuxWords(pkt: LinuxPkt): string[] {
  const used = Math.min(pkt.cmdBufSize, pkt.bufSize - (pkt.bufSize % 8)) / 8;
  return Array.from({ length: used }, (_, k) => hex(pkt.words[2 * k + 1] ?? 0) + hex(pkt.words[2 * k] ?? 0));
}

function condition(op: Op): { left: Operand; is: Condition; right: Operand } {
  const is = CONDITIONS[String(op['cond'])];
  if (is === undefined || !isRecord(op['left']) || !isRecord(op['right'])) throw new Error('no such condition');
  return { left: op['left'] as unknown as Operand, is, right: op['right'] as unknown as Operand };
}
