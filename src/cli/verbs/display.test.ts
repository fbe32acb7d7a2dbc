import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { type CaptureOptions, captureIo } from '../../../test/capture.js';
import { treeOf } from '../../../test/tree-of.js';
import { writeFdt } from '../../dt/fdt-write.js';
import { run } from '../run.js';

const GOLDEN = fileURLToPath(new URL('../../../test/golden/', import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), 'bringup-display-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(cwd, name), content);
/** A recorded case as a file of the folder. */
const putCase = (name: string, as: string): void =>
  copyFileSync(join(GOLDEN, `ofgraph-cases/${name}.dts`), join(cwd, as));

/** The regression of Linux v6.18: the ext path of MT8183 without endpoint numbers. */
putCase('pumpkin-ext-ep-no-reg', 'v6.18.dts');
putCase('pumpkin-base', 'pumpkin.dts');
put('none.dts', '/dts-v1/;\n/ { compatible = "acme,bench"; };\n');

async function display(
  line: string,
  options: CaptureOptions = {},
): Promise<{ code: number; out: string; err: string }> {
  const { io, out, err } = captureIo({ cwd, ...options });
  const code = await run(['display', ...line.split(' ')], io);
  return { code, out: out(), err: err() };
}

test('a board without picture: verdict, paths, the kernel log, and what to change where', async () => {
  const { code, out, err } = await display('v6.18.dts --kernel v6.18');
  expect({ code, err }).toEqual({ code: 1, err: '' });
  const [head, finding = ''] = out.split(/\n(?=v6\.18\.dts:)/);
  const main = 'OVL0 → OVL_2L0 → RDMA0 → COLOR0 → CCORR → AAL0 → GAMMA → DITHER0';
  expect(head).toBe(`fails: -EINVAL (-22) from the probe of /soc/syscon@14000000, for its ext path: no display

Pumpkin MT8183, mediatek,mt8183-pumpkin
Linux v6.18 (rules of v7.1)

/soc/syscon@14000000 (mediatek,mt8183-mmsys): the probe returns -EINVAL (-22)
  main  built-in  -ENODEV (-19)  ${main} → DSI0
        walked    -ENODEV (-19)  ${main} → /soc/dsi@14014000 is disabled
  ext   built-in  -EINVAL (-22)  OVL_2L1 → RDMA1 → DPI0
        walked    -ENOENT (-2)   OVL_2L1 → no endpoint 1 on port 1 of /soc/ovl@1400a000
  kernel log
    err  mediatek-drm mediatek-drm.N.auto: Invalid display hw pipeline. Last component: 38 (ret=-2)
    err  mediatek-drm mediatek-drm.N.auto: probe with driver mediatek-drm failed with error -22
`);
  expect(finding.split('\n').slice(0, 3)).toEqual([
    expect.stringMatching(
      /^v6\.18\.dts:\d+:\d+: error: ext path: \/soc\/ovl@1400a000 has no outgoing .* \[display\/L1\]$/,
    ),
    '  kernel: Invalid display hw pipeline. Last component: 38 (ret=-2)',
    expect.stringMatching(/^ {2}change: .*reg = <1>/),
  ]);
  expect(out).toMatch(/\n1 error, \d+ warnings?(, \d+ notes?)?\n$/);
});

test('a board that works says by which path, and what is behind it', async () => {
  const { code, out } = await display('pumpkin.dts');
  expect(code).toBe(0);
  expect(out.split('\n')[0]).toBe(
    'works: CRTC 0 ext → DPI0 → hdmitx@4c; no CRTC for main (DSI0 is disabled or missing)',
  );
  expect(out).toContain('        output    0              DPI0 → /soc/i2c@11005000/hdmitx@4c (ite,it66121)\n');
  expect(out).toContain('Not creating crtc 0 because component 14 is disabled or missing\n');
});

test('debug lines, hops and references are told when asked for', async () => {
  const short = (await display('v6.18.dts')).out;
  const long = (await display('v6.18.dts --verbose')).out;
  expect(short).not.toContain('Building display pipeline');
  expect(long).toContain('    dbg  mediatek-drm mediatek-drm.N.auto: Building display pipeline for MMSYS 0\n');
  expect(long).toMatch(/^ +block 1 +0 +\/soc\/ovl@14008000 is OVL0$/m);
  expect(long).toContain('  references to /soc/ovl@1400a000: -1\n');
});

test('a block that stands in a path again and again is told once, with how often', async () => {
  putCase('krane-loop-self', 'loop.dts');
  const { out } = await display('loop.dts');
  expect(out).toMatch(/ \w+ × \d+$/m);
  expect(
    Math.max(
      ...out
        .split('\n')
        .filter((line) => /^ {2}(main|ext)|^ +walked/.test(line))
        .map((line) => line.length),
    ),
  ).toBeLessThan(200);
});

test('on a terminal the verdict has a colour, unless none is wanted', async () => {
  const red = '\u001b[31mfails\u001b[39m: -EINVAL';
  expect((await display('v6.18.dts', { tty: true })).out.slice(0, red.length)).toBe(red);
  expect((await display('v6.18.dts', { tty: true, env: { NO_COLOR: '1' } })).out.slice(0, 6)).toBe('fails:');
});

test('a tree without a mmsys is told plainly', async () => {
  expect(await display('none.dts')).toEqual({
    code: 0,
    out: 'there is no MediaTek display in this tree: no node that the mmsys driver binds\n',
    err: '',
  });
});

interface Recorded {
  readonly name: string;
  readonly expected: { readonly seed: Result; readonly mainline: Result | 'same as seed' };
}
interface Result {
  readonly mmsys: readonly { readonly hang?: boolean }[];
  readonly drm: readonly { readonly registered: boolean }[];
}
const CASES = JSON.parse(readFileSync(join(GOLDEN, 'ofgraph-cases.json'), 'utf8')) as readonly Recorded[];

test.each([
  ['v6.13', ({ seed }: Recorded['expected']) => seed],
  ['v7.1', ({ seed, mainline }: Recorded['expected']) => (mainline === 'same as seed' ? seed : mainline)],
])('on every recorded tree %s works where the driver registers, and nowhere else', async (kernel, expectedOf) => {
  const wrong: string[] = [];
  for (const { name, expected } of CASES) {
    // As a blob: some have links to labels that are not there, which is an error of the source only.
    const source = readFileSync(join(GOLDEN, `ofgraph-cases/${name}.dts`), 'latin1');
    const { io, out } = captureIo({ cwd, stdin: writeFdt(treeOf(source)) });
    const code = await run(['display', '-', '--kernel', kernel], io);
    const { mmsys, drm } = expectedOf(expected);
    const registered = drm.filter((one) => one.registered).length;
    const verdicts = out().split('\n').slice(0, drm.length);
    const works = verdicts.filter((line) => /^works: |^no output: CRTC /.test(line)).length;
    const hangs = mmsys.some(({ hang }) => hang) === /would never return from the probe/.test(verdicts.join());
    const failed = verdicts.some((line) => line.startsWith('fails: '));
    if (works !== registered || !hangs || (failed && code !== 1)) wrong.push(`${name}: ${verdicts.join(' / ')}`);
  }
  expect(wrong).toEqual([]);
});

test('the document is the recorded forecast, with kernel, verdicts and findings', async () => {
  const { code, out } = await display('v6.18.dts --kernel 6.18 --json');
  expect(code).toBe(1);
  const { kernel, rules, verdicts, findings, ...forecast } = JSON.parse(out) as Record<string, unknown>;
  expect({ kernel, rules }).toEqual({ kernel: 'v6.18', rules: 'v7.1' });
  expect(verdicts).toEqual([{ kind: 'fails', text: expect.stringMatching(/^-EINVAL \(-22\) from the probe of /) }]);
  const recorded = CASES.find(({ name }) => name === 'pumpkin-ext-ep-no-reg')?.expected;
  const { variant: _, ...expected } = recorded?.seed as unknown as Record<string, unknown>;
  expect(forecast).toMatchObject(expected);
  expect(findings).toContainEqual(
    expect.objectContaining({
      rule: 'L1',
      severity: 'error',
      path: 'ext',
      node: expect.stringContaining('/soc/ovl@1400a000'),
      at: expect.objectContaining({ file: 'v6.18.dts' }),
      suggestion: expect.stringContaining('reg = <1>'),
    }),
  );
});

test('SARIF goes to a file beside the text, or to the standard output in its place', async () => {
  const beside = await display('v6.18.dts --sarif display.sarif');
  expect(beside.out).toBe((await display('v6.18.dts')).out);
  const written = readFileSync(join(cwd, 'display.sarif'), 'utf8');
  const [first] = (JSON.parse(written) as { runs: { results: { ruleId: string }[] }[] }).runs;
  expect(first?.results.map(({ ruleId }) => ruleId)).toContain('L1');
  expect((await display('v6.18.dts --sarif -')).out).toBe(written);
});

test('a picture goes to a file beside the text, or to the standard output in its place', async () => {
  const beside = await display('v6.18.dts --svg display.svg');
  expect(beside.out).toBe((await display('v6.18.dts')).out);
  const written = readFileSync(join(cwd, 'display.svg'), 'utf8');
  expect(written).toMatch(/^<svg [^]*OVL_2L1[^]*<\/svg>\n$/);
  expect((await display('v6.18.dts --svg -')).out).toBe(written);
});

put(
  'number.dtso',
  `/dts-v1/;
/plugin/;
&{/soc/ovl@1400a000/ports/port@1/endpoint} { reg = <1>; };
`,
);

test('an overlay can repair a board', async () => {
  const { code, out, err } = await display('v6.18.dts --overlay number.dtso');
  expect({ code, err, verdict: out.split(': ')[0] }).toEqual({ code: 0, err: '', verdict: 'works' });
});

test('an overlay by itself has no display, and says how it is given', async () => {
  const { io } = captureIo({ cwd });
  await run('dt compile number.dtso -q -o number.dtbo'.split(' '), io);
  for (const name of ['number.dtso', 'number.dtbo']) {
    const { code, out } = await display(name);
    expect({ code, end: out.slice(-58) }).toEqual({
      code: 0,
      end: 'it is an overlay: give the board, and this with --overlay\n',
    });
  }
});

mkdirSync(join(cwd, 'boards/sub'), { recursive: true });
putCase('pumpkin-ext-ep-no-reg', 'boards/sub/v6.18.dts');
putCase('pumpkin-base', 'boards/pumpkin.dts');
putCase('adaptor-loop', 'boards/hangs.dts');
putCase('mt6779-mmsys', 'boards/unknown.dts');
put('boards/none.dts', '/dts-v1/;\n/ { };\n');
put('boards/broken.dts', '/dts-v1/;\n/ { a = <08>; };\n');
put('boards/shared.dtsi', 'this is not read\n');
put('boards/cut.dtb', Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed, 0, 0));
put('boards/empty.dtb', '');
symlinkSync('..', join(cwd, 'boards/sub/circle'));
mkdirSync(join(cwd, 'empty'));

