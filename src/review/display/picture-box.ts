// The boxes of a display picture: what a node is called in it.
import { componentId, componentName, componentType, isOutput } from '../../drivers/mtk-drm/component.js';
import { PATHS, type PathName } from '../../drivers/mtk-drm/rules.js';
import { ADAPTOR, OVL_ADAPTOR_ID } from '../../drivers/mtk-drm/tables.js';
import { parseEndpoint, remoteEndpoint } from '../../dt/graph.js';
import type { DtNode } from '../../dt/tree.js';
import type { PictureBox, PictureLink } from './picture-types.js';
import type { Scene } from './scene.js';

/** A box with the node it stands for. */
export interface DraftBox extends Omit<PictureBox, 'marks'> {
  readonly at: DtNode | undefined;
}

/** A link with its endpoints. */
export interface DraftLink extends Omit<PictureLink, 'marks'> {
  readonly ends: readonly (DtNode | undefined)[];
}

/** The box of a mmsys: `vdosys0` of `mediatek,mt8195-vdosys0`. */
export function controllerBox(node: DtNode): DraftBox {
  const compatible = node.string('compatible') ?? '';
  const name = compatible.slice(compatible.lastIndexOf('-') + 1);
  return { ...plain(node), kind: 'controller', name, note: '' };
}

/** The box of a component by its number; parts of the OVL adaptor are called by their own names. */
export function componentBox(scene: Scene, node: DtNode, id: number): DraftBox {
  const name = id === OVL_ADAPTOR_ID ? adaptorPart(scene, node) : (componentName(id) ?? String(id));
  const alias = scene.aliases.find((one) => one.node === node)?.name;
  const kind = isOutput(id) ? 'output' : 'component';
  const note = alias === undefined ? '' : `alias ${alias}`;
  return { ...plain(node), kind, name, number: id, note };
}

/** The box of any other device: a component that is disabled, a panel, or what no table knows. */
export function deviceBox(scene: Scene, node: DtNode, kind: 'sink' | 'unknown'): DraftBox {
  const type = componentType(node, scene.rules.tables);
  const id = type === undefined ? undefined : componentId(scene.aliases, node, type);
  if (id !== undefined) return componentBox(scene, node, id);
  const name = node.baseName === '' ? '/' : node.baseName;
  return { ...plain(node), kind, name, note: node.string('compatible') ?? '' };
}

/** A place where something was looked for in vain. */
export function missingBox(looked: string, note = '', name = '?'): DraftBox {
  const text = `${looked}${note === '' ? '' : `: ${note}`}`;
  const none = { disabled: false, number: undefined, path: '', at: undefined };
  return { ...none, kind: 'missing', name, node: looked, note, text };
}

/** A component of a built-in path without node: disabled beside the mmsys, or nowhere. */
export function absentBox(scene: Scene, mmsys: DtNode, id: number): DraftBox {
  const siblings = mmsys.parent?.children ?? [];
  const node = siblings.find((one) => {
    const type = componentType(one, scene.rules.tables);
    return type !== undefined && componentId(scene.aliases, one, type) === id;
  });
  if (node !== undefined) return componentBox(scene, node, id);
  const name = componentName(id) ?? String(id);
  return { ...missingBox('not in the tree', '', name), number: id };
}

/** The OVL adaptor in a built-in path: software, without a node. */
export function adaptorBox(): DraftBox {
  const text = 'OVL adaptor: a software device that the driver creates, without a node';
  const words = { name: 'OVL_ADAPTOR', node: 'software device', path: '', note: '', text };
  return { kind: 'component', disabled: false, number: OVL_ADAPTOR_ID, at: undefined, ...words };
}

/** A link along an outgoing endpoint, with the numbers of both ends. */
export function linkOf(
  scene: Scene,
  ends: { readonly from: number; readonly to: number },
  endpoint: DtNode | undefined,
  how: Partial<Pick<DraftLink, 'kind' | 'words' | 'quoted'>> = {},
): DraftLink {
  const remote = endpoint === undefined ? undefined : remoteEndpoint(scene.tree, endpoint);
  const text = [endpoint, remote].flatMap((node) => (node === undefined ? [] : [node.path])).join(' → ');
  const numbers = { out: numbersOf(endpoint), into: numbersOf(remote) };
  return { ...ends, kind: 'graph', ...numbers, text, words: '', quoted: false, ends: [endpoint, remote], ...how };
}

/** `main`, with the number that its endpoints carry. */
export function pathNumber(name: PathName): number {
  return PATHS.indexOf(name);
}

function numbersOf(endpoint: DtNode | undefined): string {
  if (endpoint === undefined) return '';
  const { port, id } = parseEndpoint(endpoint);
  return `${port}/${id}`;
}

function plain(node: DtNode) {
  const status = node.property('status')?.string();
  const lines = [node.path, node.compatible.join(', '), status === undefined ? '' : `status "${status}"`];
  const text = lines.filter((line) => line !== '').join('\n');
  const name = node.name === '' ? '/' : node.name;
  return { disabled: !node.available, number: undefined, node: name, path: node.path, text, at: node };
}

function adaptorPart({ aliases }: Scene, node: DtNode): string {
  const part = Object.entries(ADAPTOR).find(([, { compatible }]) => node.compatible.includes(compatible));
  if (part === undefined) return 'OVL_ADAPTOR';
  const [type, { stem, instances }] = part;
  const alias = aliases.find((one) => one.node === node && one.stem === stem);
  return (alias === undefined ? undefined : instances[alias.id]) ?? type;
}
