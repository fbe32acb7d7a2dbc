// The mailbox driver on a register file, moved by the lines of a recorded script (test/golden/cmdq.md, family
// "driver").
import { s } from '../../../src/base/clock.js';
import type { TraceEvent } from '../../../src/base/trace.js';
import { Bench } from '../../../src/bench/bench.js';
import type { Device } from '../../../src/core/device.js';
import { type MboxChan, mboxClientTxdone, mboxFlush, mboxFreeChannel } from '../../../src/core/mailbox.js';
import { type MboxClient, mboxRequestChannel, mboxSendMessage } from '../../../src/core/mailbox.js';
import { platformDriver } from '../../../src/core/platform-device.js';
import { pmRuntimePutSync, pmRuntimeResumeAndGet, pmRuntimeUsage } from '../../../src/core/pm-runtime.js';
import { mtkCmdq } from '../../../src/drivers/mtk-cmdq/mtk-cmdq.js';
import type { CmdqCbData, GceProgram } from '../../../src/drivers/mtk-cmdq/program.js';
import { cmdqSoc } from '../../../src/drivers/mtk-cmdq/soc-tables.js';
import { settle } from '../../../src/host/settle.js';
import { treeOf } from '../../lab.js';
import { errnoOf, errorNumber, hex } from './common.js';
import { RegisterFile } from './register-file.js';

/** An entry of the trace. */
export type Entry = readonly (string | number)[];

/** What came out. */
export interface DriverResult {
  readonly trace: readonly Entry[];
  /** Event-clearing writes, which the recordings leave out. */
  readonly tokens: readonly number[];
  readonly log: string;
  readonly warns: number;
}

/** Runs a script. */
export async function runScript(soc: string, script: readonly string[]): Promise<DriverResult> {
  const machine = new DriverMachine(soc, script);
  await machine.start();
  for (const line of script) await machine.run(line);
  return machine.stop();
}

class DriverMachine {
  readonly #file: RegisterFile;
  readonly #bench: Bench;
  readonly #script: readonly string[];
  readonly #trace: Entry[] = [];
  readonly #tokens: number[] = [];
  readonly #packets: TestProgram[] = [];
  #log = '';
  #warns = 0;
  #isTracing = false;
  /** What Linux's power core does is not in the recordings. */
  #isMuted = false;
  /** Nobody's needs are looked at. */
  #isAlone = false;
  #client: Device | undefined;
  #chan: MboxChan | undefined;
  #asked = 0;
  #usage = 0;

  constructor(soc: string, script: readonly string[]) {
    this.#script = script;
    this.#file = new RegisterFile((kind, offset, value) => this.#access(kind, offset, value));
    const probe = (dev: Device): void => void (this.#client = dev);
    this.#bench = new Bench({
      tree: treeOf(sourceOf(soc, script)),
      drivers: [mtkCmdq, platformDriver({ name: 'client', compatible: ['x,client'], probe })],
      chips: [this.#file.chip(`mediatek,${soc}-gce`, isLow(soc) ? 'low' : 'high')],
      settle,
    });
    this.#bench.trace.attach((event) => this.#heard(event));
  }

