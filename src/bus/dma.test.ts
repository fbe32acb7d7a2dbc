import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bug } from '../base/assert.js';
import { SimClock } from '../base/clock.js';
import { Trace, type TraceEvent } from '../base/trace.js';
import { dmaContract } from './dma.contract.js';
import type { DmaBuffer, DmaDirection } from './dma.js';
import { withDmaFaults } from './dma-decorators.js';
import { PageAllocator } from './dma-pages.js';
import { SimMemory, type SimMemoryOptions } from './dma-sim.js';
import { FaultPlan } from './fault-plan.js';
import { parseFaults } from './fault-text.js';

const DEV = 'eth0';
const MIB = 0x10_0000;
/** The place of the first buffer of 64 bytes, in Linux's form. */
const AT = '[device address=0x0000000040000040]';

function bench(options: Partial<SimMemoryOptions> = {}) {
  const clock = new SimClock(() => Promise.resolve());
  const trace = new Trace(() => clock.now());
  const events: TraceEvent[] = [];
  trace.attach((event) => events.push(event));
  const memory = new SimMemory({ clock, trace, base: 0x4000_0000, size: MIB, ...options });
  const texts = () => memory.ledger.findings.map((finding) => finding.text);
  return { clock, trace, events, memory, texts, port: memory.port('fman') };
}

const ends = (options: Partial<SimMemoryOptions>, plan?: FaultPlan) => () => {
  const { memory, port } = bench(options);
  const findings = () => memory.ledger.findings.length;
  return { memory: plan === undefined ? memory : withDmaFaults(memory, plan), port, findings };
};

dmaContract('simulated', ends({}));
dmaContract('behind an IOMMU', ends({ base: 0x1_0000_0000, iovaBase: 0x1000 }));
dmaContract('caches not coherent', ends({ poison: true }));
dmaContract('faults, empty plan', ends({}, new FaultPlan()));
dmaContract('faults, counting', ends({}, FaultPlan.counting()));

test('by default memory lies above 4 GiB, where a device of 32 bits cannot reach: ENOMEM in Linux’s words', () => {
  const { clock, trace, events } = bench();
  const memory = new SimMemory({ clock, trace });
  const buffer = memory.alloc(64);
  expect(buffer.phys).toBe(0x1_0000_0040);
  expect(() => memory.map(DEV, buffer, 'to-device')).toThrow(
    'eth0: dma: 0x100000040 is beyond the DMA mask 0xffffffff (ENOMEM)',
  );
  const text = 'DMA addr 0x0000000100000040+64 overflow (mask ffffffff, bus limit 0).';
  expect(events.at(-1)).toMatchObject({ where: DEV, kind: 'printk', level: 'warn', text });
  memory.setMask(DEV, 40);
  expect(memory.map(DEV, buffer, 'to-device')).toBe(0x1_0000_0040);
});

test('the last byte counts for the mask', () => {
  const { memory } = bench({ base: 0xffff_f000, size: 0x2000 });
  const buffer = memory.alloc(0x1001, 4096 - 2048);
  expect(() => memory.map(DEV, buffer, 'to-device', 0, 0x801)).toThrow('ENOMEM');
  expect(memory.map(DEV, buffer, 'to-device', 0, 0x800)).toBe(0xffff_f800);
});

test('a physical address given to a device behind an IOMMU is found', () => {
  const { memory, port, texts } = bench({ iovaBase: 0x8000_0000 });
  const buffer = memory.alloc(64);
  expect(memory.map(DEV, buffer, 'to-device')).toBe(0x8000_0040);
  expect(() => port.read(buffer.phys, 4)).toThrow(
    'fman: dma: read of 4 bytes at 0x40000040: memory that nobody has mapped',
  );
  expect(texts()).toEqual([
    'device reads memory that nobody has mapped [device address=0x0000000040000040] [size=4 bytes]',
  ]);
});

