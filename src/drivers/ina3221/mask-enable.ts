// The owner of MASK_ENABLE. Reading that register clears all its flags at once, so nobody else reads it, and what a
// reading brought is kept for everybody who has not asked yet (ina3221-L6).
import { fieldMask } from '../../base/regs.js';
import type { Regmap } from '../../core/regmap.js';
import { type AlarmFlag, CHANNELS, R } from './regs.js';

const { fields } = R.MASK_ENABLE;
const CVRF = fieldMask(fields.CVRF);
const SCC = CHANNELS.reduce((mask, { scc }) => mask | fieldMask(fields[scc]), 0);

/** The bit of a flag. */
export const flagMask = (flag: AlarmFlag): number => fieldMask(fields[flag]);

/** All flags that a limit sets. */
export const ALARMS: number = CHANNELS.reduce(
  (mask, { critFlag, warnFlag }) => mask | flagMask(critFlag) | flagMask(warnFlag),
  flagMask('SF'),
);

/** Who is told of every reading: the alarm flags that were set. */
export type FlagListener = (flags: number) => void;

/** The register, its flags, and the choice of channels in the sum. */
export class MaskEnable {
  readonly #map: Regmap;
  /** Alarm flags that were set in some reading and that no alarm file has told. */
  #untold = 0;
  /** A conversion was found complete, and nobody has waited for it. */
  #ready = false;
  #listener: FlagListener | undefined;

  constructor(map: Regmap) {
    this.#map = map;
  }

  /** Reads the register and hands out its flags. Answers the word. */
  async look(): Promise<number> {
    const word = await this.#map.read(R.MASK_ENABLE);
    this.#untold |= word & ALARMS;
    this.#ready ||= (word & CVRF) !== 0;
    this.#listener?.(word & ALARMS);
    return word;
  }

  /** Looks, and answers whether the flag was set since this was asked last. */
  async takeAlarm(flag: AlarmFlag): Promise<boolean> {
    await this.look();
    const mask = flagMask(flag);
    const was = (this.#untold & mask) !== 0;
    this.#untold &= ~mask;
    return was;
  }

  /** Looks, and answers whether a conversion of all channels was completed since this was asked last. */
  async takeReady(): Promise<boolean> {
    await this.look();
    const was = this.#ready;
    this.#ready = false;
    return was;
  }

  /** CONFIG was written: what was converted before does not count. */
  restarted(): void {
    this.#ready = false;
  }

  /** Lets these channels take part in the sum; writes only if that changes something. */
  async setSummed(mask: number): Promise<void> {
    const word = await this.look();
    const next = (word & ~SCC) | mask;
    if (next !== word) await this.#map.write(R.MASK_ENABLE, next);
  }

  /** Tells one listener of every reading from now on; undefined ends that. */
  listen(listener: FlagListener | undefined): void {
    this.#listener = listener;
  }
}
