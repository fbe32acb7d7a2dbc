// The way to a board: a Worker of this page, or a program over a websocket. Both speak the same.
import type { Frame } from '../../src/page/frames.js';
import { readFrame } from '../../src/page/frames.js';
import type { CommandBody, Message } from '../../src/page/protocol.js';
import type {
  CheckedFiles,
  CheckReply,
  CheckRequest,
  LoadReply,
  LoadRequest,
  WarmRequest,
} from '../../src/web/board-worker.js';

/** Who is told what a board says. */
export interface Listener {
  message(message: Message): void;
  frame(frame: Frame): void;
  /** Only in the page: what became of the files. */
  loaded?(reply: LoadReply['loaded']): void;
  /** The way is gone: why, in one line. */
  gone(why: string): void;
}

/** A board that can be talked to. */
export class Connection {
  readonly #send: (text: string) => void;
  readonly #close: () => void;
  readonly #waiting = new Map<number, (reply: { ok: unknown } | { error: string }) => void>();
  #id = 0;

  private constructor(send: (text: string) => void, close: () => void) {
    this.#send = send;
    this.#close = close;
  }

  /** Starts a Worker and gives it the files. */
  static inPage(request: LoadRequest['load'], listener: Listener, warm?: Worker): Connection {
    const worker = warm ?? startWorker();
    const connection = new Connection(
      (text) => worker.postMessage(text),
      () => worker.terminate(),
    );
    worker.onmessage = ({ data }: MessageEvent<string | Uint8Array | LoadReply>) => {
      if (typeof data === 'string') connection.#take(JSON.parse(data) as Message, listener);
      else if (data instanceof Uint8Array) connection.#frame(data, listener);
      else listener.loaded?.(data.loaded);
    };
    worker.onerror = (event) => listener.gone(`the board's program cannot run: ${event.message || 'it did not load'}`);
    worker.postMessage({ load: request } satisfies LoadRequest);
    return connection;
  }

  /** Talks to a program. */
  static remote(url: string, listener: Listener): Connection {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const connection = new Connection(
      (text) => socket.readyState === WebSocket.OPEN && socket.send(text),
      () => socket.close(),
    );
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string') connection.#take(JSON.parse(data) as Message, listener);
      else connection.#frame(new Uint8Array(data), listener);
    };
    socket.onclose = ({ reason }) => listener.gone(reason || 'the board has gone: its program has ended');
    return connection;
  }

  /** Sends a command; resolves with the answer, rejects with one line that says what is wrong. */
  send(body: CommandBody): Promise<unknown> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (reply) => ('ok' in reply ? resolve(reply.ok) : reject(new Error(reply.error))));
      this.#send(JSON.stringify({ id, ...body }));
    });
  }

  /** Ends it. */
  close(): void {
    this.#close();
  }

  #take(message: Message, listener: Listener): void {
    if (message.type !== 'reply') return listener.message(message);
    const answer = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    answer?.(message);
  }

  #frame(bytes: Uint8Array, listener: Listener): void {
    const frame = readFrame(bytes);
    if (frame !== undefined) listener.frame(frame);
  }
}

/** Repeats a run in a Worker of its own: its trace, and the SHA-256 of that. Rejects with one line. */
export function checkRun(check: CheckRequest['check']): Promise<CheckedFiles> {
  const worker = startWorker();
  return new Promise<CheckedFiles>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<CheckReply | string>) => {
      if (typeof data === 'string') reject(new Error((JSON.parse(data) as { error: string }).error));
      else if ('checked' in data) resolve(data.checked);
      else reject(new Error(data.refused));
    };
    worker.postMessage({ check } satisfies CheckRequest);
  }).finally(() => worker.terminate());
}

/** Loading takes a moment: the page starts one before a tree is there. */
function startWorker(): Worker {
  return new Worker(new URL('../../src/web/board-worker.ts', import.meta.url), { type: 'module' });
}

/** One that has done once what is slow the first time. */
export function warmWorker(): Worker {
  const worker = startWorker();
  worker.postMessage({ warm: true } satisfies WarmRequest);
  return worker;
}
