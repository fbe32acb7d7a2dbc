// The time line of a GCE: a lane for each thread, for each event that threads wait for, and for what goes wrong.
import { effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { readMarks } from '../../../src/page/views/cmdq-marks.js';
import type { CmdqState } from '../../../src/page/views/cmdq.js';
import { formatNs } from '../parts/text.js';
import { onFrames, time } from '../store.js';
import { type DrawnLane, drawLanes, type Inks, LANE_HEIGHTS, SCALE_HEIGHT } from './cmdq-draw.js';
import { Lanes } from './cmdq-lanes.js';
import { CmdqReadout, readAt } from './cmdq-readout.js';

/** Spans of the time line, in milliseconds. */
export const SPANS: readonly number[] = [0.01, 0.1, 1, 5, 10, 20, 50, 100, 200, 500, 1000];

/** What the time line needs. */
export interface TimelineProps {
  readonly state: CmdqState;
  readonly spanMs: number;
  readonly allEvents: boolean;
  setSpan(ms: number): void;
  choose(thread: number): void;
}

/** All of it. */
export function CmdqTimeline({ state, spanMs, allEvents, setSpan, choose }: TimelineProps): JSX.Element {
  const lanes = useMemo(() => new Lanes(), []);
  /** The right end, while it does not follow the board's time. */
  const end = useMemo(() => signal<number | undefined>(undefined), []);
  const cursor = useMemo(() => signal<number | undefined>(undefined), []);
  /** Counts arrivals of marks. */
  const arrived = useMemo(() => signal(0), []);
  const canvas = useRef<HTMLCanvasElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const names = new Map(state.events.map(({ id, name }) => [id, name]));
  const eventName = (id: number): string => [id, names.get(id) ?? ''].join(' ').trim();
  const drawn = lanesOf(state, lanes, allEvents);
  const latest = useRef({ drawn, eventName, spanMs });
  latest.current = { drawn, eventName, spanMs };
  const spanNs = spanMs * 1e6;

  useEffect(
    () =>
      onFrames('cmdq', (frame) => {
        if (frame.what !== 'rows') return;
        lanes.take(readMarks(frame.bytes));
        arrived.value++;
      }),
    [lanes],
  );
  useEffect(
    () =>
      drawing(canvas.current, legend.current, () => {
        const { drawn: all, eventName: name, spanMs: span } = latest.current;
        void arrived.value;
        const to = end.value ?? time.value.t;
        const shown = all.map((one) => ({ ...one, lane: laneOf(lanes, one) }));
        return { lanes: shown, from: to - span * 1e6, to, eventName: name, cursor: cursor.value };
      }),
    [lanes, end, cursor, spanMs, allEvents, drawn.length],
  );

  const pan = (by: number): void => {
    const to = (end.value ?? time.value.t) + by * spanNs;
    end.value = to >= time.value.t ? undefined : Math.max(to, spanNs);
  };
  /** What is pointed at stays in sight; else the right end stays. */
  const zoom = (by: 1 | -1): void => {
    const next = SPANS[SPANS.indexOf(spanMs) - by];
    if (next === undefined) return;
    const to = end.value ?? time.value.t;
    const anchor = cursor.value;
    const share = anchor === undefined ? 0 : (to - anchor) / spanNs;
    if (anchor !== undefined) end.value = Math.min(anchor + share * next * 1e6, time.value.t);
    setSpan(next);
  };
  const point = (clientX: number): void => {
    const box = canvas.current?.getBoundingClientRect();
    if (box === undefined) return;
    const to = end.value ?? time.value.t;
    cursor.value = to - spanNs + ((clientX - box.left) / box.width) * spanNs;
  };
  const keys = (event: KeyboardEvent): void => {
    const deed = KEYS[event.shiftKey ? `Shift ${event.key}` : event.key];
    if (deed === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (deed === 'now') end.value = cursor.value = undefined;
    else if (typeof deed === 'number') pan(deed);
    else if (deed === 'in' || deed === 'out') zoom(deed === 'in' ? 1 : -1);
    else step(deed === 'next');
  };
  /** To the next or the last change of the chosen thread. */
  const step = (forward: boolean): void => {
    const lane = lanes.threads.get(state.thread ?? -1);
    if (lane === undefined) return;
    const from = cursor.value ?? time.value.t;
    let n = forward ? lane.after(from) : lane.after(from) - 1;
    while (!forward && n >= 0 && lane.time(n) >= from) n--;
    if (n < 0 || n >= lane.length) return;
    const to = (cursor.value = lane.time(n));
    end.value = Math.max(to + spanNs / 2, spanNs);
  };
  return (
    <div class="timeline">
      <div class="timeline-lanes">
        <ul class="lane-names plain">
          {drawn.map((one) => (
            <li key={`${one.kind}${one.id}`} class={one.kind}>
              {one.kind === 'thread' ? (
                <button
                  type="button"
                  class="link"
                  aria-pressed={state.thread === one.id}
                  onClick={() => choose(one.id)}
                >
                  thread {one.id}
                </button>
              ) : (
                <span title={one.kind === 'event' ? eventName(one.id) : 'faults and findings'}>
                  {one.kind === 'event' ? eventName(one.id) : 'went wrong'}
                </span>
              )}
            </li>
          ))}
        </ul>
        <div
          class="timeline-canvas"
          role="group"
          tabIndex={0}
          aria-label="Time line. Arrow keys move it, plus and minus change its span, Shift and arrow keys go from one change of the chosen thread to the next, 0 goes back to now."
          onKeyDown={keys}
          onPointerMove={({ clientX, movementX, buttons }) => {
            if (buttons === 1) pan(-movementX / (canvas.current?.clientWidth ?? 1));
            point(clientX);
          }}
          onWheel={(event) => {
            if (event.ctrlKey) zoom(event.deltaY < 0 ? 1 : -1);
            else if (event.deltaX !== 0) pan(event.deltaX / (canvas.current?.clientWidth ?? 1));
            else return;
            event.preventDefault();
          }}
          onPointerLeave={() => (cursor.value = undefined)}
        >
          <canvas ref={canvas} role="img" aria-label={summary(state)} />
        </div>
      </div>
      <div class="timeline-foot">
        <CmdqReadout cursor={cursor} read={(t) => readAt(lanes, t, latest.current.eventName, drawn)} />
        <span class="buttons">
          <button type="button" aria-label="earlier" onClick={() => pan(-0.5)}>
            &larr;
          </button>
          <button type="button" aria-label="later" onClick={() => pan(0.5)}>
            &rarr;
          </button>
          <Now end={end} />
          <button type="button" aria-label="shorter span" disabled={spanMs === SPANS[0]} onClick={() => zoom(1)}>
            +
          </button>
          <output aria-label="span">{formatNs(spanNs)}</output>
          <button type="button" aria-label="longer span" disabled={spanMs === SPANS.at(-1)} onClick={() => zoom(-1)}>
            &minus;
          </button>
        </span>
      </div>
      <Legend list={legend} />
    </div>
  );
}

const KEYS: Readonly<Record<string, number | 'in' | 'out' | 'now' | 'next' | 'last'>> = {
  ...{ ArrowLeft: -0.25, ArrowRight: 0.25, PageUp: -1, PageDown: 1 },
  ...{ '+': 'in', 'Shift +': 'in', '=': 'in', '-': 'out', '0': 'now', End: 'now' },
  ...{ 'Shift ArrowLeft': 'last', 'Shift ArrowRight': 'next' },
};

/** Back to where the board is; pressed while it follows. */
function Now({ end }: { readonly end: { value: number | undefined } }): JSX.Element {
  return (
    <button type="button" aria-pressed={end.value === undefined} onClick={() => (end.value = undefined)}>
      Now
    </button>
  );
}

type LaneName = Omit<DrawnLane, 'lane'>;

/** Threads first, then events: those that threads have waited for, or all. */
function lanesOf(state: CmdqState, lanes: Lanes, allEvents: boolean): LaneName[] {
  const events = state.events.filter(({ waited }) => waited || allEvents);
  const threads = new Set([...state.threads.map(({ id }) => id), ...lanes.threads.keys()]);
  return [
    ...[...threads].sort((a, b) => a - b).map((id): LaneName => ({ kind: 'thread', id })),
    ...events.map(({ id }): LaneName => ({ kind: 'event', id })),
    ...(state.troubles.length === 0 ? [] : [{ kind: 'trouble', id: 0 } as const]),
  ];
}

function laneOf(lanes: Lanes, { kind, id }: LaneName): DrawnLane['lane'] {
  if (kind === 'trouble') return lanes.troubles;
  return kind === 'thread' ? lanes.threads.get(id) : lanes.events.get(id);
}

function summary({ threads }: CmdqState): string {
  const said = threads.map(({ id, words }) => `thread ${id} ${words}`);
  return said.length === 0 ? 'no thread has been used' : said.join('; ');
}

/** Draws whenever something of it changes, once a frame of the screen. The answer ends it. */
function drawing(
  canvas: HTMLCanvasElement | null,
  legend: HTMLElement | null,
  make: () => Parameters<typeof drawLanes>[1],
): () => void {
  if (canvas === null || legend === null) return () => undefined;
  let inks = inksOf(legend);
  let asked = 0;
  const draw = (): void => {
    asked = 0;
    const scale = devicePixelRatio;
    const what = make();
    const width = Math.round(canvas.clientWidth * scale);
    const height = (what.lanes.reduce((sum, { kind }) => sum + LANE_HEIGHTS[kind], 0) + SCALE_HEIGHT) * scale;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== Math.round(height)) canvas.height = Math.round(height);
    canvas.style.height = `${height / scale}px`;
    drawLanes(canvas, what, inks, scale);
  };
  const later = (): void => {
    asked ||= requestAnimationFrame(draw);
  };
  const stop = effect(() => {
    make();
    later();
  });
  const size = new ResizeObserver(later);
  size.observe(canvas);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const recolour = (): void => {
    inks = inksOf(legend);
    later();
  };
  dark.addEventListener('change', recolour);
  return () => {
    cancelAnimationFrame(asked);
    stop();
    size.disconnect();
    dark.removeEventListener('change', recolour);
  };
}

/** The colours of the legend are those of the canvas. */
function inksOf(legend: HTMLElement): Inks {
  const own = getComputedStyle(legend);
  const of = (name: string): string => {
    const found = legend.querySelector(`.ink-${name}`);
    return found === null ? own.color : getComputedStyle(found).color;
  };
  return {
    ...{ text: own.color, quiet: of('quiet'), line: own.borderTopColor, run: of('run'), wait: of('wait') },
    ...{ bad: of('bad'), event: of('event'), done: of('done'), font: `${own.fontSize} ${own.fontFamily}` },
  };
}

const LEGEND: readonly (readonly [ink: string, words: string])[] = [
  ...([
    ['run', 'runs'],
    ['wait', 'waits or polls'],
    ['done', 'is at its end'],
    ['quiet', 'is suspended'],
  ] as const),
  ...([
    ['event', 'event'],
    ['bad', 'went wrong'],
  ] as const),
];

function Legend({ list }: { readonly list: { current: HTMLUListElement | null } }): JSX.Element {
  return (
    <ul class="plain legend" ref={list}>
      {LEGEND.map(([ink, words]) => (
        <li key={ink}>
          <span class={`ink ink-${ink}`} aria-hidden="true" />
          {words}
        </li>
      ))}
    </ul>
  );
}
