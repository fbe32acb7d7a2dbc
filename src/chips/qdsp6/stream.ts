// A stream of ASM, and what ASM's commands have of the firmware around them.
import type { DmaPort } from '../../bus/dma.js';
import type { CaptureStream } from './capture-stream.js';
import type { PlacedFormat } from './format.js';
import type { PlayStream } from './play-stream.js';
import type { Firmware } from './service.js';

/** A stream that is open. It plays or captures: the other is undefined. */
export interface Stream {
  readonly session: number;
  readonly id: number;
  /** As the open command said. */
  readonly bits: number;
  readonly play: PlayStream | undefined;
  readonly capture: CaptureStream | undefined;
  format: PlacedFormat | undefined;
  running: boolean;
  /** Words for a person: `open`, `running`, `paused`, `suspended`. */
  state: string;
}

/** Parts of the firmware that ASM talks to. */
export interface AsmParts {
  readonly firmware: Firmware;
  readonly dma: DmaPort;
  /** Frames that are read before they are heard, at that rate. */
  readonly ahead: (rate: number) => number;
  /** What keeps a session's format from its COPPs and ports, in words. */
  misfit(session: number, format: PlacedFormat, plays: boolean): string | undefined;
  /** A firmware variant: the event says nothing, and is a header only. */
  readonly emptyEnd: () => boolean;
  /** Streams run, stand, are there or not. */
  changed(): void;
  /** A session has no stream left. */
  closed(session: number): void;
}
