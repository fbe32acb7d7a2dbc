import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameBytes, readWav, type Wav, wavBytes } from './wav.js';

/** The bytes of a text with numbers: `'RIFF' 24:4 'WAVE'`; a number has its size behind the colon, little-endian. */
function file(text: string): Uint8Array {
  const bytes = [...text.matchAll(/'([^']*)'|(\d+):(\d)/g)].flatMap(([, word, value, size]) => {
    if (word !== undefined) return [...word].map((char) => char.charCodeAt(0));
    return Array.from({ length: Number(size) }, (_, n) => Math.floor(Number(value) / 256 ** n) % 256);
  });
  return Uint8Array.from(bytes);
}

// Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991), WAVE: stereo, 8 kHz, 16 bits.
const PLAIN = file(`'RIFF' 44:4 'WAVE' 'fmt ' 16:4 1:2 2:2 8000:4 32000:4 4:2 16:2 'data' 8:4 1:2 2:2 3:2 4:2`);
// mmreg.h's WAVEFORMATEXTENSIBLE: 5.1, 48 kHz, 24 of 32 bits.
const EXTENDED = file(
  `'RIFF' 84:4 'WAVE' 'fmt ' 40:4 65534:2 6:2 48000:4 1152000:4 24:2 32:2 22:2 24:2 63:4 1:2 0:4 16:2 128:2 0:1 170:1
   0:1 56:1 155:1 113:1 'data' 24:4 1:4 2:4 3:4 4:4 5:4 6:4`,
);
const PIECES = file(
  `'RIFF' 78:4 'WAVE' 'fmt ' 16:4 1:2 1:2 44100:4 44100:4 1:2 8:2 'fact' 4:4 3:4 'note' 5:4 'hello' 0:1 'data' 3:4 128:1
   129:1 130:1 0:1 'LIST' 4:4 'INFO'`,
);
const EARLY = file(
  `'RIFF' 58:4 'WAVE' 'JUNK' 4:4 0:4 'fmt ' 18:4 1:2 2:2 8000:4 32000:4 4:2 16:2 0:2 'data' 8:4 1:2 2:2 3:2 4:2`,
);
const keys = (bytes: Uint8Array): string[] =>
  readWav(bytes).diagnostics.map(({ severity, code }) => `${severity} ${code}`);
const error = (bytes: Uint8Array): string => {
  const { wav, diagnostics } = readWav(bytes);
  expect([wav, diagnostics.length]).toEqual([undefined, 1]);
  return diagnostics[0]?.text ?? '';
};

