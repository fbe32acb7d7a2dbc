// The key generator on scripted registers. Numbers are what Linux 6.12 writes, worked out from its constants by hand.
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { dpaaSource, FakeDpaa } from '../../../test/dpaa-registers.js';
import { treeOf } from '../../../test/tree-of.js';
import type { Trace } from '../../base/trace.js';
import { Bench } from '../../bench/bench.js';
import type { FaultPoint } from '../../bus/fault.js';
import { FaultPlan } from '../../bus/fault-plan.js';
import { NetDevice } from '../../core/netdevice.js';
import { dpaaEth, dpaaEthDriver } from '../dpaa-eth/dpaa-eth.js';
import { settle } from '../../host/settle.js';
import { qbmanDrivers } from '../qbman/qbman.js';
import { fmanDrivers } from './fman.js';

const KEYGEN = '/soc/fman@1a00000[keygen]';
const RFPNE = 0x8_8028;
const PARSER_ENQUEUES = 0x0050_0002;
const PARSER_HASHES = 0x0048_0000;

async function booted(fake: FakeDpaa, driver = dpaaEth, patch?: (source: string) => string) {
  const drivers = [...qbmanDrivers, ...fmanDrivers, driver];
  const bench = benchOf(treeOf(dpaaSource(patch)), { drivers, chips: fake.chips });
  await bench.powerOn();
  return bench;
}

/** Words of a scheme that are not 0, by their offset. */
function schemeOf(fake: FakeDpaa, nr: number): Record<string, string> {
  const words = fake.keygen.get(`scheme ${nr}`)?.split(' ') ?? [];
  const named = words.map((word, i) => [(0x100 + 4 * i).toString(16), word] as const);
  return Object.fromEntries(named.filter(([, word]) => Number.parseInt(word, 16) !== 0));
}

test('a port has a scheme over its 128 queues, and its frames go there', async () => {
  const fake = new FakeDpaa();
  await booted(fake);
  expect(schemeOf(fake, 0)).toEqual({
    100: '80500002',
    104: '00180206',
    108: '00080300',
    114: '00000080',
    118: '0000007f',
    144: '0a0a0a0a',
    148: '0b0b0b0b',
    158: '80000000',
  });
  // The first scheme is the highest bit; ports without interface have none, and none has a classification plan.
  expect([fake.keygen.get('port 8 sp'), fake.keygen.get('port 9 sp')]).toEqual(['80000000', '00000000']);
  expect([...fake.keygen].filter(([what, word]) => what.endsWith('cpp') && word !== '00000000')).toEqual([]);
  expect([fake.fman.get(0xc_1000), fake.fman.get(RFPNE)]).toEqual([0x8050_0002, PARSER_HASHES]);
});

test('dpaa-L35: the hash can be switched off, and goes with the interface', async () => {
  const fake = new FakeDpaa();
  const bench = await booted(fake);
  const dev = bench.core.devices.find(({ drvdata }) => drvdata instanceof NetDevice);
  const { ethtool } = dev?.drvdata as NetDevice;
  ethtool.setRxHash?.(false);
  expect([ethtool.getRxHash?.(), fake.fman.get(RFPNE)]).toEqual([false, PARSER_ENQUEUES]);
  ethtool.setRxHash?.(true);
  expect([ethtool.getRxHash?.(), fake.fman.get(RFPNE)]).toEqual([true, PARSER_HASHES]);
  await bench.powerOff();
  expect([fake.fman.get(RFPNE), fake.keygen.get('port 8 sp'), schemeOf(fake, 0)]).toEqual([
    PARSER_ENQUEUES,
    '00000000',
    { 158: '80000000' },
  ]);
});

test('without queues for it nothing is hashed', async () => {
  const fake = new FakeDpaa();
  const bench = await booted(fake, dpaaEthDriver({ hashQueues: 0 }));
  const dev = bench.core.devices.find(({ drvdata }) => drvdata instanceof NetDevice);
  expect([fake.fqs.size, fake.fman.get(RFPNE)]).toEqual([6, PARSER_ENQUEUES]);
  expect(() => (dev?.drvdata as NetDevice).ethtool.setRxHash?.(true)).toThrow('EOPNOTSUPP');
});

test.each([
  ['a count that is no power of two', 96, 'EINVAL'],
  ['more queues than numbers', 512, 'no 512 frame queues in a row are left, the first a multiple of 512: 0 of 511'],
])('%s is refused', async (_, hashQueues, text) => {
  const bench = await booted(new FakeDpaa(), dpaaEthDriver({ hashQueues }));
  const [failed] = bench.report().filter(({ path }) => path.endsWith('dpaa-ethernet.0'));
  expect([failed?.state, failed?.reason]).toEqual(['failed', expect.stringContaining(text)]);
});

test('a key generator that does not come to an end is told', async () => {
  const fake = new FakeDpaa();
  fake.stuck = true;
  const bench = await booted(fake);
  const [failed] = bench.report().filter(({ path }) => path.endsWith('dpaa-ethernet.0'));
  expect([failed?.state, failed?.reason]).toEqual(['failed', expect.stringContaining('ETIMEDOUT')]);
});

test.each(['mmio.read', 'mmio.write'])(
  'a %s of it that fails leaves an interface, or none and nothing behind',
  async (where) => {
    const wrong: string[] = [];
    // The first operations of all kinds, and from then on one in thirteen: the ports are set to nothing one by one.
    for (let nth = 1, struck = true; struck; nth += nth < 12 ? 1 : 13) {
      const fake = new FakeDpaa();
      const faults = (trace: Trace): FaultPlan =>
        new FaultPlan([{ where, which: KEYGEN, nth, what: 'bus-error' } as FaultPoint], trace);
      const drivers = [...qbmanDrivers, ...fmanDrivers, dpaaEthDriver({ hashQueues: 8 })];
      const bench = new Bench({ tree: treeOf(dpaaSource()), drivers, chips: fake.chips, settle, faults });
      await bench.powerOn();
      const { state } = bench.report().find(({ path }) => path.endsWith('dpaa-ethernet.0')) ?? {};
      struck = bench.faults.struck > 0;
      if (struck !== (state === 'failed')) wrong.push(`${nth}: ${state}`);
      wrong.push(...(await bench.powerOff()).map((left) => `${nth}: left behind: ${left}`));
      if (fake.fman.get(RFPNE) !== PARSER_ENQUEUES)
        wrong.push(`${nth}: frames are led to a key generator without scheme`);
    }
    expect(wrong).toEqual([]);
  },
);
