import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeItem, type JudgeOptions } from './decode.js';
import { FORMAT, frameDescriptor, parseResults, poolBuffer, tableEntries } from './formats.js';
import { readDpaa } from './input.js';
import { itemLines, itemTitle } from './item-text.js';

// Recorded from the patch's own code (test/golden/dpaa.md).
interface GoldenEntry {
  readonly addr: string;
  readonly ext: boolean;
  readonly final: boolean;
  readonly length: number;
  readonly bpid: number;
  readonly offset: number;
}
interface GoldenCase {
  readonly id: string;
  readonly kind: string;
  readonly in: { readonly sgt?: readonly GoldenEntry[]; readonly fd?: Record<string, string | number> };
  readonly out: {
    readonly fd?: Record<string, string | number> | null;
    readonly fdHex?: string;
    readonly sgt?: readonly string[];
    readonly sgtHex?: readonly string[];
    readonly sgtFields?: readonly GoldenEntry[];
  };
}
const { cases } = JSON.parse(readFileSync(new URL('../../../test/golden/dpaa.json', import.meta.url), 'utf8')) as {
  cases: GoldenCase[];
};
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

test('descriptors that the driver has sent have the fields that it meant', () => {
  let count = 0;
  for (const { out } of cases) {
    if (out.fd === null || out.fd === undefined) continue;
    const { hex, bpid, addr, format, offset, length20, cmd } = out.fd;
    const { dd, liodnOffset, eliodnOffset, reserved, word, ...fields } = frameDescriptor(bytesOf(String(hex)));
    expect(fields).toEqual({ bpid, addr: Number(addr), format, offset, length: length20 });
    expect([dd, liodnOffset, eliodnOffset, reserved, word]).toEqual([0, 0, 0, 0, Number(cmd)]);
    count++;
  }
  expect(count).toBeGreaterThan(60);
});

test('descriptors that were received have the fields that FMan wrote', () => {
  for (const { kind, in: given, out } of cases.filter(({ kind: one }) => one === 'rx')) {
    const { addr, bpid, format, offset, length20, status } = given.fd ?? {};
    const fd = frameDescriptor(bytesOf(out.fdHex ?? ''));
    expect([kind, fd.addr, fd.bpid, fd.offset, fd.length, fd.word]).toEqual([
      'rx',
      Number(addr),
      bpid,
      offset,
      length20,
      Number(status),
    ]);
    expect(fd.format).toBe(format === 'contig' ? FORMAT.CONTIG : format === 'sg' ? FORMAT.SG : fd.format);
  }
});

test('tables have the entries that were meant', () => {
  let count = 0;
  for (const { out } of cases.filter(({ kind }) => kind === 'tx')) {
    if (out.sgtFields === undefined || out.sgt === undefined) continue;
    const entries = tableEntries(bytesOf(out.sgt.join(''))).map(({ isStained: _, ...entry }) => entry);
    expect(entries).toEqual(out.sgtFields.map((entry) => ({ ...entry, addr: Number(entry.addr) })));
    count++;
  }
  expect(count).toBeGreaterThan(30);
});

test('an offset of an entry has 13 bits, big-endian, whatever Linux 6.12 reads on ARM', () => {
  expect(tableEntries(bytesOf('0000001234100040 00000600 00011f80'))[0]).toMatchObject({ bpid: 1, offset: 0x1f80 });
});

test('a buffer of BMan has 48 bits of address', () => {
  expect(poolBuffer(bytesOf('a3 07 0012 34100040'))).toEqual({ verb: 0xa3, bpid: 7, addr: 0x12_3410_0040 });
  expect(poolBuffer(bytesOf('00 3f ffff ffffffff')).addr).toBe(2 ** 48 - 1);
});

test('parse results have their fields at the bytes of the manual', () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, index) => index);
  expect(parseResults(bytes)).toEqual({
    lpid: 0,
    shim: 1,
    l2: 0x0203,
    l3: 0x0405,
    l4: 6,
    classPlan: 7,
    nextHeader: 0x0809,
    runningSum: 0x0a0b,
    flags: 0x0c0d,
    routing: 0x0e0f,
    ethOffset: 19,
    vlanOffsets: [21, 22],
    etypeOffset: 23,
    mplsOffsets: [25, 26],
    ipOffsets: [27, 28],
    greOffset: 29,
    l4Offset: 30,
    endOffset: 31,
  });
});

function decode(text: string, options: JudgeOptions = {}): string[] {
  const { items = [], memory } = readDpaa(new TextEncoder().encode(text));
  return items.flatMap((item) => {
    const decoded = decodeItem(item, memory, options);
    const found = decoded.findings.map(({ code, where }) => `=> ${where === undefined ? '' : `${where} `}${code}`);
    return [itemTitle(decoded), ...itemLines(decoded), ...found];
  });
}

