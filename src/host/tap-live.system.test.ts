import { afterEach, expect, test } from 'vitest';
import { cannotTap, type TapPlace, tapPlace } from '../../test/tap-place.js';
import { needs, runToolBeside } from '../../test/tools.js';
import { SimClock, us } from '../base/clock.js';
import type { EthernetPeer, EthernetReceive } from '../bus/ethernet.js';
import { LiveTime } from './live.js';
import { settle } from './settle.js';
import { joinTap } from './tap-peer.js';

const out = cannotTap() !== undefined || needs('ip', 'ping');

let place: TapPlace | undefined;
afterEach(async () => {
  await place?.close();
  place = undefined;
});

/** Two ends of a cable that takes 20 us of virtual time. */
function cable(clock: SimClock): readonly [EthernetPeer, EthernetPeer] {
  const heard: (EthernetReceive | undefined)[] = [];
  const end = (own: number): EthernetPeer => ({
    name: `end ${own}`,
    send(frame) {
      const copy = frame.slice();
      clock.after(us(20), () => heard[1 - own]?.(copy));
    },
    listen(receive) {
      heard[own] = receive;
      return () => void (heard[own] = undefined);
    },
    plug: () => {},
  });
  return [end(0), end(1)];
}

test.skipIf(out)('through a machine in virtual time a ping comes back before its next step', async () => {
  const clock = new SimClock(settle);
  const live = new LiveTime();
  place = tapPlace(9000, () => live.arrived());
  const [a, b] = place.sides;
  const [left, right] = cable(clock);
  const joints = [joinTap(left, a.tap), joinTap(right, b.tap)];
  const stop = new AbortController();
  const running = live.run(clock, stop.signal);
  try {
    const ping = ['ping', '-c', '100', '-i', '0.005', '-W', '5', '-M', 'do', '-s', '8972', b.address];
    const text = (await runToolBeside('ip', a.inside(...ping))).stdout.toString();
    expect(text).toMatch(/100 packets transmitted, 100 received, 0% packet loss/);
    // Steps are 10 ms apart: an answer that waited for them would take two on the way.
    const [, least] = /= ([\d.]+)\//.exec(text) ?? [];
    expect(Number(least)).toBeLessThan(5);
  } finally {
    for (const joint of joints) joint.close();
    stop.abort();
    await running;
  }
});
