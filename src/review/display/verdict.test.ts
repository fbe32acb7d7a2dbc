// The first line of `bringup display`, over small boards.
import { expect, test } from 'vitest';
import { treeOf } from '../../../test/tree-of.js';
import { KERNELS } from '../../drivers/mtk-drm/rules.js';
import { forecastDisplay } from './forecast.js';
import { verdicts } from './verdict.js';

/** RDMA0 → DSI0 → bridge; the words stand in the nodes of that name. */
function board({ mutex = '', i2c = '', bridge = 'compatible = "analogix,anx7625";' } = {}): string {
  return `
/ {
  soc {
    mmsys: syscon@1 {
      compatible = "mediatek,mt8167-mmsys";
      port { start: endpoint@0 { reg = <0>; remote-endpoint = <&rdma_in>; }; };
    };
    mutex@2 { compatible = "mediatek,mt8167-disp-mutex"; ${mutex} };
    rdma@3 {
      compatible = "mediatek,mt8167-disp-rdma";
      ports {
        port@0 { reg = <0>; rdma_in: endpoint { remote-endpoint = <&start>; }; };
        port@1 { reg = <1>; rdma_out: endpoint { remote-endpoint = <&dsi_in>; }; };
      };
    };
    dsi@4 {
      compatible = "mediatek,mt8167-dsi";
      ports {
        port@0 { reg = <0>; dsi_in: endpoint { remote-endpoint = <&rdma_out>; }; };
        port@1 { reg = <1>; dsi_out: endpoint { remote-endpoint = <&bridge_in>; }; };
      };
    };
    i2c@5 {
      ${i2c}
      bridge@58 { ${bridge} port { bridge_in: endpoint { remote-endpoint = <&dsi_out>; }; }; };
    };
  };
};`;
}

const verdictOf = (source: string): string =>
  verdicts(forecastDisplay(treeOf(source), KERNELS['v7.1']))
    .map(({ kind, text }) => `${kind}: ${text}`)
    .join('\n');

test('a display works when its bridge can come up', () => {
  expect(verdictOf(board())).toBe('works: CRTC 0 main → DSI0 → bridge@58');
});

test('a bridge that never becomes a device keeps the whole display away', () => {
  const head = 'fails: DSI0 (/soc/dsi@4) waits for ever for /soc/i2c@5/bridge@58: ';
  expect(verdictOf(board({ i2c: 'status = "disabled";' }))).toBe(`${head}/soc/i2c@5 is disabled`);
  expect(verdictOf(board({ bridge: '' }))).toBe(`${head}it has no compatible`);
});

test('without a mutex no path is blamed, and without anything beside the mmsys nobody is', () => {
  expect(verdictOf(board({ mutex: 'status = "disabled";' }))).toBe(
    'fails: -ENODEV (-19) from the probe of /soc/syscon@1, which finds no disp-mutex: no display',
  );
  expect(verdictOf('/ { soc { syscon@1 { compatible = "mediatek,mt8167-mmsys"; }; }; };')).toBe(
    'no output: the tree describes no display blocks beside /soc/syscon@1',
  );
});

test('a path whose blocks are off is not blamed for a mutex that is missing', () => {
  const dropped = board({ mutex: 'status = "disabled";' }).replace(
    '"mediatek,mt8167-disp-rdma";',
    '"mediatek,mt8167-disp-rdma"; status = "disabled";',
  );
  expect(verdictOf(dropped)).toBe(
    'fails: -ENODEV (-19) from the probe of /soc/syscon@1, which finds no disp-mutex: no display',
  );
});
