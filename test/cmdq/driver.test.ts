// The driver of the GCE on a machine: threads, chains, interrupts, errors, power, and what is left when all are gone.
// The registers that it touches are the golden family "driver".
import { describe, expect, test } from 'vitest';
import { ms, s } from '../../src/base/clock.js';
import type { TraceEvent } from '../../src/base/trace.js';
import { mboxClientTxdone, mboxFlush, mboxFreeChannel, mboxSendMessage } from '../../src/core/mailbox.js';
import { pmRuntimeActive, pmRuntimePutAutosuspend, pmRuntimeResumeAndGet } from '../../src/core/pm-runtime.js';
import {
  type CmdqPkt,
  cmdqMboxCreate,
  cmdqMboxDestroy,
  cmdqPktFlush,
  cmdqPktFlushAsync,
} from '../../src/drivers/mtk-cmdq/mtk-cmdq.js';
import { rigOf } from './machine.js';
import { errorOf, wordsOf } from './packets.js';

const MUTEX0 = 53;
const SEND_PRIORITY = 0x140;

/** Writes one number to the display. */
function writes(value: number): (pkt: CmdqPkt) => void {
  return (pkt) => pkt.write(1, 0xc020, value);
}

/** The same after the frame. */
function waits(value: number): (pkt: CmdqPkt) => void {
  return (pkt) => {
    pkt.clearEvent('MUTEX0_STREAM_EOF');
    pkt.wfe('MUTEX0_STREAM_EOF');
    pkt.write(1, 0xc020, value);
  };
}

function valuesOf(gce: { writes: readonly (readonly [number, number])[] }): number[] {
  return gce.writes.map(([, value]) => value);
}

describe('a packet', () => {
  test('is executed, and its flush ends', async () => {
    const { gce, client, pkt, said, log } = await rigOf();
    expect(await said(() => cmdqPktFlush(client, pkt(4096, writes(0x0438_0780))))).toBe('well');
    expect([gce.writes, log]).toEqual([[[0x1400_c020, 0x0438_0780]], []]);
  });

  test('can be flushed again, unchanged or written anew', async () => {
    const { gce, client, pkt, said } = await rigOf();
    const one = pkt(4096, writes(1));
    await said(() => cmdqPktFlush(client, one));
    await said(() => cmdqPktFlush(client, one));
    one.reset();
    writes(2)(one);
    await said(() => cmdqPktFlush(client, one));
    expect(valuesOf(gce)).toEqual([1, 1, 2]);
  });

  test('of several buffers is one', async () => {
    const { gce, client, pkt, said } = await rigOf();
    const one = pkt(32, (p) => {
      for (let k = 0; k < 100; k++) p.write(1, 0, k);
    });
    expect(await said(() => cmdqPktFlush(client, one))).toBe('well');
    expect(valuesOf(gce)).toEqual(Array.from({ length: 100 }, (_, k) => k));
  });

  test('lies where 35 bits lead to on a part that shifts addresses (cmdq-D14)', async () => {
    const parts = { memory: { base: 0x7_4000_0000, size: 0x10_0000 } };
    const { gce, client, pkt, said } = await rigOf({ soc: 'mt8192', gce: { shift: 3 }, parts });
    const [first, second] = [pkt(32, (p) => (p.wfe(MUTEX0), writes(1)(p))), pkt(32, writes(2))];
    let told = 0;
    cmdqPktFlushAsync(client, first, () => told++);
    gce.raise(MUTEX0);
    expect(await said(() => cmdqPktFlush(client, second))).toBe('well');
    expect([first.start >= 0x7_4000_0000, gce.peek(0x120) * 8 < 0x7_4010_0000, told, valuesOf(gce)]).toEqual([
      ...[true, true, 1, [1, 2]],
    ]);
  });

  test('beyond what a part without shift reaches is ENOMEM (cmdq-D14)', async () => {
    const { pkt } = await rigOf({ parts: { memory: { base: 0x1_0000_0000, size: 0x10_0000 } } });
    expect(errorOf(() => pkt()).code).toBe('ENOMEM');
  });
});

