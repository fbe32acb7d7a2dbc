// What was read last, as a table.
import type { JSX } from 'preact';
import type { PowerState } from '../../../src/page/views/power.js';
import { alarmsOf, errorsOf, isDisabled, nameOf, type PowerRail } from '../../../src/stock/power-sample.js';
import { formatNs } from '../parts/text.js';
import { amount } from './power-charts.js';

/** The table; nothing before the first reading. */
export function RailTable({ state }: { readonly state: PowerState }): JSX.Element | null {
  const { rails, total, at, refused } = state;
  if (rails.length === 0) return null;
  return (
    <section class="panel">
      <div class="head">
        <h2>Last reading</h2>
        <span class="quiet number">{at === undefined ? '' : `at ${formatNs(at)}`}</span>
      </div>
      {refused === undefined ? null : (
        <p class="body">
          <span class="state failed">not taken</span>{' '}
          <span class="mono">
            {refused.file}={refused.value}
          </span>{' '}
          at {formatNs(refused.at)}: {refused.message}
        </p>
      )}
      <div class="scroll" tabIndex={0} role="region" aria-label="last reading">
        <table class="readings">
          <thead>
            <tr>
              <th>Rail</th>
              <th class="n">V</th>
              <th class="n">A</th>
              <th class="n">W</th>
              <th class="n">max A</th>
              <th class="n">crit A</th>
              <th>Alarms and errors</th>
            </tr>
          </thead>
          <tbody>
            {rails.map((rail) => (
              <Row key={`${rail.path} ${rail.channel}`} {...{ rail, rails }} />
            ))}
            {total === undefined ? null : (
              <tr>
                <td colSpan={3}>
                  <strong>{total.kind === 'input' ? `total = ${total.rails.join(' + ')}` : 'sum'}</strong>
                </td>
                <td class="n number">{number(total.milliwatts)}</td>
                <td colSpan={3} />
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ rail, rails }: { readonly rail: PowerRail; readonly rails: readonly PowerRail[] }): JSX.Element {
  const { millivolts, milliamperes, milliwatts, max, crit } = rail;
  const errors = errorsOf(rail);
  if (isDisabled(rail))
    return (
      <tr>
        <td>{nameOf(rail, rails)}</td>
        <td colSpan={6} class="quiet">
          the input is disabled
        </td>
      </tr>
    );
  return (
    <tr>
      <td>{nameOf(rail, rails)}</td>
      {[millivolts, milliamperes, milliwatts, max, crit].map((milli, column) => (
        <td key={column} class={typeof milli === 'string' ? 'n number failed' : 'n number'}>
          {number(milli)}
        </td>
      ))}
      <td>
        {alarmsOf(rail).map((alarm) => (
          <span key={alarm} class="alarm">
            {'▲'} {alarm} passed{' '}
          </span>
        ))}
        {errors.length === 0 ? null : <span class="state failed">{errors.join(', ')}</span>}
      </td>
    </tr>
  );
}

function number(milli: number | string | undefined): string {
  return amount(milli, '').trim();
}
