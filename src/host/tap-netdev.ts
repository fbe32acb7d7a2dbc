// A TAP above a modelled network device: this computer's stack in the place of the board's. What the device receives
// the stack receives, what the stack sends the device sends.
import type { NetdevFrames } from '../abi/netdev-frames.js';
import type { NetdevOffload } from '../abi/netdev-offload.js';
import type { Tap } from './tap-device.js';
import type { OffloadTap } from './tap-offload.js';

/** Joins them; the TAP has a carrier while the device has one. Ends when the TAP is closed. */
export function joinTapAbove(frames: NetdevFrames, tap: Tap): void {
  frames.listen((frame) => tap.send(frame));
  tap.listen((frame) => void frames.send(frame));
  frames.onCarrier((up) => tap.setCarrier(up));
}

/** The same where the stack leaves large frames to us, and takes them. */
export function joinOffloadTapAbove(offload: NetdevOffload, tap: OffloadTap): void {
  offload.listen((bytes) => tap.send(bytes));
  tap.listen((frame, header) => void offload.send(frame, header));
  offload.frames.onCarrier((up) => tap.setCarrier(up));
}
