// The trace as files, its SHA-256, and the command line that gives the same.
import { computed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { ExportForm } from '../../../src/page/trace-export.js';
import type { CheckedFiles } from '../../../src/web/board-worker.js';
import type { TraceFilePart } from '../../../src/page/views/trace.js';
import { parseLink } from '../../../src/web/link-text.js';
import { formatNs } from '../parts/text.js';
import { save } from '../parts/save.js';
import { ask, hello, link, repeatRun, scenario, time } from '../store.js';

/** Table of forms: what a file is called, and for whom. */
const FORMS: readonly (readonly [form: ExportForm, title: string, end: string, about: string])[] = [
  ['text', 'Text', '.txt', 'a line for each event, as ftrace'],
  ['json', 'JSON lines', '.jsonl', 'an object for each event'],
  ['perfetto', 'Perfetto', '.pftrace', 'a time line for ui.perfetto.dev'],
  ['packets', 'Packets', '.pcapng', 'messages between the processors, for Wireshark'],
];

/** The files, and the repeated run. */
export function TraceFiles(): JSX.Element {
  const progress = useSignal('');
  const run = useSignal<(CheckedFiles & { readonly command: string }) | undefined>(undefined);
  const name = (hello.value?.tree ?? 'board').replace(/\.dtb?s?$/, '');
  const write = async (form: ExportForm, end: string): Promise<void> => {
    const parts = await fetchParts(form, (text) => {
      progress.value = text;
    });
    if (parts === undefined) return;
    progress.value = `${parts.events.toLocaleString('en-US')} events up to ${formatNs(parts.t)}`;
    save(`${name}${end}`, parts.pieces);
  };
  const repeat = async (): Promise<void> => {
    const command = commandLine();
    run.value = undefined;
    progress.value = 'repeating the run ...';
    const done = await repeatRun();
    progress.value = '';
    if (done !== undefined) run.value = { ...done, command };
  };
  return (
    <section class="panel trace-files">
      <h2>Files</h2>
      <div class="body">
        <p>
          <span class="quiet">What happened so far: </span>
          {FORMS.map(([form, title, end, about]) => (
            <button key={form} type="button" title={about} onClick={() => void write(form, end)}>
              {title}
            </button>
          ))}{' '}
          <span class="quiet" role="status">
            {progress.value}
          </span>
        </p>
        {hello.value?.place === 'page' ? (
          <p>
            <span class="quiet">The same run from power-on to power-off, as the command line does it: </span>
            <button type="button" onClick={() => void repeat()}>
              Repeat and hash
            </button>
          </p>
        ) : null}
        <Command of={run.value?.command} />
        {run.value === undefined ? null : (
          <p>
            <span class="quiet">SHA-256 of its trace: </span>
            <output class="trace-hash">
              {run.value.sha256 || 'this browser hashes only on encrypted or local pages'}
            </output>{' '}
            <button type="button" onClick={() => save('trace.txt', [run.value?.trace ?? ''])}>
              Save it
            </button>
            {run.value.frames === 0 ? null : (
              <button
                type="button"
                title="for Wireshark"
                onClick={() => save('frames.pcapng', [run.value?.capture ?? ''])}
              >
                Save its {run.value.frames.toLocaleString('en-US')} Ethernet frames
              </button>
            )}
          </p>
        )}
        {scenario.value === '' ? null : (
          <p>
            <button type="button" onClick={() => save('scenario.txt', [`${scenario.value}\n`])}>
              Save the scenario
            </button>
          </p>
        )}
      </div>
    </section>
  );
}

/** Where the board stands; undefined while its time passes. */
const stands = computed(() => (time.value.running ? undefined : time.value.t));

/** The command line of a run that was repeated, else of the one so far. */
function Command({ of }: { readonly of: string | undefined }): JSX.Element {
  if (of === undefined && stands.value === undefined)
    return <p class="quiet">The command line stands here when the board is paused.</p>;
  return (
    <pre class="trace-command" aria-label="The command line that gives the same trace">
      {of ?? commandLine()}
    </pre>
  );
}

/** What to type for the same trace. */
function commandLine(): string {
  const { tree = '', seed = '1', probedNs = 0 } = hello.value ?? {};
  const { params } = parseLink(link.peek());
  return [
    `bringup boot ${tree}`,
    ...(seed === '1' ? [] : [`--seed ${seed}`]),
    ...params.map((param) => `--param ${param}`),
    ...(scenario.value === '' ? [] : ['--scenario scenario.txt']),
    `--for ${Math.max(0, time.peek().t - probedNs)}ns`,
    '--trace trace.txt',
  ].join(' ');
}

/** All parts of a file, in order. */
async function fetchParts(
  form: ExportForm,
  tell: (text: string) => void,
): Promise<{ readonly pieces: BlobPart[]; readonly events: number; readonly t: number } | undefined> {
  const pieces: BlobPart[] = [];
  for (let first = true; ; first = false) {
    const part = await ask<TraceFilePart>('trace', first ? { what: 'export', form } : { what: 'export' });
    if (part === undefined) return undefined;
    pieces.push(part.coded ? Uint8Array.from(atob(part.text), (c) => c.charCodeAt(0)) : part.text);
    if (part.done) return { pieces, events: part.of, t: part.t };
    tell(`${Math.floor((100 * part.events) / Math.max(1, part.of))} %`);
  }
}
