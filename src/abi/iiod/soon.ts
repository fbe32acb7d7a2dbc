// Answers that are there at once where that is possible: most attributes need no waiting, and a promise costs more than
// they do.

/** A value, or the promise of it. */
export type Soon<T> = T | Promise<T>;

/** Goes on with a value, at once where it is there. */
export function after<T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}
