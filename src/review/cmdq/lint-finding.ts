// The shape of a finding about a GCE program, or about what a devicetree says of the GCE.
import type { Diagnostic } from '../../base/diagnostic.js';

/** One finding of a rule. `code` is `cmdq/lint/odd-offset`, or `cmdq/tree/mbox-cells`. */
export interface CmdqFinding extends Diagnostic {
  /** `odd-offset`; docs/cmdq-lint.md has them all. */
  readonly rule: string;
  /** What to change, in words. */
  readonly suggestion: string | undefined;
  /** The instruction that it is about, where it is about one. */
  readonly instruction?: FoundInstruction;
}

/** An instruction of a program. */
export interface FoundInstruction {
  /** From 0. */
  readonly index: number;
  /** Bytes from the start of the program. */
  readonly offset: number;
  /** As the disassembler writes it. */
  readonly text: string;
}
