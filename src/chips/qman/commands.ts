// Management commands of a QMan portal: 64 bytes of command in, 64 bytes of response out.
import type { CongestionGroup } from './congestion.js';
import { isDestination, type QmanEngine } from './engine.js';
import { type FrameQueue, STATE } from './frame-queue.js';
import { GROUPS, isChannel } from './soc.js';

/** Results. */
const RESULT = {
  OK: 0xf0,
  BAD_FQID: 0xf1,
  BAD_STATE: 0xf2,
  NOT_EMPTY: 0xf3,
  BAD_CHANNEL: 0xf4,
  PENDING: 0xf8,
  BAD_COMMAND: 0xff,
} as const;

/** Write enables of an initialisation. */
const WE = {
  ...{ OAC: 0x100, ORPC: 0x80, CGID: 0x40, FQCTRL: 0x20, DESTWQ: 0x10, ICSCRED: 0x08, TD: 0x04 },
  ...{ CONTEXTB: 0x02, CONTEXTA: 0x01 },
} as const;
/** Write enables of a congestion group. */
const GE = {
  ...{ PARM_G: 0x400, PARM_Y: 0x200, PARM_R: 0x100, EN_G: 0x80, EN_Y: 0x40, EN_R: 0x20 },
  ...{ NOTIFY: 0x10, TARGET: 0x08, TAIL_DROP: 0x04, THRESHOLD: 0x02, MODE: 0x01 },
} as const;

const FQCTRL_MASK = 0x07ff;
/** Places in an initialisation and in the response of a query. */
const FQD = {
  ...{ ORPC: 10, CGID: 11, FQCTRL: 12, DESTWQ: 14, ICSCRED: 16, TD: 18, CONTEXTB: 20, CONTEXTA: 24 },
  OAC_QUERY: 32,
} as const;
/** Places of a group's fields, in commands and responses. */
const CGR = {
  ...{ PARM: 4, EN: 16, NOTIFY: 19, TARGET: 20, TAIL_DROP: 24, STATE: 25, THRESHOLD: 26, MODE: 28, CGID: 31 },
  ...{ COUNT_HI: 35, COUNT_LO: 36, AVERAGE_HI: 43, AVERAGE_LO: 44, TARGETS: 48 },
} as const;
/** A portal's group update: bit 15 what is written, bit 14 for blocks, the number below. */
const TARGET = { ON: 0x8000, BLOCK: 0x4000, NUMBER: 0x3fff } as const;
const FQ_NOT_EMPTY = 1;
const NP_STATE = { FORCED: 0x10, RETIRING: 0x08 } as const;
const FQID = 0xff_ffff;

/** Tells the portal of a retirement that was immediate. */
export type Retired = (fq: FrameQueue) => void;

type Command = (engine: QmanEngine, view: DataView, cr: number, rr: number, portal: number, retired: Retired) => number;

/** Executes the command at `cr`; the response at `rr`, which is all zeros, gets everything but its verb. */
export function execute(
  engine: QmanEngine,
  view: DataView,
  cr: number,
  rr: number,
  portal: number,
  retired: Retired,
): number {
  const command = COMMANDS.get(view.getUint8(cr) & 0x7f);
  const result = command?.(engine, view, cr, rr, portal, retired) ?? RESULT.BAD_COMMAND;
  view.setUint8(rr + 1, result);
  return result;
}

/** Whether QMan has a command of that verb. */
export function isCommand(verb: number): boolean {
  return COMMANDS.has(verb & 0x7f);
}

const fqOf = (engine: QmanEngine, view: DataView, cr: number): FrameQueue | undefined =>
  engine.fq(view.getUint32(cr + 4) & FQID);

