import { expect, test } from 'vitest';
import { type DpaaInputOptions, readDpaa } from './input.js';

const FD = '00ff00123400f000840005ea80000200';
const TABLE = '00000012340100800000004200ff0000' + '0000001234040000400005a800ff0000';
const spaced = (hex: string, digits: number): string => hex.match(new RegExp(`.{${digits}}`, 'g'))?.join(' ') ?? '';
const reversed = (word: string): string => word.match(/../g)?.toReversed().join('') ?? '';

function read(text: string | Uint8Array, options: DpaaInputOptions = {}): object {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const { items, memory, diagnostics } = readDpaa(bytes, options);
  const hex = (one: Uint8Array | undefined): string | undefined => one && Buffer.from(one).toString('hex');
  return {
    items: items?.map(({ kind, bytes: own, table }) => [kind, hex(own), ...(table === undefined ? [] : [hex(table)])]),
    memory: memory.pieces.map(({ at, bytes: own }) => [at.toString(16), own.length]),
    said: diagnostics.map(({ severity, code }) => `${severity} ${code}`),
  };
}

const whole = { items: [['fd', FD, TABLE]], memory: [], said: [] };

test.each([
  ['words as documents have them', spaced(FD, 8), spaced(TABLE, 8)],
  ['bytes', spaced(FD, 2), spaced(TABLE, 2)],
  ['one number', FD, TABLE],
  ['words of 64 bits', spaced(FD, 16), spaced(TABLE, 16)],
  [
    'words that a little-endian machine has printed',
    spaced(FD, 8).replace(/\S+/g, reversed),
    spaced(TABLE, 8).replace(/\S+/g, reversed),
  ],
  ['numbers of C', spaced(FD, 8).replace(/\S+/g, '0x$&,'), spaced(TABLE, 8).replace(/\S+/g, '0x$&,')],
])('a descriptor and its table: %s', (_name, fd, table) => {
  expect(read(`fd: ${fd}\nsgt: ${table}\n`)).toEqual(whole);
});

test('without labels a table behind its descriptor is found, and zeros are none', () => {
  expect(read(`${FD}${TABLE}${'0'.repeat(32)}${FD.replace('84', '04')}`)).toEqual({
    items: [
      ['fd', FD, TABLE],
      ['fd', FD.replace('84', '04')],
    ],
    memory: [],
    said: [],
  });
});

test('labels in a kernel log', () => {
  const lines = [
    '[   12.000100] fsl_dpaa_mac 1ae0000.ethernet eth0: something else',
    `[   12.000200] fsl_dpaa_mac 1ae0000.ethernet eth0: fd: ${spaced(FD, 8)}`,
    `[   12.000300] fsl_dpaa_mac 1ae0000.ethernet eth0: sgt: ${spaced(TABLE.slice(0, 32), 2)}`,
    `[   12.000300] fsl_dpaa_mac 1ae0000.ethernet eth0: ${spaced(TABLE.slice(32), 2)}`,
  ];
  expect(read(lines.join('\n'))).toEqual({ ...whole, said: ['note dpaa/input/skipped'] });
});

test('a label in front of every row, as print_hex_dump writes it', () => {
  const lines = [
    `[   12.000200] fsl_dpaa_mac 1ae0000.ethernet eth0: tx fd: 00000000: ${spaced(FD, 2)}`,
    `[   12.000300] fsl_dpaa_mac 1ae0000.ethernet eth0: tx sgt: 00000000: ${spaced(TABLE.slice(0, 32), 2)}`,
    `[   12.000300] fsl_dpaa_mac 1ae0000.ethernet eth0: tx sgt: 00000010: ${spaced(TABLE.slice(32), 2)}`,
    `[   12.000400] fsl_dpaa_mac 1ae0000.ethernet eth0: tx fd: 00000000: ${spaced(FD, 2)}`,
  ];
  expect(read(lines.join('\n'))).toEqual({
    ...whole,
    items: [
      ['fd', FD, TABLE],
      ['fd', FD],
    ],
  });
});

