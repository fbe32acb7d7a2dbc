// Real trees: every MAC that they have on becomes an interface, and portals beyond the processors stay unused.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import { FakeDpaa } from '../../../test/dpaa-registers.js';
import { readFdt } from '../../dt/fdt-read.js';
import type { DtTree } from '../../dt/tree.js';
import { fmanDrivers } from '../fman/fman.js';
import { qbmanDrivers } from '../qbman/qbman.js';
import { dpaaEthDriver } from './dpaa-eth.js';

const NAME = 'dtb/fsl-ls1043a-rdb.dtb';
const PATH = inCorpus(corpusFolders(), NAME);

test.skipIf(PATH === undefined)(`${NAME}, where it is there, has its seven interfaces`, async () => {
  const tree = readFdt(readFileSync(PATH as string)).tree as DtTree;
  const fake = new FakeDpaa();
  const drivers = [...qbmanDrivers, ...fmanDrivers, dpaaEthDriver({ names: 'fm' })];
  const bench = benchOf(tree, { drivers, chips: fake.chips });
  await bench.powerOn();
  // MACs e0000 to ea000 and f0000, whose cell-index is 8 (facts 9.1).
  const names = bench.core.classDevices('net').map(({ sysfs }) => sysfs.name);
  expect(names).toEqual([1, 2, 3, 4, 5, 6, 9].map((mac) => `fm1-mac${mac}`));
  // Four processors: two queues of receive, 128 of hashed frames, two of errors and confirmation, four pairs to send.
  expect(fake.fqs.size).toBe(7 * (12 + 128));
});
