// Which ports run and for how many streams (ALSA: the back ends that DPCM shares; qdsp6/q6routing.c).
//
// Differences from Linux:
// apr-L60  A port is started for the first of its streams and stopped with the last. In 6.12 that is DPCM's part.
import { passSysError, type SysError } from '../../base/errno.js';
import { Mutex } from '../../core/mutex.js';
import type { AfeFormat, AfeSettings } from './q6afe-config.js';
import type { AfePort } from './q6afe-ports.js';
import type { Q6Afe } from './q6afe.js';

/** A port that runs. */
export interface RunningPort {
  readonly port: AfePort;
  /** What it was started with; streams of another format are converted by the DSP. */
  readonly format: AfeFormat;
}

interface Shared extends RunningPort {
  readonly afe: Q6Afe;
  users: number;
}

/** The ports of one DSP. */
export class Q6Routing {
  readonly #running = new Map<number, Shared>();
  readonly #lock = new Mutex();

  /** Ports that run now. */
  get running(): readonly RunningPort[] {
    return [...this.#running.values()];
  }

  /** Starts a port with its bit clock, or joins those who have it. */
  take(afe: Q6Afe, port: AfePort, format: AfeFormat, settings?: AfeSettings): Promise<RunningPort> {
    return this.#lock.run(async () => {
      const running = this.#running.get(port.index);
      if (running !== undefined && running.afe === afe) {
        running.users++;
        return running;
      }
      await startPort(afe, port, format, settings);
      const shared = { port, format, afe, users: 1 };
      this.#running.set(port.index, shared);
      return shared;
    });
  }

  /** Lets go of a port; the last stops it and its clock. */
  release(taken: RunningPort): Promise<void> {
    return this.#lock.run(async () => {
      const running = this.#running.get(taken.port.index);
      if (running !== taken || --running.users > 0) return;
      this.#running.delete(taken.port.index);
      await stopPort(running);
    });
  }
}

async function startPort(afe: Q6Afe, port: AfePort, format: AfeFormat, settings?: AfeSettings): Promise<void> {
  const { rate, channels, bits } = format;
  await afe.setBitClock(port, rate * Math.max(2, channels) * (bits === 16 ? 16 : 32));
  try {
    await afe.start(port, format, settings);
  } catch (e) {
    passSysError(e);
    await afe.setBitClock(port, 0).catch(passSysError);
    throw e;
  }
}

/** The clock is stopped even when the port could not be. */
async function stopPort({ afe, port }: Shared): Promise<void> {
  let failure: SysError | undefined;
  for (const step of [() => afe.stop(port), () => afe.setBitClock(port, 0)]) {
    try {
      await step();
    } catch (e) {
      passSysError(e);
      failure ??= e as SysError;
    }
  }
  if (failure !== undefined) throw failure;
}
