// Sessions: memory, streams, buffers, and what the DSP says of them by itself.
import { expect, test } from 'vitest';
import { basic, event, type Got, own } from '../../../test/apr-fake-dsp.js';
import { q6Rig, type Q6Rig } from '../../../test/q6-rig.js';
import { ms, s } from '../../base/clock.js';
import type { AsmClient, AsmEvent } from './q6asm-client.js';
import { ASM_FORMAT } from './q6asm-client.js';

const REGION = { iova: 0x9000_0000, periodBytes: 4800, periods: 4 };
const [MAP, UNMAP, OPEN, CLOSE, WRITE, READ, EOS] = [0x10d92, 0x10d94, 0x10db3, 0x10bcd, 0x10dab, 0x10dac, 0x10bdb];

interface Stream extends Q6Rig {
  readonly client: AsmClient;
  readonly events: AsmEvent[];
}

/** A stream that is open and does not run; buffers stay at the DSP until the test says so. */
async function stream(direction: 'playback' | 'capture' = 'playback'): Promise<Stream> {
  const rig = await q6Rig();
  const client = rig.services.asm.alloc(direction);
  const events: AsmEvent[] = [];
  client.onEvent = (one) => events.push(one);
  expect(await rig.run(client.map(direction, REGION))).toBeUndefined();
  await rig.run(direction === 'playback' ? client.openWrite(16) : client.openRead(16));
  rig.dsp.got.length = 0;
  return { ...rig, client, events };
}

/** The event that a buffer is through. */
function done(
  got: Got,
  change: { readonly low?: number; readonly handle?: number; readonly status?: number } = {},
): Uint8Array {
  const word = (at: number): number => got.payload.getUint32(at, true);
  return event(got, 0x10d99, [change.low ?? word(0), word(4), change.handle ?? word(8), change.status ?? 0]);
}

test('memory is mapped in whole pages, with the number of the SMMU stream above the address', async () => {
  const rig = await q6Rig();
  const client = rig.services.asm.alloc('playback');
  rig.dsp.got.length = 0;
  await rig.run(client.map('playback', REGION));
  // test/golden/apr-services.json, session, line 20.
  expect(rig.dsp.got[0]?.hex).toBe('50022800070500000704000000010000920d01000300010000000000000000900100000000500000');
});

test.each([
  [[0], 'handle 0 (EPROTO)'],
  [[], 'an answer of 0 bytes, 4 are wanted (EPROTO)'],
])('a map that is answered with %j fails at once', async (words, why) => {
  const rig = await q6Rig();
  rig.dsp.on(MAP, (got) => [own(got, 0x10d93, words)], 1);
  expect(await rig.run(rig.services.asm.alloc('playback').map('playback', REGION))).toContain(why);
});

test('memory beyond 32 bits is refused without asking (apr-L53)', async () => {
  const rig = await q6Rig();
  rig.dsp.got.length = 0;
  const map = rig.services.asm.alloc('playback').map('playback', { ...REGION, iova: 2 ** 32 - 4800 });
  expect(await rig.run(map)).toContain('the memory lies beyond 32 bits (EINVAL)');
  expect(rig.dsp.got).toEqual([]);
});

test('a map whose answer comes too late is taken back', async () => {
  const rig = await q6Rig();
  rig.dsp.on(MAP, 'silent', 1);
  expect(await rig.run(rig.services.asm.alloc('playback').map('playback', REGION))).toContain('no answer within 5 s');
  const asked = rig.dsp.got.find(({ opcode }) => opcode === MAP) as Got;
  rig.dsp.got.length = 0;
  rig.dsp.send(own(asked, 0x10d93, [0xcafe]));
  await rig.bench.run(ms(1));
  expect([rig.dsp.got[0]?.opcode, rig.dsp.got[0]?.payload.getUint32(0, true)]).toEqual([UNMAP, 0xcafe]);
});

test('answers about memory and streams do not take each other for their own (apr-L50)', async () => {
  const rig = await q6Rig();
  const [first, second] = [rig.services.asm.alloc('playback'), rig.services.asm.alloc('playback')];
  // The answer to the first one's map comes at the second one's port, and with the wrong session.
  rig.dsp.on(
    MAP,
    (got) => [own({ ...got, srcPort: 0x201 }, 0x10d93, [7]), own({ ...got, token: 0x200 }, 0x10d93, [8])],
    1,
  );
  const mapping = rig.run(first.map('playback', REGION));
  expect(await mapping).toContain('no answer within 5 s');
  expect(rig.services.asm.requests.counts.foreign).toBe(2);
  expect(second.inFlight).toBe(0);
});

test('an open that the DSP refuses is an error in words', async () => {
  const rig = await q6Rig();
  rig.dsp.on(OPEN, 9, 1);
  // The example of facts 9: re-open after an aborted close.
  expect(await rig.run(rig.services.asm.alloc('playback').openWrite(16))).toBe(
    '/remoteproc-adsp/glink-edge/apr/service@7: ASM OPEN_WRITE_V3 on session 1: EALREADY (9) (EINVAL)',
  );
});

