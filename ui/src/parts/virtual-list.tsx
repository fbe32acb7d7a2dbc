// A list of any length of which only the rows on the screen exist.
import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { VirtualScroll } from './virtual-scroll.js';
import './virtual-list.css';

/** What a list is made of. Rows have numbers from `first` to just before `end`. */
export interface VirtualListProps {
  readonly label: string;
  readonly first: number;
  readonly end: number;
  /** Pixels. */
  readonly rowHeight: number;
  readonly columns: number;
  /** The cells of a row. */
  readonly row: (index: number) => ComponentChildren;
  readonly rowClass?: (index: number) => string;
  /** The end stays on the screen. */
  readonly follow?: boolean;
  readonly onFollow?: (follow: boolean) => void;
  readonly selected?: number | undefined;
  readonly onSelect?: (index: number) => void;
  /** Enter on the selected row. */
  readonly onOpen?: (index: number) => void;
  /** Rows that are on the screen. */
  readonly onWindow?: (from: number, count: number) => void;
  /** A row to bring onto the screen; another `n` asks again. */
  readonly goTo?: { readonly index: number; readonly n: number } | undefined;
}

/** So long after the last move the bar of a long list is put right. */
const SETTLE_MS = 160;

/** The list. */
export function VirtualList(props: VirtualListProps): JSX.Element {
  const { label, first, end, rowHeight, columns, row, rowClass, selected } = props;
  const element = useRef<HTMLDivElement>(null);
  const { scroll, redraw } = useScroll(element, props);
  const rows = scroll.drawn;
  const [from = first] = rows;
  const { onWindow } = props;
  useEffect(() => onWindow?.(from, rows.length), [from, rows.length, onWindow]);
  const slots = Math.ceil(scroll.visible) + 2;
  const scrolled = useBar(element, scroll, props, redraw);
  const isSeen = selected !== undefined && rows.includes(selected);
  return (
    <div
      ref={element}
      class="vlist"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={end - first}
      aria-colcount={columns}
      aria-activedescendant={isSeen ? rowId(label, selected) : undefined}
      onScroll={scrolled}
      onKeyDown={(event) => {
        if (pressed(event, scroll, props)) redraw();
      }}
    >
      <div class="vlist-rows" role="rowgroup" style={{ height: px(scroll.height) }}>
        {rows.map((index) => (
          <div
            key={index % slots}
            id={rowId(label, index)}
            class={`vlist-row ${rowClass?.(index) ?? ''}`}
            role="row"
            aria-rowindex={index - first + 1}
            aria-selected={index === selected}
            style={{
              height: px(rowHeight),
              transform: `translateY(${px(Math.round((index - scroll.top) * rowHeight))})`,
            }}
            onClick={() => props.onSelect?.(index)}
          >
            {row(index)}
          </div>
        ))}
      </div>
      <div role="presentation" style={{ height: px(Math.max(0, scroll.pixels - scroll.height)) }} />
    </div>
  );
}

/** The place of the list: as large as its element, at its end while it follows, where it is sent. */
function useScroll(element: RefObject<HTMLDivElement | null>, props: VirtualListProps) {
  const { first, end, rowHeight, follow = false, goTo } = props;
  const scroll = useRef(new VirtualScroll()).current;
  const [, draw] = useState(0);
  const redraw = (): void => draw((n) => n + 1);
  scroll.be({ first, end, rowHeight }, follow);
  useLayoutEffect(() => {
    const div = element.current;
    if (div === null) return undefined;
    const measure = (): void => {
      scroll.height = Math.max(div.clientHeight, rowHeight);
      redraw();
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(div);
    return () => observer.disconnect();
  }, [rowHeight]);
  useLayoutEffect(() => {
    // Not while a person moves the bar of a long list.
    if (element.current !== null && (follow || scroll.isExact)) scroll.setBar(element.current);
  });
  useEffect(() => {
    if (goTo === undefined || element.current === null) return;
    const isSeen = goTo.index >= scroll.top && goTo.index + 1 <= scroll.top + scroll.visible;
    if (isSeen) return;
    scroll.moveTo(goTo.index - Math.floor(scroll.visible / 3));
    scroll.setBar(element.current);
    redraw();
  }, [goTo?.n]);
  return { scroll, redraw };
}

/** What to do when the bar has moved. */
function useBar(
  element: RefObject<HTMLDivElement | null>,
  scroll: VirtualScroll,
  { follow = false, onFollow }: VirtualListProps,
  redraw: () => void,
): () => void {
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    const div = element.current;
    if (div === null || !scroll.moved(div.scrollTop)) return;
    const isAtEnd = scroll.top >= scroll.last - 0.5;
    if (isAtEnd !== follow) onFollow?.(isAtEnd);
    clearTimeout(timer.current);
    if (!scroll.isExact) timer.current = window.setTimeout(() => scroll.setBar(div), SETTLE_MS);
    redraw();
  };
}

/** The keys of a list; answers whether one was meant. */
function pressed(event: KeyboardEvent, scroll: VirtualScroll, props: VirtualListProps): boolean {
  const { first, end, selected } = props;
  if (event.target !== event.currentTarget || event.ctrlKey || event.altKey || event.metaKey || end <= first)
    return false;
  const page = Math.max(1, Math.floor(scroll.visible) - 1);
  const from = Math.ceil(scroll.top);
  const at = selected ?? from;
  const places: Readonly<Record<string, number>> = {
    ...{ ArrowDown: selected === undefined ? from : at + 1, ArrowUp: at - 1 },
    ...{ PageDown: at + page, PageUp: at - page, Home: first, End: end - 1 },
  };
  const place = Object.hasOwn(places, event.key) ? places[event.key] : undefined;
  if (place === undefined) {
    if (event.key !== 'Enter' || selected === undefined) return false;
    props.onOpen?.(selected);
  } else {
    const index = Math.min(Math.max(place, first), end - 1);
    props.onSelect?.(index);
    scroll.reveal(index);
    if (event.currentTarget instanceof HTMLElement) scroll.setBar(event.currentTarget);
  }
  event.preventDefault();
  return true;
}

const px = (count: number): string => `${count}px`;

function rowId(label: string, index: number): string {
  return `${label.replace(/\W+/g, '-')}-${index}`;
}
