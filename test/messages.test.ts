// docs/messages.md is made from the tables, and says for each message what to do.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adviceOf, allMessages, messagesPage } from '../scripts/messages-page.js';
import { ROOT } from './sources.js';

test('the committed page is current', () => {
  expect(readFileSync(join(ROOT, 'docs/messages.md'), 'utf8')).toBe(messagesPage());
});

test('every message says what to do: behind its last "; " or on the page; a note may have nothing to do', () => {
  const told = allMessages().filter(([, message]) => message[0] !== 'note');
  const silent = told.filter(([, message]) => message[2] === undefined && !message[1].includes('; '));
  expect(silent.map(([code]) => code)).toEqual([]);
  expect(allMessages().filter(([, message]) => adviceOf(message).trim() === '')).toEqual([]);
});