const COMMANDS: ReadonlyMap<number, Command> = new Map<number, Command>([
  [0x40, (engine, view, cr) => init(engine, view, cr, false)],
  [0x41, (engine, view, cr) => init(engine, view, cr, true)],
  [0x44, (engine, view, cr, rr) => query(fqOf(engine, view, cr), view, rr)],
  [0x45, (engine, view, cr, rr) => queryRest(fqOf(engine, view, cr), view, rr)],
  [0x46, (engine, view, cr, rr) => queryWq(engine, view, view.getUint16(cr + 2) >>> 3, rr)],
  [0x47, (engine, view, _cr, rr, portal) => queryWq(engine, view, portal, rr)],
  [0x48, (engine, view, cr) => schedule(engine, fqOf(engine, view, cr))],
  [0x49, (engine, view, cr) => force(engine, fqOf(engine, view, cr))],
  [0x4a, (engine, view, cr, rr, portal, retired) => retire(fqOf(engine, view, cr), view, rr, portal, retired)],
  [0x4b, (engine, view, cr) => outOfService(fqOf(engine, view, cr))],
  [0x50, (engine, view, cr, _rr, portal) => initGroup(engine, view, cr, portal, true)],
  [0x51, (engine, view, cr, _rr, portal) => initGroup(engine, view, cr, portal, false)],
  [0x58, (engine, view, cr, rr) => queryGroup(engine.groups[view.getUint8(cr + CGR.CGID)], view, rr)],
  [0x59, (engine, view, _cr, rr) => queryCongestion(engine, view, rr)],
]);

/** `count + 1` queues from that one on; none is touched where one of them cannot be. */
function init(engine: QmanEngine, view: DataView, cr: number, scheduled: boolean): number {
  const we = view.getUint16(cr + 2);
  const first = view.getUint32(cr + 4) & FQID;
  const last = first + view.getUint16(cr + 8);
  if ((we & WE.OAC) !== 0 && (we & WE.TD) !== 0) return RESULT.BAD_COMMAND;
  if (engine.fq(first) === undefined || engine.fq(last) === undefined) return RESULT.BAD_FQID;
  for (let fqid = first; fqid <= last; fqid++) {
    const fq = engine.fq(fqid) as FrameQueue;
    if (fq.state !== STATE.OOS && fq.state !== STATE.PARKED) return RESULT.BAD_STATE;
    const destWq = (we & WE.DESTWQ) === 0 ? (fq.state === STATE.OOS ? 0 : fq.destWq) : view.getUint16(cr + FQD.DESTWQ);
    if (!isDestination(destWq)) return RESULT.BAD_CHANNEL;
  }
  for (let fqid = first; fqid <= last; fqid++) initOne(engine, engine.fq(fqid) as FrameQueue, view, cr, we, scheduled);
  return RESULT.OK;
}

function initOne(engine: QmanEngine, fq: FrameQueue, view: DataView, cr: number, we: number, scheduled: boolean): void {
  if (fq.state === STATE.OOS) fq.reset();
  if ((we & WE.ORPC) !== 0) fq.orpc = view.getUint8(cr + FQD.ORPC);
  if ((we & WE.CGID) !== 0) fq.cgid = view.getUint8(cr + FQD.CGID);
  if ((we & WE.FQCTRL) !== 0) fq.ctrl = view.getUint16(cr + FQD.FQCTRL) & FQCTRL_MASK;
  if ((we & WE.DESTWQ) !== 0) fq.destWq = view.getUint16(cr + FQD.DESTWQ);
  if ((we & WE.ICSCRED) !== 0) fq.icsCred = view.getUint16(cr + FQD.ICSCRED) & 0x7fff;
  if ((we & WE.TD) !== 0) fq.td = view.getUint16(cr + FQD.TD) & 0x1fff;
  if ((we & WE.OAC) !== 0) {
    fq.oac = view.getUint8(cr + FQD.TD) & 0xc0;
    fq.oal = view.getInt8(cr + FQD.TD + 1);
  }
  if ((we & WE.CONTEXTB) !== 0) fq.contextB = view.getUint32(cr + FQD.CONTEXTB);
  if ((we & WE.CONTEXTA) !== 0) {
    fq.contextAHi = view.getInt32(cr + FQD.CONTEXTA);
    fq.contextALo = view.getInt32(cr + FQD.CONTEXTA + 4);
  }
  fq.state = STATE.PARKED;
  if (scheduled) schedule(engine, fq);
}

