// One listener for the audio DSP that others can join and leave while the machine runs.
import type { AudioBlock, AudioListener } from '../chips/qdsp6/qdsp6.js';

/** Passes what the DSP's ports say to all who listen at the moment. */
export class AudioHub {
  readonly #listeners = new Set<AudioListener>();

  /** For the DSP's option `onAudio`. */
  readonly listen: AudioListener = (block: AudioBlock) => {
    for (const listener of this.#listeners) listener(block);
  };

  /** Listens from now on; answers how to stop. */
  join(listener: AudioListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
