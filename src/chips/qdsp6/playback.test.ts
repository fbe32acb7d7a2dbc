import { describe, expect, test } from 'vitest';
import { Player, POSITIONS, type Session } from '../../../test/qdsp6-player.js';
import { DspRig, pack, SVC } from '../../../test/qdsp6-rig.js';
import { Random } from '../../base/random.js';

const MI2S = 0x1004;
const SLIMBUS = 0x4000;
const MS = 1_000_000;

/** Samples of a format by chance: for 24 bits the upper byte repeats the sign. */
function noise(bits: number, samples: number, seed = 'pcm'): Uint8Array {
  const bytes = new Random(seed).bytes(samples * (bits === 16 ? 2 : 4));
  if (bits === 24) for (let i = 3; i < bytes.length; i += 4) bytes[i] = (bytes[i - 1] ?? 0) > 127 ? 0xff : 0;
  return bytes;
}

const heardOf = (rig: DspRig, port: number): Uint8Array => Uint8Array.from(rig.heard.get(port) ?? []);

async function started(how: Session, rig?: DspRig): Promise<{ rig: DspRig; player: Player }> {
  const there = rig ?? (await new DspRig().boot());
  return { rig: there, player: await Player.open(there, how) };
}

/** Everything in memory, handed over as one buffer. */
async function mapped(player: Player, pcm: Uint8Array): Promise<number> {
  const { buffer, iova } = player.rig.buffer(pcm.length);
  buffer.bytes.set(pcm);
  await player.map(iova, pcm.length);
  return iova;
}

const FORMATS: Session[] = [
  ...[16, 24, 32].flatMap((bits) => [1, 2].map((channels) => ({ rate: 48_000, bits, channels, port: MI2S }))),
  ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((channels) =>
    [16, 24].map((bits) => ({ rate: 48_000, bits, channels, port: SLIMBUS })),
  ),
  ...[8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 96_000, 176_400, 192_000].map((rate) => ({
    ...{ rate, bits: 24, channels: 2, port: SLIMBUS },
  })),
];

test.each(FORMATS)('$rate Hz, $bits bit, $channels channels at $port are heard as they were', async (how) => {
  const { rig, player } = await started(how);
  const pcm = noise(how.bits, 3001 * how.channels);
  await player.play(pcm, Math.floor(pcm.length / 3001) * 1000);
  expect(Buffer.compare(heardOf(rig, how.port ?? 0), pcm)).toBe(0);
  expect([rig.findings, rig.memory.ledger.findings]).toEqual([[], []]);
});

describe('time', () => {
  test('a buffer is done when its last sample is read, 10 ms before it is heard', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 2 });
    const done = await player.play(noise(16, 4 * 1200 * 2), 4800);
    expect(done).toEqual([15, 40, 65, 90].map((ms) => ms * MS));
    expect(player.events(0x10c1c).map(({ at, words }) => [at, words])).toEqual([[100 * MS, [0]]]);
    expect(rig.blocks.every(({ starved }) => starved === 0)).toBe(true);
  });

  test('buffers that are smaller than what is read ahead are done at once', async () => {
    const { player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    expect(await player.play(noise(16, 5 * 240), 480)).toEqual([0, 0, 5, 10, 15].map((ms) => ms * MS));
  });

  test('the end of 44,100 Hz is not a nanosecond early, and not a frame late', async () => {
    const { player } = await started({ rate: 44_100, bits: 16, channels: 1 });
    await player.play(noise(16, 1001), 2002);
    expect(player.events(0x10c1c)[0]?.at).toBe(Math.ceil((1001 * 1e9) / 44_100));
  });

  test('a stream that starts between two frames begins with the next', async () => {
    const rig = await new DspRig().boot();
    await rig.clock.run(10_001);
    const player = await Player.open(rig, { rate: 8_000, bits: 16, channels: 1 });
    await player.play(noise(16, 8), 16);
    expect(rig.blocks[0]?.at).toBe(125_000);
    expect(player.events(0x10c1c)[0]?.at).toBe(125_000 + MS);
  });

  test('the address of an event is the one of the command, its token too', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    const iova = await mapped(player, noise(16, 96));
    player.write(iova, 192, 7);
    await rig.clock.run(MS);
    const [event] = player.events(0x10d99);
    expect(event?.words).toEqual([iova, 1, player.handle, 0]);
    expect([event?.token, event?.type, event?.svc, event?.srcPort]).toEqual([7 + 192 * 65_536, 0, SVC.asm, 0x101]);
  });

  test('without a buffer there is silence, which is counted and told', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    const iova = await mapped(player, noise(16, 960));
    player.write(iova, 960);
    await rig.clock.run(30 * MS);
    player.write(iova + 960, 960, 1);
    await rig.clock.run(30 * MS);
    expect(rig.blocks.map(({ frame, frames, starved }) => [frame, frames, starved])).toEqual([
      [0, 480, 0],
      [1440, 480, 960],
    ]);
    expect(rig.words()['session 1 stream 1']).toContain('960 frames of silence because nothing came');
  });

  test('silence behind a flush is meant', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    const iova = await mapped(player, noise(16, 480));
    player.write(iova, 960);
    await rig.clock.run(20 * MS);
    await player.command(0x10bce);
    await rig.clock.run(20 * MS);
    player.write(iova, 960);
    await player.drain();
    expect(rig.blocks.map(({ starved }) => starved)).toEqual([0, 0]);
  });

  test('silence behind an end is meant', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    await player.play(noise(16, 480), 960);
    await rig.clock.run(50 * MS);
    await player.play(noise(16, 480), 960);
    expect(rig.blocks.map(({ starved }) => starved)).toEqual([0, 0]);
  });
});