test('an open without answer is closed, and a close without answer made up for', async () => {
  const { client, dsp, run, bench } = await stream();
  dsp.on(CLOSE, 'silent', 1);
  expect(await run(client.close())).toContain('ASM CLOSE on session 1: no answer within 5 s');
  expect(await run(client.openWrite(16))).toBeUndefined();
  expect(dsp.opcodes()).toEqual(['10bcd', '10bcd', '10db3']);
  await run(client.close());
  dsp.on(OPEN, 'silent', 1);
  expect(await run(client.openWrite(16))).toContain('(ETIMEDOUT)');
  await bench.run(ms(1));
  expect(dsp.opcodes()).toEqual(['10bcd', '10db3', '10bcd']);
});

test('a buffer is through when the DSP says so, and only then it can be given again', async () => {
  const { client, dsp, bench, events } = await stream();
  client.write(0, 4800);
  expect(() => client.write(0, 4800)).toThrow('ASM WRITE_V2 on session 1: the DSP has buffer 0 (EBUSY)');
  await bench.run(ms(1));
  // test/golden/apr-services.json, session, line 43, with the handle of this DSP.
  const [got] = dsp.got as [Got];
  expect(got.hex.slice(0, 56)).toBe('5002340007050101070401010000c012ab0d01000000009001000000');
  dsp.send(done(got));
  await bench.run(ms(1));
  expect(events).toEqual([{ kind: 'done', index: 0, bytes: 4800 }]);
  client.write(0, 12);
});

test.each<[string, (got: Got) => Uint8Array]>([
  ['has an index beyond the buffers', (got) => done({ ...got, token: 9 })],
  ['has the index of a buffer that the DSP does not have', (got) => done({ ...got, token: 1 })],
  ['has another address', (got) => done(got, { low: 0x9000_12c0 })],
  ['has another handle', (got) => done(got, { handle: 3 })],
  ['is for another session', (got) => done({ ...got, srcPort: 0x301 })],
  ['is for another stream', (got) => done({ ...got, srcPort: 0x102 })],
  ['is too short', (got) => event(got, 0x10d99, [0x9000_0000, 1])],
])('what says that a buffer is through, and %s, is dropped and counted (apr-L51)', async (_, make) => {
  const { client, dsp, bench, events, services } = await stream();
  client.write(0, 4800);
  await bench.run(ms(1));
  dsp.send(make(dsp.got[0] as Got));
  await bench.run(ms(1));
  expect([events, client.inFlight, services.asm.requests.counts.foreign]).toEqual([[], 1, 1]);
});

test('a buffer that failed is an error of the stream (apr-L51)', async () => {
  const { client, dsp, bench, events } = await stream();
  client.write(0, 4800);
  await bench.run(ms(1));
  dsp.send(done(dsp.got[0] as Got, { status: 8 }));
  await bench.run(ms(1));
  expect(events).toMatchObject([{ kind: 'failed', error: { code: 'EINVAL' } }]);
  expect(String(events[0]?.kind === 'failed' && events[0].error)).toContain('ASM WRITE_V2 on session 1: EHANDLE (8)');
});

test.each([
  ['write', WRITE, 'playback'],
  ['read', READ, 'capture'],
] as const)(
  'a refused %s is an error of the stream (apr-L52), after the close it is nothing',
  async (_, opcode, direction) => {
    const { client, dsp, bench, events, run } = await stream(direction);
    dsp.on(opcode, 5, 1);
    const give = (): void => (direction === 'playback' ? client.write(0, 4800) : client.read(0));
    give();
    await bench.run(ms(1));
    expect(events.map((one) => one.kind === 'failed' && one.error.message.slice(-20))).toEqual([
      ': EUNEXPECTED (5) (EINVAL)'.slice(-20),
    ]);
    await run(client.close());
    dsp.send(basic({ ...(dsp.got[0] as Got) }, 5));
    await bench.run(ms(1));
    expect(events).toHaveLength(1);
  },
);

test('a refused EOS fails at once (apr-L52), a good response is not its end', async () => {
  const { client, dsp, run, bench } = await stream();
  dsp.on(EOS, 5, 1);
  expect(await run(client.eos(s(5)))).toContain('ASM EOS on session 1: EUNEXPECTED (5)');
  dsp.on(EOS, (got) => [basic(got, 0)], 1);
  const from = bench.clock.now();
  expect(await run(client.eos(s(7)))).toContain('no answer within 7 s');
  expect(bench.clock.now() - from).toBe(s(7));
});

test.each([
  ['a word', [0]],
  ['nothing at all', []],
])('the end may be told with %s', async (_, words) => {
  const { client, dsp, run } = await stream();
  dsp.on(EOS, (got) => [event(got, 0x10c1c, words)], 1);
  expect(await run(client.eos(s(5)))).toBeUndefined();
});

