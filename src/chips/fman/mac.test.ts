// Registers are those of mEMAC as Linux's driver names them.
import { expect, test } from 'vitest';
import { AT, FmanRig, MAC1, plainFrame } from '../../../test/fman-rig.js';

const COMMAND = AT.mac1 + 0x08;
const HASH = AT.mac1 + 0x2c;

function rigOf(command: number): FmanRig {
  const rig = new FmanRig();
  rig.fill(5, 32);
  rig.setUpRx(AT.rx1, 5);
  rig.setUpMac(AT.mac1);
  rig.put(COMMAND, command);
  // 02:00:00:00:00:01, first byte lowest.
  rig.put(AT.mac1 + 0x0c, 0x0000_0002);
  rig.put(AT.mac1 + 0x10, 0x0000_0100);
  rig.peer(MAC1).plug({ speed: 1000, fullDuplex: true });
  return rig;
}

function frameTo(to: string, length = 60): Uint8Array {
  const frame = plainFrame(length);
  frame.set(to.split(':').map((byte) => Number.parseInt(byte, 16)));
  return frame;
}

/** Whether a frame to that address reaches QMan. */
function passes(rig: FmanRig, to: string): boolean {
  rig.peer(MAC1).send(frameTo(to));
  return rig.queues.take().length === 1;
}

/** Counters by address, those that are not zero. */
function counters(rig: FmanRig): Record<string, number> {
  const all: [string, number][] = [];
  for (let at = 0x100; at < 0x2d0; at += 4) all.push([at.toString(16), rig.get(AT.mac1 + at)]);
  return Object.fromEntries(all.filter(([, value]) => value !== 0));
}

test('its own address and broadcast pass, others do not, with promiscuity all do', () => {
  const rig = rigOf(0x3);
  const to = ['02:00:00:00:00:01', 'ff:ff:ff:ff:ff:ff', '02:00:00:00:00:02', '01:00:5e:00:00:01'];
  expect(to.map((one) => passes(rig, one))).toEqual([true, true, false, false]);
  rig.put(COMMAND, 0x13);
  expect(to.map((one) => passes(rig, one))).toEqual([true, true, true, true]);
});

test('a further address passes once it is written', () => {
  const rig = rigOf(0x3);
  rig.put(AT.mac1 + 0x80, 0x3322_1102);
  rig.put(AT.mac1 + 0x84, 0x0000_5544);
  expect(passes(rig, '02:11:22:33:44:55')).toBe(true);
});

test('multicast passes by the hash table: bit n of the index is the parity of byte n', () => {
  const rig = rigOf(0x3);
  // 01 odd, 00 even, 5e odd, 00 even, 00 even, 01 odd: bits 0, 2 and 5.
  rig.put(HASH, 0x100 | 0b10_0101);
  expect([passes(rig, '01:00:5e:00:00:01'), passes(rig, '01:00:5e:00:00:03')]).toEqual([true, false]);
  rig.put(HASH, 0b10_0101);
  expect(passes(rig, '01:00:5e:00:00:01')).toBe(false);
});

test('frames are counted by size, kind and error, with their FCS', () => {
  const rig = rigOf(0x13);
  const peer = rig.peer(MAC1);
  peer.send(frameTo('02:00:00:00:00:01', 60));
  peer.send(frameTo('ff:ff:ff:ff:ff:ff', 61));
  peer.send(frameTo('01:00:5e:00:00:01', 1514));
  peer.send(frameTo('02:00:00:00:00:01', 1519));
  peer.send(frameTo('02:00:00:00:00:01', 100), { fcs: true });
  peer.send(frameTo('02:00:00:00:00:01', 59), { fcs: true });
  expect(counters(rig)).toEqual({
    '100': 64 + 65 + 1518 + 1523 + 104 + 63,
    '108': 64 + 65 + 1518,
    '120': 3,
    '128': 1,
    '138': 2,
    '140': 1,
    '148': 1,
    '150': 1,
    '160': 6,
    '170': 1,
    '178': 2,
    '198': 1,
    '1a0': 1,
    '1a8': 1,
    '1b8': 1,
  });
  rig.put(AT.mac1 + 0xe0, 4);
  expect(counters(rig)).toEqual({});
});

test('pause frames are swallowed unless they are to be forwarded', () => {
  const rig = rigOf(0x3);
  const pause = frameTo('01:80:c2:00:00:01');
  pause.set([0x88, 0x08], 12);
  rig.peer(MAC1).send(pause);
  expect([rig.queues.take().length, counters(rig)['118']]).toEqual([0, 1]);
  rig.put(COMMAND, 0x83);
  rig.peer(MAC1).send(pause);
  expect(rig.queues.take().length).toBe(1);
});

test('a software reset ends at once and puts everything back', () => {
  const rig = rigOf(0x13);
  rig.put(COMMAND, 0x1000);
  expect([rig.get(COMMAND), rig.get(AT.mac1 + 0x14)]).toEqual([0, 0x600]);
});

test('the state of the link stands in IF_STATUS', () => {
  const rig = rigOf(0x3);
  const seen = [undefined, 10, 100, 1000].map((speed) => {
    rig.peer(MAC1).plug(speed === undefined ? undefined : { speed: speed as 10, fullDuplex: true });
    return rig.get(AT.mac1 + 0x304);
  });
  expect(seen).toEqual([0, 0xb000, 0x9000, 0xd000]);
});

/** A clause 22 read as Linux's driver does it. */
function mdio(rig: FmanRig, bus: number, phy: number, reg: number): number {
  rig.put(bus + 0x34, (phy << 5) | reg);
  rig.put(bus + 0x34, 0x8000 | (phy << 5) | reg);
  expect(rig.get(bus + 0x30) & 1).toBe(0);
  return rig.get(bus + 0x38);
}

test('the PHY answers at its address with the state of the wire; others do not', () => {
  const rig = rigOf(0x3);
  expect([mdio(rig, AT.mdio, 4, 1) & 0x24, rig.get(AT.mdio + 0x30) & 2]).toEqual([0x24, 0]);
  expect([mdio(rig, AT.mdio, 5, 1), rig.get(AT.mdio + 0x30) & 2]).toEqual([0xffff, 2]);
  rig.peer(MAC1).plug(undefined);
  rig.peer(MAC1).plug({ speed: 100, fullDuplex: true });
  // A link that was down is said once, as IEEE 802.3 has it.
  expect([1, 2].map(() => mdio(rig, AT.mdio, 4, 1) & 4)).toEqual([0, 4]);
  expect(mdio(rig, AT.mdio, 4, 10)).toBe(0);
  expect(mdio(rig, AT.mdio, 4, 5) & 0x1e0).toBe(0x100);
});

test('a PHY that is powered down has no link; clause 45 has its devices', () => {
  const rig = rigOf(0x3);
  rig.put(AT.mdio + 0x34, (4 << 5) | 0);
  rig.put(AT.mdio + 0x38, 0x0800);
  expect([mdio(rig, AT.mdio, 4, 0), mdio(rig, AT.mdio, 4, 1) & 4]).toEqual([0x0800, 0]);
  rig.put(AT.mdio + 0x38, 0x1140);
  rig.put(AT.mdio + 0x30, 0x40);
  rig.put(AT.mdio + 0x34, (4 << 5) | 1);
  rig.put(AT.mdio + 0x3c, 5);
  rig.put(AT.mdio + 0x34, 0x8000 | (4 << 5) | 1);
  expect(rig.get(AT.mdio + 0x38)).toBe(0x9a);
});
