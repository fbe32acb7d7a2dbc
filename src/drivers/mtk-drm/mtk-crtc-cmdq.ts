// The GCE's way to the registers of a CRTC: one packet that waits for the end of the frame (Linux 6.12: the parts of
// mtk_crtc.c under CONFIG_MTK_CMDQ).
//
// The packet is: clear the event, wait for it, the writes, EOC. It has no JUMP at its end, so that no second one can be
// chained to it; whatever is still waiting is flushed before, and its writes are in the next packet.
import type { Duration } from '../../base/clock.js';
import { assert } from '../../base/assert.js';
import { errnoName, SysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import { mboxClientTxdone, mboxFlush, mboxSendMessage } from '../../core/mailbox.js';
import { pmRuntimePutAutosuspend, pmRuntimeResumeAndGet } from '../../core/pm-runtime.js';
import { WaitQueue } from '../../core/wait.js';
import {
  type CmdqClient,
  cmdqMboxCreate,
  cmdqMboxDestroy,
  type CmdqPkt,
  cmdqPktCreate,
  cmdqPktDestroy,
  type CmdqStatus,
} from '../mtk-cmdq/mtk-cmdq.js';
import type { DdpWindow, DdpWriter } from './ddp-write.js';

/** How long a packet that is being executed may go on, in ms. Linux's GCE driver takes the number for microseconds. */
const FLUSH_MS = 2000;
/** Ends of frames that a packet may take: one before it is sent, its own, and one more. */
const FRAMES = 3;

/** Who hears of packets, in interrupt context. */
export interface PacketEars {
  /** The writes are in the hardware. */
  readonly done: () => void;
  /** They are not, or nobody knows. */
  readonly failed: (error: SysError) => void;
}

/** What a CRTC has of a GCE. */
export class MtkCrtcCmdq {
  readonly #dev: Device;
  readonly #who: string;
  readonly #event: number;
  readonly #ears: PacketEars;
  readonly #from: CmdqSource;
  #client: CmdqClient;
  readonly #pkt: CmdqPkt;
  readonly #idle = new WaitQueue();
  #frames = 0;

  private constructor(dev: Device, who: string, ears: PacketEars, { from, client, event, pkt }: CmdqParts) {
    this.#dev = dev;
    this.#who = who;
    this.#from = from;
    this.#ears = ears;
    this.#client = client;
    this.#event = event;
    this.#pkt = pkt;
  }

  /**
   * Takes mailbox `nth` of the mmsys and event `nth` of the mutex, and makes a packet of a page. What keeps it from
   * that is told as in Linux, and answered in words: the processor writes registers then.
   */
  static open(dev: Device, who: string, from: CmdqSource, ears: PacketEars): MtkCrtcCmdq | string {
    let step = 'failed to create mailbox client, writing register by CPU now';
    let client: CmdqClient | undefined;
    try {
      let ended: (status: CmdqStatus) => void = () => undefined;
      client = cmdqMboxCreate(from.mmsys, from.nth, { rxCallback: ({ sta }) => ended(sta) });
      step = 'failed to get mediatek,gce-events property';
      const event = eventOf(from);
      step = 'failed to create cmdq packet';
      const made = new MtkCrtcCmdq(dev, who, ears, { from, client, event, pkt: cmdqPktCreate(client) });
      ended = (status) => made.#ended(status);
      return made;
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      dev.dbg(`${who} ${step}`);
      if (client !== undefined) cmdqMboxDestroy(client);
      return `${step}: ${e.message}`;
    }
  }

  /** Sends what `write` appends. ENOBUFS, ENOMEM and what the GCE's driver says otherwise: it is not on its way. */
  async send(write: (writer: DdpWriter) => void): Promise<void> {
    const pkt = this.#pkt;
    await this.#flush();
    const { chan } = this.#client;
    pkt.reset();
    pkt.clearEvent(this.#event);
    pkt.wfe(this.#event, false);
    write(packetWriter(pkt));
    pkt.eoc();
    pkt.syncForDevice();
    const gce = chan.controller.dev;
    pmRuntimeResumeAndGet(gce);
    this.#frames = FRAMES;
    try {
      mboxSendMessage(chan, pkt);
    } catch (e) {
      this.#frames = 0;
      pmRuntimePutAutosuspend(gce);
      throw e;
    }
    mboxClientTxdone(chan);
  }

  /** A thread that does not come to an end is taken from its packet: the channel is given back and had anew. */
  async #flush(): Promise<void> {
    try {
      await mboxFlush(this.#client.chan, FLUSH_MS);
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      this.#dev.err(`${this.#who}: ${e.message}`);
    }
    if (this.#pkt.state !== 'in flight') return;
    cmdqMboxDestroy(this.#client);
    this.#client = cmdqMboxCreate(this.#from.mmsys, this.#from.nth, { rxCallback: ({ sta }) => this.#ended(sta) });
  }

  /** A frame has ended, in interrupt context. Says when the packet should have been through. */
  frameDone(): void {
    if (this.#frames === 0) return;
    this.#frames--;
    if (this.#frames === 0) this.#dev.err(`[drm] *ERROR* ${this.#who} CMDQ execute command timeout!`);
  }

  /** Waits until no packet is under way, or none can be any more. */
  async wait(limit: Duration): Promise<void> {
    const look = (): true | undefined => (this.#frames === 0 ? true : undefined);
    await this.#idle.wait(look, { clock: this.#dev.clock, limit });
  }

  /** Gives the channel back; a packet that waits there is aborted. */
  close(): void {
    try {
      cmdqMboxDestroy(this.#client);
    } finally {
      cmdqPktDestroy(this.#pkt);
    }
  }

  #ended(status: CmdqStatus): void {
    pmRuntimePutAutosuspend(this.#client.chan.controller.dev);
    if (status < 0) {
      const code = errnoName(status) ?? 'EIO';
      this.#ears.failed(this.#dev.error(code, `${this.#who}: the GCE ended the packet`, 'cmdq'));
      return;
    }
    this.#frames = 0;
    this.#ears.done();
    this.#idle.wake();
  }
}

/** What packets are made of. */
interface CmdqParts {
  readonly from: CmdqSource;
  readonly client: CmdqClient;
  readonly event: number;
  readonly pkt: CmdqPkt;
}

function eventOf({ mutex, nth }: CmdqSource): number {
  const event = mutex.ofNode?.property('mediatek,gce-events')?.cells()[nth];
  if (event === undefined) throw mutex.error('EINVAL', `mediatek,gce-events has no entry ${nth}`, 'cmdq');
  return event;
}

/** Where a CRTC finds its mailbox and its event. */
export interface CmdqSource {
  readonly mmsys: Device;
  readonly mutex: Device;
  /** The number of the CRTC among those of the mmsys. */
  readonly nth: number;
}

/** Whether the GCE reaches all of these blocks. */
export function reachable(windows: readonly DdpWindow[]): boolean {
  return windows.length > 0 && windows.every(({ gce }) => gce !== undefined);
}

function packetWriter(pkt: CmdqPkt): DdpWriter {
  const at = ({ gce }: DdpWindow) => {
    assert(gce !== undefined, 'a packet for a block that the GCE does not reach');
    return gce;
  };
  return {
    write(window, offset, value) {
      const { subsys, offset: base } = at(window);
      pkt.write(subsys, base + offset, value);
    },
    writeMask(window, offset, value, mask) {
      const { subsys, offset: base } = at(window);
      pkt.writeMask(subsys, base + offset, value, mask);
    },
  };
}
