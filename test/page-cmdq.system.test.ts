// Command queues in a real browser: flips run, a raise is lost, a thread is stuck and goes on, frame by frame.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { choose, type PageBrowser, pageBrowser } from './page-browser.js';
import { ROOT } from './sources.js';
import { needs } from './tools.js';

const folder = mkdtempSync(join(tmpdir(), 'bringup-cmdq-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const lab = join(folder, 'lab.dtb');

function bringup(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin/bringup.cjs'), ...args], { cwd: ROOT });
  if (status !== 0) throw new Error(stderr.toString());
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

describe.skipIf(needs('chromium'))('command queues', () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    bringup('dt', 'compile', 'boards/lab.dts', '-o', lab);
    browser = await pageBrowser();
  });
  afterAll(() => browser.close());

  test('flips in the page have the trace of the command line, byte for byte', async () => {
    const scenario = join(folder, 'scenario.txt');
    const trace = join(folder, 'trace.txt');
    const lines = '100ms start flips every=2\n200ms fault event.fire@stream_eof0#2=lost\n400ms stop flips\n';
    writeFileSync(scenario, lines);
    bringup('boot', lab, '--scenario', scenario, '--for', '500ms', '--trace', trace);
    const { page, problems } = await browser.open();
    const worker = readdirSync(join(ROOT, 'page/assets')).find((name) => name.startsWith('board-worker'));
    const files = [{ path: 'lab.dtb', bytes: [...readFileSync(lab)] }];
    const check = { files, main: 'lab.dtb', seed: '1', params: [], scenario: lines, forNs: 500e6 };
    const sha256 = await page.evaluate(`new Promise((resolve) => {
      const board = new Worker('./assets/${worker}', { type: 'module' });
      const check = ${JSON.stringify(check)};
      for (const file of check.files) file.bytes = Uint8Array.from(file.bytes);
      board.onmessage = ({ data }) => resolve(data.checked?.sha256 ?? JSON.stringify(data));
      board.postMessage({ check });
    })`);
    expect(readFileSync(trace, 'utf8')).toContain('gce_thread');
    expect([sha256, problems]).toEqual([createHash('sha256').update(readFileSync(trace)).digest('hex'), []]);
    await page.close();
  });

  test('a thread waits, is stuck when its event is lost, and goes on; the screen is seen frame by frame', async () => {
    const { page, problems } = await browser.open('view=cmdq');
    await choose(page, lab);
    await button(page, 'Start flips').click();
    await page.getByText('waits for event 130 (MUTEX_STREAM_DONE0) to be 1', { exact: true }).first().waitFor();
    await button(page, 'Pause').click();
    await button(page, 'Run').waitFor();
    await expect
      .poll(() => page.locator('.program [aria-current]').innerText())
      .toMatch(/wait_keep MUTEX_STREAM_DONE0/);
    const frame = async (): Promise<number> => {
      await button(page, '+1 frame').click();
      const words = await page.locator('figure canvas').getAttribute('aria-label');
      return Number(/^frame (\d+), 720 by 1280 pixels: picture \d+$/.exec(words ?? '')?.[1] ?? -1);
    };
    await frame();
    await expect.poll(frame).toBeGreaterThan(0);
    const before = await frame();
    await expect.poll(frame).toBeGreaterThan(before);
    await button(page, 'Lose all raises').click();
    await button(page, '+1 s').click();
    await page.locator('.wait .state.failed').waitFor();
    expect(await page.locator('.wait details').getAttribute('open')).not.toBeNull();
    await button(page, 'End all faults').click();
    await button(page, '+100 ms').click();
    await page.locator('.wait .state.waits').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  test('what is chosen is in the address, by pointer and by keys', async () => {
    const { page, problems } = await browser.open('view=cmdq&span=20&events=all');
    await choose(page, lab);
    await button(page, 'Start flips').click();
    await page.getByText('44 DSI0_EOF', { exact: true }).waitFor();
    await button(page, 'thread 1').first().click();
    await page.locator('.timeline-canvas').focus();
    await page.keyboard.press('-');
    await page.getByLabel('show frames').uncheck();
    const address = new URLSearchParams(new URL(page.url()).hash.slice(1));
    expect(Object.fromEntries(address)).toEqual({
      ...{ view: 'cmdq', span: '50', events: 'all', thread: '1', screen: 'off' },
    });
    expect(problems).toEqual([]);
    await page.close();
  });

  test.each([
    { width: 1280, dark: false },
    { width: 390, dark: true },
  ])('nothing keeps people out: $width pixels, dark $dark', async (options) => {
    const { page } = await browser.open('view=cmdq', options);
    await choose(page, lab);
    await button(page, 'Start flips').click();
    await page.locator('figure canvas:not([hidden])').waitFor();
    await button(page, 'Pause').click();
    await page.evaluate(readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8'));
    const found = (await page.evaluate('axe.run(document)')) as {
      violations: { id: string; impact: string; nodes: { html: string }[] }[];
    };
    const grave = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(grave.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    await page.close();
  });
});
