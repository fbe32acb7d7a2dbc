// Registers in which bits are cleared by writing to them, a table by the `compatible` of their block: a masked write
// reads them and writes back what it has read.

/** One such register; with `step` it stands there `count` times. */
interface StatusRow {
  readonly block: RegExp;
  readonly offset: number;
  readonly name: string;
  /** What is written to a bit to clear it. */
  readonly clearedBy: 0 | 1;
  readonly step?: number;
  readonly count?: number;
}

/** A status register that was found. */
export interface StatusRegister {
  readonly name: string;
  readonly clearedBy: 0 | 1;
}

/** The GCE, whose place is known without a tree. */
const GCE = /^mediatek,mt\d+-gce$/;

const ROWS: readonly StatusRow[] = [
  // facts cmdq §5.2: write 0 to a bit to clear it.
  { block: GCE, offset: 0x110, name: 'THR_IRQ_STATUS', clearedBy: 0, step: 0x80, count: 32 },
  // Linux clears all bits of these by writing 0, MediaTek's kernels write the complement of what they have seen.
  { block: /^mediatek,mt\d+-disp-ovl(?:-2l)?$/, offset: 0x08, name: 'INTSTA', clearedBy: 0 },
  { block: /^mediatek,mt\d+-disp-rdma$/, offset: 0x04, name: 'INT_STATUS', clearedBy: 0 },
  { block: /^mediatek,mt\d+-disp-mutex$/, offset: 0x04, name: 'INTSTA', clearedBy: 0 },
  { block: /^mediatek,mt\d+-dsi$/, offset: 0x0c, name: 'INTSTA', clearedBy: 0 },
  // drivers/mmc/host/mtk-sd.c and drivers/i2c/busses/i2c-mt65xx.c: what was read is written back to clear it.
  { block: /^mediatek,mt\d+-mmc$/, offset: 0x0c, name: 'MSDC_INT', clearedBy: 1 },
  { block: /^mediatek,mt\d+-i2c$/, offset: 0x0c, name: 'INTR_STAT', clearedBy: 1 },
];

/** The status register at an offset of a block; undefined for any other. */
export function statusRegister(compatible: readonly string[], offset: number): StatusRegister | undefined {
  const row = ROWS.find((row) => {
    const { block, step = 4, count = 1 } = row;
    const number = (offset - row.offset) / step;
    return Number.isInteger(number) && number >= 0 && number < count && compatible.some((name) => block.test(name));
  });
  return row === undefined ? undefined : { name: row.name, clearedBy: row.clearedBy };
}
