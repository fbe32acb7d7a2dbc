// What a DSP can be told when it is made, besides its knobs.
import type { Instant } from '../../base/clock.js';
import type { AudioInputs, AudioListener } from './audio.js';
import type { DspKnobs } from './knobs.js';
import type { Variant } from './variants.js';

/** States of a protection domain, as the DSP's service registry tells them. */
export const DOMAIN_STATE = { down: 0x0fff_ffff, up: 0x1fff_ffff } as const;

/** A protection domain has another state. */
export interface DomainChange {
  /** `msm/adsp/audio_pd`. */
  readonly path: string;
  /** `avs/audio`. */
  readonly service: string;
  readonly state: number;
}

/** Something software did wrong, or that went wrong with it. */
export interface DspFinding {
  readonly at: Instant;
  readonly text: string;
}

/** Where the knobs stand at first, and who listens. */
export interface DspOptions extends Partial<DspKnobs> {
  /** Hears every port that plays. */
  readonly onAudio?: AudioListener;
  /** What comes in at ports that capture; takes the place of the knobs `inputHz` and `inputPercent`. */
  readonly inputs?: AudioInputs;
  /** Deviations of the firmware, besides the one that the knobs say. */
  readonly variants?: readonly Variant[];
  /** Hears of the audio protection domain: up when the services are ready, down before it restarts. */
  readonly onDomain?: (change: DomainChange) => void;
  readonly onFinding?: (finding: DspFinding) => void;
}
