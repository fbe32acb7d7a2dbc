import { expect, test } from 'vitest';
import { demoDebug, demoTrigger, Player, reviewerDevice, seedDevice } from '../../../test/iiod-demo.js';
import { serverOf, Talk } from '../../../test/iiod-talk.js';
import { ms } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import { encodeLatin1 } from '../../dt/latin1.js';
import { settle } from '../../host/settle.js';
import { SysfsDir } from '../../core/sysfs.js';
import type { IiodDevice, IiodStream } from './device.js';
import type { IiodServer } from './server.js';

/** A player, a server with its device and a trigger, and what clients and buffers are there. */
function stage(): { player: Player; server: IiodServer; left: () => readonly number[]; mistakes: unknown[] } {
  const player = new Player();
  const mistakes: unknown[] = [];
  const devices = [reviewerDevice(player, demoDebug()), demoTrigger(), seedDevice()];
  const server = serverOf(() => devices, mistakes);
  const left = (): readonly number[] => [
    server.connections,
    server.bufferBytes,
    player.streams.size,
    player.clock.pending,
    mistakes.length,
  ];
  return { player, server, left, mistakes };
}
const NOTHING_LEFT = [0, 0, 0, 0, 0];

test('attributes of every kind are read and written, also those of debugfs and the buffer', async () => {
  const { server } = stage();
  const talk = new Talk(server);
  const said = [
    ['READ iio:device1 DEBUG direct_reg_access\r\n', '2\n7\0\n'],
    ['WRITE iio:device1 DEBUG direct_reg_access 2\r\n9\0', '2\n'],
    ['READ iio:device1 debug\r\n', '8\n\0\0\0\x029\0\0\0\n'],
    ['WRITE iio:device1 BUFFER watermark 2\r\n4\0', '2\n'],
    ['READ iio:device1 BUFFER watermark\r\n', '2\n4\0\n'],
    ['READ iio:device1 BUFFER\r\n', '16\n\0\0\0\x020\0\0\0\0\0\0\x03in\0\0\n'],
    ['WRITE iio:device0 INPUT voltage2 bus_raw 3\r\n-5\0', '3\n'],
    ['READ iio:device0 INPUT voltage2 bus_raw\r\n', '3\n-5\0\n'],
    ['READ trigger0 sampling_frequency\r\n', '4\n100\0\n'],
    ['READ iio:device1 scan_elements\r\n', '-21\n'],
    ['READ iio:device0 BUFFER length\r\n', '-2\n'],
  ];
  const heard: string[][] = [];
  for (const [text = ''] of said) heard.push([text, await talk.say(text)]);
  expect(heard).toEqual(said);
});

test('all attributes of a place are written from one payload; what a file refuses is its own affair', async () => {
  const { server } = stage();
  const talk = new Talk(server);
  const packed = '\0\0\0\x02x\0\0\0' + '\0\0\0\x0264\0\0' + '\0\0\0\x0250\0\0';
  expect(await talk.say(`WRITE iio:device1 24\r\n${packed}`)).toBe('24\n');
  expect(await talk.say('READ iio:device1 oversampling_ratio\r\n')).toBe('3\n64\0\n');
  for (const bad of ['', '\0\0\0\x09', `${packed}\0\0\0\0`, '\x7f\xff\xff\xff', '\0\0\0\0\0\0\0\0\0\0\0'])
    expect(await talk.say(`WRITE iio:device1 ${bad.length}\r\n${bad}`)).toBe('-22\n');
  expect(await talk.say('WRITE iio:device1 12\r\n\0\0\0\0\xff\xff\xff\xff\0\0\0\0')).toBe('12\n');
});

