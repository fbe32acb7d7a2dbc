// A capture as the network behind a port: its frames are sent towards the MAC at their times.
import type { CapturedPacket } from '../abi/pcapng-read.js';
import type { Clock, Timer } from '../base/clock.js';
import type { EthernetPeer } from '../bus/ethernet.js';

/** How it is replayed. */
export interface ReplayOptions {
  /** 2 is twice as fast; Infinity sends all at once, as fast as the port takes them. */
  readonly speed?: number;
  /** A longer silence is cut to so many nanoseconds. */
  readonly mostGapNs?: number;
}

/** A replay that goes on, or has ended. */
export interface Replay {
  readonly sent: number;
  readonly total: number;
  /** Resolves when the last frame has been sent, or after `stop`. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Frames that go in one moment; the clock's other timers get their turn behind them. */
const BATCH = 64;

/**
 * Sends frames with the gaps that they have in the capture, on the clock of the bench. The first goes at once. A frame
 * without a time, or with one that is earlier than that before it, follows directly.
 */
export function replayInto(
  peer: EthernetPeer,
  frames: readonly CapturedPacket[],
  clock: Clock,
  { speed = 1, mostGapNs = Number.POSITIVE_INFINITY }: ReplayOptions = {},
): Replay {
  const waits = gapsOf(frames, speed, mostGapNs);
  let sent = 0;
  let timer: Timer | undefined;
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const go = (): void => {
    for (let count = 0; count < BATCH && sent < frames.length; count++) {
      if (count > 0 && (waits[sent] as number) > 0) break;
      peer.send((frames[sent++] as CapturedPacket).bytes);
    }
    if (sent >= frames.length) end();
    else timer = clock.after(waits[sent] as number, go);
  };
  timer = clock.after(0, go);
  return {
    get sent() {
      return sent;
    },
    total: frames.length,
    ended,
    stop() {
      timer?.cancel();
      end();
    },
  };
}

/** Nanoseconds from each frame to the one before it. They are taken from the sum, so that roundings do not add up. */
function gapsOf(frames: readonly CapturedPacket[], speed: number, mostNs: number): number[] {
  let last: bigint | undefined;
  let [exact, rounded] = [0, 0];
  return frames.map(({ timeNs }) => {
    const gap = timeNs === undefined || last === undefined || timeNs < last ? 0 : Number(timeNs - last);
    if (timeNs !== undefined && (last === undefined || timeNs > last)) last = timeNs;
    exact += Math.min(gap, mostNs) / speed;
    const wait = Math.round(exact) - rounded;
    rounded += wait;
    return wait;
  });
}
