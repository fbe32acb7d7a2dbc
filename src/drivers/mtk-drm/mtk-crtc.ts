// CRTCs: one per display path whose components are all there (Linux 6.12: mtk_crtc.c).
//
// Registers are written in one of three ways. With shadow registers: by the processor at once, under the mutex. With a
// GCE: by a packet that waits for the end of the frame. Otherwise: by the processor, in the interrupt at the end of the
// frame.
//
// Differences from Linux:
// crtc-L1  A component leaves the mutex once when the path goes off. Linux takes each out twice.
// crtc-L2  Unbinding switches the path off. Linux lets it read memory that is given back.
// crtc-L3  A path that cannot be programmed cannot be switched on (EOPNOTSUPP), and a block that cannot be reached
//          leaves it off. In Linux neither can be said.
// crtc-L4  A path whose first blocks the GCE does not reach is written by the processor. Linux lets the GCE write to
//          offset 0 of subsystem 0.
// crtc-L5  A packet that ends with an error ends its commit with that error, and the next packet has its writes. In
//          Linux the commit times out after ten seconds. The same for a packet that cannot be sent or flushed.
// crtc-L6  A packet that ends while the next one is made does not send the next one's event. In Linux it does.
//
// Gaps: clocks and power are not switched; cursor planes have no way of their own; no colour management.
import type { Scope } from '../../base/scope.js';
import { SysError } from '../../base/errno.js';
import { type Duration, ms } from '../../base/clock.js';
import type { Device } from '../../core/device.js';
import type { DrmDevice } from '../../core/drm.js';
import type { DrmEncoder, DrmMode } from '../../core/drm-bridge.js';
import { DrmCrtc, type DrmCrtcOps, type DrmCrtcSpec } from '../../core/drm-crtc.js';
import type { DrmPendingEvent } from '../../core/drm-event.js';
import type { DrmPlane, DrmPlaneSpec } from '../../core/drm-plane.js';
import { componentName } from './component.js';
import type { DdpComp } from './ddp-comp.js';
import { MAX_BPC } from './ddp-rows.js';
import { CPU } from './ddp-write.js';
import type { CrtcPlan } from './mmsys-group.js';
import { type CmdqSource, MtkCrtcCmdq, reachable } from './mtk-crtc-cmdq.js';
import { MtkPending } from './mtk-crtc-pending.js';
import { MtkPipe, type PathComp } from './mtk-crtc-pipe.js';
import { MtkMmsys } from './mtk-mmsys.js';
import { type MtkMutex, mtkMutexGet } from './mtk-mutex.js';
import { type MtkCrtcWay, MtkDrm } from './mtk-drm-private.js';

/** How long the GCE may take to switch layers off, and a CRTC to end its last frame. */
const PACKET_LIMIT: Duration = ms(500);
const VBLANK_LIMIT: Duration = ms(100);

/** What a CRTC is made of. */
interface Parts {
  readonly pipe: MtkPipe;
  readonly path: readonly PathComp[];
  readonly mutex: MtkMutex;
  /** In words: why the processor writes. */
  readonly cmdq: CmdqSource | string;
  /** The hardware takes registers over at the start of a frame by itself. */
  readonly shadow: boolean;
}

/** One CRTC. */
class MtkCrtc implements DrmCrtcOps {
  readonly crtc: DrmCrtc;
  readonly #drm: DrmDevice;
  readonly #parts: Parts;
  readonly #pending: MtkPending;
  readonly #cmdq: MtkCrtcCmdq | undefined;
  readonly way: MtkCrtcWay;
  #event: DrmPendingEvent | undefined;
  /** Registers are being written, or a packet: a frame that ends now does not show them. */
  #updating = false;
  #enabled = false;

  constructor(drm: DrmDevice, spec: DrmCrtcSpec, parts: Parts) {
    this.#drm = drm;
    this.#parts = parts;
    this.#pending = new MtkPending(parts.pipe);
    const planeSpecs = parts.pipe.layers.map(({ layers: { formats } }, nth): DrmPlaneSpec => {
      return { type: nth === 0 ? 'primary' : 'overlay', formats };
    });
    this.crtc = new DrmCrtc(drm.dev, { ...spec, planeSpecs, ops: this });
    const cmdq = typeof parts.cmdq === 'string' ? parts.cmdq : this.#openCmdq(parts.cmdq);
    this.#cmdq = typeof cmdq === 'string' ? undefined : cmdq;
    this.way = typeof cmdq === 'string' ? { by: parts.shadow ? 'shadow' : 'cpu', why: cmdq } : { by: 'gce' };
  }

