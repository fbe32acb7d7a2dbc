// The machine of the recording: pages at given addresses, mappings that are watched, packets that are watched.
import { SysError } from '../../../src/base/errno.js';
import type { DmaDirection } from '../../../src/bus/dma.js';
import type { PageDma } from '../../../src/core/dma-page.js';
import { type FragSource, Page } from '../../../src/core/page.js';
import { SkBuff } from '../../../src/core/skbuff.js';
import { type Event, hexAddr } from './case.js';

const COMPOUND = 0x8000;
const DIR: Readonly<Record<DmaDirection, string>> = {
  'to-device': 'TO_DEVICE',
  'from-device': 'FROM_DEVICE',
  bidirectional: 'BIDIRECTIONAL',
};

interface Mapping {
  readonly addr: number;
  readonly len: number;
  readonly dir: DmaDirection;
  readonly kind: 'single' | 'page';
}

/** Which mapping fails, and which answers another address. */
export interface DmaInjection {
  readonly dmaMapFailAt?: number | undefined;
  readonly dmaMapReturns?: { readonly n: number; readonly addr: string } | undefined;
}

/** Memory, mappings and the trace of one vector. */
export class Machine implements PageDma {
  readonly events: Event[] = [];
  readonly pages = new Map<number, Page>();
  readonly #inject: DmaInjection;
  readonly #open: Mapping[] = [];
  /** Pages that nobody has asked for yet. */
  readonly #idle = new Set<Page>();
  #maps = 0;

  constructor(inject: DmaInjection = {}) {
    this.#inject = inject;
  }

  /** The compound at an address, with at least so many bytes from its start. */
  page(phys: number, bytes = 0): Page {
    const head = phys - (phys % COMPOUND);
    const there = this.pages.get(head);
    if (there !== undefined) return there;
    const page = new Page({ phys: head, bytes: new Uint8Array(Math.max(COMPOUND, bytes)) }, () => undefined);
    this.pages.set(head, page);
    return page;
  }

  /** A piece at `phys`, to be had once; the asking is told to `asked`, which may refuse. */
  source(phys: number, asked: (size: number) => void, fill = 0): FragSource {
    const page = this.page(phys, (phys % COMPOUND) + 0x20_0000);
    page.bytes.fill(fill);
    this.#idle.add(page);
    return {
      page,
      alloc: (size) => {
        asked(size);
        if (!this.#idle.delete(page)) throw new Error('memory is asked for once');
        return phys - page.phys;
      },
    };
  }

  /** A mapping from before the trace. */
  premap(addr: number, len: number, dir: DmaDirection): void {
    this.#open.push({ addr, len, dir, kind: 'single' });
  }

  mapSingle(page: Page, offset: number, size: number, dir: DmaDirection): number {
    return this.#map('single', page.phys + offset, size, dir);
  }

  mapPage(page: Page, offset: number, size: number, dir: DmaDirection): number {
    return this.#map('page', page.phys + offset, size, dir);
  }

  unmapSingle(iova: number, size: number, dir: DmaDirection): void {
    this.#unmap('single', iova, size, dir);
  }

  unmapPage(iova: number, size: number, dir: DmaDirection): void {
    this.#unmap('page', iova, size, dir);
  }

  /** The vectors know no such thing. */
  syncSingle(): void {}

  get stillMapped(): readonly { addr: string; len: number }[] {
    return this.#open.map(({ addr, len }) => ({ addr: hexAddr(addr), len }));
  }

  /** Pages that somebody holds, by address. */
  refs(): Record<string, number> {
    const held = [...this.pages].filter(([, page]) => page.refs > 0 && !this.#idle.has(page)).sort(([a], [b]) => a - b);
    return Object.fromEntries(held.map(([phys, { refs }]) => [hexAddr(phys), refs]));
  }

  #map(kind: 'single' | 'page', phys: number, len: number, dir: DmaDirection): number {
    const n = this.#maps++;
    const fails = n === this.#inject.dmaMapFailAt;
    const other = this.#inject.dmaMapReturns;
    const addr = other?.n === n ? Number(other.addr) : phys;
    const result = fails ? 'error' : hexAddr(addr);
    this.events.push({ op: `map_${kind}`, n, phys: hexAddr(phys), len, dir: DIR[dir], result });
    if (fails) throw new SysError('ENOMEM', 'injected', { op: 'dma' });
    this.#open.push({ addr, len, dir, kind });
    return addr;
  }

  #unmap(kind: 'single' | 'page', addr: number, len: number, dir: DmaDirection): void {
    const index = this.#open.findIndex((one) => one.addr === addr);
    const [found] = index < 0 ? [] : this.#open.splice(index, 1);
    const check =
      found === undefined
        ? 'unmatched'
        : found.len !== len
          ? 'length_mismatch'
          : found.dir !== dir
            ? 'dir_mismatch'
            : found.kind !== kind
              ? 'kind_mismatch'
              : 'ok';
    this.events.push({ op: `unmap_${kind}`, addr: hexAddr(addr), len, dir: DIR[dir], check });
  }
}

