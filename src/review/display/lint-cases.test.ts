// Over every recorded case: an error is found exactly where the kernel's own functions fail, and its lines are theirs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../test/sources.js';
import { decodeLatin1 } from '../../dt/latin1.js';
import { compileText } from '../../dt/compile-text.js';
import { memoryFiles } from '../../base/files.js';
import { KERNELS } from '../../drivers/mtk-drm/rules.js';
import type { DtTree } from '../../dt/tree.js';
import type { DisplayFinding } from './finding.js';
import { forecastDisplay } from './forecast.js';
import { lintDisplay } from './lint.js';

interface Line {
  readonly text: string;
}

/** What was recorded of one mmsys: test/golden/ofgraph.md. */
interface RecordedMmsys {
  readonly node: string;
  readonly available: boolean;
  readonly driver_data?: string | null;
  readonly probe_ret?: number;
  readonly hang?: boolean;
  readonly ub?: string;
  readonly paths?: Readonly<Record<string, { readonly source: string }>>;
  readonly messages?: readonly Line[];
  readonly refcount_delta?: Readonly<Record<string, number>>;
}

interface Recorded {
  readonly mmsys: readonly RecordedMmsys[];
  readonly drm: readonly {
    readonly registered: boolean;
    readonly crtcs?: readonly { readonly path: string; readonly mmsys: string; readonly created: boolean }[];
    readonly messages: readonly Line[];
  }[];
}

interface Case {
  readonly name: string;
  readonly dts: string;
  readonly expected: { readonly seed: Recorded; readonly mainline: Recorded | 'same as seed' };
}

const GOLDEN = join(ROOT, 'test/golden');
const CASES = JSON.parse(readFileSync(join(GOLDEN, 'ofgraph-cases.json'), 'utf8')) as readonly Case[];
const TREES = new Map(CASES.map(({ name, dts }) => [name, treeOf(join(GOLDEN, dts))]));

function treeOf(path: string): DtTree {
  const text = decodeLatin1(readFileSync(path));
  return compileText(text, path, memoryFiles({}), { force: true, bootCpu: 0 }).tree as DtTree;
}

function recorded({ expected: { seed, mainline } }: Case, variant: 'seed' | 'mainline'): Recorded {
  return variant === 'seed' || mainline === 'same as seed' ? seed : mainline;
}

/** A probe that fails, never ends or returns what was never set, no DRM device, or no CRTC for a path of the graph. */
function fails({ mmsys, drm }: Recorded): boolean {
  const probe = mmsys.some((one) => (one.probe_ret ?? 0) < 0 || one.hang === true || one.ub === 'ret-uninitialised');
  const crtc = drm.some(({ crtcs = [] }) =>
    crtcs.some(({ created, path, mmsys: node }) => {
      const owner = mmsys.find((one) => one.node === node);
      return !created && owner?.paths?.[path]?.source === 'graph';
    }),
  );
  return probe || crtc || drm.some(({ registered }) => !registered);
}

/** Failures without an error, each with the reason why somebody may have meant it so. */
const MEANT: Readonly<Record<string, string>> = {
  'krane-final-disabled': 'every output is disabled: L36 warns',
  'krane-mmsys-disabled': 'the mmsys is disabled: L36 notes it',
  'mt6779-mmsys': 'the kernel has no display driver for this SoC: L36 notes it',
};

/** MT8365 came after the patch: the seed has no driver for it, which L36 notes. */
const isMeant = ({ name }: Case, { mmsys }: Recorded): boolean =>
  name in MEANT || mmsys.every(({ available, driver_data }) => available && driver_data === null);

function findings({ name }: Case, variant: 'seed' | 'mainline'): DisplayFinding[] {
  const tree = TREES.get(name) as DtTree;
  return lintDisplay(tree, forecastDisplay(tree, KERNELS[variant === 'seed' ? 'v6.13' : 'v7.1']));
}

test.each(['mainline', 'seed'] as const)('an error is found exactly where the %s driver fails', (variant) => {
  const wrong = CASES.flatMap((one) => {
    const truth = recorded(one, variant);
    const wanted = fails(truth) && !isMeant(one, truth);
    const errors = findings(one, variant).filter(({ severity }) => severity === 'error');
    return errors.length > 0 === wanted
      ? []
      : [`${one.name}: ${errors.map(({ text }) => text).join(' ') || 'no error'}`];
  });
  expect(wrong).toEqual([]);
  expect(CASES.length).toBeGreaterThan(200);
});

test('what is excepted fails in the kernel, and something is said about it', () => {
  for (const one of CASES.filter(({ name }) => name in MEANT)) {
    expect([one.name, fails(recorded(one, 'mainline'))]).toEqual([one.name, true]);
    expect(findings(one, 'mainline').map(({ rule }) => rule)).toContain('L36');
  }
});

/** The driver core's line is not among those of the display driver. */
const DRIVER_CORE = /^probe with driver mediatek-drm failed with error -\d+$/;

