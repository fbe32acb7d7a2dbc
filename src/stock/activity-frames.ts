// Frames that go from one Ethernet port to another until it is stopped: of all lengths, contiguous and in pieces; the
// other end counts them and gives them back.
import { type FrameCut, NetdevFrames } from '../abi/netdev-frames.js';
import { type Duration, ms, s, type Timer } from '../base/clock.js';
import { passSysError, type SysError } from '../base/errno.js';
import type { Random } from '../base/random.js';
import type { Bench } from '../bench/bench.js';
import type { EthernetLink, EthernetSpeed } from '../bus/ethernet.js';
import type { NetDevice } from '../core/netdevice.js';
import type { Activity, Running } from './activity.js';
import { numberWord, onlyWords } from './activity-words.js';
import { InputError } from './input-error.js';
import { type Port, portOf, portsOf, SPEEDS } from './ports.js';
import { type FrameEnds, LEAST_FRAME, testFrame, testFrameNumber } from './test-frames.js';
import { inTurn } from './turns.js';

/** What it is at. */
export type FramesIs = 'opens' | 'waits for the link' | 'sends' | 'is stopped';

/** One way. */
export interface FramesWay {
  readonly from: string;
  readonly to: string;
  /** Frames that the interface took. */
  readonly sent: number;
  /** Those that it did not take: no carrier, no room, no memory. */
  readonly unsent: number;
  readonly received: number;
  /** Numbers that were passed over. */
  readonly missing: number;
}

/** What it does, for whoever looks. */
export interface FramesState extends Readonly<Record<string, unknown>> {
  readonly is: FramesIs;
  readonly rate: number;
  readonly size: string;
  readonly ways: readonly FramesWay[];
  /** Why it does not go on, in the driver's words. */
  readonly error: string | undefined;
}

/** The activity. */
export const frames: Activity = {
  name: 'frames',
  about: 'send frames between two ports; from=fm1-mac1 to=fm1-mac2 rate=1000 size=60..1514 both=1',
  hindrance({ bench }) {
    const count = portsOf(bench).length;
    if (count > 1) return undefined;
    return count === 0 ? 'no driver has made an Ethernet interface' : 'there is only one Ethernet interface';
  },
  start({ bench }, args) {
    const where = `start frames${[...args].map(([name, value]) => ` ${name}=${value}`).join('')}`;
    onlyWords(where, args, ['from', 'to', 'rate', 'size', 'both', 'speed']);
    const ends = endsOf(bench, args, where);
    const rate = numberWord('start frames', args, 'rate', { least: 1, most: 10_000, usual: 1000 });
    const both = numberWord('start frames', args, 'both', { least: 0, most: 1, usual: 0 }) === 1;
    const size = sizesOf(args.get('size') ?? '60..1514', ends, where);
    const cable = cableFor(bench, ends, speedOf(args, where), where);
    return new Frames(bench, { ends, rate, both, size, cable });
  },
};

type Ends = readonly [Port, Port];

interface Sizes {
  readonly text: string;
  readonly least: number;
  readonly most: number;
}

interface Spec {
  readonly ends: Ends;
  readonly rate: number;
  readonly both: boolean;
  readonly size: Sizes;
  /** The link of the cable that is to be plugged in; undefined where one is there. */
  readonly cable: EthernetLink | undefined;
}

function endsOf(bench: Bench, args: ReadonlyMap<string, string>, where: string): Ends {
  const named = (name: string): Port | undefined => {
    const text = args.get(name);
    return text === undefined ? undefined : portOf(bench, text, where);
  };
  const [from, to] = [named('from'), named('to')];
  const free = portsOf(bench).filter(({ mac }) => mac !== from?.mac && mac !== to?.mac);
  const first = from ?? (free.shift() as Port);
  const second = to ?? (free.shift() as Port);
  if (first.mac !== second.mac) return [first, second];
  throw new InputError(where, 'these are the same port', 'name two');
}

