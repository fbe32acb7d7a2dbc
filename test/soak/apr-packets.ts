// Packets by chance into the receive path of APR and GPR: good ones, changed ones, and noise. Each is delivered whole
// or counted under the reason that a plain restatement of the checks gives.
import { Random } from '../../src/base/random.js';
import type { AprMessage } from '../../src/drivers/qcom-apr/message.js';
import { serviceKey } from '../../src/drivers/qcom-apr/receive.js';
import { AprRouter } from '../../src/drivers/qcom-apr/router.js';
import type { Scenario } from '../soak.js';

/** What `npm run soak` runs: ten million packets. `run` throws with the packet. */
export const scenarios: readonly Scenario[] = [{ name: 'apr-packets', total: 10_000, run, summary }];

const PACKETS = 1000;
/** How many are received before those that wait are delivered. */
const BATCH = 50;
const totals = new Map<string, number>();

function summary(): readonly string[] {
  return [...totals].sort(([, a], [, b]) => b - a).map(([what, count]) => `${what}: ${count}`);
}

/** One run. */
export async function run(seed: string): Promise<void> {
  const random = new Random(seed);
  const road = random.below(4) === 0 ? new Road(random, 'gpr') : new Road(random, 'apr');
  for (let batch = 0; batch < PACKETS / BATCH; batch++) {
    for (let packet = 0; packet < BATCH; packet++) road.receive();
    await Promise.resolve();
    road.checkDelivered();
  }
  road.checkCounts();
}

type Kind = 'apr' | 'gpr';

/** A router with services by chance, and what is expected of it. */
class Road {
  readonly #random: Random;
  readonly #kind: Kind;
  readonly #router: AprRouter;
  /** Whether somebody listens, by key. */
  readonly #services = new Map<number, boolean>();
  readonly #expected = new Map<string, number>();
  /** Packets that must come, by key, oldest first. */
  readonly #due = new Map<number, string[]>();
  readonly #buffer = new Uint8Array(4096);
  #last = '';

