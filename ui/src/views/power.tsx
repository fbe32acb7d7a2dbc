// The power rails: charts, what is read at the moment, and the knobs around the chips that measure.
import type { JSX } from 'preact';
import type { PowerState } from '../../../src/page/views/power.js';
import { useView } from '../parts/hooks.js';
import { act, time } from '../store.js';
import { RailCharts } from './power-charts.js';
import { Monitor } from './power-knobs.js';
import { RailTable } from './power-table.js';
import './power.css';

/** The view. */
export function View(): JSX.Element | null {
  const state = useView<PowerState>('power');
  if (state === undefined) return null;
  return (
    <>
      <Reading state={state} />
      <RailCharts state={state} />
      <RailTable state={state} />
      {state.monitors.map((monitor) => (
        <Monitor key={monitor.path} monitor={monitor} state={state} />
      ))}
    </>
  );
}

const PERIODS = ['10ms', '100ms', '1s'] as const;

/** Whether the rails are read, and the buttons for it. */
function Reading({ state }: { readonly state: PowerState }): JSX.Element {
  const { reading, hindrance } = state;
  return (
    <section class="panel">
      <div class="head">
        <h2>Power rails</h2>
        {reading !== undefined ? (
          <>
            <span class="state bound">read every {reading.everyNs / 1e6} ms</span>
            <span class="quiet number">
              {reading.reads} readings{reading.missed > 0 ? `, ${reading.missed} left out` : ''}
            </span>
            <button type="button" onClick={() => void act('stop rails')}>
              Stop reading
            </button>
          </>
        ) : hindrance === undefined ? (
          <>
            <button type="button" class="main" onClick={() => void act('start rails every=100ms')}>
              Read rails every 100 ms
            </button>
            {PERIODS.filter((every) => every !== '100ms').map((every) => (
              <button key={every} type="button" onClick={() => void act(`start rails every=${every}`)}>
                every {every.replace(/(?=m?s$)/, ' ')}
              </button>
            ))}
          </>
        ) : null}
      </div>
      <Hint state={state} />
    </section>
  );
}

/** Why there is nothing to see, or nothing new. */
function Hint({ state: { reading, hindrance, monitors } }: { readonly state: PowerState }): JSX.Element | null {
  const absent = monitors.filter(({ state }) => state !== 'bound');
  const words =
    hindrance !== undefined
      ? `Nothing can be read: ${hindrance}.`
      : reading === undefined
        ? 'Nobody reads the rails. A program of the board would: reading goes over I2C, through the drivers, and takes alarms back. It becomes part of the run and of its link.'
        : time.value.running
          ? ''
          : 'The board stands still: readings come while it runs.';
  if (words === '' && absent.length === 0) return null;
  return (
    <div class="body">
      {words === '' ? null : <p class="quiet">{words}</p>}
      {absent.map(({ path, state, reason }) => (
        <p key={path}>
          <span class={`state ${state}`}>{state}</span> <span class="mono">{path}</span>{' '}
          <span class="quiet">{reason}</span>
        </p>
      ))}
    </div>
  );
}
