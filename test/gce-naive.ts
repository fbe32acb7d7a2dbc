// A second GCE, written apart from the model in src/chips: one map of words, one list of threads, each instruction
// taken apart from its 64 bits as a text of digits. It knows the tables by number, has no views, no bursts and no
// bit sets, and looks for whose turn it is before every instruction. Prefetch and time it has not.

/** A write that was performed. */
export type NaiveWrite = readonly [thread: number, addr: number, value: number];

/** What differs between the SoCs that are compared. */
export interface NaiveSoc {
  readonly threads: number;
  readonly shift: 0 | 3;
  readonly subsys: readonly (number | undefined)[];
  /** Registers from number 0x8000 on. */
  readonly cpr: boolean;
  /** Where programs meet the engine's own registers. */
  readonly base: number;
}

interface NaiveThread {
  readonly id: number;
  pc: number;
  end: number;
  enabled: boolean;
  suspended: boolean;
  broken: boolean;
  /** Event and value that are waited for. */
  waits: readonly [event: number, value: number] | undefined;
  polls: boolean;
  priority: number;
  irqStatus: number;
  irqEnable: number;
  count: number;
  cycles: number;
  mask: number;
  spr: number[];
}

/** Where memory begins on the SoCs that are compared. */
const MEMORY = 0x4000_0000;

type Outcome = 'done' | 'stays' | 'invalid';

/** The fields of an instruction, from its digits. */
interface Fields {
  readonly op: number;
  readonly dst: boolean;
  readonly src: boolean;
  readonly right: boolean;
  readonly sop: number;
  readonly a16: number;
  readonly b16: number;
  readonly c16: number;
  readonly value: number;
}

const freshThread = (id: number): NaiveThread => ({
  ...{ id, pc: 0, end: 0, enabled: false, suspended: false, broken: false, waits: undefined, polls: false },
  ...{ priority: 0, irqStatus: 0, irqEnable: 0, count: 0, cycles: 0, mask: 0, spr: [0, 0, 0, 0] },
});

/** The engine from power-on, all events 0. */
export class NaiveGce {
  readonly events: number[] = Array.from({ length: 1024 }, () => 0);
  readonly gpr: number[] = Array.from({ length: 16 }, () => 0);
  readonly words = new Map<number, number>();
  readonly threads: NaiveThread[];
  readonly writes: NaiveWrite[] = [];
  readonly #soc: NaiveSoc;
  readonly #cpr = new Map<number, number>();
  #tokenId = 0;
  /** By priority, who executed last and has not been seen unable since. */
  readonly #holders = new Map<number, number>();

  constructor(soc: NaiveSoc) {
    this.#soc = soc;
    this.threads = Array.from({ length: soc.threads }, (_, id) => freshThread(id));
  }

  /** Executes until nothing can, or so many instructions. */
  run(budget: number): void {
    for (let left = budget; left > 0; ) {
      const t = this.threads.find((one) => one.polls) ?? this.#next();
      if (t === undefined) return;
      const outcome = this.#step(t);
      if (outcome === 'done') left--;
      else if (t.polls) return;
    }
  }

  /** What a thread does, by the precedence of the recordings. */
  stateOf(t: NaiveThread): string {
    if (!t.enabled) return 'disabled';
    if (t.suspended && !t.polls) return 'suspended';
    if (t.broken) return 'error';
    if (t.polls) return 'polling';
    if (t.pc === t.end) return 'idle-at-end';
    return t.waits === undefined ? 'running' : 'waiting';
  }

