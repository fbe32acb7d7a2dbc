// A second, naive reading of OVL and scan-out: everything that was ever written is kept with its time, and each pixel
// of each row is looked up from it on its own. Slow, and not made of the model's code.

/** What one layer's registers say. */
export interface NaiveLayer {
  on: boolean;
  reads: boolean;
  con: number;
  constantAlpha: boolean;
  pitch: number;
  width: number;
  height: number;
  x: number;
  y: number;
  addr: number;
}

/** What a row depends on. */
export interface NaiveState {
  readonly t: number;
  readonly layers: readonly NaiveLayer[];
  readonly background: number;
  readonly memory: Uint8Array;
}

type Colour = readonly [red: number, green: number, blue: number, alpha: number | undefined];

/** Byte places of red, green, blue and alpha, by CLRFMT and BYTE_SWAP. */
const PLACES: Readonly<Record<string, readonly [bytes: number, ...places: number[]]>> = {
  '1 0': [3, 2, 1, 0],
  '1 1': [3, 0, 1, 2],
  '2 0': [4, 2, 1, 0, 3],
  '2 1': [4, 0, 1, 2, 3],
  '3 0': [4, 3, 2, 1, 0],
  '3 1': [4, 1, 2, 3, 0],
};

/** Bytes of a pixel of a format. */
export function naiveBytes(clrfmt: number): number {
  return [2, 3, 4, 4][clrfmt] ?? 0;
}

function fetch(memory: Uint8Array, at: number, clrfmt: number, swap: number): Colour {
  if (clrfmt === 0) {
    const word = (memory[at] as number) + (memory[at + 1] as number) * 256;
    const five = (value: number): number => Math.floor((value * 2 ** 3) % 256) + Math.floor(value / 4);
    const six = (value: number): number => value * 4 + Math.floor(value / 16);
    const [high, low] = [five(Math.floor(word / 2048)), five(word % 32)];
    const green = six(Math.floor(word / 32) % 64);
    return swap === 1 ? [low, green, high, undefined] : [high, green, low, undefined];
  }
  const [, r = 0, g = 0, b = 0, a] = PLACES[`${clrfmt} ${swap}`] as readonly [number, ...number[]];
  const byte = (place: number): number => memory[at + place] as number;
  return [byte(r), byte(g), byte(b), a === undefined ? undefined : byte(a)];
}

const part = (a: number, b: number): number => Math.round((a * b) / 255);

function over(below: Colour, pixel: Colour, { con, constantAlpha }: NaiveLayer): Colour {
  if ((con & 0x100) === 0) return pixel;
  const own = con & 0xff;
  const alpha = constantAlpha || pixel[3] === undefined ? own : part(pixel[3], own);
  const mix = (n: 0 | 1 | 2): number => Math.min(255, part(pixel[n], alpha) + part(below[n], 255 - alpha));
  return [mix(0), mix(1), mix(2), undefined];
}

const BLUE: Colour = [0, 0, 255, undefined];

/** One pixel as the panel gets it. */
function pixelAt(state: NaiveState, base: number, x: number, y: number): Colour {
  const bg = state.background;
  let colour: Colour = [Math.floor(bg / 65_536) % 256, Math.floor(bg / 256) % 256, bg % 256, undefined];
  for (const layer of state.layers) {
    const [column, row] = [x - layer.x, y - layer.y];
    if (!layer.on || column < 0 || column >= layer.width || row < 0 || row >= layer.height) continue;
    if (!layer.reads) {
      colour = BLUE;
      continue;
    }
    const clrfmt = Math.floor(layer.con / 4096) % 16;
    const bytes = naiveBytes(clrfmt);
    const step = (layer.con & 0x200) === 0 ? layer.pitch : -layer.pitch;
    const start = layer.addr - base + row * step;
    const mirrored = (layer.con & 0x400) !== 0;
    // A mirrored row ends with the byte that the address points at.
    const at = mirrored ? start + 1 - (column + 1) * bytes : start + column * bytes;
    colour = over(colour, fetch(state.memory, at, clrfmt, Math.floor(layer.con / 2 ** 24) % 2), layer);
  }
  return colour;
}

/** The frame whose first row went out at `firstRowAt`; `history` is in order of time, a row's own moment counts. */
export function naiveFrame(
  history: readonly NaiveState[],
  base: number,
  { width, height, firstRowAt, lineNs }: { width: number; height: number; firstRowAt: number; lineNs: number },
): number[] {
  const out: number[] = [];
  for (let y = 0; y < height; y++) {
    const moment = firstRowAt + y * lineNs;
    const state = history.findLast(({ t }) => t <= moment) as NaiveState;
    for (let x = 0; x < width; x++) out.push(...pixelAt(state, base, x, y).slice(0, 3).map(Number));
  }
  return out;
}
