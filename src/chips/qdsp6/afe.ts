// Service AFE: hardware ports, their clocks, votes for the power of the audio block.
import type { AudioFormat } from './format.js';
import { packet, type Request } from './packet.js';
import { CONFIGS, formatOf, type Layout, type Parameter, type PortInfo, PORTS } from './ports.js';
import { commands, type Firmware, type Outcome, type Service, service } from './service.js';
import { STATUS, type Status } from './status.js';

/** A port that somebody has configured. */
export interface Port {
  readonly info: PortInfo;
  /** As configured last; it counts from the next start on. */
  format: AudioFormat;
  started: boolean;
}

/** Firmware variants of AFE. */
export interface AfeReadings {
  /** Words behind the client handle in the answer to a vote: 1 adds the status that Linux once read there. */
  readonly voteStatusWord: boolean;
  readonly devoteAnswered: boolean;
  /** A port whose bit clock nobody has switched on does not answer its start. */
  readonly clocksNeeded: boolean;
}

/** Parts of the firmware that AFE talks to. */
export interface AfeParts {
  readonly firmware: Firmware;
  readonly readings: () => AfeReadings;
  /** A COPP on the port does not go with the format, in words. */
  misfit(port: Port, format: AudioFormat): string | undefined;
  /** Ports were started or stopped. */
  changed(): void;
}

const SERVICE_ID = 4;
const MODULE = { device: 0x0001_020c, tdm: 0x0001_028a, clockSet: 0x0001_028f } as const;
const PARAM = { bitClock: 0x0001_0238, digitalClock: 0x0001_0239, clockSet: 0x0001_0290, slots: 0x0001_0297 } as const;
const VOTE_ANSWER = 0x0001_00f5;
const BLOCK_HEAD = 12;
const HEAD = 16;

/** Ranges of clock ids, first and last. */
const CLOCKS: readonly (readonly [first: number, last: number])[] = [
  [0x100, 0x116],
  [0x200, 0x20a],
  [0x300, 0x306],
  [0x309, 0x310],
];
/** What may be voted for: AVTIMER, HW_MACRO, DCODEC. */
const VOTE_BLOCKS = new Set([2, 3, 4]);
/** First handle of a vote, as recorded from a stand-in: anything but 0. */
const FIRST_VOTE = 0x55;
const MOST_VOTES = 256;

/** Ports, clocks and votes. */
export class Afe {
  readonly ports: Map<number, Port> = new Map();
  /** Rates of clocks that are on, by id. */
  readonly clocks: Map<number, number> = new Map();
  /** Blocks by handle of a vote. */
  readonly votes: Map<number, number> = new Map();
  readonly service: Service;
  readonly #parts: AfeParts;
  #nextVote = FIRST_VOTE;

  constructor(parts: AfeParts) {
    this.#parts = parts;
    this.service = service<Afe>(SERVICE_ID, 'AFE', this, COMMANDS);
  }

  /** SET_PARAM_V2: the port, then one block. */
  portParam(request: Request): Outcome {
    const info = PORTS.get(request.u16(0));
    const inBand = request.u32(4) === 0 && request.u32(8) === 0 && request.u32(12) === 0;
    const size = request.u16(2);
    if (info === undefined || !inBand || size + HEAD !== request.length) return STATUS.EBADPARAM;
    return withBlock(request, (module, param, block, bytes) => {
      const layout = module === MODULE.device ? CONFIGS.get(param) : undefined;
      if (layout !== undefined) return this.#configure(info, layout, block, bytes);
      if (module === MODULE.tdm && param === PARAM.slots) return slotMapping(info, block, bytes);
      if (module === MODULE.device && param === PARAM.bitClock) return oldClock(block, bytes, 20);
      if (module === MODULE.device && param === PARAM.digitalClock) return oldClock(block, bytes, 12);
      return STATUS.EUNSUPPORTED;
    });
  }

  /** AFE_SVC_CMD_SET_PARAM: clocks that belong to no port. */
  serviceParam(request: Request): Outcome {
    if (request.u32(0) + HEAD !== request.length) return STATUS.EBADPARAM;
    return withBlock(request, (module, param, block, bytes) => {
      if (module !== MODULE.clockSet || param !== PARAM.clockSet) return STATUS.EUNSUPPORTED;
      if (bytes < 20 || block.u32(0) !== 1) return STATUS.EBADPARAM;
      return this.#setClock(block.u32(4), block.u32(8), block.u32(16));
    });
  }

  start(request: Request): Outcome {
    const port = this.ports.get(request.u16(0));
    const { firmware, readings, misfit, changed } = this.#parts;
    if (port === undefined) {
      firmware.find(`port ${hexId(request.u16(0))} is started before it has a configuration`);
      return STATUS.EBADPARAM;
    }
    if (port.started) return STATUS.EALREADY;
    const why = misfit(port, port.format);
    if (why !== undefined) {
      firmware.find(why);
      return STATUS.EUNSUPPORTED;
    }
    if (readings().clocksNeeded && !this.#hasClock(port.info)) {
      firmware.find(`${port.info.name} is started while its bit clock is off: it does not answer`);
      return undefined;
    }
    port.started = true;
    changed();
    return STATUS.EOK;
  }