function query(fq: FrameQueue | undefined, view: DataView, rr: number): number {
  if (fq === undefined) return RESULT.BAD_FQID;
  view.setUint8(rr + FQD.ORPC, fq.orpc);
  view.setUint8(rr + FQD.CGID, fq.cgid);
  view.setUint16(rr + FQD.FQCTRL, fq.ctrl);
  view.setUint16(rr + FQD.DESTWQ, fq.destWq);
  view.setUint16(rr + FQD.ICSCRED, fq.icsCred);
  view.setUint16(rr + FQD.TD, fq.td);
  view.setUint32(rr + FQD.CONTEXTB, fq.contextB);
  view.setUint32(rr + FQD.CONTEXTA, fq.contextAHi);
  view.setUint32(rr + FQD.CONTEXTA + 4, fq.contextALo);
  view.setUint8(rr + FQD.OAC_QUERY, fq.oac);
  view.setInt8(rr + FQD.OAC_QUERY + 1, fq.oal);
  return RESULT.OK;
}

function queryRest(fq: FrameQueue | undefined, view: DataView, rr: number): number {
  if (fq === undefined) return RESULT.BAD_FQID;
  const flags = (fq.forced ? NP_STATE.FORCED : 0) | (fq.retiringFor >= 0 ? NP_STATE.RETIRING : 0);
  view.setUint8(rr + 3, fq.state | flags);
  view.setUint32(rr + 4, fq.next?.fqid ?? 0);
  view.setUint32(rr + 40, fq.bytes);
  view.setUint32(rr + 44, fq.frames & FQID);
  return RESULT.OK;
}

function queryWq(engine: QmanEngine, view: DataView, channel: number, rr: number): number {
  if (!isChannel(channel)) return RESULT.BAD_CHANNEL;
  view.setUint16(rr + 2, channel << 3);
  engine.channel(channel).lengths.forEach((length, wq) => view.setUint32(rr + 32 + wq * 4, length));
  return RESULT.OK;
}

function schedule(engine: QmanEngine, fq: FrameQueue | undefined): number {
  if (fq === undefined) return RESULT.BAD_FQID;
  if (fq.state !== STATE.PARKED) return RESULT.BAD_STATE;
  if (fq.frames > 0) engine.schedule(fq);
  else fq.state = STATE.TENTATIVE;
  return RESULT.OK;
}

function force(engine: QmanEngine, fq: FrameQueue | undefined): number {
  if (fq === undefined) return RESULT.BAD_FQID;
  if (fq.state !== STATE.TENTATIVE) return RESULT.BAD_STATE;
  fq.forced = true;
  engine.schedule(fq);
  return RESULT.OK;
}

/** At once where nobody serves the queue; else when it is served next. */
function retire(fq: FrameQueue | undefined, view: DataView, rr: number, portal: number, retired: Retired): number {
  if (fq === undefined) return RESULT.BAD_FQID;
  if (fq.state === STATE.OOS || fq.state === STATE.RETIRED || fq.retiringFor >= 0) return RESULT.BAD_STATE;
  if (fq.frames > 0) view.setUint8(rr + 2, FQ_NOT_EMPTY);
  if (fq.state === STATE.SCHEDULED || fq.state === STATE.ACTIVE) {
    fq.retiringFor = portal;
    return RESULT.PENDING;
  }
  fq.state = STATE.RETIRED;
  retired(fq);
  return RESULT.OK;
}

