// Faults: what can go wrong on each wire, what is planned, what has struck, and what came of it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { FaultsState, PlannedFault } from '../../../src/page/views/faults.js';
import { useView } from '../parts/hooks.js';
import { formatNs } from '../parts/text.js';
import { act, time } from '../store.js';
import { WireList } from './faults-wires.js';
import './faults.css';

/** The view. */
export function View(): JSX.Element | null {
  const state = useView<FaultsState>('faults');
  if (state === undefined) return null;
  return (
    <div class="cols even">
      <WireList wires={state.wires} />
      <div class="stack">
        <Plan state={state} />
        <Strikes state={state} />
      </div>
    </div>
  );
}

const STATES: Readonly<Record<PlannedFault['state'], { readonly look: string; readonly words: string }>> = {
  waits: { look: 'waits', words: 'waits' },
  on: { look: 'failed', words: 'strikes every one' },
  done: { look: 'none', words: 'has struck' },
  cleared: { look: 'none', words: 'was cleared' },
};

/** What was planned, as text and one by one. */
function Plan({ state: { text, plan } }: { readonly state: FaultsState }): JSX.Element {
  const isLive = plan.some(({ state }) => state === 'waits' || state === 'on');
  return (
    <section class="panel">
      <div class="head">
        <h2>Plan</h2>
        <button type="button" disabled={!isLive} onClick={() => void act('clear')}>
          Clear what is left
        </button>
      </div>
      {plan.length === 0 ? (
        <p class="body quiet">Nothing is planned. Choose a wire, or write a plan.</p>
      ) : (
        <>
          <ul class="plain body plan">
            {plan.map((fault, index) => (
              <li key={index}>
                <code>{fault.text}</code>
                <span class={`state ${STATES[fault.state].look}`}>{wordsOf(fault)}</span>
              </li>
            ))}
          </ul>
          <details class="body as-text">
            <summary>as text, for the command line</summary>
            <pre>--fault '{text}'</pre>
          </details>
        </>
      )}
      <Written />
    </section>
  );
}

function wordsOf({ state, nth, seen, struck }: PlannedFault): string {
  const { words } = STATES[state];
  if (state === 'waits') return nth === 1 ? 'waits for the next' : `waits for number ${nth}; ${seen} so far`;
  if (state === 'on') return `${words}; ${struck} so far`;
  return state === 'done' && struck === 0 ? 'another one struck there' : words;
}

/** A plan in a person's own words. */
function Written(): JSX.Element {
  const [text, setText] = useState('');
  return (
    <form
      class="body written"
      onSubmit={(event) => {
        event.preventDefault();
        void act(`fault ${text}`).then((answer) => {
          if (answer !== undefined) setText('');
        });
      }}
    >
      <label>
        <span class="quiet">WHERE@WHICH#NTH=WHAT, several with commas</span>
        <input
          class="mono"
          type="text"
          autocomplete="off"
          spellcheck={false}
          value={text}
          placeholder="any#7"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={text.trim() === ''}>
        Plan it
      </button>
    </form>
  );
}

/** How long the view listens to what comes of a strike, ns. */
const LISTENS = 3e9;

/** What has struck, the newest first. */
function Strikes({ state: { strikes, dropped } }: { readonly state: FaultsState }): JSX.Element {
  return (
    <section class="panel">
      <div class="head">
        <h2>What came of it</h2>
        <span class="quiet">
          {strikes.length === 0
            ? 'nothing has struck yet: a fault waits until its operation happens'
            : dropped > 0
              ? `the last ${strikes.length}; ${dropped} older ones are in the trace`
              : ''}
        </span>
      </div>
      <ol class="strikes" aria-live="polite">
        {strikes.map((strike) => (
          <Strike key={strike.seq} strike={strike} />
        ))}
      </ol>
    </section>
  );
}

function Strike({ strike }: { readonly strike: FaultsState['strikes'][number] }): JSX.Element {
  const { at, until, count, fault, point, where, answer, elsewhere, read } = strike;
  const isSilent = answer.length + elsewhere.length + read.length === 0;
  return (
    <li>
      <p class="what">
        <span class="number">{formatNs(at)}</span>
        <span class="state failed">{fault}</span>
        {count > 1 ? (
          <span class="quiet">
            {count} times until {formatNs(until)}
          </span>
        ) : null}
        <code class="quiet">{point}</code>
      </p>
      <ul class="plain lines">
        {answer.map((line) => (
          <Line key={line.seq} line={line} at={at} isSelf={line.where === where} />
        ))}
        {read.map((words) => (
          <li key={words}>
            <span class="quiet">a reader got</span> <span class="mono">{words}</span>
          </li>
        ))}
        {elsewhere.length === 0 ? null : <li class="quiet">others on the board meanwhile:</li>}
        {elsewhere.map((line) => (
          <Line key={line.seq} line={line} at={at} isSelf={false} />
        ))}
        {isSilent ? (
          <li class="quiet">
            {time.value.t < until + LISTENS ? 'nobody has said anything yet' : 'nobody said anything within 3 s'}
          </li>
        ) : null}
      </ul>
    </li>
  );
}

function Line(props: {
  readonly line: FaultsState['strikes'][number]['answer'][number];
  readonly at: number;
  readonly isSelf: boolean;
}): JSX.Element {
  const { line, at, isSelf } = props;
  return (
    <li title={line.where}>
      <span class="quiet number">{line.t === at ? 'at once' : `+${formatNs(line.t - at)}`}</span>{' '}
      {isSelf ? <span class="quiet">bus </span> : null}
      <span class="mono">{line.text}</span>
    </li>
  );
}