test.each(['mainline', 'seed'] as const)(
  'every line that a finding quotes is one that the %s driver printed',
  (variant) => {
    for (const one of CASES) {
      const { mmsys, drm } = recorded(one, variant);
      const printed = new Set([...mmsys, ...drm].flatMap(({ messages = [] }) => messages.map(({ text }) => text)));
      const quoted = findings(one, variant).flatMap(({ kernel }) => kernel);
      const invented = quoted.filter((line) => !printed.has(line) && !DRIVER_CORE.test(line));
      expect([one.name, invented]).toEqual([one.name, []]);
    }
  },
);

test('every error line of the driver is quoted by a finding', () => {
  for (const one of CASES) {
    const { mmsys, drm } = recorded(one, 'mainline');
    const levels = [...mmsys, ...drm].flatMap(({ messages = [] }) => messages as readonly (Line & { level: string })[]);
    const errors = new Set(levels.filter(({ level }) => level === 'err').map(({ text }) => text));
    const quoted = new Set(findings(one, 'mainline').flatMap(({ kernel }) => kernel));
    expect([one.name, [...errors].filter((line) => !quoted.has(line))]).toEqual([one.name, []]);
  }
});

/** `mmsys node +1` of every difference that was recorded; a probe that never ends (L18) has no count. */
const differences = ({ mmsys }: Recorded): string[] =>
  mmsys.flatMap(({ node, hang, refcount_delta: deltas }) =>
    hang === true ? [] : Object.entries(deltas ?? {}).map(([at, by]) => `${node} ${at} ${by > 0 ? '+' : ''}${by}`),
  );

/** The same as the findings tell it: L24 at an endpoint of an output that is put twice, R1 at the node. */
function toldDifferences(found: readonly DisplayFinding[]): string[] {
  return found.flatMap(({ rule, node, mmsys, text }) => {
    if (rule === 'R1') return [`${mmsys?.path} ${node.path} ${/off by ([+-]\d+) /.exec(text)?.[1]}`];
    const output = node.parent?.parent?.baseName === 'ports' ? node.parent.parent.parent : node.parent?.parent;
    return rule === 'L24' ? [`${mmsys?.path} ${output?.path} -1`] : [];
  });
}

test.each(['mainline', 'seed'] as const)(
  'every count of references that the %s driver leaves wrong is told by exactly one finding, and no other',
  (variant) => {
    let count = 0;
    for (const one of CASES) {
      const wanted = differences(recorded(one, variant)).toSorted();
      count += wanted.length;
      expect([one.name, toldDifferences(findings(one, variant)).toSorted()]).toEqual([one.name, wanted]);
    }
    expect(count).toBeGreaterThan(50);
  },
);

test('nothing is said twice, everything has a place, and all that can be filled in is', () => {
  for (const one of CASES) {
    const found = findings(one, 'mainline');
    const said = found.map(({ rule, where, text }) => `${rule} ${where} ${text}`);
    expect(new Set(said).size).toBe(said.length);
    for (const { at, text, suggestion } of found) {
      expect(at?.line).toBeGreaterThan(0);
      expect(`${text} ${suggestion ?? ''}`).not.toMatch(/\{\w+\}|undefined/);
    }
  }
});

/** What a case was made for, by the words of its first line, and the rule that must tell it. */
test.each([
  ['krane-mid-ep1-instead-of-0', 'L1'],
  ['krane-mid-port1-removed', 'L2'],
  ['krane-endpoint-huge', 'L3'],
  ['krane-mmsys-port1', 'L4'],
  ['krane-mmsys-port-no-endpoint', 'L5'],
  ['krane-mid-no-remote', 'L6'],
  ['krane-remote-to-device', 'L7'],
  ['krane-remote-to-neighbours-output', 'L8'],
  ['krane-unknown-compat-mid', 'L9'],
  ['chain-3-no-final', 'L10'],
  ['krane-mid-disabled', 'L11'],
  ['cherry-sink-disabled', 'L12'],
  ['both-endpoints-same-target', 'L13'],
  ['merge5-no-alias', 'L14'],
  ['merge5-alias-9', 'L15'],
  ['krane-compat-two-types', 'L16'],
  ['adaptor-rdma-pad-ethdr', 'L17'],
  ['adaptor-loop', 'L18'],
  ['chain-70-plus-dsi', 'L19'],
  ['krane-component-elsewhere', 'L20'],
  ['vdosys1-disabled', 'L21'],
  ['vdosys1-all-ep0', 'L22'],
  ['dsi-port1-ep1', 'L23'],
  ['g1200-base', 'L24'],
  ['dsi-old-port0-no-graph', 'L25'],
  ['krane-skip-component', 'L27'],
  ['mid-is-bls', 'L28'],
  ['krane-mmsys-ports-hides-port', 'L29'],
  ['krane-mid-foreign-child', 'L30'],
  ['krane-mid-port-unit-mismatch', 'L31'],
  ['krane-status-okay-upper', 'L32'],
  ['mutex-alias-wrong', 'L33'],
  ['pumpkin-ext-mmsys-only', 'L34'],
  ['geralt-graph-and-routes', 'L35'],
  ['elm-no-ovl0', 'L36'],
  ['mt8365-first-disabled', 'R1'],
])('%s is found by %s', (name, rule) => {
  const one = CASES.find((other) => other.name === name) as Case;
  expect(findings(one, 'mainline').map((finding) => finding.rule)).toContain(rule);
});
