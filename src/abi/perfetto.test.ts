import { expect, test } from 'vitest';
import { Trace, type TraceBody } from '../base/trace.js';
import { decodeUtf8 } from '../base/text.js';
import { PerfettoWriter } from './perfetto.js';

/** A message of protobuf as a reader knows it without any schema: values by the numbers of their fields. */
type Message = Map<number, (number | Uint8Array)[]>;

/** Reads a message by the rules of protobuf.dev's "Encoding"; throws where the bytes are none. */
function read(bytes: Uint8Array): Message {
  const message: Message = new Map();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('cut off');
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, wire] = [Math.floor(key / 8), key % 8];
    const values = message.get(field) ?? [];
    message.set(field, values);
    if (wire === 0) values.push(varint());
    else if (wire === 2) {
      const length = varint();
      if (at + length > bytes.length) throw new Error('too long');
      values.push(bytes.subarray(at, at + length));
      at += length;
    } else throw new Error(`wire type ${wire}`);
  }
  return message;
}

const inner = (message: Message, field: number): Message | undefined => {
  const bytes = message.get(field)?.[0];
  return bytes instanceof Uint8Array ? read(bytes) : undefined;
};
const text = (message: Message | undefined, field: number): string | undefined => {
  const bytes = message?.get(field)?.[0];
  return bytes instanceof Uint8Array ? decodeUtf8(bytes) : undefined;
};

/**
 * The time line as a person reads it: `TIME begin|end|moment TRACK NAME`, and the tracks with their parents. Numbers of
 * fields are those of perfetto's track_event.proto and track_descriptor.proto.
 */
function decode(bytes: Uint8Array) {
  const tracks = new Map<number, string>();
  const lines: string[] = [];
  for (const packet of (read(bytes).get(1) ?? []) as Uint8Array[]) {
    const message = read(packet);
    expect(message.get(10)).toEqual([1]);
    const descriptor = inner(message, 60);
    if (descriptor !== undefined) {
      const parent = tracks.get(descriptor.get(5)?.[0] as number);
      tracks.set(descriptor.get(1)?.[0] as number, `${parent === undefined ? '' : `${parent}>`}${text(descriptor, 2)}`);
    }
    const event = inner(message, 11);
    if (event === undefined) continue;
    const type = ['', 'begin', 'end', 'moment'][event.get(9)?.[0] as number];
    const about = inner(event, 4);
    const said = about === undefined ? '' : ` {${text(about, 6)}}`;
    const name = text(event, 23);
    const track = tracks.get(event.get(11)?.[0] as number);
    lines.push(`${message.get(8)?.[0]} ${type} ${track}${name === undefined ? '' : ` ${name}`}${said}`);
  }
  return { tracks: [...tracks.values()], lines };
}

function written(...events: readonly (readonly [t: number, where: string, body: TraceBody])[]) {
  let now = 0;
  const parts: Uint8Array[] = [];
  const writer = new PerfettoWriter((bytes) => void parts.push(bytes));
  const trace = new Trace(() => now);
  trace.attach((event) => writer.add(event));
  for (const [t, where, body] of events) {
    now = t;
    trace.emit(where, body);
  }
  writer.end();
  return decode(Uint8Array.from(parts.flatMap((part) => [...part])));
}

test('a transfer is a slice with its parts in it, on a track of its address', () => {
  const { tracks, lines } = written(
    [5, '/i2c', { kind: 'i2c_write', addr: 0x40, bytes: 'fe' }],
    [5, '/i2c', { kind: 'i2c_read', addr: 0x40, length: 2 }],
    [9_007_199_254_740_991, '/i2c', { kind: 'i2c_result', addr: 0x40, ret: 2 }],
  );
  expect(tracks).toEqual(['bringup', 'bringup>/i2c', 'bringup>/i2c>a=040']);
  expect(lines).toEqual([
    '5 begin bringup>/i2c>a=040 transfer {a=040 [fe]}',
    '5 moment bringup>/i2c>a=040 i2c_write {a=040 [fe]}',
    '5 moment bringup>/i2c>a=040 i2c_read {a=040 l=2}',
    '9007199254740991 moment bringup>/i2c>a=040 i2c_result {a=040 ret=2}',
    '9007199254740991 end bringup>/i2c>a=040',
  ]);
});

test('handlers, threads and probes last; what has not ended ends with the trace; all else are moments', () => {
  const { lines } = written(
    [0, '/gce', { kind: 'device_add' }],
    [1, '/gce', { kind: 'bound', driver: 'mtk_cmdq' }],
    [2, '/gce', { kind: 'gce_thread', thread: 3, state: 'waiting', pc: '0x40', why: 'waits for event 53' }],
    [3, '/gic:1', { kind: 'irq_handler_entry', action: 'gce' }],
    [4, '/gic:1', { kind: 'irq_handler_exit', action: 'gce', ret: 'handled' }],
    [5, '/gce', { kind: 'gce_thread', thread: 3, state: 'idle-at-end', pc: '0x48', why: 'is at its end' }],
    [6, '/gce', { kind: 'printk', level: 'info', text: 'grüße' }],
  );
  expect(lines).toEqual([
    '0 begin bringup>/gce>driver probe',
    '1 end bringup>/gce>driver',
    '1 begin bringup>/gce>driver bound: mtk_cmdq {mtk_cmdq}',
    '2 begin bringup>/gce>thread 3 waiting {thread=3 pc=0x40 waiting: waits for event 53}',
    '3 begin bringup>/gic:1>gce gce {name=gce}',
    '4 end bringup>/gic:1>gce',
    '5 end bringup>/gce>thread 3',
    '6 moment bringup>/gce printk {info: grüße}',
    '6 end bringup>/gce>driver',
  ]);
});

test('a long trace comes in pieces that are one file', () => {
  const events = Array.from({ length: 5000 }, (_, i) => [i, `/d${i % 7}`, { kind: 'irq_raise' }] as const);
  const { lines, tracks } = written(...events);
  expect([lines.length, tracks.length, lines.at(-1)]).toEqual([5000, 8, '4999 moment bringup>/d1 irq_raise']);
});
