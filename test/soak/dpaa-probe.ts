// Two ports, and each operation of booting, opening and unbinding failing once: no crash, nothing is left behind, and
// what says that it works does.
import { passSysError } from '../../src/base/errno.js';
import { Bench } from '../../src/bench/bench.js';
import { settle } from '../../src/host/settle.js';
import { dpaaBench, netsOf, pairOn } from '../dpaa-machine.js';
import { FRAMES, trial } from '../dpaa-traffic.js';
import type { Scenario } from '../soak.js';

/** What fails, and whether software is told: a write that is lost on its way to a command is not to be seen. */
const KINDS = [
  { where: 'any', what: 'fail', aloud: false },
  { where: 'mmio.read', what: 'bus-error', aloud: true },
  { where: 'mmio.write', what: 'bus-error', aloud: true },
  { where: 'dma.alloc', what: 'enomem', aloud: true },
  { where: 'dma.map', what: 'enomem', aloud: true },
] as const;
/** More than there are operations from power on to power off. */
const OPERATIONS = 2500;

const seen = { struck: 0, working: 0 };

/** What `npm run soak` runs: every operation, in every way. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'dpaa-probe',
    total: KINDS.length * OPERATIONS,
    run,
    summary: () => [`  ${seen.struck} faults struck; after ${seen.working} of them both ports worked`],
  },
];

/** The seed's number says what fails, and which time. */
export async function run(seed: string): Promise<void> {
  const number = Number(/\d+$/.exec(seed)?.[0] ?? 0);
  const { where, what, aloud } = KINDS[number % KINDS.length] as (typeof KINDS)[number];
  const nth = 1 + Math.floor(number / KINDS.length);
  const faults = `${where}#${nth}=${what}`;
  const make = (tree: Bench['tree'], parts: object): Bench =>
    new Bench({ drivers: [], chips: [], settle, ...parts, tree });
  const booted = await dpaaBench(make, { maxFrame: 9600, bufferBytes: 2048, quiet: true, faults });
  const { bench } = booted;
  const held = bench.core.devices.filter((dev) => dev.state.kind !== 'bound' && dev.held > 0);
  const findings = held.map((dev) => `${dev.path} is ${dev.state.kind} and holds ${dev.held}`);
  if (netsOf(bench).length === 2) {
    const pair = pairOn(booted);
    await pair.open().catch(passSysError);
    if (bench.faults.struck > 0 && aloud) {
      await pair.open().catch((error: unknown) => findings.push(`cannot be opened: ${String(error)}`));
      const { wrong, came } = await trial(pair);
      findings.push(...wrong, ...(came === FRAMES ? [] : [`${came} of ${FRAMES} frames came`]));
      if (came === FRAMES) seen.working++;
    }
    pair.release();
  }
  findings.push(...(await bench.powerOff()).map((left) => `left behind: ${left}`));
  findings.push(...bench.dmaFindings.filter(({ by }) => by === 'driver').map(({ dev, text }) => `${dev}: ${text}`));
  seen.struck += bench.faults.struck;
  if (findings.length > 0) throw new Error(`${faults}: ${findings.join('; ')}`);
}
