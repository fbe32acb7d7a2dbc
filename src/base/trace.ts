// One ordered stream of typed events. Emitted at choke points only; names are those of Linux tracepoints where one
// exists.
import type { Instant } from './clock.js';

/** Linux's log levels that drivers use (`dev_err`, `dev_warn`, `dev_info`, `dev_dbg`). */
export type LogLevel = 'err' | 'warn' | 'info' | 'dbg';

/** What happened. `where` and time are added by the trace. Bytes are hex text with blanks, `00 f1 27`. */
export type TraceBody =
  | { readonly kind: 'printk'; readonly level: LogLevel; readonly text: string }
  | { readonly kind: 'i2c_write'; readonly addr: number; readonly bytes: string }
  | { readonly kind: 'i2c_read'; readonly addr: number; readonly length: number }
  | { readonly kind: 'i2c_reply'; readonly addr: number; readonly bytes: string }
  | { readonly kind: 'i2c_result'; readonly addr: number; readonly ret: number }
  | { readonly kind: 'regmap_reg_read'; readonly reg: number; readonly name: string; readonly val: number }
  | { readonly kind: 'regmap_reg_write'; readonly reg: number; readonly name: string; readonly val: number }
  | { readonly kind: 'regcache_sync'; readonly status: 'start' | 'stop' }
  | { readonly kind: 'mmio_read'; readonly offset: number; readonly width: number; readonly val: number }
  | { readonly kind: 'mmio_write'; readonly offset: number; readonly width: number; readonly val: number }
  | { readonly kind: 'irq_raise' | 'irq_lower' }
  | { readonly kind: 'event_fire'; readonly signal: string; readonly to: string }
  | {
      readonly kind: 'ethernet_frame';
      readonly direction: 'out' | 'in';
      readonly length: number;
      /** What is not as it should be with it; empty when nothing is. */
      readonly state: string;
    }
  | { readonly kind: 'ethernet_link'; readonly speed: number; readonly fullDuplex: boolean }
  | { readonly kind: 'fman_finding'; readonly port: string; readonly text: string }
  | { readonly kind: 'rpmsg_send'; readonly bytes: string; readonly ret: number }
  | { readonly kind: 'rpmsg_deliver'; readonly bytes: string }
  | { readonly kind: 'irq_handler_entry'; readonly action: string }
  | { readonly kind: 'irq_handler_exit'; readonly action: string; readonly ret: 'handled' | 'unhandled' }
  | {
      readonly kind: 'dma_map' | 'dma_unmap' | 'dma_sync';
      readonly iova: string;
      readonly size: number;
      readonly dir: string;
    }
  | { readonly kind: 'dma_debug'; readonly text: string }
  | { readonly kind: 'device_add' | 'device_del' }
  | { readonly kind: 'bound'; readonly driver: string }
  | { readonly kind: 'deferred'; readonly driver: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly driver: string; readonly reason: string; readonly errno: number }
  | { readonly kind: 'unbound'; readonly driver: string }
  | { readonly kind: 'device_pm_callback'; readonly op: 'suspend' | 'resume'; readonly ret: number }
  | { readonly kind: 'rpm_suspend' | 'rpm_resume'; readonly usage: number; readonly ret: number }
  | { readonly kind: 'clk_enable' | 'clk_disable'; readonly count: number }
  | {
      readonly kind: 'gce_thread';
      readonly thread: number;
      readonly state: string;
      readonly pc: string;
      readonly why: string;
    }
  | { readonly kind: 'gce_finding'; readonly thread: number; readonly pc: string; readonly text: string }
  | { readonly kind: 'dsp_state'; readonly state: string; readonly why: string }
  | { readonly kind: 'dsp_finding'; readonly text: string }
  | {
      readonly kind: 'dpaa_enqueue' | 'dpaa_dequeue';
      readonly fqid: number;
      readonly addr: string;
      readonly length: number;
      readonly status: string;
    }
  | { readonly kind: 'dpaa_reject'; readonly fqid: number; readonly why: string }
  | {
      readonly kind: 'bman_acquire' | 'bman_release';
      readonly bpid: number;
      readonly count: number;
      readonly addrs: string;
    }
  | { readonly kind: 'dpaa_finding'; readonly text: string }
  | { readonly kind: 'iio_event'; readonly channel: string; readonly event: string; readonly timestamp: number }
  | { readonly kind: 'knob'; readonly name: string; readonly value: number }
  | { readonly kind: 'fault'; readonly point: string; readonly fault: string }
  | { readonly kind: 'todo'; readonly reg: string; readonly field: string; readonly access: 'read' | 'write' }
  | { readonly kind: 'unknown_reg'; readonly reg: number; readonly access: 'read' | 'write' };

/** One event: when (ns since power on), which in order, where (device path, bus or chip name), what. */
export type TraceEvent = { readonly t: Instant; readonly seq: number; readonly where: string } & TraceBody;

/** Receives events in order, at once. It must not call back into what emitted. */
export type TraceSink = (event: TraceEvent) => void;

/** The stream of a bench. Without a sink nothing is built: callers on hot paths ask `on` first. */
export class Trace {
  readonly #now: () => Instant;
  readonly #sinks = new Set<TraceSink>();
  #seq = 0;
  /** True while somebody listens. */
  on = false;

  constructor(now: () => Instant) {
    this.#now = now;
  }

  emit(where: string, body: TraceBody): void {
    if (!this.on) return;
    const event: TraceEvent = { t: this.#now(), seq: this.#seq++, where, ...body };
    for (const sink of this.#sinks) sink(event);
  }

  /** Adds a sink and answers how to take it away again. */
  attach(sink: TraceSink): () => void {
    this.#sinks.add(sink);
    this.on = true;
    return () => {
      this.#sinks.delete(sink);
      this.on = this.#sinks.size > 0;
    };
  }
}
