// The blocks of a CRTC: routed, started and stopped together (Linux 6.12: mtk_crtc_ddp_hw_init, mtk_crtc_ddp_hw_fini).
import { SysError } from '../../base/errno.js';
import type { DdpComp, DdpLayer, DdpLayers, DdpSize } from './ddp-comp.js';
import { CPU, type DdpWriter } from './ddp-write.js';
import type { MtkMmsys } from './mtk-mmsys.js';
import type { MtkMutex } from './mtk-mutex.js';
import type { ComponentName } from './tables.js';

/** One block of a path. */
export interface PathComp {
  readonly name: ComponentName;
  readonly comp: DdpComp;
}

/** A layer of one of the first two blocks. */
export interface PipeLayer {
  readonly layers: DdpLayers;
  readonly index: number;
}

const NO_LAYER: DdpLayer = {
  enable: false,
  addr: 0,
  pitch: 0,
  format: 'RGB565',
  x: 0,
  y: 0,
  width: 0,
  height: 0,
};

/** The blocks of one path, with the mutex and the multiplexers. */
export class MtkPipe {
  /** From below: those of the first block, and of the second where that takes the first one's picture. */
  readonly layers: readonly PipeLayer[];
  readonly #path: readonly PathComp[];
  readonly #mutex: MtkMutex;
  readonly #mmsys: MtkMmsys;
  /** What is to be undone, in the order in which it was done. */
  #linked = 0;
  #added = 0;
  #started = 0;

  constructor(path: readonly PathComp[], mutex: MtkMutex, mmsys: MtkMmsys) {
    this.#path = path;
    this.#mutex = mutex;
    this.#mmsys = mmsys;
    this.layers = path.slice(0, 2).flatMap(({ comp: { layers } }, nth) => {
      if (layers === undefined || (nth === 1 && layers.background === undefined)) return [];
      return Array.from({ length: layers.count }, (_, index) => ({ layers, index }));
    });
  }

  /** Switches all of it on, with no layer. What it throws has left it off, as far as registers can be reached. */
  async up(size: DdpSize): Promise<void> {
    try {
      this.#route();
      this.#mutex.enable();
      for (const [nth, { comp }] of this.#path.entries()) {
        if (nth === 1) comp.layers?.background?.(true);
        comp.config?.(CPU, size);
        this.#started++;
        await comp.start?.();
      }
      for (const { layers, index } of this.layers) layers.config(CPU, index, NO_LAYER);
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      await this.down();
      throw e;
    }
  }

  /** Programs the first block anew, for a change of mode. */
  config(writer: DdpWriter, size: DdpSize): void {
    this.#path[0]?.comp.config?.(writer, size);
  }

  /** Switches off whatever is on, all of it; answers what failed on the way. */
  async down(): Promise<readonly SysError[]> {
    const failures: SysError[] = [];
    const attempt = async (step: () => void | Promise<void>): Promise<void> => {
      try {
        await step();
      } catch (e) {
        if (!(e instanceof SysError)) throw e;
        failures.push(e);
      }
    };
    const [linked, added, started] = [this.#linked, this.#added, this.#started];
    this.#linked = this.#added = this.#started = 0;
    for (const [nth, { comp }] of this.#path.slice(0, started).entries()) {
      await attempt(() => comp.stop?.());
      if (nth === 1) await attempt(() => comp.layers?.background?.(false));
    }
    for (const { name } of this.#path.slice(0, added)) await attempt(() => this.#mutex.removeComp(name));
    if (added === this.#path.length) await attempt(() => this.#mutex.disable());
    for (let nth = 0; nth < linked; nth++) await attempt(() => this.#mmsys.disconnect(...this.#link(nth)));
    return failures;
  }

  #route(): void {
    for (const [nth, { name }] of this.#path.entries()) {
      if (nth < this.#path.length - 1) {
        this.#linked = nth + 1;
        this.#mmsys.connect(...this.#link(nth));
      }
      this.#added = nth + 1;
      this.#mutex.addComp(name);
    }
  }

  /** The link behind the block `nth`. */
  #link(nth: number): [ComponentName, ComponentName] {
    const [from, to] = [this.#path[nth] as PathComp, this.#path[nth + 1] as PathComp];
    return [from.name, to.name];
  }
}
