// Register maps over the modelled adapter: bytes on the wires, cache, errors with place and code, turns.
import { expect, test } from 'vitest';
import { hex } from '../base/bytes.js';
import { SimClock } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import { bit, bits, registers } from '../base/regs.js';
import { Trace, type TraceEvent } from '../base/trace.js';
import type { I2cBus, I2cFunction, I2cMsg } from '../bus/i2c.js';
import { SimI2cBus } from '../bus/i2c-sim.js';
import { DtNode, DtProperty, DtTree } from '../dt/tree.js';
import { DriverCore } from './driver-core.js';
import { I2C_BUS, I2cClient } from './i2c.js';
import { PLATFORM_BUS } from './platform-device.js';
import type { Regmap, RegmapConfig } from './regmap.js';
import { regmapInitI2c } from './regmap-i2c.js';
import { SysfsDir } from './sysfs.js';

const R = registers({
  CONFIG: { addr: 0x00, reset: 0x7127, fields: { RST: bit(15), AVG: bits(11, 9), MODE: bits(2, 0) } },
  SHUNT1: { addr: 0x01, fields: {} },
  CRIT1: { addr: 0x07, fields: {} },
  WARN1: { addr: 0x08, fields: {} },
  CRIT2: { addr: 0x09, fields: {} },
  STATUS: { addr: 0x0f, fields: {} },
  FAR: { addr: 0x120, fields: {} },
});

const WORDS: RegmapConfig = { regBits: 8, valBits: 16 };
const CACHED: RegmapConfig = {
  ...WORDS,
  cache: 'flat',
  volatile: [
    [0x00, 0x06],
    [0x0f, 0x0f],
  ],
};

interface Bench {
  readonly map: Regmap;
  /** Write parts as hex, reads as `r N`. */
  readonly wires: string[];
  readonly events: TraceEvent[];
  /** Answers of the chip by hex of the pointer. */
  readonly chip: Map<string, number[]>;
  /** The transfer, counted from 1, that ends with this code. */
  fail: { nth: number; code: SysError['code'] } | undefined;
  trace: () => void;
}

/** A chip that keeps the bytes behind each pointer, on a bus that can fail once. */
async function bench(config: RegmapConfig, functionality?: readonly I2cFunction[], property?: string): Promise<Bench> {
  const chip = new Map<string, number[]>();
  const wires: string[] = [];
  const events: TraceEvent[] = [];
  const sim = new SimI2cBus('i2c-1', functionality);
  const pointerBytes = config.regBits / 8;
  let pointer = '';
  sim.attach(0x40, {
    write(bytes) {
      wires.push(hex(bytes));
      pointer = hex(bytes.subarray(0, pointerBytes));
      if (bytes.length > pointerBytes) chip.set(pointer, [...bytes.subarray(pointerBytes)]);
      return bytes.length;
    },
    read(length) {
      wires.push(`r ${length}`);
      return Uint8Array.from(chip.get(pointer) ?? Array.from({ length }, () => 0));
    },
    stop() {},
  });
  let nth = 0;
  const bus: I2cBus = {
    functionality: sim.functionality,
    transfer(addr: number, msgs: readonly I2cMsg[]) {
      if (++nth !== self.fail?.nth) return sim.transfer(addr, msgs);
      return Promise.reject(new SysError(self.fail.code, 'injected', { dev: 'i2c-1', op: 'i2c' }));
    },
  };
  const client = await clientOn(bus, property);
  const { trace } = client.dev;
  const self: Bench = {
    map: regmapInitI2c(client, config),
    wires,
    events,
    chip,
    fail: undefined,
    trace: () => void trace.attach((event) => events.push(event)),
  };
  return self;
}

async function clientOn(bus: I2cBus, property?: string): Promise<I2cClient> {
  const clock = new SimClock(() => Promise.resolve());
  const tree = new DtTree();
  const controller = new DtNode('i2c@0', tree.root);
  const node = new DtNode('power@40', controller);
  if (property !== undefined) node.properties.push(new DtProperty(property));
  const core = new DriverCore({ clock, trace: new Trace(() => clock.now()), tree });
  const parent = await core.addDevice({ name: '0.i2c', bus: PLATFORM_BUS, ofNode: controller });
  const adapter = { nr: 1, parent, bus, sysfs: new SysfsDir('i2c-1') };
  const dev = await core.addDevice({
    name: '1-0040',
    bus: I2C_BUS,
    parent,
    ofNode: node,
    outer: (self) => new I2cClient(self, adapter, 0x40),
  });
  return dev.outer as I2cClient;
}

const refusal = async (promise: Promise<unknown>): Promise<SysError> => {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(SysError);
  return error as SysError;
};

