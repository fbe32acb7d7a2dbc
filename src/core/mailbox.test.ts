// Mailboxes: channels by the tree, messages one after the other, and what is told to whom.
import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { s } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import type { Device } from './device.js';
import {
  devmMboxControllerRegister,
  type MboxChan,
  type MboxClient,
  mboxChanReceivedData,
  mboxClientTxdone,
  type MboxControllerSpec,
  mboxFlush,
  mboxFreeChannel,
  mboxRequestChannel,
  mboxSendMessage,
} from './mailbox.js';
import { platformDriver } from './platform-device.js';

const SOURCE = `/ { box: mailbox { compatible = "x,box"; #mbox-cells = <2>; };
  c { compatible = "x,client"; mboxes = <&box 1 7>, <&box 9 0>, <0>; }; none { compatible = "x,client"; }; };`;

interface Machine {
  readonly bench: Bench;
  readonly log: string[];
  /** What the controller answers to its next calls, an error each. */
  readonly refuse: Set<string>;
  client(name?: string): MboxClient;
}

function machine(more: Partial<MboxControllerSpec> = {}, source = SOURCE): Machine {
  const log: string[] = [];
  const refuse = new Set<string>();
  const clients = new Map<string, Device>();
  const act = (what: string): void => {
    log.push(what);
    if (refuse.has(what)) throw new SysError('EIO', what);
  };
  const box = platformDriver({
    name: 'box',
    compatible: ['x,box'],
    probe(dev) {
      devmMboxControllerRegister(dev, {
        channels: 4,
        ops: {
          sendData: (chan, message) => act(`send ${chan.index} ${String(message)}`),
          startup: (chan) => act(`startup ${chan.index}`),
          shutdown: (chan) => act(`shutdown ${chan.index}`),
          flush: async () => act('flush'),
        },
        ...more,
      });
    },
  });
  const probe = (dev: Device): void => void clients.set(dev.name, dev);
  const drivers = [box, platformDriver({ name: 'client', compatible: ['x,client'], probe })];
  const bench = benchOf(treeOf(source), { drivers });
  bench.trace.attach((e) => e.kind === 'printk' && e.level === 'err' && log.push(e.text));
  return {
    ...{ bench, log, refuse },
    client: (name = 'c') => ({
      dev: clients.get(name) as Device,
      rxCallback: (message) => log.push(`received ${String(message)}`),
      txDone: (message, error) => log.push(`done ${String(message)} ${error?.code ?? 'well'}`),
    }),
  };
}

async function poweredOn(more?: Partial<MboxControllerSpec>): Promise<Machine & { chan: MboxChan }> {
  const self = machine(more);
  await self.bench.powerOn();
  return { ...self, chan: mboxRequestChannel(self.client(), 0) };
}

function codeOf(body: () => unknown): string {
  try {
    body();
    return 'well';
  } catch (e) {
    if (e instanceof SysError) return e.message;
    throw e;
  }
}

test('a message goes to the controller at once; the next when the client says that it is done', async () => {
  const { chan, log } = await poweredOn();
  for (const message of ['a', 'b', 'c']) mboxSendMessage(chan, message);
  mboxClientTxdone(chan);
  mboxClientTxdone(chan);
  mboxClientTxdone(chan);
  mboxClientTxdone(chan);
  mboxChanReceivedData(chan, 'x');
  expect(log).toEqual([
    ...['startup 1', 'send 1 a', 'send 1 b', 'done a well', 'send 1 c', 'done b well', 'done c well', 'received x'],
  ]);
});

test('20 messages may wait; one more is ENOBUFS', async () => {
  const { chan, log } = await poweredOn();
  for (let k = 0; k < 21; k++) mboxSendMessage(chan, k);
  expect(codeOf(() => mboxSendMessage(chan, 21))).toBe('/mailbox: mailbox: channel 1: 20 messages wait (ENOBUFS)');
  expect(log.slice(2)).toEqual(['box mailbox: Try increasing MBOX_TX_QUEUE_LEN']);
});