describe('a thread', () => {
  test('has the priority of the second cell', async () => {
    const { bench, gce, client, pkt, said } = await rigOf();
    cmdqPktFlushAsync(client, pkt(64, waits(1)));
    expect(gce.peek(SEND_PRIORITY)).toBe(1);
    await bench.run(ms(1));
    gce.raise(MUTEX0);
    await said(() => cmdqPktFlush(client, pkt(64, writes(2))));
  });

  test.each([0, 1, 8, 64])('takes packets behind each other, with %i instructions read ahead', async (prefetch) => {
    const { bench, gce, client, pkt } = await rigOf({ gce: { prefetch } });
    const told: string[] = [];
    const packets = [waits(1), writes(2), writes(3)].map((build) => pkt(64, build));
    for (const [index, one] of packets.entries()) {
      cmdqPktFlushAsync(client, one, (status) => told.push(`${index} ${status}`));
      await bench.run(ms(1));
    }
    expect([
      valuesOf(gce),
      told,
      wordsOf(packets[0] as CmdqPkt)
        .split(' ')
        .at(-1),
    ]).toEqual([...[[], [], `10000001_${packets[1]?.start.toString(16)}`]]);
    gce.raise(MUTEX0);
    await bench.run(ms(1));
    expect([valuesOf(gce), told]).toEqual([
      [1, 2, 3],
      ['0 0', '1 0', '2 0'],
    ]);
  });

  test('that stands at its end goes on with the next packet without a jump', async () => {
    const { bench, gce, client, pkt } = await rigOf();
    const packets = [writes(1), writes(2)].map((build) => pkt(64, build));
    // The interrupt is masked, so that the driver does not know that the first is through.
    cmdqPktFlushAsync(client, packets[0] as CmdqPkt);
    gce.poke(0x114, 0);
    await bench.run(ms(1));
    cmdqPktFlushAsync(client, packets[1] as CmdqPkt);
    gce.poke(0x114, 0x13);
    await bench.run(ms(1));
    expect([
      valuesOf(gce),
      wordsOf(packets[0] as CmdqPkt)
        .split(' ')
        .at(-1),
      packets.map(({ state }) => state),
    ]).toEqual([...[[1, 2], '10000000_00000008', ['finalized', 'finalized']]]);
  });

  test('has its own packet alone again after it led to another (cmdq-L13)', async () => {
    const { bench, gce, client, pkt, said } = await rigOf();
    const [first, second] = [pkt(64, waits(1)), pkt(64, writes(2))];
    cmdqPktFlushAsync(client, first);
    cmdqPktFlushAsync(client, second);
    await bench.run(ms(1));
    gce.raise(MUTEX0);
    await bench.run(ms(1));
    cmdqPktFlushAsync(client, first);
    await bench.run(ms(1));
    gce.raise(MUTEX0);
    await bench.run(ms(1));
    expect(await said(() => cmdqPktFlush(client, pkt(64, writes(3))))).toBe('well');
    expect(valuesOf(gce)).toEqual([1, 2, 1, 3]);
  });

  test('knows nothing of others', async () => {
    const { bench, gce, dev, client, pkt, said } = await rigOf();
    const other = cmdqMboxCreate(dev, 1);
    cmdqPktFlushAsync(client, pkt(64, waits(1)));
    await bench.run(ms(1));
    expect(await said(() => cmdqPktFlush(other, pkt(64, writes(2))))).toBe('well');
    expect(valuesOf(gce)).toEqual([2]);
    gce.raise(MUTEX0);
    await bench.run(ms(1));
    expect(valuesOf(gce)).toEqual([2, 1]);
    cmdqMboxDestroy(other);
  });

  test('does not take a packet behind one that ends with EOC, nor an empty one (cmdq-L12, cmdq-L11)', async () => {
    const { bench, gce, client, pkt } = await rigOf();
    const { chan } = client;
    const one = pkt(64, (p) => {
      waits(1)(p);
      p.eoc();
    });
    pmRuntimeResumeAndGet(chan.controller.dev);
    mboxSendMessage(chan, one);
    mboxClientTxdone(chan);
    const said = [pkt(64, writes(2)), pkt(64)].map((next) => errorOf(() => mboxSendMessage(chan, next)).message);
    expect(said).toEqual([
      '/mailbox@10212000: cmdq: thread 0: the packet before ends with EOC: nothing can follow it before ' +
        'it is through (EBUSY)',
      '/mailbox@10212000: cmdq: thread 0: the packet is empty and would never end (EINVAL)',
    ]);
    await bench.run(ms(1));
    gce.raise(MUTEX0);
    await bench.run(ms(1));
    expect([valuesOf(gce), one.state]).toEqual([[1], 'open']);
    pmRuntimePutAutosuspend(chan.controller.dev);
  });
});

