// Display devices as programs see them: CRTCs, encoders, connectors (Linux: drm/drm_drv.h, drm_crtc.h, drm_encoder.h,
// drm_connector.h).
import type { ClassDevice, Device } from './device.js';
import { type DrmEncoder, drmEncoderCleanup, type DrmMode } from './drm-bridge.js';
import { SysfsDir } from './sysfs.js';

/** One display pipeline. */
export interface DrmCrtc {
  /** From 0, in the order of their making; the bit in an encoder's `possibleCrtcs`. */
  readonly index: number;
  /** The driver's name of the pipeline: `main`. */
  readonly name: string;
  /** The blocks that it goes through, by name, in order. */
  readonly components: readonly string[];
}

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

/** A display device. Programs see it from drmDevRegister on. */
export class DrmDevice {
  readonly dev: Device;
  readonly #crtcs: DrmCrtc[] = [];
  readonly #encoders: DrmEncoder[] = [];
  readonly #connectors: DrmConnector[] = [];
  /** `card0` while it is registered. */
  name: string | undefined;

  constructor(dev: Device) {
    this.dev = dev;
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

  /** Adds a CRTC. The answer takes it away. */
  addCrtc(crtc: DrmCrtc): () => void {
    return into(this.#crtcs, crtc);
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
