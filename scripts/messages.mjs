// npm run messages [-- --write]: docs/messages.md from the tables of messages. Without --write a difference is a
// failure.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { messagesPage } from './messages-page.ts';

const PAGE = fileURLToPath(new URL('../docs/messages.md', import.meta.url));

const page = messagesPage();
if (process.argv.includes('--write')) writeFileSync(PAGE, page);
else if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== page) {
  process.stderr.write('messages: docs/messages.md is not current: npm run messages -- --write\n');
  process.exitCode = 1;
}
