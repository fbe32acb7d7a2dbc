// The ends that the contract of edges wants, on a kernel that is stood in for.
import { setTimeout } from 'node:timers/promises';
import { hex } from '../src/base/bytes.js';
import type { RpmsgEnds } from '../src/bus/rpmsg.contract.js';
import { openRpmsgChar } from '../src/host/rpmsg-char.js';
import type { RpmsgKernel } from './rpmsg-kernel.js';

const CHANNEL = 'apr_audio_svc';

/** Opens a file of it. The remote processor takes what comes when the ends settle. */
export function rpmsgEnds(kernel: RpmsgKernel, path: string): RpmsgEnds {
  const edge = openRpmsgChar(kernel, path);
  const got: string[] = [];
  const collect = (): void => {
    for (let bytes = kernel.wire?.take(); bytes !== undefined; bytes = kernel.wire?.take()) got.push(hex(bytes, ''));
  };
  const settle = async (): Promise<void> => {
    while (kernel.wire?.idle === false) await setTimeout(1);
    await setTimeout(0);
    collect();
  };
  const kill = async (): Promise<void> => {
    let down = false;
    const stop = edge.watch({ up: () => undefined, down: () => (down = true) });
    kernel.wire?.kill();
    while (!down) await setTimeout(1);
    stop();
  };
  const close = (): void => {
    edge.close();
    kernel.end();
  };
  return {
    edge,
    channel: CHANNEL,
    got,
    reply: (bytes) => kernel.wire?.push(bytes) ?? -32,
    settle,
    kill,
    dead: -32,
    close,
  };
}
