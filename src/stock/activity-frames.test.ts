import { expect, test } from 'vitest';
import { ms, s } from '../base/clock.js';
import { FORMAT, frameDescriptor } from '../review/dpaa/formats.js';
import { labTree, treeOf } from '../../test/lab.js';
import { type StockBoard, stockBoard } from '../../test/stock-board.js';
import type { FramesState } from './activity-frames.js';
import { testFrame, testFrameNumber } from './test-frames.js';

const stateOf = ({ player }: StockBoard): FramesState => player.running.get('frames')?.state as FramesState;

/** The link comes up within two seconds. */
const UP = s(2);

test('frames of all lengths go, contiguous and in pieces, and all of them arrive', async () => {
  const board = await stockBoard(labTree());
  const { bench, player } = board;
  const lengths = new Set<number>();
  const formats = { [FORMAT.CONTIG]: 0, [FORMAT.SG]: 0 } as Record<number, number>;
  bench.onEthernet((_mac, way, { length }) => void (way === 'out' && lengths.add(length)));
  bench.onDpaa((_block, kind, _fqid, bytes) => {
    const { format } = frameDescriptor(bytes);
    if (kind === 'dequeue') formats[format] = (formats[format] ?? 0) + 1;
  });
  player.act('start frames');
  await bench.run(UP);
  expect(stateOf(board)).toMatchObject({ is: 'sends', rate: 1000, size: '60..1514', error: undefined });
  await bench.run(s(1));
  const [way] = stateOf(board).ways;
  const { sent = 0 } = way ?? {};
  expect(sent).toBeGreaterThan(1000);
  expect(way).toEqual({ from: 'fm1-mac1', to: 'fm1-mac2', sent, unsent: 0, received: sent, missing: 0 });
  expect(Math.min(...lengths)).toBeLessThan(70);
  expect(Math.max(...lengths)).toBeGreaterThan(1504);
  expect(formats[FORMAT.CONTIG]).toBeGreaterThan(200);
  expect(formats[FORMAT.SG]).toBeGreaterThan(200);
});

test('both ways, at the rate and of the length that was wished', async () => {
  const board = await stockBoard(labTree());
  const { bench, player } = board;
  player.act('start frames from=fm1-mac2 to=ethernet0 rate=100 size=64 both=1');
  await bench.run(UP);
  const before = stateOf(board).ways.map(({ sent }) => sent);
  await bench.run(s(1));
  const after = stateOf(board).ways;
  expect(after.map(({ from, to }) => `${from} ${to}`)).toEqual(['fm1-mac2 fm1-mac1', 'fm1-mac1 fm1-mac2']);
  expect(after.map(({ sent }, index) => sent - (before[index] ?? 0))).toEqual([100, 100]);
  expect(after.every(({ sent, received, missing }) => received === sent && missing === 0)).toBe(true);
});

test('when it is stopped the interfaces are down, the cable is gone, and no memory is held', async () => {
  const board = await stockBoard(labTree());
  const { bench, player } = board;
  player.act('start frames rate=5000');
  await bench.run(UP);
  player.act('stop frames');
  await bench.run(s(1));
  expect(bench.ethernetWires).toMatchObject([
    { link: undefined, other: undefined },
    { link: undefined, other: undefined },
  ]);
  // What is left are buffers of the pools, which are mapped both ways.
  expect(bench.dmaMappings.filter(({ dev, dir }) => /port|fman|ethernet/.test(dev) && dir !== 'bidirectional')).toEqual(
    [],
  );
  player.act('start frames');
  player.act('stop frames');
  player.act('start frames');
  await bench.run(s(3));
  expect(stateOf(board).is).toBe('sends');
});

test('the power may go at any time', async () => {
  for (const wait of [0, ms(1), s(1), UP + ms(3)]) {
    const { bench, player } = await stockBoard(labTree());
    player.act('start frames rate=3000 both=1');
    await bench.run(wait);
    expect(await bench.powerOff()).toEqual([]);
  }
});

