// The chips of the board to choose from, and what the chosen one does in words.
import type { JSX } from 'preact';
import type { ChipEntry } from '../../../src/page/views/registers.js';
import { setArg } from '../parts/view-args.js';

/** Where a person chooses a chip: a list, or on a narrow screen a box. */
export function Chips({ chips, chip }: { readonly chips: readonly ChipEntry[]; readonly chip: string }): JSX.Element {
  const choose = (path: string): void => setArg('chip', path);
  return (
    <section class="panel registers-chips">
      <h2>Chips</h2>
      <p class="registers-box">
        <label>
          Chip{' '}
          <select value={chip} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            {chips.map(({ path, model }) => (
              <option key={path} value={path}>
                {model}: {path.slice(path.lastIndexOf('/') + 1)}
              </option>
            ))}
          </select>
        </label>
      </p>
      <ul class="plain">
        {chips.map(({ path, model, registers }) => (
          <li key={path}>
            <button
              type="button"
              class="registers-choice"
              aria-current={path === chip ? 'true' : undefined}
              title={path}
              onClick={() => choose(path)}
            >
              <span class="mono">{path.slice(path.lastIndexOf('/') + 1)}</span>
              <span class="quiet">
                {model}, {registers}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What its parts do at the moment. */
export function Words({ words }: { readonly words: Readonly<Record<string, string>> }): JSX.Element | null {
  const all = Object.entries(words);
  if (all.length === 0) return null;
  return (
    <section class="panel">
      <h2>What it does</h2>
      <dl class="body registers-words">
        {all.map(([part, text]) => (
          <div key={part}>
            <dt class="mono">{part}</dt>
            <dd>{text || '\u2013'}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
