// `bringup apr services --device` against the modelled DSP, over channels that the kernel of this computer carries.
import { afterEach, expect, test } from 'vitest';
import { run } from '../src/cli/run.js';
import type { DspOptions } from '../src/chips/qdsp6/qdsp6.js';
import { hostTime } from '../src/host/live.js';
import { loadNative } from '../src/host/native.js';
import { openRpmsgChar } from '../src/host/rpmsg-char.js';
import { captureIo } from './capture.js';
import { type ModelledDsp, modelledDsp } from './rpmsg-dsp.js';
import { RpmsgKernel } from './rpmsg-kernel.js';
import { socketWires } from './rpmsg-socket.js';

const native = loadNative();
const CHANNEL = 'apr_audio_svc';
const GET_STATE = 0x1290c;
const FWK = 0x1292c;
const VERSIONS = 0x12905;
const ended: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

interface Board {
  readonly kernel: RpmsgKernel;
  readonly dsp: ModelledDsp;
  bringup(...words: string[]): Promise<{ code: number; out: string; err: string }>;
}

async function board(transport: 'smd' | 'glink', options: DspOptions = {}): Promise<Board> {
  const kernel = new RpmsgKernel({ transport, wire: socketWires(native as NonNullable<typeof native>) });
  ended.push(() => kernel.end());
  kernel.addEndpoint('rpmsg0', CHANNEL, 'device');
  const dsp = await modelledDsp(kernel, options);
  ended.push(() => dsp.end());
  return {
    kernel,
    dsp,
    async bringup(...words) {
      const openRpmsg = async (path: string, how: object) => openRpmsgChar(kernel, path, how);
      const { io, out, err } = captureIo({ time: hostTime, openRpmsg });
      return { code: await run(['apr', 'services', '--device', ...words], io), out: out(), err: err() };
    },
  };
}

// The model's CORE is that of msm8996 (test/golden/apr-services.json has its versions).
const TABLE = `  SERVICE  NUMBER  API
  CORE     3       2.8
  AFE      4       2.8
  ASM      7       2.8
  ADM      8       2.8
`;

test.skipIf(native === undefined)('a file of a channel leads to the DSP, and is closed again', async () => {
  const { kernel, bringup } = await board('smd');
  const out = `/dev/rpmsg0: apr_audio_svc over SMD, the DSP is ready\n${TABLE}`;
  expect(await bringup('/dev/rpmsg0')).toEqual({ code: 0, out, err: '' });
  expect(kernel.opened).toEqual([]);
  expect(await bringup('/dev/rpmsg0')).toEqual({ code: 0, out, err: '' });
});

test.skipIf(native === undefined)('an endpoint is made at the control device, and unmade', async () => {
  const { kernel, bringup } = await board('glink', { bootMs: 300 });
  const device = `/dev/rpmsg_ctrl0:${CHANNEL}`;
  const { code, out, err } = await bringup(device, '--json');
  expect([code, err, JSON.parse(out)]).toEqual([
    0,
    '',
    {
      device,
      channel: CHANNEL,
      transport: 'glink',
      services: [
        { service: 3, name: 'CORE', version: '2.8', branch: 0 },
        { service: 4, name: 'AFE', version: '2.8', branch: 0 },
        { service: 7, name: 'ASM', version: '2.8', branch: 0 },
        { service: 8, name: 'ADM', version: '2.8', branch: 0 },
      ],
    },
  ]);
  expect([kernel.nodes, kernel.opened]).toEqual([['rpmsg0'], []]);
});

test.skipIf(native === undefined)('firmware that does not tell versions is ready all the same', async () => {
  const variants = [FWK, VERSIONS].map((opcode) => ({ opcode, effect: 'status', value: 3 }) as const);
  const { bringup } = await board('smd', { variants });
  expect(await bringup('/dev/rpmsg0')).toEqual({
    code: 0,
    out: '/dev/rpmsg0: apr_audio_svc over SMD, the DSP is ready\n  its firmware tells no versions\n',
    err: '',
  });
});

test.skipIf(native === undefined)('a DSP that is silent is one line after three seconds', async () => {
  const { kernel, bringup } = await board('smd', { variants: [{ opcode: GET_STATE, effect: 'silent' }] });
  expect(await bringup('/dev/rpmsg0')).toEqual({
    code: 1,
    out: '',
    err:
      'bringup: --device /dev/rpmsg0: CORE GET_STATE: not ready after 3 s: no answer; ' +
      'check that it runs: cat /sys/class/remoteproc/remoteproc*/state\n',
  });
  expect(kernel.opened).toEqual([]);
});

test.skipIf(native === undefined)('a DSP that dies while it is asked is told, and not waited for', async () => {
  const { kernel, bringup } = await board('glink', { crashAtPacket: 1 });
  const { code, out, err } = await bringup('/dev/rpmsg0');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  // In real time a packet may come to the channel just before or just after its end; either way it is one line.
  const line = /^bringup: --device \/dev\/rpmsg0: CORE GET_STATE: (?:the DSP has died|the packet was not sent); check /;
  expect(err).toMatch(line);
  expect(kernel.opened).toEqual([]);
});
