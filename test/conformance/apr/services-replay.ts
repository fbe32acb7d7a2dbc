// Plays a recorded exchange with the services' drivers: the DSP answers what was recorded, the drivers are called as
// their packets say, and what they send is compared byte for byte.
import { hex as hexOf } from '../../../src/base/bytes.js';
import { s } from '../../../src/base/clock.js';
import { SysError } from '../../../src/base/errno.js';
import { Bench } from '../../../src/bench/bench.js';
import type { RpmsgEnd } from '../../../src/bus/rpmsg.js';
import type { ChipModel } from '../../../src/bus/socket.js';
import { aprDriver } from '../../../src/drivers/qcom-apr/apr-device.js';
import { qcomApr } from '../../../src/drivers/qcom-apr/apr.js';
import { settle } from '../../../src/host/settle.js';
import { treeOf } from '../../tree-of.js';
import { type Call, makeCall, Services } from './services-calls.js';
import { bytesOf, type Item, type Packet, packetOf, RightServices } from './services-case.js';

/** What a phase of a recording came to. */
export interface PhaseResult {
  wrong: string | undefined;
  readonly ids: Set<string>;
}

/** Plays all of it; the results by phase. */
export async function replayServices(items: readonly Item[]): Promise<ReadonlyMap<string, PhaseResult>> {
  const replay = new Replay(items);
  try {
    await replay.play();
  } finally {
    await replay.end();
  }
  return replay.phases;
}

const NODES = [3, 4, 7, 8].map((svc) => `service@${svc} { reg = <${svc}>; };`).join(' ');
const APR = `compatible = "qcom,apr-v2"; qcom,domain = <4>; qcom,glink-channels = "apr_audio_svc";`;
const CELLS = '#address-cells = <1>; #size-cells = <0>;';
const SOURCE = `/ { remoteproc-adsp { compatible = "x,adsp"; glink-edge { apr { ${APR} ${CELLS} ${NODES} }; }; }; };`;

type Outcome = { readonly value: unknown } | { readonly errno: number };

class Replay {
  readonly phases = new Map<string, PhaseResult>();
  readonly #items: readonly Item[];
  readonly #right = new RightServices();
  readonly #services = new Services();
  readonly #got: string[] = [];
  #taken = 0;
  #bench: Bench | undefined;
  #end: RpmsgEnd | undefined;
  #call: { readonly call: Call; outcome?: Outcome } | undefined;
  /** The last token of each request as the drivers sent it, by service, port and bits [23:0]. */
  readonly #tokens = new Map<string, number>();
  #unanswered: Packet | undefined;
  #phase = '';

  constructor(items: readonly Item[]) {
    this.#items = items;
  }

  async play(): Promise<void> {
    await this.#powerOn();
    for (const [at, item] of this.#items.entries()) {
      this.#phase = item.phase;
      if (!this.phases.has(item.phase)) this.phases.set(item.phase, { wrong: undefined, ids: new Set() });
      if (item.dir === 'to_dsp') await this.#toDsp(packetOf(item.hex as string), at);
      else if (item.dir === 'from_dsp') await this.#fromDsp(packetOf(item.hex as string));
      else if (item.call !== undefined) await this.#result(item, at);
    }
  }

  async end(): Promise<void> {
    await this.#bench?.powerOff();
  }

