// The last frames at all ports: a line each, and one of them with its headers, its descriptor and its table.
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { decodeFrame, type FrameLayer } from '../../../src/abi/frame-decode.js';
import { hex } from '../../../src/base/bytes.js';
import type { NetworkPort } from '../../../src/page/views/network.js';
import { unpackFrames, type ViewFrame } from '../../../src/page/views/network-frames.js';
import { decodeItem } from '../../../src/review/dpaa/decode.js';
import { FORMAT, frameDescriptor, tableEntries } from '../../../src/review/dpaa/formats.js';
import { itemLines, words } from '../../../src/review/dpaa/item-text.js';
import { DumpMemory } from '../../../src/review/dpaa/memory.js';
import { setArg } from '../parts/view-args.js';
import { onFrames, viewArgs } from '../store.js';
import { count } from './network-words.js';

/** Lines that are shown: as many as a board tells at once. */
const MOST_FRAMES = 64;
const NO_MEMORY = new DumpMemory([]);

/** The last ones; while it is held, those that were there. */
function useFrames(held: boolean): readonly ViewFrame[] {
  const kept = useRef<readonly ViewFrame[]>([]);
  const holds = useRef(held);
  const [, redraw] = useState(0);
  holds.current = held;
  useEffect(
    () =>
      onFrames('network', (frame) => {
        if (frame.what !== 'rows' || holds.current) return;
        kept.current = [...kept.current, ...unpackFrames(frame.bytes)].slice(-MOST_FRAMES);
        redraw((n) => n + 1);
      }),
    [],
  );
  return kept.current;
}