test('a frame of three entries is followed from its descriptor into the dump', () => {
  const dump = [
    'fd: 00ff0012 3400f000 840007ea d0000200',
    '',
    '123400f010: 00 00 00 00 80 00 20 00 00 00 00 00 00 00 00 00',
    '123400f020: 00 00 00 00 00 00 00 00 00 00 00 0e 00 00 22 00',
    '123400f030: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00',
    '123400f040: 00 00 00 12 34 01 00 80 00 00 00 42 00 ff 00 00',
    '123400f050: 00 00 00 12 34 04 00 00 00 00 05 a8 00 ff 00 00',
    '123400f060: 00 00 00 12 34 05 00 00 40 00 02 00 00 ff 00 00',
  ];
  expect(decode(dump.join('\n'), { errata: false })).toEqual([
    'frame, transmit: 2026 bytes, scatter/gather',
    'addr 0x123400f000, bpid 255 (no pool), format 4 (scatter/gather), offset 64, length 2026',
    'command 0xd0000200: FCO, RPD, DTC, confirmation to frame queue 0x200',
    'entry 0  addr 0x1234010080, offset 0, length 66, no pool',
    'entry 1  addr 0x1234040000, offset 0, length 1448, no pool',
    'entry 2  addr 0x1234050000, offset 0, length 512, no pool, F',
    'parse: layer 2 0x0000 (none), layer 3 0x8000 (IPv4), layer 4 0x20 (TCP)',
    'parse: offsets ethernet 0, vlan 0, ip 14, l4 34; running sum 0x0000',
  ]);
});

const fine = 'fd: 00ff0012 3400f000 840007ea 80000200\nsgt:\n';
const entry = (length: number, rest = '00ff0000', addr = '00000012 34040000'): string =>
  `${addr} ${length.toString(16).padStart(8, '0')} ${rest}\n`;
const FINAL = 0x4000_0000;

test.each([
  ['the sum of the lengths', fine + entry(64) + entry(FINAL + 512), ['=> dpaa/table-sum']],
  [
    'no final entry in a whole table',
    `${fine}${entry(126)}${entry(112).repeat(14)}${entry(332)}`,
    ['=> dpaa/table-final', '=> entry 0 dpaa/erratum-length', '=> entry 15 dpaa/erratum-length'],
  ],
  ['no final entry in a piece of a table', fine + entry(0x7e0), ['=> dpaa/table-cut', '=> dpaa/table-sum']],
  ['another table', fine + entry(0x8000_0000 + 2016) + entry(FINAL + 10), ['=> entry 0 dpaa/table-ext']],
  [
    'reserved bits',
    fine + entry(2016, '01ff0000') + entry(FINAL + 10, '00ff2000', '00000112 34040000'),
    ['=> entry 0 dpaa/table-bits', '=> entry 1 dpaa/table-bits'],
  ],
  [
    'an entry with a pool in a frame with none',
    fine + entry(2016, '00070000') + entry(FINAL + 10),
    ['=> entry 0 dpaa/pool-given'],
  ],
  [
    'a pool that cannot be',
    fine + entry(2016, '00400000') + entry(FINAL + 10),
    ['=> entry 0 dpaa/pool-range', '=> entry 0 dpaa/pool-given'],
  ],
  ['nothing in an entry', fine + entry(0) + entry(FINAL + 2026), ['=> entry 0 dpaa/table-zero']],
  [
    'an address of zero',
    fine + entry(2016, '00ff0000', '00000000 00000000') + entry(FINAL + 10),
    ['=> entry 0 dpaa/table-address'],
  ],
  [
    'bytes over a border of 4 KiB',
    fine + entry(2016, '00ff0ff0') + entry(FINAL + 10),
    ['=> entry 0 dpaa/erratum-cross'],
  ],
  ['bytes up to a border of 4 KiB', fine + entry(2016, '00ff0820') + entry(FINAL + 10), []],
  [
    'bytes between multiples of 16',
    fine + entry(2016, '00ff0008') + entry(FINAL + 10),
    ['=> entry 0 dpaa/erratum-align'],
  ],
  ['a length between them, not at the end', fine + entry(2017) + entry(FINAL + 9), ['=> entry 0 dpaa/erratum-length']],
])('of a table, %s', (_name, text, found) => {
  expect(decode(text).filter((line) => line.startsWith('=>'))).toEqual(found);
});

