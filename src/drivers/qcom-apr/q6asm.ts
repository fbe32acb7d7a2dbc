// The DSP's service ASM: streams between memory and the DSP (Linux: qdsp6/q6asm.c). A session has one stream; what
// becomes of sound behind it is ADM's.
//
// Differences from Linux:
// apr-L50  An answer about memory or a stream ends the request that it answers. 6.12 goes by the port, and loses some.
// apr-L51  "Done" must name a buffer that the DSP has, and its status counts. 6.12 reads beyond the last buffer.
// apr-L52  A refused read, write or EOS is an error of the stream. 6.12 drops it, and the stream waits for ever.
// apr-L53  Addresses have 32 bits, above them is the SMMU's stream: EINVAL for more. 6.12 mixes the two.
// apr-L54  The length of a written buffer is remembered. 6.12 reads it out of the token, where 65536 bytes are none.
// apr-L55  Success is one way for all calls. In 6.12 it is 0, the packet's size, or ticks that were left.
import { passSysError } from '../../base/errno.js';
import type { AprDevice } from './apr-device.js';
import { APR_BASIC_RSP_RESULT } from './constants.js';
import type { AprMessage } from './message.js';
import { AsmClient, ASM_LIMIT } from './q6asm-client.js';
import { Q6Requests } from './q6-requests.js';

/** Sessions that there can be. */
const SESSIONS = 8;
/** What a front end of the devicetree can do. */
const TX_ONLY = 1;
const RX_ONLY = 2;

/** A front end: a session that the devicetree has a name for. */
export interface AsmFrontEnd {
  /** `reg` of its node; the session is one more. */
  readonly index: number;
  /** `MultiMedia1`. */
  readonly name: string;
  /** 0 both, 1 capture, 2 playback. */
  readonly direction: number;
  /** It takes compressed streams, not PCM. */
  readonly compressed: boolean;
}

/** The service ASM. */
export class Q6Asm {
  readonly requests: Q6Requests;
  /** What the SMMU knows the DSP's streams by; it lies above bit 32 of addresses. */
  sid = 0;
  /** Those of the devicetree; without any, all sessions may be used. */
  frontEnds: readonly AsmFrontEnd[] = [];
  readonly #clients = new Map<number, AsmClient>();

  constructor(adev: AprDevice) {
    this.requests = new Q6Requests(adev, 'ASM', ASM_LIMIT);
    adev.dev.scope.defer(() => this.#closeAll());
  }

  /** Sessions in use, by number. */
  get clients(): ReadonlyMap<number, AsmClient> {
    return this.#clients;
  }

  /**
   * Takes a session, the first that is free and can do PCM in that direction unless one is named (Linux:
   * q6asm_audio_client_alloc). EBUSY: none is free, or that one is not.
   */
  alloc(direction: 'playback' | 'capture', session?: number): AsmClient {
    const { dev } = this.requests.adev;
    const free = session ?? this.#free(direction);
    if (free === undefined) throw dev.error('EBUSY', `no session is free for ${direction}`, 'ASM');
    if (!(free >= 1 && free <= SESSIONS)) throw dev.error('EINVAL', `there is no session ${free}`, 'ASM');
    if (this.#clients.has(free)) throw dev.error('EBUSY', `session ${free} is in use`, 'ASM');
    const client = new AsmClient(this.requests, free, { sid: this.sid, free: () => this.#clients.delete(free) });
    this.#clients.set(free, client);
    return client;
  }

  /** Takes a message of the service. */
  take(message: AprMessage): void {
    if (this.#isRefusal(message) || this.requests.take(message)) return;
    const client = this.#clients.get(message.destPort >> 8);
    if (client?.event(message) !== true) this.requests.foreign(message);
  }

  /** The DSP is dead: streams are told. */
  die(): void {
    this.requests.die();
    for (const client of this.#clients.values()) client.die();
  }

  /** A basic response to a read or write is a refusal of a stream. */
  #isRefusal(message: AprMessage): boolean {
    if (message.opcode !== APR_BASIC_RSP_RESULT) return false;
    return this.#clients.get(message.destPort >> 8)?.refusal(message) === true;
  }

  #free(direction: 'playback' | 'capture'): number | undefined {
    const all: readonly AsmFrontEnd[] =
      this.frontEnds.length > 0
        ? this.frontEnds
        : Array.from({ length: SESSIONS }, (_, index) => ({ index, name: '', direction: 0, compressed: false }));
    const not = direction === 'playback' ? TX_ONLY : RX_ONLY;
    const usable = all.filter((one) => !one.compressed && one.direction !== not && !this.#clients.has(one.index + 1));
    return usable[0] === undefined ? undefined : usable[0].index + 1;
  }

  async #closeAll(): Promise<void> {
    for (const client of [...this.#clients.values()]) await client.end().catch(passSysError);
  }
}
