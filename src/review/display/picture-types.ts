// The picture of a display as plain data: what is in it and how it hangs together, nothing about how it looks.
import type { Severity } from '../../base/diagnostic.js';

/** How a thing stands. Drawings show it by shape and word; colour comes on top. */
export type PictureTone = 'good' | 'warn' | 'bad' | 'idle';

/** A verdict in words. */
export interface PictureState {
  readonly tone: PictureTone;
  readonly text: string;
}

/** One device, or the place where one should be. All texts are the tree's own, of any length and content. */
export interface PictureBox {
  /**
   * `controller`: the mmsys where paths begin; `component`, `output`: parts of a path; `sink`: panel or bridge;
   * `unknown`: a device that is no component of the driver; `missing`: nothing is there.
   */
  readonly kind: 'controller' | 'component' | 'output' | 'sink' | 'unknown' | 'missing';
  readonly disabled: boolean;
  /** The largest text: `OVL_2L1`, `panel`, `?`. */
  readonly name: string;
  /** The kernel's number of the component, as its log has it. */
  readonly number: number | undefined;
  /** Name of the node; of a missing one, what was looked for. */
  readonly node: string;
  /** Path of the node; empty for what has none. */
  readonly path: string;
  /** Alias or compatible. */
  readonly note: string;
  /** Everything about it in full, for those who ask. */
  readonly text: string;
  /** Numbers of findings. */
  readonly marks: readonly number[];
}

/** One link between two boxes of a row. Numbers are `port/endpoint`. */
export interface PictureLink {
  readonly from: number;
  readonly to: number;
  /**
   * `graph`: a link of the tree; `built-in`: an entry of the driver's table; `broken`: it ends here, with an error;
   * `dropped`: it ends here, without one; `circle`: it leads back.
   */
  readonly kind: 'graph' | 'built-in' | 'broken' | 'dropped' | 'circle';
  /** Number of the outgoing endpoint, which the kernel asks for; empty where there is none. */
  readonly out: string;
  /** Number of the endpoint at the other end, which it never reads. */
  readonly into: string;
  readonly text: string;
  /** To be read beside it: the kernel's own line, or what happens without one. */
  readonly words: string;
  /** Whether `words` are the kernel's own. */
  readonly quoted: boolean;
  readonly marks: readonly number[];
}

/** Boxes that the driver takes as one entry, first and last included. */
export interface PictureGroup {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** One path. Links join neighbours, except a circle's. */
export interface PictureRow {
  /** `main`, `ext`, `third`; or what an endpoint is called that belongs to no path. */
  readonly title: string;
  readonly state: PictureState;
  readonly boxes: readonly PictureBox[];
  readonly links: readonly PictureLink[];
  readonly groups: readonly PictureGroup[];
  /** Boxes left out at the end. */
  readonly more: number;
}

/** One mmsys with its paths. */
export interface PictureSection {
  /** Path of the node. */
  readonly title: string;
  readonly compatible: string;
  readonly state: PictureState;
  readonly rows: readonly PictureRow[];
  /** Kernel lines that belong to no row. */
  readonly lines: readonly string[];
  readonly marks: readonly number[];
}

/** One CRTC, or why it is none. */
export interface PictureCrtc {
  /** Index, or undefined where it is not created. */
  readonly index: number | undefined;
  readonly text: string;
}

/** What becomes of the display below one parent of mmsys nodes. */
export interface PictureOutcome {
  readonly title: string;
  readonly state: PictureState;
  readonly crtcs: readonly PictureCrtc[];
  readonly lines: readonly string[];
}

/** One finding in the legend. */
export interface PictureNote {
  readonly number: number;
  readonly rule: string;
  readonly severity: Severity;
  readonly text: string;
  readonly suggestion: string;
  /** Path of the node. */
  readonly where: string;
}

/** The whole picture. Bounded, whatever the tree. */
export interface Picture {
  /** The board's model. */
  readonly title: string;
  /** Whose reading it is. */
  readonly subtitle: string;
  /** The picture in a sentence or two, for those who cannot see it. */
  readonly summary: string;
  readonly sections: readonly PictureSection[];
  /** Sections and rows left out. */
  readonly more: number;
  readonly outcomes: readonly PictureOutcome[];
  readonly notes: readonly PictureNote[];
  /** Findings left out of the legend. */
  readonly moreNotes: number;
}
