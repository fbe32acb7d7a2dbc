// Our reading of device files and our answers beside those of Debian's libiio 0.24, on the same plain files.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { demoDebug, demoTrigger, Player, reviewerDevice, seedDevice } from '../../../test/iiod-demo.js';
import { serverOf, Talk } from '../../../test/iiod-talk.js';
import { namespaceHurdle, plainDevices, RAW_CLIENT, runBesideIiod, runWithTree } from '../../../test/plain-tree.js';
import { writePlainTree } from '../../../test/plain-tree.js';
import { makeRandomTree } from '../../../test/random-iio-tree.js';
import { needs } from '../../../test/tools.js';
import { Random } from '../../base/random.js';

const hurdle = needs('unshare', 'ip', 'mount') ? 'programs' : namespaceHurdle();
if (hurdle !== undefined) process.stderr.write(`tests beside Debian's libiio are skipped: they need ${hurdle}\n`);

const folder = mkdtempSync(join(tmpdir(), 'bringup-iiod-'));
afterAll(() => rmSync(folder, { recursive: true }));
const newFolder = (): string => mkdtempSync(join(folder, 'tree-'));

/** The document in lines, without what it says of the computer. */
function devicesOf(xml: string): string[] {
  const devices = xml.slice(xml.indexOf('<device '), xml.lastIndexOf('</context>'));
  return devices.replaceAll('><', '>\n<').split('\n');
}

async function ourDocument(root: string): Promise<string> {
  const devices = plainDevices(root);
  const answer = await new Talk(serverOf(() => devices)).say('PRINT\r\n');
  return Buffer.from(answer, 'latin1').toString('utf8');
}

const TREES = Number(process.env['BRINGUP_SOAK'] ?? 60);

test.skipIf(hurdle !== undefined || needs('iio_genxml'))(
  `libiio makes the same document of ${TREES} random trees`,
  { timeout: 600_000 },
  async () => {
    let refused = 0;
    for (let nr = 0; nr < TREES; nr++) {
      const root = newFolder();
      makeRandomTree(new Random(`tree ${nr}`), root);
      const theirs = runWithTree(root, ['iio_genxml']).stdout.toString();
      // libiio gives up on some trees, scan elements with an extend_name say, that we can serve.
      if (!theirs.includes('</context>')) refused++;
      else expect([nr, ...devicesOf(await ourDocument(root))]).toEqual([nr, ...devicesOf(theirs)]);
      rmSync(root, { recursive: true });
    }
    expect(refused).toBeLessThan(TREES / 4);
  },
);

/** What clients may say, in an order in which answers do not depend on what the two servers keep differently. */
const SAID = [
  ['VERSION', ' VERSION', 'VERSION ', 'VERSION x', 'Version', 'version', '', '\t', 'FOO', 'ZPRINT', 'READ', 'READBUF'],
  ['READ iio:device1 label', 'READ ina3221  oversampling_ratio', 'READ iio:device9 a', 'READ iio:device1 nonesuch'],
  ['READ iio:device1 in_voltage0_raw', 'READ iio:device1 scan_elements', 'READ iio:device1 a b'],
  [
    'READ iio:device1 INPUT voltage0 raw',
    'READ iio:device1 input voltage0 scale',
    'READ iio:device1 INPUT voltage9 raw',
  ],
  ['READ iio:device1 OUTPUT voltage0 raw', 'READ iio:device1 INPUT voltage0 sampling_frequency'],
  ['READ iio:device1 INPUT', 'READ iio:device1 INPUT voltage0', 'READ iio:device1 INPUT voltage0 ', 'READ trigger0'],
  ['READ iio:device1 INPUT voltage0 raw more', 'READ iio:device1 INPUT timestamp', 'READ iio:device9 INPUT a b'],
  ['READ iio:device1', 'READ iio:device0', 'READ iio:device0 BUFFER', 'READ iio:device0 DEBUG'],
  ['READ iio:device1 BUFFER enable', 'READ iio:device1 buffer direction', 'READ iio:device1 Buffer direction'],
  ['READ iio:device1 DEBUG direct_reg_access', 'READ iio:device1 DEBUG nonesuch', 'READ sysfstrig0 name'],
  ['WRITE iio:device1 oversampling_ratio 3\r\n16\0', 'READ iio:device1 oversampling_ratio'],
  ['WRITE iio:device1 INPUT voltage0 raw 2\r\n7\0', 'READ iio:device1 INPUT voltage0 raw'],
  ['WRITE iio:device1 BUFFER length 3\r\n16\0', 'READ iio:device1 BUFFER length'],
  ['WRITE iio:device1 DEBUG direct_reg_access 2\r\n9\0', 'READ iio:device1 DEBUG direct_reg_access'],
  ['WRITE iio:device1 INPUT voltage9 raw 2\r\n5\0', 'WRITE trigger0 8\r\n\0\0\0\x029\0\0\0'],
  ['READ trigger0 sampling_frequency', 'WRITE trigger0 4\r\n\0\0\0\0', 'WRITE trigger0 7\r\n\0\0\0\x029\0\0'],
  [
    'GETTRIG iio:device1',
    'GETTRIG iio:device0',
    'GETTRIG trigger0',
    'GETTRIG iio:device9',
    'SETTRIG iio:device1 trigger0',
  ],
  [
    'GETTRIG iio:device1',
    'SETTRIG iio:device1',
    'GETTRIG iio:device1',
    'SETTRIG iio:device1 nope',
    'SETTRIG iio:device9 trigger0',
  ],
  ['SETTRIG iio:device1 iio:device0', 'SETTRIG iio:device0 trigger0', 'SET iio:device1 BUFFERS_COUNT 8'],
  [
    'SET iio:device1 BUFFERS_COUNT 0',
    'SET iio:device9 BUFFERS_COUNT 1',
    'SET iio:device1 FOO 1',
    'TIMEOUT 1000',
    'TIMEOUT',
  ],
  [
    'READBUF iio:device9 16',
    'READBUF iio:device1 16',
    'WRITEBUF iio:device1 16',
    'CLOSE iio:device1',
    'CLOSE iio:device9',
  ],
  [
    'OPEN iio:device1 4 3',
    'OPEN iio:device1 4 0000000000000003',
    'OPEN iio:device9 4 00000003',
    'OPEN iio:device1 4 00000000',
  ],
].flat();

test.skipIf(hurdle !== undefined || needs('iiod'))(
  'Debian’s iiod answers the same to the same commands',
  { timeout: 60_000 },
  async () => {
    const said = SAID.map((text) => (text.includes('\r\n') ? text : `${text}\r\n`));
    const devices = [seedDevice(), reviewerDevice(new Player(), demoDebug()), demoTrigger()];
    const [root, ours] = [newFolder(), newFolder()];
    for (const each of [root, ours]) await writePlainTree(each, devices);
    const theirs = runBesideIiod(root, `node ${RAW_CLIENT} talk $PORT`, JSON.stringify(said));
    const served = plainDevices(ours);
    const talk = new Talk(serverOf(() => served));
    const answers: string[] = [];
    for (const text of said) answers.push(await talk.say(text));
    const heard = JSON.parse(theirs.stdout.toString()) as string[];
    const pairs = (all: readonly string[]): [string, string][] => all.map((text, at) => [said[at] ?? '', padded(text)]);
    expect(pairs(answers)).toEqual(pairs(heard));
  },
);

/** Packed values have bytes of anything between them where the original does not write; they are 0 here. */
function padded(text: string): string {
  return /^\d+\n\0\0\0/.test(text) ? text.replace(/\0[^\0]{0,3}(?=\0\0|\n$)/g, '\0') : text;
}
