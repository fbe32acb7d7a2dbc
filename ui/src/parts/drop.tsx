// Where a person drops a devicetree: a blob, a source, a folder of sources.
import type { ComponentChildren, JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { choice, loadBoard, loading, notice, wanted } from '../store.js';
import { filesOfDrop, filesOfInput, type FoundFile, readNeeded } from './dropped-files.js';
import './drop.css';

/** The whole page takes files. */
export function DropZone({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const [over, setOver] = useState(false);
  return (
    <div
      class={over ? 'zone over' : 'zone'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (event.relatedTarget === null) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer !== null) void filesOfDrop(event.dataTransfer).then(take);
      }}
    >
      {children}
    </div>
  );
}

/** One tree among the files is loaded; of several a person chooses. */
function take(files: readonly FoundFile[] | string): void {
  if (typeof files === 'string') {
    notice.value = files;
    return;
  }
  const trees = treesAmong(files.map(({ path }) => path));
  const [only = files[0]?.path ?? ''] = trees;
  if (trees.length > 1) choice.value = { files, trees };
  else void load(files, only);
}

/** Files that can be a tree by themselves, shortest path first. */
function treesAmong(paths: readonly string[]): string[] {
  return paths.filter((path) => /\.(?:dtb|dts)$/i.test(path)).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

async function load(files: readonly FoundFile[], main: string): Promise<void> {
  loading.value = true;
  const read = await readNeeded(files, main);
  if (typeof read !== 'string') return loadBoard(read, main, stateFor(main));
  loading.value = false;
  notice.value = read;
}

/** What a link has said about a tree of that name, which was too large to travel along. */
function stateFor(path: string) {
  const state = wanted.value;
  return state !== undefined && path.endsWith(state.tree) ? state : undefined;
}

/** What there is to see without a board. */
export function Welcome(): JSX.Element {
  const file = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const missing = wanted.value;
  if (choice.value !== undefined) return <Choice />;
  return (
    <section class="welcome" aria-busy={loading.value}>
      <h2>Drop a devicetree</h2>
      {missing === undefined ? (
        <p>
          A <code>.dtb</code>, or a <code>.dts</code> with the folders that it includes from. The board is made in this
          page: nothing leaves it.
        </p>
      ) : (
        <p role="status">
          The link is about <code>{missing.tree}</code>, which is too large to travel in it. Drop that file
          {missing.sha256 === '' ? '' : ` (SHA-256 ${missing.sha256.slice(0, 12)}...)`}, and its run is there.
        </p>
      )}
      <p>
        <button type="button" class="main" onClick={() => file.current?.click()}>
          Choose a file
        </button>{' '}
        <button type="button" onClick={() => folder.current?.click()}>
          Choose a folder
        </button>
      </p>
      <input
        ref={file}
        type="file"
        hidden
        multiple
        accept=".dtb,.dts,.dtsi,.h"
        onChange={chosen}
        aria-label="devicetree"
      />
      <input ref={folder} type="file" hidden onChange={chosen} aria-label="folder" {...{ webkitdirectory: true }} />
    </section>
  );
}

function chosen({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void {
  take(filesOfInput(currentTarget.files));
  // The same file may be chosen again: somebody works on it.
  currentTarget.value = '';
}

function Choice(): JSX.Element {
  const [filter, setFilter] = useState('');
  const { files, trees } = choice.value ?? { files: [], trees: [] };
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = trees.filter((path) => words.every((word) => path.toLowerCase().includes(word)));
  return (
    <section class="welcome choice">
      <h2>Which board?</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (shown[0] !== undefined) void load(files, shown[0]);
        }}
      >
        <label>
          Filter{' '}
          <input
            type="search"
            value={filter}
            autofocus
            onInput={({ currentTarget }) => setFilter(currentTarget.value)}
          />
        </label>{' '}
        <span class="quiet" role="status">
          {shown.length > MOST_SHOWN ? `the first ${MOST_SHOWN} of ${shown.length} trees` : counted(shown.length)}
        </span>{' '}
        <button type="button" onClick={() => (choice.value = undefined)}>
          Cancel
        </button>
      </form>
      <ul class="plain">
        {shown.slice(0, MOST_SHOWN).map((path) => (
          <li key={path}>
            <button type="button" class="link tree" onClick={() => void load(files, path)}>
              <span class="quiet">{path.slice(0, path.lastIndexOf('/') + 1)}</span>
              {path.slice(path.lastIndexOf('/') + 1)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
const MOST_SHOWN = 300;

const counted = (count: number): string => (count === 1 ? '1 tree' : `${count} trees`);
