// Table of everything that the rules about the GCE in a devicetree say. A key is the rule, and a word where it says it
// in several ways; `{name}` stands for a value. The third part says what to do.
import type { Message } from '../../dt/message.js';

/** The code of an entry is `cmdq/tree/` and the first word of its key. */
export const TREE_LINT_MESSAGES = {
  'client-reg-mismatch': [
    'error',
    '{node}: entry {entry} of mediatek,gce-client-reg is {declared}, but reg has {reg}: the GCE writes to the wrong ' +
      'block.',
    'Write {right}.',
  ],
  'client-reg-mismatch none': [
    'error',
    '{node}: entry {entry} of mediatek,gce-client-reg is {declared}, but the node has no reg of its own.',
    'Move the property to the node of the block.',
  ],
  'client-reg-size': [
    'error',
    '{node}: entry {entry} of mediatek,gce-client-reg has {size} bytes from offset {offset}, {than}.',
    'Write the size of reg, at most what is left of the 64 KiB of the subsystem.',
  ],
  'client-reg-size zero': [
    'warning',
    '{node}: entry {entry} of mediatek,gce-client-reg has {size} bytes; Linux keeps 16 bits of it, which is {kept}.',
    'Nothing, if no driver asks for the size; else write a smaller one.',
  ],
  'client-reg-subsystem': [
    'error',
    '{node}: entry {entry} of mediatek,gce-client-reg has subsystem {subsys}, which has no window on {soc}.',
    'Write {right}.',
  ],
  'client-reg-subsystem none': [
    'note',
    '{node}: entry {entry} of mediatek,gce-client-reg has 99, the mark for no subsystem: Linux 6.12 writes it into ' +
      'instructions as it is.',
    'Use a kernel that writes to such blocks by address, or let the CPU write to them.',
  ],
  'client-reg-cells': [
    'error',
    '{node}: mediatek,gce-client-reg has {count} cells, which are no whole entries of a GCE, a subsystem, an offset ' +
      'and a ' +
      'size; the last {rest} count for nothing.',
    'Write four cells for each register block.',
  ],
  'gce-missing': [
    'error',
    '{node}: {what} of {property} names {phandle}, and no node has it.',
    'Name the GCE, as in <&gce …>.',
  ],
  'gce-missing other': [
    'error',
    '{node}: {what} of {property} names {other}, which is no GCE.',
    'Name the GCE, as in <&gce …>.',
  ],
  'gce-missing none': [
    'error',
    '{node} has mediatek,gce-events, and the tree has no GCE.',
    'Add the node of the GCE (mediatek,…-gce).',
  ],
  'gce-disabled': [
    'warning',
    '{node} is enabled and names {gce} in {property}, which is not: its driver waits for it, or goes without.',
    'Enable {gce} (status = "okay").',
  ],
  'gce-cells': [
    'error',
    '{node} has #mbox-cells = <{cells}>: Linux reads two since 2020, thread and priority; other numbers ' +
      'are of another time or tree.',
    'Write #mbox-cells = <2>, and two cells in each client.',
  ],
  'gce-alias': [
    'warning',
    '{node} is one of {count} GCEs of {soc} and has no alias gce0 or gce1: its driver finds the clock of the other ' +
      'by it.',
    'Add the aliases gce0 and gce1.',
  ],
  'gce-event-range': [
    'error',
    '{node}: mediatek,gce-events has {id}, and ids end at 1023.',
    'Write the id of an event of {soc}.',
  ],
  'gce-event-range last': [
    'warning',
    '{node}: mediatek,gce-events has 1023, which Linux refuses (0 to 1022).',
    'Write the id of an event of {soc}.',
  ],
  'gce-event-range token': [
    'warning',
    '{node}: mediatek,gce-events has {id}; on {soc} ids from 512 on are tokens of software, which no block raises.',
    'Write the id of an event of {soc}.',
  ],
  'gce-event-count': [
    'warning',
    '{node}: mediatek,gce-events has {count}; the bindings know of 1 to 32 ids.',
    'Write one cell for each event.',
  ],
  'mbox-cells': [
    'error',
    '{node}: mboxes has stray cells: {gce} has #mbox-cells = <{cells}>, but behind entry {entry} comes {what}, so ' +
      'that ' +
      'entry {next} {fails}.',
    'Write <&gce THREAD PRIORITY> for each channel, and nothing more.',
  ],
  'mbox-cells short': [
    'error',
    '{node}: entry {entry} of mboxes has {found} cells, and {gce} has #mbox-cells = <{cells}>.',
    'Write <&gce THREAD PRIORITY> for each channel.',
  ],
  'mbox-thread': [
    'error',
    '{node}: entry {entry} of mboxes names thread {thread}, and the GCE of {soc} has {threads}: the request fails ' +
      '(-EINVAL).',
    'Name a thread from 0 to {last}.',
  ],
  'mbox-thread-taken': [
    'error',
    '{node}: entry {entry} of mboxes names thread {thread}, which {other} names as well: who comes second fails ' +
      '(-EBUSY).',
    'Give each channel a thread of its own.',
  ],
  'mbox-priority': [
    'warning',
    '{node}: entry {entry} of mboxes has priority {priority}; the GCE has 0 to 7.',
    'Write a priority from 0 to 7, where 7 comes first.',
  ],
  more: ['note', '{count} more findings of {rule} are not shown.', 'Correct the first ones.'],
} as const satisfies Readonly<Record<string, Message>>;

/** Key of the table. */
export type TreeLintKey = keyof typeof TREE_LINT_MESSAGES;
