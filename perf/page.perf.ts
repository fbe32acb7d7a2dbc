// The page: its bytes, from a dropped tree to its picture, frames a second while a board is busy, a trace of a million
// events.
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { Trace } from '../src/base/trace.js';
import { writeFdt } from '../src/dt/fdt-write.js';
import { TraceStore } from '../src/page/trace-store.js';
import { needs } from '../test/tools.js';
import { inReference, nsPerCall, type Row } from './bench.js';
import { labTree } from './lab.js';

const BUILT = 'page/index.html';
const noPage = existsSync(BUILT) ? undefined : 'the built page (npm run page:build)';
const missing = noPage ?? (needs('chromium') ? 'chromium' : undefined);

/** What a browser loads before it can show anything: what index.html names, and itself. */
function firstLoad(): number {
  const html = readFileSync(BUILT, 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)].map(([, name = '']) => `page/${name}`);
  return [BUILT, ...named].reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0) / 1000;
}

/** The program of a board, which is loaded when the page is there. */
function boardProgram(): number {
  const name = readdirSync('page/assets').find((file) => file.startsWith('board-worker')) ?? '';
  return gzipSync(readFileSync(`page/assets/${name}`), { level: 9 }).length / 1000;
}

/** What drives a browser is large, and wanted by few rows. */
const driver = () => import('../test/page-browser.js');

async function inBrowser<T>(body: (page: Page) => Promise<T>, hash = ''): Promise<T> {
  const { pageBrowser } = await driver();
  const browser = await pageBrowser('page');
  try {
    const { page } = await browser.open(hash);
    // A person needs longer to find a file than a Worker to start.
    await page.waitForTimeout(1500);
    return await body(page);
  } finally {
    await browser.close();
  }
}

/** From the moment when the page gets the file to the first frame that shows the view. */
function dropToView(tree: string, view: string, shown: string): Promise<number> {
  return inBrowser(async (page) => {
    await page.evaluate(`new MutationObserver((_, observer) => {
      if (document.querySelector(${JSON.stringify(shown)}) === null) return;
      observer.disconnect();
      requestAnimationFrame(() => { window.shownAt = performance.now(); });
    }).observe(document.body, { childList: true, subtree: true });
    document.querySelector('input[type=file]').addEventListener('change', () => { window.began = performance.now(); },
      { capture: true });`);
    await (await driver()).choose(page, tree);
    for (let tries = 0; tries < 500; tries++) {
      const passed = Number(await page.evaluate('window.shownAt - window.began'));
      if (!Number.isNaN(passed)) return passed;
      await page.waitForTimeout(20);
    }
    throw new Error(`${tree}: nothing is shown`);
  }, `view=${view}`);
}

/** Frames a second of the page over three seconds, after a button was pressed and a second has passed. */
function framesWhile(view: string, button: RegExp): Promise<number> {
  return inBrowser(async (page) => {
    await (await driver()).choose(page, labBlob());
    await page.getByRole('button', { name: button }).first().click();
    await page.waitForTimeout(1000);
    return Number(
      await page.evaluate(`new Promise((resolve) => {
        let frames = 0;
        const began = performance.now();
        const next = () => {
          frames++;
          const passed = performance.now() - began;
          if (passed < 3000) requestAnimationFrame(next); else resolve(frames / passed * 1000);
        };
        requestAnimationFrame(next);
      })`),
    );
  }, `view=${view}`);
}

const LARGEST = inReference('dtb/sdm845-db845c.dtb');
const DISPLAY = inReference('dtb/mt8195-cherry-tomato-r2.dtb');
const without = (tree: string | undefined): string | undefined => missing ?? (tree ? undefined : '../shared/dtb');

/** The lab board as a blob, in a file. */
function labBlob(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'bringup-perf-')), 'lab.dtb');
  writeFileSync(file, writeFdt(labTree()));
  return file;
}

/** An event with the store of the page; against an array that only grows. */
function eventNs(keep: (trace: Trace) => void): Promise<number> {
  const trace = new Trace(() => 0);
  keep(trace);
  let at = 0;
  return nsPerCall(() => trace.emit('/soc/i2c@0', { kind: 'i2c_read', addr: at++ % 128, length: 2 }));
}

/** The rows of the table. */
export const rows: readonly Row[] = [
  {
    name: 'page: first load, gzip',
    unit: 'kB',
    run: firstLoad,
    wanted: { of: 'figure', atMost: 60 },
    missing: noPage,
  },
  { name: 'page: the program of a board, loaded behind it, gzip', unit: 'kB', run: boardProgram, missing: noPage },
  {
    name: 'page: drop of the largest tree to its board',
    unit: 'ms',
    rounds: 3,
    run: () => dropToView(LARGEST as string, 'board', '[role=option]'),
    wanted: { of: 'figure', atMost: 300 },
    missing: without(LARGEST),
  },
  {
    name: 'page: drop of MT8195 to the picture of its display',
    unit: 'ms',
    rounds: 3,
    run: () => dropToView(DISPLAY as string, 'display', 'main svg'),
    wanted: { of: 'figure', atMost: 300 },
    missing: without(DISPLAY),
  },
  {
    name: 'page: frames a second with five charts that move',
    unit: 'frames/s',
    run: () => framesWhile('power', /^Read rails/),
    wanted: { of: 'figure', atLeast: 50 },
    missing,
  },
  {
    name: 'page: frames a second with a command queue and its screen',
    unit: 'frames/s',
    run: () => framesWhile('cmdq', /^Start flips/),
    wanted: { of: 'figure', atLeast: 50 },
    missing,
  },
  {
    name: 'page: frames a second with a thousand frames a second in the network',
    unit: 'frames/s',
    run: () => framesWhile('network', /^Send/),
    wanted: { of: 'figure', atLeast: 50 },
    missing,
  },
  {
    name: 'page: an event kept, of a million',
    unit: 'ns',
    rounds: 3,
    run: () => eventNs((trace) => void new TraceStore(trace)),
    against: { name: 'in an array', run: () => eventNs(intoArray) },
  },
];

function intoArray(trace: Trace): void {
  const events: unknown[] = [];
  trace.attach((event) => {
    if (events.length === 1_000_000) events.length = 0;
    events.push(event);
  });
}
