// What is wrong with the pipelines, in words and with the kernel's own; and the kernel's log of each probe.
import type { JSX } from 'preact';
import type { DisplayNote, ProbeLog } from '../../../src/page/views/display.js';
import { show } from '../store.js';

/** The findings of all rules. */
export function Findings({ findings }: { readonly findings: readonly DisplayNote[] }): JSX.Element {
  return (
    <section class="panel">
      <h2>{findings.length === 1 ? '1 finding' : `${findings.length} findings`}</h2>
      {findings.length === 0 ? null : (
        <ol class="findings">
          {findings.map((one) => (
            <Finding key={one.number} finding={one} />
          ))}
        </ol>
      )}
    </section>
  );
}

const TONES = { error: 'bad', warning: 'wait', note: 'quiet' } as const;

function Finding({ finding }: { readonly finding: DisplayNote }): JSX.Element {
  const { number, severity, rule, text, suggestion, kernel, where, at } = finding;
  return (
    <li>
      <span class={`badge ${severity}`}>{number}</span>
      <div>
        <p>
          <span class={TONES[severity]}>
            {severity} {rule}
          </span>{' '}
          <DeviceLink path={where} />
        </p>
        <p>{text}</p>
        {kernel.map((line) => (
          <p key={line} class="mono kernel">
            <span class="quiet">kernel:</span> {line}
          </p>
        ))}
        {suggestion === '' ? null : (
          <p>
            <span class="quiet">change:</span> {suggestion}
          </p>
        )}
        {at.map((place) => (
          <p key={place} class="mono quiet">
            {place}
          </p>
        ))}
      </div>
    </li>
  );
}

/** A path that leads to the board. */
export function DeviceLink({ path }: { readonly path: string }): JSX.Element {
  return (
    <button type="button" class="link" onClick={() => show('board', { device: path })}>
      {path}
    </button>
  );
}

/** What the kernel's log would have. */
export function Logs({ logs, kernel }: { readonly logs: readonly ProbeLog[]; readonly kernel: string }): JSX.Element {
  return (
    <section class="panel">
      <h2>{`The log of Linux ${kernel}, as forecast`}</h2>
      <div class="body logs">
        {logs.map(({ path, returns, lines }) => {
          const told = lines.filter(({ level }) => level !== 'dbg');
          return (
            <div key={path}>
              <p>
                <DeviceLink path={path} /> <span class="quiet">{`the probe returns ${returns}`}</span>
              </p>
              {told.length === 0 ? <p class="quiet">The kernel says nothing.</p> : null}
              {told.map(({ level, text }, index) => (
                <p key={index} class="mono kernel">
                  <span class={level === 'err' ? 'bad' : level === 'warn' ? 'wait' : 'quiet'}>{level}</span> {text}
                </p>
              ))}
            </div>
          );
        })}
      </div>
    </section>
  );
}
