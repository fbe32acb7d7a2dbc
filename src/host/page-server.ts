// Serves the built page to a browser, and beside it a websocket to a board. Files of one folder, known at the start,
// and nothing else.
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { listen, type ListenAddress, type ListenFault } from './listen.js';

/** The way to one page. */
export interface PageOut {
  text(json: string): void;
  bytes(frame: Uint8Array): void;
  /** Bytes that the page has not taken yet: who sends more than it takes waits. */
  readonly waiting: number;
}

/** What is done with what one page sends. */
export interface PageHandler {
  receive(text: string): void;
  /** The page is gone. */
  close(): void;
}

/** What a server needs to know. */
export interface PageServerOptions extends ListenAddress {
  /** Folder of the built page. */
  readonly root: string;
  /** Who may come: everyone who knows it, everyone at all where it is empty; without one browsers of this computer. */
  readonly token?: string;
  /** Connections at once; further ones are dropped. */
  readonly connections: number;
  /** A page has come. Without it there is no board beside the page. */
  readonly onPage?: (out: PageOut) => PageHandler;
}

/** A server that listens. */
export interface PageServer {
  readonly port: number;
  close(): Promise<void>;
}

const INDEX = '/index.html';
const SOCKET = '/board';
/** The longest command. */
const MOST_COMMAND_BYTES = 1 << 20;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};
const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Files of a folder by their paths, as the page asks for them; undefined where there is no page. */
function filesBelow(root: string): ReadonlyMap<string, string> | undefined {
  try {
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => extname(name) in TYPES);
    const files = new Map(names.map((name) => [`/${name.replaceAll('\\', '/')}`, join(root, name)]));
    return files.has(INDEX) ? files : undefined;
  } catch {
    return undefined;
  }
}

/** Begins to listen; answers why it could not, `not-built` where the folder holds no page. */
export async function listenPage(options: PageServerOptions): Promise<PageServer | ListenFault | 'not-built'> {
  const files = filesBelow(options.root);
  if (files === undefined) return 'not-built';
  const server = createServer((request, response) => answer(request, response, files, options));
  server.maxConnections = options.connections;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_COMMAND_BYTES });
  server.on('upgrade', (request, socket, head) => {
    if (options.onPage === undefined || pathOf(request) !== SOCKET || !mayTalk(request, options)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page) => serve(page, options));
  });
  const port = await listen(server, options);
  if (typeof port !== 'number') return port;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        for (const page of sockets.clients) page.close(1001, 'the board has gone: its program has ended');
        server.close(() => resolve());
        // Who does not answer the farewell is not waited for.
        setTimeout(() => server.closeAllConnections(), FAREWELL_MS).unref();
      }),
  };
}
const FAREWELL_MS = 200;

function serve(page: WebSocket, { onPage }: PageServerOptions): void {
  const handler = onPage?.({
    text: (json) => page.send(json),
    bytes: (frame) => page.send(frame),
    get waiting() {
      return page.bufferedAmount;
    },
  });
  page.on('message', (data: Buffer, binary) => {
    if (!binary) handler?.receive(data.toString('utf8'));
  });
  page.on('close', () => handler?.close());
  page.on('error', () => page.terminate());
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.replace(/[?#].*$/s, '');

/** Who asks knows the token; without one it is a page of this server, in a browser of this computer. */
function mayTalk(request: IncomingMessage, options: PageServerOptions): boolean {
  const { host = '', origin } = request.headers;
  if (!mayCome(request, options)) return false;
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}

function mayCome({ url = '', headers }: IncomingMessage, { token }: PageServerOptions): boolean {
  // A name that is made to lead here would let any page of the web in.
  if (token === undefined) return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(headers.host ?? '');
  const given = Buffer.from(new URLSearchParams(url.replace(/^[^?]*\??/, '')).get('token') ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, string>,
  options: PageServerOptions,
): void {
  request.resume();
  const path = pathOf(request) === '/' ? INDEX : pathOf(request);
  const file = files.get(path);
  const say = (status: number, text: string, more: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...HEADERS, ...more });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return say(405, 'Files are only read.\n', { Allow: 'GET, HEAD' });
  if (file === undefined) return say(404, 'There is no such file.\n');
  if (path === INDEX && !mayCome(request, options))
    return say(403, 'The address lacks its token: open the one that bringup has printed.\n');
  const body = path === INDEX ? indexOf(file, options) : readFileSync(file);
  response.writeHead(200, {
    'Content-Type': TYPES[extname(file)],
    'Content-Length': body.length,
    // Names of assets change with what is in them.
    'Cache-Control': path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-store',
    ...HEADERS,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** The page, told where its board is. */
function indexOf(file: string, { onPage, token }: PageServerOptions): Buffer {
  const text = readFileSync(file, 'utf8');
  if (onPage === undefined) return Buffer.from(text);
  const address = token === undefined ? 'board' : `board?token=${encodeURIComponent(token)}`;
  return Buffer.from(text.replace('id="app"', `id="app" data-board="${address}"`));
}