function sizesOf(text: string, ends: Ends, where: string): Sizes {
  const [, low = '', high = low] = /^(\d{1,5})(?:\.\.(\d{1,5}))?$/.exec(text) ?? [];
  const [least, most] = [Number(low), Number(high)];
  const limit = Math.min(...ends.map(({ netdev }) => netdev.mtu)) + HEADER;
  if (low !== '' && least >= LEAST_FRAME && most >= least && most <= limit) return { text, least, most };
  throw new InputError(where, `size is one length, or two`, `write from ${LEAST_FRAME} to ${limit}, as in 60..1514`);
}
const HEADER = 14;

function speedOf(args: ReadonlyMap<string, string>, where: string): EthernetSpeed | undefined {
  const text = args.get('speed');
  const speed = SPEEDS.find((one) => String(one) === text);
  if (text === undefined || speed !== undefined) return speed;
  throw new InputError(where, `there is no link of ${text} Mbit/s`, `there are ${SPEEDS.join(', ')}`);
}

/** Undefined where both lead to each other. InputError where one of them leads to a third. */
function cableFor(bench: Bench, ends: Ends, speed: EthernetSpeed | undefined, where: string): EthernetLink | undefined {
  const wires = ends.map(({ mac }) => bench.ethernetWires.find((wire) => wire.mac === mac));
  const [one, other] = wires;
  if (one?.other !== undefined && one.other === other?.mac) return undefined;
  const taken = wires.findIndex((wire) => wire?.other !== undefined);
  if (taken >= 0)
    throw new InputError(where, `${ends[taken]?.name} is plugged into ${wires[taken]?.other}`, 'name another port');
  // Where the tree has a fixed link it stays what it is.
  const fixed = one?.link ?? other?.link;
  return speed === undefined && fixed !== undefined ? fixed : { speed: speed ?? 1000, fullDuplex: true };
}

/** More than so many a second go together, so that no timer is set for each. */
const MOST_TIMERS: Duration = ms(1);
/** What is on its way has arrived by then. */
const FRAME_TIME: Duration = ms(1);
/** The most pieces of a packet behind its linear part. */
const MOST_PIECES = 16;
const LINEAR = [14, 66, 128] as const;

/** One way, with the stacks at both ends. */
class Way {
  readonly #from: Port;
  readonly #to: Port;
  readonly #stack: NetdevFrames;
  readonly #ends: FrameEnds;
  readonly #size: Sizes;
  readonly #random: Random;
  #sent = 0;
  #unsent = 0;
  #next = 0;
  #received = 0;
  #missing = 0;

