// Which call of a driver makes a recorded packet: its arguments are taken out of the packet's own bytes.
import type { AprDevice } from '../../../src/drivers/qcom-apr/apr-device.js';
import { Q6Adm } from '../../../src/drivers/qcom-apr/q6adm.js';
import { Q6Afe } from '../../../src/drivers/qcom-apr/q6afe.js';
import type { AfeFormat, AfeSettings } from '../../../src/drivers/qcom-apr/q6afe-config.js';
import { AFE_PORTS, type AfePort } from '../../../src/drivers/qcom-apr/q6afe-ports.js';
import { Q6Asm } from '../../../src/drivers/qcom-apr/q6asm.js';
import type { AsmClient } from '../../../src/drivers/qcom-apr/q6asm-client.js';
import { Q6Core } from '../../../src/drivers/qcom-apr/q6core.js';
import type { Packet } from './services-case.js';

/** The four services, made without the drivers that ask at probe. */
export class Services {
  core: Q6Core | undefined;
  afe: Q6Afe | undefined;
  adm: Q6Adm | undefined;
  asm: Q6Asm | undefined;

  /** Makes the one of a device. */
  make(adev: AprDevice): { take(message: Parameters<Q6Core['take']>[0]): void } {
    if (adev.svcId === 3) return (this.core = new Q6Core(adev));
    if (adev.svcId === 4) return (this.afe = new Q6Afe(adev));
    if (adev.svcId === 7) return (this.asm = new Q6Asm(adev));
    return (this.adm = new Q6Adm(adev));
  }
}

/** What a call is that was started: whether others may be made before it has ended. */
export interface Call {
  readonly done: Promise<unknown>;
  readonly nowait: boolean;
}

type Maker = (to: Services, packet: Packet, later: readonly Packet[]) => Promise<unknown> | undefined;

const NOWAIT: ReadonlySet<number> = new Set([0x10daa, 0x10bd3, 0x10bdb]);

/** Makes the call whose first packet is the given one; `later` are the packets after it. Undefined: there is none. */
export function makeCall(to: Services, packet: Packet, later: readonly Packet[]): Call | undefined {
  const maker = MAKERS[packet.opcode];
  if (maker === undefined) return undefined;
  const done = (async () => maker(to, packet, later))();
  done.catch(() => undefined);
  return { done, nowait: NOWAIT.has(packet.opcode) };
}

const afeOf = ({ afe }: Services): Q6Afe => afe as Q6Afe;
const portOf = (index: number): AfePort => AFE_PORTS.find((port) => port.index === index) as AfePort;
const u32 = ({ payload }: Packet, at: number): number => payload.getUint32(at, true);
const u16 = ({ payload }: Packet, at: number): number => payload.getUint16(at, true);

function client({ asm }: Services, session: number, sid?: number): AsmClient {
  const service = asm as Q6Asm;
  if (sid !== undefined) service.sid = sid;
  return service.clients.get(session) ?? service.alloc('playback', session);
}

const MAKERS: Readonly<Record<number, Maker>> = {
  0x1290c: ({ core }) => core?.waitReady(),
  0x1292c: ({ core }) => core?.svcApiInfo(7),
  0x12905: ({ core }) => core?.svcApiInfo(7),
  0x100f3: (to, packet) => {
    const port = AFE_PORTS.find(({ index }) => index === packet.token);
    const [attribute, root] = [u16(packet, 40), u16(packet, 42)];
    return afeOf(to).setClock({ id: u32(packet, 32), hz: u32(packet, 36), attribute, root }, port);
  },
  0x100ef: startPort,
  0x100e6: (to, { token }) => afeOf(to).stop(portOf(token & 0xff_ffff)),
  0x100f4: (to, packet) => {
    const letters = Array.from({ length: 8 }, (_, at) => packet.payload.getUint8(4 + at)).filter((code) => code !== 0);
    return afeOf(to).vote(u32(packet, 0), String.fromCharCode(...letters));
  },
  0x100f6: (to, packet) => {
    afeOf(to).unvote(u32(packet, 0), u32(packet, 4));
    return undefined;
  },
  0x10326: ({ adm }, packet) =>
    adm?.open({
      port: portOf((packet.token >>> 16) & 0xff),
      ...{ topology: u32(packet, 8), channels: u16(packet, 12), bits: u16(packet, 14), rate: u32(packet, 16) },
    }),
  0x10325: ({ adm }, packet) => {
    const ids = Array.from({ length: u16(packet, 10) }, (_, nth) => u16(packet, 12 + 2 * nth));
    const copps = (adm as Q6Adm).copps.filter(({ id }) => ids.includes(id));
    return adm?.matrixMap(u32(packet, 0) === 0 ? 'playback' : 'capture', u16(packet, 8), copps);
  },
  0x10327: ({ adm }, packet) => {
    const copp = adm?.copps.find(
      ({ spec, index }) => spec.port.index === packet.srcPort && index === (packet.token & 7),
    );
    return copp === undefined ? undefined : adm?.close(copp);
  },
  0x10d92: mapMemory,
  0x10d94: (to, { token }) => client(to, (token >> 8) & 0xf).unmap(),
  0x10db3: (to, packet) => client(to, packet.destPort >> 8).openWrite(u16(packet, 6), u32(packet, 12)),
  0x10db4: (to, packet) => client(to, packet.destPort >> 8).openRead(u16(packet, 16), u32(packet, 12)),
  0x10d98: (to, packet) => client(to, packet.destPort >> 8).mediaFormat(pcmFormat(packet, 4)),
  0x10c10: (to, packet) => client(to, packet.destPort >> 8).encoderFormat(pcmFormat(packet, 16)),
  0x10daa: (to, { destPort }) => client(to, destPort >> 8).run(),
  0x10bd3: (to, { destPort }) => client(to, destPort >> 8).pause(),
  0x10dec: (to, { destPort }) => client(to, destPort >> 8).suspend(),
  0x10bce: (to, { destPort }) => client(to, destPort >> 8).flush(),
  0x10c09: (to, { destPort }) => client(to, destPort >> 8).flush(),
  0x10bdb: (to, { destPort }) => client(to, destPort >> 8).eos(5e9),
  0x10bcd: (to, { destPort }) => client(to, destPort >> 8).close(),
  0x10dab: (to, packet) => {
    client(to, packet.destPort >> 8).write(u32(packet, 16), u32(packet, 12));
    return undefined;
  },
  0x10dac: (to, packet) => {
    client(to, packet.destPort >> 8).read(u32(packet, 16));
    return undefined;
  },
};

