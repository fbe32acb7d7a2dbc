// The Ethernet driver of the DPAA, and the door of everything about its interfaces. An interface is in dpaa-netdev.ts,
// its frames in rx.ts, tx.ts and what they use. Compared with the patch "dpaa_eth: add support for S/G frames" (v2 3/9,
// August 2015) and the driver around it, and with Linux 6.12: drivers/net/ethernet/freescale/dpaa/dpaa_eth.c.
//
// Differences from the patch's driver; the numbers are those of the table of its weaknesses:
// dpaa-8.1.1  A confirmation unmaps every fragment. The patch leaves the last one of each frame mapped.
// dpaa-8.1.2  A table's buffer is mapped with the 256 bytes that FMan reads of it. The patch maps what is filled.
// dpaa-8.1.3  It begins at a multiple of 512, within one page, and is zeroed. In the patch wherever, with old bytes.
// dpaa-8.1.4  Frames shorter than 60 bytes are padded with zeroes. In the patch what lies behind them is sent.
// dpaa-8.1.5  Buffers and frames are found by the bus address that was mapped. The patch takes it for a physical one.
// dpaa-8.1.6  Packets are built on buffers when frames have come. The patch builds them before, and a drained pool
//             leaks them.
// dpaa-8.1.7  A pool is what its interface says, there is none for all.
// dpaa-8.1.8  With erratum A050385 what is not aligned is copied. The patch knows of none.
// dpaa-8.1.9  A packet that the stack drops is counted in rx_dropped. In the patch nowhere.
// dpaa-8.1.10 FMan's verdict on checksums is passed on while RXCSUM is on. In the patch ip_summed is always none.
// dpaa-8.1.11 The MAC decides what is too long. The patch drops what is longer than the MTU.
// dpaa-8.1.12 A frame that could not be enqueued is one tx_error. In the patch two.
// dpaa-8.1.13 The protocol of layer 4 is one byte. The patch swaps it.
// dpaa-8.1.14 A command that sets up a queue says each of its bytes. In the patch what lay there before goes along.
// dpaa-8.1.15 A linear packet that is not is no reason to stop the machine. In the patch it is.
// dpaa-8.1.16 Context A of transmit queues says that context B is valid. In the patch it does not.
// dpaa-8.1.17 Stopping waits 200 ms for what is on its way. The patch waits 5 to 10.
// dpaa-8.3.1  There is headroom after linearizing, too. The patch writes in front of the packet's memory.
// dpaa-8.3.2  Lengths, sums of lengths, offsets, pools, extension bits and addresses of more than 40 bits are checked:
//             on receive the frame is an rx_error and its buffers go back, on transmit it is a tx_error. The patch
//             cuts, believes, or crashes.
// dpaa-8.3.3  A table has at most 16 entries, and one without end is refused. The patch uses 16 on receive, and walks
//             on for ever when it gives one back.
// dpaa-8.3.4  A buffer that cannot be mapped again is freed and leaves the count. In the patch it is lost.
// dpaa-8.3.5  While buffers are there frames are delivered, whatever a refill came to. The patch drops a good one.
// dpaa-8.3.6  A checksum that FMan cannot compute is computed here. The patch drops the packet.
// dpaa-8.3.7  What was mapped as single is unmapped as single. The patch takes a page's way back.
// dpaa-8.3.8  A release that the ring does not take is tried 100,000 times, then buffers are freed. The patch spins.
// dpaa-8.3.9  Extension headers of IPv6 and any number of VLAN tags are looked through. In the patch none and one.
// dpaa-8.3.10 Errors on the default queue are counted by kind as well. In the patch only on the error queue.
// dpaa-8.3.11 A fragment's truesize is all that its buffer holds. In the patch what FMan may use of it.
//
// Differences from Linux 6.12:
// dpaa-L1  A ring that is full is answered with EBUSY and tried again. In Linux the frame is gone and counts as sent.
// dpaa-L2  An entry's offset is 16 bits in big-endian. Linux swaps 32 and always reads 0 on little-endian machines.
// dpaa-L3  A mapping that fails undoes all before it. Linux leaves the last of these.
// dpaa-L4  A table with an entry that cannot be gives all its buffers back to the pool. Linux frees them.
// dpaa-L5  A confirmation of a frame that was not sent is counted and touches nothing. Linux follows its pointer.
//
// Differences from both:
// dpaa-L40 Queues have one kind each, as since Linux 4.17. The patch makes the range for hashed frames one of
//          transmit queues.
// dpaa-L41 A portal's frames of an interface that is down are given back or confirmed in its interrupt.
// dpaa-L42 What was never confirmed is freed when the interface goes, after its queues were emptied.
// dpaa-L43 Nothing is stashed into caches.
// dpaa-L44 Without a single buffer in its pool an interface is ENOMEM. In Linux it comes up and is deaf.
// dpaa-L45 What FMan had no buffers or no queue for is counted in rx_missed_errors. In Linux nowhere.
// dpaa-L46 A pool that is nearly empty is filled up without a frame, too, after 100 ms and when the interface comes up.
//          In both only frames make that happen: without a single buffer none come, and the interface is deaf for ever.
// dpaa-L47 What is sent counts for the CPU of its queue, and goes out by the first CPU's portal.
// dpaa-L48 `ethtool -S` has three more numbers at its end: bad and stale descriptors, and stray confirmations.
// dpaa-L49 A descriptor, or an entry of a table, of a buffer that FMan has not filled is refused, and the buffer stays
//          in the pool, where it is: canary.ts. The patch and Linux take it for a frame, and it is in use twice.
// dpaa-L51 Where frames of more than 1522 bytes are allowed, a buffer has 4096 bytes, otherwise 2048. In the patch it
//          always has 2048, in Linux a page, of which FMan may use 3776 where here it is 3648.
import type { Device, Driver } from '../../core/device.js';
import { platformDriver } from '../../core/platform-device.js';
import { DPAA_ETHERNET, MacDevice } from '../fman/fman.js';
import { DpaaNetdev, HASH_QUEUES } from './dpaa-netdev.js';
import { MAX_FRAME } from './rx-layout.js';

