// The internet checksum (RFC 1071; Linux: net/checksum.h). Sums are plain numbers that fold when they are asked.

/** Adds 16-bit words of `length` bytes; `odd` is 1 when an odd number of bytes went before (Linux: csum_partial). */
export function csumPartial(bytes: Uint8Array, offset: number, length: number, sum = 0, odd = 0): number {
  let total = 0;
  let at = offset;
  const end = offset + length;
  if (odd === 1 && at < end) total += bytes[at++] as number;
  for (; at + 1 < end; at += 2) total += ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  if (at < end) total += (bytes[at] as number) << 8;
  return sum + total;
}

/** The sum as it goes on the wire: folded to 16 bits, complemented (Linux: csum_fold). */
export function csumFold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = Math.floor(folded / 0x1_0000) + (folded % 0x1_0000);
  return ~folded & 0xffff;
}

/** The sum over an IPv4 or IPv6 pseudo header: addresses of 4 or 16 bytes each, one behind the other. */
export function csumPseudo(
  bytes: Uint8Array,
  addresses: number,
  size: 8 | 32,
  protocol: number,
  length: number,
): number {
  return csumPartial(bytes, addresses, size, protocol + (length & 0xffff) + Math.floor(length / 0x1_0000));
}
