// One series over the board's time, with its limits as lines and the times without a value as gaps with a word. The
// library is loaded with the first chart.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { type ChartGap, type ChartLimit, paint } from './chart-paint.js';
import './chart.css';

/** What a chart shows. */
export interface ChartProps {
  /** All of it in a sentence, for who does not see it. */
  readonly label: string;
  /** Moments in s; values, NaN where there is none. */
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  /** What is shown of the time, s. */
  readonly from: number;
  readonly to: number;
  readonly unit: string;
  /** Name of the colour's token: `--s1`. */
  readonly colour: string;
  readonly limits: readonly ChartLimit[];
  readonly gaps: readonly ChartGap[];
  /** Whether zero belongs to the picture. */
  readonly withZero: boolean;
  /** Charts of the same key have one pointer. */
  readonly group: string;
  /** A person has drawn a frame around a time. */
  readonly onSelect?: (from: number, to: number) => void;
}

const HEIGHT = 150;
/** A voltage that stands still is a line in the middle, not a picture of its last digit. */
const LEAST_PART = 0.04;

/** The chart. */
export function Chart(props: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const pointed = useRef<HTMLSpanElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const shown = useRef(props);
  const theme = useTheme();
  shown.current = props;
  useEffect(() => {
    const element = box.current as HTMLElement;
    let isGone = false;
    const sized = new ResizeObserver(() =>
      plot.current?.setSize({ width: Math.max(element.clientWidth, 1), height: HEIGHT }),
    );
    void import('uplot').then(({ default: Plot }) => {
      if (isGone) return;
      plot.current = new Plot(
        optionsOf(element, pointed.current as HTMLElement, shown),
        dataOf(shown.current),
        element,
      );
      sized.observe(element);
    });
    return () => {
      isGone = true;
      sized.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [theme, props.colour, props.group]);
  const marks = JSON.stringify([props.limits, props.gaps, props.from, props.to]);
  useEffect(() => plot.current?.setData(dataOf(props)), [props.times, props.values, marks]);
  return (
    <div class="chart" role="img" aria-label={props.label}>
      <div ref={box} />
      <span ref={pointed} class="pointed number" aria-hidden="true" />
    </div>
  );
}

/** Changes with the colours of the page. */
function useTheme(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const [isDark, set] = useState(query.matches);
  useEffect(() => {
    const changed = (): void => set(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return isDark;
}

function dataOf({ times, values }: ChartProps): uPlot.AlignedData {
  const plain = Array.from(values, (value) => (Number.isNaN(value) ? null : value));
  return [Array.from(times), plain];
}

function optionsOf(box: HTMLElement, pointed: HTMLElement, shown: { readonly current: ChartProps }): uPlot.Options {
  const colours = { line: ink(box, shown.current.colour), axis: ink(box, '--quiet'), grid: ink(box, '--line') };
  const axis = {
    stroke: colours.axis,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
    font: fontOf(box),
  };
  return {
    width: Math.max(box.clientWidth, 1),
    height: HEIGHT,
    legend: { show: false },
    padding: [10, 12, 0, 0],
    cursor: { sync: { key: shown.current.group }, drag: { x: true, y: false, setScale: false }, y: false },
    scales: {
      x: { time: false, range: () => [shown.current.from, Math.max(shown.current.to, shown.current.from + 1e-3)] },
      y: { range: (_plot, min, max) => rangeOf(shown.current, min, max) },
    },
    axes: [
      { ...axis, size: 24, space: 70, values: (_plot, splits) => splits.map(secondsText) },
      { ...axis, size: 52, space: 28 },
    ],
    series: [{}, { stroke: colours.line, width: 1.5, points: { show: false }, spanGaps: false }],
    hooks: {
      draw: [(plot) => paint(plot, shown.current, { quiet: colours.axis, bad: ink(box, '--bad'), font: fontOf(box) })],
      setCursor: [(plot) => (pointed.textContent = pointedText(plot, shown.current.unit))],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 5) return;
          shown.current.onSelect?.(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        },
      ],
    },
  };
}

/** What stands below the pointer. */
function pointedText(plot: uPlot, unit: string): string {
  const { idx } = plot.cursor;
  if (idx === null || idx === undefined) return '';
  const [time, value] = [plot.data[0][idx], plot.data[1]?.[idx]];
  if (time === undefined) return '';
  return `${time.toFixed(3)} s  ${value === null || value === undefined ? 'no value' : `${value.toFixed(3)} ${unit}`}`;
}

/** A little room around the values; a limit that is near belongs to the picture. */
function rangeOf({ limits, withZero }: ChartProps, min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1];
  const near = limits.filter(({ value }) => value > min && value < 2 * max).map(({ value }) => value);
  const low = withZero ? Math.min(0, min) : min;
  const high = Math.max(withZero ? 0 : max, max, ...near);
  const least = Math.max(LEAST_PART * Math.max(Math.abs(low), Math.abs(high)), 1e-3);
  const missing = Math.max(0, least - (high - low)) / 2;
  const room = Math.max(high - low, least) * 0.08;
  return [low - (withZero && low === 0 ? 0 : missing + room), high + missing + room];
}

/** `12.5`, `2:05`, `1:02:05`: seconds since power-on. */
function secondsText(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toFixed(3))} s`;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}

/** A token of the page as a colour that a canvas knows. */
function ink(box: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  box.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function fontOf(box: HTMLElement): string {
  return `11px ${getComputedStyle(box).fontFamily}`;
}