test('a folder as a table: what works, what fails and why, and what could not be read', async () => {
  const { code, out, err } = await display('boards --summary --kernel v6.18');
  expect({ code, err }).toEqual({ code: 1, err: '' });
  const [head, ...rows] = out.split('\n');
  expect(head).toBe('board          mmsys  graph  result      why');
  const why = /^(.*?  )(?=mediatek-drm|boards\/|the file|ext path)(.{12}).*$/;
  expect(rows.map((row) => row.replace(why, '$1$2'))).toEqual([
    'unknown.dts    1             not driven  mediatek-drm',
    'broken.dts     0             unreadable  boards/broke',
    'cut.dtb        0             unreadable  the file end',
    'empty.dtb      0             unreadable  the file is ',
    'pumpkin.dts    1      graph  works',
    'hangs.dts      2      graph  fails       ext path run',
    'sub/v6.18.dts  1      graph  fails       ext path: /s',
    '',
    '8 boards: 4 with a MediaTek display, 3 with graphs; 1 without one not listed, see --verbose',
    'Linux v6.18: 2 failing, 1 working, 3 unreadable, 1 not driven',
    '',
  ]);
});

test('a tree that has no MediaTek display has a row when all are asked for', async () => {
  const { out } = await display('boards --summary --verbose');
  expect(out.split('\n')[1]).toBe('none.dts       0             no display');
});

