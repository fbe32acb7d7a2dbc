// Captures are read by tshark and capinfos; tshark with our script says of every packet what we say.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PcapngWriter } from '../src/abi/pcapng.js';
import { type DecodedPacket, decodePacket, type Router } from '../src/review/apr/decode.js';
import { Exchange } from '../src/review/apr/exchange.js';
import { MESSAGES, PARAMS } from '../src/review/apr/messages.js';
import { pageExamples } from './page.js';
import { ROOT } from './sources.js';
import { needs, outputOf } from './tools.js';

const folder = mkdtempSync(join(tmpdir(), 'bringup-wireshark-'));
afterAll(() => rmSync(folder, { recursive: true }));

// The exchange of a playback and a capture with Linux 6.12's drivers (test/golden/apr.md).
const { sequences } = JSON.parse(readFileSync(join(ROOT, 'test/golden/apr-services.json'), 'utf8')) as {
  sequences: { session: { hex?: string }[] };
};
const session = sequences.session.flatMap(({ hex }) =>
  hex === undefined ? [] : [Uint8Array.from(Buffer.from(hex, 'hex'))],
);

/** Nothing that anybody would send: every opcode, with bytes of no meaning, whole and cut, and parameters of AFE. */
function strange(): Uint8Array[] {
  let seed = 0xa9a9;
  const next = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed >>> 16;
  };
  const packets: Uint8Array[] = [];
  const make = (opcode: number, payload: readonly number[], router: Router): void => {
    const bytes = new Uint8Array((router === 'apr' ? 20 : 24) + payload.length);
    const view = new DataView(bytes.buffer);
    if (router === 'apr') view.setUint32(0, (bytes.length << 16) | 0x0150, true);
    else view.setUint32(0, (bytes.length << 8) | 0x60, true);
    bytes.set(router === 'apr' ? [7, 4, 1, 1, 7, 5, 1, 1, 1, 0, 0, 0] : [3, 2, 0, 0], 4);
    view.setUint32(router === 'apr' ? 16 : 20, opcode, true);
    bytes.set(payload, bytes.length - payload.length);
    packets.push(bytes);
  };
  for (const opcode of [...MESSAGES.keys(), 0x1_2345]) {
    const router = opcode > 0xf_ffff ? 'gpr' : 'apr';
    for (const length of [0, 2, 4, 8, 12, 30, 68]) {
      // Small numbers, or every count would be beyond the packet.
      make(
        opcode,
        Array.from({ length }, (_, at) => (at % 4 === 0 ? next() % 4 : next() % 3 === 0 ? next() & 0xff : 0)),
        router,
      );
    }
  }
  for (const [module, params] of Object.entries(PARAMS)) {
    for (const param of Object.keys(params)) {
      const body = Array.from({ length: 36 }, () => next() & 0xff);
      for (const size of [0, 10, 36, 200])
        make(0x1_00ef, [...block(Number(module), Number(param), size), ...body], 'apr');
    }
  }
  for (const bytes of packets.slice(0, 60)) packets.push(bytes.subarray(0, bytes.length - 3));
  packets.push(Uint8Array.of(0x50, 2), Uint8Array.of(0x60, 8, 0, 0, 0, 0, 0, 0));
  return packets;
}

function block(module: number, param: number, size: number): number[] {
  const bytes = new Uint8Array(28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x1004, true);
  view.setUint32(16, module, true);
  view.setUint32(20, param, true);
  view.setUint16(24, size, true);
  return [...bytes];
}

