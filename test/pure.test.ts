// The pure rooms need nothing of Node: bundled for a browser they boot the lab board in a world that has only
// ECMAScript and the two text coders.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { ROOT } from './sources.js';

const PROGRAM = `
import { readRails } from './src/abi/rails.js';
import { traceJson } from './src/abi/trace-text.js';
import { Bench } from './src/bench/bench.js';
import { ina3221Chip } from './src/chips/ina3221/ina3221.js';
import { Drm } from './src/core/drm.js';
import { ina3221 } from './src/drivers/ina3221/ina3221.js';
import { mtkDrmDrivers } from './src/drivers/mtk-drm/mtk-drm.js';
import { panelDrivers } from './src/drivers/panel-mipi-dsi/panel-mipi-dsi.js';
import { compile } from './src/dt/compile.js';
import { memoryFiles } from './src/base/files.js';
import { decompile } from './src/dt/decompile.js';
import { readFdt } from './src/dt/fdt-read.js';
import { writeFdt } from './src/dt/fdt-write.js';

globalThis.boot = async (source) => {
  const { tree } = compile('lab.dts', memoryFiles({ 'lab.dts': source }));
  const again = readFdt(writeFdt(tree)).tree;
  const settle = async () => { for (let i = 0; i < 1000; i++) await undefined; };
  const drivers = [ina3221, ...mtkDrmDrivers, ...panelDrivers];
  const bench = new Bench({ tree: again, drivers, chips: [ina3221Chip()], settle });
  let events = 0;
  bench.trace.attach((event) => { events += traceJson(event).length > 0 ? 1 : 0; });
  await bench.powerOn();
  const rails = await readRails(bench.core);
  const cards = bench.core.subsystem(Drm).devices.map(({ name }) => name);
  const left = await bench.powerOff();
  const text = decompile(again).length > 1000;
  return { rails: rails.map(({ label }) => label), cards, left, traced: events > 50, text };
};`;

test('the lab board boots where there is no Node', async () => {
  const stdin = { contents: PROGRAM, resolveDir: ROOT, loader: 'ts' } as const;
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2023',
  });
  const world = createContext({ TextDecoder, TextEncoder });
  runInContext(outputFiles[0]?.text as string, world);
  const source = readFileSync(join(ROOT, 'boards/lab.dts'), 'utf8');
  const outcome = (await runInContext('boot', world)(source)) as unknown;
  expect(outcome).toEqual({
    rails: ['VDD_12V_IN', 'VDD_5V_SYS', 'VDD_CPU', 'VDD_3V3_IO', 'VDD_1V8_IO', 'in3'],
    cards: ['card0'],
    left: [],
    traced: true,
    text: true,
  });
});
