import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodePacket, routerOf } from './decode.js';
import { HEADER_FIELDS, PAYLOAD_FIELDS } from './fields.js';
import type { Layout } from './layout.js';
import { MESSAGES, PARAMS, PCM_BLOCK } from './messages.js';
import { fieldLines, packetLine, payloadWords } from './packet-text.js';

// The exchange that Linux 6.12's drivers made (test/golden/apr.md).
const GOLDEN = new URL('../../../test/golden/apr-services.json', import.meta.url);
const { sequences } = JSON.parse(readFileSync(GOLDEN, 'utf8')) as {
  sequences: Record<string, { hex?: string; opcode: string; token: string; src_port: string; size: number }[]>;
};
const recorded = Object.values(sequences).flat();
const packets = recorded.filter(({ hex }) => hex !== undefined);
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const first = (opcode: string): Uint8Array => bytesOf(packets.find((one) => one.opcode === opcode)?.hex ?? '');

test('every recorded packet has a name, and fields up to its end', () => {
  expect(packets.length).toBeGreaterThan(100);
  for (const { hex = '', opcode, token, src_port, size } of packets) {
    const packet = decodePacket(bytesOf(hex));
    expect(packet.header, hex).toMatchObject({
      opcode: Number(opcode),
      token: Number(token),
      srcPort: Number(src_port),
    });
    expect(packet.header?.packetSize).toBe(size);
    expect([packet.message === undefined, packet.short], hex).toEqual([false, false]);
    expect(
      packet.fields.filter(({ name }) => ['rest', 'payload', 'reserved', 'param_data'].includes(name)),
      hex,
    ).toEqual([]);
  }
});

test('a playback in words', () => {
  const words = (opcode: string): string[] => {
    const packet = decodePacket(first(opcode));
    const { from, to, name, about } = packetLine(packet);
    return [`${from} -> ${to}`, name, about, payloadWords(packet)];
  };
  expect(words('0x1292d')).toEqual([
    'CORE -> Linux',
    'AVCS_CMDRSP_GET_FWK_VERSION',
    '',
    'major 2, minor 8, service count 4, service CORE (0x3), api version 0x20008, service AFE (0x4), api version ' +
      '0x20008, service ASM (0x7), api version 0x20008, service ADM (0x8), api version 0x20008',
  ]);
  expect(words('0x100f3')).toEqual([
    'Linux -> AFE',
    'AFE_SVC_CMD_SET_PARAM',
    'TERTIARY_MI2S_RX',
    'module CLOCK_SET (0x1028f), param CLOCK_SET (0x10290), clock TER_MI2S_IBIT (0x104), rate 1536000 Hz, ' +
      'attribute NO_COUPLE, enable on',
  ]);
  expect(words('0x100ef')).toEqual([
    'Linux -> AFE',
    'AFE_PORT_CMD_SET_PARAM_V2',
    'TERTIARY_MI2S_RX',
    'port TERTIARY_MI2S_RX (0x1004), module AUDIO_DEV_INTERFACE (0x1020c), param I2S_CONFIG (0x1020d), bits 16, ' +
      'channel mode SD0, sound stereo, ws source internal, rate 48000 Hz',
  ]);
  expect(words('0x100f4')).toEqual([
    'Linux -> AFE',
    'AFE_CMD_REMOTE_LPASS_CORE_HW_VOTE_REQUEST',
    'HW_MACRO',
    'vote block HW_MACRO, vote name LPASS_H',
  ]);
  expect(words('0x10326')).toEqual([
    'Linux -> ADM',
    'ADM_CMD_DEVICE_OPEN_V5',
    'port 0x1004, TERTIARY_MI2S_RX, copp index 0',
    'path playback, port TERTIARY_MI2S_RX (0x1004), topology NULL_COPP (0x10312), channels 2, bits 16, ' +
      'rate 48000 Hz, channel map FL FR',
  ]);
  expect(words('0x10325')).toEqual([
    'Linux -> ADM',
    'ADM_CMD_MATRIX_MAP_ROUTINGS_V5',
    '',
    'matrix playback, session count 1, session 1, copp count 1, copp ids 2',
  ]);
  expect(words('0x10dab')).toEqual([
    'Linux -> ASM',
    'ASM_DATA_CMD_WRITE_V2',
    'session 1 stream 1, buffer 0, 4800 bytes',
    'address 0x190000000, map handle 0xcafe0001, buffer 4800 bytes, buffer index 0',
  ]);
});

