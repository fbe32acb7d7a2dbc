// The mailbox controller of MediaTek's GCE, and the door of everything about command queues. Compared with the patch
// "soc: mediatek: Add Mediatek CMDQ helper" (v18 4/4, December 2016), and with Linux 6.12:
// drivers/mailbox/mtk-cmdq-mailbox.c, drivers/soc/mediatek/mtk-cmdq-helper.c. There are three packets: PatchPkt and
// LinuxPkt build what those two build, bit for bit; CmdqPkt is for drivers, and only what it does is listed here.
//
// Differences from the patch:
// cmdq-D1  Asking for a client answers one or throws. The patch does not look whether there was memory for it.
// cmdq-D2  The error of a channel goes up. The patch hands out a client with an error pointer for a channel.
// cmdq-D3  A module's address is compared with all its bits. The patch cuts it to 32.
// cmdq-D4  An offset beyond the window goes to the subsystem that has it, or is ERANGE. In the patch it comes round.
// cmdq-D5  Offsets are those of words: EINVAL. In the patch an odd one turns the mask on.
// cmdq-D6  MASK and its WRITE are stored together or not at all. In the patch the MASK may stay alone.
// cmdq-D7  So are EOC and JUMP, and a flag says that a packet is finalized. The patch looks at the buffer, and a packet
//          without its JUMP counts as finalized.
// cmdq-D8  The error of sending goes up. The patch says 0, and a flush waits for ever.
// cmdq-D9  A flush has a limit, a second if none is given. The patch has none.
// cmdq-D10 The error says what was: ENOEXEC, ETIMEDOUT, ECONNABORTED. In the patch it is EFAULT.
// cmdq-D11 While the GCE has a packet it cannot be written, sent, reset or destroyed: EBUSY. The patch lets all pass.
// cmdq-D12 A subsystem has five bits: EINVAL. In the patch others change the operation.
// cmdq-D13 Buffers are chained by JUMPs, each up to 4 MiB. The patch doubles one and copies it, and ends at 4 MiB.
// cmdq-D14 Code may lie above 4 GiB where the SoC shifts addresses; elsewhere it is ENOMEM. The patch cuts addresses.
// cmdq-D15 Windows and events are those of the SoC of the devicetree. The patch has those of one, compiled in.
// cmdq-D16 Registering a module that has no subsystem is ERANGE, one without registers EINVAL. In the patch it is NULL.
// cmdq-D17 Writing to a finalized packet is EBUSY and nothing else. The patch warns with a stack trace.
// cmdq-D18 Waiting without clearing, setting and acquiring events are there. The patch has waiting with clearing alone.
// cmdq-D19 A packet can be reset and used again. In the patch it cannot.
//
// Differences from Linux, of packets:
// cmdq-L1  Nothing is cut: what does not fit into its field is EINVAL or ERANGE. Linux cuts to its C types.
// cmdq-L2  A packet grows. In Linux what does not fit is ENOMEM, perhaps between two instructions of one call.
// cmdq-L3  Finalizing twice is finalizing once, and nothing comes behind. Linux appends it again.
// cmdq-L4  Event 1023 can be used. In Linux it is EINVAL.
// cmdq-L5  A full mask needs no MASK. Linux emits it all the same in write_s_mask, write_s_mask_value and poll_mask.
// cmdq-L6  A relative jump backwards is right on parts that shift addresses; one that leaves its buffer is ERANGE, one
//          onto itself or between instructions EINVAL. Linux shifts zeroes in and checks nothing.
// cmdq-L7  Operators are names. In Linux the numbers 4 to 7, which do nothing known, pass.
// cmdq-L8  Offsets, addresses and lower halves are those of words, registers exist. Linux takes any number.
// cmdq-L9  A window of 64 KiB in mediatek,gce-client-reg has its size. In Linux it is 0.
// cmdq-L10 memMove and pollAddr refuse addresses of more than 48 and 32 bits. Linux cuts them.
//
// Differences from Linux, of the mailbox:
// cmdq-L11 A packet without EOC or with nothing in it is EINVAL: its end would not be heard of. Linux sends it.
// cmdq-L12 Behind a packet that ends with EOC none can be chained: EBUSY. Linux writes its JUMP over that EOC.
// cmdq-L13 A packet that led to the next has its own last instruction again when it is sent again. In Linux it still
//          leads there.
// cmdq-L14 When the program counter is in no packet, an error fails all and anything else ends none. In Linux all
//          were executed.
// cmdq-L15 An error at a packet's last instruction is one. In Linux the packet was executed.
// cmdq-L16 A flush of the mailbox waits as many milliseconds as it says, asleep. Linux takes them for microseconds, and
//          spins.
// cmdq-L17 It gives its reference to the GCE back when it waited in vain. Linux keeps it.
// cmdq-L18 A packet may have a limit: ETIMEDOUT for it, ECONNABORTED for those behind it, and the log says in words
//          where the thread stands. Linux leaves limits to clients, and says "task error" at most.
// cmdq-L19 cmdqPktFlush and cmdqPktFlushAsync are there, and keep the GCE awake. Linux has dropped them; who sends
//          there without waking the GCE writes to a block without clock, which is told here.
// cmdq-L20 After a bus error nothing of a packet is left with the GCE, those before it go on, and an interrupt is
//          looked at again. In Linux registers cannot fail.
import { ms } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import { type Clk, clkGet, ofClkGet } from '../../core/clk.js';
import type { Device, Driver } from '../../core/device.js';
import { dmaSetMask } from '../../core/dma-mapping.js';
import { devmRequestIrq, platformGetIrq } from '../../core/interrupt.js';
import { devmPlatformIoremapResource, type MmioSpace } from '../../core/io.js';
import { devmMboxControllerRegister, type MboxChan, type MboxController } from '../../core/mailbox.js';
import { mboxChanReceivedData } from '../../core/mailbox.js';
import { platformDriver } from '../../core/platform-device.js';
import { devmPmRuntimeEnable, pmRuntimeForceResume, pmRuntimeForceSuspend } from '../../core/pm-runtime.js';
import { pmRuntimeActive, pmRuntimeMarkLastBusy } from '../../core/pm-runtime.js';
import { pmRuntimePutAutosuspend, pmRuntimeResumeAndGet } from '../../core/pm-runtime.js';
import { aliases, aliasId } from '../../dt/alias.js';
import { EVENT_COUNT } from './instruction.js';
import type { CmdqCbData, GceProgram } from './program.js';
import { GCE, GCTL_BY_SW, GCTL_DDR_EN, SLOT_CYCLES } from './regs.js';
import { CMDQ_SOCS, type CmdqSoc, cmdqSoc } from './soc-tables.js';
import { GceThread } from './thread.js';

