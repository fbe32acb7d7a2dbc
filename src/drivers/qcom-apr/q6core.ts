// The DSP's service CORE: whether the DSP is ready, and which versions its services have (Linux: qdsp6/q6core.c).
//
// Differences from Linux:
// apr-L20  Ports and token are 0. In 6.12 they are whatever lay on the stack.
// apr-L21  Silence on FWK_VERSION leads to GET_VERSIONS, and is asked again. In 6.12 there are none from then on.
// apr-L22  Silence on GET_STATE is not readiness: it is asked again for three seconds. In 6.12 it counts as ready.
// apr-L23  A list of versions is read as far as it was received, whatever its count says. 6.12 trusts the count.
import { type Duration, ms, s } from '../../base/clock.js';
import { isErrno, SysError } from '../../base/errno.js';
import type { AprDevice } from './apr-device.js';
import type { AprMessage } from './message.js';
import type { Q6Command } from './q6-command.js';
import { Q6Requests } from './q6-requests.js';
import { dspStatus } from './q6-status.js';

const GET_STATE: Q6Command = { name: 'GET_STATE', opcode: 0x1290c };
const GET_VERSIONS: Q6Command = { name: 'GET_VERSIONS', opcode: 0x12905 };
const FWK_VERSION: Q6Command = { name: 'GET_FWK_VERSION', opcode: 0x1292c };
const RSP_STATE = 0x1290d;
const RSP_VERSIONS = 0x12906;
const RSP_FWK_VERSION = 0x1292d;

/** How long one answer may take. */
const LIMIT: Duration = ms(100);
/** How long the DSP may take to be ready. */
const READY: Duration = s(3);

/** What CORE says of a service. */
export interface Q6Api {
  readonly svc: number;
  /** Major number in the upper half, minor in the lower. */
  readonly version: number;
  /** Zero where the firmware does not tell. */
  readonly branch: number;
}

/** The service CORE. */
export class Q6Core {
  readonly requests: Q6Requests;
  #ready = false;
  /** It was asked for three seconds, and never answered. */
  #silent = false;
  #apis: readonly Q6Api[] | undefined;

  constructor(adev: AprDevice) {
    this.requests = new Q6Requests(adev, 'CORE', LIMIT);
  }

  /** Takes a message of the service. */
  take(message: AprMessage): void {
    if (!this.requests.take(message)) this.requests.foreign(message);
  }

  /** True for firmware that has been asked for three seconds and says nothing of its readiness. */
  get isSilent(): boolean {
    return this.#silent;
  }

  /**
   * Waits until the DSP is ready (Linux: q6core_is_adsp_ready). Firmware that does not know the question is. ETIMEDOUT:
   * it was not within three seconds; ECONNRESET: it died.
   */
  async waitReady(): Promise<void> {
    const { clock } = this.requests.adev.dev;
    const end = clock.now() + READY;
    let heard: string | undefined;
    while (!this.#ready) {
      const asked = clock.now();
      if (asked >= end) {
        this.#silent = heard === undefined;
        const why = `not ready after 3 s: ${heard ?? 'no answer'}`;
        throw this.requests.error('ETIMEDOUT', why, { command: GET_STATE });
      }
      heard = (await this.#askState()) ?? heard;
      if (!this.#ready) await this.requests.sleep(Math.max(0, asked + LIMIT - clock.now()));
    }
    this.#silent = false;
  }

  /** The version of a service (Linux: q6core_get_svc_api_info). ENOTSUPP: there is none of that number. */
  async svcApiInfo(svc: number): Promise<Q6Api> {
    this.#apis ??= await this.#askVersions();
    const api = this.#apis.find((one) => one.svc === svc);
    if (api === undefined)
      throw this.requests.error('ENOTSUPP', `service ${svc} is not there`, { command: FWK_VERSION });
    return api;
  }

  /** All that CORE told of. */
  async apis(): Promise<readonly Q6Api[]> {
    this.#apis ??= await this.#askVersions();
    return this.#apis;
  }

  /** What it said, in words; undefined for nothing. */
  async #askState(): Promise<string | undefined> {
    const reply = { opcode: RSP_STATE, leastBytes: 4, read: (message: AprMessage): number => message.u32(0) ?? 0 };
    try {
      const state = await this.requests.query({ command: GET_STATE }, reply);
      this.#ready = state !== 0;
      return `its state is ${state}`;
    } catch (e) {
      if (dspStatus(e) !== undefined) this.#ready = true;
      else if (!isErrno(e, 'ETIMEDOUT') && !isErrno(e, 'EPROTO')) throw e;
      return this.#ready ? 'it does not know the question' : undefined;
    }
  }

  async #askVersions(): Promise<readonly Q6Api[]> {
    try {
      const reply = { opcode: RSP_FWK_VERSION, leastBytes: 20, read: fwkVersions };
      return await this.requests.query({ command: FWK_VERSION }, reply);
    } catch (e) {
      if (dspStatus(e) === undefined && !isErrno(e, 'ETIMEDOUT') && !isErrno(e, 'EPROTO')) throw e;
    }
    try {
      const reply = { opcode: RSP_VERSIONS, leastBytes: 8, read: versions };
      return await this.requests.query({ command: GET_VERSIONS }, reply);
    } catch (e) {
      if (!(e instanceof SysError) || (dspStatus(e) === undefined && e.code !== 'ETIMEDOUT')) throw e;
      throw this.requests.adev.dev.error('ENOTSUPP', 'the firmware tells no versions', 'CORE', e);
    }
  }
}

/** Major, minor, branch and subbranch of the framework come first. */
function fwkVersions(message: AprMessage): readonly Q6Api[] {
  return Array.from({ length: rows(message, 16, 12) }, (_, row) => ({
    svc: message.u32(20 + 12 * row) ?? 0,
    version: message.u32(24 + 12 * row) ?? 0,
    branch: message.u32(28 + 12 * row) ?? 0,
  }));
}

/** The build's number comes first. */
function versions(message: AprMessage): readonly Q6Api[] {
  return Array.from({ length: rows(message, 4, 8) }, (_, row) => ({
    svc: message.u32(8 + 8 * row) ?? 0,
    version: message.u32(12 + 8 * row) ?? 0,
    branch: 0,
  }));
}

/** As many as the count at an offset says, and as were received. */
function rows(message: AprMessage, countAt: number, rowBytes: number): number {
  const fit = Math.floor((message.payloadSize - countAt - 4) / rowBytes);
  return Math.min(message.u32(countAt) ?? 0, fit);
}
