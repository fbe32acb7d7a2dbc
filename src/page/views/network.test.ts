import { expect, test } from 'vitest';
import { ms, s } from '../../base/clock.js';
import { labTree, treeOf } from '../../../test/lab.js';
import { traceOf, type Watched, watched } from '../../../test/page-watch.js';
import { FORMAT, frameDescriptor, tableEntries } from '../../review/dpaa/formats.js';
import { VIEWS } from '../views.js';
import type { NetworkState, PortCounters } from './network.js';
import { packFrames, unpackFrames, type ViewFrame } from './network-frames.js';
import { RateWindow } from './rate-window.js';

const framesOf = ({ frames }: Watched<NetworkState>): ViewFrame[] =>
  frames.flatMap((frame) => (frame.what === 'rows' ? unpackFrames(frame.bytes) : []));

/** Until the link is up. */
const UP = s(2);

test('interfaces that rest: down, without cable, all buffers in their pools', async () => {
  const board = await watched<NetworkState>(labTree(), 'network');
  const state = await board.pass(ms(20));
  expect(state.ports.map(({ name, state: is, mtu, link, cable }) => [name, is, mtu, link, cable])).toEqual([
    ['fm1-mac1', 'down', 1500, '', ''],
    ['fm1-mac2', 'down', 1500, '', ''],
  ]);
  // The driver fills each CPU's share with 128 buffers (patch: FSL_DPAA_ETH_MAX_BUF_COUNT).
  expect(state.buffers.ports).toEqual([
    { port: 'fm1-mac1', bpid: 0, inPool: 128, out: 0, account: 128, sending: 0 },
    { port: 'fm1-mac2', bpid: 1, inPool: 128, out: 0, account: 128, sending: 0 },
  ]);
  // As the interface's file `fqids` has them, with the 128 queues of the hash.
  expect(state.queues.filter(({ port }) => port === 'fm1-mac1').map(({ kind, count }) => `${kind} ${count}`)).toEqual([
    ...['Rx error 1', 'Rx default 1', 'Rx PCD 128', 'Tx confirmation (mq) 1', 'Tx error 1'],
    ...['Tx default confirmation 1', 'Tx 1'],
  ]);
});

test('while frames go there are rates, queues that pass them, and the frames themselves', async () => {
  const board = await watched<NetworkState>(labTree(), 'network');
  board.player.act('start frames rate=500 size=600');
  await board.pass(UP);
  board.frames.length = 0;
  const state = await board.pass(s(1));
  const [from, to] = state.ports;
  expect(from).toMatchObject({ state: 'up', link: '1000 Mbit/s, full duplex', cable: 'fm1-mac2' });
  // 500 frames a second of 600 bytes, within one state's time.
  expect(from?.rates.txPackets).toBeGreaterThan(480);
  expect(from?.rates.txPackets).toBeLessThan(520);
  expect(to?.rates.rxBytes).toBeGreaterThan(480 * 600);
  const sent = from?.stats.txPackets ?? 0;
  const passed = (port: string, kind: RegExp): number =>
    state.queues.reduce((sum, one) => sum + (one.port === port && kind.test(one.kind) ? one.passed : 0), 0);
  expect(passed('fm1-mac1', /^Tx$/)).toBe(sent);
  expect(passed('fm1-mac1', /confirmation/)).toBe(sent);
  expect(passed('fm1-mac2', /^Rx/)).toBe(to?.stats.rxPackets);
  expect(state.frames).toMatchObject({ is: 'sends', rate: 500, size: '600' });
  const frames = framesOf(board);
  expect(frames.map(({ bytes }) => bytes.length).every((length) => length === 600)).toBe(true);
  const out = frames.filter(({ way }) => way === 'out');
  expect(
    out.every(({ port, descriptor }) => port === 0 && frameDescriptor(descriptor as Uint8Array).length === 600),
  ).toBe(true);
  const cut = out.find(({ descriptor }) => frameDescriptor(descriptor as Uint8Array).format === FORMAT.SG);
  const entries = tableEntries(cut?.table ?? new Uint8Array(0));
  expect(entries.reduce((sum, { length }) => sum + length, 0)).toBe(600);
});

