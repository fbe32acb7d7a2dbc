// Everything that reading blobs, applying overlays and queries may say to a user: code, severity, text.
import type { Diagnostic, Severity } from '../base/diagnostic.js';

/** One kind of finding. `{name}` in the text is replaced by the value of that name. */
interface Template {
  readonly severity: Severity;
  readonly text: string;
}

/** The table behind every `dt/fdt/...`, `dt/overlay/...` and `dt/query/...` diagnostic. */
export const DT_MESSAGES = {
  'dt/fdt/empty': { severity: 'error', text: 'the file is empty; a devicetree blob has at least 56 bytes' },
  'dt/fdt/source': {
    severity: 'error',
    text: 'this is devicetree source text, not a blob; compile it first (bringup dt compile)',
  },
  'dt/fdt/overlay-source': {
    severity: 'error',
    text: 'this is the source text of an overlay, not a blob; compile it first (bringup dt compile)',
  },
  'dt/fdt/not-a-blob': {
    severity: 'error',
    text: 'this is not a devicetree blob but {what}; {advice}',
  },
  'dt/fdt/embedded': {
    severity: 'error',
    text: 'this is not a devicetree blob but {what}; one may begin at byte {at}, cut it out from there',
  },
  'dt/fdt/truncated-header': {
    severity: 'error',
    text: 'the file ends inside the header: {length} bytes of {needed}; copy it again',
  },
  'dt/fdt/old-version': {
    severity: 'error',
    text: 'blob version {version} is too old to be read, 16 and later can be; rewrite it: dtc -I dtb -O dtb -V 17',
  },
  'dt/fdt/new-version': {
    severity: 'error',
    text: 'the blob is for programs that know version {last}, this one knows 17; rewrite it: dtc -I dtb -O dtb -V 17',
  },
  'dt/fdt/totalsize': {
    severity: 'error',
    text: 'the header says {total} bytes but the file has {length}; it was cut off, copy it again',
  },
  'dt/fdt/totalsize-small': {
    severity: 'error',
    text: 'the header says {total} bytes, less than the header itself ({needed})',
  },
  'dt/fdt/block-outside': {
    severity: 'error',
    text: 'the {block} block ({start} to {end}) does not lie inside the blob of {total} bytes',
  },
  'dt/fdt/block-in-header': {
    severity: 'error',
    text: 'the {block} block begins at {start}, inside the header of {needed} bytes',
  },
  'dt/fdt/unaligned': {
    severity: 'warning',
    text: 'the {block} block begins at {start}, not at a multiple of {align}; some boot loaders refuse that',
  },
  'dt/fdt/overlap': { severity: 'warning', text: 'the {block} block and the {other} block share bytes' },
  'dt/fdt/reservations-open': {
    severity: 'error',
    text: 'the memory reservation block has no end (a pair of zeros) before the end of the blob',
  },
  'dt/fdt/empty-reservation': {
    severity: 'warning',
    text: 'the reservation at {address} has no length; it ends the list, as in Linux, and those behind it are ignored',
  },
  'dt/fdt/trailing': {
    severity: 'warning',
    text: '{count} bytes follow the end of the blob and were ignored',
  },
  'dt/fdt/bad-token': {
    severity: 'error',
    text: 'unknown token {token} in the structure block; the blob is damaged',
  },
  'dt/fdt/no-end': {
    severity: 'error',
    text: 'the structure block ends without END token; the blob is damaged or was cut off',
  },
  'dt/fdt/end-inside': { severity: 'error', text: 'END token inside a node; {depth} nodes are still open' },
  'dt/fdt/extra-end-node': { severity: 'error', text: 'END_NODE without a node to end' },
  'dt/fdt/no-root': { severity: 'error', text: 'the structure block has no root node' },
  'dt/fdt/two-roots': { severity: 'error', text: 'a second root node begins; a blob has exactly one' },
  'dt/fdt/property-outside': { severity: 'error', text: 'a property stands outside every node' },
  'dt/fdt/after-end': { severity: 'warning', text: '{count} bytes follow the END token and were ignored' },
  'dt/fdt/node-name-open': { severity: 'error', text: 'a node name runs past the end of the structure block' },
  'dt/fdt/property-truncated': {
    severity: 'error',
    text: 'property {name} claims {length} bytes but only {left} are left in the structure block',
  },
  'dt/fdt/string-outside': {
    severity: 'error',
    text: 'a property name lies at {offset}, outside the strings block of {size} bytes',
  },
  'dt/fdt/string-open': { severity: 'error', text: 'the property name at {offset} runs past the strings block' },
  'dt/fdt/root-name': { severity: 'warning', text: 'the root node has the name "{name}"; it was ignored' },
  'dt/fdt/node-name': { severity: 'warning', text: 'node name "{name}" has characters that the specification forbids' },
  'dt/fdt/node-name-empty': { severity: 'warning', text: 'a node other than the root has an empty name' },
  'dt/fdt/property-name': {
    severity: 'warning',
    text: 'property name "{name}" is empty or has characters that the specification forbids',
  },
  'dt/fdt/duplicate-property': {
    severity: 'warning',
    text: 'property {name} occurs twice in this node; Linux uses the first',
  },
  'dt/fdt/duplicate-node': {
    severity: 'warning',
    text: 'two child nodes are called {name}; Linux finds the first by path and creates devices for both',
  },
  'dt/fdt/property-after-node': {
    severity: 'warning',
    text: 'property {name} stands behind child nodes; libfdt and Linux do not see it',
  },
  'dt/fdt/too-deep': {
    severity: 'warning',
    text: 'nodes more than 62 levels below the root were skipped, as Linux does',
  },
  'dt/fdt/more': { severity: 'warning', text: '{count} more findings of this blob are not listed' },

  'dt/overlay/not-an-overlay': {
    severity: 'warning',
    text: 'nothing was applied: no top-level node has an __overlay__ child; is this file an overlay?',
  },
  'dt/overlay/no-symbols': {
    severity: 'error',
    text: 'the overlay needs label {label}, but the base tree has no /__symbols__; compile the base with -@',
  },
  'dt/overlay/unknown-label': {
    severity: 'error',
    text: 'the overlay needs label {label}, but /__symbols__ of the base tree has no such label{hint}',
  },
  'dt/overlay/dangling-label': {
    severity: 'error',
    text: 'label {label} stands for {path} in /__symbols__ of the base tree, but there is no such node',
  },
  'dt/overlay/label-without-phandle': {
    severity: 'error',
    text: 'label {label} ({path}) has no phandle in the base tree; compile the base with -@',
  },
  'dt/overlay/bad-fixup': {
    severity: 'error',
    text: '__fixups__ entry "{entry}" of label {label} is not of the form path:property:offset',
  },
  'dt/overlay/fixup-target': {
    severity: 'error',
    text: '__fixups__ entry "{entry}" of label {label} names a place that the overlay does not have: {what}',
  },
  'dt/overlay/bad-local-fixup': {
    severity: 'error',
    text: '__local_fixups__ of {place} names a place that the overlay does not have: {what}',
  },
  'dt/overlay/phandle-overflow': {
    severity: 'error',
    text: 'phandle {phandle} of the overlay plus {delta} (the highest of the base tree) is no valid phandle',
  },
  'dt/overlay/bad-phandle': {
    severity: 'error',
    text: 'property {name} is {length} bytes long; a phandle has 4',
  },
  'dt/overlay/no-target': {
    severity: 'error',
    text: 'fragment {fragment} has neither target nor target-path',
  },
  'dt/overlay/bad-target': {
    severity: 'error',
    text: 'fragment {fragment} has the target {target}, which is no phandle; was the overlay compiled without -@?',
  },
  'dt/overlay/unknown-target': {
    severity: 'error',
    text: 'fragment {fragment} goes to {target}, but the base tree has no such node',
  },
  'dt/overlay/bad-symbol': {
    severity: 'error',
    text: 'label {label} of the overlay has the value "{path}", which is no path of its own tree',
  },

  'dt/query/empty': { severity: 'error', text: 'the query is empty; try /soc/* or **[compatible]' },
  'dt/query/unclosed': { severity: 'error', text: 'column {column}: "[" has no "]"' },
  'dt/query/empty-condition': { severity: 'error', text: 'column {column}: nothing stands between the brackets' },
  'dt/query/empty-step': { severity: 'error', text: 'column {column}: a name is missing here' },
  'dt/query/junk': { severity: 'error', text: 'column {column}: "{text}" is not expected here' },
  'dt/query/no-label': { severity: 'error', text: 'the tree has no label {label}{hint}' },
  'dt/query/no-alias': {
    severity: 'error',
    text: 'the tree has no alias {alias}{hint}; a path begins with "/", a search with "**/"',
  },
} as const;

/** A code of the table. */
export type DtCode = keyof typeof DT_MESSAGES;

/** The diagnostic of that code with its text filled in; `where` is a byte offset, a node path, or both. */
export function dtDiagnostic(
  code: DtCode,
  values: Readonly<Record<string, string | number>> = {},
  where?: string,
): Diagnostic {
  const { severity, text }: Template = DT_MESSAGES[code];
  const filled = text.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
  return where === undefined ? { severity, code, text: filled } : { severity, code, text: filled, where };
}

/** `, did you mean x?` for the nearest of the known words, or nothing when none is near. */
export function suggestion(word: string, known: Iterable<string>): string {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best === undefined ? '' : `; did you mean ${best}?`;
}

/** Levenshtein distance of the first 64 characters. */
function editDistance(a: string, b: string): number {
  const [s, t] = [a.slice(0, 64), b.slice(0, 64)];
  let row = Array.from({ length: t.length + 1 }, (_, j) => j);
  for (let i = 1; i <= s.length; i++) {
    const next = [i];
    for (let j = 1; j <= t.length; j++) {
      const change = (row[j - 1] as number) + (s[i - 1] === t[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[t.length] as number;
}
