// Everything that can go wrong with a playback, at every place: it ends in time and with a name, nothing is left, and
// the next playback works.
import { expect, test } from 'vitest';
import { FakeDsp } from '../../../test/apr-fake-dsp.js';
import { q6RigWith, q6Source, type Q6Rig } from '../../../test/q6-rig.js';
import { ms, s } from '../../base/clock.js';
import { FaultPlan } from '../../bus/fault-plan.js';
import type { Device } from '../../core/device.js';
import { openCapture, openPlayback } from './pcm.js';
import type { PcmPlayback } from './pcm-playback.js';
import { q6Services } from './q6-dsp.js';

const CD = { rate: 48_000, channels: 2, bits: 16, periods: 2 };
const PERIOD = 3840;
const SAMPLES = Uint8Array.from({ length: 3 * PERIOD + 40 }, (_, at) => (at * 13) & 0xff);
/** The longest that one thing after the other may be waited for: a few answers of five seconds. */
const LONGEST = s(30);

/** Plays, and closes whatever happens. */
async function play({ bench }: Q6Rig): Promise<void> {
  const stream = await openPlayback(bench.core, CD);
  try {
    await stream.write(SAMPLES);
    await stream.drain();
  } finally {
    await stream.close();
  }
}

/** Nothing waits, nothing is open, nothing is mapped on this side. */
function left({ bench }: Q6Rig): unknown {
  const services = q6Services(bench.core);
  if (services === undefined) return 'no services';
  const { core, afe, adm, asm, routing } = services;
  const waiting = [core, afe, adm, asm].map((one) => one?.requests.waiting ?? 0);
  return [...waiting, asm.clients.size, adm.copps.length, routing.running.length];
}

const NOTHING = [0, 0, 0, 0, 0, 0, 0];

/** Where the fault strikes in the playback, the next one must work. Answers whether it has. */
async function withstands(rig: Q6Rig, what: string, struck: () => boolean): Promise<boolean> {
  const { bench } = rig;
  const from = bench.clock.now();
  const said = await rig.run(play(rig));
  expect([what, bench.clock.now() - from < LONGEST]).toEqual([what, true]);
  if (said !== undefined) expect([what, said]).toEqual([what, expect.stringMatching(/: .*\(E[A-Z]+\)/)]);
  if (!struck()) return false;
  await bench.run(s(1));
  expect([what, left(rig)]).toEqual([what, NOTHING]);
  rig.dsp.heard.length = 0;
  expect([what, await rig.run(play(rig))]).toEqual([what, undefined]);
  expect([what, Buffer.from(rig.dsp.heard).equals(SAMPLES)]).toEqual([what, true]);
  expect([what, bench.dmaFindings, left(rig)]).toEqual([what, [], NOTHING]);
  expect([what, await bench.powerOff()]).toEqual([what, []]);
  return true;
}

const KINDS = [
  ...(['refuse', 'drop', 'duplicate', 'delay', 'truncate'] as const).map((what) => ['rpmsg.send', what] as const),
  ...(['drop', 'duplicate', 'delay', 'truncate'] as const).map((what) => ['rpmsg.deliver', what] as const),
  ['dma.alloc', 'enomem'] as const,
  ['dma.map', 'enomem'] as const,
];

test.each(KINDS)('%s: %s of the Nth, for the whole of a playback', { timeout: 60_000 }, async (where, what) => {
  for (let nth = 1; ; nth++) {
    let plan: FaultPlan | undefined;
    const faults = (trace: ConstructorParameters<typeof FaultPlan>[1]): FaultPlan => {
      plan = new FaultPlan([{ where, which: undefined, nth, what }], trace);
      return plan;
    };
    const rig = await q6RigWith(new FakeDsp(), q6Source(), { faults });
    if (await withstands(rig, `${where}=${what} ${nth}`, () => (plan?.struck ?? 0) > 0)) continue;
    expect(nth).toBeGreaterThan(where.startsWith('dma') ? 1 : 20);
    return;
  }
});

test('the DSP dies instead of answering the Nth packet', { timeout: 60_000 }, async () => {
  for (let nth = 1; nth < 40; nth++) {
    const rig = await q6RigWith(new FakeDsp());
    rig.dsp.crashAfter = nth;
    if (await withstands(rig, `crash ${nth}`, () => rig.dsp.crashAfter <= 0)) continue;
    expect(nth).toBeGreaterThan(15);
    return;
  }
  throw new Error('it always dies');
});

