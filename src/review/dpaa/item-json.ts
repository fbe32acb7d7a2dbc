// A decoded thing as JSON: stable keys, numbers as numbers, names beside them.
import { hex } from '../../base/bytes.js';
import type { DecodedItem } from './decode.js';
import { FORMATS, NO_POOL, poolsOf } from './formats.js';
import { bitsOf, COMMAND, COMMAND_BITS, STATUS_BITS } from './words.js';

/** The document of a thing. */
export function itemJson({
  kind,
  bytes,
  line,
  addr,
  direction,
  fd,
  entries,
  buffers,
  parse,
  findings,
}: DecodedItem): object {
  const head = { kind, line: line ?? null, address: addr ?? null, bytes: hex(bytes, '') };
  const pools = poolsOf(buffers ?? []);
  const isCommand = direction === 'transmit';
  const descriptor =
    fd === undefined
      ? undefined
      : {
          ...fd,
          formatName: FORMATS[fd.format] ?? null,
          pool: poolOf(fd.bpid),
          bits: bitsOf(fd.word, isCommand ? COMMAND_BITS : STATUS_BITS).set.map(({ name }) => name),
          confirmFqid: isCommand && (fd.word & COMMAND.FCO) !== 0 ? fd.word & COMMAND.FQID : null,
        };
  return {
    ...head,
    ...(descriptor === undefined ? {} : { direction, descriptor }),
    ...(entries === undefined ? {} : { entries: entries.map((entry) => ({ ...entry, pool: poolOf(entry.bpid) })) }),
    ...(buffers === undefined
      ? {}
      : { buffers: buffers.map((one, index) => ({ ...one, pool: poolOf(pools[index] ?? NO_POOL) })) }),
    ...(parse === undefined ? {} : { parse }),
    findings: findings.map(({ severity, code, text, where }) => ({ severity, code, text, where: where ?? null })),
  };
}

function poolOf(bpid: number): number | null {
  return bpid === NO_POOL ? null : bpid;
}
