// Programs that play by chance while several things go wrong by chance: whatever was promised ends in time with a name,
// a playback in which nothing went wrong is heard to the last byte, and in the end nothing is left.
import { memoryFiles } from '../../src/base/files.js';
import { ms, s } from '../../src/base/clock.js';
import { SysError } from '../../src/base/errno.js';
import { Random } from '../../src/base/random.js';
import { Bench } from '../../src/bench/bench.js';
import type { FaultPoint } from '../../src/bus/fault.js';
import { FaultPlan } from '../../src/bus/fault-plan.js';
import { openPlayback } from '../../src/drivers/qcom-apr/pcm.js';
import { qcomAprDrivers } from '../../src/drivers/qcom-apr/qcom-apr.js';
import { compileText } from '../../src/dt/compile-text.js';
import type { DtTree } from '../../src/dt/tree.js';
import { settle } from '../../src/host/settle.js';
import { FakeDsp } from '../apr-fake-dsp.js';
import type { Scenario } from '../soak.js';

/** What `npm run soak` runs; `run` throws with the faults. */
export const scenarios: readonly Scenario[] = [{ name: 'apr-playback', total: 5000, run }];

/** How long one playback may take, with all that may go wrong in it. */
const LONGEST = s(120);
const PLAYBACKS = 6;
const SEND = ['refuse', 'drop', 'duplicate', 'delay', 'truncate'] as const;
const DELIVER = ['drop', 'duplicate', 'delay', 'truncate'] as const;

/** One run. */
export async function run(seed: string): Promise<void> {
  const random = new Random(seed);
  const points = pointsOf(random);
  const dsp = new FakeDsp();
  const faults = (trace: ConstructorParameters<typeof FaultPlan>[1]): FaultPlan => new FaultPlan(points, trace);
  const parts = { chips: [dsp.model], drivers: qcomAprDrivers, settle, memory: { base: 0x9000_0000 }, faults };
  const bench = new Bench({ ...parts, tree: treeOf(random.chance(0.5) ? 'smd' : 'glink') });
  const told = points.map(({ where, nth, what }) => `${where}=${what} ${nth}`).join(', ');
  try {
    await bench.powerOn();
    await playOften(bench, dsp, random);
    const left = [...(await bench.powerOff()), ...bench.dmaFindings.filter(({ by }) => by === 'driver')];
    if (left.length > 0) throw new Error(`left: ${JSON.stringify(left)}`);
  } catch (e) {
    throw new Error(`${told}: ${e instanceof Error ? e.message : String(e)}`, { cause: e });
  }
}

async function playOften(bench: Bench, dsp: FakeDsp, random: Random): Promise<void> {
  for (let nth = 0; nth < PLAYBACKS; nth++) {
    dsp.heard.length = 0;
    if (random.chance(0.2)) dsp.crashAfter = 1 + random.below(25);
    const [struck, from] = [bench.faults.struck, bench.clock.now()];
    const samples = random.bytes(random.below(30_000));
    const said = await attempt(bench, () => play(bench, random, samples));
    if (bench.clock.now() - from >= LONGEST)
      throw new Error(`playback ${nth} took ${(bench.clock.now() - from) / s(1)} s`);
    const sound = bench.faults.struck === struck && dsp.crashAfter <= 0 && !dsp.died;
    dsp.died = false;
    if (sound && said !== undefined) throw new Error(`playback ${nth}, without a fault: ${said}`);
    const heard = Buffer.from(dsp.heard).equals(samples);
    if (sound && !heard)
      throw new Error(`playback ${nth}: ${dsp.heard.length} bytes heard, other than ${samples.length}`);
    dsp.crashAfter = 0;
    await bench.run(s(10)); // whatever is late has come
  }
}

async function play(bench: Bench, random: Random, samples: Uint8Array): Promise<void> {
  const spec = { rate: 48_000, channels: 2, bits: 16, periodBytes: 4 * (1 + random.below(1000)), port: 20 };
  const stream = await openPlayback(bench.core, { ...spec, periods: 2 + random.below(6), within: s(5) });
  try {
    for (let at = 0; at < samples.length; ) {
      const length = 1 + random.below(5000);
      await stream.write(samples.subarray(at, at + length));
      at += length;
      if (stream.state === 'running' && random.chance(0.1)) {
        await stream.pause();
        await bench.clock.sleep(random.below(ms(50)));
        await stream.resume();
      }
    }
    await stream.drain();
  } finally {
    await stream.close();
  }
}

/** What a SysError says; anything else goes up. */
async function attempt(bench: Bench, body: () => Promise<void>): Promise<string | undefined> {
  try {
    await bench.drive('playing', LONGEST, body);
    return undefined;
  } catch (e) {
    if (!(e instanceof SysError)) throw e;
    return e.message;
  }
}

function pointsOf(random: Random): readonly FaultPoint[] {
  return Array.from({ length: 1 + random.below(5) }, () => {
    const nth = 1 + random.below(80);
    const place = random.below(10);
    if (place === 9)
      return { where: random.pick(['dma.alloc', 'dma.map']), which: undefined, nth: 1 + (nth % 4), what: 'enomem' };
    return place < 5
      ? { where: 'rpmsg.send', which: undefined, nth, what: random.pick(SEND) }
      : { where: 'rpmsg.deliver', which: undefined, nth, what: random.pick(DELIVER) };
  });
}

const NAMES = { 3: 'core', 4: 'afe', 7: 'asm', 8: 'adm' } as const;

function treeOf(edge: 'smd' | 'glink'): DtTree {
  const services = Object.entries(NAMES).map(([svc, name]) => {
    return `service@${svc} { reg = <${svc}>; compatible = "qcom,q6${name}"; };`;
  });
  const apr = `compatible = "qcom,apr-v2"; qcom,domain = <4>; qcom,${edge}-channels = "apr_audio_svc";`;
  const cells = '#address-cells = <1>; #size-cells = <0>;';
  const node = `${edge}-edge { apr { ${apr} ${cells} ${services.join(' ')} }; };`;
  const source = `/dts-v1/; / { remoteproc-adsp { compatible = "x,adsp"; ${node} }; };`;
  const options = { force: true, symbols: true, bootCpu: 0 };
  const { tree, diagnostics } = compileText(source, 'soak.dts', memoryFiles({}), options);
  if (tree === undefined) throw new Error(JSON.stringify(diagnostics));
  return tree;
}
