// What can go wrong on a wire, as buttons: anything that shows a wire can put them beside it.
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { FAULT_MENU, type FaultPlace } from '../../../src/bus/fault-menu.js';
import { act } from '../store.js';
import { Choice } from './choice.js';
import './fault-menu.css';

/** Which wire, in the words of a fault plan. */
export interface FaultWire {
  /** One place of the menu (`i2c.transfer`), or all whose name begins so (`i2c.`). */
  readonly where: string;
  /** What `@` names there; left out for all. */
  readonly which?: string | undefined;
}

const WHENS = ['next', 'Nth', 'every'] as const;
/** When it strikes: the same for all menus, as long as nobody chooses another. */
const when = signal<(typeof WHENS)[number]>('next');
const nth = signal(3);

/** A button that opens the menu of a wire; `name` says which wire, for a person. */
export function FaultMenu({ where, which, name }: FaultWire & { readonly name: string }): JSX.Element {
  const details = useRef<HTMLDetailsElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = (): void => {
    if (details.current !== null) details.current.open = false;
  };
  return (
    <details
      ref={details}
      class="fault-menu"
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || details.current?.open !== true) return;
        close();
        details.current.querySelector('summary')?.focus();
        event.stopPropagation();
      }}
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) close();
      }}
    >
      <summary aria-label={`Fault: ${name}`}>Fault</summary>
      {isOpen ? (
        <div class="sheet">
          <p class="quiet">What goes wrong: {name}</p>
          <FaultWords {...{ where, which }} />
        </div>
      ) : null}
    </details>
  );
}

/** The menu itself: when, then what. */
export function FaultWords({ where, which }: FaultWire): JSX.Element {
  const id = useId();
  const [planned, setPlanned] = useState('');
  const places = FAULT_MENU.filter(
    (place) => place.where === where || (where.endsWith('.') && place.where.startsWith(where)),
  );
  const plan = async (place: FaultPlace, what: string): Promise<void> => {
    const text = planText({ where: place.where, which }, what);
    // What is refused says so at the head of the page.
    if ((await act(`fault ${text}`)) !== undefined) setPlanned(text);
  };
  return (
    <div class="fault-words">
      <div class="when">
        <Choice legend="When" options={WHENS} value={when.value} onChoose={(value) => (when.value = value)} />
        {when.value === 'Nth' ? (
          <>
            <label for={id}>N =</label>
            <input
              id={id}
              class="number"
              type="number"
              min={1}
              max={999_999_999}
              value={nth.value}
              onInput={({ currentTarget: { valueAsNumber: n } }) => {
                if (n >= 1) nth.value = Math.floor(n);
              }}
            />
          </>
        ) : null}
      </div>
      {places.map((place) => (
        <div key={place.where} class="place">
          <span>
            <code>{place.where}</code> <span class="quiet">{aboutOf(place)}</span>
          </span>
          <span class="words">
            {place.whats.map((what) => (
              <button
                key={what}
                type="button"
                title={planText({ where: place.where, which }, what)}
                onClick={() => void plan(place, what)}
              >
                {what}
              </button>
            ))}
          </span>
        </div>
      ))}
      <p class="planned quiet" aria-live="polite">
        {planned === '' ? '' : `planned: ${planned}`}
      </p>
    </div>
  );
}

/** `i2c.transfer@/soc/i2c@1000:0x40#1=timeout`, with the moment that is chosen. */
function planText({ where, which }: FaultWire, what: string): string {
  const count = { next: '#1', Nth: `#${nth.value}`, every: '' }[when.value];
  return `${where}${which === undefined ? '' : `@${which}`}${count}=${what}`;
}

/** Without the names that `@` takes: the wire is chosen already. */
function aboutOf({ about }: FaultPlace): string {
  return about.replace(/; @.*$/, '');
}