const rows = (at: number, hex: string, form: (at: string, bytes: string) => string): string =>
  (hex.match(/.{1,32}/g) ?? []).map((row, index) => form((at + index * 16).toString(16), spaced(row, 2))).join('\n');

test('memory with addresses is looked up, and asked with an address', () => {
  const dump = rows(0x12_3400_f040, TABLE, (at, bytes) => `${at}: ${bytes}`);
  const memory = [['123400f040', 32]];
  expect(read(`fd: ${FD}\n\n${dump}`)).toEqual({ items: [['fd', FD]], memory, said: [] });
  expect(read(dump, { as: 'sgt', at: 0x12_3400_f050 })).toEqual({
    items: [['sgt', TABLE.slice(32)]],
    memory,
    said: [],
  });
  expect(read(dump, { at: 0x1000 })).toEqual({ items: undefined, memory: [], said: ['error dpaa/input/outside'] });
});

test('a dump as hexdump -C writes it, with rows left out', () => {
  const first = rows(
    0x8000_0000,
    FD,
    (at, bytes) => `${at}  ${bytes.slice(0, 23)}  ${bytes.slice(24)}  |................|`,
  );
  const last = `*\n80000040  ${spaced(FD, 2)}  |................|\n80000050`;
  expect(read(`${first}\n${last}`, { at: 0x8000_0040 })).toMatchObject({
    items: [['fd', FD]],
    memory: [['80000000', 0x50]],
  });
});

test('memory of which nothing is said is searched for descriptors', () => {
  const dump = rows(0x8000_0000, `${'0'.repeat(32)}${'5a'.repeat(16)}${FD}`, (at, bytes) => `${at}: ${bytes}`);
  expect(read(dump)).toMatchObject({ items: [['fd', FD]], said: ['note dpaa/input/memory'] });
});

test('a binary has an address, or begins with what is asked for', () => {
  const binary = Uint8Array.from(Buffer.from(FD + TABLE, 'hex'));
  const memory = [['0', 48]];
  expect(read(binary)).toEqual({ items: [['fd', FD, TABLE]], memory, said: [] });
  expect(read(binary.subarray(16), { as: 'sgt' })).toEqual({ items: [['sgt', TABLE]], memory: [['0', 32]], said: [] });
  const options = { base: 0x12_3400_f030, at: 0x12_3400_f040, as: 'sgt' } as const;
  expect(read(binary, options)).toEqual({ items: [['sgt', TABLE]], memory: [['123400f030', 48]], said: [] });
});

test('what has too much in it is cut, and that is told', () => {
  const { items = [], diagnostics } = readDpaa(new Uint8Array(1 << 20).fill(1), { as: 'buffers' });
  expect([items.length, items[0]?.bytes.length]).toEqual([1, 400_000]);
  expect(diagnostics.map(({ code }) => code)).toEqual(['dpaa/input/many']);
});

test('what cannot be read is told once', () => {
  expect(read('')).toMatchObject({ items: undefined, said: ['error dpaa/input/empty'] });
  expect(read(' \n\n')).toMatchObject({ items: undefined, said: ['error dpaa/input/empty'] });
  expect(read('hello\nworld, this is no dump\n')).toMatchObject({ items: undefined, said: ['error dpaa/input/none'] });
  expect(read('\n'.repeat(200_001))).toMatchObject({ items: undefined, said: ['error dpaa/input/large'] });
});

test('first words that differ by the bytes behind them are no offsets: no dump has rows of twelve', () => {
  const rows = ['00000001 86585000 000002c0 00ff0000', '0000000d 4e5c3000 400002c0 00ff0000'];
  const { items = [] } = readDpaa(new TextEncoder().encode(`sgt:\n${rows.join('\n')}\n`));
  expect(items.map(({ bytes }) => bytes.length)).toEqual([32]);
});
