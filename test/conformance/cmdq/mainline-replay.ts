// A recorded run of Linux's helper replayed on the packet of Linux, and on that of bench users.
import { type LogicOp, LOGIC } from '../../../src/drivers/mtk-cmdq/instruction.js';
import { plainMemory } from '../../../src/drivers/mtk-cmdq/memory.js';
import { LinuxPkt, linuxClientReg } from '../../../src/drivers/mtk-cmdq/pkt-linux.js';
import { CmdqPkt } from '../../../src/drivers/mtk-cmdq/pkt.js';
import { refusal } from '../../../src/drivers/mtk-cmdq/refusal.js';
import type { CmdqClientReg } from '../../../src/drivers/mtk-cmdq/client.js';
import { errnoOf, hex, textOf } from './common.js';
import { callOnDevice, type MainlineCase, type MainlineOp, type MainlineResult, numberOf } from './mainline-case.js';
import { operandOf } from './mainline-case.js';

type Numbers = (name: string) => number;

/** The calls that both have, with the same arguments. */
const SHARED: Readonly<Record<string, (pkt: LinuxPkt | CmdqPkt, n: Numbers, op: MainlineOp) => void>> = {
  write: (pkt, n) => pkt.write(n('subsys'), n('offset'), n('value')),
  write_mask: (pkt, n) => pkt.writeMask(n('subsys'), n('offset'), n('value'), n('mask')),
  read_s: (pkt, n) => pkt.readS(n('high_addr_reg_idx'), n('addr_low'), n('reg_idx')),
  write_s: (pkt, n) => pkt.writeS(n('high_addr_reg_idx'), n('addr_low'), n('src_reg_idx')),
  write_s_mask: (pkt, n) => pkt.writeSMask(n('high_addr_reg_idx'), n('addr_low'), n('src_reg_idx'), n('mask')),
  write_s_value: (pkt, n) => pkt.writeSValue(n('high_addr_reg_idx'), n('addr_low'), n('value')),
  write_s_mask_value: (pkt, n) => pkt.writeSMaskValue(n('high_addr_reg_idx'), n('addr_low'), n('value'), n('mask')),
  mem_move: (pkt, n) => pkt.memMove(n('src'), n('dst')),
  wfe: (pkt, n, op) => pkt.wfe(n('event'), op['clear'] === true || op['clear'] === 1),
  acquire_event: (pkt, n) => pkt.acquireEvent(n('event')),
  clear_event: (pkt, n) => pkt.clearEvent(n('event')),
  set_event: (pkt, n) => pkt.setEvent(n('event')),
  poll: (pkt, n) => pkt.poll(n('subsys'), n('offset'), n('value')),
  poll_mask: (pkt, n) => pkt.pollMask(n('subsys'), n('offset'), n('value'), n('mask')),
  poll_addr: (pkt, n) => pkt.pollAddr(n('addr'), n('value'), n('mask')),
  assign: (pkt, n) => pkt.assign(n('reg_idx'), n('value')),
  eoc: (pkt) => pkt.eoc(),
  finalize: (pkt) => pkt.finalize(),
  reset: (pkt) => pkt.reset(),
};

/** On the packet of Linux: everything must be as recorded. */
export async function replayLinux(one: MainlineCase): Promise<MainlineResult & { used: number; size: number }> {
  const pkt = new LinuxPkt(plainMemory(), one.buf_size, one.shift_pa);
  const { rets, reg } = await replay(one, (op, n) => {
    if (op.op === 'logic')
      return pkt.logic(n('result_reg_idx'), operandOf(op, 'left'), n('s_op'), operandOf(op, 'right'));
    if (op.op === 'jump_abs') return pkt.jumpAbs(n('addr'), n('shift_pa'));
    if (op.op === 'jump_rel') return pkt.jumpRel(n('offset'), n('shift_pa'));
    return shared(op)(pkt, n, op);
  });
  const count = Math.floor(Math.min(pkt.cmdBufSize, one.buf_size) / 8);
  const words = Array.from({ length: count }, (_, k) => hex(pkt.words[2 * k + 1] ?? 0) + hex(pkt.words[2 * k] ?? 0));
  const clientReg = reg === undefined ? undefined : linuxClientReg(reg);
  return { rets, words, clientReg, used: pkt.cmdBufSize, size: pkt.bufSize };
}

/** On the packet of bench users. It has two instructions at least. */
export async function replayRight(one: MainlineCase): Promise<MainlineResult> {
  const bytes = Math.max(16, one.buf_size - (one.buf_size % 8));
  const pkt = new CmdqPkt({ memory: plainMemory(), bytes, shift: one.shift_pa });
  const { rets, reg } = await replay(one, (op, n) => {
    if (op.op === 'logic') return logic(pkt, n, op);
    if (op.op === 'jump_abs') return pkt.jumpAbs(n('addr'));
    if (op.op === 'jump_rel') return pkt.jumpRel(n('offset'));
    return shared(op)(pkt, n, op);
  });
  return { rets, words: [...pkt.appended()].map(textOf), clientReg: reg };
}

/** Operators have names, and operands are there: other calls do not compile. */
function logic(pkt: CmdqPkt, n: Numbers, op: MainlineOp): void {
  const left = operandOf(op, 'left');
  const right = operandOf(op, 'right');
  const operator = (Object.keys(LOGIC) as LogicOp[]).find((name) => LOGIC[name] === n('s_op'));
  if (left === null || right === null || operator === undefined) throw refusal('EINVAL', 'does not compile');
  pkt.logic(n('result_reg_idx'), left, operator, right);
}

async function replay(
  one: MainlineCase,
  call: (op: MainlineOp, n: Numbers) => void,
): Promise<{ rets: number[]; reg: CmdqClientReg | undefined }> {
  const rets: number[] = [];
  let reg: CmdqClientReg | undefined;
  for (const op of one.ops) {
    const onDevice = await callOnDevice(op);
    const ret = onDevice?.ret ?? errnoOf(() => call(op, (name) => numberOf(op, name)));
    reg ??= onDevice?.reg;
    if (op.op !== 'reset') rets.push(ret);
  }
  return { rets, reg };
}

function shared(op: MainlineOp): (pkt: LinuxPkt | CmdqPkt, n: Numbers, op: MainlineOp) => void {
  const call = SHARED[op.op];
  if (call === undefined) throw new Error(`no such call: ${op.op}`);
  return call;
}
