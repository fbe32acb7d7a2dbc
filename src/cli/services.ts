// What runs beside a live machine for programs of this computer: a mounted sysfs, servers.
import type { Bench } from '../bench/bench.js';
import type { LiveTime } from '../host/live.js';

/** One of them. */
export interface Service {
  /** What there is, and where: `sysfs at /tmp/sys`. */
  readonly about: string;
  /** Resolves when it ends by itself; rejects when that is our mistake. */
  readonly ended?: Promise<void>;
  /** Ends it. Nothing of it is left when this resolves. */
  close(): Promise<void>;
}

/**
 * Starts one for a machine that has power and will run on `live`. What stands in the way is a Refusal; what can be
 * known before the machine is made is refused when this is made.
 */
export type ServiceStart = (bench: Bench, live: Pick<LiveTime, 'arrived' | 'result'>) => Promise<Service>;

/** Those of one run. */
export interface Services {
  readonly about: readonly string[];
  /** Aborted when one of them breaks down; `close` then throws why. */
  readonly broken: AbortSignal;
  /** Ends all, the last started first. */
  close(): Promise<void>;
}

/** Starts them one after the other. When one cannot be started, those before it are ended again. */
export async function startServices(
  bench: Bench,
  live: Pick<LiveTime, 'arrived' | 'result'>,
  starts: readonly ServiceStart[],
): Promise<Services> {
  const running: Service[] = [];
  const broken = new AbortController();
  const close = async (): Promise<void> => {
    for (let last = running.pop(); last !== undefined; last = running.pop()) await last.close();
    if (broken.signal.aborted) throw broken.signal.reason;
  };
  try {
    for (const start of starts) {
      const service = await start(bench, live);
      running.push(service);
      service.ended?.catch((e: unknown) => broken.abort(e));
    }
  } catch (e) {
    await close();
    throw e;
  }
  return { about: running.map(({ about }) => about), broken: broken.signal, close };
}
