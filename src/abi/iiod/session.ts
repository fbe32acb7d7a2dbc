// One connection: takes commands from its input one after another, and answers each.
import { ERRNO, SysError } from '../../base/errno.js';
import { type BufferRoom, ClientBuffers, type IiodClient } from './buffers.js';
import { type Answer, type CommandPlace, execute } from './commands.js';
import { ByteInput, TOO_LONG } from './input.js';
import { parseRequest, type Request } from './request.js';
import { after, type Soon } from './soon.js';

/** Where a connection's answers go: a socket, or a list in a test. */
export interface IiodOut {
  /** Sends a head of one character per byte, then data. A promise means: send no more before it resolves. */
  write(head: string, data?: Uint8Array): void | Promise<void>;
  /** The session is over; what was written still goes out. */
  end(): void;
}

/** What a session sees of the server. */
export interface SessionHost extends Pick<CommandPlace, 'models' | 'xml'> {
  readonly room: BufferRoom;
  /** Told of each command before it is done; answers whose connection this is. */
  heard(session: Session, request: Request | undefined): IiodClient;
  /** Told of a mistake of our own, which ends the session. */
  onMistake(e: unknown): void;
  /** Told that the session has ended, its last command is over, and its buffers are closed. */
  left(session: Session): void;
}

/** A client may send so much ahead of the answers; then its connection is not read until it has been worked on. */
const AHEAD_BYTES = 64 * 1024;
/** So many lines, of so many characters at most, are remembered with their meaning. */
const PARSED = 256;
const PARSED_LENGTH = 128;

/** A connection in progress. */
export class Session {
  readonly #host: SessionHost;
  readonly #out: IiodOut;
  readonly #input = new ByteInput();
  readonly #buffers: ClientBuffers;
  readonly #place: CommandPlace & { client: IiodClient };
  /** Lines as they were understood before: clients ask the same again and again. */
  readonly #parsed = new Map<string, Request>();
  /** A command takes time, or the peer does to take its answer. */
  #busy = false;
  #closing: Promise<void> | undefined;

  constructor(host: SessionHost, out: IiodOut, client: IiodClient) {
    this.#host = host;
    this.#out = out;
    this.#buffers = new ClientBuffers(host.room, (head, data) => this.#write(head, data));
    const { models, xml } = host;
    this.#place = { client, input: this.#input, buffers: this.#buffers, models, xml };
  }

  /**
   * Takes bytes of the client. A promise asks for no more before it resolves. Who sends more ahead than allowed while a
   * READBUF waits is cut off: a connection that is not read would not tell that the client has left.
   */
  receive(bytes: Uint8Array): void | Promise<void> {
    this.#input.push(bytes);
    this.#work();
    if (this.#buffers.waiting && this.#input.waiting > AHEAD_BYTES) this.close();
    return this.#input.atMost(AHEAD_BYTES);
  }

  /** The client has left, or is sent away: nothing more is answered, its buffers are closed. */
  close(): void {
    if (this.#closing !== undefined) return;
    this.#closing = this.#buffers.closeAll().catch((e: unknown) => this.#host.onMistake(e));
    this.#input.end();
    this.#out.end();
    if (!this.#busy) this.#finish(this.#closing);
  }

  #finish(closing: Promise<void>): void {
    void closing.then(() => this.#host.left(this));
  }

  /** Does the commands that are there. One that takes time goes on with the next when it is done. */
  #work(): void {
    while (!this.#busy && this.#closing === undefined) {
      const line = this.#input.line();
      if (line === undefined) return;
      const taking = this.#command(line === TOO_LONG ? undefined : this.#parse(line));
      if (taking === undefined) continue;
      this.#busy = true;
      void taking.then(() => {
        this.#busy = false;
        if (this.#closing !== undefined) return this.#finish(this.#closing);
        this.#work();
      });
    }
  }

  /** Does one command. A promise, which never rejects, means that it takes time. */
  #command(request: Request | undefined): Promise<void> | void {
    this.#place.client = this.#host.heard(this, request);
    const isTooFarAhead = request?.kind === 'readbuf' && this.#input.waiting > AHEAD_BYTES;
    if (request?.kind === 'exit' || isTooFarAhead) return this.close();
    try {
      const answer: Soon<Answer> = request === undefined ? -ERRNO.EINVAL : execute(request, this.#place);
      const sent = after(answer, (text) => this.#send(text));
      return sent instanceof Promise ? sent.catch((e: unknown) => this.#refuse(e)) : undefined;
    } catch (e) {
      return this.#refuse(e);
    }
  }

  #send(answer: Answer): void | Promise<void> {
    if (answer !== '') return this.#write(typeof answer === 'number' ? `${answer}\n` : answer);
  }

  /** A device that says no answers the number of its error. Anything else is a mistake of our own. */
  #refuse(e: unknown): void | Promise<void> {
    if (e instanceof SysError) return this.#send(e.errno);
    this.#host.onMistake(e);
    this.close();
  }

  #write(head: string, data?: Uint8Array): void | Promise<void> {
    return this.#closing === undefined ? this.#out.write(head, data) : undefined;
  }

  #parse(line: string): Request | undefined {
    let request = this.#parsed.get(line);
    if (request !== undefined) return request;
    request = parseRequest(line);
    if (request === undefined || line.length > PARSED_LENGTH) return request;
    if (this.#parsed.size >= PARSED) this.#parsed.clear();
    this.#parsed.set(line, request);
    return request;
  }
}
