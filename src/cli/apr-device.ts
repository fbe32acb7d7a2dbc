// `bringup apr services --device`: the audio DSP of a real board, asked by the same drivers that run on the model.
import { memoryFiles } from '../base/files.js';
import { type Duration, s } from '../base/clock.js';
import { type Errno, isErrno, SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import { Q6Dsps } from '../drivers/qcom-apr/q6-dsp.js';
import type { Q6Api, Q6Core } from '../drivers/qcom-apr/q6core.js';
import { compileText } from '../dt/compile-text.js';
import type { DtTree } from '../dt/tree.js';
import { LiveTime } from '../host/live.js';
import type { RpmsgChar } from '../host/rpmsg-char.js';
import { APR_DOMAIN } from '../drivers/qcom-apr/constants.js';
import { serviceName } from '../review/apr/names.js';
import { captureInto, closeCapture } from './apr-capture.js';
import { type Io, oneLine, writeJson } from './io.js';
import { buildMachine, powerOn } from './machine.js';
import { Refusal } from './refusal.js';
import { alignRows } from './text-table.js';

/** What the options say. */
export interface DspDeviceOptions {
  readonly device: string;
  readonly capture?: string | undefined;
  readonly json?: true | undefined;
}

/** What a DSP says of itself. */
interface DspAnswer {
  readonly device: string;
  readonly channel: string;
  readonly transport: RpmsgChar['transport'];
  /** Null for firmware that does not tell. */
  readonly services: readonly DspService[] | null;
}

interface DspService {
  readonly service: number;
  readonly name: string;
  /** `2.7`. */
  readonly version: string;
  readonly branch: number;
}

const CHANNEL = 'apr_audio_svc';
/** CORE has three seconds to be ready, and a tenth of one for each answer. */
const LIMIT: Duration = s(10);
const MACHINE = { seed: '1', fault: [], set: [], param: [] } as const;

/** Asks the DSP behind a file of /dev for its services and prints them. */
export async function dspServices(options: DspDeviceOptions, io: Io): Promise<void> {
  const time = new LiveTime(io);
  const edge = await opened(options.device, () => time.arrived(), io);
  try {
    const bench = buildMachine(treeOf(edge), MACHINE, { realRpmsg: () => edge, pace: time.pace });
    const capture = captureInto(bench.trace, io, options.capture);
    try {
      const answer = await askedDsp(bench, options.device, edge);
      if (options.json === true) writeJson(io, answer);
      else io.stdout.write(textOf(answer));
    } finally {
      await bench.powerOff();
      closeCapture(io, capture);
    }
  } finally {
    edge.close();
  }
}

/** What opening it may end with; all else is told in the system's words. */
const OPENING: Partial<Record<Errno, readonly [exitCode: 2 | 3, todo: string]>> = {
  ENOENT: [3, 'modprobe rpmsg_char on a board whose DSP runs, or see bringup doctor rpmsg'],
  EACCES: [3, 'run it as root, or see bringup doctor rpmsg'],
  EPERM: [3, 'run it as root, or see bringup doctor rpmsg'],
  ENOTTY: [2, 'name one of /dev/rpmsg*'],
  EINVAL: [3, 'see the channels in /sys/bus/rpmsg/devices'],
  EBUSY: [3, 'end the program that has it, or take it from the kernel as docs/apr.md says'],
  ENETRESET: [3, 'name the file that the DSP has after its restart'],
  ENOSYS: [3, 'npm install koffi, or see bringup doctor koffi'],
};

async function opened(path: string, arrived: () => Promise<void>, io: Io): Promise<RpmsgChar> {
  const where = `--device ${path}`;
  if (/rpmsg_ctrl\d+$/.test(path))
    throw new Refusal(2, where, 'this is the control device of an edge', `name a channel, too: ${path}:${CHANNEL}`);
  const edge = await io.openRpmsg(path, { arrived }).catch((e: unknown) => {
    const [exitCode, todo] = (e instanceof SysError && OPENING[e.code]) || [undefined, ''];
    throw exitCode === undefined ? e : new Refusal(exitCode, where, wordsOf(e as SysError), todo);
  });
  if (edge.channel === CHANNEL) return edge;
  edge.close();
  throw new Refusal(2, where, `its channel is ${oneLine(edge.channel)}`, `only ${CHANNEL} can be asked for services`);
}

function wordsOf({ message, code }: SysError): string {
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return plain(message);
}

/** Without the place in front, which is of a tree that nobody wrote, and without the code. */
function plain(message: string): string {
  return oneLine(message.replace(/^\/\S*: (rpmsg: )?/, '').replace(/ \([A-Z]+\)$/, ''));
}

/** The tree that somebody would write for the board, as far as it is needed: CORE alone. */
function treeOf({ transport }: RpmsgChar): DtTree {
  const source = `/dts-v1/;
    / {
      remoteproc { compatible = "bringup,rpmsg-char"; ${transport}-edge { apr {
        compatible = "qcom,apr-v2"; qcom,${transport}-channels = "${CHANNEL}"; qcom,domain = <${APR_DOMAIN.ADSP}>;
        #address-cells = <1>; #size-cells = <0>;
        service@3 { compatible = "qcom,q6core"; reg = <3>; };
      }; }; };
    };`;
  const { tree } = compileText(source, 'device.dts', memoryFiles({}), { force: true, symbols: false, bootCpu: 0 });
  return tree as DtTree;
}

const RUNS = 'check that it runs: cat /sys/class/remoteproc/remoteproc*/state';

async function askedDsp(bench: Bench, device: string, { channel, transport }: RpmsgChar): Promise<DspAnswer> {
  const where = `--device ${device}`;
  try {
    await powerOn(bench, MACHINE);
    const core = bench.core.subsystem(Q6Dsps).all[0]?.core;
    if (core === undefined) throw new Refusal(1, where, whyNone(bench), RUNS);
    const apis = await bench.drive('asking the DSP', LIMIT, () => apisOf(core));
    return { device, channel, transport, services: apis?.map(serviceOf) ?? null };
  } catch (e) {
    if (!(e instanceof SysError)) throw e;
    throw new Refusal(1, where, wordsOf(e), RUNS);
  }
}

/** A busy computer may be too late for an answer. */
const TRIES = 3;

/** Undefined where the firmware does not tell. */
async function apisOf(core: Q6Core): Promise<readonly Q6Api[] | undefined> {
  await core.waitReady();
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      return await core.apis();
    } catch (e) {
      if (!isErrno(e, 'ENOTSUPP')) throw e;
    }
  }
  return undefined;
}

function whyNone(bench: Bench): string {
  const stands = bench.report().find(({ state, reason }) => state !== 'bound' && reason !== undefined);
  return plain(stands?.reason ?? 'the channel has closed');
}

function serviceOf({ svc, version, branch }: Q6Api): DspService {
  const [major, minor] = [version >>> 16, version & 0xffff];
  return { service: svc, name: serviceName(APR_DOMAIN.ADSP, svc), version: `${major}.${minor}`, branch };
}

function textOf({ device, channel, transport, services }: DspAnswer): string {
  const all = services ?? [];
  const branches = all.some(({ branch }) => branch !== 0);
  const rows = all.map(({ name, service, version, branch }) => [
    name,
    `${service}`,
    version,
    branches ? `${branch}` : '',
  ]);
  const lines = [
    `${oneLine(device)}: ${channel} over ${transport.toUpperCase()}, the DSP is ready`,
    ...(services === null ? ['  its firmware tells no versions'] : []),
    ...(rows.length === 0 ? [] : alignRows([['SERVICE', 'NUMBER', 'API', branches ? 'BRANCH' : ''], ...rows])),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
