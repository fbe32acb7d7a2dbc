// A number that can be written where it stands: Enter writes it, Escape leaves it.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** What can be edited, or why it cannot. */
export interface EditableProps {
  readonly label: string;
  readonly text: string;
  readonly why?: string | undefined;
  readonly write: (text: string) => unknown;
}

/** Shows the text; a click or Enter on it makes it a box. */
export function Editable({ label, text, why, write }: EditableProps): JSX.Element {
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const box = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const isOpen = draft !== undefined;
  useEffect(() => {
    if (isOpen) box.current?.select();
  }, [isOpen]);
  const leave = (): void => {
    setDraft(undefined);
    setTimeout(() => button.current?.focus(), 0);
  };
  if (why !== undefined)
    return (
      <span title={why} class="registers-fixed">
        {text}
      </span>
    );
  if (draft === undefined)
    return (
      <button
        ref={button}
        type="button"
        title={`write ${label}`}
        aria-label={`${label}: ${text}, write`}
        onClick={() => setDraft(text)}
      >
        {text}
      </button>
    );
  return (
    <input
      ref={box}
      value={draft}
      aria-label={`${label}: 0x12, 18 or 0b10010`}
      spellcheck={false}
      autocomplete="off"
      onInput={({ currentTarget }) => setDraft(currentTarget.value)}
      onBlur={() => setDraft(undefined)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') leave();
        if (event.key !== 'Enter') return;
        write(draft.trim().replaceAll('_', ''));
        leave();
      }}
    />
  );
}
