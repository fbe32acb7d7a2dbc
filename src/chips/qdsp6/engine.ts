// The engine of the samples: which streams are joined with which ports at the moment, lane by lane, and the timer that
// wakes it up.
import type { Clock, Duration, Timer } from '../../base/clock.js';
import type { Adm } from './adm.js';
import type { Afe, Port } from './afe.js';
import type { AudioInputs, AudioListener } from './audio.js';
import { type CaptureWays, type Due, In, Lane, Out, type PlayWays } from './lane.js';
import { captureWay, playWay } from './ways.js';
import type { Stream } from './stream.js';

/** What the engine works on. */
export interface EngineParts {
  readonly clock: Clock;
  readonly afe: Afe;
  readonly adm: Adm;
  readonly streams: () => Iterable<Stream>;
  readonly listener: AudioListener | undefined;
  readonly inputs: AudioInputs | undefined;
}

/** Lanes by rate. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #lanes = new Map<number, Lane>();
  readonly #outs = new Map<Port, Out>();
  readonly #ins = new Map<Port, In>();
  readonly #due: Due = { at: 0 };
  #timer: Timer | undefined;
  #dirty = false;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** What a port has played or captured, in frames, since it started; 0 when it is not started. */
  framesOf(port: Port): number {
    return this.#outs.get(port)?.frames ?? this.#ins.get(port)?.frames ?? 0;
  }

  /** How long what is told now has to wait: a frame that has begun is not over before its end. */
  get wait(): Duration {
    return Math.max(0, this.#due.at - this.#parts.clock.now());
  }

  /** Lets happen what begins before now. To be called before anything changes. */
  catchUp(): void {
    const now = this.#parts.clock.now();
    for (const lane of this.#lanes.values()) lane.advance(now);
  }

  /** Ports, ways or streams are others now. */
  changed(): void {
    this.#dirty = true;
  }

  /** To be called when all that happens at this moment is done. */
  follow(): void {
    if (this.#dirty) this.#join();
    let at = Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes.values()) at = Math.min(at, lane.nextAt());
    if (this.#timer?.at === at) return;
    this.#timer?.cancel();
    const { clock } = this.#parts;
    this.#timer = Number.isFinite(at) ? clock.after(at - clock.now(), this.#wake) : undefined;
  }

  /** Nothing happens any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#lanes.clear();
  }

  readonly #wake = (): void => {
    this.#timer = undefined;
    this.catchUp();
    this.follow();
  };

  #join(): void {
    this.#dirty = false;
    this.#openPorts();
    for (const lane of this.#lanes.values()) {
      lane.outs = [...this.#outs.values()].filter(({ format }) => format.rate === lane.rate);
      lane.ins = [...this.#ins.values()].filter(({ format }) => format.rate === lane.rate);
      const streams = [...this.#parts.streams()].filter(({ running, format }) => running && format?.rate === lane.rate);
      lane.plays = streams.flatMap((stream) => this.#playWays(stream));
      lane.captures = streams.flatMap((stream) => this.#captureWays(stream));
    }
  }

  /** A port that has started gets its place in a lane; one that has stopped loses it. */
  #openPorts(): void {
    const { afe, clock, listener, inputs } = this.#parts;
    for (const port of afe.ports.values()) {
      const { info, format, started } = port;
      if (!started) {
        this.#outs.delete(port);
        this.#ins.delete(port);
        continue;
      }
      const lane = this.#laneOf(format.rate);
      lane.advance(clock.now());
      if (info.plays && !this.#outs.has(port)) this.#outs.set(port, new Out(port, lane.at, lane.most, listener));
      if (info.plays || this.#ins.has(port)) continue;
      this.#ins.set(port, new In(port, lane.at, lane.most, inputs?.(info, format)));
    }
  }

  #laneOf(rate: number): Lane {
    const there = this.#lanes.get(rate);
    if (there !== undefined) return there;
    const lane = new Lane(rate, this.#parts.clock.now(), this.#due);
    this.#lanes.set(rate, lane);
    return lane;
  }

  #playWays({ session, format, play }: Stream): PlayWays[] {
    if (play === undefined || format === undefined) return [];
    const copps = this.#parts.adm.playback.get(session) ?? [];
    const outs = copps.flatMap((copp) => {
      const out = this.#outs.get(this.#parts.afe.ports.get(copp.port.id) as Port);
      return out === undefined ? [] : [{ out, way: playWay(format, copp.format, out.format) }];
    });
    return outs.length === 0 ? [] : [{ stream: play, outs }];
  }

  #captureWays({ session, format, capture }: Stream): CaptureWays[] {
    if (capture === undefined || format === undefined) return [];
    const copps = this.#parts.adm.record.get(session) ?? [];
    const ins = copps.flatMap((copp) => {
      const input = this.#ins.get(this.#parts.afe.ports.get(copp.port.id) as Port);
      return input === undefined ? [] : [{ input, way: captureWay(input.format, copp.format, format) }];
    });
    return ins.length === 0 ? [] : [{ stream: capture, ins }];
  }
}
