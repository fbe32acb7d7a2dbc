// What Linux's TUN driver takes (linux/if_tun.h, linux/if.h), as bytes. Little-endian, as every machine is that koffi
// runs on.
import { encodeUtf8 } from '../base/text.js';

/** Where TAP devices are made. */
export const TUN_PATH = '/dev/net/tun';

/** Requests of ioctl: those of /dev/net/tun, and one of any socket. */
export const TAP_IOCTL = {
  TUNSETIFF: 0x4004_54ca,
  TUNSETOFFLOAD: 0x4004_54d0,
  TUNSETSNDBUF: 0x4004_54d4,
  TUNSETCARRIER: 0x4004_54e2,
  SIOCSIFTXQLEN: 0x8943,
  SIOCSIFHWADDR: 0x8924,
} as const;

const IFF_TAP = 0x0002;
/** Frames come as they are, without flags and protocol in front. */
const IFF_NO_PI = 0x1000;
/** Instead there is a struct virtio_net_hdr. */
const IFF_VNET_HDR = 0x4000;

/** For TUNSETOFFLOAD: checksums, and TCP over IPv4 and IPv6, with ECN (TUN_F_CSUM, TSO4, TSO6, TSO_ECN). */
export const TUN_F_TCP: number = 0x01 | 0x02 | 0x04 | 0x08;

/** Bytes of a name with its closing zero; of struct ifreq. */
const IFNAMSIZ = 16;
const IFREQ_BYTES = 40;
const ARPHRD_ETHER = 1;
const ETH_ALEN = 6;

/** The longest name of a network device. */
const TAP_NAME_CHARS = IFNAMSIZ - 1;

/** Why the kernel would not take the name of a device; undefined when it is fine. */
export function tapNameFault(name: string): string | undefined {
  if (name === '') return 'it has no characters';
  if (!/^[\u0021-\u007e]*$/.test(name) || /[/%:]/.test(name)) return 'it has a character that a name cannot have';
  if (name === '.' || name === '..') return 'it is the name of a directory';
  return name.length > TAP_NAME_CHARS ? `it has more than ${TAP_NAME_CHARS} characters` : undefined;
}

/** For TUNSETIFF: struct ifreq that asks for a TAP device of that name, with virtio's header if wanted. */
export function tapRequest(name: string, vnetHeader = false): Uint8Array {
  const bytes = ifreq(name);
  const flags = IFF_TAP | IFF_NO_PI | (vnetHeader ? IFF_VNET_HDR : 0);
  new DataView(bytes.buffer).setUint16(IFNAMSIZ, flags, true);
  return bytes;
}

/** For SIOCSIFTXQLEN: struct ifreq with the frames that the kernel keeps for us. */
export function queueRequest(name: string, frames: number): Uint8Array {
  const bytes = ifreq(name);
  new DataView(bytes.buffer).setInt32(IFNAMSIZ, frames, true);
  return bytes;
}

/** For SIOCSIFHWADDR: struct ifreq with a struct sockaddr of Ethernet. */
export function addressRequest(name: string, address: Uint8Array): Uint8Array {
  const bytes = ifreq(name);
  new DataView(bytes.buffer).setUint16(IFNAMSIZ, ARPHRD_ETHER, true);
  bytes.set(address.subarray(0, ETH_ALEN), IFNAMSIZ + 2);
  return bytes;
}

/** An `int`, for the requests that point to one. */
export function intArgument(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

function ifreq(name: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(new ArrayBuffer(IFREQ_BYTES));
  bytes.set(encodeUtf8(name).subarray(0, TAP_NAME_CHARS));
  return bytes;
}
