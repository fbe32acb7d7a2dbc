// All rules of `bringup cmdq lint` in one list, with the severity that each has by itself.
import type { Severity } from '../../base/diagnostic.js';
import type { Message } from '../../dt/message.js';
import { LINT_RULES } from './lint.js';
import { LINT_MESSAGES } from './lint-messages.js';
import { TREE_LINT_RULES } from './tree-lint.js';
import { TREE_LINT_MESSAGES } from './tree-lint-messages.js';

/** A rule from outside. */
export interface CmdqRule {
  /** `odd-offset`. */
  readonly id: string;
  /** What it detects, in one line. */
  readonly summary: string;
  /** Every severity that a finding of it may have; the usual one first. */
  readonly severities: readonly Severity[];
  /** What it looks at. */
  readonly about: 'program' | 'tree';
}

/** Rules about programs, then those about trees. */
export const CMDQ_RULES: readonly CmdqRule[] = [
  ...LINT_RULES.map((rule) => ruleOf(rule, LINT_MESSAGES, 'program')),
  ...TREE_LINT_RULES.map((rule) => ruleOf(rule, TREE_LINT_MESSAGES, 'tree')),
];

function ruleOf(
  { id, summary }: Pick<CmdqRule, 'id' | 'summary'>,
  messages: Readonly<Record<string, Message>>,
  about: CmdqRule['about'],
): CmdqRule {
  const own = Object.entries(messages).filter(([key]) => key === id || key.startsWith(`${id} `));
  return { id, summary, severities: [...new Set(own.map(([, [severity]]) => severity))], about };
}
