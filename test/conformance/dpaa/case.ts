// The vectors of DPAA frames: what the compiled patch was given, and everything it did.

/** An event of the trace; which keys it has depends on `op`. */
export interface Event {
  readonly op: string;
  readonly [key: string]: unknown;
}

/** A packet that is to be sent. */
export interface SkbIn {
  readonly headPhys: string;
  readonly headroom: number;
  readonly headlen: number;
  readonly tailroom: number;
  readonly headerCloned: boolean;
  readonly queue: number;
  readonly frags: readonly { readonly pagePhys: string; readonly offset: number; readonly size: number }[];
}

/** Sending, with or without confirmation. */
export interface TxIn {
  readonly txHeadroom: number;
  readonly skb: SkbIn;
  readonly sgtAllocPhys: string;
  readonly newHeadPhys: string;
  readonly fillByte: number;
  readonly egressFqid: string;
  readonly confFqid: string;
  readonly csum?: {
    readonly protocol: string;
    readonly networkOffset: number;
    readonly transportOffset: number;
    readonly l4Proto: number;
    readonly innerEthertype: string;
  };
  readonly inject?: {
    readonly dmaMapFailAt?: number;
    readonly dmaMapReturns?: { readonly n: number; readonly addr: string };
    readonly sgtAllocFails?: boolean;
    readonly cowHeadFails?: boolean;
    readonly linearizeFails?: boolean;
    readonly enqueueBusyTimes?: number;
    readonly enqueueError?: number;
  };
}

/** Receiving or giving back. */
export interface RxIn {
  readonly fd?: { readonly addr: string; readonly bpid: number; readonly offset: number; readonly status: string };
  readonly sgt: readonly { readonly addr: string; readonly bpid: number }[];
  readonly rxHeadroom?: number;
  readonly poolBufferSize: number;
  readonly pool?: number;
  readonly percpuCount?: number;
  readonly mtu?: number;
  readonly etherType?: string;
  readonly poolsMapped: readonly number[];
  readonly compoundPages: readonly { readonly phys: string; readonly order: number }[];
  readonly via?: 'dpa_release_sgt' | 'dpa_fd_release';
  readonly inject?: {
    readonly bmanReleaseBusyTimes?: number;
    readonly dmaMapFailAt?: number;
    readonly stackDrops?: boolean;
  };
}

/** What was recorded, or is: by the names of the recording. */
export type Out = Readonly<Record<string, unknown>>;

/** One vector. */
export interface DpaaCase {
  readonly id: string;
  readonly kind: 'tx' | 'cleanup' | 'rx' | 'release';
  readonly in: TxIn & RxIn;
  readonly out: Out;
  readonly fixed?: Out;
}

/** An address as the recording writes it. */
export const hexAddr = (value: number): string => `0x${value.toString(16)}`;
