// Ports and clocks: what is sent for each kind, and what is kept.
import { expect, test } from 'vitest';
import { basic, type Got, own } from '../../../test/apr-fake-dsp.js';
import { q6Rig } from '../../../test/q6-rig.js';
import { ms } from '../../base/clock.js';
import { type AfeFormat, type AfeSettings, afeConfig } from './q6afe-config.js';
import { AFE_PORTS, type AfePort, afePort } from './q6afe-ports.js';
import { q6AfeClocks } from './q6afe-clocks.js';

const STEREO: AfeFormat = { rate: 48_000, channels: 2, bits: 16 };
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const at = (which: number | string): AfePort => afePort(which) as AfePort;

test('ports have the numbers that the DSP knows them by', () => {
  const rows = AFE_PORTS.map(({ index, name, dspId }) => `${index} ${name} ${dspId.toString(16)}`);
  expect(AFE_PORTS.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 128 }, (_, n) => n + 1),
  );
  // facts: port index -> DSP port id; the first and last of each row.
  for (const row of [
    ...['1 HDMI_RX 100e', '2 SLIMBUS_0_RX 4000', '15 SLIMBUS_6_TX 400d', '16 PRIMARY_MI2S_RX 1000'],
    ...['20 TERTIARY_MI2S_RX 1004', '23 QUATERNARY_MI2S_TX 1007', '24 PRIMARY_TDM_RX_0 9000'],
    ...['39 PRIMARY_TDM_TX_7 900f', '40 SECONDARY_TDM_RX_0 9010', '103 QUINARY_TDM_TX_7 904f'],
    ...['104 DISPLAY_PORT_RX 6020', '109 WSA_CODEC_DMA_TX_2 b005', '110 VA_CODEC_DMA_TX_0 b021'],
    ...['113 RX_CODEC_DMA_RX_0 b030', '124 TX_CODEC_DMA_TX_5 b03b', '125 RX_CODEC_DMA_RX_6 b03c'],
    ...['126 RX_CODEC_DMA_RX_7 b03e', '127 QUINARY_MI2S_RX 1016', '128 QUINARY_MI2S_TX 1017'],
  ])
    expect(rows).toContain(row);
  expect(AFE_PORTS.filter(({ name }) => name.includes('TX')).every(({ direction }) => direction === 'capture')).toBe(
    true,
  );
});

test.each([
  // Fields as facts 5.2 lists them, by hand.
  ['HDMI_RX', { ...STEREO, channels: 6 }, {}, 10210, '01000000 0000 0b00 80bb0000 1000 0000'],
  ['SLIMBUS_6_RX', STEREO, {}, 10212, '01000000 0000 1000 0000 0200 9091000000000000 80bb0000'],
  ['SLIMBUS_0_TX', STEREO, { slimChannels: [1, 2] }, 10212, '01000000 0000 1000 0000 0200 0102000000000000 80bb0000'],
  [
    'PRIMARY_MI2S_RX',
    { ...STEREO, channels: 1, bits: 24 },
    { sdLines: [1] },
    '1020d',
    '01000000 1800 0200 0000 0100 80bb0000 0000 0000',
  ],
  [
    'PRIMARY_MI2S_RX',
    STEREO,
    { sdLines: [0, 1, 2, 3], externalClock: true },
    '1020d',
    '01000000 1000 0100 0100 0000 80bb0000 0000 0000',
  ],
  ['WSA_CODEC_DMA_RX_0', { ...STEREO, channels: 1 }, {}, '102b8', '01000000 80bb0000 1000 0000 0100 0100'],
  [
    'QUINARY_TDM_RX_0',
    STEREO,
    { tdm: { syncMode: 1, dataDelay: 1, slots: 8, slotWidth: 32 } },
    '1029d',
    '01000000 02000000 80bb0000 10000000 0000 0100 0100 0800 0000 0000 0100 2000 03000000',
  ],
] as const)('%s is configured as its kind is', (name, format, settings, param, fields) => {
  const [config] = afeConfig(at(name), format, settings as AfeSettings);
  if (typeof config !== 'object') throw new Error(String(config));
  expect([config.module.toString(16), config.param.toString(16)]).toEqual(['1020c', String(param)]);
  expect(hexOf(config.data)).toBe(fields.replaceAll(' ', ''));
});

