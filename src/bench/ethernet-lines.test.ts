import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import type { EthernetLink, EthernetPort } from '../bus/ethernet.js';
import { FaultPlan } from '../bus/fault-plan.js';
import { parseFaults } from '../bus/fault-text.js';
import type { Bench } from './bench.js';

const SOURCE = `/ { #address-cells = <1>; #size-cells = <1>;
  mac@1000 { compatible = "x,mac"; reg = <0x1000 0x100>; phy-handle = <&phy>; };
  mac@2000 { compatible = "x,mac"; reg = <0x2000 0x100>; fixed-link { speed = <100>; full-duplex; }; };
  mdio@3000 { #address-cells = <1>; #size-cells = <0>; phy: ethernet-phy@4 { reg = <4>; }; }; };`;
const ONE = '/mac@1000';
const TWO = '/mac@2000';
const GIGABIT: EthernetLink = { speed: 1000, fullDuplex: true };

interface Machine {
  readonly bench: Bench;
  readonly ports: Map<string, EthernetPort>;
  /** What each MAC heard: first byte of the frame, and what was wrong with it. */
  readonly heard: string[];
  readonly traced: string[];
}

async function machine(faults = ''): Promise<Machine> {
  const ports = new Map<string, EthernetPort>();
  const heard: string[] = [];
  const traced: string[] = [];
  const { points } = parseFaults(faults);
  const bench = benchOf(treeOf(SOURCE), {
    faults: (trace) => new FaultPlan(points, trace),
    chips: [
      {
        name: 'mac',
        compatible: ['x,mac'],
        plug(socket) {
          const port = socket.ethernet();
          ports.set(socket.name, port);
          port.receive((frame, damage) => heard.push(`${socket.name} ${frame[0]}${damage?.fcs ? ' bad' : ''}`));
          port.onLink((link) => heard.push(`${socket.name} ${link?.speed ?? 'down'}`));
        },
      },
    ],
  });
  bench.trace.attach((e) => {
    if (e.kind === 'ethernet_frame') traced.push(`${e.where} ${e.direction} ${e.length} ${e.state}`);
  });
  await bench.powerOn();
  return { bench, ports, heard, traced };
}

const frame = (first: number): Uint8Array => new Uint8Array(60).fill(first);
const port = (m: Machine, path: string): EthernetPort => m.ports.get(path) as EthernetPort;

test('frames go both ways while something is plugged in, and nowhere before', async () => {
  const m = await machine();
  const peer = m.bench.ethernet(ONE);
  const out: number[] = [];
  const stop = peer.listen((bytes) => out.push(bytes[0] as number));
  port(m, ONE).send(frame(1));
  peer.send(frame(2));
  peer.plug(GIGABIT);
  port(m, ONE).send(frame(3));
  peer.send(frame(4));
  peer.send(frame(5), { fcs: true });
  stop();
  port(m, ONE).send(frame(6));
  expect(out).toEqual([3]);
  expect(m.heard).toEqual([`${ONE} 1000`, `${ONE} 4`, `${ONE} 5 bad`]);
  expect(m.traced.slice(0, 3)).toEqual([`${ONE} out 60 no link`, `${ONE} in 60 no link`, `${ONE} out 60 `]);
});

test('a whole frame from the network has 60 bytes at least, a damaged one what it has', async () => {
  const m = await machine();
  m.bench.ethernet(ONE).plug(GIGABIT);
  m.bench.ethernet(ONE).send(new Uint8Array(42));
  m.bench.ethernet(ONE).send(new Uint8Array(42), { code: true });
  expect(m.traced).toEqual([`${ONE} in 60 `, `${ONE} in 42 damaged`]);
});

test('a fixed link is up from the start', async () => {
  const m = await machine();
  expect(port(m, TWO).link).toEqual({ speed: 100, fullDuplex: true });
  expect(port(m, ONE).link).toBeUndefined();
});

test('a port knows where the tree has its PHY', async () => {
  const m = await machine();
  expect([port(m, ONE).phy, port(m, TWO).phy]).toEqual([{ bus: '/mdio@3000', addr: 4 }, undefined]);
});

test('a cable between two MACs has one state, and what goes in comes out', async () => {
  const m = await machine();
  const pull = m.bench.connectEthernet(ONE, TWO);
  const seen: string[] = [];
  m.bench.onEthernet((mac, direction, bytes) => seen.push(`${mac} ${direction} ${bytes[0]}`));
  port(m, ONE).send(frame(1));
  port(m, TWO).send(frame(2));
  m.bench.ethernet(TWO).plug({ speed: 10, fullDuplex: false });
  pull();
  port(m, ONE).send(frame(3));
  expect(m.heard).toEqual([
    `${ONE} 1000`,
    `${TWO} 1000`,
    `${TWO} 1`,
    `${ONE} 2`,
    `${TWO} 10`,
    `${ONE} 10`,
    `${ONE} down`,
    `${TWO} down`,
  ]);
  expect(seen).toEqual([`${ONE} out 1`, `${TWO} in 1`, `${TWO} out 2`, `${ONE} in 2`]);
});

test('a frame may be lost, damaged or doubled, once on its cable', async () => {
  const m = await machine(
    'ethernet.frame@out#1=lost,ethernet.frame@/mac@1000#2=damaged,ethernet.frame@/mac@1000:out#3=doubled',
  );
  m.bench.connectEthernet(ONE, TWO);
  for (const first of [1, 2, 3, 4]) port(m, ONE).send(frame(first));
  expect(m.heard.slice(2)).toEqual([`${TWO} 2 bad`, `${TWO} 3`, `${TWO} 3`, `${TWO} 4`]);
  expect(m.bench.faults.struck).toBe(3);
});

test('a MAC that is not there is refused with those that are', async () => {
  const m = await machine();
  expect(() => m.bench.ethernet('/mac')).toThrow(`no Ethernet at /mac; there is ${ONE}, ${TWO}`);
});
