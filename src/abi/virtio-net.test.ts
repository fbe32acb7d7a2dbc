import { expect, test } from 'vitest';
import { VirtioNetHdr, VNET_HDR_BYTES, VNET_HDR_F, VNET_HDR_GSO } from './virtio-net.js';

test('a header is as linux/virtio_net.h has it', () => {
  const header = new VirtioNetHdr();
  header.flags = VNET_HDR_F.NEEDS_CSUM;
  header.gsoType = VNET_HDR_GSO.TCPV6 | VNET_HDR_GSO.ECN;
  header.hdrLen = 0x56;
  header.gsoSize = 0x05a8;
  header.csumStart = 0x0136;
  header.csumOffset = 0x10;
  const bytes = new Uint8Array(VNET_HDR_BYTES + 2).fill(0xa5);
  header.write(bytes, 1);
  // __u8 flags, gso_type; __virtio16 hdr_len, gso_size, csum_start, csum_offset.
  expect(Buffer.from(bytes).toString('hex')).toBe('a501845600a80536011000a5');
  const other = new VirtioNetHdr();
  other.read(bytes, 1);
  expect(other).toEqual(header);
  other.clear();
  expect(other).toEqual(new VirtioNetHdr());
});
