// How a port of AFE is configured: from what is played, and what the board says of the port, to the parameter that the
// DSP gets. One function for each kind of port.
import { channelMap, type Field, payload, u16, u32, u8 } from './q6-payload.js';
import type { AfePort } from './q6afe-ports.js';

/** What goes through a port. */
export interface AfeFormat {
  readonly rate: number;
  readonly channels: number;
  /** 16, 24 or 32. */
  readonly bits: number;
}

/** What the board says of a port, in the devicetree or by its machine driver; each has a default. */
export interface AfeSettings {
  /** I2S: data lines in use, `qcom,sd-lines`; line 0 when left out. */
  readonly sdLines?: readonly number[] | undefined;
  /** I2S: the codec makes word select and bit clock. */
  readonly externalClock?: boolean | undefined;
  /** SLIMbus: the codec's channels on the bus; from 144 on for playback, 128 for capture, as WCD codecs have them. */
  readonly slimChannels?: readonly number[] | undefined;
  /** TDM, `qcom,tdm-*` and what set_tdm_slot says. */
  readonly tdm?: AfeTdmSettings | undefined;
}

/** How a TDM frame looks. */
export interface AfeTdmSettings {
  readonly syncMode?: number;
  readonly syncSource?: number;
  readonly dataOut?: number;
  readonly invertSync?: number;
  readonly dataDelay?: number;
  readonly dataAlign?: number;
  readonly slots?: number;
  readonly slotWidth?: number;
}

/** A parameter of a module of the DSP. */
export interface AfeParam {
  readonly module: number;
  readonly param: number;
  readonly data: Uint8Array;
}

const MODULE_AUDIO_DEV_INTERFACE = 0x1020c;
const MODULE_TDM = 0x1028a;
const VERSION = u32(1);

type Configure = (port: AfePort, format: AfeFormat, settings: AfeSettings) => readonly AfeParam[] | string;

const CONFIGURE: Readonly<Record<AfePort['kind'], Configure>> = {
  i2s: i2sConfig,
  hdmi: hdmiConfig,
  slimbus: slimbusConfig,
  tdm: tdmConfig,
  'codec-dma': codecDmaConfig,
};

/** The parameters that configure a port, in the order of sending; or why it cannot be so, in words. */
export function afeConfig(port: AfePort, format: AfeFormat, settings: AfeSettings): readonly AfeParam[] | string {
  const { channels, bits, rate } = format;
  if (!(channels >= 1 && channels <= 8) || channelMap(channels) === undefined) return `${channels} channels`;
  if (![16, 24, 32].includes(bits)) return `${bits} bits`;
  if (!(rate >= 8000 && rate <= 384_000)) return `${rate} Hz`;
  return CONFIGURE[port.kind](port, format, settings);
}

/** Every configuration of a port is sent as a union of this size. */
const UNION_BYTES = 36;

/** A parameter as it is sent: configurations with zeros behind them. */
export function afeSent(param: AfeParam): AfeParam {
  if (param.module !== MODULE_AUDIO_DEV_INTERFACE) return param;
  const data = new Uint8Array(UNION_BYTES);
  data.set(param.data);
  return { ...param, data };
}

function config(param: number, fields: readonly Field[]): readonly AfeParam[] {
  return [{ module: MODULE_AUDIO_DEV_INTERFACE, param, data: payload(fields) }];
}

/** Channel modes of I2S by the set of lines, as bits. */
const LINE_MODES: Readonly<Record<number, number>> = { 1: 1, 2: 2, 4: 3, 8: 4, 3: 5, 12: 6, 7: 7, 15: 8 };
const [SD0, SD2, QUAD01, QUAD23, SIX, EIGHT] = [1, 3, 5, 6, 7, 8];

