// What a DSP does at the moment, in words for a person.
import type { Port } from './afe.js';
import { formatWords } from './format.js';
import type { Machine } from './machine.js';
import type { Stream } from './stream.js';

/** Services, sessions, COPPs, ports and memory of a DSP that has booted; frames up to the last block of 10 ms. */
export function inWords(machine: Machine): Record<string, string> {
  const { afe, adm, asm, services, booting } = machine;
  const words: Record<string, string> = {};
  for (const { name } of services.values()) words[`service ${name}`] = booting ? 'is not ready' : 'is ready';
  for (const stream of asm.streams.values()) {
    words[`session ${stream.session} stream ${stream.id}`] = streamWords(machine, stream);
  }
  for (const { id, port, plays, format } of adm.copps.values()) {
    words[`COPP ${id}`] = `${plays ? 'to' : 'from'} ${port.name}: ${formatWords(format)}`;
  }
  for (const port of afe.ports.values()) words[`port ${port.info.name}`] = portWords(machine, port);
  for (const { handle, regions, used } of asm.regions.all) {
    const bytes = regions.reduce((sum, region) => sum + region.bytes, 0);
    words[`memory 0x${handle.toString(16)}`] = `${bytes} bytes, ${used} buffers wait in it`;
  }
  return words;
}

function portWords({ engine }: Machine, port: Port): string {
  const format = formatWords(port.format);
  if (!port.started) return `is configured: ${format}`;
  return `is started: ${format}, ${engine.framesOf(port)} frames ${port.info.plays ? 'played' : 'captured'}`;
}

function streamWords(machine: Machine, stream: Stream): string {
  const { format, play, capture, state } = stream;
  const way = play === undefined ? 'captures' : 'plays';
  const what = format === undefined ? `${way} ${stream.bits} bit, has no format` : `${way} ${formatWords(format)}`;
  const parts = [`is ${state}`, what];
  if (play !== undefined) {
    parts.push(`${play.queued} buffers wait`, `${play.heard} frames heard`);
    if (play.starved > 0) parts.push(`${play.starved} frames of silence because nothing came`);
  }
  if (capture !== undefined) {
    parts.push(`${capture.queued} buffers wait`, `${capture.taken} frames taken`);
    if (capture.lost > 0) parts.push(`${capture.lost} frames lost because no buffer was there`);
  }
  const why = standsBecause(machine, stream);
  if (why !== undefined) parts.push(why);
  return parts.join(', ');
}

/** Why no samples move although the stream runs. */
function standsBecause({ afe, adm }: Machine, { session, running, play, capture }: Stream): string | undefined {
  if (!running) return undefined;
  const copps = (play === undefined ? adm.record : adm.playback).get(session) ?? [];
  if (copps.length === 0) return 'stands: no COPP is led to it';
  const started = copps.some(({ port }) => afe.ports.get(port.id)?.started === true);
  if (!started) return `stands: ${copps.map(({ port }) => port.name).join(' and ')} is not started`;
  if (play?.empty === true) return 'stands: no buffer waits';
  return capture?.queued === 0 ? 'stands: no buffer waits' : undefined;
}