export {
  type CmdqClient,
  type CmdqClientOptions,
  type CmdqClientReg,
  cmdqDevGetClientReg,
  cmdqDevGetEvents,
  cmdqMboxCreate,
  cmdqMboxDestroy,
  cmdqPktCreate,
  cmdqPktDestroy,
  cmdqPktFlush,
  cmdqPktFlushAsync,
  cmdqRegisterDevice,
  cmdqRegOf,
} from './client.js';
export { cmdqAddrHigh, cmdqAddrLow, type Operand } from './encode.js';
export { CONDITION, type Condition, LOGIC, type LogicOp } from './instruction.js';
export { type CmdqBuffer, type CmdqMemory, plainMemory } from './memory.js';
export { CmdqPkt, type CmdqPktSpec } from './pkt.js';
export { linuxClientReg, LinuxPkt } from './pkt-linux.js';
export {
  type CmdqCondition,
  cmdqPktCondJumpAbs,
  cmdqPktCondJumpRel,
  cmdqPktJumpIf,
  cmdqPktJumpReg,
  cmdqPktLoad,
  cmdqPktMoveGpr,
  cmdqPktPrefetch,
  cmdqPktReadSubsys,
  cmdqPktStore,
  cmdqPktWriteSubsysReg,
} from './pkt-more.js';
export {
  PATCH_EVENTS,
  type PatchBase,
  patchBase,
  type PatchChannel,
  patchFlushAsync,
  PatchPkt,
  type PatchPktSpec,
  patchRegisterDevice,
} from './pkt-patch.js';
export { CMDQ_SOCS, CmdqSoc, cmdqSoc } from './soc-tables.js';
export type { CmdqMark } from './store.js';
export { insertJump, type Instruction, isWfe, removeWfe } from './v18.js';
export type { CmdqCbData, CmdqStatus, GceProgram } from './program.js';

