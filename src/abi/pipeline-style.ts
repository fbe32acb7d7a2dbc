// Table of how pipeline pictures look: sizes in pixels, faces of type, and the style sheet with both themes.
import type { Face } from './svg.js';

/** Sizes of the grid. */
export const GRID = {
  left: 52,
  right: 42,
  boxWidth: 130,
  boxHeight: 64,
  gap: 46,
  /** Between two lines of the same row. */
  gutter: 36,
  /** Least width: one box between its margins. */
  least: 320,
} as const;

/** Faces of type. The style sheet has the same, by class name. */
export const FACES = {
  title: { family: 'sans', size: 24, bold: true },
  subtitle: { family: 'sans', size: 14 },
  section: { family: 'mono', size: 16, bold: true },
  row: { family: 'sans', size: 15, bold: true },
  text: { family: 'sans', size: 13 },
  name: { family: 'sans', size: 15, bold: true },
  tight: { family: 'sans', size: 12, bold: true },
  node: { family: 'mono', size: 11 },
  note: { family: 'sans', size: 11 },
  code: { family: 'mono', size: 12 },
  mark: { family: 'sans', size: 11, bold: true },
} as const satisfies Readonly<Record<string, Face>>;

/** Name of a face, which is also its class. */
export type FaceName = keyof typeof FACES;

const FAMILIES: Readonly<Record<Face['family'], string>> = {
  sans: 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  mono: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
};

const LIGHT =
  '--bp-paper:#fcfcfb;--bp-box:#ffffff;--bp-ink:#1c2126;--bp-muted:#5b6570;--bp-line:#98a1aa;--bp-edge:#c2c9d0;' +
  '--bp-hair:#e3e6e9;--bp-tint:#f1f4f6;--bp-good:#1b7a4b;--bp-warn:#8f5c00;--bp-bad:#c3212b;--bp-on:#ffffff';
const DARK =
  '--bp-paper:#14171a;--bp-box:#1d2125;--bp-ink:#e6e9ec;--bp-muted:#9aa4ae;--bp-line:#727d88;--bp-edge:#454d56;' +
  '--bp-hair:#2a3036;--bp-tint:#1a1f24;--bp-good:#5cc48d;--bp-warn:#e0a93c;--bp-bad:#ff7a78;--bp-on:#14171a';

/** Everything hangs below the class of the drawing, so that a page with several is not changed by it. */
const RULES = [
  '.bp text{fill:var(--bp-ink)}',
  '.bp .muted{fill:var(--bp-muted)}.bp .good{fill:var(--bp-good)}.bp .warn{fill:var(--bp-warn)}',
  '.bp .bad{fill:var(--bp-bad)}.bp .idle{fill:var(--bp-muted)}.bp .on{fill:var(--bp-on)}',
  '.bp .paper{fill:var(--bp-paper)}.bp .hair{stroke:var(--bp-hair);stroke-width:1;fill:none}',
  '.bp .box{fill:var(--bp-box);stroke:var(--bp-edge);stroke-width:1.25}',
  '.bp .controller{fill:var(--bp-ink);stroke:var(--bp-ink)}.bp .controller-text{fill:var(--bp-paper)}',
  '.bp .controller-note{fill:var(--bp-paper);opacity:.72}',
  '.bp .output{stroke:var(--bp-ink);stroke-width:1.75}.bp .sink{stroke:var(--bp-ink);stroke-width:1.25}',
  '.bp .unknown{stroke:var(--bp-bad);stroke-width:1.5;stroke-dasharray:9 3 2 3}',
  '.bp .missing{fill:none;stroke:var(--bp-muted);stroke-width:1.75;stroke-dasharray:.1 4.5;stroke-linecap:round}',
  '.bp .disabled{fill:none;stroke:var(--bp-muted);stroke-width:1.25;stroke-dasharray:6 4}',
  '.bp .stand{fill:none;stroke:var(--bp-ink);stroke-width:1.75;stroke-linecap:round}',
  '.bp .group{fill:var(--bp-tint);stroke:var(--bp-edge);stroke-width:1;stroke-dasharray:2 3}',
  '.bp .link{fill:none;stroke:var(--bp-line);stroke-width:1.75}.bp .head{fill:var(--bp-line)}',
  '.bp .link.built-in{stroke-dasharray:2 5;stroke-linecap:round}',
  '.bp .link.broken{stroke:var(--bp-bad);stroke-width:3}.bp .link.cross{stroke:var(--bp-bad);stroke-width:3}',
  '.bp .link.cross{stroke-linecap:round}',
  '.bp .link.dropped{stroke:var(--bp-warn);stroke-width:2;stroke-dasharray:5 4}',
  '.bp .link.bar{stroke:var(--bp-warn);stroke-width:3;stroke-linecap:round}',
  '.bp .link.circle{stroke:var(--bp-bad);stroke-width:2.25}.bp .head.circle{fill:var(--bp-bad)}',
  '.bp .leader{fill:none;stroke:var(--bp-line);stroke-width:1}',
  '.bp .stroke-good{stroke:var(--bp-good)}.bp .stroke-warn{stroke:var(--bp-warn)}',
  '.bp .stroke-bad{stroke:var(--bp-bad)}.bp .stroke-idle{stroke:var(--bp-muted)}',
  '.bp .sign{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}',
  '.bp .ring{fill:var(--bp-paper);stroke:var(--bp-muted);stroke-width:1.5}',
  '.bp .crtc{fill:none;stroke:var(--bp-good);stroke-width:1.75}',
  '.bp .no-crtc{fill:none;stroke:var(--bp-muted);stroke-width:1.5;stroke-dasharray:.1 4;stroke-linecap:round}',
];

/** The style sheet of a drawing. `auto` follows the reader's choice of light or dark. */
export function styleSheet(theme: 'auto' | 'light' | 'dark'): string {
  const faces = Object.entries(FACES).map(([name, face]: [string, Face]) => {
    const weight = face.bold === true ? '600 ' : '';
    return `.bp .${name}{font:${weight}${face.size}px ${FAMILIES[face.family]}}`;
  });
  const base = `.bp{${theme === 'dark' ? DARK : LIGHT}}`;
  const dark = theme === 'auto' ? `@media (prefers-color-scheme:dark){.bp{${DARK}}}` : '';
  return [base, dark, ...faces, ...RULES].filter((rule) => rule !== '').join('\n');
}
