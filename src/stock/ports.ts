// The Ethernet ports of a machine by the names that people have for them. Looking asks no register.
import type { Bench } from '../bench/bench.js';
import type { EthernetSpeed } from '../bus/ethernet.js';
import { NetDevice } from '../core/netdevice.js';
import { dpaaTree } from '../review/dpaa/ports.js';
import { findMac } from '../review/dpaa/find-mac.js';
import { InputError } from './input-error.js';

/** An interface with its MAC. */
export interface Port {
  /** Of the interface. */
  readonly name: string;
  /** Device path of the MAC. */
  readonly mac: string;
  readonly netdev: NetDevice;
}

/** All of them, in the order of their probing. */
export function portsOf({ core }: Bench): Port[] {
  return core.devices.flatMap(({ drvdata, parent, path }) =>
    drvdata instanceof NetDevice ? [{ name: drvdata.name, mac: parent?.path ?? path, netdev: drvdata }] : [],
  );
}

/** The one of a name: `fm1-mac3`, `ethernet2`, the path of its node. InputError says which there are. */
export function portOf(bench: Bench, name: string, where: string): Port {
  const ports = portsOf(bench);
  const interfaces = new Map(ports.map((port) => [port.name, port.mac]));
  const { mac, problem } = findMac(dpaaTree(bench.tree), name, interfaces);
  const found = ports.find((port) => port.mac === (mac?.path ?? interfaces.get(name)));
  if (found !== undefined) return found;
  const there = ports.map((port) => port.name).join(', ') || 'none';
  const what = problem === undefined ? `no driver has made an interface of ${name}` : problem.text;
  throw new InputError(where, what, `there are interfaces: ${there}`);
}

/** Of a cable, in Mbit/s. */
export const SPEEDS: readonly EthernetSpeed[] = [10, 100, 1000, 2500, 10_000];

/** `PORT=up`, `down` or a speed in Mbit/s: the cable of a port is plugged in, pulled out, or is another one. */
export function setLink(bench: Bench, words: string): void {
  const [, name = '', wish = ''] = /^(\S+)=(\S+)$/.exec(words) ?? [];
  const where = `link ${words}`;
  const speed = wish === 'up' ? 1000 : SPEEDS.find((one) => String(one) === wish);
  if (name === '' || (speed === undefined && wish !== 'down'))
    throw new InputError(where, 'this is no port and link', `write PORT=up, PORT=down or PORT=${SPEEDS.join('|')}`);
  const { mac } = portOf(bench, name, where);
  bench.ethernet(mac).plug(speed === undefined ? undefined : { speed, fullDuplex: true });
}
