import { describe, expect, test } from 'vitest';
import { join, map8, Player, portConfig } from '../../../test/qdsp6-player.js';
import { aprPacket, type Answer, DspRig, pack, SVC } from '../../../test/qdsp6-rig.js';
import { type DspOptions, type Variant } from './qdsp6.js';

const MS = 1_000_000;
const NONE = new Uint8Array(0);
const STATE = 0x1290c;
const START = 0x100e5;
const MONO = { rate: 48_000, bits: 16, channels: 1 } as const;
const MAP = pack('hhwwww', 3, 1, 0, 0x9000_0000, 1, 0x1000);

const booted = (options: DspOptions = {}): Promise<DspRig> => new DspRig(options).boot();

/** What the DSP sends for one command within a second. */
async function sent(rig: DspRig, svc: number, opcode: number, payload: Uint8Array = NONE): Promise<Answer[]> {
  const before = rig.answers.length;
  rig.raw(aprPacket(svc, opcode, payload, { token: 5 }));
  await rig.clock.run(1_000 * MS);
  return rig.answers.slice(before);
}

describe('CORE of other firmware', () => {
  test.each([
    ['getState', STATE],
    ['fwkVersion', 0x1292c],
    ['getVersions', 0x12905],
  ])('%s: unsupported, or silent', async (knob, opcode) => {
    const rig = await booted();
    rig.turn(knob, 1);
    expect((await sent(rig, SVC.core, opcode)).map(({ opcode: answer, words }) => [answer, words])).toEqual([
      [0x110e8, [opcode, 3]],
    ]);
    rig.turn(knob, 2);
    expect(await sent(rig, SVC.core, opcode)).toEqual([]);
  });

  test('a service that is not ready says so: state 0, maps fail with 1, the rest with ENOTREADY', async () => {
    const rig = await booted({ bootMs: 100 });
    expect((await rig.ask(SVC.core, STATE, NONE))?.words).toEqual([0]);
    expect(await rig.status(SVC.asm, 0x10d92, MAP)).toBe(1);
    expect(await rig.status(SVC.afe, START, pack('hh', 0x1004, 0))).toBe(0xa);
    expect([rig.words()['dsp'], rig.words()['service ASM']]).toEqual(['boots', 'is not ready']);
    await rig.clock.run(100 * MS);
    expect((await rig.ask(SVC.core, STATE, NONE))?.words).toEqual([1]);
    expect(rig.edge).toEqual(['msm/adsp/audio_pd down', 'open apr_audio_svc', 'msm/adsp/audio_pd up']);
  });
});

describe('AFE of other firmware', () => {
  test('a vote has a second word, and taking it back no answer', async () => {
    const rig = await booted({ voteWords: 2, devoteAnswer: 0 });
    expect((await rig.ask(SVC.afe, 0x100f4, pack('www', 3, 0, 0)))?.words).toEqual([0x55, 0]);
    expect(await sent(rig, SVC.afe, 0x100f6, pack('ww', 3, 0x55))).toEqual([]);
  });

  test('a port whose clock is off does not answer its start', async () => {
    const rig = await booted({ clocksNeeded: 1 });
    await rig.status(SVC.afe, 0x100ef, portConfig(0x1004, 48_000, 16, 2));
    expect(await rig.status(SVC.afe, START, pack('hh', 0x1004, 0))).toBe(-1);
    expect(rig.findings.map(({ text }) => text)).toEqual([
      'TERTIARY_MI2S_RX is started while its bit clock is off: it does not answer',
    ]);
    const clock = pack('wwwwwwhhwwwhhw', 32, 0, 0, 0, 0x1028f, 0x10290, 20, 0, 1, 0x104, 1_536_000, 1, 0, 1);
    expect(await rig.status(SVC.afe, 0x100f3, clock)).toBe(0);
    expect(await rig.status(SVC.afe, START, pack('hh', 0x1004, 0))).toBe(0);
  });
});

test('ADM opens nothing and answers COPP 0xff', async () => {
  const rig = await booted({ noCopp: 1 });
  const payload = join(pack('hhhhwhhw', 0, 1, 0x1004, 0, 0x10312, 2, 16, 48_000), map8([1, 2]));
  expect((await rig.ask(SVC.adm, 0x10326, payload, { src: 0x1004, dest: 0x1004 }))?.words).toEqual([0, 0xff]);
  expect(await rig.status(SVC.adm, 0x10327, NONE, { dest: 0xff })).toBe(2);
});