test('the slots of TDM are mapped in bytes of the frame', () => {
  const [, map] = afeConfig(at('PRIMARY_TDM_RX_0'), STEREO, { tdm: { slotWidth: 32 } });
  if (typeof map !== 'object') throw new Error(String(map));
  expect([map.module, map.param]).toEqual([0x1028a, 0x10297]);
  expect(hexOf(map.data)).toBe('01000000020010000000000000000400ffffffffffffffffffffffff');
});

test.each([
  [{ sdLines: [] }, 2, 'no line is assigned'],
  [{ sdLines: [0, 3] }, 2, 'data lines 0, 3'],
  [{ sdLines: [0] }, 4, '4 channels need more data lines than 0'],
  [{ sdLines: [0, 1] }, 6, '6 channels need more data lines than 0, 1'],
  [{}, 7, '7 channels'],
])('what data lines cannot carry is refused in words: %j with %i channels', async (settings, channels, why) => {
  const { services, run, dsp } = await q6Rig();
  dsp.got.length = 0;
  const said = await run(services.afe.start(at(20), { ...STEREO, channels }, settings));
  expect(said).toContain('AFE PORT_SET_PARAM_V2 on port TERTIARY_MI2S_RX: the port cannot have');
  expect(said).toContain(why);
  expect(dsp.got).toEqual([]);
});

test('the settings of the devicetree are those of the port', async () => {
  const { services, run, dsp } = await q6Rig();
  await run(services.afe.start(at(21), STEREO));
  const config = dsp.got.find(({ opcode }) => opcode === 0x100ef) as Got;
  expect(config.payload.getUint16(34, true)).toBe(2); // SD1, test/golden/apr-services.json, session, line 86
});

test('a port that runs is not started again, without asking the DSP (apr-L32)', async () => {
  const { services, run, dsp } = await q6Rig();
  const port = services.afe.port('tertiary_mi2s_rx');
  await run(services.afe.start(port, STEREO));
  dsp.got.length = 0;
  expect(await run(services.afe.start(port, STEREO))).toContain('it runs (EBUSY)');
  expect(dsp.got).toEqual([]);
  await run(services.afe.stop(port));
  await run(services.afe.stop(port));
  expect(dsp.opcodes()).toEqual(['100e6']);
  expect(() => services.afe.port(200)).toThrow('there is no port 200 (EINVAL)');
});

test('a vote is one word, and its answer may have no more (apr-L30)', async () => {
  const { services, run, dsp, bench } = await q6Rig();
  dsp.got.length = 0;
  dsp.on(0x100f4, (got) => [own(got, 0x100f5, [0x55])]);
  expect(await run(services.afe.vote(3, 'LPASS_HW_MACRO'))).toBe(0x55);
  services.afe.unvote(3, 0x55);
  await bench.run(ms(1));
  // test/golden/apr-services.json, session, lines 16 and 82.
  expect(dsp.got.map(({ hex }) => hex)).toEqual([
    '50022000040500000404000003000000f4000100030000004c504153535f4800',
    '50021c00040500000404000003000000f60001000300000055000000',
  ]);
});

test('the answer to a devote is known as one, and a refusal told (apr-L31)', async () => {
  const { services, bench, dsp, log } = await q6Rig();
  dsp.on(0x100f6, 1, 1);
  services.afe.unvote(3, 0x55);
  await bench.run(ms(1));
  expect(services.afe.requests.counts).toMatchObject({ posted: 1, foreign: 0 });
  expect(log.at(-1)).toBe('qcom-q6afe aprsvc:service:4:4: AFE LPASS_HW_DEVOTE on block 3: EFAILED (1)');
});

