// How much an event should worry whoever reads a trace: levels of the kernel's log, for what is no log line too.
import type { LogLevel, TraceEvent } from '../base/trace.js';

/** Levels from the worst on. */
export const LEVELS: readonly LogLevel[] = ['err', 'warn', 'info', 'dbg'];

/** Table of kinds that always have the same level; all others have none. */
const ALWAYS: Readonly<Partial<Record<TraceEvent['kind'], LogLevel>>> = {
  failed: 'err',
  dma_debug: 'err',
  deferred: 'warn',
  fault: 'warn',
  todo: 'warn',
  unknown_reg: 'warn',
  dpaa_reject: 'warn',
  dpaa_finding: 'warn',
  fman_finding: 'warn',
  gce_finding: 'warn',
  dsp_finding: 'warn',
  dsp_state: 'info',
  bound: 'info',
  unbound: 'info',
  knob: 'info',
};

/** The level of an event; undefined for the traffic of the wires. */
export function levelOf(event: TraceEvent): LogLevel | undefined {
  switch (event.kind) {
    case 'printk':
      return event.level;
    case 'i2c_result':
    case 'rpmsg_send':
    case 'rpm_suspend':
    case 'rpm_resume':
    case 'device_pm_callback':
      return event.ret < 0 ? 'err' : undefined;
    case 'ethernet_frame':
      return event.state === '' ? undefined : 'warn';
    default:
      return ALWAYS[event.kind];
  }
}

/** True when an event is at least as bad as a level. */
export function isAtLeast(event: TraceEvent, level: LogLevel): boolean {
  const own = levelOf(event);
  return own !== undefined && LEVELS.indexOf(own) <= LEVELS.indexOf(level);
}
