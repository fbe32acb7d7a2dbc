// `--http`: the page, with the board of this run in it.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeFdt } from '../dt/fdt-write.js';
import type { ListenAddress } from '../host/listen.js';
import { listenPage, type PageHandler, type PageOut } from '../host/page-server.js';
import type { LiveTime } from '../host/live.js';
import { PageSession } from '../page/session.js';
import type { ViewParts } from '../page/view.js';
import type { Io } from './io.js';
import { pageFolder } from './page-folder.js';
import { cannotListen, formatAddress } from './listen-option.js';
import { tellMistake } from './mistake.js';
import { Refusal } from './refusal.js';
import type { Service } from './services.js';

const CONNECTIONS = 64;
/** As often as a page can draw. */
const TICK_MS = 33;
/** A page that has not taken so much is told no more until it has. */
const MOST_WAITING = 4 * 1024 * 1024;

/** What the page looks at, and how the time of it passes. */
export interface PageBoard extends ViewParts {
  readonly probedNs: number;
}

/** Begins to serve. */
export async function startPage(
  board: PageBoard,
  live: Pick<LiveTime, 'arrived' | 'result'>,
  address: ListenAddress,
  io: Io,
): Promise<Service> {
  const sha256 = createHash('sha256').update(writeFdt(board.bench.tree)).digest('hex');
  const onPage = (out: PageOut): PageHandler => servePage({ board, live, sha256, out, io });
  const token = isLoopback(address) ? {} : { token: randomBytes(16).toString('base64url') };
  const server = await listenPage({ ...address, ...token, root: pageFolder(), connections: CONNECTIONS, onPage });
  if (server === 'not-built') throw notBuilt('--http');
  if (typeof server === 'string') throw cannotListen('--http', address, server);
  const query = token.token === undefined ? '' : `?token=${token.token}`;
  const where = `http://${formatAddress({ ...address, port: server.port })}/${query}`;
  return { about: `the page at ${where}`, close: () => server.close() };
}

/** Refuses to begin where there is no page to serve. */
export function refuseWithoutPage(where: string): void {
  if (!existsSync(join(pageFolder(), 'index.html'))) throw notBuilt(where);
}

/** The page was not built: a checkout, not a package. */
export function notBuilt(where: string): Refusal {
  return new Refusal(3, where, 'the page is not built', 'run npm run page:build');
}

/** Whether only programs of this computer can come there. */
export function isLoopback({ host }: ListenAddress): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

interface Serving {
  readonly board: PageBoard;
  readonly live: Pick<LiveTime, 'arrived' | 'result'>;
  readonly sha256: string;
  readonly out: PageOut;
  readonly io: Io;
}

function servePage({ board, live, sha256, out, io }: Serving): PageHandler {
  const pacer = {
    running: true,
    get behindNs() {
      return live.result.behindNs;
    },
    run: () => undefined,
    pause: () => undefined,
    step: async () => undefined,
  };
  const session = new PageSession({ ...board, sha256, pacer, place: 'remote', canPause: false, out });
  const guarded = (body: () => Promise<void> | void): void => {
    void Promise.resolve()
      .then(body)
      .catch((e: unknown) => tellMistake(io, 'page', e));
  };
  const timer = setInterval(() => {
    if (out.waiting < MOST_WAITING) guarded(() => session.tick());
  }, TICK_MS);
  guarded(() => session.hello());
  return {
    // Between two steps of time, so that the same scenario gives the same run.
    receive: (text) => guarded(() => live.arrived().then(() => session.command(text))),
    close: () => {
      clearInterval(timer);
      session.close();
    },
  };
}
