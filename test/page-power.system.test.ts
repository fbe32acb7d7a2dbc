// The views Power and Faults in a real browser: knobs and limits as the command line has them, what comes of faults.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axeCore from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { choose, type PageBrowser, pageBrowser } from './page-browser.js';
import { ROOT } from './sources.js';
import { needs } from './tools.js';

const folder = mkdtempSync(join(tmpdir(), 'bringup-page-power-'));
afterAll(() => rmSync(folder, { recursive: true }));
const lab = join(folder, 'lab.dtb');
const I2C = '/soc@10000000/i2c@10001000';

/** The command, as a person runs it. */
function bringup(...args: readonly string[]): string {
  const command = [join(ROOT, 'bin/bringup.cjs'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return stdout;
}

/** What the command line reads of a rail of the lab board: volts and amperes as the table writes them. */
function railOf(label: string, ...set: readonly string[]): string[] {
  const options = set.flatMap((one) => ['--set', one]);
  const { run } = JSON.parse(bringup('boot', lab, '--json', ...options)) as {
    run: { rails: { label: string; millivolts: number; milliamperes: number }[] };
  };
  const { millivolts, milliamperes } = run.rails.find((rail) => rail.label === label) ?? {
    millivolts: 0,
    milliamperes: 0,
  };
  return [millivolts, milliamperes].map((milli) => (milli / 1000).toFixed(3));
}

const rowOf = async (page: Page, label: string): Promise<string[]> =>
  (await page.locator('table.readings tr', { hasText: label }).locator('td').allInnerTexts()).slice(1, 3);

const card = (page: Page, label: string) =>
  page.locator('figure.rail', { has: page.getByText(label, { exact: true }) });

/** Serious findings of axe-core. */
async function axe(page: Page): Promise<unknown[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axeCore.source });
  const found = await page.evaluate<{ impact: string; id: string; nodes: { html: string }[] }[]>(
    'axe.run(document, {}).then(({ violations }) => violations)',
  );
  return found
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}

