// The wires of the board, by kind; the one that is chosen shows what can go wrong on it.
import type { JSX } from 'preact';
import type { FaultWireName, WireKind } from '../../../src/page/fault-wires.js';
import { FaultWords } from '../parts/fault-menu.js';
import { act, viewArgs } from '../store.js';

const TITLES: Readonly<Record<WireKind, string>> = {
  i2c: 'I2C',
  mmio: 'Registers',
  irq: 'Interrupt lines',
  event: 'Signals between blocks',
  rpmsg: 'Channels to processors',
  ethernet: 'Ethernet',
  dpaa: 'Frames and buffers of DPAA',
  dma: 'Shared memory',
  any: 'Anything',
};
const KINDS = Object.keys(TITLES) as WireKind[];

const idOf = ({ where, which = '' }: FaultWireName): string => `${where} ${which}`;

/** The list, with a filter. */
export function WireList({ wires }: { readonly wires: readonly FaultWireName[] }): JSX.Element {
  const { wire: chosen = '', filter = '' } = viewArgs.value;
  const set = (name: string, value: string): void => {
    const { [name]: _old, ...others } = viewArgs.value;
    viewArgs.value = value === '' ? others : { ...others, [name]: value };
  };
  const words = filter.toLowerCase();
  const shown = wires.filter(({ name, about }) => `${name} ${about}`.toLowerCase().includes(words));
  return (
    <section class="panel wires">
      <div class="head">
        <h2>Wires</h2>
        <label>
          <span class="quiet">Filter</span>{' '}
          <input type="search" value={filter} onInput={({ currentTarget }) => set('filter', currentTarget.value)} />
        </label>
        <span class="quiet" role="status">
          {shown.length} of {wires.length}
        </span>
      </div>
      {KINDS.map((kind) => {
        const own = shown.filter((wire) => wire.kind === kind);
        if (own.length === 0) return null;
        const isOpen = filter !== '' || own.length <= FEW || own.some((wire) => idOf(wire) === chosen);
        return (
          <details key={`${kind} ${isOpen}`} open={isOpen}>
            <summary>
              {TITLES[kind]} <span class="quiet">{own.length}</span>
            </summary>
            <ul class="plain">
              {own.map((wire) => (
                <Wire
                  key={idOf(wire)}
                  wire={wire}
                  isChosen={idOf(wire) === chosen}
                  onChoose={() => set('wire', idOf(wire) === chosen ? '' : idOf(wire))}
                />
              ))}
            </ul>
          </details>
        );
      })}
    </section>
  );
}

/** Kinds with more wires are closed at first. */
const FEW = 6;

function Wire(props: {
  readonly wire: FaultWireName;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}): JSX.Element {
  const { wire, isChosen, onChoose } = props;
  return (
    <li class={isChosen ? 'chosen' : undefined}>
      <button type="button" class="link" aria-expanded={isChosen} onClick={onChoose}>
        {wire.name}
      </button>{' '}
      <span class="quiet">{wire.about}</span>
      {isChosen ? <FaultWords where={wire.where} which={wire.which} /> : null}
      {isChosen && wire.device !== undefined ? (
        <p class="again">
          <button type="button" onClick={() => void act(`rebind ${wire.device}`)}>
            Probe the device again
          </button>{' '}
          <span class="quiet">
            unbinds its driver and offers it anew: plan first, then see what the probe makes of it
          </span>
        </p>
      ) : null}
    </li>
  );
}
