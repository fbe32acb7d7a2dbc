import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EthernetCapture } from '../src/abi/ethernet-capture.js';
import { ROOT } from './sources.js';
import { needs, outputOf } from './tools.js';

const folder = mkdtempSync(join(tmpdir(), 'bringup-shark-'));
afterAll(() => rmSync(folder, { recursive: true }));
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** An ARP request, padded to the least frame. */
const ARP = hex(
  `ffffffffffff02000000000108060001080006040001 0200000000010a630001 0000000000000a630002${'00'.repeat(18)}`,
);
const SCRIPT = join(ROOT, 'wireshark/bringup-dpaa.lua');

function capture(): string {
  const parts: Uint8Array[] = [];
  const writer = new EthernetCapture((bytes) => void parts.push(bytes));
  const port = writer.addPort('fm1-mac3', 'a port of the bench');
  const descriptor = hex('00ff0012 3400f000 8400003c 80000200');
  const table = (last: string): Uint8Array =>
    hex(`00000012 34010080 0000000e 00ff0000 00000012 34040000 ${last} 00ff0010`);
  writer.add({ port, way: 'out', timeNs: 1_000_000, bytes: ARP, metadata: { descriptor, table: table('4000002e') } });
  writer.add({ port, way: 'out', timeNs: 2_000_000, bytes: ARP, metadata: { descriptor, table: table('4000002d') } });
  const received = hex('00070012 34200040 0800003c 00000004');
  writer.add({ port, way: 'in', timeNs: 3_000_000, bytes: ARP, metadata: { descriptor: received } });
  writer.add({ port, way: 'in', timeNs: 4_000_000, bytes: ARP });
  const file = join(folder, 'frames.pcapng');
  writeFileSync(file, Uint8Array.from(Buffer.concat(parts)));
  return file;
}

test.skipIf(needs('tshark'))('Wireshark reads the frames as Ethernet, and none is malformed', () => {
  const file = capture();
  const fields = ['frame.interface_name', 'arp.dst.proto_ipv4', 'frame.time_relative'].flatMap((name) => ['-e', name]);
  expect(
    outputOf('tshark', ['-r', file, '-T', 'fields', ...fields])
      .toString()
      .trim()
      .split('\n'),
  ).toEqual(['0.000000000', '0.001000000', '0.002000000', '0.003000000'].map((time) => `fm1-mac3\t10.99.0.2\t${time}`));
  expect(outputOf('tshark', ['-r', file, '-Y', '_ws.malformed']).toString()).toBe('');
});

test.skipIf(needs('tshark'))('the dissector shows descriptors and tables as fields', () => {
  const file = capture();
  const names = ['format', 'bpid', 'addr', 'offset', 'length', 'cmd_status'].map((name) => `dpaa.fd.${name}`);
  const sgt = ['length', 'addr', 'offset', 'final', 'sum'].map((name) => `dpaa.sgt.${name}`);
  const fields = [...names, ...sgt, 'dpaa.wrong'].flatMap((name) => ['-e', name]);
  const text = outputOf('tshark', ['-X', `lua_script:${SCRIPT}`, '-r', file, '-T', 'fields', ...fields]).toString();
  const rows = text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t'));
  expect(rows.map((row) => row.slice(0, 6))).toEqual([
    ['4', '255', '0x000000123400f000', '64', '60', '0x80000200'],
    ['4', '255', '0x000000123400f000', '64', '60', '0x80000200'],
    ['0', '7', '0x0000001234200040', '128', '60', '0x00000004'],
    ['', '', '', '', '', ''],
  ]);
  expect(rows[0]?.slice(6, 9)).toEqual(['14,46', '0x0000001234010080,0x0000001234040000', '0,16']);
  expect(rows.map((row) => row[10])).toEqual(['60', '59', '', '']);
  expect(rows.map((row) => row[11] !== undefined && row[11] !== '')).toEqual([false, true, false, false]);
});
