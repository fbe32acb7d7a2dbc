// A picture on a terminal that is drawn again and again, and leaves nothing behind.
import type { Output } from '../host/output.js';

/** DEC private modes: the second page of the terminal, the cursor, and lines that go on in the next one. */
const OPEN = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const CLOSE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_TO_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** The second page of a terminal, from the first drawing to `close`. */
export class Screen {
  readonly #output: Output;
  #open = false;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Draws over what was there, in one write so that nothing flickers. Lines must fit: they are not wrapped. */
  draw(lines: readonly string[]): void {
    const opening = this.#open ? '' : OPEN;
    this.#open = true;
    const text = lines.map((line) => line + CLEAR_TO_LINE_END).join('\r\n');
    this.#output.write(opening + HOME + text + CLEAR_BELOW);
  }

  /** Shows the first page again as it was, with its cursor. */
  close(): void {
    if (this.#open) this.#output.write(CLOSE);
    this.#open = false;
  }
}
