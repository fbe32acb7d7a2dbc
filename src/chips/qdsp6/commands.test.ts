import { describe, expect, test } from 'vitest';
import { configure, join, map8, Player, portConfig, POSITIONS } from '../../../test/qdsp6-player.js';
import { aprPacket, DspRig, type Ends, pack, SVC } from '../../../test/qdsp6-rig.js';
import { PORTS } from './ports.js';

/** Statuses by name, as facts list them. */
const [OK, FAILED, BADPARAM, UNSUPPORTED, UNEXPECTED] = [0, 1, 2, 3, 5];
const [HANDLE, ALREADY, NOTREADY, BUSY] = [8, 9, 0xa, 0xc];
const NORESOURCE = 7;
const NONE = new Uint8Array(0);
const MI2S = 0x1004;
const ONE: Ends = { src: 0x101, dest: 0x101, token: 1 };

const STEREO = map8([1, 2]);
const openWrite = (bits = 16, topology = 0x10c68, format = 0x10da5, flags = 0): Uint8Array =>
  pack('whhww', flags, 0, bits, topology, format);
const openRead = (bits = 16): Uint8Array => pack('wwwwhh', 0, 0, 0x10c68, 0x10da5, bits, 0);
const pcm = (channels = 2, bits = 16, rate = 48_000, signed = 1, map = STEREO): Uint8Array =>
  join(pack('whhwhh', 20, channels, bits, rate, signed, 0), map);
const openCopp = (port = MI2S, mode = 1, topology = 0x10312, rate = 48_000, channels = 2, bits = 16): Uint8Array =>
  join(pack('hhhhwhhw', 0, mode, port, 0, topology, channels, bits, rate), map8(POSITIONS[channels] ?? []));
const matrix = (which: number, session: number, ...copps: number[]): Uint8Array =>
  pack(`wwhh${'h'.repeat(2 * copps.length)}`, which, 1, session, copps.length, ...copps);
const region = (low: number, bytes: number, high = 1, pool = 3): Uint8Array =>
  pack('hhwwww', pool, 1, 0, low, high, bytes);
const i2s = (port: number, mode: number, stereo = 1, version = 1, format = 0): Uint8Array =>
  configure(port, 0x1020d, join(pack('whhhhwhh', version, 16, mode, stereo, 1, 48_000, format, 0), new Uint8Array(16)));

const booted = (): Promise<DspRig> => new DspRig().boot();

/** Statuses of commands to one service, one behind the other. */
async function statuses(
  rig: DspRig,
  svc: number,
  commands: readonly (readonly [opcode: number, payload: Uint8Array, ends?: Ends])[],
): Promise<number[]> {
  const out: number[] = [];
  for (const [opcode, payload, ends = {}] of commands) out.push(await rig.status(svc, opcode, payload, ends));
  return out;
}

describe('CORE', () => {
  test('says that it is ready, and which services there are', async () => {
    const rig = await booted();
    const ends = { src: 0x1234, dest: 0x5678, token: 0xdead_beef };
    const state = await rig.ask(SVC.core, 0x1290c, NONE, ends);
    expect([state?.opcode, state?.words]).toEqual([0x1290d, [1]]);
    expect([state?.srcPort, state?.destPort, state?.token]).toEqual([0x5678, 0x1234, 0xdead_beef]);
    const versions = await rig.ask(SVC.core, 0x12905, NONE);
    expect([versions?.opcode, versions?.words.slice(1, 3)]).toEqual([0x12906, [4, 3]]);
    const framework = await rig.ask(SVC.core, 0x1292c, NONE);
    expect([framework?.opcode, framework?.words.slice(0, 8)]).toEqual([0x1292d, [2, 8, 0, 0, 4, 3, 0x20008, 0]]);
  });

  test('does not know other commands', async () => {
    expect(await (await booted()).status(SVC.core, 0x12345, NONE)).toBe(UNSUPPORTED);
  });
});

