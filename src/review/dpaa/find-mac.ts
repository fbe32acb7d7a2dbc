// A port by the names that people have for it.
import type { Diagnostic } from '../../base/diagnostic.js';
import { diagnosticOf } from '../../dt/message.js';
import type { DpaaTree, Mac } from './ports.js';
import { FIND_MESSAGES } from './find-messages.js';

/** What stands behind a name: one MAC that is switched on, or why there is none, with the ports that there are. */
export type FoundMac =
  | { readonly mac: Mac; readonly problem?: undefined }
  | { readonly mac?: undefined; readonly problem: Diagnostic };

/**
 * Finds a MAC by `fm1-mac3`, its alias `ethernet2`, the name `ethernet@e4000` or the path of its node, or the name of
 * its interface, where `interfaces` says which interface belongs to which path.
 */
export function findMac(
  { fmans }: DpaaTree,
  name: string,
  interfaces: ReadonlyMap<string, string> = new Map(),
): FoundMac {
  const macs = fmans.flatMap((fman) => fman.macs);
  const names = (mac: Mac): readonly (string | undefined)[] => [mac.name, mac.alias, mac.path, nodeName(mac)];
  const called = interfaces.get(name);
  const byName = macs.filter((mac) => names(mac).includes(name));
  // What the tree says comes first: an interface is called as somebody liked.
  const found = byName.length > 0 ? byName : macs.filter(({ path }) => path === called);
  const on = found.filter(({ enabled }) => enabled);
  const [mac] = on;
  if (mac !== undefined && on.length === 1) return { mac };
  const there = list(macs.filter(({ enabled }) => enabled));
  const paths = (on.length > 1 ? on : found).map(({ path }) => path).join(', ');
  const key = macs.length === 0 ? 'no-ports' : on.length > 1 ? 'many' : found.length > 0 ? 'off' : 'unknown';
  return { problem: diagnosticOf(`dpaa/port/${key}`, FIND_MESSAGES[key], { name, there, paths }, { where: name }) };
}

const nodeName = ({ path }: Mac): string | undefined => path.split('/').at(-1);

/** Ports as an error lists them: each with its node, so that any of its names can be seen. */
function list(macs: readonly Mac[]): string {
  if (macs.length === 0) return 'none that is switched on';
  return macs.map(({ name, alias, path }) => `${name} (${alias === undefined ? '' : `${alias}, `}${path})`).join(', ');
}