test('an 8-bit address and a 16-bit value travel as address, high byte, low byte', async () => {
  const { map, wires, chip } = await bench(WORDS);
  await map.write(R.CRIT1, 0xc180);
  chip.set('01', [0x71, 0x27]);
  expect(await map.read(R.SHUNT1)).toBe(0x7127);
  expect(wires).toEqual(['07 c1 80', '01', 'r 2']);
});

test.each([
  { config: { regBits: 8, valBits: 8 }, value: 0x5a, sent: '07 5a' },
  { config: { regBits: 8, valBits: 16, valFormatEndian: 'little' }, value: 0xc180, sent: '07 80 c1' },
  { config: { regBits: 8, valBits: 32 }, value: 0xdeadbeef, sent: '07 de ad be ef' },
  { config: { regBits: 8, valBits: 32, valFormatEndian: 'little' }, value: 0xdeadbeef, sent: '07 ef be ad de' },
  { config: { regBits: 16, valBits: 8 }, value: 0x5a, sent: '00 07 5a' },
  { config: { regBits: 16, valBits: 16, regFormatEndian: 'little' }, value: 0xc180, sent: '07 00 c1 80' },
  { config: { regBits: 16, valBits: 32 }, value: 0x80000001, sent: '00 07 80 00 00 01' },
] as const)('$config.regBits and $config.valBits bits go out as $sent and come back as written', async (row) => {
  const { map, wires } = await bench(row.config);
  await map.write(R.CRIT1, row.value);
  expect(wires).toEqual([row.sent]);
  expect(await map.read(R.CRIT1)).toBe(row.value);
});

test('a 16-bit address has both bytes on the wires', async () => {
  const { map, wires } = await bench({ regBits: 16, valBits: 8 });
  await map.write(R.FAR, 1);
  expect(wires).toEqual(['01 20 01']);
});

test.each([
  ['little-endian', '07 80 c1'],
  ['native-endian', '07 80 c1'],
  ['big-endian', '07 c1 80'],
])('a node that says %s sets the byte order of values', async (property, sent) => {
  const { map, wires } = await bench(WORDS, undefined, property);
  await map.write(R.CRIT1, 0xc180);
  expect(wires).toEqual([sent]);
});

test('an adapter with SMBus words alone carries the same bytes', async () => {
  const { map, wires, chip } = await bench(WORDS, ['smbus-word']);
  await map.write(R.CRIT1, 0xc180);
  chip.set('01', [0x71, 0x27]);
  expect(await map.read(R.SHUNT1)).toBe(0x7127);
  expect(wires).toEqual(['07 c1 80', '01', 'r 2']);
});

test.each<[RegmapConfig, readonly I2cFunction[]]>([
  [WORDS, []],
  [{ regBits: 8, valBits: 8 }, ['smbus-word']],
  [{ regBits: 16, valBits: 16 }, ['smbus-word']],
])('without a fitting transfer there is no map: ENOTSUPP (%o on %o)', async (config, functionality) => {
  expect(await refusal(bench(config, functionality))).toMatchObject({ code: 'ENOTSUPP', errno: -524 });
});

test('update changes the named fields alone, and writes nothing when nothing changes', async () => {
  const { map, wires, chip } = await bench(WORDS);
  chip.set('00', [0x71, 0x27]);
  expect(await map.update(R.CONFIG, { AVG: 3, MODE: 0 })).toBe(true);
  expect(await map.update(R.CONFIG, { AVG: 3 })).toBe(false);
  expect(wires).toEqual(['00', 'r 2', '00 77 20', '00', 'r 2']);
  expect(await map.readField(R.CONFIG, 'AVG')).toBe(3);
});

test('updateBits takes only the bits of the mask from the value', async () => {
  const { map, wires, chip } = await bench(WORDS);
  chip.set('00', [0x71, 0x27]);
  expect(await map.updateBits(R.CONFIG, 0x0007, 0xfff0)).toBe(true);
  expect(wires).toEqual(['00', 'r 2', '00 71 20']);
});

test('two updates at once do not tear each other', async () => {
  const { map, chip } = await bench(WORDS);
  await Promise.all([map.update(R.CONFIG, { AVG: 7 }), map.update(R.CONFIG, { MODE: 5 }), map.read(R.CONFIG)]);
  expect(chip.get('00')).toEqual([0x0e, 0x05]);
});

test('a read that waits for its turn gets its own bytes', async () => {
  const { map, chip } = await bench(WORDS);
  chip.set('01', [0x00, 0x01]).set('07', [0x00, 0x07]);
  expect(await Promise.all([map.read(R.SHUNT1), map.read(R.CRIT1), map.read(R.SHUNT1)])).toEqual([1, 7, 1]);
});