test('payloads are taken whatever the answer is, so that no client gets out of step', async () => {
  const { server } = stage();
  const talk = new Talk(server);
  const long = 'x'.repeat(5000);
  expect(await talk.say('WRITE iio:device9 a 9\r\nVERSION\r\nTIMEOUT 5\r\n')).toBe('-19\n0\n');
  expect(await talk.say('WRITE iio:device1 OUTPUT voltage0 raw 9\r\nVERSION\r\nTIMEOUT 5\r\n')).toBe('-6\n0\n');
  expect(await talk.say(`WRITE iio:device1 sampling_frequency 5000\r\n${long}TIMEOUT 5\r\n`)).toBe('-7\n0\n');
  expect(await talk.say('WRITE iio:device1 sampling_frequency 0\r\nTIMEOUT 5\r\n')).toBe('-5\n0\n');
});

test('a line that is too long is one error, however it comes, and the next line counts again', async () => {
  const { server } = stage();
  const talk = new Talk(server);
  const long = 'x'.repeat(5000);
  expect(await talk.say(`${long}${long}${long}\r\nVERSION\r\n`)).toBe('-22\n0.24.v0.24  \n');
  for (const piece of [long, long, '\r', '\nVERS', 'ION', '\r\n']) await talk.say(piece);
  expect(talk.heard).toBe('-22\n0.24.v0.24  \n'.repeat(2));
  for (const byte of 'READ sysfstrig0 name\r\n') await talk.say(byte);
  expect(talk.heard.endsWith('\n11\nsysfstrig0\0\n')).toBe(true);
});

test('triggers are set by id, name or not at all, and only what is a trigger', async () => {
  const { server } = stage();
  const talk = new Talk(server);
  const said = [
    ['GETTRIG iio:device1\r\n', '0\n'],
    ['SETTRIG iio:device1 sysfstrig0\r\n', '0\n'],
    ['GETTRIG iio:device1\r\n', '10\nsysfstrig0\n'],
    ['SETTRIG iio:device1 iio:device0\r\n', '-22\n'],
    ['SETTRIG iio:device0 trigger0\r\n', '-2\n'],
    ['SETTRIG iio:device9 trigger0\r\n', '-19\n'],
    ['SETTRIG iio:device1\r\n', '0\n'],
    ['GETTRIG iio:device1\r\n', '0\n'],
  ];
  const heard: string[][] = [];
  for (const [text = ''] of said) heard.push([text, await talk.say(text)]);
  expect(heard).toEqual(said);
});

test('several clients have masks of their own on one device at once', async () => {
  const { player, server, left } = stage();
  const [one, both] = [new Talk(server), new Talk(server)];
  expect(await one.say('OPEN iio:device1 2 00000001\r\n')).toBe('0\n');
  expect(await both.say('OPEN iio:device1 2 00000041\r\n')).toBe('0\n');
  player.feed(2);
  expect(await one.say('READBUF iio:device1 4\r\n')).toBe('4\n00000001\n\xff\xd8\xff\xe0');
  const padding = '\0'.repeat(6);
  const scans = `\xff\xd8${padding}${'\0'.repeat(8)}\xff\xe0${padding}\x80\x96\x98${'\0'.repeat(5)}`;
  expect(await both.say('READBUF iio:device1 32\r\n')).toBe(`32\n00000041\n${scans}`);
  await one.leave();
  expect(await both.say('CLOSE iio:device1\r\nCLOSE iio:device1\r\n')).toBe('0\n-6\n');
  await both.leave();
  expect(left()).toEqual(NOTHING_LEFT);
});

test('a READBUF of more than a buffer comes in parts of which the first has the mask, and is filled', async () => {
  const { player, server } = stage();
  const talk = new Talk(server);
  await talk.say('OPEN iio:device1 2 00000001\r\nREADBUF iio:device1 7\r\n');
  player.feed(2);
  await settle();
  player.feed(1);
  await settle();
  expect(talk.heard).toBe('0\n4\n00000001\n\xff\xd8\xff\xe02\n\xff\xe80\n');
  expect(await talk.say('READBUF iio:device1 1\r\nREADBUF iio:device1 0\r\n')).toBe('0\n0\n');
});

