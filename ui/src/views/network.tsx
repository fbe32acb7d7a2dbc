// The network: interfaces, the last frames, queues, buffers by owner, counters.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { NetworkPort, NetworkState, PortCounters } from '../../../src/page/views/network.js';
import type { Buffers } from '../../../src/page/views/network-buffers.js';
import type { QueueGroup } from '../../../src/page/views/network-queues.js';
import { useView } from '../parts/hooks.js';
import { setArg } from '../parts/view-args.js';
import { act, ask, hello, viewArgs } from '../store.js';
import { FramesForm } from './network-form.js';
import { Frames } from './network-frames.js';
import { count, rateWords } from './network-words.js';
import './network.css';

/** The view. */
export function View(): JSX.Element | null {
  const state = useView<NetworkState>('network');
  if (state === undefined) return null;
  if (state.hindrance !== undefined)
    return (
      <section class="panel">
        <h2>Network</h2>
        <p class="body">There is nothing to see: {state.hindrance}.</p>
      </section>
    );
  const { ports, queues, buffers, passed, frames, framesHindrance } = state;
  return (
    <div class="network">
      <Ports ports={ports} />
      <FramesForm ports={ports} frames={frames} hindrance={framesHindrance} />
      <Frames ports={ports} passed={passed} />
      <div class="network-pair">
        <Owners buffers={buffers} />
        <Counters ports={ports} />
      </div>
      <Queues queues={queues} ports={ports} />
    </div>
  );
}

const STATES: Readonly<Record<NetworkPort['state'], string>> = { up: 'bound', 'no carrier': 'waits', down: 'none' };