test('memory is aligned as asked and no more', () => {
  const { memory } = bench();
  const aligned = [64, 256, 2048].map((align) => memory.alloc(8, align).phys);
  expect(aligned.map((phys, i) => (phys / ([64, 256, 2048][i] as number)) % 2)).toEqual([1, 1, 1]);
  expect(() => memory.alloc(8, 48)).toThrow(Bug);
  expect(() => memory.alloc(0)).toThrow(Bug);
});

test('freed twice, and a buffer of another memory, are Bugs', () => {
  const { memory } = bench();
  const buffer = memory.alloc(64);
  expect(memory.allocated).toBe(1);
  memory.free(buffer);
  expect(memory.allocated).toBe(0);
  expect(() => memory.free(buffer)).toThrow(new Bug('memory at 0x40000040 is freed twice'));
  expect(() => memory.free(bench().memory.alloc(64))).toThrow(new Bug('the buffer is of this memory'));
  expect(() => memory.map(DEV, { phys: 0, bytes: new Uint8Array(1) }, 'to-device')).toThrow(Bug);
});

test('a range outside its buffer is a Bug', () => {
  const { memory } = bench();
  const buffer = memory.alloc(64);
  const ranges: readonly (readonly [number, number])[] = [
    [0, 65],
    [60, 8],
    [-1, 4],
    [64, 0],
  ];
  for (const [offset, size] of ranges) expect(() => memory.map(DEV, buffer, 'to-device', offset, size)).toThrow(Bug);
});

test('freed memory that is still mapped is found, at once and when the device uses it', () => {
  const { memory, port, texts } = bench();
  const buffer = memory.alloc(64);
  const iova = memory.map(DEV, buffer, 'bidirectional');
  memory.free(buffer);
  expect(buffer.bytes[0]).toBe(0x6b);
  expect(() => port.read(iova, 8)).toThrow(
    'fman: dma: read of 8 bytes at 0x40000040: memory that its driver has freed',
  );
  memory.unmap(DEV, iova, 64, 'bidirectional');
  expect(() => memory.map(DEV, buffer, 'to-device')).toThrow('mapping of freed memory at 0x40000040 (ENOMEM)');
  expect(texts()).toEqual([
    'device driver frees memory that is still mapped [physical address=0x0000000040000040] [mappings=1]',
    'device reads memory that its driver has freed [device address=0x0000000040000040] [size=8 bytes]',
    'device driver maps memory that it has freed [device address=0x0000000040000040] [size=64 bytes]',
  ]);
});

test('pages of freed memory are not used again while they are mapped', () => {
  const { memory } = bench({ size: 0x1000 });
  const buffer = memory.alloc(64);
  const iova = memory.map(DEV, buffer, 'to-device');
  memory.map(DEV, buffer, 'to-device', 0, 32);
  memory.free(buffer);
  for (const size of [64, 32]) {
    expect(() => memory.alloc(64)).toThrow('dma: no room for 64 bytes (ENOMEM)');
    memory.unmap(DEV, iova, size, 'to-device');
  }
  expect(memory.alloc(64).phys).toBe(buffer.phys);
});

/** The misuse of one mapped to-device buffer of 64 bytes, and Linux's words for it (kernel/dma/debug.c). */
const MISUSE: readonly (readonly [string, (memory: SimMemory, iova: number) => void, string])[] = [
  [
    'unmapping what was not mapped',
    (memory) => memory.unmap(DEV, 0x4000_1000, 64, 'to-device'),
    'device driver tries to free DMA memory it has not allocated [device address=0x0000000040001000] [size=64 bytes]',
  ],
  [
    'unmapping for another device',
    (memory, iova) => memory.unmap('eth1', iova, 64, 'to-device'),
    'device driver tries to free DMA memory it has not allocated [device address=0x0000000040000040] [size=64 bytes]',
  ],
  [
    'unmapping another size',
    (memory, iova) => memory.unmap(DEV, iova, 32, 'to-device'),
    `device driver frees DMA memory with different size ${AT} [map size=64 bytes] [unmap size=32 bytes]`,
  ],
  [
    'unmapping another direction',
    (memory, iova) => memory.unmap(DEV, iova, 64, 'from-device'),
    `device driver frees DMA memory with different direction ${AT} [size=64 bytes] ` +
      '[mapped with DMA_TO_DEVICE] [unmapped with DMA_FROM_DEVICE]',
  ],
  [
    'syncing what was not mapped',
    (memory) => memory.sync(DEV, 0x4000_0000, 16, 'to-device', 'cpu'),
    'device driver tries to sync DMA memory it has not allocated [device address=0x0000000040000000] [size=16 bytes]',
  ],
  [
    'syncing beyond the end',
    (memory, iova) => memory.sync(DEV, iova + 60, 8, 'to-device', 'cpu'),
    `device driver syncs DMA memory outside allocated range ${AT} [allocation size=64 bytes] [sync offset+size=68]`,
  ],
];
test.each(MISUSE)('%s is reported in Linux’s words', (_name, misuse, text) => {
  const { memory, texts, events } = bench();
  misuse(memory, memory.map(DEV, memory.alloc(64), 'to-device'));
  expect(texts()).toEqual([text]);
  expect(events.filter((event) => event.kind === 'dma_debug').map((event) => event.text)).toEqual([text]);
});

