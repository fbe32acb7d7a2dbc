// Service ASM: streams of samples between memory and ports, and the memory that they use.
import { hexNumber } from '../../base/bytes.js';
import { BufferCommands } from './asm-buffers.js';
import { mediaFormat, encoderFormat } from './asm-formats.js';
import { CaptureStream } from './capture-stream.js';
import type { PlacedFormat } from './format.js';
import { packet, type Request } from './packet.js';
import { PlayStream } from './play-stream.js';
import { Regions } from './regions.js';
import { basicResult, commands, type Outcome, type Service, service } from './service.js';
import { STATUS, type Status } from './status.js';
import type { AsmParts, Stream } from './stream.js';

const SERVICE_ID = 7;
const PCM = 0x0001_0da5;
const NO_TOPOLOGY = 0x0001_0c68;
const MAP_ANSWER = 0x0001_0d93;
const SESSIONS = 8;
const STREAMS = 2;
/** Bit 31 of the open flags, without which nothing changes before a second stream; nothing else may be set. */
const GAPLESS = 0x8000_0000;
const OPCODE = { write: 0x0001_0dab, read: 0x0001_0dac, end: 0x0001_0bdb } as const;

/** Streams and memory. */
export class Asm {
  readonly streams: Map<number, Stream> = new Map();
  readonly regions: Regions = new Regions();
  readonly parts: AsmParts;
  readonly service: Service;
  readonly buffers: BufferCommands;

  constructor(parts: AsmParts) {
    this.parts = parts;
    this.buffers = new BufferCommands(parts, this.regions);
    this.service = service<Asm>(SERVICE_ID, 'ASM', this, COMMANDS);
  }

  map(request: Request): Outcome {
    const mapping = this.regions.map(request);
    if (typeof mapping === 'number') return mapping;
    this.parts.firmware.post(packet('response', request, MAP_ANSWER, [mapping.handle]), request.opcode);
    return undefined;
  }

  unmap(request: Request): Outcome {
    const status = this.regions.unmap(request.u32(0));
    const handle = hexNumber(request.u32(0));
    if (status === STATUS.EBUSY) this.parts.firmware.find(`memory ${handle} is unmapped while buffers wait in it`);
    return status;
  }

  openWrite(request: Request): Outcome {
    const flags = request.u32(0);
    if (flags !== 0 && flags !== GAPLESS) return STATUS.EBADPARAM;
    if (request.u16(4) !== 0) return STATUS.EBADPARAM;
    return this.#open(request, request.u16(6), request.u32(8), request.u32(12), true);
  }

  openRead(request: Request): Outcome {
    if (request.u32(0) !== 0 || request.u32(4) !== 0) return STATUS.EBADPARAM;
    return this.#open(request, request.u16(16), request.u32(8), request.u32(12), false);
  }

  mediaFormat(stream: Stream, request: Request): Outcome {
    return this.#setFormat(stream, stream.play === undefined ? STATUS.EBADPARAM : mediaFormat(request));
  }

  encoderFormat(stream: Stream, request: Request): Outcome {
    return this.#setFormat(stream, stream.capture === undefined ? STATUS.EBADPARAM : encoderFormat(request));
  }

  run(stream: Stream, request: Request): Outcome {
    const { session, format, play } = stream;
    if (request.u32(0) !== 0) return STATUS.EUNSUPPORTED;
    if (format === undefined) return STATUS.ENOTREADY;
    if (stream.running) return STATUS.EALREADY;
    const why = this.parts.misfit(session, format, play !== undefined);
    if (why !== undefined) return this.#refuse(why);
    this.#stand(stream, 'running');
    play?.fill();
    return STATUS.EOK;
  }

  /** PAUSE and SUSPEND. */
  halt(stream: Stream, state: string): Outcome {
    if (stream.state === 'open') return STATUS.EUNEXPECTED;
    this.#stand(stream, state);
    return STATUS.EOK;
  }

  /** Buffers go back unheard; the end that was said has then come. */
  flush({ play, capture }: Stream): Outcome {
    this.buffers.giveBack(play, capture);
    return STATUS.EOK;
  }

  close(stream: Stream, request: Request): Outcome {
    const { session, play, capture } = stream;
    const { firmware, changed, closed } = this.parts;
    const unheard = play?.filled ?? 0;
    if (unheard > 0) firmware.find(`session ${session} is closed with ${unheard} frames read and not heard`);
    const dropped = [...(play?.drop() ?? []), ...(capture?.drop() ?? [])];
    this.streams.delete(keyOf(session, stream.id));
    if (![...this.streams.values()].some((other) => other.session === session)) closed(session);
    changed();
    firmware.post(basicResult(request, request.opcode, STATUS.EOK), request.opcode);
    // What still waited is answered behind that, as real boards do (Linux: "not expecting rsp").
    for (const one of dropped) {
      const opcode = 'kind' in one ? (one.kind === 'end' ? OPCODE.end : OPCODE.write) : OPCODE.read;
      firmware.post(basicResult(one.to, opcode, STATUS.EABORTED), opcode);
    }
    return undefined;
  }

