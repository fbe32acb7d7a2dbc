// The display mutex: starts the components of a pipeline together at the start of a frame (Linux 6.12:
// drivers/soc/mediatek/mtk-mutex.c).
//
// Differences from Linux:
// mutex-L1  The mutex is a component of the display: when it is unbound, the display goes down before. Linux leaves the
//           display with a pointer to what is gone.
// mutex-L2  A component that the SoC's mutex does not know is left out. Linux takes its bit for 0, which is another's.
//
// Gaps: clocks are not switched.
import { type Clock, type Duration, ms, us } from '../../base/clock.js';
import type { MmioSpace } from '../../core/io.js';
import { componentAdd } from '../../core/component.js';
import type { Device, Driver } from '../../core/device.js';
import { devmPlatformIoremapResource } from '../../core/io.js';
import { platformDriver } from '../../core/platform-device.js';
import { updateBits } from './ddp-write.js';
import { MUTEX_DATA, type MutexData } from './mutex-modules.js';
import { bit, MUTEX_BITS, MUTEX_REGS } from './regs.js';
import type { ComponentName } from './tables.js';

/** How many pipelines one block can start (Linux: the array in struct mtk_mutex_ctx). */
const MUTEX_COUNT = 10;
/** How long the hardware may hold a mutex back (Linux: mtk_mutex_acquire), and how often it is asked. */
const ACQUIRE_LIMIT: Duration = ms(10);
const ACQUIRE_POLL: Duration = us(1);

/** The state of one block: which of its mutexes are taken. */
class MtkMutexCtx {
  readonly claimed = new Set<number>();
  readonly regs: MmioSpace;
  readonly data: MutexData | undefined;

  constructor(regs: MmioSpace, data: MutexData | undefined) {
    this.regs = regs;
    this.data = data;
  }
}

/** One mutex of a block. */
export class MtkMutex {
  readonly id: number;
  readonly #dev: Device;
  readonly #ctx: MtkMutexCtx;

  constructor(dev: Device, ctx: MtkMutexCtx, id: number) {
    this.#dev = dev;
    this.#ctx = ctx;
    this.id = id;
  }

  /** Whether it is known how to program it. */
  get isKnown(): boolean {
    return this.#ctx.data !== undefined;
  }

  /** Gives it back (Linux: mtk_mutex_put). */
  readonly put = (): void => void this.#ctx.claimed.delete(this.id);

  /** Lets it start a component; an output gives the start of frame (Linux: mtk_mutex_add_comp). */
  addComp(name: ComponentName): void {
    const { data, regs } = this.#ctx;
    const sof = data?.sof[name];
    if (sof !== undefined) regs.write32(this.#at(data?.registers.SOF ?? 0), sof);
    else this.#module(name, true);
  }

  /** The opposite (Linux: mtk_mutex_remove_comp). */
  removeComp(name: ComponentName): void {
    const { data, regs } = this.#ctx;
    if (data?.sof[name] !== undefined) regs.write32(this.#at(data.registers.SOF), 0);
    else this.#module(name, false);
  }

  enable(): void {
    this.#ctx.regs.write32(this.#at(MUTEX_REGS.EN), 1);
  }

  disable(): void {
    this.#ctx.regs.write32(this.#at(MUTEX_REGS.EN), 0);
  }

  /** Holds the shadow registers of its components back until `release`; one that is not given is told, as in Linux. */
  async acquire(clock: Clock): Promise<void> {
    const { regs } = this.#ctx;
    regs.write32(this.#at(MUTEX_REGS.EN), 1);
    regs.write32(this.#at(MUTEX_REGS.GET), 1);
    const end = clock.now() + ACQUIRE_LIMIT;
    while ((regs.read32(this.#at(MUTEX_REGS.GET)) & MUTEX_BITS.GOT) === 0) {
      if (clock.now() >= end) return this.#dev.err(`could not acquire mutex ${this.id}`);
      await clock.sleep(ACQUIRE_POLL);
    }
  }

  /** What was written takes effect with the next frame. */
  release(): void {
    this.#ctx.regs.write32(this.#at(MUTEX_REGS.GET), 0);
  }

  #module(name: ComponentName, on: boolean): void {
    const { data, regs } = this.#ctx;
    const number = data?.modules.get(name);
    if (data === undefined || number === undefined) return;
    const mask = bit(number % 32);
    updateBits(regs, this.#at(number < 32 ? data.registers.MOD : MUTEX_REGS.MOD2), mask, on ? mask : 0);
  }

  #at(offset: number): number {
    return offset + this.id * MUTEX_REGS.STEP;
  }
}

/** The driver. Bound, mutexes can be had, and the display may come up. */
export const mtkMutex: Driver = platformDriver({
  name: 'mediatek-mutex',
  compatible: [
    'mediatek,mt2701-disp-mutex',
    'mediatek,mt2712-disp-mutex',
    'mediatek,mt6795-disp-mutex',
    'mediatek,mt8167-disp-mutex',
    'mediatek,mt8173-disp-mutex',
    'mediatek,mt8183-disp-mutex',
    'mediatek,mt8186-disp-mutex',
    'mediatek,mt8186-mdp3-mutex',
    'mediatek,mt8188-disp-mutex',
    'mediatek,mt8188-vpp-mutex',
    'mediatek,mt8192-disp-mutex',
    'mediatek,mt8195-disp-mutex',
    'mediatek,mt8195-vpp-mutex',
    'mediatek,mt8365-disp-mutex',
  ],
  async probe(dev: Device) {
    const regs = devmPlatformIoremapResource(dev);
    dev.drvdata = new MtkMutexCtx(regs, MUTEX_DATA[dev.matched ?? '']);
    dev.scope.defer(await componentAdd(dev, { bind: () => undefined }));
  },
});

/** Takes the first free mutex of a block. ENODEV: the device is no bound mutex block; EBUSY: all ten are taken. */
export function mtkMutexGet(dev: Device): MtkMutex {
  const ctx = dev.drvdata;
  if (!(ctx instanceof MtkMutexCtx)) throw dev.error('ENODEV', 'is no mutex', 'mutex');
  for (let id = 0; id < MUTEX_COUNT; id++) {
    if (ctx.claimed.has(id)) continue;
    ctx.claimed.add(id);
    return new MtkMutex(dev, ctx, id);
  }
  throw dev.error('EBUSY', `all ${MUTEX_COUNT} mutexes are taken`, 'mutex');
}
