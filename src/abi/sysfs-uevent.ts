// What udev and modprobe are told of a device: the texts of `uevent` and `modalias` (Linux: dev_uevent, of_modalias).
import type { ClassDevice, Device } from '../core/device.js';
import { I2C_BUS } from '../core/i2c.js';
import { MIPI_DSI_BUS } from '../core/mipi-dsi.js';
import { AMBA_BUS, PLATFORM_BUS } from '../core/platform-device.js';
import { RPMSG_BUS } from '../core/rpmsg.js';
import { aliases } from '../dt/alias.js';
import type { DtNode, DtTree } from '../dt/tree.js';

/**
 * Buses whose devices say what module they want, and what they say without a node. Those of AMBA say it by an id that
 * only their registers know. `aprbus` is the bus of Qualcomm's packet router.
 */
const MODALIAS = new Map<string, (name: string) => string | undefined>([
  [PLATFORM_BUS.name, (name) => `platform:${name.replace(PLATFORM_ID, '')}`],
  [I2C_BUS.name, () => undefined],
  [MIPI_DSI_BUS.name, () => undefined],
  [RPMSG_BUS.name, (name) => `rpmsg:${name.replace(RPMSG_PLACE, '$1')}`],
  ['aprbus', (name) => `apr:${name.split(':')[1]}`],
]);
/** `NAME.3.auto` and `NAME.3` are devices of the platform driver NAME. */
const PLATFORM_ID = /\.\d+(\.auto)?$/;
/** `EDGE.CHANNEL.SRC.DST`; the edge's name has dots. */
const RPMSG_PLACE = /^.*\.([^.]+)\.-1\.-1$/;

/** The lines of a device's `uevent`: driver, node, module. */
export function ueventText(dev: Device): string {
  const { state, ofNode, core } = dev;
  const modalias = dev.bus === AMBA_BUS ? undefined : modaliasOf(dev);
  return text([
    ...(state.kind === 'bound' ? [`DRIVER=${state.driver.name}`] : []),
    ...(ofNode === undefined ? [] : nodeLines(core.tree, ofNode)),
    ...(modalias === undefined ? [] : [`MODALIAS=${modalias}`]),
  ]);
}

/**
 * The same for a member of a class. Linux also tells number and name of its device file: there is no device file of
 * that number here, and none is told.
 */
export function memberUeventText({ parent }: ClassDevice, devtype: string | undefined, hasNode: boolean): string {
  return text([
    ...(devtype === undefined ? [] : [`DEVTYPE=${devtype}`]),
    ...(hasNode && parent.ofNode !== undefined ? nodeLines(parent.core.tree, parent.ofNode) : []),
  ]);
}

/** `of:NnameTtypeCcompatible…`, or `platform:name` and the like without a node; undefined on buses that have none. */
export function modaliasOf({ bus, name, ofNode }: Device): string | undefined {
  const withoutNode = MODALIAS.get(bus.name);
  if (withoutNode === undefined) return undefined;
  if (ofNode === undefined) return withoutNode(name);
  const type = ofNode.string('device_type') ?? '(null)';
  const compatibles = ofNode.compatible.map((compatible) => `C${compatible.replace(/\s/g, '_')}`);
  return `of:N${ofNode.baseName}T${type}${compatibles.join('')}`;
}

function nodeLines(tree: DtTree, node: DtNode): string[] {
  const type = node.string('device_type');
  const { compatible } = node;
  return [
    `OF_NAME=${node.baseName}`,
    `OF_FULLNAME=${node.path}`,
    ...(type === undefined ? [] : [`OF_TYPE=${type}`]),
    ...compatible.map((one, index) => `OF_COMPATIBLE_${index}=${one}`),
    `OF_COMPATIBLE_N=${compatible.length}`,
    ...aliases(tree)
      .filter((alias) => alias.node === node)
      .map(({ name }, index) => `OF_ALIAS_${index}=${name}`),
  ];
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
