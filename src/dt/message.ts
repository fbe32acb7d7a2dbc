// What a part of this room can say: the form of its table of messages, and how an entry becomes a diagnostic.
import type { Diagnostic, Severity } from '../base/diagnostic.js';

/**
 * One entry. `{name}` in the text stands for a value that the place of the finding fills in. What the user can do
 * stands in the text behind `; `, or, where that would be too long to print each time, in `advice`.
 */
export type Message = readonly [severity: Severity, text: string, advice?: string];

/** Values for the `{name}` of a text. */
export type Values = Readonly<Record<string, string | number>>;

/** Where a finding is. */
export type Place = Pick<Diagnostic, 'at' | 'via' | 'where'>;

/** The text with its values filled in. A name without a value stays as it is, for everybody to see. */
function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}

/** The diagnostic of an entry. An empty `via` is left out. */
export function diagnosticOf(code: string, [severity, text]: Message, values: Values, place: Place = {}): Diagnostic {
  const { via, ...rest } = place;
  const diagnostic = { severity, code, text: filled(text, values), ...rest };
  return via === undefined || via.length === 0 ? diagnostic : { ...diagnostic, via };
}
