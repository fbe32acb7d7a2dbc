// What a family of golden vectors is to the runner: how to know its files, and how to judge one vector.

/** One recorded case: its name, for messages only, and what the recording holds. */
export interface Vector {
  readonly name: string;
  readonly data: unknown;
}

/**
 * The outcome of one vector. `deviation` names the documented difference whose rule holds for this input, and means
 * that our result is the one the rule demands; `skipped` says what is not at hand.
 */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'deviation'; readonly id: string }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'skipped'; readonly why: string };

/** Where the vectors came from and where real trees are. Folders are absolute; those that do not exist are left out. */
export interface Context {
  readonly dir: string;
  readonly corpus: readonly string[];
}

/** A family: vectors of one format that are judged in one way. Without `judge` it is announced and not counted. */
export interface Family {
  readonly name: string;
  /** The vectors in a parsed file; `undefined` when the file is not of this family's format. */
  pick(json: unknown): readonly Vector[] | undefined;
  judge?(vector: Vector, context: Context): Verdict | Promise<Verdict>;
}

/** The verdict of a comparison: passed without a reason, failed with one. */
export function verdict(why: string | undefined): Verdict {
  return why === undefined ? { kind: 'passed' } : { kind: 'failed', why };
}

/** An array of objects that all have the keys; `undefined` for anything else. The mark of a format is its keys. */
export function records(json: unknown, ...keys: readonly string[]): readonly Record<string, unknown>[] | undefined {
  if (!Array.isArray(json) || json.length === 0) return undefined;
  const fits = json.every((one: unknown) => isRecord(one) && keys.every((key) => key in one));
  return fits ? (json as Record<string, unknown>[]) : undefined;
}

/** Whether a value is an object with string keys. */
export function isRecord(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Records as vectors, named by the given key. */
export function named(
  list: readonly Record<string, unknown>[] | undefined,
  key: string,
): readonly Vector[] | undefined {
  return list?.map((data) => ({ name: String(data[key]), data }));
}
