// Where the page begins.
import { render } from 'preact';
import { App } from './app.js';
import { connectRemote, openLink, warmUp } from './store.js';
import { preload } from './views.js';
import './style.css';

const app = document.getElementById('app') as HTMLElement;
render(<App />, app);
void begin();

/** A program that serves the page for its board says so in the page's only element: where its socket is. */
async function begin(): Promise<void> {
  const { board } = app.dataset;
  if (board === undefined) setTimeout(prepare, 0);
  else {
    const socket = new URL(board, location.href);
    socket.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    connectRemote(socket.href);
  }
  await openLink(location.hash);
  addEventListener('hashchange', () => void openLink(location.hash));
}

/** While a person looks for the file: the board's program, and the view that is looked at. */
function prepare(): void {
  warmUp();
  void preload('display');
}
