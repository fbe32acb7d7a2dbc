// A machine whose DSP is the scripted one, with the drivers of the services.
import { s } from '../src/base/clock.js';
import { SysError } from '../src/base/errno.js';
import type { Bench, BenchParts } from '../src/bench/bench.js';
import { qcomApr } from '../src/drivers/qcom-apr/apr.js';
import { Q6_DRIVERS } from '../src/drivers/qcom-apr/q6-services.js';
import { type Q6Services, q6Services } from '../src/drivers/qcom-apr/q6-dsp.js';
import { aprNode, dspSource } from './apr-rig.js';
import { FakeDsp } from './apr-fake-dsp.js';
import { benchOf } from './bench.js';
import { treeOf } from './tree-of.js';

/** The services as boards have them, with what stands below: a port, front ends, the routing, the clocks. */
const SERVICES: string = aprNode(
  'service@3 { reg = <3>; compatible = "qcom,q6core"; };',
  `service@4 { reg = <4>; compatible = "qcom,q6afe";
    dais { compatible = "qcom,q6afe-dais"; #address-cells = <1>; #size-cells = <0>; #sound-dai-cells = <1>;
      dai@20 { reg = <20>; qcom,sd-lines = <0>; }; dai@21 { reg = <21>; qcom,sd-lines = <1>; }; };
    clock-controller { compatible = "qcom,q6afe-clocks"; #clock-cells = <2>; }; };`,
  `service@7 { reg = <7>; compatible = "qcom,q6asm";
    dais { compatible = "qcom,q6asm-dais"; #address-cells = <1>; #size-cells = <0>; #sound-dai-cells = <1>;
      iommus = <&smmu 1>; dai@0 { reg = <0>; }; dai@1 { reg = <1>; }; dai@2 { reg = <2>; }; }; };`,
  `service@8 { reg = <8>; compatible = "qcom,q6adm";
    routing { compatible = "qcom,q6adm-routing"; #sound-dai-cells = <0>; }; };`,
);

/** The tree of such a machine. */
export function q6Source(services: string = SERVICES, edge = 'glink-edge'): string {
  return `${dspSource(services, edge)} / { smmu: iommu { #iommu-cells = <1>; }; };`;
}

/** The machine. */
export interface Q6Rig {
  readonly bench: Bench;
  readonly dsp: FakeDsp;
  readonly log: string[];
  readonly services: Q6Services;
  /** Lets time pass until it ended: its value, or the message of its SysError. */
  run<T>(work: Promise<T>): Promise<T | string>;
}

/** Powers it on. */
export async function q6Rig(source: string = q6Source(), parts: Partial<BenchParts> = {}): Promise<Q6Rig> {
  const dsp = new FakeDsp();
  return q6RigWith(dsp, source, parts);
}

/** The same with a DSP that was told something before. */
export async function q6RigWith(
  dsp: FakeDsp,
  source: string = q6Source(),
  parts: Partial<BenchParts> = {},
): Promise<Q6Rig> {
  const memory = { base: 0x9000_0000 };
  const bench = benchOf(treeOf(source), { chips: [dsp.model], drivers: [qcomApr, ...Q6_DRIVERS], memory, ...parts });
  const log: string[] = [];
  bench.trace.attach((event) => event.kind === 'printk' && log.push(event.text));
  await bench.powerOn();
  return {
    bench,
    dsp,
    log,
    get services() {
      return q6Services(bench.core) as Q6Services;
    },
    run: (work) => run(bench, work),
  };
}

async function run<T>(bench: Bench, work: Promise<T>): Promise<T | string> {
  try {
    return await bench.drive('the test', s(600), () => work);
  } catch (e) {
    if (e instanceof SysError) return e.message;
    throw e;
  }
}