  async #powerOn(): Promise<void> {
    const chip: ChipModel = {
      name: 'dsp',
      compatible: ['x,adsp'],
      plug: (socket) => {
        this.#end = socket.rpmsg().open('apr_audio_svc', (bytes) => {
          this.#got.push(hexOf(bytes, ''));
          return 0;
        });
      },
    };
    const driver = aprDriver({
      name: 'services',
      idTable: [3, 4, 7, 8].map((svc) => ({ domain: 4, svc })),
      probe: (adev) => {
        adev.dev.drvdata = this.#services.make(adev);
      },
      callback: (adev, message) => (adev.dev.drvdata as { take(message: unknown): void } | undefined)?.take(message),
    });
    const tree = treeOf(SOURCE);
    this.#bench = new Bench({ tree, chips: [chip], drivers: [qcomApr, driver], settle });
    await this.#bench.powerOn();
  }

  async #toDsp(packet: Packet, at: number): Promise<void> {
    const idle = this.#taken === this.#got.length;
    if (idle && this.#waits) await this.#timeOut(at);
    const { sent, ids } = this.#right.sent(packet);
    if (idle && sent.length > 0) await this.#begin(packet, at);
    this.#compare(sent, ids, at);
    for (const one of sent) this.#tokens.set(requestOf(packet, packet.srcPort), packetOf(one).token);
  }

  /** A call was made that somebody waits for. */
  get #waits(): boolean {
    return this.#call !== undefined && this.#call.outcome === undefined && !this.#call.call.nowait;
  }

  /** All that was sent is compared: the next call is made. */
  async #begin(packet: Packet, at: number): Promise<void> {
    const later = this.#items
      .slice(at + 1)
      .flatMap(({ dir, hex }) => (dir === 'to_dsp' ? [packetOf(hex as string)] : []));
    const call = makeCall(this.#services, packet, later);
    if (call !== undefined) this.#start(call);
    await this.#run(0);
  }

  #start(call: Call): void {
    const started: { readonly call: Call; outcome?: Outcome } = { call };
    this.#call = started;
    call.done.then(
      (value) => {
        started.outcome = { value };
      },
      (e: unknown) => {
        started.outcome = { errno: e instanceof SysError ? e.errno : Number.NaN };
      },
    );
  }

  async #fromDsp(packet: Packet): Promise<void> {
    const answer = this.#right.answer(packet, this.#tokens.get(requestOf(packet, packet.destPort)));
    if (answer === undefined) return;
    this.#end?.trysend(bytesOf(answer));
    await this.#run(0);
  }

  /** The recording has no answer: the time for it passes. */
  async #timeOut(at: number): Promise<void> {
    const asked = this.#lastAsked(at);
    await this.#run(s(20));
    if (asked === undefined) return;
    this.#unanswered = asked;
    const { sent, ids } = this.#right.unanswered(asked);
    this.#compare(sent, ids, at);
  }

  #lastAsked(at: number): Packet | undefined {
    const last = this.#items.slice(0, at).findLast(({ dir }) => dir === 'to_dsp');
    return last === undefined ? undefined : packetOf(last.hex as string);
  }

  async #result(item: Item, at: number): Promise<void> {
    const { call = '', ret = 0 } = item;
    const asksAgain = /^q6core_get_svc_api_info\((\d+)\)/.exec(call);
    if (asksAgain !== null && this.#isNewAsk(at)) await this.#askAgain(Number(asksAgain[1]), at);
    const running = this.#call;
    if (running === undefined) return;
    if (this.#waits) await this.#timeOut(at);
    if (running.outcome === undefined) return; // it is not waited for
    const { ret: right, id } = this.#right.result(ret, this.#unanswered);
    if (id !== undefined) this.#note(id);
    const why = difference(running.outcome, right, call);
    if (why !== undefined) this.#fail(at, why);
  }

  /** The line before is no packet: the call was made without one. */
  #isNewAsk(at: number): boolean {
    return this.#items[at - 1]?.dir === undefined;
  }

  async #askAgain(svc: number, at: number): Promise<void> {
    const core = this.#services.core;
    if (core === undefined) return;
    const done = core.svcApiInfo(svc);
    this.#start({ done, nowait: false });
    await this.#run(s(20));
    if (this.#taken === this.#got.length) return; // it is known
    // Asked again because there was no answer the first time (apr-L21).
    const first = this.#items.slice(0, at).find(({ dir }) => dir === 'to_dsp');
    if (first === undefined) return this.#fail(at, 'asks where nothing was asked before');
    const { sent, ids } = this.#right.sent(packetOf(first.hex as string));
    const more = this.#right.unanswered(packetOf(first.hex as string));
    this.#compare([...sent, ...more.sent], [...ids, ...more.ids], at);
  }

  #compare(sent: readonly string[], ids: readonly string[], at: number): void {
    for (const id of ids) this.#note(id);
    for (const should of sent) {
      const is = this.#got[this.#taken];
      if (is === should) this.#taken++;
      else return this.#fail(at, `sends ${is ?? 'nothing'}, not ${should}`);
    }
    if (sent.length !== 1 && this.#taken < this.#got.length) this.#fail(at, `sends ${this.#got[this.#taken]}, too`);
  }

  #note(id: string): void {
    this.phases.get(this.#phase)?.ids.add(id);
  }

  #fail(at: number, why: string): void {
    const phase = this.phases.get(this.#phase);
    if (phase !== undefined) phase.wrong ??= `line ${this.#items[at]?.n}: ${why}`;
    this.#taken = this.#got.length; // what follows is judged by itself
  }

  #run(wait: number): Promise<void> {
    return (this.#bench as Bench).run(wait);
  }
}

function requestOf({ svc, token }: Packet, port: number): string {
  return `${svc} ${port} ${token & 0xff_ffff}`;
}

/** Calls whose recorded number is a value; for all others a negative one is an error and any other is none. */
const VALUES: Readonly<Record<string, (value: unknown) => unknown>> = {
  handle: (value) => value,
  'copp id from dsp': (value) => (value as { readonly id: number } | undefined)?.id,
  api_version: (value) => (value as { readonly version: number } | undefined)?.version,
};

function difference(outcome: Outcome, ret: number, call: string): string | undefined {
  if ('errno' in outcome) return outcome.errno === ret ? undefined : `${call} is ${outcome.errno}, not ${ret}`;
  if (ret < 0) return `${call} is no error, not ${ret}`;
  const value = VALUES[call]?.(outcome.value) ?? ret;
  return value === ret ? undefined : `${call} is ${String(value)}, not ${ret}`;
}