function Ports({ ports }: { readonly ports: readonly NetworkPort[] }): JSX.Element {
  return (
    <section class="panel">
      <h2>Ports</h2>
      <div class="scroll" tabIndex={0} role="group" aria-label="ports">
        <table class="ports">
          <thead>
            <tr>
              <th>Interface</th>
              <th>State</th>
              <th>Cable</th>
              <th class="n">MTU</th>
              <th class="n">Received</th>
              <th class="n">Sent</th>
              <th class="n">Errors</th>
              <th class="n">Dropped</th>
              <th>Link</th>
            </tr>
          </thead>
          <tbody>
            {ports.map((port) => (
              <PortRow key={port.name} port={port} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function PortRow({ port }: { readonly port: NetworkPort }): JSX.Element {
  const { name, mac, address, state, mtu, cable, link, stats, rates } = port;
  return (
    <tr>
      <td>
        <span class="mono" title={`${mac}, ${address}`}>
          {name}
        </span>
      </td>
      <td>
        <span class={`state ${STATES[state]}`}>{state}</span>
      </td>
      <td>
        {cable === '' ? '' : `to ${cable}`}{' '}
        <span class="quiet">{link === '' ? (cable === '' ? 'none' : 'pulled out') : link}</span>
      </td>
      <td class="n">{mtu}</td>
      <td class="n">
        {count(stats.rxPackets)}
        <Rate packets={rates.rxPackets} bytes={rates.rxBytes} />
      </td>
      <td class="n">
        {count(stats.txPackets)}
        <Rate packets={rates.txPackets} bytes={rates.txBytes} />
      </td>
      <td class={`n ${stats.rxErrors + stats.txErrors > 0 ? 'alarm' : ''}`}>
        {stats.rxErrors} in, {stats.txErrors} out
      </td>
      <td class="n">
        {stats.rxDropped} in, {stats.txDropped} out
      </td>
      <td>
        <button type="button" onClick={() => void act(`link ${name}=${link === '' ? 'up' : 'down'}`)}>
          {link === '' ? 'Plug in' : 'Pull out'}
        </button>
      </td>
    </tr>
  );
}

function Rate({ packets, bytes }: { readonly packets: number; readonly bytes: number }): JSX.Element | null {
  const words = rateWords(packets, bytes);
  return words === '' ? null : <span class="rate quiet">{words}</span>;
}

/** Who has the buffers. */
function Owners({ buffers: { ports, pages } }: { readonly buffers: Buffers }): JSX.Element {
  return (
    <section class="panel">
      <h2>Buffers by owner</h2>
      <div class="scroll" tabIndex={0} role="group" aria-label="buffers by owner">
        <table>
          <thead>
            <tr>
              <th>Interface</th>
              <th class="n">Pool</th>
              <th class="n" title="as BMan counts">
                In the pool
              </th>
              <th class="n" title="mapped for the device and not in the pool">
                FMan, queues
              </th>
              <th class="n" title="what the driver believes to be there">
                Driver says
              </th>
              <th class="n" title="pieces of frames whose confirmation is to come">
                Sent
              </th>
            </tr>
          </thead>
          <tbody>
            {ports.map(({ port, bpid, inPool, out, account, sending }) => (
              <tr key={port}>
                <td class="mono">{port}</td>
                <td class="n">{bpid ?? ''}</td>
                <td class="n">{inPool ?? ''}</td>
                <td class="n">{out}</td>
                <td class={`n ${account !== undefined && account !== (inPool ?? 0) + out ? 'alarm' : ''}`}>
                  {account ?? ''}
                </td>
                <td class="n">{sending}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="body quiet">
        {pages.compounds} compounds of pages with {pages.refs} references: {pages.inPools} by buffers of pools,{' '}
        {pages.sending} by frames that are sent, {pages.rest} by the stack and by caches.
      </p>
    </section>
  );
}

/** How often the counters are asked for. */
const ASK_MS = 500;

/** Those of one interface, or only those that are not zero. */
function Counters({ ports }: { readonly ports: readonly NetworkPort[] }): JSX.Element {
  const port = viewArgs.value['port'] ?? ports[0]?.name ?? '';
  const all = viewArgs.value['zeros'] === '1';
  const [counters, setCounters] = useState<PortCounters | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    const look = (): void => {
      if (document.hidden) return;
      void ask<PortCounters>('network', { counters: port }).then((answer) => {
        if (!gone) setCounters(answer);
      });
    };
    look();
    const timer = setInterval(look, ASK_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [port, hello.value]);
  const groups: readonly (readonly [title: string, list: PortCounters['driver']])[] =
    counters === undefined
      ? []
      : [
          ['Driver (ethtool -S)', counters.driver],
          ['MAC', counters.mac],
          ['FMan', counters.fman],
        ];
  return (
    <section class="panel">
      <div class="head">
        <h2>Counters</h2>
        <span class="tools">
          <label>
            of{' '}
            <select value={port} onChange={({ currentTarget }) => setArg('port', currentTarget.value)}>
              {ports.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label>
            <input
              type="checkbox"
              checked={all}
              onChange={({ currentTarget }) => setArg('zeros', currentTarget.checked ? '1' : '')}
            />{' '}
            zeros too
          </label>
        </span>
      </div>
      <div class="body counters" tabIndex={0} role="group" aria-label={`counters of ${port}`}>
        {groups.map(([title, list]) => {
          const shown = list.filter(({ value }) => all || value !== 0);
          return (
            <div key={title}>
              <h3>{title}</h3>
              {shown.length === 0 ? <p class="quiet">all are zero</p> : null}
              <dl>
                {shown.map(({ name, value }) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd class="number">{value}</dd>
                  </div>
                ))}
              </dl>
            </div>
          );
        })}
      </div>
    </section>
  );
}

/** Queues by interface and kind; those that rest only when they are wished. */
function Queues({
  queues,
  ports,
}: {
  readonly queues: readonly QueueGroup[];
  readonly ports: readonly NetworkPort[];
}): JSX.Element {
  const all = viewArgs.value['queues'] === 'all';
  const shown = queues.filter(({ frames, passed }) => all || frames > 0 || passed > 0);
  return (
    <section class="panel">
      <div class="head">
        <h2>Frame queues</h2>
        <span class="quiet">
          {queues.reduce((sum, { count: some }) => sum + some, 0)} of {ports.length} interfaces
        </span>
        <span class="tools">
          <label>
            <input
              type="checkbox"
              checked={all}
              onChange={({ currentTarget }) => setArg('queues', currentTarget.checked ? 'all' : '')}
            />{' '}
            those that rest too
          </label>
        </span>
      </div>
      {shown.length === 0 ? <p class="body quiet">Nothing has passed any queue yet.</p> : null}
      {shown.length === 0 ? null : (
        <div class="scroll" tabIndex={0} role="group" aria-label="frame queues">
          <table>
            <thead>
              <tr>
                <th>Interface</th>
                <th>Kind</th>
                <th class="n">Queues</th>
                <th class="n">Frames now</th>
                <th class="n">Bytes now</th>
                <th class="n">Passed</th>
                <th class="n">Per second</th>
                <th>Busiest</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((group) => (
                <QueueRow key={`${group.port} ${group.first}`} group={group} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function QueueRow({ group }: { readonly group: QueueGroup }): JSX.Element {
  const { port, kind, first, count: some, frames, bytes, passed, rate, busy } = group;
  return (
    <tr>
      <td class="mono">{port}</td>
      <td>{kind}</td>
      <td class="n">{some === 1 ? first : `${first} \u2013 ${first + some - 1}`}</td>
      <td class="n">{frames}</td>
      <td class="n">{bytes}</td>
      <td class="n">{count(passed)}</td>
      <td class="n">{Math.round(rate)}</td>
      <td class="mono">
        {some === 1
          ? ''
          : busy
              .slice(0, 4)
              .map((one) => `${one.fqid}: ${count(one.passed)}${one.frames > 0 ? ` (${one.frames} now)` : ''}`)
              .join(', ')}
      </td>
    </tr>
  );
}
