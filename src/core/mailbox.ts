// Mailboxes: controllers with channels, and clients that send messages through them (Linux: linux/mailbox_client.h,
// linux/mailbox_controller.h; drivers/mailbox/mailbox.c of 6.12).
//
// Differences from Linux:
// mailbox-L1  A message that the controller refuses is taken out and its error goes to the sender; when its turn came
//             later, to `txDone`. Linux keeps it, tells nobody, and tries again with the next message.
// mailbox-L2  A channel of a controller that is gone refuses messages. Linux leaves the client with a pointer.
//
// Gaps: the client says when a message is done (txdone by acknowledgement); interrupts and polling for that, and
// clients that block, are not here.
import { assert } from '../base/assert.js';
import { SysError } from '../base/errno.js';
import { phandleArgs } from '../dt/references.js';
import type { DtNode } from '../dt/tree.js';
import type { Device, DeviceCore } from './device.js';

/** Messages that may wait in one channel (Linux: MBOX_TX_QUEUE_LEN). */
const TX_QUEUE_LEN = 20;

/** Who uses a channel. */
export interface MboxClient {
  readonly dev: Device;
  /** A message came. In interrupt context: it may not send on the same channel. */
  rxCallback?: ((message: unknown) => void) | undefined;
  /** A message is done; with an error when it was not sent after all. */
  txDone?: ((message: unknown, error: SysError | undefined) => void) | undefined;
}

/** What a controller's driver does with its channels (Linux: struct mbox_chan_ops). Errors are SysErrors. */
export interface MboxChanOps {
  sendData(chan: MboxChan, message: unknown): void;
  startup?(chan: MboxChan): void;
  shutdown?(chan: MboxChan): void;
  /** Waits until all that was sent has left the channel. */
  flush?(chan: MboxChan, timeoutMs: number): Promise<void>;
}

/** How a controller is made. */
export interface MboxControllerSpec {
  readonly channels: number;
  readonly ops: MboxChanOps;
  /** The channel that the cells behind a phandle mean; by the first cell when left out. EINVAL: there is none. */
  readonly xlate?: (controller: MboxController, cells: readonly number[]) => MboxChan;
}

/** One channel. Its fields are for the framework and for the controller's driver. */
export class MboxChan {
  readonly controller: MboxController;
  readonly index: number;
  client: MboxClient | undefined;
  /** Messages that wait, the oldest first. */
  readonly #pending: unknown[] = [];
  /** The message that the controller has, until it is said to be done. */
  #active: { readonly message: unknown } | undefined;

  constructor(controller: MboxController, index: number) {
    this.controller = controller;
    this.index = index;
  }

  /** Queues a message and passes on what may go. */
  send(message: unknown): void {
    if (this.#pending.length === TX_QUEUE_LEN) {
      this.controller.dev.err('Try increasing MBOX_TX_QUEUE_LEN');
      throw this.error('ENOBUFS', `${TX_QUEUE_LEN} messages wait`);
    }
    this.#pending.push(message);
    const refused = this.#submit();
    if (refused === undefined) return;
    if (refused.message === message) throw refused.error;
    this.client?.txDone?.(refused.message, refused.error);
  }

  /** The active message is done: the next may go (Linux: tx_tick). */
  tick(error: SysError | undefined): void {
    const done = this.#active;
    this.#active = undefined;
    const refused = this.#submit();
    if (done !== undefined) this.client?.txDone?.(done.message, error);
    if (refused !== undefined) this.client?.txDone?.(refused.message, refused.error);
  }

  /** Forgets all messages. */
  clear(): void {
    this.#pending.length = 0;
    this.#active = undefined;
  }

  error(code: SysError['code'], what: string): SysError {
    return this.controller.dev.error(code, `channel ${this.index}: ${what}`, 'mailbox');
  }

  /** Passes on the oldest that waits when none is active. Answers one that the controller refuses. */
  #submit(): { readonly message: unknown; readonly error: SysError } | undefined {
    if (this.#active !== undefined || this.#pending.length === 0) return undefined;
    const message = this.#pending.shift();
    try {
      this.controller.spec.ops.sendData(this, message);
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      return { message, error };
    }
    this.#active = { message };
    return undefined;
  }
}

/** A registered controller. */
export class MboxController {
  readonly dev: Device;
  readonly spec: MboxControllerSpec;
  readonly chans: readonly MboxChan[];

  constructor(dev: Device, spec: MboxControllerSpec) {
    this.dev = dev;
    this.spec = spec;
    this.chans = Array.from({ length: spec.channels }, (_, index) => new MboxChan(this, index));
  }

  /** Channel `index`. EINVAL: there is none. */
  chan(index: number): MboxChan {
    const chan = this.chans[index];
    if (chan === undefined)
      throw this.dev.error('EINVAL', `no channel ${index}; there are ${this.chans.length}`, 'mailbox');
    return chan;
  }
}