describe('an error', () => {
  test('ends its packet with ENOEXEC and says where it was; those behind go on (cmdq-D10)', async () => {
    const { bench, gce, client, pkt, log } = await rigOf();
    const told: number[] = [];
    const bad = pkt(64, (p) => {
      writes(1)(p);
      p.append(0x7700_0000, 0);
    });
    cmdqPktFlushAsync(client, bad, (status) => told.push(status));
    cmdqPktFlushAsync(client, pkt(64, writes(2)), (status) => told.push(status));
    await bench.run(ms(1));
    expect([told, valuesOf(gce)]).toEqual([
      [-8, 0],
      [1, 2],
    ]);
    expect(log).toEqual([
      'err: mtk_cmdq_mbox 10212000.mailbox: task 0x40000040 error',
      'info: mtk_cmdq_mbox 10212000.mailbox: thread 0: CURR_ADDR 0x40000048, END_ADDR 0x40000060, WAIT_TOKEN 0x0, ' +
        '1 packet(s)',
      'info: mtk_cmdq_mbox 10212000.mailbox: packet 0x40000040: 4 instruction(s)',
      'info: mtk_cmdq_mbox 10212000.mailbox:   40000040: 0401c020_00000001 write 0x1400c020, 0x00000001',
      'info: mtk_cmdq_mbox 10212000.mailbox: > 40000048: 77000000_00000000 .inst 0x77000000_00000000',
      'info: mtk_cmdq_mbox 10212000.mailbox:   40000050: 40000000_00000001 eoc',
      'info: mtk_cmdq_mbox 10212000.mailbox:   40000058: 10000001_40001040 jump_abs 0x40001040',
    ]);
  });

  test('at the last instruction of a packet is one (cmdq-L15)', async () => {
    const { bench, client, pkt } = await rigOf();
    const told: number[] = [];
    const one = pkt(64, (p) => {
      p.eoc();
      p.append(0x7700_0000, 0);
    });
    one.whenDone((status) => told.push(status));
    const gce = client.chan.controller.dev;
    pmRuntimeResumeAndGet(gce);
    mboxSendMessage(client.chan, one);
    mboxClientTxdone(client.chan);
    await bench.run(ms(1));
    expect(told).toEqual([-8]);
    pmRuntimePutAutosuspend(gce);
  });

  test('outside of all packets fails all of them (cmdq-L14)', async () => {
    const { bench, client, pkt, log } = await rigOf();
    const told: number[] = [];
    const astray = pkt(64, (p) => {
      p.eoc();
      p.jumpAbs(0x4300_0000);
    });
    cmdqPktFlushAsync(client, astray, (status) => told.push(status));
    cmdqPktFlushAsync(client, pkt(64, writes(2)), (status) => told.push(status));
    await bench.run(ms(1));
    expect([told, log]).toEqual([
      [-8, -8],
      ['err: mtk_cmdq_mbox 10212000.mailbox: thread 0 error at 0x43000000, outside of its 2 packet(s)'],
    ]);
  });

  test('a flush says what it was', async () => {
    const { client, pkt, said } = await rigOf();
    const bad = pkt(64, (p) => p.append(0x7700_0000, 0));
    expect(await said(() => cmdqPktFlush(client, bad))).toBe(
      '/display@14000000: cmdq flush: an instruction of the packet failed (ENOEXEC)',
    );
  });
});