  /** A register of the window. */
  read(offset: number): number {
    if (offset === 0x10) {
      let idle = '';
      for (const t of this.threads) idle = ((t.irqStatus & t.irqEnable) === 0 ? '1' : '0') + idle;
      return Number.parseInt(idle, 2);
    }
    if (offset === 0x60) return this.#tokenId;
    if (offset === 0x64) return this.events[this.#tokenId] as number;
    if (offset >= 0x80 && offset < 0xc0) return this.gpr[(offset - 0x80) / 4] as number;
    const t = this.threads[Math.floor((offset - 0x100) / 0x80)];
    return t === undefined ? 0 : this.#readThread(t, (offset - 0x100) % 0x80);
  }

  /** A write of software, or of a program that reaches the window. */
  write(offset: number, value: number): void {
    if (offset === 0x60) this.#tokenId = value & 0x3ff;
    else if (offset === 0x68) this.events[value & 0x3ff] = Math.floor(value / 0x1_0000) % 2;
    else if (offset >= 0x80 && offset < 0xc0) this.gpr[(offset - 0x80) / 4] = value;
    else if (offset >= 0x100) {
      const t = this.threads[Math.floor((offset - 0x100) / 0x80)];
      if (t !== undefined) this.#writeThread(t, (offset - 0x100) % 0x80, value);
    }
    for (const t of this.threads) this.#seen(t);
  }

  #readThread(t: NaiveThread, offset: number): number {
    const unit = this.#soc.shift === 3 ? 8 : 1;
    if (offset >= 0x60 && offset <= 0x6c) return t.spr[(offset - 0x60) / 4] as number;
    switch (offset) {
      case 0x04:
        return t.enabled ? 1 : 0;
      case 0x08:
        return t.suspended ? 1 : 0;
      case 0x0c:
        return t.enabled && t.suspended && !t.polls ? 2 : 0;
      case 0x10:
        return t.irqStatus;
      case 0x14:
        return t.irqEnable;
      case 0x20:
        return Math.floor(t.pc / unit);
      case 0x24:
        return t.end / unit;
      case 0x28:
        return t.count;
      case 0x30:
        return t.waits === undefined ? 0 : 0x8000_0000 + t.waits[0];
      case 0x40:
        return t.priority;
      case 0x50:
        return t.cycles;
      default:
        return 0;
    }
  }

