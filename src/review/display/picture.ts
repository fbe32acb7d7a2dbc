// Makes the picture of a display: each mmsys with its paths, what becomes of them, and where the findings are.
import { errnoName } from '../../base/errno.js';
import { componentName } from '../../drivers/mtk-drm/component.js';
import type { KernelLine, Walk } from '../../drivers/mtk-drm/walk.js';
import { aliases } from '../../dt/alias.js';
import type { DtTree } from '../../dt/tree.js';
import type { DisplayFinding } from './finding.js';
import { type DraftSection, placeMarks } from './picture-marks.js';
import { type RowContext, rowsOf } from './picture-row.js';
import type { Picture, PictureOutcome, PictureState } from './picture-types.js';
import type { CrtcForecast, DisplayForecast, DrmForecast, MmsysForecast } from './result.js';
import type { Scene } from './scene.js';

/** Most boxes of a picture. */
const BOXES = 400;
/** Most findings in its legend, and most kernel lines beside a mmsys. */
const NOTES = 60;
const LINES = 4;

/**
 * The picture of a forecast and its findings. The numbers of findings are their places in the list, from 1. `kernel`
 * is the release as the user wrote it; left out, the one that the rules are called after.
 */
export function displayPicture(
  tree: DtTree,
  forecast: DisplayForecast,
  findings: readonly DisplayFinding[],
  kernel: string = forecast.rules.name,
): Picture {
  const scene = { tree, rules: forecast.rules, aliases: aliases(tree) };
  const drafts = draftSections(scene, forecast);
  const shown = findings.slice(0, NOTES);
  const sections = placeMarks(drafts.sections, shown);
  return {
    title: tree.root.string('model') ?? tree.root.string('compatible') ?? 'devicetree',
    subtitle: kernel === 'right' ? 'as bringup reads them' : `as Linux ${kernel} reads them`,
    summary: summaryOf(forecast, findings),
    sections,
    more: drafts.more,
    outcomes: forecast.drm.map((drm) => outcomeOf(drm)),
    notes: shown.map(({ rule, severity, text, suggestion, node }, at) => ({
      number: at + 1,
      rule,
      severity,
      text,
      suggestion: suggestion ?? '',
      where: node.path,
    })),
    moreNotes: findings.length - shown.length,
  };
}

function summaryOf({ mmsys, drm }: DisplayForecast, findings: readonly DisplayFinding[]): string {
  const parts = mmsys.map((one) => `${one.node.name}: ${probeState(one).text}.`).slice(0, 8);
  const outcome = drm.map((one) => `${outcomeOf(one).state.text}.`).slice(0, 8);
  const count = findings.length === 1 ? '1 finding.' : `${findings.length} findings.`;
  return ['Display pipelines.', ...parts, ...outcome, count].join(' ');
}

/** Sections until there are enough boxes; a section without rows counts as a box. */
function draftSections(scene: Scene, forecast: DisplayForecast): { sections: DraftSection[]; more: number } {
  const sections: DraftSection[] = [];
  let left = BOXES;
  let more = 0;
  for (const mmsys of forecast.mmsys) {
    if (left <= 0) {
      more++;
      continue;
    }
    const section = draftSection(scene, mmsys, crtcsOf(forecast, mmsys));
    const rows: DraftSection['rows'] = [];
    for (const row of section.rows) {
      if (left <= 0) more++;
      else rows.push({ ...row, shown: Math.min(left, row.boxes.length) });
      left -= row.boxes.length;
    }
    if (section.rows.length === 0) left--;
    sections.push({ ...section, rows });
  }
  return { sections, more };
}

function crtcsOf({ drm }: DisplayForecast, { node }: MmsysForecast): readonly CrtcForecast[] {
  return drm.flatMap(({ crtcs }) => crtcs.filter((crtc) => crtc.mmsys === node));
}

