// The receive path of APR and GPR: from the channel's callback to the service's, copy, checks and queue included.
import { Random } from '../src/base/random.js';
import { serviceKey } from '../src/drivers/qcom-apr/receive.js';
import { AprRouter } from '../src/drivers/qcom-apr/router.js';
import { median, type Row } from './bench.js';

const BYTES = 84;
const PACKETS = 4096;
/** Packets that come before those that wait are delivered, as in one interrupt. */
const BURST = 64;
const ROUNDS = 25;
/** The first do not count. */
const WARM = 10;
const PER_ROUND = 50 * PACKETS;

interface Road {
  readonly router: AprRouter;
  readonly packets: readonly Uint8Array[];
  heard: number;
}

function road(kind: 'apr' | 'gpr', services: number): Road {
  const failed = (error: Error): void => {
    throw error;
  };
  const router = new AprRouter(kind, { refused: () => failed(new Error('refused')), failed });
  const self: Road = { router, packets: [], heard: 0 };
  const keys = Array.from({ length: services }, (_, nr) => (kind === 'apr' ? aprKey(nr) : 0x1000_0000 + nr));
  for (const key of keys) router.open(key)?.attach(() => self.heard++);
  const random = new Random(`perf ${kind}`);
  const reachable = keys.filter((key) => kind === 'gpr' || isReachable(key));
  const packets = Array.from({ length: PACKETS }, () => packet(kind, random.pick(reachable)));
  return { ...self, packets };
}

/** From service 3 of the ADSP on, then the modem's, then such as no packet can name. */
function aprKey(nr: number): number {
  if (nr < 20) return serviceKey(4, 3 + nr);
  return nr < 40 ? serviceKey(3, 3 + nr - 20) : serviceKey(1, nr);
}

function isReachable(key: number): boolean {
  return (key & 0xff) < 0x17 && key >= serviceKey(3, 0);
}

function packet(kind: 'apr' | 'gpr', key: number): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  if (kind === 'apr') bytes.set([0x50, 0x01, BYTES, 0, key & 0xff, key >> 8, 0, 0, key & 0xff, 5]);
  else bytes.set([0x60, BYTES, 0, 0, 3, 2, 0, 0, 1, 0, 0, 0, key & 0xff, (key >> 8) & 0xff, 0, key >>> 24]);
  return bytes;
}

/** Time of the processor: what else runs on the machine does not count. */
async function nsPerPacket({ router, packets }: Road): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = process.cpuUsage();
    for (let done = 0; done < PER_ROUND; done += BURST) {
      for (let at = 0; at < BURST; at++) router.receive(packets[(done + at) & (PACKETS - 1)] as Uint8Array);
      await Promise.resolve();
    }
    const { user, system } = process.cpuUsage(began);
    if (round >= WARM) times.push(((user + system) * 1e3) / PER_ROUND);
  }
  if (router.waiting > 0) throw new Error(`${router.waiting} packets were not delivered`);
  return median(times);
}

const FEW = { apr: road('apr', 20), gpr: road('gpr', 20) };
const MANY = { apr: road('apr', 200), gpr: road('gpr', 200) };

/** The rows of this file. */
export const rows: readonly Row[] = [
  {
    name: 'apr: receive 84 bytes for a random one of 20 services',
    unit: 'ns',
    run: () => nsPerPacket(FEW.apr),
    wanted: { of: 'figure', atMost: 40 },
  },
  ...(['apr', 'gpr'] as const).map((kind) => ({
    name: `${kind}: receive 84 bytes with 200 services`,
    unit: 'ns',
    rounds: 5,
    run: () => nsPerPacket(MANY[kind]),
    against: { name: 'with 20', run: () => nsPerPacket(FEW[kind]) },
    wanted: { of: 'ratio' as const, atMost: 1.15 },
  })),
];
