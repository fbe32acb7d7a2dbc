// `bringup apr record`: what comes in at a port of the modelled DSP, through the packets of the APR bus, into a file.
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { readWav, wavBytes } from '../../abi/wav.js';
import { type Duration, s } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import type { Bench } from '../../bench/bench.js';
import { type AudioInput, samplesInput, squareInput } from '../../chips/qdsp6/qdsp6.js';
import { openCapture } from '../../drivers/qcom-apr/pcm.js';
import type { PcmCapture } from '../../drivers/qcom-apr/pcm-capture.js';
import { captureInto, captureOption, closeCapture } from '../apr-capture.js';
import { type DspMachineOptions, dspMachine, needPort, powerOnDsp } from '../apr-machine.js';
import { type StreamSound, toFile, toSamples, toStream } from '../apr-sound.js';
import { formatDuration, parseDuration } from '../../stock/duration.js';
import { faultsThatStrike, tellIdleFaults } from '../fault-watch.js';
import { type Io, writeJson } from '../io.js';
import { faultOption, faultsHelp, seedOption, setOption } from '../machine-option.js';
import { writeProduct } from '../output-file.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { alignRows, counted } from '../text-table.js';
import { closeTrace, traceInto, traceOption } from '../trace-file.js';
import { defineOption, includeOption, overlayOption, readInput, showDiagnostics } from '../tree-file.js';
import { examples, leave, parsed, type Session, wholeNumber } from '../verb.js';

const VERB = 'apr record';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('record')
    .description('Boot a machine, open a stream from its audio DSP, and write what came in at the port as WAV.')
    .requiredOption('-o, --output <FILE>', 'where to write')
    .option('--input <FILE>', 'what comes in at the port: a WAV file, in its format; a tone when left out')
    .addOption(
      new Option('--tone <HZ>', 'the square wave that comes in').argParser(wholeNumber(1, 96_000)).default(1000),
    )
    .addOption(
      new Option('--for <DURATION>', 'how long to record; as long as the input when left out').argParser(
        parsed(parseLength),
      ),
    )
    .addOption(new Option('--rate <HZ>', 'frames in a second').argParser(wholeNumber(8000, 192_000)).default(48_000))
    .addOption(new Option('--channels <COUNT>', 'channels').argParser(wholeNumber(1, 8)).default(2))
    .addOption(
      new Option('--bits <BITS>', 'bits of a sample').choices(['16', '24', '32'] as const).default('16' as const),
    )
    .option('--tree <TREE>', 'the machine; our own board when left out')
    .option(
      '--port <PORT>',
      'number or name of the port, or the name of its link; the first of the board when left out',
    )
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
        'apr record -o tone.wav --tone 440 --for 1s',
        'apr record -o heard.wav --input voice.wav --tree sdm845-db845c.dtb',
        'apr record -o tone.wav --rate 16000 --channels 1 --bits 24 --json',
      ),
    )
    .action(leave(session, (options) => record({ ...options, ...options.seed, param: [] }, session.io)));
}

/** What the options say. */
interface RecordOptions extends DspMachineOptions {
  readonly output: string;
  readonly input?: string | undefined;
  readonly tone: number;
  readonly for?: Duration | undefined;
  readonly rate: number;
  readonly channels: number;
  readonly bits: '16' | '24' | '32';
  readonly port?: string | undefined;
  readonly capture?: string | undefined;
  readonly trace?: string | undefined;
  readonly json?: true | undefined;
}

/** What is recorded: its format, its length, and what comes in. */
interface Job {
  readonly rate: number;
  readonly channels: number;
  readonly bits: 16 | 24 | 32;
  readonly frames: number;
  readonly input: AudioInput;
  /** The sound of the file, to compare with. */
  readonly expected: Uint8Array | undefined;
}

const LONGEST: Duration = s(3600);
const USUAL: Duration = s(2);
const LATER: Duration = s(60);
const LOUD = 0.5;

function parseLength(text: string): Duration | string {
  const span = parseDuration(text);
  return typeof span === 'string' || (span > 0 && span <= LONGEST) ? span : 'write more than nothing and at most 60m';
}

async function record(options: RecordOptions, io: Io): Promise<ExitCode> {
  const job = options.input === undefined ? toneJob(options) : await fileJob(options.input, options, io);
  const bench = await dspMachine(io, options, { inputs: () => job.input });
  const struck = options.fault.length === 0 ? new Set<string>() : faultsThatStrike(bench);
  const trace = traceInto(bench, io, options.trace);
  const capture = captureInto(bench.trace, io, options.capture);
  try {
    await powerOnDsp(bench, options, VERB);
    needPort(bench, options.port, 'capture');
    const done = await recordJob(bench, job, options.port);
    const leaks = await bench.powerOff();
    const findings = bench.dmaFindings.map(({ dev, text }) => `${dev}: ${text}`);
    writeProduct(io, options.output, wavBytes({ ...job, data: toFile({ ...job, bytes: done.bytes }) }));
    const identical = job.expected === undefined ? {} : { identical: Buffer.from(done.bytes).equals(job.expected) };
    const { rate, channels, bits } = job;
    const { port, frames, overruns, error } = done;
    const result = {
      port,
      rate,
      channels,
      bits,
      frames,
      overruns,
      ...identical,
      ...(error === undefined ? {} : { error }),
    };
    if (options.json === true) writeJson(io, { seed: options.seed, ...result, findings, leaks });
    else io.stdout.write(recordText(result, options, [...findings, ...leaks]));
    tellIdleFaults(io, options.fault, struck, 'check it with --trace FILE');
    return error === undefined && identical.identical !== false && findings.length + leaks.length === 0 ? 0 : 1;
  } finally {
    closeTrace(trace);
    closeCapture(io, capture);
  }
}

