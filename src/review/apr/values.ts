// Table of names that numbers in packets have (facts: APR, chapters 1, 4 and 5): domains, services, statuses, ports,
// clocks, modules, formats. Names are Linux's, without the prefix that says only what the column says already.

/** Names by number. */
export type ValueNames = Readonly<Record<number, string>>;

const fromPairs = (pairs: Iterable<readonly [number, string]>): ValueNames => Object.fromEntries(pairs);

/** Ports as Linux numbers them, and as the DSP does: `[index, dsp id, name]`. */
function* ports(): Generator<readonly [index: number, id: number, name: string]> {
  yield [1, 0x100e, 'HDMI_RX'];
  for (let n = 0; n <= 6; n++) {
    yield [2 + 2 * n, 0x4000 + 2 * n, `SLIMBUS_${n}_RX`];
    yield [3 + 2 * n, 0x4001 + 2 * n, `SLIMBUS_${n}_TX`];
  }
  for (const [n, place] of ['PRIMARY', 'SECONDARY', 'TERTIARY', 'QUATERNARY'].entries()) {
    yield [16 + 2 * n, 0x1000 + 2 * n, `${place}_MI2S_RX`];
    yield [17 + 2 * n, 0x1001 + 2 * n, `${place}_MI2S_TX`];
  }
  for (const [group, place] of ['PRIMARY', 'SECONDARY', 'TERTIARY', 'QUATERNARY', 'QUINARY'].entries()) {
    for (let line = 0; line < 8; line++) {
      const [index, id] = [24 + 16 * group + 2 * line, 0x9000 + 0x10 * group + 2 * line];
      yield [index, id, `${place}_TDM_RX_${line}`];
      yield [index + 1, id + 1, `${place}_TDM_TX_${line}`];
    }
  }
  yield [104, 0x6020, 'DISPLAY_PORT_RX'];
  yield [105, 0xb000, 'WSA_CODEC_DMA_RX_0'];
  yield [106, 0xb001, 'WSA_CODEC_DMA_TX_0'];
  yield [107, 0xb002, 'WSA_CODEC_DMA_RX_1'];
  yield [108, 0xb003, 'WSA_CODEC_DMA_TX_1'];
  yield [109, 0xb005, 'WSA_CODEC_DMA_TX_2'];
  for (let k = 0; k <= 2; k++) yield [110 + k, 0xb021 + 2 * k, `VA_CODEC_DMA_TX_${k}`];
  for (let k = 0; k <= 5; k++) {
    yield [113 + 2 * k, 0xb030 + 2 * k, `RX_CODEC_DMA_RX_${k}`];
    yield [114 + 2 * k, 0xb031 + 2 * k, `TX_CODEC_DMA_TX_${k}`];
  }
  yield [125, 0xb03c, 'RX_CODEC_DMA_RX_6'];
  yield [126, 0xb03e, 'RX_CODEC_DMA_RX_7'];
  yield [127, 0x1016, 'QUINARY_MI2S_RX'];
  yield [128, 0x1017, 'QUINARY_MI2S_TX'];
}

const PORTS = [...ports()];

/** Bit clocks that the block makes (even) or is given (odd), one pair for each interface. */
function pairs(first: number, ...names: readonly string[]): [number, string][] {
  return names.flatMap((name, n): [number, string][] => [
    [first + 2 * n, `${name}_IBIT`],
    [first + 2 * n + 1, `${name}_EBIT`],
  ]);
}

const CLOCKS: ValueNames = {
  ...fromPairs(pairs(0x100, 'PRI_MI2S', 'SEC_MI2S', 'TER_MI2S', 'QUAD_MI2S', 'SPEAKER_I2S')),
  0x10a: 'SPEAKER_I2S_OSR',
  ...fromPairs(pairs(0x10b, 'QUI_MI2S', 'SEN_MI2S')),
  ...fromPairs(Array.from({ length: 7 }, (_, n) => [0x10f + n, `INT${n}_MI2S_IBIT`] as const)),
  0x116: 'QUI_MI2S_OSR',
  ...fromPairs(pairs(0x200, 'PRI_PCM', 'SEC_PCM', 'TER_PCM', 'QUAD_PCM', 'QUIN_PCM')),
  0x20a: 'QUI_PCM_OSR',
  0x300: 'MCLK_1',
  0x301: 'MCLK_2',
  0x302: 'MCLK_3',
  0x303: 'INTERNAL_DIGITAL_CODEC_CORE',
  0x304: 'MCLK_4',
  0x305: 'INT_MCLK_0',
  0x306: 'INT_MCLK_1',
  0x309: 'WSA_CORE_MCLK',
  0x30a: 'WSA_CORE_NPL_MCLK',
  0x30b: 'VA_CORE_MCLK',
  0x30c: 'TX_CORE_MCLK',
  0x30d: 'TX_CORE_NPL_MCLK',
  0x30e: 'RX_CORE_MCLK',
  0x30f: 'RX_CORE_NPL_MCLK',
  0x310: 'VA_CORE_2X_MCLK',
};

