// One DSP: where it stands, its services, what is open in it, how it can be killed, and which firmware it has.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AudioState, Dsp } from '../../../src/page/views/audio.js';
import type { ViewKnob } from '../../../src/page/views/knobs.js';
import { act } from '../store.js';

/** Knobs that make something happen; they have buttons. */
const HAPPENINGS = new Set(['crash', 'pdRestart', 'crashAtPacket']);
/** Knobs of the form for one opcode. */
const VARIANT = new Set(['variantOpcode', 'variantEffect', 'variantValue', 'variantNth']);
const EFFECTS = [
  'is silent',
  'answers with status',
  'is late by us',
  'cuts its answer to bytes',
  'answers twice',
  'turns token bits',
];

/** The panel. */
export function DspPanel({
  dsp,
  opcodes,
}: {
  readonly dsp: Dsp;
  readonly opcodes: AudioState['opcodes'];
}): JSX.Element {
  const { path, is, remoteproc, services, parts, counts, knobs } = dsp;
  const turn = (name: string, value: number): Promise<unknown> => act(`set ${path}:${name}=${value}`);
  const plain = knobs.filter(({ name }) => !HAPPENINGS.has(name) && !VARIANT.has(name));
  return (
    <section class="panel" aria-label={`DSP ${path}`}>
      <div class="head">
        <h2>DSP</h2>
        <span class="mono quiet">{path}</span>
      </div>
      <div class="body dsp">
        <p>
          <span class={`state ${DSP_STATES[is] ?? 'none'}`}>{is}</span>
          {remoteproc === undefined ? null : (
            <span class="quiet">
              {' '}
              {remoteproc.name}: {remoteproc.state}
              {remoteproc.crashes === 0
                ? ''
                : `, ${remoteproc.crashes === 1 ? '1 crash' : `${remoteproc.crashes} crashes`}`}
            </span>
          )}
        </p>
        <p class="tools">
          <button type="button" class="danger" onClick={() => void turn('crash', 2)}>
            Crash: fatal error
          </button>
          <button type="button" class="danger" onClick={() => void turn('crash', 1)}>
            Crash: watchdog
          </button>
          <button type="button" onClick={() => void turn('crashAtPacket', 5)}>
            Crash at the 5th packet
          </button>
          <button type="button" onClick={() => void turn('pdRestart', 1)}>
            Restart its audio domain
          </button>
        </p>
      </div>
      <table>
        <thead>
          <tr>
            <th>Service</th>
            <th>Driver</th>
            <th>In the DSP</th>
          </tr>
        </thead>
        <tbody>
          {services.map(({ name, path: node, device, dsp: said }) => (
            <tr key={node}>
              <td title={node}>{name}</td>
              <td>
                <span
                  class={`state ${device.startsWith('bound') ? 'bound' : device === 'no device' ? 'none' : 'waits'}`}
                >
                  {device}
                </span>
              </td>
              <td>{said === '' ? <span class="quiet">is not there</span> : said}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {parts.length === 0 ? null : (
        <dl class="body parts">
          {parts.map(([name, words]) => (
            <div key={name}>
              <dt class="mono">{name}</dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
      )}
      <p class="body quiet">
        {Object.entries(counts)
          .map(([name, count]) => `${name.toLowerCase()} ${count}`)
          .join(', ')}
      </p>
      <details class="body">
        <summary>Firmware that does one thing otherwise</summary>
        <Variant knobs={knobs} opcodes={opcodes} turn={turn} />
      </details>
      <details class="body">
        <summary>Times and habits of the firmware</summary>
        <div class="knobs">
          {plain.map((knob) => (
            <KnobRow key={knob.name} knob={knob} turn={turn} />
          ))}
        </div>
      </details>
    </section>
  );
}

const DSP_STATES: Readonly<Record<string, string>> = {
  'is up': 'bound',
  boots: 'waits',
  'restarts its audio domain': 'waits',
  'has crashed': 'failed',
};

type Turn = (name: string, value: number) => Promise<unknown>;

function KnobRow({ knob, turn }: { readonly knob: ViewKnob; readonly turn: Turn }): JSX.Element {
  const { name, unit, min, max, about, value } = knob;
  return (
    <label title={`${name}: ${min} to ${max} ${unit}`}>
      <span class="mono">{name}</span>
      <input
        type="number"
        min={min}
        max={max}
        value={value}
        onChange={({ currentTarget }) => void turn(name, currentTarget.valueAsNumber)}
      />
      <span class="quiet">
        {unit}; {about}
      </span>
    </label>
  );
}

/** One opcode, and what the firmware makes of it. */
function Variant({
  knobs,
  opcodes,
  turn,
}: {
  readonly knobs: readonly ViewKnob[];
  readonly opcodes: AudioState['opcodes'];
  readonly turn: Turn;
}): JSX.Element {
  const at = (name: string): number => knobs.find((knob) => knob.name === name)?.value ?? 0;
  const [opcode, setOpcode] = useState(String(at('variantOpcode')));
  const [effect, setEffect] = useState(String(at('variantEffect')));
  const [value, setValue] = useState(String(at('variantValue')));
  const [nth, setNth] = useState(String(at('variantNth')));
  const apply = async (): Promise<void> => {
    await turn('variantEffect', Number(effect));
    await turn('variantValue', Number(value));
    await turn('variantNth', Number(nth));
    await turn('variantOpcode', Number(opcode));
  };
  const now = opcodes.find((one) => one.opcode === at('variantOpcode'));
  return (
    <form
      class="variant"
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
    >
      <label>
        Packet{' '}
        <select value={opcode} onChange={({ currentTarget }) => setOpcode(currentTarget.value)}>
          <option value="0">none: as it should be</option>
          {opcodes.map((one) => (
            <option key={one.opcode} value={String(one.opcode)}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
      <label>
        The DSP{' '}
        <select value={effect} onChange={({ currentTarget }) => setEffect(currentTarget.value)}>
          {EFFECTS.map((words, index) => (
            <option key={words} value={String(index + 1)}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        Number{' '}
        <input type="number" min={0} value={value} onInput={({ currentTarget }) => setValue(currentTarget.value)} />
      </label>
      <label>
        Only the nth (0: all){' '}
        <input type="number" min={0} value={nth} onInput={({ currentTarget }) => setNth(currentTarget.value)} />
      </label>
      <button type="submit">Set</button>
      <p class="quiet">
        {now === undefined
          ? 'Now: every packet is answered as it should be.'
          : `Now: at ${now.name} it ${EFFECTS[at('variantEffect') - 1] ?? ''} (${at('variantValue')}).`}
      </p>
    </form>
  );
}
