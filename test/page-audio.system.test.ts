// The views Audio and Network in a real browser: what is played and sent is seen, and the runs have the traces of the
// command line.
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

const folder = mkdtempSync(join(tmpdir(), 'bringup-page-audio-'));
const lab = join(folder, 'lab.dtb');
afterAll(() => rmSync(folder, { recursive: true }));

function bringup(...args: readonly string[]): void {
  const command = [join(ROOT, 'bin/bringup.cjs'), ...args];
  const { status, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' });
  // 1: the job found a fault, as it may.
  if (status !== 0 && status !== 1) throw new Error(stderr);
}

const DSP = '/soc@10000000/remoteproc@10300000';
/** A tone through a crash, and frames through a cable that is pulled out. */
const RUNS: Readonly<Record<string, readonly string[]>> = {
  tone: ['100ms start tone hz=1000', `400ms set ${DSP}:crash=1`, '1500ms stop tone'],
  frames: ['0ms start frames rate=200 both=1', '2400ms link fm1-mac1=down', '2500ms stop frames'],
};

/** Axe says that nothing is in anybody's way. */
async function accessible(page: Page): Promise<readonly string[]> {
  await page.evaluate(readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(`axe.run().then(({ violations }) =>
    violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id))`);
}

describe.skipIf(needs('chromium'))('audio and network in the page', () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    bringup('dt', 'compile', 'boards/lab.dts', '-o', lab);
    browser = await pageBrowser();
  });
  afterAll(() => browser.close());

  test.each(Object.keys(RUNS))('%s: the trace is that of the command line, byte for byte', async (name) => {
    const text = (RUNS[name] ?? []).join('\n');
    const [scenario, trace] = [join(folder, `${name}.txt`), join(folder, `${name}.trace`)];
    writeFileSync(scenario, text);
    bringup('boot', lab, '--seed', 'page', '--scenario', scenario, '--for', '3s', '--trace', trace);
    const { page, problems } = await browser.open();
    const worker = readdirSync(join(ROOT, 'page/assets')).find((file) => file.startsWith('board-worker'));
    const files = [{ path: 'lab.dtb', bytes: [...readFileSync(lab)] }];
    const check = { files, main: 'lab.dtb', seed: 'page', params: [], scenario: text, forNs: 3e9 };
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

  test('a tone plays, its packets are seen, the DSP dies and comes back', async () => {
    const { page, problems } = await browser.open('view=audio');
    await choose(page, lab);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.getByText('on PRIMARY_MI2S_RX, session 1').waitFor();
    const rows = page.getByRole('listbox', { name: 'packets' }).getByRole('option');
    await rows.filter({ hasText: 'ASM_DATA_EVENT_WRITE_DONE_V2' }).last().waitFor();
    const meter = page.getByRole('meter', { name: 'channel L' });
    // It swells from -43 dB (the mean of a sine of -40) in both channels.
    await expect.poll(async () => Number(await meter.getAttribute('aria-valuenow'))).toBeGreaterThan(-50);
    await page.getByRole('button', { name: 'Crash: watchdog' }).click();
    await page.getByText('the DSP has died (ECONNRESET)').waitFor();
    await page.getByText('2 streams opened').waitFor();
    await page.getByText('remoteproc0 (adsp): running, 1 crash').waitFor();
    await page.getByRole('button', { name: 'Hold' }).click();
    await page
      .getByRole('option', { name: /ASM_DATA/ })
      .first()
      .click();
    await page.getByRole('cell', { name: 'opcode', exact: true }).waitFor();
    expect([await accessible(page), problems]).toEqual([[], []]);
    await page.close();
  });

  test('frames go, are seen with descriptor and table, and stop with the cable', async () => {
    const { page, problems } = await browser.open('view=network');
    await choose(page, lab);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('option', { name: 'S/G' }).first().waitFor();
    await page
      .getByText(/^9\d\d\/s|^1\d{3}\/s/)
      .first()
      .waitFor();
    // The list moves on; held, the frame that is chosen is the one that was seen.
    await page.getByRole('button', { name: 'Hold' }).click();
    await page.getByRole('option', { name: 'S/G' }).first().click();
    await page.getByRole('heading', { name: 'Frame descriptor' }).waitFor();
    await page.getByText(/^entry 1 /).waitFor();
    await page.getByRole('button', { name: 'Pull out' }).first().click();
    await page.getByText('no carrier').first().waitFor();
    await page.getByText(/not taken/).waitFor();
    expect([await accessible(page), problems]).toEqual([[], []]);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
    await page.close();
  });
});
