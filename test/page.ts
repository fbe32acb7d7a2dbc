// A page of docs/ whose examples are real: its files, and its commands with what they print.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../src/cli/run.js';
import { captureIo } from './capture.js';

/** A folder with the files of a page, and its blocks of commands. */
export interface PageExamples {
  readonly folder: string;
  readonly blocks: readonly string[];
  /** What the commands print, in the form of the blocks. They build on each other, in the page's order. */
  readonly print: () => Promise<string[]>;
}

/** Files of the page have a name behind their language, commands begin with `$`. Remove the folder afterwards. */
export function pageExamples(page: string): PageExamples {
  const folder = mkdtempSync(join(tmpdir(), 'bringup-page-'));
  for (const [, name, text] of page.matchAll(/```\w+ (\S+)\n([\s\S]*?)```/g)) {
    writeFileSync(join(folder, name as string), text as string);
  }
  const blocks = [...page.matchAll(/```\n(\$ npx bringup [\s\S]*?)```/g)].map((match) => match[1] as string);
  const print = async (): Promise<string[]> => {
    const printed: string[] = [];
    for (const block of blocks) printed.push(await printedBy(block, folder));
    return printed;
  };
  return { folder, blocks, print };
}

async function printedBy(block: string, cwd: string): Promise<string> {
  let text = '';
  for (const [, command] of block.matchAll(/^\$ npx bringup (.*)$/gm)) {
    const words = [...(command as string).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
    const { io, out, err } = captureIo({ cwd });
    await run(words, io);
    text += `$ npx bringup ${command}\n${err()}${out()}`;
  }
  return text;
}
