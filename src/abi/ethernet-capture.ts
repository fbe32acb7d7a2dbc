// Captures of Ethernet: frames of ports into a file, with the descriptors by which DPAA knew them as comments, and the
// frames of a file for a replay.
import type { Instant } from '../base/clock.js';
import { decodeItem } from '../review/dpaa/decode.js';
import { descriptorWords, words } from '../review/dpaa/item-text.js';
import { DumpMemory } from '../review/dpaa/memory.js';
import type { FrameMetadata } from './dpaa-frames.js';
import type { CapturedPacket, PcapngInput } from './pcapng-read.js';
import { type PcapngSink, PcapngWriter } from './pcapng.js';

/** The link type of Ethernet. */
export const LINKTYPE_ETHERNET = 1;
/** More is not written; the rest is counted. */
const MOST_FRAMES = 1_000_000;

/** A frame to write. */
export interface CaptureFrame {
  /** As `addPort` numbers them. */
  readonly port: number;
  /** `in`: towards the MAC. */
  readonly way: 'in' | 'out';
  readonly timeNs: Instant;
  readonly bytes: Uint8Array;
  readonly metadata?: FrameMetadata | undefined;
  readonly comment?: string | undefined;
}

/** Writes frames while a machine runs. */
export class EthernetCapture {
  readonly #writer: PcapngWriter;
  readonly #most: number;
  #frames = 0;
  #left = 0;

  constructor(sink: PcapngSink, most = MOST_FRAMES) {
    this.#writer = new PcapngWriter(sink);
    this.#most = most;
  }

  /** Frames so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Frames that were left out since there were too many. */
  get leftOut(): number {
    return this.#left;
  }

  /** Adds a port: its number. */
  addPort(name: string, description?: string): number {
    const about = description === undefined ? {} : { description };
    return this.#writer.addInterface({ name, linkType: LINKTYPE_ETHERNET, ...about });
  }

  /** Adds a frame. The bytes are copied. */
  add({ port, way, timeNs, bytes, metadata, comment }: CaptureFrame): void {
    if (this.#frames >= this.#most) {
      this.#left++;
      return;
    }
    this.#frames++;
    const said = [
      ...(metadata === undefined ? [] : [metadataComment(metadata)]),
      ...(comment === undefined ? [] : [comment]),
    ];
    const packet = { iface: port, timeNs, bytes, way };
    this.#writer.add(said.length === 0 ? packet : { ...packet, comment: said.join('\n') });
  }
}

/**
 * The comment of a frame: a line with its descriptor, one with its table, one in words, and one for each error. The
 * first two are what `bringup dpaa decode` and the dissector for Wireshark read.
 */
export function metadataComment({ descriptor, table, direction }: FrameMetadata): string {
  const item = { kind: 'fd', bytes: descriptor, table } as const;
  const { fd, direction: way, findings } = decodeItem(item, NO_MEMORY, { direction, errata: false });
  const errors = findings.filter(({ severity }) => severity === 'error');
  return [
    `fd: ${words(descriptor)}`,
    ...(table === undefined ? [] : [`sgt: ${words(table)}`]),
    ...(fd === undefined || way === undefined ? [] : [descriptorWords(fd, way)]),
    ...errors.map(({ text, where }) => `wrong: ${where === undefined ? '' : `${where}: `}${text}`),
  ].join('\n');
}

const NO_MEMORY = new DumpMemory([]);

/** The frames of a capture that are Ethernet and whole, and how many others there are. */
export function ethernetFrames(capture: NonNullable<PcapngInput['capture']>): {
  readonly frames: readonly CapturedPacket[];
  readonly otherLinks: number;
  readonly cut: number;
} {
  const { interfaces, packets } = capture;
  const own = packets.filter(({ iface }) => interfaces[iface]?.linkType === LINKTYPE_ETHERNET);
  const frames = own.filter(({ bytes, wireBytes }) => bytes.length === wireBytes && bytes.length >= LEAST_FRAME);
  return { frames, otherLinks: packets.length - own.length, cut: own.length - frames.length };
}

/** Two addresses and a type. */
const LEAST_FRAME = 14;
