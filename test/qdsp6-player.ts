// Software that plays and captures by hand, as the recorded drivers do: the commands of one session and one port, in
// their order.
import { aprPacket, type Answer, type DspRig, type Ends, pack, SVC } from './qdsp6-rig.js';

/** Samples, and the way they go. */
export interface Session {
  readonly rate: number;
  readonly bits: number;
  readonly channels: number;
  readonly session?: number;
  /** The port's id; its index is not looked at by the DSP. */
  readonly port?: number;
  readonly positions?: readonly number[];
  /** The port's bits, when they are others. */
  readonly portBits?: number;
}

/** Orders of channels as Linux gives them. */
export const POSITIONS: readonly (readonly number[])[] = [
  [],
  [3],
  [1, 2],
  [1, 2, 3],
  [1, 2, 4, 5],
  [1, 2, 3, 4, 5],
  [1, 2, 6, 3, 4, 5],
  [1, 2, 6, 3, 4, 5, 7],
  [1, 2, 6, 3, 4, 5, 8, 9],
];

/** Eight bytes of positions. */
export const map8 = (positions: readonly number[]): Uint8Array =>
  pack('bbbbbbbb', ...Array.from({ length: 8 }, (_, index) => positions[index] ?? 0));

/** Bytes one behind the other. */
export const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** A port's configuration as SET_PARAM_V2 has it. */
export function configure(port: number, param: number, block: Uint8Array, module = 0x1020c): Uint8Array {
  const size = block.length;
  return join(pack('hhwww', port, 12 + size, 0, 0, 0), pack('wwhh', module, param, size, 0), block);
}

/** Slimbus and its like carry any count of channels: the config of the port's kind. */
export function portConfig(port: number, rate: number, bits: number, channels: number): Uint8Array {
  const pad = (block: Uint8Array): Uint8Array => join(block, new Uint8Array(36 - block.length));
  if (port >= 0x4000 && port < 0x5000) {
    return configure(port, 0x10212, pad(join(pack('whhhh', 1, 0, bits, 0, channels), map8([]), pack('w', rate))));
  }
  const mode = channels <= 2 ? 1 : channels <= 4 ? 5 : channels <= 6 ? 7 : 8;
  return configure(port, 0x1020d, pad(pack('whhhhwhh', 1, bits, mode, channels > 1 ? 1 : 0, 1, rate, 0, 0)));
}

/** One session that plays on one port, or captures from one. */
export class Player {
  readonly rig: DspRig;
  readonly ends: Ends;
  readonly session: number;
  readonly port: number;
  handle = 0;
  copp = 0;

  constructor(rig: DspRig, { session = 1, port = 0x1004 }: Session) {
    this.rig = rig;
    this.session = session;
    this.port = port;
    this.ends = { src: (session << 8) | 1, dest: (session << 8) | 1, token: session };
  }

  /** Everything up to RUN; each must be accepted. */
  static async open(rig: DspRig, how: Session): Promise<Player> {
    const player = new Player(rig, how);
    const statuses = await player.prepare(how);
    if (statuses.some((status) => status !== 0)) throw new Error(`refused: ${statuses.join(' ')}`);
    return player;
  }

  /** The statuses of port, start, open, COPP, matrix, format, run; -3 for a COPP that was refused. */
  async prepare(how: Session): Promise<number[]> {
    const { rate, bits, channels, positions = POSITIONS[channels] ?? [], portBits = bits } = how;
    const { rig, port, session, ends } = this;
    const plays = port % 2 === 0;
    const format = join(pack('hhwhh', channels, bits, rate, 1, 0), map8(positions));
    const out = [
      await rig.status(SVC.afe, 0x100ef, portConfig(port, rate, portBits, channels)),
      await this.startPort(),
      await (plays
        ? rig.status(SVC.asm, 0x10db3, pack('whhww', 0, 0, bits, 0x10c68, 0x10da5), ends)
        : rig.status(SVC.asm, 0x10db4, pack('wwwwhh', 0, 0, 0x10c68, 0x10da5, bits, 0), ends)),
      await this.openCopp(rate, portBits, channels, positions),
      await rig.status(SVC.adm, 0x10325, pack('wwhhhh', plays ? 0 : 1, 1, session, 1, this.copp, 0)),
      await (plays
        ? rig.status(SVC.asm, 0x10d98, join(pack('w', 20), format), ends)
        : rig.status(SVC.asm, 0x10c10, join(pack('wwww', 0x10da3, 28, 0, 20), format), ends)),
    ];
    return [...out, await this.run()];
  }

