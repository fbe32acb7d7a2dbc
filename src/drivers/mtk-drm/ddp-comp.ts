// What a CRTC asks of a component of its path (Linux: struct mtk_ddp_comp_funcs).
import type { DrmMode } from '../../core/drm-bridge.js';
import type { DrmFormat } from '../../core/drm-fourcc.js';
import type { DdpWindow, DdpWriter } from './ddp-write.js';

/** The picture that goes through a path. */
export interface DdpSize {
  readonly width: number;
  readonly height: number;
  /** Bits per colour that the output shows; 0: leave dithering as it is. */
  readonly bpc: number;
}

/** What a layer shall show (Linux: struct mtk_plane_pending_state). */
export interface DdpLayer {
  readonly enable: boolean;
  /** Where the first pixel to be shown is. */
  readonly addr: number;
  readonly pitch: number;
  readonly format: DrmFormat;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The layers of a component. */
export interface DdpLayers {
  readonly count: number;
  readonly formats: readonly DrmFormat[];
  /** Where the layers' registers are; asked before a CRTC decides how to write them. */
  readonly window: DdpWindow;
  config(writer: DdpWriter, index: number, layer: DdpLayer): void;
  /** Takes the picture of the component before it as its background; without it a second component has no planes. */
  background?(fromBefore: boolean): void;
}

/** The frame interrupt of a component. */
export interface DdpVblank {
  /** Whom to tell of the end of a frame, in interrupt context; undefined: nobody. */
  frameDone: (() => void) | undefined;
  enable(): void;
  disable(): void;
}

/** A component that a CRTC can work with. What is left out it does not need. */
export interface DdpComp {
  config?(writer: DdpWriter, size: DdpSize): void;
  start?(): void | Promise<void>;
  stop?(): void | Promise<void>;
  /** Why a mode cannot go through it; undefined: it can. */
  modeValid?(mode: DrmMode): string | undefined;
  readonly layers?: DdpLayers;
  readonly vblank?: DdpVblank;
}