test.each([
  ['nothing', '00010012 34100040 08000600 00000000', []],
  ['a format that FMan does not take', '00010012 34100040 20000600 00000000', ['dpaa/fd-format']],
  ['reserved bits', 'c1010012 34100040 08000600 00000000', ['dpaa/fd-bits']],
  ['no bytes', '00010012 34100040 08000000 00000000', ['dpaa/fd-empty']],
  ['no address', '00010000 00000000 08000600 00000000', ['dpaa/fd-address']],
  ['an end beyond 40 bits', '000100ff ffffff00 08000600 00000000', ['dpaa/fd-beyond', 'dpaa/erratum-cross']],
  ['a pool that cannot be', '00400012 34100040 08000600 00000000', ['dpaa/pool-range']],
  [
    'errors in the status',
    '00010012 34100040 08000600 010c0004',
    ['dpaa/status-error', 'dpaa/status-error', 'dpaa/status-error'],
  ],
  ['a status with strange bits', '00010012 34100040 08000600 80000000', ['dpaa/status-bits']],
  ['bytes over a border of 4 KiB', '00010012 34100f00 08000600 00000000', ['dpaa/erratum-cross']],
  ['less than the least frame, sent', '00ff0012 34100000 0400003b 80000200', ['dpaa/fd-short']],
  ['a confirmation to queue 0', '00ff0012 34100000 04000600 80000000', ['dpaa/command-fqid']],
  ['checksums without headers', '00ff0012 34100000 04000600 90000200', ['dpaa/command-dtc']],
  ['no confirmation and no pool', '00ff0012 34100000 04000600 40000000', ['dpaa/command-lost']],
  ['a confirmation with an error', '00ff0012 34100000 04000600 02000000', ['dpaa/status-error']],
  ['a table that is not there', '00010012 34100040 88000600 00000000', ['dpaa/table-missing']],
])('of a descriptor, %s', (_name, words, found) => {
  const said = decode(`fd: ${words}`).filter((line) => line.startsWith('=>'));
  expect(said).toEqual(found.map((code) => `=> ${code}`));
});

test('pools that were given are all that there are; errata can be left out', () => {
  const text = 'fd: 00010012 34100f00 08000600 00000000';
  expect(decode(text, { pools: [7, 8], errata: false }).at(-1)).toBe('=> dpaa/pool-unknown');
  expect(decode(text, { pools: [1], errata: false }).at(-1)).toBe('status 0x00000000: no error');
});

test('a received frame whose buffers are used twice, or belong to nobody', () => {
  const table = [entry(1536, '00010080', '00000012 34200000'), entry(FINAL + 464, '00010000', '00000012 34200000')];
  const fd = 'fd: 00010012 34100040 880007d0 00000000\nsgt: ';
  expect(decode(fd + table.join(''), { errata: false }).slice(-1)).toEqual(['=> entry 1 dpaa/table-double']);
  const own = [entry(1536, '00ff0080', '00000012 34200000'), entry(FINAL + 464, '00010000', '00000012 34100040')];
  expect(decode(fd + own.join(''), { errata: false }).slice(-2)).toEqual([
    '=> entry 0 dpaa/pool-none',
    '=> entry 1 dpaa/table-own',
  ]);
});

test('buffers that are released together', () => {
  expect(decode('bman: a2070012 34100040 00000012 34100100')).toEqual([
    'buffers of BMan: 2',
    'buffer 0  addr 0x1234100040, pool 7',
    'buffer 1  addr 0x1234100100, pool 7',
  ]);
  const bad = 'a3070012 34100040 00000012 34100040 01000000 00000000 00000112 34100041';
  expect(decode(`bman: ${bad}`).filter((line) => line.startsWith('=>'))).toEqual([
    '=> dpaa/buffer-count',
    '=> buffer 1 dpaa/buffer-double',
    '=> buffer 2 dpaa/buffer-bits',
    '=> buffer 2 dpaa/buffer-zero',
    '=> buffer 3 dpaa/buffer-address',
  ]);
});

test('parse results whose offsets cannot be', () => {
  const parse = (l3: string, l4: string, ip: string, at: string): string =>
    `parse: 00008000${l3}${l4}00${'00'.repeat(19)}${ip}0000${at}00`;
  const found = (text: string): string[] => decode(text).filter((line) => line.startsWith('=>'));
  expect(found(parse('8000', '20', '0e', '22'))).toEqual([]);
  expect(found(parse('4000', '40', '0e', '36'))).toEqual([]);
  expect(found(parse('8000', '20', 'ff', '22'))).toEqual(['=> dpaa/parse-l3']);
  expect(found(parse('8000', '20', '0e', 'ff'))).toEqual(['=> dpaa/parse-l4']);
  expect(found(parse('8000', '20', '0e', '21'))).toEqual(['=> dpaa/parse-order']);
  expect(found(parse('8000', '30', '0e', '22'))).toEqual(['=> dpaa/parse-error']);
});

test('bytes that are no whole one are told', () => {
  expect(decode('fd: 00010012 34100040 08000600')).toEqual(['frame descriptor', '=> dpaa/cut']);
  expect(decode('parse: 00008000 80002000')).toEqual(['parse results', '=> dpaa/cut']);
});
