// A machine with a remote processor for tests of channels and of the APR bus: the tests play the DSP by hand.
import { hex } from '../src/base/bytes.js';
import { ms } from '../src/base/clock.js';
import type { Bench, BenchParts } from '../src/bench/bench.js';
import type { RpmsgEnd, RpmsgRemote } from '../src/bus/rpmsg.js';
import type { ChipModel } from '../src/bus/socket.js';
import type { Device } from '../src/core/device.js';
import { aprDriver, type AprDeviceId, type AprDriverSpec } from '../src/drivers/qcom-apr/apr-device.js';
import { qcomApr } from '../src/drivers/qcom-apr/apr.js';
import { benchOf } from './bench.js';
import { treeOf } from './tree-of.js';

/** The channel of APR. */
export const CHANNEL = 'apr_audio_svc';

/** A remote processor as msm8996 has it, with the bus's node as given. */
export function dspSource(apr: string, edge = 'glink-edge'): string {
  const channels = edge === 'smd-edge' ? 'qcom,smd-channels' : 'qcom,glink-channels';
  return `/ { remoteproc-adsp { compatible = "x,adsp"; ${edge} { apr { ${channels} = "${CHANNEL}"; ${apr} }; }; }; };`;
}

/** The bus's node as the patch knows it: CORE is the only service. */
export const SEED_NODE = 'compatible = "qcom,apr-msm8996";';

/** Services by devicetree, as boards have them. */
export function aprNode(...services: readonly string[]): string {
  const cells = '#address-cells = <1>; #size-cells = <0>;';
  return `compatible = "qcom,apr-v2"; qcom,domain = <4>; ${cells} ${services.join(' ')}`;
}

/** What the test's DSP has. */
export interface Dsp {
  readonly remote: RpmsgRemote;
  /** Its end of the channel; the last one that it opened. */
  end: RpmsgEnd;
  /** Packets that came, as hex. */
  readonly got: string[];
  /** Opens the channel, again after a crash. */
  boot(): void;
  /** What it answers to a message. */
  take: (bytes: Uint8Array) => number;
}

/** The machine, powered on. */
export interface AprRig {
  readonly bench: Bench;
  readonly dsp: Dsp;
  readonly log: string[];
  /** The channel's device. */
  channel(): Device;
  /** Sends from the DSP and lets it arrive. Answers what the DSP's end said. */
  rx(text: string): Promise<number>;
}

/** Powers a machine on; the log has what drivers say from then on. */
export async function aprRig(source: string, parts: Partial<BenchParts> = {}): Promise<AprRig> {
  let dsp: Dsp | undefined;
  const chip: ChipModel = {
    name: 'dsp',
    compatible: ['x,adsp'],
    plug(socket) {
      dsp = dspOf(socket.rpmsg());
    },
  };
  const { drivers = [], ...rest } = parts;
  const bench = benchOf(treeOf(source), { chips: [chip], drivers: [qcomApr, ...drivers], ...rest });
  const log: string[] = [];
  bench.trace.attach((event) => event.kind === 'printk' && log.push(event.text));
  await bench.powerOn();
  const there = dsp as unknown as Dsp;
  return {
    bench,
    dsp: there,
    log,
    channel: () => bench.core.devices.find(({ bus }) => bus.name === 'rpmsg') as Device,
    async rx(text) {
      const ret = there.end.trysend(bytesOf(text));
      await bench.run(0);
      return ret;
    },
  };
}

function dspOf(remote: RpmsgRemote): Dsp {
  const got: string[] = [];
  const dsp: Partial<Dsp> & Pick<Dsp, 'take' | 'boot'> = {
    take: () => 0,
    boot() {
      dsp.end = remote.open(CHANNEL, (bytes) => {
        got.push(hex(bytes, ''));
        return dsp.take(bytes);
      });
    },
  };
  remote.onBoot(() => dsp.boot());
  dsp.boot();
  return Object.assign(dsp, { remote, got }) as Dsp;
}

/** Bytes from hex text. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** A response of 24 bytes from a service of the ADSP to its own number at the APPS, with one word of payload. */
export function response(svc: number, more: { readonly token?: number; readonly domain?: number } = {}): string {
  const byte = (value: number): string => value.toString(16).padStart(2, '0');
  const token = byte(more.token ?? 1);
  return `50011800 ${byte(svc)}${byte(more.domain ?? 4)}0000 ${byte(svc)}050000 ${token}000000 e8100100 00000000`;
}

/** A driver that writes down what happens to it. */
export function noting(
  log: string[],
  id: AprDeviceId | readonly AprDeviceId[],
  more: Partial<AprDriverSpec> = {},
): ReturnType<typeof aprDriver> {
  return aprDriver({
    name: 'svc',
    idTable: Array.isArray(id) ? id : [id as AprDeviceId],
    probe(adev) {
      log.push(`probe ${adev.dev.name}`);
      adev.dev.scope.defer(() => void log.push(`remove ${adev.dev.name}`));
    },
    callback: (adev, message) => log.push(`${adev.dev.name} ${message.opcode.toString(16)} token ${message.token}`),
    reset: (adev) => log.push(`reset ${adev.dev.name}`),
    ...more,
  });
}

/** Enough for what follows a crash. */
export const RECOVERED = ms(200);
