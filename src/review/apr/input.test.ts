import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type DumpOptions, readPackets } from './input.js';

// What Linux 6.12's drivers sent and got (test/golden/apr.md).
const GOLDEN = new URL('../../../test/golden/apr-services.json', import.meta.url);
const { sequences } = JSON.parse(readFileSync(GOLDEN, 'utf8')) as { sequences: { session: { hex?: string }[] } };
const digits = sequences.session.flatMap(({ hex }) => hex ?? []).slice(0, 24);
const packets = digits.map((one) => Uint8Array.from(Buffer.from(one, 'hex')));
const text = (lines: readonly string[] | string): Uint8Array =>
  new TextEncoder().encode(typeof lines === 'string' ? lines : `${lines.join('\n')}\n`);
const hexBytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const spaced = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/..(?=.)/g, '$& ');

function read(input: Uint8Array, options: DumpOptions = {}): object {
  const { packets: found, format, diagnostics } = readPackets(input, options);
  return {
    packets: found?.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
    format,
    said: diagnostics.map(({ severity, code }) => `${severity} ${code}`),
  };
}

/** Rows of 16 bytes behind their offsets. */
function rows(bytes: Uint8Array, front: (offset: string) => string): string[] {
  const out: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    out.push(`${front(at.toString(16).padStart(8, '0'))}${spaced(bytes.subarray(at, at + 16))}`);
  }
  return out;
}

const all = { packets: digits, said: [] };

test('one packet in a line', () => {
  expect(read(text(digits))).toEqual({ ...all, format: 'hex' });
});

test('a binary, cut by the sizes', () => {
  expect(read(Buffer.concat(packets))).toEqual({ ...all, format: 'binary' });
  expect(
    readPackets(Buffer.concat(packets))
      .packets?.slice(0, 3)
      .map(({ offset }) => offset),
  ).toEqual([0, 20, 44]);
});

test('dumps as hexdump -C and xxd write them', () => {
  expect(read(text(packets.flatMap((one) => rows(one, (offset) => `${offset}  `))))).toEqual({ ...all, format: 'hex' });
  expect(read(text(packets.flatMap((one) => rows(one, (offset) => `${offset}: `))))).toEqual({ ...all, format: 'hex' });
  const xxd =
    '00000000: 5002 1400 0305 0000 0304 0000 0000 0000  P...............\n' +
    '00000010: 0c29 0100                                .)..\n';
  expect(read(text(xxd))).toEqual({ packets: [digits[0]], format: 'hex', said: [] });
});

test('a dump of a whole file has several packets', () => {
  expect(read(text(rows(Buffer.concat(packets), (offset) => `${offset}: `)))).toEqual({ ...all, format: 'hex' });
});

test('rows without offsets', () => {
  expect(read(text(packets.flatMap((one) => rows(one, () => ''))))).toEqual({ ...all, format: 'hex' });
});

test('a kernel log, with times', () => {
  const lines = packets.flatMap((one, index) => [
    `[   ${index}.000250] remoteproc0: something else`,
    ...rows(one, (offset) => `[   ${index}.000500] qcom,apr 4080000.remoteproc: rx: ${offset}: `),
  ]);
  expect(read(text(lines))).toEqual({ packets: digits, format: 'log', said: ['note apr/input/skipped'] });
  expect(readPackets(text(lines)).packets?.slice(0, 3)).toMatchObject([
    { timeNs: 500_000, line: 2 },
    { timeNs: 1_000_500_000, line: 5 },
    { timeNs: 2_000_500_000, line: 8 },
  ]);
});

test('a trace of bringup, with ways, channels and what the sender was told', () => {
  const dashed = (bytes: Uint8Array | undefined): string => spaced(bytes as Uint8Array).replaceAll(' ', '-');
  const lines = [
    `[   0.000000000] /soc@0/rproc/smd-edge.apr_audio_svc: rpmsg_send: [${dashed(packets[0])}] ret=0`,
    `[   0.000050000] /soc@0/rproc/smd-edge.apr_audio_svc: rpmsg_deliver: [${dashed(packets[1])}]`,
    `[   0.000060000] /soc@0/rproc/smd-edge.apr_audio_svc: rpmsg_send: [${dashed(packets[2])}] ret=-11`,
  ];
  const channel = '/soc@0/rproc/smd-edge.apr_audio_svc';
  expect(readPackets(text(lines))).toEqual({
    packets: [
      { bytes: packets[0], channel, way: 'out', timeNs: 0, line: 1 },
      { bytes: packets[1], channel, way: 'in', timeNs: 50_000, line: 2 },
      { bytes: packets[2], channel, way: 'out', timeNs: 60_000, line: 3, comment: 'not sent: -11', unsent: true },
    ],
    format: 'log',
    diagnostics: [],
  });
});

test('a lost row is told', () => {
  const [first, , third, ...rest] = rows(packets[3] as Uint8Array, (offset) => `${offset}: `);
  expect(read(text([first, third, ...rest] as string[]))).toMatchObject({ said: ['warning apr/input/lost'] });
});

test('rows that are as the one before are filled in, but not without end', () => {
  const [head = '', ...rest] = rows(
    Buffer.concat([hexBytes('50026000070500000704000000000000'), new Uint8Array(80)]),
    (at) => `${at}  `,
  );
  const squeezed = [head, rest[0] ?? '', '*', `00000060`];
  expect(read(text(squeezed))).toEqual({
    packets: ['50026000070500000704000000000000'.padEnd(192, '0')],
    format: 'hex',
    said: [],
  });
  const lines = Array.from(
    { length: 20_000 },
    (_, at) => `${(at * 0x1_0000).toString(16).padStart(8, '0')}: 50 02\n*\n`,
  );
  const filled = readPackets(text(lines.join('')));
  const bytes = filled.packets?.reduce((sum, one) => sum + one.bytes.length, 0) ?? 0;
  expect(bytes).toBeLessThan(5_000_000);
  expect(filled.diagnostics.length).toBeLessThan(40);
});

test('what cannot be cut is one packet', () => {
  expect(read(Buffer.concat([packets[0] as Uint8Array, Buffer.from('ffffffff01', 'hex')]))).toEqual({
    packets: [digits[0], 'ffffffff01'],
    format: 'binary',
    said: ['warning apr/input/rest'],
  });
  const claims = '5001c800070401010705010101000000e810010001020304';
  expect(read(text([claims, digits[0] as string]))).toEqual({ packets: [claims, digits[0]], format: 'hex', said: [] });
});

test.each([
  ['nothing', '', {}, 'empty'],
  ['blank lines', '\n \n', {}, 'empty'],
  ['a letter', 'Dear all,\nthe sound is off.\n', {}, 'unknown'],
  ['a letter as a dump', 'Dear all,\nthe sound is off.\n', { format: 'hex' }, 'not-this'],
  ['a picture', '\u0089PNG\r\n\u001a\n\0\0\0', {}, 'unknown'],
  ['an empty binary', '', { format: 'binary' }, 'empty'],
] as const)('%s is refused with one error', (_, input, options, key) => {
  expect(read(Buffer.from(input, 'latin1'), options)).toMatchObject({
    packets: undefined,
    said: [`error apr/input/${key}`],
  });
});
