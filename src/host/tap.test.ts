import { expect, test } from 'vitest';
import type { EthernetDamage, EthernetPeer, EthernetReceive } from '../bus/ethernet.js';
import { openTapLoop } from './tap.js';
import type { Tap, TapReceive } from './tap-device.js';
import { intArgument, queueRequest, TAP_IOCTL, TUN_F_TCP, tapNameFault, tapRequest } from './tap-ioctl.js';
import { joinTap } from './tap-peer.js';

test('without koffi it says what is missing', () => {
  expect(openTapLoop(undefined)).toEqual({
    what: 'TAP devices need the package koffi: Node alone has no ioctl',
    todo: 'npm install koffi',
  });
});

test('requests are as linux/if.h has them', () => {
  // struct ifreq: 16 bytes of name, then a short of flags: IFF_TAP 0x0002 | IFF_NO_PI 0x1000; 40 bytes in all.
  const head = '746170300000000000000000000000000210';
  expect(Buffer.from(tapRequest('tap0')).toString('hex')).toBe(head.padEnd(80, '0'));
  // IFF_VNET_HDR 0x4000 beside them.
  expect(Buffer.from(tapRequest('tap0', true)).toString('hex')).toBe(`${head.slice(0, -2)}50`.padEnd(80, '0'));
  expect([TAP_IOCTL.TUNSETOFFLOAD, TUN_F_TCP]).toEqual([0x400454d0, 15]);
  const queue = '746170300000000000000000000000004d000000';
  expect(Buffer.from(queueRequest('tap0', 77)).toString('hex')).toBe(queue.padEnd(80, '0'));
  expect([...intArgument(1)]).toEqual([1, 0, 0, 0]);
});

test.each([
  ['tap0', undefined],
  ['a-name.of_15chars'.slice(0, 15), undefined],
  ['', 'it has no characters'],
  ['tap%d', 'it has a character that a name cannot have'],
  ['a/b', 'it has a character that a name cannot have'],
  ['tap 0', 'it has a character that a name cannot have'],
  ['täp', 'it has a character that a name cannot have'],
  ['..', 'it is the name of a directory'],
  ['0123456789abcdef', 'it has more than 15 characters'],
])('the name %s', (name, fault) => {
  expect(tapNameFault(name)).toBe(fault);
});

/** What happens at both ends, in order. */
function ends(): { tap: Tap; peer: EthernetPeer; seen: unknown[]; fromTap: TapReceive; fromMac: EthernetReceive } {
  const seen: unknown[] = [];
  let [receive, listener]: [TapReceive, EthernetReceive] = [() => {}, () => {}];
  const counts = { received: 0, receivedBytes: 0, sent: 0, sentBytes: 0, down: 0, full: 0, refused: 0 };
  const tap: Tap = {
    ...{ name: 'tap0', counts, isOpen: true },
    listen: (heard) => void (receive = heard),
    send: (frame) => seen.push(['tap', [...frame]]) > 0,
    setCarrier: (up) => void seen.push(['carrier', up]),
    close: () => {},
  };
  const peer: EthernetPeer = {
    name: '/fman/mac',
    send: (frame) => void seen.push(['mac', [...frame]]),
    listen(heard) {
      listener = heard;
      return () => void seen.push(['left']);
    },
    plug: (link) => void seen.push(['plug', link?.speed]),
  };
  const fromMac = (frame: Uint8Array, damage?: EthernetDamage): void => listener(frame, damage);
  return { tap, peer, seen, fromTap: (frame) => receive(frame), fromMac };
}

test('a port and a TAP are joined until they are parted, and damaged frames stay behind', () => {
  const { tap, peer, seen, fromTap, fromMac } = ends();
  const joint = joinTap(peer, tap, { speed: 1000, fullDuplex: true });
  fromTap(Uint8Array.of(1, 2));
  fromMac(Uint8Array.of(3, 4));
  fromMac(Uint8Array.of(5, 6), { fcs: true });
  joint.close();
  joint.close();
  fromTap(Uint8Array.of(7));
  expect(seen).toEqual([
    ['plug', 1000],
    ['carrier', true],
    ['mac', [1, 2]],
    ['tap', [3, 4]],
    ['left'],
    ['carrier', false],
    ['plug', undefined],
  ]);
  expect(joint.damaged).toBe(1);
});
