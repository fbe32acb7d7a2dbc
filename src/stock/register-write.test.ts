import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Access, fieldMask } from '../base/regs.js';
import { swab32 } from '../bus/mmio.js';
import { type PageLab, pageLab } from '../../test/page-lab.js';
import { InputError } from './input-error.js';
import { reachOf } from './register-write.js';

const POWER = '/soc@10000000/i2c@10001000/power-sensor@40';
let lab: PageLab;
beforeEach(async () => {
  lab = await pageLab();
});
afterEach(async () => {
  expect(await lab.end()).toEqual([]);
});

const registersOf = (path: string): Readonly<Record<string, number>> =>
  lab.bench.sockets.get(path)?.inspection?.registers() ?? {};

/** What the trace says of the buses since an event. */
function wires(from: number): string[] {
  return [...lab.events.since(from)].map((e) => {
    if (e.kind === 'i2c_write') return `${e.addr.toString(16)} [${e.bytes}]`;
    if (e.kind === 'i2c_result') return `ret=${e.ret}`;
    return e.kind === 'mmio_write' ? `${e.offset.toString(16)}=${e.val.toString(16)}` : e.kind;
  });
}

async function write(words: string): Promise<string[]> {
  const from = lab.events.ring.end;
  lab.player.act(`write ${words}`);
  await lab.bench.clock.settle();
  return wires(from);
}

test('a register of an I2C chip is written by a transfer: the pointer, then the word, high byte first', async () => {
  expect(await write('power-sensor@40 CRITICAL1=0x1238')).toEqual(['40 [07 12 38]', 'ret=1']);
  expect(registersOf(POWER)['CRITICAL1']).toBe(0x1238);
  expect(lab.player.text).toContain('write power-sensor@40 CRITICAL1=0x1238');
});

test('a field is written with what its register has beside it', async () => {
  const before = registersOf(POWER)['CONFIG'] as number;
  // SBOS576C: AVG is bits 11 to 9; 0b011 are 64 samples.
  await write('power-sensor@40 CONFIG.AVG=0b11');
  expect(registersOf(POWER)['CONFIG']).toBe((before & ~0x0e00) | 0x0600);
});

test('a register in memory is written through its window', async () => {
  const gce = '/soc@10000000/mailbox@10238000';
  expect(await write('mailbox@10238000 GPR_R3=0xcafe')).toEqual(['8c=cafe']);
  expect(registersOf(gce)['GPR_R3']).toBe(0xcafe);
});

test('a big-endian block gets its bytes in its order', async () => {
  expect(await write('qman@18880000 CI_SCHED_CFG=0x11223344')).toEqual(['d00=44332211']);
  expect(registersOf('/soc@10000000/qman@18880000')['CI_SCHED_CFG']).toBe(0x1122_3344);
});

test('an error of the bus comes as a notice, with what was written', async () => {
  lab.player.act('fault i2c.data@0x40#1=nack-data');
  await write('power-sensor@40 WARNING1=8');
  expect(lab.player.notices).toEqual([
    'write power-sensor@40 WARNING1=8: /soc@10000000/i2c@10001000: ' +
      'i2c: no acknowledge from 0x40 for byte 0 (EREMOTEIO)',
  ]);
});

test.each([
  ['power-sensor@40', 'this is no register and value'],
  ['power-sensor@40 CONFIG=-1', 'this is no register and value'],
  ['power-sensor@40 CONFIG=1e3', 'this is no register and value'],
  ['power-sensor@40 SPEED=1', 'there is no register SPEED'],
  ['power-sensor@40 CONFIG.SPEED=1', 'CONFIG has no field SPEED'],
  ['power-sensor@40 CONFIG=0x10000', '65536 has more than 16 bits'],
  ['power-sensor@40 CONFIG.MODE=8', '8 does not fit bits [2:0]'],
  ['power-sensor@40 BUS1=5', 'BUS1 is read-only'],
  ['power-sensor@40 MASK_ENABLE.CVRF=1', 'CVRF is read-only'],
  ['remoteproc@10300000 PACKETS=0', '/soc@10000000/remoteproc@10300000 has no table of registers'],
  ['clock-26m CONFIG=1', 'no chip model sits at /clock-26m'],
  ['nothing CONFIG=1', 'no node is called nothing'],
])('write %s: %s', (words, what) => {
  const from = lab.events.ring.end;
  expect(() => lab.player.act(`write ${words}`)).toThrow(InputError);
  expect(() => lab.player.act(`write ${words}`)).toThrow(what);
  expect([lab.events.ring.end, lab.player.steps]).toEqual([from, []]);
});

/** Reading those by the bus changes nothing. */
const QUIET: readonly Access[] = ['rw', 'ro'];

test('whatever a map says can be read there over the bus, with the value that the chip shows', async () => {
  const compared: Record<string, number> = {};
  const differ: string[] = [];
  for (const [path, socket] of lab.bench.sockets) {
    const map = socket.inspection?.map?.();
    const node = lab.bench.tree.byPath(path);
    if (map === undefined || node === undefined) continue;
    const reach = reachOf(lab.bench, node, map.window);
    const shown = registersOf(path);
    for (const { name, addr, fields } of map.registers) {
      const all = Object.values(fields);
      if (!all.every(({ access }) => QUIET.includes(access)) || shown[name] === undefined) continue;
      const mask = all.reduce((sum, field) => (sum | fieldMask(field)) >>> 0, 0);
      let value = 0;
      if (reach.kind === 'i2c') {
        const [high = 0, low = 0] = await lab.bench.drive('reading', 1e9, () =>
          reach.client.bus.transfer(reach.client.addr, [{ write: Uint8Array.of(addr) }, { read: 2 }]),
        );
        value = high * 256 + low;
      } else if (reach.kind === 'mmio') {
        const space = lab.bench.core.wires.ioremap(reach.start, reach.size, 'test');
        value = map.order === 'big' ? swab32(space.read32(addr)) : space.read32(addr);
      }
      const [read, seen] = [(value & mask) >>> 0, (shown[name] & mask) >>> 0];
      if (read !== seen) differ.push(`${path} ${name}: read ${read}, shown ${seen}`);
      compared[socket.model.name] = (compared[socket.model.name] ?? 0) + 1;
    }
  }
  expect(differ).toEqual([]);
  expect(Object.keys(compared).sort()).toEqual([
    ...[
      'bman',
      'fman',
      'fman-memac',
      'gce',
      'ina3221',
      'mtk-disp-aal',
      'mtk-disp-ccorr',
      'mtk-disp-color',
      'mtk-disp-dither',
    ],
    ...['mtk-disp-gamma', 'mtk-disp-mutex', 'mtk-disp-ovl', 'mtk-disp-ovl-2l', 'mtk-disp-rdma', 'mtk-dsi'],
    ...['mtk-mmsys', 'qman'],
  ]);
  expect(Object.values(compared).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(300);
});
