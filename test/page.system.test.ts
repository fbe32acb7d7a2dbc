// The page in a real browser: what it shows is what the command line prints, and a run in it has the same trace.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { choose, type PageBrowser, pageBrowser } from './page-browser.js';
import { ROOT } from './sources.js';
import { needs } from './tools.js';

const folder = mkdtempSync(join(tmpdir(), 'bringup-page-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The command, as a person runs it. */
function bringup(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin/bringup.cjs'), ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  // 1: the job found a fault, as it may.
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return stdout;
}

const lab = join(folder, 'lab.dtb');
const SCENARIO = ['300ms fault i2c.transfer#1=timeout', '700ms clear'];

describe.skipIf(needs('chromium'))('the page', () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    bringup('dt', 'compile', 'boards/lab.dts', '-o', lab);
    browser = await pageBrowser();
  });
  afterAll(() => browser.close());

  test('a run in the page has the trace of the command line, byte for byte', async () => {
    const scenario = join(folder, 'scenario.txt');
    const trace = join(folder, 'trace.txt');
    writeFileSync(scenario, SCENARIO.join('\n'));
    bringup('boot', lab, '--seed', 'page', '--scenario', scenario, '--for', '1s', '--trace', trace);
    const { page, problems } = await browser.open();
    const worker = readdirSync(join(ROOT, 'page/assets')).find((name) => name.startsWith('board-worker'));
    const files = [{ path: 'lab.dtb', bytes: [...readFileSync(lab)] }];
    const check = { files, main: 'lab.dtb', seed: 'page', params: [], scenario: SCENARIO.join('\n'), forNs: 1e9 };
    const sha256 = await page.evaluate(`new Promise((resolve) => {
      const board = new Worker('./assets/${worker}', { type: 'module' });
      const check = ${JSON.stringify(check)};
      for (const file of check.files) file.bytes = Uint8Array.from(file.bytes);
      board.onmessage = ({ data }) => resolve(data.checked?.sha256 ?? JSON.stringify(data));
      board.postMessage({ check });
    })`);
    expect([sha256, problems]).toEqual([createHash('sha256').update(readFileSync(trace)).digest('hex'), []]);
    await page.close();
  });

  test('a devicetree becomes the board that the command line prints', async () => {
    const { devices } = JSON.parse(bringup('devices', lab, '--json')) as { devices: { path: string; state: string }[] };
    const { page, problems } = await browser.open();
    await choose(page, lab);
    const [first] = devices;
    await page
      .getByText(first?.path ?? '', { exact: true })
      .first()
      .waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });
});
