import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import { treeOf } from '../../../test/tree-of.js';
import { readFdt } from '../../dt/fdt-read.js';
import { dpaaTree } from './ports.js';

const blob = inCorpus(corpusFolders(), join('dtb', 'fsl-ls1043a-rdb.dtb'));

// The nodes of Linux' arch/arm64/boot/dts/freescale/fsl-ls1043a-rdb.dts; channels by the manual's order of ports.
test.skipIf(blob === undefined)('the LS1043A-RDB has seven MACs', () => {
  const { tree } = readFdt(readFileSync(blob ?? ''));
  if (tree === undefined) throw new Error('no tree');
  const { fmans, qman, bman, problems } = dpaaTree(tree);
  expect(fmans.map(({ macs, ports, ...fman }) => fman)).toEqual([
    {
      path: '/soc/fman@1a00000',
      name: 'fm1',
      enabled: true,
      muramBytes: 0x6_0000,
      channels: [0x800, 0x10],
      hasErratum: true,
    },
  ]);
  const [fman] = fmans;
  expect(fman?.macs.map(({ name, alias, rx, tx, phyMode }) => [name, alias, rx, tx, phyMode])).toEqual([
    ['fm1-mac1', 'ethernet0', 0x08, 0x28, 'qsgmii'],
    ['fm1-mac2', 'ethernet1', 0x09, 0x29, 'qsgmii'],
    ['fm1-mac3', 'ethernet2', 0x0a, 0x2a, 'rgmii-id'],
    ['fm1-mac4', 'ethernet3', 0x0b, 0x2b, 'rgmii-id'],
    ['fm1-mac5', 'ethernet4', 0x0c, 0x2c, 'qsgmii'],
    ['fm1-mac6', 'ethernet5', 0x0d, 0x2d, 'qsgmii'],
    ['fm1-mac9', 'ethernet6', 0x10, 0x30, 'xgmii'],
  ]);
  const sending = fman?.ports.filter(({ kind }) => kind === 'tx').map(({ id, channel }) => [id, channel]);
  expect(sending).toContainEqual([0x28, 0x802]);
  expect(sending).toContainEqual([0x30, 0x800]);
  expect(qman.memory.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
    ['fqd', 4 << 20],
    ['pfdr', 32 << 20],
  ]);
  expect(bman.memory.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([['fbpr', 16 << 20]]);
  expect([qman.portals.length, bman.portals.length]).toEqual([10, 10]);
  expect(problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['note dpaa/tree/no-address']);
});

const WHOLE = `/ {
  #address-cells = <2>; #size-cells = <2>;
  aliases { ethernet0 = &mac; };
  reserved-memory {
    #address-cells = <2>; #size-cells = <2>; ranges;
    fbpr: bman-fbpr { compatible = "shared-dma-pool"; size = <0 0x1000000>; alignment = <0 0x1000000>; no-map; };
    fqd: qman-fqd { compatible = "shared-dma-pool"; size = <0 0x400000>; alignment = <0 0x400000>; no-map; };
    pfdr: qman-pfdr { compatible = "shared-dma-pool"; reg = <8 0x2000000 0 0x2000000>; no-map; };
  };
  qman: qman@1880000 { compatible = "fsl,qman"; reg = <0 0x1880000 0 0x10000>; memory-region = <&fqd &pfdr>; };
  bman: bman@1890000 { compatible = "fsl,bman"; reg = <0 0x1890000 0 0x10000>; memory-region = <&fbpr>; };
  qportal: qman-portal@0 { compatible = "fsl,qman-portal"; cell-index = <0>; };
  bportal: bman-portal@0 { compatible = "fsl,bman-portal"; };
  fman: fman@1a00000 {
    compatible = "fsl,fman"; cell-index = <0>; fsl,qman-channel-range = <0x800 0x10>;
    #address-cells = <1>; #size-cells = <1>; ranges = <0 0 0x1a00000 0xfe000>;
    muram: muram@0 { compatible = "fsl,fman-muram"; reg = <0 0x60000>; };
    rx: port@88000 { compatible = "fsl,fman-v3-port-rx"; cell-index = <8>; };
    tx: port@a8000 { compatible = "fsl,fman-v3-port-tx"; cell-index = <0x28>; };
    mac: ethernet@e0000 {
      compatible = "fsl,fman-memac"; cell-index = <0>; fsl,fman-ports = <&rx &tx>; phy-handle = <&phy>;
      phy-connection-type = "sgmii"; local-mac-address = [02 00 00 00 00 01];
    };
    mdio@fc000 { phy: ethernet-phy@1 { reg = <1>; }; };
  };
};
`;

function problems(change: string): string[] {
  return dpaaTree(treeOf(WHOLE + change)).problems.map(({ severity, code, where = '' }) =>
    `${severity} ${code.slice('dpaa/tree/'.length)} ${where}`.trim(),
  );
}
const FMAN = '/fman@1a00000';
const MAC = `${FMAN}/ethernet@e0000`;

