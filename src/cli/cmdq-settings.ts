// What options of `bringup cmdq run` say about events and registers.
import type { CmdqNames } from '../drivers/mtk-cmdq/disassemble-names.js';
import { EVENT_COUNT } from '../drivers/mtk-cmdq/instruction.js';
import { suggestion } from '../dt/suggestion.js';
import type { Raise } from './cmdq-run.js';
import { parseDuration } from '../stock/duration.js';
import { Refusal } from './refusal.js';

const NUMBER = /^(?:0[xX][\da-fA-F]{1,8}|\d{1,10})$/;

/** An event by name or number; `text` is the whole argument. */
export function eventOf(option: string, text: string, name: string, names: CmdqNames): number {
  const id = NUMBER.test(name) ? Number(name) : names.eventId(name);
  if (id !== undefined && id < EVENT_COUNT) return id;
  const known = [...(names.soc?.events.all() ?? [])].map(([, known]) => known);
  const what = id === undefined ? `no event is called ${name}${suggestion(name, known)}` : 'events end at 1023';
  throw new Refusal(2, `${option} ${text}`, what, 'write its number, or a name of the SoC');
}

/** `NAME@16ms`, or `NAME@0ms/16.7ms`. */
export function raiseOf(text: string, names: CmdqNames): Raise {
  const [, name = '', first = '', more] = /^([^@]+)@([^/]+)(?:\/(.+))?$/.exec(text) ?? [];
  const at = parseDuration(first);
  const every = more === undefined ? undefined : parseDuration(more);
  const wrong = [at, every].find((span) => typeof span === 'string');
  if (typeof at === 'string' || typeof every === 'string' || every === 0) {
    const what = name === '' ? 'it has no time' : every === 0 ? 'its period is 0' : String(wrong).split(';')[0];
    throw new Refusal(2, `--event ${text}`, String(what), 'write NAME@16ms, or NAME@0ms/16.7ms');
  }
  return { id: eventOf('--event', text, name, names), at, every };
}

/** `ovl0+0x20=1`. */
export function registerOf(text: string, names: CmdqNames): readonly [addr: number, value: number] {
  const [, place = '', number = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const addr = NUMBER.test(place) ? Number(place) : names.registerAddress(place);
  const form = 'write ADDRESS=VALUE, or MODULE+OFFSET=VALUE with --tree';
  if (!NUMBER.test(number) || Number(number) > 0xffff_ffff) {
    throw new Refusal(2, `--reg ${text}`, 'its value is no number of 32 bits', form);
  }
  if (addr === undefined || addr > 0xffff_ffff) throw new Refusal(2, `--reg ${text}`, `${place} is no register`, form);
  return [addr, Number(number)];
}
