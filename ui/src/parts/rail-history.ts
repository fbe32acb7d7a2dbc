// What was read of the power rails, as the page keeps it: also while another view is looked at, and over several
// readings of the same board.
import { effect, signal } from '@preact/signals';
import { History } from '../../../src/base/history.js';
import type { Frame } from '../../../src/page/frames.js';
import type { PowerState } from '../../../src/page/views/power.js';
import { HISTORY_FRAME, ROWS_FRAME } from '../../../src/page/views/power-frames.js';
import { hello, onFrames, stateOf } from '../store.js';

/** Counts changes: who reads it is drawn again. */
export const revision = signal(0);

let history: History | undefined;
let keys = '';
let asked = false;
let drawnAt = 0;
/** Between two pictures of all charts. */
const LEAST_MS = 60;

/** All that is known; undefined before the first reading. */
export const railHistory = (): History | undefined => history;

onFrames('power', (frame) => {
  if (frame.what === 'rows') take(frame);
});

effect(() => {
  if (hello.value !== undefined) return;
  history = undefined;
  revision.value = revision.peek() + 1;
});

function take({ which, bytes }: Extract<Frame, { what: 'rows' }>): void {
  const numbers = new Float64Array(bytes.slice().buffer);
  if (which === HISTORY_FRAME) merge(History.load(numbers));
  if (which === ROWS_FRAME && history !== undefined) {
    const width = history.columns + 1;
    for (let at = 0; at + width <= numbers.length; at += width)
      history.push(numbers[at] as number, numbers.subarray(at + 1, at + width));
  }
  if (!asked) requestAnimationFrame(draw);
  asked = true;
}

/** Rows that come quickly are drawn together. */
function draw(now: number): void {
  if (now - drawnAt < LEAST_MS) return void requestAnimationFrame(draw);
  drawnAt = now;
  asked = false;
  revision.value++;
}

/** A board that was read before, was not for a while, and is now again: the chart goes on behind a gap. */
function merge(loaded: History): void {
  const [own, theirs] = [history?.span, loaded.span];
  const known = stateOf<PowerState>('power').value?.keys.join() ?? '';
  const isSame = known === keys && history?.columns === loaded.columns;
  keys = known;
  if (history === undefined || own === undefined || theirs === undefined || !isSame || theirs.from <= own.from) {
    history = loaded;
    return;
  }
  if (theirs.from > own.to) history.push(own.to + 1, []);
  const { times, columns } = loaded.read(own.to, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  times.forEach((t, row) => {
    if (t > own.to)
      history?.push(
        t,
        Float64Array.from(columns, (column) => column[row] as number),
      );
  });
}