  /** Listens to the ends of frames. The answer ends that, and gives the GCE's channel back. */
  listen(): () => void {
    const sources = this.#parts.path.flatMap(({ comp: { vblank } }) => vblank ?? []);
    for (const source of sources) source.frameDone = () => this.#frameDone();
    return () => {
      for (const source of sources) source.frameDone = undefined;
      this.#cmdq?.close();
    };
  }

  encoder(): DrmEncoder | undefined {
    const mask = 2 ** this.crtc.index;
    return this.#drm.encoders.find(({ possibleCrtcs }) => (possibleCrtcs & mask) !== 0);
  }

  modeValid(mode: DrmMode): string | undefined {
    for (const { name, comp } of this.#parts.path) {
      const why = comp.modeValid?.(mode);
      if (why !== undefined) return `${name}: ${why}`;
    }
    return undefined;
  }

  async atomicEnable({ hdisplay, vdisplay }: DrmMode): Promise<void> {
    const bpc = Math.min(MAX_BPC, this.encoder()?.bridges.at(-1)?.panel?.bpc ?? MAX_BPC);
    await this.#parts.pipe.up({ width: hdisplay, height: vdisplay, bpc });
    this.#pending.done();
    this.#pending.mode(hdisplay, vdisplay);
    this.crtc.vblank.on();
    this.#enabled = true;
  }