describe('AFE', () => {
  test('a port is configured, started and stopped, each in its turn', async () => {
    const rig = await booted();
    const config = [0x100ef, portConfig(MI2S, 48_000, 16, 2)] as const;
    const [start, stop] = [[0x100e5, pack('hh', MI2S, 0)] as const, [0x100e6, pack('hh', MI2S, 0)] as const];
    const wanted = [BADPARAM, BADPARAM, OK, ALREADY, OK, ALREADY, OK, OK, ALREADY, OK];
    const done = await statuses(rig, SVC.afe, [start, stop, config, stop, start, start, stop, start, start, stop]);
    expect(done).toEqual(wanted);
  });

  test.each([
    ['unknown port', configure(0x7777, 0x1020d, new Uint8Array(36)), BADPARAM],
    ['configuration of another kind of port', configure(MI2S, 0x10212, new Uint8Array(36)), BADPARAM],
    ['unknown parameter', configure(MI2S, 0x1fffe, new Uint8Array(36)), UNSUPPORTED],
    ['unknown module', configure(MI2S, 0x1020d, new Uint8Array(36), 0x19999), UNSUPPORTED],
    ['version 2', i2s(MI2S, 1, 1, 2), BADPARAM],
    ['no data line', i2s(MI2S, 0), BADPARAM],
    ['channel mode 9', i2s(MI2S, 9), BADPARAM],
    ['stereo 2', i2s(MI2S, 1, 2), BADPARAM],
    ['not linear', i2s(MI2S, 1, 1, 1, 1), BADPARAM],
    ['12 bits', portConfig(MI2S, 48_000, 12, 2), BADPARAM],
    ['47,999 Hz', portConfig(MI2S, 47_999, 16, 2), BADPARAM],
    ['9 channels', portConfig(0x4000, 48_000, 16, 9), BADPARAM],
    ['a block that is longer than the packet', portConfig(MI2S, 48_000, 16, 2).slice(0, 40), BADPARAM],
    ['no block', pack('hhwww', MI2S, 0, 0, 0, 0), BADPARAM],
    [
      'parameters in memory',
      join(pack('hhwww', MI2S, 48, 0, 0, 7), portConfig(MI2S, 48_000, 16, 2).slice(16)),
      BADPARAM,
    ],
    ['old bit clock', configure(MI2S, 0x10238, pack('wwwhhhh', 1, 1, 1, 0, 0, 1, 0)), OK],
    ['old digital clock', configure(MI2S, 0x10239, pack('wwhh', 1, 1, 0, 0)), OK],
    ['slot mapping of I2S', configure(MI2S, 0x10297, new Uint8Array(28), 0x1028a), BADPARAM],
  ])('%s', async (_, payload, status) => {
    expect(await (await booted()).status(SVC.afe, 0x100ef, payload)).toBe(status);
  });

  test.each([
    [
      'HDMI, 6 channels',
      0x100e,
      configure(0x100e, 0x10210, join(pack('whhwhh', 1, 0, 0x0b, 48_000, 16, 0), new Uint8Array(20))),
      '6 channels',
    ],
    [
      'DisplayPort, 8 channels',
      0x6020,
      configure(0x6020, 0x10210, join(pack('whhwhh', 1, 0, 0x13, 192_000, 24, 0), new Uint8Array(20))),
      '8 channels',
    ],
    ['quad I2S', 0x1006, i2s(0x1006, 5, 0), '4 channels'],
    ['I2S with six channels', 0x1000, i2s(0x1000, 7), '6 channels'],
    ['mono I2S', 0x1016, i2s(0x1016, 1, 0), '1 channel'],
    [
      'TDM',
      0x9000,
      configure(0x9000, 0x1029d, pack('wwwwhhhhhhhhw', 1, 8, 48_000, 32, 0, 1, 1, 8, 1, 0, 1, 32, 0xff)),
      '8 channels',
    ],
    [
      'codec DMA',
      0xb030,
      configure(0xb030, 0x102b8, join(pack('wwhhhh', 1, 48_000, 16, 0, 2, 3), new Uint8Array(20))),
      '2 channels',
    ],
    ['SLIMbus', 0x400c, portConfig(0x400c, 44_100, 24, 7), '7 channels'],
  ])('configures %s', async (_, port, payload, words) => {
    const rig = await booted();
    expect(
      await statuses(rig, SVC.afe, [
        [0x100ef, payload],
        [0x100e5, pack('hh', port, 0)],
      ]),
    ).toEqual([OK, OK]);
    expect(rig.words()[`port ${PORTS.get(port)?.name}`]).toContain(words);
  });

  test('TDM takes a map of its slots', async () => {
    const payload = configure(0x9000, 0x10297, pack('whhwhhhhhhhh', 1, 2, 16, 0, 0, 4), 0x1028a);
    expect(await (await booted()).status(SVC.afe, 0x100ef, payload)).toBe(OK);
  });

  test('clocks are set by id; off is enable 0', async () => {
    const clock = (id: number, hz: number, enable: number, version = 1): Uint8Array =>
      join(
        pack('wwww', 32, 0, 0, 0),
        pack('wwhh', 0x1028f, 0x10290, 20, 0),
        pack('wwwhhw', version, id, hz, 1, 0, enable),
      );
    const done = await statuses(await booted(), SVC.afe, [
      ...([clock(0x104, 1_536_000, 1), clock(0x104, 0, 0), clock(0x30f, 9_600_000, 1)] as const).map(
        (p) => [0x100f3, p] as const,
      ),
      ...([clock(0x117, 1, 1), clock(0x104, 0, 1), clock(0x104, 1, 2), clock(0x104, 1, 1, 2)] as const).map(
        (p) => [0x100f3, p] as const,
      ),
      [0x100f3, clock(0x104, 1, 1).slice(0, 40)],
    ]);
    expect(done).toEqual([OK, OK, OK, BADPARAM, BADPARAM, BADPARAM, BADPARAM, BADPARAM]);
  });

  test('a vote gives a handle, which takes it back once', async () => {
    const rig = await booted();
    const vote = await rig.ask(SVC.afe, 0x100f4, pack('wbbbbbbbb', 3, 0x4c));
    expect([vote?.opcode, vote?.words]).toEqual([0x100f5, [0x55]]);
    const back = [0x100f6, pack('ww', 3, 0x55)] as const;
    expect(
      await statuses(rig, SVC.afe, [[0x100f4, pack('www', 9, 0, 0)], [0x100f6, pack('ww', 3, 0)], back, back]),
    ).toEqual([...[BADPARAM, FAILED, OK, FAILED]]);
  });

  test('a port does not start with a COPP of another rate on it', async () => {
    const rig = await booted();
    const copp = await rig.ask(SVC.adm, 0x10326, openCopp(), { src: MI2S, dest: MI2S });
    expect(copp?.words).toEqual([0, 1]);
    const done = await statuses(rig, SVC.afe, [
      [0x100ef, portConfig(MI2S, 44_100, 16, 2)],
      [0x100e5, pack('hh', MI2S, 0)],
      [0x100ef, portConfig(MI2S, 48_000, 16, 1)],
      [0x100e5, pack('hh', MI2S, 0)],
    ]);
    expect(done).toEqual([OK, UNSUPPORTED, OK, UNSUPPORTED]);
    expect(rig.findings[0]?.text).toBe('COPP 1 has 48000 Hz, TERTIARY_MI2S_RX 44100: the model does not resample');
  });

  test('another configuration while the port is started is kept out, and found', async () => {
    const rig = await booted();
    const done = await statuses(rig, SVC.afe, [
      [0x100ef, portConfig(MI2S, 48_000, 16, 2)],
      [0x100e5, pack('hh', MI2S, 0)],
      [0x100ef, portConfig(MI2S, 48_000, 16, 2)],
      [0x100ef, portConfig(MI2S, 96_000, 16, 2)],
    ]);
    expect([done, rig.findings.length]).toEqual([[OK, OK, OK, OK], 1]);
  });
});

