// What a driver of a service has asked its DSP and waits for: one table for each service, its rows known by what is
// expected (opcode, token, port), on the clock of the service's device.
//
// Differences from Linux, for all services:
// apr-L10  An answer ends what waits for it, by opcode, token and port; others are counted. 6.12 has one flag for all.
// apr-L11  Tokens have in bits [31:24] how many requests were given up: late answers end no other. In 6.12 they do.
// apr-L12  An answer that is shorter than it must be is refused, and the request with it: EPROTO. 6.12 reads on.
// apr-L13  When the DSP or its protection domain dies, what waits fails at once: ECONNRESET. In 6.12 by time-out.
// apr-L14  What was not answered in time is undone, a failed closing made up for. In 6.12 EALREADY is all that follows.
// apr-L15  Errors name command, object and status in words. 6.12 prints numbers, and has lost them when it returns.
// apr-L16  Packets wait in order for room in the channel, as long as an answer may take. In 6.12 the command fails.
import { ms, s, type Duration } from '../../base/clock.js';
import { passSysError, type SysError } from '../../base/errno.js';
import { WaitQueue } from '../../core/wait.js';
import type { AprDevice } from './apr-device.js';
import { APR_BASIC_RSP_RESULT, APR_RSP_ACCEPTED } from './constants.js';
import type { AprMessage } from './message.js';
import { aprPacket } from './packet.js';
import type { Q6Ask, Q6Counts, Q6Reply } from './q6-command.js';
import { type Ended, Q6Ended, undoLate } from './q6-ended.js';
import { Q6Outbox, type SendError } from './q6-outbox.js';
import { DspRefusal, statusText } from './q6-status.js';

/** A request that waits. */
interface Pending {
  readonly opcode: number;
  readonly token: number;
  readonly port: number;
  readonly place: string;
  readonly reply: Q6Reply<unknown> | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: SysError) => void;
}

const NO_ROOM = 'the packet was not sent: there was no room';
/** The requests of one bound service. */
export class Q6Requests {
  readonly adev: AprDevice;
  readonly counts: Q6Counts = { late: 0, duplicate: 0, foreign: 0, short: 0, posted: 0 };
  readonly #service: string;
  readonly #limit: Duration;
  readonly #pending: Pending[] = [];
  readonly #ended = new Q6Ended();
  /** Closings that went wrong. */
  #debts: Q6Ask[] = [];
  readonly #sleepers = new WaitQueue();
  readonly #outbox: Q6Outbox;
  #givenUp = 0;
  #unbound = false;

  /** `service` is its name in errors, `limit` how long an answer may take. */
  constructor(adev: AprDevice, service: string, limit: Duration) {
    this.adev = adev;
    this.#service = service;
    this.#limit = limit;
    this.#outbox = new Q6Outbox(adev);
    adev.dev.scope.defer(() => {
      this.#unbound = true;
      this.#failAll('ENODEV', 'the driver is unbound');
    });
  }

  /** Requests that wait now. */
  get waiting(): number {
    return this.#pending.length;
  }

  /** True when nothing will be answered any more. */
  get isDead(): boolean {
    return this.#unbound || this.adev.isGone;
  }

  /**
   * Sends a command and waits until the DSP says that it is done. EINVAL: it refuses (`dspStatus`); ETIMEDOUT,
   * ECONNRESET, EPROTO as above; what the transport says when it does not take the packet.
   */
  async request(ask: Q6Ask, limit: Duration = this.#limit): Promise<void> {
    await this.#wait(ask, undefined, limit);
  }

