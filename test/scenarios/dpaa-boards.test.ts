// The same loop on other boards: behind an IOMMU and with memory high up, with the erratum of the LS1043A, on the
// LS1046A with 10 Gbit/s, and on the T1040, whose portals are laid out in another way.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readFdt } from '../../src/dt/fdt-read.js';
import type { DtTree } from '../../src/dt/tree.js';
import { audit } from '../dpaa-accounts.js';
import { SUM_CASES, sumPacket } from '../dpaa-checksums.js';
import { corpusFolders, inCorpus } from '../corpus.js';
import type { DpaaPairOptions } from '../dpaa-machine.js';
import { dpaaPair } from '../dpaa-pair.js';
import { borderLengths, PATTERNS } from '../dpaa-patterns.js';
import { same, sendOne } from '../dpaa-sweep.js';
import { T1040_MACS, t1040Tree } from '../t1040.js';

const MOST = 9596;
/** What boards say of themselves, and interfaces that come up. */
const USUAL = /no CPU is left|MAC address|SGMII is assumed|Link is Up|neither phy-handle nor fixed-link/;

async function loop(options: DpaaPairOptions, first: number, buffer: number): Promise<readonly string[]> {
  const pair = await dpaaPair({ maxFrame: 9600, ...options });
  await pair.open();
  const findings: string[] = [];
  let turn = 0;
  for (const length of borderLengths(first, buffer, MOST)) {
    for (let i = 0; i < 3; i++) {
      const pattern = PATTERNS[turn++ % PATTERNS.length] as (typeof PATTERNS)[number];
      findings.push(...((await sendOne(pair, turn % 3 === 0 ? 1 : 0, length, pattern)) ?? []));
    }
  }
  for (let at = 0; at < SUM_CASES.length; at += 17) {
    const one = SUM_CASES[at] as (typeof SUM_CASES)[number];
    const { skb, expected } = sumPacket(pair, 1, one);
    await pair.send(0, skb);
    const came = pair.sides[1].received.pop();
    const padded = new Uint8Array(Math.max(60, expected.length));
    padded.set(expected);
    if (came === undefined || !same(came, padded)) findings.push(`${one.name}: other bytes came`);
    findings.push(...audit(pair));
  }
  findings.push(...pair.log.filter((line) => !USUAL.test(line)));
  pair.release();
  return findings;
}

test.each([
  ['bus addresses that are no physical ones', { iovaBase: 0x12_0000_0000 }],
  ['memory below 2^40, at its end', { base: 0xff_0000_0000, size: 0x1000_0000 }],
  ['caches that nobody keeps coherent', { poison: true, iovaBase: 0x1_0000_0000 }],
])('the lab board with %s', async (_, memory) => {
  expect((await loop({ memory }, 1536, 1664)).slice(0, 5)).toEqual([]);
});

test('a T1040', async () => {
  expect((await loop({ tree: t1040Tree(), macs: T1040_MACS }, 1536, 1664)).slice(0, 5)).toEqual([]);
});

const treeIn = (path: string | undefined): DtTree => readFdt(readFileSync(path as string)).tree as DtTree;
const mac = (at: string): string => `/soc/fman@1a00000/ethernet@${at}`;
const LS1043A = inCorpus(corpusFolders(), 'dtb/fsl-ls1043a-rdb.dtb');
const LS1046A = inCorpus(corpusFolders(), 'dtb/fsl-ls1046a-rdb.dtb');

test.skipIf(LS1043A === undefined)('an LS1043A-RDB, and nothing that its erratum forbids', async () => {
  const found = await loop({ tree: treeIn(LS1043A), macs: [mac('e0000'), mac('e2000')] }, 1792, 2048);
  expect(found.slice(0, 5)).toEqual([]);
});

test.skipIf(LS1046A === undefined)('an LS1046A-RDB with 10 Gbit/s', async () => {
  const macs = [mac('f0000'), mac('f2000')] as const;
  expect((await loop({ tree: treeIn(LS1046A), macs, speed: 10_000 }, 1536, 1664)).slice(0, 5)).toEqual([]);
});
