// The bus `aprbus`: its devices are services of a remote processor, its drivers know them by number or by compatible.
import { assert } from '../../base/assert.js';
import { SysError } from '../../base/errno.js';
import type { BusType, Device, Driver } from '../../core/device.js';
import { devmOfPlatformPopulate } from '../../core/of-platform.js';
import type { RpmsgDevice } from '../../core/rpmsg.js';
import { APR_DEST, APR_DOMAIN, APR_HDR_SIZE, APR_SVC, GPR_DOMAIN, GPR_HDR_SIZE } from './constants.js';
import type { AprMessage, RouterKind } from './message.js';
import { serviceKey } from './receive.js';
import type { AprMailbox, AprRouter } from './router.js';

/** The bus type of services. */
export const APR_BUS: BusType = { name: 'aprbus' };

const EINVAL = -22;

/** The numbers that a service is known by (Linux: struct apr_device_id). */
export interface AprDeviceId {
  readonly domain: number;
  readonly svc: number;
  /** Zero, the audio client, when left out. */
  readonly client?: number;
}

/** How a service is added by hand (Linux: apr_add_device). */
export interface AprServiceId extends AprDeviceId {
  readonly name: string;
  /** Major number in the upper half, minor in the lower. */
  readonly version?: number;
}

/** The bus on one channel, as its devices have it. */
export interface AprChannel {
  readonly rpdev: RpmsgDevice;
  readonly router: AprRouter;
  readonly kind: RouterKind;
}

/** A service of a remote processor (Linux: struct apr_device). For GPR `svcId` is its port. */
export class AprDevice {
  readonly dev: Device;
  readonly channel: AprChannel;
  readonly domainId: number;
  readonly svcId: number;
  readonly clientId: number;
  readonly version: number;
  readonly #mailbox: AprMailbox;
  /** What the driver does when the service is gone. */
  #reset: (() => void) | undefined;
  #gone = false;

  constructor(dev: Device, channel: AprChannel, id: AprDeviceId & { readonly version?: number }, mailbox: AprMailbox) {
    this.dev = dev;
    this.channel = channel;
    this.domainId = id.domain;
    this.svcId = id.svc;
    this.clientId = id.client ?? 0;
    this.version = id.version ?? 0;
    this.#mailbox = mailbox;
  }

  /** What a callback is told as `src` of its messages, an APR_DEST. */
  get destId(): number {
    return this.domainId === APR_DOMAIN.MODEM ? APR_DEST.MODEM : APR_DEST.QDSP6;
  }

  /** True from the moment that the service, or its whole processor, has died: no answer will come. */
  get isGone(): boolean {
    return this.#gone;
  }

  /** The device of the remote processor: who maps memory for the DSP maps it for this one. */
  get dspDev(): Device {
    const dsp = this.channel.rpdev.dev.parent;
    assert(dsp !== undefined, 'a channel has a remote processor');
    return dsp;
  }

  /** For the bus: the driver listens from now on, until its scope closes. */
  attach(callback: ((message: AprMessage) => unknown) | undefined, reset: (() => void) | undefined): void {
    if (callback !== undefined) this.#mailbox.attach(callback);
    this.#reset = reset;
    this.dev.scope.defer(() => {
      this.#reset = undefined;
      this.#mailbox.detach();
    });
  }

  /** For the bus: tells the driver once that nothing will be answered any more. */
  die(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#reset?.();
  }
}

/** What a driver of services is: as Driver, but with the service's device and its messages. */
export interface AprDriverSpec {
  readonly name: string;
  /** Devicetree compatibles; asked before the id table. */
  readonly compatible?: readonly string[];
  /** Ends at the first entry whose domain and service are both zero, as in C. */
  readonly idTable?: readonly AprDeviceId[];
  /** Messages may come as soon as it runs. */
  readonly probe: (adev: AprDevice) => void | Promise<void>;
  /**
   * Takes one message, later than it was received and in the order of the service; it may send. What it answers is
   * ignored, a SysError is told. The object is used again when the call has ended; its bytes stay.
   */
  readonly callback?: (adev: AprDevice, message: AprMessage) => unknown;
  /**
   * The remote processor, or the part of it that has the service, has died: fail at once what waits for an answer. The
   * unbind follows. It must not wait.
   */
  readonly reset?: (adev: AprDevice) => void;
}

