// Display graphs: what the forecast says of a tree must be all of what was recorded, under both sets of rules.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { KERNELS } from '../../../src/drivers/mtk-drm/rules.js';
import { readFdt } from '../../../src/dt/fdt-read.js';
import type { DtTree } from '../../../src/dt/tree.js';
import { forecastDisplay } from '../../../src/review/display/forecast.js';
import { forecastJson } from '../../../src/review/display/forecast-json.js';
import { compileBlob } from '../../blob.js';
import { inCorpus } from '../../corpus.js';
import { type Context, type Family, isRecord, named, records, type Verdict, verdict } from '../family.js';
import { WITH_SYMBOLS } from './devicetree.js';

/** The results of one tree; `mainline` is a text where only the name of the variant differs. */
interface Recorded {
  readonly seed: object;
  readonly mainline: object | 'same as seed';
}

type OfgraphEntry = Recorded & { readonly dtb: string; readonly dts_version: string; readonly sha256: string };
type OfgraphCase = { readonly dts: string; readonly expected: Recorded };

/** Both formats: real trees by name and checksum, and cases by their source. */
export const OFGRAPH: readonly Family[] = [
  {
    name: 'ofgraph',
    pick: (json) => {
      const entries = isRecord(json) ? records(json['entries'], 'dtb', 'sha256', 'seed', 'mainline') : undefined;
      return named(entries, 'dtb');
    },
    judge: ({ data }, context) => judgeEntry(data as OfgraphEntry, context),
  },
  {
    name: 'ofgraph-cases',
    pick: (json) => named(records(json, 'name', 'dts', 'dtb_sha256', 'expected'), 'name'),
    judge: ({ data }, { dir }) => {
      const { dts, expected } = data as OfgraphCase;
      const blob = compileBlob(join(dir, dts), { force: true });
      return typeof blob === 'string' ? verdict(blob) : judge(blob, expected, () => true);
    },
  },
];

function judgeEntry(entry: OfgraphEntry, context: Context): Verdict {
  const blob = blobOf(entry, context);
  if (blob === undefined) return { kind: 'skipped', why: 'neither its sources nor its blob are at hand' };
  return typeof blob === 'string' ? verdict(blob) : judge(blob, entry, isLoud);
}

/** The recorded tree: compiled from its source, or a blob of that name; a text when what is at hand is another one. */
function blobOf(
  { dtb, dts_version: version, sha256 }: OfgraphEntry,
  { corpus }: Context,
): Uint8Array | string | undefined {
  const board = basename(dtb, '.dtb');
  const isRecorded = (bytes: Uint8Array): boolean => createHash('sha256').update(bytes).digest('hex') === sha256;
  const files = corpus.flatMap((folder) => [join(folder, dtb), join(folder, 'dtb', `${board}.dtb`)]);
  const blob = files
    .filter(existsSync)
    .map((path) => readFileSync(path))
    .find(isRecorded);
  if (blob !== undefined) return blob;
  const paths = ['arm64', 'arm'].map((arch) => `dts/${version}/src/${arch}/mediatek/${board}.dts`);
  const source = dirname(dtb).endsWith('-overlay') ? undefined : inCorpus(corpus, ...paths);
  if (source === undefined) return undefined;
  const src = dirname(dirname(dirname(source)));
  const includes = [join(dirname(src), 'include'), src, join(src, 'arm64/mediatek')];
  const compiled = compileBlob(source, { includes, symbols: WITH_SYMBOLS.test(board), preprocess: true });
  return typeof compiled === 'string' || isRecorded(compiled) ? compiled : 'its source makes another blob';
}

interface Message {
  readonly level: string;
}

/** Real trees were recorded without the quiet levels. */
function isLoud({ level }: Message): boolean {
  return level !== 'dbg' && level !== 'info';
}

function judge(blob: Uint8Array, { seed, mainline }: Recorded, keeps: (message: Message) => boolean): Verdict {
  const { tree } = readFdt(blob);
  if (tree === undefined) return verdict('its blob cannot be read');
  const wanted = mainline === 'same as seed' ? { ...seed, variant: 'mainline' } : mainline;
  return verdict(compare(tree, 'v6.13', seed, keeps) ?? compare(tree, 'v7.1', wanted as object, keeps));
}

function compare(
  tree: DtTree,
  kernel: keyof typeof KERNELS,
  wanted: object,
  keeps: (message: Message) => boolean,
): string | undefined {
  const all = forecastJson(tree, forecastDisplay(tree, KERNELS[kernel]));
  const is: unknown = JSON.parse(JSON.stringify(all), (key, value: unknown) => {
    return key === 'messages' ? (value as Message[]).filter(keeps) : value;
  });
  if (isDeepStrictEqual(is, wanted)) return undefined;
  return `${kernel}: ${firstDifference(is, wanted, '')}`;
}

/** The first place where two JSON values differ, in words. */
function firstDifference(is: unknown, wanted: unknown, at: string): string {
  if (typeof is !== 'object' || typeof wanted !== 'object' || is === null || wanted === null) {
    return `${at} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`;
  }
  const left = is as Record<string, unknown>;
  const right = wanted as Record<string, unknown>;
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  const key = keys.find((one) => !isDeepStrictEqual(left[one], right[one]));
  return key === undefined ? `${at} differs` : firstDifference(left[key], right[key], `${at}/${key}`);
}
