// `bringup page`: the page without a board, for a browser: a tree is dropped there, and its board is in the page.
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { ListenAddress } from '../../host/listen.js';
import { listenPage } from '../../host/page-server.js';
import { type Io, writeJson } from '../io.js';
import { cannotListen, formatAddress, parseListenAddress } from '../listen-option.js';
import { pageFolder } from '../page-folder.js';
import { isLoopback, notBuilt } from '../page-service.js';
import type { RunCode } from '../refusal.js';
import { examples, leave, parsed, type Session } from '../verb.js';

const PORT = 30_433;
const HERE: ListenAddress = { host: '127.0.0.1', port: PORT };
const CONNECTIONS = 64;

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('page')
    .description('Serve the page, in which a devicetree becomes a board, to a browser of this computer.')
    .argument('[PORT]', `PORT or ADDRESS:PORT; 0 takes a free one (default: ${PORT})`, parsed(parseListenAddress))
    .option('--json', 'print the address as JSON')
    .addHelpText('after', examples('page', 'page 8080'))
    .action(leave(session, (address = HERE, { json }) => servePage(address, json === true, session.io)));
}

/** Until a signal comes. The page asks nobody for anything: whoever reaches it may have it. */
async function servePage(address: ListenAddress, json: boolean, io: Io): Promise<RunCode> {
  const stop = io.stopOnSignals();
  const open = isLoopback(address) ? {} : { token: '' };
  const server = await listenPage({ ...address, ...open, root: pageFolder(), connections: CONNECTIONS });
  if (server === 'not-built') throw notBuilt('page');
  if (typeof server === 'string') throw cannotListen('page', address, server);
  const url = `http://${formatAddress({ ...address, port: server.port })}/`;
  if (json) writeJson(io, { url });
  else io.stdout.write(`the page at ${url}; Ctrl-C ends it\n`);
  await new Promise<void>((resolve) => {
    if (stop.signal.aborted) resolve();
    stop.signal.addEventListener('abort', () => resolve());
  });
  await server.close();
  stop.close();
  return 0;
}
