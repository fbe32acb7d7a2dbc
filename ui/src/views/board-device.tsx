// One device closely: who has it, whom it waits for, what it needs, what it said, what its node says.
import type { JSX } from 'preact';
import type { BoardDetail, BoardPeer } from '../../../src/page/views/board-detail.js';
import { formatNs } from '../parts/text.js';
import { State } from './board-state.js';

/** Its place in the page, for who goes there by key. */
export const CLOSELY = 'closely';

interface Choose {
  readonly choose: (path: string) => void;
}

/** The panel; `detail` may still be that of another device, or none while the board is asked. */
export function DevicePanel({
  path,
  detail,
  choose,
}: Choose & { readonly path: string; readonly detail: BoardDetail | undefined }): JSX.Element {
  const own = detail?.asked === path ? detail : undefined;
  return (
    <section id={CLOSELY} class="panel closely" tabIndex={-1} aria-label={`device ${path}`}>
      <div class="head">
        <h2 class="mono path">{own?.report.path ?? path}</h2>
        <button type="button" onClick={() => choose('')}>
          Close
        </button>
      </div>
      {own === undefined ? <p class="empty quiet">{detail === undefined ? 'There is no such device.' : ''}</p> : null}
      {own === undefined ? null : (
        <div class="body">
          <Facts detail={own} />
          <Chain detail={own} choose={choose} />
          <Peers title="Needs" about="suppliers" peers={own.suppliers} choose={choose} />
          <Peers title="Is needed by" about="consumers" peers={own.consumers} choose={choose} />
          <Peers
            title={`Waited for by ${own.waitingCount}`}
            about="who waits for it"
            peers={own.waiting}
            choose={choose}
          />
          <Log detail={own} />
          <Node detail={own} />
        </div>
      )}
    </section>
  );
}

function Facts({ detail: { report, compatible, at } }: { readonly detail: BoardDetail }): JSX.Element {
  const { state, reason = '', device, driver, chip, path } = report;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['device', device],
    ['driver', driver],
    ['model', chip],
    ['compatible', compatible.join(', ')],
    ['written at', at],
  ];
  return (
    <>
      <p>
        <State state={state} /> {reason.replace(`${path}: `, '')}
      </p>
      <dl class="facts">
        {rows.map(([name, value]) =>
          value === undefined || value === '' ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="mono">{value}</dd>
            </div>
          ),
        )}
      </dl>
    </>
  );
}

/** From the device down to the root of the matter. */
function Chain({ detail: { chain }, choose }: Choose & { readonly detail: BoardDetail }): JSX.Element | null {
  if (chain.length < 2) return null;
  return (
    <div>
      <h3>Who waits for whom</h3>
      <ol class="chain">
        {chain.map((peer, index) => {
          const circle = chain.findIndex(({ path }) => path === peer.path) < index;
          const root = index === chain.length - 1;
          return (
            <li key={index} class={root ? 'link-of root' : 'link-of'}>
              {index === 0 ? null : <span class="arrow">waits for</span>}
              <div class="stage">
                <Peer peer={peer} choose={choose} />
                {circle ? <p class="bad">here the circle closes</p> : null}
                {root && !circle && peer.reason !== '' ? <p>{peer.reason}</p> : null}
              </div>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Peer({ peer: { path, state }, choose }: Choose & { readonly peer: BoardPeer }): JSX.Element {
  return (
    <span class="peer">
      <State state={state} />
      <button type="button" class="link" onClick={() => choose(path)}>
        {path}
      </button>
    </span>
  );
}

function Peers({
  title,
  about,
  peers,
  choose,
}: Choose & { readonly title: string; readonly about: string; readonly peers: readonly BoardPeer[] }) {
  if (peers.length === 0) return null;
  return (
    <details open={peers.length <= FEW}>
      <summary>
        <h3>{title}</h3> <span class="quiet">{about}</span>
      </summary>
      <ul class="plain">
        {peers.map((peer) => (
          <li key={peer.path}>
            <Peer peer={peer} choose={choose} />
          </li>
        ))}
      </ul>
    </details>
  );
}
const FEW = 6;

function Log({ detail: { log } }: { readonly detail: BoardDetail }): JSX.Element | null {
  if (log.length === 0) return null;
  return (
    <div>
      <h3>Log</h3>
      <div class="scroll log" tabIndex={0} role="region" aria-label="log of the device">
        <table>
          <tbody>
            {log.map(({ t, level, text }, index) => (
              <tr key={index}>
                <td class="n number">{formatNs(t)}</td>
                <td class={LEVELS[level]}>{level}</td>
                <td class="mono">{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
const LEVELS = { err: 'bad', warn: 'wait', info: '', dbg: 'quiet', core: 'quiet' } as const;

function Node({ detail: { properties, children, labels, report } }: { readonly detail: BoardDetail }) {
  if (properties.length === 0 && children.length === 0) return null;
  const name = report.path.slice(report.path.lastIndexOf('/') + 1);
  return (
    <div>
      <h3>Node</h3>
      <div class="scroll node" tabIndex={0} role="region" aria-label="node of the device">
        <p class="mono">
          {labels.map((label) => `${label}: `).join('')}
          {name} {'{'}
        </p>
        <table class="properties">
          <tbody>
            {properties.map(({ name: property, value, at }, index) => (
              <tr key={index}>
                <td class="mono">
                  {property}
                  {value === '' ? ';' : ' ='}
                </td>
                <td class="mono value">{value}</td>
                <td class="mono quiet at" title={at}>
                  {at.slice(at.lastIndexOf('/') + 1)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {children.map((child) => (
          <p key={child} class="mono below">
            {child} {'{ ... };'}
          </p>
        ))}
        <p class="mono">{'};'}</p>
      </div>
    </div>
  );
}
