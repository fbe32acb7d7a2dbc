// The registers of the GCE, as software and other masters meet them: tables over the engine.
import { bits, type Reg, type Registers } from '../../base/regs.js';
import { Trace } from '../../base/trace.js';
import type { MmioTarget } from '../../bus/mmio.js';
import type { MappedRegister } from '../../bus/socket.js';
import { mapped, RegisterFile, RegisterLayout } from '../register-file.js';
import type { GceEngine } from './engine.js';
import { G, GPR_BASE, GPRS, T, THREAD_BASE, THREAD_SIZE } from './regs.js';
import type { Thread } from './thread.js';

/** What a register does that is more than memory; what is left out is as the register file has it. */
interface Row<Of> {
  readonly reg: Reg;
  read?(of: Of): number;
  /** `value` is what the bus carried. The register file has taken it already. */
  write?(of: Of, value: number): void;
}

interface Part {
  readonly engine: GceEngine;
  readonly regs: RegisterFile;
}

interface ThreadPart extends Part {
  readonly t: Thread;
  /** Bytes of an address unit. */
  readonly unit: number;
}

const GLOBAL: readonly Row<Part>[] = [
  { reg: G.CORE_WARM_RESET, write: ({ engine, regs }) => hardReset(engine, regs) },
  { reg: G.CURR_IRQ_STATUS, read: ({ engine }) => (~engine.pending & perThread(engine)) >>> 0 },
  { reg: G.SECURE_IRQ_STATUS, read: ({ engine }) => perThread(engine) },
  { reg: G.CURR_LOADED_THR, read: ({ engine }) => loaded(engine) },
  {
    reg: G.THR_SLOT_CYCLES,
    write: ({ engine }, value) => {
      engine.slotCycles = value;
    },
  },
  {
    reg: G.GCTL_VALUE,
    write: ({ engine }, value) => {
      engine.control = value;
    },
  },
  { reg: G.SYNC_TOKEN_VAL, read: ({ engine, regs }) => engine.event(regs.peek(G.SYNC_TOKEN_ID, 'ID')) },
  {
    reg: G.SYNC_TOKEN_UPDATE,
    write: ({ engine }, value) => engine.machine.events.set(value & 0x3ff, (value >>> 16) & 1),
  },
  { reg: G.TPR_MASK, write: ({ engine }, value) => engine.machine.timer.run(value >>> 31 === 1, engine.now) },
  { reg: G.TPR_TIMEOUT_EN, write: ({ engine }, value) => engine.machine.timer.watch(value & 0xffff, engine.now) },
];

const FLAGS = 0x13;

const THREAD: readonly Row<ThreadPart>[] = [
  {
    reg: T.WARM_RESET,
    write: ({ t, regs }, value) => {
      if ((value & 1) !== 0) reset(t, regs);
    },
  },
  {
    reg: T.ENABLE_TASK,
    read: ({ t }) => Number(t.enabled),
    write: ({ t }, value) => {
      t.enabled = (value & 1) !== 0;
    },
  },
  {
    reg: T.SUSPEND_TASK,
    read: ({ t }) => Number(t.suspended),
    write: ({ t }, value) => {
      t.suspended = (value & 1) !== 0;
    },
  },
  { reg: T.CURR_STATUS, read: ({ t }) => (t.enabled && t.suspended && !t.polling ? 2 : 0) },
  {
    reg: T.IRQ_STATUS,
    read: ({ t }) => t.irqStatus,
    write: ({ t }, value) => {
      t.irqStatus &= value;
    },
  },
  {
    reg: T.IRQ_ENABLE,
    read: ({ t }) => t.irqEnable,
    write: ({ t }, value) => {
      t.irqEnable = value & FLAGS;
    },
  },
  { reg: T.CURR_ADDR, read: ({ t, unit }) => Math.floor(t.pc / unit), write: ({ t, unit }, v) => t.restart(v * unit) },
  {
    reg: T.END_ADDR,
    read: ({ t, unit }) => t.end / unit,
    write: ({ t, unit }, value) => {
      t.end = value * unit;
    },
  },
  {
    reg: T.EXEC_CNT,
    read: ({ t }) => t.execCount,
    write: ({ t }, value) => {
      t.execCount = value | 0;
    },
  },
  { reg: T.WAIT_TOKEN, read: ({ engine, t }) => engine.waitToken(t) },
  {
    reg: T.PRIORITY,
    read: ({ t }) => t.priority,
    write: ({ t }, value) => {
      t.priority = value & 7;
    },
  },
  {
    reg: T.INST_CYCLES,
    read: ({ t }) => t.instCycles,
    write: ({ t }, value) => {
      t.instCycles = value & 0x1f;
    },
  },
  ...[T.SPR0, T.SPR1, T.SPR2, T.SPR3].map(
    (reg, at): Row<ThreadPart> => ({
      reg,
      read: ({ t }) => t.spr[at] as number,
      write: ({ t }, value) => {
        t.spr[at] = value;
      },
    }),
  ),
];

const GLOBAL_LAYOUT = new RegisterLayout(G);
const THREAD_LAYOUT = new RegisterLayout(T);
const GLOBAL_ROWS = rowsByAddr(GLOBAL);
const THREAD_ROWS = rowsByAddr(THREAD);
/** By software, not by a thread. */
const SOFTWARE = -1;

/**
 * The register window over an engine. What the model has no behaviour for leaves `todo` and `unknown_reg` events in the
 * trace. `touched` is called behind each write.
 */
