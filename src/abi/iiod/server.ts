// The server side of libiio's network protocol (iiod 0.24) over any devices and any connections. Bytes in and out; the
// sockets are the room host's.
//
// Bounds: a line 4096 bytes, a value 4096, packed values 64 KiB, 64 KiB sent ahead by a client, 256 KiB of scans in one
// part of an answer, 64 MiB in all buffers together; an answer goes out before the next command is looked at.
import { assert } from '../../base/assert.js';
import { BUFFER_BYTES, type BufferRoom, type IiodClient } from './buffers.js';
import { compare } from './channel-names.js';
import { type ContextInfo, contextXml } from './context-xml.js';
import type { IiodDevice } from './device.js';
import { type DeviceModel, readModel } from './model.js';
import type { Request } from './request.js';
import { type IiodOut, Session, type SessionHost } from './session.js';

/** What a server serves. */
export interface IiodServerOptions extends ContextInfo {
  /** The devices now. One that stays is the same object each time. */
  devices(): readonly IiodDevice[];
  /** Told of a mistake of our own; its connection is closed, the others go on. */
  readonly onMistake: (e: unknown) => void;
}

/** A connection to the server. */
export interface IiodConnection {
  /** Takes bytes of the client. A promise asks for no more before it resolves. */
  receive(bytes: Uint8Array): void | Promise<void>;
  /** The client has left. */
  close(): void;
  /** Resolves when the session is over and its buffers are closed; never rejects. */
  readonly closed: Promise<void>;
}

/** As long as libiio waits where nobody has said TIMEOUT. */
const DEFAULT_TIMEOUT_MS = 1000;

function newClient(): IiodClient {
  return { timeoutMs: DEFAULT_TIMEOUT_MS, blocks: new Map() };
}

/** A connection's peer and client; `own` when it has begun that client. */
interface Known {
  readonly peer: string;
  client: IiodClient;
  own: boolean;
  readonly tellLeft: () => void;
}

/**
 * A server. A client of libiio opens a further connection for every buffer, and says TIMEOUT on its first one only. So
 * a connection is of the client that was heard last from the same peer when it came, until it says PRINT or TIMEOUT
 * itself.
 */
export class IiodServer {
  readonly #options: IiodServerOptions;
  readonly #room: BufferRoom = { bytes: BUFFER_BYTES };
  readonly #models = new WeakMap<IiodDevice, Promise<DeviceModel>>();
  /** The devices when they were last asked for, and what was made of them. */
  #known: { readonly seen: readonly IiodDevice[]; readonly models: readonly DeviceModel[] } = { seen: [], models: [] };
  readonly #sessions = new Map<Session, Known>();
  /** By peer, who was heard last. */
  readonly #last = new Map<string, IiodClient>();

  readonly #host: SessionHost = {
    room: this.#room,
    models: () => this.#current(),
    xml: async () => contextXml(this.#options, await this.#current()),
    heard: (session, request) => this.#heard(session, request),
    onMistake: (e) => this.#options.onMistake(e),
    left: (session) => this.#leave(session),
  };

  constructor(options: IiodServerOptions) {
    this.#options = options;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sessions.size;
  }

  /** Bytes that open buffers hold at most. */
  get bufferBytes(): number {
    return BUFFER_BYTES - this.#room.bytes;
  }

  /** Begins a session. `peer` tells connections of different computers apart. */
  connection(out: IiodOut, peer = ''): IiodConnection {
    const client = this.#last.get(peer) ?? newClient();
    const session = new Session(this.#host, out, client);
    const closed = new Promise<void>((tellLeft) => {
      this.#sessions.set(session, { peer, client, own: false, tellLeft });
    });
    return { receive: (bytes) => session.receive(bytes), close: () => session.close(), closed };
  }

  /** The devices as they are now. While no other comes or goes the answer is there at once. */
  #current(): readonly DeviceModel[] | Promise<readonly DeviceModel[]> {
    const devices = this.#options.devices();
    const { seen, models } = this.#known;
    const same = devices.length === seen.length && devices.every((device, at) => device === seen[at]);
    return same ? models : this.#readAll(devices);
  }

  async #readAll(seen: readonly IiodDevice[]): Promise<readonly DeviceModel[]> {
    const models = await Promise.all(seen.map((device) => this.#modelOf(device)));
    models.sort((a, b) => compare(a.device.id, b.device.id));
    this.#known = { seen: [...seen], models };
    return models;
  }

  #modelOf(device: IiodDevice): Promise<DeviceModel> {
    let model = this.#models.get(device);
    if (model === undefined) {
      model = readModel(device);
      this.#models.set(device, model);
    }
    return model;
  }

  #heard(session: Session, request: Request | undefined): IiodClient {
    const known = this.#sessions.get(session);
    assert(known !== undefined, 'a session that has left says nothing');
    if (!known.own && (request?.kind === 'print' || request?.kind === 'timeout')) {
      known.own = true;
      known.client = newClient();
    }
    this.#last.set(known.peer, known.client);
    return known.client;
  }

  #leave(session: Session): void {
    const known = this.#sessions.get(session);
    this.#sessions.delete(session);
    assert(known !== undefined, 'a session leaves once');
    if (![...this.#sessions.values()].some(({ peer }) => peer === known.peer)) this.#last.delete(known.peer);
    known.tellLeft();
  }
}
