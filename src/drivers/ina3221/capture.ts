// Buffered capture: what one scan reads, and the trigger that fires when the chip has converted.
import { type Duration, type Timer, us } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import type { IioBufferSetup, IioDevice } from '../../core/iio/iio.js';
import type { IioChanSpec } from '../../core/iio/channel.js';
import { devmIioTriggerRegister, type IioTrigger } from '../../core/iio/trigger.js';
import type { Ina3221Data } from './ina3221-data.js';
import { measuredReg } from './iio-measured.js';
import type { VoltageReg } from './regs.js';
import { cycleUs } from './settings.js';

/** Six words, and the time behind them. */
const SCAN_BYTES = 24;
/** A chip may be slower than typical: it is asked again after this part of a cycle. */
const LATE = 1 / 8;
/** While nothing is converted. */
const IDLE: Duration = us(10_000);

/** How scans are captured, triggered by the chip's own conversions unless somebody chooses another trigger. */
export function bufferSetup(data: Ina3221Data, name: string): IioBufferSetup {
  const scan = new Uint8Array(SCAN_BYTES);
  const words = new Uint16Array(SCAN_BYTES / 2);
  let of: readonly IioChanSpec[] | undefined;
  let regs: readonly VoltageReg[] = [];
  const handler = async (indio: IioDevice, timestampNs: number): Promise<void> => {
    const { activeScan } = indio;
    if (activeScan !== of) regs = regsOf(data, (of = activeScan));
    await data.measureAll(regs, words);
    for (let at = 0; at < regs.length; at++) {
      scan[2 * at] = (words[at] as number) >> 8;
      scan[2 * at + 1] = words[at] as number;
    }
    indio.pushToBuffers(scan, timestampNs);
  };
  return { handler, trigger: new ConversionTrigger(data, name).trigger };
}

function regsOf(data: Ina3221Data, scan: readonly IioChanSpec[]): VoltageReg[] {
  return scan.flatMap((chan) => (chan.type === 'timestamp' ? [] : [measuredReg(data, chan)]));
}

/**
 * Fires once per cycle of conversions. The chip has no pin for that, so its flag is looked at when a cycle should be
 * over; in single-shot mode, where reading is what converts, it fires at the rate of cycles.
 */
class ConversionTrigger {
  readonly trigger: IioTrigger;
  readonly #data: Ina3221Data;
  #timer: Timer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #on = false;
  #failing = false;

  constructor(data: Ina3221Data, name: string) {
    this.#data = data;
    this.trigger = devmIioTriggerRegister(data.dev, { name, setState: (on) => (on ? this.#start() : this.#stop()) });
  }

  #start(): void {
    this.#on = true;
    this.#failing = false;
    this.#schedule(this.#cycle());
  }

  async #stop(): Promise<void> {
    this.#on = false;
    this.#timer?.cancel();
    await this.#looking;
  }

  #cycle(): Duration {
    return this.#data.converts ? us(cycleUs(this.#data.config)) : IDLE;
  }

  #schedule(wait: Duration): void {
    if (!this.#on) return;
    this.#timer = this.#data.dev.clock.after(wait, () => {
      this.#looking = this.#look();
    });
  }

  async #look(): Promise<void> {
    const data = this.#data;
    let ready = false;
    try {
      ready = data.converts && (data.singleShot || (await data.mask.takeReady()));
      this.#failing = false;
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      if (!this.#failing) data.dev.warn(`Failed to read conversion ready: error ${e.errno}`);
      this.#failing = true;
    }
    if (ready) this.trigger.poll(data.dev.clock.now());
    const late = data.converts && !ready && !this.#failing;
    this.#schedule(late ? Math.ceil(this.#cycle() * LATE) : this.#cycle());
  }
}
