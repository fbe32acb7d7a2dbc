// Table of the bits that the words of DPAA have, and how they are called.

/** A bit: its mask, its name, what it says; whether it says that something went wrong. */
export interface WordBit {
  readonly mask: number;
  readonly name: string;
  readonly says: string;
  readonly isError?: true;
}

/** Bits of a command towards FMan. Below them stands the frame queue of the confirmation. */
export const COMMAND_BITS: readonly WordBit[] = [
  { mask: 0x8000_0000, name: 'FCO', says: 'the frame queue of the confirmation is in this word' },
  { mask: 0x4000_0000, name: 'RPD', says: 'parse results are read in front of the data' },
  { mask: 0x2000_0000, name: 'UPD', says: 'the time of sending is written in front of the data' },
  { mask: 0x1000_0000, name: 'DTC', says: 'checksums of layer 3 and 4 are filled in' },
];

/** Masks that verdicts ask for. */
export const COMMAND = { FCO: 0x8000_0000, RPD: 0x4000_0000, DTC: 0x1000_0000, FQID: 0xff_ffff } as const;

/** Bits of a status from FMan. */
export const STATUS_BITS: readonly WordBit[] = [
  { mask: 0x0400_0000, name: 'unsupported format', says: 'FMan could not send a frame of that format', isError: true },
  { mask: 0x0200_0000, name: 'length error', says: 'the lengths of descriptor and table differ', isError: true },
  { mask: 0x0100_0000, name: 'DMA error', says: 'memory could not be read or written', isError: true },
  { mask: 0x0040_0000, name: 'not from FMan', says: 'an accelerator behind it wrote this' },
  { mask: 0x0030_0000, name: 'IP reassembly', says: 'it timed out, failed, or is inconsistent' },
  { mask: 0x0008_0000, name: 'physical error', says: 'overflow, check sequence, code or disparity', isError: true },
  { mask: 0x0004_0000, name: 'size error', says: 'the frame is longer than the port lets in', isError: true },
  { mask: 0x0002_0000, name: 'classifier discard', says: 'a rule of the classifier drops it', isError: true },
  { mask: 0x0000_8000, name: 'extraction outside frame', says: 'a key lies behind the end', isError: true },
  { mask: 0x0000_4000, name: 'no scheme', says: 'the key generator has none for it', isError: true },
  { mask: 0x0000_2000, name: 'key size overflow', says: 'the key was cut' },
  { mask: 0x0000_0800, name: 'red', says: 'the policer coloured it red' },
  { mask: 0x0000_0400, name: 'yellow', says: 'the policer coloured it yellow' },
  { mask: 0x0000_0080, name: 'parser timeout', says: 'parsing took too long', isError: true },
  { mask: 0x0000_0040, name: 'illegal parser instruction', says: 'the soft parser is wrong', isError: true },
  { mask: 0x0000_0020, name: 'header error', says: 'a header is malformed', isError: true },
  { mask: 0x0000_0008, name: 'long headers', says: 'they go beyond the first 256 bytes' },
  { mask: 0x0000_0004, name: 'L4 checksum checked', says: 'no error' },
  { mask: 0x0000_0001, name: 'IP reassembled', says: 'it came in fragments' },
];

/** Bits of the layers in parse results. */
export const LAYER_BITS = {
  l2: [
    { mask: 0x8000, name: 'Ethernet', says: '' },
    { mask: 0x4000, name: 'VLAN', says: '' },
    { mask: 0x2000, name: 'LLC/SNAP', says: '' },
    { mask: 0x1000, name: 'MPLS', says: '' },
    { mask: 0x0800, name: 'PPPoE', says: '' },
  ],
  l3: [
    { mask: 0x8000, name: 'IPv4', says: '' },
    { mask: 0x4000, name: 'IPv6', says: '' },
    { mask: 0x2000, name: 'GRE', says: '' },
    { mask: 0x0800, name: 'last IPv4', says: '' },
    { mask: 0x0400, name: 'last IPv6', says: '' },
  ],
} as const satisfies Readonly<Record<string, readonly WordBit[]>>;

/** Kinds of frames by their destination, bits 6..5 of the result of layer 2. */
export const DESTINATIONS: readonly string[] = ['unicast', 'multicast', 'reserved', 'broadcast'];
/** Protocols of layer 4, its result without the bit for an error. */
export const L4_PROTOCOLS: Readonly<Record<number, string>> = { 0x20: 'TCP', 0x40: 'UDP', 0x60: 'IPsec', 0x80: 'SCTP' };
/** The error code of layer 2, the error bit of layer 4. */
export const LAYER_ERROR = { l2: 0x1f, l4: 0x10 } as const;

/** The bits that a word has, and what is left of it. */
export function bitsOf(
  word: number,
  bits: readonly WordBit[],
): { readonly set: readonly WordBit[]; readonly rest: number } {
  const set = bits.filter(({ mask }) => (word & mask) !== 0);
  return { set, rest: set.reduce((rest, { mask }) => (rest & ~mask) >>> 0, word >>> 0) };
}