test('a status has its command and what it means', () => {
  const refused = packets.filter(({ opcode, hex = '' }) => opcode === '0x110e8' && hex.endsWith('b30d010009000000'));
  const packet = decodePacket(bytesOf(refused[0]?.hex ?? ''));
  expect([packetLine(packet).about, payloadWords(packet)]).toEqual([
    'session 1 stream 1',
    'command ASM_STREAM_CMD_OPEN_WRITE_V3 (0x10db3), status EALREADY (0x9): it is so already: open, started',
  ]);
});

test('field by field, with the bytes', () => {
  expect(fieldLines(decodePacket(first('0x10db3')))).toEqual([
    '0000  50 02                       header             version 0, 20 bytes, SEQ_CMD',
    '0002  24 00                       packet size        36 bytes',
    '0004  07                          src svc            ASM (0x7)',
    '0005  05                          src domain         APPS (5)',
    '0006  01 01                       src port           0x101',
    '0008  07                          dest svc           ASM (0x7)',
    '0009  04                          dest domain        ADSP (4)',
    '000a  01 01                       dest port          0x101',
    '000c  01 00 00 00                 token              0x1',
    '0010  b3 0d 01 00                 opcode             ASM_STREAM_CMD_OPEN_WRITE_V3 (0x10db3)',
    '0014  00 00 00 00                 mode flags         0x0',
    '0018  00 00                       endpoint           0',
    '001a  10 00                       bits               16',
    '001c  68 0c 01 00                 topology           NULL_POPP (0x10c68)',
    '0020  a5 0d 01 00                 format             PCM (0x10da5)',
  ]);
});

test('the block of another format than PCM is not taken for one', () => {
  // FLAC has another structure and another size (facts: APR, chapter 5.4).
  const flac = Uint8Array.of(0x50, 2, 0x2c, 0, ...first('0x10d98').subarray(4, 20), 40, 0, 0, 0, ...Array(20).fill(7));
  expect(payloadWords(decodePacket(flac))).toBe(
    `block size 40 bytes, format block ${'07'.repeat(20)}, the payload ends too early`,
  );
});

test('a packet of GPR', () => {
  // {opcode, status} of GRAPH_OPEN refused, from APM at port 1 to a port of Linux (facts: APR, chapter 4).
  const bytes = Uint8Array.of(
    ...[0x60, 0x20, 0, 0, 3, 2, 0, 0, 1, 0, 0, 0, 1, 0x20, 0, 0, 5, 0, 0, 0, 5, 0x10, 0, 2],
    ...[0, 0x10, 0, 1, 3, 0, 0, 0],
  );
  const packet = decodePacket(bytes);
  expect(packet.router).toBe('gpr');
  expect(packetLine(packet)).toEqual({
    from: 'APM',
    to: 'Linux',
    name: 'GPR_BASIC_RSP_RESULT',
    about: '0x1 -> 0x2001, token 0x5',
  });
  expect(payloadWords(packet)).toBe(
    'command APM_CMD_GRAPH_OPEN (0x1001000), status EUNSUPPORTED (0x3): the DSP does not have that command, or not ' +
      'with these values',
  );
});

test('cut off at any byte it is told what is there', () => {
  const whole = first('0x100ef');
  for (let length = 0; length < whole.length; length++) {
    const packet = decodePacket(whole.subarray(0, length), 'apr');
    expect(packet.short, `${length}`).toBe(true);
    expect(packet.fields.every(({ offset, size }) => offset + size <= length)).toBe(true);
    expect(payloadWords(packet).endsWith('too early'), `${length}`).toBe(length >= 20);
  }
});

test('the size decides whose packet it is', () => {
  expect(packets.filter(({ hex = '' }) => routerOf(bytesOf(hex)) !== 'apr')).toEqual([]);
  expect(routerOf(Uint8Array.of(0x60, 3, 0, 0))).toBe('gpr');
  expect(routerOf(Uint8Array.of(0x60, 2, 4, 0))).toBe('apr');
});

test('every field of the table is in a message or a parameter, and none is in both tables', () => {
  const used = new Set<string>([
    'format_block',
    'padding',
    'param_data',
    'payload',
    'reserved',
    'rest',
    'module',
    'param',
    'param_size',
  ]);
  const look = (layout: Layout = []): void => {
    for (const step of layout) {
      if (step.kind === 'repeat') look(step.of);
      else if ('name' in step) used.add(step.name);
    }
  };
  for (const { layout } of MESSAGES.values()) look(layout);
  look(PCM_BLOCK);
  for (const params of Object.values(PARAMS)) for (const layout of Object.values(params)) look(layout);
  expect([...used].toSorted()).toEqual(Object.keys(PAYLOAD_FIELDS));
  expect(Object.keys(HEADER_FIELDS).filter((name) => Object.hasOwn(PAYLOAD_FIELDS, name))).toEqual([]);
});
