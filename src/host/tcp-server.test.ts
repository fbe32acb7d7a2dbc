import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { listenTcp, type TcpHandler, type TcpOut, type TcpServer } from './tcp-server.js';

const running: TcpServer[] = [];
const clients: Socket[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const server of running.splice(0)) await server.close();
});

/** A server on a free port of the loopback. */
async function serve(onConnection: (out: TcpOut, peer: string) => TcpHandler, connections = 8): Promise<TcpServer> {
  const server = await listenTcp({ host: '127.0.0.1', port: 0, connections, onConnection });
  if (typeof server === 'string') throw new Error(server);
  running.push(server);
  return server;
}

async function client(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  clients.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A handler that answers every piece with it, and says when its peer is gone. */
function echo(out: TcpOut, onClose: () => void = () => undefined): TcpHandler {
  return {
    receive: (bytes) => out.write(`${bytes.length}:`, bytes.slice()),
    close: onClose,
  };
}

test('a peer is heard and answered, head and data in one, and may be hung up on', async () => {
  const peers: string[] = [];
  const server = await serve((out, peer) => {
    peers.push(peer);
    return {
      receive: (bytes) => {
        void out.write('got \xff', bytes.slice());
        out.end();
      },
      close: () => undefined,
    };
  });
  const socket = await client(server.port);
  socket.write('abc');
  const pieces: string[] = [];
  for await (const piece of socket as AsyncIterable<Buffer>) pieces.push(piece.toString('latin1'));
  expect(pieces).toEqual(['got \xffabc']);
  expect(peers).toEqual(['127.0.0.1']);
});

test('a handler is told when its peer is gone, also by a reset', async () => {
  const gone: (() => void)[] = [];
  const server = await serve((out) => echo(out, () => gone.shift()?.()));
  for (const leave of [(s: Socket) => s.end(), (s: Socket) => s.destroy(), (s: Socket) => s.resetAndDestroy()]) {
    const told = new Promise<void>((resolve) => gone.push(resolve, () => undefined));
    const socket = await client(server.port);
    socket.write('a');
    await once(socket, 'data');
    leave(socket);
    await expect(told).resolves.toBeUndefined();
    gone.length = 0;
  }
});

test('while a handler asks for no more the socket is not read, and nothing is lost', async () => {
  const total = 4_000_000;
  let received = 0;
  let pieces = 0;
  let goOn = (): void => undefined;
  let finish = (): void => undefined;
  const all = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { port } = await serve(() => ({
    receive: (bytes) => {
      received += bytes.length;
      pieces++;
      if (received === total) finish();
      if (pieces > 1) return undefined;
      return new Promise<void>((go) => {
        goOn = go;
      });
    },
    close: () => undefined,
  }));
  const socket = await client(port);
  socket.write(Buffer.alloc(total));
  while (pieces === 0) await turn();
  for (let turns = 0; turns < 100; turns++) await turn(); // time enough for a socket that is read
  expect(pieces).toBe(1);
  goOn();
  await all;
  expect(received).toBe(total);
});

test('a peer that does not read holds up who writes to it, and its leaving lets go', async () => {
  let blocked: Promise<void> | undefined;
  const server = await serve((out) => ({
    receive: () => {
      const chunk = new Uint8Array(1 << 20);
      for (let sent = 0; sent < 64 && blocked === undefined; sent++) {
        const wait = out.write('', chunk);
        if (wait !== undefined) blocked = wait;
      }
    },
    close: () => undefined,
  }));
  const socket = await client(server.port);
  socket.pause();
  socket.write('go');
  while (blocked === undefined) await turn();
  socket.resetAndDestroy();
  await expect(blocked).resolves.toBeUndefined();
});

test('more peers than allowed are dropped, and closing drops the rest', async () => {
  let closed = 0;
  const server = await serve((out) => echo(out, () => closed++), 2);
  const [first, second, third] = [await client(server.port), await client(server.port), await client(server.port)];
  expect(await text(third)).toBe('');
  first.write('a');
  await once(first, 'data');
  const ends = [first, second].map((socket) => once(socket.resume(), 'close'));
  await server.close();
  running.length = 0;
  await Promise.all(ends);
  expect(closed).toBeGreaterThanOrEqual(2);
});

test('the loopback of IPv6 will do as well', async ({ skip }) => {
  const onConnection = (out: TcpOut) => echo(out);
  const server = await listenTcp({ host: '::1', port: 0, connections: 1, onConnection });
  if (typeof server === 'string') return skip(`no IPv6 here: ${server}`);
  running.push(server);
  const socket = connect(server.port, '::1');
  clients.push(socket);
  socket.write('abc');
  expect(String((await once(socket, 'data'))[0])).toBe('3:abc');
});

test('a port that is taken, or an address that is not here, is told of', async () => {
  const { port } = await serve((out) => echo(out));
  const options = { connections: 1, onConnection: (out: TcpOut) => echo(out) };
  expect(await listenTcp({ host: '127.0.0.1', port, ...options })).toBe('in-use');
  expect(await listenTcp({ host: '192.0.2.1', port: 0, ...options })).toBe('no-address');
});
