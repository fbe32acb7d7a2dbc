// A run of the command line, repeated in the page: same tree, seed, parameters and scenario, from power-on to
// power-off, as fast as it can. Its trace has the same bytes as the file of `bringup boot --trace FILE`.
import type { Settle } from '../base/clock.js';
import { encodeUtf8 } from '../base/text.js';
import type { DtTree } from '../dt/tree.js';
import { DpaaCapture, macNames } from '../abi/dpaa-capture.js';
import { traceLine } from '../abi/trace-text.js';
import { AudioHub } from '../stock/audio-hub.js';
import { finishRun } from '../stock/finish.js';
import { buildMachine, powerOn } from '../stock/machine.js';
import { Player } from '../stock/player.js';
import type { ScenarioStep } from '../stock/scenario.js';

/** What is repeated. */
export interface CheckedRun {
  readonly tree: DtTree;
  readonly seed: string;
  readonly params: readonly string[];
  readonly steps: readonly ScenarioStep[];
  /** From the end of probing on, ns: `--for`. */
  readonly forNs: number;
}

/** What the command line writes of it. */
export interface RunFiles {
  /** `--trace trace.txt`. */
  readonly trace: Uint8Array;
  /** `--capture frames.pcapng`, and how many frames that has. */
  readonly capture: Uint8Array;
  readonly frames: number;
}

/** The files of the run as the command line writes them. Throws InputError for a scenario that cannot be. */
export async function filesOfRun({ tree, seed, params, steps, forNs }: CheckedRun, settle: Settle): Promise<RunFiles> {
  const audio = new AudioHub();
  const options = { seed, fault: [], set: [], param: params };
  const bench = buildMachine(tree, options, { settle, dsp: { onAudio: audio.listen } });
  const pieces: Uint8Array[] = [];
  let lines: string[] = [];
  const flush = (): void => {
    pieces.push(encodeUtf8(lines.join('')));
    lines = [];
  };
  bench.trace.attach((event) => {
    if (lines.push(`${traceLine(event)}\n`) >= LINES) flush();
  });
  const packets: Uint8Array[] = [];
  const capture = new DpaaCapture(bench, (bytes) => void packets.push(bytes), macNames(tree));
  await powerOn(bench, options);
  const player = new Player({ bench, audio });
  player.queue(steps);
  await player.run(forNs);
  await finishRun(bench, player);
  flush();
  capture.end();
  return { trace: joined(pieces), capture: joined(packets), frames: capture.frames };
}
const LINES = 4096;

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
