// Packets whose checksum somebody else is to compute, as stacks hand them to drivers, and what must come of them.
import { CHECKSUM_PARTIAL, type SkBuff } from '../src/core/skbuff.js';
import type { DpaaPair } from './dpaa-machine.js';
import { type Built, type IpFrame, ipFrame } from './ip-frames.js';

/** What a packet is sent as. */
export interface SumCase {
  readonly name: string;
  readonly want: IpFrame;
  /** How many fragments the payload is in; 0: all is linear. */
  readonly frags: number;
  /** Headers reach beyond what FMan looks at: it says nothing of them, and the driver computes. */
  readonly beyond: boolean;
}

const LENGTHS = [0, 1, 2, 17, 18, 100, 1399, 1400, 1535, 4000, 9000];

/** All of them: versions, protocols, tags, options and extension headers, lengths, fragments. */
export const SUM_CASES: readonly SumCase[] = ([4, 6] as const).flatMap((version) =>
  (['tcp', 'udp'] as const).flatMap((protocol) =>
    [0, 1, 2].flatMap((vlans) =>
      (version === 4 ? [0, 1, 10] : [0, 1, 9, 26, 40]).flatMap((options) =>
        LENGTHS.flatMap((payload, i) => {
          const frags = [0, 1, 3, 15][(i + options + vlans) % 4] as number;
          const name = `IPv${version} ${protocol}, ${vlans} tags, options ${options}, ${payload} bytes in ${frags}`;
          const l4 = 14 + 4 * vlans + (version === 4 ? 20 + 4 * options : 40 + 8 * options);
          return [{ name, want: { version, protocol, payload, vlans, options }, frags, beyond: l4 > 255 }];
        }),
      ),
    ),
  ),
);

/** The packet, with the sum of its pseudo header where its checksum will be, and the bytes that must arrive. */
export function sumPacket(pair: DpaaPair, to: 0 | 1, { want, frags }: SumCase): { skb: SkBuff; expected: Uint8Array } {
  const { frame, ip, l4 } = ipFrame(want);
  frame.set(pair.sides[to].net.address);
  const expected = frame.slice();
  const field = l4 + (want.protocol === 'tcp' ? 16 : 6);
  const view = new DataView(frame.buffer);
  view.setUint16(field, pseudo(frame, ip, l4, want));
  const linear = Math.min(frame.length, l4 + 20);
  const rest = frame.length - linear;
  const count = Math.min(frags, rest);
  const sizes = new Array<number>(count).fill(Math.floor(rest / Math.max(1, count)));
  if (count > 0) sizes[count - 1] = rest - (count - 1) * (sizes[0] as number);
  const skb = pair.packet(frame, count === 0 ? frame.length : linear, sizes);
  skb.protocol = view.getUint16(12);
  skb.ipSummed = CHECKSUM_PARTIAL;
  skb.macHeader = skb.data;
  skb.networkHeader = skb.data + ip;
  skb.transportHeader = skb.data + l4;
  skb.csumStart = skb.data + l4;
  skb.csumOffset = field - l4;
  return { skb, expected };
}

/** What the stack leaves in the field: addresses, protocol and length, word by word, folded. */
function pseudo(frame: Uint8Array, ip: number, l4: number, { version, protocol }: IpFrame): number {
  const addresses = version === 4 ? frame.subarray(ip + 12, ip + 20) : frame.subarray(ip + 8, ip + 40);
  let sum = (protocol === 'tcp' ? 6 : 17) + (frame.length - l4);
  for (let i = 0; i < addresses.length; i += 2) sum += (addresses[i] as number) * 256 + (addresses[i + 1] as number);
  while (sum > 0xffff) sum = (sum % 0x1_0000) + Math.floor(sum / 0x1_0000);
  return sum;
}

/** A frame with a checksum that is wrong, which nobody is to compute. */
export function wrongSum(want: Omit<IpFrame, 'sum'>): Built {
  return ipFrame({ ...want, sum: 0x1234 });
}
