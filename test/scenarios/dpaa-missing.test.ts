// What a tree may lack for an interface to come up: the report names it, where it is, in one line, and says whether
// somebody waits, and for whom.
import { expect, test } from 'vitest';
import { s } from '../../src/base/clock.js';
import type { NodeReport } from '../../src/bench/report.js';
import { bmanChip } from '../../src/chips/bman/bman.js';
import { fmanChips } from '../../src/chips/fman/fman.js';
import { qmanChip } from '../../src/chips/qman/qman.js';
import type { NetClassDevice } from '../../src/core/netdevice.js';
import { dpaaEthDriver } from '../../src/drivers/dpaa-eth/dpaa-eth.js';
import { fmanDrivers } from '../../src/drivers/fman/fman.js';
import { qbmanDrivers } from '../../src/drivers/qbman/qbman.js';
import { benchOf } from '../bench.js';
import { fourSource } from '../dpaa-four.js';
import { treeOf } from '../lab.js';

const FMAN = '/soc/fman@1a00000';
const MAC = `${FMAN}/ethernet@e0000`;
const ETH = `${MAC}/dpaa-ethernet.0`;
const QMAN = '/soc/qman@1880000';
const BMAN = '/soc/bman@1890000';
const QPORTAL = '/soc/qman-portals-bus@500000000/qman-portal@20000';
const TX = `${FMAN}/port@a8000`;

/** What becomes of one node: why it failed, or for whom it waits and why; and of which node this stands. */
type Outcome = [at: string, state: 'failed' | 'waits', reason: string, waitsFor?: string];
/** What is changed in the source, as a text or a pattern. */
type Change = [from: string | RegExp, to: string];

const off = (node: string): Change => [`${node} {`, `${node} { status = "disabled";`];
const PORTS = '<&rx0 &tx0>';
const FQD = 'size = <0 0x10000>; alignment = <0 0x10000>;';
const REGIONS = 'memory-region = <&fqd &pfdr>;';
const ORDER = 'fsl,fman-ports names the receiving port first, then the sending one';
const NOT_BOUND = `probe: portal of QMan is not bound: ${QPORTAL} (EPROBE_DEFER)`;