  get #gce(): Device {
    return this.#bench.core.devices.find((dev) => dev.path.endsWith('gce0')) as Device;
  }

  async start(): Promise<void> {
    if (this.#script.some((line) => line.startsWith('probe'))) return;
    await this.#bench.powerOn();
    if (this.#script.includes('rresume')) return;
    pmRuntimeResumeAndGet(this.#gce);
    this.#usage = pmRuntimeUsage(this.#gce);
  }

  async run(line: string): Promise<void> {
    const [verb = '', ...words] = line.split(' ');
    const [a = 0, b = 0, c = 0] = words.map(Number);
    const ret = await this.#verb(verb, a, b, c);
    if (ret === undefined) return;
    this.#seePower();
    this.#trace.push(['return', ret]);
  }

  async stop(): Promise<DriverResult> {
    this.#isTracing = false;
    this.#isMuted = true;
    const result = { trace: [...this.#trace], tokens: [...this.#tokens], log: this.#log, warns: this.#warns };
    await this.#bench.powerOff();
    return result;
  }

  /** Answers what the line returns, if the recordings have that. */
  async #verb(verb: string, a: number, b: number, c: number): Promise<number | undefined> {
    switch (verb) {
      case 'chan':
        return errnoOf(() => this.#request());
      case 'pkt':
        this.#packets[a] = new TestProgram(a, b, c, (text) => this.#note('event', text));
        return undefined;
      case 'send':
        return errnoOf(() => this.#send(this.#packets[a] as TestProgram));
      case 'isr':
        return this.#isr();
      case 'flush':
        return this.#awaited(() => mboxFlush(this.#chan as MboxChan, a));
      case 'shutdown':
        return errnoOf(() => mboxFreeChannel(this.#chan as MboxChan));
      case 'rresume':
        return this.#silently(() => pmRuntimeResumeAndGet(this.#gce));
      case 'rsuspend':
        return this.#silently(() => pmRuntimePutSync(this.#gce));
      case 'suspend':
        return this.#muted(() => this.#bench.suspend());
      case 'resume':
        return this.#muted(() => this.#bench.resume());
      default:
        return this.#setUp(verb, a, b);
    }
  }

  async #setUp(verb: string, a: number, b: number): Promise<undefined> {
    if (verb === 'set') this.#file.poke(a, b >>> 0);
    else if (verb === 'suspend_fails') this.#file.suspendFails = true;
    else if (verb === 'trace') this.#isTracing = a === 1;
    else if (verb === 'last') this.#trace.push(['last_instruction', a, (this.#packets[a] as TestProgram).last]);
    else if (verb === 'probe') await this.#bench.powerOn();
    else throw new Error(`no such line: ${verb}`);
  }

  #request(): void {
    const client: MboxClient = { dev: this.#client as Device, rxCallback: (data) => this.#told(data as CmdqCbData) };
    this.#chan = mboxRequestChannel(client, this.#asked++);
  }

  #send(program: TestProgram): void {
    mboxSendMessage(this.#chan as MboxChan, program);
    mboxClientTxdone(this.#chan as MboxChan);
  }

  async #isr(): Promise<number> {
    let ret = 0;
    const detach = this.#bench.trace.attach((event) => {
      if (event.kind === 'irq_handler_exit') ret = event.ret === 'handled' ? 1 : 0;
    });
    this.#file.interrupt();
    await this.#bench.run(1);
    detach();
    return ret;
  }

  async #awaited(body: () => Promise<void>): Promise<number> {
    try {
      await this.#bench.drive('script', s(10), body);
      return 0;
    } catch (e) {
      return errorNumber(e);
    }
  }

  async #muted(body: () => Promise<void>): Promise<number> {
    this.#isMuted = true;
    try {
      await body();
      return 0;
    } catch (e) {
      return errorNumber(e);
    } finally {
      this.#isMuted = false;
    }
  }

  /** The script calls the driver's own callbacks: nobody needs the device more or less. */
  #silently(body: () => void): number {
    this.#isAlone = true;
    const ret = errnoOf(body);
    this.#usage = pmRuntimeUsage(this.#gce);
    this.#isAlone = false;
    return ret;
  }

  #told({ sta, pkt }: CmdqCbData): void {
    this.#note('callback', (pkt as TestProgram).index, sta);
  }

  #access(kind: 'read' | 'write', offset: number, value: number): void {
    if (kind === 'write' && offset === 0x68) this.#tokens.push(value);
    else if (!this.#isMuted) this.#note(kind, `0x${offset.toString(16)}`, `0x${value.toString(16)}`);
  }

  #heard(event: TraceEvent): void {
    if (this.#isMuted) {
      if (event.kind === 'printk') this.#logged(event.level, event.text);
      return;
    }
    if (event.kind === 'clk_enable' || event.kind === 'clk_disable') this.#clock(event.kind);
    if (event.kind === 'printk') this.#logged(event.level, event.text);
  }

  /** The recordings name how many clocks were switched at once. */
  #clock(kind: string): void {
    const last = String(this.#trace.at(-1)?.[1] ?? '');
    const count = last.startsWith(kind) ? Number(last.split(' ')[1]) : 0;
    if (count > 0) this.#trace.pop();
    this.#note('event', `${kind} ${count + 1}`);
  }

  #logged(level: string, line: string): void {
    const text = line.replace(/^mtk_cmdq_mbox \S+: /, '');
    if (text.startsWith('WARNING')) this.#warns++;
    else if (level === 'err') this.#log += `E:${text}|`;
    else if (level === 'warn') this.#log += `W:${text}|`;
  }

  #note(...entry: (string | number)[]): void {
    if (!this.#isTracing) return;
    this.#seePower();
    this.#trace.push(entry);
  }

  /** Somebody has begun or ceased to need the device since it was last looked at. */
  #seePower(): void {
    if (this.#isAlone) return;
    const gce = this.#gce;
    const usage = gce === undefined ? 0 : pmRuntimeUsage(gce);
    if (usage !== this.#usage && this.#isTracing)
      this.#trace.push(['event', usage > this.#usage ? 'pm_get' : 'pm_put']);
    this.#usage = usage;
  }
}

