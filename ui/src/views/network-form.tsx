// Starts and stops frames between two ports, and tells how they fare.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { NetworkPort } from '../../../src/page/views/network.js';
import type { FramesState } from '../../../src/stock/activity-frames.js';
import { act } from '../store.js';
import { count } from './network-words.js';

/** The panel. */
export function FramesForm({
  ports,
  frames,
  hindrance,
}: {
  readonly ports: readonly NetworkPort[];
  readonly frames: FramesState | undefined;
  readonly hindrance: string | undefined;
}): JSX.Element {
  return (
    <section class="panel">
      <h2>Frames between two ports</h2>
      <div class="body">
        {frames === undefined ? <Start ports={ports} hindrance={hindrance} /> : <Runs frames={frames} />}
      </div>
    </section>
  );
}

function Start({
  ports,
  hindrance,
}: {
  readonly ports: readonly NetworkPort[];
  readonly hindrance: string | undefined;
}): JSX.Element {
  const [from, setFrom] = useState(ports[0]?.name ?? '');
  const [to, setTo] = useState(ports[1]?.name ?? '');
  const [rate, setRate] = useState('1000');
  const [size, setSize] = useState('60..1514');
  const [both, setBoth] = useState(false);
  const choose = (value: string, set: (value: string) => void): JSX.Element => (
    <select value={value} onChange={({ currentTarget }) => set(currentTarget.value)}>
      {ports.map(({ name }) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
  return (
    <form
      class="tools"
      onSubmit={(event) => {
        event.preventDefault();
        void act(`start frames from=${from} to=${to} rate=${rate} size=${size}${both ? ' both=1' : ''}`);
      }}
    >
      <label>From {choose(from, setFrom)}</label>
      <label>to {choose(to, setTo)}</label>
      <label>
        <input
          type="number"
          min={1}
          max={10_000}
          value={rate}
          onInput={({ currentTarget }) => setRate(currentTarget.value)}
        />{' '}
        a second
      </label>
      <label>
        of{' '}
        <input
          class="size"
          value={size}
          pattern="\d+(\.\.\d+)?"
          title="one length, or the least and the most: 60..1514"
          onInput={({ currentTarget }) => setSize(currentTarget.value)}
        />{' '}
        bytes
      </label>
      <label>
        <input type="checkbox" checked={both} onChange={({ currentTarget }) => setBoth(currentTarget.checked)} /> both
        ways
      </label>
      <button type="submit" class="main" disabled={hindrance !== undefined}>
        Send
      </button>
      {hindrance === undefined ? null : <span class="quiet">It cannot: {hindrance}.</span>}
    </form>
  );
}

const STATES: Readonly<Record<FramesState['is'], string>> = {
  sends: 'bound',
  opens: 'waits',
  'waits for the link': 'waits',
  'is stopped': 'failed',
};

function Runs({ frames: { is, rate, size, ways, error } }: { readonly frames: FramesState }): JSX.Element {
  return (
    <div class="tools">
      <span class={`state ${STATES[is]}`}>{is}</span>
      <span class="quiet">
        {rate} a second of {size} bytes
      </span>
      {ways.map(({ from, to, sent, unsent, received, missing }) => (
        <span key={from}>
          <span class="mono">
            {from} {'\u2192'} {to}
          </span>{' '}
          <span class="number">{count(sent)}</span> sent, <span class="number">{count(received)}</span> received
          {unsent === 0 ? '' : `, ${count(unsent)} not taken`}
          {missing === 0 ? null : <span class="alarm">, {count(missing)} missing</span>}
        </span>
      ))}
      {error === undefined ? null : <span class="alarm">{error}</span>}
      <button type="button" onClick={() => void act('stop frames')}>
        Stop
      </button>
    </div>
  );
}
