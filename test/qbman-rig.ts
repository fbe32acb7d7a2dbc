// What tests of QMan and BMan stand on: sockets made by hand on one wire, and hands at a portal of BMan.
import { SimClock } from '../src/base/clock.js';
import { Random } from '../src/base/random.js';
import { Trace, type TraceEvent } from '../src/base/trace.js';
import { SimDpaa } from '../src/bus/dpaa-sim.js';
import { FaultPlan } from '../src/bus/fault-plan.js';
import { parseFaults } from '../src/bus/fault-text.js';
import { MmioBus } from '../src/bus/mmio-sim.js';
import { ioread32be, iowrite32be, type MmioSpace } from '../src/bus/mmio.js';
import type { ChipModel, Inspection, Knob, Socket } from '../src/bus/socket.js';
import { settle } from '../src/host/settle.js';

/** Windows of a node. */
export type Windows = readonly (readonly [phys: number, size: number])[];

/** A chip in a socket, as the rig sees it. */
export interface Plugged {
  /** Level of its first interrupt line. */
  readonly irq: () => boolean;
  readonly knobs: Map<string, Knob>;
  readonly inspection: () => Inspection;
  readonly windows: readonly MmioSpace[];
}

/** Which SoC a rig is, and where it has its portals. */
export interface RigSoc {
  readonly compatible: readonly string[];
  readonly arm: boolean;
  readonly bman: number;
  readonly qman: number;
  readonly bmanPortals: readonly [ce: number, ceStride: number, ci: number, ciStride: number];
  readonly qmanPortals: readonly [ce: number, ceStride: number, ci: number, ciStride: number];
  readonly ciSize: number;
}

/** From the trees of LS1043A-RDB and T1040RDB. */
export const LS1043A: RigSoc = {
  ...{ compatible: ['fsl,ls1043a-rdb', 'fsl,ls1043a'], arm: true, bman: 0x189_0000, qman: 0x188_0000, ciSize: 0x4000 },
  bmanPortals: [0x5_0800_0000, 0x1_0000, 0x5_0c00_0000, 0x1_0000],
  qmanPortals: [0x5_0000_0000, 0x1_0000, 0x5_0400_0000, 0x1_0000],
};
/** The same of the other layout. */
export const T1040: RigSoc = {
  ...{ compatible: ['fsl,T1040RDB'], arm: false, bman: 0xf_fe31_a000, qman: 0xf_fe31_8000, ciSize: 0x1000 },
  bmanPortals: [0xf_f400_0000, 0x4000, 0xf_f500_0000, 0x1000],
  qmanPortals: [0xf_f600_0000, 0x4000, 0xf_f700_0000, 0x1000],
};

/** A machine with nothing but what is plugged. */
export class DpaaRig {
  readonly clock = new SimClock(settle);
  readonly trace = new Trace(() => this.clock.now());
  readonly events: TraceEvent[] = [];
  readonly faults = new FaultPlan();
  readonly bus = new MmioBus();
  readonly wire: SimDpaa;
  readonly soc: RigSoc;

  constructor(soc: RigSoc = LS1043A) {
    this.soc = soc;
    this.wire = new SimDpaa(soc.compatible, this.trace, this.faults);
  }

  /** Listens to the trace from now on. */
  listen(): void {
    this.trace.attach((event) => this.events.push(event));
  }

  /** Plans faults from text. */
  fail(text: string): void {
    const parsed = parseFaults(text);
    this.faults.add(parsed.points);
  }

  plug(model: ChipModel, compatible: string, name: string, windows: Windows): Plugged {
    let level = false;
    const knobs = new Map<string, Knob>();
    const inspections: Inspection[] = [];
    const unused = (): never => {
      throw new Error('not a wire of this chip');
    };
    const socket: Socket = {
      ...{ name, compatible, clock: this.clock, trace: this.trace, random: new Random(name), wiring: {} },
      ...{ i2cAddr: undefined, i2c: unused, dma: unused, master: unused, event: unused, events: unused },
      ...{ ethernet: unused, rpmsg: unused, video: unused },
      mmio: (target, index = 0) => {
        const [phys, size] = windows[index] as readonly [number, number];
        this.bus.attach(phys, size, target);
      },
      irq: () => ({
        set: (high) => {
          level = high;
        },
      }),
      dpaa: () => this.wire.port(name, windows[0]?.[0] ?? 0),
      knob: (knob) => void knobs.set(knob.name, knob),
      inspect: (inspection) => void inspections.push(inspection),
    };
    model.plug(socket);
    const spaces = windows.map(([phys, size]) => this.bus.ioremap(phys, size, name));
    return { irq: () => level, knobs, inspection: () => inspections[0] as Inspection, windows: spaces };
  }

  /** The register block of BMan or QMan. */
  block(kind: 'bman' | 'qman', model: ChipModel): Plugged {
    return this.plug(model, `fsl,${kind}`, `/${kind}`, [[this.soc[kind], 0x1_0000]]);
  }

