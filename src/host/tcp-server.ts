// A TCP server for protocols that are pure bytes: it moves them, keeps to the pace of the slower side, and cleans up.
import { createServer, type Socket } from 'node:net';
import { listen, type ListenAddress, type ListenFault } from './listen.js';

/** The way to the peer. */
export interface TcpOut {
  /** Sends a head of one character per byte, then data, which must not change. A promise means: wait, it is slow. */
  write(head: string, data?: Uint8Array): void | Promise<void>;
  /** Closes the connection when all that was written has gone out. */
  end(): void;
}

/** What is done with the bytes of one connection. */
export interface TcpHandler {
  /** A promise asks for no more before it resolves: so long the socket is not read. */
  receive(bytes: Uint8Array): void | Promise<void>;
  /** The peer is gone, or the server closes. May be called again. */
  close(): void;
}

/** What a server needs to know. */
export interface TcpServerOptions extends ListenAddress {
  /** Connections at once; further ones are dropped. */
  readonly connections: number;
  /** A peer has come; `peer` is its address. */
  readonly onConnection: (out: TcpOut, peer: string) => TcpHandler;
}

/** A server that listens. */
export interface TcpServer {
  readonly port: number;
  /** Lets nobody in any more and closes all connections, told to their handlers before this resolves. */
  close(): Promise<void>;
}

/** Silent peers are asked after so long whether they are still there. */
const KEEP_ALIVE_MS = 30_000;

/** Begins to listen; answers why it could not. */
export async function listenTcp(options: TcpServerOptions): Promise<TcpServer | ListenFault> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, options);
  });
  server.maxConnections = options.connections;
  const port = await listen(server, options);
  if (typeof port !== 'number') return port;
  return {
    port,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Joins a socket and its handler. */
function serve(socket: Socket, { onConnection }: TcpServerOptions): void {
  const handler = onConnection(outOf(socket), socket.remoteAddress ?? '');
  socket.on('data', (bytes) => {
    const wait = handler.receive(bytes);
    if (wait === undefined) return;
    socket.pause();
    void wait.then(() => socket.resume());
  });
  socket.on('error', () => undefined); // a reset; 'close' follows
  socket.once('end', () => handler.close());
  socket.once('close', () => handler.close());
}

function outOf(socket: Socket): TcpOut {
  return {
    write(head, data) {
      if (socket.destroyed || socket.writableEnded) return undefined;
      return (data === undefined ? socket.write(head, 'latin1') : writeBoth(socket, head, data))
        ? undefined
        : drained(socket);
    },
    end: () => socket.destroySoon(),
  };
}

/** In one call of the system: a head alone would be a packet of its own. */
function writeBoth(socket: Socket, head: string, data: Uint8Array): boolean {
  socket.cork();
  socket.write(head, 'latin1');
  const quick = socket.write(data);
  socket.uncork();
  return quick;
}

/** Until the socket has taken what was written, or is closed. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      socket.off('drain', end);
      socket.off('close', end);
      resolve();
    };
    socket.on('drain', end);
    socket.on('close', end);
  });
}
