// What the devicetree says of the three inputs (binding ti,ina3221).
import type { Device } from '../../core/device.js';
import type { DtNode } from '../../dt/tree.js';

/** One of the chip's three inputs. */
export interface Input {
  /** False for a node with status "disabled": nothing is connected there. */
  readonly connected: boolean;
  readonly label: string | undefined;
  readonly shuntMicroOhms: number;
  /** True when it takes no part in the sum of the shunt voltages. */
  readonly summationDisable: boolean;
}

const COUNT = 3;
const SHUNT_DEFAULT_UOHM = 10_000;
const SHUNT_MAX_UOHM = 0x7fff_ffff;
const UNDESCRIBED: Input = {
  connected: true,
  label: undefined,
  shuntMicroOhms: SHUNT_DEFAULT_UOHM,
  summationDisable: false,
};

/** The inputs of channels 1 to 3. One without node is connected, as in Linux. EINVAL for a node that makes no sense. */
export function inputsFromDt(dev: Device): readonly Input[] {
  const inputs = Array.from({ length: COUNT }, () => UNDESCRIBED);
  for (const node of dev.ofNode?.children ?? []) {
    const index = indexOf(dev, node);
    inputs[index] = { ...(inputs[index] as Input), ...describe(dev, node) };
  }
  return inputs;
}

function indexOf(dev: Device, node: DtNode): number {
  const index = node.u32('reg');
  if (index === undefined) throw refuse(dev, node, `missing reg property of ${node.baseName}`);
  if (index >= COUNT) throw refuse(dev, node, `invalid reg ${index} of ${node.baseName}`);
  return index;
}

/** A disabled node says nothing else, as in Linux: what it holds besides is not read. */
function describe(dev: Device, node: DtNode): Partial<Input> {
  if (!node.available) return { connected: false };
  const label = node.string('label');
  const shuntMicroOhms = node.u32('shunt-resistor-micro-ohms') ?? SHUNT_DEFAULT_UOHM;
  if (shuntMicroOhms < 1 || shuntMicroOhms > SHUNT_MAX_UOHM) {
    throw refuse(dev, node, `invalid shunt resistor value ${shuntMicroOhms} of ${node.baseName}`);
  }
  return { label, shuntMicroOhms, summationDisable: node.property('ti,summation-disable') !== undefined };
}

/** Says it in the words of the Linux driver; the error names the node in full, which those words do not. */
function refuse(dev: Device, node: DtNode, text: string): Error {
  dev.err(text);
  dev.err('Unable to probe from device tree');
  return dev.error('EINVAL', `${node.path}: ${text}`, 'probe');
}
