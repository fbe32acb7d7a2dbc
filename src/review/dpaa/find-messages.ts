// Table of what can be wrong with the name of a port; what to do stands behind the last `; `.
import type { Message } from '../../dt/message.js';

/** The code of an entry is `dpaa/port/` and its key. */
export const FIND_MESSAGES = {
  'no-ports': ['error', 'the tree has no Ethernet port of DPAA, so none is called {name}; take a tree with fsl,fman'],
  unknown: ['error', 'no Ethernet port is called "{name}"; there are {there}'],
  off: ['error', '{name} is switched off in the tree: {paths}; set its status to okay, or take one of {there}'],
  many: ['error', '{name} is the name of several: {paths}; name one by its path'],
} as const satisfies Readonly<Record<string, Message>>;