test('syncing in another direction is reported, and whether it could do any good', () => {
  const { memory, texts } = bench();
  const to = memory.map(DEV, memory.alloc(64), 'to-device');
  memory.sync(DEV, to, 64, 'from-device', 'cpu');
  const from = memory.map(DEV, memory.alloc(64), 'from-device');
  memory.sync(DEV, from, 64, 'to-device', 'device');
  const tail = (at: string, mapped: string, synced: string) =>
    `[device address=0x00000000${at}] [size=64 bytes] [mapped with ${mapped}] [synced with ${synced}]`;
  const first = tail('40000040', 'DMA_TO_DEVICE', 'DMA_FROM_DEVICE');
  const second = tail('40001040', 'DMA_FROM_DEVICE', 'DMA_TO_DEVICE');
  expect(texts()).toEqual([
    `device driver syncs DMA memory with different direction ${first}`,
    `device driver syncs device read-only DMA memory for cpu ${first}`,
    `device driver syncs DMA memory with different direction ${second}`,
    `device driver syncs device write-only DMA memory to device ${second}`,
  ]);
});

test('a driver that leaves mappings behind is reported as Linux does, and listed', () => {
  const { memory, texts } = bench();
  memory.map('eth1', memory.alloc(64), 'to-device');
  memory.map(DEV, memory.alloc(64), 'to-device');
  memory.map(DEV, memory.alloc(5000), 'from-device');
  expect(memory.ledger.released(DEV)).toBe(2);
  expect(texts()).toEqual([
    'device driver has pending DMA allocations while released from device [count=2]\nOne of leaked entries details: ' +
      '[device address=0x0000000040002040] [size=5000 bytes] [mapped with DMA_FROM_DEVICE] [mapped as single]',
  ]);
  expect(memory.ledger.leaks(DEV).map((m) => [m.iova, m.size, m.dir, m.at])).toEqual([
    [0x4000_1040, 64, 'to-device', 0],
    [0x4000_2040, 5000, 'from-device', 0],
  ]);
  expect(memory.ledger.released('eth2')).toBe(0);
  expect(memory.ledger.summary().split('\n').slice(2)[0]).toBe(
    'eth1: still mapped since 0 ns [device address=0x0000000040000040] [size=64 bytes] [DMA_TO_DEVICE]',
  );
});

test('mappings that share a cache line are reported when the device writes both', () => {
  const map = (dirs: readonly DmaDirection[], offsets: readonly number[]) => {
    const { memory, texts } = bench();
    const buffer = memory.alloc(256);
    for (const [i, dir] of dirs.entries()) memory.map(DEV, buffer, dir, offsets[i], 32);
    return texts();
  };
  const text = "cacheline tracking EEXIST, overlapping mappings aren't supported";
  expect(map(['from-device', 'from-device'], [0, 16])).toEqual([text]);
  expect(map(['from-device', 'bidirectional'], [0, 32])).toEqual([text]);
  expect(map(['from-device', 'from-device'], [0, 64])).toEqual([]);
  expect(map(['to-device', 'to-device'], [0, 16])).toEqual([]);
  expect(map(['to-device', 'from-device'], [0, 16])).toEqual([]);
});

