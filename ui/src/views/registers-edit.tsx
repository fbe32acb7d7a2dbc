// A number that can be written where it stands: Enter writes it, Escape leaves it.
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

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
  /** Left by a key: the button gets the focus back. Who clicks elsewhere keeps it there. */
  const isLeft = useRef(false);
  // At once: what is typed next must not be taken for keys of the page.
  useLayoutEffect(() => {
    if (isOpen) {
      box.current?.focus();
      box.current?.select();
    } else if (isLeft.current) button.current?.focus();
    isLeft.current = false;
  }, [isOpen]);
  const leave = (): void => {
    isLeft.current = true;
    setDraft(undefined);
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
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        // Or the button, which has the focus next, would be pressed by the same key.
        event.preventDefault();
        if (event.key === 'Enter') write(draft.trim().replaceAll('_', ''));
        leave();
      }}
    />
  );
}
