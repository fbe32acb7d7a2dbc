// Runs checks over a tree in dtc's order, with dtc's rules for prerequisites and for -W and -E.
import type { Diagnostic } from '../../base/diagnostic.js';
import type { DtTree } from '../tree.js';
import { type Check, CheckContext, type Origin } from './check-context.js';
import { CHECKS } from './checks-table.js';

/** Which checks to run, and how seriously. */
export interface CheckOptions {
  /** `errors`: only what makes a tree unusable; `all`: warnings too. */
  readonly checks?: 'errors' | 'all';
  /** dtc's -W: `name` makes a check warn, `no-name` stops it. */
  readonly warnings?: readonly string[];
  /** dtc's -E: `name` makes it an error, `no-name` no error. */
  readonly errors?: readonly string[];
}

interface Level {
  warning: boolean;
  error: boolean;
}

type Status = 'passed' | 'failed' | 'prerequisite';

const BY_NAME: ReadonlyMap<string, Check> = new Map(CHECKS.map((check) => [check.name, check]));

/** The checks at work on one tree. */
class CheckRun {
  readonly #context: CheckContext;
  readonly #levels: ReadonlyMap<string, Level>;
  readonly #status = new Map<string, Status>();

  constructor(context: CheckContext, levels: ReadonlyMap<string, Level>) {
    this.#context = context;
    this.#levels = levels;
  }

  /** Runs a check after what it needs. True when the tree has an error; then dtc looks no further. */
  run(check: Check): boolean {
    const level = this.#levels.get(check.name) as Level;
    let status = this.#status.get(check.name);
    let error = false;
    if (status === undefined) {
      for (const name of check.needs) {
        if (!error || this.#context.origin === undefined) error = this.run(BY_NAME.get(name) as Check) || error;
        if (this.#status.get(name) === 'passed') continue;
        status = 'prerequisite';
        if (level.error || level.warning) this.#context.note(check.name, 'prerequisite', { name });
      }
      status ??= this.#visit(check, level);
      this.#status.set(check.name, status);
    }
    return error || (status !== 'passed' && level.error);
  }

  #visit(check: Check, level: Level): Status {
    const context = this.#context;
    context.begin(check.name, level.error ? 'error' : level.warning ? 'warning' : undefined);
    for (const node of context.nodes) check.run(node, context);
    return context.failed ? 'failed' : 'passed';
  }
}

/** Names in -W and -E that are no checks. */
export function unknownChecks(options: CheckOptions): string[] {
  const names = [...(options.warnings ?? []), ...(options.errors ?? [])].map((name) => name.replace(/^no[-_]/, ''));
  return names.filter((name) => !BY_NAME.has(name));
}

function levelsOf(options: CheckOptions): Map<string, Level> {
  const all = options.checks === 'all';
  const levels = new Map<string, Level>();
  for (const { name, level } of CHECKS)
    levels.set(name, { warning: all && level === 'warning', error: level === 'error' });
  for (const name of options.warnings ?? []) change(levels, name, 'warning');
  for (const name of options.errors ?? []) change(levels, name, 'error');
  return levels;
}

function change(levels: ReadonlyMap<string, Level>, option: string, key: keyof Level): void {
  const name = option.replace(/^no[-_]/, '');
  if (!BY_NAME.has(name)) return;
  if (name === option) raise(levels, name, key);
  else lower(levels, name, key);
}

/** What a check needs must speak as loud as it. */
function raise(levels: ReadonlyMap<string, Level>, name: string, key: keyof Level): void {
  const level = levels.get(name) as Level;
  if (level[key]) return;
  level[key] = true;
  for (const need of (BY_NAME.get(name) as Check).needs) raise(levels, need, key);
}

/** What needs a silenced check is silenced with it. */
function lower(levels: ReadonlyMap<string, Level>, name: string, key: keyof Level): void {
  const level = levels.get(name) as Level;
  if (!level[key]) return;
  level[key] = false;
  for (const check of CHECKS) if (check.needs.includes(name)) lower(levels, check.name, key);
}

/**
 * Runs the checks. Those of references also resolve them, so the tree is only complete afterwards. As in dtc the first
 * error check that fails is the last one, unless the tree is there only to be looked at (it has no `origin`).
 */
export function runChecks(
  tree: DtTree,
  options: CheckOptions,
  origin?: Origin,
): { context: CheckContext; failed: boolean } {
  const context = new CheckContext(tree, origin);
  const levels = levelsOf(options);
  const run = new CheckRun(context, levels);
  let failed = false;
  for (const check of CHECKS) {
    const level = levels.get(check.name) as Level;
    if ((level.warning || level.error) && run.run(check)) failed = true;
    if (failed && origin !== undefined) break;
  }
  return { context, failed };
}

/**
 * All that dtc's checks find in a tree, warnings included, for a tree from a blob or one that is already compiled.
 * The tree is not changed.
 */
export function checkTree(tree: DtTree, options: CheckOptions = {}): Diagnostic[] {
  return runChecks(tree, { checks: 'all', ...options }).context.diagnostics;
}
