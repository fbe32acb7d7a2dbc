// Display devices as programs see them: CRTCs, encoders, connectors (Linux: drm/drm_drv.h, drm_crtc.h, drm_encoder.h,
// drm_connector.h).
//
// Differences from Linux, here and in drm-crtc.ts, drm-plane.ts, drm-framebuffer.ts:
// drm-L1  A picture that is on the screen, or on its way, is not given back (EBUSY). Linux takes it off the screen.
// drm-L2  A plane that reaches beyond the screen is refused (EINVAL). Linux cuts it off.
// drm-L3  A line of more than 65535 bytes is refused (EINVAL). Linux lets mtk-drm cut the number to 16 bits.
// drm-L4  Switching on takes the other planes off. Linux leaves them on for the new mode.
// drm-L5  A commit that the hardware refuses ends with its error. In Linux a driver cannot say so.
//
// Gaps: no properties, no leases, no scaling and rotation, no commits that touch two CRTCs; a test commit is not there.
import type { ClassDevice, Device } from './device.js';
import { type DrmEncoder, drmEncoderCleanup, type DrmMode } from './drm-bridge.js';
import { DrmCrtc, type DrmCrtcSpec } from './drm-crtc.js';
import {
  type DrmFramebuffer,
  DrmFramebuffers,
  type DrmFramebufferSpec,
  type DrmSizeLimits,
} from './drm-framebuffer.js';
import { SysfsDir } from './sysfs.js';

/** Whether something is plugged in, in the words of sysfs. */
export type DrmConnectorStatus = 'connected' | 'disconnected' | 'unknown';

/** Where a display is plugged in, or soldered. */
export interface DrmConnector {
  /** `DSI-1`. */
  readonly name: string;
  readonly encoder: DrmEncoder;
  /** The preferred one first. */
  readonly modes: readonly DrmMode[];
  /** `connected` unless given: true for whatever is soldered. */
  readonly status?: DrmConnectorStatus;
}

const ANY_SIZE: DrmSizeLimits = { minWidth: 1, maxWidth: 8192, minHeight: 1, maxHeight: 8192 };

/** A display device. Programs see it from drmDevRegister on. */
export class DrmDevice {
  readonly dev: Device;
  /** The device that reads framebuffers; the display's own unless set. */
  dmaDev: Device;
  readonly #framebuffers: DrmFramebuffers;
  readonly #crtcs: DrmCrtc[] = [];
  readonly #encoders: DrmEncoder[] = [];
  readonly #connectors: DrmConnector[] = [];
  /** `card0` while it is registered. */
  name: string | undefined;

  constructor(dev: Device, limits: DrmSizeLimits = ANY_SIZE) {
    this.dev = dev;
    this.dmaDev = dev;
    this.#framebuffers = new DrmFramebuffers(limits);
  }

  /** The pictures that programs have made, the oldest first. */
  get framebuffers(): readonly DrmFramebuffer[] {
    return this.#framebuffers.all;
  }

  /**
   * Makes a picture in memory, black (Linux: DRM_IOCTL_MODE_CREATE_DUMB and drmModeAddFB2). EINVAL: no such size,
   * format or pitch; ENOMEM: memory is out, or out of the display's reach; ENODEV: the display is gone.
   */
  addFb(spec: DrmFramebufferSpec): DrmFramebuffer {
    if (this.name === undefined) throw this.dev.error('ENODEV', 'the display is gone', 'framebuffer');
    return this.#framebuffers.add(this.dmaDev, spec);
  }

  /** Gives a picture back (Linux: drmModeRmFB). EBUSY: it is on a screen, or may be until the next vblank. */
  rmFb(fb: DrmFramebuffer): void {
    const crtc = this.#crtcs.find((one) => one.shows(fb));
    if (crtc !== undefined) throw this.dev.error('EBUSY', `the picture is on CRTC ${crtc.index}`, 'framebuffer');
    this.#framebuffers.free(fb);
  }

