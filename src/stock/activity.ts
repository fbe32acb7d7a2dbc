// What a board is kept busy with: somebody reads its rails, shows pictures, plays a tone, sends frames. Each runs on
// the machine's own time, so that the same scenario gives the same trace wherever it runs.
import type { Bench } from '../bench/bench.js';
import type { AudioHub } from './audio-hub.js';

/** What an activity works with. */
export interface ActivityParts {
  readonly bench: Bench;
  /** What the audio DSP's ports say. */
  readonly audio: AudioHub;
}

/** One that runs. */
export interface Running {
  /** What it does, in numbers and words, for whoever looks. Changes as it goes on. */
  readonly state: Readonly<Record<string, unknown>>;
  /** Ends it; what it holds is given back as soon as the machine's time passes. */
  stop(): void;
}

/** A kind of activity. */
export interface Activity {
  readonly name: string;
  /** One line for a person. */
  readonly about: string;
  /** Why it cannot run on this machine now; undefined when it can. */
  hindrance(parts: ActivityParts): string | undefined;
  /** Begins. `args` are the words `name=value` behind the activity's name. InputError where they cannot be. */
  start(parts: ActivityParts, args: ReadonlyMap<string, string>): Running;
}
