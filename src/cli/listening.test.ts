import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Command } from '@commander-js/extra-typings';
import { afterEach, expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { captureIo } from '../../test/capture.js';
import { treeOf } from '../../test/lab.js';
import { platformDriver } from '../core/platform-device.js';
import { hwmonDeviceRegister } from '../core/hwmon.js';
import { startIiod } from './iiod-service.js';
import type { Service } from './services.js';
import { formatAddress, iiodOption, metricsOption, parseListenAddress } from './listen-option.js';
import { startMetrics } from './metrics-service.js';
import { Refusal } from './refusal.js';
import { version } from './version.js';

const started: Service[] = [];
afterEach(async () => {
  for (const one of started.splice(0)) await one.close();
});
const kept = (listening: Service): Service => {
  started.push(listening);
  return listening;
};

const FREE = { host: '127.0.0.1', port: 0 };
const portOf = ({ about }: Service): number => Number(/127\.0\.0\.1:(\d+)/.exec(about)?.[1]);

test.each([
  ['30431', { host: '127.0.0.1', port: 30431 }, '127.0.0.1:30431'],
  ['0', { host: '127.0.0.1', port: 0 }, '127.0.0.1:0'],
  ['0.0.0.0:1', { host: '0.0.0.0', port: 1 }, '0.0.0.0:1'],
  ['localhost:65535', { host: 'localhost', port: 65535 }, 'localhost:65535'],
  ['[::1]:30431', { host: '::1', port: 30431 }, '[::1]:30431'],
])('%s is an address to listen at', (typed, address, shown) => {
  expect(parseListenAddress(typed)).toEqual(address);
  expect(formatAddress(address)).toBe(shown);
});

test.each(['', '65536', '-1', 'iiod', ':1', '::1:2', '1:', '0x10', '1 2'])('%j is none', (typed) => {
  expect(parseListenAddress(typed)).toBe('write PORT or ADDRESS:PORT, as in 30431 or 0.0.0.0:30431');
});

test('the options have a port of their own, and the loopback', () => {
  const options = (args: string[]) =>
    new Command().addOption(iiodOption()).addOption(metricsOption()).parse(args, { from: 'user' }).opts();
  expect(options([])).toEqual({});
  expect(options(['--iiod', '--metrics'])).toEqual({
    iiod: { host: '127.0.0.1', port: 30431 },
    metrics: { host: '127.0.0.1', port: 30432 },
  });
  expect(options(['--iiod', '1', '--metrics=[::1]:2'])).toEqual({
    iiod: { host: '127.0.0.1', port: 1 },
    metrics: { host: '::1', port: 2 },
  });
});

test('iiod serves the machine’s devices and says where; closing ends its clients', async () => {
  const bench = benchOf(treeOf('/ { model = "a <b> board"; };'));
  await bench.powerOn();
  const { io } = captureIo();
  const iiod = kept(await startIiod(bench, FREE, io));
  const port = portOf(iiod);
  expect(iiod.about).toBe(`iiod at 127.0.0.1:${port}: iio_info -u ip:127.0.0.1:${port}`);
  const client = connect(port, '127.0.0.1');
  client.write('PRINT\r\nVERSION\r\n');
  let heard = '';
  client.on('data', (bytes: Buffer) => (heard += bytes.toString()));
  while (!heard.endsWith('0.24.v0.24  \n')) await once(client, 'data');
  expect(heard).toContain(`description="bringup ${version()}: a &lt;b&gt; board" >`);
  const ended = once(client, 'close');
  await started.pop()?.close();
  await ended;
});

test('metrics are served as text for Prometheus, with an index beside them', async () => {
  const sensor = platformDriver({
    name: 'sensor',
    compatible: ['x,s'],
    probe: (dev) => {
      const ops = { isVisible: () => 0o444, read: () => 1500 };
      hwmonDeviceRegister(dev, { name: 'chip', info: [{ type: 'in', channels: [['input']] }], ops });
    },
  });
  const bench = benchOf(treeOf('/ { s { compatible = "x,s"; }; };'), { drivers: [sensor] });
  await bench.powerOn();
  const metrics = kept(await startMetrics(bench, FREE, captureIo().io));
  const port = portOf(metrics);
  expect(metrics.about).toBe(`metrics at http://127.0.0.1:${port}/metrics`);
  const page = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  const lines = (await page.text()).split('\n');
  expect(lines).toContain('bringup_rail_volts{path="/s",hwmon="hwmon0",chip="chip",channel="0",rail="in0"} 1.5');
  expect(lines).toContain(`bringup_build_info{version="${version()}",node="${process.versions.node}"} 1`);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('<a href="/metrics">');
});

test('a port that is taken is refused in a line', async () => {
  const bench = benchOf(treeOf('/ { };'));
  await bench.powerOn();
  const { io } = captureIo();
  const port = portOf(kept(await startIiod(bench, FREE, io)));
  const address = { host: '127.0.0.1', port };
  const refusal = (start: Promise<unknown>): Promise<unknown> => start.catch((e: unknown) => e);
  const [iiod, metrics] = [
    await refusal(startIiod(bench, address, io)),
    await refusal(startMetrics(bench, address, io)),
  ];
  const todo = 'end the program that has it (ss -ltnp), or name another port';
  expect([iiod, metrics]).toEqual([
    new Refusal(3, `--iiod 127.0.0.1:${port}`, 'the port is in use', todo),
    new Refusal(3, `--metrics 127.0.0.1:${port}`, 'the port is in use', todo),
  ]);
  expect(await text(connect(port, '127.0.0.1').end('VERSION\r\n'))).toBe('0.24.v0.24  \n');
});