/** States of a stream, each as what leads there. */
const STATES: Readonly<Record<string, (rig: Q6Rig, stream: PcmPlayback) => Promise<unknown>>> = {
  opened: async () => undefined,
  filled: (rig, stream) => rig.run(stream.write(SAMPLES.subarray(0, PERIOD))),
  running: async (rig, stream) => {
    void stream.write(SAMPLES).catch(() => undefined);
    await rig.bench.run(ms(10));
  },
  paused: async (rig, stream) => {
    void stream.write(SAMPLES).catch(() => undefined);
    await rig.bench.run(ms(10));
    await rig.run(stream.pause());
  },
  draining: async (rig, stream) => {
    void stream
      .write(SAMPLES)
      .then(() => stream.drain())
      .catch(() => undefined);
    await rig.bench.run(ms(70));
  },
  flushed: async (rig, stream) => {
    await rig.run(stream.write(SAMPLES.subarray(0, 2 * PERIOD)));
    await rig.run(stream.flush());
  },
  closed: (rig, stream) => rig.run(stream.close()),
};

/** Who is unbound, by the end of its path. */
const WHO = ['service@3', 'service@4', 'service@7', 'service@8', 'apr', 'remoteproc-adsp', 'service@7/dais'];

function deviceAt({ bench }: Q6Rig, end: string): Device {
  return bench.core.devices.find(({ path }) => path.endsWith(`/${end}`)) as Device;
}

test.each(WHO)('%s is unbound in every state of a stream, and bound again', { timeout: 60_000 }, async (who) => {
  for (const [state, lead] of Object.entries(STATES)) {
    const what = `${who} ${state}`;
    const rig = await q6RigWith(new FakeDsp());
    const stream = await rig.run(openPlayback(rig.bench.core, CD));
    if (typeof stream === 'string') throw new Error(stream);
    await lead(rig, stream);
    const dev = deviceAt(rig, who);
    expect([what, await rig.run(rig.bench.core.unbind(dev))]).toEqual([what, undefined]);
    if (who === 'remoteproc-adsp') rig.dsp.off(); // who unbinds its driver switches it off
    await rig.run(stream.close());
    await rig.run(rig.bench.core.bind(dev));
    await rig.bench.run(s(1));
    expect([what, left(rig)]).toEqual([what, NOTHING]);
    rig.dsp.heard.length = 0;
    expect([what, await rig.run(play(rig))]).toEqual([what, undefined]);
    expect([what, await rig.bench.powerOff()]).toEqual([what, []]);
    expect([what, rig.bench.dmaFindings]).toEqual([what, []]);
  }
});

test('who opens while everything is unbound gets an error, and nothing is left', { timeout: 60_000 }, async () => {
  for (const who of WHO) {
    for (const opcode of [0x100f3, 0x100ef, 0x100e5, 0x10d92, 0x10db3, 0x10326, 0x10325, 0x10d98]) {
      const what = `${who} ${opcode.toString(16)}`;
      const rig = await q6RigWith(new FakeDsp());
      rig.dsp.on(opcode, 'silent', 1);
      const opening = rig.run(openPlayback(rig.bench.core, CD));
      const dev = deviceAt(rig, who);
      const unbinding = rig.bench.clock.sleep(ms(5)).then(() => rig.bench.core.unbind(dev));
      expect([what, typeof (await opening)]).toEqual([what, 'string']);
      await rig.bench.run(s(20));
      await unbinding;
      expect([what, await rig.bench.powerOff()]).toEqual([what, []]);
      expect([what, rig.bench.dmaFindings]).toEqual([what, []]);
    }
  }
});

test('a protection domain that goes down ends what waits, and playing works when it is up again', async () => {
  const domain = 'qcom,protection-domain = "avs/audio", "msm/adsp/audio_pd";';
  const source = q6Source().replaceAll(/(compatible = "qcom,q6(?:core|afe|adm|asm)";)/g, `$1 ${domain}`);
  const rig = await q6RigWith(new FakeDsp(), source);
  const { bench, dsp } = rig;
  const stream = await rig.run(openPlayback(bench.core, CD));
  if (typeof stream === 'string') throw new Error(stream);
  const writing = rig.run(stream.write(new Uint8Array(40 * PERIOD)));
  bench.clock.after(ms(30), () => dsp.domain('msm/adsp/audio_pd', false));
  const from = bench.clock.now();
  expect(await writing).toContain('the DSP has died (ECONNRESET)');
  expect(bench.clock.now() - from).toBe(ms(30));
  await bench.run(ms(1));
  expect(q6Services(bench.core)).toBeUndefined();
  await rig.run(stream.close());
  dsp.domain('msm/adsp/audio_pd', true);
  await bench.run(ms(1));
  expect(await rig.run(play(rig))).toBeUndefined();
});

test('a recording ends as well when the DSP dies', async () => {
  const rig = await q6RigWith(new FakeDsp());
  const stream = await rig.run(openCapture(rig.bench.core, CD));
  if (typeof stream === 'string') throw new Error(stream);
  const reading = rig.run(stream.read());
  rig.bench.clock.after(ms(3), () => rig.dsp.crash());
  expect(await reading).toContain('(ECONNRESET)');
  expect(stream.state).toBe('closed');
  await rig.run(stream.close());
});