test('a timeout before the first scan is an error and loses nothing; after it the answer ends early', async () => {
  const { player, server } = stage();
  const talk = new Talk(server);
  await talk.say('TIMEOUT 100\r\nOPEN iio:device1 2 00000001\r\nREADBUF iio:device1 8\r\n');
  player.feed(1);
  await player.clock.run(ms(100));
  expect(talk.heard).toBe('0\n0\n-110\n');
  player.feed(1);
  expect(await talk.say('READBUF iio:device1 8\r\n')).toBe('4\n00000001\n\xff\xd8\xff\xe0');
  await player.clock.run(ms(100));
  expect(talk.heard.endsWith('\xff\xe00\n')).toBe(true);
});

test('TIMEOUT 0 waits on, until the client leaves', async () => {
  const { player, server, left } = stage();
  const talk = new Talk(server);
  expect(await talk.say('TIMEOUT 0\r\nOPEN iio:device1 2 00000001\r\nREADBUF iio:device1 4\r\n')).toBe('0\n0\n');
  await player.clock.run(ms(1_000_000));
  expect(talk.heard).toBe('0\n0\n');
  await talk.leave();
  expect(left()).toEqual(NOTHING_LEFT);
});

test('TIMEOUT and BUFFERS_COUNT are the client’s who said them, on the connections it opens later too', async () => {
  const { player, server } = stage();
  const hasty = new Talk(server);
  await hasty.say('PRINT\r\nTIMEOUT 10\r\nSET iio:device1 BUFFERS_COUNT 1\r\n');
  const hastyData = new Talk(server);
  const patient = new Talk(server);
  await patient.say('PRINT\r\nTIMEOUT 5000\r\n');
  const patientData = new Talk(server);
  for (const data of [hastyData, patientData])
    await data.say('OPEN iio:device1 4 00000001\r\nREADBUF iio:device1 8\r\n');
  expect(server.bufferBytes).toBe(4 * 1 * 2 + 4 * 4 * 2);
  await player.clock.run(ms(10));
  expect([hastyData.heard, patientData.heard]).toEqual(['0\n-110\n', '0\n']);
  await player.clock.run(ms(4990));
  expect(patientData.heard).toBe('0\n-110\n');
});

test('opening again changes the mask, and what is refused leaves the open buffer alone', async () => {
  const { player, server, left } = stage();
  const talk = new Talk(server);
  await talk.say('OPEN iio:device1 1 00000001\r\n');
  const refused = [
    ['OPEN iio:device1 0 00000001\r\n', '-22\n'],
    ['OPEN iio:device1 1 00000080\r\n', '-22\n'],
    ['OPEN iio:device1 1 0000000z\r\n', '-22\n'],
    ['OPEN iio:device1 1 00000001 CYCLIC\r\n', '-1\n'],
    ['OPEN iio:device1 99999999999 00000001\r\n', '-12\n'],
    ['OPEN iio:device1 -1 00000001\r\n', '-22\n'],
    ['OPEN trigger0 1 00000001\r\n', '-22\n'],
    ['WRITEBUF iio:device1 16\r\n', '-22\n'],
    ['READBUF iio:device1 -1\r\n', '-22\n'],
    ['READBUF iio:device0 16\r\n', '-9\n'],
  ];
  const heard: string[][] = [];
  for (const [text = ''] of refused) heard.push([text, await talk.say(text)]);
  expect(heard).toEqual(refused);
  player.feed(1);
  expect(await talk.say('READBUF iio:device1 2\r\n')).toBe('2\n00000001\n\xff\xd8');
  expect(await talk.say('OPEN iio:device1 1 00000002\r\n')).toBe('0\n');
  player.feed(1);
  expect(await talk.say('READBUF iio:device1 2\r\n')).toBe('2\n00000002\n\x1f\x48');
  expect([player.streams.size, server.bufferBytes]).toEqual([1, 8]);
  await talk.leave();
  expect(left()).toEqual(NOTHING_LEFT);
});

