import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { type CaptureOptions, captureIo } from '../../../test/capture.js';
import { run } from '../run.js';

const CASES = fileURLToPath(new URL('../../../test/golden/ofgraph-cases/', import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), 'bringup-lint-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const put = (name: string, content: string): void => writeFileSync(join(cwd, name), content);

put('clean.dts', '/dts-v1/;\n/ { #address-cells = <1>; #size-cells = <1>; };\n');
put('warned.dts', '/dts-v1/;\n/ {\n\tone@1 { };\n};\n');
put('syntax.dts', '/dts-v1/;\n/ {\n\ta = <1>\n};\n');
put('dangling.dts', '/dts-v1/;\n/ {\n\ta = <&nobody>;\n};\n');
put('stray.dtso', '/dts-v1/;\n/plugin/;\n&nobody { };\n');
put('two.dtso', '/dts-v1/;\n/plugin/;\n&{/} { two@2 { }; };\n');
copyFileSync(join(CASES, 'pumpkin-ext-ep-no-reg.dts'), join(cwd, 'display.dts'));

async function lint(line: string, options: CaptureOptions = {}): Promise<{ code: number; out: string; err: string }> {
  const { io, out, err } = captureIo({ cwd, ...options });
  const code = await run(['dt', 'lint', ...line.split(' ')], io);
  return { code, out: out(), err: err() };
}

test('a clean tree has no findings', async () => {
  expect(await lint('clean.dts')).toEqual({ code: 0, out: '0 errors, 0 warnings\n', err: '' });
});

const WARNING = /^warned\.dts:3:2: warning: .* \[dt\/check\/unit_address_vs_reg\]\n0 errors, 1 warning\n$/;

test("dtc's checks stand at their line; warnings alone are no fault", async () => {
  const { code, out, err } = await lint('warned.dts');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(WARNING);
});

test('a blob has the findings of its source, at the paths of the nodes', async () => {
  const { io } = captureIo({ cwd });
  await run('dt compile warned.dts -q -o warned.dtb'.split(' '), io);
  const { code, out } = await lint('warned.dtb');
  expect(code).toBe(0);
  expect(out).toMatch(/^\/one@1: warning: .* \[dt\/check\/unit_address_vs_reg\]\n0 errors, 1 warning\n$/);
});

test('-W and -E choose and weigh the checks, as with dt compile', async () => {
  expect((await lint('warned.dts -W no-unit_address_vs_reg')).out).toBe('0 errors, 0 warnings\n');
  const { code, out } = await lint('warned.dts -E unit_address_vs_reg');
  expect(code).toBe(1);
  expect(out).toContain(': error: ');
  const blob = await lint('warned.dtb -E unit_address_vs_reg');
  expect([blob.code, blob.out.split('\n').at(-2)]).toEqual([1, '1 error, 0 warnings']);
});

test('a broken reference is a finding; what is no tree is refused', async () => {
  const { code, out, err } = await lint('dangling.dts');
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toMatch(/^dangling\.dts:3:\d+: error: there is no node or label 'nobody' \[dt\/check\/\w+\]\n1 error, /);
  const none = await lint('syntax.dts');
  expect({ code: none.code, out: none.out }).toEqual({ code: 1, out: '' });
  expect(none.err).toMatch(/^syntax\.dts:4:1: error: .*\nbringup: syntax\.dts: 1 error; nothing was checked\n$/);
});

test('display rules come with what to change, and can be weighed too', async () => {
  const { code, out } = await lint('display.dts');
  expect(code).toBe(1);
  expect(out).toMatch(/^display\.dts:\d+:\d+: error: ext path: .* \[display\/L1\]\n {2}change: .*reg = <1>/m);
  expect(out).not.toContain('kernel:');
  expect(out).toMatch(/\n1 error, \d+ warnings/);
  expect((await lint('display.dts -E no-L1')).code).toBe(0);
  expect((await lint('display.dts -E L11')).out).toMatch(/: error: .* \[display\/L11\]/);
});

test('-W no- silences a display rule, error or warning, and what is silent does not count', async () => {
  for (const line of ['display.dts -W no-L1', 'display.dts -E no-L1 -W no-L1', 'display.dts -W no-L1 -E L1']) {
    const { code, out } = await lint(line);
    expect([line, code]).toEqual([line, 0]);
    expect(out).not.toContain('[display/L1]');
    expect(out).toMatch(/\n0 errors, \d+ warnings?(, \d+ notes?)?\n$/);
  }
  expect((await lint('display.dts')).out).toContain('[display/R1]');
  expect((await lint('display.dts -W no-R1')).out).not.toContain('[display/R1]');
});

test('the kernel decides what is wrong with a display', async () => {
  const { code, out } = await lint('display.dts --kernel v6.12');
  expect(code).toBe(1); // the HDMI bridge is behind port 1, where v6.12 does not look
  expect(out).not.toContain('[display/L1]');
  expect(out).toContain('[display/L26]');
});

test('overlays are applied before anything is checked', async () => {
  const { code, out } = await lint('clean.dts --overlay two.dtso');
  expect(code).toBe(0);
  expect(out).toMatch(/^two\.dtso:3:8: warning: .* \[dt\/check\/unit_address_vs_reg\]$/m);
  expect((await lint('- --overlay -')).err).toBe(
    'bringup: --overlay: - stands for the standard input, which is read once; give the others as files\n',
  );
});

test('the document has checks and rules alike', async () => {
  const { out } = await lint('display.dts --json');
  const { findings, ...rest } = JSON.parse(out) as { findings: { code: string; node?: string }[] };
  expect(rest).toMatchObject({ kernel: 'v7.1', rules: 'v7.1', errors: 1 });
  expect(findings.map(({ code }) => code)).toContain('display/L1');
  expect(findings.find(({ code }) => code === 'display/L1')?.node).toMatch(/^\/soc\/ovl@1400a000/);
  expect(findings.some(({ code }) => code.startsWith('dt/check/'))).toBe(true);
});

test('SARIF has all of them, in a file beside the text or alone', async () => {
  const beside = await lint('display.dts --sarif lint.sarif');
  expect(beside.out).toBe((await lint('display.dts')).out);
  const written = readFileSync(join(cwd, 'lint.sarif'), 'utf8');
  const { runs } = JSON.parse(written) as { runs: { results: { ruleId: string }[] }[] };
  const ids = runs[0]?.results.map(({ ruleId }) => ruleId) ?? [];
  expect(ids).toContain('L1');
  expect(ids.some((id) => id.startsWith('dt/check/'))).toBe(true);
  expect((await lint('display.dts --sarif -')).out).toBe(written);
});

test.each([
  ['lint syntax.dts', 'syntax.dts', /^dt\/syntax\//],
  ['display syntax.dts', 'syntax.dts', /^dt\/syntax\//],
  ['display dangling.dts', 'dangling.dts', /^dt\/check\//],
  ['lint clean.dts --overlay stray.dtso', 'stray.dtso', /^dt\/overlay\/no-symbols$/],
  ['display clean.dts --overlay stray.dtso', 'stray.dtso', /^dt\/overlay\/no-symbols$/],
])('SARIF of %s, which is refused, says why: an old file does not stay', async (line, file, rule) => {
  put('old.sarif', 'old');
  const words = line.startsWith('lint') ? ['dt', ...line.split(' ')] : line.split(' ');
  const runs = async (target: string) => {
    const { io, out } = captureIo({ cwd });
    expect(await run([...words, '--sarif', target], io)).toBe(1);
    return out();
  };
  expect(await runs('old.sarif')).toBe('');
  const written = readFileSync(join(cwd, 'old.sarif'), 'utf8');
  const [{ ruleId, level, locations }] = (JSON.parse(written) as Sarif).runs[0].results;
  expect({ ruleId, level }).toEqual({ ruleId: expect.stringMatching(rule), level: 'error' });
  expect(locations[0].physicalLocation.artifactLocation.uri).toBe(file);
  expect(await runs('-')).toBe(written);
});

interface Sarif {
  readonly runs: [{ readonly results: [{ readonly ruleId: string; level: string; locations: [Place] }] }];
}

interface Place {
  readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
}

test.each([
  [
    'clean.dts -W nonsense',
    "dt lint: there is no check named 'nonsense'; docs/messages.md and docs/display.md have all",
  ],
  ['clean.dts -E L99', 'dt lint: there is no display rule L99; docs/display.md has all'],
  [
    'clean.dts --json --sarif -',
    'dt lint: --json and --sarif - cannot both go to standard output; name a file: --sarif FILE',
  ],
  ['none.dts', 'none.dts: there is no such file; check the path'],
  ['clean.dts --overlay none.dtbo', 'none.dtbo: there is no such file; check the path'],
])('dt lint %s is wrong usage', async (line, message) => {
  const { code, err } = await lint(line);
  expect({ code, err }).toEqual({ code: 2, err: `bringup: ${message}\n` });
});

test.each([
  ['', 'the file is empty'],
  ['\u007fELF\u0000', 'ELF'],
])('rubbish is refused: %j', async (stdin, word) => {
  const { code, err } = await lint('-', { stdin });
  expect(code).toBe(1);
  expect(err).toMatch(/^bringup: -: .*; nothing was checked\n$/);
  expect(err).toContain(word);
});
