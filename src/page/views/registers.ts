// The registers of a chip as it has them now, with where they are and what is in them, its words and its knobs.
import { ms } from '../../base/clock.js';
import type { Access } from '../../base/regs.js';
import type { Knob } from '../../bus/socket.js';
import { InputError } from '../../stock/input-error.js';
import { isWritable, reachOf } from '../../stock/register-write.js';
import type { Args } from '../protocol.js';
import type { View, ViewKind, ViewParts } from '../view.js';

/** What the view shows of the chip that is looked at; `chip` of its arguments, else the first one. */
export interface RegistersState {
  readonly chip: string;
  readonly values: Readonly<Record<string, number>>;
  readonly words: Readonly<Record<string, string>>;
  readonly knobs: Readonly<Record<string, number>>;
  /** What went wrong with the last writes, a line each. */
  readonly notices: readonly string[];
}

/** A chip of the board. */
export interface ChipEntry {
  readonly path: string;
  readonly model: string;
  readonly registers: number;
}

/** A field, its bits counted from the lowest. */
export interface FieldEntry {
  readonly name: string;
  readonly hi: number;
  readonly lo: number;
  readonly access: Access;
}

/** A register, as far as the chip's model has a table of it. */
export interface RegisterEntry {
  readonly addr: number;
  /** Whether a bus can change something in it. */
  readonly writable: boolean;
  /** The highest first. */
  readonly fields: readonly FieldEntry[];
}

/** A chip's registers and knobs, as they never change. */
export interface ChipMap {
  readonly chip: string;
  readonly model: string;
  /** Bits of a register. */
  readonly width: number;
  readonly registers: Readonly<Record<string, RegisterEntry>>;
  readonly knobs: readonly Pick<Knob, 'name' | 'unit' | 'min' | 'max' | 'about'>[];
  /** By what software reaches it, or why not. */
  readonly bus: string;
  readonly reached: boolean;
}

/** The view. */
export const registers: ViewKind = {
  watch: (parts, args) => new RegistersView(parts, args),
  ask: (parts, args) => {
    if (args['what'] === 'chips') return chipsOf(parts);
    if (args['what'] === 'map') return mapOf(parts, chipPath(parts, args));
    throw new InputError('registers', `it cannot be asked for ${String(args['what'])}`, 'ask for chips or map');
  },
};

/** So often at most. */
const EVERY = ms(100);

class RegistersView implements View {
  readonly #parts: ViewParts;
  readonly #chip: string;
  #seen = -1;
  #changes = -1;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #told = '';

  constructor(parts: ViewParts, args: Args) {
    this.#parts = parts;
    this.#chip = chipPath(parts, args);
  }

  state(): RegistersState | undefined {
    const { bench, player } = this.#parts;
    const now = bench.clock.now();
    const moves = now !== this.#seen;
    this.#seen = now;
    if (moves && now - this.#lookedAt < EVERY) return undefined;
    // Nothing changes in a moment that is over, but by an action.
    if (this.#lookedAt === now && this.#changes === player.changes) return undefined;
    this.#lookedAt = now;
    this.#changes = player.changes;
    const state = this.#look();
    const text = JSON.stringify(state);
    if (text === this.#told) return undefined;
    this.#told = text;
    return state;
  }

  #look(): RegistersState {
    const { bench, player } = this.#parts;
    const socket = bench.sockets.get(this.#chip);
    const knobs = [...(socket?.knobs.values() ?? [])].map((knob) => [knob.name, knob.get()] as const);
    return {
      chip: this.#chip,
      values: socket?.inspection?.registers() ?? {},
      words: socket?.inspection?.words?.() ?? {},
      knobs: Object.fromEntries(knobs),
      notices: player.notices,
    };
  }
}

function chipPath({ bench }: ViewParts, args: Args): string {
  const { chip } = args;
  if (typeof chip === 'string' && bench.sockets.has(chip)) return chip;
  return bench.sockets.keys().next().value ?? '';
}

function chipsOf({ bench }: ViewParts): ChipEntry[] {
  return [...bench.sockets].map(([path, { model, inspection }]) => {
    return { path, model: model.name, registers: Object.keys(inspection?.registers() ?? {}).length };
  });
}

function mapOf({ bench }: ViewParts, chip: string): ChipMap {
  const socket = bench.sockets.get(chip);
  const node = bench.tree.byPath(chip);
  if (socket === undefined || node === undefined)
    throw new InputError('registers', 'no chip model sits on this board', 'look at another tree');
  const map = socket.inspection?.map?.();
  const reach = reachOf(bench, node, map?.window ?? 0);
  const entries = (map?.registers ?? []).map(({ name, addr, fields }): readonly [string, RegisterEntry] => {
    const all = Object.entries(fields).map(([field, { hi, lo, access }]) => ({ name: field, hi, lo, access }));
    const writable = reach.kind !== 'none' && Object.values(fields).some(isWritable);
    return [name, { addr, writable, fields: all.sort((a, b) => b.hi - a.hi) }];
  });
  return {
    chip,
    model: socket.model.name,
    width: map?.width ?? 32,
    registers: Object.fromEntries(entries),
    knobs: [...socket.knobs.values()].map(({ name, unit, min, max, about }) => ({ name, unit, min, max, about })),
    bus: busText(reach, map === undefined),
    reached: reach.kind !== 'none' && map !== undefined,
  };
}

function busText(reach: ReturnType<typeof reachOf>, noTable: boolean): string {
  if (noTable) return 'the model has no table of its registers: they cannot be written';
  if (reach.kind === 'none') return reach.why;
  if (reach.kind === 'i2c')
    return `I2C, ${reach.client.adapter.parent.path}, address 0x${reach.client.addr.toString(16)}`;
  return `memory at 0x${reach.start.toString(16)}, ${reach.size} bytes`;
}