test('the table is a document too', async () => {
  const { out } = await display('boards --summary --json');
  expect(JSON.parse(out)).toMatchObject({
    kernel: 'v7.1',
    folder: 'boards',
    totals: { boards: 8, withDisplay: 4, withGraph: 3, results: { fails: 2, works: 1, unreadable: 3 } },
  });
});

test.each([
  ['boards', 'boards: this is a directory; name a tree in it, or add --summary for a table of all'],
  ['boards --svg x.svg', 'boards: this is a directory; name a tree in it, or add --summary for a table of all'],
  ['boards --summary --svg x.svg', 'display: --svg is for one tree; leave it out, or --summary'],
  ['boards --summary --sarif -', 'display: --sarif is for one tree; leave it out, or --summary'],
  ['boards --summary --overlay x.dtbo', 'display: --overlay is for one tree; leave it out, or --summary'],
  ['none.dts --summary', 'none.dts: this is no directory; leave out --summary'],
  ['no-folder --summary', 'no-folder: there is no such file; check the path'],
  ['- --summary', '-: this is no directory; leave out --summary'],
  ['empty --summary', 'empty: there is no *.dtb or *.dts below it; name another folder'],
  ['no.dtb', 'no.dtb: there is no such file; check the path'],
  ['none.dts --overlay no.dtbo', 'no.dtbo: there is no such file; check the path'],
  ['- --overlay -', '--overlay: - stands for the standard input, which is read once; give the others as files'],
  [
    'none.dts --svg - --json',
    'display: only one of --json, --svg - and --sarif - can go to standard output; name files for the others',
  ],
  ['v6.18.dts --svg empty', 'empty: this is a directory; name a file in it'],
  ['v6.18.dts --sarif no-folder/x', 'no-folder/x: it cannot be created there; check that its folder exists'],
  [
    'none.dts --kernel v6.0',
    "display: option '--kernel <RELEASE>' argument 'v6.0': releases before v6.1 are not known; " +
      'write a later one, as in v6.18',
  ],
  [
    'none.dts --kernel latest',
    "display: option '--kernel <RELEASE>' argument 'latest': write a release of Linux, as in v6.18; " +
      'see bringup display --help',
  ],
])('display %s is wrong usage, in one line', async (line, message) => {
  const { code, err } = await display(line);
  expect({ code, err }).toEqual({ code: 2, err: `bringup: ${message}\n` });
});

test.each([
  ['an empty file', ''],
  ['text', 'Dear board, why are you black?\n'],
  ['a cut blob', Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed, 0, 0, 7)],
  ['an ELF file', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0)],
  ['bytes', Uint8Array.from({ length: 4096 }, (_, at) => (at * 89) % 256)],
])('%s is refused as every verb does', async (_, stdin) => {
  const { code, out, err } = await display('-', { stdin });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^(?:-:\d+:\d+: error: .*\n)*bringup: -: .*; nothing was loaded\n$/);
});

test('names from a tree cannot reach the terminal raw', async () => {
  put(
    'evil.dts',
    `/dts-v1/;
/ {
	model = "a\\x1b[31m\\nb";
	m { compatible = "mediatek,mt8183-mmsys"; port { endpoint { }; }; };
};
`,
  );
  const { out } = await display('evil.dts');
  expect(out).not.toContain('\u001b');
  expect(out).toContain('\na\\x1b[31m\\x0ab\n');
});
