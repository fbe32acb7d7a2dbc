// Blobs: our compiler must make, byte for byte, what dtc 1.6.1 made from the same sources.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { compileBlob } from '../../blob.js';
import { inCorpus } from '../../corpus.js';
import { type Context, type Family, named, records, type Verdict, verdict } from '../family.js';

interface OfgraphCase {
  readonly name: string;
  readonly dts: string;
  readonly dtb_sha256: string;
}

interface OfgraphEntry {
  readonly dtb: string;
  readonly dts_version: string;
  readonly sha256: string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Boards whose blob the kernel builds with `-@`, so that overlays can be applied. */
export const WITH_SYMBOLS = /nio-12l|bananapi-bpi-r[34]/;

/** Both formats of MediaTek vectors name a blob by its checksum. */
export const DEVICETREE: readonly Family[] = [
  {
    name: 'ofgraph-cases/dtb',
    pick: (json) => named(records(json, 'dts', 'dtb_sha256', 'dtc_1_6_1_aborts'), 'name'),
    judge: ({ data }, context) => judgeCase(data as OfgraphCase, context),
  },
  {
    name: 'ofgraph/dtb',
    pick: (json) => {
      const list = (json as { entries?: unknown } | null)?.entries;
      return named(records(list, 'dtb', 'dts_version', 'sha256'), 'dtb');
    },
    judge: ({ data }, context) => judgeEntry(data as OfgraphEntry, context),
  },
];

/**
 * Compiled with force (`-f`), as the recording was: many cases are broken on purpose. On those marked
 * `dtc_1_6_1_aborts` dtc itself crashes in an assertion; ours must not.
 */
function judgeCase({ dts, dtb_sha256: wanted }: OfgraphCase, { dir }: Context): Verdict {
  const blob = compileBlob(join(dir, dts), { force: true });
  return verdict(typeof blob === 'string' ? blob : difference(blob, wanted));
}

function judgeEntry({ dtb, dts_version: version, sha256: wanted }: OfgraphEntry, { corpus }: Context): Verdict {
  const board = basename(dtb, '.dtb');
  const paths = ['arm64', 'arm'].map((arch) => `dts/${version}/src/${arch}/mediatek/${board}.dts`);
  const source = dirname(dtb).endsWith('-overlay') ? undefined : inCorpus(corpus, ...paths);
  if (source !== undefined) {
    const src = dirname(dirname(dirname(source)));
    const includes = [join(dirname(src), 'include'), src, join(src, 'arm64/mediatek')];
    const blob = compileBlob(source, { includes, symbols: WITH_SYMBOLS.test(board), preprocess: true });
    return verdict(typeof blob === 'string' ? blob : difference(blob, wanted));
  }
  const file = inCorpus(corpus, dtb, `dtb/${board}.dtb`);
  const same = file !== undefined && difference(readFileSync(file), wanted) === undefined;
  return same ? { kind: 'passed' } : { kind: 'skipped', why: 'neither its sources nor its blob are at hand' };
}

function difference(blob: Uint8Array, wanted: string): string | undefined {
  const is = sha256(blob);
  return is === wanted
    ? undefined
    : `${blob.length} bytes with sha256 ${is.slice(0, 12)}…, not ${wanted.slice(0, 12)}…`;
}
