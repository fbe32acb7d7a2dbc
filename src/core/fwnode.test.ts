import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { platformDriver } from './platform-device.js';

const driver = (compatible: string) =>
  platformDriver({ name: compatible.slice(2), compatible: [compatible], probe: () => undefined });

/** Whom the device `c` waits for while only its own driver is there and more may come. */
async function waitsFor(source: string): Promise<string | undefined> {
  const bench = benchOf(treeOf(source));
  const { core } = bench;
  for (const node of core.tree.root.children) {
    if (node.compatible.length > 0 && node.available) {
      await core.addDevice({ name: node.name, bus: driver('x,c').bus, ofNode: node });
    }
  }
  await core.registerDriver(driver('x,c'));
  const state = core.devices.find((dev) => dev.name === 'c')?.state;
  return state?.kind === 'deferred' ? state.waitsFor : undefined;
}

const CELLS = ['clock', 'interconnect', 'iommu', 'mbox', 'io-channel', 'io-backend', 'dma', 'power-domain', 'hwlock']
  .concat(['nvmem-cell', 'phy', 'pwm', 'reset', 'msi', 'pse', 'gpio', 'access-controller'])
  .map((name) => `#${name}-cells = <1>;`)
  .join(' ');
const supplier = (more = '') => `s: s { compatible = "x,s"; ${CELLS} ${more} };`;

// Names and cells: of_supplier_bindings of Linux 6.12, drivers/of/property.c, read and written down again.
test.each(
  [
    ...[
      'clocks',
      'interconnects',
      'iommus',
      'mboxes',
      'io-channels',
      'io-backends',
      'dmas',
      'power-domains',
      'hwlocks',
    ],
    ...['phys', 'pwms', 'resets', 'msi-parent', 'pses', 'access-controllers', 'gpio', 'gpios', 'x-gpio', 'x-gpios'],
  ].map((name) => [name, '<&s 7>'] as const),
)('%s = %s is a supplier with its cells', async (name, value) => {
  expect(await waitsFor(`/ { c { compatible = "x,c"; ${name} = ${value}; }; ${supplier()} };`)).toBe('/s');
});

test.each([
  ...['interrupt-parent', 'extcon', 'wakeup-parent', 'leds', 'backlight', 'panel', 'power-supplies', 'vdd-supply'],
  ...['pinctrl-0', 'pinctrl-8', 'nvmem-cells'],
])('%s is a supplier without cells', async (name) => {
  expect(await waitsFor(`/ { c { compatible = "x,c"; ${name} = <&s>; }; s: s { compatible = "x,s"; }; };`)).toBe('/s');
});

test.each(['pinctrl-9', 'supply', 'gpio-ranges', 'assigned-clocks', 'memory-region', 'x,nr-gpios', 'thermal-sensors'])(
  '%s makes no supplier',
  async (name) => {
    expect(await waitsFor(`/ { c { compatible = "x,c"; ${name} = <&s 7>; }; ${supplier()} };`)).toBeUndefined();
  },
);

const PIC = 'interrupt-controller; #interrupt-cells = <2>; interrupt-parent = <&root>;';
const ROOT = 'root: root { compatible = "x,root"; interrupt-controller; #interrupt-cells = <1>; };';

test.each([
  ['interrupts', 'interrupt-parent = <&s>; interrupts = <1 2>;'],
  ['interrupts-extended', 'interrupts-extended = <&s 1 2>;'],
  ['an interrupt map', '#address-cells = <0>; #interrupt-cells = <1>; interrupt-map = <1 &s 1 2>;'],
])('%s make the controller a supplier', async (_, property) => {
  expect(await waitsFor(`/ { c { compatible = "x,c"; ${property} }; ${supplier(PIC)} ${ROOT} };`)).toBe('/s');
});

test('an iommu map makes the IOMMU a supplier', async () => {
  expect(await waitsFor(`/ { c { compatible = "x,c"; iommu-map = <0 &s 0 1>; }; ${supplier()} };`)).toBe('/s');
});

test.each([
  ['a root interrupt controller', `c { compatible = "x,c"; interrupt-parent = <&root>; interrupts = <1>; }; ${ROOT}`],
  [
    'a fixed clock',
    'c { compatible = "x,c"; clocks = <&k>; }; k: k { compatible = "fixed-clock"; #clock-cells = <0>; };',
  ],
  ['a GPIO hog', `c { compatible = "x,c"; gpio-hog; gpios = <&s 1>; }; ${supplier()}`],
  ['an empty first entry', `c { compatible = "x,c"; clocks = <0>, <&s 1>; }; ${supplier()}`],
  ['a later provider', `c { compatible = "x,c"; clocks = <&s 1>; post-init-providers = <&s>; }; ${supplier()}`],
  ['a disabled supplier', `c { compatible = "x,c"; clocks = <&s 1>; }; ${supplier('status = "disabled";')}`],
  [
    'something above it that is disabled',
    `c { compatible = "x,c"; clocks = <&s 1>; }; up { compatible = "x,u"; status = "disabled"; ${supplier()} };`,
  ],
])('%s holds nobody up', async (_, body) => {
  expect(await waitsFor(`/ { ${body} };`)).toBeUndefined();
});

const end = (at: string, to: string) =>
  `port { ${at}: endpoint { ${to === '' ? '' : `remote-endpoint = <&${to}>;`} }; };`;

test('an endpoint that points one way makes a supplier; a pair of them is a circle and makes none', async () => {
  const one = `/ { c { compatible = "x,c"; ${end('a', 'b')} }; s { compatible = "x,s"; ${end('b', '')} }; };`;
  const two = one.replace('b: endpoint { ', 'b: endpoint { remote-endpoint = <&a>; ');
  expect([await waitsFor(one), await waitsFor(two)]).toEqual(['/s', undefined]);
});

test('a supplier node below a device is waited for by name until that device has made it', async () => {
  const source =
    '/ { c { compatible = "x,c"; clocks = <&k>; }; s { compatible = "x,s"; k: k { #clock-cells = <0>; }; }; };';
  const bench = benchOf(treeOf(source), { drivers: [driver('x,c'), driver('x,s')] });
  const reasons: string[] = [];
  bench.trace.attach((event) => event.kind === 'deferred' && reasons.push(event.reason));
  await bench.powerOn();
  expect(reasons).toEqual(['wait for supplier /s/k']);
  expect(bench.report().map(({ path, state }) => [path, state])).toEqual([
    ['/c', 'bound'],
    ['/s', 'bound'],
  ]);
});

test('a supplier that once had a driver is waited for, though all drivers are known', async () => {
  const source = '/ { c { compatible = "x,c"; clocks = <&s 1>; }; s: s { compatible = "x,s"; #clock-cells = <1>; }; };';
  const bench = benchOf(treeOf(source), { drivers: [driver('x,c'), driver('x,s')] });
  await bench.powerOn();
  const [c, s] = bench.core.devices;
  await bench.core.unbind(s as NonNullable<typeof s>);
  await bench.core.registerDriver(driver('x,other'));
  expect(c?.state.kind).toBe('deferred');
});
