// A recorded exchange with the DSP's services, and what the right drivers do in its place: the rules of the deviations.

/** One line of a recording. */
export interface Item {
  readonly n: number;
  readonly phase: string;
  readonly dir?: 'to_dsp' | 'from_dsp';
  readonly hex?: string;
  readonly call?: string;
  readonly ret?: number;
}

/** A packet of a recording. */
export interface Packet {
  readonly svc: number;
  readonly opcode: number;
  readonly token: number;
  readonly srcPort: number;
  readonly destPort: number;
  readonly payload: DataView;
  readonly hex: string;
}

/** What the drivers are to do at one line. */
export interface Expectation {
  /** Packets that they send, as hex; none: they send nothing. */
  readonly sent: readonly string[];
  /** Ids of the deviations that make it so. */
  readonly ids: readonly string[];
}

/** Bytes from hex text. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Takes a packet apart. */
export function packetOf(text: string): Packet {
  const view = new DataView(bytesOf(text).buffer);
  return {
    svc: view.getUint8(8),
    opcode: view.getUint32(16, true),
    token: view.getUint32(12, true),
    srcPort: view.getUint16(6, true),
    destPort: view.getUint16(10, true),
    payload: new DataView(view.buffer, 20),
    hex: text,
  };
}

const BASIC = 0x110e8;
const GET_STATE = 0x1290c;
const FWK_VERSION = 0x1292c;
const GET_VERSIONS = 0x12905;
const DEVICE_START = 0x100e5;
const DEVICE_STOP = 0x100e6;
const OPEN_WRITE = 0x10db3;
const OPEN_READ = 0x10db4;
const CLOSE = 0x10bcd;
const ADM_OPEN = 0x10326;
const ADM_OPENED = 0x10329;
const ADM_CLOSE = 0x10327;
/** A DSP has three seconds to be ready, and is asked every 100 ms. */
const STATE_ASKS = 30;

/** Follows a recording and says at each line what the right drivers do. */
export class RightServices {
  /** Requests without an answer so far, by service: tokens carry their number (apr-L11). */
  readonly #givenUp = new Map<number, number>();
  /** What became of the last open of ADM. */
  #admFailed = false;
  #coppFf = false;
  #skipsAnswer = false;

  /** The packets in place of a recorded one. `answered` says whether the recording has an answer to it. */
  sent(packet: Packet): Expectation {
    if (packet.opcode === ADM_CLOSE && this.#admFailed) {
      this.#skipsAnswer = true;
      return { sent: [], ids: ['apr-L41'] };
    }
    const count = this.#givenUp.get(packet.svc) ?? 0;
    return { sent: [withCount(packet.hex, count)], ids: count === 0 ? [] : ['apr-L11'] };
  }

  /** What follows when the recording has no answer to a packet, after the time for it is over. */
  unanswered(packet: Packet): Expectation {
    const { svc, opcode, hex } = packet;
    const count = (this.#givenUp.get(svc) ?? 0) + 1;
    this.#givenUp.set(svc, count);
    if (opcode === DEVICE_START) return undone(withOpcode(hex, DEVICE_STOP), count);
    if (opcode === OPEN_WRITE || opcode === OPEN_READ) return undone(headerAlone(withOpcode(hex, CLOSE)), count);
    if (opcode === FWK_VERSION) {
      this.#givenUp.set(svc, count + 1); // the recording has no answer to what it does not have either
      return { sent: [withCount(withOpcode(hex, GET_VERSIONS), count)], ids: ['apr-L21', 'apr-L11'] };
    }
    if (opcode !== GET_STATE) return { sent: [], ids: [] };
    const again = Array.from({ length: STATE_ASKS - 1 }, (_, nth) => withCount(hex, count + nth));
    return { sent: again, ids: ['apr-L22', 'apr-L11'] };
  }

  /**
   * The answer that the DSP gives in place of a recorded one, with the token that was sent; undefined: to what was not
   * sent, none.
   */
  answer(packet: Packet, token: number | undefined): string | undefined {
    if (packet.svc === 8) {
      if (this.#skipsAnswer) {
        this.#skipsAnswer = false;
        return undefined;
      }
      this.#noteOpen(packet);
    }
    // Events have the token of the data that they are about, which is as it was.
    const isEvent = packet.opcode === 0x10d99 || packet.opcode === 0x10d9a;
    return isEvent || token === undefined ? packet.hex : withToken(packet.hex, token);
  }

  /** What a recorded result is with the right drivers. */
  result(ret: number, unanswered: Packet | undefined): { readonly ret: number; readonly id?: string } {
    if (this.#coppFf && ret === -110) return { ret: -22, id: 'apr-L40' };
    if (unanswered?.opcode === GET_STATE && ret === 1) return { ret: -110, id: 'apr-L22' };
    return { ret };
  }

  #noteOpen({ opcode, payload }: Packet): void {
    const opened = opcode === ADM_OPENED;
    if (!opened && !(opcode === BASIC && payload.getUint32(0, true) === ADM_OPEN)) return;
    this.#coppFf = opened && payload.getUint16(4, true) === 0xff;
    this.#admFailed = this.#coppFf || payload.getUint32(opened ? 0 : 4, true) !== 0;
  }
}

function undone(hex: string, count: number): Expectation {
  return { sent: [withCount(hex, count)], ids: ['apr-L14', 'apr-L11'] };
}

/** Bits [31:24] of the token. */
function withCount(hex: string, count: number): string {
  return count === 0 ? hex : hex.slice(0, 30) + byte(count) + hex.slice(32);
}

function withToken(hex: string, token: number): string {
  return hex.slice(0, 24) + word(token) + hex.slice(32);
}

function withOpcode(hex: string, opcode: number): string {
  return hex.slice(0, 32) + word(opcode) + hex.slice(40);
}

function headerAlone(hex: string): string {
  return `${hex.slice(0, 4)}1400${hex.slice(8, 40)}`;
}

function byte(value: number): string {
  return (value & 0xff).toString(16).padStart(2, '0');
}

function word(value: number): string {
  return [0, 8, 16, 24].map((shift) => byte(value >>> shift)).join('');
}