test('of several mappings of one range the one that fits is closed', () => {
  const { memory, texts } = bench();
  const buffer = memory.alloc(256);
  const iova = memory.map(DEV, buffer, 'to-device', 0, 64);
  memory.map(DEV, buffer, 'to-device', 0, 128);
  memory.map('eth1', buffer, 'to-device', 0, 128);
  memory.map(DEV, buffer, 'to-device', 0, 256);
  memory.unmap(DEV, iova, 128, 'to-device');
  expect(memory.ledger.leaks().map((m) => [m.dev, m.size])).toEqual([
    [DEV, 64],
    ['eth1', 128],
    [DEV, 256],
  ]);
  memory.unmap('eth1', iova, 128, 'to-device');
  memory.unmap(DEV, iova, 64, 'to-device');
  memory.unmap(DEV, iova, 256, 'to-device');
  expect([memory.ledger.mapped, texts()]).toEqual([0, []]);
});

test('a device that works on memory synced for the CPU is found, once per sync', () => {
  const { memory, port, texts } = bench();
  const iova = memory.map(DEV, memory.alloc(64), 'to-device');
  memory.sync(DEV, iova, 64, 'to-device', 'cpu');
  port.read(iova, 4);
  port.read(iova, 4);
  memory.sync(DEV, iova, 64, 'to-device', 'device');
  port.read(iova, 4);
  expect(texts()).toEqual([`device reads memory that was synced for the CPU and not given back ${AT} [size=64 bytes]`]);
});

test('a received buffer that the CPU only looked at needs no sync back', () => {
  const { memory, port, texts } = bench();
  const iova = memory.map(DEV, memory.alloc(64), 'from-device');
  memory.sync(DEV, iova, 64, 'from-device', 'cpu');
  port.write(iova, Uint8Array.of(1));
  expect(texts()).toEqual([]);
});

test('without coherent caches a missing sync shows as old bytes', () => {
  const { memory, port, texts } = bench({ poison: true });
  const rx = memory.alloc(64);
  const iova = memory.map(DEV, rx, 'from-device');
  port.write(iova, Uint8Array.of(1));
  expect(rx.bytes[0]).toBe(0xa5);
  memory.sync(DEV, iova, 64, 'from-device', 'cpu');
  expect([...rx.bytes.subarray(0, 2)]).toEqual([1, 0xa5]);
  const tx = memory.alloc(64);
  const out = memory.map(DEV, tx, 'to-device');
  memory.sync(DEV, out, 64, 'to-device', 'cpu');
  tx.bytes[0] = 2;
  memory.sync(DEV, out, 1, 'to-device', 'device');
  tx.bytes[1] = 3;
  port.read(out, 2);
  expect([...port.read(out, 2)]).toEqual([2, 0]);
  expect(texts().length).toBe(1);
});

test('a driver that writes to memory while the device owns it is found', () => {
  for (const dir of ['to-device', 'from-device'] as const) {
    const { memory, texts } = bench({ poison: true });
    const buffer = memory.alloc(64);
    const iova = memory.map(DEV, buffer, dir, 16);
    buffer.bytes[15] = 1;
    buffer.bytes[20] = 1;
    memory.unmap(DEV, iova, 48, dir);
    expect(texts()).toEqual([
      'device driver changes memory while the device owns it ' +
        '[device address=0x0000000040000050] [size=48 bytes] [first changed byte=4]',
    ]);
  }
});

test('between sync for the CPU and sync for the device the driver may write, and afterwards no more', () => {
  const { memory, texts } = bench({ poison: true });
  const buffer = memory.alloc(64);
  const iova = memory.map(DEV, buffer, 'to-device');
  memory.sync(DEV, iova, 64, 'to-device', 'cpu');
  buffer.bytes[1] = 1;
  memory.sync(DEV, iova, 64, 'to-device', 'cpu');
  memory.sync(DEV, iova, 64, 'to-device', 'device');
  expect(texts()).toEqual([]);
  buffer.bytes[2] = 1;
  memory.unmap(DEV, iova, 64, 'to-device');
  expect(texts().map((text) => text.slice(-23))).toEqual([' [first changed byte=2]']);
});