describe('ADM', () => {
  const ends = { src: MI2S, dest: MI2S, token: 0x14_0000 };

  test('COPPs have ids from 1, are mapped and closed', async () => {
    const rig = await booted();
    expect((await rig.ask(SVC.adm, 0x10326, openCopp(), ends))?.words).toEqual([0, 1]);
    expect((await rig.ask(SVC.adm, 0x10326, openCopp(), ends))?.words).toEqual([0, 2]);
    const done = await statuses(rig, SVC.adm, [
      [0x10325, matrix(0, 1, 1)],
      [0x10325, matrix(0, 1, 1, 2)],
      [0x10325, matrix(0, 1)],
      [0x10325, matrix(0, 1, 3)],
      [0x10325, matrix(1, 1, 1)],
      [0x10325, matrix(2, 1, 1)],
      [0x10325, matrix(0, 0, 1)],
      [0x10325, matrix(0, 9, 1)],
      [0x10325, matrix(0, 1, 1, 1)],
      [0x10325, pack('wwhh', 0, 1, 1, 500)],
      [0x10325, pack('ww', 0, 0)],
      [0x10327, NONE, { src: 0x14, dest: 1 }],
      [0x10327, NONE, { src: 0x14, dest: 1 }],
      [0x10327, NONE, { src: 0x14, dest: 0 }],
      [0x10325, matrix(0, 1, 1)],
    ]);
    expect(done).toEqual([OK, OK, OK, ...Array<number>(8).fill(BADPARAM), OK, BADPARAM, BADPARAM, BADPARAM]);
  });

  test.each([
    ['a port that there is not', openCopp(0x7777), 0x7777, BADPARAM],
    ['a port other than the packet goes to', openCopp(MI2S), 0x1006, BADPARAM],
    ['playback to a port that captures', openCopp(0x1005), 0x1005, BADPARAM],
    ['capture from a port that plays', openCopp(MI2S, 2), MI2S, BADPARAM],
    ['mode 3', openCopp(MI2S, 3), MI2S, BADPARAM],
    ['another topology', openCopp(MI2S, 1, 0x10314), MI2S, UNSUPPORTED],
    ['1 Hz', openCopp(MI2S, 1, 0x10312, 1), MI2S, BADPARAM],
    ['no channel', openCopp(MI2S, 1, 0x10312, 48_000, 0), MI2S, BADPARAM],
    ['20 bits', openCopp(MI2S, 1, 0x10312, 48_000, 2, 20), MI2S, BADPARAM],
    ['two channels at one place', join(openCopp().slice(0, 20), map8([1, 1])), MI2S, BADPARAM],
    ['a payload that is cut off', openCopp().slice(0, 24), MI2S, BADPARAM],
  ])('%s', async (_, payload, port, status) => {
    expect(await (await booted()).status(SVC.adm, 0x10326, payload, { src: port, dest: port })).toBe(status);
  });

  test('there are 64 COPPs', async () => {
    const rig = await booted();
    for (let n = 0; n < 64; n++) await rig.ask(SVC.adm, 0x10326, openCopp(), ends);
    expect(await rig.status(SVC.adm, 0x10326, openCopp(), ends)).toBe(NORESOURCE);
  });

  test('a COPP that is closed while a session uses it is found', async () => {
    const rig = await booted();
    await Player.open(rig, { rate: 48_000, bits: 16, channels: 2 });
    expect(await rig.status(SVC.adm, 0x10327, NONE, { src: 0x14, dest: 1 })).toBe(OK);
    expect(rig.findings.map(({ text }) => text)).toEqual(['COPP 1 is closed while session 1 uses it']);
    expect(rig.words()['session 1 stream 1']).toContain('stands: no COPP is led to it');
  });

  test('a COPP does not go with a port of another rate, or of fewer bits or channels', async () => {
    const rig = await booted();
    await rig.status(SVC.afe, 0x100ef, portConfig(MI2S, 48_000, 16, 1));
    const done = await statuses(rig, SVC.adm, [
      [0x10326, openCopp(MI2S, 1, 0x10312, 96_000, 1), ends],
      [0x10326, openCopp(MI2S, 1, 0x10312, 48_000, 2), ends],
      [0x10326, openCopp(MI2S, 1, 0x10312, 48_000, 1, 24), ends],
    ]);
    expect(done).toEqual([UNSUPPORTED, UNSUPPORTED, UNSUPPORTED]);
  });
});