test('a vote whose answer comes too late is taken back', async () => {
  const { services, run, dsp, bench } = await q6Rig();
  dsp.on(0x100f4, 'silent', 1);
  expect(await run(services.afe.vote(3, 'x'))).toContain('(ETIMEDOUT)');
  const asked = dsp.got.find(({ opcode }) => opcode === 0x100f4) as Got;
  dsp.got.length = 0;
  dsp.send(own(asked, 0x100f5, [0x77]));
  await bench.run(ms(1));
  expect([dsp.got[0]?.opcode, dsp.got[0]?.payload.getUint32(4, true)]).toEqual([0x100f6, 0x77]);
});

test('clocks of old firmware go through the port', async () => {
  const { services, run, dsp } = await q6Rig();
  dsp.got.length = 0;
  await run(services.afe.setOldClock(at(20), { kind: 'lpaif', hz1: 1_536_000, hz2: 0, source: 1, mode: 1 }));
  await run(services.afe.setOldClock(at(20), { kind: 'digital', hz: 9_600_000 }));
  expect(dsp.got.map(({ hex }) => hex.slice(72))).toEqual([
    '0c0201003802010014000000' + '0100000000701700000000000100000001000000',
    '0c020100390201000c000000' + '01000000007c920000000000',
  ]);
});

test('what a driver left running is stopped when it is unbound, clocks too', async () => {
  const { services, run, dsp, bench } = await q6Rig();
  const { afe } = services;
  await run(afe.setBitClock(at(20), 1_536_000));
  await run(afe.start(at(20), STEREO));
  dsp.got.length = 0;
  await run(bench.core.unbind(afe.requests.adev.dev));
  expect(dsp.opcodes()).toEqual(['100e6', '100f3']);
  expect(dsp.started.size).toBe(0);
});

test('the clocks of the devicetree run while somebody needs them', async () => {
  const { run, dsp, bench } = await q6Rig();
  const dev = bench.core.devices.find(({ name }) => name.endsWith('clock-controller'));
  const clocks = dev === undefined ? undefined : q6AfeClocks(dev);
  if (clocks === undefined) throw new Error('no clocks');
  dsp.got.length = 0;
  const [TX_CORE_MCLK, MACRO] = [57, 102];
  for (const id of [TX_CORE_MCLK, TX_CORE_MCLK, MACRO]) await run(clocks.enable(id));
  expect(dsp.got.map(({ hex, opcode }) => (opcode === 0x100f3 ? hex.slice(96) : hex.slice(40)))).toEqual([
    '010000000c030000' + '00f82401' + '0100' + '0000' + '01000000',
    '030000004c504153535f4800',
  ]);
  dsp.got.length = 0;
  await run(clocks.disable(TX_CORE_MCLK));
  expect(dsp.got).toEqual([]);
  for (const id of [TX_CORE_MCLK, MACRO]) await run(clocks.disable(id));
  await bench.run(ms(1));
  expect(dsp.opcodes()).toEqual(['100f3', '100f6']);
  expect(await run(clocks.disable(MACRO))).toContain('clock 102 is not enabled (EINVAL)');
  expect(await run(clocks.enable(53))).toContain('there is no clock 53 (EINVAL)');
  await run(clocks.enable(MACRO));
  dsp.got.length = 0;
  if (dev !== undefined) await run(bench.core.unbind(dev));
  await bench.run(ms(1));
  expect(dsp.opcodes()).toEqual(['100f6']);
});

test('a configuration that the DSP refuses starts nothing', async () => {
  const { services, run, dsp } = await q6Rig();
  dsp.got.length = 0;
  dsp.on(0x100ef, (got) => [basic(got, 2)], 1);
  expect(await run(services.afe.start(at(20), STEREO))).toContain(
    'AFE PORT_SET_PARAM_V2 on port TERTIARY_MI2S_RX: EBADPARAM (2)',
  );
  expect([dsp.opcodes(), services.afe.isStarted(at(20))]).toEqual([['100ef'], false]);
});
