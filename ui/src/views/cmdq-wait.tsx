// Why a thread waits: who raises the event, what the programs do with it, and what to look at when it does not come.
import type { JSX } from 'preact';
import type { CmdqWait } from '../../../src/page/views/cmdq.js';
import { formatNs } from '../parts/text.js';
import { act, time } from '../store.js';

/** Six frames of a display: whoever waits longer waits for something that does not come. */
const LONG = 1e8;

/** The explanation. */
export function CmdqWaitText({ wait }: { readonly wait: CmdqWait }): JSX.Element {
  const { t } = time.peek();
  const { says, why, check, raised, since } = wait;
  const isLong = since !== undefined && t - since > LONG;
  const signal = raised && `fault event.fire@${raised.where}:${raised.signal}`;
  return (
    <div class="body wait">
      <p>
        <span class={isLong ? 'state failed' : 'state waits'}>{isLong ? 'stuck' : 'waits'}</span> {says}
        {isLong ? <strong>, for {formatNs(t - since)}</strong> : null}
      </p>
      <ul>
        {why.map((line) => (
          <li key={line}>{line}</li>
        ))}
        <li>
          {raised === undefined
            ? 'nobody has fired it since this is looked at'
            : `${raised.where} fired ${raised.signal} last at ${(raised.t / 1e9).toFixed(6)} s`}
          {raised?.lost === true ? <strong>, and a fault kept it from arriving</strong> : null}
        </li>
      </ul>
      <details open={isLong}>
        <summary>If it does not come, look at</summary>
        <ul>
          {check.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
      {signal === undefined ? null : (
        <p class="deeds">
          <Deed action={`${signal}#1=lost`}>Lose the next raise</Deed>
          <Deed action={`${signal}=lost`}>Lose all raises</Deed>
          <Deed action="clear">End all faults</Deed>
        </p>
      )}
    </div>
  );
}

/** A button for an action; its words are the button's title. */
function Deed({ action, children }: { readonly action: string; readonly children: string }): JSX.Element {
  return (
    <button type="button" title={action} onClick={() => void act(action)}>
      {children}
    </button>
  );
}
