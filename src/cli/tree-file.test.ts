import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { captureIo } from '../../test/capture.js';
import { run } from './run.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-tree-file-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(cwd, name), content);

put('base.dts', '/dts-v1/;\n/ {\n\tuart: serial { compatible = "acme,uart"; };\n};\n');
put('off.dtso', '/dts-v1/;\n/plugin/;\n&uart { status = "disabled"; };\n');
put('on.dtso', '/dts-v1/;\n/plugin/;\n&uart { status = WORD; };\n');
put('other.dtso', '/dts-v1/;\n/plugin/;\n&spi { status = "okay"; };\n');
put('plain.dts', '/dts-v1/;\n/ { };\n');
put('cut.dtbo', Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed, 0, 0));
mkdirSync(join(cwd, 'folder'));

async function devices(tail: string, stdin = ''): Promise<{ code: number; states: string[]; err: string }> {
  const { io, out, err } = captureIo({ cwd, stdin });
  const code = await run(`devices ${tail} --json`.split(' '), io);
  const { devices: found = [] } = JSON.parse(out()) as { devices?: { state: string }[] };
  return { code, states: found.map(({ state }) => state), err: err() };
}

test('overlays are applied in order, sources and blobs alike', async () => {
  expect(await devices('base.dts')).toEqual({ code: 0, states: ['no driver'], err: '' });
  expect(await devices('base.dts --overlay off.dtso')).toEqual({ code: 0, states: ['disabled'], err: '' });
  const { io } = captureIo({ cwd });
  await run('dt compile off.dtso -q -o off.dtbo'.split(' '), io);
  await run('dt compile base.dts -q -@ -o base.dtb'.split(' '), io);
  expect((await devices('base.dtb --overlay off.dtbo')).states).toEqual(['disabled']);
  const both = await devices('base.dtb --overlay off.dtbo --overlay on.dtso -D WORD="okay"');
  expect(both).toEqual({ code: 0, states: ['no driver'], err: '' });
});

test('an overlay may come from the standard input', async () => {
  const { states } = await devices('base.dts --overlay -', '/dts-v1/; /plugin/; &uart { status = "fail"; };');
  expect(states).toEqual(['disabled']);
});

test.each([
  ['base.dts --overlay none.dtbo', 2, 'bringup: none.dtbo: there is no such file; check the path\n'],
  ['base.dts --overlay folder', 2, 'bringup: folder: this is a directory; name a file in it\n'],
  [
    'base.dts --overlay plain.dts',
    1,
    'bringup: plain.dts: nothing was applied: no top-level node has an __overlay__ child; give an overlay ' +
      '(/plugin/) or its blob; nothing was loaded\n',
  ],
  [
    'base.dts --overlay other.dtso',
    1,
    'other.dtso:3:1: error: the overlay needs label spi, but /__symbols__ of the base tree has no such label ' +
      '[dt/overlay/unknown-label]\nbringup: other.dtso: 1 error; it does not fit base.dts; nothing was loaded\n',
  ],
  [
    'base.dts --overlay other.dtbo',
    1,
    expect.stringMatching(/^bringup: other\.dtbo: .*spi.*; it does not fit base\.dts; nothing was loaded\n$/),
  ],
  [
    'base.dts --overlay cut.dtbo',
    1,
    expect.stringMatching(/^bringup: cut\.dtbo: .*copy it again; nothing was loaded\n$/),
  ],
  [
    '- --overlay -',
    2,
    'bringup: --overlay: - stands for the standard input, which is read once; give the others as files\n',
  ],
])('devices %s is refused, with the line where it has one', async (tail, code, err) => {
  await run('dt compile other.dtso -q -o other.dtbo'.split(' '), captureIo({ cwd }).io);
  expect(await devices(tail)).toEqual({ code, states: [], err });
});
