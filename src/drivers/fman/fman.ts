// FMan of the DPAA, and the door of its drivers. Compared with Linux 6.12, drivers/net/ethernet/freescale/fman.
//
// dpaa-L30 FMan's own registers, its memory and firmware are left as they are: whoever models FMan has them set up.
// dpaa-L31 A MAC without address has one by its number. In Linux it is random.
// dpaa-L32 A PHY is asked for its link once a second and never set up; that of clause 45 has the port's speed. Pause
//          frames are not negotiated, and ignored.
// dpaa-L33 dTSEC and 10GEC, the MACs of version 2, have no driver here.
// dpaa-L34 Multicast addresses are not filtered: what the MAC lets in comes up.
// dpaa-L35 The key generator is set up with the first scheme, and a scheme goes with its interface. In Linux it is set
//          up with FMan, and schemes only come.
// dpaa-L36 A PHY that the tree names and that cannot be reached, disabled or behind a disabled bus, is told when the
//          MAC is probed. In Linux when the interface is opened.
// dpaa-L37 The MAC's counters can be read. Linux 6.12 has no way to them.
import type { Driver } from '../../core/device.js';
import { fman } from './fman-device.js';
import { memac } from './mac.js';
import { memacMdio } from './mdio.js';
import { fmanPort } from './port.js';

export { DPAA_ETHERNET, MacDevice } from './mac.js';
export type { MacLink } from './phy.js';
export type { FmanPort, FmanPool, FmanRxParams, FmanTxParams } from './port.js';

/** The drivers, in the order in which they can bind. */
export const fmanDrivers: readonly Driver[] = [fman, fmanPort, memacMdio, memac];
