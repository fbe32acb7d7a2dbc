// The way of samples between a stream and a port: what keeps them from going there unchanged, and which channel goes
// where. The model does not resample, does not throw bits away and does not leave a channel out: it says no.
import type { Copp } from './adm.js';
import type { Port } from './afe.js';
import { type AudioFormat, channelWays, type PlacedFormat } from './format.js';

/** Channel by channel: the source's channel or -1, and the factor that widens a sample. */
export interface Way {
  readonly channels: Int8Array;
  readonly scale: number;
}

/** What keeps a session's format from a COPP. */
export function sessionMisfit(
  name: string,
  format: PlacedFormat,
  { id, plays, format: copp }: Copp,
): string | undefined {
  const there = `COPP ${id}`;
  const [from, to] = plays ? [name, there] : [there, name];
  const [source, sink] = plays ? [format, copp] : [copp, format];
  const why = misfit(from, source, to, sink);
  if (why !== undefined) return why;
  if (channelWays(source.positions, sink.positions) !== undefined) return undefined;
  const places = `${from} has channels at ${source.positions.join(' ')}, ${to} at ${sink.positions.join(' ')}`;
  return `${places}: some would be lost`;
}

/** What keeps a COPP from its port. */
export function portMisfit({ id, plays, format }: Copp, port: Port, portFormat: AudioFormat): string | undefined {
  const [copp, name] = [`COPP ${id}`, port.info.name];
  const why = plays ? misfit(copp, format, name, portFormat) : misfit(name, portFormat, copp, format);
  if (why !== undefined) return why;
  if (format.channels <= portFormat.channels) return undefined;
  return `${copp} has ${format.channels} channels, ${name} ${portFormat.channels}`;
}

function misfit(from: string, source: AudioFormat, to: string, sink: AudioFormat): string | undefined {
  if (source.rate !== sink.rate)
    return `${from} has ${source.rate} Hz, ${to} ${sink.rate}: the model does not resample`;
  if (source.bits > sink.bits) return `${from} has ${source.bits} bits, ${to} ${sink.bits}: some would be lost`;
  return undefined;
}

/** From a stream over a COPP to a port, for each channel of the port; nothing may be in the way. */
export function playWay(format: PlacedFormat, copp: PlacedFormat, port: AudioFormat): Way {
  const ways = channelWays(format.positions, copp.positions) as Int8Array;
  const channels = new Int8Array(port.channels).fill(-1);
  channels.set(ways);
  return { channels, scale: 2 ** (port.bits - format.bits) };
}

/** From a port over a COPP to a stream, for each channel of the stream. */
export function captureWay(port: AudioFormat, copp: PlacedFormat, format: PlacedFormat): Way {
  const channels = channelWays(copp.positions, format.positions) as Int8Array;
  return { channels, scale: 2 ** (format.bits - port.bits) };
}
