// One layer of an OVL: what its registers say, and how its pixels come onto a row.
import { hexNumber } from '../../base/bytes.js';
import { NO_MEMORY, NO_SIGNAL, type Pixel } from '../../bus/video.js';
import type { RegisterFile } from '../register-file.js';
import { layerRegs, R } from './ovl-regs.js';
import type { PictureMemory } from './picture-memory.js';
import { type PixelFormat, plainFormat, premultipliedFormat } from './pixel-format.js';

/** Where a layer lies on the picture and in memory. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly addr: number;
  /** From a row to the next below; negative for a picture that stands on its head. */
  readonly pitch: number;
  readonly mirrored: boolean;
  /** Undefined for what the model cannot read. */
  readonly format: PixelFormat | undefined;
  readonly blends: boolean;
  readonly usesPixelAlpha: boolean;
  /** 0 to 255. */
  readonly alpha: number;
}

const OPAQUE = 255;
const OPAQUE_PIXEL = 0xff00_0000;

/** A layer and its reader. */
export class Layer {
  readonly #n: 0 | 1 | 2 | 3;
  readonly #regs: RegisterFile;
  readonly #memory: PictureMemory;
  /** True for OVLs that have CLRFMT_MAN: since MT8192. */
  readonly #hasMan: boolean;
  #place: Place | undefined;
  #scratch = new Uint32Array(0);

  constructor(n: 0 | 1 | 2 | 3, regs: RegisterFile, memory: PictureMemory, hasMan: boolean) {
    this.#n = n;
    this.#regs = regs;
    this.#memory = memory;
    this.#hasMan = hasMan;
  }

  /** The registers may have changed. */
  changed(): void {
    this.#place = undefined;
    this.#memory.renew();
  }

  /** A frame begins. */
  renew(): void {
    this.#memory.renew();
  }

  get enabled(): boolean {
    return ((this.#regs.peek(R.SRC_CON, 'LAYER_EN') >> this.#n) & 1) === 1;
  }

  /** Touches the first row and the last: what the layer may not read is found out although nobody looks. */
  probe(): void {
    const { addr, pitch, width, height, format } = this.#at();
    if (format === undefined || width === 0 || height === 0) return;
    const length = width * format.bytes;
    this.#memory.probe(this.#from(addr, length), length);
    this.#memory.probe(this.#from(addr + (height - 1) * pitch, length), length);
  }

  /** Puts the layer's part of row `y` on what is there, at most as wide as the picture. */
  draw(y: number, limit: number, into: Uint32Array): void {
    const place = this.#at();
    const line = y - place.y;
    const count = Math.min(place.width, limit - place.x);
    if (line < 0 || line >= place.height || count <= 0) return;
    const { format, addr, pitch, width } = place;
    if (format === undefined) return fill(into, place.x, count, NO_SIGNAL);
    const length = width * format.bytes;
    const bytes = this.#memory.row(this.#from(addr + line * pitch, length), length);
    if (bytes === undefined) return fill(into, place.x, count, NO_MEMORY);
    if (!place.mirrored && !place.blends) return format.read(bytes, 0, count, into, place.x);
    if (this.#scratch.length < width) this.#scratch = new Uint32Array(width);
    format.read(bytes, 0, width, this.#scratch, 0);
    if (place.mirrored) this.#scratch.subarray(0, width).reverse();
    if (place.blends) blend(this.#scratch, count, into, place.x, place, format.premultiplied);
    else into.set(this.#scratch.subarray(0, count), place.x);
  }

  /** For a person. */
  get name(): string {
    return `layer ${this.#n}`;
  }

  /** What it shows. */
  words(): string {
    const { x, y, width, height, addr, pitch, mirrored, format, blends, alpha } = this.#at();
    const where = `${width}x${height} at ${x},${y}`;
    if (format === undefined) return `${where}: blue, as its reader is off or its format is not modelled`;
    const ways = [mirrored ? ', mirrored' : '', pitch < 0 ? ', upside down' : '', blends ? `, alpha ${alpha}` : ''];
    return `${where}: ${format.name} from ${hexNumber(addr)}, ${Math.abs(pitch)} bytes a row${ways.join('')}`;
  }

  /** A mirrored row is read back from its last byte, which is where the address points. */
  #from(iova: number, length: number): number {
    return this.#at().mirrored ? iova - length + 1 : iova;
  }

  #at(): Place {
    this.#place ??= this.#decode();
    return this.#place;
  }

  #decode(): Place {
    const regs = this.#regs;
    const { con, size, offset, msb, pitch, addr, rdma } = layerRegs(this.#n);
    const format = regs.peek(rdma, 'EN') === 1 ? this.#format() : undefined;
    const bytes = regs.peek(pitch, 'PITCH') + regs.peek(msb, 'PITCH_MSB') * 0x1_0000;
    const blends = regs.peek(con, 'AEN') === 1;
    return {
      x: regs.peek(offset, 'X'),
      y: regs.peek(offset, 'Y'),
      width: regs.peek(size, 'W'),
      height: regs.peek(size, 'H'),
      addr: regs.peek(addr),
      pitch: regs.peek(con, 'VIRT_FLIP') === 1 ? -bytes : bytes,
      mirrored: regs.peek(con, 'HORZ_FLIP') === 1,
      format,
      blends,
      usesPixelAlpha: format?.hasAlpha === true && regs.peek(pitch, 'CONST_BLD') === 0,
      alpha: blends ? regs.peek(con, 'ALPHA') : OPAQUE,
    };
  }

  #format(): PixelFormat | undefined {
    const { con } = layerRegs(this.#n);
    const regs = this.#regs;
    if (((regs.peek(R.DATAPATH_CON, 'AFBC_EN') >> this.#n) & 1) === 1) return undefined;
    const code = regs.peek(con, 'CLRFMT');
    const swap = regs.peek(con, 'BYTE_SWAP');
    if (!this.#hasMan || regs.peek(con, 'CLRFMT_MAN') === 0) return plainFormat(code, swap);
    return premultipliedFormat(code, regs.peek(con, 'RGB_SWAP'), swap);
  }
}

function fill(into: Uint32Array, from: number, count: number, pixel: Pixel): void {
  into.fill(pixel, from, from + count);
}

/** Rounded quotient by 255 of a product of two bytes. */
function by255(product: number): number {
  const rounded = product + 128;
  return (rounded + (rounded >> 8)) >> 8;
}

/** Source over what is there: colours times alpha, unless memory has them so, plus what is there times the rest. */
function blend(
  source: Uint32Array,
  count: number,
  into: Uint32Array,
  at: number,
  { alpha: constant, usesPixelAlpha }: Place,
  premultiplied: boolean,
): void {
  for (let i = 0; i < count; i++) {
    const pixel = source[i] as number;
    const below = into[at + i] as number;
    const alpha = usesPixelAlpha ? by255((pixel >>> 24) * constant) : constant;
    const weight = premultiplied && usesPixelAlpha ? constant : alpha;
    const rest = 255 - alpha;
    const red = by255(((pixel >> 16) & 0xff) * weight) + by255(((below >> 16) & 0xff) * rest);
    const green = by255(((pixel >> 8) & 0xff) * weight) + by255(((below >> 8) & 0xff) * rest);
    const blue = by255((pixel & 0xff) * weight) + by255((below & 0xff) * rest);
    into[at + i] = OPAQUE_PIXEL | (full(red) << 16) | (full(green) << 8) | full(blue);
  }
}

/** Colours of a memory that are not less than their alpha may add up to more than there is. */
function full(sum: number): number {
  return sum > 255 ? 255 : sum;
}
