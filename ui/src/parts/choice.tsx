// One of a few: buttons that belong together, of which one is pressed.
import type { JSX } from 'preact';
import './choice.css';

/** The buttons. */
export function Choice<T extends string>(props: {
  readonly legend: string;
  readonly options: readonly T[];
  readonly value: T;
  readonly onChoose: (value: T) => void;
}): JSX.Element {
  const { legend, options, value, onChoose } = props;
  return (
    <span class="choice" role="group" aria-label={legend}>
      {options.map((option) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChoose(option)}>
          {option}
        </button>
      ))}
    </span>
  );
}