  /** Portal `index`. */
  portal(kind: 'bman' | 'qman', model: ChipModel, index = 0): Plugged {
    const [ce, ceStride, ci, ciStride] = this.soc[`${kind}Portals`];
    const at: Windows = [
      [ce + index * ceStride, 0x4000],
      [ci + index * ciStride, this.soc.ciSize],
    ];
    return this.plug(model, `fsl,${kind}-portal`, `/${kind}-portal@${index}`, at);
  }

  /** Texts of the findings in the trace. */
  findings(): string[] {
    return this.events.flatMap((event) => (event.kind === 'dpaa_finding' ? [event.text] : []));
  }
}

/** Sets up the private memory of BMan as Linux does: base, size as a power of two. */
export function bmanMemory(block: MmioSpace, base = 0x8_8000_0000, exponent = 24): void {
  iowrite32be(block, 0xc00, Math.floor(base / 0x1_0000_0000));
  iowrite32be(block, 0xc04, base % 0x1_0000_0000);
  iowrite32be(block, 0xc10, exponent - 1);
}

/** Software's hands at a portal of BMan, as Linux has them: valid bits, discrete responses. */
export class BmanHands {
  readonly ce: MmioSpace;
  readonly ci: MmioSpace;
  /** Places of registers: ISR, IER, ISDR, IIR, CFG, SCN0, SCN1, PI, CI, ITR. */
  readonly at: Readonly<Record<string, number>>;
  #pi: number;
  #valid: number;
  #rr = 1;
  #mcValid = 0x80;

  constructor(plugged: Plugged, arm = true) {
    this.ce = plugged.windows[0] as MmioSpace;
    this.ci = plugged.windows[1] as MmioSpace;
    this.at = arm
      ? {
          ...{ PI: 0x3000, CI: 0x3100, ITR: 0x3200, CFG: 0x3300, SCN0: 0x3400, SCN1: 0x3440 },
          ...{ ISR: 0x3e00, IER: 0x3e40, ISDR: 0x3e80, IIR: 0x3ec0 },
        }
      : {
          ...{ PI: 0, CI: 4, ITR: 8, CFG: 0x100, SCN0: 0x200, SCN1: 0x204 },
          ...{ ISR: 0xe00, IER: 0xe04, ISDR: 0xe08, IIR: 0xe0c },
        };
    const pi = this.reg('PI');
    this.#pi = pi & 7;
    this.#valid = (pi & 8) !== 0 ? 0x80 : 0;
    this.setReg('CFG', 2);
  }

  reg(name: string): number {
    return ioread32be(this.ci, this.at[name] as number);
  }

  setReg(name: string, value: number): void {
    iowrite32be(this.ci, this.at[name] as number, value);
  }

  /** Free entries of the release ring. */
  room(): number {
    return 7 - ((this.#pi - ioread32be(this.ce, 0x3100)) & 7);
  }

  /** One release; false when the ring is full. `verb` without count and valid bit. */
  release(bpid: number, addrs: readonly number[], verb = 0x20): boolean {
    if (this.room() === 0) return false;
    const entry = 0x1000 + this.#pi * 64;
    this.#addrs(entry, bpid, addrs);
    this.ce.write8(entry, verb | addrs.length | this.#valid);
    this.#pi = (this.#pi + 1) & 7;
    if (this.#pi === 0) this.#valid ^= 0x80;
    return true;
  }

  #addrs(entry: number, bpid: number, addrs: readonly number[]): void {
    addrs.forEach((addr, i) => {
      iowrite32be(this.ce, entry + i * 8 + 4, addr % 0x1_0000_0000);
      this.ce.write16(entry + i * 8 + 2, swap16(Math.floor(addr / 0x1_0000_0000)));
      if (i > 0) this.ce.write16(entry + i * 8, bpid << 8);
    });
    this.ce.write8(entry + 1, bpid);
  }

  /** A management command: answers the 64 bytes of the response. */
  command(verb: number, bpid = 0): DataView {
    this.ce.write8(1, bpid);
    this.ce.write8(0, verb | this.#mcValid);
    const rr = 0x100 + this.#rr * 0x40;
    const view = new DataView(new ArrayBuffer(64));
    for (let i = 0; i < 64; i += 4) view.setUint32(i, ioread32be(this.ce, rr + i));
    this.#rr ^= 1;
    this.#mcValid ^= 0x80;
    return view;
  }

  /** Acquired addresses; none when the pool had fewer. */
  acquire(bpid: number, count: number): number[] {
    const response = this.command(0x10 | count, bpid);
    const got = response.getUint8(0) & 0xf;
    return Array.from({ length: got }, (_, i) => {
      return response.getUint16(i * 8 + 2) * 0x1_0000_0000 + response.getUint32(i * 8 + 4);
    });
  }
}

const swap16 = (value: number): number => ((value & 0xff) << 8) | (value >>> 8);
