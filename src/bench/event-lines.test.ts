import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { ms } from '../base/clock.js';
import type { EventTarget } from '../bus/event.js';
import { FaultPlan } from '../bus/fault-plan.js';
import { parseFaults } from '../bus/fault-text.js';
import type { ChipModel } from '../bus/socket.js';
import type { DtNode } from '../dt/tree.js';

const SOURCE = `/ { #address-cells = <1>; #size-cells = <1>;
  gce: gce@1000 { compatible = "x,gce"; reg = <0x1000 0x100>; };
  mutex@2000 { compatible = "x,mutex"; reg = <0x2000 0x100>; }; };`;

function chip(name: string, plug: ChipModel['plug']): ChipModel {
  return { name, compatible: [`x,${name}`], plug };
}

test('a pulse goes where the board leads it; one that it leads nowhere is only traced', async () => {
  const heard: number[] = [];
  const target: EventTarget = { event: (id) => heard.push(id) };
  const gce = chip('gce', (socket) => socket.events(target));
  const mutex = chip('mutex', (socket) => {
    const [done, loose] = [socket.event('done'), socket.event('loose')];
    socket.clock.after(ms(1), () => done.fire());
    socket.clock.after(ms(2), () => loose.fire());
  });
  const tree = treeOf(SOURCE);
  const bench = benchOf(tree, {
    chips: [mutex, gce],
    events: (node, signal) => {
      const to = tree.byPath('/gce@1000');
      return node.name.startsWith('mutex') && signal === 'done' && to !== undefined ? [{ to, id: 53 }] : [];
    },
  });
  const fired: string[] = [];
  bench.trace.attach((e) => e.kind === 'event_fire' && fired.push(`${e.where} ${e.signal}>${e.to}`));
  await bench.powerOn();
  await bench.run(ms(3));
  expect(heard).toEqual([53]);
  expect(fired).toEqual(['/mutex@2000 done>/gce@1000:53', '/mutex@2000 loose>']);
});

test('a pulse that a fault takes reaches nobody, and the next one does', async () => {
  const heard: number[] = [];
  const gce = chip('gce', (socket) => socket.events({ event: (id) => heard.push(id) }));
  const mutex = chip('mutex', (socket) => {
    const done = socket.event('done');
    for (const at of [1, 2, 3]) socket.clock.after(ms(at), () => done.fire());
  });
  const tree = treeOf(SOURCE);
  const to = tree.byPath('/gce@1000') as DtNode;
  const { points } = parseFaults('event.fire@/mutex@2000:done#2=lost');
  const bench = benchOf(tree, {
    chips: [mutex, gce],
    events: () => [{ to, id: 53 }],
    faults: (trace) => new FaultPlan(points, trace),
  });
  await bench.powerOn();
  await bench.run(ms(3));
  expect({ heard, struck: bench.faults.struck }).toEqual({ heard: [53, 53], struck: 1 });
});