test('a refused message is its sender’s error; one whose turn came later is told (mailbox-L1)', async () => {
  const { chan, log, refuse } = await poweredOn();
  refuse.add('send 1 a').add('send 1 c');
  expect(codeOf(() => mboxSendMessage(chan, 'a'))).toBe('send 1 a (EIO)');
  mboxSendMessage(chan, 'b');
  mboxSendMessage(chan, 'c');
  mboxClientTxdone(chan);
  mboxSendMessage(chan, 'd');
  expect(log.slice(1)).toEqual(['send 1 a', 'send 1 b', 'send 1 c', 'done b well', 'done c EIO', 'send 1 d']);
});

test('which channel there is, and to whom it belongs', async () => {
  const self = await poweredOn();
  const { client, chan, log } = self;
  expect([0, 1, 2, 3].map((index) => codeOf(() => mboxRequestChannel(client(), index)))).toEqual([
    '/c: mailbox: channel 1 belongs to /c (EBUSY)',
    '/mailbox: mailbox: no channel 9; there are 4 (EINVAL)',
    '/c: mailbox: mboxes[2]: the entry is empty (ENODEV)',
    '/c: mailbox: mboxes[3]: there is no such entry (ENODEV)',
  ]);
  expect(codeOf(() => mboxRequestChannel(client('none'), 0))).toBe(
    '/none: mailbox: mboxes[0]: there is no such entry (ENODEV)',
  );
  mboxFreeChannel(chan);
  mboxFreeChannel(chan);
  expect(mboxRequestChannel(client(), 0)).toBe(chan);
  expect(log).toEqual(['startup 1', 'shutdown 1', 'startup 1']);
});

test('who asks before the controller is there waits for it', async () => {
  const bench = benchOf(treeOf(SOURCE), {
    drivers: [platformDriver({ name: 'client', compatible: ['x,client'], probe: (dev) => void found.push(dev) })],
  });
  const found: Device[] = [];
  await bench.powerOn();
  const dev = found.find(({ name }) => name === 'c') as Device;
  expect(codeOf(() => mboxRequestChannel({ dev }, 0))).toBe(
    '/c: mailbox: the mailbox controller /mailbox is not there (EPROBE_DEFER)',
  );
});

test('a channel that does not start is free again', async () => {
  const self = machine();
  await self.bench.powerOn();
  self.refuse.add('startup 1');
  expect(codeOf(() => mboxRequestChannel(self.client(), 0))).toBe('startup 1 (EIO)');
  self.refuse.clear();
  mboxRequestChannel(self.client(), 0);
  expect(self.log).toEqual(['startup 1', 'client c: Unable to startup the chan (-5)', 'shutdown 1', 'startup 1']);
});

test('a flush is the controller’s; its error ends the active message', async () => {
  const { bench, chan, log, refuse } = await poweredOn();
  mboxSendMessage(chan, 'a');
  await bench.drive('flush', s(1), () => mboxFlush(chan, 10));
  refuse.add('flush');
  await expect(bench.drive('flush', s(1), () => mboxFlush(chan, 10))).rejects.toThrow('flush (EIO)');
  expect(log.slice(1)).toEqual(['send 1 a', 'flush', 'flush', 'done a EIO']);
});

test('a controller without flush says so', async () => {
  const { bench, chan } = await poweredOn({ ops: { sendData: () => undefined } });
  await expect(bench.drive('flush', s(1), () => mboxFlush(chan, 10))).rejects.toThrow(
    '/mailbox: mailbox: channel 1: its controller cannot flush (ENOTSUPP)',
  );
});

test('when the controller goes its channels are freed, and refuse messages (mailbox-L2)', async () => {
  const { bench, chan, log } = await poweredOn();
  await bench.core.unbind(bench.core.devices.find(({ path }) => path === '/mailbox') as Device);
  expect(codeOf(() => mboxSendMessage(chan, 'a'))).toBe('/mailbox: mailbox: channel 1: has no client (EINVAL)');
  expect(log).toEqual(['startup 1', 'shutdown 1']);
});
