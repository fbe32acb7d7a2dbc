// What a macro call becomes: its text, with a space exactly where cpp writes one.
import type { CallChain, ExpansionMark } from './map.js';
import { spaceSource, type Token, wouldFuse } from './tokens.js';

/** What one macro call became. */
export interface Expansion {
  readonly text: string;
  /** First and last token, undefined when there is none: the text around may need a space. */
  readonly first: Token | undefined;
  readonly last: Token | undefined;
  /** A space belongs behind it whatever follows. */
  readonly trailingWhite: boolean;
  readonly marks: readonly ExpansionMark[];
}

/** Writes the tokens of one expansion; padding between them decides on spaces as in cpp. */
export class Printer {
  readonly #name: Token;
  readonly #marks: ExpansionMark[] = [];
  #text = '';
  #first: Token | undefined;
  #last: Token | undefined;
  #source: Token | undefined;
  #avoidPaste = true;

  constructor(name: Token) {
    this.#name = name;
    this.#source = name;
  }

  print(token: Token, chain: CallChain | undefined): void {
    if (token.kind === 'padding') {
      this.#avoidPaste = true;
      this.#source = spaceSource(this.#source, token);
      return;
    }
    if (token.kind === 'end') return;
    const white = this.#avoidPaste ? (this.#source ?? token).white || this.#fuses(token) : token.white;
    if (white) this.#text += ' ';
    this.#mark(token, chain);
    this.#text += token.text;
    this.#avoidPaste = false;
    this.#source = undefined;
    this.#first ??= token;
    this.#last = token;
  }

  finish(): Expansion {
    const trailingWhite = this.#source?.white ?? false;
    return { text: this.#text, first: this.#first, last: this.#last, trailingWhite, marks: this.#marks };
  }

  /** Macros are defined before they are called, so what stands in the file of the call behind it is an argument. */
  #mark(token: Token, chain: CallChain | undefined): void {
    const offset = this.#text.length;
    const { at, origin } = this.#name;
    const place = token.origin === origin && token.at > at ? token.at : -1;
    const last = this.#marks.at(-1);
    const goesOn =
      last === undefined ? place < 0 && chain === undefined : chain === last.chain && follows(last, offset, place);
    if (!goesOn) this.#marks.push({ offset, chain, at: place });
  }

  #fuses(token: Token): boolean {
    return this.#last !== undefined && wouldFuse(this.#last, token);
  }
}

/** True when the place is the one that the mark gives by itself. */
function follows(mark: ExpansionMark, offset: number, place: number): boolean {
  return mark.at < 0 ? place < 0 : place - mark.at === offset - mark.offset;
}