const CASES: readonly [what: string, change: Change, ...outcomes: Outcome[]][] = [
  [
    'a number of FMan',
    ['"fsl,fman"; cell-index = <0>;', '"fsl,fman";'],
    [FMAN, 'failed', 'probe: it has no cell-index, which is its number (EINVAL)'],
    [MAC, 'waits', 'is failed', FMAN],
  ],
  [
    'a channel range',
    ['fsl,qman-channel-range = <0x800 0x10>;', ''],
    [FMAN, 'failed', 'probe: it has no fsl,qman-channel-range of a first channel and a count (EINVAL)'],
  ],
  [
    'room in the channel range',
    ['<0x800 0x10>', '<0x800 2>'],
    [ETH, 'failed', 'its sending port needs channel 2 of its FMan, whose fsl,qman-channel-range has 2 (EINVAL)'],
  ],
  ['registers of FMan', ['reg = <0 0x1a00000 0 0xfe000>;', ''], [FMAN, 'failed', 'it has no registers (EINVAL)']],
  [
    'ports of a MAC',
    [`fsl,fman-ports = ${PORTS};`, ''],
    [MAC, 'failed', 'fsl,fman-ports names 0 ports, not a receiving and a sending one (EINVAL)'],
  ],
  [
    'a second port',
    [PORTS, '<&rx0>'],
    [MAC, 'failed', 'fsl,fman-ports names 1 ports, not a receiving and a sending one (EINVAL)'],
  ],
  ['the order of ports', [PORTS, '<&tx0 &rx0>'], [MAC, 'failed', `${ORDER}: ${TX} is a sending one (EINVAL)`]],
  [
    'a sending port among two that receive',
    [PORTS, '<&rx0 &rx1>'],
    [MAC, 'failed', `${ORDER}: ${FMAN}/port@89000 is a receiving one (EINVAL)`],
  ],
  ['a port behind a phandle', [PORTS, '<&rx0 &gic>'], [MAC, 'failed', 'its sending port /gic is none: arm,gic-400']],
  [
    'a node behind a phandle',
    [PORTS, '<&rx0 0x99>'],
    [MAC, 'failed', 'no node has the phandle 0x99 that fsl,fman-ports'],
  ],
  ['a port that is on', off('port@a8000'), [MAC, 'failed', `its sending port ${TX} is disabled (EINVAL)`]],
  [
    'a port that is not offline',
    [/(port@a8000 . compatible = "fsl,fman-v3-port-)tx/, '$1oh'],
    [MAC, 'failed', `its sending port ${TX} is none: fsl,fman-v3-port-oh (EINVAL)`],
  ],
  [
    'a port’s id',
    ['cell-index = <40>;', ''],
    [TX, 'failed', 'it has no cell-index, which is its hardware port id (EINVAL)'],
    [MAC, 'waits', `its sending port ${TX} is not bound (EPROBE_DEFER)`, TX],
  ],
  [
    'a port’s id that has a channel',
    ['cell-index = <40>;', 'cell-index = <77>;'],
    [ETH, 'failed', `${TX}: channel: its cell-index 0x4d is no sending port's: no channel belongs to it (EINVAL)`],
  ],
  [
    'a number of a MAC',
    [/(enet0: .*)cell-index = <0>;/, '$1'],
    [MAC, 'failed', 'it has no cell-index, which is its number: 0 to 9 (EINVAL)'],
  ],
  [
    'a number of a MAC that can be',
    [/(enet0: .*)cell-index = <0>;/, '$1cell-index = <12>;'],
    [MAC, 'failed', 'its cell-index 12 is no number of a MAC: 0 to 9 (EINVAL)'],
  ],
  ['registers of a MAC', ['reg = <0xe0000 0x1000>;', ''], [MAC, 'failed', 'it has no registers (EINVAL)']],
  [
    'QMan',
    [/qman: qman@1880000 .*\n/, ''],
    [ETH, 'failed', 'the tree has no QMan (fsl,qman) (ENODEV)'],
    [QPORTAL, 'failed', 'the tree has no QMan (fsl,qman) (ENODEV)'],
  ],
  ['QMan that is on', off('qman@1880000'), [ETH, 'failed', `QMan is disabled: ${QMAN} (ENODEV)`]],
  ['BMan', [/bman: bman@1890000 .*\n/, ''], [ETH, 'failed', 'the tree has no BMan (fsl,bman) (ENODEV)']],
  ['BMan that is on', off('bman@1890000'), [ETH, 'failed', `BMan is disabled: ${BMAN} (ENODEV)`]],
  [
    'portals of QMan',
    [/qportals: [^}]*\{[^]*?\}; \};/, ''],
    [ETH, 'failed', 'the tree has no portal of QMan (fsl,qman-portal) (ENODEV)'],
  ],
  [
    'portals of BMan',
    [/bportals: [^]*\}; \}; \};$/, '}; };'],
    [ETH, 'failed', 'the tree has no portal of BMan (fsl,bman-portal) (ENODEV)'],
  ],
  [
    'the number of a portal',
    [/(qman-portal@20000 [^}]*)cell-index = <2>;/, '$1'],
    [QPORTAL, 'failed', 'it has no cell-index, which is its channel (ENXIO)'],
    [ETH, 'waits', NOT_BOUND, QPORTAL],
  ],
  [
    'the interrupt of a portal',
    [/(qman-portal@20000 [^}]*)interrupts = <0 176 4>;/, '$1'],
    [QPORTAL, 'failed', 'irq: the node has neither interrupts nor interrupts-extended (ENXIO)'],
    [ETH, 'waits', NOT_BOUND, QPORTAL],
  ],
  [
    'a window of a portal',
    ['<0x20000 0x4000>, <0x4020000 0x4000>', '<0x20000 0x4000>'],
    [QPORTAL, 'failed', 'no register window 1 (EINVAL)'],
    [ETH, 'waits', NOT_BOUND, QPORTAL],
  ],
  [
    'memory of QMan',
    [REGIONS, ''],
    [
      QMAN,
      'failed',
      'no reserved memory: neither memory-region entry 0 nor a node compatible with fsl,qman-fqd (ENODEV)',
    ],
    [QPORTAL, 'waits', `QMan is not bound: ${QMAN} (EPROBE_DEFER)`, QMAN],
    [ETH, 'waits', `QMan is not bound: ${QMAN} (EPROBE_DEFER)`, QMAN],
  ],
  [
    'its second memory',
    [REGIONS, 'memory-region = <&fqd>;'],
    [QMAN, 'failed', 'neither memory-region entry 1 nor a node compatible with fsl,qman-pfdr (ENODEV)'],
  ],
  [
    'memory of BMan',
    ['memory-region = <&fbpr>;', ''],
    [BMAN, 'failed', 'neither memory-region entry 0 nor a node compatible with fsl,bman-fbpr (ENODEV)'],
    [ETH, 'waits', `BMan is not bound: ${BMAN} (EPROBE_DEFER)`, BMAN],
  ],
  [
    'a size of memory that can be',
    [FQD, 'size = <0 0x9000>;'],
    [QMAN, 'failed', '/reserved-memory/qman-fqd: its size 0x9000 is no power of two from 4 KiB to 1 GiB (EINVAL)'],
  ],
  ['a size of memory', [FQD, ''], [QMAN, 'failed', '/reserved-memory/qman-fqd has neither reg nor size (EINVAL)']],
  [
    'a place of memory that can be',
    [FQD, 'reg = <8 0x80001000 0 0x10000>;'],
    [QMAN, 'failed', '/reserved-memory/qman-fqd: 0x880001000 is no multiple of its size 0x10000 (EINVAL)'],
  ],
  [
    'memory for queues',
    [FQD, 'size = <0 0x2000>; alignment = <0 0x2000>;'],
    [
      ETH,
      'failed',
      'no 128 frame queues in a row are left, the first a multiple of 128: 0 of 127 are taken, ' +
        "QMan's memory for them, fsl,qman-fqd, has room for no more (ENOMEM)",
    ],
  ],
  [
    'a PHY behind its phandle',
    ['phy-handle = <&phy0>;', 'phy-handle = <0x99>;'],
    [MAC, 'failed', 'no node has the phandle 0x99 that phy-handle names (EINVAL)'],
  ],
  [
    'a PHY that is on (dpaa-L36)',
    off('ethernet-phy@1'),
    [MAC, 'failed', `its PHY ${FMAN}/mdio@fc000/ethernet-phy@1 is disabled (ENODEV)`],
  ],
  [
    'an MDIO bus that is on',
    off('mdio@fc000'),
    [MAC, 'failed', `its PHY ${FMAN}/mdio@fc000/ethernet-phy@1 is on an MDIO bus that is disabled: ${FMAN}/mdio@fc000`],
  ],
];

