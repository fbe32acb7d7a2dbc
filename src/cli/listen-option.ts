// Options that make a live machine listen: `--iiod [PORT]`, `--metrics [PORT]`, `--http [PORT]`.
import { Option } from '@commander-js/extra-typings';
import type { ListenAddress, ListenFault } from '../host/listen.js';
import { type ExitCode, Refusal } from './refusal.js';
import { parsed } from './verb.js';

/** Nobody outside of this computer is let in unless that is asked for. */
const LOOPBACK = '127.0.0.1';
const FORM = 'write PORT or ADDRESS:PORT, as in 30431 or 0.0.0.0:30431';

/** `--iiod [PORT]`. Without a value libiio's port. */
export function iiodOption() {
  return new Option(
    '--iiod [PORT]',
    'live, with the IIO devices served to libiio programs (port: 30431); ADDRESS:PORT to let others in',
  )
    .conflicts('for')
    .preset('30431')
    .argParser(parsed(parseListenAddress));
}

/** `--metrics [PORT]`. Without a value the port beside libiio's. */
export function metricsOption() {
  return new Option(
    '--metrics [PORT]',
    'live, with rails and device states served to Prometheus (port: 30432); ADDRESS:PORT as well',
  )
    .conflicts('for')
    .preset('30432')
    .argParser(parsed(parseListenAddress));
}

/** `--http [PORT]`. Without a value the third of these ports. */
export function httpOption() {
  return new Option(
    '--http [PORT]',
    'live, with the page of this board for a browser (port: 30433); ADDRESS:PORT lets in who has its URL',
  )
    .conflicts('for')
    .preset('30433')
    .argParser(parsed(parseListenAddress));
}

/** An address to listen at, or what is wrong with it. Port 0 takes a free one. */
export function parseListenAddress(text: string): ListenAddress | string {
  const [, brackets, plain, port = ''] = /^(?:\[([^\]]+)\]:|([^:]+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === '' || Number(port) > 65_535) return FORM;
  return { host: brackets ?? plain ?? LOOPBACK, port: Number(port) };
}

/** `127.0.0.1:30431`, `[::1]:30431`. */
export function formatAddress({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const FAULTS: Readonly<Record<ListenFault, readonly [exitCode: ExitCode, what: string, todo: string]>> = {
  'in-use': [3, 'the port is in use', 'end the program that has it (ss -ltnp), or name another port'],
  denied: [2, 'listening there is not permitted', 'name a port above 1023'],
  'no-address': [2, 'this computer does not have that address', 'name one that it has, 127.0.0.1 say'],
  unusable: [3, 'nobody can listen there', 'name another port'],
};

/** Why nothing listens there. */
export function cannotListen(option: string, address: ListenAddress, fault: ListenFault): Refusal {
  const [exitCode, what, todo] = FAULTS[fault];
  return new Refusal(exitCode, `${option} ${formatAddress(address)}`, what, todo);
}
