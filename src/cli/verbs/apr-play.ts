// `bringup apr play`: a song through the packets of the APR bus to the modelled DSP, and what its port gave.
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { readWav, type Wav, wavBytes } from '../../abi/wav.js';
import { type Duration, ms } from '../../base/clock.js';
import type { Bench } from '../../bench/bench.js';
import type { DspOptions } from '../../chips/qdsp6/qdsp6.js';
import { captureInto, captureOption, closeCapture } from '../apr-capture.js';
import { type DspMachineOptions, dspMachine, needPort, needServices, powerOnDsp } from '../apr-machine.js';
import { Ear, type Playback, type PlayJob, type PlayResult, playAll } from '../apr-play-run.js';
import { playText } from '../apr-play-text.js';
import type { FoundPacket } from '../../review/apr/found.js';
import { exchangeText } from './apr-decode.js';
import { toFile, toStream } from '../apr-sound.js';
import { parseDuration } from '../../stock/duration.js';
import { faultsThatStrike, tellIdleFaults } from '../fault-watch.js';
import { type Io, writeJson } from '../io.js';
import { faultOption, faultsHelp, seedOption, setOption } from '../machine-option.js';
import { writeProduct } from '../output-file.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { closeTrace, traceInto, traceOption } from '../trace-file.js';
import { defineOption, includeOption, overlayOption, readInput, showDiagnostics } from '../tree-file.js';
import { examples, leave, parsed, type Session } from '../verb.js';

const VERB = 'apr play';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('play')
    .description(
      'Boot a machine, open a stream to its audio DSP, play sound through it, and write what came out of the port. ' +
        'Several files are mixed on one port.',
    )
    .argument('<FILE...>', 'sound: WAV of 16, 24 or 32 bits; - reads standard input')
    .option('--tree <TREE>', 'the machine; our own board when left out')
    .option(
      '--port <PORT>',
      'number or name of the port, or the name of its link; the first of the board when left out',
    )
    .option('-o, --output <FILE>', 'where to write what was heard, as WAV')
    .addOption(
      new Option('--crash <TIME>', 'the DSP crashes so long after the begin; then the sound is played again').argParser(
        parsed(parseDuration),
      ),
    )
    .option('--packets', 'show the packets between Linux and the DSP, a line each')
    .addOption(captureOption())
    .addOption(seedOption())
    .addOption(faultOption())
    .addOption(setOption())
    .addOption(traceOption())
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText('after', () => faultsHelp((where) => !where.startsWith('i2c')))
    .addHelpText(
      'after',
      examples(
        'apr play song.wav -o heard.wav',
        'apr play song.wav --tree apq8096-db820c.dtb --capture packets.pcapng',
        'apr play song.wav other.wav -o mixed.wav',
        'apr play song.wav --crash 500ms --packets',
        'apr play song.wav --fault rpmsg.deliver#20=lost --set adsp:answerUs=2000 --json',
      ),
    )
    .action(leave(session, (files, options) => play(files, { ...options, ...options.seed, param: [] }, session.io)));
}

/** What the options say. */
interface PlayOptions extends DspMachineOptions {
  readonly port?: string | undefined;
  readonly output?: string | undefined;
  readonly crash?: Duration | undefined;
  readonly packets?: true | undefined;
  readonly capture?: string | undefined;
  readonly trace?: string | undefined;
  readonly json?: true | undefined;
}

