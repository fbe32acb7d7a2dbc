// Every Linux source of ../shared/dts through our preprocessor and the real cpp: the same words in the same order.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs, outputOf } from '../../../test/tools.js';
import { hostFiles } from '../../host/files.js';
import { preprocess } from './preprocess.js';

const CPP = ['-P', '-nostdinc', '-undef', '-D__DTS__', '-x', 'assembler-with-cpp'];
const CORPUS = resolve(process.env['BRINGUP_CORPUS'] ?? '../shared', 'dts');
const hasCorpus = existsSync(CORPUS);

const reader = hostFiles({ cwd: process.cwd() });

/** Strings whole, everything else between blanks: `a-b` and `a - b` differ. */
const words = (text: string): readonly string[] => text.match(/"(?:[^"\\\n]|\\.)*"|[^\s"]+|"/g) ?? [];

function sources(): string[] {
  const folders = readdirSync(CORPUS).flatMap((release) =>
    ['arm', 'arm64'].map((arch) => join(CORPUS, release, 'src', arch, 'mediatek')),
  );
  const found = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => {
      return readdirSync(folder).map((name) => join(folder, name));
    });
  return found.filter((path) => /\.dts[io]?$/.test(path));
}

if (!hasCorpus) process.stderr.write(`skipped: no sources in ${CORPUS} (set BRINGUP_CORPUS)\n`);

describe.skipIf(needs('cpp') || !hasCorpus)('against cpp', () => {
  test.each(hasCorpus ? sources() : [])('%s becomes the same words as through cpp', (path) => {
    const folder = resolve(path, '..');
    const src = resolve(folder, '../..');
    const includeDirs = [resolve(src, '../include'), src, folder, resolve(src, 'arm'), resolve(src, 'arm64')];
    const arguments_ = [...CPP, ...includeDirs.flatMap((directory) => ['-I', directory]), path];
    const theirs = outputOf('cpp', arguments_).toString('latin1');
    const ours = preprocess(path, reader, { includeDirs });
    expect(ours.diagnostics).toEqual([]);
    expect(words(ours.text)).toEqual(words(theirs));
  });
});