  constructor(ends: Ends, stacks: readonly [NetdevFrames, NetdevFrames], size: Sizes, random: Random) {
    const [from, to] = ends;
    this.#from = from;
    this.#to = to;
    this.#stack = stacks[0];
    this.#size = size;
    this.#random = random;
    const [fromHost, toHost] = from.mac < to.mac ? [1, 2] : [2, 1];
    this.#ends = { from: from.netdev.address, to: to.netdev.address, fromHost, toHost };
    stacks[1].listen((frame) => this.#take(frame));
  }

  get state(): FramesWay {
    return {
      ...{ from: this.#from.name, to: this.#to.name, sent: this.#sent, unsent: this.#unsent },
      ...{ received: this.#received, missing: this.#missing },
    };
  }

  send(): void {
    const { least, most } = this.#size;
    const length = least + this.#random.below(most - least + 1);
    // The number of a frame that was not taken is that of the next one: nobody misses it.
    const frame = testFrame(this.#ends, this.#sent, length);
    if (this.#stack.send(frame, cutOf(length, this.#random))) this.#sent++;
    else this.#unsent++;
  }

  /** One that was passed over and comes all the same is not missing. */
  #take(frame: Uint8Array): boolean {
    const number = testFrameNumber(frame);
    if (number === undefined) return false;
    this.#received++;
    if (number < this.#next) this.#missing--;
    else {
      this.#missing += number - this.#next;
      this.#next = number + 1;
    }
    return true;
  }
}

/** Every other packet is in one piece; the rest have up to sixteen behind headers of three lengths. */
function cutOf(length: number, random: Random): FrameCut {
  const linear = LINEAR[random.below(LINEAR.length)] as number;
  const pieces = 1 + random.below(MOST_PIECES);
  const whole = random.below(2) === 0 || length - linear < pieces;
  return whole ? { linear: length, piece: 1 } : { linear, piece: Math.ceil((length - linear) / pieces) };
}

class Frames implements Running {
  readonly #bench: Bench;
  readonly #spec: Spec;
  #is: FramesIs = 'opens';
  #error: string | undefined;
  #ways: readonly Way[] = [];
  #stopped = false;
  /** Frames of each way that were due so far. */
  #due = 0;
  /** Ends the waiting of `#run`. */
  #wake: () => void = () => undefined;
  readonly #ended: Promise<void>;

  constructor(bench: Bench, spec: Spec) {
    this.#bench = bench;
    this.#spec = spec;
    this.#ended = inTurn(bench.core, 'frames', () => this.#run());
  }

  get state(): FramesState {
    const { rate, size } = this.#spec;
    return { is: this.#is, rate, size: size.text, ways: this.#ways.map(({ state }) => state), error: this.#error };
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  async #run(): Promise<void> {
    if (this.#stopped) return;
    const { ends, cable } = this.#spec;
    const [one, other] = ends;
    // With the driver goes its interface: what is held of it must go before.
    for (const { netdev } of ends)
      netdev.dev.scope.defer(async () => {
        this.stop();
        await this.#ended;
      });
    const pull = cable === undefined ? undefined : this.#bench.connectEthernet(one.mac, other.mac, cable);
    const opened: NetDevice[] = [];
    let stacks: NetdevFrames[] = [];
    try {
      for (const { netdev } of ends) {
        if (netdev.up) continue;
        await netdev.open();
        opened.push(netdev);
      }
      stacks = ends.map(({ netdev }) => new NetdevFrames(netdev));
      await this.#link();
      if (!this.#stopped) await this.#send(stacks as [NetdevFrames, NetdevFrames]);
    } catch (e) {
      passSysError(e);
      this.#error = (e as SysError).message;
    }
    await this.#close(opened, stacks);
    pull?.();
    this.#is = 'is stopped';
  }

  /** Until both ends have a carrier, or it is stopped. */
  #link(): Promise<void> {
    this.#is = 'waits for the link';
    const nets = this.#spec.ends.map(({ netdev }) => netdev);
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.#stopped && !nets.every(({ carrier }) => carrier)) return;
        for (const { changed } of nets) changed.delete(look);
        resolve();
      };
      for (const { changed } of nets) changed.add(look);
      this.#wake = look;
      look();
    });
  }

  /** Until it is stopped. */
  #send(stacks: readonly [NetdevFrames, NetdevFrames]): Promise<void> {
    const { ends, both, size, rate } = this.#spec;
    const random = (way: string): Random => this.#bench.random.stream(`frames ${way}`);
    const [a, b] = stacks;
    const there = new Way(ends, [a, b], size, random('there'));
    this.#ways = both ? [there, new Way([ends[1], ends[0]], [b, a], size, random('back'))] : [there];
    this.#is = 'sends';
    const { clock } = this.#bench;
    const every = Math.max(s(1) / rate, MOST_TIMERS);
    const began = clock.now();
    let due = 0;
    let timer: Timer | undefined;
    return new Promise((resolve) => {
      const beat = (): void => {
        due++;
        const upTo = Math.floor((due * every * rate) / s(1));
        for (; this.#due < upTo; this.#due++) for (const way of this.#ways) way.send();
        timer = clock.after(Math.max(0, Math.round(began + (due + 1) * every) - clock.now()), beat);
      };
      this.#wake = () => {
        timer?.cancel();
        resolve();
      };
      timer = clock.after(every, beat);
    });
  }
  /** Interfaces that were up before stay so. */
  async #close(opened: readonly NetDevice[], stacks: readonly NetdevFrames[]): Promise<void> {
    await this.#bench.clock.sleep(FRAME_TIME);
    for (const netdev of opened)
      await netdev.stop().catch((e: unknown) => {
        passSysError(e);
        this.#error ??= (e as SysError).message;
      });
    for (const stack of stacks) stack.close();
  }
}
