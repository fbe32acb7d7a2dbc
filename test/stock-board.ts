// Machines of the stock for tests, as the command line and the page make them: powered off and searched for leaks after
// every test.
import { expect } from 'vitest';
import type { Bench } from '../src/bench/bench.js';
import type { DtTree } from '../src/dt/tree.js';
import { settle } from '../src/host/settle.js';
import { AudioHub } from '../src/stock/audio-hub.js';
import { buildMachine, powerOn } from '../src/stock/machine.js';
import { Player } from '../src/stock/player.js';

/** A machine that is on, and who does things to it. */
export interface StockBoard {
  readonly bench: Bench;
  readonly player: Player;
  readonly audio: AudioHub;
}

const made: StockBoard[] = [];

/** What test/leaks.setup.ts does after each test. */
export async function powerOffStockBoards(): Promise<void> {
  for (const { bench, player } of made.splice(0)) {
    player.end();
    expect(await bench.powerOff(), 'left behind after the test').toEqual([]);
  }
}

/** Builds it and powers it on. `prepare` is called before there is power. */
export async function stockBoard(tree: DtTree, prepare?: (bench: Bench) => void): Promise<StockBoard> {
  const audio = new AudioHub();
  const options = { seed: '1', fault: [], set: [], param: [] };
  const bench = buildMachine(tree, options, { settle, dsp: { onAudio: audio.listen } });
  prepare?.(bench);
  await powerOn(bench, options);
  const board = { bench, audio, player: new Player({ bench, audio }) };
  made.push(board);
  return board;
}
