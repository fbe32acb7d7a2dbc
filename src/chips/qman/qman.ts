// QMan, the queue manager of NXP's DPAA: frame queues, work queues and channels, congestion groups. One model for the
// register block (`fsl,qman`) and for the portals (`fsl,qman-portal`): what of one machine belongs together finds
// itself by the wire.
//
// No hardware was at hand and the reference manual could not be read. What the model does follows from Linux's and
// DPDK's drivers and from NXP's published kernels; every rule with its certainty stands in docs/devices/qman.md.
//
// Gaps
// 1. Decided here, because no public source says it.
// - A queue that waits to be served or is active retires when it is served next (PENDING, then a message RETIRED), with
//   what is in it; any other at once (OK, and a message RETIRED_AT_ONCE as well). Enqueues to it are rejected from the
//   command on.
// - A group is congested above its threshold, and until it is below 7/8 of it. While it is, its tail drop rejects. A
//   queue's tail drop rejects while the queue has more bytes than its threshold. The average of a group is its count.
// - Work queues 0 and 1 come first, then 2 to 4, then 5 to 7; within a tier each in turn, weight + 1 queues at a time.
//   A block takes one frame of a queue at a time, software one or up to three, as its command says.
// - A queue that is held active waits until its last entry is acknowledged before more of it comes. Parking by
//   acknowledgement takes effect at once.
// - Producers' indexes begin with the valid bit set, so that the first round's valid bit is 0x80. Entries are consumed
//   at once. A verb whose bits 6 to 0 are 0 is no command: software clears lines beforehand.
// - A volatile command of n frames gives n entries, fewer if the queue ends; an empty queue gives one without frame.
//   VDQCR reads 0 when it is done. A pull command that finds nothing gives an entry without frame (EXPIRED).
// - Messages that find no room in the ring wait outside, without limit. ITPR counts units of 427 ns.
// - Frames beyond what QMan has room for (2048, and three for each record) are kept all the same: a finding, once.
// - Rejected enqueues of blocks go back to the block, unless DCP_CFG sends them to a portal. Only FMan 0 has that.
// - `stalledPortal` stops the enqueue ring of one portal: it fills, and software finds no room.
// 2. What the chip has and the model has not.
// - Order restoration and preservation (ORPC and the sequence numbers are kept; enqueues with it are rejected as
//   disabled), and so the message "retired last". WRED: a finding. Intra-class scheduling credit, elevation between
//   tiers, AVOIDBLOCK, PREFERINCACHE, FORCESFDR. XON and XOFF (0x4d, 0x4e), CGRTESTWRITE (0x52): bad command.
// - Notifications of groups to blocks. The availability bits in the low half of ISR stay 0.
// - Caches and stashing, LIODNs, dynamic debug, ECC errors, low watermarks. Descriptors are not written to memory.
import type { DpaaPort } from '../../bus/dpaa.js';
import { traceFrame } from '../../bus/dpaa-trace.js';
import type { ChipModel, Socket } from '../../bus/socket.js';
import { QmanEngine } from './engine.js';
import { type PortalHooks, QmanPortal } from './portal.js';
import { QMAN_MAP, QmanRegisters } from './registers.js';
import { portalNumber, QMAN_SOCS, type QmanSocName, qmanSocOf } from './soc.js';

export type { QmanEngine } from './engine.js';
export { QMAN_SOCS, type QmanSocName } from './soc.js';

/** How a QMan can be told to be. */
export interface QmanOptions {
  /** Another SoC than the tree says. */
  readonly soc?: QmanSocName;
  /** Hears of each machine's QMan, for tests and tools that look into it. */
  readonly onEngine?: (engine: QmanEngine) => void;
}

/** The model of QMan and its portals. */
export function qmanChip(options: QmanOptions = {}): ChipModel {
  const engines = new WeakMap<object, QmanEngine>();
  return {
    name: 'qman',
    compatible: ['fsl,qman', 'fsl,qman-portal'],
    plug(socket) {
      const port = socket.dpaa();
      const known = engines.get(port.soc);
      const engine = known ?? makeEngine(socket, port, options);
      if (known === undefined) engines.set(port.soc, engine);
      if (socket.compatible === 'fsl,qman-portal') plugPortal(socket, port, engine);
      else plugBlock(socket, engine);
    },
  };
}

function makeEngine(socket: Socket, port: DpaaPort, options: QmanOptions): QmanEngine {
  const { name, trace, clock } = socket;
  const soc = options.soc === undefined ? qmanSocOf(port.soc.compatible) : QMAN_SOCS[options.soc];
  const engine = new QmanEngine(soc, {
    finding: (text) => trace.emit(name, { kind: 'dpaa_finding', text }),
    unknown: (reg, access) => trace.emit(name, { kind: 'unknown_reg', reg, access }),
    soon: (run) => void clock.after(0, run),
  });
  port.offerQueues(engine);
  options.onEngine?.(engine);
  return engine;
}

function plugBlock(socket: Socket, engine: QmanEngine): void {
  const pin = socket.irq('err', 'wired');
  const block = new QmanRegisters(engine, (high) => pin.set(high));
  socket.mmio(block.target);
  socket.inspect({ registers: () => block.registers(), words: () => engine.words(), map: () => QMAN_MAP });
  let stalled = -1;
  socket.knob({
    ...{ name: 'stalledPortal', unit: 'portal', min: -1, max: 49 },
    about: 'whose enqueue ring stands still; -1: none',
    get: () => stalled,
    set: (value) => {
      stalled = value;
      for (const portal of engine.portals.values()) portal.stalled = portal.index === value;
    },
  });
}

function plugPortal(socket: Socket, port: DpaaPort, engine: QmanEngine): void {
  const { name, trace } = socket;
  const hooks: PortalHooks = {
    moves: (kind, fqid, frame) => {
      if (trace.on) traceFrame(trace, name, `dpaa_${kind}`, fqid, frame);
      return port.strikes(`qman.${kind}`, fqid);
    },
  };
  const pin = socket.irq('portal', 'wired');
  const index = portalNumber(port.phys, engine.soc);
  const portal = new QmanPortal(index, engine, socket.clock, hooks, (high) => pin.set(high));
  engine.portals.set(index, portal);
  socket.mmio(portal.ce, 0);
  socket.mmio(portal.ci, 1);
  socket.inspect({ registers: () => portal.registers(), map: () => portal.map });
}