/** Linux: CMDQ_MBOX_AUTOSUSPEND_DELAY_MS. */
const AUTOSUSPEND = ms(100);

/** The driver. Bound, its threads are mailbox channels; clients go through client.ts. */
export const mtkCmdq: Driver = platformDriver({
  name: 'mtk_cmdq_mbox',
  compatible: CMDQ_SOCS.map((name) => `mediatek,${name}-gce`),
  probe,
});

function probe(dev: Device): void {
  const regs = devmPlatformIoremapResource(dev);
  const irq = platformGetIrq(dev, 0);
  const soc = cmdqSoc(dev.matched as string) as CmdqSoc;
  const gce = new Gce(dev, regs, soc, clocksOf(dev, soc));
  dmaSetMask(dev, 32 + soc.shift);
  gce.init();
  devmRequestIrq(dev, irq, () => gce.interrupt());
  devmPmRuntimeEnable(dev, { suspend: () => gce.sleep(), resume: () => gce.wake() }, AUTOSUSPEND);
  gce.register();
  dev.pm = { suspend: () => gce.systemSuspend(), resume: () => gce.systemResume() };
}

/** The clock of the one; of both where there are two, which stand beside each other and have aliases. */
function clocksOf(dev: Device, soc: CmdqSoc): readonly Clk[] {
  const { core, ofNode } = dev;
  if (soc.gces === 1) return [clkGet(dev, 'gce')];
  const clocks: Clk[] = [];
  const table = aliases(core.tree);
  for (const node of ofNode?.parent?.children ?? []) {
    const alias = aliasId(table, node, 'gce');
    if (alias === undefined || alias >= soc.gces) continue;
    const clk = ofClkGet(core, node, 0);
    if (clk === undefined) throw dev.error('ENOENT', `failed to get gce${alias} clk of ${node.path}`, 'clk');
    clocks.push(clk);
  }
  return clocks;
}

/** One engine. */
class Gce {
  readonly #dev: Device;
  readonly #regs: MmioSpace;
  readonly #soc: CmdqSoc;
  readonly #clocks: readonly Clk[];
  readonly #threads: readonly GceThread[];
  #controller: MboxController | undefined;
  #suspended = false;

