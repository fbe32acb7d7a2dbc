// The contract of edges over the system calls of this computer: sockets that keep the borders of messages stand in for
// /dev/rpmsgN. Where BRINGUP_RPMSG names a real one (/dev/rpmsgN, or /dev/rpmsg_ctrlN:CHANNEL) it is opened, too.
import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { rpmsgContract } from '../bus/rpmsg.contract.js';
import { rpmsgEnds } from '../../test/rpmsg-ends.js';
import { RpmsgKernel } from '../../test/rpmsg-kernel.js';
import { socketWires } from '../../test/rpmsg-socket.js';
import { loadNative } from './native.js';
import { openRpmsgChar } from './rpmsg-char.js';
import { rpmsgSystem } from './rpmsg-system.js';

const native = loadNative();
if (native === undefined) process.stderr.write('rpmsg: koffi is not installed: skipped; npm install koffi\n');

const WAYS = [
  ['smd', '/dev/rpmsg0', false, 'in epoll'],
  ['glink', '/dev/rpmsg0', false, 'in epoll'],
  ['glink', '/dev/rpmsg_ctrl0:apr_audio_svc', false, 'in epoll'],
  ['glink', '/dev/rpmsg0', true, 'looking now and then'],
] as const;

for (const [transport, path, plain, how] of native === undefined ? [] : WAYS) {
  rpmsgContract(`${path}, ${transport}, ${how}`, () => {
    const kernel = new RpmsgKernel({ transport, wire: socketWires(native as NonNullable<typeof native>, plain) });
    kernel.addEndpoint('rpmsg0', 'apr_audio_svc', 'device');
    return rpmsgEnds(kernel, path);
  });
}

test.skipIf(native === undefined)('five hundred openings leave no file behind, whoever waits for them', async () => {
  const files = (): number => readdirSync('/proc/self/fd').length;
  const kernel = new RpmsgKernel({ transport: 'smd', wire: socketWires(native as NonNullable<typeof native>) });
  kernel.addEndpoint('rpmsg0', 'apr_audio_svc', 'device');
  const edge = openRpmsgChar(kernel, '/dev/rpmsg0');
  edge.open('apr_audio_svc', () => 0).close();
  await setTimeout(20);
  const before = files();
  for (let round = 0; round < 500; round++) {
    const end = edge.open('apr_audio_svc', () => 0);
    if (round % 2 === 0) await setTimeout(0); // so that somebody waits
    end.close();
  }
  for (let waits = 0; waits < 200 && files() > before; waits++) await setTimeout(5);
  expect(files()).toBeLessThanOrEqual(before);
  edge.close();
  kernel.end();
});

const real = process.env['BRINGUP_RPMSG'];
if (real === undefined) process.stderr.write('rpmsg: set BRINGUP_RPMSG=/dev/rpmsgN to try a real channel: skipped\n');

const GET_STATE = Uint8Array.from(Buffer.from('500214000305000003040000000000000c290100', 'hex'));

// Nobody can be asked to send what the contract wants, so this is what an audio DSP does by itself.
test.skipIf(real === undefined)('a real audio DSP answers, and can be opened again at once', async () => {
  const edge = openRpmsgChar(rpmsgSystem(native), real as string);
  for (let round = 0; round < 2; round++) {
    const heard: Uint8Array[] = [];
    const end = edge.open(edge.channel, (bytes) => heard.push(bytes));
    expect(end.trysend(GET_STATE)).toBe(0);
    for (let waits = 0; heard.length === 0 && waits < 100; waits++) await setTimeout(10);
    expect(heard[0]?.length).toBeGreaterThanOrEqual(20);
    end.close();
  }
  edge.close();
});
