// Modelled edges: the contract of all edges, then what each transport refuses and when it waits.
import { describe, expect, test } from 'vitest';
import { settle } from '../host/settle.js';
import { hex } from '../base/bytes.js';
import { ms, SimClock, s } from '../base/clock.js';
import { Trace } from '../base/trace.js';
import { parseFaults } from './fault-text.js';
import { FaultPlan } from './fault-plan.js';
import type { RpmsgEdge, RpmsgEnd } from './rpmsg.js';
import { rpmsgContract } from './rpmsg.contract.js';
import { withRpmsgFaults, withRpmsgTrace } from './rpmsg-decorators.js';
import { type RpmsgEdgeOptions, SimRpmsgEdge } from './rpmsg-sim.js';

interface Machine {
  readonly clock: SimClock;
  readonly sim: SimRpmsgEdge;
  readonly edge: RpmsgEdge;
  readonly channel: string;
  readonly got: string[];
  readonly remote: RpmsgEnd;
  reply(bytes: Uint8Array): number;
  settle(): Promise<void>;
  kill(): void;
}

function machine(
  options: RpmsgEdgeOptions,
  wrap: (edge: RpmsgEdge, clock: SimClock) => RpmsgEdge = (edge) => edge,
): Machine {
  const clock = new SimClock(settle);
  const sim = new SimRpmsgEdge('edge', clock, options);
  const got: string[] = [];
  const remote = sim.remote.open('apr', (bytes) => {
    got.push(hex(bytes, ''));
    return 0;
  });
  return {
    ...{ clock, sim, edge: wrap(sim, clock), channel: 'apr', got, remote },
    reply: (bytes) => remote.trysend(bytes),
    settle: () => clock.run(ms(1)),
    kill: () => sim.remote.down(),
  };
}

const idle = new FaultPlan();
const counting = FaultPlan.counting();
for (const transport of ['smd', 'glink'] as const) {
  rpmsgContract(transport, () => machine({ transport }));
  rpmsgContract(`${transport} with latency`, () => machine({ transport, latency: 1000 }));
  rpmsgContract(`traced ${transport}`, () => {
    const trace = new Trace(() => 0);
    trace.attach(() => undefined);
    return machine({ transport }, (edge) => withRpmsgTrace(edge, 'edge', trace));
  });
  rpmsgContract(`${transport} with a plan that does nothing`, () => {
    return machine({ transport }, (edge, clock) => withRpmsgFaults(edge, 'edge', idle, clock));
  });
  rpmsgContract(`${transport} with a plan that counts`, () => {
    return machine({ transport }, (edge, clock) => withRpmsgFaults(edge, 'edge', counting, clock));
  });
}

const zeros = (length: number): Uint8Array => new Uint8Array(length);

describe('SMD', () => {
  const open = (options: Partial<RpmsgEdgeOptions> = {}): Machine & { readonly end: RpmsgEnd } => {
    const self = machine({ ...options, transport: 'smd' } as RpmsgEdgeOptions);
    return { ...self, end: self.edge.open('apr', () => 0) };
  };

  test.each([
    { what: 'half a word', length: 6, ring: 1024, ret: -22 },
    { what: 'as much as the ring, header included', length: 1004, ring: 1024, ret: -22 },
    { what: 'a little less, which never has room', length: 1003, ring: 1024, ret: -22 },
    { what: 'all that the ring has room for', length: 1000, ring: 1024, ret: 0 },
    { what: 'more than a page', length: 4100, ring: 16384, ret: -22 },
    { what: 'a page', length: 4096, ring: 16384, ret: 0 },
  ])('$what: $ret', ({ length, ring, ret }) => {
    expect(open({ ringBytes: ring }).end.trysend(zeros(length))).toBe(ret);
  });

  test('a channel of bytes takes any length', async () => {
    const { end, got, settle: arrive } = open({ wordAligned: false });
    expect(end.trysend(zeros(3))).toBe(0);
    await arrive();
    expect(got).toEqual(['000000']);
  });

  test('a message of nothing disappears', async () => {
    const { end, got, settle: arrive } = open();
    expect(end.trysend(zeros(0))).toBe(0);
    await arrive();
    expect(got).toEqual([]);
  });

  test('a full ring is EAGAIN for who tries, and who waits goes on when there is room', async () => {
    const { end, got, settle: arrive } = open({ ringBytes: 128 });
    expect([end.trysend(zeros(40)), end.trysend(zeros(40)), end.trysend(zeros(40))]).toEqual([0, 0, -11]);
    const waiting = end.send(zeros(44));
    await arrive();
    expect(await waiting).toBe(0);
    await arrive();
    expect(got.map((text) => text.length / 2)).toEqual([40, 40, 44]);
  });

  test('who waits for room when the processor dies gets EPIPE, and so does who sends to nobody', async () => {
    const { end, remote, kill } = open({ ringBytes: 64 });
    end.trysend(zeros(40));
    const waiting = end.send(zeros(40));
    kill();
    expect(await waiting).toBe(-32);
    expect(remote.trysend(zeros(4))).toBe(-32);
    expect(machine({ transport: 'smd' }).reply(zeros(4))).toBe(-32); // nobody has opened it
  });

  test('a message that is never taken holds up everything behind it until the ring is full', async () => {
    const self = machine({ transport: 'smd', ringBytes: 128 });
    let offered = 0;
    self.edge.open('apr', () => (offered++, -22));
    for (const right of [0, 0, -11]) {
      expect(self.reply(zeros(40))).toBe(right);
      await self.settle();
    }
    expect(offered).toBe(2); // a full ring is not even signalled
  });
});