function capture(name: string, packets: readonly Uint8Array[]): string {
  const parts: Uint8Array[] = [];
  const writer = new PcapngWriter((bytes) => parts.push(bytes));
  writer.addInterface({ name: 'adsp.apr_audio_svc', description: 'Linux and the ADSP' });
  for (const [index, bytes] of packets.entries()) {
    const timeNs = 1_000_000_007 + 250_000 * index;
    writer.add({
      iface: 0,
      timeNs,
      bytes,
      way: index % 2 === 0 ? 'out' : 'in',
      ...(index === 1 ? { comment: 'zweites ✓' } : {}),
    });
  }
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

describe.skipIf(needs('capinfos', 'tshark'))('pcapng', () => {
  test('capinfos and tshark read what was written', () => {
    const path = capture('plain.pcapng', session);
    const said = outputOf('capinfos', ['-M', path]).toString();
    for (const line of [
      /File type: +.*pcapng/,
      new RegExp(`Number of packets: +${session.length}`),
      /Capture application: +bringup/,
      /Name = adsp.apr_audio_svc/,
      /Description = Linux and the ADSP/,
      /Time precision = nanoseconds/,
    ]) {
      expect(said).toMatch(line);
    }
    const columns = ['frame.time_epoch', 'frame.len', 'frame.packet_flags_direction', 'frame.comment'];
    const rows = outputOf('tshark', [
      '-r',
      path,
      '-T',
      'fields',
      ...columns.flatMap((name) => ['-e', name]),
    ]).toString();
    expect(rows.split('\n').slice(0, 2)).toEqual([
      '1.000000007\t20\t0x00000002\t',
      '1.000250007\t24\t0x00000001\tzweites ✓',
    ]);
  });
});

const SCRIPT = join(ROOT, 'wireshark/bringup-apr.lua');
type Told = readonly [name: string, offset: number, size: number, value: string];

/** What tshark says of each packet, field by field; the answers last. */
function dissect(path: string): { fields: Told[]; answers: number | undefined; wrong: string[] }[] {
  const pdml = outputOf('tshark', ['-X', `lua_script:${SCRIPT}`, '-r', path, '-T', 'pdml']).toString();
  return pdml
    .split('<packet>')
    .slice(1)
    .map((packet) => {
      const all = [
        ...packet.matchAll(/<field name="apr\.(\w+)"[^>]*size="(\d+)" pos="(\d+)" show="([^"]*)"(?: value="(\w*)")?/g),
      ];
      const answers = all.find(([, name]) => name === 'answers')?.[4];
      const fields = all
        .filter(([, name = '']) => !['answers', 'after', 'short', 'size', 'refused'].includes(name))
        .map(([, name = '', size, offset, show = '', value = '']): Told => {
          const text = RAW.has(name) ? value : String(Number(show));
          return [name, Number(offset), Number(size), text];
        });
      const wrong = [...packet.matchAll(/(?:_ws\.malformed|_ws\.lua\.(?!fake)|Lua Error)[^>]*/g)].map(([text]) => text);
      return { fields, answers: answers === undefined ? undefined : Number(answers), wrong };
    });
}

const RAW: ReadonlySet<string> = new Set([
  'format_block',
  'padding',
  'param_data',
  'payload',
  'reserved',
  'rest',
  'vote_name',
]);
/** Offset and size of each field. */
type Places = Readonly<Record<string, readonly [offset: number, size: number]>>;
const APR_PLACES: Places = {
  ...{ version: [0, 1], header_bytes: [0, 1], message_type: [1, 1], packet_size: [2, 2] },
  ...{ src_svc: [4, 1], src_domain: [5, 1], src_port: [6, 2] },
  ...{ dest_svc: [8, 1], dest_domain: [9, 1], dest_port: [10, 2], token: [12, 4], opcode: [16, 4] },
};
const GPR_PLACES: Places = {
  ...{ version: [0, 1], header_bytes: [0, 1], packet_size: [1, 3], gpr_dest_domain: [4, 1], gpr_src_domain: [5, 1] },
  ...{ src_port: [8, 4], dest_port: [12, 4], token: [16, 4], opcode: [20, 4] },
};

