// A recorded run of Linux 6.12's helper (schema: test/golden/cmdq.md, family "mainline").
import type { Operand } from '../../../src/drivers/mtk-cmdq/encode.js';
import { type CmdqClientReg, cmdqDevGetClientReg, cmdqMboxCreate } from '../../../src/drivers/mtk-cmdq/client.js';
import { Bench } from '../../../src/bench/bench.js';
import type { Device } from '../../../src/core/device.js';
import { platformDriver } from '../../../src/core/platform-device.js';
import { settle } from '../../../src/host/settle.js';
import { treeOf } from '../../lab.js';
import { addrOf, errnoOf } from './common.js';
import { ScriptedMailbox } from './scripted-mailbox.js';

/** One call; fields have the names of the C parameters. */
export interface MainlineOp extends Readonly<Record<string, unknown>> {
  readonly op: string;
}

/** The case. */
export interface MainlineCase {
  readonly shift_pa: number;
  readonly pa_base: string;
  readonly buf_size: number;
  readonly ops: readonly MainlineOp[];
  readonly expected: {
    readonly rets: readonly (number | null)[];
    readonly cmd_buf_size: number;
    readonly buf_size: number;
    readonly buffer: string;
    readonly client_reg?: CmdqClientReg;
  };
}

/** What came out of a run. */
export interface MainlineResult {
  readonly rets: readonly number[];
  readonly words: readonly string[];
  readonly clientReg: CmdqClientReg | undefined;
}

/** A number of the call; addresses are text in the file. */
export function numberOf(op: MainlineOp, name: string): number {
  const value = op[name];
  return typeof value === 'number' ? value : addrOf(value);
}

/** An operand of the call; null is C's NULL. */
export function operandOf(op: MainlineOp, name: string): Operand | null {
  return (op[name] ?? null) as Operand | null;
}

/** Calls that are made on a device, not on a packet: what they answered, and the registers that were found. */
export async function callOnDevice(op: MainlineOp): Promise<{ ret: number; reg?: CmdqClientReg } | undefined> {
  switch (op.op) {
    case 'get_client_reg':
      return clientReg(op);
    case 'client_err':
      return { ret: await request(numberOf(op, 'err')) };
    case 'client_nomem':
      return { ret: await request(-12) };
    default:
      return undefined;
  }
}

/** One line for each thing to compare. */
export function mainlineLines({ rets, words, clientReg: reg }: MainlineResult): readonly string[] {
  const found = reg === undefined ? '' : `${reg.subsys} ${reg.offset} ${reg.size}`;
  return [`answers ${rets.join(' ')}`, `words ${words.join(' ')}`, `registers ${found}`];
}

/** The channel cannot be had. */
async function request(errno: number): Promise<number> {
  const box = new ScriptedMailbox();
  const dev = await box.client();
  box.chanErr = errno;
  const ret = errnoOf(() => void cmdqMboxCreate(dev, 0));
  await box.bench.powerOff();
  return ret;
}

/** A tree with the property, or with what makes the parser say that error: no property, or one without sense. */
async function clientReg(op: MainlineOp): Promise<{ ret: number; reg?: CmdqClientReg }> {
  const cells = (op['args'] as readonly number[]).map((cell) => `0x${cell.toString(16)}`).join(' ');
  const list = op['err'] === undefined || op['err'] === 0 ? `<&gce ${cells}>` : '<0x7777 1 2 3>';
  const property = op['err'] === -2 ? '' : `mediatek,gce-client-reg = ${list};`;
  let client: Device | undefined;
  const driver = platformDriver({ name: 'client', compatible: ['x,client'], probe: (dev) => void (client = dev) });
  const tree = treeOf(`/ { gce: mailbox { compatible = "x,mailbox"; }; c { compatible = "x,client"; ${property} }; };`);
  const bench = new Bench({ tree, drivers: [driver], chips: [], settle });
  await bench.powerOn();
  let reg: CmdqClientReg | undefined;
  const ret = errnoOf(() => void (reg = cmdqDevGetClientReg(client as Device, 0)));
  await bench.powerOff();
  return reg === undefined ? { ret } : { ret, reg };
}
