// The machine's state as plain data: for `--json`, for comparing two moments, for a page.
import type { Instant, SimClock } from '../base/clock.js';
import type { Random } from '../base/random.js';
import type { SimMemory } from '../bus/dma-sim.js';
import type { SimIrqLine } from '../bus/irq-sim.js';
import type { DeviceCore } from '../core/device.js';
import type { BoardSocket } from './board-socket.js';

/** What a snapshot is taken of: a bench has all of it. */
export interface Subject {
  readonly clock: SimClock;
  readonly random: Random;
  readonly core: DeviceCore;
  readonly sockets: ReadonlyMap<string, BoardSocket>;
  readonly lines: readonly SimIrqLine[];
  readonly memory: SimMemory;
}

/** State of a machine. Register values are numbers as the bus would read them, without side effects. */
export interface Snapshot {
  readonly t: Instant;
  readonly seed: string;
  readonly devices: readonly {
    readonly path: string;
    readonly name: string;
    readonly state: string;
    readonly driver?: string;
  }[];
  readonly chips: readonly {
    readonly path: string;
    readonly model: string;
    readonly registers: Readonly<Record<string, number>>;
    readonly knobs: Readonly<Record<string, number>>;
    /** What its parts do, in words; not there for chips that have nothing to say. */
    readonly words?: Readonly<Record<string, string>>;
  }[];
  /** Interrupt lines and pins; `level` true is high. */
  readonly lines: readonly { readonly name: string; readonly level: boolean; readonly handlers: number }[];
  /** Shared memory: buffers, and mappings that are open. */
  readonly memory: { readonly allocated: number; readonly mapped: number };
  /** Timers that wait to fire: of drivers and chips together. */
  readonly timers: number;
}

/** Takes it. Nothing changes by looking. */
export function takeSnapshot(bench: Subject): Snapshot {
  return {
    t: bench.clock.now(),
    seed: bench.random.seed,
    devices: bench.core.devices.map(({ path, name, state }) => ({
      path,
      name,
      state: state.kind,
      ...('driver' in state ? { driver: state.driver.name } : {}),
    })),
    chips: [...bench.sockets.values()].map((socket) => {
      const words = socket.inspection?.words?.();
      return {
        path: socket.name,
        model: socket.model.name,
        registers: socket.inspection?.registers() ?? {},
        knobs: Object.fromEntries([...socket.knobs.values()].map((knob) => [knob.name, knob.get()])),
        ...(words === undefined ? {} : { words }),
      };
    }),
    lines: bench.lines.map(({ name, level, handlers }) => ({ name, level, handlers })),
    memory: { allocated: bench.memory.allocated, mapped: bench.memory.ledger.mapped },
    timers: bench.clock.pending,
  };
}