async function play(files: readonly string[], options: PlayOptions, io: Io): Promise<ExitCode> {
  const songs = await readSongs(files, io);
  const ear = new Ear();
  const dsp: DspOptions = { onAudio: ear.listen };
  const bench = await dspMachine(io, options, dsp);
  const struck = options.fault.length === 0 ? new Set<string>() : faultsThatStrike(bench);
  const trace = traceInto(bench, io, options.trace);
  const capture = captureInto(bench.trace, io, options.capture);
  const packets = options.packets === true ? packetsOf(bench) : [];
  try {
    await powerOnDsp(bench, options, VERB);
    needPort(bench, options.port, 'playback');
    const jobs = songs.map(({ job }) => job);
    if (options.crash !== undefined) crashLater(bench, options.crash);
    const runs = [await playAll(bench, ear, jobs, options.port)];
    if (options.crash !== undefined) runs.push(await again(bench, ear, jobs, options.port));
    const leaks = await bench.powerOff();
    const findings = bench.dmaFindings.map(({ dev, text }) => `${dev}: ${text}`);
    writeHeard(io, options.output, songs, runs);
    const results = runs.map(({ result }) => result);
    if (options.json === true) writeJson(io, { seed: options.seed, plays: results, findings, leaks });
    else if (options.packets === true) io.stdout.write(`${exchangeText(packets)}\n`);
    if (options.json !== true) io.stdout.write(playText(results, { findings, leaks, output: options.output }));
    tellIdleFaults(io, options.fault, struck, 'check it with --trace FILE');
    return isRight(results) && findings.length + leaks.length === 0 ? 0 : 1;
  } finally {
    closeTrace(trace);
    closeCapture(io, capture);
  }
}

/** Every stream of the last playback came to its end, and one file alone as it is. */
function isRight(results: readonly PlayResult[]): boolean {
  const last = results.at(-1);
  return last !== undefined && last.identical !== false && last.streams.every(({ error }) => error === undefined);
}

interface Song {
  readonly wav: Wav;
  readonly job: PlayJob;
}

async function readSongs(files: readonly string[], io: Io): Promise<Song[]> {
  const songs: Song[] = [];
  for (const file of files) {
    const { wav, diagnostics } = readWav(await readInput(io, file), file);
    showDiagnostics(io, file, wav === undefined ? [] : diagnostics.map((one) => ({ ...one, where: undefined })));
    if (wav === undefined)
      throw new Refusal(1, file, diagnostics[0]?.text ?? 'it is no WAV file', 'give a WAV file of PCM');
    const sound = toStream(wav);
    if (typeof sound === 'string') throw new Refusal(1, file, sound, 'convert it: sox in.wav -b 16 out.wav');
    songs.push({ wav, job: { file, sound } });
  }
  return songs;
}

/** What goes over the channels from now on, kept. */
function packetsOf({ trace }: Bench): readonly FoundPacket[] {
  const packets: FoundPacket[] = [];
  trace.attach((event) => {
    if (event.kind !== 'rpmsg_send' && event.kind !== 'rpmsg_deliver') return;
    const bytes = Uint8Array.from(event.bytes.split(' '), (digits) => Number.parseInt(digits, 16));
    const isSent = event.kind === 'rpmsg_send';
    const unsent = isSent && event.ret < 0 ? ({ unsent: true } as const) : {};
    packets.push({ bytes, timeNs: event.t, way: isSent ? 'out' : 'in', channel: event.where, ...unsent });
  });
  return packets;
}

function crashLater(bench: Bench, wait: Duration): void {
  bench.clock.after(wait, () => {
    for (const [path, { model }] of bench.sockets) if (model.name === 'qdsp6') bench.setKnob(path, 'crash', 1);
  });
}

/** After the crash: the processor comes up again, and so do its services. */
async function again(bench: Bench, ear: Ear, jobs: readonly PlayJob[], port: string | undefined): Promise<Playback> {
  await bench.run(ms(50));
  await needServices(bench, VERB);
  ear.take();
  return playAll(bench, ear, jobs, port);
}

function writeHeard(io: Io, output: string | undefined, songs: readonly Song[], runs: readonly Playback[]): void {
  const heard = runs.at(-1)?.sound;
  const [song] = songs;
  if (output === undefined || heard === undefined || song === undefined) return;
  writeProduct(io, output, wavBytes({ ...song.wav, data: toFile(heard) }));
}
