// Clocks of the audio subsystem for other devices, as `qcom,q6afe-clocks` gives them (Linux: qdsp6/q6afe-clocks.c,
// q6dsp-lpass-clocks.c). The numbers are those of dt-bindings/sound/qcom,q6dsp-lpass-ports.h.
//
// Gaps: they are no clocks of core/clk, which knows no providers; who wants one asks q6AfeClocks.
import { passSysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import { platformDriver } from '../../core/platform-device.js';
import { Mutex } from '../../core/mutex.js';
import { q6DspAbove } from './q6-dsp.js';
import type { Q6Afe } from './q6afe.js';

/** The driver. */
export const q6AfeClocksDriver = platformDriver({
  name: 'q6afe-clock',
  compatible: ['qcom,q6afe-clocks'],
  probe: (dev) => {
    const afe = q6DspAbove(dev)?.afe;
    if (afe === undefined) throw dev.error('ENODEV', 'it does not stand below AFE', 'probe');
    const clocks = new AfeClocks(dev, afe);
    dev.drvdata = clocks;
    dev.scope.defer(() => clocks.stopAll());
  },
});

/** The clocks behind a device, or undefined when it gives none. */
export function q6AfeClocks(dev: Device): AfeClocks | undefined {
  return dev.drvdata instanceof AfeClocks ? dev.drvdata : undefined;
}

/** What Linux's table has for each clock until somebody sets another rate. */
const DEFAULT_HZ = 19_200_000;

/** Rows of the binding's first id, how many, and the DSP's first id. */
const RANGES: readonly (readonly [first: number, count: number, dsp: number])[] = [
  [1, 23, 0x100], // MI2S, speaker, internal
  [24, 11, 0x200], // PCM
  [35, 11, 0x200], // TDM has those of PCM
  [46, 3, 0x300], // MCLK_1 to MCLK_3
  [49, 1, 0x304], // MCLK_4
  [50, 1, 0x303], // INTERNAL_DIGITAL_CODEC_CORE
  [51, 2, 0x305], // INT_MCLK
  [54, 2, 0x309], // WSA_CORE
  [56, 1, 0x30b], // VA_CORE
  [57, 2, 0x30c], // TX_CORE
  [59, 2, 0x30e], // RX_CORE
  [61, 1, 0x310], // VA_CORE_2X
];

/** Blocks that are voted for, by the binding's id. */
const VOTES: Readonly<Record<number, { readonly block: number; readonly name: string }>> = {
  101: { block: 2, name: 'LPASS_AVTIMER_MACRO' },
  102: { block: 3, name: 'LPASS_HW_MACRO' },
  103: { block: 4, name: 'LPASS_HW_DCODEC' },
};

/** The clocks: each runs while somebody needs it. Ids are the binding's. */
export class AfeClocks {
  readonly #dev: Device;
  readonly #afe: Q6Afe;
  readonly #users = new Map<number, number>();
  readonly #handles = new Map<number, number>();
  readonly #lock = new Mutex();

  constructor(dev: Device, afe: Q6Afe) {
    this.#dev = dev;
    this.#afe = afe;
  }

  /** Needs a clock, or keeps a block powered; the first asks the DSP. EINVAL: there is none of that id. */
  enable(id: number, hz: number = DEFAULT_HZ): Promise<void> {
    return this.#lock.run(async () => {
      const users = this.#users.get(id) ?? 0;
      if (users === 0) await this.#start(id, hz);
      this.#users.set(id, users + 1);
    });
  }

  /** Needs it no more; the last asks the DSP. EINVAL: nobody needed it. */
  disable(id: number): Promise<void> {
    return this.#lock.run(async () => {
      const users = this.#users.get(id) ?? 0;
      if (users === 0) throw this.#dev.error('EINVAL', `clock ${id} is not enabled`, 'clk');
      this.#users.set(id, users - 1);
      if (users === 1) await this.#stop(id);
    });
  }

  /** For the driver: nobody needs any of them any more. */
  async stopAll(): Promise<void> {
    for (const [id, users] of this.#users) if (users > 0) await this.#stop(id).catch(passSysError);
    this.#users.clear();
  }

  async #start(id: number, hz: number): Promise<void> {
    const vote = VOTES[id];
    if (vote === undefined) await this.#afe.setClock({ id: this.#dspId(id), hz });
    else this.#handles.set(id, await this.#afe.vote(vote.block, vote.name));
  }

  async #stop(id: number): Promise<void> {
    const [vote, handle] = [VOTES[id], this.#handles.get(id)];
    if (vote === undefined || handle === undefined) return this.#afe.setClock({ id: this.#dspId(id), hz: 0 });
    this.#handles.delete(id);
    this.#afe.unvote(vote.block, handle);
  }

  #dspId(id: number): number {
    for (const [first, count, dsp] of RANGES) if (id >= first && id < first + count) return dsp + id - first;
    throw this.#dev.error('EINVAL', `there is no clock ${id}`, 'clk');
  }
}