test('no more frames are told than can be looked at', async () => {
  const board = await watched<NetworkState>(labTree(), 'network');
  board.player.act('start frames rate=3000 size=64');
  await board.pass(UP);
  board.frames.length = 0;
  const before = (await board.pass(ms(16))).passed;
  const state = await board.pass(ms(500));
  // Each is seen twice: as it leaves, and as it comes.
  expect(state.passed - before).toBeGreaterThan(2000);
  const rows = board.frames.filter(({ what }) => what === 'rows');
  expect(rows.length).toBeLessThan(8);
  for (const frame of rows) if (frame.what === 'rows') expect(unpackFrames(frame.bytes).length).toBeLessThan(128);
});

test('counters of the driver, of the MAC and of FMan agree', async () => {
  const board = await watched<NetworkState>(labTree(), 'network');
  board.player.act('start frames rate=100');
  await board.pass(UP + ms(5));
  const counters = VIEWS.network.ask?.(board.parts, { counters: 'fm1-mac1' }) as PortCounters;
  const of = (list: PortCounters['driver'], name: string): number | undefined =>
    list.find((one) => one.name === name)?.value;
  const sent = of(counters.driver, 'tx packets [TOTAL]');
  expect(sent).toBeGreaterThan(50);
  expect(of(counters.driver, 'tx confirm [TOTAL]')).toBe(sent);
  expect(of(counters.mac, 'tpkt')).toBe(sent);
  expect(of(counters.fman, 'TFRC')).toBe(sent);
  expect(() => VIEWS.network.ask?.(board.parts, { counters: 'eth9' })).toThrow('no such interface');
});

test('a machine without interfaces says so', async () => {
  const board = await watched<NetworkState>(treeOf('/ { };'), 'network');
  expect(await board.pass(ms(20))).toMatchObject({ hindrance: 'no driver has made an Ethernet interface', ports: [] });
});

test('who looks changes nothing: the traces are equal', async () => {
  const actions = ['start frames both=1 rate=200', 'link fm1-mac1=down', 'link fm1-mac1=up', 'stop frames'];
  const seen = await traceOf(labTree(), actions, s(1), 'network');
  expect(seen === (await traceOf(labTree(), actions, s(1)))).toBe(true);
});

test('frames come out of their bytes as they went in; what is cut off is left out', () => {
  const frames: ViewFrame[] = [
    {
      ...{
        number: 7,
        t: 1_234_567_890_123,
        port: 3,
        way: 'in',
        bytes: Uint8Array.of(1, 2, 3),
        comment: 'damaged: fcs',
      },
      ...{ descriptor: new Uint8Array(16).fill(5), table: new Uint8Array(256).fill(6) },
    },
    {
      ...{ number: 8, t: 0, port: 0, way: 'out', bytes: new Uint8Array(9600).fill(9), comment: '' },
      ...{ descriptor: undefined, table: undefined },
    },
  ];
  const bytes = packFrames(frames);
  expect(unpackFrames(bytes)).toEqual(frames);
  expect(unpackFrames(bytes.subarray(0, bytes.length - 1))).toEqual(frames.slice(0, 1));
});

test('a rate is that of the last second', () => {
  const window = new RateWindow(1);
  const at = (seconds: number, value: number): number => window.rates(s(seconds), [value])[0] as number;
  expect(at(0, 0)).toBe(0);
  expect(at(0.5, 50)).toBe(100);
  expect(at(1, 100)).toBe(100);
  expect(at(1.5, 100)).toBe(50);
  expect(at(3, 100)).toBe(0);
  expect(at(4, 30)).toBe(0); // it began anew
});
