// WAV files (RIFF/WAVE with PCM of 8, 16, 24 and 32 bits, plain or extensible): read without trusting any number in
// them, written byte for byte as they were read.
import type { Diagnostic } from '../base/diagnostic.js';

/** What the samples are. */
export interface WavFormat {
  readonly channels: number;
  /** Frames in a second. */
  readonly rate: number;
  /** Bits of a sample in the file: 8 (unsigned), 16, 24 or 32 (signed), little-endian. */
  readonly bits: 8 | 16 | 24 | 32;
  /** How many of them count, when those are fewer. */
  readonly validBits?: number;
  /** Which loudspeakers; 0 says nothing. */
  readonly channelMask?: number;
  /** Written in the extensible form, also where the plain one would do. */
  readonly extensible?: boolean;
  /** What the file has behind the fields of its format; most often the two bytes that say that nothing follows. */
  readonly formatTail?: Uint8Array;
}

/** A chunk that is no sound: `LIST`, `fact`. */
export interface WavChunk {
  /** Four characters. */
  readonly id: string;
  readonly data: Uint8Array;
  /** In front of the format, between format and sound, or behind the sound. */
  readonly place: 'first' | 'before' | 'after';
}

/** A file. */
export interface Wav extends WavFormat {
  /** Interleaved samples: whole frames, unless the file ends within one. */
  readonly data: Uint8Array;
  readonly chunks?: readonly WavChunk[];
}

/** What reading gives. */
export interface WavInput {
  /** Undefined when it cannot be read; the diagnostics say why. */
  readonly wav: Wav | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const PCM = 1;
const EXTENSIBLE = 0xfffe;
/** Behind the number of the format in the GUID of an extensible file. */
const GUID_REST = Uint8Array.of(0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71);
const KINDS: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  3: 'floating point',
  6: 'A-law',
  7: 'mu-law',
  0x11: 'IMA ADPCM',
  0x55: 'MP3',
};
const MOST_CHANNELS = 32;
const MOST_RATE = 768_000;
const MOST_CHUNKS = 1000;
/** Programs that write to a pipe do not know the size in advance. */
const UNKNOWN_SIZES: readonly number[] = [0, 0xffff_ffff, 0x7fff_ffff];

const NOTHING = new Uint8Array(0);

/** Bytes of a frame: one sample of each channel. */
export function frameBytes({ channels, bits }: Pick<WavFormat, 'channels' | 'bits'>): number {
  return (channels * bits) / 8;
}

/** Reads a file. Never throws, and takes no more memory than the file; the samples are a view of it. */
export function readWav(bytes: Uint8Array, file = '<input>'): WavInput {
  return new WavReader(bytes, file).read();
}

/** Text of four characters. */
function idAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

class WavReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: string;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #chunks: WavChunk[] = [];
  #format: WavFormat | undefined;
  #data: Uint8Array | undefined;

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#file = file;
  }

  read(): WavInput {
    const wrong = this.#head() ?? this.#body() ?? this.#missing();
    if (wrong !== undefined) {
      this.#say('error', 'unreadable', wrong);
      return { wav: undefined, diagnostics: this.#diagnostics };
    }
    const format = this.#format as WavFormat; // or it were missing
    const data = this.#data as Uint8Array;
    const rest = data.length % frameBytes(format);
    if (rest !== 0) {
      this.#say(
        'warning',
        'part-frame',
        `the sound ends with ${rest} bytes of a frame of ${frameBytes(format)}; they are not played`,
      );
    }
    const chunks = this.#chunks.length === 0 ? {} : { chunks: this.#chunks };
    return { wav: { ...format, data, ...chunks }, diagnostics: this.#diagnostics };
  }

  #say(severity: Diagnostic['severity'], key: string, text: string): void {
    this.#diagnostics.push({ severity, code: `abi/wav/${key}`, text, where: this.#file });
  }

  #head(): string | undefined {
    const { length } = this.#bytes;
    if (length === 0) return 'it is empty; give a WAV file';
    const [form, type] = [idAt(this.#bytes, 0), idAt(this.#bytes, 8)];
    if (form === 'RF64' || form === 'BW64')
      return `${form} files, those beyond 4 GiB, are not read; cut it and save it as WAV`;
    if (form === 'RIFX') return 'its numbers are big-endian (RIFX); save it as a usual WAV file';
    if (length < 12 || form !== 'RIFF' || type !== 'WAVE') {
      return 'it is no WAV file: it does not begin with RIFF and WAVE; convert it, for example with sox';
    }
    const said = this.#view.getUint32(4, true);
    if (said + 8 !== length && !UNKNOWN_SIZES.includes(said) && said + 8 > length) {
      this.#say('warning', 'cut', `it should have ${said + 8} bytes and has ${length}; what is there is read`);
    }
    return undefined;
  }

  /** Chunk by chunk, as far as the file goes. */
  #body(): string | undefined {
    const { length } = this.#bytes;
    let at = 12;
    for (let count = 0; at + 8 <= length; count++) {
      if (count >= MOST_CHUNKS) return `it has more than ${MOST_CHUNKS} chunks; it is no sound file`;
      const id = idAt(this.#bytes, at);
      const said = this.#view.getUint32(at + 4, true);
      const size = Math.min(said, length - at - 8);
      const wrong = this.#chunk(id, at + 8, size, said);
      if (wrong !== undefined) return wrong;
      at += 8 + size + (size & 1);
    }
    if (at < length) this.#say('warning', 'rest', `${length - at} bytes behind the last chunk were passed over`);
    return undefined;
  }

  #chunk(id: string, at: number, size: number, said: number): string | undefined {
    const data = this.#bytes.subarray(at, at + size);
    if (id === 'fmt ' && this.#format === undefined) return this.#formatOf(data, said);
    if (id !== 'data' || this.#data !== undefined) {
      if (size < said) this.#say('warning', 'cut', `chunk ${printable(id)} should have ${said} bytes and has ${size}`);
      const place = this.#format === undefined ? 'first' : this.#data === undefined ? 'before' : 'after';
      this.#chunks.push({ id, data, place });
      return undefined;
    }
    // A size of 0 may be true: then the file does not go on beyond what it says of itself.
    const isBeyond = this.#view.getUint32(4, true) + 8 < this.#bytes.length;
    const isUnknown = UNKNOWN_SIZES.includes(said) && this.#bytes.length > at && (said !== 0 || isBeyond);
    if (isUnknown) this.#say('note', 'piped', 'the size of the sound is not in the file; it is taken to go to the end');
    else if (size < said)
      this.#say('warning', 'cut', `the sound should have ${said} bytes and has ${size}; what is there is read`);
    this.#data = isUnknown ? this.#bytes.subarray(at) : data;
    return undefined;
  }

  #missing(): string | undefined {
    if (this.#format === undefined) return 'it has no chunk "fmt " that says what the samples are';
    return this.#data === undefined ? 'it has no chunk "data"' : undefined;
  }

  #formatOf(data: Uint8Array, said: number): string | undefined {
    if (data.length < 16) return `its chunk "fmt " has ${Math.min(said, data.length)} bytes, 16 are the least`;
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    const tag = view.getUint16(0, true);
    const isExtensible = tag === EXTENSIBLE && data.length >= 40;
    const kind = isExtensible ? view.getUint16(24, true) : tag;
    if (kind !== PCM || (isExtensible && !GUID_REST.every((byte, index) => data[26 + index] === byte))) {
      const name = KINDS[kind] ?? `format ${kind}`;
      return `its sound is ${name}, and only PCM is played; convert it, for example with sox`;
    }
    const [channels, rate, bits] = [view.getUint16(2, true), view.getUint32(4, true), view.getUint16(14, true)];
    const wrong = wrongNumbers(channels, rate, bits);
    if (wrong !== undefined) return wrong;
    const format: WavFormat = { channels, rate, bits: bits as WavFormat['bits'] };
    const block = view.getUint16(12, true);
    if (block !== frameBytes(format)) return `its frames should have ${frameBytes(format)} bytes, and it says ${block}`;
    const tail = data.subarray(isExtensible ? 40 : 16);
    const whole = isExtensible ? extended(format, view) : format;
    this.#format = tail.length === 0 ? whole : { ...whole, formatTail: tail };
    return undefined;
  }
}

