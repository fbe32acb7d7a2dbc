// Registers of the GCE as the driver uses them (facts cmdq §5; Linux 6.12: drivers/mailbox/mtk-cmdq-mailbox.c).

/** Of the whole engine: offsets from its base. */
export const GCE = {
  /** One bit for each thread; 0: it has an interrupt. */
  CURR_IRQ_STATUS: 0x10,
  THR_SLOT_CYCLES: 0x30,
  GCTL_VALUE: 0x48,
  SYNC_TOKEN_UPDATE: 0x68,
} as const;

/** Of one thread: offsets from its block. */
export const THR = {
  WARM_RESET: 0x00,
  ENABLE_TASK: 0x04,
  SUSPEND_TASK: 0x08,
  CURR_STATUS: 0x0c,
  IRQ_STATUS: 0x10,
  IRQ_ENABLE: 0x14,
  CURR_ADDR: 0x20,
  END_ADDR: 0x24,
  WAIT_TOKEN: 0x30,
  PRIORITY: 0x40,
} as const;

/** Where the block of a thread begins. */
export function threadBase(index: number): number {
  return 0x100 + 0x80 * index;
}

/** The time slice that Linux gives a thread, in cycles. */
export const SLOT_CYCLES = 0x3200;
/** GCTL_VALUE: the clock gates are software's. */
export const GCTL_BY_SW = 0x7;
/** GCTL_VALUE: the way to DRAM is open. */
export const GCTL_DDR_EN = 0x7_0000;
/** WARM_RESET, ENABLE_TASK and SUSPEND_TASK know one bit. */
export const BIT0 = 1;
/** CURR_STATUS: the thread stands still. */
export const STATUS_SUSPENDED = 2;
/** IRQ_STATUS and IRQ_ENABLE: done. */
export const IRQ_DONE = 0x01;
/** An instruction took too long, or is invalid. */
export const IRQ_ERROR = 0x12;
/** Both. */
export const IRQ_ALL = 0x13;
/** WAIT_TOKEN: the thread waits. */
export const IS_WAITING = 0x8000_0000;
/** WAIT_TOKEN: the event. */
export const WAIT_EVENT = 0x3ff;
