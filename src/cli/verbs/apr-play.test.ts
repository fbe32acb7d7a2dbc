// Sound through the command: driver, DSP model, real boards' trees. Files are made here, byte by byte.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { captureIo } from '../../../test/capture.js';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import { Random } from '../../base/random.js';
import { run } from '../run.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-apr-'));
afterAll(() => rmSync(cwd, { recursive: true }));

/** A canonical WAV file with noise. */
function wav(name: string, channels: number, rate: number, bits: number, frames: number): string {
  const random = new Random(name);
  const data = Buffer.from(Array.from({ length: (frames * channels * bits) / 8 }, () => random.below(256)));
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length + (data.length % 2), 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE((rate * channels * bits) / 8, 28);
  head.writeUInt16LE((channels * bits) / 8, 32);
  head.writeUInt16LE(bits, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  writeFileSync(join(cwd, name), Buffer.concat([head, data, Buffer.alloc(data.length % 2)]));
  return name;
}

async function apr(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const { io, out, err } = captureIo({ cwd });
  const code = await run(['apr', ...args], io);
  return { code, out: out(), err: err() };
}

const file = (name: string): Buffer => readFileSync(join(cwd, name));
wav('song.wav', 2, 48_000, 16, 12_000);

test.each([
  [1, 8000, 16, 801],
  [2, 44_100, 24, 4411],
  [1, 22_050, 24, 333],
  [2, 192_000, 32, 1920],
])('%i channels, %i Hz, %i bits, %i frames: what is heard is the file, and what is recorded', async (...format) => {
  const name = wav('in.wav', ...format);
  const played = await apr('play', name, '-o', 'heard.wav');
  expect({ code: played.code, err: played.err }).toEqual({ code: 0, err: '' });
  expect(played.out).toContain(`${format[3]} frames, identical to in.wav; written to heard.wav`);
  expect(file('heard.wav').equals(file(name))).toBe(true);
  const recorded = await apr('record', '--input', name, '-o', 'recorded.wav');
  expect({ code: recorded.code, err: recorded.err }).toEqual({ code: 0, err: '' });
  expect(file('recorded.wav').equals(file(name))).toBe(true);
});

test('a crash in the middle: the stream ends with a name, the DSP comes up again, and plays', async () => {
  const { code, out } = await apr('play', 'song.wav', '--crash', '100ms', '-o', 'again.wav');
  expect(code).toBe(0);
  expect(out).toMatch(
    /^first:\n[^]*the DSP has died \(ECONNRESET\)[^]*\nagain:\n[^]*12000 frames, identical to song\.wav/,
  );
  expect(file('again.wav').equals(file('song.wav'))).toBe(true);
});

test('the same as a document', async () => {
  const { out } = await apr('play', 'song.wav', '--json');
  expect(JSON.parse(out)).toMatchObject({
    seed: '1',
    plays: [
      {
        port: 'PRIMARY_MI2S_RX',
        ...{ rate: 48_000, channels: 2, bits: 16, heard: 12_000, starved: 0, identical: true },
        streams: [{ file: 'song.wav', frames: 12_000, played: 12_000, session: 1, underruns: 0 }],
      },
    ],
    findings: [],
    leaks: [],
  });
});

test('an answer that gets lost is told by its command', async () => {
  const { code, out } = await apr('play', 'song.wav', '--fault', 'rpmsg.deliver#6=drop');
  expect(code).toBe(1);
  expect(out).toMatch(/0 of 12000 frames played; .*(AFE|ASM|ADM|CORE) \w+.*ETIMEDOUT/);
});

test('the packets of a playback, for Wireshark and in words', async () => {
  await apr('play', 'song.wav', '--capture', 'packets.pcapng');
  const { code, out } = await apr('decode', 'packets.pcapng', '--brief');
  expect(code).toBe(0);
  expect(out).toMatch(/Linux -> ASM {4}ASM_STREAM_CMD_OPEN_WRITE_V3 {2}session 1 stream 1/);
  expect(out).toMatch(/\d+ packets: \d+ sent, \d+ delivered, 0 refused\n$/);
});

const BOARDS = ['apq8096-db820c', 'sdm845-db845c', 'qrb5165-rb5', 'sc7180-acer-aspire1'].map((name) =>
  inCorpus(corpusFolders(), `dtb/${name}.dtb`),
);
test.skipIf(BOARDS.includes(undefined))('real boards play', async () => {
  for (const tree of BOARDS) {
    const { code, out } = await apr('play', 'song.wav', '--tree', tree as string, '-o', 'heard.wav');
    expect({ tree, code, same: file('heard.wav').equals(file('song.wav')) }).toEqual({ tree, code: 0, same: true });
    expect(out).toContain('identical to song.wav');
  }
});

wav('bytes.wav', 1, 8000, 8, 10);
writeFileSync(join(cwd, 'text.wav'), 'no sound');
test.each([
  [['play', 'text.wav'], 1, 'text.wav: '],
  [['play', 'bytes.wav'], 1, 'bytes.wav: its samples have 8 bits, the DSP takes 16, 24 and 32; convert it'],
  [['play', 'missing.wav'], 2, 'missing.wav: there is no such file; check the path'],
  [
    ['play', 'song.wav', '--port', 'HDMI_RX'],
    2,
    'this board has no such port for playback; there are: PRIMARY_MI2S_RX',
  ],
  [['play', 'song.wav', '--crash', 'soon'], 2, "'soon'"],
  [['play', 'song.wav', '-o', 'no/where.wav'], 2, 'no/where.wav: it cannot be created there'],
  [['record', '-o', 'x.wav', '--for', '0s'], 2, 'write more than nothing and at most 60m'],
  [['record', '-o', 'x.wav', '--input', 'text.wav'], 1, 'text.wav: '],
  [['record', '-o', 'x.wav', '--port', 'PRIMARY_MI2S_RX'], 2, 'no such port for capture; there are: PRIMARY_MI2S_TX'],
])('%j is refused in a line', async (args, code, what) => {
  const said = await apr(...args);
  expect({ code: said.code, out: said.out }).toEqual({ code, out: '' });
  expect(said.err).toContain(what);
  expect(said.err.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
});
