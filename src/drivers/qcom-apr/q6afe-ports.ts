// Table of the DSP's ports to the hardware: by index, as devicetrees have them (dt-bindings/sound/qcom,q6afe.h), with
// name, number in the DSP, direction and kind.

/** What hardware a port has, which decides how it is configured. */
export type AfeKind = 'hdmi' | 'slimbus' | 'i2s' | 'tdm' | 'codec-dma';

/** A port of the DSP. */
export interface AfePort {
  /** As `reg` of a dai node, and in tokens. */
  readonly index: number;
  /** `TERTIARY_MI2S_RX`. */
  readonly name: string;
  /** The DSP's own number for it. */
  readonly dspId: number;
  /** RX is what the hardware receives. */
  readonly direction: 'playback' | 'capture';
  readonly kind: AfeKind;
}

const ORDINALS = ['PRIMARY', 'SECONDARY', 'TERTIARY', 'QUATERNARY', 'QUINARY'] as const;

/** Every port, the lowest index first. */
export const AFE_PORTS: readonly AfePort[] = [
  port(1, 'HDMI_RX', 0x100e, 'hdmi'),
  ...pairs(7, 2, 0x4000, (nth) => `SLIMBUS_${nth}`, 'slimbus'),
  ...pairs(4, 16, 0x1000, (nth) => `${ORDINALS[nth]}_MI2S`, 'i2s'),
  ...ORDINALS.flatMap((ordinal, group) =>
    pairs(
      8,
      24 + 16 * group,
      0x9000 + 0x10 * group,
      () => `${ordinal}_TDM`,
      'tdm',
      (line) => `_${line}`,
    ),
  ),
  port(104, 'DISPLAY_PORT_RX', 0x6020, 'hdmi'),
  port(105, 'WSA_CODEC_DMA_RX_0', 0xb000, 'codec-dma'),
  port(106, 'WSA_CODEC_DMA_TX_0', 0xb001, 'codec-dma'),
  port(107, 'WSA_CODEC_DMA_RX_1', 0xb002, 'codec-dma'),
  port(108, 'WSA_CODEC_DMA_TX_1', 0xb003, 'codec-dma'),
  port(109, 'WSA_CODEC_DMA_TX_2', 0xb005, 'codec-dma'),
  port(110, 'VA_CODEC_DMA_TX_0', 0xb021, 'codec-dma'),
  port(111, 'VA_CODEC_DMA_TX_1', 0xb023, 'codec-dma'),
  port(112, 'VA_CODEC_DMA_TX_2', 0xb025, 'codec-dma'),
  ...Array.from({ length: 6 }, (_, nth) => [
    port(113 + 2 * nth, `RX_CODEC_DMA_RX_${nth}`, 0xb030 + 2 * nth, 'codec-dma'),
    port(114 + 2 * nth, `TX_CODEC_DMA_TX_${nth}`, 0xb031 + 2 * nth, 'codec-dma'),
  ]).flat(),
  port(125, 'RX_CODEC_DMA_RX_6', 0xb03c, 'codec-dma'),
  port(126, 'RX_CODEC_DMA_RX_7', 0xb03e, 'codec-dma'),
  port(127, 'QUINARY_MI2S_RX', 0x1016, 'i2s'),
  port(128, 'QUINARY_MI2S_TX', 0x1017, 'i2s'),
];

const BY_INDEX = new Map(AFE_PORTS.map((one) => [one.index, one]));
const BY_NAME = new Map(AFE_PORTS.map((one) => [one.name, one]));

/** A port by its index or its name; undefined: there is none. */
export function afePort(which: number | string): AfePort | undefined {
  return typeof which === 'number' ? BY_INDEX.get(which) : BY_NAME.get(which.toUpperCase());
}

/** The bit clock that the DSP makes for a port, by index; TDM and PCM have common ones (facts: LPASS clock ids). */
export function bitClockOf({ index }: AfePort): number | undefined {
  if (index === 127 || index === 128) return 0x10b;
  return index >= 16 && index <= 23 ? 0x100 + 2 * ((index - 16) >> 1) : undefined;
}

function port(index: number, name: string, dspId: number, kind: AfeKind): AfePort {
  const direction = /(?:^|_)TX(?:_\d+)?$/.test(name) ? 'capture' : 'playback';
  return { index, name, dspId, kind, direction };
}

/** `count` pairs of RX and TX, one behind the other on both sides. */
function pairs(
  count: number,
  index: number,
  dspId: number,
  name: (nth: number) => string,
  kind: AfeKind,
  tail: (nth: number) => string = () => '',
): AfePort[] {
  return Array.from({ length: count }, (_, nth) => [
    port(index + 2 * nth, `${name(nth)}_RX${tail(nth)}`, dspId + 2 * nth, kind),
    port(index + 2 * nth + 1, `${name(nth)}_TX${tail(nth)}`, dspId + 2 * nth + 1, kind),
  ]).flat();
}
