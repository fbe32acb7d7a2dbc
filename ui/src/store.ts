// What the page knows, as signals; and what a person can do, as functions.
import { batch, computed, effect, signal } from '@preact/signals';
import type { Frame } from '../../src/page/frames.js';
import {
  type Args,
  type CommandBody,
  type Hello,
  type Message,
  VIEW_NAMES,
  type ViewName,
} from '../../src/page/protocol.js';
import type { CheckedFiles } from '../../src/web/board-worker.js';
import type { DroppedFile } from '../../src/web/load.js';
import { formatLink, type LinkState, MOST_BLOB_CHARACTERS, parseLink } from '../../src/web/link-text.js';
import { packBlob, unpackBlob } from './blob-text.js';
import { checkRun, Connection, warmWorker } from './connection.js';
import type { FoundFile } from './parts/dropped-files.js';
import { watchArgs } from './view-args.js';

/** The board that is there. */
export const hello = signal<Hello | undefined>(undefined);
/** Its time. */
export const time = signal({ t: 0, running: false, behindNs: 0 });
/** Activities that run. */
export const activities = signal<readonly string[]>([]);
/** What was done to it. */
export const scenario = signal('');
/** What is wrong with the tree, a line each. */
export const lines = signal<readonly string[]>([]);
/** What went wrong last, one line; empty when nothing did. */
export const notice = signal('');
/** Files that wait for a person to say which of them is the tree. */
export const choice = signal<{ readonly files: readonly FoundFile[]; readonly trees: readonly string[] } | undefined>(
  undefined,
);
/** While a board is made. */
export const loading = signal(false);
/** The view that is looked at. */
export const view = signal<ViewName>('board');
/** What the view shows, by its own names: travels in the link. */
export const viewArgs = signal<Readonly<Record<string, string>>>({});
/** A tree that a link names and that is too large to travel along. */
export const wanted = signal<LinkState | undefined>(undefined);

const states = new Map<ViewName, ReturnType<typeof signal<unknown>>>();
const frameListeners = new Map<ViewName, Set<(frame: Frame) => void>>();
let connection: Connection | undefined;
let warm: Worker | undefined;
let blobText = '';
let params: readonly string[] = [];
let source: { readonly files: readonly DroppedFile[]; readonly main: string } = { files: [], main: '' };

/** The state of a view, as its board-side half made it. */
export function stateOf<T>(name: ViewName): { readonly value: T | undefined } {
  let found = states.get(name);
  if (found === undefined) states.set(name, (found = signal<unknown>(undefined)));
  return found as { readonly value: T | undefined };
}

/** Gets the frames of a view; answers how to stop. */
export function onFrames(name: ViewName, listener: (frame: Frame) => void): () => void {
  const listeners = frameListeners.get(name) ?? new Set();
  frameListeners.set(name, listeners.add(listener));
  return () => void listeners.delete(listener);
}

/** Sends a command; what goes wrong becomes the notice, and undefined the answer. */
export async function send<T = unknown>(body: CommandBody): Promise<T | undefined> {
  if (connection === undefined) return undefined;
  try {
    const answer = (await connection.send(body)) as T;
    // Looking goes on by itself: what was said to a person stays.
    if (body.do !== 'ask' && body.do !== 'watch' && body.do !== 'unwatch') notice.value = '';
    return answer;
  } catch (error) {
    notice.value = error instanceof Error ? error.message : String(error);
    return undefined;
  }
}

/** One action of a scenario, now. */
export const act = (action: string): Promise<unknown> => send({ do: 'act', action });
/** One question to a view. */
export const ask = <T>(name: ViewName, args: Args = {}): Promise<T | undefined> =>
  send<T>({ do: 'ask', view: name, args });
/** Watches a view with these arguments from now on. */
export const watch = (name: ViewName, args: Args = {}): Promise<unknown> => send({ do: 'watch', view: name, args });
/** Ends watching. */
export const unwatch = (name: ViewName): Promise<unknown> => send({ do: 'unwatch', view: name });

/** Lets time pass, or stops it. */
export function toggleRun(): Promise<unknown> {
  return send({ do: time.value.running ? 'pause' : 'run' });
}

/** Makes a board of files; `main` is the tree among them. The scenario of `from` is played at once. */
export function loadBoard(files: readonly DroppedFile[], main: string, from?: Partial<LinkState>): void {
  batch(() => {
    loading.value = true;
    choice.value = undefined;
    wanted.value = undefined;
    notice.value = '';
    lines.value = [];
    hello.value = undefined;
    for (const state of states.values()) state.value = undefined;
  });
  connection?.close();
  params = from?.params ?? [];
  source = { files, main };
  const request = {
    ...{ files, main, params, seed: from?.seed ?? '1', scenario: from?.scenario ?? '' },
    ...{ until: from?.until ?? 0, run: from?.until === undefined, watch: firstWatch() },
  };
  connection = Connection.inPage(request, listener, warm);
  warm = undefined;
}