interface Booted {
  readonly bench: ReturnType<typeof benchOf>;
  readonly report: readonly NodeReport[];
  readonly log: readonly string[];
}

async function booted(...changes: Change[]): Promise<Booted> {
  const patch = (source: string): string =>
    changes.reduce((text, [from, to]) => {
      const changed = text.replace(from, to);
      expect(changed, `${from} is in the source`).not.toBe(text);
      return changed;
    }, source);
  const drivers = [...qbmanDrivers, ...fmanDrivers, dpaaEthDriver()];
  const bench = benchOf(treeOf(fourSource(patch)), { drivers, chips: [bmanChip(), qmanChip(), ...fmanChips()] });
  const log: string[] = [];
  bench.trace.attach((e) => {
    if (e.kind === 'printk') log.push(e.text);
  });
  await bench.powerOn();
  return { bench, report: bench.report(), log };
}

test('with all there nothing is wrong', async () => {
  const { report, log } = await booted();
  expect(report.filter(({ state }) => state === 'failed' || state === 'waits')).toEqual([]);
  expect(log).toEqual([]);
});

test.each(CASES)('without %s', async (_, change, ...outcomes) => {
  const { report } = await booted(change);
  for (const [at, state, reason, waitsFor] of outcomes) {
    const found = report.find(({ path }) => path === at);
    expect([found?.state, found?.reason, found?.waitsFor]).toEqual([state, expect.stringContaining(reason), waitsFor]);
    expect(found?.reason).not.toContain('\n');
  }
});

test('without a portal for one of the CPUs the others have theirs', async () => {
  const { bench } = await booted(off('qman-portal@20000'));
  expect(bench.core.classDevices('net').length).toBe(2);
});

test('an FMan that is off, and all in it, is off', async () => {
  const { report } = await booted(off('fman@1a00000'));
  const [fman, mac] = [FMAN, MAC].map((at) => report.find(({ path }) => path === at));
  expect([fman?.state, fman?.reason, mac?.state, mac?.reason]).toEqual([
    'disabled',
    'status is "disabled"',
    'disabled',
    `${FMAN} is disabled`,
  ]);
});

test('a second QMan is refused, and the first one works', async () => {
  const second = 'q2: qman@1980000 { compatible = "fsl,qman"; reg = <0 0x1980000 0 0x10000>; };';
  const { bench, report } = await booted(['bman: bman@', `${second} bman: bman@`]);
  expect(report.find(({ path }) => path.endsWith('qman@1980000'))?.reason).toContain(`${QMAN} is QMan already (EBUSY)`);
  expect(bench.core.classDevices('net').length).toBe(2);
});

test.each<[string, Change, string]>([
  ['has no PHY', ['phy-handle = <&phy0>;', ''], 'it has neither phy-handle nor fixed-link: no link can come up'],
  [
    'does not say how it is connected',
    ['phy-connection-type = "rgmii-id";', ''],
    'it has no phy-connection-type, SGMII is assumed',
  ],
  [
    'is connected strangely',
    ['"rgmii-id"', '"avian"'],
    'its phy-connection-type "avian" is not known, SGMII is assumed',
  ],
])('a MAC that %s is told when it is probed', async (_, change, text) => {
  const { log } = await booted(change);
  expect(log).toEqual([`fsl_dpaa_mac 1ae0000.ethernet: ${text}`]);
});

test('an interface without PHY cannot be opened, and says why', async () => {
  const { bench } = await booted(['phy-handle = <&phy0>;', '']);
  const [first] = bench.core.classDevices('net') as readonly NetClassDevice[];
  const opened = bench.drive('open', s(2), async () => await first?.netdev.open());
  await expect(opened).rejects.toThrow('no link can come up: it has neither phy-handle nor fixed-link (ENODEV)');
  expect(first?.netdev.up).toBe(false);
});