/** Sessions with everything that leaves something behind. */
const SESSIONS = {
  iio_info: 'PRINT\r\nTIMEOUT 2500\r\nREAD iio:device1 INPUT voltage0 raw\r\nGETTRIG iio:device1\r\n\r\nEXIT\r\n',
  iio_readdev: 'TIMEOUT 0\r\nOPEN iio:device1 4 00000003\r\nREADBUF iio:device1 16\r\nREADBUF iio:device1 16\r\n',
  'writes and closes':
    'OPEN iio:device1 4 00000041\r\nWRITE iio:device1 sampling_frequency 4\r\n200\0READ iio:device1\r\n' +
    'CLOSE iio:device1\r\n',
  'opens twice':
    'OPEN iio:device1 4 00000001\r\nOPEN iio:device1 8 00000003\r\nWRITE iio:device9 a 4\r\n200\0HELP\r\n' +
    'READBUF iio:device1 4\r\n',
};

test.each(Object.entries(SESSIONS))(
  'a client that leaves at any byte leaves nothing behind: %s',
  async (_, session) => {
    const { player, server, left } = stage();
    for (let cut = 0; cut <= session.length; cut++) {
      for (const settled of [true, false]) {
        const talk = new Talk(server);
        if (settled) await talk.say(session.slice(0, cut));
        else void talk.connection.receive(encodeLatin1(session.slice(0, cut)));
        player.feed(cut % 3);
        await talk.leave();
      }
    }
    expect(left()).toEqual(NOTHING_LEFT);
  },
);

test('a client that leaves while the device is still opening leaves no buffer', async () => {
  const player = new Player();
  let opened = (): void => undefined;
  const slow: IiodDevice = {
    ...reviewerDevice(player),
    open: async (request) => {
      await new Promise<void>((resolve) => {
        opened = resolve;
      });
      return player.open(request);
    },
  };
  const devices = [slow];
  const server = serverOf(() => devices);
  const talk = new Talk(server);
  await talk.say('OPEN iio:device1 4 00000001\r\n');
  talk.connection.close();
  opened();
  await talk.connection.closed;
  expect([talk.heard, player.streams.size, server.bufferBytes, server.connections]).toEqual(['', 0, 0, 0]);
});

test('a device that goes away is gone for commands, and ends waits for its scans', async () => {
  const player = new Player();
  let devices = [reviewerDevice(player), demoTrigger()];
  const server = serverOf(() => devices);
  const talk = new Talk(server);
  await talk.say('OPEN iio:device1 4 00000001\r\nREADBUF iio:device1 8\r\n');
  devices = devices.slice(1);
  for (const stream of player.streams) stream.close();
  await settle();
  expect(talk.heard).toBe('0\n-19\n');
  expect(await talk.say('READ iio:device1 name\r\nREADBUF iio:device1 8\r\nREAD trigger0 name\r\n')).toBe(
    '-19\n-19\n11\nsysfstrig0\0\n',
  );
  await talk.leave();
  expect([server.bufferBytes, server.connections]).toEqual([0, 0]);
});

/** An output that keeps what it gets, or refuses it. */
function sink(written: number[][], refuse?: SysError): IiodDevice {
  const { dir } = reviewerDevice(new Player());
  const stream: IiodStream = {
    bytesPerScan: 2,
    read: () => new Uint8Array(0),
    wait: async () => 'disabled',
    write: (scans) => {
      if (refuse !== undefined) throw refuse;
      written.push([...scans]);
    },
    close: () => undefined,
  };
  return { id: 'iio:device1', dir, open: async () => stream };
}