function pcmFormat(packet: Packet, at: number): AfeFormat {
  return { channels: u16(packet, at), bits: u16(packet, at + 2), rate: u32(packet, at + 4) };
}

/** How long a period is, is seen where the data is: from the addresses of buffers 0 and 1. */
function mapMemory(to: Services, packet: Packet, later: readonly Packet[]): Promise<unknown> {
  const session = (packet.token >> 8) & 0xf;
  const again = later.findIndex(({ opcode, token }) => opcode === 0x10d92 && token === packet.token);
  const until = again < 0 ? later : later.slice(0, again);
  const data = until.filter(({ opcode, destPort }) => DATA.has(opcode) && destPort >> 8 === session);
  const [iova, sid] = [u32(packet, 8), u32(packet, 12)];
  const second = data.find((one) => u32(one, 16) === 1);
  const periodBytes = second === undefined ? u32(packet, 16) : u32(second, 0) - iova;
  const periods = Math.max(1, ...data.map((one) => u32(one, 16) + 1));
  const direction = (packet.token & 0xf) === 0 ? 'playback' : 'capture';
  return client(to, session, sid).map(direction, { iova, periodBytes, periods });
}

const DATA: ReadonlySet<number> = new Set([0x10dab, 0x10dac]);

/** Lines of an I2S port by the mode of its channels, and the least of channels that needs them. */
const I2S_MODES: Readonly<Record<number, readonly [lines: readonly number[], channels: number]>> = {
  1: [[0], 2],
  2: [[1], 2],
  3: [[2], 2],
  4: [[3], 2],
  5: [[0, 1], 4],
  6: [[2, 3], 4],
  7: [[0, 1, 2], 6],
  8: [[0, 1, 2, 3], 8],
};
const HDMI_CHANNELS: Readonly<Record<number, number>> = { 0: 2, 2: 3, 6: 4, 10: 5, 11: 6, 19: 8 };

/** Offsets count from the parameter block's data at 28. */
function startPort(to: Services, packet: Packet): Promise<unknown> {
  const port = portOf(packet.token & 0xff_ffff);
  const { format, settings } = CONFIGS[u32(packet, 20)]?.(packet) ?? { format: undefined, settings: {} };
  if (format === undefined) throw new Error(`no port has parameter 0x${u32(packet, 20).toString(16)}`);
  return afeOf(to).start(port, format, settings);
}

type Config = (packet: Packet) => { readonly format: AfeFormat; readonly settings: AfeSettings };

const CONFIGS: Readonly<Record<number, Config>> = {
  0x1020d: (packet) => {
    const [sdLines, most] = I2S_MODES[u16(packet, 34)] ?? [[0], 2];
    const channels = most > 2 ? most : u16(packet, 36) === 1 ? 2 : 1;
    const settings = { sdLines, externalClock: u16(packet, 38) === 0 };
    return { format: { bits: u16(packet, 32), channels, rate: u32(packet, 40) }, settings };
  },
  0x10210: (packet) => ({
    format: { channels: HDMI_CHANNELS[u16(packet, 34)] ?? 2, rate: u32(packet, 36), bits: u16(packet, 40) },
    settings: {},
  }),
  0x10212: (packet) => {
    const channels = u16(packet, 38);
    const slimChannels = Array.from({ length: channels }, (_, nth) => packet.payload.getUint8(40 + nth));
    return { format: { bits: u16(packet, 34), channels, rate: u32(packet, 48) }, settings: { slimChannels } };
  },
  0x1029d: (packet) => ({
    format: { channels: u32(packet, 32), rate: u32(packet, 36), bits: u32(packet, 40) },
    settings: {
      tdm: {
        ...{ syncMode: u16(packet, 46), syncSource: u16(packet, 48), slots: u16(packet, 50), dataOut: u16(packet, 52) },
        ...{ invertSync: u16(packet, 54), dataDelay: u16(packet, 56), slotWidth: u16(packet, 58) },
      },
    },
  }),
  0x102b8: (packet) => ({
    format: { rate: u32(packet, 32), bits: u16(packet, 36), channels: u16(packet, 40) },
    settings: {},
  }),
};
