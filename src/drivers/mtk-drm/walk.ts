// Walks a display path through the graph (the patch: mtk_drm_of_get_ddp_ep_cid, mtk_drm_of_ddp_path_build_one).
import type { LogLevel } from '../../base/trace.js';
import type { DtNode } from '../../dt/tree.js';
import type { PathName } from './rules.js';

/** One look-up of a walk. */
export interface Step {
  /** The outgoing endpoint; undefined when there is none with the path's number. */
  readonly endpoint: DtNode | undefined;
  /** The device at the other end; undefined when the link leads nowhere. */
  readonly node: DtNode | undefined;
  /** 0, or the negative error number of this look-up. */
  readonly ret: number;
  /** Component number when `ret` is 0; 61 for a part of the OVL adaptor. */
  readonly id: number | undefined;
}

/** What a walk along one path found. */
export interface Walk {
  readonly path: PathName;
  /** 0, or the negative error number that path building got. Meaningless when `hang`. */
  readonly ret: number;
  /** The components, when `ret` is 0. */
  readonly ids: readonly number[];
  /** Every look-up in order, at most 80; `truncated` when there were more. */
  readonly steps: readonly Step[];
  readonly truncated: boolean;
  /** The kernel would never leave this walk (W24). */
  readonly hang: boolean;
  /** The kernel would print or use a pointer that was never set (W8 without `nextStartsNull`). */
  readonly unsetNext: boolean;
}

/** A line for the kernel's log, without the device's name in front. */
export interface KernelLine {
  readonly level: LogLevel;
  readonly text: string;
}
