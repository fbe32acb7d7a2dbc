// Clients that send anything to the iiod server: commands, broken ones, noise, in pieces of any size, and leave at any
// time. A well-behaved one beside them gets what it asks for, and afterwards nothing is left.
import { ms } from '../../src/base/clock.js';
import { Random } from '../../src/base/random.js';
import type { IiodServer } from '../../src/abi/iiod/server.js';
import { encodeLatin1 } from '../../src/dt/latin1.js';
import { settle } from '../../src/host/settle.js';
import { demoDebug, demoTrigger, Player, reviewerDevice, seedDevice } from '../iiod-demo.js';
import { serverOf } from '../iiod-talk.js';
import type { Scenario } from '../soak.js';

/** Hostile clients beside a well-behaved one. */
export const scenarios: readonly Scenario[] = [{ name: 'iiod-hostile', total: 1000, run }];

const KEYWORDS = [
  'READ',
  'WRITE',
  'READBUF',
  'WRITEBUF',
  'OPEN',
  'CLOSE',
  'GETTRIG',
  'SETTRIG',
  'SET',
  'TIMEOUT',
  'PRINT',
];
const MORE_KEYWORDS = ['VERSION', 'HELP', 'ZPRINT', 'read', 'Read', 'open', 'QUIT', ''];
const DEVICES = ['iio:device0', 'iio:device1', 'trigger0', 'ina3221', 'iio:device9', 'sysfstrig0', '../x'];
const WORDS = ['INPUT', 'OUTPUT', 'BUFFER', 'DEBUG', 'voltage0', 'voltage2', 'bus_raw', 'raw', 'scale', 'nonesuch'];
const MORE_WORDS = ['oversampling_ratio', 'direct_reg_access', 'length', 'BUFFERS_COUNT', 'CYCLIC', 'scan_elements'];
const NUMBERS = [
  '0',
  '1',
  '2',
  '4',
  '16',
  '255',
  '-1',
  '4294967296',
  '99999999999999999999',
  '0x10',
  '1e9',
  'NaN',
  '07',
];
const MASKS = ['00000001', '0000007f', '00000080', 'ffffffff', '1', '0000000000000001', 'zzzzzzzz', '0000004'];

/** Anything a client could send, most of it nearly right. */
function fragment(random: Random): string {
  const word = (): string =>
    random.pick([...DEVICES, ...WORDS, ...MORE_WORDS, ...NUMBERS, ...MASKS, '\0', '\x80\xff', '  ', '\t']);
  switch (random.below(8)) {
    case 0:
      return Array.from(random.bytes(random.below(200)), (byte) => String.fromCharCode(byte)).join('');
    case 1:
      return `${'x'.repeat(random.below(10_000))}\r\n`;
    case 2:
      return `OPEN iio:device1 ${random.pick(NUMBERS)} ${random.pick(MASKS)}\r\n`;
    case 3:
      return `READBUF iio:device1 ${random.pick(NUMBERS)}\r\n`;
    case 4:
      return `WRITE ${random.pick(DEVICES)} oversampling_ratio ${random.pick(NUMBERS)}\r\n64\0`;
    default: {
      const keyword = random.pick([...KEYWORDS, ...MORE_KEYWORDS]);
      const words = Array.from({ length: random.below(5) }, word);
      return [keyword, random.pick(DEVICES), ...words].join(' ') + random.pick(['\r\n', '\n', '\r\n', '\r']);
    }
  }
}

/** One client: how much it has heard, and whether the server holds it up. */
class Hostile {
  readonly random: Random;
  readonly connection: ReturnType<IiodServer['connection']>;
  heardBytes = 0;
  ended = false;
  held = false;
  #drain = (): void => undefined;

  constructor(server: IiodServer, random: Random) {
    this.random = random;
    const out = {
      write: (head: string, data?: Uint8Array): void | Promise<void> => {
        this.heardBytes += head.length + (data?.length ?? 0);
        if (random.chance(0.95)) return undefined;
        return new Promise((resolve) => {
          this.#drain = resolve;
        });
      },
      end: () => {
        this.ended = true;
      },
    };
    this.connection = server.connection(out, random.pick(['here', 'there']));
  }

  act(): void {
    const { random } = this;
    if (random.chance(0.3)) this.#drain();
    if (this.held) return; // as a socket does
    const text = Array.from({ length: 1 + random.below(5) }, () => fragment(random)).join('');
    for (let at = 0; at < text.length && !this.held; ) {
      const piece = text.slice(at, at + 1 + random.below(300));
      at += piece.length;
      const wait = this.connection.receive(encodeLatin1(piece));
      if (wait === undefined) continue;
      this.held = true;
      void wait.then(() => {
        this.held = false;
      });
    }
  }

  leave(): void {
    this.connection.close();
    this.#drain();
  }
}

/** Lets some clients do what they like; throws when a well-behaved one is disturbed or anything is left. */
export async function run(seed: string): Promise<void> {
  const random = new Random(seed);
  const player = new Player();
  const mistakes: unknown[] = [];
  const devices = [seedDevice(), reviewerDevice(player, demoDebug()), demoTrigger()];
  const server = serverOf(() => devices, mistakes);
  const clients: Hostile[] = [];
  for (let step = 0; step < 40; step++) {
    if (clients.length < 4) clients.push(new Hostile(server, random.stream(`client ${step}`)));
    const client = random.pick(clients);
    client.act();
    if (random.chance(0.3)) player.feed(random.below(20));
    if (random.chance(0.1)) await player.clock.run(ms(random.below(2000)));
    if (random.chance(0.5)) await settle();
    if (random.chance(0.2)) await askProperly(server);
    if (client.ended || random.chance(0.05)) clients.splice(clients.indexOf(client), 1)[0]?.leave();
  }
  for (const client of clients) client.leave();
  await settle();
  await settle();
  if (mistakes.length > 0) throw mistakes[0];
  const left = [server.connections, server.bufferBytes, player.streams.size, player.clock.pending];
  if (left.some((count) => count !== 0)) throw new Error(`left: connections, bytes, streams, timers ${left.join(' ')}`);
}

/** A client that asks two things and leaves. */
async function askProperly(server: IiodServer): Promise<void> {
  let heard = '';
  const connection = server.connection({ write: (head) => void (heard += head), end: () => undefined }, 'elsewhere');
  void connection.receive(encodeLatin1('VERSION\r\nREAD iio:device1 label\r\n'));
  await settle();
  connection.close();
  await connection.closed;
  if (heard !== '0.24.v0.24  \n10\nVDD rails\0\n') throw new Error(`a client that asked properly heard ${heard}`);
}
