// The display driver, the GCE's driver and the chip models together: what the panel gets.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { captureIo } from '../../../test/capture.js';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import { ROOT } from '../../../test/sources.js';
import type { FlipResult } from '../flip-run.js';
import { run } from '../run.js';

const LAB = readFileSync(join(ROOT, 'boards/lab.dts'), 'utf8');
const cwd = mkdtempSync(join(tmpdir(), 'bringup-flip-'));
writeFileSync(join(cwd, 'lab.dts'), LAB);
afterAll(() => rmSync(cwd, { recursive: true }));

async function flip(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const { io, out, err } = captureIo({ cwd });
  const code = await run(['flip', ...args], io);
  return { code, out: out(), err: err() };
}

async function flipJson(...args: readonly string[]): Promise<{ code: number; paths: readonly FlipResult[] }> {
  const { code, out } = await flip(...args, '--json');
  return { code, ...(JSON.parse(out) as { paths: readonly FlipResult[] }) };
}

/** A board that differs from the lab board in one place. */
function board(name: string, from: string, to: string): string {
  expect(LAB).toContain(from);
  writeFileSync(join(cwd, name), LAB.replace(from, to));
  return name;
}

test('with a late processor the GCE shows every picture whole, and the processor tears them', async () => {
  const { code, paths } = await flipJson('lab.dts');
  const [gce, cpu] = paths as [FlipResult, FlipResult];
  expect(code).toBe(0);
  expect({ ...gce, steps: [], frames: 0 }).toEqual({
    path: 'gce',
    writer: 'gce',
    card: 'card0',
    crtc: 0,
    connector: 'DSI-1',
    width: 720,
    height: 1280,
    // The lab panel's mode: 67,906 kHz, 860 pixels a line, 1316 lines, 36 of them without picture.
    frameNs: 16_666_568,
    blankNs: 455_924,
    pictures: 8,
    shown: 8,
    whole: 8,
    errors: [],
    log: [],
    threads: [],
    frames: 0,
    torn: [],
    steps: [],
    findings: [],
    leaks: [],
  });
  expect(cpu).toMatchObject({ writer: 'cpu', shown: 8, errors: [], findings: [], leaks: [] });
  expect(cpu.torn.length).toBeGreaterThanOrEqual(4);
  for (const { parts } of cpu.torn) {
    const [above, below] = parts;
    expect(parts).toHaveLength(2);
    expect(below?.picture).toBe((above?.picture ?? 0) + 1);
    expect((above?.rows ?? 0) + (below?.rows ?? 0)).toBe(1280);
  }
});

test('the writes of the GCE lie between the end of a frame and the start of the next', async () => {
  const { paths } = await flipJson('lab.dts', '--path', 'gce');
  const { steps } = paths[0] as FlipResult;
  const writes = steps.filter(({ kind, who }) => kind === 'write' && who.endsWith('mailbox@10238000'));
  const start = steps.find(({ kind, what, at }) => kind === 'signal' && what === 'sof' && at > 0);
  // Facts U7: nine instructions for a layer, one of which is the mask of the last.
  expect(writes).toHaveLength(8);
  expect(writes.map(({ what }) => what.replace(/.*\+/, ''))).toEqual([
    '0x30',
    '0x44',
    '0x38',
    '0x3c',
    '0xf40',
    '0xc0',
    '0xc8',
    '0x2c',
  ]);
  for (const { at } of writes) {
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThan(start?.at ?? 0);
  }
});

test('a processor that is never late does not tear', async () => {
  const { code, paths } = await flipJson('lab.dts', '--path', 'cpu', '--latency', '0ms');
  expect(code).toBe(0);
  expect(paths[0]).toMatchObject({ writer: 'cpu', torn: [], shown: 8, whole: 8 });
});

test('the same seed gives the same run, another one another', async () => {
  const once = await flip('lab.dts', '--path', 'cpu', '--pictures', '3');
  expect(await flip('lab.dts', '--path', 'cpu', '--pictures', '3')).toEqual(once);
  expect(await flip('lab.dts', '--path', 'cpu', '--pictures', '3', '--seed', '2')).not.toEqual(once);
});

test('an event that never comes: the kernel says so in its words, and the chip what it waits for', async () => {
  const { code, out } = await flip('lab.dts', '--path', 'gce', '--fault', 'event.fire@stream_eof0=lost');
  expect(code).toBe(1);
  expect(out).toMatch(/gce +the GCE +0 of 8 +0 +0 +0\n/);
  expect(out).toContain('[drm] *ERROR* mtk_crtc 0 CMDQ execute command timeout!');
  expect(out).toContain('flip_done timed out');
  expect(out).toMatch(/thread 0 waits for event 130 \(\w+\) to be 1/);
});

