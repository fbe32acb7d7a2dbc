import { expect, test } from 'vitest';
import { Bug } from '../base/assert.js';
import { Trace } from '../base/trace.js';
import { FaultPlan } from './fault-plan.js';
import { type I2cEnds, i2cContract, wordTarget } from './i2c.contract.js';
import type { I2cAlert, I2cBus, I2cFunction, I2cTarget } from './i2c.js';
import { withI2cFaults, withI2cTrace } from './i2c-decorators.js';
import { SimI2cBus } from './i2c-sim.js';

const ends = (wrap: (bus: I2cBus) => I2cBus, functions?: readonly I2cFunction[]) => (): I2cEnds => {
  const sim = new SimI2cBus('i2c-0', functions);
  const bell = bellAt(0x40);
  sim.attach(0x40, { ...wordTarget(), alert: bell });
  return { bus: wrap(sim), present: 0x40, absent: 0x41, scratch: 7, alarm: () => bell.ring() };
};

/** An alert that rings until its byte went through. */
function bellAt(addr: number): I2cAlert & { rings: boolean; ring(): void } {
  return {
    rings: false,
    ring() {
      this.rings = true;
    },
    pending() {
      return this.rings ? addr << 1 : undefined;
    },
    answered() {
      this.rings = false;
    },
  };
}

i2cContract(
  'simulated',
  ends((bus) => bus),
);
i2cContract(
  'simulated, words only',
  ends((bus) => bus, ['smbus-word']),
);
i2cContract(
  'traced, nobody listens',
  ends((bus) => withI2cTrace(bus, 'i2c-0', new Trace(() => 0))),
);
i2cContract(
  'traced',
  ends((bus) => {
    const trace = new Trace(() => 0);
    trace.attach(() => {});
    return withI2cTrace(bus, 'i2c-0', trace);
  }),
);
i2cContract(
  'faults, empty plan',
  ends((bus) => withI2cFaults(bus, 'i2c-0', new FaultPlan())),
);
i2cContract(
  'faults, counting',
  ends((bus) => withI2cFaults(bus, 'i2c-0', FaultPlan.counting())),
);

/** Writes down what reaches the chip; acknowledges at most `limit` bytes of a part. */
function recorder(limit = Number.POSITIVE_INFINITY): { target: I2cTarget; log: string[] } {
  const log: string[] = [];
  const target: I2cTarget = {
    write(bytes) {
      log.push(`w ${[...bytes]}`);
      return Math.min(limit, bytes.length);
    },
    read(length) {
      log.push(`r ${length}`);
      return new Uint8Array(length).fill(log.length);
    },
    stop() {
      log.push('p');
    },
  };
  return { target, log };
}

test('parts reach the target in order, one stop ends them, and the last read is answered', async () => {
  const bus = new SimI2cBus('i2c-0');
  const { target, log } = recorder();
  bus.attach(0x50, target);
  const answer = await bus.transfer(0x50, [{ read: 1 }, { write: Uint8Array.of(1, 2) }, { read: 3 }, { read: 2 }]);
  expect(log).toEqual(['r 1', 'w 1,2', 'r 3', 'r 2', 'p']);
  expect([...answer]).toEqual([4, 4]);
});

test('an address-only write is acknowledged and reaches the target', async () => {
  const bus = new SimI2cBus('i2c-0');
  const { target, log } = recorder(0);
  bus.attach(0x50, target);
  await bus.transfer(0x50, [{ write: Uint8Array.of() }]);
  expect(log).toEqual(['w ', 'p']);
});

test('a byte that is not acknowledged ends the transfer with a stop and names its index', async () => {
  const bus = new SimI2cBus('i2c-0');
  const { target, log } = recorder(2);
  bus.attach(0x50, target);
  const transfer = bus.transfer(0x50, [{ write: Uint8Array.of(9, 8, 7) }, { read: 1 }]);
  await expect(transfer).rejects.toThrow('i2c-0: i2c: no acknowledge from 0x50 for byte 2 (EREMOTEIO)');
  expect(log).toEqual(['w 9,8,7', 'p']);
});

test('nobody at an address is ENXIO with the place, reserved addresses and general call included', async () => {
  const bus = new SimI2cBus('i2c-0');
  const transfer = bus.transfer(0x40, [{ read: 1 }]);
  await expect(transfer).rejects.toThrow('i2c-0: i2c: no acknowledge from 0x40 (ENXIO)');
  for (const addr of [0x00, 0x03, 0x78, 0x7f]) {
    await expect(bus.transfer(addr, [{ read: 1 }])).rejects.toMatchObject({ code: 'ENXIO', dev: 'i2c-0', op: 'i2c' });
  }
});