  async atomicDisable(): Promise<void> {
    const failures: unknown[] = [];
    const attempt = (step: () => Promise<void>): Promise<void> => step().catch((e: unknown) => void failures.push(e));
    this.#event = undefined;
    this.#pending.allOff();
    await attempt(() => this.#update());
    await attempt(async () => this.#cmdq?.wait(PACKET_LIMIT));
    await attempt(() => this.#lastFrame());
    await attempt(async () => this.crtc.vblank.off());
    this.#enabled = false;
    failures.push(...(await this.#parts.pipe.down()));
    if (failures.length > 0) throw failures[0];
  }

  async atomicFlush(planes: readonly DrmPlane[], event: DrmPendingEvent): Promise<void> {
    for (const plane of planes) this.#pending.plane(plane);
    this.#event = event;
    await this.#update();
  }

  enableVblank(): void {
    this.#parts.path[0]?.comp.vblank?.enable();
  }

  disableVblank(): void {
    this.#parts.path[0]?.comp.vblank?.disable();
  }

  /** Linux: mtk_crtc_update_config. */
  async #update(): Promise<void> {
    const { shadow, mutex } = this.#parts;
    const cmdq = this.#cmdq;
    if (!shadow && cmdq === undefined) return; // The end of the frame does it.
    this.#updating = true;
    try {
      if (cmdq !== undefined) await cmdq.send((writer) => this.#pending.write(writer));
      else {
        await mutex.acquire(this.#drm.dev.clock);
        this.#write();
        mutex.release();
      }
    } finally {
      this.#updating = false;
    }
  }

  #write(): void {
    this.#pending.write(CPU);
    this.#pending.done();
  }

  /** In interrupt context (Linux: mtk_crtc_ddp_irq). What cannot be written is told, and tried again next time. */
  #frameDone(): void {
    if (!this.#enabled) return;
    const cmdq = this.#cmdq;
    let written = cmdq === undefined && !this.#updating;
    if (cmdq !== undefined) cmdq.frameDone();
    else if (!this.#parts.shadow) {
      try {
        this.#write();
      } catch (e) {
        if (!(e instanceof SysError)) throw e;
        this.#drm.dev.err(`[drm] mtk_crtc ${this.crtc.index}: ${e.message}`);
        written = false;
      }
    }
    this.crtc.vblank.handle();
    if (written) this.#onScreen();
  }

  #onScreen(): void {
    const event = this.#event;
    this.#event = undefined;
    event?.send();
  }

  /** As in Linux whatever keeps the GCE from it leaves the processor (U6). */
  #openCmdq(from: CmdqSource): MtkCrtcCmdq | string {
    return MtkCrtcCmdq.open(this.#drm.dev, `mtk_crtc ${this.crtc.index}`, from, {
      // A packet that ends while the next one is made had not all of the writes that are pending, nor its event.
      done: () => {
        if (this.#updating) return;
        this.#pending.done();
        this.#onScreen();
      },
      failed: (error: SysError) => {
        if (this.#updating) return;
        this.#event?.fail(error);
        this.#event = undefined;
      },
    });
  }

  /** As in Linux a frame that does not end is told of, and the rest is done. */
  async #lastFrame(): Promise<void> {
    try {
      await this.crtc.vblank.wait(VBLANK_LIMIT);
    } catch (e) {
      if (!(e instanceof SysError) || e.code !== 'ETIMEDOUT') throw e;
      this.#drm.dev.warn(`[drm] vblank wait timed out on crtc ${this.crtc.index}`);
    }
  }
}

/** How a CRTC is made. */
export interface CrtcOptions {
  /** What is known of a component of its path. */
  readonly compOf: (id: number) => DdpComp | undefined;
  /** Its number among those of its mmsys, which is that of its mailbox and event; undefined: no GCE is wanted. */
  readonly nthMailbox: number | undefined;
}

/** Makes the CRTC of a plan, with a mutex of its mmsys. `scope` takes it away. */
export function mtkCrtcCreate(drm: DrmDevice, plan: CrtcPlan, options: CrtcOptions, scope: Scope): void {
  const { name, index, ids, member } = plan;
  const { core } = drm.dev;
  const { mutex: node } = member.siblings;
  const dev = node === undefined ? undefined : core.deviceOf(node);
  if (dev === undefined) throw drm.dev.error('ENODEV', `no mutex for ${member.node.path}`, 'crtc');
  const mutex = mtkMutexGet(dev);
  scope.defer(mutex.put);
  const spec = { index, name, components: ids.map((id) => componentName(id) ?? `${id}`) };
  const mmsysDev = core.deviceOf(member.node);
  const mmsys = mmsysDev?.drvdata;
  const [path, unknown] = pathOf(ids, options.compOf);
  if (!(mmsys instanceof MtkMmsys) || mmsys.routes === undefined)
    unknown.push(`the multiplexers of ${member.node.path}`);
  if (!mutex.isKnown) unknown.push(`the mutex ${dev.path}`);
  if (unknown.length > 0 || mmsysDev === undefined || !(mmsys instanceof MtkMmsys)) {
    scope.defer(drm.addCrtc({ ...spec, whyNot: `nobody knows how to program ${unknown.join(', ')}` }));
    return;
  }
  const pipe = new MtkPipe(path, mutex, mmsys);
  const shadow = member.data.shadowRegister === true;
  const { nthMailbox: nth } = options;
  const cmdq = nth === undefined ? 'the driver was told so' : { mmsys: mmsysDev, mutex: dev, nth };
  const made = new MtkCrtc(drm, spec, { pipe, path, mutex, shadow, cmdq: whyNoGce(pipe, shadow) ?? cmdq });
  scope.defer(made.listen());
  const { ways } = core.subsystem(MtkDrm);
  ways.set(made.crtc, made.way);
  scope.defer(() => void ways.delete(made.crtc));
  scope.defer(drm.addCrtc(made.crtc));
}

/** What speaks against a GCE before one is asked for. */
function whyNoGce({ layers }: MtkPipe, shadow: boolean): string | undefined {
  if (shadow) return 'the hardware has shadow registers';
  if (layers.length === 0) return 'no block of the path has layers';
  return reachable(layers.map((one) => one.layers.window))
    ? undefined
    : 'no mediatek,gce-client-reg of a block with layers';
}

/** The components that can be programmed, and the names of the others. */
function pathOf(
  ids: readonly number[],
  compOf: (id: number) => DdpComp | undefined,
): [path: PathComp[], unknown: string[]] {
  const path: PathComp[] = [];
  const unknown: string[] = [];
  for (const id of ids) {
    const name = componentName(id);
    const comp = compOf(id);
    if (name === undefined || comp === undefined) unknown.push(name ?? `component ${id}`);
    else path.push({ name, comp });
  }
  return [path, unknown];
}

/** Tells of a path that gets no CRTC, in Linux's words. */
export function tellNoCrtc(dev: Device, { index, missing }: CrtcPlan): void {
  dev.info(`Not creating crtc ${index} because component ${missing} is disabled or missing`);
}
