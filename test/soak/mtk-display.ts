// Layers that are moved, painted, switched and blended by chance while frames go out, against a naive reading that
// looks up each pixel in the history of everything.
import { us } from '../../src/base/clock.js';
import { Random } from '../../src/base/random.js';
import { Bench, type BenchParts } from '../../src/bench/bench.js';
import type { DtTree } from '../../src/dt/tree.js';
import { settle } from '../../src/host/settle.js';
import { treeOf } from '../lab.js';
import { naiveBytes, naiveFrame, type NaiveLayer, type NaiveState } from '../mtk-display-naive.js';
import { displayRig, displaySource, type DisplayRig, setUpPath, startDsi, type Surface } from '../mtk-display-rig.js';
import type { Scenario } from '../soak.js';

const WIDTH = 9;
const HEIGHT = 7;
const MODE = { width: WIDTH, height: HEIGHT, vsync: 2, backPorch: 3, frontPorch: 4 };
const LINE_NS = 1000;
const FRAME_NS = (2 + 3 + HEIGHT + 4) * LINE_NS;
const FRAMES = 4;
/** Layers may begin a row before and end a row behind their picture's middle: nothing of them is outside of this. */
const MEMORY = 4096;
const TREE = treeOf(displaySource('mt8173'));

/** Each frame is what the naive reading says, byte for byte. */
export const scenarios: readonly Scenario[] = [{ name: 'mtk-display', total: 1000, run }];

/** One machine for some frames. */
export async function run(seed: string): Promise<void> {
  const random = new Random(seed);
  const make = (tree: DtTree, parts: Partial<BenchParts>): Bench =>
    new Bench({ drivers: [], chips: [], settle, ...parts, tree });
  const rig = await displayRig('mt8173', TREE, make);
  rig.bench.setKnob(rig.path('DSI0'), 'pixelClockKhz', (WIDTH + 12) * 1000);
  setUpPath(rig, 'mt8173', MODE);
  const hand = new Hand(rig, random);
  rig.capture(true);
  startDsi(rig, MODE);
  for (;;) {
    await rig.bench.run(random.chance(0.5) ? random.below(us(4)) : random.below(5) * LINE_NS);
    if (rig.bench.clock.now() >= FRAMES * FRAME_NS) break;
    for (let n = random.below(4); n > 0; n--) hand.change();
  }
  for (const { number, rgb } of rig.frames) {
    const firstRowAt = number * FRAME_NS + 5 * LINE_NS;
    const wanted = naiveFrame(hand.history, hand.base, { width: WIDTH, height: HEIGHT, firstRowAt, lineNs: LINE_NS });
    const at = wanted.findIndex((byte, i) => byte !== rgb[i]);
    const place = `frame ${number}, row ${Math.floor(at / 3 / WIDTH)}, column ${Math.floor(at / 3) % WIDTH}`;
    if (at >= 0) throw new Error(`${place}: ${wanted[at]} wanted, ${rgb[at]} shown`);
  }
  if (rig.frames.length < FRAMES - 1) throw new Error(`${rig.frames.length} frames`);
  if (rig.bench.dmaFindings.length > 0) throw new Error(rig.bench.dmaFindings[0]?.text ?? '');
  rig.write('DSI0', 0x10, 1);
  const left = await rig.bench.powerOff();
  if (left.length > 0) throw new Error(left.join('; '));
}

/** Writes registers and paints, and keeps what the naive reading needs. */
class Hand {
  readonly history: NaiveState[] = [];
  readonly base: number;
  readonly #rig: DisplayRig;
  readonly #random: Random;
  readonly #surface: Surface;
  readonly #layers: NaiveLayer[];
  #background = 0xff00_0000;

  constructor(rig: DisplayRig, random: Random) {
    this.#rig = rig;
    this.#random = random;
    this.#surface = rig.surface(MEMORY);
    this.base = this.#surface.iova;
    this.#surface.bytes.set(random.bytes(MEMORY));
    const off = { on: false, reads: false, con: 0, constantAlpha: false, pitch: 0, width: 0, height: 0 };
    this.#layers = Array.from({ length: 4 }, () => ({ ...off, x: 0, y: 0, addr: 0 }));
    for (let n = 0; n < 4; n++) this.#place(n);
    this.#keep();
  }

  /** Something, at this moment. */
  change(): void {
    const random = this.#random;
    const n = random.below(4);
    const layer = this.#layers[n] as NaiveLayer;
    switch (random.below(7)) {
      case 0:
        layer.on = !layer.on;
        this.#rig.change('OVL0', 0x2c, 1 << n, layer.on ? 1 << n : 0);
        break;
      case 1:
        layer.reads = random.chance(0.9);
        this.#rig.write('OVL0', 0xc0 + 0x20 * n, layer.reads ? 1 : 0);
        break;
      case 2:
        [layer.x, layer.y] = [random.below(WIDTH + 2), random.below(HEIGHT + 2)];
        this.#rig.write('OVL0', 0x3c + 0x20 * n, layer.y * 65_536 + layer.x);
        break;
      case 3:
        this.#background = 0xff00_0000 + random.below(0x100_0000);
        this.#rig.write('OVL0', 0x28, this.#background);
        break;
      case 4:
        this.#surface.bytes.set(random.bytes(200), random.below(MEMORY - 200));
        break;
      default:
        this.#place(n);
    }
    this.#keep();
  }

  /** Format, size and address of a layer anew, all within the memory whichever way it is read. */
  #place(n: number): void {
    const random = this.#random;
    const layer = this.#layers[n] as NaiveLayer;
    const clrfmt = random.below(4);
    layer.con = random.below(2) * 2 ** 24 + clrfmt * 4096 + random.below(8) * 256 + random.below(256);
    layer.constantAlpha = random.chance(0.2);
    layer.width = random.below(WIDTH + 3);
    layer.height = random.below(HEIGHT + 3);
    layer.pitch = layer.width * naiveBytes(clrfmt) + random.below(9);
    layer.addr = this.base + MEMORY / 2 + random.below(64);
    const at = 0x20 * n;
    this.#rig.write('OVL0', 0x30 + at, layer.con);
    this.#rig.write('OVL0', 0x44 + at, (layer.constantAlpha ? 0x1000_0000 : 0) + layer.pitch);
    this.#rig.write('OVL0', 0x38 + at, layer.height * 65_536 + layer.width);
    this.#rig.write('OVL0', 0xf40 + at, layer.addr);
  }

  #keep(): void {
    this.history.push({
      t: this.#rig.bench.clock.now(),
      layers: this.#layers.map((layer) => ({ ...layer })),
      background: this.#background,
      memory: this.#surface.bytes.slice(),
    });
  }
}
