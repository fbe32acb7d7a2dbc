// What every register window must do, modelled, wrapped or real.
import { expect, test } from 'vitest';
import { SysError } from '../base/errno.js';
import type { MmioSpace, MmioTarget } from './mmio.js';

/** A window with two 32-bit registers that keep what is written, at 0 and 4. */
export interface MmioEnds {
  readonly space: MmioSpace;
  close?(): void;
}

/** A chip for modelled ends: plain little-endian memory of `size` bytes with access of every width. */
export function memoryTarget(size: number): MmioTarget & { readonly bytes: Uint8Array } {
  const bytes = new Uint8Array(size);
  const data = new DataView(bytes.buffer);
  return {
    bytes,
    read8: (offset) => data.getUint8(offset),
    read16: (offset) => data.getUint16(offset, true),
    read32: (offset) => data.getUint32(offset, true),
    write8: (offset, value) => data.setUint8(offset, value),
    write16: (offset, value) => data.setUint16(offset, value, true),
    write32: (offset, value) => data.setUint32(offset, value, true),
  };
}

/** The suite. `make` gives fresh ends for each test. */
export function mmioContract(name: string, make: () => MmioEnds): void {
  const claim = (text: string, body: (space: MmioSpace) => void): void => {
    test(`${name}: ${text}`, () => {
      const ends = make();
      try {
        body(ends.space);
      } finally {
        ends.close?.();
      }
    });
  };

  claim('each register keeps its own word, bit 31 included, and reads unsigned', (space) => {
    space.write32(0, 0xdead_beef);
    space.write32(4, 0x0000_0001);
    expect([space.read32(0), space.read32(4)]).toEqual([0xdead_beef, 1]);
  });

  claim('a line is written and read as big-endian words', (space) => {
    const line = new Int32Array(2);
    space.writeLine(0, Int32Array.of(0x0102_0304, -2), 2);
    expect([space.read32(0), space.read32(4)]).toEqual([0x0403_0201, 0xfeff_ffff]);
    space.readLine(0, line, 2);
    expect([...line]).toEqual([0x0102_0304, -2]);
    space.readLine(4, line, 1);
    expect([...line]).toEqual([-2, -2]);
  });

  claim('an offset outside the window is EFAULT', (space) => {
    const beyond = [-4, space.size, space.size + 4, 2 ** 32];
    for (const offset of beyond) {
      expect(codeOf(() => space.read32(offset))).toBe('EFAULT');
      expect(codeOf(() => space.write32(offset, 0))).toBe('EFAULT');
      expect(codeOf(() => space.read8(offset))).toBe('EFAULT');
    }
  });

  claim('an offset that is not aligned is EINVAL', (space) => {
    const uses = [() => space.read32(2), () => space.write32(1, 0), () => space.read16(1), () => space.write16(3, 0)];
    expect(uses.map(codeOf)).toEqual(['EINVAL', 'EINVAL', 'EINVAL', 'EINVAL']);
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
