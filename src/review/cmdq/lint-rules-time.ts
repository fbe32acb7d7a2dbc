// The rule about the time that a GCE program takes behind a wait for an event.
import { OP, WFE } from '../../drivers/mtk-cmdq/instruction.js';
import { hex, type LintContext, type LintRule } from './lint-context.js';
import { a16Of, opOf } from './lint-flow.js';
import { waitsFor } from './lint-state.js';

/**
 * What an instruction takes, in nanoseconds. The speed of the engine is published nowhere; these are our estimate: an
 * access crosses two buses, a masked one twice, and the rest is fetched and run at the engine's clock (2^27 cycles are
 * about half a second: facts cmdq §5.2).
 */
const ESTIMATE = { accessNs: 200, maskedNs: 400, otherNs: 50 } as const;

/** The blanking of 1920 x 1080 at 60 Hz (facts cmdq, U10). */
const DEFAULT_BLANKING_NS = 670_000;

/** Time between two frames. */
export const TIME_RULES: readonly LintRule[] = [
  { id: 'blanking', summary: 'more instructions behind a wait than the blanking has time for', whole: blanking },
];

const ACCESSES: ReadonlySet<number> = new Set([OP.READ, OP.WRITE, OP.POLL, OP.READ_S, OP.WRITE_S]);

function costNs(high: number): number {
  const op = opOf(high);
  if (op === OP.WRITE_S_MASK || (op === OP.WRITE && (high & 1) !== 0)) return ESTIMATE.maskedNs;
  return ACCESSES.has(op) ? ESTIMATE.accessNs : ESTIMATE.otherNs;
}

/** The longest way from each wait; jumps back are not followed. Where nobody gave a time, only waits count. */
function blanking(c: LintContext): void {
  const { flow, settings } = c;
  const limit = settings.blankingNs ?? DEFAULT_BLANKING_NS;
  const took = new Float64Array(flow.count + 1).fill(-1);
  const since = new Int32Array(flow.count + 1).fill(-1);
  const lead = (to: number, ns: number, from: number): void => {
    if (ns <= (took[to] as number)) return;
    took[to] = ns;
    since[to] = from;
  };
  if (settings.blankingNs !== undefined) lead(0, 0, 0);
  const told = new Set<number>();
  for (let i = 0; i < flow.count; i++) {
    if (flow.reached[i] === 0) continue;
    const high = flow.high(i);
    const isWait = isFrameWait(c, high, flow.low(i));
    const before = isWait ? 0 : (took[i] as number);
    if (before < 0) continue;
    const from = isWait ? i : (since[i] as number);
    const ns = isWait ? 0 : before + costNs(high);
    if (ns > limit && !told.has(from) && ACCESSES.has(opOf(high))) {
      told.add(from);
      c.find('blanking', i, valuesOf(c, from, ns, limit));
    }
    if (flow.falls(i)) lead(i + 1, ns, from);
    const target = flow.targets[i] as number;
    if (target > i) lead(target, ns, from);
  }
}

/** A wait for an event of hardware. */
function isFrameWait({ soc }: LintContext, high: number, low: number): boolean {
  return opOf(high) === OP.WFE && waitsFor(low) === WFE.WAIT_VALUE && soc?.isToken(a16Of(high)) !== true;
}

function valuesOf(c: LintContext, from: number, ns: number, limit: number): Record<string, string> {
  const high = c.flow.high(from);
  const isWait = isFrameWait(c, high, c.flow.low(from));
  return {
    from: isWait ? `the wait for ${c.eventText(a16Of(high))} at ${hex(from * 8, 4)}` : `offset ${hex(from * 8, 4)}`,
    took: microseconds(ns),
    limit: microseconds(limit),
    default: c.settings.blankingNs === undefined ? ' of 1920x1080 at 60 Hz (--blanking says another)' : '',
  };
}

function microseconds(ns: number): string {
  return `${Number((ns / 1000).toFixed(1))} us`;
}
