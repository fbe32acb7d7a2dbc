// The DSP's service ADM: what is done to sound between streams and ports (a COPP for each), and which stream goes where
// (Linux: qdsp6/q6adm.c).
//
// Differences from Linux:
// apr-L40  The status in the answer to an open counts, and COPP 0xff is EINVAL. 6.12 waits out its second on that.
// apr-L41  What was not opened is not closed. 6.12 closes COPP 0.
// apr-L42  A COPP is shared by those who want the same, and the last closes it. In 6.12 before October 2025 the first.
import { type Duration, s } from '../../base/clock.js';
import { passSysError } from '../../base/errno.js';
import { Mutex } from '../../core/mutex.js';
import type { AprDevice } from './apr-device.js';
import type { AprMessage } from './message.js';
import { channelMap, payload, u16, u32 } from './q6-payload.js';
import type { Q6Ask, Q6Command } from './q6-command.js';
import { Q6Requests } from './q6-requests.js';
import type { AfePort } from './q6afe-ports.js';
import type { AfeFormat } from './q6afe-config.js';

const LIMIT: Duration = s(1);
const DEVICE_OPEN_V5: Q6Command = { name: 'DEVICE_OPEN_V5', opcode: 0x10326 };
const MATRIX_MAP_V5: Q6Command = { name: 'MATRIX_MAP_ROUTINGS_V5', opcode: 0x10325 };
const DEVICE_CLOSE_V5: Q6Command = { name: 'DEVICE_CLOSE_V5', opcode: 0x10327 };
const RSP_DEVICE_OPEN_V5 = 0x10329;

/** Nothing is done to the sound. */
const NULL_TOPOLOGY = 0x10312;
const COPPS_OF_A_PORT = 8;
const NO_COPP = 0xff;

/** How a COPP is opened. */
export interface CoppSpec extends AfeFormat {
  readonly port: AfePort;
  /** Zero effects when left out. */
  readonly topology?: number;
}

/** An open COPP. */
export interface Copp {
  readonly spec: Required<CoppSpec>;
  /** 0 to 7 below its port: the driver's own number. */
  readonly index: number;
  /** The DSP's number for it. */
  readonly id: number;
  /** How many have it open. */
  readonly users: number;
}

/** The service ADM. */
export class Q6Adm {
  readonly requests: Q6Requests;
  readonly #copps: { -readonly [K in keyof Copp]: Copp[K] }[] = [];
  readonly #lock = new Mutex();

  constructor(adev: AprDevice) {
    this.requests = new Q6Requests(adev, 'ADM', LIMIT);
    adev.dev.scope.defer(() => this.#closeAll());
  }

  /** Those that are open. */
  get copps(): readonly Copp[] {
    return this.#copps;
  }

  /** Takes a message of the service. */
  take(message: AprMessage): void {
    if (!this.requests.take(message)) this.requests.foreign(message);
  }

  /** Opens a COPP at a port, or takes the one that is just so (Linux: q6adm_open). ENOSPC: the port has eight. */
  open(wanted: CoppSpec): Promise<Copp> {
    const spec = { topology: NULL_TOPOLOGY, ...wanted };
    return this.#lock.run(async () => {
      const same = this.#copps.find((copp) => isSame(copp.spec, spec));
      if (same !== undefined) {
        same.users++;
        return same;
      }
      const copp = { spec, index: this.#freeIndex(spec), id: NO_COPP, users: 1 };
      await this.requests.settle();
      copp.id = await this.#deviceOpen(spec, copp.index);
      this.#copps.push(copp);
      return copp;
    });
  }

  /** Lets go of a COPP; the last closes it (Linux: q6adm_close). */
  close(copp: Copp): Promise<void> {
    return this.#lock.run(async () => {
      const at = this.#copps.findIndex((one) => one === copp);
      const mine = this.#copps[at];
      if (mine === undefined || --mine.users > 0) return;
      this.#copps.splice(at, 1);
      await this.requests.close(closeAsk(copp.spec.port, copp.index, copp.id));
    });
  }

  /** Leads a session of ASM to COPPs, or them to it for capture (Linux: q6adm_matrix_map). */
  matrixMap(direction: AfePort['direction'], session: number, copps: readonly Copp[]): Promise<void> {
    const ids = copps.map(({ id }) => u16(id));
    const fields = [u32(direction === 'playback' ? 0 : 1), u32(1), u16(session), u16(ids.length), ...ids];
    const data = payload([...fields, ...ids.map(() => u16(0))]);
    return this.requests.request({ command: MATRIX_MAP_V5, of: `session ${session}`, payload: data });
  }

  #freeIndex({ port }: CoppSpec): number {
    const taken = new Set(this.#copps.filter(({ spec }) => spec.port === port).map(({ index }) => index));
    for (let index = 0; index < COPPS_OF_A_PORT; index++) if (!taken.has(index)) return index;
    throw this.requests.error('ENOSPC', `${COPPS_OF_A_PORT} are open`, {
      command: DEVICE_OPEN_V5,
      of: `port ${port.name}`,
    });
  }

  #deviceOpen(spec: Required<CoppSpec>, index: number): Promise<number> {
    const { port, topology, channels, bits, rate } = spec;
    const map = channelMap(channels);
    const ask: Q6Ask = {
      ...{ command: DEVICE_OPEN_V5, of: `port ${port.name}`, token: tokenOf(port, index) },
      ...{ srcPort: port.dspId, destPort: port.dspId },
      payload: payload([
        ...[u16(0), u16(port.direction === 'playback' ? 1 : 2), u16(port.dspId), u16(0)],
        ...[u32(topology), u16(channels), u16(bits), u32(rate), ...(map ?? [])],
      ]),
    };
    if (map === undefined) return Promise.reject(this.requests.error('EINVAL', `${channels} channels`, ask));
    const read = (message: AprMessage): number => this.#coppId(message, ask);
    const late = (message: AprMessage): void => this.#undoOpen(message, port, index);
    return this.requests.query(ask, { opcode: RSP_DEVICE_OPEN_V5, leastBytes: 8, read, late });
  }

  #coppId(message: AprMessage, ask: Q6Ask): number {
    const status = message.u32(0) as number;
    const id = message.u16(4) as number;
    if (status !== 0) throw this.requests.refused(ask, status);
    if (id === NO_COPP) throw this.requests.error('EINVAL', `invalid COPP ${id}`, ask);
    return id;
  }

  /** The open was given up, and is there after all. */
  #undoOpen(message: AprMessage, port: AfePort, index: number): void {
    const id = message.u16(4) ?? NO_COPP;
    if (message.u32(0) === 0 && id !== NO_COPP) this.requests.undo(closeAsk(port, index, id));
  }

  #closeAll(): Promise<void> {
    return this.#lock.run(async () => {
      for (const copp of this.#copps.splice(0))
        await this.requests.close(closeAsk(copp.spec.port, copp.index, copp.id)).catch(passSysError);
    });
  }
}

function isSame(a: Required<CoppSpec>, b: Required<CoppSpec>): boolean {
  if (a.port !== b.port || a.topology !== b.topology) return false;
  return a.rate === b.rate && a.bits === b.bits && a.channels === b.channels;
}

function tokenOf(port: AfePort, index: number): number {
  return (port.index << 16) | index;
}

function closeAsk(port: AfePort, index: number, id: number): Q6Ask {
  return {
    ...{ command: DEVICE_CLOSE_V5, of: `port ${port.name}`, token: tokenOf(port, index) },
    ...{ srcPort: port.index, destPort: id },
  };
}
