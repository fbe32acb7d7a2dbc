// Headers: names for places in bytes, against packets that were recorded.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../../test/apr-rig.js';
import { hex } from '../../base/bytes.js';
import { AprPacket, aprHdrField, aprPacket, GprPacket, gprWord0 } from './packet.js';

interface Recorded {
  readonly dir: string;
  readonly hex: string;
  readonly opcode: string;
  readonly token: string;
  readonly src_port: string;
  readonly dest_port: string;
  readonly size: number;
}

const SERVICES = JSON.parse(
  readFileSync(new URL('../../../test/golden/apr-services.json', import.meta.url), 'utf8'),
) as { readonly sequences: Readonly<Record<string, readonly Recorded[]>> };

describe('APR', () => {
  test('the words of a header lie where recorded packets have them', () => {
    const packets = (SERVICES.sequences['session'] ?? []).filter(({ dir }) => dir === 'to_dsp' || dir === 'from_dsp');
    expect(packets.length).toBeGreaterThan(40);
    for (const recorded of packets) {
      const packet = new AprPacket(bytesOf(recorded.hex));
      const { opcode, token, srcPort, destPort, pktSize } = packet;
      const right = [recorded.opcode, recorded.token, recorded.src_port, recorded.dest_port].map(Number);
      expect([opcode, token, srcPort, destPort, pktSize]).toEqual([...right, recorded.size]);
    }
  });

  test('common first words are those of the table', () => {
    expect([2, 1, 0, 3].map((type) => aprHdrField(type))).toEqual([0x0250, 0x0150, 0x0050, 0x0350]);
    expect([aprHdrField(7, 60, 1), aprHdrField(2, 64, 17)]).toEqual([0x03f1, 0x0201]);
  });

  test('what is written stands where it belongs, and nothing else changes', () => {
    const bytes = new Uint8Array(24).fill(0xa5);
    const packet = new AprPacket(bytes);
    packet.hdrField = 0x0250;
    packet.pktSize = 24;
    packet.srcSvc = 7;
    packet.srcDomain = 5;
    packet.srcPort = 0x0102;
    packet.destSvc = 8;
    packet.destDomain = 4;
    packet.destPort = 0x0304;
    packet.token = 0x8001_0002;
    packet.opcode = 0x0001_0dab;
    expect(hex(bytes, '')).toBe('500218000705020108040403' + '02000180' + 'ab0d0100' + 'a5a5a5a5');
    expect(packet.payload).toEqual(bytes.subarray(20));
    const { version, headerBytes, messageType, srcSvc, srcDomain, destSvc, destDomain, token } = packet;
    expect([version, headerBytes, messageType, srcSvc, srcDomain, destSvc, destDomain, token]).toEqual([
      0, 20, 2, 7, 5, 8, 4, 0x8001_0002,
    ]);
  });

  test('a command has room for its payload, and the bus fills in who sends it', () => {
    const { bytes } = aprPacket({ opcode: 0x100e5, token: 16, destPort: 0x1000, messageType: 3 }, 4);
    expect(hex(bytes, '')).toBe('5003180000000000000000101000' + '0000e500010000000000');
  });

  test('a payload ends with the bytes, whatever the header says', () => {
    const packet = new AprPacket(new Uint8Array(24));
    packet.hdrField = 0x02f1;
    packet.pktSize = 0xffff;
    expect(packet.payload.length).toBe(0);
    packet.hdrField = 0x0250;
    expect(packet.payload.length).toBe(4);
    expect(() => new AprPacket(new Uint8Array(19))).toThrow('19 bytes have no room for an APR header');
  });
});

describe('GPR', () => {
  test('the destination stands before the source, ports have 32 bits, the size 24', () => {
    const bytes = new Uint8Array(28).fill(0xa5);
    const packet = new GprPacket(bytes);
    packet.word0 = gprWord0(28);
    packet.destDomain = 2;
    packet.srcDomain = 3;
    packet.srcPort = 0x1000_0001;
    packet.destPort = 1;
    packet.token = 0xffff_fffe;
    packet.opcode = 0x0100_1021;
    expect(hex(bytes, '')).toBe(
      '601c0000' + '0203a5a5' + '01000010' + '01000000' + 'feffffff' + '21100001' + 'a5a5a5a5',
    );
    const { version, headerBytes, pktSize, destDomain, srcDomain, srcPort, destPort, token, opcode, payload } = packet;
    expect([version, headerBytes, pktSize, destDomain, srcDomain]).toEqual([0, 24, 28, 2, 3]);
    expect([srcPort, destPort, token, opcode, payload.length]).toEqual([0x1000_0001, 1, 0xffff_fffe, 0x0100_1021, 4]);
    expect(gprWord0(0xff_ffff, 24, 1)).toBe(0xffff_ff61);
    expect(() => new GprPacket(new Uint8Array(23))).toThrow('23 bytes have no room for a GPR header');
  });
});
