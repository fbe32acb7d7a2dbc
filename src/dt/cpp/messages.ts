// Every message of the preprocessor: what is wrong, where, and what to do. `{0}` and so on are filled in.
import type { Severity } from '../../base/diagnostic.js';

/** One message. Its code is `dt/cpp/` and its key in the table. */
interface Message {
  readonly severity: Severity;
  readonly text: string;
}

/** Name of a message. */
export type MessageName =
  | 'unreadable'
  | 'binary'
  | 'missing-include'
  | 'include-operand'
  | 'include-depth'
  | 'include-in-call'
  | 'too-much'
  | 'too-many-messages'
  | 'too-deep'
  | 'unterminated-comment'
  | 'unterminated-if'
  | 'unterminated-call'
  | 'without-if'
  | 'after-else'
  | 'no-condition'
  | 'expression'
  | 'division-by-zero'
  | 'no-macro-name'
  | 'macro-name'
  | 'parameters'
  | 'paste-at-end'
  | 'too-few-arguments'
  | 'too-many-arguments'
  | 'error-directive'
  | 'line-operand'
  | 'warning-directive'
  | 'redefined'
  | 'undefining-builtin'
  | 'space-after-name'
  | 'extra-tokens'
  | 'integer-overflow'
  | 'multi-char'
  | 'no-date'
  | 'no-assertions'
  | 'nul';

const error = (text: string): Message => ({ severity: 'error', text });
const warning = (text: string): Message => ({ severity: 'warning', text });

/** The table. */
export const MESSAGES: Readonly<Record<MessageName, Message>> = {
  unreadable: error('cannot read {0}: {1}; check the path and its permissions'),
  binary: error(
    '{0} looks like a compiled devicetree or another binary, not source ({1}); give its .dts, or decompile it first',
  ),
  'missing-include': error('cannot find {0}; looked in {1}; add its directory to the include path (-I) or correct it'),
  'include-operand': error('{0} needs "FILE" or <FILE>, but has {1}; quote the file name'),
  'include-depth': error(
    'includes are nested {0} deep at {1}: most likely files include each other; break the cycle with an include guard',
  ),
  'include-in-call': error('#{0} inside the arguments of macro {1}; move the directive before the call'),
  'too-much': error('gave up: the source grows beyond {0}; a macro or an include multiplies itself, look at {1}'),
  'too-many-messages': error('gave up after {0} messages; correct the first ones and try again'),
  'too-deep': error('gave up: {0} nested more than {1} deep; write it flatter'),
  'unterminated-comment': error('comment without end: the rest of the file is lost; close it with */'),
  'unterminated-if': error('#{0} without #endif: add the #endif, or remove the #{0}'),
  'unterminated-call': error('the arguments of macro {0} do not end in this {1}; add the missing )'),
  'without-if': error('#{0} without #if: remove it, or add the #if that it belongs to'),
  'after-else': error('#{0} after #else (its #if is in line {1}); move it before the #else'),
  'no-condition': error('#{0} without a condition; write an expression behind it'),
  expression: error('cannot evaluate the condition: {0}; the group is taken as false'),
  'division-by-zero': error('division by zero in the condition; the group is taken as false'),
  'no-macro-name': error('#{0} without a macro name; write the name behind it'),
  'macro-name': error('#{0} {1}: a macro name must be an identifier other than "defined"; choose another name'),
  parameters: error('macro {0}: {1}; correct its parameter list'),
  'paste-at-end': error('macro {0}: ## stands at an end of its body; put a token on both sides'),
  'too-few-arguments': error('macro {0} takes {1} arguments but the call gives {2}; add the missing ones'),
  'too-many-arguments': error('macro {0} takes {1} arguments but the call gives {2}; remove the others'),
  'error-directive': error('#error {0}'),
  'line-operand': error('#line needs a number and perhaps a "FILE", but has {0}; correct or remove it'),
  'warning-directive': warning('#warning {0}'),
  redefined: warning('macro {0} is defined again with another body (first at {1}); #undef it first, or rename one'),
  'undefining-builtin': warning('macro {0} is built in; a file that changes it may surprise others'),
  'space-after-name': warning('no space between the name of macro {0} and its body; add one'),
  'extra-tokens': warning('#{0} has more on its line than it needs; the rest is ignored, remove it'),
  'integer-overflow': warning('a number in the condition does not fit: {0}; use a smaller one'),
  'multi-char': warning("character constant {0} has more than one character; its value is the compiler's choice"),
  'no-date': warning('{0} would make the result differ with every run; it stays ???, write the date yourself'),
  'no-assertions': warning('#{0} is not supported (a GCC extension of old); use #define and #ifdef'),
  nul: warning('NUL byte in a source file; it is read as a space, remove it'),
};

/** A message's text with its blanks filled in. */
export function messageText(name: MessageName, values: readonly (string | number)[]): string {
  return MESSAGES[name].text.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)] ?? ''));
}
