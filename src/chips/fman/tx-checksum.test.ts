import { expect, test } from 'vitest';
import { AT, CHANNEL, fd, FmanRig, MAC1 } from '../../../test/fman-rig.js';
import { type Built, ipFrame, type IpFrame } from '../../../test/ip-frames.js';

const COMMAND = 0xd000_0200;

interface Results {
  readonly l3: number;
  readonly l4: number;
  readonly ip: number;
  readonly at: number;
}

/** Sends a frame with these parse results and answers what left, and what was said about it. */
function sent(frame: Uint8Array, { l3, l4, ip, at }: Results, command = COMMAND): [Uint8Array | undefined, string[]] {
  const rig = new FmanRig({ soc: 'ls1046a' });
  rig.setUpTx(AT.tx1, CHANNEL.tx1);
  rig.setUpMac(AT.mac1);
  rig.peer(MAC1).plug({ speed: 1000, fullDuplex: true });
  const out: Uint8Array[] = [];
  rig.peer(MAC1).listen((bytes) => out.push(bytes.slice()));
  const bytes = new Uint8Array(64 + frame.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(16 + 4, l3);
  view.setUint8(16 + 6, l4);
  view.setUint8(16 + 27, ip);
  view.setUint8(16 + 30, at);
  bytes.set(frame, 64);
  rig.queues.enqueue(0x300, fd(rig.map(bytes), 0xff, 0, 64, frame.length, command));
  return [out[0], rig.findings()];
}

/** What the driver writes for a frame (facts 3.8, T25 to T27). */
function resultsOf({ version, protocol }: IpFrame, { ip, l4 }: Built): Results {
  return { l3: version === 4 ? 0x8000 : 0x4000, l4: protocol === 'tcp' ? 0x20 : 0x40, ip, at: l4 };
}

const CASES: IpFrame[] = [4, 6].flatMap((version) =>
  ['tcp', 'udp'].flatMap((protocol) =>
    [20, 101, 1400].flatMap((payload) =>
      [0, 1].map((vlans) => ({ version, protocol, payload, vlans, options: vlans }) as IpFrame),
    ),
  ),
);

test.each(CASES)('IPv$version, $protocol, $payload bytes, $vlans tags: what stood there is replaced', (want) => {
  const right = ipFrame(want);
  const wrong = ipFrame({ ...want, sum: 0x1234 });
  expect(sent(wrong.frame, resultsOf(want, right))).toEqual([right.frame, []]);
});

test('a UDP checksum that would be 0 is ffff', () => {
  const want: IpFrame = { version: 4, protocol: 'udp', payload: 30 };
  const built = ipFrame(want);
  const { frame, l4 } = built;
  const view = new DataView(frame.buffer);
  // The checksum as the last word of the payload makes the sum what 0 stands for.
  const before = view.getUint16(l4 + 6);
  const word = view.getUint16(l4 + 36) + before;
  view.setUint16(l4 + 36, word > 0xffff ? word - 0xffff : word);
  const [out] = sent(frame, resultsOf(want, built));
  expect(new DataView((out as Uint8Array).buffer).getUint16(l4 + 6)).toBe(0xffff);
});

test.each<[string, Results, string]>([
  ['no IP', { l3: 0, l4: 0x20, ip: 14, at: 34 }, 'tx 0x28: parse results name no IP'],
  ['IP far away', { l3: 0x8000, l4: 0x20, ip: 250, at: 34 }, 'tx 0x28: IP header beyond the end of the frame'],
  ['a wrong header', { l3: 0x8000, l4: 0x20, ip: 13, at: 34 }, 'tx 0x28: IPv4 header of 0 bytes'],
  ['L4 far away', { l3: 0x8000, l4: 0x20, ip: 14, at: 255 }, 'tx 0x28: TCP or UDP header beyond the end of the packet'],
])('results that name %s are told, and the frame goes out', (_, results, text) => {
  const { frame } = ipFrame({ version: 4, protocol: 'tcp', payload: 60 });
  expect(sent(frame, results)).toEqual([frame, [text]]);
});

test('checksums without parse results are told and left', () => {
  const { frame } = ipFrame({ version: 4, protocol: 'tcp', payload: 60, sum: 0x1234 });
  const said = 'tx 0x28: checksums asked for without parse results: left as they are';
  expect(sent(frame, { l3: 0x8000, l4: 0x20, ip: 14, at: 34 }, 0x9000_0200)).toEqual([frame, [said]]);
});
