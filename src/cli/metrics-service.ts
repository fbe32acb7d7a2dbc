// `--metrics`: rails and device states for Prometheus.
import { readMetrics } from '../abi/metrics.js';
import { PROMETHEUS_TYPE, prometheusText } from '../abi/prometheus-text.js';
import type { Bench } from '../bench/bench.js';
import { listenHttp } from '../host/http-server.js';
import type { ListenAddress } from '../host/listen.js';
import type { Io } from './io.js';
import { cannotListen, formatAddress } from './listen-option.js';
import { tellMistake } from './mistake.js';
import type { Service } from './services.js';
import { version } from './version.js';

const CONNECTIONS = 32;
/** As long as Prometheus waits for metrics where it is not told otherwise. */
const PATIENCE_MS = 10_000;

const INDEX = `<!DOCTYPE html>
<title>bringup</title>
<p>This machine's <a href="/metrics">metrics</a>, for Prometheus.</p>
`;

/** Begins to serve. The machine's time must pass meanwhile: a slow sensor answers with it. */
export async function startMetrics({ core }: Bench, address: ListenAddress, io: Io): Promise<Service> {
  const build = { version: version(), node: process.versions.node };
  const metrics = async (): Promise<string> => prometheusText(await readMetrics(core, build));
  const server = await listenHttp({
    ...address,
    pages: [
      { path: '/', type: 'text/html; charset=utf-8', text: async () => INDEX },
      { path: '/metrics', type: PROMETHEUS_TYPE, text: metrics },
    ],
    connections: CONNECTIONS,
    patienceMs: PATIENCE_MS,
    onMistake: (e) => tellMistake(io, 'metrics', e),
  });
  if (typeof server === 'string') throw cannotListen('--metrics', address, server);
  const where = formatAddress({ ...address, port: server.port });
  return { about: `metrics at http://${where}/metrics`, close: () => server.close() };
}
