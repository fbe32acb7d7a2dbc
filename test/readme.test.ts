// What the README shows is what the command prints.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { captureIo } from './capture.js';
import { corpusFolders, inCorpus } from './corpus.js';
import { run } from '../src/cli/run.js';
import { asShown, shown } from './readme.js';
import { ROOT } from './sources.js';

/** Commands on the sources of Linux need the folders of those releases: `linux-6.18` of a command is v6.18. */
const RELEASES = [...new Set(shown.flatMap(({ args }) => args.join(' ').match(/(?<=linux-)\d+\.\d+(?=\/)/g) ?? []))];
const folder = mkdtempSync(join(tmpdir(), 'bringup-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));
const missing = RELEASES.filter((release) => !makeLinux(release));

/** A folder with the parts of a kernel's source that a devicetree needs; false where they are not at hand. */
function makeLinux(release: string): boolean {
  const sources = inCorpus(corpusFolders(), `dts/v${release}`);
  if (sources === undefined) return false;
  const linux = join(folder, `linux-${release}`);
  for (const below of ['arch/arm64/boot', 'scripts/dtc']) mkdirSync(join(linux, below), { recursive: true });
  symlinkSync(join(sources, 'include'), join(linux, 'include'));
  symlinkSync(join(sources, 'src/arm64'), join(linux, 'arch/arm64/boot/dts'));
  symlinkSync(join(sources, 'src'), join(linux, 'scripts/dtc/include-prefixes'));
  return true;
}

for (const block of shown) {
  const { args, text } = block;
  const onLinux = args.some((arg) => arg.includes('linux-'));
  // Other programs' output is compared by the system tests.
  test.skipIf(args.includes('--sysfs-run') || (onLinux && missing.length > 0))(
    `bringup ${args.join(' ')} prints what the README shows`,
    async () => {
      const { io, out } = captureIo({ cwd: onLinux ? folder : ROOT });
      await run(args, io);
      expect(asShown(out(), block)).toBe(text);
    },
  );
}

test.skipIf(missing.length > 0)('the example of display --help finds all includes of a tree of Linux', async () => {
  const help = captureIo();
  await run(['display', '--help'], help.io);
  const [, command = ''] = /\$ bringup (.* --summary .*)/.exec(help.out()) ?? [];
  symlinkSync(`linux-${RELEASES.at(-1)}`, join(folder, 'linux'));
  const { io, out } = captureIo({ cwd: folder });
  await run([...command.split(' '), '--json'], io);
  const { totals } = JSON.parse(out()) as { totals: { boards: number; results: Record<string, number> } };
  expect(totals.boards).toBeGreaterThan(100);
  expect(totals.results).not.toHaveProperty('unreadable');
});

test('the README shows at least one command with its output', () => {
  expect(shown.length).toBeGreaterThan(0);
});
