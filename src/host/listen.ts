// Beginning to listen, with a word for each reason why not.
import type { AddressInfo, Server } from 'node:net';
import { codeOf } from './files.js';

/** Why nobody can be waited for at an address. */
export type ListenFault = 'in-use' | 'denied' | 'no-address' | 'unusable';

/** An address to wait at. Port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const FAULTS: Readonly<Record<string, ListenFault>> = {
  EADDRINUSE: 'in-use',
  EACCES: 'denied',
  EPERM: 'denied',
  EADDRNOTAVAIL: 'no-address',
  ENOTFOUND: 'no-address',
  EAI_AGAIN: 'no-address',
  EAFNOSUPPORT: 'no-address',
};

/** Lets a server listen; answers its port, or why it cannot. */
export function listen(server: Server, { host, port }: ListenAddress): Promise<number | ListenFault> {
  return new Promise((resolve) => {
    const refused = (error: Error): void => resolve(FAULTS[codeOf(error)] ?? 'unusable');
    server.once('error', refused);
    server.listen({ host, port }, () => {
      server.off('error', refused);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
