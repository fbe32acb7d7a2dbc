import { afterEach, beforeEach, expect, test } from 'vitest';
import { ms } from '../../base/clock.js';
import { traceJson, traceLine } from '../../abi/trace-text.js';
import { isPcapng, readPcapng } from '../../abi/pcapng-read.js';
import { type PageLab, pageLab } from '../../../test/page-lab.js';
import { lineOwners } from '../line-owners.js';
import type { Args } from '../protocol.js';
import {
  trace,
  type TraceDetail,
  type TraceFilePart,
  type TraceMenu,
  type TraceRows,
  type TraceState,
} from './trace.js';

let lab: PageLab;
beforeEach(async () => {
  lab = await pageLab();
});
afterEach(async () => {
  expect(await lab.end()).toEqual([]);
});

const ask = <T>(args: Args): T => trace.ask?.(lab, args) as T;

/** Asks until all was searched. */
function search(args: Args): TraceRows {
  for (;;) {
    const rows = ask<TraceRows>({ what: 'rows', ...args });
    if (rows.left === 0) return rows;
  }
}

test('it tells how much there is, and again when there is more', async () => {
  const view = trace.watch(lab, {});
  const first = view.state() as TraceState;
  expect([first.first, first.end, first.dropped]).toEqual([0, lab.events.events.length, 0]);
  expect(view.state()).toBeUndefined();
  lab.player.act('set power-sensor@40:bus1Mv=9000');
  expect((view.state() as TraceState).end).toBeGreaterThan(first.end);
});

test('rows of a window have the words of the text trace', () => {
  const { rows, from, first, end } = ask<TraceRows>({ what: 'rows', from: 100, count: 3 });
  expect([from, first, end, rows.length]).toEqual([100, 0, lab.events.ring.end, 3]);
  const lines = rows.map(({ t, where, kind, text }) => {
    return `[${(t / 1e9).toFixed(9).padStart(14)}] ${where}: ${kind}${text === '' ? '' : `: ${text}`}`;
  });
  expect(lines).toEqual(lab.events.events.slice(100, 103).map(traceLine));
});

test('a filter has the same events as a search through the lines', () => {
  const lines = lab.events.events.map(traceLine);
  const words = search({ text: 'CONFIG', count: 500 });
  expect(words.rows.map(({ seq }) => seq)).toEqual(
    lines.flatMap((line, seq) => (line.toLowerCase().includes('config') ? [seq] : [])),
  );
  const kinds = search({ kinds: 'i2c_write,i2c_result', count: 0 });
  expect(kinds.end - kinds.first).toBe(lines.filter((line) => / i2c_(?:write|result):/.test(line)).length);
  const device = search({ place: '/soc@10000000/i2c@10001000/power-sensor@41', count: 500 });
  expect(new Set(device.rows.map(({ where }) => where))).toContain('/soc@10000000/i2c@10001000/power-sensor@41');
  expect(device.rows.every(({ where }) => where.startsWith('/soc@10000000/i2c@10001000/power-sensor@41'))).toBe(true);
});

test('a level has what is as bad or worse', () => {
  const warn = search({ level: 'warn', count: 500 });
  expect(new Set(warn.rows.map(({ level }) => level))).toEqual(new Set(['warn']));
  expect(search({ level: 'info', count: 0 }).end).toBeGreaterThan(warn.end);
});

test('a moment and an event are found among those that fit', async () => {
  await lab.bench.run(ms(5));
  const list = search({ kinds: 'bound', count: 500 });
  const last = list.rows.at(-1);
  expect(ask({ what: 'find', kinds: 'bound', seq: last?.seq ?? 0 })).toEqual({ index: list.end - 1, left: 0 });
  expect(ask({ what: 'find', t: (last?.t ?? 0) + 1 })).toEqual({ index: lab.events.ring.end, left: 0 });
});

