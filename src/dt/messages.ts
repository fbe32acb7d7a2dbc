// Everything that reading and writing blobs, applying overlays and queries may say to a user.
import type { Diagnostic } from '../base/diagnostic.js';
import { diagnosticOf, type Values } from './message.js';

/** The table behind every `dt/fdt/…`, `dt/overlay/…`, `dt/query/…` and `dt/write/…` diagnostic, by code. */
export const DT_MESSAGES = {
  'dt/fdt/empty': ['error', 'the file is empty; copy it again'],
  'dt/fdt/source': ['error', 'this is devicetree source text, not a blob; compile it first (bringup dt compile)'],
  'dt/fdt/overlay-source': [
    'error',
    'this is the source text of an overlay, not a blob; compile it first (bringup dt compile)',
  ],
  'dt/fdt/not-a-blob': ['error', 'this is not a devicetree blob but {what}; {advice}'],
  'dt/fdt/embedded': [
    'error',
    'this is not a devicetree blob but {what}; one may begin at byte {at}, cut it out from there',
  ],
  'dt/fdt/truncated-header': ['error', 'the file ends inside the header: {length} bytes of {needed}; copy it again'],
  'dt/fdt/old-version': [
    'error',
    'blob version {version} is too old to be read, 16 and later can be; rewrite it: dtc -I dtb -O dtb -V 17',
  ],
  'dt/fdt/new-version': [
    'error',
    'the blob is for programs that know version {last}, this one knows 17; rewrite it: dtc -I dtb -O dtb -V 17',
  ],
  'dt/fdt/totalsize': [
    'error',
    'the header says {total} bytes but the file has {length}; it was cut off, copy it again',
  ],
  'dt/fdt/totalsize-small': [
    'error',
    'the header says {total} bytes, less than the header itself ({needed})',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/block-outside': [
    'error',
    'the {block} block ({start} to {end}) does not lie inside the blob of {total} bytes',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/block-in-header': [
    'error',
    'the {block} block begins at {start}, inside the header of {needed} bytes',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/unaligned': [
    'warning',
    'the {block} block begins at {start}, not at a multiple of {align}; some boot loaders refuse that',
    'the program that wrote the blob did this; compile the blob again from its source',
  ],
  'dt/fdt/overlap': [
    'warning',
    'the {block} block and the {other} block share bytes',
    'the program that wrote the blob did this; compile the blob again from its source',
  ],
  'dt/fdt/reservations-open': [
    'error',
    'the memory reservation block has no end (a pair of zeros) before the end of the blob',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/empty-reservation': [
    'warning',
    'the reservation at {address} has no length; it ends the list, as in Linux, and those behind it are ignored',
    'give the reservation a length, or remove it',
  ],
  'dt/fdt/trailing': [
    'warning',
    '{count} bytes follow the end of the blob and were ignored',
    'nothing, if they are padding; else cut the file to the size that its header says',
  ],
  'dt/fdt/bad-token': [
    'error',
    'unknown token {token} in the structure block; the blob is damaged',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/no-end': [
    'error',
    'the structure block ends without END token; the blob is damaged or was cut off',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/end-inside': [
    'error',
    'END token inside a node; {depth} nodes are still open',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/extra-end-node': [
    'error',
    'END_NODE without a node to end',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/no-root': [
    'error',
    'the structure block has no root node',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/two-roots': [
    'error',
    'a second root node begins; a blob has exactly one',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/property-outside': [
    'error',
    'a property stands outside every node',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/after-end': [
    'warning',
    '{count} bytes follow the END token and were ignored',
    'the program that wrote the blob did this; compile the blob again from its source',
  ],
  'dt/fdt/node-name-open': [
    'error',
    'a node name runs past the end of the structure block',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/property-truncated': [
    'error',
    'property {name} claims {length} bytes but only {left} are left in the structure block',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/string-outside': [
    'error',
    'a property name lies at {offset}, outside the strings block of {size} bytes',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/string-open': [
    'error',
    'the property name at {offset} runs past the strings block',
    'copy the blob again, or compile it again from its source',
  ],
  'dt/fdt/root-name': [
    'warning',
    'the root node has the name "{name}"; it was ignored',
    'the program that wrote the blob did this; compile the blob again from its source',
  ],
  'dt/fdt/node-name': [
    'warning',
    'node name "{name}" has characters that the specification forbids',
    'rename the node in the source',
  ],
  'dt/fdt/node-name-empty': [
    'warning',
    'a node other than the root has an empty name',
    'the program that wrote the blob did this; compile the blob again from its source',
  ],
  'dt/fdt/property-name': [
    'warning',
    'property name "{name}" is empty or has characters that the specification forbids',
    'rename the property in the source',
  ],
  'dt/fdt/duplicate-property': [
    'warning',
    'property {name} occurs twice in this node; Linux uses the first',
    'remove the second one',
  ],
  'dt/fdt/duplicate-node': [
    'warning',
    'two child nodes are called {name}; Linux finds the first by path and creates devices for both',
    'rename one of them',
  ],
  'dt/fdt/property-after-node': [
    'warning',
    'property {name} stands behind child nodes; libfdt and Linux do not see it',
    'compile the blob again: compilers put properties first',
  ],
  'dt/fdt/too-deep': [
    'warning',
    'nodes more than 62 levels below the root were skipped, as Linux does',
    'nest the nodes less deep',
  ],
  'dt/fdt/more': [
    'warning',
    '{count} more findings of this blob are not listed',
    'correct the first ones and read the blob again',
  ],

  'dt/overlay/not-an-overlay': [
    'warning',
    'nothing was applied: no top-level node has an __overlay__ child; give an overlay (/plugin/) or its blob',
  ],
  'dt/overlay/no-symbols': [
    'error',
    'the overlay needs label {label}, but the base tree has no /__symbols__; compile the base with -@',
  ],
  'dt/overlay/unknown-label': [
    'error',
    'the overlay needs label {label}, but /__symbols__ of the base tree has no such label{hint}',
    'correct the label, or apply first the overlay that brings it',
  ],
  'dt/overlay/dangling-label': [
    'error',
    'label {label} stands for {path} in /__symbols__ of the base tree, but there is no such node',
    'compile the base again with -@',
  ],
  'dt/overlay/label-without-phandle': [
    'error',
    'label {label} ({path}) has no phandle in the base tree; compile the base with -@',
  ],
  'dt/overlay/bad-fixup': [
    'error',
    '__fixups__ entry "{entry}" of label {label} is not of the form path:property:offset',
    'compile the overlay again',
  ],
  'dt/overlay/fixup-target': [
    'error',
    '__fixups__ entry "{entry}" of label {label} names a place that the overlay does not have: {what}',
    'compile the overlay again',
  ],
  'dt/overlay/bad-local-fixup': [
    'error',
    '__local_fixups__ of {place} names a place that the overlay does not have: {what}',
    'compile the overlay again',
  ],
  'dt/overlay/phandle-overflow': [
    'error',
    'phandle {phandle} of the overlay plus {delta} (the highest of the base tree) is no valid phandle',
    'give the nodes smaller phandles, or none: the compiler counts from 1',
  ],
  'dt/overlay/bad-phandle': [
    'error',
    'property {name} is {length} bytes long; a phandle has 4',
    'leave the property out: the compiler adds it where it is needed',
  ],
  'dt/overlay/no-target': [
    'error',
    'fragment {fragment} has neither target nor target-path',
    'give the fragment a target = <&label>; or target-path = "/path";',
  ],
  'dt/overlay/bad-target': [
    'error',
    'fragment {fragment} has the target {target}, which is no phandle; was the overlay compiled without -@?',
    'compile the overlay from a source with /plugin/;',
  ],
  'dt/overlay/unknown-target': [
    'error',
    'fragment {fragment} goes to {target}, but the base tree has no such node',
    'correct the target, or apply first the overlay that brings the node',
  ],
  'dt/overlay/bad-symbol': [
    'error',
    'label {label} of the overlay has the value "{path}", which is no path of its own tree',
    'compile the overlay again',
  ],

  'dt/query/empty': ['error', 'the query is empty; try /soc/* or **[compatible]'],
  'dt/query/unclosed': ['error', 'column {column}: "[" has no "]"', 'close it; quote a value that has brackets in it'],
  'dt/query/empty-condition': [
    'error',
    'column {column}: nothing stands between the brackets',
    'write the name of a property there, or a pattern such as *',
  ],
  'dt/query/empty-step': [
    'error',
    'column {column}: a name is missing here; write a name, * for any, or ** for any number of levels',
    'write a name, * or **',
  ],
  'dt/query/junk': [
    'error',
    'column {column}: "{text}" is not expected here',
    'a condition ends its step: go on with / or :',
  ],
  'dt/query/no-label': [
    'error',
    'the tree has no label {label}{hint}',
    'correct the label, or compile the tree with -@',
  ],
  'dt/query/no-alias': [
    'error',
    'the tree has no alias {alias}{hint}; a path begins with "/", a search with "**/" or "["',
  ],

  'dt/write/version': [
    'error',
    'blob version {version} cannot be written: only 17 and 16 are (older ones store full paths as names)',
    'leave -V out, or give 16',
  ],
  'dt/write/exclusive': ['error', 'padding (-p) and space (-S) exclude each other', 'give one of the two'],
  'dt/write/align': ['error', 'alignment {align} is no power of two', 'give 4, 8, 16 and so on'],
  'dt/write/count': ['error', '{name} must be a whole number from 0 to {limit}, not {count}', 'give such a number'],
} as const;

/** A code of the table. */
export type DtCode = keyof typeof DT_MESSAGES;

/** The diagnostic of that code; `where` is a byte offset, a node path, or both. */
export function dtDiagnostic(code: DtCode, values: Values = {}, where?: string): Diagnostic {
  return diagnosticOf(code, DT_MESSAGES[code], values, where === undefined ? {} : { where });
}