test('mapping, syncing and unmapping are traced with device, range and direction', () => {
  const { memory, events } = bench();
  const iova = memory.map(DEV, memory.alloc(64), 'to-device');
  memory.sync(DEV, iova, 64, 'to-device', 'cpu');
  memory.unmap(DEV, iova, 64, 'to-device');
  const body = { t: 0, where: DEV, iova: '0x40000040', size: 64, dir: 'to-device' };
  const kinds = ['dma_map', 'dma_sync', 'dma_unmap'];
  expect(events).toEqual(kinds.map((kind, seq) => ({ seq, kind, ...body })));
});

test('findings are kept up to a thousand, all are traced', () => {
  const { memory, events, port } = bench();
  for (let i = 0; i < 1_100; i++) expect(() => port.read(0, 1)).toThrow('EFAULT');
  expect([memory.ledger.findings.length, events.length]).toEqual([1_000, 1_100]);
});

test('allocation and mapping fail as planned, and nothing is left of them', () => {
  const { memory: sim } = bench();
  const plan = new FaultPlan(parseFaults('dma.alloc#2=enomem,dma.map@eth0#1=enomem').points);
  const memory = withDmaFaults(sim, plan);
  memory.setMask(DEV, 31);
  const buffer = memory.alloc(64);
  expect(() => memory.alloc(64)).toThrow('memory: dma: injected at dma.alloc (ENOMEM)');
  expect(() => memory.map(DEV, buffer, 'to-device')).toThrow('eth0: dma: injected at dma.map (ENOMEM)');
  expect([sim.allocated, sim.ledger.mapped]).toEqual([1, 0]);
  expect(memory.map(DEV, buffer, 'to-device', 8, 8)).toBe(buffer.phys + 8);
});

type Step =
  | {
      readonly kind: 'map';
      readonly buffer: number;
      readonly offset: number;
      readonly size: number;
      readonly dir: number;
    }
  | { readonly kind: 'unmap'; readonly pick: number; readonly wrongSize: boolean; readonly wrongDir: boolean }
  | { readonly kind: 'access'; readonly page: number; readonly offset: number; readonly write: boolean };

const DIRS: readonly DmaDirection[] = ['to-device', 'from-device', 'bidirectional'];
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('map' as const),
    buffer: fc.nat(3),
    offset: fc.nat(9_000),
    size: fc.integer({ min: 1, max: 999 }),
    dir: fc.nat(2),
  }),
  fc.record({ kind: fc.constant('unmap' as const), pick: fc.nat(), wrongSize: fc.boolean(), wrongDir: fc.boolean() }),
  fc.record({ kind: fc.constant('access' as const), page: fc.nat(14), offset: fc.nat(4095), write: fc.boolean() }),
);

interface Plain {
  readonly iova: number;
  readonly size: number;
  readonly dir: DmaDirection;
}

/** True when both may be written by the device and touch the same 64 bytes. */
function disturbs(a: Plain, b: Plain): boolean {
  const lines = (m: Plain) => new Set(Array.from({ length: m.size }, (_, i) => Math.floor((m.iova + i) / 64)));
  return a.dir !== 'to-device' && b.dir !== 'to-device' && [...lines(a)].some((line) => lines(b).has(line));
}

