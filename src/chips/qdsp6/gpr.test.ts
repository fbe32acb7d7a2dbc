import { expect, test } from 'vitest';
import { DspRig, pack } from '../../../test/qdsp6-rig.js';
import { Random } from '../../base/random.js';
import type { DspOptions } from './qdsp6.js';

const [APM, PRM] = [1, 2];

/** A GPR packet: destination first, ports of 32 bits, size in the first word. */
function gpr(port: number, opcode: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const size = 24 + payload.length;
  return Uint8Array.from([...pack('wwwwww', size * 256 + 0x60, 0x302, 0x1000_0005, port, 0xabcd, opcode), ...payload]);
}

/** Opcode and payload of what the DSP sends; the header must lead back. */
async function ask(rig: DspRig, bytes: Uint8Array): Promise<(readonly [opcode: number, ...words: number[]])[]> {
  const before = rig.answers.length;
  rig.raw(bytes, 'adsp_apps');
  await rig.clock.run(0);
  return rig.answers.slice(before).map(({ bytes: sent }) => {
    const words = [...new Uint32Array(sent.slice().buffer)];
    const data = new DataView(bytes.buffer);
    expect(words.slice(0, 5)).toEqual([sent.length * 256 + 0x60, 0x203, data.getUint32(12, true), 0x1000_0005, 0xabcd]);
    return [words[5] ?? 0, ...words.slice(6)];
  });
}

const booted = (options: DspOptions = {}): Promise<DspRig> => new DspRig(options, 'qcom,sc8280xp-adsp-pas').boot();

test('APM answers on its own channel', async () => {
  const rig = await booted();
  expect(rig.edge).toEqual(['open adsp_apps', 'msm/adsp/audio_pd up']);
  expect(await ask(rig, gpr(APM, 0x0100_1021))).toEqual([[0x0200_1007, 1]]);
  const opcodes = [0, 1, 2, 3, 4, 5, 6].map((n) => 0x0100_1000 + n);
  for (const opcode of opcodes) {
    expect(await ask(rig, gpr(APM, opcode, new Uint8Array(16)))).toEqual([[0x0200_1005, opcode, 0]]);
    expect(await ask(rig, gpr(APM, opcode))).toEqual([[0x0200_1005, opcode, 2]]);
  }
  expect(await ask(rig, gpr(APM, 0x0100_1013))).toEqual([[0x0200_1005, 0x0100_1013, 0]]);
});

test('APM maps memory, and unmaps it once', async () => {
  const rig = await booted();
  const map = pack('hhwwww', 3, 1, 0, 0x9000_0000, 0, 0x1000);
  expect(await ask(rig, gpr(APM, 0x0100_100c, map))).toEqual([[0x0200_1001, 0xcafe_0001]]);
  const unmap = gpr(APM, 0x0100_100d, pack('w', 0xcafe_0001));
  expect(await ask(rig, unmap)).toEqual([[0x0200_1005, 0x0100_100d, 0]]);
  expect(await ask(rig, unmap)).toEqual([[0x0200_1005, 0x0100_100d, 8]]);
});

test('PRM grants resources; what neither knows is unsupported', async () => {
  const rig = await booted();
  const resource = pack('wwwwwwww', 0, 0, 0, 20, PRM, 0x0800_102c, 4, 0);
  expect(await ask(rig, gpr(PRM, 0x0100_100f, resource))).toEqual([[0x0200_1002, 0x0800_102c, 0]]);
  expect(await ask(rig, gpr(PRM, 0x0100_1010, resource))).toEqual([[0x0200_1003, 0x0800_102c, 0]]);
  for (const [port, opcode] of [
    [PRM, 0x0100_1000],
    [APM, 0x0100_100f],
    [0x4001, 0x0400_100a],
    [APM, 7],
  ] as const) {
    expect(await ask(rig, gpr(port, opcode, new Uint8Array(64)))).toEqual([[0x0200_1005, opcode, 3]]);
  }
});

test('before it is ready only its state is told', async () => {
  const rig = await booted({ bootMs: 10 });
  expect(await ask(rig, gpr(APM, 0x0100_1021))).toEqual([[0x0200_1007, 0]]);
  expect(await ask(rig, gpr(APM, 0x0100_1013))).toEqual([[0x0200_1005, 0x0100_1013, 0xa]]);
});

test.each([
  ['short', gpr(APM, 0x0100_1021).slice(0, 23), '23 bytes are no header'],
  ['version 2', Uint8Array.from([0x62, ...gpr(APM, 0x0100_1021).slice(1)]), 'version 2'],
  ['header of 20', Uint8Array.from([0x50, ...gpr(APM, 0x0100_1021).slice(1)]), 'header of 20 bytes'],
  ['header past the packet', Uint8Array.from([0x70, ...gpr(APM, 0x0100_1021).slice(1)]), 'header of 28 bytes in 24'],
  ['longer than it says', Uint8Array.from([...gpr(APM, 0x0100_1021), 0]), 'size says 24 bytes, 25 came'],
  ['for the modem', gpr(APM, 0x0100_1021).fill(1, 4, 5), 'it is for domain 1'],
])('a packet that is %s is dropped, with a finding', async (_, bytes, why) => {
  const rig = await booted();
  expect(rig.raw(bytes, 'adsp_apps')).toBe(0);
  await rig.clock.run(0);
  expect([rig.answers, rig.findings.map(({ text }) => text)]).toEqual([[], [`a packet is dropped: ${why}`]]);
});

test.each([
  [{ opcode: 0x0100_1021, effect: 'silent' }, []],
  [{ opcode: 0x0100_1021, effect: 'status', value: 7 }, [[0x0200_1005, 0x0100_1021, 7]]],
  [{ opcode: 0x0100_1021, effect: 'short', value: 0 }, [[0x0200_1007]]],
  [
    { opcode: 0x0100_1021, effect: 'twice' },
    [
      [0x0200_1007, 1],
      [0x0200_1007, 1],
    ],
  ],
] as const)('variants meet GPR as well: %o', async (variant, answers) => {
  expect(await ask(await booted({ variants: [variant] }), gpr(APM, 0x0100_1021))).toEqual(answers);
});

test('5,000 packets by chance: none is offered again, every answer is a packet', async () => {
  const rig = await booted();
  const random = new Random('gpr');
  const opcodes = [0x0100_1021, 0x0100_100c, 0x0100_100d, 0x0100_100f, 0x0100_1006, 0x0100_1013, 0x0400_100a];
  for (let n = 0; n < 5_000; n++) {
    const payload = random.bytes(random.below(60));
    if (random.chance(0.5)) payload.fill(0);
    const bytes = gpr(random.pick([APM, PRM, 3, 0x1000_0000]), random.pick(opcodes), payload);
    if (random.chance(0.3)) bytes[random.below(bytes.length)] = random.u32();
    expect(rig.raw(random.chance(0.1) ? bytes.slice(0, random.below(bytes.length)) : bytes, 'adsp_apps')).toBe(0);
    if (n % 500 === 0) await rig.clock.run(1e9);
  }
  const sizes = rig.answers.filter(({ bytes }) => new DataView(bytes.buffer).getUint32(0, true) >>> 8 !== bytes.length);
  expect([sizes, rig.answers.length > 1_000]).toEqual([[], true]);
});
