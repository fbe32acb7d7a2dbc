// Command queues: threads of a GCE on a time line, the program that runs, why it waits, and the screen it writes for.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { CmdqState, CmdqThread } from '../../../src/page/views/cmdq.js';
import { useView } from '../parts/hooks.js';
import { hex } from '../parts/text.js';
import { act, hello, send, time, toggleRun, viewArgs } from '../store.js';
import { CmdqProgram } from './cmdq-program.js';
import { CmdqScreen } from './cmdq-screen.js';
import { CmdqTimeline, SPANS } from './cmdq-timeline.js';
import { CmdqWaitText } from './cmdq-wait.js';
import './cmdq.css';

/** What a person has chosen, as the link has it. */
function choose(name: string, value: string): void {
  const { [name]: _, ...rest } = viewArgs.value;
  viewArgs.value = value === '' ? rest : { ...rest, [name]: value };
}

const flag = (name: string, on: boolean, value: string): void => choose(name, on ? value : '');

/** The view. */
export function View(): JSX.Element | null {
  const { gce = '', thread = '', span = '', screen = '', follow = '', events = '' } = viewArgs.value;
  const state = useView<CmdqState>('cmdq', { gce, thread, screen: screen !== 'off' });
  useKeys(state);
  if (state === undefined) return null;
  const spanMs = SPANS.find((one) => one === Number(span)) ?? 50;
  if (state.gce === undefined)
    return (
      <section class="panel">
        <h2>Command queues</h2>
        <p class="body">This board has no command engine (GCE) with a model: there is nothing to look at here.</p>
      </section>
    );
  return (
    <>
      <section class="panel cmdq">
        <div class="head">
          <h2>Time line</h2>
          <Gces state={state} />
          {state.events.length === 0 ? null : (
            <label class="tick">
              <input
                type="checkbox"
                checked={events === 'all'}
                onChange={({ currentTarget }) => flag('events', currentTarget.checked, 'all')}
              />{' '}
              all {state.events.length} events
            </label>
          )}
          <Flips state={state} />
        </div>
        <CmdqTimeline
          {...{ state, spanMs }}
          setSpan={(ms) => choose('span', String(ms))}
          allEvents={events === 'all'}
          choose={(id) => choose('thread', String(id))}
        />
      </section>
      <div class="cols cmdq-cols">
        <div class="cmdq-left">
          <Threads state={state} />
          <section class="panel">
            <div class="head">
              <h2>Program{state.thread === undefined ? '' : ` of thread ${state.thread}`}</h2>
              <label class="tick">
                <input
                  type="checkbox"
                  checked={follow !== 'off'}
                  onChange={({ currentTarget }) => flag('follow', !currentTarget.checked, 'off')}
                />{' '}
                follow the program counter
              </label>
            </div>
            <CmdqProgram program={state.program} thread={state.thread} follow={follow !== 'off'} />
          </section>
          <Troubles state={state} />
        </div>
        <section class="panel">
          <div class="head">
            <h2>Screen</h2>
            <label class="tick">
              <input
                type="checkbox"
                checked={screen !== 'off'}
                onChange={({ currentTarget }) => flag('screen', !currentTarget.checked, 'off')}
              />{' '}
              show frames
            </label>
          </div>
          {screen === 'off' ? (
            <p class="body quiet">Frames are not looked at: that saves time.</p>
          ) : (
            <CmdqScreen screen={state.screen} />
          )}
        </section>
      </div>
    </>
  );
}

/** A choice only where there is one. */
function Gces({ state: { gces, gce } }: { readonly state: CmdqState }): JSX.Element {
  if (gces.length === 1) return <span class="quiet mono">{gce}</span>;
  return (
    <label>
      GCE{' '}
      <select value={gce} onChange={({ currentTarget }) => choose('gce', currentTarget.value)}>
        {gces.map(({ path }) => (
          <option key={path} value={path}>
            {path}
          </option>
        ))}
      </select>
    </label>
  );
}

const EVERY = [1, 2, 4, 10, 60] as const;

