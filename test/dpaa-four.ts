// A machine of four CPUs with portals of their own, and two ports: devicetree source.

/** Numbers of CPUs and of their portals. */
const FOUR = [0, 1, 2, 3] as const;

const cpu = (n: number): string => `cpu@${n} { device_type = "cpu"; reg = <${n}>; };`;
const portal = (kind: string, n: number): string =>
  `${kind}-portal@${n}0000 { compatible = "fsl,${kind}-portal"; reg = <0x${n}0000 0x4000>, <0x40${n}0000 0x4000>;
  interrupts = <0 ${(kind === 'qman' ? 172 : 173) + 2 * n} 4>; cell-index = <${n}>; };`;
const port = (kind: 'rx' | 'tx', n: number): string =>
  `${kind}${n}: port@${kind === 'rx' ? 88 + n : `a${8 + n}`}000 { compatible = "fsl,fman-v3-port-${kind}";
  cell-index = <${(kind === 'rx' ? 8 : 0x28) + n}>; reg = <0x${kind === 'rx' ? 88 + n : `a${8 + n}`}000 0x1000>; };`;
const mac = (n: number): string =>
  `enet${n}: ethernet@e${2 * n}000 { compatible = "fsl,fman-memac"; cell-index = <${n}>; reg = <0xe${2 * n}000 0x1000>;
  fsl,fman-ports = <&rx${n} &tx${n}>; phy-handle = <&phy${n}>; phy-connection-type = "rgmii-id";
  local-mac-address = [02 00 00 00 00 1${n}]; };`;
const region = (name: string, size: string): string =>
  `${name.slice(5)}: ${name} { compatible = "shared-dma-pool"; size = <0 ${size}>; alignment = <0 ${size}>; no-map; };`;

/** The two MACs' paths. */
export const FOUR_MACS: readonly [string, string] = [
  '/soc/fman@1a00000/ethernet@e0000',
  '/soc/fman@1a00000/ethernet@e2000',
];

/** The source; `patch` changes it. */
export function fourSource(patch: (source: string) => string = (source) => source): string {
  return patch(`/ { compatible = "fsl,ls1046a-rdb", "fsl,ls1046a"; #address-cells = <2>; #size-cells = <2>;
  interrupt-parent = <&gic>;
  aliases { ethernet0 = &enet0; ethernet1 = &enet1; };
  gic: gic { compatible = "arm,gic-400"; interrupt-controller; #interrupt-cells = <3>; };
  cpus { #address-cells = <1>; #size-cells = <0>; ${FOUR.map(cpu).join(' ')} };
  memory@880000000 { device_type = "memory"; reg = <0x8 0x80000000 0 0x40000000>; };
  reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
    ${region('bman-fbpr', '0x100000')} ${region('qman-fqd', '0x10000')} ${region('qman-pfdr', '0x100000')} };
  soc { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>; ranges;
    qman: qman@1880000 { compatible = "fsl,qman"; reg = <0 0x1880000 0 0x10000>; memory-region = <&fqd &pfdr>; };
    bman: bman@1890000 { compatible = "fsl,bman"; reg = <0 0x1890000 0 0x10000>; memory-region = <&fbpr>; };
    fman0: fman@1a00000 { compatible = "fsl,fman"; cell-index = <0>; reg = <0 0x1a00000 0 0xfe000>;
      #address-cells = <1>; #size-cells = <1>; ranges = <0 0 0x1a00000 0xfe000>; interrupts = <0 44 4>;
      fsl,qman-channel-range = <0x800 0x10>;
      muram@0 { compatible = "fsl,fman-muram"; reg = <0 0x60000>; };
      ${[port('rx', 0), port('rx', 1), port('tx', 0), port('tx', 1), mac(0), mac(1)].join('\n      ')}
      mdio: mdio@fc000 { compatible = "fsl,fman-memac-mdio"; reg = <0xfc000 0x1000>;
        #address-cells = <1>; #size-cells = <0>;
        phy0: ethernet-phy@1 { reg = <1>; }; phy1: ethernet-phy@2 { reg = <2>; }; }; };
    qportals: qman-portals-bus@500000000 { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
      ranges = <0 0x5 0 0x8000000>; ${FOUR.map((n) => portal('qman', n)).join('\n      ')} };
    bportals: bman-portals-bus@508000000 { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
      ranges = <0 0x5 0x08000000 0x8000000>; ${FOUR.map((n) => portal('bman', n)).join('\n      ')} }; }; };`);
}
