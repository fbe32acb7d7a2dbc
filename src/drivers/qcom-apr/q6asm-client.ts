// One session of ASM with its stream and its memory (Linux: struct audio_client of qdsp6/q6asm.c).
import { assert } from '../../base/assert.js';
import { type Duration, s } from '../../base/clock.js';
import { isErrno, passSysError, type SysError } from '../../base/errno.js';
import type { AprMessage } from './message.js';
import { channelMap, type Field, payload, u16, u32 } from './q6-payload.js';
import type { Q6Ask, Q6Command } from './q6-command.js';
import type { Q6Requests } from './q6-requests.js';
import type { AfeFormat } from './q6afe-config.js';

/** How long the DSP may take for a command. */
export const ASM_LIMIT: Duration = s(5);

const COMMANDS = {
  MAP: { name: 'SHARED_MEM_MAP_REGIONS', opcode: 0x10d92 },
  UNMAP: { name: 'SHARED_MEM_UNMAP_REGIONS', opcode: 0x10d94 },
  OPEN_WRITE: { name: 'OPEN_WRITE_V3', opcode: 0x10db3 },
  OPEN_READ: { name: 'OPEN_READ_V3', opcode: 0x10db4 },
  MEDIA_FMT: { name: 'MEDIA_FMT_UPDATE_V2', opcode: 0x10d98 },
  ENCDEC: { name: 'SET_ENCDEC_PARAM', opcode: 0x10c10 },
  RUN: { name: 'RUN_V2', opcode: 0x10daa },
  WRITE: { name: 'WRITE_V2', opcode: 0x10dab },
  READ: { name: 'READ_V2', opcode: 0x10dac },
  EOS: { name: 'EOS', opcode: 0x10bdb },
  PAUSE: { name: 'PAUSE', opcode: 0x10bd3 },
  SUSPEND: { name: 'SUSPEND', opcode: 0x10dec },
  FLUSH: { name: 'FLUSH', opcode: 0x10bce },
  FLUSH_READBUFS: { name: 'FLUSH_READBUFS', opcode: 0x10c09 },
  CLOSE: { name: 'CLOSE', opcode: 0x10bcd },
  INITIAL_SILENCE: { name: 'REMOVE_INITIAL_SILENCE', opcode: 0x10d67 },
  TRAILING_SILENCE: { name: 'REMOVE_TRAILING_SILENCE', opcode: 0x10d68 },
} as const satisfies Record<string, Q6Command>;

const RSP_MAP = 0x10d93;
const WRITE_DONE = 0x10d99;
const READ_DONE = 0x10d9a;
const EOS_RENDERED = 0x10c1c;

/** Formats of streams, as the DSP numbers them. */
export const ASM_FORMAT = {
  PCM: 0x10da5,
  MP3: 0x10be9,
  FLAC: 0x10c16,
  WMA9: 0x10da8,
  WMA10: 0x10da7,
  ALAC: 0x12f31,
  APE: 0x12f32,
} as const;

/** Bytes of the format blocks of compressed streams, the word of their size included; MP3 has none. */
const FORMAT_BLOCKS = { FLAC: 44, WMA9: 28, WMA10: 32, ALAC: 32, APE: 36 } as const;

const TOPOLOGY = 0x10c68;
const STREAM = 1;
const PAGE = 4096;
const POOL = 3;
const ENCDEC_PARAM = 0x10da3;

/** A stretch of memory for a stream: periods one behind the other. */
export interface AsmRegion {
  /** Where the DSP finds it. */
  readonly iova: number;
  readonly periodBytes: number;
  readonly periods: number;
}

/** What a stream tells: a buffer is through, or nothing more will come. */
export type AsmEvent =
  | { readonly kind: 'done'; readonly index: number; readonly bytes: number }
  | { readonly kind: 'failed'; readonly error: SysError };

/** What a session has of its service. */
export interface AsmPlace {
  readonly sid: number;
  /** The session is free again. */
  readonly free: () => void;
}

/** Memory that the DSP has mapped, and which buffers of it it has. */
interface Mapped extends AsmRegion {
  readonly handle: number;
  /** Bytes by index; 0: the DSP does not have it. */
  readonly given: number[];
}