function draftSection(scene: Scene, mmsys: MmsysForecast, crtcs: readonly CrtcForecast[]): DraftSection {
  const byWalk = linesOfWalks(mmsys);
  const context: RowContext = { ...scene, mmsys, crtcs, lineOf: (walk) => byWalk.get(walk) };
  const rows = rowsOf(context).map((row) => ({ ...row, shown: row.boxes.length }));
  const told = new Set(rows.flatMap(({ links }) => links.map(({ words }) => words)));
  const lines = mmsys.messages.filter(({ level, text }) => (level === 'err' || level === 'warn') && !told.has(text));
  return {
    node: mmsys.node,
    title: mmsys.node.path,
    compatible: mmsys.compatible,
    state: probeState(mmsys),
    rows,
    lines: [...new Set(lines.map(({ text }) => text))].slice(0, LINES),
  };
}

const ABOUT_A_WALK =
  /^(?:Invalid component |Invalid display hw pipeline|Cannot find first endpoint|Skipping disabled )/;

/** Each walk that does not succeed logs one line at most, in the order of the walks. */
function linesOfWalks({ paths, messages }: MmsysForecast): ReadonlyMap<Walk, string> {
  const lines = messages.filter(({ level, text }: KernelLine) => level !== 'dbg' && ABOUT_A_WALK.test(text));
  const found = new Map<Walk, string>();
  for (const { walk } of [paths.main, paths.ext, paths.third]) {
    const speaks = walk !== undefined && walk.ret !== 0 && lines[0] !== undefined && isAbout(lines[0].text, walk);
    if (speaks) found.set(walk, (lines.shift() as KernelLine).text);
  }
  return found;
}

/** A dropped path is silent, except at its first device. */
function isAbout(text: string, { ret, steps }: Walk): boolean {
  const dropped = errnoName(ret) === 'ENODEV';
  return dropped ? text.startsWith('Skipping') || (steps.length === 1 && text.startsWith('Invalid comp')) : true;
}

function probeState({ available, data, hang, probeRet, unsetReturn }: MmsysForecast): PictureState {
  if (!available) return { tone: 'idle', text: 'disabled, not probed' };
  if (hang) return { tone: 'bad', text: 'the probe never ends' };
  if (data === undefined) return { tone: 'idle', text: 'the driver has no data for it: ENODEV (-19), not logged' };
  if (probeRet !== 0) return { tone: 'bad', text: `the probe fails: ${errnoName(probeRet) ?? 'error'} (${probeRet})` };
  if (unsetReturn) return { tone: 'warn', text: 'the probe succeeds by chance: its return value was never set' };
  return { tone: 'good', text: 'the probe succeeds' };
}

function outcomeOf(drm: DrmForecast): PictureOutcome {
  const { parent, registered, crtcs, messages } = drm;
  const reason = reasonOf(drm);
  return {
    title: parent.path,
    state: registered
      ? { tone: 'good', text: 'DRM device registered' }
      : { tone: 'bad', text: `no DRM device: ${reason}` },
    crtcs: crtcs.map(({ path, mmsys, index, missing }) => {
      const why = missing === undefined ? '' : `: ${componentName(missing)} (${missing}) is disabled or missing`;
      const what = index === undefined ? 'no CRTC for' : `CRTC ${index} =`;
      return { index, text: `${what} ${path} of ${mmsys.name}${why}` };
    }),
    lines: [...new Set(messages.map(({ text }) => text))].slice(0, LINES),
  };
}

/** In words of this page; the forecast's own follow the kernel's terms. */
function reasonOf({ blockedBy, bound, mmsysDevNum, reason }: DrmForecast): string {
  const [blocker] = blockedBy;
  if (bound === 0) return 'no mmsys could be probed';
  if (blocker !== undefined) {
    const name = `${componentName(blocker.id) ?? blocker.id} (${blocker.node.name})`;
    return `${name} finds no panel or bridge, so the display waits for ever, without a message`;
  }
  if (bound !== mmsysDevNum) return `${bound} of ${mmsysDevNum} mmsys probed; all are needed, and no message says so`;
  return reason ?? 'unknown';
}
