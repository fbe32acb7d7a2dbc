// What `bringup apr play` and `record` have in common: a machine with an audio DSP whose services are up.
import { type Duration, ms, s } from '../base/clock.js';
import type { Bench } from '../bench/bench.js';
import type { DspOptions } from '../chips/qdsp6/qdsp6.js';
import { q6Services } from '../drivers/qcom-apr/q6-dsp.js';
import { q6Ports } from '../drivers/qcom-apr/q6-ports.js';
import { whyNoServices } from '../stock/dsp-services.js';
import { labTreePath } from './lab-tree.js';
import type { Io } from './io.js';
import { buildMachine, type MachineOptions, powerOn } from './machine.js';
import { Refusal } from './refusal.js';
import { loadTree, type TreeOptions } from './tree-file.js';

/** Options of the machine. */
export interface DspMachineOptions extends MachineOptions, TreeOptions {
  /** Our own board when left out. */
  readonly tree?: string | undefined;
}

const SERVICES_LIMIT: Duration = s(60);
const SLICE: Duration = ms(1);

/** Builds it; nothing has power yet. */
export async function dspMachine(io: Io, options: DspMachineOptions, dsp: DspOptions): Promise<Bench> {
  return buildMachine(await loadTree(io, options.tree ?? labTreePath(), options), options, { dsp });
}

/** Powers it on and waits for the services. Refuses a machine on which nothing can be played or recorded. */
export async function powerOnDsp(bench: Bench, options: DspMachineOptions, verb: string): Promise<void> {
  await powerOn(bench, options);
  await needServices(bench, verb);
}

/** Lets time pass until a DSP can play. */
export async function needServices(bench: Bench, verb: string): Promise<void> {
  const end = bench.clock.now() + SERVICES_LIMIT;
  while (q6Services(bench.core) === undefined) {
    if (bench.clock.now() >= end) throw new Refusal(1, verb, whyNoServices(bench), 'see bringup apr services --help');
    await bench.run(SLICE);
  }
}

/** Refuses a port that the board does not have. */
export function needPort(bench: Bench, port: string | undefined, direction: 'playback' | 'capture'): void {
  const ports = q6Ports(bench.core).filter((one) => one.direction === direction);
  if (port === undefined ? ports.length > 0 : ports.some((one) => [one.name, one.link, `${one.index}`].includes(port)))
    return;
  const where = port === undefined ? bench.tree.root.string('model') || 'the machine' : `--port ${port || "''"}`;
  const what = port === undefined ? `it has no port for ${direction}` : `this board has no such port for ${direction}`;
  const there = ports.map(({ name, link }) => (link === undefined ? name : `${name} (${link})`)).join(', ') || 'none';
  throw new Refusal(port === undefined ? 1 : 2, where, what, `there are: ${there}`);
}
