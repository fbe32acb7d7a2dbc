// What is wrong with what a person typed: an option of the command line, a knob or a fault on the page.

/** Thrown for words that cannot be meant; nothing has happened then. */
export class InputError extends Error {
  override readonly name = 'InputError';
  /** What it is about: the option, the action, the file. */
  readonly where: string;

  /** The message is `where: what; todo`, one line. */
  constructor(where: string, what: string, todo: string) {
    super(`${where}: ${what}; ${todo}`);
    this.where = where;
  }
}
