// The words behind an activity's name: which there are, and numbers within their limits.
import { InputError } from './input-error.js';

/** Limits of a number, and what it is when nobody says. */
export interface NumberLimits {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

/** InputError for a word that the activity does not have. */
export function onlyWords(where: string, args: ReadonlyMap<string, string>, known: readonly string[]): void {
  for (const name of args.keys())
    if (!known.includes(name)) throw new InputError(where, `it has no ${name}`, `there are ${known.join(', ')}`);
}

/** A whole number. InputError where it is none, or beyond its limits. */
export function numberWord(
  where: string,
  args: ReadonlyMap<string, string>,
  name: string,
  limits: NumberLimits,
): number {
  const { least, most, usual } = limits;
  const text = args.get(name);
  if (text === undefined) return usual;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new InputError(`${where} ${name}=${text}`, `${name} is a whole number`, `write one from ${least} to ${most}`);
}
