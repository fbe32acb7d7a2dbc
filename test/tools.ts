// The programs of this system that tests use, and the Debian packages that have them.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Table of programs: the name as typed, and the Debian package. `.ci/run` installs what this table names. */
export const TOOLS = {
  cpp: 'cpp',
  dtc: 'device-tree-compiler',
  fdtdump: 'device-tree-compiler',
  fdtoverlay: 'device-tree-compiler',
} as const satisfies Record<string, string>;

/** A program that system tests may ask for. */
export type Tool = keyof typeof TOOLS;

/** Whether the program is in PATH. Nothing is started. */
function has(tool: Tool): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * For `test.skipIf(needs('dtc'))`: whether the test must be left out since a program is missing. The set-up of
 * `npm run test:system` has then said what to install; with CI set it never lets the run come this far.
 */
export function needs(...tools: readonly Tool[]): boolean {
  return tools.some((tool) => !has(tool));
}

/** The command that installs what is missing; `undefined` when nothing is. */
export function installHint(missing: readonly Tool[]): string | undefined {
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map((tool) => TOOLS[tool]))];
  return `apt-get install -y ${packages.join(' ')}`;
}

/** The programs of the table that are not in PATH. */
export function missingTools(): Tool[] {
  return (Object.keys(TOOLS) as Tool[]).filter((tool) => !has(tool));
}

/** What a program said. */
export interface Said {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly status: number | null;
}

/** Runs a program of the table to its end. Its status is the caller's to judge. */
export function runTool(
  tool: Tool,
  args: readonly string[],
  options: { input?: string | Uint8Array; cwd?: string } = {},
): Said {
  return spawnSync(tool, args, { ...options, maxBuffer: 256 << 20 });
}

/** The same for a run that must succeed: what it printed. */
export function outputOf(
  tool: Tool,
  args: readonly string[],
  options: { input?: string | Uint8Array; cwd?: string } = {},
): Buffer {
  const { stdout, stderr, status } = runTool(tool, args, options);
  if (status !== 0) throw new Error(`${tool} ${args.join(' ')}: exit status ${status}\n${stderr.toString()}`);
  return stdout;
}
