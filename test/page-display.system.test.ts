// Board and display in a real browser: real trees of every kind, a folder of sources, broken files; and how fast.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { totalsText } from '../src/stock/board-words.js';
import type { BootReport } from '../src/stock/boot-report.js';
import { corpusFolders, inCorpus } from './corpus.js';
import { choose, type PageBrowser, pageBrowser } from './page-browser.js';
import { ROOT } from './sources.js';
import { needs } from './tools.js';

const folder = mkdtempSync(join(tmpdir(), 'bringup-page-display-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The command, as a person runs it. */
function bringup(...args: readonly string[]) {
  const options = { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 } as const;
  return spawnSync(process.execPath, [join(ROOT, 'bin/bringup.cjs'), ...args], options);
}

const blobs = inCorpus(corpusFolders(), 'dtb');
const trees = (blobs === undefined ? [] : readdirSync(blobs)).filter((name) => name.endsWith('.dtb'));
const release = inCorpus(corpusFolders(), 'dts/v6.18');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What an automated check of accessibility finds serious. */
async function axe(page: Page): Promise<unknown> {
  await page.evaluate(AXE);
  return page.evaluate(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.length, nodes[0].html]))`);
}

/** Chooses a folder, and in it the tree that the words are about. */
async function chooseAmong(page: Page, path: string, words: string): Promise<void> {
  await page.setInputFiles('input[webkitdirectory]', path);
  await page.getByLabel('Filter').fill(words);
  await page.getByLabel('Filter').press('Enter');
}

describe.skipIf(needs('chromium'))('board and display', () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    browser = await pageBrowser();
  });
  afterAll(() => browser.close());

  test.each(trees)('%s is the board that the command line prints', async (name) => {
    const path = join(blobs as string, name);
    const { devices, totals } = JSON.parse(bringup('devices', path, '--json').stdout) as BootReport;
    const { page, problems } = await browser.open();
    await choose(page, path);
    expect(await page.locator('.summary > p').innerText()).toBe(totalsText(totals));
    // Only what is on screen is in the page; the last is there once one goes there.
    const list = page.getByRole('listbox', { name: 'devices' });
    await list.press('End');
    const last = list.locator('[aria-selected=true]');
    expect(await last.getAttribute('aria-posinset')).toBe(String(devices.length));
    expect(await last.locator('.device').getAttribute('title')).toBe(devices.at(-1)?.path);
    expect(await list.getByRole('option').count()).toBeLessThan(120);
    expect(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('device')).toBe(devices.at(-1)?.path);
    expect(problems).toEqual([]);
    await page.close();
  });

  test.skipIf(release === undefined)(
    'a folder of sources: the broken link with the kernel’s words, and its line',
    async () => {
      const sources = release as string;
      const main = join(sources, 'src/arm64/mediatek/mt8183-kukui-krane-sku176.dts');
      const { stdout } = bringup('display', main, '-I', join(sources, 'include'), '-I', join(sources, 'src'), '--json');
      const { mmsys, findings } = JSON.parse(stdout);
      const { page, problems } = await browser.open('view=display');
      await chooseAmong(page, sources, 'mt8183 krane 176');
      await page.locator('.link.broken').first().waitFor({ state: 'attached' });
      expect(await page.locator('svg .code.bad').allTextContents()).toEqual([mmsys[0].messages.at(-1).text]);
      const places = findings.map(({ at }: { at: { file: string; line: number; column: number } }) => {
        return `${at.file.slice(at.file.indexOf('v6.18/'))}:${at.line}:${at.column}`;
      });
      expect(await page.locator('.findings .mono.quiet').allInnerTexts()).toEqual(places);
      await page.getByLabel('reads the tree').selectOption('v6.12');
      await page
        .locator('svg .text', { hasText: /^built in/ })
        .first()
        .waitFor();
      await page.getByRole('link', { name: /dsi@14014000/ }).click();
      expect(await page.locator('.closely h2').innerText()).toBe('/soc/dsi@14014000');
      expect(await page.locator('.facts').innerText()).toContain('v6.18/src/arm64/mediatek/mt8183.dtsi:');
      expect(problems).toEqual([]);
      await page.close();
    },
  );

  test.each([
    ['rubbish.dtb', Uint8Array.from({ length: 3000 }, (_, at) => (at * 7919) % 251)],
    ['empty.dts', new Uint8Array(0)],
    ['text.dtb', new TextEncoder().encode('hello\n')],
    ['broken.dts', new TextEncoder().encode('/dts-v1/;\n#include "no.dtsi"\n/ { a = <1; };\n')],
    ['cut.dtb', new Uint8Array([0xd0, 0x0d, 0xfe, 0xed, 0, 0, 0x40, 0, ...new Uint8Array(40)])],
  ])('%s: the same words as the command line', async (name, bytes) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    const told = bringup('devices', name)
      .stderr.replaceAll(/^bringup: /gm, '')
      .trimEnd();
    const { page, problems } = await browser.open();
    await page.setInputFiles('input[type=file]:not([webkitdirectory])', path);
    await page.locator('.notices pre').waitFor();
    expect(await page.locator('.notices pre').innerText()).toBe(told);
    expect(problems).toEqual([]);
    await page.close();
  });

  test('what is dropped is taken, wherever on the page, also in place of a board that is there', async () => {
    const path = join(folder, 'lab.dtb');
    bringup('dt', 'compile', join(ROOT, 'boards/lab.dts'), '-o', path);
    const { page, problems } = await browser.open();
    for (const name of ['one.dtb', 'other.dtb']) {
      const bytes = [...readFileSync(path)];
      const dataTransfer = await page.evaluateHandle(`(() => {
        const dropped = new DataTransfer();
        dropped.items.add(new File([Uint8Array.from(${JSON.stringify(bytes)})], '${name}'));
        return dropped;
      })()`);
      await page.dispatchEvent('.zone', 'drop', { dataTransfer });
      await page.locator('header', { hasText: name }).waitFor();
    }
    expect(problems).toEqual([]);
    await page.close();
  });

  test.each([
    [1280, false],
    [390, true],
  ])('nothing serious for who cannot see it well, %d pixels wide, dark: %s', async (width, dark) => {
    const { page } = await browser.open('view=board', { width, dark });
    const path = join(folder, 'lab.dtb');
    bringup('dt', 'compile', join(ROOT, 'boards/lab.dts'), '-o', path);
    await choose(page, path);
    await page.getByRole('listbox').press('ArrowDown');
    await page.locator('.closely .facts').waitFor();
    expect(await axe(page)).toEqual([]);
    await page.getByRole('link', { name: 'Display', exact: true }).click();
    await page.locator('svg.bp').waitFor();
    expect(await axe(page)).toEqual([]);
    await page.close();
  });
});