  #writeThread(t: NaiveThread, offset: number, value: number): void {
    const unit = this.#soc.shift === 3 ? 8 : 1;
    const odd = value % 2 === 1;
    if (offset >= 0x60 && offset <= 0x6c) t.spr[(offset - 0x60) / 4] = value;
    if (offset === 0x00 && odd) Object.assign(t, freshThread(t.id));
    if (offset === 0x04) {
      t.enabled = odd;
      if (!odd) t.polls = false;
    }
    if (offset === 0x08) t.suspended = odd;
    if (offset === 0x10) t.irqStatus = (t.irqStatus & value) >>> 0;
    if (offset === 0x14) t.irqEnable = value & 0x13;
    if (offset === 0x20) Object.assign(t, { pc: value * unit, broken: false, waits: undefined, polls: false });
    if (offset === 0x24) t.end = value * unit;
    if (offset === 0x28) t.count = value;
    if (offset === 0x40) t.priority = value & 7;
    if (offset === 0x50) t.cycles = value & 0x1f;
  }

  #able(t: NaiveThread): boolean {
    const runs = t.enabled && !t.suspended && !t.broken && !t.polls && t.pc !== t.end;
    return runs && (t.waits === undefined || this.events[t.waits[0]] === t.waits[1]);
  }

  /** Who cannot execute has lost its turn. */
  #seen(t: NaiveThread): void {
    for (const [priority, id] of this.#holders) if (id === t.id && !this.#able(t)) this.#holders.delete(priority);
  }

  #next(): NaiveThread | undefined {
    const able = this.threads.filter((t) => this.#able(t));
    const top = Math.max(...able.map((t) => t.priority));
    const first = able.filter((t) => t.priority === top);
    return first.find((t) => this.#holders.get(top) === t.id) ?? first[0];
  }

  /** One instruction, or one look of a POLL. */
  #step(t: NaiveThread): Outcome {
    this.#holders.set(t.priority, t.id);
    const at = t.pc;
    if (at % 8 !== 0) return this.#breaks(t);
    const fields = fieldsOf(this.#digits(at + 4) + this.#digits(at));
    t.pc = (at + 8) % this.#limit;
    const outcome = this.#execute(t, fields, at);
    if (outcome === 'done') Object.assign(t, { waits: undefined, polls: false });
    else t.pc = at;
    if (outcome === 'invalid') this.#breaks(t);
    for (const one of this.threads) this.#seen(one);
    return outcome;
  }

  #breaks(t: NaiveThread): Outcome {
    Object.assign(t, { broken: true, waits: undefined, polls: false });
    t.irqStatus |= 0x10;
    this.#seen(t);
    return 'invalid';
  }

  get #limit(): number {
    return this.#soc.shift === 3 ? 2 ** 35 : 2 ** 32;
  }

  /** Code comes from memory; below it there are registers. */
  #digits(addr: number): string {
    return (addr < MEMORY ? 0 : (this.words.get(addr) ?? 0)).toString(2).padStart(32, '0');
  }

  #execute(t: NaiveThread, f: Fields, at: number): Outcome {
    switch (f.op) {
      case 0x01:
        return this.#fetchTo(t, 32 + (f.c16 % 32), this.#legacy(t, f));
      case 0x02:
        if (f.dst) this.#put(t, 32 + f.sop, f.value);
        else t.mask = f.value;
        return 'done';
      case 0x04:
        return this.#store(t, this.#legacy(t, f), this.#operand(t, f), f.a16 % 2 === 1);
      case 0x08:
        return this.#poll(t, f);
      case 0x10:
        return this.#jump(t, f.src ? this.#get(t, f.c16) : f.value, f.a16 % 2 === 1 ? 0 : at);
      case 0x20:
        return this.#wfe(t, f);
      case 0x40:
        if (f.sop % 2 === 0) t.count = (t.count + 1) % 2 ** 32;
        if (f.c16 % 2 === 1) t.irqStatus |= 1;
        return 'done';
      case 0x80:
        return this.#fetchTo(t, f.a16, this.#address(t, f.sop, f.b16, f.src));
      case 0x90:
      case 0x91: {
        const value = f.src ? this.#get(t, f.b16) : f.value;
        return this.#store(t, this.#address(t, f.sop, f.a16, f.dst), value, f.op === 0x91);
      }
      case 0xa0:
        return this.#logic(t, f);
      case 0xb0:
      case 0xb1:
        return this.#conditional(t, f, at);
      default:
        return 'invalid';
    }
  }

  #fetchTo(t: NaiveThread, number: number, from: number | undefined): Outcome {
    if (from !== undefined) this.#put(t, number, this.#load(from));
    return 'done';
  }

  #poll(t: NaiveThread, f: Fields): Outcome {
    const from = this.#legacy(t, f);
    const seen = from === undefined ? 0 : this.#load(from);
    const wanted = this.#operand(t, f);
    const looksAt = f.a16 % 2 === 1 ? 0xffff_ffff - t.mask : 0xffff_ffff;
    if (digitsWhere(seen, looksAt) === digitsWhere(wanted, looksAt)) return 'done';
    t.polls = true;
    return 'stays';
  }

  /** `from` is the address of a relative jump, 0 for an absolute one. */
  #jump(t: NaiveThread, units: number, from: number): Outcome {
    t.pc = (from + units * (this.#soc.shift === 3 ? 8 : 1)) % this.#limit;
    return 'done';
  }

  #wfe(t: NaiveThread, f: Fields): Outcome {
    const [updates, updateOp, updateValue] = [f.b16 >= 0x8000, (f.b16 >> 12) & 7, f.b16 & 0xfff];
    const [waits, waitOp, waitValue] = [f.c16 >= 0x8000, (f.c16 >> 12) & 7, f.c16 & 0xfff];
    if ((updates && updateOp !== 0) || (waits && waitOp !== 0)) return 'invalid';
    const id = f.a16 % 1024;
    if (waits && this.events[id] !== waitValue) {
      t.waits = [id, waitValue];
      return 'stays';
    }
    if (updates) this.events[id] = updateValue % 2;
    return 'done';
  }

  #logic(t: NaiveThread, f: Fields): Outcome {
    const left = f.src ? this.#get(t, f.b16) : f.b16;
    const right = f.right ? this.#get(t, f.c16) : f.c16;
    const results: Record<number, bigint> = {
      0: BigInt(f.src ? left : f.value),
      1: BigInt(left) + BigInt(right),
      2: BigInt(left) - BigInt(right),
      3: BigInt(left) * BigInt(right),
      8: BigInt(left) ^ BigInt(right),
      9: 0xffff_ffffn - BigInt(left),
      10: BigInt(left) | BigInt(right),
      11: BigInt(left) & BigInt(right),
      12: right > 31 ? 0n : (BigInt(left) << BigInt(right)) % 2n ** 32n,
      13: right > 31 ? 0n : BigInt(left) >> BigInt(right),
    };
    const result = results[f.sop];
    if (result === undefined || result < 0n || result >= 2n ** 32n) return 'invalid';
    this.#put(t, f.a16, Number(result));
    return 'done';
  }

  #conditional(t: NaiveThread, f: Fields, at: number): Outcome {
    const left = f.src ? this.#get(t, f.b16) : f.b16;
    const right = f.right ? this.#get(t, f.c16) : f.c16;
    const meets = [left === right, left !== right, left >= right, left <= right, left > right, left < right][f.sop];
    if (meets === undefined) return 'invalid';
    return meets ? this.#jump(t, this.#get(t, f.a16), f.op === 0xb0 ? 0 : at) : 'done';
  }

  #operand(t: NaiveThread, f: Fields): number {
    return f.src ? this.#get(t, 32 + (f.value % 32)) : f.value;
  }

  #legacy(t: NaiveThread, f: Fields): number | undefined {
    return f.dst ? this.#pointer(t, 32 + f.sop) : this.#window(f.sop, f.a16);
  }

  /** The address of READ_S and WRITE_S. */
  #address(t: NaiveThread, sop: number, low: number, byRegister: boolean): number | undefined {
    if (Math.floor(low / 2) % 2 === 1) return this.#get(t, sop) * 0x1_0000 + (low - (low % 4));
    return byRegister ? this.#pointer(t, low) : this.#window(sop, low);
  }

  #window(subsys: number, offset: number): number | undefined {
    const base = this.#soc.subsys[subsys];
    return base === undefined ? undefined : base + offset - (offset % 4);
  }

  /** A register as an address; a pair has 64 bits, of which a JavaScript number takes 53. */
  #pointer(t: NaiveThread, number: number): number {
    const low = this.#get(t, number);
    const high = number >= 48 && number <= 55 ? (this.gpr[2 * (number - 48) + 1] as number) % 2 ** 21 : 0;
    return high * 2 ** 32 + low - (low % 4);
  }

  #get(t: NaiveThread, number: number): number {
    if (number <= 3) return t.spr[number] as number;
    if (number >= 32 && number <= 47) return this.gpr[number - 32] as number;
    if (number >= 48 && number <= 55) return this.gpr[2 * (number - 48)] as number;
    return number >= 0x8000 && this.#soc.cpr ? (this.#cpr.get(number) ?? 0) : 0;
  }

  #put(t: NaiveThread, number: number, value: number): void {
    if (number <= 3) t.spr[number] = value;
    else if (number >= 32 && number <= 47) this.gpr[number - 32] = value;
    else if (number >= 48 && number <= 55) {
      this.gpr[2 * (number - 48)] = value;
      this.gpr[2 * (number - 48) + 1] = 0;
    } else if (number >= 0x8000 && this.#soc.cpr) this.#cpr.set(number, value);
  }

  #load(addr: number): number {
    const own = this.#own(addr);
    return own === undefined ? (this.words.get(addr) ?? 0) : this.read(own);
  }

  #store(t: NaiveThread, addr: number | undefined, value: number, masked: boolean): Outcome {
    if (addr === undefined) return 'done';
    const kept = masked ? digitsWhere(this.#load(addr), t.mask) : 0;
    const word = kept + (masked ? digitsWhere(value, 0xffff_ffff - t.mask) : value);
    this.writes.push([t.id, addr, word]);
    const own = this.#own(addr);
    if (own === undefined) this.words.set(addr, word);
    else this.write(own, word);
    return 'done';
  }

  #own(addr: number): number | undefined {
    return addr >= this.#soc.base && addr < this.#soc.base + 0x1000 ? addr - this.#soc.base : undefined;
  }
}

/** The bits of a value that a mask selects, the others 0. */
function digitsWhere(value: number, mask: number): number {
  return Number(BigInt(value) & BigInt(mask));
}

/** From 64 binary digits, the first of which is bit 63. */
function fieldsOf(digits: string): Fields {
  const bits = (from: number, to: number): number => Number.parseInt(digits.slice(63 - from, 64 - to), 2);
  return {
    ...{ op: bits(63, 56), dst: bits(55, 55) === 1, src: bits(54, 54) === 1, right: bits(53, 53) === 1 },
    ...{ sop: bits(52, 48), a16: bits(47, 32), b16: bits(31, 16), c16: bits(15, 0), value: bits(31, 0) },
  };
}
