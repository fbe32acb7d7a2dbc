// What every edge to a remote processor must do as software has it: modelled over SMD or GLINK, wrapped, or real.
import { expect, test } from 'vitest';
import { hex } from '../base/bytes.js';
import { isErrno } from '../base/errno.js';
import type { RpmsgEdge, RpmsgReceive, RpmsgWatcher } from './rpmsg.js';

/** An edge with a remote processor that has opened one channel. */
export interface RpmsgEnds {
  readonly edge: RpmsgEdge;
  /** The channel's name. */
  readonly channel: string;
  /** What the remote processor has received, as hex. */
  readonly got: readonly string[];
  /** The remote processor sends; what its end answered. */
  reply(bytes: Uint8Array): number;
  /** Everything that is under way has arrived. */
  settle(): Promise<void>;
  /** The remote processor dies, where that can be done; everybody has been told when it ends. */
  kill?(): void | Promise<void>;
  /** What an end answers then; as its transport has it when left out. */
  readonly dead?: number;
  close?(): void | Promise<void>;
}

const take = (into: string[]): RpmsgReceive => {
  return (bytes) => {
    into.push(hex(bytes, ''));
    return 0;
  };
};

/** The suite. `make` gives fresh ends for each test. */
export function rpmsgContract(name: string, make: () => RpmsgEnds | Promise<RpmsgEnds>): void {
  const claim = (text: string, body: (ends: RpmsgEnds) => Promise<void>): void => {
    test(`${name}: ${text}`, async () => {
      const ends = await make();
      try {
        await body(ends);
      } finally {
        await ends.close?.();
      }
    });
  };

  claim('who watches is told at once of the channels that are there', async ({ edge, channel }) => {
    const told: string[] = [];
    const stop = edge.watch(watcher(told));
    expect(told).toEqual([`up ${channel}`]);
    stop();
  });

  claim('messages arrive whole, in order, and not within the call that sends them', async (ends) => {
    const heard: string[] = [];
    const end = ends.edge.open(ends.channel, take(heard));
    expect([end.trysend(Uint8Array.of(1, 2, 3, 4)), end.trysend(Uint8Array.of(5, 6, 7, 8, 9, 10, 11, 12))]).toEqual([
      0, 0,
    ]);
    expect(await end.send(Uint8Array.of(0, 0, 0, 1))).toBe(0);
    expect([ends.reply(Uint8Array.of(9, 9, 9, 9)), ends.reply(Uint8Array.of(8, 8, 8, 8))]).toEqual([0, 0]);
    expect(heard).toEqual([]);
    await ends.settle();
    expect(ends.got).toEqual(['01020304', '05060708090a0b0c', '00000001']);
    expect(heard).toEqual(['09090909', '08080808']);
    end.close();
  });

  claim('the bytes are the sender’s again when the call has ended', async (ends) => {
    const end = ends.edge.open(ends.channel, () => 0);
    const bytes = Uint8Array.of(1, 2, 3, 4);
    end.trysend(bytes);
    bytes.fill(0xee);
    await ends.settle();
    expect(ends.got).toEqual(['01020304']);
    end.close();
  });

  claim('a view of a larger buffer is the message, not the buffer', async (ends) => {
    const end = ends.edge.open(ends.channel, () => 0);
    end.trysend(Uint8Array.of(0, 0, 1, 2, 3, 4, 0, 0).subarray(2, 6));
    await ends.settle();
    expect(ends.got).toEqual(['01020304']);
    end.close();
  });

  claim('a channel that is not there is EINVAL, one that somebody has is EBUSY until it is closed', async (ends) => {
    const { edge, channel } = ends;
    expect(codeOf(() => edge.open('no_such_channel', () => 0))).toBe('EINVAL');
    const end = edge.open(channel, () => 0);
    expect(codeOf(() => edge.open(channel, () => 0))).toBe('EBUSY');
    end.close();
    const heard: string[] = [];
    const again = edge.open(channel, take(heard));
    ends.reply(Uint8Array.of(1, 2, 3, 4));
    await ends.settle();
    expect(heard).toEqual(['01020304']);
    again.close();
  });

  claim('nothing is received and nothing is sent after the close', async (ends) => {
    const heard: string[] = [];
    const end = ends.edge.open(ends.channel, take(heard));
    ends.reply(Uint8Array.of(1, 2, 3, 4));
    end.close();
    end.close();
    expect(end.trysend(Uint8Array.of(1, 2, 3, 4))).toBeLessThan(0);
    expect(await end.send(Uint8Array.of(1, 2, 3, 4))).toBeLessThan(0);
    ends.reply(Uint8Array.of(5, 6, 7, 8));
    await ends.settle();
    expect([heard, ends.got]).toEqual([[], []]);
  });

  claim('a message that is refused comes again with the next over SMD, and is gone over GLINK', async (ends) => {
    const heard: string[] = [];
    let refuse = 1;
    const end = ends.edge.open(ends.channel, (bytes) => {
      heard.push(hex(bytes, ''));
      return refuse-- > 0 ? -22 : 0;
    });
    ends.reply(Uint8Array.of(1, 1, 1, 1));
    await ends.settle();
    ends.reply(Uint8Array.of(2, 2, 2, 2));
    await ends.settle();
    const right = ends.edge.transport === 'smd' ? ['01010101', '01010101', '02020202'] : ['01010101', '02020202'];
    expect(heard).toEqual(right);
    end.close();
  });

  claim('a receiver may send', async (ends) => {
    const end = ends.edge.open(ends.channel, (bytes) => (end.trysend(bytes), 0));
    ends.reply(Uint8Array.of(1, 2, 3, 4));
    await ends.settle();
    expect(ends.got).toEqual(['01020304']);
    end.close();
  });

  claim('when the remote processor dies ends answer errors, and who watches is told', async (ends) => {
    if (ends.kill === undefined) return expect(ends.kill).toBeUndefined();
    const told: string[] = [];
    const stop = ends.edge.watch(watcher(told));
    const end = ends.edge.open(ends.channel, () => 0);
    await ends.kill();
    expect(told).toEqual([`up ${ends.channel}`, 'crashed', `down ${ends.channel}`]);
    const dead = ends.dead ?? (ends.edge.transport === 'smd' ? -32 : -5);
    expect([end.trysend(Uint8Array.of(1, 2, 3, 4)), await end.send(Uint8Array.of(1, 2, 3, 4))]).toEqual([dead, dead]);
    expect(codeOf(() => ends.edge.open(ends.channel, () => 0))).toBe('EINVAL');
    end.close();
    stop();
  });
}

function watcher(told: string[]): RpmsgWatcher {
  return {
    up: (name) => told.push(`up ${name}`),
    down: (name) => told.push(`down ${name}`),
    crashed: () => told.push('crashed'),
  };
}

function codeOf(body: () => unknown): string | undefined {
  try {
    body();
    return undefined;
  } catch (e) {
    for (const code of ['EINVAL', 'EBUSY', 'ENOMEM'] as const) if (isErrno(e, code)) return code;
    throw e;
  }
}
