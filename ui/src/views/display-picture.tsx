// The picture of the pipelines: the drawing of `bringup display --svg` for the width of the page, with devices that lead
// to the board, and marks of where they stand.
import type { ComponentChild, JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { pipelineDrawing } from '../../../src/abi/pipeline-svg.js';
import { GRID, styleSheet } from '../../../src/abi/pipeline-style.js';
import type { SvgElement } from '../../../src/abi/svg.js';
import type { NodeState } from '../../../src/bench/report.js';
import type { Picture } from '../../../src/review/display/picture-types.js';
import { drawn } from '../parts/drawing.js';
import { show } from '../store.js';

type States = Readonly<Record<string, NodeState>>;

/** The picture. */
export function PipelinePicture({ picture, states }: { readonly picture: Picture; readonly states: States }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(roomInside);
  useStyle();
  useLayoutEffect(() => setWidth(box.current?.clientWidth ?? 0), []);
  useEffect(() => {
    const watch = new ResizeObserver(() => setWidth(box.current?.clientWidth ?? 0));
    watch.observe(box.current as HTMLElement);
    return () => watch.disconnect();
  }, []);
  const drawing = useMemo(() => (width === 0 ? undefined : pipelineDrawing(picture, width)), [picture, width]);
  return (
    <div ref={box} class="picture">
      {drawing === undefined ? null : (
        <svg
          class="bp page"
          role="group"
          aria-label={picture.summary}
          width={drawing.width}
          height={drawing.height}
          viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        >
          {drawing.elements.map((element, index) =>
            drawn(element, (path, inside, children) => <Device {...{ path, inside, children, states }} />, index),
          )}
        </svg>
      )}
    </div>
  );
}

/** The width that there will be, so that the picture is drawn once: that of the page's middle without its edges. */
function roomInside(): number {
  const main = document.getElementById('main');
  if (main === null) return 0;
  const { paddingLeft, paddingRight } = getComputedStyle(main);
  return main.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight) - 2 * BORDER;
}
const BORDER = 1;

/** A device of the picture: leads to the board. */
function Device({
  path,
  inside,
  children,
  states,
}: {
  readonly path: string;
  readonly inside: SvgElement;
  readonly children: readonly ComponentChild[];
  readonly states: States;
}): JSX.Element {
  const state = states[path];
  return (
    <a
      href={`#view=board&device=${encodeURIComponent(path)}`}
      onClick={(event) => {
        event.preventDefault();
        show('board', { device: path });
      }}
    >
      {children}
      {state === undefined ? null : <Stand state={state} inside={inside} />}
    </a>
  );
}

const MARKS: Partial<Record<NodeState, string>> = { bound: '✓', waits: '…', failed: '✗', 'no driver': '–' };

/** Where the device stands on the running machine, in the upper right corner of its box: beside the name. */
function Stand({ state, inside }: { readonly state: NodeState; readonly inside: SvgElement }): JSX.Element | null {
  const name = inside.children.find((child) => typeof child !== 'string' && child.name === 'text');
  const mark = MARKS[state];
  if (name === undefined || typeof name === 'string' || mark === undefined) return null;
  const { x, y } = name.attributes;
  return (
    <text
      class={`stand-of ${state.replace(' ', '-')}`}
      x={Number(x) + GRID.boxWidth - 17}
      y={Number(y) - 11}
      text-anchor="end"
    >
      {mark}
    </text>
  );
}

/** The rules of the drawing, by code: the content policy allows no style elements. */
function useStyle(): void {
  useEffect(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styleSheet('auto'));
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    };
  }, []);
}