describe('reading', () => {
  test('a plain file', () => {
    expect(readWav(PLAIN)).toEqual({
      wav: { channels: 2, rate: 8000, bits: 16, data: Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0) },
      diagnostics: [],
    });
  });

  test('an extensible file', () => {
    expect(readWav(EXTENDED).wav).toMatchObject({
      ...{ channels: 6, rate: 48_000, bits: 32, validBits: 24, channelMask: 0x3f, extensible: true },
    });
    expect(keys(EXTENDED)).toEqual([]);
  });

  test('an odd length, its padding, and chunks that are no sound', () => {
    const { wav, diagnostics } = readWav(PIECES);
    expect(diagnostics).toEqual([]);
    expect(wav?.data).toEqual(Uint8Array.of(128, 129, 130));
    expect(wav?.chunks?.map(({ id, place, data }) => [id, place, data.length])).toEqual([
      ['fact', 'before', 4],
      ['note', 'before', 5],
      ['LIST', 'after', 4],
    ]);
  });

  test('a file from a pipe goes to its end', () => {
    const piped = PLAIN.slice();
    piped.set([0xff, 0xff, 0xff, 0xff], 4);
    piped.set([0xff, 0xff, 0xff, 0xff], 40);
    expect(readWav(piped).wav?.data).toEqual(readWav(PLAIN).wav?.data);
    expect(keys(piped)).toEqual(['note abi/wav/piped']);
  });

  test('a sound without a frame is none from a pipe, whatever stands behind it', () => {
    const silent = file(
      `'RIFF' 52:4 'WAVE' 'fmt ' 16:4 1:2 1:2 8000:4 16000:4 2:2 16:2 'data' 0:4 'LIST' 8:4 'INFOabcd'`,
    );
    expect(readWav(silent)).toMatchObject({
      wav: { data: new Uint8Array(0), chunks: [{ id: 'LIST' }] },
      diagnostics: [],
    });
    const piped = file(`'RIFF' 36:4 'WAVE' 'fmt ' 16:4 1:2 1:2 8000:4 16000:4 2:2 16:2 'data' 0:4 1:2 2:2`);
    expect(readWav(piped).wav?.data).toEqual(Uint8Array.of(1, 0, 2, 0));
  });

  test('a file that was cut', () => {
    expect(readWav(PLAIN.subarray(0, 51)).wav?.data).toEqual(Uint8Array.of(1, 0, 2, 0, 3, 0, 4));
    expect(keys(PLAIN.subarray(0, 51))).toEqual([
      'warning abi/wav/cut',
      'warning abi/wav/cut',
      'warning abi/wav/part-frame',
    ]);
  });

  test.each([
    ['an empty file', '', 'it is empty; give a WAV file'],
    [
      'text',
      `'Hello, world'`,
      'it is no WAV file: it does not begin with RIFF and WAVE; convert it, for example with sox',
    ],
    ['no format', `'RIFF' 16:4 'WAVE' 'data' 4:4 0:4`, 'it has no chunk "fmt " that says what the samples are'],
    ['no sound', `'RIFF' 28:4 'WAVE' 'fmt ' 16:4 1:2 1:2 8000:4 8000:4 1:2 8:2`, 'it has no chunk "data"'],
    [
      'a short format',
      `'RIFF' 20:4 'WAVE' 'fmt ' 8:4 1:2 1:2 8000:4`,
      'its chunk "fmt " has 8 bytes, 16 are the least',
    ],
    [
      'floats',
      `'RIFF' 28:4 'WAVE' 'fmt ' 16:4 3:2 1:2 8000:4 32000:4 4:2 32:2`,
      'its sound is floating point, and only PCM is played; convert it, for example with sox',
    ],
    [
      'no channels',
      `'RIFF' 28:4 'WAVE' 'fmt ' 16:4 1:2 0:2 8000:4 0:4 0:2 16:2`,
      'it has 0 channels; 1 to 32 are played',
    ],
    [
      '12 bits',
      `'RIFF' 28:4 'WAVE' 'fmt ' 16:4 1:2 1:2 8000:4 12000:4 2:2 12:2`,
      'its samples have 12 bits; 8, 16, 24 and 32 are played',
    ],
    [
      'frames of another size',
      `'RIFF' 28:4 'WAVE' 'fmt ' 16:4 1:2 2:2 8000:4 12000:4 2:2 16:2`,
      'its frames should have 4 bytes, and it says 2',
    ],
  ])('%s is refused with one error', (_, text, says) => {
    expect(error(file(text))).toBe(says);
  });

  test('whatever the bytes are, it ends and never reads beyond them', () => {
    const near = fc.tuple(
      fc.constantFrom(PLAIN, EXTENDED, PIECES),
      fc.array(fc.tuple(fc.nat(91), fc.nat(255)), { maxLength: 6 }),
    );
    fc.assert(
      fc.property(near, ([whole, changes]) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const { wav, diagnostics } = readWav(bytes);
        expect(wav === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
        if (wav !== undefined) expect(wav.data.byteOffset + wav.data.length).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 500, seed: 0xa9a9 },
    );
  });
});

describe('writing', () => {
  test('what was read is written byte for byte', () => {
    for (const bytes of [PLAIN, EXTENDED, PIECES, EARLY]) expect(wavBytes(readWav(bytes).wav as Wav)).toEqual(bytes);
  });

  test('every form comes back as it was', () => {
    const forms = fc.record({
      channels: fc.integer({ min: 1, max: 8 }),
      rate: fc.constantFrom(8000, 11_025, 44_100, 48_000, 96_000, 192_000),
      bits: fc.constantFrom<8 | 16 | 24 | 32>(8, 16, 24, 32),
      frames: fc.nat(9),
    });
    fc.assert(
      fc.property(forms, ({ frames, ...format }) => {
        const data = Uint8Array.from({ length: frames * frameBytes(format) }, (_, n) => (n * 37) & 0xff);
        const wav: Wav = { ...format, data };
        const again = readWav(wavBytes(wav));
        expect(again).toEqual({ wav, diagnostics: [] });
      }),
      { numRuns: 200, seed: 0xa9a9 },
    );
  });
});