describe('ASM', () => {
  test.each([
    ['session 0', openWrite(), { dest: 0x001 }, BADPARAM],
    ['session 9', openWrite(), { dest: 0x901 }, BADPARAM],
    ['stream 0', openWrite(), { dest: 0x100 }, BADPARAM],
    ['stream 3', openWrite(), { dest: 0x103 }, BADPARAM],
    ['8 bits', openWrite(8), ONE, BADPARAM],
    ['a topology', openWrite(16, 0x10be4), ONE, UNSUPPORTED],
    ['MP3', openWrite(16, 0x10c68, 0x10be9), ONE, UNSUPPORTED],
    ['gapless', openWrite(16, 0x10c68, 0x10da5, 0x8000_0000), ONE, OK],
    ['another flag', openWrite(16, 0x10c68, 0x10da5, 1), ONE, BADPARAM],
    ['32 bits', openWrite(32), { dest: 0x802 }, OK],
    ['a payload that is cut off', openWrite().slice(0, 12), ONE, BADPARAM],
  ])('OPEN_WRITE of %s', async (_, payload, ends, status) => {
    expect(await (await booted()).status(SVC.asm, 0x10db3, payload, ends)).toBe(status);
  });

  test('a stream is opened once, and closed once', async () => {
    const open = [0x10db3, openWrite(), ONE] as const;
    const close = [0x10bcd, NONE, ONE] as const;
    const done = await statuses(await booted(), SVC.asm, [
      close,
      open,
      open,
      [0x10db4, openRead(), ONE],
      close,
      close,
      open,
    ]);
    expect(done).toEqual([FAILED, OK, ALREADY, ALREADY, OK, FAILED, OK]);
  });

  test('a session has one stream: there is no gapless change to another', async () => {
    const second = [0x10db3, openWrite(), { src: 0x102, dest: 0x102 }] as const;
    const done = await statuses(await booted(), SVC.asm, [[0x10db3, openWrite(), ONE], second]);
    expect(done).toEqual([OK, UNSUPPORTED]);
  });

  test('nothing goes to a stream that is not open', async () => {
    const opcodes = [0x10d98, 0x10c10, 0x10daa, 0x10dab, 0x10dac, 0x10bdb, 0x10bd3, 0x10dec, 0x10bce, 0x10c09, 0x10d67];
    const rig = await booted();
    const done = await statuses(
      rig,
      SVC.asm,
      opcodes.map((opcode) => [opcode, new Uint8Array(40), ONE]),
    );
    expect(done).toEqual(opcodes.map(() => FAILED));
    expect(rig.findings[0]?.text).toBe('ASM refuses ASM_DATA_CMD_MEDIA_FMT_UPDATE_V2: EFAILED');
  });

  test.each([
    ['as it was opened', pcm(), OK],
    ['other bits', pcm(2, 24), BADPARAM],
    ['9 channels', pcm(9), BADPARAM],
    ['4,000 Hz', pcm(2, 16, 4_000), BADPARAM],
    ['unsigned', pcm(2, 16, 48_000, 0), BADPARAM],
    ['a channel without place', pcm(2, 16, 48_000, 1, map8([1])), BADPARAM],
    ['another block', join(pack('w', 24), pcm().slice(4)), BADPARAM],
    ['cut off', pcm().slice(0, 20), BADPARAM],
  ])('a format: %s', async (_, payload, status) => {
    const rig = await booted();
    expect(
      await statuses(rig, SVC.asm, [
        [0x10db3, openWrite(), ONE],
        [0x10d98, payload, ONE],
      ]),
    ).toEqual([OK, status]);
  });

  test('an encoder is for capture, a media format for playback', async () => {
    const encoder = (param = 0x10da3, size = 28): Uint8Array => join(pack('www', param, size, 0), pcm());
    const done = await statuses(await booted(), SVC.asm, [
      [0x10db3, openWrite(), ONE],
      [0x10c10, encoder(), ONE],
      [0x10bcd, NONE, ONE],
      [0x10db4, openRead(), ONE],
      [0x10d98, pcm(), ONE],
      [0x10c10, encoder(0x10da4), ONE],
      [0x10c10, encoder(0x10da3, 24), ONE],
      [0x10c10, encoder(), ONE],
    ]);
    expect(done).toEqual([OK, BADPARAM, OK, OK, BADPARAM, UNSUPPORTED, BADPARAM, OK]);
  });

  test('RUN wants a format, and runs once; PAUSE wants RUN', async () => {
    const run = [0x10daa, new Uint8Array(12), ONE] as const;
    const pause = [0x10bd3, NONE, ONE] as const;
    const rig = await booted();
    const done = await statuses(rig, SVC.asm, [
      [0x10db3, openWrite(), ONE],
      ...[run, pause],
      [0x10d98, pcm(), ONE],
      [0x10daa, pack('www', 2, 0, 0), ONE],
      ...[run, run, pause, pause, run],
      [0x10dec, NONE, ONE],
      run,
    ]);
    expect(done).toEqual([OK, NOTREADY, UNEXPECTED, OK, UNSUPPORTED, OK, ALREADY, OK, OK, OK, OK, OK]);
    expect(rig.words()['session 1 stream 1']).toBe(
      'is running, plays 48000 Hz, 16 bit, 2 channels, 0 buffers wait, 0 frames heard, stands: no COPP is led to it',
    );
  });

  test('samples at the ends are not removed', async () => {
    const done = await statuses(await booted(), SVC.asm, [
      [0x10db3, openWrite(), ONE],
      [0x10d67, pack('w', 0), ONE],
      [0x10d68, pack('w', 0), ONE],
      [0x10d67, pack('w', 576), ONE],
      [0x10d68, pack('w', 1), ONE],
    ]);
    expect(done).toEqual([OK, OK, OK, UNSUPPORTED, UNSUPPORTED]);
  });

  test('memory comes in pages of one pool, under handles', async () => {
    const rig = await booted();
    const mapped = await rig.ask(SVC.asm, 0x10d92, region(0x9000_0000, 0x5000), { token: 0x100 });
    expect([mapped?.opcode, mapped?.token, mapped?.destPort, mapped?.words]).toEqual([
      0x10d93,
      0x100,
      0,
      [0xcafe_0001],
    ]);
    const done = await statuses(rig, SVC.asm, [
      [0x10d92, region(0x9000_0000, 0x5000, 1, 0)],
      [0x10d92, region(0x9000_0000, 0x5001)],
      [0x10d92, region(0x9000_0010, 0x5000)],
      [0x10d92, region(0x9000_0000, 0)],
      [0x10d92, region(0x9000_0000, 0x5000, 0x10)],
      [0x10d92, region(0xffff_f000, 0x2000)],
      [0x10d92, region(0x9000_0000, 0x5000).slice(0, 16)],
      [0x10d92, pack('hhwwww', 3, 2, 0, 0x9000_0000, 0, 0x1000)],
      [0x10d94, pack('w', 0xcafe_0001)],
      [0x10d94, pack('w', 0xcafe_0001)],
      [0x10d94, pack('w', 0)],
    ]);
    expect(done).toEqual([...Array<number>(8).fill(BADPARAM), OK, HANDLE, HANDLE]);
  });

  test('a handle is not used again at once, and there are 64', async () => {
    const rig = await booted();
    const handles: (number | undefined)[] = [];
    for (let n = 0; n < 64; n++) handles.push((await rig.ask(SVC.asm, 0x10d92, region(0x9000_0000, 0x1000)))?.words[0]);
    expect(new Set(handles).size).toBe(64);
    expect(await rig.status(SVC.asm, 0x10d92, region(0x9000_0000, 0x1000))).toBe(NORESOURCE);
  });

  test('buffers lie in mapped memory, in whole frames, and keep it', async () => {
    const rig = await booted();
    const player = new Player(rig, { rate: 48_000, bits: 16, channels: 2 });
    await statuses(rig, SVC.asm, [[0x10db3, openWrite(), ONE]]);
    await player.map(0x9000_0000, 0x2000);
    const write = (
      low: number,
      bytes: number,
      handle = player.handle,
      high = 1,
    ): readonly [number, Uint8Array, Ends] => [0x10dab, pack('wwwwwwww', low, high, handle, bytes, 0, 0, 0, 0), ONE];
    const done = await statuses(rig, SVC.asm, [
      write(0x9000_0000, 64),
      [0x10d98, pcm(), ONE],
      write(0x9000_0000, 64, 0x1234),
      write(0x9000_1ffc, 8),
      write(0x8fff_fffc, 8),
      write(0x9000_0000, 6),
      write(0x9000_0000, 0),
      write(0x9000_0000, 64, player.handle, 0x10),
      [0x10dac, pack('wwwww', 0x9000_0000, 1, player.handle, 64, 0), ONE],
      write(0x9000_0000, 64),
      [0x10d94, pack('w', player.handle)],
      [0x10d98, pcm(), ONE],
    ]);
    expect(done).toEqual([NOTREADY, OK, HANDLE, ...Array<number>(6).fill(BADPARAM), -1, BUSY, BUSY]);
    for (let n = 1; n < 64; n++) await statuses(rig, SVC.asm, [write(0x9000_0000, 64)]);
    expect(await statuses(rig, SVC.asm, [write(0x9000_0000, 64), [0x10bdb, NONE, ONE]])).toEqual([
      NORESOURCE,
      NORESOURCE,
    ]);
  });

  test.each([
    ['another rate', pcm(2, 16, 44_100)],
    ['fewer places', pcm(1, 16, 48_000, 1, map8([9]))],
  ])('a session with a way does not take a format of %s, nor a way the format', async (name, format) => {
    const rig = await booted();
    const copp = name === 'fewer places' ? openCopp(MI2S, 1, 0x10312, 48_000, 3) : openCopp();
    await rig.ask(SVC.adm, 0x10326, copp, { src: MI2S, dest: MI2S });
    const three = name === 'fewer places' ? pcm(2, 16, 48_000, 1, map8([1, 9])) : format;
    const open = [0x10db3, openWrite(), ONE] as const;
    expect(await statuses(rig, SVC.asm, [open])).toEqual([OK]);
    expect(await rig.status(SVC.adm, 0x10325, matrix(0, 1, 1))).toBe(OK);
    expect(
      await statuses(rig, SVC.asm, [[0x10d98, three, ONE], [0x10bcd, NONE, ONE], open, [0x10d98, three, ONE]]),
    ).toEqual([...[UNSUPPORTED, OK, OK, OK]]);
    expect(await rig.status(SVC.adm, 0x10325, matrix(0, 1, 1))).toBe(UNSUPPORTED);
  });

  test('a session does not play more bits than its COPP has', async () => {
    const rig = await booted();
    await rig.ask(SVC.adm, 0x10326, openCopp(), { src: MI2S, dest: MI2S });
    await statuses(rig, SVC.asm, [
      [0x10db3, openWrite(24), ONE],
      [0x10d98, pcm(2, 24), ONE],
    ]);
    expect(await rig.status(SVC.adm, 0x10325, matrix(0, 1, 1))).toBe(UNSUPPORTED);
    expect(rig.findings[0]?.text).toBe('session 1 has 24 bits, COPP 1 16: some would be lost');
  });
});

