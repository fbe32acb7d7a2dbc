// Finds for each finding of a display its place in the picture: a link, a box, or the mmsys.
import type { DtNode } from '../../dt/tree.js';
import type { DisplayFinding } from './finding.js';
import type { DraftRow } from './picture-row.js';
import type { PictureLink, PictureRow, PictureSection } from './picture-types.js';

/** A section whose parts still know their nodes. */
export interface DraftSection extends Omit<PictureSection, 'rows' | 'marks'> {
  readonly node: DtNode;
  readonly rows: (DraftRow & { readonly shown: number })[];
}

/** A place that carries numbers of findings, and for which path it stands. */
interface Place {
  readonly mmsys: DtNode;
  readonly path: string | undefined;
  readonly marks: number[];
}

/** The plain sections, each with the numbers of the findings at its boxes and links. */
export function placeMarks(drafts: readonly DraftSection[], findings: readonly DisplayFinding[]): PictureSection[] {
  const places = new Map<DtNode, Place[]>();
  const put = (node: DtNode | undefined, place: Place): number[] => {
    if (node !== undefined) places.set(node, [...(places.get(node) ?? []), place]);
    return place.marks;
  };
  const sections = drafts.map((draft): PictureSection & { readonly marks: number[] } => {
    const { node, rows, ...plain } = draft;
    const drawn = rows.map((row) => plainRow(row, node, put));
    return { ...plain, rows: drawn, marks: put(node, { mmsys: node, path: undefined, marks: [] }) };
  });
  for (const [at, finding] of findings.entries()) bestPlace(finding, places)?.marks.push(at + 1);
  return sections;
}

type Put = (node: DtNode | undefined, place: Place) => number[];

/** Registers links before boxes, and for a link that ends the path also the device that it leaves. */
function plainRow(row: DraftSection['rows'][number], mmsys: DtNode, put: Put): PictureRow {
  const { path, shown, boxes, links, ...rest } = row;
  const place = (): Place => ({ mmsys, path: path ?? row.title, marks: [] });
  const plainLinks = links.map(({ ends, ...link }): PictureLink => {
    const one = place();
    for (const end of ends) put(end, one);
    if (link.kind !== 'graph' && link.kind !== 'built-in') put(boxes[link.from]?.at, one);
    return { ...link, marks: one.marks };
  });
  const plainBoxes = boxes.map(({ at, ...box }) => ({ ...box, marks: put(at, place()) }));
  return {
    ...rest,
    boxes: plainBoxes.slice(0, shown),
    links: plainLinks.filter(({ from, to }) => from < shown && to < shown),
    more: boxes.length - shown,
  };
}

/** The nearest node above the finding's that is in the picture; there the place of its path, or of its mmsys. */
function bestPlace(finding: DisplayFinding, places: ReadonlyMap<DtNode, readonly Place[]>): Place | undefined {
  const { mmsys, path } = finding;
  for (let node: DtNode | undefined = finding.node; node !== undefined; node = node.parent) {
    const here = places.get(node);
    if (here === undefined) continue;
    const ofMmsys = here.filter((place) => mmsys === undefined || place.mmsys === mmsys);
    return ofMmsys.find((place) => place.path === path) ?? ofMmsys[0] ?? here[0];
  }
  return mmsys === undefined ? undefined : places.get(mmsys)?.at(-1);
}