/** The controllers of one machine. */
class Mailboxes {
  readonly controllers = new Map<DtNode, MboxController>();
}

/** Registers a controller until unbind; its channels are then freed (Linux: devm_mbox_controller_register). */
export function devmMboxControllerRegister(dev: Device, spec: MboxControllerSpec): MboxController {
  const node = dev.ofNode;
  if (node === undefined) throw dev.error('EINVAL', 'no devicetree node', 'mailbox');
  const { controllers } = dev.core.subsystem(Mailboxes);
  const controller = new MboxController(dev, spec);
  controllers.set(node, controller);
  dev.scope.defer(() => {
    controllers.delete(node);
    for (const chan of controller.chans) mboxFreeChannel(chan);
  });
  return controller;
}

/**
 * Asks for the channel that entry `index` of the client's `mboxes` names (Linux: mbox_request_channel). ENODEV: no such
 * entry; EPROBE_DEFER: its controller is not there yet; EBUSY: somebody has it; what the controller says otherwise.
 */
export function mboxRequestChannel(client: MboxClient, index: number): MboxChan {
  const { dev } = client;
  const { node, cells } = mboxEntry(dev, index);
  const controller = controllerOf(dev.core, node);
  if (controller === undefined)
    throw new SysError('EPROBE_DEFER', `the mailbox controller ${node.path} is not there`, {
      dev: dev.path,
      op: 'mailbox',
      waitsFor: node.path,
    });
  const xlate = controller.spec.xlate ?? ((of, [first = 0]) => of.chan(first));
  return bindClient(xlate(controller, cells), client);
}

/** Gives a channel back: its controller ends what is under way there. A channel without client stays as it is. */
export function mboxFreeChannel(chan: MboxChan): void {
  if (chan.client === undefined) return;
  try {
    chan.controller.spec.ops.shutdown?.(chan);
  } finally {
    chan.client = undefined;
    chan.clear();
  }
}

/** Sends, or queues behind what the channel has (Linux: mbox_send_message). ENOBUFS: too many wait. */
export function mboxSendMessage(chan: MboxChan, message: unknown): void {
  if (chan.client === undefined) throw chan.error('EINVAL', 'has no client');
  chan.send(message);
}

/** The client says that its message is through: the next may go (Linux: mbox_client_txdone). */
export function mboxClientTxdone(chan: MboxChan, error?: SysError): void {
  chan.tick(error);
}

/** Waits until the channel is empty, or the controller has ended what was there (Linux: mbox_flush). */
export async function mboxFlush(chan: MboxChan, timeoutMs: number): Promise<void> {
  const { ops } = chan.controller.spec;
  if (ops.flush === undefined) throw chan.error('ENOTSUPP', 'its controller cannot flush');
  try {
    await ops.flush(chan, timeoutMs);
  } catch (e) {
    if (e instanceof SysError) chan.tick(e);
    throw e;
  }
}

/** For controllers: hands a message to the client (Linux: mbox_chan_received_data). */
export function mboxChanReceivedData(chan: MboxChan, message: unknown): void {
  chan.client?.rxCallback?.(message);
}

function mboxEntry(dev: Device, index: number): { readonly node: DtNode; readonly cells: readonly number[] } {
  const list = dev.ofNode === undefined ? undefined : phandleArgs(dev.core.tree, dev.ofNode, 'mboxes', '#mbox-cells');
  const entry = list?.entries[index];
  if (entry?.node !== undefined) return { node: entry.node, cells: entry.args };
  const why = entry === undefined ? (list?.fault ?? 'there is no such entry') : 'the entry is empty';
  dev.dbg('mbox_request_channel: can\'t parse "mboxes" property');
  throw dev.error('ENODEV', `mboxes[${index}]: ${why}`, 'mailbox');
}

function controllerOf(core: DeviceCore, node: DtNode): MboxController | undefined {
  return core.subsystem(Mailboxes).controllers.get(node);
}

function bindClient(chan: MboxChan, client: MboxClient): MboxChan {
  if (chan.client !== undefined) {
    client.dev.dbg('mbox_request_channel: mailbox not free');
    throw client.dev.error('EBUSY', `channel ${chan.index} belongs to ${chan.client.dev.path}`, 'mailbox');
  }
  chan.client = client;
  try {
    chan.controller.spec.ops.startup?.(chan);
  } catch (e) {
    if (!(e instanceof SysError)) throw e;
    client.dev.err(`Unable to startup the chan (${e.errno})`);
    mboxFreeChannel(chan);
    throw e;
  }
  assert(chan.client === client, 'the channel is the client’s');
  return chan;
}
