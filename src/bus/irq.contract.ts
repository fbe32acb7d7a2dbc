// What every interrupt line must do, modelled or wrapped.
import { expect, test } from 'vitest';
import type { SimClock } from '../base/clock.js';
import type { IrqLine, IrqPin, IrqTrigger } from './irq.js';

/** A line that is low, with both ends and the clock that it lives by. */
export interface IrqEnds {
  readonly line: IrqLine;
  readonly pin: IrqPin;
  readonly clock: SimClock;
}

const EDGES: readonly (readonly [IrqTrigger, number])[] = [
  ['rising', 1],
  ['falling', 1],
  ['both', 2],
];

/** The suite. `make` gives fresh ends for each test. */
export function irqContract(name: string, make: () => IrqEnds): void {
  const claim = (text: string, body: (ends: IrqEnds) => Promise<void>): void => {
    test(`${name}: ${text}`, async () => {
      const ends = make();
      await body(ends);
      await ends.clock.run(1_000_000);
      expect(ends.clock.pending).toBe(0);
    });
  };

  claim('the line has the level of its pin, whether anyone listens or not', async ({ line, pin }) => {
    const seen = [line.level];
    pin.set(true);
    seen.push(line.level);
    pin.set(false);
    expect([...seen, line.level]).toEqual([false, true, false]);
  });

  claim('a handler never runs within the call that raised the line', async ({ line, pin, clock }) => {
    let calls = 0;
    const free = line.request('rising', 'test', () => {
      calls++;
      return 'handled';
    });
    pin.set(true);
    expect(calls).toBe(0);
    await clock.run(0);
    expect(calls).toBe(1);
    free();
  });

  for (const [trigger, count] of EDGES) {
    claim(`a pulse is ${count} for trigger ${trigger}`, async ({ line, pin, clock }) => {
      let calls = 0;
      const free = line.request(trigger, 'test', () => {
        calls++;
        return 'handled';
      });
      pin.set(true);
      await clock.run(10_000);
      pin.set(true); // the level it already has
      await clock.run(10_000);
      pin.set(false);
      await clock.run(10_000);
      expect(calls).toBe(count);
      free();
    });
  }

  for (const trigger of ['high', 'low'] as const) {
    claim(`level ${trigger} comes again until the handler has cleared its cause`, async ({ line, pin, clock }) => {
      pin.set(trigger === 'low');
      let calls = 0;
      const free = line.request(trigger, 'test', () => {
        if (++calls === 3) pin.set(trigger === 'low');
        return 'handled';
      });
      await clock.run(10_000);
      expect(calls).toBe(0);
      pin.set(trigger === 'high');
      await clock.run(10_000);
      expect(calls).toBe(3);
      free();
    });
  }

  claim('a level that is asserted already is delivered on request', async ({ line, pin, clock }) => {
    pin.set(true);
    let calls = 0;
    const free = line.request('high', 'test', () => {
      calls++;
      pin.set(false);
      return 'handled';
    });
    expect(calls).toBe(0);
    await clock.run(0);
    expect(calls).toBe(1);
    free();
  });

  claim('masking nests, and an edge that comes meanwhile is kept, once', async ({ line, pin, clock }) => {
    let calls = 0;
    const free = line.request('rising', 'test', () => {
      calls++;
      return 'handled';
    });
    line.disable();
    line.disable();
    for (const high of [true, false, true]) pin.set(high);
    line.enable();
    await clock.run(10_000);
    expect(calls).toBe(0);
    line.enable();
    expect(calls).toBe(0);
    await clock.run(10_000);
    expect(calls).toBe(1);
    free();
  });

  claim('an interrupt that is raised and then masked before it was delivered waits', async ({ line, pin, clock }) => {
    let calls = 0;
    const free = line.request('rising', 'test', () => {
      calls++;
      return 'handled';
    });
    pin.set(true);
    line.disable();
    await clock.run(10_000);
    expect(calls).toBe(0);
    line.enable();
    await clock.run(10_000);
    expect(calls).toBe(1);
    free();
  });

  claim('handlers share a line: all are called, and one may leave', async ({ line, pin, clock }) => {
    const calls: string[] = [];
    const listen = (action: string) => {
      return line.request('rising', action, () => {
        calls.push(action);
        return 'unhandled';
      });
    };
    const frees = [listen('a'), listen('b')];
    pin.set(true);
    await clock.run(10_000);
    frees[0]?.();
    pin.set(false);
    pin.set(true);
    await clock.run(10_000);
    expect(calls).toEqual(['a', 'b', 'b']);
    frees[1]?.();
  });

  claim('nothing is delivered after the last handler has left', async ({ line, pin, clock }) => {
    let calls = 0;
    const free = line.request('high', 'test', () => {
      calls++;
      return 'handled';
    });
    pin.set(true);
    free();
    expect(clock.pending).toBe(0);
    await clock.run(10_000);
    expect(calls).toBe(0);
  });
}
