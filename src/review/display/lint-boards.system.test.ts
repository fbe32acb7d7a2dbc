// Over every board at hand: no error where a display comes up, and the broken release is told for what it is.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import { ROOT } from '../../../test/sources.js';
import { formatPosition } from '../../base/diagnostic.js';
import { KERNELS } from '../../drivers/mtk-drm/rules.js';
import { compile } from '../../dt/compile.js';
import { hostFiles } from '../../host/files.js';
import type { DisplayFinding } from './finding.js';
import { forecastDisplay } from './forecast.js';
import { lintDisplay } from './lint.js';
import type { DisplayForecast } from './result.js';
import { comesUp } from './sinks.js';

/** Boards of v7.1 whose display driver fails, and nothing is wrong with the tree (facts: OF graphs, chapter 9). */
const NO_DISPLAY: Readonly<Record<string, string>> = {
  'mt8183-evb': 'all outputs are disabled',
  'mt8186-evb': 'all outputs are disabled',
  'mt8192-evb': 'all outputs are disabled',
  'mt8195-demo': 'all outputs are disabled',
  'mt8195-evb': 'all outputs are disabled',
  'mt8395-kontron-3-5-sbc-i1200': 'all outputs are disabled',
  'mt8395-radxa-nio-12l': 'all outputs are disabled (before v7.0)',
  'mt2701-evb': 'there is a mmsys and no pipeline',
  'mt2712-evb': 'there is a mmsys and no pipeline',
  'mt8167-pumpkin': 'there is a mmsys and no pipeline',
  'mt6779-evb': 'the display driver does not know the SoC',
  'mt6795-evb': 'the display driver does not know the SoC',
  'mt6795-sony-xperia-m5': 'the display driver does not know the SoC',
  'mt6797-evb': 'the display driver does not know the SoC',
  'mt6797-x20-dev': 'the display driver does not know the SoC',
};

interface Board {
  readonly name: string;
  readonly forecast: DisplayForecast;
  readonly findings: readonly DisplayFinding[];
}

const folders = { 'v7.1': inCorpus(corpusFolders(), 'dts/v7.1'), 'v6.18': inCorpus(corpusFolders(), 'dts/v6.18') };

function boards(folder: string): Board[] {
  return ['arm64', 'arm'].flatMap((arch) => {
    const sources = join(folder, 'src', arch, 'mediatek');
    const names = existsSync(sources) ? readdirSync(sources).filter((name) => name.endsWith('.dts')) : [];
    const includeDirs = ['include', 'src', 'src/arm64/mediatek'].map((dir) => join(folder, dir));
    return names.map((name) => {
      const { tree } = compile(join(sources, name), hostFiles({ cwd: ROOT }), { includeDirs, bootCpu: 0 });
      if (tree === undefined) throw new Error(`${name} does not compile`);
      const forecast = forecastDisplay(tree, KERNELS['v7.1']);
      return { name: name.replace('.dts', ''), forecast, findings: lintDisplay(tree, forecast) };
    });
  });
}

const hasError = ({ findings }: Board): boolean => findings.some(({ severity }) => severity === 'error');
const fails = ({ forecast }: Board): boolean => forecast.drm.some((drm) => !comesUp(drm, forecast.mmsys));

test.skipIf(folders['v7.1'] === undefined)('no board of v7.1 has an error', () => {
  const all = boards(folders['v7.1'] as string);
  expect(all.filter(hasError).map(({ name }) => name)).toEqual([]);
  expect(
    all
      .filter(fails)
      .filter(({ name }) => !(name in NO_DISPLAY))
      .map(({ name }) => name),
  ).toEqual([]);
  // Whatever fails for a reason has a finding that says so.
  expect(all.filter((board) => fails(board) && board.findings.length === 0)).toEqual([]);
  expect(all.length).toBeGreaterThan(100);
});

/** Boards of v7.1 whose second output has an endpoint without its path's number (facts: OF graphs, 4.5). */
const UNNUMBERED = [
  'mt8370-genio-510-evk',
  'mt8390-genio-700-evk',
  'mt8395-genio-1200-evk',
  'mt8395-genio-1200-evk-ufs',
  'mt8395-radxa-nio-12l',
];

test.skipIf(folders['v7.1'] === undefined)(
  'no board of v7.1 that works has a warning; five have the note of L24',
  () => {
    const working = boards(folders['v7.1'] as string).filter((board) => !fails(board));
    const found = (wanted: (finding: DisplayFinding) => boolean): string[] =>
      working.flatMap(({ name, findings }) => findings.filter(wanted).map(({ rule }) => `${name} ${rule}`)).toSorted();
    // L36 tells of evaluation boards with a CRTC and no output.
    expect(found(({ rule, severity }) => severity === 'warning' && rule !== 'L36')).toEqual([]);
    expect(found(({ rule }) => rule === 'L24')).toEqual(UNNUMBERED.map((name) => `${name} L24`));
  },
);

test.skipIf(folders['v6.18'] === undefined)('in v6.18 all MT8183 boards have the error, and no others', () => {
  const all = boards(folders['v6.18'] as string);
  const broken = all.filter(({ name }) => name.startsWith('mt8183-'));
  expect(broken).toHaveLength(29);
  expect(all.filter(hasError).map(({ name }) => name)).toEqual(broken.map(({ name }) => name));
  for (const { findings } of broken) {
    const one = findings.find(({ rule }) => rule === 'L1');
    expect(one?.text).toBe(
      'ext path: /soc/ovl@1400a000 has no outgoing endpoint numbered 1 on port 1 (found: 0). ' +
        'Every hop of the ext path needs reg = <1>.',
    );
    expect(one?.at === undefined ? '' : formatPosition(one.at)).toMatch(/mt8183\.dtsi:1823:19$/);
    expect(one?.kernel).toEqual(['Invalid display hw pipeline. Last component: 38 (ret=-2)']);
  }
  // Where the main path ends at an enabled DSI the error takes it along.
  const kukui = broken.filter(({ name }) => name.includes('kukui'));
  expect(kukui).toHaveLength(27);
  for (const { findings } of kukui) expect(findings.map(({ rule }) => rule).toSorted()).toEqual(['L1', 'L13', 'R1']);
});