describe.skipIf(needs('chromium'))('the views Power and Faults', () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    bringup('dt', 'compile', 'boards/lab.dts', '-o', lab);
    browser = await pageBrowser();
  });
  afterAll(() => browser.close());

  test('a knob that is turned moves chart and numbers, as the command line has them', async () => {
    const { page, problems } = await browser.open('view=power');
    await choose(page, lab);
    await page.getByRole('button', { name: 'Read rails every 100 ms' }).click();
    await expect.poll(() => rowOf(page, 'VDD_CPU')).toEqual(railOf('VDD_CPU'));
    const before = await card(page, 'VDD_CPU').getByRole('img').getAttribute('aria-label');
    const load = card(page, 'VDD_CPU').getByLabel('load', { exact: true });
    await load.fill('2500');
    await load.press('Enter');
    await expect.poll(() => rowOf(page, 'VDD_CPU')).toEqual(railOf('VDD_CPU', 'power-sensor@40:load3Ma=2500'));
    await expect.poll(() => card(page, 'VDD_CPU').getByRole('img').getAttribute('aria-label')).toContain('now 2.520 A');
    expect(before).toContain('now 1.000 A, from 1.000 to 1.000');
    expect(problems).toEqual([]);
    await page.close();
  });

  test('a limit that is passed is told in words, with a mark, in card and table', async () => {
    const { page, problems } = await browser.open('view=power');
    await choose(page, lab);
    await page.getByRole('button', { name: 'Read rails every 100 ms' }).click();
    const max = page.getByLabel('VDD_5V_SYS: max in A');
    await max.fill('0.8');
    await max.press('Enter');
    await card(page, 'VDD_5V_SYS').getByText('▲ max').waitFor();
    await page.locator('table.readings tr', { hasText: 'VDD_5V_SYS' }).getByText('▲ max passed').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  test('an address that is not acknowledged: what its reader got, what the bus said, and both by link', async () => {
    const { page, problems } = await browser.open('view=power');
    await choose(page, lab);
    await page.getByRole('button', { name: 'Read rails every 100 ms' }).click();
    await page.locator('summary', { hasText: 'Fault' }).nth(1).click();
    await page.getByRole('button', { name: 'every' }).first().click();
    await page.getByRole('button', { name: 'nack-address' }).first().click();
    await expect.poll(() => rowOf(page, 'VDD_3V3_IO')).toEqual(['ENXIO', 'ENXIO']);
    await page.getByRole('link', { name: 'Faults' }).click();
    await page.getByText('i2c_result: a=041 ret=-6 (ENXIO)').waitFor();
    await page.getByText('VDD_3V3_IO: mV ENXIO, mA ENXIO').waitFor();
    await page.getByRole('button', { name: 'Clear what is left' }).click();
    await page.getByText('was cleared').waitFor();
    await page.evaluate('navigator.clipboard.writeText = async (text) => { window.copied = text; }');
    await page.getByRole('button', { name: 'Copy link' }).click();
    const link = await page.evaluate<string>('window.copied');
    const again = await browser.open('', { url: link });
    await again.page.getByText('i2c_result: a=041 ret=-6 (ENXIO)').waitFor();
    await again.page.getByText('was cleared').waitFor();
    await again.page.getByRole('link', { name: 'Power' }).click();
    await card(again.page, 'VDD_3V3_IO').getByRole('img').waitFor();
    expect([...problems, ...again.problems]).toEqual([]);
    await page.close();
    await again.page.close();
  });

  test('a device is probed again while its bus is broken', async () => {
    const { page, problems } = await browser.open('view=faults');
    await choose(page, lab);
    await page.getByRole('button', { name: `${I2C}/power-sensor@40` }).click();
    // The next transfer is that of the unbinding, which powers the chip down.
    await page.getByRole('button', { name: 'every' }).click();
    await page.getByRole('button', { name: 'timeout' }).first().click();
    await page.getByRole('button', { name: 'Probe the device again' }).click();
    await page.getByText('probe with driver ina3221 failed with error -110').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  test('rails, knobs, limits and probes give the trace of the command line, byte for byte', async () => {
    const scenario = [
      '100ms start rails every=20ms',
      '200ms set power-sensor@40:load1Ma=2500',
      '250ms write power-sensor@40:curr1_max=2000',
      `300ms fault i2c.transfer@${I2C}:0x41#2=nack-address`,
      '400ms rebind power-sensor@41',
      '700ms stop rails',
    ].join('\n');
    const [file, trace] = [join(folder, 'scenario.txt'), join(folder, 'trace.txt')];
    writeFileSync(file, scenario);
    bringup('boot', lab, '--seed', 'rails', '--scenario', file, '--for', '1s', '--trace', trace);
    const { page } = await browser.open();
    const worker = readdirSync(join(ROOT, 'page/assets')).find((name) => name.startsWith('board-worker'));
    const files = [{ path: 'lab.dtb', bytes: [...readFileSync(lab)] }];
    const check = { files, main: 'lab.dtb', seed: 'rails', params: [], scenario, forNs: 1e9 };
    const sha256 = await page.evaluate(`new Promise((resolve) => {
      const board = new Worker('./assets/${worker}', { type: 'module' });
      const check = ${JSON.stringify(check)};
      for (const file of check.files) file.bytes = Uint8Array.from(file.bytes);
      board.onmessage = ({ data }) => resolve(data.checked?.sha256 ?? JSON.stringify(data));
      board.postMessage({ check });
    })`);
    expect(sha256).toBe(createHash('sha256').update(readFileSync(trace)).digest('hex'));
    await page.close();
  });

  test.each([
    { dark: false, width: 1280 },
    { dark: true, width: 390 },
  ])('axe-core finds nothing serious: %o', async (options) => {
    const { page } = await browser.open('view=power', options);
    await choose(page, lab);
    await page.getByRole('button', { name: 'Read rails every 100 ms' }).click();
    await card(page, 'VDD_CPU').waitFor();
    await page.locator('summary', { hasText: 'Fault' }).first().click();
    expect(await axe(page)).toEqual([]);
    await page.getByRole('button', { name: 'nack-data' }).first().click();
    await page.getByRole('link', { name: 'Faults' }).click();
    await page.getByText('What came of it').waitFor();
    await page.getByRole('button', { name: `${I2C}/power-sensor@40` }).click();
    expect(await axe(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.close();
  });
});
