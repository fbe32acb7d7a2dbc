// Who is told what when a thread's interrupt comes: the driver on a register file.
import { cmdqFamily, difference, idText } from '../cmdq/common.js';
import { runScript } from '../cmdq/driver-machine.js';
import { type Family, verdict } from '../family.js';

interface IrqCase {
  readonly tasks: readonly { readonly pa: string; readonly size: number }[];
  readonly curr_addr: string;
  readonly irq_status: number;
  readonly enabled: boolean;
  readonly expected: Decision;
}

interface Decision {
  readonly callbacks: readonly (readonly [task: number, status: number])[];
  readonly set_pc: string | null;
  readonly disable: boolean;
  readonly suspend_resume: boolean;
}

const ENOEXEC = -8;

/** 18 states of a thread. */
export const CMDQ_IRQ: readonly Family[] = [
  cmdqFamily('irq', async ({ data }) => {
    const one = data as IrqCase;
    const { ids, ...right } = rightDecision(one);
    const wrong = difference(linesOf(await decide(one)), linesOf(right));
    if (wrong !== undefined) return verdict(wrong);
    if (difference(linesOf(right), linesOf(one.expected)) === undefined) return { kind: 'passed' };
    return ids.size === 0 ? verdict('no rule has a reason') : { kind: 'deviation', id: idText(ids) };
  }),
];

async function decide({ tasks, curr_addr: pc, irq_status: status, enabled }: IrqCase): Promise<Decision> {
  const { trace } = await runScript('mt8173', [
    'chan 0 1',
    ...tasks.map(({ pa, size }, index) => `pkt ${index} ${pa} ${size}`),
    ...tasks.map((_, index) => `send ${index}`),
    ...[`set 0x104 ${Number(enabled)}`, `set 0x120 ${pc}`, `set 0x110 ${status}`, 'set 0x10 0xfffe', 'trace 1', 'isr'],
  ]);
  const writes = trace.filter(([kind]) => kind === 'write').map(([, offset, value]) => `${offset} ${value}`);
  const moved = writes.find((write) => write.startsWith('0x120 '));
  return {
    callbacks: trace.flatMap(([kind, task, sta]) => (kind === 'callback' ? [[Number(task), Number(sta)]] : [])),
    set_pc: moved?.slice(6) ?? null,
    disable: writes.includes('0x104 0x0'),
    suspend_resume: writes.includes('0x108 0x1') && writes.includes('0x108 0x0'),
  } as Decision;
}

/** What was recorded, but for a program counter outside of all packets and an error at a packet's last instruction. */
function rightDecision(one: IrqCase): Decision & { readonly ids: ReadonlySet<string> } {
  const { tasks, enabled, irq_status: status, expected } = one;
  const pc = Number(one.curr_addr);
  const endOf = ({ pa, size }: IrqCase['tasks'][number]): number => Number(pa) + size;
  const here = tasks.findIndex((task) => pc >= Number(task.pa) && pc < endOf(task));
  const isError = (status & 0x12) !== 0;
  const none = { ...expected, ids: new Set<string>() };
  if (!enabled || (status & 0x13) === 0 || tasks.length === 0) return none;
  if (here < 0 && pc !== endOf(tasks.at(-1) as IrqCase['tasks'][number])) {
    const ids = new Set(['cmdq-L14']);
    if (!isError) return { callbacks: [], set_pc: null, disable: false, suspend_resume: false, ids };
    return { ...none, callbacks: expected.callbacks.map(([task]) => [task, ENOEXEC]), ids };
  }
  const task = tasks[here];
  if (task === undefined || !isError || pc !== endOf(task) - 8) return none;
  const callbacks = expected.callbacks.map(([index, sta]) => [index, index === here ? ENOEXEC : sta] as const);
  const setPc = tasks[here + 1]?.pa ?? null;
  return { ...expected, callbacks, set_pc: setPc, suspend_resume: true, ids: new Set(['cmdq-L15']) };
}

function linesOf({ callbacks, set_pc: pc, disable, suspend_resume: stops }: Decision): readonly string[] {
  return [`callbacks ${callbacks.join(' ')}`, `pc ${pc}`, `disable ${disable}`, `suspend and resume ${stops}`];
}