describe('a stream that runs', () => {
  test('pauses between two frames and goes on where it was', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 2 });
    const pcm = noise(16, 2 * 4800);
    player.write(await mapped(player, pcm), pcm.length);
    await rig.clock.run(33 * MS + 1);
    expect(await player.command(0x10bd3)).toBe(0);
    const frames = heardOf(rig, MI2S).length / 4;
    await rig.clock.run(500 * MS);
    expect([frames, heardOf(rig, MI2S).length / 4]).toEqual([33 * 48 + 1, 33 * 48 + 1]);
    expect(rig.clock.pending).toBe(0);
    expect(await player.run()).toBe(0);
    await player.drain();
    expect(heardOf(rig, MI2S)).toEqual(pcm);
    expect(rig.blocks.every(({ starved }) => starved === 0)).toBe(true);
  });

  test('takes an end on the border of a buffer, and buffers behind it', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    const pcm = noise(16, 1920);
    const iova = await mapped(player, pcm);
    player.write(iova, 1920);
    player.transfer(0x10bdb, new Uint8Array(0), 1);
    player.write(iova + 1920, 1920, 1);
    player.transfer(0x10bdb, new Uint8Array(0), 1);
    await rig.clock.run(50 * MS);
    expect(heardOf(rig, MI2S)).toEqual(pcm);
    expect(player.events(0x10c1c).map(({ at }) => at)).toEqual([20 * MS, 40 * MS]);
  });

  test('that has nothing left renders an end at once, paused or not', async () => {
    const { player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    expect(await player.drain()).toBe(0);
    await player.command(0x10bd3);
    player.transfer(0x10bdb, new Uint8Array(0), 1);
    await player.rig.clock.run(0);
    expect(player.events(0x10c1c)).toHaveLength(2);
  });

  test('gives its buffers back when it is flushed, and plays on', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    const pcm = noise(16, 4800);
    const iova = await mapped(player, pcm);
    player.write(iova, 4800, 0);
    player.write(iova + 4800, 4800, 1);
    await rig.clock.run(20 * MS);
    expect(await player.command(0x10bce)).toBe(0);
    expect(player.events(0x10d99).map(({ words }) => words[3])).toEqual([0xd, 0xd]);
    player.write(iova, 960, 2);
    await player.drain();
    expect(heardOf(rig, MI2S)).toEqual(Uint8Array.from([...pcm.slice(0, 1920), ...pcm.slice(0, 960)]));
  });

  test('is closed: what waited is answered behind the CLOSE, and nothing is heard any more', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    const iova = await mapped(player, noise(16, 9600));
    player.write(iova, 9600, 0);
    player.write(iova + 9600, 9600, 1);
    await rig.clock.run(20 * MS);
    const before = rig.answers.length;
    expect(await player.command(0x10bcd)).toBe(0);
    expect(rig.answers.slice(before).map(({ words }) => words)).toEqual([
      [0x10bcd, 0],
      [0x10dab, 0xd],
      [0x10dab, 0xd],
    ]);
    await rig.clock.run(1_000 * MS);
    expect(heardOf(rig, MI2S)).toHaveLength(1920);
    expect(rig.findings.map(({ text }) => text)).toEqual(['session 1 is closed with 480 frames read and not heard']);
    expect([rig.clock.pending, await rig.status(SVC.asm, 0x10d94, pack('w', player.handle))]).toEqual([0, 0]);
  });

  test('stands while its port is stopped, and goes on with the same sample', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    const pcm = noise(16, 4800);
    player.write(await mapped(player, pcm), pcm.length);
    await rig.clock.run(20 * MS);
    expect(await rig.status(SVC.afe, 0x100e6, pack('hh', MI2S, 0))).toBe(0);
    await rig.clock.run(100 * MS);
    expect([heardOf(rig, MI2S).length, rig.clock.pending]).toEqual([1920, 0]);
    expect(rig.words()['session 1 stream 1']).toContain('stands: TERTIARY_MI2S_RX is not started');
    expect(await player.startPort()).toBe(0);
    await player.drain();
    expect(heardOf(rig, MI2S)).toEqual(pcm);
  });

  test('may have buffers before it runs', async () => {
    const rig = await new DspRig().boot();
    const player = new Player(rig, { rate: 48_000, bits: 16, channels: 1 });
    player.run = async () => 0;
    expect(await player.prepare({ rate: 48_000, bits: 16, channels: 1 })).toEqual([0, 0, 0, 0, 0, 0, 0]);
    const pcm = noise(16, 480);
    player.write(await mapped(player, pcm), 960);
    await rig.clock.run(20 * MS);
    expect([player.events(0x10d99), heardOf(rig, MI2S)]).toEqual([[], new Uint8Array(0)]);
    expect(await player.command(0x10daa, new Uint8Array(12))).toBe(0);
    await player.drain();
    expect(heardOf(rig, MI2S)).toEqual(pcm);
  });
});