export class GceRegisters implements MmioTarget {
  readonly #engine: GceEngine;
  readonly #name: string;
  readonly #trace: Trace;
  readonly #touched: () => void;
  readonly #global: Part;
  readonly #threads: readonly ThreadPart[];

  constructor(
    engine: GceEngine,
    name = 'gce',
    trace: Trace = new Trace(() => engine.now),
    touched: () => void = () => {},
  ) {
    const unit = 2 ** engine.soc.shift;
    this.#engine = engine;
    this.#name = name;
    this.#trace = trace;
    this.#touched = touched;
    this.#global = { engine, regs: new RegisterFile(GLOBAL_LAYOUT, name, trace) };
    this.#threads = engine.threads.map((t) => {
      return { engine, t, unit, regs: new RegisterFile(THREAD_LAYOUT, `${name}: thread ${t.id}`, trace) };
    });
  }

  read32(offset: number): number {
    const thread = this.#threads[Math.floor((offset - THREAD_BASE) / THREAD_SIZE)];
    if (thread !== undefined) return read(thread, THREAD_ROWS, (offset - THREAD_BASE) % THREAD_SIZE);
    const gpr = (offset - GPR_BASE) / 4;
    if (gpr >= 0 && gpr < GPRS) return (this.#engine.machine.gpr[gpr] as number) >>> 0;
    if (offset < THREAD_BASE) return read(this.#global, GLOBAL_ROWS, offset);
    this.#unknown(offset, 'read');
    return 0;
  }

  write32(offset: number, value: number): void {
    const thread = this.#threads[Math.floor((offset - THREAD_BASE) / THREAD_SIZE)];
    const gpr = (offset - GPR_BASE) / 4;
    if (thread !== undefined) {
      write(thread, THREAD_ROWS, (offset - THREAD_BASE) % THREAD_SIZE, value);
      this.#engine.changed(thread.t);
    } else if (gpr >= 0 && gpr < GPRS) this.#engine.machine.setGpr(gpr, value, SOFTWARE);
    else if (offset < THREAD_BASE) write(this.#global, GLOBAL_ROWS, offset, value);
    else this.#unknown(offset, 'write');
    this.#touched();
  }

  /** Registers by name: the global ones, and `THR0.CURR_ADDR` of the threads that are not as after a reset. */
  registers(): Record<string, number> {
    const used = this.#threads.filter(({ t }) => t.enabled || t.end !== 0 || t.pc !== 0 || t.irqStatus !== 0);
    return {
      ...shown(this.#global, GLOBAL_ROWS, G, ''),
      ...Object.fromEntries(Array.from(this.#engine.machine.gpr, (value, at) => [`GPR_R${at}`, value >>> 0])),
      ...Object.assign({}, ...used.map((part) => shown(part, THREAD_ROWS, T, `THR${part.t.id}.`))),
    };
  }

  /** Where they are, by the same names; those of all threads. */
  mapped(): MappedRegister[] {
    const general = Array.from({ length: GPRS }, (_, at) => {
      return { name: `GPR_R${at}`, addr: GPR_BASE + 4 * at, fields: { VALUE: bits(31, 0) } };
    });
    const threads = this.#threads.flatMap(({ t }) => mapped(T, `THR${t.id}.`, THREAD_BASE + THREAD_SIZE * t.id));
    return [...mapped(G), ...general, ...threads];
  }

  #unknown(reg: number, access: 'read' | 'write'): void {
    if (this.#trace.on) this.#trace.emit(this.#name, { kind: 'unknown_reg', reg, access });
  }
}

function rowsByAddr<Of>(rows: readonly Row<Of>[]): ReadonlyMap<number, Row<Of>> {
  return new Map(rows.map((row) => [row.reg.addr, row]));
}

function read<Of extends Part>(of: Of, rows: ReadonlyMap<number, Row<Of>>, addr: number): number {
  const live = rows.get(addr)?.read;
  return live === undefined ? of.regs.busRead(addr) : live(of) >>> 0;
}

function write<Of extends Part>(of: Of, rows: ReadonlyMap<number, Row<Of>>, addr: number, value: number): void {
  of.regs.busWrite(addr, value);
  rows.get(addr)?.write?.(of, value >>> 0);
}

function shown<Of extends Part>(
  of: Of,
  rows: ReadonlyMap<number, Row<Of>>,
  map: Registers,
  prefix: string,
): Record<string, number> {
  const values = Object.values(map).map((reg) => {
    return [`${prefix}${reg.name}`, (rows.get(reg.addr)?.read?.(of) ?? of.regs.peek(reg)) >>> 0];
  });
  return Object.fromEntries(values) as Record<string, number>;
}

/** One bit for each thread that there is. */
function perThread({ threads }: GceEngine): number {
  return 2 ** threads.length - 1;
}

function loaded(engine: GceEngine): number {
  if (engine.current < 0) return 0;
  const executing = engine.busy || engine.poller >= 0;
  return ((executing ? 0x8000_0000 : 0) | engine.current) >>> 0;
}

function reset(t: Thread, regs: RegisterFile): void {
  regs.reset();
  t.reset();
}

/** All threads as after their own reset; events and general registers stay. */
function hardReset(engine: GceEngine, regs: RegisterFile): void {
  if (regs.peek(G.CORE_WARM_RESET, 'HARD_RESET') === 0) return;
  regs.poke(G.CORE_WARM_RESET, 0);
  for (const t of engine.threads) {
    t.reset();
    engine.changed(t);
  }
}
