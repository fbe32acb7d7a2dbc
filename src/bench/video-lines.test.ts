// Pictures between toy blocks: who feeds whom, and what a panel gets when.
import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { us } from '../base/clock.js';
import type { ChipModel } from '../bus/socket.js';
import { NO_SIGNAL, type Pixel, type VideoFrame, type VideoPort } from '../bus/video.js';
import type { Bench } from './bench.js';
import type { VideoRoute } from './video-lines.js';

const SOURCE = `/ { #address-cells = <1>; #size-cells = <1>;
  mux@1000 { compatible = "x,mux"; reg = <0x1000 4>; };
  a@2000 { compatible = "x,a"; reg = <0x2000 4>; };
  b@3000 { compatible = "x,b"; reg = <0x3000 4>; };
  panel@4000 { compatible = "x,panel"; reg = <0x4000 4>; }; };`;

function chip(name: string, plug: ChipModel['plug']): ChipModel {
  return { name, compatible: [`x,${name}`], plug };
}

/** A picture of one colour that can be turned. */
interface Toy {
  readonly bench: Bench;
  readonly frames: VideoFrame[];
  readonly colours: { a: Pixel; b: Pixel };
  panel(): VideoPort;
  /** Opens the way that the panel's first route needs, or shuts it. */
  open(way: boolean): void;
}

async function toy(chips: readonly string[] = ['mux', 'a', 'b', 'panel']): Promise<Toy> {
  const tree = treeOf(SOURCE);
  const at = (path: string) => tree.byPath(path) as NonNullable<ReturnType<typeof tree.byPath>>;
  const routes: readonly VideoRoute[] = [
    { from: at('/a@2000'), through: { at: at('/mux@1000'), way: 'a>panel' } },
    { from: at('/b@3000') },
  ];
  const colours = { a: 0xff11_2233, b: 0xff44_5566 };
  let opened = false;
  let mux: VideoPort | undefined;
  let panel: VideoPort | undefined;
  const source = (name: 'a' | 'b'): ChipModel =>
    chip(name, (socket) => {
      const row = (_y: number, into: Uint32Array): void => void into.fill(colours[name]);
      socket.video().offer({ width: 1, height: 4, demand: () => undefined, row });
    });
  const all = [
    chip('mux', (socket) => {
      mux = socket.video();
      mux.switches({ isOpen: (way) => opened && way === 'a>panel' });
    }),
    source('a'),
    source('b'),
    chip('panel', (socket) => {
      panel = socket.video();
    }),
  ];
  const bench = benchOf(tree, {
    chips: all.filter(({ name }) => chips.includes(name)),
    video: (node) => (node.name.startsWith('panel') ? routes : []),
  });
  await bench.powerOn();
  const frames: VideoFrame[] = [];
  bench.onFrame((frame) => frames.push(frame));
  const open = (way: boolean): void => {
    opened = way;
    mux?.switched();
  };
  return { bench, frames, colours, panel: () => panel as VideoPort, open };
}

const TIMING = { width: 1, height: 4, lineNs: 1000 };
const begin = ({ bench, panel }: Toy): void => panel().begin({ ...TIMING, firstRowAt: bench.clock.now() + us(1) });
const rows = (frame: VideoFrame | undefined): string[] =>
  Array.from({ length: frame?.height ?? 0 }, (_, y) =>
    Buffer.from(frame?.rgb.subarray(y * 3, y * 3 + 3) ?? []).toString('hex'),
  );

test('the first route that is open feeds a block', async () => {
  const rig = await toy();
  const fed = (): string => {
    const line = new Uint32Array(1);
    rig.panel().input?.row(0, line);
    return (line[0] as number).toString(16);
  };
  const shut = fed();
  rig.open(true);
  const opened = fed();
  rig.open(false);
  expect([shut, opened, fed()]).toEqual(['ff445566', 'ff112233', 'ff445566']);
});

test('switches that nobody has plugged in are open, and a block that is not there feeds nobody', async () => {
  const line = new Uint32Array(1);
  const noMux = await toy(['a', 'b', 'panel']);
  noMux.panel().input?.row(0, line);
  expect(line[0]).toBe(0xff11_2233);
  const nobody = await toy(['mux', 'panel']);
  expect(nobody.panel().input).toBeUndefined();
});

test('each row is what was there when it began to go out: colours and ways', async () => {
  const rig = await toy();
  begin(rig);
  await rig.bench.run(us(1.5));
  rig.colours.b = 0xff00_00aa;
  await rig.bench.run(us(1));
  rig.open(true);
  await rig.bench.run(us(2.5));
  rig.panel().end();
  expect(rig.frames.map(rows)).toEqual([['445566', '0000aa', '112233', '112233']]);
});

test('a change in the very moment at which a row begins is before it', async () => {
  const rig = await toy();
  begin(rig);
  rig.bench.clock.after(us(2), () => {
    rig.colours.b = 0xff00_00aa;
  });
  await rig.bench.run(us(5));
  rig.panel().end();
  expect(rig.frames.map(rows)).toEqual([['445566', '0000aa', '0000aa', '0000aa']]);
});

test('a panel that nothing is led to gets blue', async () => {
  const rig = await toy(['mux', 'panel']);
  begin(rig);
  await rig.bench.run(us(5));
  rig.panel().end();
  const blue = (NO_SIGNAL & 0xff_ffff).toString(16).padStart(6, '0');
  expect(rig.frames.map(rows)).toEqual([[blue, blue, blue, blue]]);
});

test('a frame that is aborted is seen by nobody, and counts', async () => {
  const rig = await toy();
  begin(rig);
  await rig.bench.run(us(3));
  rig.panel().abort();
  begin(rig);
  await rig.bench.run(us(5));
  rig.panel().end();
  const { number, start, end, from, width, height } = rig.frames[0] as VideoFrame;
  expect([rig.frames.length, number, start, end, from, width, height]).toEqual([1, 1, 3000, 8000, '/panel@4000', 1, 4]);
});

test('a frame that is larger than any panel is shown to nobody', async () => {
  const rig = await toy();
  rig.panel().begin({ width: 32_767, height: 32_767, firstRowAt: 0, lineNs: 1 });
  await rig.bench.run(us(100));
  rig.panel().end();
  expect(rig.frames).toEqual([]);
});

test('several listeners get the same frame; one that stops in the middle gets no more', async () => {
  const rig = await toy();
  const second: number[] = [];
  const stop = rig.bench.onFrame(({ number }) => {
    second.push(number);
    stop();
  });
  for (let i = 0; i < 2; i++) {
    begin(rig);
    await rig.bench.run(us(5));
    rig.panel().end();
  }
  expect([rig.frames.map(({ number }) => number), second]).toEqual([[0, 1], [0]]);
});
