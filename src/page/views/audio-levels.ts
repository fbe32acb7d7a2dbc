// How loud the ports of the DSP are: the peak and the mean (RMS) of each channel, as parts of full scale.
import type { Instant } from '../../base/clock.js';
import type { AudioBlock } from '../../chips/qdsp6/qdsp6.js';
import { samplesFrame } from '../frames.js';

/** A port that has been heard. */
export interface LevelPort {
  readonly name: string;
  readonly rate: number;
  readonly bits: number;
  readonly channels: number;
  /** Number of its first series; channel N has the peak at 2 N behind it, and the mean at 2 N + 1. */
  readonly series: number;
  /** Frames that went out, and frames of silence among them since software was late. */
  readonly frames: number;
  readonly starved: number;
}

/** Series that each port has room for. */
const SERIES = 16;
/** A port that says nothing for so long is silent; blocks have a hundredth of a second. */
const SILENT_NS = 100_000_000;

interface Gauge {
  name: string;
  rate: number;
  bits: number;
  channels: number;
  readonly series: number;
  frames: number;
  starved: number;
  heardAt: Instant;
  /** Since the last sending. */
  count: number;
  readonly peaks: Float64Array;
  readonly squares: Float64Array;
  /** Nothing was said of it since it fell silent. */
  silent: boolean;
}

/** The gauges of all ports. */
export class AudioLevels {
  readonly #gauges = new Map<number, Gauge>();

  /** Ports that have been heard. */
  get ports(): readonly LevelPort[] {
    return [...this.#gauges.values()].map(({ name, rate, bits, channels, series, frames, starved }) => ({
      ...{ name, rate, bits, channels, series, frames, starved },
    }));
  }

  /** Hears a port. */
  hear({ port, format, bytes, frames, starved, at }: AudioBlock): void {
    const gauge = this.#gaugeOf(port.id);
    Object.assign(gauge, { name: port.name, ...format });
    gauge.frames += frames + starved;
    gauge.starved += starved;
    gauge.count += frames;
    gauge.heardAt = at;
    const { channels, bits, peaks, squares } = gauge;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const full = 2 ** (bits - 1);
    const width = bits === 16 ? 2 : 4;
    const samples = frames * channels;
    for (let i = 0, channel = 0; i < samples; i++) {
      const part = (width === 2 ? view.getInt16(2 * i, true) : view.getInt32(4 * i, true)) / full;
      const loud = part < 0 ? -part : part;
      if (loud > (peaks[channel] as number)) peaks[channel] = loud;
      squares[channel] = (squares[channel] as number) + part * part;
      if (++channel === channels) channel = 0;
    }
  }

  /** Sends what was heard since the last time; of a port that fell silent, once, that there is nothing. */
  send(now: Instant, send: (frame: Uint8Array) => void): void {
    for (const gauge of this.#gauges.values()) {
      const { channels, series, count, peaks, squares } = gauge;
      if (count === 0 && (gauge.silent || now - gauge.heardAt < SILENT_NS)) continue;
      for (let channel = 0; channel < channels; channel++) {
        const peak = count === 0 ? Number.NaN : (peaks[channel] as number);
        const mean = count === 0 ? Number.NaN : Math.sqrt((squares[channel] as number) / count);
        send(samplesFrame('audio', series + 2 * channel, Float64Array.of(now, peak)));
        send(samplesFrame('audio', series + 2 * channel + 1, Float64Array.of(now, mean)));
      }
      gauge.silent = count === 0;
      gauge.count = 0;
      peaks.fill(0);
      squares.fill(0);
    }
  }

  #gaugeOf(id: number): Gauge {
    const known = this.#gauges.get(id);
    if (known !== undefined) return known;
    const gauge: Gauge = {
      ...{ name: '', rate: 0, bits: 16, channels: 0, series: this.#gauges.size * SERIES, frames: 0, starved: 0 },
      ...{
        heardAt: 0,
        count: 0,
        peaks: new Float64Array(SERIES / 2),
        squares: new Float64Array(SERIES / 2),
        silent: false,
      },
    };
    this.#gauges.set(id, gauge);
    return gauge;
  }
}
