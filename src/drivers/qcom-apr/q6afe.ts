// The DSP's service AFE: its ports to the hardware, and their clocks (Linux: qdsp6/q6afe.c).
//
// Differences from Linux:
// apr-L30  The answer to a vote is one word, the handle. 6.12 before April 2026 reads a status behind it.
// apr-L31  The answer to a devote is known as one. 6.12 logs `Unknown cmd 0x100f6`.
// apr-L32  A port that is started is not started again: EBUSY, without asking the DSP. 6.12 asks, and is refused.
import { type Duration, s } from '../../base/clock.js';
import { isErrno, passSysError } from '../../base/errno.js';
import { Mutex } from '../../core/mutex.js';
import type { AprDevice } from './apr-device.js';
import type { AprMessage } from './message.js';
import { payload, u16, u32, u8, type Field } from './q6-payload.js';
import type { Q6Ask, Q6Command } from './q6-command.js';
import { Q6Requests } from './q6-requests.js';
import { type AfeFormat, type AfeParam, type AfeSettings, afeConfig, afeSent } from './q6afe-config.js';
import { type AfePort, afePort, bitClockOf } from './q6afe-ports.js';

const LIMIT: Duration = s(1);
const SET_PARAM_V2: Q6Command = { name: 'PORT_SET_PARAM_V2', opcode: 0x100ef };
const SVC_SET_PARAM: Q6Command = { name: 'SVC_SET_PARAM', opcode: 0x100f3 };
const DEVICE_START: Q6Command = { name: 'DEVICE_START', opcode: 0x100e5 };
const DEVICE_STOP: Q6Command = { name: 'DEVICE_STOP', opcode: 0x100e6 };
const VOTE: Q6Command = { name: 'LPASS_HW_VOTE', opcode: 0x100f4 };
const DEVOTE: Q6Command = { name: 'LPASS_HW_DEVOTE', opcode: 0x100f6 };
const RSP_VOTE = 0x100f5;

const MODULE_CLOCK_SET = 0x1028f;
const PARAM_CLOCK_SET = 0x10290;
const MODULE_PORT = 0x1020c;
const PARAM_LPAIF_CLK = 0x10238;
const PARAM_DIG_CLK = 0x10239;
/** The token of what belongs to no port. */
const NO_PORT = 0x400;

/** A clock of the audio subsystem. */
export interface AfeClock {
  readonly id: number;
  /** Zero stops it. */
  readonly hz: number;
  /** 1 when left out: not coupled. */
  readonly attribute?: number;
  readonly root?: number;
}

/** A clock of old firmware, by port: bit and OSR clock together, or the digital one. */
export type AfeOldClock =
  | {
      readonly kind: 'lpaif';
      readonly hz1: number;
      readonly hz2: number;
      readonly source: number;
      readonly mode: 1 | 2;
    }
  | { readonly kind: 'digital'; readonly hz: number };

/** The service AFE. */
export class Q6Afe {
  readonly requests: Q6Requests;
  /** What the devicetree says of ports, by index. */
  readonly settings: Map<number, AfeSettings> = new Map();
  readonly #started = new Map<number, AfePort>();
  /** Clocks that run, by id. */
  readonly #clocks = new Map<number, { readonly clock: AfeClock; readonly port: AfePort | undefined }>();
  readonly #lock = new Mutex();

  constructor(adev: AprDevice) {
    this.requests = new Q6Requests(adev, 'AFE', LIMIT);
    adev.dev.scope.defer(() => this.#stopAll());
  }

  /** Takes a message of the service. */
  take(message: AprMessage): void {
    if (!this.requests.take(message)) this.requests.foreign(message);
  }

  /** A port by index or name. EINVAL: there is none. */
  port(which: number | string): AfePort {
    const found = afePort(which);
    if (found === undefined) throw this.requests.adev.dev.error('EINVAL', `there is no port ${which}`, 'AFE');
    return found;
  }

  /** Whether a port runs. */
  isStarted({ index }: AfePort): boolean {
    return this.#started.has(index);
  }

  /**
   * Configures a port and starts it (Linux: q6afe_port_start). EBUSY: it runs; EINVAL: it cannot have that format, or
   * the DSP refuses.
   */
  start(port: AfePort, format: AfeFormat, settings: AfeSettings = {}): Promise<void> {
    return this.#lock.run(async () => {
      const of = ofPort(port);
      if (this.#started.has(port.index)) throw this.requests.error('EBUSY', 'it runs', { command: DEVICE_START, of });
      const params = afeConfig(port, format, { ...this.settings.get(port.index), ...settings });
      if (typeof params === 'string')
        throw this.requests.error('EINVAL', `the port cannot have ${params}`, { command: SET_PARAM_V2, of });
      await this.requests.settle();
      for (const param of params) await this.setParam(port, afeSent(param));
      await this.#deviceStart(port);
    });
  }