  constructor(random: Random, kind: Kind) {
    this.#random = random;
    this.#kind = kind;
    this.#router = new AprRouter(kind, {
      refused: ({ reason }) => (this.#last = reason),
      failed: (error) => {
        throw error;
      },
    });
    for (let count = random.below(20); count >= 0; count--) this.#open();
  }

  #open(): void {
    const key = this.#kind === 'apr' ? serviceKey(3 + this.#random.below(2), this.#random.below(0x17)) : this.#port();
    const box = this.#router.open(key);
    if (box === undefined) return;
    const listens = this.#random.below(4) > 0;
    this.#services.set(key, listens);
    if (listens) box.attach((message) => this.#deliver(key, message));
  }

  #port(): number {
    return this.#random.below(2) === 0 ? 1 + this.#random.below(4) : 0x1000_0000 + this.#random.below(8);
  }

  /** Whatever is asked of a message stays within the packet. */
  #deliver(key: number, message: AprMessage): void {
    const due = this.#due.get(key)?.shift();
    const { bytes, payload, headerBytes, payloadSize } = message;
    const text = textOf(bytes);
    if (text !== due) throw new Error(`${key} got ${text}, due was ${due}`);
    const within = payload.byteOffset - bytes.byteOffset === headerBytes && payload.length === payloadSize;
    if (!within || headerBytes + payloadSize !== bytes.length)
      throw new Error(`${text}: payload ${headerBytes} ${payloadSize}`);
    const at = payloadSize & ~3;
    if (message.u32(at) !== undefined || payloadSize >= 4 !== (message.u32(at - 4) !== undefined && at >= 4))
      throw new Error(`${text}: a word beyond the end`);
  }

  receive(): void {
    const bytes = this.#packet();
    const wanted = this.#kind === 'apr' ? this.#judgeApr(bytes) : this.#judgeGpr(bytes);
    this.#expected.set(wanted.what, (this.#expected.get(wanted.what) ?? 0) + 1);
    if (wanted.what === 'delivered') {
      const due = this.#due.get(wanted.key) ?? [];
      due.push(textOf(bytes));
      this.#due.set(wanted.key, due);
    }
    this.#last = 'delivered';
    this.#router.receive(bytes.slice()); // given away
    if (this.#last !== wanted.what) throw new Error(`${textOf(bytes)}: ${this.#last}, not ${wanted.what}`);
  }

  checkDelivered(): void {
    const left = [...this.#due].filter(([, due]) => due.length > 0);
    if (left.length > 0 || this.#router.waiting > 0) throw new Error(`not delivered: ${JSON.stringify(left)}`);
  }

  checkCounts(): void {
    let sum = 0;
    for (const [what, count] of Object.entries(this.#router.counts)) {
      sum += count;
      if (count !== (this.#expected.get(what) ?? 0))
        throw new Error(`${what}: ${count}, not ${this.#expected.get(what)}`);
      totals.set(`${this.#kind} ${what}`, (totals.get(`${this.#kind} ${what}`) ?? 0) + count);
    }
    if (sum !== PACKETS) throw new Error(`${sum} packets are counted`);
  }

  /** A good packet, mostly with something changed. */
  #packet(): Uint8Array {
    const random = this.#random;
    const length = (this.#kind === 'apr' ? 20 : 24) + 4 * random.below(random.below(10) === 0 ? 200 : 8);
    for (let at = 0; at < length; at++) this.#buffer[at] = random.below(256);
    let used = length;
    if (random.below(8) > 0) this.#header(length);
    for (let changes = random.below(4); changes > 0; changes--) {
      const way = random.below(4);
      if (way === 0) this.#buffer[random.below(24)] = random.below(256);
      else if (way === 1) this.#buffer[random.below(24)] = (this.#buffer[0] as number) ^ (1 << random.below(8));
      else if (way === 2) used = random.below(length + 9);
    }
    return this.#buffer.subarray(0, used);
  }

  #header(length: number): void {
    const random = this.#random;
    const words = (this.#kind === 'apr' ? 5 : 6) + (random.below(6) === 0 ? random.below(11) : 0);
    const buffer = this.#buffer;
    buffer[0] = (words << 4) | random.below(random.below(6) === 0 ? 16 : 2);
    const known = random.below(3) > 0;
    const key = known ? random.pick([...this.#services.keys()]) : this.#anyKey();
    if (this.#kind === 'gpr') {
      buffer.set([length & 0xff, length >> 8, 0, 3, 2], 1);
      buffer.set([key & 0xff, 0, 0, key >>> 24], 12);
      return;
    }
    buffer.set([length & 0xff, length >> 8, random.below(0x17), key >> 8], 2);
    buffer.set([key & 0xff, 5], 8);
  }

  #anyKey(): number {
    if (this.#kind === 'gpr') return this.#port();
    return serviceKey(this.#random.below(6), this.#random.below(0x17));
  }

  #judgeApr(bytes: Uint8Array): { what: string; key: number } {
    const nowhere = (what: string) => ({ what, key: -1 });
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < 20) return nowhere('short');
    const field = view.getUint16(0, true);
    if (field % 16 > 1) return nowhere('version');
    const header = (Math.floor(field / 16) % 16) * 4;
    if (header < 20) return nowhere('header-size-small');
    if (view.getUint16(2, true) !== bytes.length) return nowhere('packet-size-mismatch');
    if (header > bytes.length) return nowhere('header-past-packet');
    const [srcSvc, srcDomain, destSvc, destDomain] = [4, 5, 8, 9].map((at) => view.getUint8(at)) as [
      number,
      number,
      number,
      number,
    ];
    if (srcDomain > 5 || destDomain > 5 || srcSvc > 22 || destSvc > 22) return nowhere('address-range');
    if (srcDomain !== 3 && srcDomain !== 4) return nowhere('source-domain');
    return this.#judgeKey(srcDomain * 256 + destSvc);
  }

  #judgeGpr(bytes: Uint8Array): { what: string; key: number } {
    const nowhere = (what: string) => ({ what, key: -1 });
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < 24) return nowhere('short');
    const word = view.getUint32(0, true);
    if (word % 16 > 1) return nowhere('version');
    const header = (Math.floor(word / 16) % 16) * 4;
    if (header < 24) return nowhere('header-size-small');
    if (Math.floor(word / 256) !== bytes.length) return nowhere('packet-size-mismatch');
    if (header > bytes.length) return nowhere('header-past-packet');
    return this.#judgeKey(view.getUint32(12, true));
  }

  #judgeKey(key: number): { what: string; key: number } {
    const listens = this.#services.get(key);
    return { what: listens === undefined ? 'no-such-service' : listens ? 'delivered' : 'no-driver', key };
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
