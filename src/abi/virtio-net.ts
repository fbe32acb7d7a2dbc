// What stands in front of a frame that is not finished, or that was made of several (linux/virtio_net.h: struct
// virtio_net_hdr), as TAP devices have it. Little-endian, as every machine is that has them here.

/** Bytes of the header. */
export const VNET_HDR_BYTES = 10;

/** Bits of `flags`: a checksum is to be added from `csumStart` on; checksums were found right. */
export const VNET_HDR_F = { NEEDS_CSUM: 1, DATA_VALID: 2 } as const;

/** Values of `gsoType`: how a large frame is to be cut; ECN is a bit beside. */
export const VNET_HDR_GSO = { NONE: 0, TCPV4: 1, TCPV6: 4, ECN: 0x80 } as const;

/** One header, as numbers. */
export class VirtioNetHdr {
  flags = 0;
  gsoType = 0;
  /** Bytes of all headers: a hint. */
  hdrLen = 0;
  /** Payload of each piece. */
  gsoSize = 0;
  /** Where a sum begins, and where it goes from there. */
  csumStart = 0;
  csumOffset = 0;

  /** All at zero: a frame that is finished, of which nothing is known. */
  clear(): void {
    this.flags = 0;
    this.gsoType = 0;
    this.hdrLen = 0;
    this.gsoSize = 0;
    this.csumStart = 0;
    this.csumOffset = 0;
  }

  /** Takes the header at `at`. */
  read(bytes: Uint8Array, at: number): void {
    this.flags = bytes[at] as number;
    this.gsoType = bytes[at + 1] as number;
    this.hdrLen = u16(bytes, at + 2);
    this.gsoSize = u16(bytes, at + 4);
    this.csumStart = u16(bytes, at + 6);
    this.csumOffset = u16(bytes, at + 8);
  }

  /** Writes it to `at`. */
  write(bytes: Uint8Array, at: number): void {
    bytes[at] = this.flags;
    bytes[at + 1] = this.gsoType;
    putU16(bytes, at + 2, this.hdrLen);
    putU16(bytes, at + 4, this.gsoSize);
    putU16(bytes, at + 6, this.csumStart);
    putU16(bytes, at + 8, this.csumOffset);
  }
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}