  /** Stops a port (Linux: q6afe_port_stop). One that does not run stays as it is. */
  stop(port: AfePort): Promise<void> {
    return this.#lock.run(async () => {
      if (this.#started.delete(port.index)) await this.requests.close(deviceAsk(DEVICE_STOP, port));
    });
  }

  /** Sets one parameter of a port. */
  setParam(port: AfePort, param: AfeParam): Promise<void> {
    const { index, dspId } = port;
    const body = paramBlock(param);
    const data = payload([u16(dspId), u16(body.length), u32(0), u32(0), u32(0), ...bytesOf(body)]);
    return this.requests.request({ command: SET_PARAM_V2, of: ofPort(port), token: index, payload: data });
  }

  /** Sets a clock, for a port or for nobody in particular (Linux: q6afe_set_lpass_clock). */
  async setClock(clock: AfeClock, port?: AfePort): Promise<void> {
    if (clock.hz === 0) this.#clocks.delete(clock.id);
    await this.#setClock(clock, port);
    if (clock.hz !== 0) this.#clocks.set(clock.id, { clock, port });
  }

  #setClock(clock: AfeClock, port?: AfePort): Promise<void> {
    const { id, hz, attribute = 1, root = 0 } = clock;
    const data = payload([u32(1), u32(id), u32(hz), u16(attribute), u16(root), u32(hz === 0 ? 0 : 1)]);
    const body = paramBlock({ module: MODULE_CLOCK_SET, param: PARAM_CLOCK_SET, data });
    return this.requests.request({
      command: SVC_SET_PARAM,
      of: `clock 0x${id.toString(16)}`,
      token: port?.index ?? NO_PORT,
      payload: payload([u32(body.length), u32(0), u32(0), u32(0), ...bytesOf(body)]),
    });
  }

  /** Sets the bit clock that the DSP makes for a port, as machine drivers do; 0 Hz stops it. Others have none. */
  async setBitClock(port: AfePort, hz: number): Promise<void> {
    const id = bitClockOf(port);
    if (id !== undefined) await this.setClock({ id, hz }, port);
  }

  /** Sets a clock of old firmware, which knows no clock ids (Linux: q6afe_port_set_sysclk). */
  setOldClock(port: AfePort, clock: AfeOldClock): Promise<void> {
    const fields: readonly Field[] =
      clock.kind === 'digital'
        ? [u32(1), u32(clock.hz), u16(0), u16(0)]
        : [u32(1), u32(clock.hz1), u32(clock.hz2), u16(clock.source), u16(0), u16(clock.mode), u16(0)];
    const param = clock.kind === 'digital' ? PARAM_DIG_CLK : PARAM_LPAIF_CLK;
    return this.setParam(port, { module: MODULE_PORT, param, data: payload(fields) });
  }

  /** Keeps a block of the audio subsystem powered (Linux: q6afe_vote_lpass_core_hw). The answer is for `unvote`. */
  vote(block: number, name: string): Promise<number> {
    const letters = Array.from({ length: 8 }, (_, at) => u8(at < 7 ? name.charCodeAt(at) & 0xff : 0));
    const ask: Q6Ask = {
      ...{ command: VOTE, of: `block ${block}`, token: block },
      payload: payload([u32(block), ...letters]),
    };
    const read = (message: AprMessage): number => message.u32(0) as number;
    const late = (message: AprMessage): void => this.#undoVote(block, message.u32(0));
    return this.requests.query(ask, { opcode: RSP_VOTE, leastBytes: 4, read, late });
  }

  /** Takes a vote back (Linux: q6afe_unvote_lpass_core_hw). As in Linux nobody waits for the answer. */
  unvote(block: number, handle: number): void {
    this.requests.post(devoteAsk(block, handle));
  }

  async #deviceStart(port: AfePort): Promise<void> {
    try {
      await this.requests.request(deviceAsk(DEVICE_START, port));
    } catch (e) {
      if (isErrno(e, 'ETIMEDOUT') || isErrno(e, 'EPROTO')) this.requests.undo(deviceAsk(DEVICE_STOP, port));
      throw e;
    }
    this.#started.set(port.index, port);
  }

  /** The vote was given up, and is there after all. */
  #undoVote(block: number, handle: number | undefined): void {
    if (handle !== undefined) this.requests.undo(devoteAsk(block, handle));
  }

  async #stopAll(): Promise<void> {
    for (const port of [...this.#started.values()]) await this.stop(port).catch(passSysError);
    for (const { clock, port } of [...this.#clocks.values()])
      await this.setClock({ ...clock, hz: 0 }, port).catch(passSysError);
  }
}

function ofPort({ name }: AfePort): string {
  return `port ${name}`;
}

function deviceAsk(command: Q6Command, port: AfePort): Q6Ask {
  return { command, of: ofPort(port), token: port.index, payload: payload([u16(port.dspId), u16(0)]) };
}

function devoteAsk(block: number, handle: number): Q6Ask {
  return { command: DEVOTE, of: `block ${block}`, token: block, payload: payload([u32(block), u32(handle)]) };
}

function paramBlock({ module, param, data }: AfeParam): Uint8Array {
  return payload([u32(module), u32(param), u16(data.length), u16(0), ...bytesOf(data)]);
}

function bytesOf(data: Uint8Array): Field[] {
  return [...data].map(u8);
}
