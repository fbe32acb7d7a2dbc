// Everything that can be wrong with the text of a devicetree source.
import type { Diagnostic } from '../../base/diagnostic.js';
import { diagnosticOf, type Place, type Values } from '../message.js';

/** The table. The code of an entry is `dt/syntax/` and its key. */
export const SYNTAX_MESSAGES = {
  expected: [
    'error',
    'expected {expected}, found {found}',
    'write what is expected; often a ; or a bracket is missing just before',
  ],
  'no-version': ['error', "expected '/dts-v1/;' as the first statement, found {found}", 'write /dts-v1/; in front'],
  'header-flags': [
    'error',
    "this '/dts-v1/;' header does not repeat the first one: '/plugin/;' must stand in all or in none",
    'write the same header in each file, or only in the first',
  ],
  'late-memreserve': ['error', "'/memreserve/' must stand before the first node", 'move it to the front'],
  'unreadable-include': [
    'error',
    "cannot read the included file '{file}': {reason}; looked in {dirs}",
    'correct the name, or add its folder to the include path (-I)',
  ],
  'include-depth': [
    'error',
    "'{file}' would be the {limit}th nested /include/; does a file include itself?",
    'take the /include/ out that closes the circle',
  ],
  'unclosed-comment': ['error', 'this comment is never closed', 'write */ where it ends'],
  'unclosed-string': ['error', 'this string is never closed', 'write the closing quote'],
  'unclosed-char': ['error', 'this character literal is never closed', 'write the closing apostrophe'],
  'bad-integer': [
    'error',
    "'{text}' is no integer: an octal number has digits 0 to 7 only",
    'take the leading 0 away, or write 0x for a hexadecimal number',
  ],
  'integer-range': [
    'error',
    "the integer '{text}' does not fit into 64 bits",
    'use a smaller number, or bytes: [01 02 …]',
  ],
  'char-empty': [
    'error',
    'a character literal needs one character, this one is empty',
    'write one character between the apostrophes',
  ],
  'char-length': [
    'error',
    'a character literal has one character, this one has {count}',
    'write one character, or a string in quotes',
  ],
  'bad-hex-escape': [
    'error',
    "'\\x' needs one or two hex digits behind it",
    'write two hex digits, or \\\\ for a backslash',
  ],
  'division-by-zero': ['error', 'division by zero', 'correct the divisor'],
  'out-of-range': [
    'error',
    'the value {value} does not fit into an element of {bits} bits',
    'use a smaller value, or wider elements: /bits/ 64 <…>',
  ],
  'bad-bits': ['error', "/bits/ takes 8, 16, 32 or 64, not '{found}'", 'write one of these'],
  'reference-width': [
    'error',
    'a reference is a 32-bit number and cannot stand in an array of {bits}-bit elements',
    'put the reference into an array of 32-bit cells',
  ],
  'property-after-node': [
    'error',
    "property '{name}' stands behind a child node; properties come first in a node",
    'move the property before the first child node',
  ],
  'unknown-target': [
    'error',
    "there is no node '{ref}' to extend, delete or mark",
    'correct the label or path, or include the file that defines it',
  ],
  'delete-own': [
    'error',
    "'{name}' is defined in this same body: dtc cannot delete it here, leave it out or use a later body",
    'leave the node out, or delete it in a later body',
  ],
  'delete-root': ['error', 'the root node cannot be deleted', 'delete its children one by one'],
  'node-depth': ['error', 'nodes are nested deeper than {limit} levels', 'nest the nodes less deep'],
  'expression-depth': ['error', 'the expression is nested deeper than {limit} levels', 'write the expression flatter'],
  'unknown-check': [
    'error',
    "there is no check named '{name}'",
    'correct the name; docs/devicetree.md lists all checks',
  ],
  'fixup-path': [
    'error',
    "an overlay cannot refer to the unknown path '{ref}': only labels can be left to the base tree",
    'give the node a label in the base tree and refer to that',
  ],
  'fixup-colon': ['error', "the path '{path}' contains ':' and cannot be named in __fixups__", 'rename the node'],
  'symbol-exists': [
    'warning',
    "label '{label}' is left out: /{node} already has a property of that name",
    'rename the label or the property',
  ],
  'too-many': ['error', 'more than {limit} errors; the rest is not shown', 'correct the first ones and compile again'],
} as const;

/** Name of a message. */
export type SyntaxKey = keyof typeof SYNTAX_MESSAGES;

/** The diagnostic of an entry. */
export function syntaxDiagnostic(key: SyntaxKey, values: Values, place: Place | undefined): Diagnostic {
  return diagnosticOf(`dt/syntax/${key}`, SYNTAX_MESSAGES[key], values, place);
}
