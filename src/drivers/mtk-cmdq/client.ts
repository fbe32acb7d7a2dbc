// What a driver does to use a GCE: a channel, packets, the registers of its module as the GCE names them (Linux 6.12:
// drivers/soc/mediatek/mtk-cmdq-helper.c; the flush calls are those of the patch).
import { hexNumber } from '../../base/bytes.js';
import { ms } from '../../base/clock.js';
import { type Errno, errnoName, SysError } from '../../base/errno.js';
import { Completion } from '../../core/completion.js';
import type { Device } from '../../core/device.js';
import { platformGetResource } from '../../core/io.js';
import { mboxClientTxdone, mboxFreeChannel, mboxRequestChannel, mboxSendMessage } from '../../core/mailbox.js';
import type { MboxChan, MboxClient } from '../../core/mailbox.js';
import { pmRuntimePutAutosuspend, pmRuntimeResumeAndGet } from '../../core/pm-runtime.js';
import { phandleArgs } from '../../dt/references.js';
import { EVENT_COUNT } from './instruction.js';
import { gceMemory } from './memory.js';
import { CmdqPkt } from './pkt.js';
import type { CmdqCbData, CmdqStatus } from './program.js';
import { type CmdqSoc, cmdqSoc } from './soc-tables.js';
import { refusal } from './refusal.js';

/** How long a flush waits when nothing is said: what the patch's own driver gave a packet. */
const FLUSH_MS = 1000;
/** Entries of `mediatek,gce-events` that the binding allows. */
const MAX_EVENTS = 32;

/** A client of a GCE thread (Linux: struct cmdq_client). */
export interface CmdqClient {
  readonly client: MboxClient;
  readonly chan: MboxChan;
  /** How long its packets may take, in ms; undefined: for ever. */
  readonly timeoutMs: number | undefined;
}

/** What a client wants. */
export interface CmdqClientOptions {
  /** Told of every packet of the channel, in interrupt context. */
  readonly rxCallback?: (data: CmdqCbData) => void;
  /** A packet that takes longer, from its sending on, fails with ETIMEDOUT, and the log says where it hangs. */
  readonly timeoutMs?: number;
}

/** Where the GCE finds a module's registers (Linux: struct cmdq_client_reg). */
export interface CmdqClientReg {
  readonly subsys: number;
  readonly offset: number;
  readonly size: number;
}

/**
 * The channel that entry `index` of the device's `mboxes` names. EPROBE_DEFER: its GCE is not bound yet; ENODEV: no
 * such entry; EBUSY: taken. Who creates destroys.
 */
export function cmdqMboxCreate(dev: Device, index: number, options: CmdqClientOptions = {}): CmdqClient {
  const { rxCallback, timeoutMs } = options;
  const client: MboxClient = { dev };
  if (rxCallback !== undefined) client.rxCallback = (message) => rxCallback(message as CmdqCbData);
  return { client, chan: mboxRequestChannel(client, index), timeoutMs };
}

/** Gives the channel back. What is still queued there ends with ECONNABORTED. */
export function cmdqMboxDestroy({ chan }: CmdqClient): void {
  mboxFreeChannel(chan);
}

/** A packet in memory that the client's GCE reads; the first buffer has so many bytes, a page by default. */
export function cmdqPktCreate({ chan, timeoutMs }: CmdqClient, bytes?: number): CmdqPkt {
  const gce = chan.controller.dev;
  const soc = gce.matched === undefined ? undefined : cmdqSoc(gce.matched);
  const limit = timeoutMs === undefined ? undefined : ms(timeoutMs);
  return new CmdqPkt({ memory: gceMemory(gce), bytes, soc, limit });
}

/** Gives its memory back. EBUSY: the GCE has it. */
export function cmdqPktDestroy(pkt: CmdqPkt): void {
  pkt.destroy();
}

/**
 * Entry `index` of the device's `mediatek,gce-client-reg` (Linux: cmdq_dev_get_client_reg). ENOENT: there is none;
 * EINVAL: it is not of the form.
 */
export function cmdqDevGetClientReg(dev: Device, index: number): CmdqClientReg {
  const name = 'mediatek,gce-client-reg';
  const list = dev.ofNode === undefined ? undefined : phandleArgs(dev.core.tree, dev.ofNode, name, 3);
  const entry = list?.entries[index];
  if (entry?.node !== undefined) {
    const [subsys = 0, offset = 0, size = 0] = entry.args;
    return { subsys, offset, size };
  }
  const code = entry === undefined && list?.fault !== undefined ? 'EINVAL' : 'ENOENT';
  throw dev.error(code, `${name}[${index}]: ${list?.fault ?? 'there is no such entry'}`, 'cmdq');
}

/**
 * The ids of the device's `mediatek,gce-events`: what its hardware tells the GCE. ENOENT: it has none; EINVAL: the
 * property has no whole cells, more than the binding's 32, or an id that does not exist.
 */
