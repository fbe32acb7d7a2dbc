// A knob of a chip: a slider to try, a field to say it exactly. What is turned is an action of the scenario.
import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import type { PowerKnob } from '../../../src/page/views/power.js';
import { act } from '../store.js';

/** Steps of a slider. */
const STEPS = 1000;
/** Ranges beyond it have a slider that is fine around zero. */
const WIDE = 50_000;
/** How much of such a range the slider's first steps are. */
const FINE = 1e-3;

/** The knob, as `name` for a person. */
export function KnobField(props: {
  readonly path: string;
  readonly knob: PowerKnob;
  readonly name: string;
}): JSX.Element {
  const { path, knob, name } = props;
  const id = useId();
  const [draft, setDraft] = useState<number | undefined>(undefined);
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const { unit, min, max, about, value } = knob;
  const turn = (to: number): void => {
    setTyped(undefined);
    if (!Number.isFinite(to) || to === value) return setDraft(undefined);
    // The slider stays where the hand has left it until the board says so too, or says no.
    setDraft(to);
    void act(`set ${path}:${knob.name}=${to}`).then((answer) => {
      if (answer === undefined) setDraft(undefined);
    });
  };
  useEffect(() => setDraft(undefined), [value]);
  const shown = draft ?? value;
  return (
    <div class="knob">
      <label for={id} title={`${about}; from ${min} to ${max} ${unit}`}>
        {name}
      </label>
      <input
        type="range"
        aria-label={`${about}, slider`}
        aria-valuetext={`${shown} ${unit}`}
        min={0}
        max={STEPS}
        value={positionOf(knob, shown)}
        onInput={({ currentTarget }) => setDraft(valueOf(knob, Number(currentTarget.value)))}
        onChange={({ currentTarget }) => turn(valueOf(knob, Number(currentTarget.value)))}
      />
      <span class="value">
        <input
          id={id}
          class="number"
          type="number"
          step="any"
          {...{ min, max }}
          value={typed ?? shown}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          onBlur={() => setTyped(undefined)}
          onChange={({ currentTarget }) => turn(currentTarget.valueAsNumber)}
        />
        <span class="quiet">{unit}</span>
      </span>
    </div>
  );
}

/** Where the slider stands for a value. */
function positionOf({ min, max }: PowerKnob, value: number): number {
  if (max - min <= WIDE) return Math.round(((value - min) / (max - min)) * STEPS);
  const [low, high] = [bent(min, max, min), bent(min, max, max)];
  return Math.round(((bent(min, max, value) - low) / (high - low)) * STEPS);
}

/** The value where the slider stands: two digits are enough for a hand. */
function valueOf({ min, max }: PowerKnob, position: number): number {
  const part = position / STEPS;
  if (max - min <= WIDE) return tidy(min + part * (max - min), (max - min) / STEPS);
  const [low, high] = [bent(min, max, min), bent(min, max, max)];
  const at = low + part * (high - low);
  const value = Math.sign(at) * Math.expm1(Math.abs(at)) * FINE * Math.max(Math.abs(min), max);
  return Math.min(max, Math.max(min, tidy(value, Math.abs(value) / 50)));
}

/** A scale that is fine around zero on both sides. */
function bent(min: number, max: number, value: number): number {
  return Math.sign(value) * Math.log1p(Math.abs(value) / (FINE * Math.max(Math.abs(min), max)));
}

/** The nearest round number, not further away than the step says. */
function tidy(value: number, step: number): number {
  const digit = 10 ** Math.floor(Math.log10(Math.max(step, 1)));
  return Math.round(value / digit) * digit;
}