test('a period of 65536 bytes is as long as it was (apr-L54)', async () => {
  const rig = await q6Rig();
  const client = rig.services.asm.alloc('playback');
  const events: AsmEvent[] = [];
  client.onEvent = (one) => events.push(one);
  await rig.run(client.map('playback', { iova: 0x9000_0000, periodBytes: 0x1_0000, periods: 2 }));
  await rig.run(client.openWrite(16));
  rig.dsp.got.length = 0;
  client.write(1, 0x1_0000);
  await rig.bench.run(ms(1));
  const [got] = rig.dsp.got as [Got];
  expect(got.token).toBe(1); // the length does not fit, as in Linux
  rig.dsp.send(done(got));
  await rig.bench.run(ms(1));
  expect(events).toEqual([{ kind: 'done', index: 1, bytes: 0x1_0000 }]);
});

test('every call that succeeds answers nothing (apr-L55)', async () => {
  const { client, run } = await stream();
  const format = { rate: 48_000, channels: 2, bits: 16 };
  const calls = [() => client.mediaFormat(format), () => client.run(), () => client.pause(), () => client.suspend()];
  for (const call of [...calls, () => client.flush(), () => client.close(), () => client.unmap()])
    expect(await run(call())).toBeUndefined();
});

test('compressed streams: format blocks of the right size, silence at both ends', async () => {
  const { client, run, dsp, bench } = await stream();
  await run(client.close());
  await run(client.openWrite(16, ASM_FORMAT.FLAC));
  dsp.got.length = 0;
  await run(client.compressedFormat('FLAC', new Uint8Array(40).fill(7)));
  expect(dsp.got[0]?.hex.slice(40, 56)).toBe('2800000007070707');
  expect(await run(client.compressedFormat('FLAC', new Uint8Array(28)))).toContain(
    'a block of 28 bytes for FLAC (EINVAL)',
  );
  client.removeSilence('initial', 576);
  client.removeSilence('trailing', 100);
  await bench.run(ms(1));
  expect(dsp.opcodes().slice(1)).toEqual(['10d67', '10d68']);
});

test('a flush gives all buffers back, for capture with the other command', async () => {
  for (const [direction, opcode] of [
    ['playback', '10bce'],
    ['capture', '10c09'],
  ] as const) {
    const { client, run, dsp } = await stream(direction);
    if (direction === 'playback') client.write(0, 4800);
    else client.read(0);
    await run(client.flush());
    expect([client.inFlight, dsp.opcodes().at(-1)]).toEqual([0, opcode]);
  }
});

test('sessions are given out once, as the devicetree has front ends for them', async () => {
  const rig = await q6Rig();
  const { asm } = rig.services;
  expect([1, 2, 3].map(() => asm.alloc('playback').session)).toEqual([1, 2, 3]);
  expect(() => asm.alloc('capture')).toThrow('no session is free for capture (EBUSY)');
  expect(() => asm.alloc('playback', 2)).toThrow('session 2 is in use (EBUSY)');
  expect(() => asm.alloc('playback', 9)).toThrow('there is no session 9 (EINVAL)');
  asm.clients.get(2)?.free();
  expect(asm.alloc('capture').session).toBe(2);
});

test('a stream that is not open takes nothing', async () => {
  const rig = await q6Rig();
  const client = rig.services.asm.alloc('playback');
  expect(() => client.write(0, 1)).toThrow('ASM WRITE_V2 on session 1: the stream is not open (EINVAL)');
  expect(() => client.read(0)).toThrow('ASM READ_V2 on session 1: the stream is not open (EINVAL)');
});

test('what is open is closed at unbind', async () => {
  const { dsp, run, bench, services } = await stream();
  await run(bench.core.unbind(services.asm.requests.adev.dev));
  expect(dsp.opcodes()).toEqual(['10bcd', '10d94']);
  expect([dsp.sessions.size, dsp.handles.size]).toEqual([0, 0]);
});

test('what a flush hands back is no error, whatever its status', async () => {
  const { client, dsp, bench, events, run } = await stream();
  client.write(0, 4800);
  client.write(1, 4800);
  await bench.run(ms(1));
  const [first, second] = dsp.got.slice(-2) as [Got, Got];
  dsp.on(0x10bce, (got) => [done(first, { status: 0xd }), done(second, { status: 0xd }), basic(got, 0)], 1);
  expect(await run(client.flush())).toBeUndefined();
  expect([events, client.inFlight]).toEqual([[], 0]);
  client.write(0, 4800);
  await bench.run(ms(1));
  dsp.send(done(dsp.got.at(-1) as Got, { status: 0xd }));
  await bench.run(ms(1));
  expect(events).toMatchObject([{ kind: 'failed' }]); // and afterwards it is one again
});
