// The built page in a real browser, for system tests: served from a free port, opened in Debian's chromium.
import { execSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { listenPage } from '../src/host/page-server.js';
import { ROOT } from './sources.js';

/** A browser, and where the page is. */
export interface PageBrowser {
  readonly url: string;
  /** Opens the page in a window of its own. `problems` collects what the page should not have said or asked for. */
  open(hash?: string, options?: WindowOptions): Promise<PageWindow>;
  close(): Promise<void>;
}

/** How a window looks. */
export interface WindowOptions {
  readonly width?: number;
  readonly dark?: boolean;
  /** Another page than that of this server. */
  readonly url?: string;
}

/** A window. */
export interface PageWindow {
  readonly page: Page;
  readonly problems: readonly string[];
}

/** Starts a browser, and a server of the page that page.setup.ts has built. */
export async function pageBrowser(root: string = join(ROOT, 'page')): Promise<PageBrowser> {
  const server = await listenPage({ host: '127.0.0.1', port: 0, root, connections: 64 });
  if (typeof server === 'string') throw new Error(server);
  const executablePath = execSync('command -v chromium', { encoding: 'utf8' }).trim();
  // Without its own sandbox, which root has none of; a folder of its own, so that nothing of another run is found.
  const home = mkdtempSync(join(tmpdir(), 'bringup-page-'));
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox'],
    env: { ...process.env, HOME: home },
  });
  const url = `http://127.0.0.1:${server.port}/`;
  return {
    url,
    open: (hash = '', options = {}) => open(browser, `${options.url ?? url}${hash === '' ? '' : `#${hash}`}`, options),
    close: async () => {
      await browser.close();
      await server.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function open(browser: Browser, url: string, { width = 1280, dark = false }: WindowOptions): Promise<PageWindow> {
  const page = await browser.newPage({ viewport: { width, height: 860 }, colorScheme: dark ? 'dark' : 'light' });
  const problems: string[] = [];
  const { origin } = new URL(url);
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('blob:'))
      problems.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  return { page, problems };
}

/** Gives the page a file, as a person does who chooses one; resolves when the board is there. */
export async function choose(page: Page, path: string | readonly string[]): Promise<void> {
  await page.setInputFiles('input[type=file]:not([webkitdirectory])', path as string | string[]);
  await page.waitForSelector('nav');
}
