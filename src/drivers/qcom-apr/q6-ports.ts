// The ports of a board, with the names that its devicetree gives them: dai nodes of AFE and links of the sound card.
import type { DeviceCore } from '../../core/device.js';
import { phandleArgs } from '../../dt/references.js';
import type { DtNode } from '../../dt/tree.js';
import { type AfePort, afePort } from './q6afe-ports.js';
import type { Q6Afe } from './q6afe.js';

/** A port that the board uses. */
export interface Q6Port extends AfePort {
  /** `link-name` of the sound card's link to it; undefined where only AFE has a node for it. */
  readonly link: string | undefined;
}

/** The ports that the board uses: those of the sound card first, in its order. */
export function q6Ports(core: DeviceCore): readonly Q6Port[] {
  const found = new Map<number, Q6Port>();
  const add = (index: number | undefined, link: string | undefined): void => {
    const port = index === undefined ? undefined : afePort(index);
    if (port !== undefined && !found.has(port.index)) found.set(port.index, { ...port, link });
  };
  const nodes = [...core.tree.root.walk()].filter(({ available }) => available);
  for (const node of nodes) for (const index of linkedPorts(core, node)) add(index, node.parent?.string('link-name'));
  for (const dais of nodes.filter(isAfeDais)) for (const dai of dais.children) add(dai.u32('reg'), undefined);
  return [...found.values()];
}

/** The port that somebody names: by index, name or link, or the first of the board. EINVAL says which there are. */
export function q6Port(
  core: DeviceCore,
  afe: Q6Afe,
  which: number | string | undefined,
  direction: AfePort['direction'],
): AfePort {
  const board = q6Ports(core).filter((port) => port.direction === direction);
  const named = which === undefined ? board[0] : (board.find(({ link }) => link === which) ?? afePort(which));
  const { dev } = afe.requests.adev;
  if (named !== undefined && named.direction === direction) return afe.port(named.index);
  const all = board.map(({ name, link }) => (link === undefined ? name : `${name} (${link})`)).join(', ') || 'none';
  if (named !== undefined) throw dev.error('EINVAL', `${named.name} is for ${named.direction}`, 'pcm');
  throw dev.error('EINVAL', `no port ${which ?? `for ${direction}`}; the board has ${all}`, 'pcm');
}

/** What a `cpu` node of a sound card's link leads to, where that is AFE. */
function linkedPorts({ tree }: DeviceCore, node: DtNode): readonly (number | undefined)[] {
  if (node.name !== 'cpu' || node.property('sound-dai') === undefined) return [];
  const { entries } = phandleArgs(tree, node, 'sound-dai', '#sound-dai-cells');
  return entries.flatMap(({ node: dais, args }) => (dais !== undefined && isAfeDais(dais) ? [args[0]] : []));
}

function isAfeDais(node: DtNode): boolean {
  return node.compatible.includes('qcom,q6afe-dais');
}
