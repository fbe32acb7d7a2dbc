// The displays that this very machine has, or why it has none.
import type { JSX } from 'preact';
import type { AbsentDisplay, Display } from '../../../src/abi/displays.js';
import { DeviceLink } from './display-findings.js';

/** Beside the forecast of Linux: drivers of ours have run here. */
export function Running({
  displays,
  absent,
}: {
  readonly displays: readonly Display[];
  readonly absent: readonly AbsentDisplay[];
}): JSX.Element {
  return (
    <section class="panel">
      <h2>On this machine</h2>
      {displays.length === 0 && absent.length === 0 ? <p class="body quiet">No device would make a display.</p> : null}
      {absent.map(({ path, reason }) => (
        <p key={path} class="body">
          <span class="state failed">no display</span> <DeviceLink path={path} /> {reason}
        </p>
      ))}
      {displays.length === 0 ? null : (
        <div class="scroll" tabIndex={0} role="region" aria-label="displays of the machine">
          <table>
            <thead>
              <tr>
                <th>CRTC</th>
                <th>Path</th>
                <th>Output</th>
                <th>Mode</th>
                <th>Components</th>
              </tr>
            </thead>
            <tbody>{displays.map(Row)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ card, crtc, name, outputs, components, path }: Display): JSX.Element {
  return (
    <tr key={`${path} ${crtc}`}>
      <td class="mono">{`${card} ${crtc}`}</td>
      <td>{name}</td>
      <td>
        {outputs.map(({ encoder, connector = '', status = '' }) => (
          <p key={`${encoder} ${connector}`}>
            {[encoder, connector].filter(Boolean).join(' → ')} <span class="quiet">{status}</span>
          </p>
        ))}
      </td>
      <td class="mono">{outputs.map(({ mode = '' }) => mode).join(' ')}</td>
      <td class="mono">{components.join(' → ')}</td>
    </tr>
  );
}
