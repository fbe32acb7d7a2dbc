// docs/cmdq-lint.md: what it shows is what the command prints; its tables are those of the code.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CMDQ_RULES } from '../src/review/cmdq/lint-catalogue.js';
import { run } from '../src/cli/run.js';
import { captureIo } from './capture.js';
import { pageExamples } from './page.js';
import { ROOT } from './sources.js';

const PAGE = readFileSync(join(ROOT, 'docs/cmdq-lint.md'), 'utf8');
const examples = pageExamples(PAGE);
afterAll(() => rmSync(examples.folder, { recursive: true }));

test('every command prints what the page shows', async () => {
  expect(await examples.print()).toEqual(examples.blocks);
  expect(examples.blocks.length).toBe(2);
});

test('the page has every rule with its severities and what it finds, and no other', () => {
  const rows = [...PAGE.matchAll(/^\| ([a-z-]+) \| ((?:error|warning|note)[a-z, ]*) \| (.*) \|$/gm)];
  expect(rows.map(([, id, severities, summary]) => ({ id, severities, summary }))).toEqual(
    CMDQ_RULES.map(({ id, severities, summary }) => ({ id, severities: severities.join(', '), summary })),
  );
});

test('rules have names of their own', () => {
  expect(new Set(CMDQ_RULES.map(({ id }) => id)).size).toBe(CMDQ_RULES.length);
  expect(CMDQ_RULES.filter(({ severities }) => severities.length === 0)).toEqual([]);
});

/** The keys in the first column, and those in the texts behind them. */
const KEYS = new Set([...PAGE.matchAll(/`(\w+)`/g)].map(([, key = '']) => key));

test('the page has every key of the document', async () => {
  const { io, out } = captureIo({ cwd: examples.folder });
  await run('cmdq lint flip.gce board.dts --tree board.dts --json'.split(' '), io);
  const document = JSON.parse(out()) as { readonly files: readonly { readonly findings: readonly object[] }[] };
  const findings = document.files.flatMap((file) => file.findings);
  const keys = [document, ...document.files, ...findings].flatMap((part) => Object.keys(part));
  expect([...new Set(keys)].filter((key) => !KEYS.has(key))).toEqual([]);
  expect(findings.length).toBeGreaterThan(4);
});
