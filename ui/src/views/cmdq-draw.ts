// Draws lanes on a canvas: what a thread does by height and colour, events as strokes, a scale below.
import type { Lane } from './cmdq-lanes.js';

/** What a lane is. */
export interface DrawnLane {
  readonly kind: 'thread' | 'event' | 'trouble';
  readonly lane: Lane | undefined;
  /** Its number, for threads and events. */
  readonly id: number;
}

/** Colours, as the page has them in light or dark. */
export interface Inks {
  readonly line: string;
  readonly text: string;
  readonly quiet: string;
  readonly run: string;
  readonly wait: string;
  readonly bad: string;
  readonly event: string;
  readonly done: string;
  readonly font: string;
}

/** What is to be drawn. */
export interface Drawing {
  readonly lanes: readonly DrawnLane[];
  /** The span of time, in ns. */
  readonly from: number;
  readonly to: number;
  /** What waits for an event are called: `130 MUTEX_STREAM_DONE0`. */
  readonly eventName: (id: number) => string;
  /** A moment that is pointed at. */
  readonly cursor: number | undefined;
}

/** Heights of lanes in pixels, as the labels beside the canvas have them. */
export const LANE_HEIGHTS = { thread: 26, event: 18, trouble: 18 } as const;
/** Of the scale. */
export const SCALE_HEIGHT = 22;

/** Draws all of it; `scale` is the number of the screen's pixels for one of the page. */
export function drawLanes(canvas: HTMLCanvasElement, drawing: Drawing, inks: Inks, scale: number): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const [width, height] = [canvas.width / scale, canvas.height / scale];
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = inks.font;
  context.textBaseline = 'middle';
  const pen: Pen = {
    context,
    inks,
    drawing,
    width,
    x: (t) => ((t - drawing.from) / (drawing.to - drawing.from)) * width,
  };
  drawScale(pen, height);
  let top = 0;
  for (const one of drawing.lanes) {
    const laneHeight = LANE_HEIGHTS[one.kind];
    if (one.lane !== undefined) {
      if (one.kind === 'thread') drawThread(pen, one.lane, top, laneHeight);
      else drawStrokes(pen, one.lane, top, laneHeight, one.kind === 'event' ? inks.event : inks.bad, one.kind);
    }
    top += laneHeight;
    context.fillStyle = inks.line;
    context.fillRect(0, top - 1, width, 1);
  }
  if (drawing.cursor === undefined) return;
  context.fillStyle = inks.text;
  context.fillRect(Math.round(pen.x(drawing.cursor)), 0, 1, height - SCALE_HEIGHT);
}

interface Pen {
  readonly context: CanvasRenderingContext2D;
  readonly inks: Inks;
  readonly drawing: Drawing;
  readonly width: number;
  readonly x: (t: number) => number;
}

/** Steps of the scale, in ns. */
const STEPS = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8].flatMap((step) => [step, 2 * step, 5 * step]);
const LABEL_WIDTH = 90;

function drawScale({ context, inks, drawing: { from, to }, width, x }: Pen, height: number): void {
  const step = STEPS.find((one) => (one / (to - from)) * width >= LABEL_WIDTH) ?? 1e9;
  const digits = step >= 1e6 ? 3 : 6;
  for (let t = Math.max(0, Math.ceil(from / step) * step); t <= to; t += step) {
    context.fillStyle = inks.line;
    context.fillRect(Math.round(x(t)), 0, 1, height - SCALE_HEIGHT + 4);
    const text = `${(t / 1e9).toFixed(digits)} s`;
    if (x(t) + context.measureText(text).width > width) continue;
    context.fillStyle = inks.quiet;
    context.fillText(text, Math.round(x(t)), height - SCALE_HEIGHT / 2 + 1);
  }
}

function drawThread(pen: Pen, lane: Lane, top: number, height: number): void {
  const { from, to } = pen.drawing;
  for (let n = Math.max(0, lane.after(from) - 1); n < lane.length && lane.time(n) <= to; n++) {
    const end = n + 1 < lane.length ? lane.time(n + 1) : to;
    const left = Math.max(pen.x(lane.time(n)), -2);
    const span = { left, right: Math.min(pen.x(end), pen.width), top, height };
    if (end >= from) drawSpan(pen, lane, n, span);
  }
}

interface Span {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly height: number;
}

/** A thread that runs fills its lane, one that waits half of it; what it has done is a stroke with a head. */
function drawSpan(pen: Pen, lane: Lane, n: number, { left, right, top, height }: Span): void {
  const { context, inks } = pen;
  const wide = Math.max(right - left, 2);
  const fill = (colour: string, from: number, high: number): void => {
    context.fillStyle = colour;
    context.fillRect(left, top + from, wide, high);
  };
  switch (lane.state(n)) {
    case 'running':
      return fill(inks.run, 3, height - 7);
    case 'waiting': {
      context.globalAlpha = 0.22;
      fill(inks.wait, 6, height - 13);
      context.globalAlpha = 1;
      fill(inks.wait, height - 8, 1.5);
      return drawName(pen, lane.event(n), { left, right, top, height });
    }
    case 'polling':
      fill(inks.wait, 6, 1.5);
      return fill(inks.wait, height - 8, 1.5);
    case 'suspended':
      return fill(inks.quiet, height / 2 - 1, 1.5);
    case 'idle-at-end':
      context.fillStyle = inks.done;
      context.fillRect(left, top + 2, 2, height - 5);
      return context.fillRect(left - 2, top + 2, 6, 4);
    case 'error':
      fill(inks.bad, 3, height - 7);
      context.fillStyle = inks.bad;
      return context.fillText('stopped', left + 6, top + height / 2);
    case 'disabled':
  }
}

function drawName({ context, inks, drawing }: Pen, event: number | undefined, span: Span): void {
  if (event === undefined) return;
  const left = Math.max(span.left, 0) + 6;
  const room = span.right - left - 4;
  for (const text of [`waits for ${drawing.eventName(event)}`, `waits for ${event}`, `${event}`]) {
    if (context.measureText(text).width > room) continue;
    context.fillStyle = inks.text;
    return context.fillText(text, left, span.top + span.height / 2 - 0.5);
  }
}

function drawStrokes(pen: Pen, lane: Lane, top: number, height: number, ink: string, kind: string): void {
  const { context, drawing } = pen;
  context.fillStyle = ink;
  let last = Number.NEGATIVE_INFINITY;
  for (let n = lane.after(drawing.from); n < lane.length && lane.time(n) <= drawing.to; n++) {
    const x = Math.round(pen.x(lane.time(n)));
    // What falls on the same pixel is one stroke.
    if (x === last) continue;
    last = x;
    context.fillRect(x, top + 4, 2, height - 9);
    if (kind === 'trouble') context.fillRect(x - 3, top + 4, 8, 3);
  }
}
