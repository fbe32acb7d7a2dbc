// What a devicetree says of DPAA: FMans with their MACs and ports, the queue and the buffer manager with their portals
// and memory; and what is missing, which Linux passes over in silence.
import type { Diagnostic } from '../../base/diagnostic.js';
import { aliases } from '../../dt/alias.js';
import { diagnosticOf, type Values } from '../../dt/message.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import { type Manager, managerOf, type Say } from './tree-managers.js';
import { TREE_MESSAGES } from './tree-messages.js';

/** All of it. */
export interface DpaaTree {
  readonly fmans: readonly Fman[];
  readonly qman: Manager;
  readonly bman: Manager;
  readonly problems: readonly Diagnostic[];
}

/** A frame manager. */
export interface Fman {
  readonly path: string;
  /** `fm1`. */
  readonly name: string;
  readonly enabled: boolean;
  /** Bytes of its own memory. */
  readonly muramBytes: number | undefined;
  /** First channel of QMan that is its own, and how many there are. */
  readonly channels: readonly [first: number, count: number] | undefined;
  /** The tree says that transfers must not cross 4 KiB. */
  readonly hasErratum: boolean;
  readonly macs: readonly Mac[];
  readonly ports: readonly FmanPort[];
}

/** A port: one direction of a MAC, or one that is offline. */
export interface FmanPort {
  readonly path: string;
  readonly kind: 'rx' | 'tx' | 'offline';
  /** Number in hardware. */
  readonly id: number | undefined;
  readonly is10g: boolean;
  readonly enabled: boolean;
  /** Channel of QMan from which it sends. */
  readonly channel: number | undefined;
}

/** A MAC: a network device when all is there. */
export interface Mac {
  readonly path: string;
  /** `fm1-mac3`: what the kernel's udev rules and the options of `bringup boot` call it. */
  readonly name: string;
  /** `ethernet2`. */
  readonly alias: string | undefined;
  readonly kind: string;
  readonly enabled: boolean;
  readonly rx: number | undefined;
  readonly tx: number | undefined;
  readonly phyMode: string | undefined;
  readonly phy: string | undefined;
  readonly address: string | undefined;
}

const FMAN = 'fsl,fman';
const MAC_KINDS: Readonly<Record<string, string>> = {
  'fsl,fman-memac': 'mEMAC',
  'fsl,fman-dtsec': 'dTSEC',
  'fsl,fman-xgec': '10GEC',
};
const PORT = /^fsl,fman-v([23])-port-(rx|tx|oh)$/;
/** Ports in the order of their channels, by version of FMan. */
const CHANNELS: Readonly<Record<string, readonly number[]>> = {
  3: [0x30, 0x31, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2, 0x3, 0x4, 0x5, 0x7],
  2: [0x30, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7],
};

/** Reads it; a tree without FMan has none. */
export function dpaaTree(tree: DtTree): DpaaTree {
  const problems: Diagnostic[] = [];
  const say: Say = (key, node, values: Values = {}) => {
    problems.push(diagnosticOf(`dpaa/tree/${key}`, TREE_MESSAGES[key], values, { where: node }));
  };
  const names = new Map(aliases(tree).map(({ name, node }) => [node.path, name]));
  const nodes = [...tree.root.walk()].filter(({ compatible }) => compatible.includes(FMAN));
  const fmans = nodes.map((node) => fmanOf(tree, node, names, say));
  if (fmans.length === 0) return { fmans, qman: NO_MANAGER, bman: NO_MANAGER, problems };
  return { fmans, qman: managerOf(tree, 'qman', say), bman: managerOf(tree, 'bman', say), problems };
}

const NO_MANAGER: Manager = { path: undefined, enabled: false, memory: [], portals: [] };

function fmanOf(tree: DtTree, node: DtNode, names: ReadonlyMap<string, string>, say: Say): Fman {
  const index = node.u32('cell-index');
  const [first, count] = node.property('fsl,qman-channel-range')?.cells() ?? [];
  const muram = node.children.find(({ compatible }) => compatible.includes('fsl,fman-muram'));
  const enabled = isEnabled(node);
  if (!enabled) say('fman-off', node.path);
  if (index === undefined) say('fman-index', node.path);
  if (muram === undefined) say('no-muram', node.path);
  if (first === undefined || count === undefined) say('no-channels', node.path);
  const name = `fm${(index ?? 0) + 1}`;
  const ports = node.children.flatMap((child) => portOf(child, first));
  const macs = node.children.flatMap((child) => {
    const kind = child.compatible.map((one) => MAC_KINDS[one]).find((one) => one !== undefined);
    return kind === undefined ? [] : [macOf(tree, child, { kind, fman: name, names, ports }, enabled ? say : () => {})];
  });
  const used = macs.filter((mac) => mac.enabled);
  const bare = used.filter(({ address }) => address === undefined).length;
  if (bare > 0) say('no-address', node.path, { count: bare, all: used.length });
  return {
    path: node.path,
    name,
    enabled,
    muramBytes: muram?.property('reg')?.cells().at(-1),
    channels: first === undefined || count === undefined ? undefined : [first, count],
    hasErratum: node.property('fsl,erratum-a050385') !== undefined,
    macs,
    ports,
  };
}