  /**
   * Switches all CRTCs off for good, the last first, and gives all pictures back (Linux: drm_atomic_helper_shutdown,
   * drm_mode_config_cleanup). All of it, whatever fails; then the first failure goes up.
   */
  async shutdown(): Promise<void> {
    const failures: unknown[] = [];
    for (const crtc of this.#crtcs.toReversed()) await crtc.shutdown().catch((e: unknown) => void failures.push(e));
    for (const fb of this.framebuffers) this.#framebuffers.free(fb);
    if (failures.length > 0) throw failures[0];
  }

  get crtcs(): readonly DrmCrtc[] {
    return this.#crtcs;
  }

  get encoders(): readonly DrmEncoder[] {
    return this.#encoders;
  }

  get connectors(): readonly DrmConnector[] {
    return this.#connectors;
  }

  /** The connector that shows the picture of a CRTC: the first. Its first mode is the one to take. */
  connectorOf({ index }: DrmCrtc): DrmConnector | undefined {
    return this.#connectors.find(({ encoder }) => (encoder.possibleCrtcs & (2 ** index)) !== 0);
  }

  /** Adds a CRTC, or one that can only be told of. The answer takes it away. */
  addCrtc(crtc: DrmCrtc | DrmCrtcSpec): () => void {
    return into(this.#crtcs, crtc instanceof DrmCrtc ? crtc : new DrmCrtc(this.dev, crtc));
  }

  /** Adds an encoder. The answer takes it away and ends its chain of bridges. */
  addEncoder(encoder: DrmEncoder): () => void {
    const leave = into(this.#encoders, encoder);
    return () => {
      drmEncoderCleanup(encoder);
      leave();
    };
  }

  /** Adds a connector. The answer takes it away. */
  addConnector(connector: DrmConnector): () => void {
    return into(this.#connectors, connector);
  }
}

function into<T>(list: T[], member: T): () => void {
  list.push(member);
  return () => {
    const at = list.indexOf(member);
    if (at >= 0) list.splice(at, 1);
  };
}

/** The registered display devices of a machine, in the order of their cards. */
export class Drm {
  readonly #devices: DrmDevice[] = [];

  get devices(): readonly DrmDevice[] {
    return this.#devices;
  }

  /** For drmDevRegister. */
  enter(drm: DrmDevice): () => void {
    return into(this.#devices, drm);
  }
}

/**
 * Shows a display device to programs as the next free `cardN` of the class `drm`, with a directory
 * `cardN-CONNECTOR` for each connector that it has now: files `status` and `modes` (Linux: drm_dev_register). The
 * answer takes it away.
 */
export function drmDevRegister(drm: DrmDevice): () => void {
  const { core } = drm.dev;
  checkPossibleCrtcs(drm);
  const nr = core.freeNumber('drm');
  const name = `card${nr}`;
  const card: ClassDevice = { nr, parent: drm.dev, sysfs: new SysfsDir(name) };
  for (const connector of drm.connectors) card.sysfs.addDir(connectorDir(name, connector));
  drm.name = name;
  const undo = [core.enterClass('drm', card), core.subsystem(Drm).enter(drm)];
  return () => {
    for (const leave of undo.reverse()) leave();
    drm.name = undefined;
  };
}

/** Linux warns of encoders that show what is not there, and registers them all the same. */
function checkPossibleCrtcs({ dev, crtcs, encoders }: DrmDevice): void {
  const mask = crtcs.reduce((bits, { index }) => bits + 2 ** index, 0);
  for (const { name, possibleCrtcs } of encoders) {
    if (possibleCrtcs !== 0 && (possibleCrtcs & ~mask) === 0) continue;
    const id = /\d*$/.exec(name)?.[0] ?? '';
    const what = `possible_crtcs=0x${possibleCrtcs.toString(16)} (full crtc mask=0x${mask.toString(16)})`;
    dev.warn(`Bogus possible_crtcs: [ENCODER:${id}:${name}] ${what}`);
  }
}

function connectorDir(card: string, connector: DrmConnector): SysfsDir {
  const dir = new SysfsDir(`${card}-${connector.name}`);
  dir.addGroup([
    { name: 'status', mode: 0o444, show: () => `${connector.status ?? 'connected'}\n` },
    { name: 'modes', mode: 0o444, show: () => connector.modes.map((mode) => `${modeName(mode)}\n`).join('') },
  ]);
  return dir;
}

/** `1200x1920`, as Linux calls a mode. */
export function modeName({ hdisplay, vdisplay }: DrmMode): string {
  return `${hdisplay}x${vdisplay}`;
}
