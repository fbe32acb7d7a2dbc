// What is slow the first time is done once before a person needs it: a small board is read, made and thrown away. The
// browser has then compiled what every board needs.
import type { Settle } from '../base/clock.js';
import { compileText } from '../dt/compile-text.js';
import { memoryFiles } from '../base/files.js';
import { readFdt } from '../dt/fdt-read.js';
import { writeFdt } from '../dt/fdt-write.js';
import { DEFAULT_KERNEL } from '../review/display/kernels.js';
import { readDisplay } from '../page/views/display.js';
import { buildMachine, powerOn } from '../stock/machine.js';

/** So often: after that the engine knows what is called often. */
const ROUNDS = 3;

/** Takes a tenth of a second, in many small pieces; a tree that comes meanwhile is not held up. */
export async function warmUp(settle: Settle): Promise<void> {
  const { tree: source } = compileText(TREE, 'warm.dts', memoryFiles({}));
  if (source === undefined) return;
  const blob = writeFdt(source);
  for (let round = 0; round < ROUNDS; round++) {
    const { tree } = readFdt(blob);
    if (tree === undefined) return;
    const options = { seed: '1', fault: [], set: [], param: [] };
    const bench = buildMachine(tree, options, { settle });
    await powerOn(bench, options);
    JSON.stringify(bench.report());
    JSON.stringify(readDisplay(tree, DEFAULT_KERNEL));
    await bench.powerOff();
  }
}

const BLOCKS: readonly (readonly [kind: string, addr: number])[] = [
  ['ovl', 0x14008000],
  ['ovl-2l', 0x14009000],
  ['rdma', 0x1400b000],
  ['color', 0x1400e000],
  ['ccorr', 0x1400f000],
  ['aal', 0x14010000],
  ['gamma', 0x14011000],
  ['dither', 0x14012000],
];

const block = ([kind, addr]: (typeof BLOCKS)[number]): string => {
  const at = addr.toString(16);
  return `${kind}@${at} { compatible = "mediatek,mt8183-disp-${kind}"; reg = <0 0x${at} 0 0x1000>;
    interrupts = <0 225 8>; clocks = <&mm 0>; power-domains = <&pd 0>;
    mediatek,gce-client-reg = <&gce 1 0x8000 0x1000>; };`;
};

/** A part of an MT8183 and a monitor of power rails. */
const TREE = `/dts-v1/;
/ { compatible = "mediatek,mt8183"; #address-cells = <2>; #size-cells = <2>; interrupt-parent = <&gic>;
  aliases { ovl0 = "/soc/ovl@14008000"; rdma0 = "/soc/rdma@1400b000"; };
  chosen { };
  soc { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <2>; ranges;
    gic: interrupt-controller@c000000 { compatible = "arm,gic-v3"; #interrupt-cells = <3>; interrupt-controller;
      reg = <0 0xc000000 0 0x40000>; };
    mm: syscon@14000000 { compatible = "mediatek,mt8183-mmsys", "syscon"; reg = <0 0x14000000 0 0x1000>;
      #clock-cells = <1>; mboxes = <&gce 0 0>, <&gce 1 0>; mediatek,gce-client-reg = <&gce 1 0 0x1000>; };
    pd: power-controller { compatible = "mediatek,mt8183-power-controller"; #power-domain-cells = <1>; };
    gce: mailbox@10238000 { compatible = "mediatek,mt8183-gce"; reg = <0 0x10238000 0 0x4000>; interrupts = <0 162 8>;
      #mbox-cells = <2>; clocks = <&mm 1>; clock-names = "gce"; };
    ${BLOCKS.map(block).join('\n    ')}
    mutex@14016000 { compatible = "mediatek,mt8183-disp-mutex"; reg = <0 0x14016000 0 0x1000>; interrupts = <0 217 8>;
      power-domains = <&pd 0>; mediatek,gce-events = <130>, <131>; };
    dsi@14014000 { compatible = "mediatek,mt8183-dsi"; reg = <0 0x14014000 0 0x1000>; interrupts = <0 236 8>;
      #address-cells = <1>; #size-cells = <0>; clocks = <&mm 2>, <&mm 3>, <&mm 4>;
      clock-names = "engine", "digital", "hs";
      panel@0 { compatible = "boe,tv101wum-nl6"; reg = <0>; port { in: endpoint { remote-endpoint = <&out>; }; }; };
      ports { #address-cells = <1>; #size-cells = <0>;
        port@0 { reg = <0>; out: endpoint { remote-endpoint = <&in>; }; }; }; };
    i2c@11007000 { compatible = "mediatek,mt8183-i2c"; reg = <0 0x11007000 0 0x1000>; #address-cells = <1>;
      #size-cells = <0>; power@40 { compatible = "ti,ina3221"; reg = <0x40>; }; };
  };
};
`;
