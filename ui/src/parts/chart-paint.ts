// What is drawn over a chart: limits as lines with their names, times without values as bands with the reason.
import type uPlot from 'uplot';

/** A level that should not be passed. */
export interface ChartLimit {
  readonly name: string;
  readonly value: number;
  /** Whether the device says that it is passed. */
  readonly isOn: boolean;
}

/** A time without values, s. */
export interface ChartGap {
  readonly from: number;
  readonly to: number;
  readonly words: string;
}

/** Colours and font of the canvas. */
export interface ChartInks {
  readonly quiet: string;
  readonly bad: string;
  readonly font: string;
}

/** What is drawn. */
export interface ChartMarks {
  readonly limits: readonly ChartLimit[];
  readonly gaps: readonly ChartGap[];
}

/** Draws them. In the canvas' own pixels, within the plot. */
export function paint(plot: uPlot, { limits, gaps }: ChartMarks, inks: ChartInks): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.textAlign = 'left';
  ctx.font = inks.font.replace(/^\d+/, (size) => String(Number(size) * scale));
  paintGaps(plot, gaps, inks, scale);
  for (const limit of limits) paintLimit(plot, limit, inks, scale);
  ctx.restore();
}

function paintGaps(plot: uPlot, gaps: readonly ChartGap[], { bad }: ChartInks, scale: number): void {
  const { ctx, bbox } = plot;
  let free = Number.NEGATIVE_INFINITY;
  for (const { from, to, words } of gaps) {
    const left = plot.valToPos(from, 'x', true);
    const right = Math.max(plot.valToPos(to, 'x', true), left + 2 * scale);
    if (right < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.globalAlpha = 0.14;
    ctx.fillStyle = bad;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.globalAlpha = 1;
    // A mark at the foot as well: colour is not the only sign.
    ctx.fillRect(left, bbox.top + bbox.height - 3 * scale, right - left, 3 * scale);
    const at = Math.max(left, bbox.left) + 3 * scale;
    if (at < free) continue;
    ctx.textBaseline = 'top';
    ctx.fillText(words, at, bbox.top + 3 * scale);
    free = at + ctx.measureText(words).width + 6 * scale;
  }
}

function paintLimit(plot: uPlot, { name, value, isOn }: ChartLimit, { quiet, bad }: ChartInks, scale: number): void {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(value, 'y', true);
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.strokeStyle = isOn ? bad : quiet;
  ctx.fillStyle = isOn ? bad : quiet;
  ctx.lineWidth = (isOn ? 2 : 1) * scale;
  ctx.setLineDash(isOn ? [] : [6 * scale, 4 * scale]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
  const text = isOn ? `${name} passed` : name;
  ctx.textBaseline = y - bbox.top < 16 * scale ? 'top' : 'bottom';
  ctx.fillText(text, bbox.left + bbox.width - ctx.measureText(text).width - 4 * scale, y);
}
