// The recorded sessions of real clients and of a raw socket with Debian's iiod, said again to our server.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { demoTrigger, Player, reviewerDevice, seedDevice } from '../../../test/iiod-demo.js';
import { serverOf, Talk, unescaped } from '../../../test/iiod-talk.js';
import { ROOT } from '../../../test/sources.js';
import { ms } from '../../base/clock.js';
import { settle } from '../../host/settle.js';
import type { IiodServer } from './server.js';

const TEXT = readFileSync(join(ROOT, 'test/golden/iiod-transcripts.md'), 'latin1');

/** The block of lines in the chapter whose title begins so. */
function chapter(title: string): string[] {
  const [, block = ''] = /```\n([^]*?)```/.exec(TEXT.slice(TEXT.indexOf(`## ${title}`))) ?? [];
  return block.split('\n').filter((line) => line !== '');
}

const player = new Player();
const devices = [seedDevice(), reviewerDevice(player), demoTrigger()];

test('the document describes the reviewer’s device word for word as Debian’s iiod did', async () => {
  const recorded = chapter('The XML').join('\n');
  const xml = await new Talk(serverOf(() => devices)).say('PRINT\r\n');
  const [, device = 'none recorded'] =
    /(<device id="iio:device1"[^]*)$/.exec(TEXT.slice(TEXT.indexOf('## The XML'))) ?? [];
  const wanted = device.slice(0, device.indexOf('</device>') + '</device>'.length);
  expect(xml.slice(xml.indexOf('<device id="iio:device1"')).startsWith(wanted)).toBe(true);
  expect(recorded).not.toBe('');
  const [, first = ''] =
    /(<device id="iio:device0"[^]*?<\/channel>)/.exec(TEXT.slice(TEXT.indexOf('## The XML'))) ?? [];
  expect(xml.slice(xml.indexOf('<device id="iio:device0"')).startsWith(first)).toBe(true);
});

/**
 * What was recorded, and what is right. The original left payloads in its stream and took them for commands; and on
 * plain files any write succeeds.
 */
const BETTER: Readonly<Record<string, readonly [recorded: string, right: string]>> = {
  'WRITE iio:device0 nonesuch 3\\r\\n64\\0': ['3\\n', '-2\\n'],
  'WRITE iio:device1 INPUT voltage0 raw 2\\r\\n5\\0': ['-22\\n', '2\\n'],
  'WRITE iio:device1 INPUT voltage9 raw 2\\r\\n5\\0': ['-22\\n', '-6\\n'],
  'GETTRIG iio:device1\\r\\n': ['-22\\n', '0\\n'],
};

test('a raw session gets the recorded answers, and better ones where the original was out of step', async () => {
  const talk = new Talk(serverOf(() => devices));
  const lines = chapter('5. Raw session');
  const got: [string, string][] = [];
  const wanted: [string, string][] = [];
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const said = lines[at]?.slice(2) ?? '';
    const recorded = lines[at + 1]?.slice(2) ?? '';
    const heard = await talk.say(unescaped(said));
    if (/^(HELP|PRINT)/.test(said)) continue;
    const [bad, right = ''] = BETTER[said] ?? [];
    const answer = unescaped(recorded === bad ? right : recorded);
    const isCut = answer.startsWith('224\n');
    got.push([said, isCut ? heard.slice(0, answer.length) : heard]);
    wanted.push([said, answer]);
  }
  expect(got).toEqual(wanted);
  expect(got).toHaveLength(53);
});

/** Says a recorded session: `N C: …` is sent, `N S: …` is what came, in any number of pieces. */
async function replay(
  server: IiodServer,
  lines: readonly string[],
  onSaid: (text: string, answer: string) => Promise<void>,
): Promise<{ heard: [string, string][]; expected: [string, string][]; talks: Talk[] }> {
  const talks = new Map<string, Talk>();
  const expected = new Map<string, string>();
  for (const [at, line] of lines.entries()) {
    const [, nr = '', who = '', text = ''] = /^(\d+) ([CS]): (.*)$/.exec(line) ?? [];
    const talk = talks.get(nr) ?? new Talk(server);
    talks.set(nr, talk);
    if (text === '<EOF>') {
      if (who === 'C') talk.connection.close();
    } else if (who === 'S') {
      expected.set(nr, (expected.get(nr) ?? '') + unescaped(text));
    } else {
      await talk.say(unescaped(text));
      await onSaid(text, lines.slice(at).find((other) => other.startsWith(`${nr} S`)) ?? '');
    }
  }
  const plain = (all: [string, string][]): [string, string][] => all.map(([nr, text]) => [nr, withoutXml(text)]);
  const heard = [...talks].map(([nr, talk]): [string, string] => [nr, talk.heard]);
  return { heard: plain(heard), expected: plain([...expected]), talks: [...talks.values()] };
}

/** The document's length and text; the recording has a note in place of most of them. */
function withoutXml(text: string): string {
  return text.replace(/^\d+\n<(?:XML document[^>]*>\n|\?xml[^]*<\/context>\n)/, 'XML\n');
}

test('iio_attr and iio_info hear from us what they heard from Debian’s iiod', async () => {
  const lines = [...chapter('1. iio_info'), ...chapter('2. iio_attr')].filter((line) => !line.startsWith('...'));
  const own = [seedDevice(), reviewerDevice(new Player()), demoTrigger()];
  const { heard, expected } = await replay(
    serverOf(() => own),
    lines,
    async () => undefined,
  );
  expect(heard).toEqual(expected);
});

/**
 * What Debian's iiod handed on of the two connections that asked for one channel: a FIFO stood for the device, and had
 * two. These are the scans that follow with one.
 */
const ONE_CHANNEL: Readonly<Record<string, string>> = {
  4: '0\n8\n00000002\n\x1f\xa0\x1f\xa8\x1f\xb0\x1f\xb8',
  6: '0\n8\n00000002\n\x1f\xc0\x1f\xc8\x1f\xd0\x1f\xd8',
};

test('iio_readdev gets the recorded scans, waits as long as its TIMEOUT says, and leaves nothing', async () => {
  const player = new Player();
  const own = [reviewerDevice(player), demoTrigger()];
  const server = serverOf(() => own);
  const { heard, expected, talks } = await replay(server, chapter('3. iio_readdev'), async (said, answer) => {
    if (!said.startsWith('READBUF')) return;
    if (answer.endsWith('-110\\n')) await player.clock.run(ms(250));
    else player.feed(4);
    await settle();
  });
  for (const talk of talks) await talk.leave();
  const wanted = expected.map(([nr, text]): [string, string] => [nr, ONE_CHANNEL[nr] ?? text]);
  expect([heard, player.streams.size, server.connections]).toEqual([wanted, 0, 0]);
});