  #open(request: Request, bits: number, topology: number, format: number, plays: boolean): Outcome {
    const session = request.destPort >> 8;
    const id = request.destPort & 0xff;
    if (session < 1 || session > SESSIONS || id < 1 || id > STREAMS) return STATUS.EBADPARAM;
    if (format !== PCM || topology !== NO_TOPOLOGY) return STATUS.EUNSUPPORTED;
    if (bits !== 16 && bits !== 24 && bits !== 32) return STATUS.EBADPARAM;
    const key = keyOf(session, id);
    if (this.streams.has(key)) return STATUS.EALREADY;
    if ([...this.streams.values()].some((other) => other.session === session)) return STATUS.EUNSUPPORTED;
    const { dma } = this.parts;
    this.streams.set(key, {
      ...{ session, id, bits, format: undefined, running: false, state: 'open' },
      play: plays ? new PlayStream(dma, this.buffers) : undefined,
      capture: plays ? undefined : new CaptureStream(dma, (buffer) => this.buffers.captured(buffer)),
    });
    return STATUS.EOK;
  }

  #setFormat(stream: Stream, format: PlacedFormat | Status): Status {
    if (typeof format === 'number') return format;
    if (format.bits !== stream.bits) return STATUS.EBADPARAM;
    const { session, play, capture } = stream;
    if ((play?.empty ?? capture?.queued === 0) === false) return STATUS.EBUSY;
    const why = this.parts.misfit(session, format, play !== undefined);
    if (why !== undefined) return this.#refuse(why);
    stream.format = format;
    play?.setFormat(format, this.parts.ahead(format.rate));
    capture?.setFormat(format);
    this.parts.changed();
    return STATUS.EOK;
  }

  #stand(stream: Stream, state: string): void {
    stream.state = state;
    stream.running = state === 'running';
    this.parts.changed();
  }

  #refuse(why: string): Status {
    this.parts.firmware.find(why);
    return STATUS.EUNSUPPORTED;
  }
}

function keyOf(session: number, id: number): number {
  return (session << 8) | id;
}

/** A command to the stream that the port names: EFAILED where none is open, as the DSP answers a CLOSE of nothing. */
const toStream =
  (run: (asm: Asm, stream: Stream, request: Request) => Outcome) =>
  (asm: Asm, request: Request): Outcome => {
    const stream = asm.streams.get(request.destPort);
    return stream === undefined ? STATUS.EFAILED : run(asm, stream, request);
  };

/** Drops samples at an end of the stream, which the model does not do. */
const silence = toStream((_, __, request) => (request.u32(0) === 0 ? STATUS.EOK : STATUS.EUNSUPPORTED));

const COMMANDS = commands<Asm>([
  [0x0001_0d92, { name: 'ASM_CMD_SHARED_MEM_MAP_REGIONS', least: 20, run: (asm, request) => asm.map(request) }],
  [0x0001_0d94, { name: 'ASM_CMD_SHARED_MEM_UNMAP_REGIONS', least: 4, run: (asm, request) => asm.unmap(request) }],
  [0x0001_0db3, { name: 'ASM_STREAM_CMD_OPEN_WRITE_V3', least: 16, run: (asm, request) => asm.openWrite(request) }],
  [0x0001_0db4, { name: 'ASM_STREAM_CMD_OPEN_READ_V3', least: 20, run: (asm, request) => asm.openRead(request) }],
  [
    0x0001_0d98,
    { name: 'ASM_DATA_CMD_MEDIA_FMT_UPDATE_V2', least: 24, run: toStream((asm, s, r) => asm.mediaFormat(s, r)) },
  ],
  [
    0x0001_0c10,
    { name: 'ASM_STREAM_CMD_SET_ENCDEC_PARAM', least: 36, run: toStream((asm, s, r) => asm.encoderFormat(s, r)) },
  ],
  [0x0001_0daa, { name: 'ASM_SESSION_CMD_RUN_V2', least: 12, run: toStream((asm, s, r) => asm.run(s, r)) }],
  [OPCODE.write, { name: 'ASM_DATA_CMD_WRITE_V2', least: 32, run: toStream((asm, s, r) => asm.buffers.write(s, r)) }],
  [OPCODE.read, { name: 'ASM_DATA_CMD_READ_V2', least: 20, run: toStream((asm, s, r) => asm.buffers.read(s, r)) }],
  [OPCODE.end, { name: 'ASM_DATA_CMD_EOS', least: 0, run: toStream((asm, s, r) => asm.buffers.end(s, r)) }],
  [0x0001_0bd3, { name: 'ASM_SESSION_CMD_PAUSE', least: 0, run: toStream((asm, s) => asm.halt(s, 'paused')) }],
  [0x0001_0dec, { name: 'ASM_SESSION_CMD_SUSPEND', least: 0, run: toStream((asm, s) => asm.halt(s, 'suspended')) }],
  [0x0001_0bce, { name: 'ASM_STREAM_CMD_FLUSH', least: 0, run: toStream((asm, s) => asm.flush(s)) }],
  [0x0001_0c09, { name: 'ASM_STREAM_CMD_FLUSH_READBUFS', least: 0, run: toStream((asm, s) => asm.flush(s)) }],
  [0x0001_0bcd, { name: 'ASM_STREAM_CMD_CLOSE', least: 0, run: toStream((asm, s, r) => asm.close(s, r)) }],
  [0x0001_0d67, { name: 'ASM_DATA_CMD_REMOVE_INITIAL_SILENCE', least: 4, run: silence }],
  [0x0001_0d68, { name: 'ASM_DATA_CMD_REMOVE_TRAILING_SILENCE', least: 4, run: silence }],
]);
