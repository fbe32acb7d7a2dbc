import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-process-'));
afterAll(() => rmSync(cwd, { recursive: true }));
writeFileSync(join(cwd, 'ok.dts'), '/dts-v1/;\n/ { };\n');
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');

/** The command as a process of its own, run from source. */
function bringup(shellTail: string): { code: number | null; out: string; err: string } {
  const line = `"${process.execPath}" --import "${tsx}" "${main}" ${shellTail}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `set -o pipefail; ${line}`], { cwd, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

test.each([
  ['devices ok.dts | head -n 0', { code: 0, out: '', err: '' }],
  ['dt compile ok.dts', { code: 0, out: expect.stringContaining('\0'), err: '' }],
  ['devices none.dtb', { code: 2, out: '', err: 'bringup: none.dtb: there is no such file; check the path\n' }],
  [
    'devices - < /dev/null',
    {
      code: 1,
      out: '',
      err: 'bringup: -: the file is empty; copy it again; nothing was loaded\n',
    },
  ],
])('the process `bringup %s` ends with its exit code and without a stack trace', (tail, expected) => {
  expect(bringup(tail)).toEqual(expected);
});
