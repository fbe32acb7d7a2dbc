import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import { treeOf } from '../../../test/tree-of.js';
import { formatDiagnostic } from '../../base/diagnostic.js';
import { readFdt } from '../../dt/fdt-read.js';
import { findMac, type FoundMac } from './find-mac.js';
import { dpaaTree } from './ports.js';

const blob = inCorpus(corpusFolders(), join('dtb', 'fsl-ls1043a-rdb.dtb'));
const E4000 = '/soc/fman@1a00000/ethernet@e4000';

const mac = (index: number, more = ''): string =>
  `ethernet@e${2 * index}000 { compatible = "fsl,fman-memac"; cell-index = <${index}>; ${more} };`;
const TWO = `/ { aliases { ethernet2 = "/a/ethernet@e4000"; ethernet7 = "/gone"; };
  a { compatible = "fsl,fman"; cell-index = <0>; ${mac(0)} ${mac(2)} ${mac(3, 'status = "disabled";')} };
  b { compatible = "fsl,fman"; cell-index = <1>; ${mac(0)} ${mac(8)} }; };`;
const INTERFACES = new Map([
  ['eth0', '/a/ethernet@e0000'],
  ['eth3', '/b/ethernet@e16000'],
  ['fm1-mac1', '/b/ethernet@e16000'],
]);

const said = ({ mac: found, problem }: FoundMac): string =>
  problem === undefined ? found.path : formatDiagnostic(problem);

// Numbers of MACs as Linux' udev rules have them: fm1-mac3 is the third MAC of the first FMan.
test.skipIf(blob === undefined)('all names of a port of the LS1043A-RDB lead to it', () => {
  const { tree } = readFdt(readFileSync(blob ?? ''));
  if (tree === undefined) throw new Error('no tree');
  const names = ['fm1-mac3', 'ethernet2', 'ethernet@e4000', E4000];
  expect(names.map((name) => said(findMac(dpaaTree(tree), name)))).toEqual(names.map(() => E4000));
  expect(said(findMac(dpaaTree(tree), 'fm1-mac9'))).toBe('/soc/fman@1a00000/ethernet@f0000');
});

const A_AND_B =
  'fm1-mac1 (/a/ethernet@e0000), fm1-mac3 (ethernet2, /a/ethernet@e4000), ' +
  'fm2-mac1 (/b/ethernet@e0000), fm2-mac9 (/b/ethernet@e16000)';

test.each([
  ['fm2-mac1', '/b/ethernet@e0000'],
  ['ethernet2', '/a/ethernet@e4000'],
  ['ethernet@e4000', '/a/ethernet@e4000'],
  ['eth0', '/a/ethernet@e0000'],
  ['eth3', '/b/ethernet@e16000'],
  // An interface that is called as another port is.
  ['fm1-mac1', '/a/ethernet@e0000'],
  [
    'ethernet@e0000',
    'ethernet@e0000: error: ethernet@e0000 is the name of several: /a/ethernet@e0000, /b/ethernet@e0000; ' +
      'name one by its path [dpaa/port/many]',
  ],
  ['tap0', `tap0: error: no Ethernet port is called "tap0"; there are ${A_AND_B} [dpaa/port/unknown]`],
  ['ethernet7', `ethernet7: error: no Ethernet port is called "ethernet7"; there are ${A_AND_B} [dpaa/port/unknown]`],
  ['', `: error: no Ethernet port is called ""; there are ${A_AND_B} [dpaa/port/unknown]`],
  [
    'fm1-mac4',
    'fm1-mac4: error: fm1-mac4 is switched off in the tree: /a/ethernet@e6000; ' +
      `set its status to okay, or take one of ${A_AND_B} [dpaa/port/off]`,
  ],
])('%s among two FMans', (name, expected) => {
  expect(said(findMac(dpaaTree(treeOf(TWO)), name, INTERFACES))).toBe(expected);
});

test('a tree without ports says so', () => {
  expect(said(findMac(dpaaTree(treeOf('/ { };')), 'fm1-mac1'))).toBe(
    'fm1-mac1: error: the tree has no Ethernet port of DPAA, so none is called fm1-mac1; ' +
      'take a tree with fsl,fman [dpaa/port/no-ports]',
  );
});
