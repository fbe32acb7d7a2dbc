// The view Trace in a real browser: rows, filters, neighbours, files, and the hash of a repeated run.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { choose, type PageBrowser, pageBrowser } from './page-browser.js';
import { ROOT } from './sources.js';
import { needs } from './tools.js';

/** A busy machine may need it. */
const LONG = { timeout: 20_000 };
const folder = mkdtempSync(join(tmpdir(), 'bringup-trace-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The command, as a person runs it. */
function bringup(...args: readonly string[]): void {
  const words = [join(ROOT, 'bin/bringup.cjs'), ...args];
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0 && status !== 1) throw new Error(stderr);
}

const lab = join(folder, 'lab.dtb');
const read = (name: string): Buffer => readFileSync(join(folder, name));
/** What a button saves. */
async function saved(page: Page, button: string): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  const path = join(folder, 'download');
  await download.saveAs(path);
  return readFileSync(path);
}

describe.skipIf(needs('chromium'))('the view Trace', () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    bringup('dt', 'compile', 'boards/lab.dts', '-o', lab);
    browser = await pageBrowser();
  });
  afterAll(() => browser.close());

  test('files have the bytes of the command line, and a repeated run its hash', async () => {
    const { page, problems } = await browser.open('view=trace');
    await choose(page, lab);
    await page.click('text=Pause');
    await page.click('text=+100 ms');
    await expect.poll(() => page.locator('.vlist-row').count(), LONG).toBeGreaterThan(5);
    await page.click('text=Repeat and hash');
    const sha256 = await page.innerText('.trace-hash');
    const command = await page.innerText('.trace-command');
    const span = /--for (\d+ns)/.exec(command)?.[1] ?? '';
    bringup('boot', lab, '--for', span, '--trace', join(folder, 'trace.txt'));
    bringup('boot', lab, '--for', span, '--trace', join(folder, 'trace.jsonl'));
    expect(createHash('sha256').update(read('trace.txt')).digest('hex')).toBe(sha256);
    // The board is still on: its trace is the begin of the other.
    const text = await saved(page, 'button:text-is("Text")');
    expect(text.length).toBeGreaterThan(100_000);
    expect(read('trace.txt').subarray(0, text.length).equals(text)).toBe(true);
    const json = await saved(page, 'text=JSON lines');
    expect(read('trace.jsonl').subarray(0, json.length).equals(json)).toBe(true);
    expect((await saved(page, 'text=Perfetto')).length).toBeGreaterThan(100_000);
    expect((await saved(page, 'text=Packets')).readUInt32LE(0)).toBe(0x0a0d_0d0a);
    expect(problems).toEqual([]);
    await page.close();
  });

  test('words, kinds and levels choose events; a chosen one has its neighbours; the address keeps all', async () => {
    const { page, problems } = await browser.open('view=trace');
    await choose(page, lab);
    await page.click('text=Pause');
    await page.fill('input[placeholder=words]', 'manufacturer_id power-sensor@41');
    await expect.poll(() => page.innerText('.trace-count'), LONG).toMatch(/^1 of/);
    expect(await page.innerText('.vlist-row')).toContain('reg=fe val=5449 MANUFACTURER_ID');
    await page.click('.vlist-row');
    const led = page.locator('.trace-near').first();
    await led.waitFor();
    expect((await led.innerText()).split('\n')).toEqual([
      ...['transfer, the register', 'i2c@10001000 i2c_result a=041 ret=2'],
      ...['transfer, its result', 'i2c@10001000 i2c_reply a=041 [54-49]'],
      ...['read, its answer', 'i2c@10001000 i2c_read a=041 l=2'],
      ...['write, then read in one transfer', 'i2c@10001000 i2c_write a=041 [fe]'],
    ]);
    expect(new URL(page.url()).hash).toMatch(/^#view=trace&text=manufacturer_id.*&event=\d+$/);
    await page.click('text=Show all');
    await page.selectOption('select', 'err');
    await expect.poll(() => page.innerText('.trace-count'), LONG).toMatch(/^0 of [\d,]+ events$/);
    expect(problems).toEqual([]);
    await page.close();
  });

  test('keys go through the list, and only the rows on the screen exist', async () => {
    const { page } = await browser.open('view=trace', { width: 390, dark: true });
    await choose(page, lab);
    await page.click('text=Pause');
    await page.focus('.vlist');
    await page.keyboard.press('Home');
    await page.waitForSelector('.vlist-row[aria-selected=true][aria-rowindex="1"]');
    await page.keyboard.press('ArrowDown');
    await page.waitForSelector('.vlist-row[aria-selected=true][aria-rowindex="2"]');
    expect(await page.getAttribute('.vlist', 'aria-activedescendant')).toBe('Events-1');
    expect(await page.locator('.vlist-row').count()).toBeLessThan(60);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await page.close();
  });

  test('a scenario is saved as the file that the command names', async () => {
    const { page } = await browser.open('view=registers');
    await choose(page, lab);
    await page.click('text=Pause');
    const row = page.locator('.vlist-row', { hasText: 'CRITICAL1' });
    await row.locator('.registers-value button').click();
    await page.keyboard.type('0x1238');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.innerText('.registers-rows'), LONG).toContain('0x1238');
    await page.click('text=+100 ms');
    await page.click('nav >> text=Trace');
    await page.click('text=Repeat and hash');
    const sha256 = await page.innerText('.trace-hash');
    const span = /--for (\d+ns)/.exec(await page.innerText('.trace-command'))?.[1] ?? '';
    writeFileSync(join(folder, 'scenario.txt'), await saved(page, 'text=Save the scenario'));
    expect(read('scenario.txt').toString()).toMatch(/^\d+\w+ write \S+power-sensor@40 CRITICAL1=0x1238\n$/);
    bringup(
      ...['boot', lab, '--scenario', join(folder, 'scenario.txt'), '--for', span, '--trace'],
      join(folder, 'w.txt'),
    );
    expect(createHash('sha256').update(read('w.txt')).digest('hex')).toBe(sha256);
    await page.close();
  });
});
