// A port's wire that is listened to: all that goes over it is written to a capture, for whatever network is behind it.
import type { FrameMetadata } from '../abi/dpaa-frames.js';
import type { EthernetCapture } from '../abi/ethernet-capture.js';
import type { Clock } from '../base/clock.js';
import type { EthernetDamage, EthernetPeer } from '../bus/ethernet.js';

/** How a wire is listened to. */
export interface TappedOptions {
  /** Name of the port in the capture; that of the peer when left out. */
  readonly name?: string;
  /** How the machine knew a frame, where somebody can say it: asked in the moment in which the frame goes. */
  readonly metadataOf?: (frame: Uint8Array, way: 'in' | 'out') => FrameMetadata | undefined;
}

/** The same peer; what goes through it is captured from now on. */
export function tapped(
  peer: EthernetPeer,
  capture: EthernetCapture,
  clock: Pick<Clock, 'now'>,
  { name = peer.name, metadataOf }: TappedOptions = {},
): EthernetPeer {
  const port = capture.addPort(name);
  const take = (bytes: Uint8Array, way: 'in' | 'out', damage: EthernetDamage | undefined): void => {
    const comment = damage === undefined ? undefined : `damaged: ${Object.keys(damage).join(', ')}`;
    capture.add({ port, way, timeNs: clock.now(), bytes, metadata: metadataOf?.(bytes, way), comment });
  };
  peer.listen((frame, damage) => take(frame, 'out', damage));
  return {
    name: peer.name,
    send(frame, damage) {
      take(frame, 'in', damage);
      peer.send(frame, damage);
    },
    listen: (receive) => peer.listen(receive),
    plug: (link) => peer.plug(link),
  };
}
