// Table of what can be wrong with frame descriptors, tables, buffers and parse results; what to do stands behind the
// last `; `.
import type { Message } from '../../dt/message.js';

const ERRATUM = 'FMan of the LS1043A may lock up (errata A050385 and A010022); copy the frame to fitting memory';

/** The code of an entry is `dpaa/` and its key. */
export const VERDICT_MESSAGES = {
  cut: ['error', '{count} bytes are no whole {what}; {bytes} are needed'],
  'fd-bits': ['warning', 'reserved bits of the descriptor are set ({bits}); clear the descriptor before it is filled'],
  'fd-format': ['error', 'format {format} is none that a port of FMan takes; use 0 (contiguous) or 4 (scatter/gather)'],
  'fd-address': ['error', 'the address is 0; nobody has put a buffer there'],
  'fd-empty': ['error', 'the frame has no bytes; a descriptor of zeros is an entry of a ring that was not written'],
  'fd-short': [
    'warning',
    'the frame has {length} bytes, 60 are the least; pad it with zeros, or FMan sends what follows it in memory',
  ],
  'fd-beyond': [
    'error',
    'the data would end at {end}, beyond the 40 bits of addresses; look where the address was cut',
  ],
  'pool-range': ['error', 'there is no pool {bpid}; pools are 0 to 63, and 255 stands for none'],
  'pool-unknown': ['error', 'pool {bpid} is none of those that were given ({pools}); look who filled it in'],
  'pool-none': [
    'error',
    'this entry belongs to no pool, and its frame came out of pool {bpid}; nobody would release it, look who wrote it',
  ],
  'pool-given': [
    'warning',
    'this entry belongs to pool {bpid}, and its frame to none; with a confirmation nobody releases it there, write 255',
  ],
  'table-missing': ['note', 'its table at {addr} is not in the input; give a dump of that memory to see it'],
  'table-final': ['error', 'none of its {count} entries is the final one; set F (bit 30) in the last'],
  'table-cut': ['error', 'the input ends behind entry {last}, and none is the final one; give 256 bytes of the table'],
  'table-ext': ['error', 'E (bit 31) is set: it would lead to another table, which no driver writes; clear it'],
  'table-zero': ['warning', 'this entry has no bytes; leave it out'],
  'table-address': ['error', 'the address is 0; nobody has mapped that buffer'],
  'table-bits': ['warning', 'reserved bits of this entry are set; clear the table before it is filled'],
  'table-sum': [
    'error',
    'its entries have {sum} bytes together, and the descriptor says {length}; one of them is wrong',
  ],
  'table-double': ['error', 'this is the buffer of entry {first} again; it would be released twice'],
  'table-own': ['error', "this is the table's own buffer; it would be released twice"],
  'erratum-cross': ['warning', `{what} from {from} to {to} cross a border of 4 KiB: ${ERRATUM}`],
  'erratum-align': ['warning', `{what} begin at {from}, not at a multiple of 16: ${ERRATUM}`],
  'erratum-length': ['warning', `{what} are {length}, not a multiple of 16, and more follow: ${ERRATUM}`],
  'command-fqid': [
    'error',
    'FCO is set and names frame queue 0, which there never is; put in that of the confirmation',
  ],
  'command-dtc': ['error', 'DTC is set without RPD, so FMan knows no headers; set both and write parse results'],
  'command-lost': [
    'warning',
    'there is no confirmation and no pool; unless the frame queue says otherwise, its memory never comes back',
  ],
  'command-bits': ['warning', 'bits of the command without a meaning are set ({bits}); clear them'],
  'status-error': ['error', 'status: {name}: {says}; the driver counts it and drops the frame'],
  'status-bits': ['warning', 'bits of the status without a meaning are set ({bits}); is it a command?'],
  'buffer-bits': ['warning', 'byte 0 is {verb}, no verb of a release; it should be 0'],
  'buffer-count': ['error', 'the verb releases {count} buffers, and {there} are in the entry; look who counted'],
  'buffer-address': ['error', 'address {addr} has more than 40 bits, and no frame descriptor can say it; mask it'],
  'buffer-zero': ['error', 'the address is 0; nobody has put a buffer there'],
  'buffer-align': ['warning', 'address {addr} is no multiple of 64; the first bytes are not those of a cache line'],
  'buffer-double': ['error', 'this is buffer {first} again; it was released twice'],
  'parse-l3': ['error', 'layer 3 is {name}, and no IP offset says where; FMan would look at byte {offset}'],
  'parse-l4': ['error', 'layer 4 is {name}, and no offset says where; FMan would look at byte {offset}'],
  'parse-order': ['error', 'layer 4 at byte {l4} stands before the end of the IP header at {ip}; check the offsets'],
  'parse-error': ['warning', 'the parser found an error in layer {layer} ({value}); look at the frame'],
} as const satisfies Readonly<Record<string, Message>>;

/** Key of the table. */
export type VerdictKey = keyof typeof VERDICT_MESSAGES;
