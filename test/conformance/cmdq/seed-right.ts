// What is right for a recorded run of the patch's helper: the patch's own rules (facts cmdq §2) but for the documented
// differences (mtk-cmdq.ts), written down a second time and without looking at the packet. Instructions are text here.
import { addrOf, Allocations, hex } from './common.js';
import { eventIndex, isSilent, type SeedCase, type SeedMailbox, type SeedOp, type SeedResult } from './seed-case.js';

/** The right result, and the ids of the differences whose rules applied. */
export interface SeedRight extends SeedResult {
  readonly ids: ReadonlySet<string>;
}

const [EINVAL, EBUSY, ENOMEM, ERANGE, ENOEXEC] = [-22, -16, -12, -34, -8];
/** Upper 16 address bits of the display's windows on MT8173. */
const WINDOW: Readonly<Record<number, number>> = { 1: 0x1400, 2: 0x1401, 3: 0x1402 };
const EVENT_IDS = [11, 12, 13, 14, 15, 16, 17, 39, 40, 41, 42, 43, 44, 45, 53, 54, 55, 56, 57, 63, 64, 65];

type Module = { readonly subsys: number; readonly offset: number } | number;

/** By rules over the calls of the case. */
export function rightSeed(one: SeedCase): SeedRight {
  const rules = new Rules(one);
  const rets = one.ops.map((op) => {
    const ret = rules.call(op);
    return isSilent(op.op) ? null : ret;
  });
  return rules.result(rets);
}

class Rules {
  readonly #one: SeedCase;
  readonly #ids = new Set<string>();
  readonly #modules: readonly Module[];
  readonly #allocations = new Allocations();
  #words: string[] | undefined;
  /** Instructions for which there is room, and bytes of the buffers: one place in each is for the JUMP to the next. */
  #room = 0;
  #bytes = 0;
  #isFinal = false;
  #inFlight = false;
  #tells = false;
  #chanErr = 0;
  #sendRet = 0;
  #mailbox = { send_message: 0, txdone: 0, user_callbacks: 0, channel_freed: 0 };
  #last: SeedMailbox['last_callback'];

  constructor(one: SeedCase) {
    this.#one = one;
    const found = one.bases.map((start, index): Module => {
      if ((one.resource_err?.[index] ?? 0) !== 0) return one.resource_err?.[index] as number;
      return one.register_alloc_fail?.[index] === true ? ENOMEM : this.#register(addrOf(start));
    });
    const raw = (one.raw_bases ?? []).map(({ subsys, base }) => ({ subsys, offset: addrOf(base) % 0x1_0000 }));
    this.#modules = [...found, ...raw];
  }

  result(rets: readonly (number | null)[]): SeedRight {
    if (this.#one.expected.warns > 0) this.#ids.add('cmdq-D17');
    return {
      registered: this.#modules.map((module) => typeof module !== 'number'),
      rets,
      warns: 0,
      words: this.#words,
      mailbox: this.#last === undefined ? this.#mailbox : { ...this.#mailbox, last_callback: this.#last },
      ids: this.#ids,
    };
  }

  call(op: SeedOp): number {
    switch (op.op) {
      case 'create':
        return this.#create();
      case 'write':
      case 'write_mask':
        return this.#write(op);
      case 'write_seq':
        return this.#sequence(op);
      case 'wfe':
        return this.#event(op, 0x8000_8001);
      case 'clear_event':
        return this.#event(op, 0x8000_0000);
      case 'finalize':
        return this.#finalize();
      case 'is_finalized':
        return Number(this.#isFinal);
      default:
        return this.#send(op);
    }
  }

  #register(start: number): Module {
    const upper = Math.floor(start / 0x1_0000);
    const subsys = [1, 2, 3].find((id) => WINDOW[id] === upper);
    if (subsys !== undefined) return { subsys, offset: start % 0x1_0000 };
    if (start > 0xffff_ffff) this.#ids.add('cmdq-D3');
    return ERANGE;
  }

  #create(): number {
    const { page_size: pageSize = 4096 } = this.#one;
    if (!this.#allocations.take() || !this.#allocations.take()) return ENOMEM;
    this.#words = [];
    this.#bytes = pageSize;
    this.#room = pageSize / 8 - 1;
    return 0;
  }

  #write({ op, dev = 0, offset = 0, value = 0, mask = 0 }: SeedOp): number {
    const module = this.#modules[dev] as Module;
    if (typeof module === 'number') return module;
    const place = this.#place(module.subsys, module.offset + offset);
    if (typeof place === 'number') return place;
    const isMasked = op === 'write_mask' && mask !== 0xffff_ffff;
    const [subsys, at] = place;
    const write = `04${hex(subsys).slice(6)}${hex(isMasked ? at + 1 : at).slice(4)}${hex(value)}`;
    return this.#put(isMasked ? [`02000000${hex(~mask)}`, write] : [write], 'cmdq-D6');
  }

