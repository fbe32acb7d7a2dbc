// What `--tap` and `--wire` come to on a machine: which interface gets which TAP, and which cable is plugged in where.
import { dpaaTree, type Mac } from '../review/dpaa/ports.js';
import type { DtTree } from '../dt/tree.js';
import { parseTap, parseWire, type WireWish } from './network-option.js';
import { Refusal } from './refusal.js';

/** A TAP above the interface of a MAC. */
export interface PlannedTap {
  readonly mac: Mac;
  readonly tap: string;
  readonly text: string;
}

/** A cable from a MAC. */
export type PlannedWire =
  | { readonly kind: 'port'; readonly mac: Mac; readonly to: Mac; readonly text: string }
  | { readonly kind: 'tap' | 'passt' | 'pcap'; readonly mac: Mac; readonly to: string; readonly text: string };

/** All of it. */
export interface NetworkPlan {
  readonly taps: readonly PlannedTap[];
  readonly wires: readonly PlannedWire[];
  /** MACs whose interface is to be up, each once. */
  readonly macs: readonly Mac[];
}

/** What the TAP at the far end of a cable is called that nobody has said anything about. */
const FAR_END = '-wire';
/** Longest name of a network device. */
const NAME_CHARS = 15;

/**
 * Reads the options for a tree. Ports with a TAP and without a cable are plugged into each other two by two, in the
 * order in which they were named; the cable of one that is left leads to a second TAP, `NAME-wire`, cut to what a
 * name may have.
 */
export function planNetwork(tree: DtTree, taps: readonly string[], wires: readonly string[]): NetworkPlan {
  const macs = dpaaTree(tree).fmans.flatMap((fman) => (fman.enabled ? fman.macs : []));
  const planned = taps.map(parseTap).map(({ port, tap, text }) => ({ mac: findMac(macs, port, text), tap, text }));
  const wished = wires.map(parseWire);
  const cables = wished.flatMap((wish) => cableOf(macs, wish));
  const unused = wished.filter(({ kind }) => kind === 'none').map(({ port, text }) => findMac(macs, port, text));
  const taken = new Set([...unused, ...cables.flatMap((cable) => endsOf(cable))]);
  const loose = planned.filter(({ mac }) => !taken.has(mac));
  const all = [...cables, ...pairs(loose)];
  refuseTwice(planned.map(({ mac, text }) => ({ what: `${mac.name} has a TAP already`, key: mac.path, text })));
  refuseTwice(all.flatMap((wire) => endsOf(wire).map((mac) => twice(mac, wire.text))));
  refuseTwice([
    ...planned.map(({ tap, text }) => ({ what: `${tap} is named twice`, key: tap, text })),
    ...all.flatMap((one) =>
      one.kind === 'tap' ? [{ what: `${one.to} is named twice`, key: one.to, text: one.text }] : [],
    ),
  ]);
  return { taps: planned, wires: all, macs: [...new Set([...planned.map(({ mac }) => mac), ...all.flatMap(endsOf)])] };
}

interface Once {
  readonly key: string;
  readonly what: string;
  readonly text: string;
}

const twice = ({ name, path }: Mac, text: string): Once => ({ key: path, what: `${name} has a cable already`, text });

function refuseTwice(all: readonly Once[]): void {
  const seen = new Set<string>();
  for (const { key, what, text } of all) {
    if (seen.has(key)) throw new Refusal(2, text, what, 'name each once');
    seen.add(key);
  }
}

function endsOf(wire: PlannedWire): readonly Mac[] {
  return wire.kind === 'port' ? [wire.mac, wire.to] : [wire.mac];
}

function cableOf(macs: readonly Mac[], { port, kind, to, text }: WireWish): PlannedWire[] {
  const mac = findMac(macs, port, text);
  if (kind === 'none') return [];
  if (kind !== 'port') return [{ kind, mac, to, text }];
  const other = findMac(macs, to, text);
  if (other !== mac) return [{ kind, mac, to: other, text }];
  throw new Refusal(2, text, 'this is a cable from a port to itself', 'name another port, or tap:NAME');
}

function pairs(loose: readonly PlannedTap[]): PlannedWire[] {
  const wires: PlannedWire[] = [];
  for (let i = 0; i < loose.length; i += 2) {
    const [one, other] = [loose[i] as PlannedTap, loose[i + 1]];
    const { mac, text } = one;
    if (other !== undefined) wires.push({ kind: 'port', mac, to: other.mac, text });
    else wires.push({ kind: 'tap', mac, to: `${one.tap.slice(0, NAME_CHARS - FAR_END.length)}${FAR_END}`, text });
  }
  return wires;
}

/** A MAC by the names that people have for it: `fm1-mac3`, `ethernet2`, `ethernet@e4000`, its path. */
function findMac(macs: readonly Mac[], name: string, text: string): Mac {
  const found = macs.find((mac) => [mac.name, mac.alias, mac.path, mac.path.split('/').at(-1)].includes(name));
  const usable = macs.filter(({ enabled }) => enabled).map((mac) => mac.name);
  const there = usable.length === 0 ? 'the tree has none' : `there are ${usable.join(', ')}`;
  if (found === undefined) throw new Refusal(2, text, `no Ethernet port is called ${name}`, there);
  if (!found.enabled) throw new Refusal(2, text, `${found.name} is disabled in the tree`, there);
  return found;
}
