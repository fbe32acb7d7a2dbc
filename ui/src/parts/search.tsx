// A box for words to search for: told when typing pauses, so that not each letter begins a search.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** What is searched for, and who is told of another wish. */
export interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly change: (value: string) => void;
  /** A datalist of what may be meant. */
  readonly list?: string;
  readonly onFocus?: () => void;
}

const TYPING_MS = 120;

/** The box with its label. */
export function Search({ label, value, placeholder, change, list, onFocus }: SearchProps): JSX.Element {
  const [draft, setDraft] = useState(value);
  const timer = useRef(0);
  /** What was told last: its coming back must not undo what was typed since. */
  const told = useRef(value);
  useEffect(() => {
    if (value !== told.current) setDraft(value);
    told.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label>
      {label}{' '}
      <input
        type="search"
        value={draft}
        placeholder={placeholder}
        {...(list === undefined ? {} : { list })}
        onFocus={onFocus}
        onInput={({ currentTarget }) => {
          const wish = currentTarget.value;
          setDraft(wish);
          clearTimeout(timer.current);
          timer.current = window.setTimeout(() => {
            told.current = wish.trim();
            change(told.current);
          }, TYPING_MS);
        }}
      />
    </label>
  );
}