/** Makes a driver for services (Linux: apr_driver_register). EINVAL: nothing says which. */
export function aprDriver(spec: AprDriverSpec): Driver {
  const { callback, reset } = spec;
  if (spec.idTable === undefined && spec.compatible === undefined)
    throw new SysError('EINVAL', `driver ${spec.name} has neither id table nor compatible`, { dev: APR_BUS.name });
  return {
    name: spec.name,
    bus: APR_BUS,
    compatible: spec.compatible ?? [],
    matches: ({ outer }) => outer instanceof AprDevice && aprMatch(spec.idTable ?? [], outer) !== undefined,
    async probe(dev) {
      const adev = aprDeviceOf(dev);
      adev.attach(
        callback === undefined ? undefined : (message) => callback(adev, message),
        reset === undefined ? undefined : () => reset(adev),
      );
      await spec.probe(adev);
      if (dev.ofNode !== undefined) await devmOfPlatformPopulate(dev);
    },
  };
}

/** The service that a device of the bus stands for. */
export function aprDeviceOf(dev: Device): AprDevice {
  assert(dev.outer instanceof AprDevice, `${dev.path}: no service`);
  return dev.outer;
}

/** The first entry of an id table that fits. */
function aprMatch(table: readonly AprDeviceId[], adev: AprDevice): AprDeviceId | undefined {
  for (const id of table) {
    if (id.domain === 0 && id.svc === 0) return undefined;
    if (id.domain === adev.domainId && id.svc === adev.svcId && (id.client ?? 0) === adev.clientId) return id;
  }
  return undefined;
}

/**
 * Sends one packet, now or not at all (Linux: apr_send_pkt): the bytes of the packet, or a negative errno, the
 * transport's or EINVAL when the size in the header is not that of a packet within these bytes. For APR the bus fills
 * in who sends to whom; GPR's callers do that.
 */
export function aprSendPkt(adev: AprDevice, bytes: Uint8Array): number {
  const { rpdev, kind } = adev.channel;
  const size = kind === 'apr' ? sizeOfApr(bytes) : sizeOfGpr(bytes);
  if (size > bytes.length || size < (kind === 'apr' ? APR_HDR_SIZE : GPR_HDR_SIZE)) return refuse(adev, size, EINVAL);
  if (kind === 'apr') {
    bytes[4] = adev.svcId;
    bytes[5] = APR_DOMAIN.APPS;
    bytes[8] = adev.svcId;
    bytes[9] = adev.domainId;
  }
  const ret = rpdev.trysend(size === bytes.length ? bytes : bytes.subarray(0, size));
  return ret === 0 ? size : refuse(adev, size, ret);
}

function sizeOfApr(bytes: Uint8Array): number {
  return bytes.length < APR_HDR_SIZE ? bytes.length : (bytes[2] as number) | ((bytes[3] as number) << 8);
}

function sizeOfGpr(bytes: Uint8Array): number {
  if (bytes.length < GPR_HDR_SIZE) return bytes.length;
  return (bytes[1] as number) | ((bytes[2] as number) << 8) | ((bytes[3] as number) << 16);
}

function refuse(adev: AprDevice, size: number, ret: number): number {
  adev.dev.err(`Unable to send ${adev.channel.kind.toUpperCase()} pkt ${size}`);
  return ret;
}

/** Where a service's packets are looked up. */
export function keyOf(kind: RouterKind, { domain, svc }: AprDeviceId): number {
  return kind === 'apr' ? serviceKey(domain, svc) : svc;
}

const NAME_MOST = 31;

/** Why there can be no service with these numbers; undefined when there can. */
export function serviceMistake(kind: RouterKind, id: AprDeviceId, name: string): string | undefined {
  const { domain, svc, client = 0 } = id;
  const apr = kind === 'apr';
  const domains = apr ? APR_DOMAIN.APPS : GPR_DOMAIN.APPS;
  const services = apr ? APR_SVC.MAX - 1 : 0xffff_ffff;
  if (!(domain >= 1 && domain <= domains)) return `domain ${domain} is not 1 to ${domains}`;
  if (!(svc >= 1 && svc <= services)) return `service ${svc} is not 1 to ${services}`;
  if (!(client >= 0 && client <= 0xffff)) return `client ${client} does not fit into 16 bits`;
  return name.length <= NAME_MOST ? undefined : `the name ${name} has more than ${NAME_MOST} characters`;
}
