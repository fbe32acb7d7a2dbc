// One thread of a GCE: packets go in, chained behind each other, and each is told how it ended (Linux 6.12:
// cmdq_mbox_send_data, cmdq_thread_irq_handler and what they call). Plain calls, but for `flush`, which waits.
import { assert } from '../../base/assert.js';
import { hexNumber } from '../../base/bytes.js';
import { ms, type Timer } from '../../base/clock.js';
import { ERRNO, type Errno, SysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import type { MmioSpace } from '../../core/io.js';
import { WaitQueue } from '../../core/wait.js';
import { dumpThread } from './dump.js';
import { ARG_A, high, INST_SIZE, OP } from './instruction.js';
import type { CmdqCbData, CmdqStatus, GceProgram } from './program.js';
import { BIT0, IRQ_ALL, IRQ_DONE, IRQ_ERROR, IS_WAITING, STATUS_SUSPENDED, THR, threadBase } from './regs.js';

/** Linux looks for 10 us. Time does not pass in a call, so a look at a register counts as one of them. */
const LOOKS = 10;
/** When a bus error came in the way of an interrupt, the thread is looked at again. */
const RETRY = ms(1);
const JUMP_ABSOLUTE = high(OP.JUMP, ARG_A.JUMP_ABSOLUTE);

interface Task {
  readonly program: GceProgram;
  readonly timer: Timer | undefined;
}

/** What a thread is part of. */
export interface ThreadHost {
  readonly dev: Device;
  readonly regs: MmioSpace;
  readonly shift: number;
  /** A packet has left the thread. */
  readonly tell: (index: number, data: CmdqCbData) => void;
}

/** A thread. */
export class GceThread {
  readonly index: number;
  priority = 0;
  readonly #host: ThreadHost;
  readonly #base: number;
  /** What the GCE has, the oldest first (Linux: task_busy_list). */
  readonly #tasks: Task[] = [];
  readonly #emptied = new WaitQueue();
  /** What IRQ_STATUS said and has not been dealt with. */
  #flags = 0;
  #retry: Timer | undefined;
  #telling = false;

  constructor(host: ThreadHost, index: number) {
    this.#host = host;
    this.index = index;
    this.#base = threadBase(index);
  }

  /** Packets that the GCE has. */
  get busy(): number {
    return this.#tasks.length;
  }

  /** Lets the GCE execute a packet, behind those that it has. On an error it has none of it. */
  send(program: GceProgram): void {
    const { dev } = this.#host;
    assert(!this.#telling, `${dev.path}: a client sends on thread ${this.index} while it is told of a packet`);
    if (program.start === program.end) throw this.#error('EINVAL', 'the packet is empty and would never end');
    const last = this.#tasks.at(-1)?.program;
    if (last !== undefined && last.lastHigh >>> 24 === OP.EOC)
      throw this.#error('EBUSY', 'the packet before ends with EOC: nothing can follow it before it is through');
    program.sent();
    try {
      if (last === undefined) this.#start(program);
      else this.#chain(program, last);
    } catch (e) {
      program.unsent();
      throw e;
    }
    const timer = program.limit === undefined ? undefined : dev.clock.after(program.limit, () => this.#late(program));
    this.#tasks.push({ program, timer });
  }

  /** The engine says that something is with this thread. */
  interrupt(): void {
    this.#guarded(() => {
      this.#acknowledge();
      this.#settle();
    });
  }

  /** Ends what is under way; what has not been executed ends with ECONNABORTED. */
  shutdown(): void {
    if (this.#tasks.length > 0) {
      this.#quietly(() => this.#warnSuspend());
      this.#quietly(() => {
        this.#acknowledge();
        this.#settle();
      });
      if (this.#tasks.length > 0) {
        this.#abort(() => 'ECONNABORTED');
        this.#quietly(() => this.#disable());
      }
    }
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#flags = 0;
  }

  /**
   * Empties the thread: while it waits for an event what it has is ended with ECONNABORTED, otherwise it may run to its
   * end. EFAULT: that did not come within the time.
   */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#tasks.length === 0) return;
    this.#warnSuspend();
    if ((this.#read(THR.WAIT_TOKEN) & IS_WAITING) !== 0) {
      this.#abort(() => 'ECONNABORTED');
      this.#resume();
      this.#disable();
      return;
    }
    this.#resume();
    const within = { clock: this.#host.dev.clock, limit: ms(timeoutMs) };
    if ((this.#read(THR.ENABLE_TASK) & BIT0) === 0) return;
    const ended = await this.#emptied.wait(() => (this.#tasks.length === 0 ? true : undefined), within);
    if (ended === true || (this.#read(THR.ENABLE_TASK) & BIT0) === 0) return;
    this.#host.dev.err(`Fail to wait GCE thread ${hexNumber(this.#base)} done`);
    throw this.#error('EFAULT', `not empty within ${timeoutMs} ms`);
  }

  #start(program: GceProgram): void {
    try {
      this.#warnOn(!this.#reset());
      this.#write(THR.CURR_ADDR, this.#units(program.start));
      this.#write(THR.END_ADDR, this.#units(program.end));
      this.#write(THR.PRIORITY, this.priority);
      this.#write(THR.IRQ_ENABLE, IRQ_ALL);
      this.#write(THR.ENABLE_TASK, BIT0);
    } catch (e) {
      this.#quietly(() => this.#disable());
      throw e;
    }
  }

  /** Lets the packet before lead to this one (facts cmdq §3, H4). */
  #chain(program: GceProgram, last: GceProgram): void {
    let undo: (() => void) | undefined;
    try {
      this.#warnSuspend();
      const pc = this.#address(this.#read(THR.CURR_ADDR));
      const end = this.#address(this.#read(THR.END_ADDR));
      if (pc === end - INST_SIZE || pc === end) this.#write(THR.CURR_ADDR, this.#units(program.start));
      else {
        undo = last.relink(JUMP_ABSOLUTE, this.#units(program.start));
        this.#refetch();
      }
      this.#write(THR.END_ADDR, this.#units(program.end));
      this.#resume();
    } catch (e) {
      this.#unchain(undo);
      throw e;
    }
  }

  /** The packets that were there go on as if nothing had been. */
  #unchain(undo: (() => void) | undefined): void {
    const end = (this.#tasks.at(-1) as Task).program.end;
    this.#quietly(() => {
      this.#write(THR.SUSPEND_TASK, BIT0);
      if (undo !== undefined) {
        undo();
        this.#refetch();
      }
      this.#write(THR.END_ADDR, this.#units(end));
      this.#resume();
    });
  }

  /** Writing the program counter drops instructions that were fetched ahead. */
  #refetch(): void {
    this.#write(THR.CURR_ADDR, this.#read(THR.CURR_ADDR));
  }

  #acknowledge(): void {
    const flags = this.#read(THR.IRQ_STATUS);
    this.#flags |= flags & IRQ_ALL;
    this.#write(THR.IRQ_STATUS, ~flags >>> 0);
  }

  /** Tells who is through, by where the program counter stands. */
  #settle(): void {
    const flags = this.#flags;
    if ((this.#read(THR.ENABLE_TASK) & BIT0) === 0 || flags === 0) {
      this.#flags = 0;
      return;
    }
    const pc = this.#address(this.#read(THR.CURR_ADDR));
    this.#flags = 0;
    if ((flags & IRQ_ERROR) !== 0) this.#failed(pc);
    else if ((flags & IRQ_DONE) !== 0) this.#passed(pc, this.#indexAt(pc));
    if (this.#tasks.length === 0) this.#disable();
  }

  /** Who has an instruction at the address; the end of the last packet is behind all; -1 for anywhere else. */
  #indexAt(pc: number): number {
    const index = this.#tasks.findIndex(({ program }) => program.contains(pc));
    return index < 0 && pc === this.#tasks.at(-1)?.program.end ? this.#tasks.length : index;
  }

  /** Everything before the packet at `index` is through; that one too when it stands at its last instruction. */
  #passed(pc: number, index: number): void {
    for (let done = 0; done < index; done++) this.#end(0);
    if (index >= 0 && pc === (this.#tasks[0]?.program.end ?? 0) - INST_SIZE) this.#end(0);
  }

  /** The instruction at `pc` failed. Where that is in no packet, nobody knows what was done: all fail. */
  #failed(pc: number): void {
    const { dev } = this.#host;
    const index = this.#indexAt(pc);
    if (this.#tasks.length === 0) return;
    if (index < 0) {
      dev.err(`thread ${this.index} error at ${hexNumber(pc)}, outside of its ${this.#tasks.length} packet(s)`);
      return this.#abort(() => 'ENOEXEC');
    }
    for (let done = 0; done < index; done++) this.#end(0);
    const failed = this.#tasks[0]?.program;
    if (failed === undefined) return;
    dev.err(`task ${hexNumber(failed.start)} error`);
    dumpThread(dev, this.index, { pc, end: failed.end, token: 0, programs: [failed] });
    this.#end('ENOEXEC');
    const obeys = this.#quietly(() => {
      this.#warnSuspend();
      const next = this.#tasks[0]?.program;
      if (next !== undefined) this.#write(THR.CURR_ADDR, this.#units(next.start));
      this.#resume();
    });
    if (!obeys) this.#abort(() => 'EIO');
  }

  /** A packet took longer than it may (facts cmdq §3, H8). Perhaps its interrupt was lost: that is looked at first. */
  #late(program: GceProgram): void {
    this.#quietly(() => this.#warnSuspend());
    this.#quietly(() => {
      this.#acknowledge();
      this.#flags |= IRQ_DONE;
      this.#settle();
    });
    if (!this.#tasks.some((task) => task.program === program)) {
      if (this.#tasks.length > 0) this.#quietly(() => this.#resume());
      return;
    }
    const pc = this.#dumpLate();
    this.#abort((task) => (task === program || task.contains(pc) ? 'ETIMEDOUT' : 'ECONNABORTED'));
    this.#quietly(() => this.#disable());
  }

  #dumpLate(): number {
    const { dev } = this.#host;
    const programs = this.#tasks.map((task) => task.program);
    let pc = -1;
    this.#quietly(() => {
      pc = this.#address(this.#read(THR.CURR_ADDR));
      const end = this.#address(this.#read(THR.END_ADDR));
      const token = this.#read(THR.WAIT_TOKEN);
      dev.err(`thread ${this.index}: cmdq timeout!`);
      dumpThread(dev, this.index, { pc, end, token, programs });
    });
    return pc;
  }

  /** Ends every packet, each with the status that it is given. */
  #abort(codeOf: (program: GceProgram) => Errno): void {
    while (this.#tasks.length > 0) this.#end(codeOf((this.#tasks[0] as Task).program));
  }

  /** The oldest packet leaves. */
  #end(code: Errno | 0): void {
    const { program, timer } = this.#tasks.shift() as Task;
    const status: CmdqStatus = code === 0 ? 0 : -ERRNO[code];
    timer?.cancel();
    if (this.#tasks.length === 0) this.#emptied.wake();
    this.#telling = true;
    try {
      program.done(status);
      this.#host.tell(this.index, { sta: status, pkt: program });
    } finally {
      this.#telling = false;
    }
  }

  #warnSuspend(): void {
    this.#warnOn(!this.#suspend());
  }

  /** True when the thread stands still. */
  #suspend(): boolean {
    this.#write(THR.SUSPEND_TASK, BIT0);
    if ((this.#read(THR.ENABLE_TASK) & BIT0) === 0) return true;
    if (this.#look(THR.CURR_STATUS, (status) => (status & STATUS_SUSPENDED) !== 0)) return true;
    this.#host.dev.err(`suspend GCE thread ${hexNumber(this.#base)} failed`);
    return false;
  }

  #resume(): void {
    this.#write(THR.SUSPEND_TASK, 0);
  }

  #reset(): boolean {
    this.#write(THR.WARM_RESET, BIT0);
    if (this.#look(THR.WARM_RESET, (value) => (value & BIT0) === 0)) return true;
    this.#host.dev.err(`reset GCE thread ${hexNumber(this.#base)} failed`);
    return false;
  }

  #disable(): void {
    this.#reset();
    this.#write(THR.ENABLE_TASK, 0);
  }

  #look(reg: number, isSo: (value: number) => boolean): boolean {
    for (let look = 0; look < LOOKS; look++) if (isSo(this.#read(reg))) return true;
    return false;
  }

  /** A bus error in an interrupt must not lose it: the thread is looked at again. */
  #guarded(body: () => void): void {
    if (this.#quietly(body)) return;
    this.#retry ??= this.#host.dev.clock.after(RETRY, () => {
      this.#retry = undefined;
      this.interrupt();
    });
  }

  /** A bus error is told in the log. Answers whether there was none. */
  #quietly(body: () => void): boolean {
    try {
      body();
      return true;
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      this.#host.dev.err(`thread ${this.index}: ${e.message}`);
      return false;
    }
  }

  #warnOn(condition: boolean): void {
    if (condition) this.#host.dev.warn(`WARNING: thread ${this.index} does not obey`);
  }

  #units(iova: number): number {
    return iova / 2 ** this.#host.shift;
  }

  #address(units: number): number {
    return units * 2 ** this.#host.shift;
  }

  #read(reg: number): number {
    return this.#host.regs.read32(this.#base + reg);
  }

  #write(reg: number, value: number): void {
    this.#host.regs.write32(this.#base + reg, value);
  }

  #error(code: Errno, what: string): SysError {
    return this.#host.dev.error(code, `thread ${this.index}: ${what}`, 'cmdq');
  }
}
