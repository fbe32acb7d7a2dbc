// GCE programs as text: how many bytes of instructions the disassembler takes in a second.
import { readFileSync } from 'node:fs';
import { disassembleRaw } from '../src/drivers/mtk-cmdq/disassemble.js';
import { CmdqNames } from '../src/drivers/mtk-cmdq/disassemble-names.js';
import { cmdqSoc } from '../src/drivers/mtk-cmdq/soc-tables.js';
import { sourceOf } from '../src/review/cmdq/source.js';
import { msWarm, type Row } from './bench.js';

interface Case {
  readonly family: string;
  readonly expected?: { readonly buffer?: string };
}

const BYTES = 4_000_000;

/** The buffers that Linux's helper made, again and again: every operation of it. */
function program(): Uint8Array {
  const { cases } = JSON.parse(readFileSync('test/golden/cmdq.json', 'utf8')) as { cases: readonly Case[] };
  const hex = cases.flatMap(({ family, expected }) => (family === 'mainline' ? (expected?.buffer ?? '') : []));
  const pieces = hex.flatMap((text) => text.slice(0, text.length & ~15).match(/../g) ?? []);
  const once = Uint8Array.from(pieces, (byte) => Number.parseInt(byte, 16));
  const all = new Uint8Array(BYTES);
  for (let at = 0; at < BYTES; at += once.length) all.set(once.subarray(0, BYTES - at), at);
  return all;
}

const bytes = program();
const names = new CmdqNames(cmdqSoc('mt8173'));
const mbPerSecond = (ms: number): number => BYTES / 1000 / ms;

/** Plain, and with names. */
export const rows: readonly Row[] = [
  {
    name: 'cmdq: disassemble the golden buffers, by bytes of instructions',
    unit: 'MB/s',
    rounds: 7,
    run: () => mbPerSecond(msWarm(() => disassembleRaw(bytes), 3)),
    wanted: { of: 'figure', atLeast: 50 },
  },
  {
    name: 'cmdq: the same with events and windows of mt8173',
    unit: 'MB/s',
    rounds: 7,
    run: () => mbPerSecond(msWarm(() => disassembleRaw(bytes, names), 3)),
  },
  {
    name: 'cmdq: a source of them with labels, offsets and words, as the command writes it',
    unit: 'MB/s',
    rounds: 7,
    run: () => mbPerSecond(msWarm(() => sourceOf(bytes, names, { words: true }), 3)),
  },
];
