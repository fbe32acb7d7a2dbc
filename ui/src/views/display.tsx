// The display: its pipelines as a release of Linux builds them, what is wrong in words, what the running machine has.
import type { JSX } from 'preact';
import type { DisplayState } from '../../../src/page/views/display.js';
import { useView } from '../parts/hooks.js';
import { viewArgs } from '../store.js';
import { watchArgs } from '../view-args.js';
import { Findings, Logs } from './display-findings.js';
import { PipelinePicture } from './display-picture.js';
import { Running } from './display-running.js';
import './display.css';

/** The view. */
export function View(): JSX.Element | null {
  const state = useView<DisplayState>('display', watchArgs('display', viewArgs.value));
  if (state === undefined) return null;
  const none = state.picture.sections.length === 0;
  return (
    <>
      <Verdicts state={state} />
      {none ? null : (
        <section class="panel" aria-label="pipelines">
          <PipelinePicture picture={state.picture} states={state.states} />
        </section>
      )}
      {none ? null : <Findings findings={state.findings} />}
      <div class="pair">
        <Running displays={state.displays} absent={state.absent} />
        {none ? null : <Logs logs={state.logs} kernel={state.kernel} />}
      </div>
    </>
  );
}

const SIGNS = { works: 'bound', fails: 'failed', 'no output': 'waits', 'not driven': 'waits' } as const;

function Verdicts({ state }: { readonly state: DisplayState }): JSX.Element {
  const { verdicts, kernel, rules } = state;
  return (
    <section class="panel verdicts" aria-label="what becomes of the display">
      <div>
        {verdicts.length === 0 ? (
          <p>There is no MediaTek display in this tree: no node that the mmsys driver binds.</p>
        ) : (
          verdicts.map(({ kind, text }) => (
            <p key={text}>
              <span class={`state ${SIGNS[kind]}`}>{kind}</span>: {text}
            </p>
          ))
        )}
        {kernel === rules ? null : <p class="quiet">{`Linux ${kernel} has the rules of ${rules}.`}</p>}
      </div>
      <Release state={state} />
    </section>
  );
}

/** Whose rules are applied. */
function Release({ state: { kernel, offered } }: { readonly state: DisplayState }): JSX.Element {
  return (
    <label class="release">
      as Linux{' '}
      <select
        value={kernel}
        onChange={({ currentTarget }) => {
          viewArgs.value = { ...viewArgs.value, kernel: currentTarget.value };
        }}
      >
        {offered.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>{' '}
      reads the tree
    </label>
  );
}