describe('a packet that is no command', () => {
  const good = aprPacket(SVC.core, 0x1290c, NONE);
  const changed = (...changes: readonly (readonly [at: number, byte: number])[]): Uint8Array => {
    const bytes = good.slice();
    for (const [at, byte] of changes) bytes[at] = byte;
    return bytes;
  };

  test.each([
    ['is empty', NONE, '0 bytes are no header'],
    ['is cut off', good.slice(0, 19), '19 bytes are no header'],
    ['has version 2', changed([0, 0x52]), 'version 2'],
    ['has a short header', changed([0, 0x40]), 'header of 16 bytes'],
    ['has a long header', changed([0, 0x60]), 'header of 24 bytes in 20'],
    ['says another size', changed([2, 24]), 'size says 24 bytes, 20 came'],
    ['is a response', changed([1, 1]), 'no command'],
    ['is an event', changed([1, 0]), 'no command'],
    ['is for the modem', changed([9, 3]), 'it is for domain 3'],
    ['is for voice', changed([8, 9]), 'there is no service 9'],
  ])('%s: dropped, with a finding', async (_, bytes, why) => {
    const rig = await booted();
    expect(rig.raw(bytes)).toBe(0);
    await rig.clock.run(0);
    expect([rig.answers, rig.findings.map(({ text }) => text)]).toEqual([[], [`a packet is dropped: ${why}`]]);
  });

  test('words behind the header are skipped', async () => {
    const rig = await booted();
    rig.raw(join(changed([0, 0x60], [2, 24]), pack('w', 7)));
    await rig.clock.run(0);
    expect(rig.answers[0]?.words).toEqual([1]);
  });
});
