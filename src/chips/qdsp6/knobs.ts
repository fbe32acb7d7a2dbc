// Table of what a person can turn on a DSP: its times, its firmware, and what happens to it.
import { SysError } from '../../base/errno.js';
import type { Knob } from '../../bus/socket.js';
import type { Answering } from './core.js';
import type { Readings } from './machine.js';
import type { Variant, VariantEffect } from './variants.js';

interface Spec {
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly start: number;
  readonly about: string;
}

const OPCODES = 0xffff_ffff;
const HOW = '0 answers, 1 says that it is not supported, 2 is silent';

const SPECS = {
  answerUs: { unit: 'us', min: 0, max: 10_000_000, start: 50, about: 'time from a command to its answer' },
  aheadUs: { unit: 'us', min: 1_000, max: 1_000_000, start: 10_000, about: 'samples read before they are heard' },
  bootMs: { unit: 'ms', min: 0, max: 60_000, start: 0, about: 'from the channel to services that are ready' },
  restartMs: { unit: 'ms', min: 0, max: 60_000, start: 500, about: 'from the wish to start again to its channel' },
  selfRestart: { unit: 'bool', min: 0, max: 1, start: 0, about: '1: starts again after a crash without being asked' },
  crash: { unit: 'kind', min: 0, max: 2, start: 0, about: 'turned: the DSP crashes, 1 watchdog, 2 fatal error' },
  crashAtPacket: {
    unit: 'packet',
    min: 0,
    max: OPCODES,
    start: 0,
    about: 'crashes at the nth packet from now; 0: none',
  },
  pdDownMs: { unit: 'ms', min: 0, max: 60_000, start: 200, about: 'how long a restart of the protection domain takes' },
  pdRestart: { unit: 'times', min: 0, max: 1, start: 0, about: 'turned to 1: the audio protection domain restarts' },
  getState: { unit: 'how', min: 0, max: 2, start: 0, about: `AVCS_CMD_ADSP_EVENT_GET_STATE: ${HOW}` },
  fwkVersion: { unit: 'how', min: 0, max: 2, start: 0, about: `AVCS_CMD_GET_FWK_VERSION: ${HOW}` },
  getVersions: { unit: 'how', min: 0, max: 2, start: 0, about: `AVCS_GET_VERSIONS: ${HOW}` },
  emptyEos: { unit: 'bool', min: 0, max: 1, start: 0, about: '1: the event of a rendered EOS is a header only' },
  voteWords: { unit: 'words', min: 1, max: 2, start: 1, about: 'words in the answer to a vote; 2: a status behind it' },
  devoteAnswer: { unit: 'bool', min: 0, max: 1, start: 1, about: '0: taking a vote back has no answer' },
  clocksNeeded: {
    unit: 'bool',
    min: 0,
    max: 1,
    start: 0,
    about: '1: a port without its clock does not answer a start',
  },
  noCopp: { unit: 'bool', min: 0, max: 1, start: 0, about: '1: ADM opens nothing and answers COPP 0xff' },
  variantOpcode: { unit: 'opcode', min: 0, max: OPCODES, start: 0, about: 'the opcode that goes wrong; 0: none' },
  variantEffect: {
    ...{ unit: 'kind', min: 1, max: 6, start: 1 },
    about: '1 silent, 2 status, 3 late, 4 short, 5 twice, 6 other token',
  },
  variantValue: { unit: 'number', min: 0, max: OPCODES, start: 1, about: 'status, microseconds, bytes or bits of it' },
  variantNth: {
    unit: 'times',
    min: 0,
    max: OPCODES,
    start: 0,
    about: 'only the nth of it since the DSP booted; 0: all',
  },
  inputHz: { unit: 'Hz', min: 1, max: 96_000, start: 1_000, about: 'the square wave at ports that capture' },
  inputPercent: { unit: '%', min: 0, max: 100, start: 0, about: 'how loud it is; 0: silence' },
} as const satisfies Readonly<Record<string, Spec>>;

/** Names of the knobs. */
export type DspKnob = keyof typeof SPECS;

/** Where the knobs stand. */
export type DspKnobs = Record<DspKnob, number>;

const NAMES = Object.keys(SPECS) as DspKnob[];
const ANSWERING: readonly Answering[] = ['answered', 'unsupported', 'silent'];
const EFFECTS: readonly VariantEffect[] = ['silent', 'status', 'late', 'short', 'twice', 'token'];

/** Where all knobs stand at first. */
export const DEFAULT_KNOBS: DspKnobs = Object.fromEntries(NAMES.map((name) => [name, SPECS[name].start])) as DspKnobs;

/** The knobs. `turned` is called behind each change. */
export function knobs(stand: DspKnobs, turned: (knob: DspKnob) => void): Knob[] {
  return NAMES.map((name) => {
    const { unit, min, max, about } = SPECS[name];
    return {
      ...{ name, unit, min, max, about },
      get: () => stand[name],
      set: (value) => {
        if (!Number.isInteger(value)) throw new SysError('EINVAL', `${name} = ${value} is not a whole number`);
        stand[name] = value;
        turned(name);
      },
    };
  });
}

/** The firmware that the knobs say. */
export function readingsOf(stand: DspKnobs): Readings {
  return {
    state: ANSWERING[stand.getState] ?? 'answered',
    fwkVersion: ANSWERING[stand.fwkVersion] ?? 'answered',
    getVersions: ANSWERING[stand.getVersions] ?? 'answered',
    voteStatusWord: stand.voteWords === 2,
    devoteAnswered: stand.devoteAnswer === 1,
    clocksNeeded: stand.clocksNeeded === 1,
    noCopp: stand.noCopp === 1,
    emptyEnd: stand.emptyEos === 1,
    aheadUs: stand.aheadUs,
  };
}

/** The variant that the knobs say, if any. */
export function variantOf(stand: DspKnobs): Variant | undefined {
  const { variantOpcode: opcode, variantEffect, variantValue: value, variantNth: nth } = stand;
  const effect = EFFECTS[variantEffect - 1];
  return opcode === 0 || effect === undefined ? undefined : { opcode, effect, value, nth };
}