/** The panel. */
export function Frames({
  ports,
  passed,
}: {
  readonly ports: readonly NetworkPort[];
  readonly passed: number;
}): JSX.Element {
  const held = viewArgs.value['hold'] === '1';
  const frames = useFrames(held);
  const [chosen, setChosen] = useState<ViewFrame | undefined>(undefined);
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => frames.toReversed(), [frames]);
  const choose = (frame: ViewFrame | undefined): void => {
    setChosen(frame);
    if (frame !== undefined) setArg('hold', '1');
  };
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (step === undefined || shown.length === 0) return;
    event.preventDefault();
    const at = shown.findIndex(({ number }) => number === chosen?.number);
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + step))];
    choose(next);
    list.current?.querySelector(`[data-frame="${next?.number}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <section class="panel" aria-label="Frames">
      <div class="head">
        <h2>Frames</h2>
        <span class="quiet">
          {passed === 0 ? 'none yet' : `the last ${frames.length} of ${count(passed)}, newest first`}
        </span>
        <span class="tools">
          <button type="button" aria-pressed={held} onClick={() => setArg('hold', held ? '' : '1')}>
            {held ? 'Go on' : 'Hold'}
          </button>
        </span>
      </div>
      <div class="frames">
        <div
          class="frame-list"
          ref={list}
          role="listbox"
          aria-label="the last frames, newest first"
          tabIndex={0}
          onKeyDown={keys}
          aria-activedescendant={chosen === undefined ? undefined : `frame-${chosen.number}`}
        >
          {shown.map((frame, place) => (
            <Line
              key={place}
              frame={frame}
              port={ports[frame.port]?.name ?? '?'}
              chosen={frame.number === chosen?.number}
              choose={choose}
            />
          ))}
        </div>
        {chosen === undefined ? (
          <p class="body quiet">
            {shown.length === 0
              ? 'No frame has passed since you look.'
              : 'Choose a frame to see its headers, its descriptor and its table.'}
          </p>
        ) : (
          <Detail frame={chosen} port={ports[chosen.port]?.name ?? '?'} close={() => setChosen(undefined)} />
        )}
      </div>
    </section>
  );
}

interface LineProps {
  readonly frame: ViewFrame;
  readonly port: string;
  readonly chosen: boolean;
  choose(frame: ViewFrame): void;
}

function Line({ frame, port, chosen, choose }: LineProps): JSX.Element {
  const { number, t, way, bytes, comment } = frame;
  const { summary, layers, protocol } = useMemo(() => decodeFrame(bytes), [bytes]);
  const wrong = comment !== '' || layers.some(({ problems }) => problems.length > 0);
  return (
    <div
      id={`frame-${number}`}
      data-frame={number}
      class="frame-line"
      role="option"
      aria-selected={chosen}
      onClick={() => choose(frame)}
    >
      <span class="number quiet">{(t / 1e9).toFixed(6)}</span>
      <span class="mono">
        {port} <span title={way === 'in' ? 'received' : 'sent'}>{way === 'in' ? '\u2190 in' : '\u2192 out'}</span>
      </span>
      <span class="number n">{bytes.length}</span>
      <span class="quiet pieces">{piecesOf(frame)}</span>
      <span class="what">
        <span class="mono">{protocol}</span> {wrong ? <span class="alarm">{'\u2717'} </span> : null}
        {summary}
      </span>
    </div>
  );
}

/** In how many pieces it lies in memory. */
function piecesOf({ descriptor, table }: ViewFrame): string {
  if (descriptor === undefined) return '';
  if (frameDescriptor(descriptor).format !== FORMAT.SG) return 'contiguous';
  const pieces = table === undefined ? 0 : tableEntries(table).length;
  return pieces === 0 ? 'S/G' : `S/G ${pieces}`;
}

interface DetailProps {
  readonly frame: ViewFrame;
  readonly port: string;
  close(): void;
}

function Detail({ frame, port, close }: DetailProps): JSX.Element {
  const { bytes, way, t, comment } = frame;
  const { layers, payload } = decodeFrame(bytes);
  return (
    <div class="frame-detail" aria-live="polite">
      <div class="head">
        <h3>
          {bytes.length} bytes {way === 'in' ? 'received by' : 'sent by'} <span class="mono">{port}</span>
        </h3>
        <span class="quiet">at {(t / 1e9).toFixed(9)} s</span>
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
      {comment === '' ? null : (
        <p class="alarm">
          {'\u2717'} {comment}
        </p>
      )}
      <div class="frame-parts">
        <div>
          {layers.map((layer) => (
            <Layer key={layer.offset} layer={layer} />
          ))}
          <p class="quiet">
            {payload[1]} bytes of payload from byte {payload[0]} on
          </p>
        </div>
        <Descriptor frame={frame} />
      </div>
      <details>
        <summary>Bytes</summary>
        <pre class="hex">{hexDump(bytes)}</pre>
      </details>
    </div>
  );
}

function Layer({ layer: { name, fields, problems } }: { readonly layer: FrameLayer }): JSX.Element {
  return (
    <div class="layer">
      <h3>{name}</h3>
      <dl>
        {fields.map(([field, value]) => (
          <div key={field}>
            <dt>{field}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {problems.map((problem) => (
        <p key={problem} class="alarm">
          {'\u2717'} {problem}
        </p>
      ))}
    </div>
  );
}

/** How QMan knew it. */
function Descriptor({ frame: { descriptor, table, way } }: { readonly frame: ViewFrame }): JSX.Element | null {
  if (descriptor === undefined) return <p class="quiet">No descriptor is known of it.</p>;
  const direction = way === 'in' ? 'receive' : 'transmit';
  const item = decodeItem({ kind: 'fd', bytes: descriptor, table }, NO_MEMORY, { direction, errata: false });
  return (
    <div class="layer">
      <h3>Frame descriptor</h3>
      <pre>{words(descriptor)}</pre>
      {itemLines(item).map((line) => (
        <p key={line} class="mono">
          {line}
        </p>
      ))}
      {table === undefined ? null : <pre class="quiet">{tableText(table)}</pre>}
      {item.findings.map(({ text, where }) => (
        <p key={`${where} ${text}`} class="alarm">
          ! {where === undefined ? '' : `${where}: `}
          {text}
        </p>
      ))}
    </div>
  );
}

function tableText(table: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < table.length; at += 16) lines.push(words(table.subarray(at, at + 16)));
  return lines.join('\n');
}

function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16)
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex(bytes.subarray(at, at + 16))}`);
  return lines.join('\n');
}
