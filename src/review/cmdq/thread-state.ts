// What a log tells of a GCE thread's registers: where it stands and what it waits for.

/** Registers of a thread, as far as they are told (facts cmdq §5.2). Addresses are in the units of the registers. */
export interface ThreadState {
  thread?: number;
  currAddr?: number;
  endAddr?: number;
  waitToken?: number;
  irqStatus?: number;
  irqEnable?: number;
  enable?: number;
  suspend?: number;
  status?: number;
  execCnt?: number;
  /** Address of the buffer's first byte. */
  base?: number;
  /** The instruction at the address, where it is told without the rest of the buffer. */
  instruction?: { readonly high: number; readonly low: number };
  /** SPR0 to SPR3. */
  spr?: readonly number[];
  /** The event that is waited for, in words of the log. */
  waitEvent?: number;
}

type NumberField = Exclude<keyof ThreadState, 'instruction' | 'spr'>;

/** Names of the registers in dumps of Linux, of MediaTek's kernels, and of people who read them by hand. */
const FIELDS: readonly (readonly [field: NumberField, names: string, radix?: 10])[] = [
  ['currAddr', 'curr[_ ]?addr|curr[_ ]?pc|pc'],
  ['endAddr', 'end[_ ]?addr|end'],
  ['waitToken', '(?:wait[_ ]?)?token'],
  ['irqEnable', 'irq[_ ]?en(?:able)?'],
  ['irqStatus', 'irq(?:[_ ]?(?:status|flag))?'],
  ['enable', 'enable(?:[_ ]?task|d)?'],
  ['suspend', 'suspend(?:[_ ]?task)?'],
  ['status', '(?:curr[_ ]?)?status'],
  ['execCnt', 'exec[_ ]?cnt|cnt|cookie'],
  ['base', 'pa[_ ]?base|base[_ ]?pa|pa'],
  ['thread', 'idx|thd|thread(?:[_ ]?id(?:x)?)?|thread status index', 10],
];
const PATTERNS = FIELDS.map(([field, names, radix = 16]) => {
  const digits = radix === 10 ? '\\d{1,2}' : '[\\da-f]{1,16}';
  return {
    field,
    radix,
    pattern: new RegExp(`(?<![\\w-])(?:${names})\\s?[:=]?\\s{0,4}(0x)?(${digits})(?![\\w])`, 'i'),
  };
});
/** Lines without any of these are about something else. */
const ABOUT_GCE = /cmdq|gce|^rst:0x[\da-f]+ en:|thd:|spr:|curr_?addr|wait[_ ]token|end_?addr|\bpc[:= ]\s?0x/i;
/** Registers of the whole engine have some of the same names. */
const ABOUT_ENGINE = /\birq:\S+ loaded:/;
/** A line on which `en` stands twice: for the thread, and for its interrupts. */
const SHORT = /^rst:\S+ en:(0x[\da-f]{1,8}) .*\birq:(?:0x)?([\da-f]{1,8}) en:(0x[\da-f]{1,8})/i;
const EVENT = /(?:wait(?:ing)? for|wait) event(?: ID)?[: ]\s?(\d{1,4})\b/i;
const INSTRUCTION = /(?:instruction|curr inst|inst)[: ]\s?(?:0x[\da-f]{1,16} )?(?:0x)?([\da-f]{8})_?([\da-f]{8})\b/i;
/** As drivers/mtk-cmdq tells it. */
const THREAD = /\bthread (\d{1,2})(?:: curr_addr| waits for event )/i;
const SPR = /\bspr:(0x[\da-f]{1,8}) (0x[\da-f]{1,8}) (0x[\da-f]{1,8}) (0x[\da-f]{1,8})\b/i;
const SEPARATED = /[:=]/;

/** Adds what a line tells; what was told before stays. Answers whether it told something. */
export function readState(line: string, state: ThreadState): boolean {
  if (!ABOUT_GCE.test(line) || ABOUT_ENGINE.test(line)) return false;
  let told = readShort(line, state);
  for (const { field, radix, pattern } of PATTERNS) {
    const match = pattern.exec(line);
    if (match === null || (match[1] === undefined && !SEPARATED.test(match[0]))) continue;
    state[field] ??= Number.parseInt(match[2] ?? '', match[1] === undefined ? radix : 16);
    told = true;
  }
  const event = EVENT.exec(line)?.[1];
  if (event !== undefined && /timeout|curr inst|stuck/i.test(line)) {
    state.waitEvent ??= Number(event);
    told = true;
  }
  const thread = THREAD.exec(line)?.[1];
  if (thread !== undefined) state.thread ??= Number(thread);
  const spr = SPR.exec(line)?.slice(1).map(Number);
  if (spr !== undefined) {
    state.spr ??= spr;
    told = true;
  }
  const [, high, low] = (/last inst/i.test(line) ? null : INSTRUCTION.exec(line)) ?? [];
  if (high !== undefined && low !== undefined) {
    state.instruction ??= { high: Number.parseInt(high, 16), low: Number.parseInt(low, 16) };
    told = true;
  }
  return told;
}

function readShort(line: string, state: ThreadState): boolean {
  const [, enable, irqStatus, irqEnable] = SHORT.exec(line.replace(/^(?:\[[^\]]{0,16}\]\s?)+/, '')) ?? [];
  if (enable === undefined) return false;
  state.enable ??= Number(enable);
  state.irqStatus ??= Number.parseInt(irqStatus ?? '', 16);
  state.irqEnable ??= Number(irqEnable);
  return true;
}

/** The event that the thread waits for; undefined when it waits for none, or nobody knows. */
export function awaitedEvent({ waitToken, waitEvent }: ThreadState): number | undefined {
  if (waitToken !== undefined) return (waitToken & 0x8000_0000) === 0 ? undefined : waitToken & 0x3ff;
  return waitEvent;
}
