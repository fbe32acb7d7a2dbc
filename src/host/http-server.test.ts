import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { type HttpServer, type HttpServerOptions, listenHttp } from './http-server.js';

const running: HttpServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

/** A server on a free port, with one page unless others are given. */
async function serve(more: Partial<HttpServerOptions> = {}): Promise<number> {
  const page = { path: '/metrics', type: 'text/plain; charset=utf-8', text: async () => 'a 1 µV\n' };
  const options = { host: '127.0.0.1', port: 0, connections: 8, patienceMs: 20_000, onMistake: () => undefined };
  const server = await listenHttp({ ...options, pages: [page], ...more });
  if (typeof server === 'string') throw new Error(server);
  running.push(server);
  return server.port;
}

/** What is answered to one request: status, the headers that matter, body. */
function ask(port: number, path: string, method = 'GET', body?: string): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method }, (response) => {
      const { 'content-type': type, 'content-length': length, allow } = response.headers;
      text(response).then((got) => resolve([response.statusCode, type, length, allow, got]), reject);
    });
    asked.on('error', reject).end(body);
  });
}

/** Sends these bytes and answers all that comes until the server closes. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}

const PLAIN = 'text/plain; charset=utf-8';

test('a page is read with GET, its head with HEAD, a query does not matter', async () => {
  const port = await serve();
  expect(await ask(port, '/metrics')).toEqual([200, PLAIN, '8', undefined, 'a 1 µV\n']);
  expect(await ask(port, '/metrics', 'HEAD')).toEqual([200, PLAIN, '8', undefined, '']);
  expect(await ask(port, '/metrics?name[]=x')).toEqual([200, PLAIN, '8', undefined, 'a 1 µV\n']);
});

test('other paths are 404, other methods 405, and neither harms the connection', async () => {
  const port = await serve();
  expect((await ask(port, '/etc/passwd'))[0]).toBe(404);
  expect((await ask(port, '/metrics/'))[0]).toBe(404);
  const [status, , , allow] = await ask(port, '/metrics', 'POST', 'x'.repeat(100_000));
  expect([status, allow]).toEqual([405, 'GET, HEAD']);
  const both = await raw(
    port,
    'DELETE /metrics HTTP/1.1\r\nHost: a\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  expect(both.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 405', 'HTTP/1.1 200']);
});

test('what is no request is 400, a head without end 431, and the next client is served', async () => {
  const port = await serve();
  expect(await raw(port, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await raw(port, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  expect((await ask(port, '/metrics'))[0]).toBe(200);
});

test('a client that does not finish its request is cut off', async () => {
  const port = await serve({ patienceMs: 40 });
  expect(await raw(port, 'GET /metrics HTTP/1.1\r\nHost:')).toMatch(/^HTTP\/1\.1 408 /);
});

test('a page is made once for all who ask meanwhile', async () => {
  let made = 0;
  const page = {
    path: '/',
    type: PLAIN,
    text: async () => {
      made++;
      await new Promise((resolve) => setImmediate(resolve));
      return `made ${made}`;
    },
  };
  const port = await serve({ pages: [page] });
  const ahead = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2);
  const all = await raw(port, `${ahead}GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  expect(all.match(/made \d/g)).toEqual(['made 1', 'made 1', 'made 1']);
});

test('a page that takes too long is 503, one that fails 500, and the mistake is told', async () => {
  const mistakes: unknown[] = [];
  const oops = new TypeError('a bug');
  const pages = [
    { path: '/slow', type: PLAIN, text: () => new Promise<string>(() => undefined) },
    { path: '/bad', type: PLAIN, text: () => Promise.reject(oops) },
  ];
  const port = await serve({ pages, patienceMs: 40, onMistake: (e) => mistakes.push(e) });
  expect((await ask(port, '/slow'))[0]).toBe(503);
  expect((await ask(port, '/bad'))[0]).toBe(500);
  expect(mistakes).toEqual([oops]);
});

test('a port that is taken is told of', async () => {
  const port = await serve();
  const second = await listenHttp({
    ...{ host: '127.0.0.1', port, pages: [], connections: 1, patienceMs: 1000 },
    onMistake: () => undefined,
  });
  expect(second).toBe('in-use');
});
