// Playback of the audio DSP told again, frame by frame, without blocks, rings or look-ahead machinery: what two streams
// on one port sound like, and when each buffer and each end is done. Written apart from the model, to be compared.

/** Something software does at a moment. */
export type Deed =
  | { readonly at: number; readonly stream: number; readonly kind: 'write'; readonly samples: readonly number[] }
  | { readonly at: number; readonly stream: number; readonly kind: 'run' | 'pause' | 'end' };

/** What the DSP has said and played. */
export interface Played {
  readonly heard: readonly number[];
  /** Stream, what, and when in nanoseconds; in order of time, then stream, then what. */
  readonly events: readonly (readonly [stream: number, what: 'written' | 'rendered', at: number])[];
}

class NaiveStream {
  running = true;
  /** Every sample that was handed over; the next to be heard is at `heard`. */
  readonly samples: number[] = [];
  heard = 0;
  /** What was read, at most `ahead` more than was heard; it grows while the stream runs. */
  read = 0;
  readonly buffers: number[] = [];
  readonly ends: number[] = [];
}

/** Plays deeds in order of time at `rate`, 16 bits, mono, for `frames` frames. Both streams run from the begin. */
export function playNaively(deeds: readonly Deed[], rate: number, ahead: number, frames: number): Played {
  const streams = [new NaiveStream(), new NaiveStream()];
  const events: [number, 'written' | 'rendered', number][] = [];
  const heard: number[] = [];
  const tell = (at: number): void => {
    for (const [index, stream] of streams.entries()) {
      if (stream.running) stream.read = Math.max(stream.read, Math.min(stream.samples.length, stream.heard + ahead));
      while ((stream.buffers[0] ?? Infinity) <= stream.read) {
        stream.buffers.shift();
        events.push([index, 'written', at]);
      }
      while ((stream.ends[0] ?? Infinity) <= stream.heard) {
        stream.ends.shift();
        events.push([index, 'rendered', at]);
      }
    }
  };
  let next = 0;
  for (let frame = 0; frame < frames; frame++) {
    const now = Math.ceil((frame * 1e9) / rate);
    tell(now);
    for (let deed = deeds[next]; deed !== undefined && deed.at <= now; deed = deeds[++next]) {
      const stream = streams[deed.stream] as NaiveStream;
      if (deed.kind === 'write') {
        stream.samples.push(...deed.samples);
        stream.buffers.push(stream.samples.length);
      } else if (deed.kind === 'end') stream.ends.push(stream.samples.length);
      else stream.running = deed.kind === 'run';
      tell(deed.at);
    }
    const sounding = streams.filter(({ running, samples, heard: from }) => running && from < samples.length);
    if (sounding.length === 0) continue;
    const sum = sounding.reduce((all, stream) => all + (stream.samples[stream.heard++] as number), 0);
    heard.push(Math.max(-32_768, Math.min(32_767, sum)));
  }
  return { heard, events: sorted(events) };
}

/** In order of time, then stream, then what. */
export function sorted(events: Played['events']): Played['events'] {
  return [...events].sort((a, b) => a[2] - b[2] || a[0] - b[0] || a[1].localeCompare(b[1]));
}
