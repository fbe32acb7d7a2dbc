import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type CaptureOptions, captureIo } from '../../../test/capture.js';
import { bytesOf } from '../../../test/cmdq-golden.js';
import { run } from '../run.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-cmdq-lint-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(cwd, name), content);

async function lint(line: string, options: CaptureOptions = {}): Promise<{ code: number; out: string; err: string }> {
  const { io, out, err } = captureIo({ cwd, ...options });
  const code = await run(['cmdq', 'lint', ...line.split(' ')], io);
  return { code, out: out(), err: err() };
}

// facts cmdq §2.12: the worked example; its first two instructions, EOC and JUMP
const CLEAR = '0000008035000020';
const WAIT = '0180008035000020';
const END = '01000000000000400800000000000010';
put('good.bin', bytesOf(CLEAR + WAIT + END));
put('bad.bin', bytesOf(WAIT + END));
put('cut.bin', bytesOf(`${CLEAR + WAIT + END}000000`));
put('bad.gce', '    wait 53\n    end\n');
put('poll.gce', 'poll 1:0xc008, 1\neoc\njump +8\n');
put('broken.gce', '    wait 53\n    wate 53\n    wait NOBODY\n');
put('bad.hex', '00000000: 01 80 00 80 35 00 00 20 01 00 00 00 00 00 00 40\n00000010: 08 00 00 00 00 00 00 10\n');
const node = (subsys: number): string =>
  `/dts-v1/;\n/ {\n\tcompatible = "mediatek,mt8173"; #address-cells = <1>; #size-cells = <1>;\n` +
  `\tgce: gce@10212000 { compatible = "mediatek,mt8173-gce"; reg = <0x10212000 0x1000>; #mbox-cells = <2>; };\n` +
  `\tovl@1400c000 {\n\t\treg = <0x1400c000 0x1000>;\n` +
  `\t\tmediatek,gce-client-reg = <&gce ${subsys} 0xc000 0x1000>;\n\t};\n};\n`;
put('good.dts', node(1));
put('bad.dts', node(2));
put('broken.dts', '/dts-v1/;\n/ {\n\ta = <1>\n};\n');

const WAITED = 'warning: The wait for MUTEX0_STREAM_EOF (event 53) is not preceded by a clear on the way here: ';

test('a clean program has no findings', async () => {
  expect(await lint('good.bin --soc mt8173')).toEqual({ code: 0, out: '0 errors, 0 warnings\n', err: '' });
});

test('a finding in a binary has offset and instruction, warnings are no fault', async () => {
  const { code, out, err } = await lint('bad.bin --soc mt8173');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(
    `bad.bin: 0x0000: ${WAITED}an event that was left set by an earlier frame lets it pass at once. ` +
      '[cmdq/lint/wait-without-clear]\n' +
      '  in: wait MUTEX0_STREAM_EOF\n' +
      '  change: Clear MUTEX0_STREAM_EOF (event 53) before, where the time that matters begins.\n' +
      '0 errors, 1 warning\n',
  );
});

test('in assembly and dumps it is at its line', async () => {
  expect((await lint('bad.gce --soc mt8173')).out).toMatch(/^bad\.gce:1:5: warning: The wait for MUTEX0_STREAM_EOF/);
  expect((await lint('bad.hex --soc mt8173')).out).toMatch(/^bad\.hex:1: warning: The wait for MUTEX0_STREAM_EOF/);
});

test('what is cut off is one finding, not two', async () => {
  const { code, out } = await lint('cut.bin --soc mt8173');
  expect([code, out.split('\n')[0]]).toEqual([
    1,
    'cut.bin: error: 3 bytes behind the last instruction are no whole instruction: END_ADDR is never met, and the ' +
      'thread runs on. [cmdq/lint/misaligned-length]',
  ]);
  expect(out).not.toContain('cmdq/input/rest');
});

test('a tree is known by its content, from a file of any name and from standard input', async () => {
  const { code, out } = await lint('bad.dts');
  expect(code).toBe(1);
  expect(out).toMatch(/^bad\.dts:7:3: error: \/ovl@1400c000: entry 0 of .* \[cmdq\/tree\/client-reg-mismatch\]\n/);
  expect(await lint('good.dts')).toEqual({ code: 0, out: '0 errors, 0 warnings\n', err: '' });
  const { io } = captureIo({ cwd });
  await run('dt compile bad.dts -q -o tree.bin'.split(' '), io);
  expect((await lint('tree.bin')).out).toMatch(/^tree\.bin: error: \/ovl@1400c000: entry 0 of /);
  const blob = readFileSync(join(cwd, 'tree.bin'));
  expect((await lint('-', { stdin: blob })).out).toMatch(/^-: error: \/ovl@1400c000: entry 0 of /);
  expect((await lint('-', { stdin: node(2) })).out).toMatch(/^-:7:3: error: /);
  expect((await lint('- --soc mt8173', { stdin: bytesOf(WAIT + END) })).out).toMatch(/^-: 0x0000: warning: /);
});

test('of a log with END_ADDR what is behind it does not count', async () => {
  const words = [
    '20000035_80000000',
    '20000035_80008001',
    '40000000_00000001',
    '10000000_00000008',
    '08010000_00000001',
  ];
  const rows = words.map((word, index) => `cmdq: 0x${(index * 8).toString(16).padStart(4, '0')} ${word}\n`);
  const log = (end: string): string => `cmdq: thread 0 timeout, pa_base: 0x40001000 end_addr: ${end}\n${rows.join('')}`;
  expect((await lint('- --soc mt8173', { stdin: log('0x40001028') })).out).toContain('[cmdq/lint/poll]');
  expect((await lint('- --soc mt8173', { stdin: log('0x40001020') })).out).not.toContain('[cmdq/lint/poll]');
});

