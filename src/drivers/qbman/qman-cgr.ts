// Congestion groups (Linux: struct qman_cgr, qman_create_cgr).
import { passSysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import type { QmanPortal } from './qman-portal.js';
import { type CongestionWatch, qbmanOf } from './state.js';

const VERB = { INIT: 0x50, QUERY_CONGESTION: 0x59 } as const;
const RESULT_OK = 0xf0;
/** What an init writes: notification, its targets, tail drop, thresholds, mode. */
const WE = { CSCN_EN: 0x10, CSCN_TARG: 0x08, CSTD_EN: 0x04, CS_THRES: 0x02, MODE: 0x01 } as const;
/** Write one target of notifications (revision 3). */
const TARG_WRITE = 0x8000;
const ON = 0xff;

/** A group. */
export interface QmanCgrSpec {
  /** Bytes beyond which it is congested. */
  readonly bytes: number;
  readonly tailDrop: boolean;
  /** Told when it becomes congested, and when it is not any more. */
  readonly changed?: (congested: boolean) => void;
}

/** A threshold as QMan has it, rounded up: 8 bits of mantissa, 5 of exponent (Linux: qm_cgr_cs_thres_set64). */
export function csThreshold(bytes: number): number {
  let mantissa = bytes;
  let exponent = 0;
  for (; mantissa > 0xff; exponent++) mantissa = Math.ceil(mantissa / 2);
  return (mantissa << 5) | exponent;
}

/** A group until unbind; answers its number. */
export function devmQmanCreateCgr(dev: Device, { bytes, tailDrop, changed }: QmanCgrSpec): number {
  const { qman, qmanPortals, congestion } = qbmanOf(dev);
  const [portal] = qmanPortals;
  if (qman === undefined || portal === undefined) throw dev.error('ENODEV', 'QMan has no portal', 'qman');
  const cgid = qman.cgrids.alloc(dev);
  dev.scope.defer(() => qman.cgrids.free(cgid));
  const notify = changed === undefined ? 0 : ON;
  initCgr(dev, portal, cgid, csThreshold(bytes), notify, tailDrop ? ON : 0, qman.major >= 3);
  dev.scope.defer(() => initCgr(dev, portal, cgid, 0, 0, 0, qman.major >= 3));
  if (changed === undefined) return cgid;
  congestion.set(cgid, { was: false, changed });
  portal.onCongestion = () => look(dev, portal, congestion);
  dev.scope.defer(() => {
    congestion.delete(cgid);
  });
  return cgid;
}

function initCgr(dev: Device, { command, channel }: QmanPortal, cgid: number, thres: number, ...rest: Flags): void {
  const [notify, tailDrop, rev3] = rest;
  const mask = WE.CSCN_EN | WE.CSCN_TARG | WE.CSTD_EN | WE.CS_THRES | WE.MODE;
  for (let index = 1; index < 16; index++) command.word(index, 0);
  command.word(4, notify);
  const target = rev3 ? ((TARG_WRITE | channel) << 16) >>> 0 : 0x8000_0000 >>> channel;
  command.word(5, notify === 0 ? 0 : target);
  command.word(6, ((tailDrop << 24) | thres) >>> 0);
  command.word(7, cgid);
  command.run(VERB.INIT, mask);
  const result = (command.result(0) >>> 16) & 0xff;
  if (result !== RESULT_OK) throw dev.error('EIO', `result 0x${result.toString(16)}`, `init_cgr(${cgid})`);
}

type Flags = readonly [notify: number, tailDrop: number, rev3: boolean];

function look(dev: Device, { command }: QmanPortal, watches: ReadonlyMap<number, CongestionWatch>): void {
  try {
    for (let index = 1; index < 16; index++) command.word(index, 0);
    command.run(VERB.QUERY_CONGESTION);
    const words = Array.from({ length: 8 }, (_, index) => command.result(8 + index));
    for (const [cgid, watch] of watches) {
      const is = (((words[cgid >>> 5] as number) >>> (31 - (cgid & 31))) & 1) === 1;
      if (is === watch.was) continue;
      watch.was = is;
      watch.changed(is);
    }
  } catch (error) {
    passSysError(error);
    dev.err(`congestion: ${String(error)}`);
  }
}
