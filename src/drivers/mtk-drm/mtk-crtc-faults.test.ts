// Each register access, interrupt, allocation and mapping of a display in use failing once: whoever asked gets a named
// error or the picture, the display works afterwards, and nothing is left.
import { expect, test } from 'vitest';
import { DisplayRig, MODE, MT8183, socTree } from '../../../test/display-registers.js';
import { SysError } from '../../base/errno.js';
import { FaultPlan } from '../../bus/fault-plan.js';
import type { DrmFramebuffer, DrmFramebufferSpec } from '../../core/drm-framebuffer.js';

const SCREEN: DrmFramebufferSpec = { width: 720, height: 1280, format: 'XRGB8888' };

/** What a program does: each step may be refused, and the next is tried all the same. */
async function use(rig: DisplayRig): Promise<SysError[]> {
  const refused: SysError[] = [];
  const attempt = async <T>(step: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await rig.live(async () => step());
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      refused.push(e);
      return undefined;
    }
  };
  const fbs = [await attempt(() => rig.drm.addFb(SCREEN)), await attempt(() => rig.drm.addFb(SCREEN))];
  const [first, second] = fbs;
  if (first === undefined || second === undefined) return refused;
  await attempt(() => rig.crtc.enable(MODE, first));
  await attempt(() => rig.crtc.pageFlip(second));
  await attempt(() => rig.crtc.disable());
  return refused;
}

/** Undefined when a picture comes, changes and goes. */
async function works(rig: DisplayRig): Promise<void> {
  const [first, second] = [rig.drm.addFb(SCREEN), rig.drm.addFb(SCREEN)] as [DrmFramebuffer, DrmFramebuffer];
  await rig.live(() => rig.crtc.enable(MODE, first));
  await rig.live(() => rig.crtc.pageFlip(second));
}

/** Where, what, and the errors that a program may get of it. */
const PLACES = [
  ['mmio.read', 'bus-error', ['EBUSY', 'EIO']],
  ['mmio.read', 'all-ones', []],
  ['mmio.write', 'bus-error', ['EBUSY', 'EIO']],
  ['mmio.write', 'lost', ['ETIMEDOUT']], // of the frame interrupt's enable, for one
  ['irq.deliver', 'lost', []],
  ['irq.deliver', 'spurious', []],
  ['irq.deliver', 'late', []],
  ['dma.alloc', 'enomem', ['ENOMEM']],
  ['dma.map', 'enomem', ['ENOMEM']],
] as const;
// What is silently wrong is tried on the longer way only.
const SILENT: readonly string[] = ['all-ones', 'lost'];
const TRIALS = (['off', 'auto'] as const).flatMap((cmdq) =>
  PLACES.filter(([, what]) => cmdq === 'auto' || !SILENT.includes(what)).map((place) => [cmdq, ...place] as const),
);

type Trial = (rig: DisplayRig, plan: () => void) => Promise<void>;

/** One run for each operation that the fault can strike once `trial` has called `plan`; answers how many those are. */
async function everyOne(cmdq: 'auto' | 'off', where: string, what: string, trial: Trial): Promise<number> {
  for (let nth = 1; ; nth++) {
    const rig = new DisplayRig(MT8183, socTree(MT8183), cmdq, { faults: (trace) => new FaultPlan([], trace) });
    const { bench } = rig;
    await bench.powerOn();
    const told = (e: unknown) => expect.fail(`fault ${nth}: ${String(e)}\n${rig.log.join('\n')}`);
    await trial(rig, () => bench.faults.add([{ where, which: undefined, nth, what }])).catch(told);
    expect(await bench.powerOff(), `left behind after fault ${nth}`).toEqual([]);
    expect(bench.dmaFindings.filter(({ by }) => by === 'driver')).toEqual([]);
    if (bench.faults.struck === 0) return nth - 1;
  }
}

test.each(TRIALS)('in use, cmdq %s: %s, %s', async (cmdq, where, what, codes) => {
  const seen = new Set<string>();
  const runs = await everyOne(cmdq, where, what, async (rig, plan) => {
    plan();
    for (const { code } of await use(rig)) seen.add(code);
    rig.bench.faults.clear();
    await works(rig);
  });
  expect(runs).toBeGreaterThan(1);
  // A packet may start at the wrong place, where the fake finds no memory.
  const more = what === 'lost' && where === 'mmio.write' && cmdq === 'auto' ? ['EFAULT'] : [];
  expect([...seen].sort()).toEqual([...more, ...codes]);
});

const UNBINDING = TRIALS.filter(([, , what]) => what === 'bus-error' || what === 'lost');
test.each(UNBINDING)('unbinding with a flip under way, cmdq %s: %s, %s', async (cmdq, where, what) => {
  const runs = await everyOne(cmdq, where, what, async (rig, plan) => {
    await works(rig);
    rig.crtc.pageFlip(rig.drm.addFb(SCREEN)).catch(() => undefined);
    plan();
  });
  expect(runs).toBeGreaterThan(where === 'irq.deliver' ? -1 : 1);
});
