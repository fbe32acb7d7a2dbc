// Regulators of one voltage (Linux: drivers/regulator/fixed.c, 6.12): a supply that is there and can be named.
//
// Gaps:
// - GPIOs and clocks that switch it are not asked for, start-up delays are not kept: it is on or off as the tree says.
// - Nobody takes it: consumers only wait until it is bound.
import type { Device, Driver } from '../../core/device.js';
import { platformDriver } from '../../core/platform-device.js';
import { devmRegulatorRegister } from '../../core/regulator.js';

/** The driver. Bound, a node is a regulator of the class `regulator`. */
export const regulatorFixed: Driver = platformDriver({
  name: 'reg-fixed-voltage',
  compatible: ['regulator-fixed'],
  probe,
});

/** A tree may leave the voltage out, as it does for the battery of a laptop: then it is not known. */
function probe(dev: Device): void {
  const node = dev.ofNode;
  const minMicrovolts = node?.u32('regulator-min-microvolt') ?? 0;
  const maxMicrovolts = node?.u32('regulator-max-microvolt') ?? 0;
  if (minMicrovolts !== maxMicrovolts) {
    dev.err('Fixed regulator specified with variable voltages');
    throw dev.error('EINVAL', 'regulator-min-microvolt and regulator-max-microvolt differ', 'probe');
  }
  const has = (name: string): boolean => node?.property(name) !== undefined;
  devmRegulatorRegister(dev, {
    name: node?.string('regulator-name') ?? dev.name,
    microvolts: minMicrovolts > 0 ? minMicrovolts : undefined,
    enabled: has('regulator-always-on') || has('regulator-boot-on'),
  });
}