/** The view that is looked at is watched as soon as there is a board, before the page asks. */
function firstWatch(): string {
  const args = watchArgs(view.value, viewArgs.value);
  watched = args === undefined ? '' : `${view.value} ${JSON.stringify(args)}`;
  return args === undefined ? '' : JSON.stringify({ id: 0, do: 'watch', view: view.value, args });
}
let watched = '';

/** Whether a view is watched already with these arguments, and has told something. Only the first time. */
export function isWatched(name: ViewName, args: string): boolean {
  const is = watched === `${name} ${args}` && stateOf(name).value !== undefined;
  watched = '';
  return is;
}

/**
 * Repeats the run so far as the command line would: its files, and the SHA-256 of its trace.
 * Only for a board of this page.
 */
export async function repeatRun(): Promise<CheckedFiles | undefined> {
  const { seed = '1', probedNs = 0 } = hello.value ?? {};
  try {
    const forNs = Math.max(0, time.value.t - probedNs);
    return await checkRun({ ...source, seed, params, scenario: scenario.value, forNs });
  } catch (error) {
    notice.value = error instanceof Error ? error.message : String(error);
    return undefined;
  }
}

/** Talks to the program that served the page. */
export function connectRemote(url: string): void {
  connection?.close();
  connection = Connection.remote(url, listener);
}

/** Starts what a board needs before there is one. */
export function warmUp(): void {
  if (connection === undefined) warm ??= warmWorker();
}

const listener = {
  message(message: Message): void {
    switch (message.type) {
      case 'hello':
        batch(() => {
          loading.value = false;
          hello.value = message;
        });
        return;
      case 'time':
        batch(() => {
          const { t, running, behindNs } = message;
          time.value = { t, running, behindNs };
          if (message.scenario !== undefined) scenario.value = message.scenario;
          if (message.activities !== undefined) activities.value = message.activities;
        });
        return;
      case 'view': {
        const state = stateOf(message.view) as { value: unknown };
        state.value = message.state;
        return;
      }
      case 'broken':
        notice.value = `this is our mistake: ${message.error}; please report it with the tree`;
        return;
      case 'reply':
    }
  },
  frame(frame: Frame): void {
    for (const each of frameListeners.get(frame.view) ?? []) each(frame);
  },
  async loaded({ blob, lines: found, ok }: { blob: Uint8Array; lines: readonly string[]; ok: boolean }): Promise<void> {
    lines.value = found;
    if (!ok) loading.value = false;
    blobText = ok ? await packBlob(blob) : '';
    if (blobText.length > MOST_BLOB_CHARACTERS) blobText = '';
  },
  gone(why: string): void {
    batch(() => {
      loading.value = false;
      notice.value = why;
      time.value = { ...time.value, running: false };
    });
  },
};

/** The link to what is seen now. */
export const link = computed((): string => {
  const { tree = '', sha256 = '', seed = '1', place } = hello.value ?? {};
  const board = place === 'remote' ? { tree: '', sha256: '' } : { tree, sha256 };
  return formatLink({
    ...{ view: view.value, args: viewArgs.value, ...board, seed, params, blob: blobText },
    ...{ scenario: scenario.value, until: Math.round(time.value.t) },
  });
});

/** Opens what the page's address says, at the start and when a person edits it. */
export async function openLink(text: string): Promise<void> {
  const state = parseLink(text);
  show((VIEW_NAMES as readonly string[]).includes(state.view) ? (state.view as ViewName) : 'board', state.args);
  if (state.tree === '' || state.sha256 === hello.value?.sha256) return;
  const blob = state.blob === '' ? undefined : await unpackBlob(state.blob);
  if (blob === undefined) wanted.value = state;
  else loadBoard([{ path: state.tree, bytes: blob }], state.tree, state);
}

/** Looks at another view. */
export function show(name: ViewName, args: Readonly<Record<string, string>> = {}): void {
  batch(() => {
    view.value = name;
    viewArgs.value = args;
  });
}

/** Keeps the address of the page at the view; the rest of the link is there when it is asked for. */
effect(() => {
  const text = formatLink({ ...parseLink(''), view: view.value, args: viewArgs.value });
  if (hello.value !== undefined) history.replaceState(null, '', `#${text}`);
});
