// Tables of the hardware ports by the DSP's ids, and of the layouts in which each kind of port is configured.
import { type AudioFormat, isFormat } from './format.js';

/** Kinds of ports; each has its own configuration. */
export type PortKind = 'i2s' | 'hdmi' | 'slimbus' | 'tdm' | 'codec-dma';

/** What an id stands for. */
export interface PortInfo {
  readonly id: number;
  /** `TERTIARY_MI2S_RX`. */
  readonly name: string;
  readonly kind: PortKind;
  /** Plays; otherwise it captures. */
  readonly plays: boolean;
}

/** Values of a parameter, at offsets from its begin. */
export interface Parameter {
  u8(offset: number): number;
  u16(offset: number): number;
  u32(offset: number): number;
}

const ORDER = ['PRIMARY', 'SECONDARY', 'TERTIARY', 'QUATERNARY', 'QUINARY'] as const;
const UP_TO = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

const rx = (id: number, kind: PortKind, name: string): PortInfo => ({ id, name, kind, plays: true });
const tx = (id: number, kind: PortKind, name: string): PortInfo => ({ id, name, kind, plays: false });

/** Where they are; the names are those of Linux's binding. A port that plays has an even id, a codec DMA's below. */
const ROWS: readonly PortInfo[] = [
  rx(0x100e, 'hdmi', 'HDMI_RX'),
  rx(0x6020, 'hdmi', 'DISPLAY_PORT_RX'),
  ...ORDER.flatMap((name, n) => {
    const id = n < 4 ? 0x1000 + 2 * n : 0x1016;
    return [rx(id, 'i2s', `${name}_MI2S_RX`), tx(id + 1, 'i2s', `${name}_MI2S_TX`)];
  }),
  ...UP_TO(7).flatMap((n) => {
    const id = 0x4000 + 2 * n;
    return [rx(id, 'slimbus', `SLIMBUS_${n}_RX`), tx(id + 1, 'slimbus', `SLIMBUS_${n}_TX`)];
  }),
  ...ORDER.flatMap((name, group) =>
    UP_TO(8).flatMap((line) => {
      const id = 0x9000 + 0x10 * group + 2 * line;
      return [rx(id, 'tdm', `${name}_TDM_RX_${line}`), tx(id + 1, 'tdm', `${name}_TDM_TX_${line}`)];
    }),
  ),
  rx(0xb000, 'codec-dma', 'WSA_CODEC_DMA_RX_0'),
  tx(0xb001, 'codec-dma', 'WSA_CODEC_DMA_TX_0'),
  rx(0xb002, 'codec-dma', 'WSA_CODEC_DMA_RX_1'),
  tx(0xb003, 'codec-dma', 'WSA_CODEC_DMA_TX_1'),
  tx(0xb005, 'codec-dma', 'WSA_CODEC_DMA_TX_2'),
  ...UP_TO(3).map((n) => tx(0xb021 + 2 * n, 'codec-dma', `VA_CODEC_DMA_TX_${n}`)),
  ...UP_TO(6).flatMap((n) => {
    const id = 0xb030 + 2 * n;
    return [rx(id, 'codec-dma', `RX_CODEC_DMA_RX_${n}`), tx(id + 1, 'codec-dma', `TX_CODEC_DMA_TX_${n}`)];
  }),
  rx(0xb03c, 'codec-dma', 'RX_CODEC_DMA_RX_6'),
  rx(0xb03e, 'codec-dma', 'RX_CODEC_DMA_RX_7'),
];

/** All ports by id. */
export const PORTS: ReadonlyMap<number, PortInfo> = new Map(ROWS.map((port) => [port.id, port]));

/** A configuration as a parameter has it. */
export interface Layout {
  readonly kind: PortKind;
  readonly bytes: number;
  /** The format; undefined when it has none. */
  read(parameter: Parameter): AudioFormat | undefined;
}

/** Channels of an I2S port by its data lines: SD0 to SD3, QUAD01, QUAD23, six and eight channels. */
const I2S_CHANNELS: readonly number[] = [0, 2, 2, 2, 2, 4, 4, 6, 8];
/** Channels by the speaker allocation of CEA-861, four allocations a row; the low two bits add LFE and FC, or RC. */
const HDMI_CHANNELS: readonly number[] = [2, 3, 4, 5, 6, 4, 5, 6];

/** Layouts by parameter id. All of them begin with version 1. */
export const CONFIGS: ReadonlyMap<number, Layout> = new Map<number, Layout>([
  [
    0x0001_020d,
    {
      ...{ kind: 'i2s', bytes: 20 },
      read(p) {
        const lines = I2S_CHANNELS[p.u16(6)] ?? 0;
        const stereo = p.u16(8);
        if (stereo > 1 || p.u16(10) > 1 || p.u16(16) !== 0) return undefined;
        return { rate: p.u32(12), bits: p.u16(4), channels: lines === 2 && stereo === 0 ? 1 : lines };
      },
    },
  ],
  [
    0x0001_0210,
    {
      ...{ kind: 'hdmi', bytes: 16 },
      read(p) {
        const allocation = p.u16(6);
        const channels = (HDMI_CHANNELS[allocation >> 2] ?? 0) + (allocation & 1) + ((allocation >> 1) & 1);
        return p.u16(4) === 0 ? { rate: p.u32(8), bits: p.u16(12), channels } : undefined;
      },
    },
  ],
  [
    0x0001_0212,
    {
      ...{ kind: 'slimbus', bytes: 24 },
      read: (p) => (p.u16(8) === 0 ? { rate: p.u32(20), bits: p.u16(6), channels: p.u16(10) } : undefined),
    },
  ],
  [
    0x0001_029d,
    {
      ...{ kind: 'tdm', bytes: 36 },
      read(p) {
        const slots = p.u16(22);
        const fits = p.u32(4) <= slots && p.u16(30) >= p.u32(12) && p.u16(16) === 0;
        return fits ? { rate: p.u32(8), bits: p.u32(12), channels: p.u32(4) } : undefined;
      },
    },
  ],
  [
    0x0001_02b8,
    {
      ...{ kind: 'codec-dma', bytes: 16 },
      read(p) {
        return p.u16(10) === 0 && p.u16(14) !== 0 ? { rate: p.u32(4), bits: p.u16(8), channels: p.u16(12) } : undefined;
      },
    },
  ],
]);

/** The format that a configuration gives a port; undefined when it has none that there is. */
export function formatOf(layout: Layout, parameter: Parameter): AudioFormat | undefined {
  const format = parameter.u32(0) === 1 ? layout.read(parameter) : undefined;
  return format !== undefined && isFormat(format) ? format : undefined;
}
