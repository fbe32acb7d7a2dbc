// The board's time, and the buttons that let it pass.
import type { JSX } from 'preact';
import { hello, send, time, toggleRun } from '../store.js';
import { formatNs } from './text.js';

const STEPS: readonly (readonly [title: string, ns: number])[] = [
  ['+1 ms', 1e6],
  ['+100 ms', 1e8],
  ['+1 s', 1e9],
];

/** Run, pause, steps. */
export function Clock(): JSX.Element {
  const { t, running, behindNs } = time.value;
  const canPause = hello.value?.canPause === true;
  return (
    <span class="clock">
      <output class="number" aria-label="time of the board">
        {formatNs(t)}
      </output>
      <button type="button" class="main" disabled={!canPause && running} onClick={() => void toggleRun()}>
        {running ? 'Pause' : 'Run'}
      </button>
      {canPause && !running
        ? STEPS.map(([title, ns]) => (
            <button key={title} type="button" onClick={() => void send({ do: 'step', ns })}>
              {title}
            </button>
          ))
        : null}
      {behindNs > 1e9 ? <span class="quiet">{formatNs(behindNs)} behind the world</span> : null}
    </span>
  );
}
