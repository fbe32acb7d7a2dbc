// A modelled edge: two sides, and channels between them that the remote processor opens. What a direction of a channel
// can carry is its transport's: rpmsg-smd.ts, rpmsg-glink.ts.
import type { Clock } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { RpmsgEdge, RpmsgEnd, RpmsgOpenOptions, RpmsgReceive, RpmsgRemote, RpmsgWatcher } from './rpmsg.js';
import { type GlinkOptions, GlinkPipe } from './rpmsg-glink.js';
import type { RpmsgPipe } from './rpmsg-pipe.js';
import { type SmdOptions, SmdPipe } from './rpmsg-smd.js';

/** How an edge is made. */
export type RpmsgEdgeOptions =
  | ({ readonly transport: 'smd' } & SmdOptions)
  | ({ readonly transport: 'glink' } & GlinkOptions);

interface Channel {
  readonly name: string;
  readonly toSoftware: RpmsgPipe;
  readonly toRemote: RpmsgPipe;
  /** Somebody on the software side has it. */
  taken: boolean;
}

/** A modelled edge. */
export class SimRpmsgEdge implements RpmsgEdge {
  readonly name: string;
  readonly transport: 'smd' | 'glink';
  /** The remote processor's side. */
  readonly remote: RpmsgRemote;
  readonly #clock: Clock;
  readonly #options: RpmsgEdgeOptions;
  readonly #channels = new Map<string, Channel>();
  readonly #watchers = new Set<RpmsgWatcher>();
  /** Protection domains that are down. */
  readonly #downDomains = new Set<string>();
  #boot: (() => void) | undefined;

  constructor(name: string, clock: Clock, options: RpmsgEdgeOptions) {
    this.name = name;
    this.transport = options.transport;
    this.#clock = clock;
    this.#options = options;
    this.remote = {
      transport: options.transport,
      open: (channel, receive, open = {}) => this.#openRemote(channel, receive, open),
      down: () => this.#dieRemote(),
      domain: (path, up) => this.#domain(path, up),
      onBoot: (boot) => {
        this.#boot = boot;
      },
    };
  }

  watch(watcher: RpmsgWatcher): () => void {
    this.#watchers.add(watcher);
    for (const name of [...this.#channels.keys()]) watcher.up(name);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  open(name: string, receive: RpmsgReceive, options: RpmsgOpenOptions = {}): RpmsgEnd {
    const channel = this.#channels.get(name);
    const where = { dev: this.name, op: 'open' };
    if (channel === undefined) throw new SysError('EINVAL', `there is no channel ${name}`, where);
    if (channel.taken) throw new SysError('EBUSY', `channel ${name} is busy`, where);
    channel.taken = true;
    channel.toSoftware.open(receive, options);
    return new PipeEnd(name, channel.toRemote, () => {
      channel.taken = false;
      channel.toSoftware.close();
    });
  }

  isDomainUp(path: string): boolean {
    return !this.#downDomains.has(path);
  }

  boot(): void {
    this.#boot?.();
  }

  #openRemote(name: string, receive: RpmsgReceive, options: RpmsgOpenOptions): RpmsgEnd {
    if (this.#channels.has(name))
      throw new SysError('EBUSY', `channel ${name} is open`, { dev: this.name, op: 'open' });
    const channel = { name, toSoftware: this.#pipe(), toRemote: this.#pipe(), taken: false };
    channel.toRemote.open(receive, options);
    this.#channels.set(name, channel);
    for (const watcher of [...this.#watchers]) watcher.up(name);
    return new PipeEnd(name, channel.toSoftware, () => this.#closeRemote(channel));
  }

  #pipe(): RpmsgPipe {
    const options = this.#options;
    return options.transport === 'smd' ? new SmdPipe(this.#clock, options) : new GlinkPipe(this.#clock, options);
  }

  #closeRemote(channel: Channel): void {
    if (this.#channels.get(channel.name) !== channel) return;
    this.#channels.delete(channel.name);
    channel.toRemote.kill();
    channel.toSoftware.kill();
    for (const watcher of [...this.#watchers]) watcher.down(channel.name);
  }

  #dieRemote(): void {
    if (this.#channels.size === 0) return;
    for (const watcher of [...this.#watchers]) watcher.crashed?.();
    for (const channel of [...this.#channels.values()]) this.#closeRemote(channel);
    this.#downDomains.clear();
  }

  #domain(path: string, up: boolean): void {
    if (up === this.isDomainUp(path)) return;
    if (up) this.#downDomains.delete(path);
    else this.#downDomains.add(path);
    for (const watcher of [...this.#watchers]) watcher.domain?.(path, up);
  }
}

/** One side's end: it sends into one pipe, and its closing closes the other. */
class PipeEnd implements RpmsgEnd {
  readonly name: string;
  readonly #pipe: RpmsgPipe;
  readonly #close: () => void;
  #closed = false;

  constructor(name: string, pipe: RpmsgPipe, close: () => void) {
    this.name = name;
    this.#pipe = pipe;
    this.#close = close;
  }

  trysend(bytes: Uint8Array): number {
    return this.#closed ? EPIPE : this.#pipe.trysend(bytes);
  }

  send(bytes: Uint8Array): Promise<number> {
    return this.#closed ? Promise.resolve(EPIPE) : this.#pipe.send(bytes);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#close();
  }
}

const EPIPE = -32;
