// The knobs around a chip that measures rails: those of a rail beside its chart, the others by themselves.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PowerKnob, PowerMonitor, PowerState } from '../../../src/page/views/power.js';
import { isDisabled, type PowerRail } from '../../../src/stock/power-sample.js';
import { FaultMenu } from '../parts/fault-menu.js';
import { KnobField } from '../parts/knob.js';
import { hex } from '../parts/text.js';
import { act } from '../store.js';

/** The name of a knob of one channel: `load1Ma`, `busOffset1Mv`. */
const OF_CHANNEL = /^([a-zA-Z]+)(\d)[A-Z]/;
const ERRORS = /Offset|Gain/;

const WORDS: Readonly<Record<string, string>> = {
  bus: 'voltage',
  load: 'load',
  shunt: 'shunt',
  shuntOffset: 'shunt offset',
  shuntGain: 'shunt gain',
  busOffset: 'bus offset',
  busGain: 'bus gain',
};

const channelOf = ({ name }: PowerKnob): string | undefined => OF_CHANNEL.exec(name)?.[2];
const isError = ({ name }: PowerKnob): boolean => ERRORS.test(name);

/** What a person turns to see a rail move, and the limits that the driver has for it. */
export function RailKnobs(props: { readonly monitor: PowerMonitor; readonly rail: PowerRail }): JSX.Element | null {
  const { monitor, rail } = props;
  const knobs = monitor.knobs.filter((knob) => channelOf(knob) === String(rail.channel) && !isError(knob));
  return (
    <div class="knob-list">
      <Knobs path={monitor.path} knobs={knobs} />
      <div class="limits">
        <span>limits</span>
        {LIMITS.map((name) =>
          rail[name] === undefined ? null : <LimitField key={name} {...{ rail, name }} milli={rail[name]} />,
        )}
      </div>
    </div>
  );
}

const LIMITS = ['max', 'crit'] as const;

/** A limit of the driver, in A: written into its file, as a program of the board would. */
function LimitField(props: {
  readonly rail: PowerRail;
  readonly name: (typeof LIMITS)[number];
  readonly milli: number | string;
}): JSX.Element {
  const { rail, name, milli } = props;
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const { path, channel, label } = rail;
  return (
    <label title={`curr${channel}_${name}`}>
      <span class="quiet">{name}</span>
      {typeof milli === 'string' ? (
        <span class="failed">{milli}</span>
      ) : (
        <input
          class="number"
          type="number"
          step="any"
          aria-label={`${label}: ${name} in A`}
          value={typed ?? (milli / 1000).toFixed(3)}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          onBlur={() => setTyped(undefined)}
          onChange={({ currentTarget: { valueAsNumber } }) => {
            setTyped(undefined);
            if (Number.isFinite(valueAsNumber))
              void act(`write ${path}:curr${channel}_${name}=${Math.round(valueAsNumber * 1000)}`);
          }}
        />
      )}
      <span class="quiet">A</span>
    </label>
  );
}

/** One chip: the knobs that stand beside no chart, and what can go wrong on its wire. */
export function Monitor(props: { readonly monitor: PowerMonitor; readonly state: PowerState }): JSX.Element {
  const { monitor, state } = props;
  const { path, device, bus, addr, knobs } = monitor;
  const railOf = (channel: string) =>
    state.rails.find((one) => one.path === path && String(one.channel) === channel && !isDisabled(one));
  const channels = [...new Set(knobs.flatMap((knob) => channelOf(knob) ?? []))].sort();
  const others = knobs.filter((knob) => channelOf(knob) === undefined);
  return (
    <section class="panel">
      <div class="head">
        <h2>{device || path.slice(path.lastIndexOf('/') + 1)}</h2>
        <span class="quiet mono">{path}</span>
        <FaultMenu where="i2c." which={`${bus}:${hex(addr)}`} name={`I2C address ${hex(addr, 2)}`} />
      </div>
      {knobs.length === 0 ? (
        <p class="body quiet">No chip model is plugged here: nothing can be turned.</p>
      ) : (
        <div class="body knobs">
          {channels.map((channel) => (
            <Channel
              key={channel}
              {...{ path, channel }}
              label={railOf(channel)?.label}
              knobs={knobs.filter((knob) => channelOf(knob) === channel)}
            />
          ))}
          {others.length === 0 ? null : (
            <fieldset>
              <legend>chip</legend>
              <Knobs {...{ path }} knobs={others} />
            </fieldset>
          )}
        </div>
      )}
    </section>
  );
}

/** One input of the chip; with a chart its first knobs are there. */
function Channel(props: {
  readonly path: string;
  readonly channel: string;
  readonly label: string | undefined;
  readonly knobs: readonly PowerKnob[];
}): JSX.Element {
  const { path, channel, label, knobs } = props;
  return (
    <fieldset>
      <legend>{label === undefined ? `input ${channel}` : `input ${channel}: ${label}`}</legend>
      {label === undefined ? <Knobs {...{ path }} knobs={knobs.filter((knob) => !isError(knob))} /> : null}
      <details>
        <summary>how far the chip is off</summary>
        <Knobs {...{ path }} knobs={knobs.filter(isError)} />
      </details>
    </fieldset>
  );
}

function Knobs({ path, knobs }: { readonly path: string; readonly knobs: readonly PowerKnob[] }): JSX.Element {
  return (
    <>
      {knobs.map((knob) => (
        <KnobField key={knob.name} {...{ path, knob }} name={shortName(knob.name)} />
      ))}
    </>
  );
}

/** The knob without channel and unit, which stand beside it. */
function shortName(name: string): string {
  const [, stem = name] = OF_CHANNEL.exec(name) ?? [];
  return WORDS[stem] ?? stem;
}
