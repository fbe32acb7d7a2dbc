// The view Registers in a real browser: values, fields, writes, what cannot be written, what follows a knob.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeFdt } from '../src/dt/fdt-write.js';
import { labTree } from './lab.js';
import { choose, type PageBrowser, pageBrowser } from './page-browser.js';
import { needs } from './tools.js';

/** A busy machine may need it. */
const LONG = { timeout: 20_000 };
const folder = mkdtempSync(join(tmpdir(), 'bringup-registers-test-'));
const lab = join(folder, 'lab.dtb');
afterAll(() => rmSync(folder, { recursive: true }));

/** The row of a register or field, as text. */
const rowOf = (page: Page, name: string) =>
  page.locator('.vlist-row', { has: page.locator(`.registers-name:text-is("${name}")`) });

describe.skipIf(needs('chromium'))('the view Registers', () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    writeFileSync(lab, writeFdt(labTree()));
    browser = await pageBrowser();
  });
  afterAll(() => browser.close());

  test('a field is shown by name, written in place, marked, and in the address', async () => {
    const { page, problems } = await browser.open('view=registers');
    await choose(page, lab);
    await page.click('text=Pause');
    await page.click('[aria-label="fields of CONFIG"]');
    // SBOS576C: 0x7127 is the reset value; AVG are bits 11 to 9.
    expect(await rowOf(page, 'CONFIG').innerText()).toContain('0x7127');
    expect(await rowOf(page, 'AVG').innerText()).toMatch(/\[11:9\]\s+AVG\s+0x0/);
    await rowOf(page, 'AVG').locator('button').click();
    await page.keyboard.type('0b11');
    await page.keyboard.press('Enter');
    await expect.poll(() => rowOf(page, 'AVG').locator('.changed').count(), LONG).toBe(1);
    expect(await rowOf(page, 'CONFIG').innerText()).toContain('0x7727');
    await expect.poll(() => page.locator('.registers-mark b').count(), LONG).toBe(0);
    expect(new URL(page.url()).hash).toBe('#view=registers&open=CONFIG');
    expect(problems).toEqual([]);
    await page.close();
  });

  test('Escape leaves everything; a value that does not fit is refused with the reason', async () => {
    const { page } = await browser.open('view=registers');
    await choose(page, lab);
    await page.click('text=Pause');
    await rowOf(page, 'WARNING1').locator('.registers-value button').click();
    await page.keyboard.type('1');
    await page.keyboard.press('Escape');
    expect(await rowOf(page, 'WARNING1').innerText()).toContain('0x7ff8');
    await rowOf(page, 'WARNING1').locator('.registers-value button').click();
    await page.keyboard.type('0x12345');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=has more than 16 bits');
    expect(await rowOf(page, 'BUS1').locator('button:has-text("0x")').count()).toBe(0);
    expect(await rowOf(page, 'BUS1').locator('.registers-fixed').getAttribute('title')).toBe('read-only');
    await page.close();
  });

  test('a failed transfer stands above the table', async () => {
    const { page } = await browser.open('view=registers');
    await choose(page, lab);
    const scenario = encodeURIComponent('20ms fault i2c.data@0x40#1=nack-data');
    await page.close();
    const { page: other } = await browser.open(`view=registers&tree=lab.dtb&sha256=x&do=${scenario}&until=50000000`);
    await choose(other, lab);
    await rowOf(other, 'WARNING1').locator('.registers-value button').click();
    await other.keyboard.type('8');
    await other.keyboard.press('Enter');
    await other.waitForSelector('.registers-notice');
    expect(await other.innerText('.registers-notice')).toContain('no acknowledge from 0x40');
    expect(await rowOf(other, 'WARNING1').innerText()).toContain('0x7ff8');
    await other.close();
  });

  test('registers follow a knob while the board runs, in the numbers that are chosen', async () => {
    const { page } = await browser.open('view=registers&base=dec');
    await choose(page, lab);
    const knob = page.locator('tr', { hasText: 'bus1Mv' });
    await knob.locator('button').click();
    await page.keyboard.type('8000');
    await page.keyboard.press('Enter');
    // 8 V in steps of 8 mV, from bit 3 on.
    await expect.poll(() => rowOf(page, 'BUS1').innerText(), LONG).toMatch(/BUS1\s+8000/);
    await page.close();
  });

  test('a chip with hundreds of registers shows those that are looked for', async () => {
    const { page } = await browser.open('view=registers&base=bin', { width: 390 });
    await choose(page, lab);
    await page.selectOption('.registers-box select', { label: 'mtk-disp-mutex: mutex@14016000' });
    await page.fill('input[placeholder="register or field"]', 'm9_sof eof');
    await expect.poll(() => page.locator('.vlist-row').count(), LONG).toBeLessThanOrEqual(3);
    expect(await page.innerText('.registers-rows')).toContain('M9_SOF');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await page.close();
  });
});
