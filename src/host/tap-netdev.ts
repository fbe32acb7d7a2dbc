// A TAP above a modelled network device: this computer's stack in the place of the board's. What the device receives
// the stack receives, what the stack sends the device sends.
import type { NetdevFrames } from '../abi/netdev-frames.js';
import type { Tap } from './tap.js';

/** Joins them; the TAP has a carrier while the device has one. Ends when the TAP is closed. */
export function joinTapAbove(frames: NetdevFrames, tap: Tap): void {
  frames.listen((frame) => tap.send(frame));
  tap.listen((frame) => void frames.send(frame));
  frames.onCarrier((up) => tap.setCarrier(up));
}
