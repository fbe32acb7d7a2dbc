// A real Prometheus reads the metrics of a machine, and promtool finds nothing to say about them.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { prometheusText } from '../src/abi/prometheus-text.js';
import { startMetrics } from '../src/cli/metrics-service.js';
import { listen } from '../src/host/listen.js';
import { captureIo } from './capture.js';
import { liveLab } from './live-lab.js';
import { needs, runTool, startTool } from './tools.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** The lab board, running, and where its metrics are. */
async function machine(): Promise<{ url: string; hwmon: string }> {
  const { bench, nameIn, end } = await liveLab();
  undo.push(end);
  const metrics = await startMetrics(bench, { host: '127.0.0.1', port: 0 }, captureIo().io);
  undo.push(() => metrics.close());
  return { url: /http:\S+/.exec(metrics.about)?.[0] ?? '', hwmon: nameIn('hwmon') };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, { host: '127.0.0.1', port: 0 });
  server.close();
  await once(server, 'close');
  return port as number;
}

/** Starts Prometheus with one target; answers how to ask it. */
async function prometheus(target: string): Promise<(query: string) => Promise<unknown[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'bringup-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  const { host } = new URL(target);
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'bringup', static_configs: [{ targets: [host] }] }],
    }),
  );
  const port = await freePort();
  const options = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`];
  const child = startTool('prometheus', [...options, `--web.listen-address=127.0.0.1:${port}`]);
  undo.push(
    () => rmSync(folder, { recursive: true, force: true }),
    () => ended(child),
  );
  return async (query) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await answer.json()) as { data: { result: { metric: object; value: [number, string] }[] } };
    return data.result.map(({ metric, value: [, value] }) => ({ ...metric, value }));
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const end = once(child, 'exit');
  child.kill('SIGTERM');
  await end;
}

describe.skipIf(needs('prometheus', 'promtool'))('metrics', () => {
  test('promtool finds nothing wrong with them', async () => {
    const text = await (await fetch((await machine()).url)).text();
    const { stdout, stderr, status } = runTool('promtool', ['check', 'metrics'], { input: text });
    expect([stdout.toString(), stderr.toString(), status]).toEqual(['', '', 0]);
    expect(text.split('\n').filter((line) => line.startsWith('# TYPE')).length).toBeGreaterThan(4);
  });

  test('promtool reads what is escaped, and every number', () => {
    const values = [0, -0, 1e-7, 1e21, 0.1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const samples = values.map((value, at) => ({ labels: { at: String(at), text: '\\ " \n \\n µ €' }, value }));
    const input = prometheusText([{ name: 'a_volts', type: 'gauge', help: 'a \\ " \n b', samples }]);
    const { stdout, stderr, status } = runTool('promtool', ['check', 'metrics'], { input });
    expect([stdout.toString(), stderr.toString(), status]).toEqual(['', '', 0]);
    expect(runTool('promtool', ['check', 'metrics'], { input: input.replace('\\"', '"') }).status).not.toBe(0);
  });

  test('Prometheus scrapes the machine and answers what the model has', { timeout: 120_000 }, async () => {
    const { url, hwmon } = await machine();
    const query = await prometheus(url);
    const { host } = new URL(url);
    const asked = 'bringup_rail_volts{rail="VDD_12V_IN"}';
    await expect
      .poll(() => query(asked).catch(() => []), { timeout: 90_000, interval: 200 })
      .toEqual([
        {
          __name__: 'bringup_rail_volts',
          ...{ job: 'bringup', instance: host, chip: 'ina3221', hwmon, channel: '1' },
          ...{ path: '/soc@10000000/i2c@10001000/power-sensor@40', rail: 'VDD_12V_IN', value: '11' },
        },
      ]);
    const amperes = await query('bringup_rail_amperes{rail="VDD_12V_IN"}');
    expect(amperes).toMatchObject([{ value: '-2' }]);
    expect(await query('bringup_device_nodes{state="failed"}')).toMatchObject([{ value: '0' }]);
    expect(await query('up')).toMatchObject([{ value: '1' }]);
  });
});