describe('time', () => {
  test('a packet that waits in vain ends, and the log says for what (cmdq-D9, cmdq-L18)', async () => {
    const { bench, gce, client, pkt, said, log } = await rigOf();
    const told: number[] = [];
    const first = said(() => cmdqPktFlush(client, pkt(64, waits(1)), 50));
    cmdqPktFlushAsync(client, pkt(64, writes(2)), (status) => told.push(status));
    expect(await first).toBe('/display@14000000: cmdq flush: the packet did not end within 50 ms (ETIMEDOUT)');
    expect([bench.clock.now() < ms(60), told, valuesOf(gce), gce.peek(0x104)]).toEqual([true, [-103], [], 0]);
    expect(log.map((line) => line.replace('mtk_cmdq_mbox 10212000.mailbox: ', ''))).toEqual([
      'err: thread 0: cmdq timeout!',
      'info: thread 0: CURR_ADDR 0x40000048, END_ADDR 0x40001058, WAIT_TOKEN 0x80000035, 2 packet(s)',
      'info: thread 0 waits for event 53 (MUTEX0_STREAM_EOF)',
      'info: packet 0x40000040: 5 instruction(s)',
      'info:   40000040: 20000035_80000000 clear MUTEX0_STREAM_EOF',
      'info: > 40000048: 20000035_80008001 wait MUTEX0_STREAM_EOF',
      'info:   40000050: 0401c020_00000001 write 0x1400c020, 0x00000001',
      'info:   40000058: 40000000_00000001 eoc',
      'info:   40000060: 10000001_40001040 jump_abs 0x40001040',
      'info: packet 0x40001040: 3 instruction(s), not begun or through',
    ]);
    gce.raise(MUTEX0);
    expect(await said(() => cmdqPktFlush(client, pkt(64, writes(3))))).toBe('well');
  });

  test('a lost interrupt is found when the time is over', async () => {
    const { gce, client, pkt, said, log } = await rigOf({ client: { timeoutMs: 30 } });
    const one = pkt(64, writes(1));
    const flush = said(() => cmdqPktFlush(client, one, 30));
    gce.poke(0x114, 0);
    expect([await flush, log]).toEqual(['well', []]);
  });

  test('a client’s own limit is that of its packets', async () => {
    const { bench, client, pkt } = await rigOf({ client: { timeoutMs: 30 } });
    const told: string[] = [];
    cmdqPktFlushAsync(client, pkt(64, waits(1)), (status) => told.push(`${status} at ${bench.clock.now() / 1e6}`));
    await bench.run(s(1));
    expect(told).toEqual(['-110 at 30']);
  });
});

describe('the mailbox is flushed', () => {
  test('at once while the thread waits: its packets end with ECONNABORTED', async () => {
    const { bench, client, pkt, said } = await rigOf();
    const told: number[] = [];
    for (const build of [waits(1), writes(2)]) cmdqPktFlushAsync(client, pkt(64, build), (status) => told.push(status));
    await bench.run(ms(1));
    expect(await said(() => mboxFlush(client.chan, 2000))).toBe('well');
    expect([told, bench.clock.now()]).toEqual([[-103, -103], ms(1)]);
  });

  test('when its packets are through', async () => {
    const { bench, gce, client, pkt, said } = await rigOf();
    const told: number[] = [];
    cmdqPktFlushAsync(client, pkt(64, writes(1)), (status) => told.push(status));
    expect(await said(() => mboxFlush(client.chan, 2000))).toBe('well');
    expect([told, valuesOf(gce), bench.clock.now() < ms(1)]).toEqual([[0], [1], true]);
    expect(await said(() => mboxFlush(client.chan, 2000))).toBe('well');
  });

  test('or not within its milliseconds (cmdq-L16), and nobody keeps the GCE awake (cmdq-L17)', async () => {
    const { bench, gce, client, pkt, said, log } = await rigOf();
    const one = pkt(64, writes(1));
    cmdqPktFlushAsync(client, one);
    gce.poke(0x114, 0);
    expect(await said(() => mboxFlush(client.chan, 20))).toBe(
      '/mailbox@10212000: cmdq: thread 0: not empty within 20 ms (EFAULT)',
    );
    expect([bench.clock.now(), log]).toEqual([
      ms(20),
      ['err: mtk_cmdq_mbox 10212000.mailbox: Fail to wait GCE thread 0x100 done'],
    ]);
    mboxFreeChannel(client.chan);
    await bench.run(s(1));
    expect([one.state, pmRuntimeActive(client.chan.controller.dev)]).toEqual(['finalized', false]);
  });
});

describe('a channel is given back', () => {
  test('what was executed ends well, what was not with ECONNABORTED, and the thread is off', async () => {
    const { bench, gce, client, pkt } = await rigOf();
    const told: number[] = [];
    for (const build of [writes(1), waits(2)]) cmdqPktFlushAsync(client, pkt(64, build), (status) => told.push(status));
    gce.poke(0x114, 0);
    await bench.run(ms(1));
    cmdqMboxDestroy(client);
    expect([told, gce.peek(0x104), valuesOf(gce)]).toEqual([[0, -103], 0, [1]]);
  });
});

