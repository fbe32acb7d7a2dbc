// A machine with a GCE and a client, for tests of the driver.
import { s } from '../../src/base/clock.js';
import type { Bench, BenchParts } from '../../src/bench/bench.js';
import { platformDriver } from '../../src/core/platform-device.js';
import type { Device, Driver } from '../../src/core/device.js';
import { cmdqMboxCreate, cmdqMboxDestroy, cmdqPktCreate, mtkCmdq } from '../../src/drivers/mtk-cmdq/mtk-cmdq.js';
import type { CmdqClient, CmdqClientOptions, CmdqPkt } from '../../src/drivers/mtk-cmdq/mtk-cmdq.js';
import { benchOf } from '../bench.js';
import { naiveGce, type NaiveGce, type NaiveGceOptions } from './naive-gce.js';
import { treeOf } from '../lab.js';
import type { DtTree } from '../../src/dt/tree.js';

/** A board: the GCE of a SoC, its clock, a client with two channels and two modules' registers. */
export function gceTree(soc = 'mt8173', more = ''): DtTree {
  return treeOf(`/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>;
    aliases { gce0 = "/mailbox@10212000"; gce1 = "/other@10222000"; };
    memory@40000000 { device_type = "memory"; reg = <0x40000000 0x40000000>; };
    gic: interrupt-controller { compatible = "x,gic"; interrupt-controller; #interrupt-cells = <3>; };
    infra: clock { compatible = "x,infra"; #clock-cells = <1>; };
    gce: mailbox@10212000 { compatible = "mediatek,${soc}-gce"; reg = <0x10212000 0x2000>;
      interrupts = <0 135 8>; clocks = <&infra 4>; clock-names = "gce"; #mbox-cells = <2>; };
    other@10222000 { compatible = "x,other"; reg = <0x10222000 0x1000>; clocks = <&infra 6>; };
    client: display@14000000 { compatible = "x,client"; reg = <0x14000000 0x1000>;
      mboxes = <&gce 0 1>, <&gce 3 0>; mediatek,gce-client-reg = <&gce 1 0xc000 0x1000>, <&gce 1 0 0x10000>; };
    ${more} };`);
}

/** The parts of the machine; `use` is the probe of the client. */
export function gceParts(
  use: (dev: Device) => void | Promise<void>,
  gce: NaiveGce,
): Pick<BenchParts, 'drivers' | 'chips'> {
  return { drivers: [mtkCmdq, clientDriver(use)], chips: [gce.chip] };
}

/** A driver for the client. */
export function clientDriver(use: (dev: Device) => void | Promise<void>): Driver {
  return platformDriver({ name: 'client', compatible: ['x,client'], probe: use });
}

/** The engine of `gceTree`. */
export function gceOf(soc = 'mt8173', more: Partial<NaiveGceOptions> = {}): NaiveGce {
  return naiveGce({
    compatible: `mediatek,${soc}-gce`,
    windows: { 1: 0x1400_0000, 2: 0x1401_0000, 3: 0x1402_0000 },
    ...more,
  });
}

/** Lines of the log of a machine, from now on. */
export function logOf(bench: Bench): string[] {
  const lines: string[] = [];
  bench.trace.attach((e) => e.kind === 'printk' && lines.push(`${e.level}: ${e.text}`));
  return lines;
}

/** A machine that is on, with a client of the first channel and what it holds. */
export interface Rig {
  readonly bench: Bench;
  readonly gce: NaiveGce;
  readonly log: string[];
  readonly client: CmdqClient;
  readonly dev: Device;
  /** The GCE's own. */
  readonly gceDev: Device;
  /** A packet of the client; it is given back with the client. */
  pkt(bytes?: number, build?: (pkt: CmdqPkt) => void): CmdqPkt;
  /** Lets time pass until it has ended; the error's message, or `well`. */
  said(body: () => Promise<unknown>): Promise<string>;
}

/** What a rig is made of. */
export interface RigOptions {
  readonly soc?: string;
  readonly gce?: Partial<NaiveGceOptions>;
  readonly parts?: Partial<BenchParts>;
  readonly client?: CmdqClientOptions;
}

/** Makes one. */
export async function rigOf({
  soc = 'mt8173',
  gce: more = {},
  parts = {},
  client: wants = {},
}: RigOptions = {}): Promise<Rig> {
  const gce = gceOf(soc, more);
  const packets: CmdqPkt[] = [];
  let client: CmdqClient | undefined;
  const use = (dev: Device): void => {
    const made = cmdqMboxCreate(dev, 0, wants);
    dev.scope.defer(() => {
      cmdqMboxDestroy(made);
      for (const pkt of packets) pkt.destroy();
    });
    client = made;
  };
  const bench = benchOf(gceTree(soc), { ...gceParts(use, gce), ...parts });
  const log = logOf(bench);
  await bench.powerOn();
  const { client: mbox, chan } = client as CmdqClient;
  log.length = 0;
  return {
    ...{ bench, gce, log, dev: mbox.dev, gceDev: chan.controller.dev, client: client as CmdqClient },
    pkt(bytes, build) {
      const pkt = cmdqPktCreate(client as CmdqClient, bytes);
      packets.push(pkt);
      build?.(pkt);
      return pkt;
    },
    async said(body) {
      try {
        await bench.drive('the test', s(20), body);
        return 'well';
      } catch (e) {
        if (e instanceof Error) return e.message;
        throw e;
      }
    },
  };
}