function outOfService(fq: FrameQueue | undefined): number {
  if (fq === undefined) return RESULT.BAD_FQID;
  if (fq.state !== STATE.RETIRED) return RESULT.BAD_STATE;
  if (fq.frames > 0) return RESULT.NOT_EMPTY;
  fq.state = STATE.OOS;
  return RESULT.OK;
}

function initGroup(engine: QmanEngine, view: DataView, cr: number, portal: number, all: boolean): number {
  const group = engine.groups[view.getUint8(cr + CGR.CGID)] as CongestionGroup;
  const we = view.getUint16(cr + 2);
  if (all) group.reset();
  [GE.PARM_G, GE.PARM_Y, GE.PARM_R].forEach((bit, color) => {
    if ((we & bit) !== 0) group.wred[color] = view.getUint32(cr + CGR.PARM + 4 * color);
  });
  [GE.EN_G, GE.EN_Y, GE.EN_R].forEach((bit, color) => {
    if ((we & bit) !== 0) group.wredEnable[color] = view.getUint8(cr + CGR.EN + color);
  });
  if ((we & GE.NOTIFY) !== 0) group.notify = (view.getUint8(cr + CGR.NOTIFY) & 1) !== 0;
  if ((we & GE.TARGET) !== 0) setTarget(group, view.getUint16(cr + CGR.TARGET));
  if ((we & GE.TAIL_DROP) !== 0) group.tailDrop = (view.getUint8(cr + CGR.TAIL_DROP) & 1) !== 0;
  if ((we & GE.THRESHOLD) !== 0) group.threshold = view.getUint16(cr + CGR.THRESHOLD) & 0x1fff;
  if ((we & GE.MODE) !== 0) group.countFrames = (view.getUint8(cr + CGR.MODE) & 1) !== 0;
  if (group.wredEnable.some((on) => on !== 0))
    engine.find(`portal ${portal}: WRED of group ${group.cgid} has no model`);
  engine.groupChanged(group);
  return RESULT.OK;
}

function setTarget(group: CongestionGroup, update: number): void {
  if ((update & TARGET.BLOCK) === 0) group.target(update & TARGET.NUMBER, (update & TARGET.ON) !== 0);
}

function queryGroup(group: CongestionGroup | undefined, view: DataView, rr: number): number {
  if (group === undefined) return RESULT.BAD_COMMAND;
  group.wred.forEach((parm, color) => view.setUint32(rr + CGR.PARM + 4 * color, parm));
  group.wredEnable.forEach((on, color) => view.setUint8(rr + CGR.EN + color, on));
  view.setUint8(rr + CGR.NOTIFY, Number(group.notify));
  view.setUint8(rr + CGR.TAIL_DROP, Number(group.tailDrop));
  view.setUint8(rr + CGR.STATE, Number(group.congested));
  view.setUint16(rr + CGR.THRESHOLD, group.threshold);
  view.setUint8(rr + CGR.MODE, Number(group.countFrames));
  for (const [hi, lo] of [
    [CGR.COUNT_HI, CGR.COUNT_LO],
    [CGR.AVERAGE_HI, CGR.AVERAGE_LO],
  ] as const) {
    view.setUint8(rr + hi, group.count / 0x1_0000_0000);
    view.setUint32(rr + lo, group.count % 0x1_0000_0000);
  }
  group.targets.forEach((word, index) => view.setUint32(rr + CGR.TARGETS + 4 * index, word));
  return RESULT.OK;
}

/** A bit for each group, group 0 first. */
function queryCongestion(engine: QmanEngine, view: DataView, rr: number): number {
  for (let cgid = 0; cgid < GROUPS; cgid++) {
    if (!(engine.groups[cgid] as CongestionGroup).congested) continue;
    const at = rr + 32 + (cgid >>> 5) * 4;
    view.setUint32(at, view.getUint32(at) | (0x8000_0000 >>> (cgid & 31)));
  }
  return RESULT.OK;
}