describe('memory', () => {
  test('that is unmapped too early is found out, and its samples are silence', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    const pcm = noise(16, 2400);
    const iova = await mapped(player, pcm);
    player.write(iova, 4800);
    await rig.clock.run(20 * MS);
    rig.unmap(iova, 4800);
    await player.drain();
    const text = `device reads memory that nobody has mapped`;
    expect(rig.memory.ledger.findings[0]?.text).toContain(text);
    expect(player.events(0x10d99)[0]?.words[3]).toBe(1);
    // 20 ms were heard, 10 ms more were read.
    expect(heardOf(rig, MI2S)).toEqual(Uint8Array.from([...pcm.slice(0, 2880), ...new Uint8Array(1920)]));
  });

  test('that is freed while it is mapped is found out', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    const { buffer, iova } = rig.buffer(4096);
    await player.map(iova, 4096);
    player.write(iova, 4096);
    await rig.clock.run(10 * MS);
    rig.memory.free(buffer);
    await player.drain();
    expect(rig.memory.ledger.findings.map(({ text }) => text).join()).toContain('memory that its driver has freed');
  });

  test('is read as it is when its turn comes', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 1 });
    const { buffer, iova } = rig.buffer(4096);
    await player.map(iova, 4096);
    player.write(iova, 3840);
    await rig.clock.run(20 * MS);
    buffer.bytes.fill(0x11);
    await player.drain();
    const expected = [...new Uint8Array(2880), ...new Uint8Array(960).fill(0x11)];
    expect(heardOf(rig, MI2S)).toEqual(Uint8Array.from(expected));
  });
});

