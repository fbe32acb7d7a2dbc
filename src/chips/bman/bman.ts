// BMan, the buffer manager of NXP's DPAA: up to 64 pools of buffer addresses. One model for the register block
// (`fsl,bman`) and for the portals (`fsl,bman-portal`): what of one machine belongs together finds itself by the wire.
//
// No hardware was at hand and the reference manual could not be read. What the model does follows from Linux's and
// DPDK's drivers and from NXP's published kernels; every rule with its certainty stands in docs/devices/bman.md.
//
// Gaps
// 1. Decided here, because no public source says it.
// - A pool gives the buffer that came last. An acquire of more than there are delivers none and changes nothing.
// - A pool is depleted below its entry threshold and no longer from its exit threshold on; after power on both are 0,
//   and it never is. SDCNT and HDCNT count the entries and never saturate.
// - The producer's index of the release ring begins with its bit 3 set, so that the first round's valid bit is 0x80.
// - Releases are consumed at once. A verb whose bits 6 to 0 are 0 is no command: software clears lines beforehand.
// - A count of 0 or above 8, an unknown command, and an acquire from a pool that the SoC has not are invalid: the error
//   interrupt, response 0x60. Releases to such a pool are lost. ECIR has the portal in bits 31 to 24 and the verb.
// - More buffers than the private memory has records for are kept all the same; that is a finding, once.
// - `stalledPortal` stops the release ring of one portal: it fills, and software finds no room.
// 2. What the chip has and the model has not.
// - Caches: lines are memory, and a write of the verb commits. Stashing, LIODNs, SRCIDR. ECC errors and their registers
//   (EADR, EDATA, SBEC). FBPR_FP_LWIT and its interrupt. Response 0x70. Pools' contents in memory: nothing is written.
// - The time that a command takes.
import type { DpaaPort } from '../../bus/dpaa.js';
import { traceBuffers } from '../../bus/dpaa-trace.js';
import type { ChipModel, Socket } from '../../bus/socket.js';
import { BmanEngine } from './engine.js';
import { BmanPortal, type PortalHooks } from './portal.js';
import { BMAN_MAP, BmanRegisters } from './registers.js';
import { BMAN_SOCS, type BmanSocName, bmanSocOf, portalNumber } from './soc.js';

export type { BmanEngine } from './engine.js';
export { BMAN_SOCS, type BmanSocName } from './soc.js';

/** How a BMan can be told to be. */
export interface BmanOptions {
  /** Another SoC than the tree says. */
  readonly soc?: BmanSocName;
  /** Watches every address: a double release and a foreign address are findings. On unless it is turned off. */
  readonly strict?: boolean;
  /** Hears of each machine's BMan, for tests and tools that look into it. */
  readonly onEngine?: (engine: BmanEngine) => void;
}

/** The model of BMan and its portals. */
export function bmanChip(options: BmanOptions = {}): ChipModel {
  const engines = new WeakMap<object, BmanEngine>();
  return {
    name: 'bman',
    compatible: ['fsl,bman', 'fsl,bman-portal'],
    plug(socket) {
      const port = socket.dpaa();
      const known = engines.get(port.soc);
      const engine = known ?? makeEngine(socket, port, options);
      if (known === undefined) engines.set(port.soc, engine);
      if (socket.compatible === 'fsl,bman-portal') plugPortal(socket, port, engine);
      else plugBlock(socket, engine);
    },
  };
}

function makeEngine(socket: Socket, port: DpaaPort, options: BmanOptions): BmanEngine {
  const { name, trace } = socket;
  const soc = options.soc === undefined ? bmanSocOf(port.soc.compatible) : BMAN_SOCS[options.soc];
  const engine = new BmanEngine(soc, options.strict ?? true, {
    finding: (text) => trace.emit(name, { kind: 'dpaa_finding', text }),
    unknown: (reg, access) => trace.emit(name, { kind: 'unknown_reg', reg, access }),
  });
  port.offerPools(engine);
  options.onEngine?.(engine);
  return engine;
}

function plugBlock(socket: Socket, engine: BmanEngine): void {
  const pin = socket.irq('err', 'wired');
  const block = new BmanRegisters(engine, (high) => pin.set(high));
  socket.mmio(block.target);
  socket.inspect({ registers: () => block.registers(), words: () => engine.words(), map: () => BMAN_MAP });
  let stalled = -1;
  socket.knob({
    ...{ name: 'stalledPortal', unit: 'portal', min: -1, max: 31 },
    about: 'whose release ring stands still; -1: none',
    get: () => stalled,
    set: (value) => {
      stalled = value;
      for (const portal of engine.portals.values()) portal.stalled = portal.index === value;
    },
  });
}

function plugPortal(socket: Socket, port: DpaaPort, engine: BmanEngine): void {
  const pin = socket.irq('portal', 'wired');
  const index = portalNumber(port.phys, engine.soc);
  const { name, trace } = socket;
  const hooks: PortalHooks = {
    strikes: (place, which) => port.strikes(place, which),
    moved: (kind, bpid, count, addrs) => {
      if (trace.on) traceBuffers(trace, name, kind, bpid, count, addrs);
    },
  };
  const portal = new BmanPortal(index, engine, hooks, (high) => pin.set(high));
  engine.portals.set(index, portal);
  socket.mmio(portal.ce, 0);
  socket.mmio(portal.ci, 1);
  socket.inspect({ registers: () => portal.registers(), map: () => portal.map });
}