function wrongNumbers(channels: number, rate: number, bits: number): string | undefined {
  if (channels < 1 || channels > MOST_CHANNELS) return `it has ${channels} channels; 1 to ${MOST_CHANNELS} are played`;
  if (rate < 1 || rate > MOST_RATE) return `its rate is ${rate} Hz; up to ${MOST_RATE} are played`;
  return [8, 16, 24, 32].includes(bits) ? undefined : `its samples have ${bits} bits; 8, 16, 24 and 32 are played`;
}

function extended(format: WavFormat, view: DataView): WavFormat {
  const [valid, channelMask] = [view.getUint16(18, true), view.getUint32(20, true)];
  const validBits = valid > 0 && valid < format.bits ? { validBits: valid } : {};
  return { ...format, ...validBits, ...(channelMask === 0 ? {} : { channelMask }), extensible: true };
}

/** Another program's characters, for a message. */
function printable(id: string): string {
  return `"${id.replace(/[^\x20-\x7e]/g, '?')}"`;
}

/** The file of a sound. The plain form, unless the format needs or asks for the extensible one. */
export function wavBytes(wav: Wav): Uint8Array {
  const { data, chunks = [] } = wav;
  const placed = (wanted: WavChunk['place']): WavChunk[] => chunks.filter(({ place }) => place === wanted);
  const all: readonly Pick<WavChunk, 'id' | 'data'>[] = [
    ...placed('first'),
    { id: 'fmt ', data: formatChunk(wav) },
    ...placed('before'),
    { id: 'data', data },
    ...placed('after'),
  ];
  const size = all.reduce((sum, one) => sum + 8 + one.data.length + (one.data.length & 1), 12);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  putId(out, 0, 'RIFF');
  view.setUint32(4, size - 8, true);
  putId(out, 8, 'WAVE');
  let at = 12;
  for (const one of all) {
    putId(out, at, one.id);
    view.setUint32(at + 4, one.data.length, true);
    out.set(one.data, at + 8);
    at += 8 + one.data.length + (one.data.length & 1);
  }
  return out;
}

function putId(out: Uint8Array, at: number, id: string): void {
  for (let i = 0; i < 4; i++) out[at + i] = id.charCodeAt(i);
}

function formatChunk(wav: Wav): Uint8Array {
  const { channels, rate, bits, validBits = bits, channelMask = 0, formatTail = NOTHING } = wav;
  const isExtensible = wav.extensible === true || validBits !== bits || channelMask !== 0;
  const size = isExtensible ? 40 : 16;
  const out = new Uint8Array(size + formatTail.length);
  out.set(formatTail, size);
  const view = new DataView(out.buffer);
  view.setUint16(0, isExtensible ? EXTENSIBLE : PCM, true);
  view.setUint16(2, channels, true);
  view.setUint32(4, rate, true);
  view.setUint32(8, rate * frameBytes(wav), true);
  view.setUint16(12, frameBytes(wav), true);
  view.setUint16(14, bits, true);
  if (!isExtensible) return out;
  view.setUint16(16, 22, true);
  view.setUint16(18, validBits, true);
  view.setUint32(20, channelMask, true);
  view.setUint16(24, PCM, true);
  out.set(GUID_REST, 26);
  return out;
}
