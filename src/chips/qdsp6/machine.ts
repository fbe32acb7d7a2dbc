// The firmware between two starts of the DSP: its services, what they share, and how a packet finds its service.
import type { Clock, Duration, Instant } from '../../base/clock.js';
import { hexNumber } from '../../base/bytes.js';
import type { DmaPort } from '../../bus/dma.js';
import { Adm, type Copp } from './adm.js';
import { Afe, type AfeReadings } from './afe.js';
import { Asm } from './asm.js';
import type { AudioInputs, AudioListener } from './audio.js';
import { coreService, type CoreReadings } from './core.js';
import { Engine } from './engine.js';
import type { PlacedFormat } from './format.js';
import { Request } from './packet.js';
import { basicResult, type Firmware, type Service } from './service.js';
import { STATUS } from './status.js';
import { type Variant, Variants } from './variants.js';
import { portMisfit, sessionMisfit } from './ways.js';
import type { Stream } from './stream.js';

/** How this firmware is. */
export interface Readings extends CoreReadings, AfeReadings {
  /** ADM_OPEN is answered with COPP 0xff. */
  readonly noCopp: boolean;
  /** The event of an end has no payload. */
  readonly emptyEnd: boolean;
  /** Microseconds of samples that are read before they are heard. */
  readonly aheadUs: number;
}

/** What the firmware runs on. */
export interface MachineParts {
  readonly clock: Clock;
  readonly dma: DmaPort;
  readonly readings: () => Readings;
  readonly variants: () => readonly Variant[];
  readonly listener: AudioListener | undefined;
  readonly inputs: AudioInputs | undefined;
  /** Sends a packet `late` later than usual; an event goes at once then. */
  send(bytes: Uint8Array, late: Duration): void;
  find(text: string): void;
}

/** The processor of the DSP in packets. */
const DOMAIN = 4;
const MAP_REGIONS = 0x0001_0d92;
const CORE = 3;
const US = 1_000;

/** A booted DSP with services of APR. */
export class Machine implements Firmware {
  readonly afe: Afe;
  readonly adm: Adm;
  readonly asm: Asm;
  readonly engine: Engine;
  readonly services: ReadonlyMap<number, Service>;
  readonly #parts: MachineParts;
  readonly #variants: Variants;
  readonly #request = new Request();
  #opcode = 0;
  #variant: Variant | undefined;
  booting = true;

  constructor(parts: MachineParts) {
    this.#parts = parts;
    this.#variants = new Variants(parts.variants);
    const { clock, dma, readings, listener, inputs } = parts;
    const changed = (): void => this.engine.changed();
    this.afe = new Afe({
      firmware: this,
      readings,
      changed,
      misfit: (port, format) => this.#onPort(port.info.id, format),
    });
    this.adm = new Adm({
      ...{ firmware: this, changed, noCopp: () => readings().noCopp },
      portMisfit: (copp) => this.#portMisfit(copp),
      sessionMisfit: (session, copp) => this.#sessionMisfit(session, copp),
    });
    this.asm = new Asm({
      ...{ firmware: this, changed, dma, emptyEnd: () => readings().emptyEnd },
      ahead: (rate) => Math.max(1, Math.ceil((readings().aheadUs * rate) / 1_000_000)),
      misfit: (session, format, plays) => this.#onWay(session, format, plays),
      closed: (session) => this.adm.forget(session),
    });
    const { afe, adm, asm } = this;
    this.engine = new Engine({ clock, afe, adm, listener, inputs, streams: () => asm.streams.values() });
    const services = [coreService(this, readings), afe.service, asm.service, adm.service];
    this.services = new Map(services.map((one) => [one.id, one]));
  }

  now(): Instant {
    return this.#parts.clock.now();
  }

