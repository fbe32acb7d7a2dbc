// `bringup apr services --device` with a DSP that is scripted, and with files that are no DSP. With the modelled one:
// test/apr-device.system.test.ts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { captureIo } from '../../../test/capture.js';
import { MemoryWire, type OpenErrors, RpmsgKernel } from '../../../test/rpmsg-kernel.js';
import { Ticks } from '../../../test/ticks.js';
import { hex } from '../../base/bytes.js';
import { SysError } from '../../base/errno.js';
import { openRpmsgChar } from '../../host/rpmsg-char.js';
import { run } from '../run.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-device-'));
afterAll(() => rmSync(cwd, { recursive: true }));

/** Answers to what CORE is asked: state 1; versions of CORE 2.8 branch 5 and of a service that has no name. */
const ANSWERS: Readonly<Record<string, string>> = {
  '0c290100': '50011800030400000305000000000000 0d290100 01000000',
  '2c290100':
    '50014000030400000305000000000000 2d290100 02000000 08000000 00000000 00000000 02000000' +
    '03000000 08000200 05000000 2a000000 01000300 00000000',
};

/** A wire whose other end answers within the write. */
class CoreWire extends MemoryWire {
  readonly asked: string[] = [];

  override write(bytes: Uint8Array): number {
    const text = hex(bytes, '');
    this.asked.push(text);
    const token = text.slice(24, 32);
    const answer = ANSWERS[text.slice(32, 40)]?.replaceAll(' ', '') ?? '';
    this.push(Uint8Array.from(Buffer.from(answer.slice(0, 24) + token + answer.slice(32), 'hex')));
    return bytes.length;
  }
}

interface Options {
  readonly plain?: boolean;
  readonly channel?: string;
  readonly openErrors?: OpenErrors;
  readonly driver?: string;
  readonly dead?: true;
  /** Nobody can wait for it. */
  readonly deaf?: true;
}

async function bringup(words: readonly string[], options: Options = {}) {
  const wire = new CoreWire();
  const time = new Ticks();
  const { channel = 'apr_audio_svc', driver, dead, deaf, ...more } = options;
  if (dead) wire.kill();
  const kernel = new RpmsgKernel({ transport: 'glink', wire: () => wire, time, ...more });
  kernel.addEndpoint('rpmsg3', channel, 'device');
  if (deaf)
    kernel.readiness = () => {
      throw new SysError('EMFILE', 'it cannot be waited for');
    };
  if (driver !== undefined) kernel.addDevice('adsp:glink-edge.apr_audio_svc.-1.-1', channel, driver);
  const { io, out, err } = captureIo({
    cwd,
    time,
    openRpmsg: async (path, how) => openRpmsgChar(kernel, path, how),
  });
  const code = await run(['apr', 'services', ...words], io);
  const left = kernel.opened;
  kernel.end();
  return { code, out: out(), err: err(), left, asked: wire.asked };
}

test('the services of a real DSP, with branches where the firmware has them', async () => {
  expect(await bringup(['--device', '/dev/rpmsg3'])).toEqual({
    code: 0,
    out:
      '/dev/rpmsg3: apr_audio_svc over GLINK, the DSP is ready\n' +
      '  SERVICE       NUMBER  API  BRANCH\n' +
      '  CORE          3       2.8  5\n' +
      '  service 0x2a  42      3.1  0\n',
    err: '',
    left: [],
    // test/golden/apr-services.json, session, lines 0 and 3.
    asked: ['500214000305000003040000000000000c290100', '500214000305000003040000000000002c290100'],
  });
});

test('the packets of the exchange are written for Wireshark', async () => {
  expect((await bringup(['--device', '/dev/rpmsg3', '--capture', 'core.pcapng'])).code).toBe(0);
  const { io, out } = captureIo({ cwd });
  await run(['apr', 'decode', 'core.pcapng', '--brief'], io);
  expect(out().match(/AVCS_\w+/g)).toEqual([
    'AVCS_CMD_ADSP_EVENT_GET_STATE',
    'AVCS_CMDRSP_ADSP_EVENT_GET_STATE',
    'AVCS_CMD_GET_FWK_VERSION',
    'AVCS_CMDRSP_GET_FWK_VERSION',
  ]);
  expect(readFileSync(join(cwd, 'core.pcapng')).length).toBeGreaterThan(200);
});

