// A recorded run replayed on the packet of the patch: everything must be as recorded, mistakes included.
import { plainMemory } from '../../../src/drivers/mtk-cmdq/memory.js';
import { type PatchBase, patchBase, patchFlushAsync, PatchPkt } from '../../../src/drivers/mtk-cmdq/pkt-patch.js';
import { SysError } from '../../../src/base/errno.js';
import { errnoName } from '../../../src/base/errno.js';
import { addrOf, Allocations, errnoOf, textOf } from './common.js';
import { eventIndex, isSilent, type SeedCase, type SeedMailbox, type SeedOp, type SeedResult } from './seed-case.js';

/** What can be told of the packet besides. */
export interface PatchResult extends SeedResult {
  readonly bases: readonly (PatchBase | undefined)[];
  readonly used: number | null;
  readonly size: number | null;
  readonly tailZero: boolean | undefined;
}

/** Replays a case. */
export function replayPatch(one: SeedCase): PatchResult {
  const run = new PatchRun(one);
  const rets = one.ops.map((op) => (isSilent(op.op) ? (run.call(op), null) : run.call(op)));
  return run.result(rets);
}

class PatchRun {
  readonly #one: SeedCase;
  readonly #bases: readonly (PatchBase | undefined)[];
  readonly #allocations = new Allocations();
  readonly #sent = { message: 0, txdone: 0, told: 0, freed: 0 };
  #last: SeedMailbox['last_callback'];
  #warns = 0;
  #pkt: PatchPkt | undefined;
  /** The last that the mailbox took. */
  #taken: PatchPkt | undefined;
  #chanErr = 0;
  #sendRet = 0;

  constructor(one: SeedCase) {
    this.#one = one;
    const found = one.bases.map((start, index) => {
      const fails = (one.resource_err?.[index] ?? 0) !== 0 || one.register_alloc_fail?.[index] === true;
      return fails ? undefined : patchBase(addrOf(start));
    });
    const raw = (one.raw_bases ?? []).map(({ subsys, base }) => ({ subsys, base: addrOf(base) }));
    this.#bases = [...found, ...raw];
  }

  call(op: SeedOp): number {
    const pkt = this.#pkt as PatchPkt;
    const base = this.#bases[op.dev ?? 0] as PatchBase;
    const { offset = 0, value = 0, mask = 0 } = op;
    switch (op.op) {
      case 'create':
        return errnoOf(() => this.#create());
      case 'write':
        return errnoOf(() => pkt.write(value, base, offset));
      case 'write_mask':
        return errnoOf(() => pkt.writeMask(value, base, offset, mask));
      case 'write_seq':
        return this.#sequence(op);
      case 'wfe':
        return errnoOf(() => pkt.wfe(eventIndex(op.event)));
      case 'clear_event':
        return errnoOf(() => pkt.clearEvent(eventIndex(op.event)));
      case 'finalize':
        return errnoOf(() => pkt.finalize());
      case 'is_finalized':
        return Number(pkt.isFinalized);
      default:
        return this.#mailbox(op, pkt);
    }
  }

  result(rets: readonly (number | null)[]): PatchResult {
    const pkt = this.#pkt;
    const { message, txdone, told, freed } = this.#sent;
    const mailbox = { send_message: message, txdone, user_callbacks: told, channel_freed: freed };
    return {
      registered: this.#bases.map((base) => base !== undefined),
      rets,
      warns: this.#warns,
      words: pkt === undefined ? undefined : [...pkt.instructions()].map(textOf),
      mailbox: this.#last === undefined ? mailbox : { ...mailbox, last_callback: this.#last },
      bases: this.#bases,
      used: pkt?.cmdBufSize ?? null,
      size: pkt?.bufSize ?? null,
      tailZero: pkt?.words.subarray(pkt.cmdBufSize / 4).every((word) => word === 0),
    };
  }

  #create(): void {
    const noRoom = new SysError('ENOMEM', 'the allocation that fails');
    if (!this.#allocations.take()) throw noRoom;
    const plain = plainMemory();
    const alloc = (bytes: number): ReturnType<typeof plain.alloc> => {
      if (!this.#allocations.take()) throw noRoom;
      return plain.alloc(bytes);
    };
    const warn = (): number => this.#warns++;
    this.#pkt = new PatchPkt({ memory: { ...plain, alloc }, pageSize: this.#one.page_size ?? 4096, warn });
  }

  #sequence({ count = 0, offset = 0, offset_step = 0, value = 0, value_step = 0 }: SeedOp): number {
    for (let k = 0; k < count; k++) {
      const at = (offset + k * offset_step) >>> 0;
      const ret = this.call({ op: 'write', offset: at, value: (value + k * value_step) >>> 0 });
      if (ret < 0) return ret;
    }
    return 0;
  }

  #mailbox(op: SeedOp, pkt: PatchPkt): number {
    switch (op.op) {
      case 'fail_alloc':
        this.#allocations.failAfter(op.after ?? 0);
        return 0;
      case 'chan_err':
        this.#chanErr = op.value ?? 0;
        return 0;
      case 'send_ret':
        this.#sendRet = op.value ?? 0;
        return 0;
      case 'client':
        return this.#chanErr;
      case 'client_destroy':
        this.#sent.freed++;
        return 0;
      case 'flush_async':
        return errnoOf(() => this.#flushAsync(pkt, op.cb === false ? undefined : (isError) => this.#tell(isError)));
      case 'complete':
        this.#taken?.done(op.err === 0 || op.err === undefined ? 0 : -8);
        return this.#sent.told;
      case 'flush':
        return this.#flush(pkt, op.err !== 0 && op.err !== undefined);
      default:
        throw new Error(`no such call: ${op.op}`);
    }
  }

  #flushAsync(pkt: PatchPkt, tell: ((isError: boolean) => void) | undefined): void {
    const send = (): void => {
      this.#sent.message++;
      if (this.#sendRet < 0) throw new SysError(errnoName(this.#sendRet) ?? 'EIO', 'the mailbox refuses');
      this.#taken = pkt;
    };
    patchFlushAsync({ send, txdone: () => this.#sent.txdone++ }, pkt, tell);
  }

  /** The wait is the file's: it says how the packet ends. */
  #flush(pkt: PatchPkt, fails: boolean): number {
    let failed = false;
    const ret = errnoOf(() => this.#flushAsync(pkt, (isError) => (failed = isError)));
    if (ret < 0) return ret;
    pkt.done(fails ? -8 : 0);
    return failed ? -14 : 0;
  }

  #tell(isError: boolean): void {
    this.#sent.told++;
    this.#last = { err: isError, data_passed_back: true };
  }
}