  /** The same for a command with an answer of its own. */
  async query<T>(ask: Q6Ask, reply: Q6Reply<T>, limit: Duration = this.#limit): Promise<T> {
    return (await this.#wait(ask, reply, limit)) as T;
  }

  /** Sends a command for whose answer nobody waits; a refusal is told in the log, and that it was `lost`, too. */
  post(ask: Q6Ask, lost: (error: SysError) => void = (error) => this.adev.dev.err(error.message)): void {
    const token = this.#token(ask);
    const { opcode } = ask.command;
    const port = ask.srcPort ?? 0;
    this.#ended.add(opcode, token, port, { how: 'posted', place: this.#place(ask) });
    this.#send(ask, token, undefined, (error) => {
      lost(error);
      this.#ended.forget(opcode, token, port);
    });
  }

  /**
   * Sends a command that is answered by an event, with the token just as given. `lost` is told when there was no room
   * for it in the end.
   */
  send(ask: Q6Ask, lost: (error: SysError) => void): void {
    this.#send(ask, ask.token ?? 0, ask.srcPort, lost);
  }

  /** Sends a closing. When that goes wrong it is owed; an answer that says no is one. */
  async close(ask: Q6Ask): Promise<void> {
    try {
      await this.request(ask);
    } catch (e) {
      passSysError(e);
      this.#owe(ask, e);
      throw e;
    }
  }

  /** Undoes an opening that was not answered, without waiting. */
  undo(ask: Q6Ask): void {
    try {
      this.post(ask, (error) => this.#owe(ask, error));
    } catch (e) {
      passSysError(e);
      this.#owe(ask, e);
    }
  }

  /** Before something is opened: what was owed is done. What comes of it is told in the log alone. */
  async settle(): Promise<void> {
    const debts = this.#debts;
    this.#debts = [];
    for (const ask of debts) {
      try {
        await this.request(ask);
      } catch (e) {
        passSysError(e);
        this.adev.dev.dbg(`${this.#place(ask)}, once more: ${(e as SysError).code}`);
      }
    }
  }

  /** Nobody waits any more for what was asked from a port. */
  abandon(port: number): void {
    this.#outbox.takeBack(port);
    for (const pending of this.#pending.filter((one) => one.port === port)) {
      const sent = !this.#outbox.takeBack(pending);
      this.#end(pending, { how: 'late' });
      if (sent) this.#givenUp++;
      pending.reject(this.#error('ECANCELED', 'given up', pending.place));
    }
  }

  /** Lets time pass; less when nothing will be answered any more. */
  async sleep(limit: Duration): Promise<void> {
    await this.#sleepers.wait(() => (this.isDead ? true : undefined), { clock: this.adev.dev.clock, limit });
  }

  /** Takes a message: false when it is none that answers a command. */
  take(message: AprMessage): boolean {
    const basic = message.opcode === APR_BASIC_RSP_RESULT;
    if (message.opcode === APR_RSP_ACCEPTED) return true;
    const opcode = basic ? message.u32(0) : message.opcode;
    if (opcode === undefined) {
      this.counts.short++;
      return true;
    }
    const found = this.#find(message, opcode, basic);
    if (found >= 0) {
      this.#answer(found, message, basic);
      return true;
    }
    return this.#unawaited(message, opcode, basic);
  }

  /** A message that this driver has no use for. */
  foreign(message: AprMessage): void {
    this.counts.foreign++;
    this.adev.dev.dbg(`${this.#service}: dropped 0x${message.opcode.toString(16)}`);
  }

  /** The DSP is dead. */
  die(): void {
    this.#debts = [];
    this.#failAll('ECONNRESET', 'the DSP has died');
  }

  /** An error of this service, for a command that another place has found to be refused. */
  refused(ask: Q6Ask, status: number): SysError {
    return this.#error('EINVAL', statusText(status), this.#place(ask), new DspRefusal(status));
  }

  /** An error of this service on an object. */
  error(code: SysError['code'], what: string, ask: Q6Ask): SysError {
    return this.#error(code, what, this.#place(ask));
  }

  #wait(ask: Q6Ask, reply: Q6Reply<unknown> | undefined, limit: Duration): Promise<unknown> {
    const token = this.#token(ask);
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        opcode: ask.command.opcode,
        token,
        port: ask.srcPort ?? 0,
        place: this.#place(ask),
        reply,
        resolve: (value) => {
          timer.cancel();
          resolve(value);
        },
        reject: (error) => {
          timer.cancel();
          reject(error);
        },
      };
      const timer = this.adev.dev.clock.after(limit, () => this.#giveUp(pending, limit));
      this.#pending.push(pending);
      try {
        this.#send(ask, token, pending, (error) => this.#unsent(pending, error));
      } catch (e) {
        passSysError(e);
        this.#unsent(pending, e as SysError);
      }
    });
  }

  #unsent(pending: Pending, error: SysError): void {
    this.#drop(pending);
    pending.reject(error);
  }

  #token({ token = 0 }: Q6Ask): number {
    return this.#givenUp === 0 ? token : (token + (this.#givenUp & 0xff) * 0x100_0000) >>> 0;
  }

  #send(ask: Q6Ask, token: number, owner: unknown, lost: (error: SysError) => void): void {
    const place = this.#place(ask);
    if (this.#unbound) throw this.#error('ENODEV', 'the driver is unbound', place);
    if (this.adev.isGone) throw this.#error('ECONNRESET', 'the DSP has died', place);
    const { command, srcPort = 0, destPort = 0, payload } = ask;
    const packet = aprPacket({ opcode: command.opcode, token, srcPort, destPort }, payload?.length ?? 0);
    if (payload !== undefined) packet.payload.set(payload);
    const unsent = (code: SendError): SysError => this.#error(code, 'the packet was not sent', place);
    const code = this.#outbox.send(packet.bytes, owner, this.#limit, (late) => lost(unsent(late)));
    if (code !== undefined) throw unsent(code);
  }

  #find(message: AprMessage, opcode: number, basic: boolean): number {
    const { token, destPort } = message;
    return this.#pending.findIndex((one) => {
      const wanted = basic ? one.opcode : one.reply?.opcode;
      return wanted === opcode && one.token === token && one.port === destPort;
    });
  }

  #answer(index: number, message: AprMessage, basic: boolean): void {
    const pending = this.#pending[index] as Pending;
    const least = basic ? 8 : (pending.reply?.leastBytes ?? 0);
    const status = message.u32(4) ?? 0;
    // "Done" is no answer where there is one of its own; that comes still.
    if (basic && pending.reply !== undefined && message.payloadSize >= least && status === 0) return;
    const ended = this.#end(pending, { how: 'duplicate' });
    if (message.payloadSize < least) {
      const what = `an answer of ${message.payloadSize} bytes, ${least} are wanted`;
      pending.reject(this.#error('EPROTO', what, pending.place));
    } else if (basic && status !== 0) {
      pending.reject(this.#error('EINVAL', statusText(status), pending.place, new DspRefusal(status)));
    } else this.#read(pending, message, ended);
  }

  #read({ reply, resolve, reject }: Pending, message: AprMessage, ended: { value?: unknown }): void {
    try {
      ended.value = reply?.read(message);
      resolve(ended.value);
    } catch (e) {
      passSysError(e);
      reject(e as SysError);
    }
  }

  #unawaited(message: AprMessage, opcode: number, basic: boolean): boolean {
    const ended = this.#ended.find(opcode, message.token, message.destPort);
    if (ended === undefined) {
      if (basic) this.foreign(message);
      return basic;
    }
    this.counts[ended.how]++;
    if (ended.how === 'posted' && basic) this.#tellPosted(ended, message.u32(4) ?? 0);
    if (!basic) undoLate(ended, message);
    return true;
  }

  #tellPosted({ place }: Ended, status: number): void {
    if (status !== 0) this.adev.dev.dbg(`${place}: ${statusText(status)}`);
  }

  #giveUp(pending: Pending, limit: Duration): void {
    if (this.#outbox.takeBack(pending)) return this.#unsent(pending, this.#error('EAGAIN', NO_ROOM, pending.place));
    this.#end(pending, { how: 'late' });
    this.#givenUp++;
    const within = limit < s(1) ? `${limit / ms(1)} ms` : `${limit / s(1)} s`;
    pending.reject(this.#error('ETIMEDOUT', `no answer within ${within}`, pending.place));
  }

  #end(pending: Pending, { how }: Pick<Ended, 'how'>): { value?: unknown } {
    this.#drop(pending);
    const { opcode, token, port, place, reply } = pending;
    const ended: Ended & { value?: unknown } = { how, place, reply };
    this.#ended.add(opcode, token, port, ended);
    if (reply !== undefined) this.#ended.add(reply.opcode, token, port, ended);
    return ended;
  }

  #drop(pending: Pending): void {
    const at = this.#pending.indexOf(pending);
    if (at >= 0) this.#pending.splice(at, 1);
  }

  /** A closing that the DSP has refused needs no second one; a dead DSP has forgotten everything. */
  #owe(ask: Q6Ask, why: unknown): void {
    const refused = why instanceof Error && why.cause instanceof DspRefusal;
    if (!refused && !this.isDead) this.#debts.push(ask);
  }

  #failAll(code: SysError['code'], what: string): void {
    this.#outbox.clear();
    for (const pending of this.#pending.splice(0)) pending.reject(this.#error(code, what, pending.place));
    this.#sleepers.wake();
  }

  #place({ command, of }: Q6Ask): string {
    return of === undefined ? `${this.#service} ${command.name}` : `${this.#service} ${command.name} on ${of}`;
  }

  #error(code: SysError['code'], what: string, place: string, cause?: unknown): SysError {
    return this.adev.dev.error(code, what, place, cause);
  }
}
