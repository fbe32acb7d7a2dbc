// The frame of the page: who the board is, its time, the views, and where files are dropped.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Clock } from './parts/clock.js';
import { DropZone, Welcome } from './parts/drop.js';
import { formatNs } from './parts/text.js';
import { activities, choice, hello, lines, link, loading, notice, show, time, toggleRun, view } from './store.js';
import { VIEWS } from './views.js';

/** All of it. */
export function App(): JSX.Element {
  useKeys();
  const board = hello.value;
  const entry = VIEWS.find(({ name }) => name === view.value);
  return (
    <DropZone>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the view
      </a>
      <Header />
      {board === undefined ? null : <Tabs />}
      <Notice />
      <main id="main" tabIndex={-1}>
        {board === undefined || entry === undefined || choice.value !== undefined ? (
          <Welcome />
        ) : (
          <entry.component key={`${entry.name} ${board.sha256}`} />
        )}
      </main>
    </DropZone>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Header(): JSX.Element {
  const board = hello.value;
  return (
    <header>
      <h1>{board === undefined ? 'bringup' : board.model || board.tree}</h1>
      {board === undefined ? null : (
        <>
          <span class="quiet" title={board.sha256 === '' ? '' : `SHA-256 ${board.sha256}`}>
            {board.tree}
          </span>
          {activities.value.length === 0 ? null : (
            <span class="quiet" title="what keeps the board busy">
              {activities.value.join(', ')}
            </span>
          )}
          <Clock />
          <button type="button" onClick={() => void copyLink()}>
            Copy link
          </button>
        </>
      )}
    </header>
  );
}

/** The whole run: tree, seed, scenario, how far it came. */
async function copyLink(): Promise<void> {
  const url = new URL(`#${link.value}`, location.href).href;
  try {
    await navigator.clipboard.writeText(url);
    notice.value = `copied: whoever opens the link sees the same run up to ${formatNs(time.value.t)}`;
  } catch {
    location.hash = link.value;
    notice.value = 'the link is in the address bar: this browser lets no page write to the clipboard';
  }
}

function Tabs(): JSX.Element {
  const bar = useRef<HTMLElement>(null);
  const current = view.value;
  // On a narrow screen the bar is longer than it.
  useEffect(
    () => bar.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
    [current],
  );
  return (
    <nav aria-label="Views" ref={bar}>
      {VIEWS.map(({ name, title }, index) => (
        <a
          key={name}
          href={`#view=${name}`}
          aria-current={current === name ? 'page' : undefined}
          title={`key ${index + 1}`}
          onClick={(event) => {
            event.preventDefault();
            show(name);
          }}
        >
          {title}
        </a>
      ))}
    </nav>
  );
}

function Notice(): JSX.Element {
  const found = lines.value;
  return (
    <div aria-live="polite" class="notices">
      {loading.value ? <p class="notice">making the board ...</p> : null}
      {notice.value === '' ? null : (
        <p class="notice" role="status">
          {notice.value}
        </p>
      )}
      {found.length === 0 ? null : (
        <details class="notice" open={hello.value === undefined}>
          <summary>{hello.value === undefined ? 'Nothing was loaded' : `${counted(found.length)} in the tree`}</summary>
          <pre>{found.slice(0, MOST_LINES).join('\n')}</pre>
        </details>
      )}
    </div>
  );
}
const MOST_LINES = 200;

const counted = (count: number): string => (count === 1 ? '1 finding' : `${count} findings`);

/** 1 to 9 choose a view, the blank bar runs and stops; not while something is typed. */
function useKeys(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const { target, key } = event;
      if (event.ctrlKey || event.altKey || event.metaKey || hello.value === undefined) return;
      if (target instanceof HTMLElement && target.closest('input, textarea, select, button, a, summary, [role=grid]')) {
        if (key === ' ' || !(target instanceof HTMLAnchorElement)) return;
      }
      const entry = VIEWS[Number(key) - 1];
      if (entry !== undefined) show(entry.name);
      else if (key === ' ') void toggleRun();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
