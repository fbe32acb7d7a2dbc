// What a watch shows: a table that is redrawn, lines, or JSON lines; and the file of values beside it.
import { openLineFile } from '../host/output.js';
import { formatDuration } from '../stock/duration.js';
import { canRedraw, hasColours, type Io, oneLine } from './io.js';
import { csvHeading, csvLine } from './power-csv.js';
import { Extremes, type PowerSample } from '../stock/power-sample.js';
import { powerLine, powerTable } from './power-text.js';
import { cannotWrite } from './refusal.js';
import { Screen } from './screen.js';

/** Where samples go. `close` is called once, in any case. */
export interface PowerView {
  show(sample: PowerSample): void;
  close(): void;
}

/** The table where the terminal can redraw, lines elsewhere. */
export function openView(io: Io, title: string, intervalNs: number): PowerView {
  return canRedraw(io) ? new TableView(io, title, intervalNs) : lineView(io, powerLine);
}

/** A line of JSON for each sample. */
export function jsonView(io: Io): PowerView {
  return lineView(io, (sample) => JSON.stringify(sample));
}

function lineView(io: Io, write: (sample: PowerSample) => string): PowerView {
  return { show: (sample) => io.stdout.write(`${write(sample)}\n`), close: () => undefined };
}

/** Rows that are no table: a heading, a hint, and an empty one beside each. */
const FRAME_ROWS = 4;

/** The live table. It lies on a page of its own; when it is closed, its last state stays on the first. */
class TableView implements PowerView {
  readonly #io: Io;
  readonly #title: string;
  readonly #every: string;
  readonly #screen: Screen;
  readonly #extremes = new Extremes();
  readonly #forget: () => void;
  #count = 0;
  #last: PowerSample | undefined;

  constructor(io: Io, title: string, intervalNs: number) {
    this.#io = io;
    this.#title = title;
    this.#every = formatDuration(intervalNs);
    this.#screen = new Screen(io.stdout);
    this.#forget = io.stdout.onResize?.(() => this.#draw()) ?? (() => undefined);
  }

  show(sample: PowerSample): void {
    this.#count++;
    this.#last = sample;
    this.#extremes.note(sample);
    this.#draw();
  }

  close(): void {
    this.#forget();
    this.#screen.close();
    if (this.#last !== undefined)
      this.#io.stdout.write(
        this.#lines()
          .map((line) => `${line}\n`)
          .join(''),
      );
  }

  #draw(): void {
    if (this.#last === undefined) return;
    const { rows = 24 } = this.#io.stdout.size ?? {};
    const table = this.#lines();
    const room = Math.max(1, rows - FRAME_ROWS);
    const left = table.length - room;
    const shown =
      left > 0 ? [...table.slice(0, room - 1), `... and ${left + 1} more lines: make the window taller`] : table;
    this.#screen.draw([this.#heading(), '', ...shown, '', 'Ctrl-C ends it']);
  }

  #lines(): string[] {
    const { columns = 80 } = this.#io.stdout.size ?? {};
    const sample = this.#last as PowerSample;
    return powerTable(sample, { columns, painted: hasColours(this.#io), extremes: this.#extremes });
  }

  #heading(): string {
    const { columns = 80 } = this.#io.stdout.size ?? {};
    const { time, seconds = 0 } = this.#last as PowerSample;
    const when = time === undefined ? `${seconds.toFixed(1)} s` : `${time.slice(11, 19)}Z`;
    return [oneLine(this.#title), when, `sample ${this.#count}`, `every ${this.#every}`].join('  ').slice(0, columns);
  }
}

/** Comma-separated values on the standard output, in place of everything else. */
export function csvView(io: Io): PowerView {
  const write = csvWriter((line) => io.stdout.write(`${line}\n`));
  return { show: write, close: () => undefined };
}

/** The same in a file that can be read meanwhile. Refuses one that cannot be written, now or later. */
export function csvFileView(io: Io, path: string): PowerView {
  const file = openLineFile(io.cwd, path);
  if (typeof file === 'string') throw cannotWrite(path, file);
  const write = csvWriter((line) => file.write(line));
  return {
    show(sample) {
      write(sample);
      const fault = file.flush();
      if (fault !== undefined) throw cannotWrite(path, fault);
    },
    close: () => void file.close(),
  };
}

/** The heading is that of the first sample. */
function csvWriter(write: (line: string) => void): (sample: PowerSample) => void {
  let begun = false;
  return (sample) => {
    if (!begun) write(csvHeading(sample));
    begun = true;
    write(csvLine(sample));
  };
}
