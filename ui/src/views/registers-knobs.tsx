// What a person can turn around a chip.
import type { JSX } from 'preact';
import type { ChipMap, RegistersState } from '../../../src/page/views/registers.js';
import { act } from '../store.js';
import { Editable } from './registers-edit.js';

/** The knobs of the chip, if it has some. */
export function Knobs({
  state,
  map,
}: {
  readonly state: RegistersState;
  readonly map: ChipMap | undefined;
}): JSX.Element | null {
  if (map === undefined || map.knobs.length === 0) return null;
  return (
    <section class="panel">
      <h2>Knobs</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th class="n">Value</th>
              <th>Unit</th>
              <th>Limits</th>
              <th>What it is</th>
            </tr>
          </thead>
          <tbody>
            {map.knobs.map(({ name, unit, min, max, about }) => (
              <tr key={name}>
                <td class="mono">{name}</td>
                <td class="n registers-value">
                  <Editable
                    label={name}
                    text={String(state.knobs[name] ?? '')}
                    write={(text) => act(`set ${state.chip}:${name}=${text}`)}
                  />
                </td>
                <td>{unit}</td>
                <td class="number quiet">
                  {min} to {max}
                </td>
                <td>{about}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
