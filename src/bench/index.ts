// The door of the room: machines on the bench, and what one needs of the rooms below to make and watch them.
export type { Diagnostic, Position, Severity } from '../base/diagnostic.js';
export { formatDiagnostic, formatPosition, hasErrors } from '../base/diagnostic.js';
export {
  type Clock,
  type Duration,
  type Instant,
  ms,
  ns,
  type Pace,
  type Settle,
  type Timer,
  s,
  us,
} from '../base/clock.js';
export { unreachable } from '../base/assert.js';
export { type Errno, isErrno, SysError } from '../base/errno.js';
export { bit, bits, compareRegisters, type Field, type Reg, registers } from '../base/regs.js';
export type { Trace, TraceEvent, TraceSink } from '../base/trace.js';
export type { DpaaWatcher } from '../bus/dpaa-sim.js';
export { Bench, type BenchParts, type Wiring } from './bench.js';
export type { EthernetDirection, EthernetWatcher, EthernetWire } from './ethernet-lines.js';
export type { EventRoute, EventWiring } from './event-lines.js';
export { everyFault, type FaultTrial, type FaultTrials } from './every-fault.js';
export type { NodeReport, NodeState } from './report.js';
export type { Snapshot } from './snapshot.js';
export { findPlan, type SocWiring, socWiring } from './soc-plan.js';
export type { VideoFrame } from '../bus/video.js';
export type { FrameListener, VideoRoute, VideoWiring } from './video-lines.js';
export type { SignalName, WireNames } from './wire-names.js';
