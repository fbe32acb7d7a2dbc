// The trace as lines: for people in the form of ftrace, for programs as JSON.
import { s } from '../base/clock.js';
import type { TraceEvent } from '../base/trace.js';

/** The events of one kind, also where several kinds share a shape. */
type Of<K, E = TraceEvent> = E extends { readonly kind: infer Kinds } ? (K extends Kinds ? E : never) : never;
type Writers = { readonly [K in TraceEvent['kind']]: (e: Of<K>) => string };

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const dashed = (bytes: string): string => bytes.replaceAll(' ', '-');
const nothing = (): string => '';

/** The text behind the event's name; the forms are those of the kernel's tracepoints where it has one. */
const WRITERS: Writers = {
  printk: (e) => `${e.level}: ${e.text}`,
  i2c_write: (e) => `a=${hex(e.addr, 3)} [${dashed(e.bytes)}]`,
  i2c_read: (e) => `a=${hex(e.addr, 3)} l=${e.length}`,
  i2c_reply: (e) => `a=${hex(e.addr, 3)} [${dashed(e.bytes)}]`,
  i2c_result: (e) => `a=${hex(e.addr, 3)} ret=${e.ret}`,
  regmap_reg_read: (e) => `reg=${hex(e.reg, 2)} val=${hex(e.val, 4)} ${e.name}`,
  regmap_reg_write: (e) => `reg=${hex(e.reg, 2)} val=${hex(e.val, 4)} ${e.name}`,
  regcache_sync: (e) => e.status,
  mmio_read: (e) => `0x${hex(e.offset, 4)} val=0x${hex(e.val, e.width / 4)}`,
  mmio_write: (e) => `0x${hex(e.offset, 4)} val=0x${hex(e.val, e.width / 4)}`,
  irq_raise: nothing,
  irq_lower: nothing,
  event_fire: (e) => (e.to === '' ? e.signal : `${e.signal} to ${e.to}`),
  ethernet_frame: (e) => `${e.direction} len=${e.length}${e.state === '' ? '' : ` ${e.state}`}`,
  ethernet_link: (e) => (e.speed === 0 ? 'down' : `${e.speed}Mbps ${e.fullDuplex ? 'full' : 'half'} duplex`),
  fman_finding: (e) => `${e.port}: ${e.text}`,
  rpmsg_send: (e) => `[${dashed(e.bytes)}] ret=${e.ret}`,
  rpmsg_deliver: (e) => `[${dashed(e.bytes)}]`,
  irq_handler_entry: (e) => `name=${e.action}`,
  irq_handler_exit: (e) => `name=${e.action} ret=${e.ret}`,
  dma_map: (e) => `iova=${e.iova} size=${e.size} dir=${e.dir}`,
  dma_unmap: (e) => `iova=${e.iova} size=${e.size} dir=${e.dir}`,
  dma_sync: (e) => `iova=${e.iova} size=${e.size} dir=${e.dir}`,
  dma_debug: (e) => e.text,
  device_add: nothing,
  device_del: nothing,
  bound: (e) => e.driver,
  deferred: (e) => `${e.driver}: ${e.reason}`,
  failed: (e) => `${e.driver}: ${e.reason}`,
  unbound: (e) => e.driver,
  device_pm_callback: (e) => `${e.op} ret=${e.ret}`,
  rpm_suspend: (e) => `usage=${e.usage} ret=${e.ret}`,
  rpm_resume: (e) => `usage=${e.usage} ret=${e.ret}`,
  clk_enable: (e) => `count=${e.count}`,
  clk_disable: (e) => `count=${e.count}`,
  gce_thread: (e) => `thread=${e.thread} pc=${e.pc} ${e.state}: ${e.why}`,
  dpaa_enqueue: (e) => `fqid=${e.fqid} addr=${e.addr} length=${e.length} status=${e.status}`,
  dpaa_dequeue: (e) => `fqid=${e.fqid} addr=${e.addr} length=${e.length} status=${e.status}`,
  dpaa_reject: (e) => `fqid=${e.fqid} ${e.why}`,
  bman_acquire: (e) => `bpid=${e.bpid} count=${e.count} ${e.addrs}`.trimEnd(),
  bman_release: (e) => `bpid=${e.bpid} count=${e.count} ${e.addrs}`.trimEnd(),
  dpaa_finding: (e) => e.text,
  gce_finding: (e) => `thread=${e.thread} pc=${e.pc} ${e.text}`,
  dsp_state: (e) => (e.why === '' ? e.state : `${e.state}: ${e.why}`),
  dsp_finding: (e) => e.text,
  iio_event: (e) => `${e.channel} ${e.event} timestamp=${e.timestamp}`,
  knob: (e) => `${e.name}=${e.value}`,
  fault: (e) => `${e.point}=${e.fault}`,
  todo: (e) => `${e.access} ${e.reg}.${e.field}: the model has no such behaviour`,
  unknown_reg: (e) => `${e.access} 0x${hex(e.reg, 2)}: no such register`,
};

/** What a line says behind the event's name: `a=040 [00-f1-27]`; empty where the name says all. */
export function traceText(event: TraceEvent): string {
  return (WRITERS[event.kind] as (e: TraceEvent) => string)(event);
}

/** One event as a line without newline: `[    0.006600] /i2c@0: i2c_write: a=040 [00-f1-27]`. */
export function traceLine(event: TraceEvent): string {
  const seconds = (event.t / s(1)).toFixed(9).padStart(14);
  const text = traceText(event);
  return `[${seconds}] ${event.where}: ${event.kind}${text === '' ? '' : `: ${text}`}`;
}

/** One event as a line of JSON without newline; keys in the order `t`, `seq`, `where`, `kind`, rest. */
export function traceJson(event: TraceEvent): string {
  const { t, seq, where, kind, ...rest } = event;
  return JSON.stringify({ t, seq, where, kind, ...rest });
}