/** A packet at any address: nobody reads it but the script. */
class TestProgram implements GceProgram {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly limit = undefined;
  readonly #note: (text: string) => void;
  #last: readonly [number, number];

  constructor(index: number, pa: number, bytes: number, note: (text: string) => void) {
    this.index = index;
    this.start = pa;
    this.end = pa + bytes;
    this.#note = note;
    this.#last = [(0x1111 * (index + 1) * 0x1_0000) >>> 0, bytes / 8 - 1];
  }

  get lastHigh(): number {
    return this.#last[0];
  }

  get last(): string {
    return `0x${hex(this.#last[0])}${hex(this.#last[1])}`;
  }

  contains(iova: number): boolean {
    return iova >= this.start && iova < this.end;
  }

  relink(upper: number, lower: number): () => void {
    const before = this.#last;
    const where = `0x${this.start.toString(16)} ${this.end - this.start}`;
    this.#note(`sync_cpu ${where}`);
    this.#last = [upper, lower];
    this.#note(`sync_dev ${where}`);
    return () => void (this.#last = before);
  }

  instructions(): [] {
    return [];
  }

  sent(): void {}
  unsent(): void {}
  done(): void {}
}

function isLow(soc: string): boolean {
  return ['mt8173', 'mt8183', 'mt6795'].includes(soc);
}

/** A board with the engine, a second one where the SoC has two, and a client with the channels of the script. */
function sourceOf(soc: string, script: readonly string[]): string {
  const count = cmdqSoc(soc)?.gces ?? 1;
  const chans = script.filter((line) => line.startsWith('chan ')).map((line) => line.split(' '));
  const boxes = chans.map(([, thread, priority]) => `<&gce0 ${thread} ${priority}>`).join(', ');
  const gce = (index: number): string => `gce${index}: gce${index} { compatible = "mediatek,${soc}-gce";
    reg = <0x103${2 + index}0000 0x2000>; interrupts = <0 ${135 + index} ${isLow(soc) ? 8 : 4}>; #mbox-cells = <2>;
    clocks = <&infra ${index}>; clock-names = "gce"; ${index === 0 ? '' : `status = "disabled";`} };`;
  return `/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>;
    aliases { gce0 = "/gce0"; ${count > 1 ? 'gce1 = "/gce1";' : ''} };
    gic: interrupt-controller { compatible = "x,gic"; interrupt-controller; #interrupt-cells = <3>; };
    infra: clock { compatible = "x,infra"; #clock-cells = <1>; };
    ${gce(0)} ${count > 1 ? gce(1) : ''}
    client { compatible = "x,client"; ${boxes === '' ? '' : `mboxes = ${boxes};`} }; };`;
}
