// A client that does anything at any time: every packet is told once how it ended, those that ended well were executed
// once and in order, and nothing is left.
import { expect, test } from 'vitest';
import { ms, us } from '../../src/base/clock.js';
import { SysError } from '../../src/base/errno.js';
import { Random } from '../../src/base/random.js';
import { mboxFlush } from '../../src/core/mailbox.js';
import { pmRuntimeUsage } from '../../src/core/pm-runtime.js';
import { type CmdqPkt, cmdqPktFlushAsync } from '../../src/drivers/mtk-cmdq/mtk-cmdq.js';
import { type Rig, rigOf } from './machine.js';

const EVENT = 53;
const PACKETS = 5;
const STEPS = 60;

interface Sent {
  readonly value: number;
  status: number | undefined;
}

/** One client's life; answers what is wrong. */
async function life(seed: number): Promise<string[]> {
  const random = new Random(String(seed));
  const rig = await rigOf({ gce: { prefetch: random.below(5) } });
  const packets = Array.from({ length: PACKETS }, () => rig.pkt(8 * (2 + random.below(8))));
  const sent: Sent[] = [];
  const findings: string[] = [];
  for (let step = 0; step < STEPS; step++) await act(rig, packets, random, sent, findings);
  await rig.bench.run(ms(500));
  const told = sent.filter(({ status }) => status === undefined).map(({ value }) => `${value} was never told`);
  const busy = packets.filter(({ state }) => state === 'in flight').map(() => 'a packet in flight');
  const usage = pmRuntimeUsage(rig.gceDev) === 0 ? [] : ['the GCE is kept awake'];
  const values = rig.gce.writes.map(([, value]) => value);
  const well = sent.filter(({ status }) => status === 0).map(({ value }) => value);
  const executed = values.filter((value) => well.includes(value));
  if (executed.join() !== well.join()) findings.push(`executed ${executed.join()}, well ${well.join()}`);
  // Reading ahead the engine looks behind the end of a buffer: that is its own.
  const byDriver = rig.bench.dmaFindings.filter(({ by }) => by === 'driver').map(({ text }) => text);
  return [...findings, ...told, ...busy, ...usage, ...byDriver];
}

async function act(rig: Rig, packets: CmdqPkt[], random: Random, sent: Sent[], findings: string[]): Promise<void> {
  const { bench, gce, client } = rig;
  switch (random.below(6)) {
    case 0:
    case 1:
    case 2:
      return send(rig, packets[random.below(PACKETS)] as CmdqPkt, random, sent, findings);
    case 3:
      gce.raise(EVENT);
      return;
    case 4:
      return bench.run(random.below(4) === 0 ? ms(random.below(60)) : us(random.below(5)));
    default:
      if (random.below(6) > 0) return;
      await bench
        .drive('flush', ms(5000), () => mboxFlush(client.chan, 100))
        .catch((e: unknown) => {
          if (!(e instanceof SysError)) throw e;
        });
  }
}

/** A packet that may wait, may be wrong, and has 50 ms. */
function send({ client }: Rig, pkt: CmdqPkt, random: Random, sent: Sent[], findings: string[]): void {
  if (pkt.state === 'in flight') return;
  const one: Sent = { value: sent.length + 1, status: undefined };
  pkt.reset();
  pkt.limit = ms(50);
  if (random.below(3) === 0) pkt.wfe(EVENT);
  pkt.write(1, 0x20, one.value);
  if (random.below(12) === 0) pkt.append(0x7700_0000, 0);
  sent.push(one);
  cmdqPktFlushAsync(client, pkt, (status) => {
    if (one.status !== undefined) findings.push(`${one.value} was told twice`);
    one.status = status;
  });
}

test.each([0, 1, 2, 3])('fifty lives of a client, part %i', async (part) => {
  for (let seed = 50 * part; seed < 50 * (part + 1); seed++) expect([seed, await life(seed)]).toEqual([seed, []]);
});
