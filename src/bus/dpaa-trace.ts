// Frames and buffers of DPAA in the trace, for the wire and for the portals of software alike.
import { hexNumber } from '../base/bytes.js';
import type { Trace } from '../base/trace.js';
import { type DpaaFrame, frameAddr, frameLength } from './dpaa.js';

/** A frame went into a queue or came out of it. To be called while somebody listens. */
export function traceFrame(
  trace: Trace,
  where: string,
  kind: 'dpaa_enqueue' | 'dpaa_dequeue',
  fqid: number,
  frame: DpaaFrame,
): void {
  const addr = hexNumber(frameAddr(frame), 10);
  trace.emit(where, { kind, fqid, addr, length: frameLength(frame), status: hexNumber(frame.w3 >>> 0, 8) });
}

/** Buffers went into a pool or came out of it: the first `count` of `addrs`. */
export function traceBuffers(
  trace: Trace,
  where: string,
  kind: 'bman_acquire' | 'bman_release',
  bpid: number,
  count: number,
  addrs: Float64Array,
): void {
  const list = Array.from(addrs.subarray(0, count), (addr) => hexNumber(addr, 10)).join(' ');
  trace.emit(where, { kind, bpid, count, addrs: list });
}
