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
  /**
   * What a user does with it after power on. A SysError is an answer that a user may get; anything else is a finding.
   */
  readonly scenario: (bench: Bench) => Promise<void>;
  /** Whether what is bound works, asked after the fault has struck: undefined, or what does not. It must not throw. */
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
 * Each time everything must end bound and working, or unbound with nothing held; and after power off nothing may be
 * left.
 */
export async function everyFault(trial: FaultTrial): Promise<FaultTrials> {
  const sound = trial.make(() => FaultPlan.counting());
  const findings = [...(await use(trial, sound))];
  const inUse = sound.faults.operations;
  findings.push(...(await check(trial, sound)));
  const checked = sound.faults.operations;
  findings.push(...(await end(sound)));
  const operations = inUse + sound.faults.operations - checked;
  for (let nth = 1; nth <= operations; nth++) {
    const bench = trial.make((trace) => new FaultPlan([{ where: 'any', which: undefined, nth, what: FAIL }], trace));
    const said = await use(trial, bench);
    // A fault that is meant for the unbinding must not strike what `broken` asks.
    const unclean = nth <= inUse ? await check(trial, bench) : [];
    const all = [...said, ...unclean, ...(await end(bench)), ...missed(bench)];
    findings.push(...all.map((text) => `operation ${nth} of ${operations}: ${text}`));
  }
  return { operations, findings };
}

/** A run without its fault has tried nothing: two runs of the scenario differ by more than the fault. */
function missed({ faults }: Bench): string[] {
  return faults.struck > 0 ? [] : ['the fault did not strike: this run has fewer operations than the first'];
}

async function use(trial: FaultTrial, bench: Bench): Promise<string[]> {
  return [
    ...(await attempt('power on', () => bench.powerOn())),
    ...(await attempt('scenario', () => trial.scenario(bench))),
  ];
}

async function check(trial: FaultTrial, bench: Bench): Promise<string[]> {
  const held = bench.core.devices.filter((dev) => dev.state.kind !== 'bound' && dev.held > 0);
  const broken = await ask(trial, bench);
  return [
    ...held.map((dev) => `${dev.path} is ${dev.state.kind} and holds ${dev.held}`),
    ...(broken === undefined ? [] : [broken]),
  ];
}

/** No error is an answer here: the fault is over, and what is bound must work. */
async function ask(trial: FaultTrial, bench: Bench): Promise<string | undefined> {
  try {
    return await trial.broken(bench);
  } catch (e) {
    return `asked whether it works: ${String(e)}`;
  }
}

/** A device that was misled by the fault may touch what it must not; a driver may not break a rule even then. */
async function end(bench: Bench): Promise<string[]> {
  const left = await bench.powerOff();
  const findings = bench.dmaFindings.filter(({ by }) => by === 'driver' || bench.faults.struck === 0);
  return [...left.map((what) => `left behind: ${what}`), ...findings.map(({ dev, text }) => `${dev}: ${text}`)];
}

/** A SysError is an answer, except one that nothing came of in time. */
async function attempt(what: string, body: () => Promise<void>): Promise<string[]> {
  try {
    await body();
    return [];
  } catch (e) {
    return e instanceof SysError && e.op !== BENCH_LIMIT ? [] : [`${what}: ${String(e)}`];
  }
}