test('WRITEBUF says when to send, hands on whole scans, and answers how much it took', async () => {
  const written: number[][] = [];
  const devices = [sink(written)];
  const talk = new Talk(serverOf(() => devices));
  await talk.say('OPEN iio:device1 2 00000001\r\n');
  expect(await talk.say('WRITEBUF iio:device1 7\r\n')).toBe('0\n');
  expect(await talk.say('\x01\x02\x03')).toBe('');
  expect(await talk.say('\x04\x05\x06\x07TIMEOUT 1\r\n')).toBe('6\n0\n');
  expect(written).toEqual([
    [1, 2, 3, 4],
    [5, 6],
  ]);
  expect(await talk.say('WRITEBUF iio:device1 0\r\n')).toBe('0\n0\n');
});

test('a payload of any size is taken as it comes, and the client may send on', async () => {
  const written: number[][] = [];
  const devices = [sink(written)];
  const talk = new Talk(serverOf(() => devices));
  await talk.say('OPEN iio:device1 100000 00000001\r\n');
  const big = 'a'.repeat(300_000);
  for (const said of [`WRITEBUF iio:device1 600000\r\n${big}`, big, `WRITE x y 600000\r\n${big}`, big]) {
    const wait = talk.connection.receive(encodeLatin1(said));
    await wait;
  }
  await settle();
  expect([talk.heard, written.flat().length]).toEqual(['0\n0\n600000\n-7\n', 600_000]);
});

test('an output that refuses scans is told once the client has sent them all', async () => {
  const devices = [sink([], new SysError('EIO', 'no'))];
  const talk = new Talk(serverOf(() => devices));
  await talk.say('OPEN iio:device1 1 00000001\r\n');
  expect(await talk.say('WRITEBUF iio:device1 6\r\nabcdefVERSION\r\n')).toBe('0\n-5\n0.24.v0.24  \n');
});

test('a client that does not read holds up its own session only, at one answer', async () => {
  const { server } = stage();
  const talk = new Talk(server);
  let pieces = 0;
  let drain = (): void => undefined;
  talk.onPiece = () => {
    pieces++;
    return new Promise<void>((resolve) => {
      drain = resolve;
    });
  };
  const flood = 'VERSION\r\n'.repeat(20_000);
  const wait = talk.connection.receive(encodeLatin1(flood));
  await settle();
  expect([pieces, wait instanceof Promise]).toEqual([1, true]);
  expect(await new Talk(server).say('VERSION\r\n')).toBe('0.24.v0.24  \n');
  talk.onPiece = () => void pieces++;
  drain();
  await wait;
  await settle();
  await talk.leave();
  expect(pieces).toBeGreaterThan(10_000);
});

test.each([1024, 70_000])('who sends on while a READBUF waits is cut off, in pieces of %d', async (size) => {
  const { server, left } = stage();
  const talk = new Talk(server);
  const ahead = 'a'.repeat(70_000);
  const said = `TIMEOUT 0\r\nOPEN iio:device1 2 00000001\r\nREADBUF iio:device1 4\r\n${ahead}`;
  for (let at = 0; at < said.length; at += size) void talk.connection.receive(encodeLatin1(said.slice(at, at + size)));
  await talk.connection.closed;
  expect([talk.ended, left()]).toEqual([true, NOTHING_LEFT]);
});

test('a mistake of ours ends its connection, is told, and hurts nobody else', async () => {
  const dir = new SysfsDir('iio:device0');
  const oops = new TypeError('a bug');
  dir.addGroup([
    { name: 'name', mode: 0o444, show: () => 'x\n' },
    {
      name: 'bad',
      mode: 0o444,
      show: () => {
        throw oops;
      },
    },
  ]);
  const devices = [{ id: 'iio:device0', dir }];
  const mistakes: unknown[] = [];
  const server = serverOf(() => devices, mistakes);
  const [bad, good] = [new Talk(server), new Talk(server)];
  expect(await bad.say('READ iio:device0 bad\r\n')).toBe('');
  expect([mistakes, bad.ended]).toEqual([[oops], true]);
  expect(await good.say('READ x name\r\n')).toBe('2\nx\0\n');
});