/** Start and stop pictures; time by one frame. */
function Flips({ state: { flips, outputs, frameNs } }: { readonly state: CmdqState }): JSX.Element {
  const [every, setEvery] = useState(1);
  const [output, setOutput] = useState('');
  const canStep = hello.value?.canPause === true;
  const args = [every === 1 ? '' : ` every=${every}`, output === '' ? '' : ` output=${output}`].join('');
  const { state, running, hindrance } = flips;
  return (
    <span class="flips">
      {state === undefined ? null : (
        <span class="quiet" aria-live="off">
          {state.output}: {state.shown} shown
          {state.errors === 0 ? '' : `, ${state.errors} failed`}
          {state.ended ? ', ended' : ''}
        </span>
      )}
      {running ? (
        <button type="button" onClick={() => void act('stop flips')}>
          Stop flips
        </button>
      ) : (
        <>
          {outputs.length < 2 ? null : (
            <select aria-label="output" value={output} onChange={({ currentTarget }) => setOutput(currentTarget.value)}>
              {outputs.map((name, index) => (
                <option key={name} value={index === 0 ? '' : name}>
                  {name}
                </option>
              ))}
            </select>
          )}
          {hindrance === undefined ? <Every every={every} set={setEvery} /> : null}
          <button
            type="button"
            class="main"
            disabled={hindrance !== undefined}
            title={hindrance}
            onClick={() => void act(`start flips${args}`)}
          >
            Start flips
          </button>
          {hindrance === undefined ? null : <span class="quiet">{hindrance}</span>}
        </>
      )}
      {frameNs === undefined ? null : (
        <button
          type="button"
          disabled={!canStep || time.value.running}
          title="key f, which stops the board first"
          onClick={() => void send({ do: 'step', ns: frameNs })}
        >
          +1 frame
        </button>
      )}
    </span>
  );
}

/** For how many frames a picture stays. */
function Every({ every, set }: { readonly every: number; set(frames: number): void }): JSX.Element {
  return (
    <select
      aria-label="a picture stays for"
      value={String(every)}
      onChange={({ currentTarget }) => set(Number(currentTarget.value))}
    >
      {EVERY.map((frames) => (
        <option key={frames} value={String(frames)}>
          {frames === 1 ? 'each frame' : `every ${frames} frames`}
        </option>
      ))}
    </select>
  );
}

const MARKS: Readonly<Record<CmdqThread['state'], string>> = {
  ...{ running: 'bound', waiting: 'waits', polling: 'waits', suspended: 'none' },
  ...{ 'idle-at-end': 'bound', error: 'failed', disabled: 'none' },
};

function Threads({ state }: { readonly state: CmdqState }): JSX.Element {
  return (
    <section class="panel">
      <h2>Threads</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Thread</th>
              <th>State</th>
              <th>Program counter</th>
              <th class="n">Priority</th>
              <th>For</th>
            </tr>
          </thead>
          <tbody>
            {state.threads.map(({ id, state: is, words, pc, end, priority, owner }) => (
              <tr key={id} aria-selected={state.thread === id}>
                <td>
                  <button type="button" class="link" onClick={() => choose('thread', String(id))}>
                    thread {id}
                  </button>
                </td>
                <td>
                  <span class={`state ${MARKS[is]}`}>{words}</span>
                </td>
                <td class="mono">{is === 'disabled' ? '' : `${hex(pc, 8)} of ${hex(end, 8)}`}</td>
                <td class="n">{is === 'disabled' ? '' : priority}</td>
                <td class="mono" title={owner}>
                  {owner?.slice(owner.lastIndexOf('/') + 1)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {state.whyCpu === undefined ? null : (
        <p class="body quiet">The processor writes the registers of a frame, and no thread does: {state.whyCpu}.</p>
      )}
      {state.wait === undefined ? null : <CmdqWaitText wait={state.wait} />}
    </section>
  );
}

function Troubles({ state: { troubles, flips } }: { readonly state: CmdqState }): JSX.Element | null {
  const { lastError = '' } = flips.state ?? {};
  if (troubles.length === 0 && lastError === '') return null;
  return (
    <section class="panel">
      <h2>What went wrong</h2>
      <div class="scroll anywhere">
        <table>
          <tbody>
            {lastError === '' ? null : (
              <tr>
                <td class="n">flips</td>
                <td>{lastError}</td>
              </tr>
            )}
            {troubles.toReversed().map(({ t, where, text, count }) => (
              <tr key={`${where} ${text}`}>
                <td class="n mono">{(t / 1e9).toFixed(6)} s</td>
                <td>
                  {text}
                  {count === 1 ? '' : `, ${count} times in a row`} <span class="quiet mono">{where}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** f: one frame. A board that runs is stopped first. */
function useKeys(state: CmdqState | undefined): void {
  const frameNs = state?.frameNs;
  useEffect(() => {
    const pressed = ({ key, target, ctrlKey, altKey, metaKey }: KeyboardEvent): void => {
      if (key !== 'f' || ctrlKey || altKey || metaKey || frameNs === undefined) return;
      if (target instanceof HTMLElement && target.closest('input, textarea, select') !== null) return;
      if (hello.value?.canPause !== true) return;
      void (async () => {
        if (time.value.running) await toggleRun();
        await send({ do: 'step', ns: frameNs });
      })();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [frameNs]);
}
