// The registers of the GCE as its datasheet has them: the global block, and the block of one thread.
import { type Access, bit, bits, type Field, registers } from '../../base/regs.js';

/** All 32 bits. */
const word = (access: Access = 'rw'): Field => bits(31, 0, access);

/** One bit per thread. */
const perThread = (access: Access): Field => bits(31, 0, access);

/** Addresses of the sixteen general registers. */
export const GPR_BASE = 0x80;
/** How many there are. */
export const GPRS = 16;
/** Where the block of thread 0 begins. */
export const THREAD_BASE = 0x100;
/** From one thread's block to the next. */
export const THREAD_SIZE = 0x80;

/** The global registers. GPR_R0 to GPR_R15 follow from 0x80 on. */
export const G = registers({
  CORE_WARM_RESET: { addr: 0x00, fields: { HARD_RESET: bit(16, 'sc') } },
  CURR_IRQ_STATUS: { addr: 0x10, fields: { IDLE: perThread('ro') } },
  SECURE_IRQ_STATUS: { addr: 0x14, reset: 0xffff_ffff, fields: { IDLE: perThread('ro') } },
  CURR_LOADED_THR: { addr: 0x18, fields: { EXECUTING: bit(31, 'ro'), THREAD: bits(4, 0, 'ro') } },
  CURR_INST_ABORT: { addr: 0x20, fields: { VALUE: word('todo') } },
  THR_SLOT_CYCLES: { addr: 0x30, fields: { CYCLES: word() } },
  THR_EXEC_CYCLES: { addr: 0x34, fields: { CYCLES: word('todo') } },
  THR_TIMEOUT_TIMER: { addr: 0x38, fields: { VALUE: word('todo') } },
  BUS_CONTROL_TYPE: { addr: 0x40, fields: { VALUE: word('todo') } },
  GCTL_VALUE: { addr: 0x48, fields: { DDR_ENABLE: bits(18, 16), BY_SOFTWARE: bits(2, 0) } },
  OUTPIN_EVENT: { addr: 0x4c, fields: { VALUE: word('todo') } },
  SECURITY_ABORT: { addr: 0x50, fields: { VALUE: word('todo') } },
  SECURITY_CTL: { addr: 0x54, fields: { VALUE: word('todo') } },
  SYNC_TOKEN_ID: { addr: 0x60, fields: { ID: bits(9, 0) } },
  SYNC_TOKEN_VAL: { addr: 0x64, fields: { VALUE: bit(0, 'ro') } },
  SYNC_TOKEN_UPDATE: { addr: 0x68, fields: { VALUE: bit(16, 'wo'), ID: bits(9, 0, 'wo') } },
  PREFETCH_GSIZE: { addr: 0xc0, fields: { VALUE: word('todo') } },
  TPR_MASK: { addr: 0xd0, fields: { ENABLE: bit(31) } },
  TPR_TIMEOUT_EN: { addr: 0xdc, fields: { GPR: bits(15, 0) } },
});

/** The registers of one thread, from its block's begin. */
export const T = registers({
  WARM_RESET: { addr: 0x00, fields: { RESET: bit(0, 'sc') } },
  ENABLE_TASK: { addr: 0x04, fields: { ENABLE: bit(0) } },
  SUSPEND_TASK: { addr: 0x08, fields: { SUSPEND: bit(0) } },
  CURR_STATUS: { addr: 0x0c, fields: { SUSPENDED: bit(1, 'ro') } },
  /** Writing 0 clears a flag, writing 1 leaves it. */
  IRQ_STATUS: { addr: 0x10, fields: { INVALID: bit(4), TIMEOUT: bit(1), DONE: bit(0) } },
  IRQ_ENABLE: { addr: 0x14, fields: { INVALID: bit(4), TIMEOUT: bit(1), DONE: bit(0) } },
  SECURITY: { addr: 0x18, fields: { VALUE: word('todo') } },
  CURR_ADDR: { addr: 0x20, fields: { ADDR: word() } },
  END_ADDR: { addr: 0x24, fields: { ADDR: word() } },
  EXEC_CNT: { addr: 0x28, fields: { COUNT: word() } },
  WAIT_TOKEN: { addr: 0x30, fields: { WAITING: bit(31, 'ro'), ID: bits(9, 0, 'ro') } },
  PRIORITY: { addr: 0x40, fields: { PRIORITY: bits(2, 0) } },
  PREFETCH: { addr: 0x44, fields: { VALUE: word('todo') } },
  INST_CYCLES: { addr: 0x50, fields: { POWER: bits(4, 0) } },
  INST_THRESX: { addr: 0x54, fields: { VALUE: word('todo') } },
  SPR0: { addr: 0x60, fields: { VALUE: word() } },
  SPR1: { addr: 0x64, fields: { VALUE: word() } },
  SPR2: { addr: 0x68, fields: { VALUE: word() } },
  SPR3: { addr: 0x6c, fields: { VALUE: word() } },
});

/** Bits of IRQ_STATUS and IRQ_ENABLE. */
export const IRQ = { done: 0x01, timeout: 0x02, invalid: 0x10 } as const;
