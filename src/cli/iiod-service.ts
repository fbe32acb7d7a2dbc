// `--iiod`: the machine's IIO devices for programs that use libiio.
import { iioDevices } from '../abi/iiod/iio-devices.js';
import { IiodServer } from '../abi/iiod/server.js';
import type { Bench } from '../bench/bench.js';
import type { ListenAddress } from '../host/listen.js';
import { listenTcp } from '../host/tcp-server.js';
import type { Io } from './io.js';
import { cannotListen, formatAddress } from './listen-option.js';
import { tellMistake } from './mistake.js';
import type { Service } from './services.js';
import { version } from './version.js';

/** A client has a connection for itself and one for every buffer that it opens. */
const CONNECTIONS = 64;

/** Begins to serve. The machine's time must pass meanwhile: scans and slow answers come with it. */
export async function startIiod({ core, tree }: Bench, address: ListenAddress, io: Io): Promise<Service> {
  const model = tree.root.string('model');
  const server = new IiodServer({
    devices: iioDevices(core),
    description: `bringup ${version()}${model === undefined ? '' : `: ${model}`}`,
    attributes: [['bringup,version', version()]],
    onMistake: (e) => tellMistake(io, 'iiod', e),
  });
  const tcp = await listenTcp({
    ...address,
    connections: CONNECTIONS,
    onConnection: (out, peer) => server.connection(out, peer),
  });
  if (typeof tcp === 'string') throw cannotListen('--iiod', address, tcp);
  const where = formatAddress({ ...address, port: tcp.port });
  return { about: `iiod at ${where}: iio_info -u ip:${where}`, close: () => tcp.close() };
}