/** Runs with an eye on packets and pages: what is called from outside becomes an event, what these call inside not. */
export function watched(events: Event[], idOf: (skb: SkBuff) => number, run: () => void): void {
  const undo: (() => void)[] = [];
  let depth = 0;
  const wrap = <T extends object>(
    proto: T,
    name: keyof T & string,
    note: (self: T, call: () => unknown) => Event | undefined,
  ): void => {
    const original = Object.getOwnPropertyDescriptor(proto, name) as PropertyDescriptor;
    const method = original.value as (...args: unknown[]) => unknown;
    const value = function (this: T, ...args: unknown[]): unknown {
      let answer: unknown;
      const call = (): unknown => (answer = method.apply(this, args));
      if (depth > 0) return call();
      depth++;
      try {
        const event = note(this, call);
        if (event !== undefined) events.push(event);
      } finally {
        depth--;
      }
      return answer;
    };
    Object.defineProperty(proto, name, { ...original, value });
    undo.push(() => Object.defineProperty(proto, name, original));
  };
  for (const [name, op] of [
    ['get', 'get_page'],
    ['put', 'put_page'],
  ] as const) {
    wrap(Page.prototype, name, (page, call) => {
      call();
      return { op, page: hexAddr(page.phys), refs: page.refs };
    });
  }
  wrap(SkBuff.prototype, 'cowHead', (skb, call) => moved(events, 'cow_head', skb, call));
  wrap(SkBuff.prototype, 'linearize', (skb, call) => moved(events, 'linearize', skb, call));
  wrap(SkBuff.prototype, 'kfree', (skb, call) => {
    call();
    return { op: 'kfree_skb', id: idOf(skb) };
  });
  wrap(SkBuff.prototype, 'pull', (skb, call) => {
    events.push({ op: 'rx_frame', ...frameOf(idOf(skb), skb) });
    call();
    return undefined;
  });
  watchFrags(wrap);
  try {
    run();
  } finally {
    for (const one of undo) one();
  }
}

type Wrap = (proto: SkBuff, name: keyof SkBuff, note: (self: SkBuff, call: () => unknown) => Event | undefined) => void;

function watchFrags(wrap: Wrap): void {
  wrap(SkBuff.prototype, 'addRxFrag', (skb, call) => {
    const before = skb.truesize;
    call();
    const i = skb.nrFrags - 1;
    const { page, offset, size } = skb.frag(i);
    return { op: 'add_rx_frag', i, page: hexAddr(page.phys), off: offset, size, truesize: skb.truesize - before };
  });
}

function moved(events: Event[], op: 'cow_head' | 'linearize', skb: SkBuff, call: () => unknown): Event {
  const { page, head } = skb;
  try {
    call();
  } catch (error) {
    events.push({ op, result: 'ENOMEM' });
    throw error;
  }
  const copied = skb.page !== page || skb.head !== head;
  const { headroom, len } = skb;
  if (op === 'linearize') return { op, result: 'ok', realloc: copied, headroom, len };
  return copied ? { op, result: 'copied', headroom } : { op, result: 'none' };
}

/** A packet as the recording describes it. */
export function frameOf(id: number, skb: SkBuff): Record<string, unknown> {
  return {
    id,
    len: skb.len,
    dataLen: skb.dataLen,
    headLen: skb.headlen,
    headroom: skb.headroom,
    data: hexAddr(skb.page.phys + skb.data),
    truesize: skb.truesize,
    ipSummed: skb.ipSummed,
    protocol: `0x${skb.protocol.toString(16).padStart(4, '0')}`,
    frags: Array.from({ length: skb.nrFrags }, (_, i) => {
      const { page, offset, size } = skb.frag(i);
      return { page: hexAddr(page.phys), off: offset, size };
    }),
  };
}
