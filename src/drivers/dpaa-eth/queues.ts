// The frame queues of an interface (patch: dpa_alloc_all_fqs, dpa_fq_setup, dpa_fq_init; facts 4.4).
import type { Device } from '../../core/device.js';
import {
  devmQmanAllocFqids,
  devmQmanCreateFq,
  FQCTRL,
  type QmanFqCallbacks,
  type QmanFrameQueue,
} from '../qbman/qbman.js';

/** Bytes that a frame counts more in its group: the most that the field has (facts Q2). */
const OVERHEAD = 127;
/** OVOM, A2V, A0V, B0V are valid; FMan gives external buffers back where the frame says nothing else (Q3). */
const CONTEXT_A = [0x1e00_0000, 0x8000_0000] as const;

/** What a queue is for. */
export type DpaFqType = 'rx-error' | 'rx-default' | 'rx-pcd' | 'tx-confirm-mq' | 'tx-error' | 'tx-confirm' | 'tx';

interface Row {
  readonly label: string;
  readonly wq: number;
  readonly group: 'ingress' | 'egress' | undefined;
  readonly ctrl: number;
}

const ROWS: Readonly<Record<DpaFqType, Row>> = {
  'rx-error': { label: 'Rx error', wq: 2, group: 'ingress', ctrl: FQCTRL.HOLDACTIVE },
  'rx-default': { label: 'Rx default', wq: 3, group: 'ingress', ctrl: FQCTRL.HOLDACTIVE },
  'rx-pcd': { label: 'Rx PCD', wq: 3, group: 'ingress', ctrl: FQCTRL.HOLDACTIVE },
  'tx-confirm-mq': { label: 'Tx confirmation (mq)', wq: 1, group: 'egress', ctrl: 0 },
  'tx-error': { label: 'Tx error', wq: 2, group: undefined, ctrl: 0 },
  'tx-confirm': { label: 'Tx default confirmation', wq: 1, group: 'egress', ctrl: FQCTRL.AVOIDBLOCK },
  tx: { label: 'Tx', wq: 3, group: 'egress', ctrl: 0 },
};

/** A queue of an interface. */
export interface DpaFq {
  readonly type: DpaFqType;
  readonly fq: QmanFrameQueue;
}

/** Who handles the frames of which kind of queue. */
export type DpaFqHandlers = Readonly<Record<DpaFqType, QmanFqCallbacks>>;

/** How many queues there are of the kinds that are many. */
export interface DpaFqCounts {
  /** Of sending, and as many of confirmation. */
  readonly tx: number;
  /** That received frames are spread over: a power of two, or 0. */
  readonly hash: number;
}

/** All queues in the patch's order, numbered and not yet alive; unbind shuts them down. */
export function devmDpaFqs(dev: Device, { tx, hash }: DpaFqCounts, handlers: DpaFqHandlers): readonly DpaFq[] {
  // The key generator puts a hash into the lower bits of the first one's number.
  const base = hash === 0 ? 0 : devmQmanAllocFqids(dev, hash, hash);
  const made = (type: DpaFqType, fqid?: number): DpaFq => ({ type, fq: devmQmanCreateFq(dev, handlers[type], fqid) });
  const many = (type: DpaFqType): DpaFq[] => Array.from({ length: tx }, () => made(type));
  return [
    made('rx-error'),
    made('rx-default'),
    ...Array.from({ length: hash }, (_, i) => made('rx-pcd', base + i)),
    ...many('tx-confirm-mq'),
    made('tx-error'),
    made('tx-confirm'),
    ...many('tx'),
  ];
}

/** What queues are connected with. */
export interface DpaFqTargets {
  readonly poolChannel: number;
  /** The channels of the CPUs' portals, which hashed frames are spread over. */
  readonly portalChannels: readonly number[];
  readonly txChannel: number;
  readonly ingressCgid: number;
  readonly egressCgid: number;
}

/** Brings them to life, scheduled. */
export function initDpaFqs(fqs: readonly DpaFq[], to: DpaFqTargets): void {
  let hashed = 0;
  const channelOf = (type: DpaFqType): number => {
    if (type === 'rx-pcd') return to.portalChannels[hashed++ % to.portalChannels.length] as number;
    return type === 'tx' ? to.txChannel : to.poolChannel;
  };
  for (const { type, fq } of fqs) {
    const { wq, group, ctrl } = ROWS[type];
    const cgid = group === 'ingress' ? to.ingressCgid : to.egressCgid;
    const tx = type === 'tx';
    fq.init({
      channel: channelOf(type),
      wq,
      ctrl: ctrl | FQCTRL.PREFERINCACHE | (group === undefined ? 0 : FQCTRL.CGE),
      ...(group === undefined ? {} : { cgid, oal: OVERHEAD }),
      ...(tx ? { contextA: CONTEXT_A, contextB: 0 } : {}),
    });
  }
}

/** The file `fqids`: neighbours of one kind in one line (facts 4.10). */
export function fqidsText(fqs: readonly DpaFq[]): string {
  const lines: string[] = [];
  for (let i = 0; i < fqs.length; ) {
    const { type, fq } = fqs[i] as DpaFq;
    let count = 1;
    while (fqs[i + count]?.type === type && fqs[i + count]?.fq.fqid === fq.fqid + count) count++;
    lines.push(`${ROWS[type].label}: ${fq.fqid}${count > 1 ? ` - ${fq.fqid + count - 1}` : ''}\n`);
    i += count;
  }
  return lines.join('');
}
