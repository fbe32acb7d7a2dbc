// What views of the page look at, for tests: a powered machine with a trace from its beginning.
import type { DtTree } from '../src/dt/tree.js';
import { settle } from '../src/host/settle.js';
import { TraceStore } from '../src/page/trace-store.js';
import type { ViewParts } from '../src/page/view.js';
import { AudioHub } from '../src/stock/audio-hub.js';
import { buildMachine, powerOn } from '../src/stock/machine.js';
import { Player } from '../src/stock/player.js';

/** The parts of a page that looks at a machine of this tree; `fault` is a plan in text form. */
export async function viewParts(tree: DtTree, fault = ''): Promise<ViewParts> {
  const options = { seed: '1', fault: fault === '' ? [] : [fault], set: [], param: [] };
  const audio = new AudioHub();
  const bench = buildMachine(tree, options, { settle, dsp: { onAudio: audio.listen } });
  const events = new TraceStore(bench.trace);
  await powerOn(bench, options);
  return { bench, events, audio, player: new Player({ bench, audio }), tree: 'test.dts' };
}