  /** Subsystem and offset, or the error. */
  #place(subsys: number, offset: number): readonly [number, number] | number {
    if (offset % 4 !== 0) return this.#refused('cmdq-D5', EINVAL);
    if (subsys < 0 || subsys > 31) return this.#refused('cmdq-D12', EINVAL);
    if (offset < 0x1_0000) return [subsys, offset];
    const upper = WINDOW[subsys];
    const addr = upper === undefined ? 0 : (upper * 0x1_0000 + offset) % 2 ** 32;
    const carried = [1, 2, 3].find((id) => WINDOW[id] === Math.floor(addr / 0x1_0000));
    if (carried === undefined) return this.#refused('cmdq-D4', ERANGE);
    if (carried !== subsys) this.#ids.add('cmdq-D4');
    return [carried, addr % 0x1_0000];
  }

  #event(op: SeedOp, argB: number): number {
    const id = EVENT_IDS[eventIndex(op.event)];
    return id === undefined ? EINVAL : this.#put([`2000${hex(id).slice(4)}${hex(argB)}`], '');
  }

  #sequence({ count = 0, offset = 0, offset_step = 0, value = 0, value_step = 0 }: SeedOp): number {
    for (let k = 0; k < count; k++) {
      const at = (offset + k * offset_step) >>> 0;
      const ret = this.#write({ op: 'write', offset: at, value: (value + k * value_step) >>> 0 });
      if (ret < 0) return ret;
    }
    return 0;
  }

  #finalize(): number {
    if (this.#isFinal) return 0;
    const ret = this.#put(['4000000000000001', '1000000000000008'], 'cmdq-D7');
    if (ret === 0) this.#isFinal = true;
    return ret;
  }

  /** All of them or none; `id` is for those that the patch would leave half done. */
  #put(words: readonly string[], id: string): number {
    const have = this.#words as string[];
    if (this.#inFlight) return this.#refused('cmdq-D11', EBUSY);
    if (this.#isFinal) return EBUSY;
    if (have.length + words.length > this.#room) {
      if (!this.#allocations.take()) return this.#refused(id === '' ? 'cmdq-D13' : id, ENOMEM);
      this.#ids.add('cmdq-D13');
      const bytes = Math.min(2 * this.#bytes, 4 * 1024 * 1024);
      this.#bytes += bytes;
      this.#room += bytes / 8 - 1;
    }
    have.push(...words);
    return 0;
  }

  #send(op: SeedOp): number {
    switch (op.op) {
      case 'fail_alloc':
        this.#allocations.failAfter(op.after ?? 0);
        return 0;
      case 'chan_err':
        return (this.#chanErr = op.value ?? 0);
      case 'send_ret':
        return (this.#sendRet = op.value ?? 0);
      case 'client':
        if (this.#chanErr < 0) this.#ids.add('cmdq-D2');
        return this.#chanErr;
      case 'client_destroy':
        this.#mailbox = { ...this.#mailbox, channel_freed: this.#mailbox.channel_freed + 1 };
        return 0;
      case 'flush_async':
        return this.#flushAsync(op.cb !== false);
      case 'complete':
        return this.#complete(op.err === 1);
      case 'flush':
        return this.#flush(op.err === 1);
      default:
        throw new Error(`no such call: ${op.op}`);
    }
  }

  #flushAsync(tells: boolean): number {
    if (this.#inFlight) return this.#refused('cmdq-D11', EBUSY);
    const ret = this.#finalize();
    if (ret < 0) return ret;
    this.#mailbox = { ...this.#mailbox, send_message: this.#mailbox.send_message + 1 };
    if (this.#sendRet < 0) return this.#refused('cmdq-D8', this.#sendRet);
    this.#mailbox = { ...this.#mailbox, txdone: this.#mailbox.txdone + 1 };
    this.#inFlight = true;
    this.#tells = tells;
    return 0;
  }

  #complete(isError: boolean): number {
    if (!this.#inFlight) this.#ids.add('cmdq-D11');
    else if (this.#tells) {
      this.#mailbox = { ...this.#mailbox, user_callbacks: this.#mailbox.user_callbacks + 1 };
      this.#last = { err: isError, data_passed_back: true };
    }
    this.#inFlight = false;
    return this.#mailbox.user_callbacks;
  }

  #flush(isError: boolean): number {
    const ret = this.#flushAsync(false);
    this.#inFlight = ret === 0 ? false : this.#inFlight;
    return ret === 0 && isError ? this.#refused('cmdq-D10', ENOEXEC) : ret;
  }

  #refused(id: string, errno: number): number {
    this.#ids.add(id);
    return errno;
  }
}