test('the event of an end is a header only', async () => {
  const rig = await booted({ emptyEos: 1 });
  const player = await Player.open(rig, MONO);
  await player.drain();
  expect(player.events(0x10c1c).map(({ bytes }) => bytes.length)).toEqual([20]);
});

describe('a variant', () => {
  const start = (rig: DspRig): Promise<Answer[]> => sent(rig, SVC.afe, START, pack('hh', 0x1004, 0));
  const configured = async (variant: Variant): Promise<DspRig> => {
    const rig = await booted({ variants: [variant] });
    await rig.status(SVC.afe, 0x100ef, portConfig(0x1004, 48_000, 16, 2));
    return rig;
  };
  const started = (rig: DspRig): boolean => rig.words()['port TERTIARY_MI2S_RX']?.startsWith('is started') === true;

  test('silent: not done, not answered', async () => {
    const rig = await configured({ opcode: START, effect: 'silent' });
    expect([await start(rig), started(rig)]).toEqual([[], false]);
  });

  test('status: not done, answered with it', async () => {
    const rig = await configured({ opcode: START, effect: 'status', value: 2 });
    expect([(await start(rig)).map(({ words }) => words), started(rig)]).toEqual([[[START, 2]], false]);
  });

  test('late: done, answered later', async () => {
    const rig = await configured({ opcode: START, effect: 'late', value: 300_000 });
    expect([(await start(rig)).map(({ at }) => at), started(rig)]).toEqual([[300 * MS], true]);
  });

  test('late: the others do not wait for it', async () => {
    const rig = await booted({ variants: [{ opcode: STATE, effect: 'late', value: 5_000, nth: 1 }] });
    for (const token of [1, 2, 3]) rig.raw(aprPacket(SVC.core, STATE, NONE, { token }));
    await rig.clock.run(10 * MS);
    expect(rig.answers.map(({ token, at }) => [token, at])).toEqual([
      [2, 0],
      [3, 0],
      [1, 5 * MS],
    ]);
  });

  test('short: done, the packet is one, and has less', async () => {
    const rig = await configured({ opcode: START, effect: 'short', value: 4 });
    const [answer] = await start(rig);
    expect([answer?.bytes.length, answer?.bytes[2], answer?.words, started(rig)]).toEqual([24, 24, [START], true]);
  });

  test('twice: done once, answered twice', async () => {
    const rig = await configured({ opcode: START, effect: 'twice' });
    expect([(await start(rig)).map(({ words }) => words), started(rig)]).toEqual([
      [
        [START, 0],
        [START, 0],
      ],
      true,
    ]);
  });

  test('token: done, the answer has another', async () => {
    const rig = await configured({ opcode: START, effect: 'token', value: 0x8000_0001 });
    expect([(await start(rig))[0]?.token, started(rig)]).toEqual([0x8000_0004, true]);
  });

  test('meets the nth only', async () => {
    const rig = await configured({ opcode: STATE, effect: 'silent', nth: 2 });
    const all = [await sent(rig, SVC.core, STATE), await sent(rig, SVC.core, STATE), await sent(rig, SVC.core, STATE)];
    expect(all.map(({ length }) => length)).toEqual([1, 0, 1]);
  });

  test('meets events of the DSP as well', async () => {
    const rig = await booted({
      variants: [
        { opcode: 0x10d99, effect: 'late', value: 1_000 },
        { opcode: 0x10c1c, effect: 'silent' },
      ],
    });
    const player = await Player.open(rig, MONO);
    const { iova } = rig.buffer(4096);
    await player.map(iova, 4096);
    player.write(iova, 96);
    player.transfer(0x10bdb, NONE, 1);
    await rig.clock.run(50 * MS);
    expect([player.events(0x10d99).map(({ at }) => at), player.events(0x10c1c)]).toEqual([[MS], []]);
  });

  test('can be turned by hand', async () => {
    const rig = await booted();
    rig.turn('variantOpcode', STATE);
    rig.turn('variantEffect', 2);
    rig.turn('variantValue', 0x14);
    expect(await rig.status(SVC.core, STATE, NONE)).toBe(0x14);
    rig.turn('variantOpcode', 0);
    expect((await rig.ask(SVC.core, STATE, NONE))?.words).toEqual([1]);
  });
});