  stop(request: Request): Outcome {
    const port = this.ports.get(request.u16(0));
    if (port === undefined) return STATUS.EBADPARAM;
    if (!port.started) return STATUS.EALREADY;
    port.started = false;
    this.#parts.changed();
    return STATUS.EOK;
  }

  vote(request: Request): Outcome {
    const block = request.u32(0);
    if (!VOTE_BLOCKS.has(block)) return STATUS.EBADPARAM;
    if (this.votes.size === MOST_VOTES) return STATUS.ENORESOURCE;
    const handle = this.#nextVote++;
    this.votes.set(handle, block);
    const words = this.#parts.readings().voteStatusWord ? [handle, STATUS.EOK] : [handle];
    this.#parts.firmware.post(packet('response', request, VOTE_ANSWER, words), request.opcode);
    return undefined;
  }

  devote(request: Request): Outcome {
    const handle = request.u32(4);
    const known = this.votes.get(handle) === request.u32(0);
    if (known) this.votes.delete(handle);
    else this.#parts.firmware.find(`vote ${hexId(handle)} is taken back, which nobody holds`);
    if (!this.#parts.readings().devoteAnswered) return undefined;
    return known ? STATUS.EOK : STATUS.EFAILED;
  }

  #configure(info: PortInfo, layout: Layout, block: Parameter, bytes: number): Status {
    if (layout.kind !== info.kind || bytes < layout.bytes) return STATUS.EBADPARAM;
    const format = formatOf(layout, block);
    if (format === undefined) return STATUS.EBADPARAM;
    const port = this.ports.get(info.id);
    if (port === undefined) this.ports.set(info.id, { info, format, started: false });
    else if (port.started) this.#whileStarted(port, format);
    else port.format = format;
    return STATUS.EOK;
  }

  /** Accepted; the start that follows is what fails. */
  #whileStarted({ info, format: now }: Port, format: AudioFormat): void {
    const same = now.rate === format.rate && now.bits === format.bits && now.channels === format.channels;
    if (!same) this.#parts.firmware.find(`${info.name} gets another format while it is started: it keeps the first`);
  }

  #setClock(id: number, hz: number, enable: number): Status {
    if (!CLOCKS.some(([first, last]) => id >= first && id <= last)) return STATUS.EBADPARAM;
    if (enable > 1 || (enable === 1 && hz === 0)) return STATUS.EBADPARAM;
    if (enable === 1) this.clocks.set(id, hz);
    else this.clocks.delete(id);
    return STATUS.EOK;
  }

  /** MI2S has two clocks a pair of ports, from 0x100 on; quinary's stand behind the speaker's. */
  #hasClock({ kind, id }: PortInfo): boolean {
    if (kind !== 'i2s') return this.clocks.size > 0;
    const first = id >= 0x1016 ? 0x10b : 0x100 + (id & 0xe);
    return this.clocks.has(first) || this.clocks.has(first + 1);
  }
}

const COMMANDS = commands<Afe>([
  [0x0001_00ef, { name: 'AFE_PORT_CMD_SET_PARAM_V2', least: 28, run: (afe, request) => afe.portParam(request) }],
  [0x0001_00f3, { name: 'AFE_SVC_CMD_SET_PARAM', least: 28, run: (afe, request) => afe.serviceParam(request) }],
  [0x0001_00e5, { name: 'AFE_PORT_CMD_DEVICE_START', least: 4, run: (afe, request) => afe.start(request) }],
  [0x0001_00e6, { name: 'AFE_PORT_CMD_DEVICE_STOP', least: 4, run: (afe, request) => afe.stop(request) }],
  [0x0001_00f4, { name: 'AFE_CMD_REMOTE_LPASS_CORE_HW_VOTE', least: 12, run: (afe, request) => afe.vote(request) }],
  [0x0001_00f6, { name: 'AFE_CMD_REMOTE_LPASS_CORE_HW_DEVOTE', least: 8, run: (afe, request) => afe.devote(request) }],
]);

/** One parameter block behind 16 bytes: module, parameter, size. */
function withBlock(
  request: Request,
  take: (module: number, param: number, block: Parameter, bytes: number) => Status,
): Status {
  const bytes = request.u16(HEAD + 8);
  if (HEAD + BLOCK_HEAD + bytes > request.length || bytes < 4) return STATUS.EBADPARAM;
  const start = HEAD + BLOCK_HEAD;
  const block: Parameter = {
    u8: (offset) => request.u8(start + offset),
    u16: (offset) => request.u16(start + offset),
    u32: (offset) => request.u32(start + offset),
  };
  return take(request.u32(HEAD), request.u32(HEAD + 4), block, bytes);
}

function slotMapping({ kind }: PortInfo, block: Parameter, bytes: number): Status {
  const fits = kind === 'tdm' && bytes >= 28 && block.u32(0) === 1 && block.u16(4) >= 1 && block.u16(4) <= 8;
  return fits ? STATUS.EOK : STATUS.EBADPARAM;
}

function oldClock(block: Parameter, bytes: number, least: number): Status {
  return bytes >= least && block.u32(0) === 1 ? STATUS.EOK : STATUS.EBADPARAM;
}

function hexId(id: number): string {
  return `0x${id.toString(16)}`;
}
