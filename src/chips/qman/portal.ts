// A software portal of QMan: the enqueue ring, management commands, and the registers beside the three rings.
import type { Clock } from '../../base/clock.js';
import { hexNumber } from '../../base/bytes.js';
import type { DpaaFrame } from '../../bus/dpaa.js';
import type { RegisterMap } from '../../bus/socket.js';
import {
  BigEndianRegisters,
  COMMAND_AT,
  CommandLines,
  InterruptUnit,
  placeMap,
  PortalWindow,
  VALID,
} from '../portal-window.js';
import type { Channel } from './channel.js';
import { execute, isCommand } from './commands.js';
import { DequeueRing } from './dequeue-ring.js';
import { ERR, type PortalEnd, type QmanEngine, REJECTION } from './engine.js';
import type { FrameQueue } from './frame-queue.js';
import { Holdoff } from './holdoff.js';
import { MessageRing } from './message-ring.js';
import { CE, INDEXES, type IndexName, IRQ, MESSAGE, PRODUCE, REGISTERS, type RegName } from './places.js';
import type { QmanSoc } from './soc.js';

const RING = 8;
/** Verb of an entry of the enqueue ring. */
const EQ = { CMD: 0x61, ENQUEUE: 0x01, ORDER: 0x02, INTERRUPT: 0x04 } as const;
/** The byte behind it: acknowledges an entry of the dequeue ring along the way. */
const DCA = { ENABLE: 0x80, PARK: 0x40, INDEX: 0x0f } as const;
/** DCAP: a mask in the upper half, or one index. */
const DCAP = { MASK: 0x100, PARK: 0x40, INDEX: 0x0f } as const;
const FQID = 0xff_ffff;
const FQ_NOT_EMPTY = 1;

/** What a portal tells, and what happens to it. */
export interface PortalHooks {
  /** Software puts a frame into a queue or gets one; answers the fault that strikes it. */
  readonly moves: (kind: 'enqueue' | 'dequeue', fqid: number, frame: DpaaFrame) => string | undefined;
}

/** One portal. */
export class QmanPortal implements PortalEnd {
  readonly index: number;
  readonly ce: PortalWindow;
  readonly ci: BigEndianRegisters;
  readonly irq: InterruptUnit;
  readonly dqrr: DequeueRing;
  readonly mr: MessageRing;
  readonly #engine: QmanEngine;
  readonly #hooks: PortalHooks;
  readonly #words: Int32Array;
  readonly #lines: CommandLines;
  /** Registers by word of the window. */
  readonly #names: readonly (RegName | undefined)[];
  readonly #readers: readonly ((() => number) | undefined)[];
  readonly #writers: readonly (((value: number) => void) | undefined)[];
  readonly #indexes: Readonly<Record<IndexName, number>>;
  readonly #dqri: Holdoff;
  readonly #mri: Holdoff;
  /** Index of the producer with the valid bit as bit 3. */
  #pi = RING;
  #ci = 0;
  #eqcrItr = 0;
  #cfg = 0;
  /** How software tells of entries of the enqueue ring. */
  #produce = 0;
  #stalled = false;
  #consuming = false;
  readonly #frame: DpaaFrame = { w0: 0, w1: 0, w2: 0, w3: 0 };

