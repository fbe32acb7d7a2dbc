import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { captureIo } from '../../../test/capture.js';
import { EthernetCapture } from '../../abi/ethernet-capture.js';
import { run } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'bringup-dpaa-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function bringup(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const { io, out, err } = captureIo({ cwd: folder });
  const code = await run(words, io);
  return { code, out: out(), err: err() };
}

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const FINE = 'fd: 00010012 34100040 08000600 00000000\n';

test('a frame that is fine, and one that is not, in text and exit code', async () => {
  expect(await bringup('dpaa', 'decode', file('fine.txt', FINE))).toEqual({
    code: 0,
    err: '',
    out:
      '   1  frame, receive: 1536 bytes, contiguous (line 1)\n' +
      '      00010012 34100040 08000600 00000000\n' +
      '      addr 0x1234100040, bpid 1 (pool 1), format 0 (contiguous), offset 128, length 1536\n' +
      '      status 0x00000000: no error\n' +
      '      => nothing is wrong with it\n' +
      '1 thing: 0 errors, 0 warnings\n',
  });
  expect(await bringup('dpaa', 'decode', 'fine.txt', '--pools', '7, 8')).toMatchObject({
    code: 1,
    out: expect.stringContaining('=> error: pool 1 is none of those that were given (7, 8); look who filled it in'),
  });
});

test('the document has the fields as numbers', async () => {
  const { code, out } = await bringup('dpaa', 'decode', file('fine.txt', FINE), '--json');
  expect([code, JSON.parse(out)]).toMatchObject([
    0,
    {
      items: [
        { kind: 'fd', line: 1, direction: 'receive', descriptor: { bpid: 1, pool: 1, length: 1536 }, findings: [] },
      ],
      diagnostics: [],
    },
  ]);
});

test('a capture has the descriptors in its comments', async () => {
  const parts: Uint8Array[] = [];
  const capture = new EthernetCapture((bytes) => void parts.push(bytes));
  const descriptor = Uint8Array.from(Buffer.from('00010012341000400800003c00000000', 'hex'));
  const port = capture.addPort('fm1-mac3');
  const shared = { port, timeNs: 1, bytes: new Uint8Array(60) } as const;
  capture.add({ ...shared, way: 'in', metadata: { descriptor } });
  capture.add({ ...shared, way: 'in' });
  capture.add({ ...shared, way: 'in', metadata: { descriptor } });
  const name = file('frames.pcapng', Uint8Array.from(Buffer.concat(parts)));
  const { code, out } = await bringup('dpaa', 'decode', name);
  expect([code, out.match(/frame, receive: 60 bytes, contiguous/g)?.length]).toEqual([0, 2]);
});

test.each([
  [['decode', 'nowhere.txt'], 2, /nowhere.txt: there is no such file/],
  [
    ['decode', file('words.txt', 'no digits here\n')],
    1,
    /words.txt: no line of it has the digits of a dump; write lines/,
  ],
  [['decode', file('fine.txt', FINE), '--at', '0x5000'], 1, /there are no bytes at 0x0*5000 in it/],
  [['decode', 'fine.txt', '--pools', '64'], 2, /write numbers of pools from 0 to 63/],
  [['decode', 'fine.txt', '--as', 'frame'], 2, /use one of fd, sgt, buffers, parse/],
  [['decode', 'fine.txt', '--at', '-1'], 2, /write a whole number/],
  [['ports', file('none.dts', '/dts-v1/; / { };')], 1, /it has no frame manager \(fsl,fman\); give the tree/],
] as const)('%s is refused in one line', async (words, code, line) => {
  const result = await bringup('dpaa', ...words);
  expect([result.code, result.out]).toEqual([code, '']);
  expect(result.err).toMatch(line);
  expect(result.err).not.toMatch(/\n\s+at /);
});

test('a tree with a bare FMan is told what is missing', async () => {
  const { code, out } = await bringup(
    'dpaa',
    'ports',
    file('bare.dts', '/dts-v1/; / { fman { compatible = "fsl,fman"; }; };'),
  );
  expect(code).toBe(1);
  expect(out.match(/dpaa\/tree\/[\w-]+/g)).toEqual([
    'dpaa/tree/fman-index',
    'dpaa/tree/no-muram',
    'dpaa/tree/no-channels',
    'dpaa/tree/no-manager',
    'dpaa/tree/no-memory',
    'dpaa/tree/no-memory',
    'dpaa/tree/no-portals',
    'dpaa/tree/no-manager',
    'dpaa/tree/no-memory',
    'dpaa/tree/no-portals',
  ]);
});
