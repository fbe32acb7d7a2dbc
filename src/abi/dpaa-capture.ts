// A capture of all Ethernet ports of a machine with DPAA: each frame with the descriptor by which QMan knew it, and its
// scatter/gather table.
import type { Bench } from '../bench/bench.js';
import type { DtTree } from '../dt/tree.js';
import { dpaaTree } from '../review/dpaa/ports.js';
import { DpaaFrames } from './dpaa-frames.js';
import { EthernetCapture } from './ethernet-capture.js';
import type { PcapngSink } from './pcapng.js';

/** What the MACs of a tree are called: `fm1-mac3`, by their paths. */
export function macNames(tree: DtTree): (mac: string) => string {
  const names = new Map(dpaaTree(tree).fmans.flatMap(({ macs }) => macs.map((mac) => [mac.path, mac.name])));
  return (mac) => names.get(mac) ?? mac;
}

/** Captures until it is ended. */
export class DpaaCapture {
  readonly #capture: EthernetCapture;
  readonly #nameOf: (mac: string) => string;
  readonly #ports = new Map<string, number>();
  readonly #frames: DpaaFrames;

  /** Begins at once. `nameOf` says what a MAC is called in the capture, by its device path. */
  constructor(bench: Bench, sink: PcapngSink, nameOf: (mac: string) => string = (mac) => mac) {
    this.#capture = new EthernetCapture(sink);
    this.#nameOf = nameOf;
    this.#frames = new DpaaFrames(bench, ({ mac, ...frame }) => this.#capture.add({ ...frame, port: this.#port(mac) }));
  }

  /** Frames so far. */
  get frames(): number {
    return this.#capture.frames;
  }

  /** Frames that were left out since there were too many. */
  get leftOut(): number {
    return this.#capture.leftOut;
  }

  /** Ends it. */
  end(): void {
    this.#frames.end();
  }

  #port(mac: string): number {
    const known = this.#ports.get(mac);
    if (known !== undefined) return known;
    const port = this.#capture.addPort(this.#nameOf(mac), mac);
    this.#ports.set(mac, port);
    return port;
  }
}