function isEnabled(node: DtNode): boolean {
  for (let at: DtNode | undefined = node; at !== undefined; at = at.parent) if (!at.available) return false;
  return true;
}

function portOf(node: DtNode, firstChannel: number | undefined): FmanPort[] {
  const [, version = '', word] = node.compatible.map((one) => PORT.exec(one)).find((one) => one !== null) ?? [];
  if (word === undefined) return [];
  const id = node.u32('cell-index');
  const kind = word === 'oh' ? 'offline' : (word as 'rx' | 'tx');
  const place = id === undefined || kind === 'rx' ? -1 : (CHANNELS[version]?.indexOf(id) ?? -1);
  return [
    {
      path: node.path,
      kind,
      id,
      // On version 2 the number says it.
      is10g: version === '2' ? id === 0x10 || id === 0x30 : node.property('fsl,fman-10g-port') !== undefined,
      enabled: node.available,
      channel: place < 0 || firstChannel === undefined ? undefined : firstChannel + place,
    },
  ];
}

/** What a MAC is seen with. */
interface Around {
  readonly kind: string;
  readonly fman: string;
  readonly names: ReadonlyMap<string, string>;
  readonly ports: readonly FmanPort[];
}

const MOST_MACS = 10;

function macOf(tree: DtTree, node: DtNode, { kind, fman, names, ports }: Around, saying: Say): Mac {
  const { path } = node;
  const enabled = isEnabled(node);
  const say: Say = enabled ? saying : () => {};
  const index = node.u32('cell-index');
  if (index === undefined || index >= MOST_MACS) say('mac-index', path, { index: index ?? 'not there' });
  const phandles = node.property('fsl,fman-ports')?.cells() ?? [];
  if (phandles.length !== 2) say('mac-ports', path, { count: phandles.length });
  const [rx, tx] = (['rx', 'tx'] as const).map((which, place) => {
    const phandle = phandles[place];
    return phandle === undefined ? undefined : portNamed(tree.byPhandle(phandle), { which, path, ports }, say);
  });
  const phyMode = node.string('phy-connection-type') ?? node.string('phy-mode');
  const phy = phyOf(tree, node);
  const address = macAddress(node);
  if (phyMode === undefined) say('no-phy-mode', path);
  if (phy === undefined) say('no-phy', path);
  if (kind === 'dTSEC' && node.property('tbi-handle') === undefined) say('no-tbi', path);
  const name = `${fman}-mac${(index ?? 0) + 1}`;
  return { path, name, alias: names.get(path), kind, enabled, rx, tx, phyMode, phy, address };
}

/** The number of a port that a MAC names; what is wrong with it is told. */
function portNamed(
  node: DtNode | undefined,
  { which, path, ports }: { readonly which: 'rx' | 'tx'; readonly path: string; readonly ports: readonly FmanPort[] },
  say: Say,
): number | undefined {
  const port = ports.find((one) => one.path === node?.path);
  if (port === undefined || port.kind !== which) {
    const what = node === undefined ? 'no node' : port === undefined ? `${node.path}, no port of this FMan` : port.kind;
    say('mac-port', path, { which, what });
    return undefined;
  }
  if (!port.enabled) say('port-off', path, { which, path: port.path });
  if (port.id === undefined) say('port-index', path, { path: port.path });
  return port.id;
}

/** The path of its PHY, or that the link is fixed. */
function phyOf(tree: DtTree, node: DtNode): string | undefined {
  if (node.child('fixed-link') !== undefined || node.property('fixed-link') !== undefined) return 'fixed link';
  const phandle = node.u32('phy-handle');
  return phandle === undefined ? undefined : tree.byPhandle(phandle)?.path;
}

/** In the order in which Linux looks; zeros are none. */
function macAddress(node: DtNode): string | undefined {
  for (const name of ['mac-address', 'local-mac-address', 'address']) {
    const bytes = node.property(name)?.value;
    if (bytes?.length === 6 && bytes.some((byte) => byte !== 0)) {
      return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
    }
  }
  return undefined;
}
