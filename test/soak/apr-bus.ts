// Life cycles of the APR bus by chance: services that come and go, drivers that bind, fail and leave, packets between.
// What happens must be what a bus with one table would do, event by event.
import { Random } from '../../src/base/random.js';
import { rightRun } from '../conformance/apr/bus-right.js';
import { runBusScript } from '../conformance/apr/bus-script.js';
import type { Scenario } from '../soak.js';

/** What `npm run soak` runs; `run` throws with the script. */
export const scenarios: readonly Scenario[] = [{ name: 'apr-bus', total: 3000, run }];

const STEPS = 14;
const SERVICES = ['AFE 4 4 0', 'ASM 4 7 0', 'MVM 3 4 1', 'CORE 4 3 0', 'VOICE 4 7 1', 'NONE 4 0 0', 'FAR 6 4 0'];
const FLAGS = ['', '', '', ' noremove', ' nocb', ' probefail=-5'];

/** One run. */
export async function run(seed: string): Promise<void> {
  const script = scriptOf(new Random(seed));
  const is = await runBusScript(script);
  const { events } = rightRun(script);
  const [a, b] = [is, events].map((list) => list.map((event) => JSON.stringify(event)).join('\n'));
  if (a !== b) throw new Error(`${script.join('\n')}\n--- is\n${a}\n--- should be\n${b}`);
}

function scriptOf(random: Random): readonly string[] {
  const lines = ['init', 'probe'];
  const drivers: string[] = [];
  for (let step = 0; step < STEPS; step++) lines.push(lineOf(random, drivers));
  lines.push('services', random.pick(['remove', 'exit', 'services']));
  return lines;
}

function lineOf(random: Random, drivers: string[]): string {
  const nameOf = (service: string): string => `apr:${service.replaceAll(' ', ':')}`;
  const ways: readonly (() => string)[] = [
    () => `add ${random.pick(SERVICES)} ${random.below(2) * 0x2_0003}`,
    () => {
      const name = `d${drivers.length}`;
      drivers.push(name);
      const ids = Array.from({ length: 1 + random.below(2) }, () => idOf(random.pick(SERVICES)));
      return `driver ${name}${random.pick(FLAGS)} ${ids.join(' ')}`;
    },
    () => `unbind ${nameOf(random.pick(SERVICES))}`,
    () => `bind ${nameOf(random.pick(SERVICES))}`,
    () => `unregdev ${nameOf(random.pick(SERVICES))}`,
    () => packetLine(random),
    () => packetLine(random),
    () => 'services',
  ];
  return random.pick(ways)();
}

function idOf(service: string): string {
  return service.split(' ').slice(1).join(',');
}

function packetLine(random: Random): string {
  const byte = (value: number): string => value.toString(16).padStart(2, '0');
  const [domain, svc] = [3 + random.below(2), random.pick([3, 4, 7])];
  const payload = random.below(3) * 4;
  const head = `5001${byte(20 + payload)}00${byte(svc)}${byte(domain)}0100${byte(svc)}050200`;
  return `rx ${20 + payload} ${head}07000000e8100100${'ab'.repeat(payload)}`;
}
