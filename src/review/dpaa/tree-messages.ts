// Table of what a devicetree can lack for DPAA; what to do stands behind the last `; `.
import type { Message } from '../../dt/message.js';

/** The code of an entry is `dpaa/tree/` and its key. */
export const TREE_MESSAGES = {
  'no-manager': ['error', 'there is no {what} ({compatible}); without it no port comes up, add its node'],
  'manager-off': ['error', 'it is switched off, and without it no port comes up; set its status to okay'],
  'no-portals': ['error', 'there is no {what} ({compatible}) that is switched on; processors cannot reach it without'],
  'portal-index': ['error', 'it has no cell-index, which says its channel; the driver passes it over'],
  'no-memory': ['error', 'no reserved memory for {what} ({name}); add a node to reserved-memory and refer to it'],
  'memory-size': ['error', '{name} has {size} bytes; the hardware takes a power of two from 4 KiB to 1 GiB, change it'],
  'memory-align': ['error', '{name} is not aligned to its size of {size} bytes; set alignment, or another address'],
  'no-muram': ['error', 'it has no muram, where FMan keeps its queues; add the node'],
  'no-channels': ['error', 'it has no fsl,qman-channel-range of two cells; its ports have no channels without, add it'],
  'fman-off': ['error', 'it is switched off with all its ports; set its status to okay'],
  'fman-index': ['error', 'it has no cell-index; the driver does not probe, add it'],
  'mac-index': ['error', 'its cell-index is {index}; the driver takes 0 to 9'],
  'mac-ports': ['error', 'fsl,fman-ports has {count} ports; it takes two, the receiving one first'],
  'mac-port': ['error', 'the {which} port that it names is {what}; correct fsl,fman-ports'],
  'port-off': ['error', 'its {which} port {path} is switched off; set its status to okay'],
  'port-index': ['error', '{path} has no cell-index, which is the number of the port in hardware; add it'],
  'no-phy-mode': ['warning', 'it has no phy-connection-type; the driver takes sgmii, say what it is'],
  'no-phy': ['warning', 'it has neither phy-handle nor fixed-link; nobody tells it of a link, add one'],
  'no-address': [
    'note',
    '{count} of {all} MACs have no address here; the boot loader fills it in, or the driver takes a random one',
  ],
  'no-tbi': ['error', 'a dTSEC needs tbi-handle and has none; add it'],
} as const satisfies Readonly<Record<string, Message>>;

/** Key of the table. */
export type TreeKey = keyof typeof TREE_MESSAGES;
