// Where a MAC hears of its link, on a scripted MDIO bus. Bits are those of IEEE 802.3 clause 22.
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { dpaaSource, FakeDpaa } from '../../../test/dpaa-registers.js';
import { treeOf } from '../../../test/tree-of.js';
import { s } from '../../base/clock.js';
import { passSysError } from '../../base/errno.js';
import type { NetClassDevice } from '../../core/netdevice.js';
import { dpaaEth } from '../dpaa-eth/dpaa-eth.js';
import { qbmanDrivers } from '../qbman/qbman.js';
import { fmanDrivers } from './fman.js';

const CFG = 0xf_c030;
const CTL = 0xf_c034;
const DATA = 0xf_c038;
const READ_ERROR = 0x2;
const IF_MODE = 0xe_0300;
const COMMAND = 0xe_0008;
const FIXED = 'fixed-link { speed = <1000>; full-duplex; };';

/** A PHY at address 1 whose registers are these. */
class Mdio {
  readonly fake = new FakeDpaa();
  registers: Readonly<Record<number, number>>;
  absent = false;

  constructor(registers: Readonly<Record<number, number>>) {
    this.registers = registers;
    const before = this.fake.fman.wrote;
    this.fake.fman.wrote = (offset, word) => {
      before(offset, word);
      if (offset !== CTL || (word & 0x8000) === 0) return;
      const answers = !this.absent && ((word >>> 5) & 0x1f) === 1;
      this.fake.fman.set(DATA, answers ? (this.registers[word & 0x1f] ?? 0) : 0xffff);
      this.fake.fman.set(CFG, answers ? 0 : READ_ERROR);
    };
  }
}

async function machine(fake: FakeDpaa, wire: string, mode = 'sgmii') {
  const mdio = `mdio@fc000 { compatible = "fsl,fman-memac-mdio"; reg = <0xfc000 0x1000>; #address-cells = <1>;
    #size-cells = <0>; phy: ethernet-phy@1 { reg = <1>; }; };`;
  const patch = (source: string): string =>
    source.replace(FIXED, wire).replace('"sgmii"', `"${mode}"`).replace('ethernet@e0000', `${mdio} ethernet@e0000`);
  const bench = benchOf(treeOf(dpaaSource(patch)), {
    drivers: [...qbmanDrivers, ...fmanDrivers, dpaaEth],
    chips: fake.chips,
  });
  const log: string[] = [];
  bench.trace.attach((e) => {
    if (e.kind === 'printk') log.push(e.text);
  });
  await bench.powerOn();
  const [member] = bench.core.classDevices('net') as readonly NetClassDevice[];
  if (member === undefined) throw new Error(JSON.stringify(bench.report()));
  const { netdev } = member;
  const open = async (): Promise<string> =>
    await bench
      .drive('open', s(2), async () => await netdev.open())
      .then(String, (error: unknown) => {
        passSysError(error);
        return String(error);
      });
  const state = (): unknown[] => {
    const { speed, duplex } = netdev.ethtool.getLinkKsettings?.() ?? {};
    return [netdev.carrier, speed, duplex, fake.fman.get(IF_MODE).toString(16), fake.fman.get(COMMAND) & 3];
  };
  return { bench, log, netdev, open, state };
}

/** Control, status, what it and the other end say they can: up to 100 Mbit/s, then gigabit. */
const phy = (lpa: number, stat1000: number, control = 0x1140, status = 0x796d) => ({
  ...{ 0: control, 1: status, 4: 0x0de1, 5: lpa, 9: 0x0300, 10: stat1000 },
});

test.each([
  ['1000, full', phy(0x41e1, 0x3800), [true, 1000, 'full', '4002', 3]],
  ['1000, half', phy(0x41e1, 0x3400), [true, 1000, 'half', '4042', 3]],
  ['100, full', phy(0x4101, 0), [true, 100, 'full', '2', 3]],
  ['100, half', phy(0x4081, 0), [true, 100, 'half', '42', 3]],
  ['10, full', phy(0x4041, 0), [true, 10, 'full', '2002', 3]],
  ['10, half', phy(0x4021, 0), [true, 10, 'half', '2042', 3]],
  ['not negotiated: 100, full', phy(0, 0, 0x2100), [true, 100, 'full', '2', 3]],
  ['not negotiated: 10, half', phy(0, 0, 0), [true, 10, 'half', '2042', 3]],
  ['none', phy(0x41e1, 0x3800, 0x1140, 0x7949), [false, undefined, undefined, '2', 0]],
])('a link of a PHY: %s', async (_, registers, expected) => {
  const { open, state } = await machine(new Mdio(registers).fake, 'phy-handle = <&phy>;');
  await open();
  expect(state()).toEqual(expected);
});

test.each([
  ['a node', 'fixed-link { speed = <100>; };', [true, 100, 'half', '42', 3]],
  ['cells as of old', 'fixed-link = <1 1 1000 0 0>;', [true, 1000, 'full', '4002', 3]],
  ['with the data', 'managed = "in-band-status";', [true, 1000, 'full', '4002', 3]],
])('a link without PHY: %s', async (_, wire, expected) => {
  const { open, state } = await machine(new FakeDpaa(), wire);
  await open();
  expect(state()).toEqual(expected);
});

test('RGMII and 10G have their modes', async () => {
  const rgmii = await machine(new FakeDpaa(), FIXED, 'rgmii-id');
  await rgmii.open();
  const ten = await machine(new FakeDpaa(), 'fixed-link { speed = <10000>; full-duplex; };', '10gbase-r');
  await ten.open();
  expect([rgmii.state()[3], ten.state()[3]]).toEqual(['4006', '0']);
});

test('dpaa-L32: a link is seen within a second, coming, changing and going, and told once each', async () => {
  const mdio = new Mdio(phy(0, 0, 0x1140, 0x7949));
  const { bench, log, open, state } = await machine(mdio.fake, 'phy-handle = <&phy>;');
  await open();
  for (const registers of [phy(0x41e1, 0x3800), phy(0x4101, 0), phy(0x4101, 0), phy(0, 0, 0x1140, 0x7949)]) {
    mdio.registers = registers;
    await bench.run(s(1));
  }
  expect(state()).toEqual([false, undefined, undefined, '2', 0]);
  expect(log).toEqual([
    'fsl_dpa dpaa-ethernet.0: eth0: Link is Up - 1Gbps/Full - flow control off',
    'fsl_dpa dpaa-ethernet.0: eth0: Link is Up - 100Mbps/Full - flow control off',
    'fsl_dpa dpaa-ethernet.0: eth0: Link is Down',
  ]);
});

test('a PHY that does not answer when the interface is opened keeps it down; later it is no link', async () => {
  const mdio = new Mdio(phy(0x41e1, 0x3800));
  mdio.absent = true;
  const { bench, netdev, open, state } = await machine(mdio.fake, 'phy-handle = <&phy>;');
  expect(await open()).toContain('nobody answers at 1 (EIO)');
  expect(netdev.up).toBe(false);
  mdio.absent = false;
  await open();
  mdio.absent = true;
  await bench.run(s(1));
  expect([netdev.up, ...state()]).toEqual([true, false, undefined, undefined, '4002', 0]);
  mdio.absent = false;
  await bench.run(s(1));
  expect(netdev.carrier).toBe(true);
});