  /** Starts the port; one that is started already is fine. */
  async startPort(): Promise<number> {
    const status = await this.rig.status(SVC.afe, 0x100e5, pack('hh', this.port, 0));
    return status === 9 ? 0 : status;
  }

  async openCopp(rate: number, bits: number, channels: number, positions: readonly number[]): Promise<number> {
    const { port } = this;
    const payload = pack('hhhhwhhw', 0, port % 2 === 0 ? 1 : 2, port, 0, 0x10312, channels, bits, rate);
    const answer = await this.rig.ask(SVC.adm, 0x10326, join(payload, map8(positions)), { src: port, dest: port });
    this.copp = answer?.opcode === 0x10329 ? (answer.words[1] ?? 0) & 0xffff : 0;
    return this.copp === 0 ? -3 : 0;
  }

  run(): Promise<number> {
    return this.command(0x10daa, new Uint8Array(12));
  }

  /** A command to the stream. */
  command(opcode: number, payload: Uint8Array = new Uint8Array(0)): Promise<number> {
    return this.rig.status(SVC.asm, opcode, payload, this.ends);
  }

  /** Maps memory with one region; answers its handle. */
  async map(iova: number, bytes: number): Promise<number> {
    const size = Math.ceil(bytes / 4096) * 4096;
    const answer = await this.rig.ask(SVC.asm, 0x10d92, pack('hhwwww', 3, 1, 0, iova, 1, size), { token: 0x100 });
    this.handle = answer?.opcode === 0x10d93 ? (answer.words[0] ?? 0) : 0;
    return this.handle;
  }

  /** Hands over one buffer. */
  write(iova: number, bytes: number, index = 0): void {
    this.transfer(0x10dab, pack('wwwwwwww', iova, 1, this.handle, bytes, index, 0, 0, 0), index + bytes * 65_536);
  }

  read(iova: number, bytes: number, index = 0): void {
    this.transfer(0x10dac, pack('wwwww', iova, 1, this.handle, bytes, index), index);
  }

  transfer(opcode: number, payload: Uint8Array, token: number): void {
    this.rig.raw(aprPacket(SVC.asm, opcode, payload, { ...this.ends, token: token % 2 ** 32 }));
  }

  /** Events of the session, in order. */
  events(opcode: number): Answer[] {
    return this.rig.answers.filter((one) => one.opcode === opcode && one.destPort >> 8 === this.session);
  }

  /** Plays bytes in buffers of one size, one in flight, to their end. Answers when each buffer was done. */
  async play(pcm: Uint8Array, period: number): Promise<number[]> {
    const { rig } = this;
    const { buffer, iova } = rig.buffer(pcm.length);
    buffer.bytes.set(pcm);
    await this.map(iova, pcm.length);
    for (let at = 0, index = 0; at < pcm.length; at += period, index++) {
      const before = this.events(0x10d99).length;
      this.write(iova + at, Math.min(period, pcm.length - at), index);
      await rig.clock.runUntil(() => this.events(0x10d99).length > before, 10e9);
    }
    await this.drain();
    return this.events(0x10d99).map(({ at }) => at);
  }

  /** EOS, and waits until it is rendered; answers when. */
  async drain(): Promise<number> {
    const before = this.events(0x10c1c).length;
    this.transfer(0x10bdb, new Uint8Array(0), this.session);
    await this.rig.clock.runUntil(() => this.events(0x10c1c).length > before, 100e9);
    return this.events(0x10c1c).at(-1)?.at ?? -1;
  }
}