export function cmdqDevGetEvents(dev: Device): readonly number[] {
  const name = 'mediatek,gce-events';
  const property = dev.ofNode?.property(name);
  if (property === undefined) throw dev.error('ENOENT', `no ${name}`, 'cmdq');
  const ids = property.cells();
  if (property.value.length !== 4 * ids.length || ids.length === 0 || ids.length > MAX_EVENTS)
    throw dev.error('EINVAL', `${name} has ${property.value.length} bytes: 1 to ${MAX_EVENTS} cells`, 'cmdq');
  const bad = ids.find((id) => id >= EVENT_COUNT);
  if (bad !== undefined) throw dev.error('EINVAL', `${name}: event ${bad}: ids are 0 to ${EVENT_COUNT - 1}`, 'cmdq');
  return ids;
}

/**
 * Where the GCE of that SoC finds the device's first `reg` range: what the patch's cmdq_register_device looks up.
 * EINVAL: the node has no range; ERANGE: no subsystem has it.
 */
export function cmdqRegisterDevice(dev: Device, soc: string): CmdqClientReg {
  const range = platformGetResource(dev, 0);
  if (range === undefined) throw dev.error('EINVAL', 'no register range', 'cmdq');
  const row = cmdqSoc(soc);
  if (row === undefined) throw dev.error('EINVAL', `the tables have no SoC ${soc}`, 'cmdq');
  if (row.subsysOf(range.start) === undefined) throw dev.error('ERANGE', nobodyHas(row, range.start), 'cmdq');
  return cmdqRegOf(row, range.start, range.size);
}

/** The same for a range of physical addresses. ERANGE: no subsystem has it, all bits of the address compared. */
export function cmdqRegOf(soc: CmdqSoc, start: number, size: number): CmdqClientReg {
  const subsys = soc.subsysOf(start);
  if (subsys === undefined) throw refusal('ERANGE', nobodyHas(soc, start));
  return { subsys, offset: start % 0x1_0000, size };
}

/**
 * Finalizes a packet and sends it; `done` is told how it ended, in interrupt context. The GCE is kept awake meanwhile.
 * Errors of sending go up, and `done` is then not told.
 */
export function cmdqPktFlushAsync({ chan }: CmdqClient, pkt: CmdqPkt, done?: (status: CmdqStatus) => void): void {
  const gce = chan.controller.dev;
  if (pkt.state === 'in flight') throw refusal('EBUSY', 'the GCE has the packet already');
  pkt.finalize();
  pmRuntimeResumeAndGet(gce);
  pkt.whenDone((status) => {
    pmRuntimePutAutosuspend(gce);
    done?.(status);
  });
  try {
    mboxSendMessage(chan, pkt);
  } catch (e) {
    pkt.whenDone(() => undefined);
    pmRuntimePutAutosuspend(gce);
    throw e;
  }
  mboxClientTxdone(chan);
}

/**
 * Sends a packet and waits for its end. ENOEXEC: an instruction of it failed; ETIMEDOUT: it did not end in time, and
 * the log says where it hangs; ECONNABORTED: the channel was emptied.
 */
export async function cmdqPktFlush(client: CmdqClient, pkt: CmdqPkt, timeoutMs: number = FLUSH_MS): Promise<void> {
  const { dev } = client.client;
  const ended = new Completion();
  let status: CmdqStatus = 0;
  const before = pkt.limit;
  pkt.limit = ms(timeoutMs);
  try {
    cmdqPktFlushAsync(client, pkt, (sta) => {
      status = sta;
      ended.complete();
    });
  } finally {
    pkt.limit = before;
  }
  // The driver ends it in time; this bound is for a driver that does not.
  const inTime = await ended.wait(dev.clock, ms(timeoutMs + FLUSH_MS));
  if (!inTime) throw dev.error('ETIMEDOUT', `the GCE driver said nothing within ${timeoutMs + FLUSH_MS} ms`, 'cmdq');
  if (status !== 0) throw new SysError(codeOf(status), wordsOf(status, timeoutMs), { dev: dev.path, op: 'cmdq flush' });
}

function nobodyHas(soc: CmdqSoc, start: number): string {
  return `no subsystem of ${soc.name} has ${hexNumber(start)}`;
}

/** The error of a status, for who waits for one. */
function codeOf(status: CmdqStatus): Errno {
  return errnoName(status) ?? 'EIO';
}

function wordsOf(status: CmdqStatus, timeoutMs: number): string {
  const words: Partial<Record<Errno, string>> = {
    ENOEXEC: 'an instruction of the packet failed',
    ETIMEDOUT: `the packet did not end within ${timeoutMs} ms`,
    ECONNABORTED: 'the channel was emptied before the packet ended',
  };
  return words[codeOf(status)] ?? `the packet ended with ${status}`;
}