test('the ledger answers as a plain list of mappings would, whatever is mapped, unmapped and touched', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { memory, port } = bench();
      const buffers: DmaBuffer[] = Array.from({ length: 4 }, () => memory.alloc(10_000));
      const model: Plain[] = [];
      let findings = 0;
      for (const s of steps) {
        if (s.kind === 'map') {
          const buffer = buffers[s.buffer] as DmaBuffer;
          const plain = { iova: buffer.phys + s.offset, size: s.size, dir: DIRS[s.dir] as DmaDirection };
          if (model.some((m) => m.iova === plain.iova)) continue;
          if (model.some((m) => disturbs(m, plain))) findings++;
          expect(memory.map(DEV, buffer, plain.dir, s.offset, s.size)).toBe(plain.iova);
          model.push(plain);
        } else if (s.kind === 'unmap' && model.length > 0) {
          const [m] = model.splice(s.pick % model.length, 1) as [Plain];
          const wrongDir = m.dir === 'to-device' ? 'from-device' : 'to-device';
          findings += Number(s.wrongSize) + Number(s.wrongDir);
          memory.unmap(DEV, m.iova, s.wrongSize ? m.size + 1 : m.size, s.wrongDir ? wrongDir : m.dir);
        } else if (s.kind === 'access') {
          const at = 0x4000_0000 + s.page * 4096 + s.offset;
          const against = s.write ? 'to-device' : 'from-device';
          const allowed = model.some((m) => m.iova <= at && at + 4 <= m.iova + m.size && m.dir !== against);
          const touch = () => (s.write ? port.write(at, new Uint8Array(4)) : port.read(at, 4));
          if (allowed) touch();
          else expect(touch).toThrow('EFAULT');
          findings += Number(!allowed);
        }
      }
      expect(memory.ledger.leaks().map(({ iova, size, dir }) => ({ iova, size, dir }))).toEqual(model);
      expect([memory.ledger.mapped, memory.ledger.findings.length]).toEqual([model.length, findings]);
    }),
    { numRuns: 200 },
  );
});

test('the page allocator never hands a page out twice, and has all of them again in the end', () => {
  const use = fc.record({ count: fc.integer({ min: 1, max: 9 }), align: fc.constantFrom(1, 2, 4), free: fc.boolean() });
  fc.assert(
    fc.property(fc.array(use, { maxLength: 80 }), (uses) => {
      const pages = new PageAllocator(3, 40);
      const taken = new Set<number>();
      const held: (readonly [number, number])[] = [];
      const give = () => {
        const [start, count] = held.shift() ?? [0, 0];
        for (let page = start; page < start + count; page++) taken.delete(page);
        if (count > 0) pages.give(start, count);
      };
      const fits = (start: number, count: number) =>
        start + count <= 43 && Array.from({ length: count }, (_, i) => start + i).every((page) => !taken.has(page));
      for (const { count, align, free } of uses) {
        if (free) give();
        const hole = Array.from({ length: 43 }, (_, i) => i).some((i) => i >= 3 && i % align === 0 && fits(i, count));
        const start = pages.take(count, align);
        expect(start !== undefined).toBe(hole);
        if (start === undefined) continue;
        expect([start % align, start >= 3, fits(start, count)]).toEqual([0, true, true]);
        for (let page = start; page < start + count; page++) taken.add(page);
        held.push([start, count]);
      }
      while (held.length > 0) give();
      expect(pages.take(40, 1)).toBe(3);
    }),
  );
});

test('pages are used again as late as possible', () => {
  const pages = new PageAllocator(0, 4);
  const seen: (number | undefined)[] = [];
  for (let i = 0; i < 5; i++) {
    const page = pages.take(1, 1);
    seen.push(page);
    pages.give(page as number, 1);
  }
  expect(seen).toEqual([0, 1, 2, 3, 0]);
  expect(() => pages.give(0, 1)).toThrow(Bug);
});

test('who looks on sees mapped bytes as the device has them, and leaves no finding', () => {
  const { memory, texts, port } = bench({ poison: true });
  const buffer = memory.alloc(256);
  expect(memory.ledger.peek(buffer.phys, 4)).toBeUndefined();
  const iova = memory.map(DEV, buffer, 'from-device', 64, 100);
  port.write(iova + 90, Uint8Array.of(1, 2, 3));
  expect([...(memory.ledger.peek(iova + 90, 3) ?? [])]).toEqual([1, 2, 3]);
  expect(memory.ledger.peek(iova + 90, 100)?.length).toBe(10);
  memory.unmap(DEV, iova, 100, 'from-device');
  expect([memory.ledger.peek(iova, 4), texts()]).toEqual([undefined, []]);
});