describe('power', () => {
  test('clocks run while a packet is under way and 100 ms longer', async () => {
    const { bench, client, pkt, said, gceDev } = await rigOf();
    const events: string[] = [];
    bench.trace.attach((e: TraceEvent) => {
      if (/^(clk|rpm)_/.test(e.kind)) events.push(`${Math.round(e.t / 1e6)} ms ${e.kind} ${e.where}`);
    });
    await said(() => cmdqPktFlush(client, pkt(64, writes(1))));
    expect(pmRuntimeActive(gceDev)).toBe(true);
    await bench.run(s(1));
    expect(events).toEqual([
      ...['0 ms clk_enable /clock:4', '0 ms rpm_resume /mailbox@10212000'],
      ...['100 ms clk_disable /clock:4', '100 ms rpm_suspend /mailbox@10212000'],
    ]);
  });

  test('where there are two engines both clocks run, and GCTL says who controls', async () => {
    const { bench, gce, client, pkt, said } = await rigOf({
      soc: 'mt8195',
      gce: { shift: 3, windows: { 0: 0x1400_0000 } },
    });
    const enabled: string[] = [];
    bench.trace.attach((e) => e.kind === 'clk_enable' && enabled.push(e.where));
    const one = pkt(64, (p) => p.writeAddr(0x1400_0020, 5));
    expect([await said(() => cmdqPktFlush(client, one)), gce.writes, enabled, gce.peek(0x48)]).toEqual([
      ...['well', [[0x1400_0020, 5]], ['/clock:4', '/clock:6'], 7],
    ]);
  });

  test('GCTL opens the way to DRAM while the engine is awake', async () => {
    const { bench, gce, client, pkt, said } = await rigOf({ soc: 'mt8186', gce: { shift: 3 } });
    await said(() => cmdqPktFlush(client, pkt(64, writes(1))));
    const awake = gce.peek(0x48);
    await bench.run(s(1));
    expect([awake, gce.peek(0x48)]).toEqual([0x7_0007, 0x7]);
  });

  test('who sends without waking the engine is told (cmdq-L19)', async () => {
    const { bench, client, pkt, log } = await rigOf();
    const one = pkt(64, writes(1));
    one.finalize();
    mboxSendMessage(client.chan, one);
    mboxClientTxdone(client.chan);
    await bench.run(ms(1));
    expect(log).toEqual([
      'warn: mtk_cmdq_mbox 10212000.mailbox: thread 0: 14000000.display sends while nobody keeps the GCE awake',
    ]);
  });

  test('the machine sleeps with a packet under way: a warning; and it goes on with the machine', async () => {
    const { bench, gce, client, pkt, log, gceDev } = await rigOf();
    const told: number[] = [];
    cmdqPktFlushAsync(client, pkt(64, waits(1)), (status) => told.push(status));
    await bench.run(ms(1));
    await bench.suspend();
    expect([pmRuntimeActive(gceDev), log]).toEqual([
      ...[false, ['warn: mtk_cmdq_mbox 10212000.mailbox: exist running task(s) in suspend']],
    ]);
    const late = errorOf(() => cmdqPktFlushAsync(client, pkt(64, writes(2))));
    expect(late.message).toBe('/mailbox@10212000: runtime PM: the machine sleeps (EACCES)');
    await bench.resume();
    gce.raise(MUTEX0);
    await bench.run(ms(1));
    expect([told, valuesOf(gce), pmRuntimeActive(gceDev)]).toEqual([[0], [1], true]);
  });

  test('who sends while the machine sleeps is told as in Linux', async () => {
    const { bench, client, pkt, log } = await rigOf();
    const one = pkt(64, writes(1));
    one.finalize();
    await bench.suspend();
    mboxSendMessage(client.chan, one);
    mboxClientTxdone(client.chan);
    expect(log).toEqual(['warn: mtk_cmdq_mbox 10212000.mailbox: WARNING: a client sends while the machine sleeps']);
    await bench.resume();
    await bench.run(ms(1));
  });
});

test('unbinding the engine with packets under way takes its clients off, and nothing is left', async () => {
  const { bench, client, pkt, gceDev, gce, dev } = await rigOf({ client: { timeoutMs: 500 } });
  const told: number[] = [];
  for (const build of [waits(1), writes(2)]) cmdqPktFlushAsync(client, pkt(64, build), (status) => told.push(status));
  await bench.run(ms(1));
  await bench.core.unbind(gceDev);
  expect([told, dev.held, gceDev.held, gce.peek(0x104), bench.dmaFindings]).toEqual([[-103, -103], 0, 0, 0, []]);
  expect(await bench.powerOff()).toEqual([]);
});