/** The same as we say it. */
function ours({ router, header, bytes, fields }: DecodedPacket): Told[] {
  if (header === undefined) return [];
  const numbers: Readonly<Record<string, unknown>> = { ...header };
  const places = router === 'apr' ? APR_PLACES : GPR_PLACES;
  const head = Object.entries(places).map(([name, [offset, size]]): Told => {
    const key = name.replace('gpr_', '').replace(/_(\w)/g, (_, char: string) => char.toUpperCase());
    return [name, offset, size, String(numbers[key])];
  });
  const body = fields.flatMap(({ name, offset, size, value }): Told[] => {
    if (RAW.has(name))
      return [[name, offset, size, Buffer.from(bytes.subarray(offset, offset + size)).toString('hex')]];
    if (typeof value !== 'object') return [[name, offset, size, String(Number(value))]];
    const each = size / value.length;
    return value.map((one, index): Told => [name, offset + index * each, each, String(one)]);
  });
  return [...head, ...body];
}

describe.skipIf(needs('tshark'))('the script for Wireshark', () => {
  test('a playback: fields, answers, nothing malformed', () => {
    const packets = session.map((bytes) => decodePacket(bytes));
    const exchange = new Exchange();
    const answers = packets.map((packet) => exchange.add(packet));
    const told = dissect(capture('session.pcapng', session));
    expect(told.map(({ fields }) => fields)).toEqual(packets.map(ours));
    expect(told.map(({ answers: one }) => one)).toEqual(
      answers.map((one) => (one === undefined ? undefined : one + 1)),
    );
    expect(told.flatMap(({ wrong }) => wrong)).toEqual([]);
  });

  test('every message and parameter with bytes of no meaning, whole and cut', () => {
    const packets = strange();
    const told = dissect(capture('strange.pcapng', packets));
    expect(told.flatMap(({ wrong }) => wrong)).toEqual([]);
    for (const [index, bytes] of packets.entries()) {
      expect(told[index]?.fields, Buffer.from(bytes).toString('hex')).toEqual(ours(decodePacket(bytes)));
    }
  });

  test('a command that was not sent is not the one that was answered', () => {
    const parts: Uint8Array[] = [];
    const writer = new PcapngWriter((bytes) => parts.push(bytes));
    writer.addInterface({ name: 'apr' });
    const [ask, reply] = session as [Uint8Array, Uint8Array];
    writer.add({ iface: 0, timeNs: 1, bytes: ask, comment: 'not sent: EAGAIN (-11)' });
    writer.add({ iface: 0, timeNs: 2, bytes: ask });
    writer.add({ iface: 0, timeNs: 3, bytes: reply });
    const path = join(folder, 'unsent.pcapng');
    writeFileSync(path, Buffer.concat(parts));
    expect(dissect(path).map(({ answers }) => answers)).toEqual([undefined, undefined, 2]);
  });

  test('docs/apr.md shows what tshark prints', async () => {
    const page = readFileSync(join(ROOT, 'docs/apr.md'), 'utf8');
    const [, shown] = /```console\n\$ tshark [^\n]*\n([\s\S]*?)```/.exec(page) ?? [];
    const examples = pageExamples(page);
    try {
      await examples.print();
      const path = join(examples.folder, 'nosound.pcapng');
      expect(outputOf('tshark', ['-X', `lua_script:${SCRIPT}`, '-r', path]).toString()).toBe(shown);
    } finally {
      rmSync(examples.folder, { recursive: true });
    }
  });

  test('a filter finds a status, and the lines name command and answer', () => {
    const path = capture('filter.pcapng', session);
    const rows = outputOf('tshark', [
      ...['-X', `lua_script:${SCRIPT}`, '-r', path, '-Y', 'apr.status == 9', '-T', 'fields'],
      ...['-e', '_ws.col.Protocol', '-e', '_ws.col.Info'],
    ]);
    expect(rows.toString()).toBe(
      'APR\tAPR_BASIC_RSP_RESULT to ASM_STREAM_CMD_OPEN_WRITE_V3: EALREADY, session 1 stream 1\n',
    );
  });
});
