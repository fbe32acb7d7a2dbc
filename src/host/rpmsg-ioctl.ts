// What Linux's rpmsg_ctrl and rpmsg_char take at ioctl (linux/rpmsg.h): their numbers, and the one structure.
// Little-endian, as every machine is that koffi runs on.

/** Requests of ioctl: CREATE_EPT at the edge's control device, DESTROY_EPT at the endpoint that came of it. */
export const RPMSG_IOCTL = { CREATE_EPT: 0x4028_b501, DESTROY_EPT: 0x0000_b502 } as const;

/** Any address: SMD and GLINK have names instead. */
const RPMSG_ADDR_ANY = 0xffff_ffff;

const NAME_BYTES = 32;
/** The last one ends the name. */
const NAME_MOST = NAME_BYTES - 1;

/** Whether a channel of that name can be asked for: the kernel cuts off what does not fit. */
export function isRpmsgName(name: string): boolean {
  return /^[\x21-\x7e]+$/.test(name) && name.length <= NAME_MOST;
}

/** struct rpmsg_endpoint_info: the channel's name, then both addresses. */
export function rpmsgEndpointInfo(name: string, src = RPMSG_ADDR_ANY, dst = RPMSG_ADDR_ANY): Uint8Array {
  const bytes = new Uint8Array(NAME_BYTES + 8);
  for (let at = 0; at < Math.min(name.length, NAME_MOST); at++) bytes[at] = name.charCodeAt(at);
  const view = new DataView(bytes.buffer);
  view.setUint32(NAME_BYTES, src, true);
  view.setUint32(NAME_BYTES + 4, dst, true);
  return bytes;
}
