// The board inside the page: a Worker with the same drivers, chips and views as the command line.
import { parseScenario } from '../stock/scenario.js';
import { AudioHub } from '../stock/audio-hub.js';
import { InputError } from '../stock/input-error.js';
import { buildMachine, powerOn } from '../stock/machine.js';
import { Player } from '../stock/player.js';
import { PageSession } from '../page/session.js';
import { TraceStore } from '../page/trace-store.js';
import { filesOfRun, type RunFiles } from './check-run.js';
import { type DroppedFile, loadDropped } from './load.js';
import { WorkerPacer } from './pace.js';
import { channelSettle } from './settle.js';
import { warmUp } from './warm-up.js';

/** What the page sends first; everything else are commands in text form. */
export interface LoadRequest {
  readonly load: {
    readonly files: readonly DroppedFile[];
    readonly main: string;
    readonly seed: string;
    readonly params: readonly string[];
    /** What happens from power-on: actions with their moments, one a line. */
    readonly scenario: string;
    /** How far it runs at once, ns. */
    readonly until: number;
    /** Whether it goes on in step with the world then. */
    readonly run: boolean;
    /** A watch that begins at once, as text of a command: its first state comes with the board. */
    readonly watch: string;
  };
}

/** Sent by a page that has no tree yet: what is slow the first time is done once. */
export interface WarmRequest {
  readonly warm: true;
}

/** A run that is repeated, as `bringup boot --trace` would write it. The Worker answers, and is done. */
export interface CheckRequest {
  readonly check: Omit<LoadRequest['load'], 'until' | 'run' | 'watch'> & {
    /** From the end of probing on, ns: `--for`. */
    readonly forNs: number;
  };
}

/** The files of a run, and the SHA-256 of its trace. */
export type CheckedFiles = RunFiles & { readonly sha256: string };

/** The trace of that run, and its SHA-256; or what is wrong, in one line. */
export type CheckReply = { readonly checked: CheckedFiles } | { readonly refused: string };

/** What the Worker answers to it; then come messages in text form and frames. */
export interface LoadReply {
  readonly loaded: {
    readonly name: string;
    readonly sha256: string;
    /** The blob, as the page keeps it for links. */
    readonly blob: Uint8Array;
    /** What is wrong with the tree, a line each. */
    readonly lines: readonly string[];
    /** Whether there is a board. */
    readonly ok: boolean;
  };
}

const settle = channelSettle();
let session: PageSession | undefined;
let pacer: WorkerPacer | undefined;

self.onmessage = ({ data }: MessageEvent<LoadRequest | WarmRequest | CheckRequest | string>) => {
  if (typeof data !== 'string') return void request(data).catch(broken);
  // A step waits for those before it by itself; all else happens between two steps.
  if (/"do":"(?:step|pause)"/.test(data)) return void session?.command(data).catch(broken);
  void pacer?.do(() => session?.command(data)).catch(broken);
};

function request(data: LoadRequest | WarmRequest | CheckRequest): Promise<void> {
  if ('warm' in data) return warmUp(settle);
  return 'load' in data ? load(data) : check(data);
}

/** Once per Worker: for another tree the page starts another. */
async function load({ load: request }: LoadRequest): Promise<void> {
  const { name, tree, blob, lines } = loadDropped(request.files, request.main);
  const digest = sha256Of(blob);
  const { steps, diagnostics } = parseScenario(request.scenario);
  const wrong = [...lines, ...diagnostics.map(({ text }) => `scenario: ${text}`)];
  const reply = async (ok: boolean, all: readonly string[]): Promise<void> => {
    const sha256 = await digest;
    self.postMessage({ loaded: { name, sha256, blob, lines: all, ok } } satisfies LoadReply);
  };
  if (tree === undefined || diagnostics.length > 0) return reply(false, wrong);
  const audio = new AudioHub();
  const options = { seed: request.seed, fault: [], set: [], param: request.params };
  try {
    const bench = buildMachine(tree, options, { settle, dsp: { onAudio: audio.listen } });
    const events = new TraceStore(bench.trace);
    const player = new Player({ bench, audio });
    const ticking = new WorkerPacer(player, () => session?.tick(), broken);
    pacer = ticking;
    await powerOn(bench, options);
    const sha256 = await digest;
    const probedNs = bench.clock.now();
    const made = new PageSession({
      ...{ bench, player, audio, events, tree: name, sha256, pacer: ticking, probedNs, place: 'page', canPause: true },
      out: {
        text: (json) => self.postMessage(json),
        bytes: (frame) => self.postMessage(frame, { transfer: [frame.buffer] }),
      },
    });
    session = made;
    // The state comes first: with the board there is something to see.
    if (request.watch !== '') await made.command(request.watch);
    made.hello();
    await reply(true, wrong);
    player.queue(steps);
    await ticking.step(Math.max(0, request.until - bench.clock.now()));
    made.tick();
    if (request.run) ticking.run();
  } catch (e) {
    if (!(e instanceof InputError)) throw e;
    await reply(false, [...wrong, e.message]);
  }
}

async function check({ check: { files, main, seed, params, scenario, forNs } }: CheckRequest): Promise<void> {
  const { tree } = loadDropped(files, main);
  const { steps, diagnostics } = parseScenario(scenario);
  const refused = tree === undefined ? 'the tree is none' : diagnostics[0]?.text;
  if (tree === undefined || refused !== undefined) return self.postMessage({ refused } as CheckReply);
  try {
    const files = await filesOfRun({ tree, seed, params, steps, forNs }, settle);
    const sha256 = await sha256Of(files.trace);
    self.postMessage({ checked: { sha256, ...files } } satisfies CheckReply);
  } catch (e) {
    if (!(e instanceof InputError)) throw e;
    self.postMessage({ refused: e.message } satisfies CheckReply);
  }
}

async function sha256Of(bytes: Uint8Array): Promise<string> {
  // Not there where a page is neither local nor encrypted.
  if (globalThis.crypto?.subtle === undefined) return '';
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice().buffer));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A mistake of ours: the page is told, the board stands still. */
function broken(error: unknown): void {
  pacer?.pause();
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  self.postMessage(JSON.stringify({ type: 'broken', error: text }));
}