test('two targets at one address, a target at 0 and one above seven bits are Bugs', () => {
  const bus = new SimI2cBus('i2c-0');
  bus.attach(0x40, wordTarget());
  expect(() => bus.attach(0x40, wordTarget())).toThrow(new Bug('i2c-0: two targets at 0x40'));
  expect(() => bus.attach(0, wordTarget())).toThrow(Bug);
  expect(() => bus.attach(0x80, wordTarget())).toThrow(Bug);
});

test('a detached target answers no more, its address is free, and detaching twice is a Bug', async () => {
  const bus = new SimI2cBus('i2c-0');
  const detach = bus.attach(0x40, wordTarget());
  detach();
  await expect(bus.transfer(0x40, [{ read: 1 }])).rejects.toMatchObject({ code: 'ENXIO' });
  expect(detach).toThrow(Bug);
  bus.attach(0x40, wordTarget());
  expect((await bus.transfer(0x40, [{ read: 1 }])).length).toBe(1);
});

test('an adapter for words refuses every other shape before the target sees it', async () => {
  const bus = new SimI2cBus('smb', ['smbus-word']);
  const { target, log } = recorder();
  bus.attach(0x40, target);
  const one = Uint8Array.of(1);
  const shapes = [
    [{ read: 2 }],
    [{ write: one }],
    [{ write: one }, { read: 3 }],
    [{ write: one }, { read: 2 }, { read: 2 }],
  ];
  for (const shape of [...shapes, [{ write: Uint8Array.of(1, 2) }, { read: 2 }], [{ write: one }, { write: one }]]) {
    const text = 'smb: i2c: the adapter cannot do this transfer with 0x40 (EOPNOTSUPP)';
    await expect(bus.transfer(0x40, shape)).rejects.toThrow(text);
  }
  expect(log).toEqual([]);
});

test('a target that answers too few bytes is a Bug', () => {
  const bus = new SimI2cBus('i2c-0');
  bus.attach(0x40, { write: (bytes) => bytes.length, read: () => new Uint8Array(1), stop() {} });
  expect(() => bus.transfer(0x40, [{ read: 2 }])).toThrow(Bug);
});

test('a bus says where a target sits', () => {
  const bus = new SimI2cBus('i2c-0');
  const detach = bus.attach(0x40, { write: () => 0, read: () => new Uint8Array(0), stop: () => undefined });
  const before = [bus.has(0x40), bus.has(0x41)];
  detach();
  expect([...before, bus.has(0x40)]).toEqual([true, false, false]);
});

test('of several alerts the lowest wins, and the others keep ringing until it is their turn', async () => {
  const bus = new SimI2cBus('i2c-0');
  const bells = [0x43, 0x40, 0x42].map((addr) => {
    const bell = bellAt(addr);
    bus.attach(addr, { ...wordTarget(), alert: bell });
    bell.ring();
    return bell;
  });
  bus.attach(0x3f, wordTarget());
  const seen: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    seen.push(
      [...(await bus.transfer(0x0c, [{ read: 1 }]))],
      bells.map(({ rings }) => rings),
    );
  }
  expect(seen).toEqual([[0x80], [true, false, true], [0x84], [true, false, false], [0x86], [false, false, false]]);
  await expect(bus.transfer(0x0c, [{ read: 1 }])).rejects.toThrow('i2c-0: i2c: no acknowledge from 0x0c (ENXIO)');
});

test('each read of the alert response has its winner, further bytes are 0xff, and a write is refused', async () => {
  const bus = new SimI2cBus('i2c-0');
  const bells = [0x40, 0x41].map((addr) => {
    const bell = bellAt(addr);
    bus.attach(addr, { ...wordTarget(), alert: bell });
    bell.ring();
    return bell;
  });
  await expect(bus.transfer(0x0c, [{ write: Uint8Array.of(1) }])).rejects.toMatchObject({ code: 'ENXIO' });
  expect((await bus.transfer(0x0c, [{ read: 0 }])).length).toBe(0);
  expect(bells.map(({ rings }) => rings)).toEqual([true, true]);
  expect([...(await bus.transfer(0x0c, [{ read: 3 }, { read: 3 }]))]).toEqual([0x82, 0xff, 0xff]);
  expect(bells.map(({ rings }) => rings)).toEqual([false, false]);
});

test('a target that sits at the alert response address answers there itself', async () => {
  const bus = new SimI2cBus('i2c-0');
  const bell = bellAt(0x40);
  bus.attach(0x40, { ...wordTarget(), alert: bell });
  bell.ring();
  const { target, log } = recorder();
  bus.attach(0x0c, target);
  await bus.transfer(0x0c, [{ read: 1 }]);
  expect([log, bell.rings]).toEqual([['r 1', 'p'], true]);
});
