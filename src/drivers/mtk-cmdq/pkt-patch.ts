// The packet of the patch, bit for bit and with its weaknesses: what a kernel with that helper would have built. For
// comparing with its dumps; a driver takes CmdqPkt, and mtk-cmdq.ts lists what that does differently (facts cmdq §2).
import { SysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import { platformGetResource } from '../../core/io.js';
import { high, INST_SIZE, OP, SOP_SHIFT, WFE_CLEAR, WFE_WAIT_AND_CLEAR } from './instruction.js';
import { EOC_IRQ_EN, OFFSET_MASKED } from './instruction.js';
import type { CmdqBuffer, CmdqMemory } from './memory.js';
import type { CmdqStatus, GceProgram, PlacedInstruction } from './program.js';
import { refusal } from './refusal.js';

/** A module's registers as the patch has them (struct cmdq_base). */
export interface PatchBase {
  readonly subsys: number;
  /** The address, 32 bits of it. */
  readonly base: number;
}

/** The three windows that the patch knows, by their upper 16 address bits. */
const SUBSYS: Readonly<Record<number, number>> = { 0x1400: 1, 0x1401: 2, 0x1402: 3 };
const EOC = high(OP.EOC, 0);
const FULL_MASK = 0xffff_ffff;

interface Event {
  readonly name: string;
  readonly id: number;
}

/** `enum cmdq_event` in its order, without CMDQ_EVENT_, and the ids of the hardware. */
export const PATCH_EVENTS: readonly Event[] = [
  ...named(
    11,
    'DISP_OVL0_SOF DISP_OVL1_SOF DISP_RDMA0_SOF DISP_RDMA1_SOF DISP_RDMA2_SOF DISP_WDMA0_SOF DISP_WDMA1_SOF',
  ),
  ...named(
    39,
    'DISP_OVL0_EOF DISP_OVL1_EOF DISP_RDMA0_EOF DISP_RDMA1_EOF DISP_RDMA2_EOF DISP_WDMA0_EOF DISP_WDMA1_EOF',
  ),
  ...named(53, 'MUTEX0_STREAM_EOF MUTEX1_STREAM_EOF MUTEX2_STREAM_EOF MUTEX3_STREAM_EOF MUTEX4_STREAM_EOF'),
  ...named(63, 'DISP_RDMA0_UNDERRUN DISP_RDMA1_UNDERRUN DISP_RDMA2_UNDERRUN'),
];

/** Where the patch thinks a range lies; undefined stands for its NULL: it does not say why. */
export function patchBase(start: number): PatchBase | undefined {
  const base = start >>> 0;
  const subsys = SUBSYS[base >>> 16];
  return subsys === undefined ? undefined : { subsys, base };
}

/** The same for a device's first range (the patch: cmdq_register_device). */
export function patchRegisterDevice(dev: Device): PatchBase | undefined {
  const range = platformGetResource(dev, 0);
  return range === undefined ? undefined : patchBase(range.start);
}

/** What a packet of the patch is made with. */
export interface PatchPktSpec {
  readonly memory: CmdqMemory;
  /** PAGE_SIZE: of the first buffer. */
  readonly pageSize?: number;
  /** The kernel would warn with a stack trace. */
  readonly warn?: () => void;
}

/** `struct cmdq_pkt` of the patch with its calls; arguments in its order. Errors are SysErrors with its codes. */
export class PatchPkt implements GceProgram {
  readonly limit = 1_000_000_000;
  readonly #memory: CmdqMemory;
  readonly #warn: () => void;
  #buffer: CmdqBuffer;
  #bufSize: number;
  #used = 0;
  #done: ((status: CmdqStatus) => void) | undefined;

  constructor({ memory, pageSize = 4096, warn = () => undefined }: PatchPktSpec) {
    this.#memory = memory;
    this.#warn = warn;
    this.#buffer = memory.alloc(pageSize);
    this.#bufSize = pageSize;
  }

  destroy(): void {
    this.#memory.free(this.#buffer);
  }

  /** The sum is cut to the window's 16 bits, and an odd one goes through the mask. EBUSY, ENOMEM. */
  write(value: number, { base, subsys }: PatchBase, offset: number): void {
    const argA = ((base + offset) & 0xffff) | (subsys << SOP_SHIFT);
    this.#append(high(OP.WRITE, argA), value);
  }

  /** The MASK stays when its WRITE finds no room. */
  writeMask(value: number, base: PatchBase, offset: number, mask: number): void {
    if (mask === FULL_MASK) return this.write(value, base, offset);
    this.#append(high(OP.MASK, 0), ~mask >>> 0);
    this.write(value, base, (offset | OFFSET_MASKED) >>> 0);
  }

  /** Waits for an event of the enum and clears it. EINVAL: not in the enum. */
  wfe(event: number): void {
    this.#append(high(OP.WFE, idOf(event)), WFE_WAIT_AND_CLEAR);
  }

  clearEvent(event: number): void {
    this.#append(high(OP.WFE, idOf(event)), WFE_CLEAR);
  }

  /** EOC and JUMP, one after the other: the second may be missing. */
  finalize(): void {
    if (this.isFinalized) return;
    this.#append(EOC, EOC_IRQ_EN);
    this.#append(high(OP.JUMP, 0), INST_SIZE);
  }

  /** Whether the last but one instruction is EOC. There is no flag. */
  get isFinalized(): boolean {
    const at = this.#used / 4 - 4;
    return at >= 0 && this.#buffer.words[at] === EOC_IRQ_EN && this.#buffer.words[at + 1] === EOC;
  }

  /** Bytes used, and bytes allocated. */
  get cmdBufSize(): number {
    return this.#used;
  }

  get bufSize(): number {
    return this.#bufSize;
  }

  /** Everything that is allocated, `low` before `high`. */
  get words(): Uint32Array {
    return this.#buffer.words;
  }

  get start(): number {
    return this.#buffer.iova;
  }

  get end(): number {
    return this.#buffer.iova + this.#used;
  }

  get lastHigh(): number {
    return this.#buffer.words[this.#used / 4 - 1] ?? 0;
  }

  contains(iova: number): boolean {
    return iova >= this.start && iova < this.end;
  }

  relink(upper: number, lower: number): () => void {
    const at = this.#used / 4 - 2;
    const before = this.#buffer.words.slice(at, at + 2);
    this.#put(at, [lower, upper]);
    return () => this.#put(at, before);
  }

  *instructions(): Generator<PlacedInstruction> {
    const { words, iova } = this.#buffer;
    for (let at = 0; at < this.#used / 4; at += 2)
      yield { iova: iova + 4 * at, high: words[at + 1] as number, low: words[at] as number };
  }

  sent(): void {
    this.#memory.sync(this.#buffer, 'device');
  }

  unsent(): void {
    this.#memory.sync(this.#buffer, 'cpu');
  }

  done(status: CmdqStatus): void {
    this.#memory.sync(this.#buffer, 'cpu');
    this.#done?.(status);
  }

  /** Whom to tell; who was to be told before is forgotten. */
  whenDone(tell: ((status: CmdqStatus) => void) | undefined): void {
    this.#done = tell;
  }

  #append(upper: number, lower: number): void {
    if (this.isFinalized) {
      this.#warn();
      throw refusal('EBUSY', 'the packet is finalized');
    }
    if (this.#used + INST_SIZE > this.#bufSize) this.#grow();
    const at = this.#used / 4;
    this.#buffer.words[at] = lower;
    this.#buffer.words[at + 1] = upper;
    this.#used += INST_SIZE;
  }

  #grow(): void {
    const buffer = this.#memory.alloc(2 * this.#bufSize);
    buffer.words.set(this.#buffer.words);
    this.#memory.free(this.#buffer);
    this.#buffer = buffer;
    this.#bufSize *= 2;
  }

  #put(at: number, pair: ArrayLike<number>): void {
    this.#memory.sync(this.#buffer, 'cpu');
    this.#buffer.words.set(pair, at);
    this.#memory.sync(this.#buffer, 'device');
  }
}

/** The channel of a client as the patch uses it. */
export interface PatchChannel {
  /** mbox_send_message */
  send(pkt: PatchPkt): void;
  /** mbox_client_txdone */
  txdone(): void;
}

/** Finalizes, sends, and says that all is well whatever the mailbox says: then `tell` is never told. */
export function patchFlushAsync(chan: PatchChannel, pkt: PatchPkt, tell?: (isError: boolean) => void): void {
  pkt.finalize();
  pkt.whenDone(tell === undefined ? undefined : (status) => tell(status !== 0));
  try {
    chan.send(pkt);
  } catch (e) {
    if (!(e instanceof SysError)) throw e;
  }
  chan.txdone();
}

function idOf(event: number): number {
  const id = PATCH_EVENTS[event >>> 0]?.id;
  if (id === undefined) throw refusal('EINVAL', `event ${event}: the patch has ${PATCH_EVENTS.length}`);
  return id;
}

function named(first: number, names: string): Event[] {
  return names.split(' ').map((name, index) => ({ name, id: first + index }));
}