describe('answers', () => {
  test('come after answerUs; events at their moment', async () => {
    const rig = await booted({ answerUs: 70 });
    expect((await sent(rig, SVC.core, STATE)).map(({ at }) => at)).toEqual([70_000]);
  });

  test('a packet that finds no room is sent again, in order', async () => {
    for (const errno of [-11, -16, -12]) {
      const rig = await booted();
      rig.answerSend = (nth) => (nth <= 3 ? errno : 0);
      rig.raw(aprPacket(SVC.core, STATE, NONE, { token: 1 }));
      rig.raw(aprPacket(SVC.core, STATE, NONE, { token: 2 }));
      await rig.clock.run(10 * MS);
      expect(rig.answers.map(({ at, token }) => [at, token])).toEqual([
        [3 * MS, 1],
        [3 * MS, 2],
      ]);
    }
  });

  test('the nth that fails is lost, and found; the others come', async () => {
    for (let failing = 1; failing <= 3; failing++) {
      const rig = await booted();
      rig.answerSend = (nth) => (nth === failing ? -32 : 0);
      for (const token of [1, 2, 3]) rig.raw(aprPacket(SVC.core, STATE, NONE, { token }));
      await rig.clock.run(0);
      expect(rig.answers.map(({ token }) => token)).toEqual([1, 2, 3].filter((token) => token !== failing));
      expect(rig.findings.map(({ text }) => text)).toEqual(['a packet of the DSP is lost: the edge answers -32']);
      expect(rig.inspection.registers()).toMatchObject({ ANSWERS: 2, LOST: 1 });
    }
  });

  test('an edge that never has room loses what cannot wait, within ten seconds', async () => {
    const rig = await booted();
    rig.answerSend = () => -11;
    for (let n = 0; n < 1_100; n++) rig.raw(aprPacket(SVC.core, STATE, NONE));
    expect(rig.inspection.registers()['LOST']).toBe(76);
    await rig.clock.run(11_000 * MS);
    expect(rig.inspection.registers()['LOST']).toBe(77);
  });

  test('every send of a playback fails once: it ends, and the next playback is right', async () => {
    const probe = await booted();
    await (await Player.open(probe, MONO)).play(
      Uint8Array.from({ length: 1920 }, (_, i) => i),
      480,
    );
    for (let failing = 1; failing <= probe.sends; failing++) {
      const rig = await booted();
      rig.answerSend = (nth) => (nth === failing ? -11 : 0);
      const player = await retried(rig);
      const pcm = Uint8Array.from({ length: 1920 }, (_, i) => (i * 3) & 0xff);
      await player.play(pcm, 480);
      expect(Uint8Array.from(rig.heard.get(0x1004) ?? [])).toEqual(pcm);
    }
  });
});

/** Opens a stream; a driver that got no answer in this moment asks nothing else, but waits. */
async function retried(rig: DspRig): Promise<Player> {
  const player = new Player(rig, MONO);
  const ask = rig.ask.bind(rig);
  rig.ask = async (svc, opcode, payload, ends) => {
    const before = rig.answers.length;
    await ask(svc, opcode, payload, ends);
    await rig.clock.runUntil(() => rig.answers.slice(before).some(({ type }) => type === 1), 100 * MS);
    return rig.answers.slice(before).find(({ type }) => type === 1);
  };
  await player.prepare(MONO);
  return player;
}

