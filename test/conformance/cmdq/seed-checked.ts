// A recorded run replayed on the packet of bench users: what the documented differences demand must come out.
import { s } from '../../../src/base/clock.js';
import { SysError } from '../../../src/base/errno.js';
import type { CmdqClient } from '../../../src/drivers/mtk-cmdq/client.js';
import { cmdqMboxCreate, cmdqMboxDestroy, cmdqPktFlush } from '../../../src/drivers/mtk-cmdq/client.js';
import { cmdqPktFlushAsync, cmdqRegOf } from '../../../src/drivers/mtk-cmdq/client.js';
import { plainMemory } from '../../../src/drivers/mtk-cmdq/memory.js';
import { PATCH_EVENTS } from '../../../src/drivers/mtk-cmdq/pkt-patch.js';
import { CmdqPkt } from '../../../src/drivers/mtk-cmdq/pkt.js';
import { cmdqSoc } from '../../../src/drivers/mtk-cmdq/soc-tables.js';
import type { CmdqSoc } from '../../../src/drivers/mtk-cmdq/soc-tables.js';
import { addrOf, Allocations, errnoOf, errorNumber, textOf } from './common.js';
import { ScriptedMailbox } from './scripted-mailbox.js';
import { eventIndex, isSilent, type SeedCase, type SeedMailbox, type SeedOp, type SeedResult } from './seed-case.js';

const SOC = cmdqSoc('mt8173') as CmdqSoc;

/** Replays a case. */
export async function replayChecked(one: SeedCase): Promise<SeedResult> {
  const run = new CheckedRun(one);
  const rets: (number | null)[] = [];
  for (const op of one.ops) {
    const ret = await run.call(op);
    rets.push(isSilent(op.op) ? null : ret);
  }
  return run.result(rets);
}

/** Where a module lies, or the error with which its registration ended. */
type Module = { readonly subsys: number; readonly offset: number } | number;

class CheckedRun {
  readonly #one: SeedCase;
  readonly #modules: readonly Module[];
  readonly #allocations = new Allocations();
  readonly #box = new ScriptedMailbox();
  #told = 0;
  #txdone = 0;
  #last: SeedMailbox['last_callback'];
  #pkt: CmdqPkt | undefined;
  #client: CmdqClient | undefined;

  constructor(one: SeedCase) {
    this.#one = one;
    const found = one.bases.map((start, index): Module => {
      if ((one.resource_err?.[index] ?? 0) !== 0) return one.resource_err?.[index] as number;
      return one.register_alloc_fail?.[index] === true ? -12 : register(addrOf(start));
    });
    const raw = (one.raw_bases ?? []).map(({ subsys, base }) => ({ subsys, offset: addrOf(base) % 0x1_0000 }));
    this.#modules = [...found, ...raw];
  }

  async call(op: SeedOp): Promise<number> {
    const pkt = this.#pkt as CmdqPkt;
    switch (op.op) {
      case 'create':
        return errnoOf(() => this.#create());
      case 'write':
      case 'write_mask':
        return this.#write(pkt, op);
      case 'write_seq':
        return this.#sequence(pkt, op);
      case 'wfe':
        return errnoOf(() => pkt.wfe(eventName(op)));
      case 'clear_event':
        return errnoOf(() => pkt.clearEvent(eventName(op)));
      case 'finalize':
        return errnoOf(() => pkt.finalize());
      case 'is_finalized':
        return Number(pkt.state !== 'open');
      default:
        return this.#mailbox(op, pkt);
    }
  }

  async result(rets: readonly (number | null)[]): Promise<SeedResult> {
    const { sent, freed } = this.#box;
    const mailbox = { send_message: sent, txdone: this.#txdone, user_callbacks: this.#told, channel_freed: freed };
    const words = this.#pkt === undefined ? undefined : [...this.#pkt.appended()].map(textOf);
    if (this.#client !== undefined) await this.#box.bench.powerOff();
    return {
      registered: this.#modules.map((one) => typeof one !== 'number'),
      rets,
      warns: 0,
      words,
      mailbox: this.#last === undefined ? mailbox : { ...mailbox, last_callback: this.#last },
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
    this.#pkt = new CmdqPkt({ memory: { ...plain, alloc }, bytes: this.#one.page_size, soc: SOC });
  }

  #write(pkt: CmdqPkt, { op, dev = 0, offset = 0, value = 0, mask = 0 }: SeedOp): number {
    const module = this.#modules[dev] as Module;
    if (typeof module === 'number') return module;
    const at = module.offset + offset;
    return errnoOf(() =>
      op === 'write' ? pkt.write(module.subsys, at, value) : pkt.writeMask(module.subsys, at, value, mask),
    );
  }

  #sequence(pkt: CmdqPkt, { count = 0, offset = 0, offset_step = 0, value = 0, value_step = 0 }: SeedOp): number {
    for (let k = 0; k < count; k++) {
      const at = (offset + k * offset_step) >>> 0;
      const ret = this.#write(pkt, { op: 'write', offset: at, value: (value + k * value_step) >>> 0 });
      if (ret < 0) return ret;
    }
    return 0;
  }

  async #mailbox(op: SeedOp, pkt: CmdqPkt): Promise<number> {
    const client = this.#client as CmdqClient;
    switch (op.op) {
      case 'fail_alloc':
        this.#allocations.failAfter(op.after ?? 0);
        return 0;
      case 'chan_err':
        this.#box.chanErr = op.value ?? 0;
        return 0;
      case 'send_ret':
        this.#box.sendRet = op.value ?? 0;
        return 0;
      case 'client':
        return this.#request();
      case 'client_destroy':
        return errnoOf(() => cmdqMboxDestroy(client));
      case 'flush_async':
        return errnoOf(() => cmdqPktFlushAsync(client, pkt, op.cb === false ? undefined : (sta) => this.#tell(sta)));
      case 'complete':
        if (pkt.state === 'in flight') pkt.done(fails(op) ? -8 : 0);
        return this.#told;
      case 'flush':
        return this.#flush(client, pkt, fails(op));
      default:
        throw new Error(`no such call: ${op.op}`);
    }
  }

  async #request(): Promise<number> {
    const dev = await this.#box.client();
    const ret = errnoOf(() => void (this.#client = cmdqMboxCreate(dev, 0)));
    if (this.#client !== undefined) this.#client.client.txDone = () => void this.#txdone++;
    return ret;
  }

  async #flush(client: CmdqClient, pkt: CmdqPkt, failing: boolean): Promise<number> {
    const box = this.#box;
    box.answer = (program) => program.done(failing ? -8 : 0);
    try {
      await box.bench.drive('flush', s(5), () => cmdqPktFlush(client, pkt));
      return 0;
    } catch (e) {
      return errorNumber(e);
    } finally {
      box.answer = undefined;
    }
  }

  #tell(status: number): void {
    this.#told++;
    this.#last = { err: status !== 0, data_passed_back: true };
  }
}

function register(start: number): Module {
  let module: Module = 0;
  const ret = errnoOf(() => (module = cmdqRegOf(SOC, start, 0x1000)));
  return ret < 0 ? ret : module;
}

function eventName({ event }: SeedOp): string {
  return PATCH_EVENTS[eventIndex(event)]?.name ?? `number ${event}`;
}

function fails({ err }: SeedOp): boolean {
  return err !== undefined && err !== 0;
}