describe('GLINK', () => {
  test('each message takes a buffer that is announced, the smallest that fits, and gives it back', async () => {
    const self = machine({ transport: 'glink' });
    const intents = [
      [16, 1],
      [64, 2],
    ] as const;
    self.edge.open('apr', () => 0, { intents });
    expect([self.reply(zeros(16)), self.reply(zeros(16)), self.reply(zeros(64)), self.reply(zeros(4))]).toEqual([
      0, 0, 0, -16,
    ]);
    await self.settle();
    expect([self.reply(zeros(65)), self.reply(zeros(64)), self.reply(zeros(17)), self.reply(zeros(16))]).toEqual([
      -16, 0, 0, 0,
    ]);
  });

  test('without being told, five buffers of a kilobyte are announced, and none before the channel is open', () => {
    const self = machine({ transport: 'glink' });
    expect(self.reply(zeros(4))).toBe(-16);
    self.edge.open('apr', () => 0);
    expect([1, 2, 3, 4, 5, 6].map(() => self.reply(zeros(1024)))).toEqual([0, 0, 0, 0, 0, -16]);
  });

  test('who waits asks for a buffer, and sends when it comes', async () => {
    const { edge, got, settle: arrive } = machine({ transport: 'glink' });
    const end = edge.open('apr', () => 0);
    const sending = end.send(zeros(2000));
    await arrive();
    expect(await sending).toBe(0);
    await arrive();
    expect(got.map((text) => text.length / 2)).toEqual([2000]);
    expect(end.trysend(zeros(2000))).toBe(-16); // it was for once
  });

  test('a processor that announces nothing is ETIMEDOUT after ten seconds, ECANCELED when it dies', async () => {
    const { edge, clock, kill } = machine({ transport: 'glink', grants: false });
    const end = edge.open('apr', () => 0);
    let ret: number | undefined;
    void end.send(zeros(2000)).then((value) => (ret = value));
    await clock.run(s(10) - 1);
    expect(ret).toBeUndefined();
    await clock.run(1);
    expect(ret).toBe(-110);
    const other = end.send(zeros(2000));
    kill();
    expect(await other).toBe(-125);
  });

  test('the ring refuses what it can never hold, and is full for a while', async () => {
    const intents = [[200, 9]] as const;
    const self = machine({ transport: 'glink', ringBytes: 256 });
    self.edge.open('apr', () => 0, { intents });
    expect([self.reply(zeros(100)), self.reply(zeros(100)), self.reply(zeros(100))]).toEqual([0, 0, -11]);
    await self.settle();
    expect(self.reply(zeros(100))).toBe(0);
    const small = machine({ transport: 'glink', ringBytes: 116 });
    small.edge.open('apr', () => 0, { intents });
    expect(small.reply(zeros(100))).toBe(-22);
  });
});

