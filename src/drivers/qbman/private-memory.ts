// Memory that only BMan and QMan use, as the tree reserves it (Linux: drivers/soc/fsl/qbman/dpaa_sys.c).
import { hexNumber } from '../../base/bytes.js';
import { cpuRange, regEntries } from '../../dt/address.js';
import { phandleArgs } from '../../dt/references.js';
import type { DtNode } from '../../dt/tree.js';
import type { Device } from '../../core/device.js';
import { devmAllocPages } from '../../core/dma-mapping.js';
import { ioread32be, iowrite32be, type MmioSpace } from '../../core/io.js';
import { AR, AR_ENABLE, BAR } from './regs.js';

/** Smallest and largest that a block takes. */
const LEAST = 0x1000;
const MOST = 0x4000_0000;
const UPPER = 0x1_0000_0000;

/** A piece of reserved memory. */
export interface PrivateMemory {
  readonly start: number;
  readonly size: number;
}

/**
 * The `index`th piece that the node names in `memory-region`, else the one of this compatible. Where the tree leaves
 * the place open, it is allocated. ENODEV without one, EINVAL when its size or place cannot be, ENOMEM.
 */
export function privateMemory(dev: Device, index: number, compatible: string): PrivateMemory {
  const node = regionOf(dev, index, compatible);
  if (node === undefined) {
    const what = `no reserved memory: neither memory-region entry ${index} nor a node compatible with ${compatible}`;
    throw dev.error('ENODEV', what, 'reserved-memory');
  }
  const range = regEntries(node).length > 0 ? cpuRange(node, 0) : undefined;
  const size = range?.size ?? sizeOf(node);
  if (size === 0) throw dev.error('EINVAL', `${node.path} has neither reg nor size`, 'reserved-memory');
  if (size < LEAST || size > MOST || Math.log2(size) % 1 !== 0) {
    const what = `${node.path}: its size ${hexNumber(size)} is no power of two from 4 KiB to 1 GiB`;
    throw dev.error('EINVAL', what, 'reserved-memory');
  }
  const start = range?.start ?? devmAllocPages(dev, size, size).phys;
  if (start % size === 0) return { start, size };
  const what = `${node.path}: ${hexNumber(start)} is no multiple of its size ${hexNumber(size)}`;
  throw dev.error('EINVAL', what, 'reserved-memory');
}

function regionOf(dev: Device, index: number, compatible: string): DtNode | undefined {
  const { tree } = dev.core;
  if (dev.ofNode === undefined) return undefined;
  const named = phandleArgs(tree, dev.ofNode, 'memory-region', 0).entries[index]?.node;
  if (named !== undefined) return named;
  return tree.root.child('reserved-memory')?.children.find((node) => node.compatible.includes(compatible));
}

/** `size` has as many cells as addresses of the tree's root have. */
function sizeOf(node: DtNode): number {
  const cells = node.property('size')?.cells() ?? [];
  return cells.reduce((sum, cell) => sum * UPPER + cell, 0);
}

/**
 * Tells the block where its memory is (Linux: qm_set_memory). True when it knew already: whoever booted the machine has
 * used it. EBUSY: it has another.
 */
export function setMemory(dev: Device, regs: MmioSpace, bare: number, { start, size }: PrivateMemory): boolean {
  const upper = Math.floor(start / UPPER);
  const lower = start % UPPER;
  const had = ioread32be(regs, bare) * UPPER + ioread32be(regs, bare + BAR);
  if (had !== 0 && (ioread32be(regs, bare + AR) & AR_ENABLE) !== 0) {
    if (had === start) return true;
    const what = `it uses memory at ${hexNumber(had)} already, the tree says ${hexNumber(start)}`;
    throw dev.error('EBUSY', what, 'reserved-memory');
  }
  iowrite32be(regs, bare, upper);
  iowrite32be(regs, bare + BAR, lower);
  iowrite32be(regs, bare + AR, (AR_ENABLE | (Math.log2(size) - 1)) >>> 0);
  return false;
}