test('the menu counts kinds and places', () => {
  const { kinds, places } = ask<TraceMenu>({ what: 'menu' });
  const all = lab.events.events;
  expect(Object.fromEntries(kinds)['bound']).toBe(all.filter(({ kind }) => kind === 'bound').length);
  expect(places.reduce((sum, [, count]) => sum + count, 0)).toBe(all.length);
});

test('a line knows the devices that hang on it; one that leads nowhere has its device in its name', () => {
  const { owners } = lineOwners(lab.bench.tree);
  const i2c = '/soc@10000000/i2c@10001000';
  // The alert pins of both monitors are wired together (boards/lab.dts).
  expect(owners('/soc@10000000/gpio@10005000:irq4')).toEqual([`${i2c}/power-sensor@40`, `${i2c}/power-sensor@41`]);
  expect(owners(`${i2c}/power-sensor@40:tc`)).toEqual([`${i2c}/power-sensor@40`]);
});

test('a register that was read leads back to the bus', () => {
  const { rows } = search({ kinds: 'regmap_reg_read', count: 1, from: 0 });
  const { causes, effects, before, fields } = ask<TraceDetail>({ what: 'event', seq: rows[0]?.seq ?? -1 });
  expect(causes.map(({ kind, depth }) => [kind, depth])).toEqual([
    ['i2c_result', 1],
    ['i2c_reply', 2],
    ['i2c_read', 3],
    ['i2c_write', 4],
  ]);
  expect(effects).toEqual([]);
  expect(before.every(({ where }) => where === rows[0]?.where)).toBe(true);
  expect(fields).toEqual({ reg: 0xfe, name: 'MANUFACTURER_ID', val: 0x5449 });
  expect(() => ask({ what: 'event', seq: -1 })).toThrow('event -1 is not kept');
});

/** A whole file, part by part. */
function file(form: string): { readonly parts: TraceFilePart[]; readonly text: string } {
  const parts = [ask<TraceFilePart>({ what: 'export', form })];
  while (parts.at(-1)?.done === false) parts.push(ask<TraceFilePart>({ what: 'export' }));
  return { parts, text: parts.map(({ text }) => text).join('') };
}

test('text and JSON have the bytes of the files of the command line', () => {
  const all = lab.events.events;
  expect(file('text').text).toBe(all.map((event) => `${traceLine(event)}\n`).join(''));
  expect(file('json').text).toBe(all.map((event) => `${traceJson(event)}\n`).join(''));
  expect(() => ask({ what: 'export' })).toThrow('no file was begun');
  expect(() => ask({ what: 'export', form: 'xls' })).toThrow('it is not written as xls');
});

test('a file has what was there when it was begun, in parts, though the board goes on', () => {
  for (let i = 0; i < 30_000; i++) lab.bench.trace.emit('/test', { kind: 'irq_raise' });
  const { end } = lab.events.ring;
  const first = ask<TraceFilePart>({ what: 'export', form: 'text' });
  expect([first.done, first.events, first.of]).toEqual([false, 20_000, end]);
  lab.bench.trace.emit('/test', { kind: 'irq_lower' });
  const second = ask<TraceFilePart>({ what: 'export' });
  expect([second.done, second.events]).toEqual([true, end]);
  expect(second.text).not.toContain('irq_lower\n[');
});

test('the packets between the processors are a capture', () => {
  const { parts } = file('packets');
  const bytes = Uint8Array.from(parts.flatMap(({ text }) => [...atob(text)].map((c) => c.charCodeAt(0))));
  expect(isPcapng(bytes)).toBe(true);
  const { capture } = readPcapng(bytes);
  const messages = lab.events.events.filter(({ kind }) => kind === 'rpmsg_send' || kind === 'rpmsg_deliver');
  expect(capture?.packets.length).toBe(messages.length);
  expect(messages.length).toBeGreaterThan(0);
});

test('looking leaves no trace, and what makes no sense is said', () => {
  const { end } = lab.events.ring;
  search({ text: 'x', count: 10 });
  file('perfetto');
  expect(lab.events.ring.end).toBe(end);
  expect(() => ask({ what: 'nonsense' })).toThrow('it cannot be asked for nonsense');
});
