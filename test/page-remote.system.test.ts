// The page of a board that runs in another program: `bringup boot TREE --live --http`, and who may come to it.
import { type ChildProcess, spawn } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type PageBrowser, pageBrowser } from './page-browser.js';
import { ROOT } from './sources.js';
import { needs } from './tools.js';

/** A board that runs, and the address that it has told. */
interface Board {
  readonly url: string;
  readonly end: () => Promise<void>;
}

async function board(http: string): Promise<Board> {
  const args = [join(ROOT, 'bin/bringup.cjs'), 'boot', 'boards/lab.dts', '--live', '--http', http];
  const child: ChildProcess = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      const [, found] = /the page at (http:\S+)/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(text)));
  });
  return {
    url,
    end: async () => {
      child.kill('SIGINT');
      await gone;
    },
  };
}

/** The status of a request with these headers. */
function statusOf(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.once('error', reject);
    asked.end();
  });
}

/** What the socket of a board says to whoever comes with these headers: its first message, or `refused`. */
function greeting(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url.replace('http:', 'ws:'), { headers });
    socket.once('error', () => resolve('refused'));
    socket.once('message', (data: Buffer) => {
      resolve(data.toString());
      socket.close();
    });
  });
}

describe.skipIf(needs('chromium'))('the page of another program', () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    browser = await pageBrowser();
  });
  afterAll(() => browser.close());

  test('shows the board that runs there, and lets it be turned', async () => {
    const { url, end } = await board('0');
    const { page, problems } = await browser.open('', { url });
    await page.getByRole('heading', { name: 'bringup lab board' }).waitFor();
    const moment = page.getByLabel('time of the board');
    const before = await moment.innerText();
    await expect.poll(() => moment.innerText()).not.toBe(before);
    expect(await page.getByRole('button', { name: 'Pause' }).isDisabled()).toBe(true);
    await end();
    await page.getByText('the board has gone').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });

  test('nobody else is let in: not pages of other places, not other names for this computer', async () => {
    const { url, end } = await board('0');
    const { host } = new URL(url);
    expect(JSON.parse(await greeting(`${url}board`))).toMatchObject({ type: 'hello', place: 'remote' });
    expect(await greeting(`${url}board`, { Origin: `http://${host}` })).toContain('hello');
    expect(await greeting(`${url}board`, { Origin: 'http://elsewhere.example' })).toBe('refused');
    expect(await greeting(`${url}board`, { Host: 'elsewhere.example' })).toBe('refused');
    expect(await statusOf(url, { Host: 'elsewhere.example' })).toBe(403);
    expect([await statusOf(`${url}../package.json`), await statusOf(`${url}%2e%2e/package.json`)]).toEqual([404, 404]);
    await end();
  });

  test('an address for others has a token, and only who knows it comes in', async () => {
    const { url, end } = await board('0.0.0.0:0');
    const { port, searchParams } = new URL(url);
    const here = `http://127.0.0.1:${port}/`;
    const token = `?token=${searchParams.get('token')}`;
    expect([await statusOf(here), await statusOf(`${here}?token=x`), await statusOf(here + token)]).toEqual([
      403, 403, 200,
    ]);
    expect(await greeting(`${here}board`)).toBe('refused');
    expect(await greeting(`${here}board${token}`)).toContain('hello');
    await end();
  });

  test('rubbish is answered in one line each', async () => {
    const { url, end } = await board('0');
    const socket = new WebSocket(`${url.replace('http:', 'ws:')}board`);
    const errors: string[] = [];
    const rubbish = ['', '{', '[]', '{"id":1}', '{"id":1,"do":"fly"}', '{"id":1,"do":"step","ns":-1}'];
    await new Promise<void>((resolve) => {
      socket.on('open', () => {
        for (const text of rubbish) socket.send(text);
      });
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { type: string; error?: string };
        if (message.type === 'reply' && errors.push(message.error ?? '') === rubbish.length) resolve();
      });
    });
    expect(errors).toEqual([
      'a command is JSON; this is none',
      'a command is JSON; this is none',
      'a command is an object with id and do',
      'there is no such command; there are run, pause, step, act, watch, unwatch, ask',
      'there is no such command; there are run, pause, step, act, watch, unwatch, ask',
      'step: ns is not as it must be',
    ]);
    socket.close();
    await end();
  });
});
