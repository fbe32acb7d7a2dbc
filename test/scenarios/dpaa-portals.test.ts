// QMan and BMan on a board: windows, interrupts and the wire are where the tree of LS1043A-RDB has them.
import { expect, test } from 'vitest';
import { iowrite32be, type MmioSpace } from '../../src/bus/mmio.js';
import { bmanChip } from '../../src/chips/bman/bman.js';
import { qmanChip } from '../../src/chips/qman/qman.js';
import type { Driver } from '../../src/core/device.js';
import { devmRequestIrq, platformGetIrq } from '../../src/core/interrupt.js';
import { devmPlatformIoremapResource } from '../../src/core/io.js';
import { platformDriver } from '../../src/core/platform-device.js';
import { benchOf } from '../bench.js';
import { BmanHands, bmanMemory } from '../qbman-rig.js';
import { treeOf } from '../lab.js';
import { QmanHands, qmanMemory } from '../qman-hands.js';

const portal = (kind: string, n: number): string => `${kind}-portal@${n}0000 { compatible = "fsl,${kind}-portal";
  reg = <0x${n}0000 0x4000>, <0x40${n}0000 0x4000>; interrupts = <0 ${(kind === 'qman' ? 172 : 173) + 2 * n} 4>; };`;
const TREE = `/ { compatible = "fsl,ls1043a-rdb", "fsl,ls1043a"; #address-cells = <2>; #size-cells = <2>;
  interrupt-parent = <&gic>;
  memory@880000000 { device_type = "memory"; reg = <8 0x80000000 0 0x100000>; };
  gic: gic { compatible = "x,gic"; interrupt-controller; #interrupt-cells = <3>; };
  soc { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>; ranges;
    qman@1880000 { compatible = "fsl,qman"; reg = <0 0x1880000 0 0x10000>; interrupts = <0 45 4>; };
    bman@1890000 { compatible = "fsl,bman"; reg = <0 0x1890000 0 0x10000>; interrupts = <0 45 4>; };
    bman-portals-bus@508000000 { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
      ranges = <0 5 0x08000000 0x8000000>; ${portal('bman', 0)} ${portal('bman', 1)} };
    qman-portals-bus@500000000 { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
      ranges = <0 5 0 0x8000000>; ${portal('qman', 0)} ${portal('qman', 1)} }; }; };`;

test('portals, blocks and interrupts of a tree belong together', async () => {
  const windows = new Map<string, MmioSpace[]>();
  const irqs: string[] = [];
  const driver: Driver = platformDriver({
    name: 'hands',
    compatible: ['fsl,qman', 'fsl,bman', 'fsl,qman-portal', 'fsl,bman-portal'],
    probe(dev) {
      const rows = dev.path.includes('portal') ? [0, 1] : [0];
      windows.set(
        dev.path.split('/').at(-1) ?? '',
        rows.map((row) => devmPlatformIoremapResource(dev, row)),
      );
      devmRequestIrq(dev, platformGetIrq(dev, 0), () => {
        irqs.push(dev.path.split('/').at(-1) ?? '');
        if (rows.length === 2) iowrite32be((windows.get(irqs.at(-1) ?? '') as MmioSpace[])[1] as MmioSpace, 0x3640, 0);
        return 'handled';
      });
    },
  });
  const bench = benchOf(treeOf(TREE), { drivers: [driver], chips: [qmanChip(), bmanChip()] });
  await bench.powerOn();
  const at = (name: string) => ({ windows: windows.get(name) as MmioSpace[] }) as never;
  qmanMemory((windows.get('qman@1880000') as MmioSpace[])[0] as MmioSpace);
  bmanMemory((windows.get('bman@1890000') as MmioSpace[])[0] as MmioSpace);
  const [q0, q1] = [new QmanHands(at('qman-portal@00000')), new QmanHands(at('qman-portal@10000'))];
  const [b0, b1] = [new BmanHands(at('bman-portal@00000')), new BmanHands(at('bman-portal@10000'))];
  b1.release(7, [0x8_9000_0000]);
  q1.setReg('IER', 0x2_0000);
  expect(q0.init(0x100, { destWq: (1 << 3) | 3, contextB: 5 })).toBe(0xf0);
  q0.enqueue(0x100, [0x0007_0008, 0x9000_0000, 64, 0]);
  await bench.clock.run(1000);
  expect([q1.drain().map(({ contextB }) => contextB), b0.acquire(7, 1), irqs]).toEqual([
    [5],
    [0x8_9000_0000],
    ['qman-portal@10000'],
  ]);
});
