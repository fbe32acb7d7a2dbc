// Whatever fails, once: each register access, interrupt, allocation, mapping, channel request and send. Every time the
// error has a name, nothing is left with the GCE, and what is bound works on.
import { describe, expect, test } from 'vitest';
import { ms, s } from '../../src/base/clock.js';
import { type Errno, SysError } from '../../src/base/errno.js';
import { Bench } from '../../src/bench/bench.js';
import { FaultPlan } from '../../src/bus/fault-plan.js';
import type { Device } from '../../src/core/device.js';
import { type MboxChan, mboxFlush } from '../../src/core/mailbox.js';
import { pmRuntimeUsage } from '../../src/core/pm-runtime.js';
import {
  type CmdqClient,
  type CmdqPkt,
  cmdqMboxCreate,
  cmdqMboxDestroy,
  cmdqPktCreate,
  cmdqPktFlush,
  cmdqPktFlushAsync,
} from '../../src/drivers/mtk-cmdq/mtk-cmdq.js';
import { settle } from '../../src/host/settle.js';
import { clientDriver, gceOf, gceParts, gceTree } from './machine.js';
import type { NaiveGce } from './naive-gce.js';

const MUTEX0 = 53;
/** Probe clears 1024 events by as many writes, which are all alike: the first and the last of them are tried. */
const ALIKE = { from: 4, to: 1023 };

interface Trial {
  readonly bench: Bench;
  readonly gce: NaiveGce;
  readonly clients: CmdqClient[];
  readonly packets: CmdqPkt[];
}

/** A machine whose client has two channels and three packets, the first of two buffers. */
function trialOf(plan: (trace: Bench['trace']) => FaultPlan): Trial {
  const gce = gceOf();
  const clients: CmdqClient[] = [];
  const packets: CmdqPkt[] = [];
  const use = (dev: Device): void => {
    clients.length = 0;
    packets.length = 0;
    for (const index of [0, 1]) {
      const client = cmdqMboxCreate(dev, index, { timeoutMs: 200 });
      dev.scope.defer(() => cmdqMboxDestroy(client));
      clients.push(client);
    }
    for (const bytes of [32, 64, 64]) {
      const pkt = cmdqPktCreate(clients[0] as CmdqClient, bytes);
      dev.scope.defer(() => pkt.destroy());
      packets.push(pkt);
    }
  };
  return { bench: new Bench({ tree: gceTree(), ...gceParts(use, gce), settle, faults: plan }), gce, clients, packets };
}

/** Two packets behind each other, one of them behind an event; a flush of the mailbox; a packet used again. */
async function scenario({ bench, gce, clients, packets }: Trial): Promise<void> {
  const [first] = clients;
  const [a, b, c] = packets;
  if (first === undefined || a === undefined || b === undefined || c === undefined) return;
  a.wfe(MUTEX0);
  for (let k = 0; k < 6; k++) quietly(() => a.write(1, 0x20, k));
  b.write(1, 0x24, 7);
  c.write(1, 0x28, 8);
  for (const pkt of [a, b]) quietly(() => cmdqPktFlushAsync(first, pkt));
  await bench.run(ms(1));
  gce.raise(MUTEX0);
  await bench.run(ms(1));
  await bench.drive('flush', s(5), () => cmdqPktFlush(first, c, 100)).catch(sysError);
  quietly(() => cmdqPktFlushAsync(first, c));
  await bench.drive('flush', s(5), () => mboxFlush(first.chan, 100)).catch(sysError);
  await bench.run(s(1));
}

