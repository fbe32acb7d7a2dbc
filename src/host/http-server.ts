// A small HTTP server for pages that are made when somebody asks: GET and HEAD of a few paths, and nothing else.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, type ListenAddress, type ListenFault } from './listen.js';

/** A page: where it is, what it is, and its text now. Who asks while it is being made gets the same text. */
export interface HttpPage {
  readonly path: string;
  /** Media type, with its charset. */
  readonly type: string;
  readonly text: () => Promise<string>;
}

/** What a server needs to know. */
export interface HttpServerOptions extends ListenAddress {
  readonly pages: readonly HttpPage[];
  /** Connections at once; further ones are dropped. */
  readonly connections: number;
  /** How long a page may take to be made (then 503), a request to come (then 408), and an answer to be taken. */
  readonly patienceMs: number;
  /** Told of a page that failed (500): our own mistake. */
  readonly onMistake: (e: unknown) => void;
}

/** A server that listens. */
export interface HttpServer {
  readonly port: number;
  /** Lets nobody in any more and closes all connections. */
  close(): Promise<void>;
}

/** What is answered: the page's text, or a line that says why not. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly allow?: string;
}

const PLAIN = 'text/plain; charset=utf-8';
const METHODS = ['GET', 'HEAD'];

/** Begins to listen; answers why it could not. */
export async function listenHttp(options: HttpServerOptions): Promise<HttpServer | ListenFault> {
  const { patienceMs, pages } = options;
  const shared = new Map(pages.map((page) => [page.path, sharing(page, options)]));
  const limits = {
    headersTimeout: patienceMs,
    requestTimeout: patienceMs,
    connectionsCheckingInterval: Math.max(1, patienceMs / 4),
  };
  const server = createServer(limits, (request, response) => {
    void answerTo(request, shared).then((answer) => send(request, response, answer));
  });
  server.maxConnections = options.connections;
  server.setTimeout(2 * patienceMs); // a peer that takes nothing of its answer
  const port = await listen(server, options);
  if (typeof port !== 'number') return port;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerTo(
  { method = '', url = '' }: IncomingMessage,
  pages: ReadonlyMap<string, () => Promise<Answer>>,
): Promise<Answer> {
  const page = pages.get(url.replace(/[?#].*$/s, ''));
  if (page === undefined) {
    const paths = [...pages.keys()].join(', ');
    return { status: 404, type: PLAIN, text: `There is no such page; there are ${paths}\n` };
  }
  if (METHODS.includes(method)) return page();
  const allow = METHODS.join(', ');
  return { status: 405, type: PLAIN, text: `Pages are only read: ${allow}\n`, allow };
}

/** Makes a page once for all who ask meanwhile. */
function sharing(page: HttpPage, { patienceMs, onMistake }: HttpServerOptions): () => Promise<Answer> {
  let making: Promise<Answer> | undefined;
  return () => {
    making ??= make(page, patienceMs)
      .catch((e: unknown): Answer => {
        onMistake(e);
        return { status: 500, type: PLAIN, text: 'This is a mistake of the program.\n' };
      })
      .finally(() => {
        making = undefined;
      });
    return making;
  };
}

async function make({ type, text }: HttpPage, patienceMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  try {
    const made = await Promise.race([text(), late]);
    if (made !== undefined) return { status: 200, type, text: made };
    return { status: 503, type: PLAIN, text: `The machine did not answer within ${patienceMs / 1000} s.\n` };
  } finally {
    clearTimeout(timer);
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, text, allow }: Answer): void {
  request.resume(); // a body is nothing to us
  const body = Buffer.from(text, 'utf8');
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    ...(allow === undefined ? {} : { Allow: allow }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