/** What Linux has as boot parameters. */
export interface DpaaEthOptions {
  /**
   * The longest frame with check sequence, 90 to 9600 (Linux: the boot parameter fsl_fm_max_frm). The MTU can be 22
   * less. Where it is more than 1522, buffers are larger, and frames that do not fit into one come as tables.
   */
  readonly maxFrame?: number;
  /** Memory of a receive buffer: 2048 as in the patch, or 4096; by itself 4096 where a `maxFrame` is more than 1522. */
  readonly bufferBytes?: 2048 | 4096;
  /** `eth0` by order, or `fm1-mac1` by place, as udev rules of boards have it. */
  readonly names?: 'eth' | 'fm';
  /** Queues that received frames are spread over: a power of two up to 1024, as many as in Linux; 0: they are not. */
  readonly hashQueues?: number;
}

/** The driver, with its boot parameters. */
export function dpaaEthDriver(options: DpaaEthOptions = {}): Driver {
  return platformDriver({
    name: 'fsl_dpa',
    compatible: [],
    matches: (dev) => dev.name.startsWith(DPAA_ETHERNET) && dev.outer instanceof MacDevice,
    probe: (dev) => probe(dev, options),
  });
}

/** The driver as it is without parameters. */
export const dpaaEth: Driver = dpaaEthDriver();

function probe(dev: Device, options: DpaaEthOptions): void {
  const { maxFrame = MAX_FRAME, names = 'eth', hashQueues = HASH_QUEUES, bufferBytes } = options;
  const mac = dev.outer as MacDevice;
  const name = names === 'fm' ? `fm${mac.fman.index + 1}-mac${mac.index + 1}` : 'eth%d';
  new DpaaNetdev(dev, mac, { maxFrame, hashQueues, bufferBytes }).start(name);
}