test('a tree in which nothing is missing', () => {
  expect(problems('')).toEqual([]);
  expect(dpaaTree(treeOf(WHOLE)).fmans[0]?.macs).toEqual([
    {
      path: MAC,
      name: 'fm1-mac1',
      alias: 'ethernet0',
      kind: 'mEMAC',
      enabled: true,
      rx: 8,
      tx: 0x28,
      phyMode: 'sgmii',
      phy: `${FMAN}/mdio@fc000/ethernet-phy@1`,
      address: '02:00:00:00:00:01',
    },
  ]);
});

test.each([
  ['no queue manager', '/delete-node/ &qman;', ['error no-manager']],
  ['one that is off', '&qman { status = "disabled"; };', ['error manager-off /qman@1880000']],
  ['no buffer manager', '/delete-node/ &bman;', ['error no-manager']],
  ['no portals that are on', '&bportal { status = "disabled"; };', ['error no-portals']],
  [
    'a portal of the queue manager without number',
    '&qportal { /delete-property/ cell-index; };',
    ['error portal-index /qman-portal@0'],
  ],
  [
    'no memory for free buffers',
    '&bman { /delete-property/ memory-region; }; /delete-node/ &fbpr;',
    ['error no-memory /bman@1890000'],
  ],
  [
    'memory of a size that cannot be',
    '&fqd { size = <0 0x300000>; };',
    ['error memory-size /reserved-memory/qman-fqd'],
  ],
  [
    'memory that Linux may put anywhere',
    '&fqd { alignment = <0 0x1000>; };',
    ['error memory-align /reserved-memory/qman-fqd'],
  ],
  [
    'memory at a wrong place',
    '&pfdr { reg = <8 0x1000000 0 0x2000000>; };',
    ['error memory-align /reserved-memory/qman-pfdr'],
  ],
  ['no muram', '/delete-node/ &muram;', [`error no-muram ${FMAN}`]],
  ['no channels', '&fman { /delete-property/ fsl,qman-channel-range; };', [`error no-channels ${FMAN}`]],
  ['an FMan without number', '&fman { /delete-property/ cell-index; };', [`error fman-index ${FMAN}`]],
  ['an FMan that is off', '&fman { status = "disabled"; };', [`error fman-off ${FMAN}`]],
  ['a MAC with one port', '&mac { fsl,fman-ports = <&rx>; };', [`error mac-ports ${MAC}`]],
  [
    'a MAC with its ports in the wrong order',
    '&mac { fsl,fman-ports = <&tx &rx>; };',
    [`error mac-port ${MAC}`, `error mac-port ${MAC}`],
  ],
  ['a port that is off', '&tx { status = "disabled"; };', [`error port-off ${MAC}`]],
  ['a port without number', '&rx { /delete-property/ cell-index; };', [`error port-index ${MAC}`]],
  ['a MAC with a number that is too large', '&mac { cell-index = <10>; };', [`error mac-index ${MAC}`]],
  ['a MAC without mode', '&mac { /delete-property/ phy-connection-type; };', [`warning no-phy-mode ${MAC}`]],
  ['a MAC without PHY', '&mac { /delete-property/ phy-handle; };', [`warning no-phy ${MAC}`]],
  ['a MAC without address', '&mac { local-mac-address = [00 00 00 00 00 00]; };', [`note no-address ${FMAN}`]],
  ['a dTSEC without its TBI', '&mac { compatible = "fsl,fman-dtsec"; };', [`error no-tbi ${MAC}`]],
  ['a MAC that is off lacks nothing', '&mac { status = "disabled"; fsl,fman-ports; };', []],
])('%s', (_name, change, found) => {
  expect(problems(change)).toEqual(found);
});

test('memory is found by its compatible as well, and a fixed link is a link', () => {
  const change = `&fqd { compatible = "fsl,qman-fqd"; }; &qman { memory-region = <&pfdr>; };
    &mac { /delete-property/ phy-handle; fixed-link { speed = <1000>; full-duplex; }; };`;
  expect(problems(change)).toEqual([]);
});

test('version 2 counts channels and ports of 10G in its own way', () => {
  const change =
    '&tx { compatible = "fsl,fman-v2-port-tx"; cell-index = <0x30>; }; &fman { fsl,qman-channel-range = <0x40 0xc>; };';
  const { fmans } = dpaaTree(treeOf(WHOLE + change));
  expect(fmans[0]?.ports[1]).toMatchObject({ kind: 'tx', id: 0x30, is10g: true, channel: 0x40 });
});

test('a tree without FMan has none, and nothing is missing', () => {
  expect(dpaaTree(treeOf('/ { };'))).toMatchObject({ fmans: [], problems: [] });
});