test('several files are counted together', async () => {
  const { code, out } = await lint('bad.bin bad.dts good.bin --soc mt8173');
  expect([code, out.split('\n').at(-2)]).toEqual([1, '1 error, 1 warning']);
});

test('--chained and --blanking make rules stricter', async () => {
  put('eoc.gce', 'write 1:0xc020, 1\nwrite 1:0xc020, 1\neoc\n');
  expect((await lint('eoc.gce --soc mt8173')).code).toBe(0);
  expect((await lint('eoc.gce --soc mt8173 --chained')).code).toBe(1);
  expect((await lint('eoc.gce --soc mt8173 --blanking 300ns')).out).toContain('[cmdq/lint/blanking]');
  expect((await lint('eoc.gce --soc mt8173 --blanking 400ns')).out).not.toContain('[cmdq/lint/blanking]');
});

test('-W and -E choose and weigh the rules', async () => {
  expect((await lint('poll.gce --soc mt8173')).code).toBe(0);
  expect((await lint('poll.gce --soc mt8173 -E poll')).code).toBe(1);
  expect((await lint('poll.gce --soc mt8173 -W no-poll')).out).toBe('0 errors, 0 warnings\n');
  expect((await lint('bad.dts -E no-client-reg-mismatch')).code).toBe(0);
  expect((await lint('bad.dts -W client-reg-mismatch')).out).toContain('0 errors, 1 warning\n');
  const { code, err } = await lint('bad.dts -E nothing');
  expect({ code, err }).toEqual({
    code: 2,
    err: 'bringup: cmdq lint: there is no rule nothing; docs/cmdq-lint.md has all\n',
  });
});

test('--json has one document, of a refusal as well', async () => {
  const { code, out } = await lint('bad.bin good.dts --soc mt8173 --json');
  const document = JSON.parse(out) as { files: { path: string; kind: string; findings: { rule: string }[] }[] };
  expect(code).toBe(0);
  expect(document).toMatchObject({ errors: 0, warnings: 1, notes: 0 });
  expect(document.files.map(({ path, kind, findings }) => [path, kind, findings.map(({ rule }) => rule)])).toEqual([
    ['bad.bin', 'program', ['wait-without-clear']],
    ['good.dts', 'tree', []],
  ]);
  expect(JSON.parse((await lint('missing.bin --json')).out)).toMatchObject({ error: { exitCode: 2 } });
});

test('--sarif has rule, level and file of each finding', async () => {
  const { code, out } = await lint('bad.bin bad.gce bad.dts --soc mt8173 --sarif -');
  expect(code).toBe(1);
  const { runs } = JSON.parse(out) as { runs: { results: object[]; tool: { driver: { rules: { id: string }[] } } }[] };
  const place = (uri: string, region?: object) => ({
    physicalLocation: { artifactLocation: { uri }, ...(region === undefined ? {} : { region }) },
  });
  expect(runs[0]?.results).toMatchObject([
    { ruleId: 'wait-without-clear', level: 'warning', locations: [place('bad.bin')] },
    { ruleId: 'wait-without-clear', level: 'warning', locations: [place('bad.gce', { startLine: 1, startColumn: 5 })] },
    { ruleId: 'client-reg-mismatch', level: 'error', locations: [place('bad.dts', { startLine: 7, startColumn: 3 })] },
  ]);
  expect(runs[0]?.tool.driver.rules.length).toBeGreaterThan(40);
  expect((await lint('bad.bin --json --sarif -')).code).toBe(2);
});

test('the SARIF file of what is refused has the reasons', async () => {
  const { code } = await lint('broken.gce --soc mt8173 --sarif out.sarif');
  expect(code).toBe(1);
  expect(readFileSync(join(cwd, 'out.sarif'), 'utf8')).toContain('cmdq/asm/instruction');
});

// Bad input: one clear error, no stack trace.
put('empty', '');
put('words.txt', 'nothing of the kind\n');
put('zeros.dtb', new Uint8Array([0xd0, 0x0d, 0xfe, 0xed, 0, 0]));
put('told.txt', 'cmdq: thread 0 timeout, curr_addr: 0x40001000 wait_token: 0x80000035\n');
test.each([
  ['missing.bin', 2, /^bringup: missing\.bin: there is no such file; check the path\n$/],
  ['empty', 1, /^bringup: empty: there is no instruction in it; .*\n$/],
  ['words.txt', 1, /^bringup: words\.txt: this is no GCE program that can be read: .*\n$/],
  ['zeros.dtb', 1, /^bringup: zeros\.dtb: the file ends inside the header.*; nothing was checked\n$/],
  ['broken.dts', 1, /^broken\.dts:4:1: error: .*\nbringup: broken\.dts: 1 error; nothing was checked\n$/],
  [
    'broken.gce --soc mt8173',
    1,
    /^broken\.gce:2:5: error: .*\n.*\nbringup: broken\.gce: 2 errors; nothing was checked\n$/,
  ],
  ['told.txt', 1, /^bringup: told\.txt: it tells of a thread, and has no instructions; .*\n$/],
  ['good.bin --tree good.bin', 1, /\nbringup: good\.bin: |^bringup: good\.bin: /],
  ['- -', 2, /^bringup: cmdq lint: - stands for the standard input, which is read once; /],
  ['good.bin --blanking 5', 2, /^bringup: cmdq lint: .*it has no unit/],
  ['good.bin --soc mt1', 2, /^bringup: cmdq lint: .*it is not known; write one of mt8173/],
])('%s is refused in words', async (line, wanted, text) => {
  const { code, out, err } = await lint(line);
  expect({ code, out }).toEqual({ code: wanted, out: '' });
  expect(err).toMatch(text);
  expect(err).not.toMatch(/\n {4}at /);
});