test('after a failure the next in line has its turn', async () => {
  const rig = await bench(WORDS);
  rig.fail = { nth: 1, code: 'EREMOTEIO' };
  rig.chip.set('07', [0x00, 0x07]);
  const [first, second] = await Promise.allSettled([rig.map.read(R.SHUNT1), rig.map.read(R.CRIT1)]);
  expect(first.status).toBe('rejected');
  expect(second).toEqual({ status: 'fulfilled', value: 7 });
  expect(await rig.map.read(R.CRIT1)).toBe(7);
});

test('an error names device, register and code, and keeps its cause', async () => {
  const rig = await bench(WORDS);
  rig.fail = { nth: 1, code: 'EREMOTEIO' };
  const failed = await refusal(rig.map.write(R.CONFIG, 0xf127));
  expect(failed).toMatchObject({ code: 'EREMOTEIO', op: 'regmap', dev: '/i2c@0/power@40' });
  expect(failed.message).toBe('/i2c@0/power@40: regmap: write CONFIG failed (EREMOTEIO)');
  expect(failed.cause).toMatchObject({ message: 'i2c-1: i2c: injected (EREMOTEIO)' });
  rig.fail = { nth: 2, code: 'ETIMEDOUT' };
  expect((await refusal(rig.map.read(R.CONFIG))).message).toBe(
    '/i2c@0/power@40: regmap: read CONFIG failed (ETIMEDOUT)',
  );
});

test('what is not a SysError passes as it is', async () => {
  const client = await clientOn({ functionality: ['i2c'], transfer: () => Promise.reject(new Error('our mistake')) });
  await expect(regmapInitI2c(client, WORDS).read(R.CONFIG)).rejects.toThrow(/^our mistake$/);
});

test('too few bytes end with EIO', async () => {
  const client = await clientOn({ functionality: ['i2c'], transfer: () => Promise.resolve(new Uint8Array(1)) });
  expect(await refusal(regmapInitI2c(client, WORDS).read(R.CONFIG))).toMatchObject({ code: 'EIO' });
});

test('registers outside the access rules end with EIO and stay off the wires', async () => {
  const { map, wires } = await bench({ ...WORDS, maxRegister: 0x09, readable: [[0, 8]], writeable: [[7, 9]] });
  const codes = async (promise: Promise<unknown>) => (await refusal(promise)).code;
  expect(await codes(map.read(R.CRIT2))).toBe('EIO');
  expect(await codes(map.write(R.CONFIG, 0))).toBe('EIO');
  expect(await codes(map.read(R.STATUS))).toBe('EIO');
  expect(await codes(map.write(R.STATUS, 0))).toBe('EIO');
  expect(wires).toEqual([]);
});

test('an address off the stride or too wide ends with EINVAL (regmap-R7)', async () => {
  const { map, wires } = await bench({ ...WORDS, regStride: 2 });
  for (const reg of [R.SHUNT1, R.FAR]) {
    expect((await refusal(map.read(reg))).code).toBe('EINVAL');
    expect((await refusal(map.write(reg, 0))).code).toBe('EINVAL');
  }
  expect(wires).toEqual([]);
});

test.each<I2cFunction>(['i2c', 'smbus-word'])(
  'a value too wide ends with EINVAL and leaves chip and cache alone on %s (regmap-R3)',
  async (functionality) => {
    const { map, wires } = await bench(CACHED, [functionality]);
    await map.write(R.CRIT1, 0x7ff8);
    for (const value of [0x10000, -8, 1.5]) expect((await refusal(map.write(R.CRIT1, value))).code).toBe('EINVAL');
    expect(await map.read(R.CRIT1)).toBe(0x7ff8);
    expect(wires).toEqual(['07 7f f8']);
  },
);

test('a cached register is read from the chip once, a volatile one each time', async () => {
  const { map, wires } = await bench(CACHED);
  for (let i = 0; i < 2; i++) await map.read(R.CRIT1);
  for (let i = 0; i < 2; i++) await map.read(R.STATUS);
  expect(wires).toEqual(['07', 'r 2', '0f', 'r 2', '0f', 'r 2']);
});

test('a register never seen is read from the chip, not taken for 0 (regmap-R6)', async () => {
  const { map, chip } = await bench(CACHED);
  chip.set('08', [0x7f, 0xf8]);
  expect(await map.read(R.WARN1)).toBe(0x7ff8);
});

test('bypass goes to the chip and leaves the cache as it is', async () => {
  const { map, chip } = await bench(CACHED);
  await map.write(R.CRIT1, 8);
  chip.set('07', [0, 16]);
  map.cacheBypass(true);
  expect(await map.read(R.CRIT1)).toBe(16);
  await map.write(R.CRIT1, 24);
  map.cacheBypass(false);
  expect(await map.read(R.CRIT1)).toBe(8);
});

