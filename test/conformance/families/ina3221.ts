// The INA3221's encodings and cycle times: the chip model, its pins turned and its registers read over the bus.
import { ms, SimClock, s, us } from '../../../src/base/clock.js';
import { Random } from '../../../src/base/random.js';
import { Trace } from '../../../src/base/trace.js';
import { BoardSocket } from '../../../src/bench/board-socket.js';
import { I2cSeats } from '../../../src/bench/i2c-seats.js';
import { ina3221Chip } from '../../../src/chips/ina3221/ina3221.js';
import { settle } from '../../../src/host/settle.js';
import { type Family, isRecord, named, records, type Vector, type Verdict, verdict } from '../family.js';
import { readAbort, readCase } from '../ina3221/case.js';
import { judge } from '../ina3221/right.js';
import { rightHwmon } from '../ina3221/right-hwmon.js';
import { rightSeed } from '../ina3221/right-seed.js';
import { runCase } from '../ina3221/run-case.js';

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
/** Of the shunts that the model has when nothing is said: microvolts a milliampere. */
const SHUNT_MOHM = 10;

/** Encodings of the three kinds of measurements, and how long a cycle takes. */
export const INA3221: readonly Family[] = [
  {
    name: 'ina3221',
    pick: (json) => (isRecord(json) ? named(records(json['cases'], 'chip_before'), 'name') : undefined),
    async judge({ data }) {
      const one = readCase(data);
      return judge(one, await runCase(one), one.family === 'seed' ? rightSeed(one) : rightHwmon(one));
    },
  },
  {
    name: 'ina3221/aborts',
    pick: (json) => (isRecord(json) ? named(records(json['aborts'], 'setup', 'operation'), 'name') : undefined),
    // The original died here: there is nothing to compare with but that an error must come, and nothing else happen.
    async judge({ data }) {
      const { outcome, chipBefore, cacheBefore } = await runCase(readAbort(data));
      const changed = [...outcome.chip].some(([reg, value]) => chipBefore.get(reg) !== value);
      const clean = outcome.bus.length === 0 && !changed && outcome.cache.size === cacheBefore.size;
      return verdict(outcome.ret < 0 && clean ? undefined : `answers ${outcome.ret}, ${outcome.bus.length} transfers`);
    },
  },
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
  readonly #seats = new I2cSeats('i2c-0');
  readonly #socket: BoardSocket;

  constructor() {
    const parts = { clock: this.#clock, trace: new Trace(() => this.#clock.now()), random: new Random('1') };
    const sit = this.#seats.sit.bind(this.#seats, '/power@40');
    this.#socket = new BoardSocket('/power@40', ina3221Chip(), parts, { i2c: { addr: ADDR, sit } });
    this.#socket.plug();
  }

  /** Shunt voltages by channel and other pins are set, all channels summed; the register must then hold the word. */
  async shows(
    shunts: Record<number, number>,
    pins: Record<string, number>,
    reg: number,
    word: string,
  ): Promise<Verdict> {
    const beyond = Math.abs(shunts[3] ?? 0) > FULL_SCALE_UV;
    if (beyond) return { kind: 'skipped', why: `three shunt inputs reach ${3 * FULL_SCALE_UV} uV together` };
    const loads = [1, 2, 3].map((channel) => [`load${channel}Ma`, (shunts[channel] ?? 0) / SHUNT_MOHM] as const);
    for (const [name, value] of [...loads, ...Object.entries(pins)]) {
      const { max = 0, unit } = this.#socket.knobs.get(name) ?? {};
      if (value > max) return { kind: 'skipped', why: `the pin of ${name} ends at ${max} ${unit}` };
      this.#socket.turn(name, value);
    }
    await this.#seats.bus.transfer(ADDR, [{ write: Uint8Array.of(0x0f, 0x70, 0x00) }]);
    await this.#clock.run(ms(20));
    const is = await this.#read(reg);
    return verdict(is === Number(word) ? undefined : `0x${is.toString(16).padStart(4, '0')}, not ${word}`);
  }

  /** After CONFIG is written, conversion ready must come after the cycle and not a microsecond before; 0 is never. */
  async cycles(config: number, cycleUs: number): Promise<Verdict> {
    await this.#seats.bus.transfer(ADDR, [{ write: Uint8Array.of(0x00, config >> 8, config & 0xff) }]);
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
    const answer = await this.#seats.bus.transfer(ADDR, [{ write: Uint8Array.of(reg) }, { read: 2 }]);
    return ((answer[0] as number) << 8) | (answer[1] as number);
  }
}