function i2sConfig(
  _: AfePort,
  { rate, channels, bits }: AfeFormat,
  settings: AfeSettings,
): readonly AfeParam[] | string {
  const lines = settings.sdLines ?? [0];
  const mask = lines.reduce((set, line) => set | (1 << (line & 3)), 0);
  const all = LINE_MODES[mask];
  if (all === undefined) return `data lines ${lines.join(', ') || '(none)'}: no line is assigned, or not a set in use`;
  const mode = channelMode(all, channels);
  if (mode === undefined) return `${channels} channels need more data lines than ${lines.join(', ')}`;
  const source = settings.externalClock === true ? 0 : 1;
  return config(0x1020d, [
    ...[VERSION, u16(bits), u16(mode), u16(channels === 2 ? 1 : 0)],
    ...[u16(source), u32(rate), u16(0), u16(0)],
  ]);
}

/** The least of the lines that carries the channels, two on each. */
function channelMode(all: number, channels: number): number | undefined {
  if (channels <= 2) return all === QUAD23 ? SD2 : all >= QUAD01 ? SD0 : all;
  if (channels <= 4) return all < QUAD01 ? undefined : all >= SIX ? QUAD01 : all;
  if (channels <= 6) return all < SIX ? undefined : SIX;
  return all < EIGHT ? undefined : EIGHT;
}

/** CEA-861 channel allocations by the count of channels. */
const ALLOCATIONS: readonly number[] = [0, 0, 0, 0x02, 0x06, 0x0a, 0x0b, 0x12, 0x13];

function hdmiConfig(_: AfePort, { rate, channels, bits }: AfeFormat): readonly AfeParam[] {
  return config(0x10210, [VERSION, u16(0), u16(ALLOCATIONS[channels] as number), u32(rate), u16(bits), u16(0)]);
}

function slimbusConfig(
  { direction }: AfePort,
  { rate, channels, bits }: AfeFormat,
  settings: AfeSettings,
): readonly AfeParam[] | string {
  const first = direction === 'playback' ? 144 : 128;
  const map = settings.slimChannels ?? Array.from({ length: channels }, (_, nth) => first + nth);
  if (map.length < channels) return `${channels} channels; ${map.length} are mapped on the bus`;
  const slots = Array.from({ length: 8 }, (_, nth) => u8(nth < channels ? (map[nth] as number) : 0));
  return config(0x10212, [VERSION, u16(0), u16(bits), u16(0), u16(channels), ...slots, u32(rate)]);
}

function tdmConfig(_: AfePort, { rate, channels, bits }: AfeFormat, { tdm = {} }: AfeSettings): readonly AfeParam[] {
  const { slots = Math.max(2, channels), slotWidth = bits === 16 ? 16 : 32 } = tdm;
  const fields = [
    ...[VERSION, u32(channels), u32(rate), u32(bits), u16(0)],
    ...[u16(tdm.syncMode ?? 0), u16(tdm.syncSource ?? 1), u16(slots), u16(tdm.dataOut ?? 0)],
    ...[u16(tdm.invertSync ?? 0), u16(tdm.dataDelay ?? 0), u16(slotWidth), u32(2 ** channels - 1)],
  ];
  return [...config(0x1029d, fields), slotMapping(channels, bits, slotWidth, tdm.dataAlign ?? 0)];
}

/** Where each channel begins in the frame, in bytes; 0xffff: nowhere. */
function slotMapping(channels: number, bits: number, slotWidth: number, align: number): AfeParam {
  const offsets = Array.from({ length: 8 }, (_, nth) => u16(nth < channels ? (nth * slotWidth) / 8 : 0xffff));
  const data = payload([VERSION, u16(channels), u16(bits), u32(align), ...offsets]);
  return { module: MODULE_TDM, param: 0x10297, data };
}

function codecDmaConfig(_: AfePort, { rate, channels, bits }: AfeFormat): readonly AfeParam[] {
  const mask = 2 ** channels - 1;
  return config(0x102b8, [VERSION, u32(rate), u16(bits), u16(0), u16(channels), u16(mask)]);
}
