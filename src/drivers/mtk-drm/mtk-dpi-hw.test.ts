// The registers of a DPI for 1920x1080 at 60 Hz (CEA-861: 148.5 MHz, 88/44/148 and 4/5/36), calculated by hand.
import { expect, test } from 'vitest';
import { memoryTarget } from '../../bus/mmio.contract.js';
import type { DrmMode } from '../../core/drm-bridge.js';
import type { MmioSpace } from '../../core/io.js';
import { DPI_DATA, type DpiData, dpiStart, dpiStop } from './mtk-dpi-hw.js';

const FULL_HD: DrmMode = {
  hdisplay: 1920,
  hsyncStart: 2008,
  hsyncEnd: 2052,
  htotal: 2200,
  vdisplay: 1080,
  vsyncStart: 1084,
  vsyncEnd: 1089,
  vtotal: 1125,
  clockKhz: 148_500,
};

/** What the registers have that are not 0, and which were written in order. */
function started(compatible: string): { readonly registers: Record<string, string>; readonly writes: string[] } {
  const { read32, write32, bytes } = memoryTarget(0x1000);
  const writes: string[] = [];
  const unused = (): never => expect.fail('words only');
  const regs: MmioSpace = {
    size: 0x1000,
    read8: unused,
    read16: unused,
    write8: unused,
    write16: unused,
    readLine: unused,
    writeLine: unused,
    read32,
    write32(offset: number, value: number) {
      writes.push(offset.toString(16));
      write32(offset, value);
    },
  };
  dpiStart(regs, DPI_DATA[compatible] as DpiData, FULL_HD);
  const words = new DataView(bytes.buffer);
  const registers: Record<string, string> = {};
  for (let at = 0; at < 0x200; at += 4)
    if (words.getUint32(at, true) !== 0) registers[at.toString(16)] = words.getUint32(at, true).toString(16);
  dpiStop(regs);
  expect(read32(0)).toBe(0);
  return { registers, writes };
}

test('MT8173: timing, size, limits, and on after the reset ended', () => {
  const { registers, writes } = started('mediatek,mt8173-dpi');
  expect(registers).toEqual({
    0: '1',
    14: '8000',
    18: '4380780',
    20: '2c',
    24: '580094',
    28: '5',
    '2c': '40024',
    98: 'fff0000',
    '9c': 'fff0000',
    e0: '2000000',
  });
  expect([writes[0], ...writes.slice(-3)]).toEqual(['4', '4', '0', '0']);
});

test('MT8183 sends on both edges of the clock', () => {
  const { registers } = started('mediatek,mt8183-dpi');
  expect([registers['1c'], registers['14']]).toEqual(['5', '28000']);
});
