// The lab board as the page has it: powered, with its trace kept, and somebody who can do things to it.
import { powerOn } from '../src/cli/machine.js';
import { settle } from '../src/host/settle.js';
import type { DtTree } from '../src/dt/tree.js';
import type { ViewParts } from '../src/page/view.js';
import { TraceStore } from '../src/page/trace-store.js';
import { AudioHub } from '../src/stock/audio-hub.js';
import { buildMachine } from '../src/stock/machine.js';
import { Player } from '../src/stock/player.js';
import { labTree } from './lab.js';

/** What views look at, and how to end it: answers what was left behind. */
export type PageLab = ViewParts & { end(): Promise<readonly string[]> };

/** Starts it; another tree may be given. */
export async function pageLab(tree: DtTree = labTree()): Promise<PageLab> {
  const audio = new AudioHub();
  const options = { seed: '1', fault: [], set: [], param: [] };
  const bench = buildMachine(tree, options, { settle, dsp: { onAudio: audio.listen } });
  const events = new TraceStore(bench.trace);
  await powerOn(bench, options);
  const player = new Player({ bench, audio });
  const end = async (): Promise<readonly string[]> => {
    player.end();
    events.close();
    return bench.powerOff();
  };
  return { bench, player, audio, events, tree: 'lab.dtb', end };
}