  constructor(index: number, engine: QmanEngine, clock: Clock, hooks: PortalHooks, pin: (high: boolean) => void) {
    this.index = index;
    this.#engine = engine;
    this.#hooks = hooks;
    const { layout } = engine.soc;
    this.#names = namesByWord(layout);
    this.#readers = this.#names.map((name) => (name === undefined ? undefined : this.#reads[name]));
    this.#writers = this.#names.map((name) => (name === undefined ? undefined : this.#writes[name]));
    this.#indexes = INDEXES[layout];
    this.irq = new InterruptUnit(pin);
    this.#dqri = new Holdoff(this.irq, IRQ.DQRR, clock);
    this.#mri = new Holdoff(this.irq, IRQ.MR, clock);
    this.ce = new PortalWindow((line) => this.#committed(line));
    this.#words = this.ce.words;
    this.#lines = new CommandLines(this.#words, CE);
    this.ci = new BigEndianRegisters(
      (offset) => this.#read(offset),
      (offset, value) => this.#write(offset, value),
    );
    this.dqrr = new DequeueRing(index, engine, this.#words, {
      changed: () => this.#dequeued(),
      parked: (fq) => this.mr.queue(MESSAGE.PARKED, 0, fq.fqid, fq.contextB),
      passes: (fqid, frame) => hooks.moves('dequeue', fqid, frame) === undefined,
    });
    this.mr = new MessageRing(this.#words, () => this.#messages());
    this.#showIndexes();
    this.#dequeued();
    this.#messages();
  }

  /** While it is, nothing leaves the enqueue ring: it fills. */
  set stalled(on: boolean) {
    this.#stalled = on;
    this.#consume();
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  /** Entries that wait in the enqueue ring. */
  get waiting(): number {
    return (this.#pi - this.#ci) & (RING - 1);
  }

  pump(): boolean {
    return this.dqrr.pump();
  }

  retired(fq: FrameQueue): void {
    this.mr.queue(MESSAGE.RETIRED, fq.frames > 0 ? FQ_NOT_EMPTY : 0, fq.fqid, fq.contextB);
  }

  congestionChanged(): void {
    this.irq.raise(IRQ.CONGESTION);
  }

  blockRejected(fqid: number, frame: DpaaFrame, code: number): void {
    this.mr.rejection(MESSAGE.BLOCK_REJECTION << 24, code, fqid, 0, frame);
  }

  words(): string | undefined {
    const { dqrr, mr, waiting } = this;
    if (waiting + dqrr.fill + mr.fill === 0) return undefined;
    const more = mr.waiting > 0 ? ` and ${mr.waiting} more` : '';
    return `${waiting} enqueues wait, ${dqrr.fill} frames and ${mr.fill} messages${more} are for software`;
  }

  /** Where the registers beside the rings are. */
  get map(): RegisterMap {
    return placeMap(REGISTERS[this.#engine.soc.layout], { EQCR_CI: 'ro', DQRR_PI: 'ro', MR_PI: 'ro', ISR: 'w1c' }, 1);
  }

  /** For a person. */
  registers(): Record<string, number> {
    const regs: Record<string, number> = {};
    for (const [word, name] of this.#names.entries()) if (name !== undefined) regs[name] = this.#read(4 * word);
    return regs;
  }

  #dequeued(): void {
    const { DQRR_PI, DQRR_CI } = this.#indexes;
    this.#words[DQRR_PI >> 2] = this.dqrr.pi;
    this.#words[DQRR_CI >> 2] = this.dqrr.ci;
    this.#dqri.filled(this.dqrr.fill);
  }

  #messages(): void {
    const { MR_PI, MR_CI } = this.#indexes;
    this.#words[MR_PI >> 2] = this.mr.pi;
    this.#words[MR_CI >> 2] = this.mr.ci;
    this.#mri.filled(this.mr.fill);
  }

  #committed(line: number): void {
    if (line < CE.EQCR_END) return this.#produced();
    if (line === CE.CR) return this.#command();
    const value = this.#words[line >> 2] as number;
    if (line === this.#indexes.EQCR_PI && this.#produce === PRODUCE.BY_LINE) this.#setPi(value);
    else if (line === this.#indexes.DQRR_CI && this.dqrr.consumption === 1) this.#consumed(value);
    else if (line === this.#indexes.MR_CI && (this.#cfg & 0x100) !== 0) this.mr.consume(value);
  }

  /** Entries whose valid bit is right are the producer's, in order. */
  #produced(): void {
    if (this.#produce !== PRODUCE.BY_VALID_BIT) return;
    while (this.waiting < RING - 1) {
      const verb = (this.#words[(CE.EQCR + (this.#pi & (RING - 1)) * 64) >> 2] as number) >>> 24;
      if ((verb & VALID) !== ((this.#pi & RING) === 0 ? 0 : VALID) || (verb & ~VALID) === 0) break;
      this.#pi = (this.#pi + 1) & (2 * RING - 1);
      this.#consume();
    }
  }

  /** Bits 2 to 0 are the index; the valid bit turns where it wraps. */
  #setPi(value: number): void {
    this.#pi = (this.#pi + ((value - this.#pi) & (RING - 1))) & (2 * RING - 1);
    this.#consume();
  }

  /** What an enqueue causes may come back here; it then goes on where it is. */
  #consume(): void {
    if (this.#consuming) return;
    this.#consuming = true;
    while (!this.#stalled && this.waiting > 0) {
      const entry = CE.EQCR + this.#ci * 64;
      this.#ci = (this.#ci + 1) & (RING - 1);
      this.#enqueue(entry);
    }
    this.#consuming = false;
    this.irq.level(IRQ.EQCR_BELOW, this.waiting < this.#eqcrItr);
    this.#showIndexes();
  }

  #enqueue(entry: number): void {
    const words = this.#words;
    const at = entry >> 2;
    const first = words[at] as number;
    const verb = first >>> 24;
    if ((verb & EQ.CMD) !== EQ.ENQUEUE) {
      this.#invalidVerb(verb);
      return;
    }
    const frame = this.#frame;
    frame.w0 = words[at + 4] as number;
    frame.w1 = words[at + 5] as number;
    frame.w2 = words[at + 6] as number;
    frame.w3 = words[at + 7] as number;
    const fqid = (words[at + 2] as number) & FQID;
    const dca = (first >>> 16) & 0xff;
    const fault = this.#hooks.moves('enqueue', fqid, frame);
    if (fault !== 'lost') this.#accept(fqid, frame, first, words[at + 3] as number, fault !== undefined);
    if ((dca & DCA.ENABLE) !== 0) this.#acknowledge(dca & DCA.INDEX, (dca & DCA.PARK) !== 0);
    if ((verb & EQ.INTERRUPT) !== 0) this.irq.raise(IRQ.COMMITTED);
  }

  #accept(fqid: number, frame: DpaaFrame, first: number, tag: number, struck: boolean): void {
    const ordered = ((first >>> 24) & EQ.ORDER) !== 0;
    const answer = struck ? 'error' : ordered ? 'orp-disabled' : this.#engine.accept(fqid, frame, this.index);
    if (answer !== 'accepted') this.mr.rejection(first, REJECTION[answer], fqid, tag, frame);
  }

  #command(): void {
    this.#lines.run((verb) => {
      const { view } = this.#lines;
      if (!isCommand(verb)) this.#invalidVerb(verb);
      execute(this.#engine, view, COMMAND_AT.command, COMMAND_AT.answer, this.index, (fq) => {
        this.mr.queue(MESSAGE.RETIRED_AT_ONCE, fq.frames > 0 ? FQ_NOT_EMPTY : 0, fq.fqid, fq.contextB);
      });
      view.setUint8(COMMAND_AT.answer, verb);
    });
  }

  #invalidVerb(verb: number): void {
    this.#engine.find(`portal ${this.index} has an invalid command ${hexNumber(verb, 2)}`);
    this.#engine.error(ERR.INVALID_VERB, 0, this.index);
  }

  #acknowledge(index: number, park: boolean): void {
    this.dqrr.acknowledge(index, park);
    this.#refill();
  }

  #consumed(ci: number): void {
    this.dqrr.consume(ci);
    this.#refill();
  }

  /** There is room in the dequeue ring. */
  #refill(): void {
    this.dqrr.volatile();
    if (!this.dqrr.pump()) this.#dequeued();
  }