test.each<I2cFunction>(['i2c', 'smbus-word'])(
  'a failed write forgets that register and no other on %s (regmap-R1, regmap-R2)',
  async (functionality) => {
    const rig = await bench(CACHED, [functionality]);
    await rig.map.write(R.CRIT1, 8);
    await rig.map.write(R.WARN1, 16);
    rig.fail = { nth: 3, code: 'EREMOTEIO' };
    await refusal(rig.map.write(R.CRIT1, 24));
    rig.wires.length = 0;
    expect([await rig.map.read(R.CRIT1), await rig.map.read(R.WARN1)]).toEqual([8, 16]);
    expect(rig.wires).toEqual(['07', 'r 2']);
  },
);

test('cache-only keeps everything off the bus; what is not cached is EBUSY', async () => {
  const { map, wires } = await bench(CACHED);
  map.cacheOnly(true);
  await map.write(R.CRIT1, 8);
  await map.write(R.STATUS, 8);
  expect(await map.read(R.CRIT1)).toBe(8);
  expect((await refusal(map.read(R.WARN1))).code).toBe('EBUSY');
  expect((await refusal(map.read(R.STATUS))).code).toBe('EBUSY');
  expect((await refusal(map.update(R.CONFIG, { MODE: 0 }))).code).toBe('EBUSY');
  expect(wires).toEqual([]);
});

test('sync sends every cached register, lowest first and each in its own transfer (regmap-R4, regmap-R5)', async () => {
  const { map, wires } = await bench(CACHED);
  map.cacheOnly(true);
  for (const [reg, value] of [
    [R.WARN1, 16],
    [R.CRIT2, 24],
    [R.CRIT1, 8],
  ] as const)
    await map.write(reg, value);
  map.cacheOnly(false);
  await map.sync();
  expect(wires).toEqual(['07 00 08', '08 00 10', '09 00 18']);
  await map.sync();
  expect(wires.length).toBe(3);
});

test('after a reset of the chip sync leaves out what still has its default', async () => {
  const { map, wires } = await bench({
    ...CACHED,
    regDefaults: [
      [R.CRIT1, 0x7ff8],
      [R.WARN1, 0x7ff8],
    ],
  });
  expect(await map.read(R.CRIT1)).toBe(0x7ff8);
  await map.write(R.WARN1, 16);
  map.markDirty();
  await map.sync();
  expect(wires).toEqual(['08 00 10', '08 00 10']);
});

test('without a known reset sync sends defaults too', async () => {
  const { map, wires } = await bench({ ...CACHED, regDefaults: [[R.CRIT1, 0x7ff8]] });
  map.cacheOnly(true);
  await map.write(R.WARN1, 16);
  map.cacheOnly(false);
  await map.sync();
  expect(wires).toEqual(['07 7f f8', '08 00 10']);
});

test('a sync that fails says where, in the words of Linux, and can be tried again', async () => {
  const rig = await bench(CACHED);
  rig.trace();
  rig.map.cacheOnly(true);
  await rig.map.write(R.CRIT1, 8);
  await rig.map.write(R.WARN1, 16);
  rig.map.cacheOnly(false);
  rig.fail = { nth: 2, code: 'EREMOTEIO' };
  expect((await refusal(rig.map.sync())).message).toBe('/i2c@0/power@40: regmap: write WARN1 failed (EREMOTEIO)');
  const said = rig.events.flatMap((event) => (event.kind === 'printk' ? [event.text] : []));
  expect(said).toEqual(['i2c 1-0040: Unable to sync register 0x8. -121']);
  await rig.map.sync();
  expect(rig.wires).toEqual(['07 00 08', '07 00 08', '08 00 10']);
});

test('dropRegion forgets both ends and nothing beyond', async () => {
  const { map, wires } = await bench(CACHED);
  for (const reg of [R.CRIT1, R.WARN1, R.CRIT2]) await map.write(reg, 8);
  map.dropRegion(R.CRIT1, R.WARN1);
  wires.length = 0;
  for (const reg of [R.CRIT1, R.WARN1, R.CRIT2]) await map.read(reg);
  expect(wires).toEqual(['07', 'r 2', '08', 'r 2']);
});

test('the trace shows what went over the bus, under the names of the registers', async () => {
  const { map, events, trace } = await bench(CACHED);
  trace();
  await map.write(R.CRIT1, 8);
  await map.read(R.CRIT1);
  await map.read(R.STATUS);
  await map.sync();
  expect(events).toEqual([
    { t: 0, seq: 0, where: '/i2c@0/power@40', kind: 'regmap_reg_write', reg: 7, name: 'CRIT1', val: 8 },
    { t: 0, seq: 1, where: '/i2c@0/power@40', kind: 'regmap_reg_read', reg: 15, name: 'STATUS', val: 0 },
    { t: 0, seq: 2, where: '/i2c@0/power@40', kind: 'regcache_sync', status: 'start' },
    { t: 0, seq: 3, where: '/i2c@0/power@40', kind: 'regcache_sync', status: 'stop' },
  ]);
});
