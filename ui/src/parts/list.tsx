// A list of many rows, of which only those on screen are in the page. Arrows, page keys, Home and End move the choice.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import './list.css';

/** What a list shows. All rows have the same height. */
export interface ListProps {
  /** What it is a list of, for assistive technology. */
  readonly label: string;
  readonly count: number;
  /** Pixels. */
  readonly rowHeight: number;
  /** The chosen row; -1 for none. */
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
  /** Enter or a double click on the chosen row. */
  readonly onOpen?: (index: number) => void;
  readonly row: (index: number) => ComponentChildren;
}

/** Rows beyond the edges that are there already, so that scrolling shows no gaps. */
const SPARE = 8;

/** The list. Its height is that of its place. */
export function List({ label, count, rowHeight, chosen, onChoose, onOpen, row }: ListProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [id] = useState(() => `list-${nextId()}`);
  const [seen, setSeen] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = box.current as HTMLDivElement;
    const look = (): void => setSeen({ top: element.scrollTop, height: element.clientHeight });
    const watch = new ResizeObserver(look);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (chosen >= 0 && box.current !== null) reveal(box.current, chosen * rowHeight, rowHeight);
  }, [chosen, rowHeight]);
  const first = Math.max(0, Math.floor(seen.top / rowHeight) - SPARE);
  const last = Math.min(count, Math.ceil((seen.top + seen.height) / rowHeight) + SPARE);
  const shown = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  return (
    <div
      ref={box}
      class="list"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={chosen >= first && chosen < last ? `${id}-${chosen}` : undefined}
      onScroll={({ currentTarget }) => setSeen({ top: currentTarget.scrollTop, height: currentTarget.clientHeight })}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const page = Math.max(1, Math.floor(seen.height / rowHeight) - 1);
        const next = moved(event.key, chosen, count, page);
        if (next !== undefined) onChoose(next);
        else if (event.key === 'Enter' && chosen >= 0) onOpen?.(chosen);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <div class="all" role="presentation" style={{ height: `${count * rowHeight}px` }}>
        {shown.map((index) => (
          <div
            key={index}
            id={`${id}-${index}`}
            class="row"
            role="option"
            aria-selected={index === chosen}
            aria-posinset={index + 1}
            aria-setsize={count}
            style={{ top: `${index * rowHeight}px`, height: `${rowHeight}px` }}
            onClick={() => onChoose(index)}
            onDblClick={() => onOpen?.(index)}
          >
            {row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Where a key leads; undefined for a key that leads nowhere. */
function moved(key: string, from: number, count: number, page: number): number | undefined {
  if (count === 0) return undefined;
  const to: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + page,
    PageUp: from - page,
    Home: 0,
    End: count - 1,
  };
  const next = to[key];
  return next === undefined ? undefined : Math.max(0, Math.min(count - 1, next));
}

/** Scrolls as little as brings the row in sight. */
function reveal(box: HTMLElement, top: number, height: number): void {
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + height > box.scrollTop + box.clientHeight) box.scrollTop = top + height - box.clientHeight;
}

let ids = 0;
function nextId(): number {
  return ++ids;
}
