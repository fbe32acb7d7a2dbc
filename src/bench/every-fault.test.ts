import { expect, test } from 'vitest';
import { treeOf } from '../../test/lab.js';
import type { ChipModel } from '../bus/socket.js';
import { type I2cClient, i2cDriver } from '../core/i2c.js';
import { settle } from '../host/settle.js';
import { Bench } from './bench.js';
import { everyFault, type FaultTrial } from './every-fault.js';

const TREE = `/ { i2c@1 { compatible = "x,i2c"; #address-cells = <1>; #size-cells = <0>;
  a@10 { compatible = "x,a"; reg = <0x10>; }; }; };`;
const chip: ChipModel = {
  name: 'a',
  compatible: ['x,a'],
  plug: (socket) => socket.i2c({ write: ({ length }) => length, read: (length) => new Uint8Array(length), stop() {} }),
};

const trial = (probe: (client: I2cClient) => Promise<void>): FaultTrial => ({
  make: (faults) => {
    const drivers = [i2cDriver({ name: 'a', compatible: ['x,a'], probe })];
    return new Bench({ tree: treeOf(TREE), settle, drivers, chips: [chip], faults });
  },
  scenario: () => Promise.resolve(),
  broken: () => Promise.resolve(undefined),
});

const read = (client: I2cClient) => client.bus.transfer(0x10, [{ read: 1 }]);

test('each operation fails once, those of the removal too, and a clean driver gives no finding', async () => {
  const struck: string[] = [];
  const clean = trial(async (client) => {
    await read(client);
    client.dev.scope.defer(async () => void (await read(client)));
    await read(client);
  });
  const outcome = await everyFault({
    ...clean,
    make(faults) {
      const bench = clean.make(faults);
      bench.trace.attach((event) => event.kind === 'fault' && struck.push(event.point));
      return bench;
    },
  });
  expect(outcome).toEqual({ operations: 3, findings: [] });
  expect(struck).toEqual(['any#1', 'any#2', 'any#3']);
});

test('what a driver leaves when an operation fails is a finding of that operation', async () => {
  const { findings } = await everyFault(
    trial(async (client) => {
      const timer = client.dev.clock.after(1e12, () => undefined);
      await read(client);
      client.dev.scope.defer(() => timer.cancel());
    }),
  );
  expect(findings).toEqual(['operation 1 of 1: left behind: 1 timer(s) of /i2c@1/a@10']);
});

test('a probe that hangs after a fault is a finding, and so is what it holds', async () => {
  const { findings } = await everyFault(
    trial(async (client) => {
      client.dev.scope.defer(() => undefined);
      await read(client).catch(() => new Promise(() => undefined));
    }),
  );
  expect(findings).toEqual([
    'operation 1 of 1: power on: SysError: bench: probing did not end within 60 s of virtual time (ETIMEDOUT)',
    'operation 1 of 1: /i2c@1 is probing and holds 1',
    'operation 1 of 1: /i2c@1/a@10 is probing and holds 1',
    'operation 1 of 1: left behind: bench: unbinding did not end within 60 s of virtual time (ETIMEDOUT)',
    'operation 1 of 1: left behind: /i2c@1 is probing and holds 1',
    'operation 1 of 1: left behind: /i2c@1/a@10 is probing and holds 1',
  ]);
});

test('a run that never comes to its fault is a finding: it tried nothing', async () => {
  let runs = 0;
  const { operations, findings } = await everyFault(
    trial(async (client) => {
      await read(client);
      if (runs++ === 0) await read(client);
    }),
  );
  expect({ operations, findings }).toEqual({
    operations: 2,
    findings: ['operation 2 of 2: the fault did not strike: this run has fewer operations than the first'],
  });
});

test('what does not work is a finding, and so is a scenario that ends in anything but a SysError', async () => {
  const base = trial(async (client) => void (await read(client).catch(() => undefined)));
  const { findings } = await everyFault({
    ...base,
    scenario: (bench) => (bench.faults.struck > 0 ? Promise.reject(new TypeError('oops')) : Promise.resolve()),
    broken: (bench) => Promise.resolve(bench.faults.struck > 0 ? 'reads nothing' : undefined),
  });
  expect(findings).toEqual(['operation 1 of 1: scenario: TypeError: oops', 'operation 1 of 1: reads nothing']);
});

test('a question that ends in an error is a finding: what is bound must answer', async () => {
  const base = trial(async (client) => void (await read(client).catch(() => undefined)));
  const { findings } = await everyFault({
    ...base,
    broken: (bench) => (bench.faults.struck > 0 ? Promise.reject(new Error('no answer')) : Promise.resolve(undefined)),
  });
  expect(findings).toEqual(['operation 1 of 1: asked whether it works: Error: no answer']);
});
