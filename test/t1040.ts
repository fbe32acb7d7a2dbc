// A small tree of a T1040: portals of PowerPC's layout, one FMan with two ports of 1 Gbit/s, links that are fixed.
import type { DtTree } from '../src/dt/tree.js';
import { treeOf } from './lab.js';

/** Device paths of its MACs. */
export const T1040_MACS: readonly [string, string] = [
  '/soc@ffe000000/fman@400000/ethernet@e0000',
  '/soc@ffe000000/fman@400000/ethernet@e2000',
];

const hex = (value: number): string => `0x${value.toString(16)}`;

const portals = (kind: 'qman' | 'bman', count: number): string =>
  Array.from(
    { length: count },
    (_, n) => `${kind}-portal@${(n * 0x4000).toString(16)} { compatible = "fsl,${kind}-portal"; cell-index = <${n}>;
      reg = <${hex(n * 0x4000)} 0x4000>, <${hex(0x100_0000 + n * 0x1000)} 0x1000>;
      interrupts = <0 ${(kind === 'qman' ? 104 : 105) + 2 * n} 4>; };`,
  ).join('\n');

const port = (nr: number): string => `
  rx${nr}: port@${(0x88000 + nr * 0x1000).toString(16)} { compatible = "fsl,fman-v3-port-rx"; cell-index = <${8 + nr}>;
    reg = <${hex(0x88000 + nr * 0x1000)} 0x1000>; };
  tx${nr}: port@${(0xa8000 + nr * 0x1000).toString(16)} { compatible = "fsl,fman-v3-port-tx";
    cell-index = <${0x28 + nr}>; reg = <${hex(0xa8000 + nr * 0x1000)} 0x1000>; };
  ethernet@${(0xe0000 + nr * 0x2000).toString(16)} { compatible = "fsl,fman-memac"; cell-index = <${nr}>;
    reg = <${hex(0xe0000 + nr * 0x2000)} 0x1000>; fsl,fman-ports = <&rx${nr} &tx${nr}>;
    phy-connection-type = "sgmii"; local-mac-address = [02 00 00 00 00 ${20 + nr}];
    fixed-link { speed = <1000>; full-duplex; }; };`;

/** The tree. */
export function t1040Tree(): DtTree {
  const cpu = (n: number): string => `cpu@${n} { device_type = "cpu"; compatible = "fsl,e5500"; reg = <${n}>; };`;
  return treeOf(`/ { compatible = "fsl,T1040RDB"; #address-cells = <2>; #size-cells = <2>;
    interrupt-parent = <&pic>;
    cpus { #address-cells = <1>; #size-cells = <0>; ${[0, 1, 2, 3].map(cpu).join(' ')} };
    memory@0 { device_type = "memory"; reg = <1 0 0 0x40000000>; };
    reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
      bman-fbpr { compatible = "fsl,bman-fbpr"; size = <0 0x1000000>; alignment = <0 0x1000000>; };
      qman-fqd { compatible = "fsl,qman-fqd"; size = <0 0x400000>; alignment = <0 0x400000>; };
      qman-pfdr { compatible = "fsl,qman-pfdr"; size = <0 0x2000000>; alignment = <0 0x2000000>; }; };
    bman-portals@ff4000000 { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
      ranges = <0 0xf 0xf4000000 0x2000000>; ${portals('bman', 10)} };
    qman-portals@ff6000000 { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
      ranges = <0 0xf 0xf6000000 0x2000000>; ${portals('qman', 10)} };
    soc@ffe000000 { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
      ranges = <0 0xf 0xfe000000 0x1000000>;
      pic: pic@40000 { compatible = "x,pic"; interrupt-controller; #interrupt-cells = <3>; reg = <0x40000 0x40000>; };
      qman@318000 { compatible = "fsl,qman"; reg = <0x318000 0x2000>; interrupts = <0 16 4>; };
      bman@31a000 { compatible = "fsl,bman"; reg = <0x31a000 0x1000>; interrupts = <0 16 4>; };
      fman@400000 { compatible = "fsl,fman"; cell-index = <0>; #address-cells = <1>; #size-cells = <1>;
        ranges = <0 0x400000 0xfe000>; reg = <0x400000 0xfe000>; interrupts = <0 96 4>;
        fsl,qman-channel-range = <0x800 0x10>; ${port(0)} ${port(1)} }; }; };`);
}
