import { expect, test } from 'vitest';
import { Trace } from '../base/trace.js';
import { EdgeCapture } from './edge-capture.js';
import { readPcapng } from './pcapng-read.js';

const APR = '/soc/remoteproc@9300000/smd-edge.apr_audio_svc';

test('messages of the trace are packets, with their way, time and what went wrong', () => {
  let now = 0;
  const trace = new Trace(() => now);
  const parts: Uint8Array[] = [];
  const capture = new EdgeCapture(
    trace,
    (bytes) => parts.push(bytes),
    (channel) => channel.endsWith('apr_audio_svc'),
  );
  trace.emit(APR, { kind: 'rpmsg_send', bytes: '50 02 14 00', ret: 0 });
  now = 1_500_000;
  trace.emit(APR, { kind: 'rpmsg_deliver', bytes: '50 01 9f' });
  trace.emit('/soc/remoteproc@9300000/smd-edge.ipcrtr', { kind: 'rpmsg_send', bytes: '01', ret: 0 });
  trace.emit(APR, { kind: 'rpmsg_send', bytes: '50', ret: -11 });
  trace.emit(APR.replace('.apr_audio_svc', ''), { kind: 'fault', point: 'rpmsg.send:apr_audio_svc#2', fault: 'drop' });
  trace.emit(APR, { kind: 'rpmsg_send', bytes: '', ret: 0 });
  capture.end();
  trace.emit(APR, { kind: 'rpmsg_send', bytes: '51', ret: 0 });
  expect([trace.on, capture.packets, capture.leftOut]).toEqual([false, 4, 0]);
  const { capture: read, diagnostics } = readPcapng(Uint8Array.from(Buffer.concat(parts)));
  expect(diagnostics).toEqual([]);
  expect(read?.interfaces.map(({ name }) => name)).toEqual([APR]);
  expect(read?.packets.map(({ timeNs, way, comment, bytes }) => [timeNs, way, comment, [...bytes]])).toEqual([
    [0n, 'out', undefined, [0x50, 2, 0x14, 0]],
    [1_500_000n, 'in', undefined, [0x50, 1, 0x9f]],
    [1_500_000n, 'out', 'not sent: EAGAIN (-11)', [0x50]],
    [1_500_000n, 'out', 'fault: drop (rpmsg.send:apr_audio_svc#2)', []],
  ]);
});