test('a write that gets lost: the driver takes the pictures for shown, the panel did not see them', async () => {
  const { code, paths } = await flipJson('lab.dts', '--path', 'gce', '--fault', 'mmio.write@0x14008f40=lost');
  expect(code).toBe(1);
  expect(paths[0]).toMatchObject({ shown: 8, whole: 0, errors: [] });
});

test.each([
  ['no-event.dts', 'mediatek,gce-events = <130 131>;', '', 'failed to get mediatek,gce-events property'],
  ['no-mbox.dts', 'mboxes = <&gce 0 1>, <&gce 1 1>;', '', 'failed to create mailbox client'],
])('%s: without it the processor writes, and the text says why', async (name, from, to, why) => {
  const { code, out } = await flip(board(name, from, to), '--path', 'gce', '--pictures', '2');
  expect(code).toBe(0);
  expect(out).toMatch(/gce +the processor +2 of 2/);
  expect(out).toContain(`path gce goes without the GCE: ${why}`);
});

test('an event of another mutex never releases the packet', async () => {
  const wrong = board('wrong-event.dts', 'mediatek,gce-events = <130 131>;', 'mediatek,gce-events = <131 130>;');
  const { code, out } = await flip(wrong, '--path', 'gce', '--pictures', '1');
  expect(code).toBe(1);
  expect(out).toContain('thread 0 waits for event 131');
});

test('pictures are written as the panel got them', async () => {
  const { code } = await flip('lab.dts', '--pictures', '2', '-o', '.');
  expect(code).toBe(0);
  for (const name of ['gce.png', 'cpu.png'])
    expect(readFileSync(join(cwd, name)).subarray(1, 4).toString()).toBe('PNG');
});

test.each([
  [['lab.dts', '--connector', 'HDMI-A-1'], '--connector HDMI-A-1: there is no such output; there are DSI-1'],
  [
    ['lab.dts', '--trace', 't.txt'],
    '--trace t.txt: two machines do not go into one trace; add --path gce or --path cpu',
  ],
  [
    ['lab.dts', '-o', 'nowhere', '--pictures', '1'],
    'nowhere/gce.png: it cannot be created there; check that its folder exists',
  ],
  [['lab.dts', '--pictures', '0'], 'write a whole number from 1 to 10000'],
  [['lab.dts', '--latency', '2s'], 'more than a second is no latency; write less'],
  [['lab.dts', '--fault', 'event.fire=late'], "event.fire cannot end in 'late'; use =lost"],
  [['missing.dts'], 'missing.dts: there is no such file; check the path'],
])('%j is refused in one line', async (args, what) => {
  const { code, out, err } = await flip(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(what);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});

test('a machine without a display says who waits for whom', async () => {
  const bare = board('no-panel.dts', 'compatible = "bringup,lab-panel";', 'compatible = "acme,panel";');
  const { code, err } = await flip(bare);
  expect(code).toBe(1);
  expect(err).toMatch(/^bringup: display: this machine has none that can be switched on: .*acme,panel.*no driver/);
});

test('a trace has registers, events and threads', async () => {
  await flip('lab.dts', '--path', 'gce', '--pictures', '1', '--trace', 'wires.txt');
  const text = readFileSync(join(cwd, 'wires.txt'), 'utf8');
  expect(text).toMatch(/mutex@14016000: event_fire: stream_eof0 to \/soc@10000000\/mailbox@10238000:130/);
  expect(text).toMatch(/mailbox@10238000: mmio_write: 0x14008f40/);
  expect(text).toMatch(/gce_thread: thread=0/);
});

const KRANE = inCorpus(corpusFolders(), 'dtb/mt8183-kukui-krane-sku176.dtb');
test.skipIf(KRANE === undefined)('the Lenovo Duet: whole pictures through the GCE, torn ones without', async () => {
  expect(existsSync(KRANE as string)).toBe(true);
  const { code, paths } = await flipJson(KRANE as string, '--pictures', '3');
  expect(code).toBe(0);
  expect(paths[0]).toMatchObject({ writer: 'gce', width: 1200, height: 1920, shown: 3, whole: 3, torn: [] });
  expect(paths[1]).toMatchObject({ writer: 'cpu', shown: 3 });
  expect(paths[1]?.torn.length).toBeGreaterThan(0);
});