  /** Takes a packet. What is no command for a service is dropped, with a finding. */
  receive(bytes: Uint8Array): void {
    const request = this.#request;
    const wrong = request.at(bytes) ?? this.#misled(request);
    if (wrong !== undefined) return this.find(`a packet is dropped: ${wrong}`);
    const service = this.services.get(request.destSvc) as Service;
    const { opcode } = request;
    this.#opcode = opcode;
    this.#variant = this.#variants.meet(opcode);
    if (this.#variant?.effect === 'silent') return;
    this.engine.catchUp();
    const status = this.#handle(service, request);
    if (status !== undefined) this.post(basicResult(request, opcode, status), opcode);
    this.#opcode = 0;
    this.engine.follow();
    if (status !== undefined && status !== STATUS.EOK) this.#tellRefused(service, opcode, status);
  }

  post(bytes: Uint8Array, command: number): void {
    const variant = command === this.#opcode ? this.#variant : this.#variants.meet(command);
    const { effect, value = 0 } = variant ?? {};
    if (effect === 'silent') return;
    const shaped = shape(bytes, effect, value);
    const late = this.engine.wait + (effect === 'late' ? value * US : 0);
    this.#parts.send(shaped, late);
    if (effect === 'twice') this.#parts.send(shaped, late);
  }

  find(text: string): void {
    this.#parts.find(text);
  }

  /** The DSP is no more. */
  stop(): void {
    this.engine.stop();
  }

  #handle(service: Service, request: Request): number | undefined {
    if (this.#variant?.effect === 'status') return this.#variant.value ?? STATUS.EFAILED;
    if (!this.booting || service.id === CORE) return service.handle(request);
    return request.opcode === MAP_REGIONS ? STATUS.EFAILED : STATUS.ENOTREADY;
  }

  #misled({ destDomain, destSvc }: Request): string | undefined {
    if (destDomain !== DOMAIN) return `it is for domain ${destDomain}`;
    return this.services.has(destSvc) ? undefined : `there is no service ${destSvc}`;
  }

  #tellRefused({ name, nameOf }: Service, opcode: number, status: number): void {
    const word = Object.entries(STATUS).find(([, value]) => value === status)?.[0] ?? hexNumber(status);
    this.find(`${name} refuses ${nameOf(opcode) ?? hexNumber(opcode)}: ${word}`);
  }

  /** What keeps COPPs that are open from a port with that format. */
  #onPort(id: number, format: Parameters<typeof portMisfit>[2]): string | undefined {
    const port = this.afe.ports.get(id);
    if (port === undefined) return undefined;
    return firstOf([...this.adm.copps.values()], (copp) =>
      copp.port.id === id ? portMisfit(copp, port, format) : undefined,
    );
  }

  /** What keeps a COPP from its port, if that has a format already. */
  #portMisfit(copp: Copp): string | undefined {
    const port = this.afe.ports.get(copp.port.id);
    return port === undefined ? undefined : portMisfit(copp, port, port.format);
  }

  #sessionMisfit(session: number, copp: Copp): string | undefined {
    return firstOf([...this.asm.streams.values()], (stream: Stream) => {
      const { format, play } = stream;
      const concerned = stream.session === session && (play !== undefined) === copp.plays;
      return concerned && format !== undefined ? sessionMisfit(`session ${session}`, format, copp) : undefined;
    });
  }

  #onWay(session: number, format: PlacedFormat, plays: boolean): string | undefined {
    const copps = (plays ? this.adm.playback : this.adm.record).get(session) ?? [];
    return firstOf(copps, (copp) => sessionMisfit(`session ${session}`, format, copp) ?? this.#portMisfit(copp));
  }
}

function firstOf<T>(all: readonly T[], wrong: (one: T) => string | undefined): string | undefined {
  for (const one of all) {
    const why = wrong(one);
    if (why !== undefined) return why;
  }
  return undefined;
}

const HEADER = 20;

/** A packet that is too short, or has a token of its own. */
function shape(bytes: Uint8Array, effect: Variant['effect'] | undefined, value: number): Uint8Array {
  if (effect !== 'short' && effect !== 'token') return bytes;
  const shaped = effect === 'short' ? bytes.slice(0, Math.min(bytes.length, HEADER + value)) : bytes.slice();
  const data = new DataView(shaped.buffer);
  if (effect === 'short') data.setUint16(2, shaped.length, true);
  else data.setUint32(12, (data.getUint32(12, true) ^ value) >>> 0, true);
  return shaped;
}
