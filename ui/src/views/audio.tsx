// The audio DSP: what goes between the processors, how loud its ports are, its services, and what can happen to it.
import type { JSX } from 'preact';
import type { AudioState } from '../../../src/page/views/audio.js';
import { useView } from '../parts/hooks.js';
import { DspPanel } from './audio-dsp.js';
import { Levels, TonePanel } from './audio-levels.js';
import { Sequence } from './audio-sequence.js';
import './audio.css';

/** The view. */
export function View(): JSX.Element | null {
  const state = useView<AudioState>('audio');
  if (state === undefined) return null;
  if (state.hindrance !== undefined)
    return (
      <section class="panel">
        <h2>Audio</h2>
        <p class="body">There is nothing to hear: {state.hindrance}.</p>
      </section>
    );
  return (
    <div class="audio">
      <Sequence lanes={state.lanes} waiting={state.waiting} />
      <div class="audio-side">
        <TonePanel state={state} />
        <Levels ports={state.levels} />
        {state.dsps.map((dsp) => (
          <DspPanel key={dsp.path} dsp={dsp} opcodes={state.opcodes} />
        ))}
      </div>
    </div>
  );
}
