// Our own mistakes: nothing catches them except the top.

/** A broken promise of this program, as opposed to a device that said no or bad input. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** Throws a Bug when `condition` does not hold. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Bug(what);
}

/** For the end of a switch over a closed union: reached only when a case is missing. */
export function unreachable(value: never): never {
  throw new Bug(`unexpected ${JSON.stringify(value)}`);
}
