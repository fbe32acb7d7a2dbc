// Ports of a live machine on this computer: TAPs above interfaces, and what is at the far end of their cables.
import { ethernetFrames } from '../abi/ethernet-capture.js';
import { NetdevFrames } from '../abi/netdev-frames.js';
import { NetdevOffload } from '../abi/netdev-offload.js';
import { type CapturedPacket, readPcapng } from '../abi/pcapng-read.js';
import { hex } from '../base/bytes.js';
import { s } from '../base/clock.js';
import type { Bench } from '../bench/bench.js';
import { NetDevice } from '../core/netdevice.js';
import type { DtTree } from '../dt/tree.js';
import { replayInto } from '../host/ethernet-replay.js';
import { type Hindrance, isHindrance } from '../host/hindrance.js';
import type { LiveTime } from '../host/live.js';
import { loadNative } from '../host/native.js';
import { joinPasst } from '../host/passt.js';
import { openTapLoop, type TapLoop } from '../host/tap.js';
import { joinOffloadTapAbove, joinTapAbove } from '../host/tap-netdev.js';
import { joinTap } from '../host/tap-peer.js';
import type { Io } from './io.js';
import type { NetworkOptions } from './network-option.js';
import { readInput } from './tree-file.js';
import { type PlannedTap, type PlannedWire, planNetwork } from './network-plan.js';
import { Refusal } from './refusal.js';
import type { Service, ServiceStart } from './services.js';

/** Opening waits for no more than this. */
const OPEN_LIMIT = s(10);
/** Going down waits for what is on its way. */
const STOP_LIMIT = s(60);

/** The ports that the options name. Refuses what can be known before the machine is made. */
export async function networkOn(
  io: Io,
  tree: DtTree,
  { tap: taps, wire: wires, offload }: NetworkOptions,
): Promise<ServiceStart> {
  const plan = planNetwork(tree, taps, wires);
  const captures = new Map<PlannedWire, readonly CapturedPacket[]>();
  for (const wire of plan.wires) if (wire.kind === 'pcap') captures.set(wire, await framesOf(io, wire.to, wire.text));
  return async (bench, live) => {
    const network = new Network(bench, live, captures);
    try {
      for (const tap of plan.taps) network.addTap(tap, offload === true);
      for (const wire of plan.wires) network.addWire(wire);
      await network.open(plan.macs.map(({ path, name }) => netdevOf(bench, path, name)));
      return network;
    } catch (e) {
      await network.close();
      throw e;
    }
  };
}

type Captures = ReadonlyMap<PlannedWire, readonly CapturedPacket[]>;

class Network implements Service {
  readonly #bench: Bench;
  readonly #live: Pick<LiveTime, 'arrived'>;
  readonly #captures: Captures;
  /** Above interfaces; closed in this order. */
  readonly #frames: Pick<NetdevFrames, 'close'>[] = [];
  readonly #netdevs: NetDevice[] = [];
  readonly #ends: (() => void)[] = [];
  readonly #lines: string[] = [];
  #loop: TapLoop | undefined;

  constructor(bench: Bench, live: Pick<LiveTime, 'arrived'>, captures: Captures) {
    this.#bench = bench;
    this.#live = live;
    this.#captures = captures;
  }

  get about(): string {
    return this.#lines.join('\n');
  }

  /** This computer's stack above an interface. */
  addTap({ mac, tap: name, text }: PlannedTap, offload: boolean): void {
    const netdev = netdevOf(this.#bench, mac.path, mac.name);
    const { address } = netdev;
    // The stack above is another computer's: it knows what it wants to hear, the MAC does not.
    netdev.setPromisc(true);
    const frames = new NetdevFrames(netdev);
    if (offload) {
      const above = new NetdevOffload(frames);
      this.#frames.push(above, frames);
      joinOffloadTapAbove(above, must(text, this.#taps(text).open(name, { address, offload })));
    } else {
      this.#frames.push(frames);
      joinTapAbove(frames, must(text, this.#taps(text).open(name, { address })));
    }
    this.#lines.push(`${mac.name} is ${name} of this computer, ${hex(address, ':')}`);
  }

  /** The far end of a cable. */
  addWire(wire: PlannedWire): void {
    const { mac, text } = wire;
    const bench = this.#bench;
    if (wire.kind === 'port') {
      this.#ends.push(bench.connectEthernet(mac.path, wire.to.path));
      this.#lines.push(`a cable from ${mac.name} to ${wire.to.name}`);
      return;
    }
    const peer = bench.ethernet(mac.path);
    const { to } = wire;
    if (wire.kind === 'tap') {
      const joint = joinTap(peer, must(text, this.#taps(text).open(to)));
      this.#ends.push(() => joint.close());
      this.#lines.push(`the cable of ${mac.name} leads to ${to} of this computer`);
    } else if (wire.kind === 'passt') {
      const joint = joinPasst(peer, to, { beforeBatch: () => this.#live.arrived() });
      this.#ends.push(() => joint.close());
      this.#lines.push(`the cable of ${mac.name} leads to the socket ${to}`);
    } else {
      peer.plug({ speed: 1000, fullDuplex: true });
      const frames = this.#captures.get(wire) ?? [];
      const replay = replayInto(peer, frames, bench.clock);
      this.#ends.push(() => replay.stop());
      this.#lines.push(`${frames.length} frames of ${to} come in at ${mac.name}`);
    }
  }

  /** Brings interfaces up. */
  async open(netdevs: readonly NetDevice[]): Promise<void> {
    for (const netdev of netdevs) {
      this.#netdevs.push(netdev);
      await this.#bench.drive(`opening ${netdev.name}`, OPEN_LIMIT, async () => {
        // How long packets are is for the stack above to say.
        await netdev.setMtu(netdev.maxMtu);
        await netdev.open();
      });
    }
  }

  async close(): Promise<void> {
    for (const end of this.#ends.splice(0)) end();
    await this.#loop?.close();
    for (const netdev of this.#netdevs) {
      await this.#bench.drive(`taking ${netdev.name} down`, STOP_LIMIT, () => netdev.stop());
    }
    for (const frames of this.#frames.splice(0)) frames.close();
  }

  /** Whoever serves TAPs, from the first one on. */
  #taps(text: string): TapLoop {
    this.#loop ??= must(text, openTapLoop(loadNative(), { beforeBatch: () => this.#live.arrived() }));
    return this.#loop;
  }
}

function must<T extends object>(text: string, result: T | Hindrance): T {
  if (isHindrance(result)) throw new Refusal(3, text, result.what, result.todo);
  return result;
}

function netdevOf({ core }: Bench, path: string, name: string): NetDevice {
  const found = core.devices.find(({ parent, drvdata }) => parent?.path === path && drvdata instanceof NetDevice);
  if (found?.drvdata instanceof NetDevice) return found.drvdata;
  throw new Refusal(3, name, `no driver has made a network device of ${path}`, 'see bringup devices for why');
}

async function framesOf(io: Io, path: string, text: string): Promise<readonly CapturedPacket[]> {
  const { capture, diagnostics } = readPcapng(await readInput(io, path), path);
  const frames = capture === undefined ? [] : ethernetFrames(capture).frames;
  if (frames.length > 0) return frames;
  const [what, todo] = (diagnostics[0]?.text ?? 'it has no whole frames of Ethernet').split('; ');
  throw new Refusal(2, text, what ?? '', todo ?? 'give a capture of Ethernet (pcapng)');
}