function toneJob(options: RecordOptions): Job {
  const { rate, channels, tone, for: span = USUAL } = options;
  const frames = Math.round((span / s(1)) * rate);
  const bits = Number(options.bits) as Job['bits'];
  return { rate, channels, bits, frames, input: squareInput(tone, LOUD), expected: undefined };
}

async function fileJob(file: string, options: RecordOptions, io: Io): Promise<Job> {
  const { wav, diagnostics } = readWav(await readInput(io, file), file);
  showDiagnostics(io, file, wav === undefined ? [] : diagnostics.map((one) => ({ ...one, where: undefined })));
  const sound = wav === undefined ? (diagnostics[0]?.text ?? 'it is no WAV file') : toStream(wav);
  if (typeof sound === 'string') throw new Refusal(1, file, sound, 'give a WAV file of 16, 24 or 32 bits');
  const { rate, channels, bits, bytes } = sound;
  const width = widthOf(sound);
  const frames = options.for === undefined ? bytes.length / width : Math.round((options.for / s(1)) * rate);
  const expected = new Uint8Array(frames * width);
  expected.set(bytes.subarray(0, expected.length));
  return { rate, channels, bits, frames, input: fromNow(samplesInput(toSamples(sound))), expected };
}

/** The port runs before the stream does; the sound begins with the first frame that somebody records. */
function fromNow(input: AudioInput): AudioInput {
  let first: number | undefined;
  return (into, frame, frames, format) => {
    first ??= frame;
    input(into, frame - first, frames, format);
  };
}

function widthOf({ channels, bits }: Pick<StreamSound, 'channels' | 'bits'>): number {
  return channels * (bits === 16 ? 2 : 4);
}

/** What was recorded. */
interface Recorded {
  readonly port: string;
  readonly bytes: Uint8Array;
  readonly frames: number;
  readonly overruns: number;
  readonly error: string | undefined;
}

/** Never throws what a device said: it is in the result, with what was there before. */
async function recordJob(bench: Bench, job: Job, port: string | undefined): Promise<Recorded> {
  const { rate, channels, bits, frames } = job;
  const bytes = new Uint8Array(frames * widthOf(job));
  let stream: PcmCapture | undefined;
  let at = 0;
  let error: string | undefined;
  const attempt = async (step: () => Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      error ??= e.message;
    }
  };
  await bench.drive('recording', Math.ceil((frames / rate) * s(1)) + LATER, async () => {
    await attempt(async () => {
      stream = await openCapture(bench.core, { rate, channels, bits, ...(port === undefined ? {} : { port }) });
      while (at < bytes.length) {
        const period = (await stream.read()).subarray(0, bytes.length - at);
        bytes.set(period, at);
        at += period.length;
      }
    });
    const opened = stream as PcmCapture | undefined;
    if (opened !== undefined) await attempt(() => opened.close());
  });
  const opened = stream as PcmCapture | undefined;
  return {
    port: opened?.port.name ?? '',
    bytes: bytes.subarray(0, at),
    frames: at / widthOf(job),
    overruns: opened?.overruns ?? 0,
    error,
  };
}

/** The result for people. */
function recordText(
  result: Omit<Recorded, 'bytes' | 'error'> & Omit<Job, 'input' | 'expected'> & { identical?: boolean; error?: string },
  { input, output }: RecordOptions,
  wrong: readonly string[],
): string {
  const { port, rate, channels, bits, frames, overruns, identical, error } = result;
  const format = `${rate} Hz, ${counted(channels, 'channel')}, ${bits} bits`;
  const same = identical === undefined ? '' : identical ? `, identical to ${input}` : `, not those of ${input}`;
  const late = overruns === 0 ? '' : `, ${counted(overruns, 'overrun')}`;
  const rows = [
    ['port', port === '' ? 'none was opened' : `${port}: ${format}`],
    ['recorded', `${counted(frames, 'frame')} (${formatDuration(Math.round((frames / rate) * s(1)))})${late}${same}`],
    ...(error === undefined ? [] : [['error', error]]),
    ['written', output],
  ];
  return [...alignRows(rows), ...wrong].map((line) => `${line}\n`).join('');
}
