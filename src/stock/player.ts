// Does to a board what a scenario says, and writes down what a person does to it.
import { InputError } from './input-error.js';
import { parseFaults } from '../bus/fault-text.js';
import type { Duration } from '../base/clock.js';
import { isErrno, SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import { ACTIVITIES, activityOf } from './activities.js';
import type { ActivityParts, Running } from './activity.js';
import { type RefusedWrite, writeFile } from './file-write.js';
import { parseSetting } from './machine.js';
import { setLink } from './ports.js';
import { rebind } from './rebind.js';
import { isRegisterWrite, writeRegister } from './register-write.js';
import { formatScenario, type ScenarioStep } from './scenario.js';

/** A verb of a scenario. */
interface Verb {
  readonly form: string;
  /** Does it now; InputError for words that cannot be meant. */
  act(player: Player, words: string): void;
}

/** Table of verbs. */
const VERBS: Readonly<Record<string, Verb>> = {
  set: { form: 'set DEVICE:KNOB=VALUE', act: (player, words) => player.set(words) },
  write: { form: 'write DEVICE:FILE=VALUE or DEVICE REGISTER=VALUE', act: (player, words) => player.write(words) },
  rebind: { form: 'rebind DEVICE', act: (player, words) => rebind(player.bench, words) },
  fault: { form: 'fault WHERE@WHICH#NTH=WHAT', act: (player, words) => player.fault(words) },
  clear: { form: 'clear', act: (player) => player.bench.faults.clear() },
  link: { form: 'link PORT=up|down|SPEED', act: (player, words) => setLink(player.bench, words) },
  start: { form: 'start ACTIVITY [NAME=VALUE ...]', act: (player, words) => player.start(words) },
  stop: { form: 'stop ACTIVITY', act: (player, words) => player.stop(words) },
};

/** As many notices are kept. */
const MOST_NOTICES = 8;

/** The forms of all actions, for help. */
export const ACTION_FORMS: readonly string[] = Object.values(VERBS).map(({ form }) => form);

const MOST_REFUSED = 20;

/** A board that things are done to. */
export class Player {
  readonly bench: Bench;
  readonly #parts: ActivityParts;
  readonly #running = new Map<string, Running>();
  readonly #done: ScenarioStep[] = [];
  readonly #refused: RefusedWrite[] = [];
  readonly #queued: ScenarioStep[] = [];
  readonly #notices: string[] = [];
  /** Counts actions, so that who looks knows that something has changed. */
  changes = 0;

  constructor(parts: ActivityParts) {
    this.bench = parts.bench;
    this.#parts = parts;
  }

  /** What was done so far. */
  get steps(): readonly ScenarioStep[] {
    return this.#done;
  }

  /** The same as text. */
  get text(): string {
    return formatScenario(this.#done);
  }

  /** What went wrong with writes to registers that had begun well: the last few, a line each. */
  get notices(): readonly string[] {
    return this.#notices;
  }

  /** The last writes that devices did not take. */
  get refused(): readonly RefusedWrite[] {
    return this.#refused;
  }

  /** Activities that run, by name. */
  get running(): ReadonlyMap<string, Running> {
    return this.#running;
  }

  /** Activities with why they cannot run, where they cannot. */
  get offers(): readonly { readonly name: string; readonly about: string; readonly hindrance?: string }[] {
    return ACTIVITIES.map((activity) => {
      const hindrance = activity.hindrance(this.#parts);
      return { name: activity.name, about: activity.about, ...(hindrance === undefined ? {} : { hindrance }) };
    });
  }

  /**
   * Does one action now, and writes it down. Before another one the clock must settle: what an action began goes on.
   * InputError for one that cannot be; nothing has happened then.
   */
  act(action: string): void {
    const [, name = '', words = ''] = /^(\S+)\s*(.*)$/.exec(action.trim()) ?? [];
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    if (verb === undefined)
      throw new InputError(`'${action}'`, 'this is no action', `write ${ACTION_FORMS.join(', ')}`);
    try {
      verb.act(this, words);
    } catch (e) {
      if (isErrno(e, 'EINVAL')) throw new InputError(action, (e as SysError).message, 'choose what fits');
      throw e;
    }
    this.#done.push({ at: this.bench.clock.now(), action: action.trim() });
    this.changes++;
  }

  /** Steps to come: `run` does them at their moments; those of the past at once. */
  queue(steps: readonly ScenarioStep[]): void {
    this.#queued.push(...steps);
  }

  /** Lets time pass, and does what was queued. An action comes behind all else that happens at its moment. */
  async run(wait: Duration): Promise<void> {
    const { bench } = this;
    const { clock } = bench;
    const end = clock.now() + wait;
    for (let next = this.#queued[0]; next !== undefined && next.at <= end; next = this.#queued[0]) {
      this.#queued.shift();
      if (next.at > clock.now()) await bench.run(next.at - clock.now());
      this.act(next.action);
      await clock.settle();
    }
    await bench.run(Math.max(0, end - clock.now()));
  }

  /** Ends all that runs: before the power goes. Not an action: nothing is written down. */
  end(): void {
    for (const running of this.#running.values()) running.stop();
    this.#running.clear();
  }

  /** `set`. */
  set(words: string): void {
    const { node, knob, value } = parseSetting(this.bench.tree, words, 'set');
    this.bench.setKnob(node.path, knob, value);
  }

  /** `write`: a register of the chip over its bus, or a file of the driver. */
  write(words: string): void {
    if (isRegisterWrite(words)) this.#writeRegister(words);
    else this.#writeFile(words);
  }

  /** An error of the bus comes when the write has begun: it is a notice. */
  #writeRegister(words: string): void {
    const failed = (e: unknown): void => {
      if (!(e instanceof SysError)) throw e;
      this.#notices.push(`write ${words}: ${e.message}`);
      if (this.#notices.length > MOST_NOTICES) this.#notices.shift();
      this.changes++;
    };
    try {
      writeRegister(this.bench, words)?.catch(failed);
    } catch (e) {
      failed(e);
    }
  }

  #writeFile(words: string): void {
    writeFile(this.bench, words, (refused) => {
      this.#refused.push(refused);
      if (this.#refused.length > MOST_REFUSED) this.#refused.shift();
      this.changes++;
    });
  }

  /** `fault`. */
  fault(words: string): void {
    const { points, diagnostics } = parseFaults(words);
    const [first] = diagnostics;
    if (first !== undefined || points.length === 0)
      throw new InputError(`fault ${words}`, first?.text ?? 'the plan is empty', 'write WHERE@WHICH#NTH=WHAT');
    this.bench.faults.add(points);
  }

  /** `start`. */
  start(words: string): void {
    const [name = '', ...rest] = words.split(/\s+/);
    const activity = activityOf(name);
    const where = `start ${words}`;
    if (activity === undefined)
      throw new InputError(
        where,
        'there is no such activity',
        `there are ${ACTIVITIES.map((one) => one.name).join(', ')}`,
      );
    if (this.#running.has(name)) throw new InputError(where, 'it runs already', `stop ${name} first`);
    const hindrance = activity.hindrance(this.#parts);
    if (hindrance !== undefined) throw new InputError(where, hindrance, 'choose another');
    const args = new Map(rest.map((word) => argument(where, word)));
    this.#running.set(name, activity.start(this.#parts, args));
  }

  /** `stop`. */
  stop(words: string): void {
    const running = this.#running.get(words);
    if (running === undefined)
      throw new InputError(
        `stop ${words}`,
        'it does not run',
        `there run ${[...this.#running.keys()].join(', ') || 'none'}`,
      );
    running.stop();
    this.#running.delete(words);
  }
}

function argument(where: string, word: string): readonly [name: string, value: string] {
  const [, name = '', value = ''] = /^([\w-]+)=(.+)$/.exec(word) ?? [];
  if (name === '') throw new InputError(where, `'${word}' is no NAME=VALUE`, 'write every=100ms, say');
  return [name, value];
}
