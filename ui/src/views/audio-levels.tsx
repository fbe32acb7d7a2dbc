// How loud the ports are, and the tone that somebody may let play.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AudioState } from '../../../src/page/views/audio.js';
import type { LevelPort } from '../../../src/page/views/audio-levels.js';
import { act, onFrames } from '../store.js';

/** The meter's end. */
const LEAST_DB = -60;
/** How fast the mark of the peak falls, in dB a second of the board. */
const FALL_DB = 12;

/** A meter for each channel of each port that was heard. */
export function Levels({ ports }: { readonly ports: readonly LevelPort[] }): JSX.Element {
  return (
    <section class="panel">
      <h2>Levels</h2>
      <div class="body levels">
        {ports.length === 0 ? <p class="quiet">No port has played yet.</p> : null}
        {ports.map((port) => (
          <div key={port.name} class="level-port">
            <h3 class="mono">{port.name}</h3>
            <p class="quiet">
              {port.rate} Hz, {port.bits} bit, {port.channels === 1 ? '1 channel' : `${port.channels} channels`},{' '}
              {port.frames} frames{port.starved === 0 ? '' : `, ${port.starved} of them silence that nobody wrote`}
            </p>
            {Array.from({ length: port.channels }, (_, channel) => (
              <Meter key={channel} port={port} channel={channel} />
            ))}
          </div>
        ))}
      </div>
    </section>
  );
}

const CHANNEL_NAMES = ['L', 'R'];

/** Drawn without the framework: twenty times a second only two widths and a text change. */
function Meter({ port, channel }: { readonly port: LevelPort; readonly channel: number }): JSX.Element {
  const mean = useRef<HTMLSpanElement>(null);
  const peak = useRef<HTMLSpanElement>(null);
  const text = useRef<HTMLOutputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const name = port.channels === 2 ? (CHANNEL_NAMES[channel] ?? '') : `${channel + 1}`;
  const series = port.series + 2 * channel;
  useEffect(() => {
    let [held, heldAt, peakDb, meanDb] = [LEAST_DB, 0, Number.NaN, Number.NaN];
    return onFrames('audio', (frame) => {
      if (frame.what !== 'samples' || (frame.which !== series && frame.which !== series + 1)) return;
      const [at = 0, value = Number.NaN] = frame.pairs;
      const db = 20 * Math.log10(value);
      if (frame.which === series) {
        peakDb = db;
        const fallen = held - ((at - heldAt) / 1e9) * FALL_DB;
        held = Math.max(Number.isNaN(db) ? LEAST_DB : db, fallen, LEAST_DB);
        heldAt = at;
        return;
      }
      meanDb = db;
      if (mean.current !== null) mean.current.style.width = `${partOf(meanDb)}%`;
      if (peak.current !== null) peak.current.style.left = `${partOf(held)}%`;
      if (text.current !== null) text.current.textContent = `${dbText(peakDb)} peak, ${dbText(meanDb)} RMS`;
      const { current } = box;
      if (current === null) return;
      current.setAttribute('aria-valuenow', String(Number.isNaN(meanDb) ? LEAST_DB : Math.round(meanDb)));
      current.setAttribute('aria-valuetext', `${dbText(meanDb)} dBFS`);
    });
  }, [series]);
  return (
    <div class="meter-row">
      <span class="mono">{name}</span>
      <div
        ref={box}
        class="meter"
        role="meter"
        aria-label={`${port.name}, channel ${name}, dBFS`}
        aria-valuemin={LEAST_DB}
        aria-valuemax={0}
        aria-valuenow={LEAST_DB}
      >
        <span ref={mean} class="meter-mean" />
        <span ref={peak} class="meter-peak" />
      </div>
      <output ref={text} class="number" aria-live="off">
        {dbText(Number.NaN)} peak, {dbText(Number.NaN)} RMS
      </output>
    </div>
  );
}

function partOf(db: number): number {
  return Number.isNaN(db) ? 0 : Math.max(0, Math.min(100, (1 - db / LEAST_DB) * 100));
}

/** As wide as `-60.0`. */
function dbText(db: number): string {
  return Number.isFinite(db)
    ? db.toFixed(1).replace('-', '\u2212').padStart(5, '\u2007')
    : '\u2007\u2212\u221e\u2007'.padStart(5, '\u2007');
}

/** Starts and stops the tone. */
export function TonePanel({
  state: { tone, playback, toneHindrance: hindrance },
}: {
  readonly state: AudioState;
}): JSX.Element {
  const [hz, setHz] = useState('440');
  const [port, setPort] = useState('');
  const start = (): void => void act(`start tone hz=${hz}${port === '' ? '' : ` port=${port}`}`);
  return (
    <section class="panel">
      <h2>Tone</h2>
      <div class="body tone">
        {tone === undefined ? (
          <form
            class="tools"
            onSubmit={(event) => {
              event.preventDefault();
              start();
            }}
          >
            <label>
              Hz{' '}
              <input
                type="number"
                min={20}
                max={20_000}
                value={hz}
                onInput={({ currentTarget }) => setHz(currentTarget.value)}
              />
            </label>
            <label>
              Port{' '}
              <select value={port} onChange={({ currentTarget }) => setPort(currentTarget.value)}>
                <option value="">the first</option>
                {playback.map(({ name, link }) => (
                  <option key={name} value={name}>
                    {link === undefined ? name : `${name} (${link})`}
                  </option>
                ))}
              </select>
            </label>
            <button type="submit" class="main" disabled={hindrance !== undefined}>
              Play
            </button>
            {hindrance === undefined ? null : <p class="quiet">It cannot: {hindrance}.</p>}
          </form>
        ) : (
          <>
            <p>
              <span class={`state ${TONE_STATES[tone.is] ?? 'none'}`}>{tone.is}</span> {tone.hz} Hz
              {tone.port === '' ? '' : ` on ${tone.port}, session ${String(tone.session)}`}
            </p>
            <p class="quiet">
              {Math.floor(tone.played)} frames played, {tone.underruns} underruns,{' '}
              {tone.streams === 1 ? '1 stream' : `${tone.streams} streams`} opened
            </p>
            {tone.error === undefined ? null : (
              <p class="said">
                <span class="quiet">The last one ended with</span> {tone.error}
              </p>
            )}
            <button type="button" onClick={() => void act('stop tone')}>
              Stop
            </button>
          </>
        )}
      </div>
    </section>
  );
}

const TONE_STATES: Readonly<Record<string, string>> = {
  plays: 'bound',
  opens: 'waits',
  'waits for the services': 'waits',
};
