// What stands in the way of something that this computer could do for us.

/** Why it cannot be done, in words for one line, and what to do about it. */
export interface Hindrance {
  readonly what: string;
  readonly todo: string;
}

/** Tells it from what was wanted. */
export function isHindrance<T extends object>(result: T | Hindrance): result is Hindrance {
  return 'todo' in result;
}