  #writeDcap(value: number): void {
    if ((value & DCAP.MASK) !== 0) this.dqrr.acknowledgeMany(value >>> 16);
    else this.dqrr.acknowledge(value & DCAP.INDEX, (value & DCAP.PARK) !== 0);
    this.#refill();
  }

  #writeSdqcr(value: number): void {
    const { left, joined } = this.dqrr.setStatic(value);
    const leaves = (channel: Channel): boolean => !joined.includes(channel);
    for (const channel of left.filter(leaves)) channel.consumers = channel.consumers.filter((other) => other !== this);
    for (const channel of joined)
      if (!channel.consumers.includes(this)) channel.consumers = [...channel.consumers, this];
    this.#refill();
  }

  #writeCfg(value: number): void {
    this.#cfg = value;
    this.#produce = (value >>> 24) & 3;
    this.dqrr.maxFill = (value >>> 20) & 0xf;
    this.dqrr.pull = (value & 0x4_0000) !== 0;
    this.dqrr.consumption = (value >>> 16) & 3;
    this.#produced();
    this.#refill();
  }

  #showIndexes(): void {
    this.#words[this.#indexes.EQCR_PI >> 2] = this.#pi;
    this.#words[this.#indexes.EQCR_CI >> 2] = this.#ci;
  }

  #read(offset: number): number {
    const read = this.#readers[offset >>> 2];
    return read === undefined ? this.#engine.unknownRegister(offset, 'read') : read();
  }

  #write(offset: number, value: number): void {
    const write = this.#writers[offset >>> 2];
    if (write === undefined) this.#engine.unknownRegister(offset, 'write');
    else write(value);
  }

  readonly #reads: Readonly<Record<RegName, () => number>> = {
    EQCR_PI: () => this.#pi,
    EQCR_CI: () => this.#ci,
    EQCR_ITR: () => this.#eqcrItr,
    DQRR_PI: () => this.dqrr.pi,
    DQRR_CI: () => this.dqrr.ci,
    DQRR_ITR: () => this.#dqri.threshold,
    MR_PI: () => this.mr.pi,
    MR_CI: () => this.mr.ci,
    MR_ITR: () => this.#mri.threshold,
    DCAP: () => 0,
    SDQCR: () => this.dqrr.sdqcr,
    VDQCR: () => this.dqrr.vdqcr,
    PDQCR: () => 0,
    CFG: () => this.#cfg,
    ISR: () => this.irq.status,
    IER: () => this.irq.enable,
    ISDR: () => this.irq.disable,
    IIR: () => this.irq.inhibit,
    ITPR: () => this.#dqri.period,
  };

  readonly #writes: Readonly<Record<RegName, (value: number) => void>> = {
    EQCR_PI: (value) => {
      if (this.#produce === PRODUCE.BY_REGISTER) this.#setPi(value);
    },
    EQCR_CI: () => undefined,
    EQCR_ITR: (value) => {
      this.#eqcrItr = value & 7;
      this.irq.level(IRQ.EQCR_BELOW, this.waiting < this.#eqcrItr);
    },
    DQRR_PI: () => undefined,
    DQRR_CI: (value) => {
      if (this.dqrr.consumption === 0) this.#consumed(value);
    },
    DQRR_ITR: (value) => this.#setThreshold(this.#dqri, value & 0xf),
    MR_PI: () => undefined,
    MR_CI: (value) => {
      if ((this.#cfg & 0x100) === 0) this.mr.consume(value);
    },
    MR_ITR: (value) => this.#setThreshold(this.#mri, value & 7),
    DCAP: (value) => this.#writeDcap(value),
    SDQCR: (value) => this.#writeSdqcr(value),
    VDQCR: (value) => this.dqrr.setVolatile(value),
    PDQCR: (value) => this.dqrr.pullNow(value),
    CFG: (value) => this.#writeCfg(value),
    ISR: (value) => this.irq.clear(value),
    IER: (value) => this.#interrupts('enable', value),
    ISDR: (value) => this.#interrupts('disable', value),
    IIR: (value) => this.#interrupts('inhibit', value & 1),
    ITPR: (value) => {
      this.#dqri.period = value & 0xfff;
      this.#mri.period = value & 0xfff;
      this.#interrupts('inhibit', this.irq.inhibit);
    },
  };

  #setThreshold(of: Holdoff, value: number): void {
    of.threshold = value;
    of.check();
  }

  #interrupts(register: 'enable' | 'disable' | 'inhibit', value: number): void {
    this.irq[register] = value;
    this.irq.update();
    this.#dqri.check();
    this.#mri.check();
  }
}

function namesByWord(layout: QmanSoc['layout']): (RegName | undefined)[] {
  const names: (RegName | undefined)[] = new Array<RegName | undefined>(CE.BYTES / 4).fill(undefined);
  for (const [name, at] of Object.entries(REGISTERS[layout]) as [RegName, number][]) names[at / 4] = name;
  return names;
}
