// The shape of a finding about a display graph.
import type { Diagnostic } from '../../base/diagnostic.js';
import type { PathName } from '../../drivers/mtk-drm/rules.js';
import type { DtNode } from '../../dt/tree.js';

/** One finding of a rule. `code` is `display/L7`; `where` is always the path of `node`, `at` its place in a source. */
export interface DisplayFinding extends Diagnostic {
  /** `L7`; docs/display.md has them all. */
  readonly rule: string;
  /** What it is about; the position is that of this node, or of its property at fault. */
  readonly node: DtNode;
  /** The mmsys whose path it is about, where it is about one. */
  readonly mmsys: DtNode | undefined;
  readonly path: PathName | undefined;
  /** What to change, in words: one sentence with the property to write where there is one. */
  readonly suggestion: string | undefined;
  /** The kernel's own lines that this causes, word for word; empty where it says nothing. */
  readonly kernel: readonly string[];
}
