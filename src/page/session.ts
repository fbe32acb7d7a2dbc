// A page that looks at a board: takes its commands, sends it states and samples. Whoever lets time pass calls `tick`
// between two steps of it.
import type { Instant } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import { InputError } from '../stock/input-error.js';
import { checkCommand } from './command-check.js';
import { DeviceLog } from './device-log.js';
import { type Args, type Command, type Hello, type Message, type Outlet, PROTOCOL, type ViewName } from './protocol.js';
import type { View, ViewParts } from './view.js';
import { VIEWS } from './views.js';

/** Who lets the board's time pass. */
export interface Pacer {
  readonly running: boolean;
  readonly behindNs: number;
  run(): void;
  pause(): void;
  /** So much passes, as fast as it can. */
  step(wait: number): Promise<void>;
}

/** What a session is made of. */
export interface SessionParts extends ViewParts {
  readonly place: Hello['place'];
  readonly sha256: string;
  /** When probing had ended. */
  readonly probedNs: Instant;
  readonly pacer: Pacer;
  readonly canPause: boolean;
  readonly out: Outlet;
}

/** One page. */
export class PageSession {
  readonly #parts: SessionParts;
  readonly #views = new Map<ViewName, View>();
  /** What the page was told last. */
  #toldChanges = -1;
  #toldRunning: boolean | undefined;
  #toldAt: Instant = -1;

  constructor(parts: SessionParts) {
    // One for all views: a person goes from device to device.
    const deviceLog = new DeviceLog(parts.bench.trace, parts.events.events);
    this.#parts = { ...parts, deviceLog };
  }

  /** Says who it is: the first message. */
  hello(): void {
    const { bench, place, tree, sha256, canPause, player } = this.#parts;
    const { root } = bench.tree;
    this.#say({
      ...{ type: 'hello', protocol: PROTOCOL, place, tree, sha256, canPause },
      model: root.string('model') ?? '',
      compatible: root.compatible,
      seed: bench.random.seed,
      probedNs: this.#parts.probedNs,
      activities: player.offers,
    });
    this.tick();
  }

  /** Takes a command in text form. What is wrong with it is replied. */
  async command(text: string): Promise<void> {
    const command = checkCommand(text);
    if (typeof command === 'string') return this.#say({ type: 'reply', id: idOf(text), error: command });
    try {
      this.#say({ type: 'reply', id: command.id, ok: (await this.#do(command)) ?? null });
    } catch (e) {
      if (!(e instanceof InputError) && !(e instanceof SysError)) throw e;
      this.#say({ type: 'reply', id: command.id, error: e.message });
    }
    this.tick();
  }

  /** Sends what has changed. Called between two steps of time, as often as a page can draw. */
  tick(): void {
    const { bench, player, pacer, out } = this.#parts;
    const t = bench.clock.now();
    const { running, behindNs } = pacer;
    const changed = player.changes !== this.#toldChanges;
    if (changed || t !== this.#toldAt || running !== this.#toldRunning) {
      const more = changed ? { activities: [...player.running.keys()], scenario: player.text } : {};
      this.#say({ type: 'time', t, running, behindNs, ...more });
    }
    this.#toldChanges = player.changes;
    this.#toldRunning = running;
    this.#toldAt = t;
    for (const [view, watched] of this.#views) {
      const state = watched.state();
      if (state !== undefined) this.#say({ type: 'view', view, state });
      watched.frames?.((frame) => out.bytes(frame));
    }
  }

  /** Ends all views. */
  close(): void {
    for (const view of this.#views.values()) view.close?.();
    this.#views.clear();
    this.#parts.deviceLog?.close();
  }

  async #do(command: Command): Promise<unknown> {
    const { bench, pacer, player, canPause } = this.#parts;
    switch (command.do) {
      case 'run':
        return pacer.run();
      case 'pause':
        if (!canPause) throw new InputError('pause', 'the board follows the world', 'it stops with the program');
        return pacer.pause();
      case 'step':
        if (!canPause) throw new InputError('step', 'the board follows the world', 'wait');
        return pacer.step(command.ns);
      case 'act':
        player.act(command.action);
        // What it began goes on at once, as in a scenario.
        return bench.clock.settle();
      case 'watch':
        return this.#watch(command.view, command.args);
      case 'unwatch':
        return this.#unwatch(command.view);
      case 'ask':
        return this.#ask(command.view, command.args);
    }
  }

  #watch(name: ViewName, args: Args): void {
    this.#unwatch(name);
    this.#views.set(name, VIEWS[name].watch(this.#parts, args));
  }

  #unwatch(name: ViewName): void {
    this.#views.get(name)?.close?.();
    this.#views.delete(name);
  }

  #ask(name: ViewName, args: Args): unknown {
    const { ask } = VIEWS[name];
    if (ask === undefined) throw new InputError(name, 'it has no answers', 'watch it');
    return ask(this.#parts, args);
  }

  #say(message: Message): void {
    this.#parts.out.text(JSON.stringify(message));
  }
}

/** The id of a command that is none, so far as it has one. */
function idOf(text: string): number {
  return Number(/"id"\s*:\s*(\d{1,15})/.exec(text)?.[1] ?? -1);
}
