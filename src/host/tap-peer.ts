// A TAP as the network behind a modelled port: what the MAC sends comes to this computer, and the other way round.
import type { EthernetLink, EthernetPeer } from '../bus/ethernet.js';
import type { Tap } from './tap-device.js';

/** A port and a TAP that are joined. */
export interface TapJoint {
  /** Frames that came over the wire with damage: no TAP can take them, and a real PHY's peer would drop them too. */
  readonly damaged: number;
  /** Pulls the cable out on both sides. The TAP stays open. */
  close(): void;
}

const FASTEST: EthernetLink = { speed: 10_000, fullDuplex: true };

/** Plugs a port's cable into a TAP; the link that the MAC sees is the fastest when left out. */
export function joinTap(peer: EthernetPeer, tap: Tap, link: EthernetLink = FASTEST): TapJoint {
  let damaged = 0;
  let isJoined = true;
  const leave = peer.listen((frame, damage) => {
    if (damage === undefined) tap.send(frame);
    else damaged++;
  });
  tap.listen((frame) => {
    if (isJoined) peer.send(frame);
  });
  peer.plug(link);
  tap.setCarrier(true);
  return {
    get damaged() {
      return damaged;
    },
    close() {
      if (!isJoined) return;
      isJoined = false;
      leave();
      tap.setCarrier(false);
      peer.plug(undefined);
    },
  };
}
