// `--tap PORT=NAME`, `--wire PORT=END`, `--offload`: which ports of a machine this computer has, how it deals with
// them, and where their cables lead.
import { Option } from '@commander-js/extra-typings';
import { type Repeated, repeated } from './verb.js';
import { Refusal } from './refusal.js';

/** `--tap`. */
export function tapOption(): Repeated<'--tap <PORT=NAME>'> {
  const about =
    'live, with the Ethernet port as network device NAME of this computer, as in fm1-mac3=tap0 (repeatable)';
  return repeated('--tap <PORT=NAME>', about);
}

/** `--wire`. */
export function wireOption(): Repeated<'--wire <PORT=END>'> {
  const about = 'where the cable of a port leads: another PORT, tap:NAME, passt:SOCKET, pcap:FILE or none (repeatable)';
  return repeated('--wire <PORT=END>', about);
}

/** `--offload`. */
export function offloadOption(): Option<'--offload'> {
  const about = 'large frames and checksums of every --tap are left to the port, as to a network card: faster';
  return new Option('--offload', about);
}

/** What the options about ports say. */
export interface NetworkOptions {
  readonly tap: readonly string[];
  readonly wire: readonly string[];
  readonly offload?: true | undefined;
}

/** Whether they want anything. Refuses what means nothing alone. */
export function wantsNetwork({ tap, wire, offload }: NetworkOptions): boolean {
  if (offload === true && tap.length === 0) {
    throw new Refusal(2, '--offload', 'there is no --tap that it could be for', 'add --tap PORT=NAME');
  }
  return tap.length + wire.length > 0;
}

/** A port that is a network device of this computer. */
export interface TapWish {
  readonly port: string;
  readonly tap: string;
  /** As it was typed. */
  readonly text: string;
}

/** A cable. */
export interface WireWish {
  readonly port: string;
  readonly kind: 'port' | 'tap' | 'passt' | 'pcap' | 'none';
  readonly to: string;
  /** As it was typed. */
  readonly text: string;
}

const KINDS = ['tap', 'passt', 'pcap'] as const;

/** Reads the value of `--tap`. */
export function parseTap(value: string): TapWish {
  const text = `--tap ${value === '' ? "''" : value}`;
  const [, port = '', tap = ''] = /^([^=]*)=(.*)$/.exec(value) ?? [];
  if (port !== '' && tap !== '') return { port, tap, text };
  throw new Refusal(2, text, 'this is no port and name', 'write PORT=NAME, as in fm1-mac3=tap0');
}

/** Reads the value of `--wire`. */
export function parseWire(value: string): WireWish {
  const text = `--wire ${value === '' ? "''" : value}`;
  const [, port = '', end = ''] = /^([^=]*)=(.*)$/.exec(value) ?? [];
  const form = 'write PORT=END, as in fm1-mac3=fm1-mac4, fm1-mac3=tap:net0, fm1-mac3=passt:/tmp/passt.socket';
  if (port === '' || end === '') throw new Refusal(2, text, 'this is no port and end of its cable', form);
  if (end === 'none') return { port, kind: 'none', to: '', text };
  const kind = KINDS.find((known) => end.startsWith(`${known}:`));
  if (kind === undefined) return { port, kind: 'port', to: end, text };
  const to = end.slice(kind.length + 1);
  if (to === '') throw new Refusal(2, text, `${kind}: leads to nothing`, form);
  return { port, kind, to, text };
}