describe('an edge', () => {
  test('opens channels and closes them one by one, and starts again after the crash', () => {
    const { sim, remote } = machine({ transport: 'smd' });
    const told: string[] = [];
    sim.watch({ up: (name) => told.push(`up ${name}`), down: (name) => told.push(`down ${name}`) });
    const other = sim.remote.open('fastrpc', () => 0);
    expect(() => sim.remote.open('apr', () => 0)).toThrow('channel apr is open (EBUSY)');
    other.close();
    remote.close();
    sim.remote.onBoot(() => void sim.remote.open('apr', () => 0));
    sim.boot();
    expect(told).toEqual(['up apr', 'up fastrpc', 'down fastrpc', 'down apr', 'up apr']);
  });

  test('tells of protection domains that change; all are up until one is named, and after a crash', () => {
    const { sim, kill } = machine({ transport: 'glink' });
    const told: string[] = [];
    sim.watch({ up: () => 0, down: () => 0, domain: (path, up) => told.push(`${path} ${up}`) });
    expect(sim.isDomainUp('a')).toBe(true);
    sim.remote.domain('a', true);
    sim.remote.domain('a', false);
    expect(sim.isDomainUp('a')).toBe(false);
    kill();
    expect([sim.isDomainUp('a'), told]).toEqual([true, ['a false']]);
  });
});

describe('faults and traces', () => {
  const faulty = (text: string, transport: 'smd' | 'glink' = 'smd'): Machine & { log: string[]; end: RpmsgEnd } => {
    const plan = new FaultPlan(parseFaults(text).points);
    const self = machine({ transport }, (edge, clock) => withRpmsgFaults(edge, 'edge', plan, clock));
    const log: string[] = [];
    const end = self.edge.open('apr', (bytes) => {
      log.push(`${self.clock.now()} ${hex(bytes, '')}`);
      return 0;
    });
    return { ...self, log, end };
  };
  const DATA = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

  test.each([
    ['refuse', -11, []],
    ['drop', 0, []],
    ['duplicate', 0, ['0102030405060708', '0102030405060708']],
    ['truncate', 0, ['01020304']],
  ])('a message to the processor that is struck by %s', async (what, ret, arrives) => {
    const { end, got, settle: arrive } = faulty(`rpmsg.send@apr#1=${what}`);
    expect(end.trysend(DATA)).toBe(ret);
    await arrive();
    expect(got).toEqual(arrives);
  });

  test('GLINK refuses for want of a buffer, also who would wait', async () => {
    const { end } = faulty('rpmsg.send@edge=refuse', 'glink');
    expect([end.trysend(DATA), await end.send(DATA)]).toEqual([-16, -16]);
  });

  test.each([
    ['drop', []],
    ['duplicate', ['0 0102030405060708', '0 0102030405060708']],
    ['truncate', ['0 01020304']],
    ['delay', ['200000000 0102030405060708']],
  ])('a message from the processor that is struck by %s', async (what, arrives) => {
    const { reply, log, clock } = faulty(`rpmsg.deliver#1=${what}`);
    expect(reply(DATA)).toBe(0);
    await clock.run(s(1));
    expect(log).toEqual(arrives);
  });

  test('a delayed message is overtaken, and does not come after the close', async () => {
    const { reply, end, log, clock, got } = faulty('rpmsg.deliver#1=delay,rpmsg.send#1=delay');
    reply(DATA);
    end.trysend(DATA);
    end.trysend(Uint8Array.of(9, 9, 9, 9));
    await clock.run(ms(100));
    expect([log, got]).toEqual([[], ['09090909']]);
    end.close();
    await clock.run(s(1));
    expect([log, got]).toEqual([[], ['09090909']]);
  });

  test('the trace has every message with its channel, and what sending answered', async () => {
    const trace = new Trace(() => 0);
    const lines: string[] = [];
    trace.attach((event) => {
      if (event.kind === 'rpmsg_send') lines.push(`${event.where} ${event.bytes} ${event.ret}`);
      if (event.kind === 'rpmsg_deliver') lines.push(`${event.where} ${event.bytes}`);
    });
    const self = machine({ transport: 'smd' }, (edge) => withRpmsgTrace(edge, 'edge', trace));
    const end = self.edge.open('apr', () => 0);
    end.trysend(Uint8Array.of(1, 2, 3, 4));
    await end.send(Uint8Array.of(1, 2, 3));
    self.reply(Uint8Array.of(5, 6, 7, 8));
    await self.settle();
    expect(lines).toEqual(['edge.apr 01 02 03 04 0', 'edge.apr 01 02 03 -22', 'edge.apr 05 06 07 08']);
  });
});
