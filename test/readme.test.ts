// What the README shows is what the command prints.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { captureIo } from './capture.js';
import { corpusFolders, inCorpus } from './corpus.js';
import { run } from '../src/cli/run.js';
import { ROOT } from './sources.js';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The text of every block that begins with a command, by the command. */
const shown = [...README.matchAll(/```\n\$ npx bringup (.*)\n([\s\S]*?)\n```/g)].map((match) => ({
  command: match[1] as string,
  text: match[2] as string,
}));

/** Commands on the sources of Linux need the folders of those releases: `linux-6.18` of a command is v6.18. */
const RELEASES = [...new Set(shown.flatMap(({ command }) => command.match(/(?<=linux-)\d+\.\d+(?=\/)/g) ?? []))];
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

/** Real time differs from run to run. */
const timeless = (text: string): string => text.trimEnd().replace(/in [0-9.]+ s$/, 'in N s');

/** What a command prints, with a line of three dots for whatever the README leaves out. */
async function printed(command: string, shownText: string, cwd: string): Promise<string> {
  const { io, out } = captureIo({ cwd });
  await run(command.split(' '), io);
  const text = timeless(out());
  const [first = '', last] = timeless(shownText).split(/^\.\.\.$\n?/m);
  return last !== undefined && text.startsWith(first) && text.endsWith(last) ? timeless(shownText) : text;
}

for (const { command, text } of shown) {
  const onLinux = command.includes('linux-');
  test.skipIf(onLinux && missing.length > 0)(`bringup ${command} prints what the README shows`, async () => {
    expect(await printed(command, text, onLinux ? folder : ROOT)).toBe(timeless(text));
  });
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
