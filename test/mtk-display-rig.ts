// A MediaTek display chain without a driver: a tree with the blocks, a hand that writes registers by block and offset,
// and memory for pictures. Offsets and values are those that Linux 6.12 writes.
import { type Duration, s } from '../src/base/clock.js';
import type { Bench } from '../src/bench/bench.js';
import { socWiring } from '../src/bench/soc-plan.js';
import type { EventTarget } from '../src/bus/event.js';
import type { MmioMaster } from '../src/bus/mmio.js';
import type { ChipModel } from '../src/bus/socket.js';
import type { VideoFrame } from '../src/bus/video.js';
import { type MtkDisplaySoc, mtkDisplayChips, mtkDisplayPlan } from '../src/chips/mtk-display/mtk-display.js';
import type { Device } from '../src/core/device.js';
import { platformDriver } from '../src/core/platform-device.js';
import type { BenchParts } from '../src/bench/bench.js';
import type { DtTree } from '../src/dt/tree.js';
import { displayBoard, MAIN_PATHS } from './mtk-display-boards.js';

export { displaySource } from './mtk-display-boards.js';

/** A picture in shared memory. */
export interface Surface {
  readonly iova: number;
  readonly bytes: Uint8Array;
  /** Takes it back from the devices, and frees it. */
  unmap(): void;
  free(): void;
}

/** The chain and the hands on it. */
export interface DisplayRig {
  readonly bench: Bench;
  /** Frames so far, while `capture` is on. */
  readonly frames: VideoFrame[];
  /** Signals that reached the GCE: input and time. */
  readonly pulses: [id: number, t: number][];
  capture(on: boolean): void;
  write(block: string, offset: number, value: number): void;
  /** As a write with a mask through the GCE: read, change, write. */
  change(block: string, offset: number, mask: number, value: number): void;
  read(block: string, offset: number): number;
  path(block: string): string;
  surface(bytes: number): Surface;
}

/** Builds it and powers it on. `make` makes the bench: tests have theirs looked after. */
export async function displayRig(
  soc: MtkDisplaySoc,
  tree: DtTree,
  make: (tree: DtTree, parts: Partial<BenchParts>) => Bench,
  more: Partial<BenchParts> = {},
): Promise<DisplayRig> {
  const plan = socWiring(tree, mtkDisplayPlan(soc));
  const pulses: [number, number][] = [];
  let master: MmioMaster | undefined;
  let dev: Device | undefined;
  const cpu = chipOf('x,cpu', (socket) => {
    socket.mmio({ read32: () => 0, write32: () => undefined });
    master = socket.master();
  });
  const gce = chipOf(`mediatek,${soc}-gce`, (socket) => {
    socket.events({ event: (id) => pulses.push([id, socket.clock.now()]) } satisfies EventTarget);
  });
  const memory = platformDriver({
    name: 'memory',
    compatible: ['x,cpu'],
    probe(found) {
      dev = found;
    },
  });
  const { events, video } = plan;
  const bench = make(tree, { chips: [...mtkDisplayChips, cpu, gce], drivers: [memory], events, video, ...more });
  await bench.powerOn();
  const hand = master as unknown as MmioMaster;
  const at = (block: string): number => (displayBoard(soc)[block] as readonly [string, number, number])[1];
  const frames: VideoFrame[] = [];
  let stop: (() => void) | undefined;
  return {
    bench,
    frames,
    pulses,
    capture(on) {
      stop?.();
      stop = on ? bench.onFrame((frame) => frames.push(frame)) : undefined;
    },
    write: (block, offset, value) => hand.write32(at(block) + offset, value),
    change: (block, offset, mask, value) => {
      const before = hand.read32(at(block) + offset);
      hand.write32(at(block) + offset, (before & ~mask) | (value & mask));
    },
    read: (block, offset) => hand.read32(at(block) + offset),
    path: (block) => plan.node(block)?.path ?? '',
    surface: (bytes) => surfaceOf(dev as Device, bytes),
  };
}

function chipOf(compatible: string, plug: ChipModel['plug']): ChipModel {
  return { name: compatible, compatible: [compatible], plug };
}

function surfaceOf(dev: Device, size: number): Surface {
  const { memory } = dev.core.wires;
  const buffer = memory.alloc(size, 4096);
  const iova = memory.map(dev.path, buffer, 'to-device');
  let open = true;
  const unmap = (): void => {
    if (open) memory.unmap(dev.path, iova, size, 'to-device');
    open = false;
  };
  let freed = false;
  const free = (): void => {
    if (!freed) memory.free(buffer);
    freed = true;
  };
  dev.scope.defer(free);
  dev.scope.defer(unmap);
  return { iova, bytes: buffer.bytes, unmap, free };
}

/** A mode of the output, in lines, and for the horizontal in bytes as DSI counts them. */
export interface RigMode {
  readonly width: number;
  readonly height: number;
  readonly vsync: number;
  readonly backPorch: number;
  readonly frontPorch: number;
}