describe('a crash', () => {
  test('takes everything: channel, streams, packets on their way, timers', async () => {
    const rig = await booted({ answerUs: 1_000 });
    rig.raw(aprPacket(SVC.core, STATE, NONE));
    rig.turn('crash', 1);
    await rig.clock.run(1_000 * MS);
    expect([rig.answers, rig.edge, rig.clock.pending]).toEqual([
      [],
      ['open apr_audio_svc', 'msm/adsp/audio_pd up', 'down'],
      0,
    ]);
    expect(rig.domains.map(({ state }) => state)).toEqual([0x1fff_ffff, 0x0fff_ffff]);
    expect(rig.inspection.registers()['ANSWERS']).toBe(0);
    expect([rig.words(), rig.inspection.registers()['CRASHES']]).toEqual([{ dsp: 'has crashed' }, 1]);
    rig.turn('crash', 2);
    await rig.clock.run(1_000 * MS);
    expect(rig.inspection.registers()['CRASHES']).toBe(1);
  });

  test('is over when software starts the DSP again; nothing of before is left', async () => {
    const rig = await booted({ restartMs: 300 });
    const player = await Player.open(rig, MONO);
    const { iova } = rig.buffer(96_000);
    await player.map(iova, 96_000);
    player.write(iova, 96_000);
    await rig.clock.run(100 * MS);
    const heard = rig.heard.get(0x1004)?.length;
    rig.turn('crash', 2);
    await rig.clock.run(10 * MS);
    rig.boots();
    rig.boots();
    await rig.clock.run(299 * MS);
    expect(rig.edge.at(-1)).not.toBe('open apr_audio_svc');
    await rig.clock.run(MS);
    expect(rig.edge.slice(-2)).toEqual(['open apr_audio_svc', 'msm/adsp/audio_pd up']);
    expect(await player.command(0x10bcd)).toBe(1);
    expect(await rig.status(SVC.asm, 0x10d94, pack('w', player.handle))).toBe(8);
    expect([rig.heard.get(0x1004)?.length, rig.memory.ledger.findings]).toEqual([heard, []]);
    const again = await Player.open(rig, MONO);
    const before = rig.heard.get(0x1004)?.length ?? 0;
    await again.play(
      Uint8Array.from({ length: 960 }, () => 9),
      960,
    );
    expect(rig.heard.get(0x1004)?.slice(before)).toEqual(Array(960).fill(9));
  });

  test('comes at the nth packet from now, whichever that is, and the DSP may come back by itself', async () => {
    for (let nth = 1; nth <= 7; nth++) {
      const rig = await booted({ crashAtPacket: nth, selfRestart: 1, restartMs: 50 });
      await new Player(rig, MONO).prepare(MONO);
      expect(rig.inspection.registers()['CRASHES']).toBe(1);
      await rig.clock.run(50 * MS);
      expect(rig.words()['dsp']).toBe('is up');
      const player = await Player.open(rig, { ...MONO, session: 2, port: 0x4000 });
      await player.play(
        Uint8Array.from({ length: 960 }, () => 9),
        960,
      );
      expect(rig.heard.get(0x4000)).toEqual(Array(960).fill(9));
    }
  });

  test('the trace has it in words', async () => {
    const rig = new DspRig();
    rig.trace.attach((event) => rig.events.push(event));
    await rig.boot();
    rig.turn('crash', 1);
    const states = rig.events.flatMap((event) => (event.kind === 'dsp_state' ? [`${event.state}: ${event.why}`] : []));
    expect(states).toEqual(['boots: ', 'is up: ', 'has crashed: watchdog, told to']);
  });
});

test('the audio domain restarts: the edge stays, nobody answers, streams are gone', async () => {
  const rig = await booted({ pdDownMs: 40 });
  const player = await Player.open(rig, MONO);
  rig.turn('pdRestart', 1);
  await rig.clock.run(20 * MS);
  expect([await rig.status(SVC.core, STATE, NONE), rig.words()]).toEqual([-1, { dsp: 'restarts its audio domain' }]);
  await rig.clock.run(20 * MS);
  expect((await rig.ask(SVC.core, STATE, NONE))?.words).toEqual([1]);
  expect(await player.command(0x10bcd)).toBe(1);
  expect(rig.edge).toEqual([
    'open apr_audio_svc',
    ...['up', 'down', 'up'].map((state) => `msm/adsp/audio_pd ${state}`),
  ]);
  expect(rig.domains.map(({ state, path, service }) => [state, path, service])).toEqual(
    [0x1fff_ffff, 0x0fff_ffff, 0x1fff_ffff].map((state) => [state, 'msm/adsp/audio_pd', 'avs/audio']),
  );
});

test('knobs refuse fractions, and the board may solder them', async () => {
  const rig = new DspRig({ answerUs: 10 }, 'qcom,sdm845-adsp-pas', { answerUs: 30 });
  await rig.boot();
  expect(rig.knobs.get('answerUs')?.get()).toBe(30);
  expect(() => rig.turn('answerUs', 1.5)).toThrow('answerUs = 1.5 is not a whole number');
});
