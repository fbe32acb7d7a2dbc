// Service ADM: COPPs, each a way of samples to or from a port, and the matrix that joins streams with them.
import { hexNumber } from '../../base/bytes.js';
import { arePositions, isFormat, type PlacedFormat } from './format.js';
import { packet, type Request } from './packet.js';
import { type PortInfo, PORTS } from './ports.js';
import { commands, type Firmware, type Outcome, type Service, service } from './service.js';
import { STATUS, type Status } from './status.js';

/** A COPP that is open. */
export interface Copp {
  readonly id: number;
  readonly port: PortInfo;
  /** To the port; otherwise from it. */
  readonly plays: boolean;
  readonly format: PlacedFormat;
}

/** Parts of the firmware that ADM talks to. */
export interface AdmParts {
  readonly firmware: Firmware;
  /** An answer without a COPP: a firmware variant. */
  readonly noCopp: () => boolean;
  /** What keeps a COPP from its port, in words. */
  portMisfit(copp: Copp): string | undefined;
  /** What keeps a session from a COPP, in words. */
  sessionMisfit(session: number, copp: Copp): string | undefined;
  /** Ways have changed. */
  changed(): void;
}

const SERVICE_ID = 8;
const OPEN_ANSWER = 0x0001_0329;
/** The topology that changes nothing; the model has no other. */
const NULL_TOPOLOGY = 0x0001_0312;
const NO_COPP = 0xff;
/** Ids count from 1: after an open that failed drivers close COPP 0. */
const FIRST_COPP = 1;
const MOST_COPPS = 64;
const MOST_SESSIONS = 8;

/** COPPs and the matrix. */
export class Adm {
  readonly copps: Map<number, Copp> = new Map();
  /** COPPs of a session, by session: to ports, and from ports. */
  readonly playback: Map<number, readonly Copp[]> = new Map();
  readonly record: Map<number, readonly Copp[]> = new Map();
  readonly service: Service;
  readonly #parts: AdmParts;

  constructor(parts: AdmParts) {
    this.#parts = parts;
    this.service = service<Adm>(SERVICE_ID, 'ADM', this, COMMANDS);
  }

  open(request: Request): Outcome {
    const { firmware, noCopp, portMisfit } = this.#parts;
    const port = PORTS.get(request.u16(4));
    const channels = request.u16(12);
    const positions = Array.from({ length: Math.min(channels, 8) }, (_, index) => request.u8(20 + index));
    const format = { channels, bits: request.u16(14), rate: request.u32(16), positions };
    const plays = request.u16(2) === 1;
    const right = request.u16(0) === 0 && (plays || request.u16(2) === 2) && request.destPort === request.u16(4);
    if (!right || port?.plays !== plays || !isFormat(format) || !arePositions(positions)) return STATUS.EBADPARAM;
    if (request.u32(8) !== NULL_TOPOLOGY) return STATUS.EUNSUPPORTED;
    const id = this.#freeId();
    if (id === undefined) return STATUS.ENORESOURCE;
    const copp = { id, port, plays, format };
    const why = portMisfit(copp);
    if (why !== undefined) return this.#refuse(why);
    if (!noCopp()) this.copps.set(id, copp);
    const words = [STATUS.EOK, noCopp() ? NO_COPP : id];
    firmware.post(packet('response', request, OPEN_ANSWER, words), request.opcode);
    return undefined;
  }

  close(request: Request): Outcome {
    const copp = this.copps.get(request.destPort);
    if (copp === undefined) return STATUS.EBADPARAM;
    const routed = [...this.playback, ...this.record].filter(([, copps]) => copps.includes(copp));
    this.copps.delete(copp.id);
    for (const ways of [this.playback, this.record]) {
      for (const [session, copps] of ways)
        ways.set(
          session,
          copps.filter((one) => one !== copp),
        );
    }
    if (routed.length > 0)
      this.#parts.firmware.find(`COPP ${copp.id} is closed while session ${routed[0]?.[0]} uses it`);
    this.#parts.changed();
    return STATUS.EOK;
  }

  /** Checks all of it, then does all of it. */
  map(request: Request): Outcome {
    const matrix = request.u32(0);
    const count = request.u32(4);
    if (matrix > 1 || count === 0 || count > MOST_SESSIONS) return STATUS.EBADPARAM;
    const found: [session: number, copps: Copp[]][] = [];
    let at = 8;
    for (let i = 0; i < count; i++) {
      if (at + 4 > request.length) return STATUS.EBADPARAM;
      const session = request.u16(at);
      const copps = request.u16(at + 2);
      if (at + 4 + 2 * copps > request.length) return STATUS.EBADPARAM;
      const ids = Array.from({ length: copps }, (_, index) => request.u16(at + 4 + 2 * index));
      const ways = this.#ways(session, ids, matrix === 0);
      if (typeof ways === 'number') return ways;
      found.push([session, ways]);
      at += 4 + 4 * Math.ceil(copps / 2);
    }
    for (const [session, copps] of found) (matrix === 0 ? this.playback : this.record).set(session, copps);
    this.#parts.changed();
    return STATUS.EOK;
  }

  /** A session is over. */
  forget(session: number): void {
    this.playback.delete(session);
    this.record.delete(session);
  }

  #ways(session: number, ids: readonly number[], plays: boolean): Copp[] | Status {
    if (session < 1 || session > MOST_SESSIONS || new Set(ids).size !== ids.length) return STATUS.EBADPARAM;
    const copps: Copp[] = [];
    for (const id of ids) {
      const copp = this.copps.get(id);
      if (copp?.plays !== plays) {
        this.#parts.firmware.find(`session ${session} is led to COPP ${hexNumber(id)}, which there is not`);
        return STATUS.EBADPARAM;
      }
      const why = this.#parts.sessionMisfit(session, copp);
      if (why !== undefined) return this.#refuse(why);
      copps.push(copp);
    }
    return copps;
  }

  #refuse(why: string): Status {
    this.#parts.firmware.find(why);
    return STATUS.EUNSUPPORTED;
  }

  #freeId(): number | undefined {
    for (let id = FIRST_COPP; id < FIRST_COPP + MOST_COPPS; id++) if (!this.copps.has(id)) return id;
    return undefined;
  }
}

const COMMANDS = commands<Adm>([
  [0x0001_0326, { name: 'ADM_CMD_DEVICE_OPEN_V5', least: 28, run: (adm, request) => adm.open(request) }],
  [0x0001_0325, { name: 'ADM_CMD_MATRIX_MAP_ROUTINGS_V5', least: 8, run: (adm, request) => adm.map(request) }],
  [0x0001_0327, { name: 'ADM_CMD_DEVICE_CLOSE_V5', least: 0, run: (adm, request) => adm.close(request) }],
]);