/** What is wrong afterwards. */
async function broken({ bench, gce, clients, packets }: Trial): Promise<string[]> {
  const findings: string[] = [];
  const held = bench.core.devices.filter((dev) => dev.state.kind !== 'bound' && dev.held > 0);
  findings.push(...held.map((dev) => `${dev.path} is ${dev.state.kind} and holds ${dev.held}`));
  const isBound = bench.core.devices.some((dev) => dev.path.startsWith('/display') && dev.state.kind === 'bound');
  const [client] = clients;
  // What strikes later is meant for the unbinding.
  if (isBound && client !== undefined && bench.faults.struck > 0) {
    findings.push(
      ...packets.filter(({ state }) => state === 'in flight').map((_, index) => `packet ${index} in flight`),
    );
    const usage = pmRuntimeUsage(client.chan.controller.dev);
    if (usage !== 0) findings.push(`${usage} keep the GCE awake`);
    const pkt = packets[1] as CmdqPkt;
    quietly(() => pkt.reset());
    gce.writes.length = 0;
    pkt.write(1, 0x30, 9);
    await bench
      .drive('flush', s(5), () => cmdqPktFlush(client, pkt, 100))
      .catch((e: unknown) => findings.push(String(e)));
    if (gce.writes.length !== 1) findings.push(`${gce.writes.length} writes`);
  }
  const left = await bench.powerOff();
  const byDriver = bench.dmaFindings.filter(({ by }) => by === 'driver').map(({ text }) => text);
  return [...findings, ...left.map((what) => `left behind: ${what}`), ...byDriver];
}

/** Every operation of the place failing once; answers what was found, and how many were tried. */
async function everyNth(where: string, what: string): Promise<{ tried: number; findings: string[] }> {
  const findings: string[] = [];
  let tried = 0;
  for (let nth = 1; ; nth++) {
    if (where === 'mmio.write' && nth >= ALIKE.from && nth <= ALIKE.to) continue;
    const plan = (trace: Bench['trace']): FaultPlan => new FaultPlan([{ where, which: undefined, nth, what }], trace);
    const trial = trialOf(plan);
    await trial.bench.powerOn();
    await scenario(trial);
    const found = await broken(trial);
    if (trial.bench.faults.struck === 0) return { tried, findings };
    tried++;
    findings.push(...found.map((text) => `${where} ${nth} ${what}: ${text}`));
  }
}

describe('each operation failing once (cmdq-L20)', () => {
  test.each([
    ['dma.alloc', 'enomem', 3],
    ['dma.map', 'enomem', 3],
    ['irq.deliver', 'lost', 3],
    ['irq.deliver', 'late', 3],
    ['irq.deliver', 'spurious', 3],
    ['mmio.read', 'all-ones', 20],
    ['mmio.read', 'bus-error', 20],
    ['mmio.write', 'lost', 30],
    ['mmio.write', 'bus-error', 30],
  ])('%s: %s', async (where, what, least) => {
    const { tried, findings } = await everyNth(where, what);
    expect(findings).toEqual([]);
    expect(tried).toBeGreaterThanOrEqual(least);
  });
});

describe('each channel request failing', () => {
  test.each<[nth: number, why: string, mboxes: string, code: Errno]>([
    [1, 'not in the tree', '', 'ENODEV'],
    [2, 'not in the tree', '<&gce 0 1>', 'ENODEV'],
    [1, 'no such thread', '<&gce 16 0>, <&gce 3 0>', 'EINVAL'],
    [2, 'no such thread', '<&gce 0 1>, <&gce 16 0>', 'EINVAL'],
    [2, 'taken', '<&gce 0 1>, <&gce 0 1>', 'EBUSY'],
  ])('request %i: %s', async (_nth, _why, mboxes, code) => {
    const gce = gceOf();
    let chan: MboxChan | undefined;
    const probe = (dev: Device): void => {
      for (const index of [0, 1]) {
        const client = cmdqMboxCreate(dev, index);
        chan = client.chan;
        dev.scope.defer(() => cmdqMboxDestroy(client));
      }
    };
    const tree = gceTree(
      'mt8173',
      `second { compatible = "x,second"; ${mboxes === '' ? '' : `mboxes = ${mboxes};`} };`,
    );
    const { drivers, chips } = gceParts(() => undefined, gce);
    const second = { ...clientDriver(probe), compatible: ['x,second'] };
    const bench = new Bench({ tree, drivers: [...drivers.slice(0, 1), second], chips, settle });
    await bench.powerOn();
    const dev = bench.core.devices.find(({ path }) => path === '/second') as Device;
    const { state } = dev;
    expect([state.kind, state.kind === 'failed' ? state.error.code : '', dev.held, chan?.client]).toEqual([
      ...['failed', code, 0, undefined],
    ]);
    expect(await bench.powerOff()).toEqual([]);
  });
});

function quietly(body: () => void): void {
  try {
    body();
  } catch (e) {
    sysError(e);
  }
}

function sysError(e: unknown): void {
  if (!(e instanceof SysError)) throw e;
}
