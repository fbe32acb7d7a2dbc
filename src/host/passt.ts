// A network in user space behind a modelled port: passt, or whatever else speaks its framing over a unix socket. When
// the socket goes, the cable is out, and it is tried again.
import { connect, type Socket } from 'node:net';
import type { EthernetLink, EthernetPeer } from '../bus/ethernet.js';
import { ms } from '../base/clock.js';
import { codeOf } from './files.js';
import { hostTime, type RealTime } from './live.js';
import { passtHead, PasstSplitter } from './passt-frames.js';

/** What went over the socket, and what did not. */
export interface PasstCounts {
  readonly received: number;
  readonly sent: number;
  /** Not sent: the other side does not read, and the queue is full. */
  readonly full: number;
  /** Not sent: nobody is there. */
  readonly away: number;
  readonly connections: number;
}

/** A port whose network is behind a socket. */
export interface PasstJoint {
  readonly counts: PasstCounts;
  readonly isConnected: boolean;
  /** Why there is no connection, the last time that one ended or was not made. */
  readonly fault: string | undefined;
  /** Pulls the cable and closes the socket; it is not tried again. */
  close(): void;
}

/** How a port is joined. */
export interface PasstOptions {
  /** That the MAC sees while somebody is there. */
  readonly link?: EthernetLink;
  /** Bytes that wait for the other side; a frame beyond is dropped, as a switch does. */
  readonly queueBytes?: number;
  /** So long it waits before it tries again. */
  readonly againMs?: number;
  /** Waited for before frames are handed on: `LiveTime.arrived`. */
  readonly beforeBatch?: () => Promise<void>;
  readonly time?: Pick<RealTime, 'after'>;
}

const QUEUE_BYTES: number = 4 * 1024 * 1024;
const AGAIN_MS = 500;

/** Joins a port and the socket at a path, now and whenever somebody listens there. */
export function joinPasst(peer: EthernetPeer, path: string, options: PasstOptions = {}): PasstJoint {
  return new Joint(peer, path, options);
}

class Joint implements PasstJoint {
  readonly counts = { received: 0, sent: 0, full: 0, away: 0, connections: 0 };
  fault: string | undefined;
  readonly #peer: EthernetPeer;
  readonly #path: string;
  readonly #link: EthernetLink;
  readonly #options: PasstOptions;
  readonly #queueBytes: number;
  readonly #leave: () => void;
  #socket: Socket | undefined;
  #again: { cancel(): void } | undefined;
  #isClosed = false;

  constructor(peer: EthernetPeer, path: string, options: PasstOptions) {
    this.#peer = peer;
    this.#path = path;
    this.#options = options;
    this.#link = options.link ?? { speed: 10_000, fullDuplex: true };
    this.#queueBytes = options.queueBytes ?? QUEUE_BYTES;
    this.#leave = peer.listen((frame, damage) => {
      if (damage === undefined) this.#send(frame);
    });
    this.#connect();
  }

  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#leave();
    this.#again?.cancel();
    this.#socket?.destroy();
  }

  #connect(): void {
    const socket = connect(this.#path);
    let splitter: PasstSplitter | undefined;
    socket.once('connect', () => {
      if (this.#isClosed) return void socket.destroy();
      splitter = new PasstSplitter();
      this.#socket = socket;
      this.fault = undefined;
      this.counts.connections++;
      this.#peer.plug(this.#link);
    });
    socket.on('data', (piece: Uint8Array) => {
      if (splitter !== undefined) this.#take(socket, splitter, piece);
    });
    socket.on('error', (e) => {
      this.fault = `${this.#path}: ${codeOf(e)}`;
    });
    socket.once('close', () => this.#ended(socket));
  }

  /** With a live bench the piece waits until its clock has caught up, and the socket so long with it. */
  #take(socket: Socket, splitter: PasstSplitter, piece: Uint8Array): void {
    const before = this.#options.beforeBatch;
    if (before === undefined) return this.#deliver(socket, splitter, piece);
    socket.pause();
    void before().then(() => {
      this.#deliver(socket, splitter, piece);
      socket.resume();
    });
  }

  #deliver(socket: Socket, splitter: PasstSplitter, piece: Uint8Array): void {
    if (this.#isClosed) return;
    const wrong = splitter.take(piece, (frame) => {
      this.counts.received++;
      this.#peer.send(frame);
    });
    if (wrong === undefined) return;
    this.fault = `${this.#path}: a frame of ${wrong} bytes is announced; that is not passt's framing`;
    socket.destroy();
  }

  /** The bytes are the sender's, so they are copied: a socket keeps what it cannot write at once. */
  #send(frame: Uint8Array): void {
    const socket = this.#socket;
    if (socket === undefined) {
      this.counts.away++;
      return;
    }
    if (socket.writableLength + frame.length > this.#queueBytes) {
      this.counts.full++;
      return;
    }
    const whole = new Uint8Array(4 + frame.length);
    whole.set(passtHead(frame.length));
    whole.set(frame, 4);
    socket.write(whole);
    this.counts.sent++;
  }

  #ended(socket: Socket): void {
    if (this.#socket === socket) {
      this.#socket = undefined;
      this.fault ??= `${this.#path}: the other side has closed`;
      this.#peer.plug(undefined);
    }
    if (this.#isClosed) return;
    const { time = hostTime, againMs = AGAIN_MS } = this.#options;
    this.#again = time.after(ms(againMs), () => this.#connect());
  }
}
