// The program of a thread, an instruction a line; the line at the program counter is marked and kept in sight.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ProgramListing } from '../../../src/page/views/cmdq-program.js';
import { hex } from '../parts/text.js';

/** The listing. `follow`: the marked line is scrolled to. */
export function CmdqProgram({
  program,
  thread,
  follow,
}: {
  readonly program: ProgramListing | undefined;
  readonly thread: number | undefined;
  readonly follow: boolean;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const { base, pc } = program ?? {};
  useEffect(() => {
    const at = box.current?.querySelector<HTMLElement>('[aria-current]');
    if (!follow || box.current === null || at === null || at === undefined) return;
    const { clientHeight, scrollTop } = box.current;
    const [top, bottom] = [at.offsetTop, at.offsetTop + at.offsetHeight];
    // Only the listing scrolls, and only when the line is out of sight.
    if (top < scrollTop || bottom > scrollTop + clientHeight) box.current.scrollTop = top - clientHeight / 3;
  }, [follow, base, pc]);
  if (program === undefined)
    return (
      <p class="body quiet">
        {thread === undefined
          ? 'There is no thread.'
          : 'No program of this thread has been seen yet. While flips run, each picture is one.'}
      </p>
    );
  const label = `program of thread ${thread}${pc === undefined ? ', which has left it' : `, which stands at ${hex(pc, 8)}`}`;
  return (
    <div class="program" ref={box} tabIndex={0} role="region" aria-label={label}>
      {program.before > 0 ? <p class="quiet">{program.before} instructions before</p> : null}
      <ol>
        {program.lines.map(({ addr, text, label: name }) => (
          <li key={addr} aria-current={addr === pc ? 'step' : undefined}>
            {name === undefined ? null : <div class="quiet">{name}:</div>}
            <span class="at" aria-hidden="true">
              {addr === pc ? '\u25b6' : ''}
            </span>
            <span class="quiet">{hex(addr, 8)}</span> {text}
          </li>
        ))}
        {pc === program.end ? (
          <li aria-current="step">
            <span class="at" aria-hidden="true">
              {'\u25b6'}
            </span>
            <span class="quiet">{hex(pc, 8)}</span> the end
          </li>
        ) : null}
      </ol>
      {program.behind > 0 ? <p class="quiet">{program.behind} instructions behind</p> : null}
    </div>
  );
}
