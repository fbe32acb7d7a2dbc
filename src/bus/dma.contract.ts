// What shared memory must do for driver and device, modelled or wrapped.
import { expect, test } from 'vitest';
import { SysError } from '../base/errno.js';
import type { DmaBuffer, DmaDirection, DmaMemory, DmaPort } from './dma.js';

/** Memory of at least 1 MiB below the default DMA mask, a device's port to it, and whether misuse was found. */
export interface DmaEnds {
  readonly memory: DmaMemory;
  readonly port: DmaPort;
  findings(): number;
}

const DEV = 'eth0';

/** The suite. `make` gives fresh ends for each test; a right use must leave no finding. */
export function dmaContract(name: string, make: () => DmaEnds): void {
  const claim = (text: string, body: (ends: DmaEnds) => void): void => {
    test(`${name}: ${text}`, () => {
      const ends = make();
      body(ends);
      expect(ends.findings()).toBe(0);
    });
  };
  const wrong = (text: string, body: (ends: DmaEnds) => void): void => {
    test(`${name}: ${text}, and a finding`, () => {
      const ends = make();
      body(ends);
      expect(ends.findings()).toBeGreaterThan(0);
    });
  };
  const mapped = (memory: DmaMemory, dir: DmaDirection): { buffer: DmaBuffer; iova: number } => {
    const buffer = memory.alloc(256);
    return { buffer, iova: memory.map(DEV, buffer, dir) };
  };

  claim('memory is zeroed, has its size, is aligned and apart', ({ memory }) => {
    const buffers = [memory.alloc(100), memory.alloc(100, 1024), memory.alloc(5000, 65_536)];
    expect(buffers.map((b) => b.bytes.length)).toEqual([100, 100, 5000]);
    expect(buffers.map((b, i) => b.phys % ([64, 1024, 65_536][i] as number))).toEqual([0, 0, 0]);
    expect(buffers.every((b) => b.bytes.every((byte) => byte === 0))).toBe(true);
    const sorted = [...buffers].sort((a, b) => a.phys - b.phys);
    for (const [i, next] of sorted.slice(1).entries()) {
      const before = sorted[i] as DmaBuffer;
      expect(next.phys).toBeGreaterThanOrEqual(before.phys + before.bytes.length);
    }
    for (const buffer of buffers) memory.free(buffer);
  });

  claim('a device reads what the driver wrote before mapping', ({ memory, port }) => {
    const buffer = memory.alloc(256);
    buffer.bytes.set([1, 2, 3], 100);
    const iova = memory.map(DEV, buffer, 'to-device', 64, 128);
    expect([...port.read(iova + 36, 3)]).toEqual([1, 2, 3]);
    memory.unmap(DEV, iova, 128, 'to-device');
    memory.free(buffer);
  });

  claim('who looks on sees what the device may read, and nothing where it may not', ({ memory, port }) => {
    const { buffer, iova } = mapped(memory, 'from-device');
    const plain = memory.alloc(256);
    plain.bytes.set([4, 5], 8);
    const at = memory.map(DEV, plain, 'to-device');
    expect([port.look(at + 8, 2), port.look(at + 250, 10), port.look(iova, 4), port.look(0x10, 4)]).toEqual([
      Uint8Array.of(4, 5),
      undefined,
      undefined,
      undefined,
    ]);
    memory.unmap(DEV, at, 256, 'to-device');
    memory.unmap(DEV, iova, 256, 'from-device');
    expect(port.look(at + 8, 2)).toBeUndefined();
    memory.free(plain);
    memory.free(buffer);
  });

  claim('the driver sees what the device wrote after unmapping', ({ memory, port }) => {
    const { buffer, iova } = mapped(memory, 'from-device');
    port.write(iova + 10, Uint8Array.of(7, 8));
    memory.unmap(DEV, iova, 256, 'from-device');
    expect([...buffer.bytes.subarray(10, 12)]).toEqual([7, 8]);
    memory.free(buffer);
  });

  claim('two pieces are written as by two writes, in one mapping and in two', ({ memory, port }) => {
    const [one, other] = [mapped(memory, 'from-device'), mapped(memory, 'from-device')];
    port.writeBoth(one.iova + 10, Uint8Array.of(1, 2), one.iova + 200, Uint8Array.of(3));
    port.writeBoth(one.iova + 12, Uint8Array.of(4), other.iova + 255, Uint8Array.of(5));
    for (const { iova } of [one, other]) memory.unmap(DEV, iova, 256, 'from-device');
    const seen = [...one.buffer.bytes.subarray(10, 13), one.buffer.bytes[200], other.buffer.bytes[255]];
    expect(seen).toEqual([1, 2, 4, 3, 5]);
  });

  wrong('of two pieces the first is written and the second is EFAULT where that is not mapped', ({ memory, port }) => {
    const { buffer, iova } = mapped(memory, 'bidirectional');
    expect(codeOf(() => port.writeBoth(iova, Uint8Array.of(7), iova + 255, Uint8Array.of(8, 9)))).toBe('EFAULT');
    expect([buffer.bytes[0], buffer.bytes[255]]).toEqual([7, 0]);
  });

  claim('a sync passes bytes without unmapping, both ways', ({ memory, port }) => {
    const from = mapped(memory, 'from-device');
    port.write(from.iova, Uint8Array.of(9));
    memory.sync(DEV, from.iova, 256, 'from-device', 'cpu');
    expect(from.buffer.bytes[0]).toBe(9);
    memory.sync(DEV, from.iova, 256, 'from-device', 'device');
    port.write(from.iova, Uint8Array.of(10));
    memory.unmap(DEV, from.iova, 256, 'from-device');
    expect(from.buffer.bytes[0]).toBe(10);
    const to = mapped(memory, 'to-device');
    memory.sync(DEV, to.iova, 256, 'to-device', 'cpu');
    to.buffer.bytes[0] = 11;
    memory.sync(DEV, to.iova, 256, 'to-device', 'device');
    expect([...port.read(to.iova, 1)]).toEqual([11]);
    memory.unmap(DEV, to.iova, 256, 'to-device');
  });

  claim('a bidirectional mapping is shared at every moment', ({ memory, port }) => {
    const { buffer, iova } = mapped(memory, 'bidirectional');
    buffer.bytes[3] = 1;
    expect([...port.read(iova + 3, 1)]).toEqual([1]);
    port.write(iova + 3, Uint8Array.of(2));
    expect(buffer.bytes[3]).toBe(2);
    memory.unmap(DEV, iova, 256, 'bidirectional');
  });

  claim('a span goes to the end of its mapping, and stays good while the epoch stays', ({ memory, port }) => {
    const buffer = memory.alloc(256);
    buffer.bytes[200] = 5;
    const iova = memory.map(DEV, buffer, 'to-device', 64, 150);
    const { epoch } = port;
    const span = port.span(iova + 100, 4096);
    expect([span.length, span[36], port.span(iova + 100, 8).length, port.epoch]).toEqual([50, 5, 8, epoch]);
    const epochs = [epoch];
    const note = (): void => void epochs.push(port.epoch);
    memory.sync(DEV, iova, 150, 'to-device', 'cpu');
    note();
    memory.sync(DEV, iova, 150, 'to-device', 'device');
    note();
    memory.unmap(DEV, iova, 150, 'to-device');
    note();
    memory.free(buffer);
    note();
    memory.map(DEV, memory.alloc(64), 'to-device');
    note();
    expect(new Set(epochs).size).toBe(epochs.length);
  });

  claim('memory that is freed comes back', ({ memory }) => {
    for (let i = 0; i < 64; i++) memory.free(memory.alloc(262_144));
  });

  claim('more memory than there is is ENOMEM', ({ memory }) => {
    expect(codeOf(() => memory.alloc(2 ** 40))).toBe('ENOMEM');
  });

  wrong('a device that touches unmapped memory gets EFAULT', ({ memory, port }) => {
    const { iova } = mapped(memory, 'bidirectional');
    memory.unmap(DEV, iova, 256, 'bidirectional');
    expect(codeOf(() => port.read(iova, 4))).toBe('EFAULT');
    expect(codeOf(() => port.span(iova, 4))).toBe('EFAULT');
    expect(codeOf(() => port.write(iova, Uint8Array.of(1)))).toBe('EFAULT');
  });

  wrong('a device that goes beyond its mapping gets EFAULT', ({ memory, port }) => {
    const { iova } = mapped(memory, 'bidirectional');
    expect(codeOf(() => port.read(iova + 255, 1))).toBeUndefined();
    expect(codeOf(() => port.read(iova + 253, 4))).toBe('EFAULT');
    expect(codeOf(() => port.read(iova - 1, 1))).toBe('EFAULT');
  });

  wrong('a device that goes against the direction gets EFAULT', ({ memory, port }) => {
    const to = mapped(memory, 'to-device').iova;
    const from = mapped(memory, 'from-device').iova;
    expect(codeOf(() => port.write(to, Uint8Array.of(1)))).toBe('EFAULT');
    expect(codeOf(() => port.read(from, 1))).toBe('EFAULT');
  });
}

function codeOf(use: () => unknown): string | undefined {
  try {
    use();
    return undefined;
  } catch (e) {
    return e instanceof SysError ? e.code : String(e);
  }
}
