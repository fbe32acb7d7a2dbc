import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { needs } from '../../test/tools.js';
import type { EthernetPeer, EthernetReceive } from '../bus/ethernet.js';
import { joinPasst, type PasstJoint } from './passt.js';

let folder = '';
let child: ChildProcess | undefined;
let joint: PasstJoint | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bringup-passt-'));
  chmodSync(folder, 0o777); // passt gives up root
});
afterEach(() => {
  joint?.close();
  child?.kill();
  rmSync(folder, { recursive: true });
});

/** Starts passt without any address of this computer's network. */
async function startPasst(path: string): Promise<void> {
  const options = ['-f', '-1', '-q', '-s', path, '-a', '10.98.0.2', '-n', '24', '-g', '10.98.0.1', '-4'];
  const passt = 'passt';
  child = spawn(passt, options, { stdio: 'ignore' });
  await expect.poll(() => existsSync(path), { timeout: 10_000 }).toBe(true);
}

function port(): { peer: EthernetPeer; frames: Uint8Array[]; plugs: boolean[]; send: EthernetReceive } {
  const [frames, plugs]: [Uint8Array[], boolean[]] = [[], []];
  let heard: EthernetReceive = () => {};
  const peer: EthernetPeer = {
    name: '/fman/mac',
    send: (frame) => void frames.push(frame.slice()),
    listen(receive) {
      heard = receive;
      return () => {};
    },
    plug: (link) => void plugs.push(link !== undefined),
  };
  return { peer, frames, plugs, send: (frame) => heard(frame) };
}

/** Who has 10.98.0.1? (RFC 826; from 02:00:00:00:00:01, 10.98.0.2.) */
const ASK = Uint8Array.from(
  Buffer.from(
    'ffffffffffff0200000000010806' + '0001080006040001' + '0200000000010a620002' + '0000000000000a620001',
    'hex',
  ),
);

test.skipIf(needs('passt'))('passt answers, and its end is seen', async () => {
  const path = join(folder, 'passt.socket');
  await startPasst(path);
  const { peer, frames, plugs, send } = port();
  joint = joinPasst(peer, path, { againMs: 60_000 });
  await expect.poll(() => plugs, { timeout: 10_000 }).toEqual([true]);
  send(ASK);
  const answers = (): string[] =>
    frames.map((frame) => Buffer.from(frame).toString('hex')).filter((hex) => hex.slice(24, 28) === '0806');
  await expect.poll(() => answers().length, { timeout: 10_000 }).toBe(1);
  // An answer (operation 2) to us, from the address that was asked for.
  expect(answers()[0]).toMatch(/^020000000001.{12}08060001080006040002.{12}0a6200010200000000010a620002/);
  child?.kill();
  await expect.poll(() => plugs, { timeout: 10_000 }).toEqual([true, false]);
});