describe('ways', () => {
  const int16 = (...samples: number[]): Uint8Array => pack('h'.repeat(samples.length), ...samples);
  const port24 = (...samples: number[]): Uint8Array => pack('w'.repeat(samples.length), ...samples);

  test('two streams on one port are added, and stop at full scale', async () => {
    const { rig, player: one } = await started({ rate: 48_000, bits: 16, channels: 1, session: 1 });
    const { player: two } = await started({ rate: 48_000, bits: 16, channels: 1, session: 2 }, rig);
    one.write(await mapped(one, int16(1, 20_000, -20_000, 32_767, -32_768)), 10);
    two.write(await mapped(two, int16(2, 20_000, -20_000, 1, -1)), 10);
    await one.drain();
    expect(heardOf(rig, MI2S)).toEqual(int16(3, 32_767, -32_768, 32_767, -32_768));
  });

  test('a stream that joins later is added from then on', async () => {
    const { rig, player: one } = await started({ rate: 8_000, bits: 16, channels: 1, session: 1 });
    const { player: two } = await started({ rate: 8_000, bits: 16, channels: 1, session: 2 }, rig);
    one.write(await mapped(one, int16(...Array<number>(80).fill(100))), 160);
    const other = await mapped(two, int16(...Array<number>(80).fill(7)));
    await rig.clock.run(5 * MS);
    two.write(other, 160);
    await two.drain();
    const expected = [...Array<number>(40).fill(100), ...Array<number>(40).fill(107), ...Array<number>(40).fill(7)];
    expect(heardOf(rig, MI2S)).toEqual(int16(...expected));
  });

  test('16 bits become the upper ones of 24 and 32', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 1, portBits: 24, port: SLIMBUS });
    player.write(await mapped(player, int16(1, -1, 32_767, -32_768)), 8);
    await player.drain();
    expect(heardOf(rig, SLIMBUS)).toEqual(port24(0x100, 0xffff_ff00, 0x7f_ff00, 0xff80_0000));
  });

  test('mono goes to both sides of a stereo port', async () => {
    const rig = await new DspRig().boot();
    const player = new Player(rig, { rate: 48_000, bits: 16, channels: 2 });
    await player.prepare({ rate: 48_000, bits: 16, channels: 2 });
    await player.command(0x10bcd);
    const mono = pack('whhwhhbbbbbbbb', 20, 1, 16, 48_000, 1, 0, 3);
    expect(await rig.status(SVC.asm, 0x10db3, pack('whhww', 0, 0, 16, 0x10c68, 0x10da5), player.ends)).toBe(0);
    expect(await rig.status(SVC.asm, 0x10d98, mono, player.ends)).toBe(0);
    expect(await rig.status(SVC.adm, 0x10325, pack('wwhhhh', 0, 1, 1, 1, player.copp, 0))).toBe(0);
    expect(await player.run()).toBe(0);
    player.write(await mapped(player, int16(5, -6)), 4);
    await player.drain();
    expect(heardOf(rig, MI2S)).toEqual(int16(5, 5, -6, -6));
  });

  test('channels go by their positions', async () => {
    const rig = await new DspRig().boot();
    const player = new Player(rig, { rate: 48_000, bits: 16, channels: 2 });
    const stereo = { rate: 48_000, bits: 16, channels: 2 };
    await player.prepare({ ...stereo, positions: [2, 1] });
    expect(await player.openCopp(48_000, 16, 2, POSITIONS[2] ?? [])).toBe(0);
    expect(await rig.status(SVC.adm, 0x10325, pack('wwhhhh', 0, 1, 1, 1, player.copp, 0))).toBe(0);
    player.write(await mapped(player, int16(5, -6)), 4);
    await player.drain();
    expect(heardOf(rig, MI2S)).toEqual(int16(-6, 5));
  });

  test('one stream on two ports is heard on both', async () => {
    const { rig, player } = await started({ rate: 48_000, bits: 16, channels: 2, port: MI2S });
    const { player: other } = await started({ rate: 48_000, bits: 16, channels: 2, port: SLIMBUS, session: 2 }, rig);
    expect(await rig.status(SVC.adm, 0x10325, pack('wwhhhh', 0, 1, 1, 2, player.copp, other.copp))).toBe(0);
    const pcm = noise(16, 2000);
    player.write(await mapped(player, pcm), pcm.length);
    await player.drain();
    expect([heardOf(rig, MI2S), heardOf(rig, SLIMBUS)]).toEqual([pcm, pcm]);
  });
});