/** A session. Its calls are made one after the other, but for `write` and `read`. */
export class AsmClient {
  readonly session: number;
  /** Told of what the DSP says by itself. Not within a call of this class. */
  onEvent: ((event: AsmEvent) => void) | undefined;
  /** Who uses the session ends that, when the service is unbound; `end` without it. */
  onUnbind: (() => Promise<void>) | undefined;
  readonly #requests: Q6Requests;
  readonly #place: AsmPlace;
  #mapped: Mapped | undefined;
  /** 0 playback, 1 capture. */
  #direction = 0;
  #opened = false;
  /** Buffers come back unplayed. */
  #flushing = false;
  #freed = false;

  constructor(requests: Q6Requests, session: number, place: AsmPlace) {
    this.#requests = requests;
    this.session = session;
    this.#place = place;
  }

  /** Buffers that the DSP has. */
  get inFlight(): number {
    return this.#mapped?.given.filter((bytes) => bytes > 0).length ?? 0;
  }

  /** Lets the DSP reach memory (Linux: q6asm_map_memory_regions). Whole pages are mapped. */
  async map(direction: 'playback' | 'capture', region: AsmRegion): Promise<void> {
    this.#direction = direction === 'playback' ? 0 : 1;
    const ask = this.#memory(COMMANDS.MAP, this.#mapPayload(region));
    if (!(region.iova >= 0 && region.iova + region.periodBytes * region.periods <= 2 ** 32))
      throw this.#requests.error('EINVAL', 'the memory lies beyond 32 bits', ask);
    await this.#requests.settle();
    const handle = await this.#requests.query(ask, {
      ...{ opcode: RSP_MAP, leastBytes: 4 },
      read: (message) => this.#handle(message, ask),
      late: (message) => this.#undoMap(message.u32(0)),
    });
    this.#mapped = { ...region, handle, given: Array.from({ length: region.periods }, () => 0) };
  }

  /** Takes the memory back (Linux: q6asm_unmap_memory_regions). */
  async unmap(): Promise<void> {
    const mapped = this.#mapped;
    this.#mapped = undefined;
    if (mapped !== undefined) await this.#requests.close(this.#memory(COMMANDS.UNMAP, payload([u32(mapped.handle)])));
  }

  /** Opens the stream for playback (Linux: q6asm_open_write). */
  openWrite(bits: number, format: number = ASM_FORMAT.PCM): Promise<void> {
    const data = payload([u32(0), u16(0), u16(bits), u32(TOPOLOGY), u32(format)]);
    return this.#open(this.#ask(COMMANDS.OPEN_WRITE, data));
  }

  /** Opens the stream for capture (Linux: q6asm_open_read). */
  openRead(bits: number, format: number = ASM_FORMAT.PCM): Promise<void> {
    const data = payload([u32(0), u32(0), u32(TOPOLOGY), u32(format), u16(bits), u16(0)]);
    return this.#open(this.#ask(COMMANDS.OPEN_READ, data));
  }

  /** Says how PCM for playback is laid out (Linux: q6asm_media_format_block_multi_ch_pcm). */
  async mediaFormat(format: AfeFormat): Promise<void> {
    const fields = this.#pcmFields(COMMANDS.MEDIA_FMT, format);
    await this.#requests.request(this.#ask(COMMANDS.MEDIA_FMT, payload([u32(20), ...fields])));
  }

  /** Says how captured PCM is to be laid out (Linux: q6asm_enc_cfg_blk_pcm_format_support). */
  async encoderFormat(format: AfeFormat): Promise<void> {
    const fields = this.#pcmFields(COMMANDS.ENCDEC, format);
    const head = [u32(ENCDEC_PARAM), u32(28), u32(0), u32(20)];
    await this.#requests.request(this.#ask(COMMANDS.ENCDEC, payload([...head, ...fields])));
  }

  /** The format block of a compressed stream, without the leading word of its size. EINVAL: it has another length. */
  async compressedFormat(format: keyof typeof FORMAT_BLOCKS, block: Uint8Array): Promise<void> {
    const ask = this.#ask(COMMANDS.MEDIA_FMT);
    if (4 + block.length !== FORMAT_BLOCKS[format])
      throw this.#requests.error('EINVAL', `a block of ${block.length} bytes for ${format}`, ask);
    const data = new Uint8Array(4 + block.length);
    data.set(payload([u32(block.length)]));
    data.set(block, 4);
    await this.#requests.request({ ...ask, payload: data });
  }

  /** Cuts samples off the beginning or end of a gapless stream. Nobody waits for the answer. */
  removeSilence(where: 'initial' | 'trailing', samples: number): void {
    const command = where === 'initial' ? COMMANDS.INITIAL_SILENCE : COMMANDS.TRAILING_SILENCE;
    this.#requests.post(this.#ask(command, payload([u32(samples)])));
  }

  /** Starts the stream, or goes on after a pause. */
  run(): Promise<void> {
    return this.#requests.request(this.#ask(COMMANDS.RUN, payload([u32(0), u32(0), u32(0)])));
  }

  /** Holds the stream: the DSP keeps what it has. */
  pause(): Promise<void> {
    return this.#requests.request(this.#ask(COMMANDS.PAUSE));
  }

  /** The same, and the DSP may sleep. */
  suspend(): Promise<void> {
    return this.#requests.request(this.#ask(COMMANDS.SUSPEND));
  }

  /** The DSP drops what it has: all buffers are the driver's again, whatever it says of each. */
  async flush(): Promise<void> {
    this.#flushing = true;
    try {
      await this.#requests.request(this.#ask(this.#direction === 0 ? COMMANDS.FLUSH : COMMANDS.FLUSH_READBUFS));
      this.#mapped?.given.fill(0);
    } finally {
      this.#flushing = false;
    }
  }

  /** Waits until the DSP has played all that was written before. */
  eos(limit: Duration): Promise<void> {
    const reply = { opcode: EOS_RENDERED, leastBytes: 0, read: (): undefined => undefined };
    return this.#requests.query(this.#ask(COMMANDS.EOS), reply, limit);
  }

  /** Gives the DSP a period to play; `done` tells when it is through. Now or not at all. */
  write(index: number, bytes: number): void {
    assert(bytes > 0, 'a buffer with something in it');
    const { given } = this.#buffer(index, COMMANDS.WRITE);
    const data = payload([...this.#address(index), u32(bytes), u32(index), u32(0), u32(0), u32(0)]);
    const token = (index | (bytes << 16)) >>> 0;
    this.#requests.send({ ...this.#ask(COMMANDS.WRITE, data), token }, (error) => this.#fail(error));
    given[index] = bytes;
  }

  /** Gives the DSP a period to record into. */
  read(index: number): void {
    const { periodBytes, given } = this.#buffer(index, COMMANDS.READ);
    const data = payload([...this.#address(index), u32(periodBytes), u32(index)]);
    this.#requests.send({ ...this.#ask(COMMANDS.READ, data), token: index }, (error) => this.#fail(error));
    given[index] = periodBytes;
  }

  /** Closes the stream (Linux: q6asm_cmd CLOSE). What is asked of it at the moment is given up. */
  async close(): Promise<void> {
    this.#requests.abandon(this.#port);
    if (!this.#opened) return;
    this.#opened = false;
    this.#mapped?.given.fill(0);
    await this.#requests.close(this.#ask(COMMANDS.CLOSE));
  }

  /** Gives the session back. Once, however often it is asked. */
  free(): void {
    this.onEvent = undefined;
    this.onUnbind = undefined;
    if (this.#freed) return;
    this.#freed = true;
    this.#place.free();
  }

  /** For the service: it is unbound. */
  async end(): Promise<void> {
    if (this.onUnbind !== undefined) return this.onUnbind();
    await this.close().catch(passSysError);
    await this.unmap().catch(passSysError);
    this.free();
  }

  /** For the service: the DSP is dead. */
  die(): void {
    this.#fail(
      this.#requests.error(
        'ECONNRESET',
        'the DSP has died',
        this.#ask(this.#direction === 0 ? COMMANDS.WRITE : COMMANDS.READ),
      ),
    );
  }

  /** For the service: takes a message of this session; false when it is none. */
  event(message: AprMessage): boolean {
    const { opcode } = message;
    if (message.destPort !== this.#port || (opcode !== WRITE_DONE && opcode !== READ_DONE)) return false;
    return opcode === WRITE_DONE ? this.#writeDone(message) : this.#readDone(message);
  }

  /** For the service: a refusal of a read or write ends the stream; false for other responses. */
  refusal(message: AprMessage): boolean {
    const opcode = message.u32(0);
    if (opcode !== COMMANDS.WRITE.opcode && opcode !== COMMANDS.READ.opcode) return false;
    const status = message.u32(4) ?? 0;
    const command = opcode === COMMANDS.WRITE.opcode ? COMMANDS.WRITE : COMMANDS.READ;
    if (message.destPort !== this.#port || this.inFlight === 0) return false;
    if (status !== 0) this.#fail(this.#requests.refused(this.#ask(command), status));
    return true;
  }

  get #port(): number {
    return (this.session << 8) | STREAM;
  }

  #ask(command: Q6Command, data?: Uint8Array): Q6Ask {
    const ports = { srcPort: this.#port, destPort: this.#port };
    const ask = { command, of: `session ${this.session}`, token: this.session, ...ports };
    return data === undefined ? ask : { ...ask, payload: data };
  }

  #memory(command: Q6Command, data: Uint8Array): Q6Ask {
    return { command, of: `session ${this.session}`, token: (this.session << 8) | this.#direction, payload: data };
  }

  #mapPayload({ iova, periodBytes, periods }: AsmRegion): Uint8Array {
    const bytes = Math.ceil((periodBytes * periods) / PAGE) * PAGE;
    return payload([u16(POOL), u16(1), u32(0), u32(iova), u32(this.#place.sid), u32(bytes)]);
  }

  #handle(message: AprMessage, ask: Q6Ask): number {
    const handle = message.u32(0) as number;
    if (handle === 0) throw this.#requests.error('EPROTO', 'handle 0', ask);
    return handle;
  }

  #undoMap(handle: number | undefined): void {
    if (handle !== undefined && handle !== 0) this.#requests.undo(this.#memory(COMMANDS.UNMAP, payload([u32(handle)])));
  }

  async #open(ask: Q6Ask): Promise<void> {
    await this.#requests.settle();
    try {
      await this.#requests.request(ask);
    } catch (e) {
      if (isErrno(e, 'ETIMEDOUT') || isErrno(e, 'EPROTO')) this.#requests.undo(this.#ask(COMMANDS.CLOSE));
      throw e;
    }
    this.#opened = true;
  }

  #pcmFields(command: Q6Command, { channels, bits, rate }: AfeFormat): readonly Field[] {
    const map = channelMap(channels);
    if (map === undefined) throw this.#requests.error('EINVAL', `${channels} channels`, this.#ask(command));
    return [u16(channels), u16(bits), u32(rate), u16(1), u16(0), ...map];
  }

  /** Address and handle as reads and writes have them. */
  #address(index: number): readonly Field[] {
    const { iova, periodBytes, handle } = this.#mapped as Mapped;
    return [u32(iova + index * periodBytes), u32(this.#place.sid), u32(handle)];
  }

  #buffer(index: number, command: Q6Command): Mapped {
    const mapped = this.#mapped;
    if (mapped === undefined || !this.#opened)
      throw this.#requests.error('EINVAL', 'the stream is not open', this.#ask(command));
    if (mapped.given[index] !== 0)
      throw this.#requests.error('EBUSY', `the DSP has buffer ${index}`, this.#ask(command));
    return mapped;
  }

  #writeDone(message: AprMessage): boolean {
    const index = message.token & 0xffff;
    const mapped = this.#given(message, index, 0);
    if (mapped === undefined || message.u32(8) !== mapped.handle) return false;
    return this.#done(index, mapped.given[index] as number, message.u32(12), COMMANDS.WRITE);
  }

  #readDone(message: AprMessage): boolean {
    const index = message.token;
    const mapped = this.#given(message, index, 4);
    if (mapped === undefined) return false;
    const bytes = Math.min(message.u32(16) ?? mapped.periodBytes, mapped.periodBytes);
    return this.#done(index, bytes, message.u32(0), COMMANDS.READ);
  }

  /** The memory, when the DSP has that buffer and the two words from an offset are its address. */
  #given(message: AprMessage, index: number, at: number): Mapped | undefined {
    const mapped = this.#mapped;
    if (mapped === undefined || (mapped.given[index] ?? 0) === 0) return undefined;
    const low = mapped.iova + index * mapped.periodBytes;
    return message.u32(at) === low && message.u32(at + 4) === this.#place.sid ? mapped : undefined;
  }

  /** False when there is no status: the message is too short. */
  #done(index: number, bytes: number, status: number | undefined, command: Q6Command): boolean {
    if (status === undefined) return false;
    (this.#mapped as Mapped).given[index] = 0;
    if (this.#flushing) return true;
    if (status === 0) this.onEvent?.({ kind: 'done', index, bytes });
    else this.#fail(this.#requests.refused(this.#ask(command), status));
    return true;
  }

  #fail(error: SysError): void {
    this.onEvent?.({ kind: 'failed', error });
  }
}