/** Leads the main path, sizes and enables its blocks; the output stays off. Layers are for the caller. */
export function setUpPath(rig: DisplayRig, soc: MtkDisplaySoc, { width, height }: RigMode): void {
  const { mmsys, sof, mod, path } = MAIN_PATHS[soc];
  for (const [offset, value] of mmsys) rig.write('MMSYS0', offset, value);
  const [sofAddr, modAddr] = soc === 'mt8173' ? [0x30, 0x2c] : [0x2c, 0x30];
  rig.write('MUTEX0', sofAddr, sof);
  rig.write('MUTEX0', modAddr, mod);
  rig.write('MUTEX0', 0x20, 1);
  for (const block of path) setUpBlock(rig, block, width, height);
  if (path[1] === 'OVL_2L0') rig.write('OVL_2L0', 0x24, 1 << 2);
}

/** What to write, by kind of block. */
const SET_UP: Readonly<Record<string, (width: number, height: number) => readonly (readonly [number, number])[]>> = {
  OVL: (w, h) => [
    [0x20, (h << 16) | w],
    [0x28, 0xff000000],
    [0x0c, 1],
  ],
  RDMA: (w, h) => [
    [0x14, w],
    [0x18, h],
    [0x40, 0x82000166],
    [0x10, 1],
  ],
  COLOR: (w, h) => [
    [0xc50, w],
    [0xc54, h],
    [0x400, 0x2080],
    [0xc00, 1],
  ],
  SIZED: (w, h) => [
    [0x30, (w << 16) | h],
    [0x00, 1],
  ],
  UFOE: () => [[0x00, 4]],
  DSC: () => [[0x00, 0x1_0015]],
  MERGE: (w, h) => [
    [0x10, (h << 16) | w],
    [0x14, h << 16],
    [0x20, (h << 16) | w],
    [0x00, 1],
  ],
  OUTPUT: () => [],
};
const KINDS: Readonly<Record<string, string>> = { OVL_2L: 'OVL', DSI: 'OUTPUT', DPI: 'OUTPUT', DP_INTF: 'OUTPUT' };

function setUpBlock(rig: DisplayRig, block: string, width: number, height: number): void {
  const stem = block.slice(0, -1);
  const writes = SET_UP[KINDS[stem] ?? stem] ?? SET_UP['SIZED'];
  for (const [offset, value] of writes?.(width, height) ?? []) rig.write(block, offset, value);
}

/**
 * Programs DPI0 or DP_INTF0 and starts it. A line has twelve pixels more than the picture: with a pixel clock of
 * `width + 12` MHz it takes a microsecond.
 */
export function startDpi(rig: DisplayRig, block: 'DPI0' | 'DP_INTF0', mode: RigMode): void {
  const step = block === 'DPI0' ? 1 : 4;
  rig.write(block, 0x04, 1);
  rig.write(block, 0x20, 4 / step);
  rig.write(block, 0x24, ((4 / step) << 16) | (4 / step));
  rig.write(block, 0x28, mode.vsync);
  rig.write(block, 0x2c, (mode.frontPorch << 16) | mode.backPorch);
  rig.write(block, 0x18, (mode.height << 16) | mode.width);
  rig.write(block, 0x04, 0);
  rig.write(block, 0x00, 1);
}

/**
 * Programs DSI0 for video with event sync, RGB888, four lanes that stay in high speed, and starts it. A line has twelve
 * pixels more than the picture: with a pixel clock of `width + 12` MHz it takes a microsecond.
 */
export function startDsi(rig: DisplayRig, mode: RigMode): void {
  rig.write('DSI0', 0x10, 2);
  rig.write('DSI0', 0x18, (0xf << 2) | (1 << 6));
  rig.write('DSI0', 0x1c, (3 << 16) | (mode.width * 3));
  rig.write('DSI0', 0x20, mode.vsync);
  rig.write('DSI0', 0x24, mode.backPorch);
  rig.write('DSI0', 0x28, mode.frontPorch);
  rig.write('DSI0', 0x2c, mode.height);
  rig.write('DSI0', 0x54, 7);
  rig.write('DSI0', 0x58, (1 << 31) | 7);
  rig.write('DSI0', 0x14, 2);
  rig.write('DSI0', 0x00, 0);
  rig.write('DSI0', 0x00, 1);
}

/** Where a layer lies, and its CON and upper half of PITCH. */
export interface RigLayer {
  readonly iova: number;
  readonly pitch: number;
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
  readonly con?: number;
  readonly pitchHigh?: number;
}

/** CON of an XRGB8888 layer. */
const XRGB8888 = 0x2000;

/** Shows a layer, in Linux's order. */
export function showLayer(rig: DisplayRig, block: string, n: number, layer: RigLayer): void {
  const { iova, pitch, width, height, x = 0, y = 0, con = XRGB8888, pitchHigh = 0 } = layer;
  const at = 0x20 * n;
  rig.write(block, 0x30 + at, con);
  rig.write(block, 0x44 + at, (pitchHigh << 16) | pitch);
  rig.write(block, 0x38 + at, (height << 16) | width);
  rig.write(block, 0x3c + at, (y << 16) | x);
  rig.write(block, 0xf40 + at, iova);
  rig.write(block, 0x40 + at, 0);
  rig.write(block, 0xc0 + at, 1);
  rig.change(block, 0x2c, 1 << n, 1 << n);
}

/** Lets time pass until that many more frames have been captured. */
export async function frames(rig: DisplayRig, count: number, limit: Duration = s(1)): Promise<VideoFrame[]> {
  const from = rig.frames.length;
  await rig.bench.clock.runUntil(() => rig.frames.length >= from + count, limit);
  return rig.frames.slice(from);
}
