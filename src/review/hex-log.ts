// Hex dumps in kernel logs: print_hex_dump has a prefix of the caller in front of each row, and so have log messages.
import { hexRowOf } from './hex-row.js';

/** Names in front of a message, of drivers, tags and functions. */
export const TAGS: RegExp =
  /^(?:\/[\w@,./-]{1,200}: printk: \w{3,4}: |\[[^\]]{1,40}\]\s?|[\w.,-]{1,40} [\w.:@-]{1,60}: |\w[\w .-]{0,40}: )/;

/** The row in a line, without what stands in front of it; undefined when there is none. */
export function rowBehindTags(line: string, number: number): string | undefined {
  let rest = line;
  for (let depth = 0; depth < 4; depth++) {
    if (hexRowOf(rest, number) !== undefined) return rest;
    const tag = TAGS.exec(rest);
    if (tag === null) return undefined;
    rest = rest.slice(tag[0].length);
  }
  return undefined;
}
