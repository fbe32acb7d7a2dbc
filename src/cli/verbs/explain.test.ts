import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type CaptureOptions, captureIo } from '../../../test/capture.js';
import { run } from '../run.js';

/** The ext path of a MT8183 board whose endpoints have no numbers, as in Linux v6.18. */
const CASES = fileURLToPath(new URL('../../../test/golden/ofgraph-cases', import.meta.url));
const TREE = 'pumpkin-ext-ep-no-reg.dts';
const LINE = 'Invalid display hw pipeline. Last component: 38 (ret=-2)';

async function explain(
  args: readonly string[],
  options: CaptureOptions = {},
): Promise<{ code: number; out: string; err: string }> {
  const { io, out, err } = captureIo({ cwd: CASES, ...options });
  const code = await run(['explain', ...args], io);
  return { code, out: out(), err: err() };
}

test('a line is told in words, with its numbers by name and what to look at', async () => {
  const { code, out, err } = await explain([LINE]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [first, ...rest] = out.split('\n');
  expect(first).toBe(LINE);
  expect(rest[0]).toMatch(/^ {2}error {5}\S.*OVL_2L1 \(38\)/);
  expect(out).toContain('  numbers   38 is OVL_2L1; -2 is -ENOENT: ');
  expect(out).toMatch(/^ {2}look at {3}- /m);
  expect(rest.at(-2)).toBe('1 line, 1 of them known');
});

test('without quotes the words are one line', async () => {
  expect(await explain(LINE.split(' '))).toEqual(await explain([LINE]));
});

test.each([[[]], [['-']]])('with the arguments %j a whole log is read, and each line told once', async (args) => {
  const dev = 'mediatek-drm mediatek-drm.12.auto:';
  const stdin = `[    1.5] usb 1-1: new device\n[    1.6] ${dev} ${LINE}\n\n[    9.6] ${dev} ${LINE}\n`;
  const { code, out } = await explain(args, { stdin });
  expect(code).toBe(0);
  expect(out.split('\n').filter((line) => line === LINE)).toHaveLength(1);
  expect(out).toContain('  said      2 times (mediatek-drm mediatek-drm.12.auto)\n');
  expect(out.trimEnd().split('\n').at(-1)).toBe('3 lines, 2 of them known');
});

test('lines of journalctl -o json are read for their message, text or bytes', async () => {
  const said = `mediatek-drm mediatek-drm.12.auto: ${LINE}`;
  const fields = { _TRANSPORT: 'kernel', PRIORITY: '3' };
  const stdin = [
    { ...fields, MESSAGE: said },
    { ...fields, MESSAGE: [...Buffer.from(said)] },
    { ...fields, MESSAGE: null },
    { MESSAGE: 'usb 1-1: new\ndevice' },
  ].map((entry) => `${JSON.stringify(entry)}\n`);
  const { code, out } = await explain(['--json'], { stdin: `${stdin.join('')}{ "no": json\n` });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    known: [{ message: LINE, line: 1, count: 2, devices: ['mediatek-drm mediatek-drm.12.auto'] }],
    lines: 5,
    unknown: 3,
  });
});

test('a file in place of a line is an unknown line, with a hint', async () => {
  const { code, out, err } = await explain([TREE]);
  expect(code).toBe(1);
  expect(out).toMatch(/^this line is not known; /);
  expect(err).toBe(`bringup: ${TREE}: this is a file; bringup explain < ${TREE} reads it\n`);
});

const KNOWN =
  'known are the lines of the MediaTek display (mediatek-drm, DSI, DPI, DP_INTF), of CMDQ, and of APR and the audio ' +
  'services of Qualcomm (q6afe, q6asm, q6adm)';

test.each([
  [['usb 1-1: new device'], `this line is not known; ${KNOWN}\n`],
  [['a', 'b'], `none of these 2 lines is known; ${KNOWN}\n`],
  [[], `there is no line to explain; ${KNOWN}\n`.replace(`; ${KNOWN}`, '')],
])('%j is not known, which is said, with the lines that are', async (args, out) => {
  expect(await explain(args)).toEqual({ code: 1, out, err: '' });
});

test('rubbish is not known either', async () => {
  const stdin = Uint8Array.from({ length: 3000 }, (_, at) => (at * 37) % 256);
  const { code, out } = await explain(['-'], { stdin });
  expect(code).toBe(1);
  expect(out).toMatch(/^none of these \d+ lines is known; known are /);
});

test.each([
  [[LINE, '--overlay', 'x.dtbo'], 'explain: --overlay is for a tree; give the tree with --tree, or leave it out'],
  [['-', 'x'], 'explain: - stands for a whole log; give it alone, or lines in quotes'],
  [['--tree', '-'], 'explain: - stands for the standard input, which is read once; give the others as files'],
  [[LINE, '--tree', 'none.dtb'], 'none.dtb: there is no such file; check the path'],
  [[LINE, '--kernel', 'new'], expect.stringContaining("'new': write a release of Linux, as in v6.18; see bringup")],
])('%j is wrong usage', async (args, message) => {
  const { code, err } = await explain(args);
  expect({ code, message: err.slice('bringup: '.length, -1) }).toEqual({ code: 2, message });
});

test('a tree tells which mmsys prints the line, and where it comes from', async () => {
  const { code, out } = await explain([LINE, '--tree', TREE]);
  expect(code).toBe(0);
  expect(out).toContain('  tree      printed for /soc/syscon@14000000\n');
  expect(out).toMatch(/^ {2}pumpkin-ext-ep-no-reg\.dts:\d+:\d+: error: ext path: .* \[display\/L1\]$/m);
  expect(out).toMatch(/^ {4}change: /m);
  const other = await explain(['Need at least one OVL device', '--tree', TREE, '--kernel', '6.18']);
  expect(other.out).toContain(`  tree      with ${TREE} Linux v6.18 would not print this\n`);
});

test('the document has what the text has', async () => {
  const { out } = await explain([LINE, '--tree', TREE, '--json']);
  expect(JSON.parse(out)).toMatchObject({
    known: [{ message: LINE, errors: [{ name: 'ENOENT' }], tree: { printedBy: ['/soc/syscon@14000000'] } }],
    unknown: 0,
    lines: 1,
  });
});
