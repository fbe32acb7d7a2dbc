// Why a machine can play nothing: the first thing on the way to its audio services that is not as it should be.
import type { Bench } from '../bench/bench.js';
import type { NodeReport } from '../bench/report.js';

const DSP = 'qdsp6';

/** Where the audio DSPs of a machine are soldered in. */
export function dspPaths({ sockets }: Bench): readonly string[] {
  return [...sockets].filter(([, { model }]) => model.name === DSP).map(([path]) => path);
}

/** In words. To be asked when the services are not there. */
export function whyNoServices(bench: Bench): string {
  const all = bench.report();
  const dsp = all.find(({ chip }) => chip === DSP);
  if (dsp === undefined) return 'this machine has no audio DSP';
  const below = all.filter(({ path }) => path.startsWith(`${dsp.path}/`));
  const bus = below.find(({ compatible }) => /^qcom,(apr|gpr)/.test(compatible ?? ''));
  if (bus?.compatible === 'qcom,gpr') return `${bus.path} is GPR (AudioReach); only services of APR play here`;
  const stands = bus === undefined ? undefined : [bus, ...below].find(({ state }) => state !== 'bound');
  if (stands === undefined) return `the services of ${dsp.path} have not come up`;
  return `${stands.path} ${stateText(stands)}`;
}

function stateText({ state, reason }: NodeReport): string {
  return reason === undefined ? `is: ${state}` : `is: ${state}, ${reason}`;
}
