// The exhaustive helper: a scenario once per bus operation, each time with another one failing.
import { SysError } from '../base/errno.js';
import type { Trace } from '../base/trace.js';
import { FAIL } from '../bus/fault-menu.js';
import { FaultPlan } from '../bus/fault-plan.js';
import { BENCH_LIMIT, type Bench } from './bench.js';

/** What is tried. */
export interface FaultTrial {
  /** A fresh machine with this plan, not yet powered on. */
  readonly make: (faults: (trace: Trace) => FaultPlan) => Bench;
  /** What a user does with it after power on. A SysError is an answer that a user may get; anything else is a finding. */
  readonly scenario: (bench: Bench) => Promise<void>;
  /** Whether what is bound works, asked after the fault has struck: undefined, or what does not. */
  readonly broken: (bench: Bench) => Promise<string | undefined>;
}

/** What came of it. */
export interface FaultTrials {
  /** Bus operations of the run without fault: as many runs were made. */
  readonly operations: number;
  /** One line per unclean outcome: `operation 3 of 17: …`. */
  readonly findings: readonly string[];
}

/**
 * Runs the scenario once without fault and counts the bus operations, then once per operation with that one failing.
 * Each time everything must end bound and working, or unbound with nothing held; and after power off nothing may be left.
 */
export async function everyFault(trial: FaultTrial): Promise<FaultTrials> {
  const counted = trial.make(() => FaultPlan.counting());
  const findings = (await outcome(trial, counted)).map((text) => `without fault: ${text}`);
  const { operations } = counted.faults;
  for (let nth = 1; nth <= operations; nth++) {
    const point = { where: 'any', which: undefined, nth, what: FAIL };
    const bench = trial.make((trace) => new FaultPlan([point], trace));
    for (const text of await outcome(trial, bench)) findings.push(`operation ${nth} of ${operations}: ${text}`);
  }
  return { operations, findings };
}

async function outcome(trial: FaultTrial, bench: Bench): Promise<string[]> {
  const said = [
    await attempt('power on', () => bench.powerOn()),
    await attempt('scenario', () => trial.scenario(bench)),
  ];
  const held = bench.core.devices.flatMap((dev) =>
    dev.state.kind !== 'bound' && dev.held > 0 ? [`${dev.path} is ${dev.state.kind} and holds ${dev.held}`] : [],
  );
  const broken = await trial.broken(bench);
  const left = await bench.powerOff();
  return [...said, ...held, broken, ...left.map((what) => `left behind: ${what}`)].filter((text) => text !== undefined);
}

/** A SysError is an answer, except one that nothing came of in time. */
async function attempt(what: string, body: () => Promise<void>): Promise<string | undefined> {
  try {
    await body();
    return undefined;
  } catch (e) {
    return e instanceof SysError && e.op !== BENCH_LIMIT ? undefined : `${what}: ${String(e)}`;
  }
}