test.each<[words: string[], options: Options, code: number, message: string]>([
  [
    ['--device', '/dev/rpmsg9'],
    {},
    3,
    '--device /dev/rpmsg9: there is no such file; ' +
      'modprobe rpmsg_char on a board whose DSP runs, or see bringup doctor rpmsg',
  ],
  [
    ['--device', '/dev/null'],
    {},
    2,
    '--device /dev/null: it is no channel to a remote processor; name one of /dev/rpmsg*',
  ],
  [
    ['--device', '/dev/rpmsg_ctrl0'],
    {},
    2,
    '--device /dev/rpmsg_ctrl0: this is the control device of an edge; ' +
      'name a channel, too: /dev/rpmsg_ctrl0:apr_audio_svc',
  ],
  [
    ['--device', '/dev/rpmsg_ctrl0:apr_audio_svc'],
    { plain: true },
    3,
    '--device /dev/rpmsg_ctrl0:apr_audio_svc: system calls need the package koffi; ' +
      'npm install koffi, or see bringup doctor koffi',
  ],
  [
    ['--device', '/dev/rpmsg3'],
    { openErrors: { rpmsg3: 'EACCES' } },
    3,
    '--device /dev/rpmsg3: permission denied; run it as root, or see bringup doctor rpmsg',
  ],
  [
    ['--device', '/dev/rpmsg3'],
    { openErrors: { rpmsg3: 'EINVAL' }, driver: 'qcom,apr' },
    3,
    "--device /dev/rpmsg3: the kernel's driver qcom,apr has channel apr_audio_svc " +
      '(adsp:glink-edge.apr_audio_svc.-1.-1); ' +
      'end the program that has it, or take it from the kernel as docs/apr.md says',
  ],
  [
    ['--device', '/dev/rpmsg3'],
    { openErrors: { rpmsg3: 'ENETRESET' } },
    3,
    '--device /dev/rpmsg3: the remote processor has died; name the file that the DSP has after its restart',
  ],
  [
    ['--device', '/dev/rpmsg3'],
    { channel: 'DIAG' },
    2,
    '--device /dev/rpmsg3: its channel is DIAG; only apr_audio_svc can be asked for services',
  ],
  [
    ['board.dts', '--device', '/dev/rpmsg3'],
    {},
    2,
    'board.dts: a tree and --device exclude each other; leave one of them out',
  ],
  [[], {}, 2, 'apr services: nothing is named to look at; name a TREE, or a real DSP: --device /dev/rpmsg0'],
  [['board.dts', '--capture', 'x.pcapng'], {}, 2, '--capture: a tree has no packets; name a --device, or leave it out'],
])('%j (%j) is refused with one line', async (words, options, code, message) => {
  const { asked, ...rest } = await bringup(words, options);
  expect(rest).toEqual({ code, out: '', err: `bringup: ${message}\n`, left: [] });
  expect(asked).toEqual([]);
});

test('a DSP that has died before it was asked is told', async () => {
  const { code, err, left } = await bringup(['--device', '/dev/rpmsg3'], { dead: true });
  expect([code, err, left]).toEqual([
    1,
    'bringup: --device /dev/rpmsg3: CORE GET_STATE: the DSP has died; ' +
      'check that it runs: cat /sys/class/remoteproc/remoteproc*/state\n',
    [],
  ]);
});

test('a channel that the driver cannot take is told with the reason', async () => {
  const { code, err, left } = await bringup(['--device', '/dev/rpmsg3'], { deaf: true });
  expect([code, left]).toEqual([1, []]);
  expect(err).toBe(
    'bringup: --device /dev/rpmsg3: cannot open channel apr_audio_svc; ' +
      'check that it runs: cat /sys/class/remoteproc/remoteproc*/state\n',
  );
});

test('with --json a refusal is a document', async () => {
  const { out } = await bringup(['--device', '/dev/rpmsg9', '--json']);
  expect(JSON.parse(out)).toMatchObject({ error: { exitCode: 3 } });
});