test('a cable that is there stays; one that leads elsewhere is not taken', async () => {
  const board = await stockBoard(labTree());
  const { bench, player } = board;
  const [one, other] = bench.ethernetWires.map(({ mac }) => mac) as [string, string];
  bench.connectEthernet(one, other);
  player.act('start frames');
  await bench.run(UP);
  player.act('stop frames');
  await bench.run(s(1));
  expect(bench.ethernetWires.map((wire) => wire.other)).toEqual([other, one]);
});

test('a frame that is lost on the cable is missing at the other end', async () => {
  const board = await stockBoard(labTree());
  const { bench, player } = board;
  player.act('start frames rate=100');
  await bench.run(UP);
  player.act('fault ethernet.frame@out#3=lost');
  await bench.run(s(1));
  const [way] = stateOf(board).ways;
  expect(way).toMatchObject({ missing: 1, received: (way?.sent ?? 0) - 1 });
});

test.each([
  ['start frames from=fm1-mac1 to=fm1-mac1', 'these are the same port'],
  ['start frames from=eth7', 'no Ethernet port is called "eth7"'],
  ['start frames size=10..20', 'write from 60 to 1514'],
  ['start frames size=100..70', 'write from 60 to 1514'],
  ['start frames rate=0', 'write one from 1 to 10000'],
  ['start frames speed=7', 'there are 10, 100, 1000, 2500, 10000'],
])('%s is refused', async (action, words) => {
  const { player } = await stockBoard(labTree());
  expect(() => player.act(action)).toThrow(words);
});

test('a machine without ports says so', async () => {
  const { player } = await stockBoard(treeOf('/ { };'));
  const offer = player.offers.find(({ name }) => name === 'frames');
  expect(offer?.hindrance).toBe('no driver has made an Ethernet interface');
});

test('a frame has the header and the sums of RFC 791, 768 and 792', () => {
  const ends = {
    from: Uint8Array.of(2, 0, 0, 0, 0, 1),
    to: Uint8Array.of(2, 0, 0, 0, 0, 2),
    fromHost: 1,
    toHost: 2,
  };
  for (const number of [0, 7, 70_000]) {
    for (const length of [60, 61, 1514]) {
      const frame = testFrame(ends, number, length);
      expect(testFrameNumber(frame)).toBe(number);
      // A sum over a header that has its own sum in it is all ones.
      expect(plainSum(frame.subarray(14, 34))).toBe(0xffff);
      const l4 = frame.subarray(34);
      const pseudo = [...frame.subarray(26, 34), 0, 17, l4.length >> 8, l4.length & 0xff];
      const isUdp = frame[23] === 17;
      expect(isUdp).toBe(number !== 7);
      expect(plainSum(isUdp ? Uint8Array.from([...pseudo, ...l4]) : l4)).toBe(0xffff);
    }
  }
});

function plainSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += (bytes[i] as number) * 256 + (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

test('the cable can be pulled and plugged in again: nothing goes while it is out', async () => {
  const board = await stockBoard(labTree());
  const { bench, player } = board;
  player.act('start frames rate=100');
  await bench.run(UP);
  player.act('link fm1-mac2=down');
  await bench.run(s(3));
  const [down] = stateOf(board).ways;
  expect(down?.unsent).toBeGreaterThan(90);
  player.act('link fm1-mac1=100');
  await bench.run(s(3));
  expect(bench.ethernetWires.map(({ link }) => link?.speed)).toEqual([100, 100]);
  expect(stateOf(board).ways[0]?.sent).toBeGreaterThan((down?.sent ?? 0) + 50);
  expect(() => player.act('link fm1-mac1=fast')).toThrow('write PORT=up, PORT=down or PORT=10|100|1000|2500|10000');
});

test('the driver of a port may go while frames go: they end, and can be started anew with the next', async () => {
  const board = await stockBoard(labTree());
  const { bench, player } = board;
  player.act('start frames rate=500');
  await bench.run(UP);
  player.act(`rebind ${bench.ethernetWires[0]?.mac}`);
  await bench.run(s(1));
  expect(stateOf(board).is).toBe('is stopped');
  player.act('stop frames');
  player.act('start frames rate=500');
  await bench.run(UP);
  expect(stateOf(board)).toMatchObject({ is: 'sends', error: undefined });
});