  constructor(dev: Device, regs: MmioSpace, soc: CmdqSoc, clocks: readonly Clk[]) {
    this.#dev = dev;
    this.#regs = regs;
    this.#soc = soc;
    this.#clocks = clocks;
    const host = { dev, regs, shift: soc.shift, tell: (index: number, data: CmdqCbData) => this.#tell(index, data) };
    this.#threads = Array.from({ length: soc.threads }, (_, index) => new GceThread(host, index));
  }

  /** What events say after power on is not defined: all are cleared. */
  init(): void {
    this.#setClocks(true);
    try {
      this.#setGctl(true);
      this.#regs.write32(GCE.THR_SLOT_CYCLES, SLOT_CYCLES);
      for (let event = 0; event < EVENT_COUNT; event++) this.#regs.write32(GCE.SYNC_TOKEN_UPDATE, event);
    } finally {
      this.#setClocks(false);
    }
  }

  register(): void {
    this.#controller = devmMboxControllerRegister(this.#dev, {
      channels: this.#soc.threads,
      xlate: (controller, [index = 0, priority = 0]) => {
        const chan = controller.chan(index);
        this.#thread(chan).priority = priority;
        return chan;
      },
      ops: {
        sendData: (chan, message) => this.#send(chan, message as GceProgram),
        shutdown: (chan) => this.#shutdown(chan),
        flush: (chan, timeoutMs) => this.#flush(chan, timeoutMs),
      },
    });
  }

  /** A thread's bit is 0 while it has something to say. */
  interrupt(): 'handled' | 'unhandled' {
    const mask = 2 ** this.#soc.threads - 1;
    let quiet = mask;
    // Who was not heard for a bus error raises its level again.
    if (!this.#tried(() => (quiet = (this.#regs.read32(GCE.CURR_IRQ_STATUS) & mask) >>> 0))) return 'handled';
    if (quiet === mask) return 'unhandled';
    for (const thread of this.#threads) if (((quiet >>> thread.index) & 1) === 0) thread.interrupt();
    pmRuntimeMarkLastBusy(this.#dev);
    return 'handled';
  }

  wake(): void {
    this.#setClocks(true);
    try {
      this.#setGctl(true);
    } catch (e) {
      this.#setClocks(false);
      throw e;
    }
  }

  sleep(): void {
    this.#tried(() => this.#setGctl(false));
    this.#setClocks(false);
  }

  systemSuspend(): void {
    this.#suspended = true;
    if (this.#threads.some(({ busy }) => busy > 0)) this.#dev.warn('exist running task(s) in suspend');
    pmRuntimeForceSuspend(this.#dev);
  }

  systemResume(): void {
    pmRuntimeForceResume(this.#dev);
    this.#suspended = false;
  }

  #thread(chan: MboxChan): GceThread {
    return this.#threads[chan.index] as GceThread;
  }

  #send(chan: MboxChan, program: GceProgram): void {
    if (this.#suspended) this.#dev.warn('WARNING: a client sends while the machine sleeps');
    else if (!pmRuntimeActive(this.#dev))
      this.#dev.warn(`thread ${chan.index}: ${chan.client?.dev.name} sends while nobody keeps the GCE awake`);
    this.#thread(chan).send(program);
  }

  #tell(index: number, data: CmdqCbData): void {
    const chan = this.#controller?.chans[index];
    if (chan !== undefined) mboxChanReceivedData(chan, data);
  }

  /** The packets are ended whether the GCE wakes or not. */
  #shutdown(chan: MboxChan): void {
    const awake = this.#tried(() => pmRuntimeResumeAndGet(this.#dev));
    this.#thread(chan).shutdown();
    if (awake) pmRuntimePutAutosuspend(this.#dev);
  }

  async #flush(chan: MboxChan, timeoutMs: number): Promise<void> {
    pmRuntimeResumeAndGet(this.#dev);
    try {
      await this.#thread(chan).flush(timeoutMs);
    } finally {
      pmRuntimePutAutosuspend(this.#dev);
    }
  }

  /** What the device refuses is told in the log. Answers whether it did not. */
  #tried(body: () => void): boolean {
    try {
      body();
      return true;
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      this.#dev.err(e.message);
      return false;
    }
  }

  #setClocks(on: boolean): void {
    for (const clk of this.#clocks)
      if (on) clk.enable();
      else clk.disable();
  }

  #setGctl(ddr: boolean): void {
    const { controlBySw, ddrBySw } = this.#soc;
    if (!controlBySw && !ddrBySw) return;
    const value = (controlBySw ? GCTL_BY_SW : 0) | (ddrBySw && ddr ? GCTL_DDR_EN : 0);
    this.#regs.write32(GCE.GCTL_VALUE, value);
  }
}
