// The door of the room: the wires between drivers and chips, their models, and the wraps for traces and faults.
export type { DmaBuffer, DmaDirection, DmaMemory, DmaPort } from './dma.js';
export {
  type DpaaDequeued,
  type DpaaEnqueue,
  type DpaaFrame,
  type DpaaPlace,
  type DpaaPools,
  type DpaaPort,
  type DpaaQueues,
  type DpaaRejection,
  type DpaaSoc,
  frameAddr,
  frameBpid,
  frameFormat,
  frameLength,
  frameOffset,
  NO_BPID,
} from './dpaa.js';
export { SimDpaa } from './dpaa-sim.js';
export type {
  EthernetDamage,
  EthernetLink,
  EthernetPeer,
  EthernetPort,
  EthernetReceive,
  EthernetSpeed,
  PhySeat,
} from './ethernet.js';
export type { EventPin, EventTarget } from './event.js';
export { withDmaFaults } from './dma-decorators.js';
export { type DmaFinding, type DmaLedger, type DmaMapping } from './dma-ledger.js';
export { SimMemory, type SimMemoryOptions } from './dma-sim.js';
export type { FaultPoint } from './fault.js';
export { FAULT_MENU, type FaultPlace } from './fault-menu.js';
export { FaultPlan, type FaultStanding } from './fault-plan.js';
export { formatFault, formatFaults, type ParsedFaults, parseFaults } from './fault-text.js';
export {
  I2C_ALERT_RESPONSE,
  I2C_ERRNO,
  type I2cAlert,
  type I2cBus,
  type I2cFaultWord,
  type I2cFunction,
  type I2cMsg,
  type I2cTarget,
} from './i2c.js';
export { withI2cFaults, withI2cTrace } from './i2c-decorators.js';
export { i2cError } from './i2c-error.js';
export { SimI2cBus } from './i2c-sim.js';
export type { IrqIdle, IrqLine, IrqPin, IrqReturn, IrqTrigger } from './irq.js';
export { withIrqFaults } from './irq-decorators.js';
export { SimIrqLine } from './irq-sim.js';
export {
  ioread32be,
  iowrite32be,
  type MmioMaster,
  type MmioMemory,
  type MmioSpace,
  type MmioTarget,
  swab32,
} from './mmio.js';
export { withMmioFaults, withMmioTrace } from './mmio-decorators.js';
export { MmioBus } from './mmio-sim.js';
export type {
  RpmsgEdge,
  RpmsgEnd,
  RpmsgOpenOptions,
  RpmsgReceive,
  RpmsgRemote,
  RpmsgWatcher,
} from './rpmsg.js';
export { withRpmsgFaults, withRpmsgTrace } from './rpmsg-decorators.js';
export type { GlinkOptions } from './rpmsg-glink.js';
export { type RpmsgEdgeOptions, SimRpmsgEdge } from './rpmsg-sim.js';
export type { SmdOptions } from './rpmsg-smd.js';
export type { ChipModel, I2cSeat, Inspection, Knob, Socket } from './socket.js';
export type { SocBlock, SocEvent, SocPlan, SocVideo } from './soc-plan.js';
export { MOST_PIXELS, NO_MEMORY, NO_SIGNAL, type Pixel, type ScanTiming, type VideoFrame } from './video.js';
export type { VideoPort, VideoSource, VideoSwitches } from './video.js';