/** What statuses mean, in words; the names are in `VALUES.status`. */
export const STATUS_WORDS: ValueNames = {
  0: 'done',
  1: 'it failed; the DSP says no more',
  2: 'a parameter is wrong: an identifier that the DSP does not know, or a value out of range',
  3: 'the DSP does not have that command, or not with these values',
  4: 'the version of the structure is wrong',
  5: 'not in this state',
  6: 'the DSP found itself in a state that cannot be',
  7: 'no such part of the DSP is free',
  8: 'the handle is not known: of memory that is not mapped, or of another session',
  9: 'it is so already: open, started',
  10: 'not ready',
  11: 'taken, it is not done yet',
  12: 'busy',
  13: 'aborted',
  14: 'given up for something else',
  15: 'to be continued',
  16: 'to be done at once',
  17: 'not implemented',
  18: 'it needs more data',
  20: 'the DSP has no memory left',
  21: 'it does not exist',
};

/** Every kind of value that has names. */
export const VALUES = {
  message_type: { 0: 'EVENT', 1: 'CMD_RSP', 2: 'SEQ_CMD', 3: 'NSEQ_CMD' },
  domain: { 1: 'SIM', 2: 'PC', 3: 'MODEM', 4: 'ADSP', 5: 'APPS' },
  gpr_domain: { 1: 'MODEM', 2: 'ADSP', 3: 'APPS' },
  service: {
    2: 'TEST_CLIENT',
    3: 'CORE',
    4: 'AFE',
    5: 'VSM',
    6: 'VPM',
    7: 'ASM',
    8: 'ADM',
    9: 'MVM',
    0xa: 'CVS',
    0xb: 'CVP',
    0xc: 'USM',
    0xd: 'LSM',
    0x16: 'VIDC',
  },
  modem_service: { 3: 'MVS', 4: 'MVM', 5: 'CVS', 6: 'CVP', 7: 'SRD' },
  gpr_port: { 1: 'APM', 2: 'PRM', 3: 'AMDB', 4: 'VCPM' },
  status: {
    0: 'OK',
    1: 'EFAILED',
    2: 'EBADPARAM',
    3: 'EUNSUPPORTED',
    4: 'EVERSION',
    5: 'EUNEXPECTED',
    6: 'EPANIC',
    7: 'ENORESOURCE',
    8: 'EHANDLE',
    9: 'EALREADY',
    0xa: 'ENOTREADY',
    0xb: 'EPENDING',
    0xc: 'EBUSY',
    0xd: 'EABORTED',
    0xe: 'EPREEMPTED',
    0xf: 'ECONTINUE',
    0x10: 'EIMMEDIATE',
    0x11: 'ENOTIMPL',
    0x12: 'ENEEDMORE',
    0x14: 'ENOMEMORY',
    0x15: 'ENOTEXIST',
  },
  port: fromPairs(PORTS.map(([, id, name]) => [id, name])),
  port_index: fromPairs(PORTS.map(([index, , name]) => [index, name])),
  clock: CLOCKS,
  vote_block: { 2: 'AVTIMER', 3: 'HW_MACRO', 4: 'HW_DCODEC' },
  module: { 0x1020c: 'AUDIO_DEV_INTERFACE', 0x1028a: 'TDM', 0x1028f: 'CLOCK_SET' },
  param: {
    0x1020d: 'I2S_CONFIG',
    0x10210: 'HDMI_CONFIG',
    0x10212: 'SLIMBUS_CONFIG',
    0x10238: 'LPAIF_CLK_CONFIG',
    0x10239: 'INT_DIGITAL_CDC_CLK_CONFIG',
    0x10290: 'CLOCK_SET',
    0x10297: 'PORT_SLOT_MAPPING_CONFIG',
    0x1029d: 'TDM_CONFIG',
    0x102b8: 'CODEC_DMA_CONFIG',
  },
  encdec_param: { 0x10da3: 'ENCDEC_ENC_CFG_BLK_V2' },
  channel_mode: { 1: 'SD0', 2: 'SD1', 3: 'SD2', 4: 'SD3', 5: 'QUAD01', 6: 'QUAD23', 7: '6CHS', 8: '8CHS' },
  sound: { 0: 'mono', 1: 'stereo' },
  ws_source: { 0: 'external', 1: 'internal' },
  clock_attribute: { 1: 'NO_COUPLE' },
  switch: { 0: 'off', 1: 'on' },
  topology: { 0x10312: 'NULL_COPP', 0x10c68: 'NULL_POPP' },
  path: { 1: 'playback', 2: 'record' },
  matrix: { 0: 'playback', 1: 'record' },
  format: {
    0x10be9: 'MP3',
    0x10c16: 'FLAC',
    0x10da5: 'PCM',
    0x10da7: 'WMA10',
    0x10da8: 'WMA9',
    0x12f31: 'ALAC',
    0x12f32: 'APE',
  },
  channel: { 1: 'FL', 2: 'FR', 3: 'FC', 4: 'LS', 5: 'RS', 6: 'LFE', 7: 'CS', 8: 'LB', 9: 'RB' },
} as const satisfies Record<string, ValueNames>;

/** A kind of value. */
export type ValueKind = keyof typeof VALUES;

/** The name of a value; undefined when it has none. */
export function valueName(kind: ValueKind, value: number): string | undefined {
  return (VALUES[kind] as ValueNames)[value];
}
