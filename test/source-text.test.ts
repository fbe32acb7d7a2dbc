import { expect, test } from 'vitest';
import { only } from './source-text.js';

const cases: readonly { what: string; text: string; code: string }[] = [
  { what: 'a line comment', text: 'a; // b\nc', code: 'a;     \nc' },
  { what: 'a block comment', text: 'a /* b\n */ c', code: 'a     \n    c' },
  { what: 'a string with an escaped quote', text: "a('b\\'c', d)", code: 'a(      , d)' },
  { what: 'a comment mark inside a string', text: "a('//b'); c", code: 'a(     ); c' },
  { what: 'code inside a template', text: 'a(`b${c({ d })}e`) f', code: 'a(    c({ d })   ) f' },
  { what: 'a template inside a template', text: '`a${`b${c}`}d` e', code: '        c      e' },
  { what: 'a regular expression with a quote', text: "x = /['/]/g; y", code: 'x =        ; y' },
  { what: 'the line that names the interpreter', text: '#!/usr/bin/env node\na', code: '                   \na' },
  { what: 'a division', text: "a / b; c('/')", code: 'a / b; c(   )' },
];

test.each(cases)('$what is no code, and every place stays', ({ text, code }) => {
  expect(only(text, 'code')).toBe(code);
});

test('comments alone can be kept', () => {
  expect(only("a('//x'); // y", 'comment').trim()).toBe('// y');
});
