// The INA3221's encodings and cycle times: the chip model, its pins turned and its registers read over the bus.
import { ms, SimClock, s, us } from '../../../src/base/clock.js';
import { Random } from '../../../src/base/random.js';
import { Trace } from '../../../src/base/trace.js';
import { BoardSocket } from '../../../src/bench/board-socket.js';
import { SimI2cBus } from '../../../src/bus/i2c-sim.js';
import { ina3221Chip } from '../../../src/chips/ina3221/ina3221.js';
import { settle } from '../../../src/host/settle.js';
import { type Family, isRecord, type Vector, type Verdict, verdict } from '../family.js';

type Example = readonly [from: number | string, to: number | string];

/** The groups of `chip_examples` and how each is tried. */
const GROUPS: Readonly<Record<string, (rig: Rig, example: Example) => Promise<Verdict>>> = {
  shunt_uV_to_register: (rig, [uv, word]) => rig.shows({ 1: Number(uv) }, {}, 0x01, String(word)),
  bus_mV_to_register: (rig, [mv, word]) => rig.shows({}, { bus1Mv: Number(mv) }, 0x02, String(word)),
  sum_uV_to_register: (rig, [uv, word]) => rig.shows(spread(Number(uv)), {}, 0x0d, String(word)),
  config_to_cycle_us: (rig, [config, cycle]) => rig.cycles(Number(config), Number(cycle)),
};

/** Most that one shunt input measures, in the direction of the sign. */
const FULL_SCALE_UV = 163_800;
const ADDR = 0x40;

/** Encodings of the three kinds of measurements, and how long a cycle takes. */
export const INA3221: readonly Family[] = [
  {
    name: 'ina3221/pure-chip',
    pick: chipExamples,
    async judge({ name, data }) {
      const group = GROUPS[name.replace(/\[\d+\]$/, '')];
      return group === undefined ? verdict(`no such group of examples: ${name}`) : group(new Rig(), data as Example);
    },
  },
];

function chipExamples(json: unknown): readonly Vector[] | undefined {
  if (!isRecord(json) || !isRecord(json['chip_examples'])) return undefined;
  return Object.entries(json['chip_examples']).flatMap(([group, rows]) =>
    Array.isArray(rows) ? rows.map((data, index) => ({ name: `${group}[${index}]`, data })) : [],
  );
}

/** A voltage over as few shunts as can carry it, by channel. */
function spread(uv: number): Record<number, number> {
  const parts: Record<number, number> = {};
  let rest = uv;
  for (const channel of [1, 2, 3]) {
    parts[channel] = Math.max(-FULL_SCALE_UV, Math.min(FULL_SCALE_UV, rest));
    rest -= parts[channel];
  }
  parts[3] = (parts[3] as number) + rest; // more than the pins reach shows there
  return parts;
}

/** A chip in a socket. */
class Rig {
  readonly #clock = new SimClock(settle);
  readonly #bus = new SimI2cBus('i2c-0');
  readonly #socket: BoardSocket;

  constructor() {
    const parts = { clock: this.#clock, trace: new Trace(() => this.#clock.now()), random: new Random('1') };
    const model = ina3221Chip();
    this.#socket = new BoardSocket('/power@40', model, parts, { i2c: (target) => void this.#bus.attach(ADDR, target) });
    this.#socket.plug();
  }

  /** Shunt voltages by channel and other pins are set, all channels summed; the register must then hold the word. */
  async shows(
    shunts: Record<number, number>,
    pins: Record<string, number>,
    reg: number,
    word: string,
  ): Promise<Verdict> {
    const loads = [1, 2, 3].map((channel) => [`load${channel}Ma`, (shunts[channel] ?? 0) / 10] as const);
    for (const [name, value] of [...loads, ...Object.entries(pins)]) {
      const knob = this.#socket.knobs.get(name);
      const reached = knob !== undefined && value >= knob.min && value <= knob.max && Math.abs(value) <= 26_000;
      if (!reached || Math.abs(shunts[3] ?? 0) > FULL_SCALE_UV)
        return { kind: 'skipped', why: 'no pin reaches that far' };
      this.#socket.turn(name, value);
    }
    await this.#bus.transfer(ADDR, [{ write: Uint8Array.of(0x0f, 0x70, 0x00) }]);
    await this.#clock.run(ms(20));
    const is = await this.#read(reg);
    return verdict(is === Number(word) ? undefined : `0x${is.toString(16).padStart(4, '0')}, not ${word}`);
  }

  /** After CONFIG is written, conversion ready must come after the cycle and not a microsecond before; 0 is never. */
  async cycles(config: number, cycleUs: number): Promise<Verdict> {
    await this.#bus.transfer(ADDR, [{ write: Uint8Array.of(0x00, config >> 8, config & 0xff) }]);
    await this.#read(0x0f);
    await this.#clock.run(cycleUs === 0 ? s(1) : us(cycleUs - 1));
    const early = (await this.#read(0x0f)) & 1;
    await this.#clock.run(us(1));
    const ready = (await this.#read(0x0f)) & 1;
    const wanted = cycleUs === 0 ? 0 : 1;
    return verdict(
      early === 0 && ready === wanted ? undefined : `ready ${early} before and ${ready} after ${cycleUs} us`,
    );
  }

  async #read(reg: number): Promise<number> {
    const answer = await this.#bus.transfer(ADDR, [{ write: Uint8Array.of(reg) }, { read: 2 }]);
    return ((answer[0] as number) << 8) | (answer[1] as number);
  }
}
