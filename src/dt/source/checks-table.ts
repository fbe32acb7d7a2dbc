// All checks of dtc 1.6.1, in its order: the order in which they run, prerequisites aside.
import type { Check } from './check-context.js';
import { ADDRESS_CHECKS, ADDRESS_STYLE_CHECKS } from './checks-address.js';
import { BUS_CHECKS } from './checks-bus.js';
import { GRAPH_CHECKS } from './checks-graph.js';
import { PROVIDER_CHECKS } from './checks-providers.js';
import { STRICT_NAME_CHECKS, STRUCTURE_CHECKS } from './checks-structure.js';
import { ALIAS_CHECKS, CHOSEN_CHECKS, TYPE_CHECKS } from './checks-types.js';

/** The table. Each entry says what dtc calls it, how serious it is, what must have passed before, and how it looks. */
export const CHECKS: readonly Check[] = [
  ...STRUCTURE_CHECKS,
  ...TYPE_CHECKS,
  ...STRICT_NAME_CHECKS,
  ...ADDRESS_CHECKS,
  ...BUS_CHECKS,
  ...ADDRESS_STYLE_CHECKS,
  ...CHOSEN_CHECKS,
  ...PROVIDER_CHECKS,
  ...ALIAS_CHECKS,
  ...GRAPH_CHECKS,
  { name: 'always_fail', level: 'off', needs: [], run: (node, c) => c.fail(node, 'alwaysFail') },
];
