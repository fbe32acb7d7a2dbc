// Every message of the preprocessor: what is wrong, and behind `;` what to do.

/** The table. The code of an entry is `dt/cpp/` and its key. */
export const CPP_MESSAGES = {
  unreadable: ['error', 'cannot read this file: {reason}; check the path and its permissions'],
  binary: ['error', 'this is no source text: {reason}; give a .dts file (bringup dt decompile makes one of a blob)'],
  'binary-include': ['error', '{file} is no source text: {reason}; include a source, or use /incbin/ for data'],
  'missing-include': [
    'error',
    'cannot find {file}; looked in {places}; add its directory to the include path (-I) or correct it',
  ],
  'include-operand': ['error', '{directive} needs "FILE" or <FILE>, but has {found}; quote the file name'],
  'include-depth': [
    'error',
    'includes are nested {limit} deep at {file}: probably a circle; break the cycle with an include guard',
  ],
  'include-in-call': [
    'error',
    '#{directive} inside the arguments of macro {macro}; move the directive before the call',
  ],
  'too-much': [
    'error',
    'gave up: the source grows beyond {limit}; a macro or an include multiplies itself, look at {culprit}',
  ],
  'too-many-messages': ['error', 'gave up after {limit} messages; correct the first ones and try again'],
  'too-deep': ['error', 'gave up: {what} nested more than {limit} deep; write it flatter'],
  'unterminated-comment': ['error', 'comment without end: the rest of the file is lost; close it with */'],
  'unterminated-if': ['error', '#{directive} without #endif; add the #endif, or remove the #{directive}'],
  'unterminated-call': ['error', 'the arguments of macro {macro} do not end in this {inside}; add the missing )'],
  'without-if': ['error', '#{directive} without #if; remove it, or add the #if that it belongs to'],
  'after-else': ['error', '#{directive} after #else (its #if is in line {line}); move it before the #else'],
  'no-condition': ['error', '#{directive} without a condition; write an expression behind it'],
  expression: [
    'error',
    'cannot evaluate the condition: {reason}; the group is taken as false',
    'correct the expression',
  ],
  'division-by-zero': [
    'error',
    'division by zero in the condition; the group is taken as false',
    'correct the divisor',
  ],
  'no-macro-name': ['error', '#{directive} without a macro name; write the name behind it'],
  'macro-name': [
    'error',
    '#{directive} {name}: a macro name must be an identifier other than "defined"; choose another name',
  ],
  parameters: ['error', 'macro {macro}: {reason}; correct its parameter list'],
  'paste-at-end': ['error', 'macro {macro}: ## stands at an end of its body; put a token on both sides'],
  'too-few-arguments': [
    'error',
    'macro {macro} takes {wanted} arguments but the call gives {given}; add the missing ones',
  ],
  'too-many-arguments': [
    'error',
    'macro {macro} takes {wanted} arguments but the call gives {given}; remove the others',
  ],
  'error-directive': ['error', '#error {text}', 'the author of the file wrote this; do as it says'],
  'line-operand': ['error', '#line needs a number and perhaps a "FILE", but has {found}; correct or remove it'],
  'warning-directive': ['warning', '#warning {text}', 'the author of the file wrote this; do as it says'],
  redefined: [
    'warning',
    'macro {macro} is defined again with another body (first at {first}); #undef it first, or rename one',
  ],
  'undefining-builtin': [
    'warning',
    'macro {macro} is built in; a file that changes it may surprise others',
    'use a name of your own',
  ],
  'space-after-name': ['warning', 'no space between the name of macro {macro} and its body; add one'],
  'extra-tokens': [
    'warning',
    '#{directive} has more on its line than it needs; the rest is ignored, remove it',
    'remove the rest',
  ],
  'integer-overflow': ['warning', 'a number in the condition does not fit: {value}; use a smaller one'],
  'multi-char': [
    'warning',
    "character constant {value} has more than one character; its value is the compiler's choice",
    'write one character, or a number',
  ],
  'no-date': [
    'warning',
    '{macro} would make the result differ with every run; it stays ???, write the date yourself',
    'write the date yourself',
  ],
  'no-assertions': ['warning', '#{directive} is not supported (a GCC extension of old); use #define and #ifdef'],
  nul: ['warning', 'NUL byte in a source file; it is read as a space, remove it', 'remove it'],
} as const;

/** Name of a message. */
export type MessageName = keyof typeof CPP_MESSAGES;
