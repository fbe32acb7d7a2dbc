// Each rule has a board without fault that it says nothing about, and one edit of it that it finds.
// An edit may carry the mark `/*!*/`: the finding must be at what stands behind it.
import { expect, test } from 'vitest';
import { treeOf } from '../../../test/tree-of.js';
import type { Severity } from '../../base/diagnostic.js';
import { type DisplayRules, KERNELS, RIGHT } from '../../drivers/mtk-drm/rules.js';
import type { DisplayFinding } from './finding.js';
import { forecastDisplay } from './forecast.js';
import { lintDisplay, RULES } from './lint.js';
import { SHIFTS } from './lint-context.js';
import { DISPLAY_MESSAGES } from './lint-messages.js';

/** RDMA0 → DSI0 → panel. */
const ONE_PATH = `
/ {
  aliases { };
  soc {
    mmsys: syscon@1 {
      compatible = "mediatek,mt8167-mmsys";
      port {
        #address-cells = <1>;
        #size-cells = <0>;
        start: endpoint@0 { reg = <0>; remote-endpoint = <&rdma_in>; };
      };
    };
    mutex: mutex@2 { compatible = "mediatek,mt8167-disp-mutex"; };
    rdma: rdma@3 {
      compatible = "mediatek,mt8167-disp-rdma";
      ports {
        port@0 { reg = <0>; rdma_in: endpoint { remote-endpoint = <&start>; }; };
        port@1 { reg = <1>; rdma_out: endpoint { remote-endpoint = <&dsi_in>; }; };
      };
    };
    dsi: dsi@4 {
      compatible = "mediatek,mt8167-dsi";
      ports {
        port@0 { reg = <0>; dsi_in: endpoint { remote-endpoint = <&rdma_out>; }; };
        port@1 { reg = <1>; dsi_out: endpoint { remote-endpoint = <&panel_in>; }; };
      };
      panel: panel@0 {
        compatible = "boe,tv101wum-nl6";
        port { panel_in: endpoint { remote-endpoint = <&dsi_out>; }; };
      };
    };
  };
};
`;

/** DITHER0 → DSI0 → panel, and RDMA1 → DPI0 → hdmi. This mmsys has no built-in paths. */
const TWO_PATHS = `
/ {
  aliases { rdma1 = "/soc/rdma@5"; };
  soc {
    mmsys: syscon@1 {
      compatible = "mediatek,mt8365-mmsys";
      port {
        #address-cells = <1>;
        #size-cells = <0>;
        start0: endpoint@0 { reg = <0>; remote-endpoint = <&dither_in>; };
        start1: endpoint@1 { reg = <1>; remote-endpoint = <&rdma_in>; };
      };
    };
    mutex: mutex@2 { compatible = "mediatek,mt8365-disp-mutex"; };
    dither: dither@3 {
      compatible = "mediatek,mt8183-disp-dither";
      ports {
        port@0 { reg = <0>; dither_in: endpoint { remote-endpoint = <&start0>; }; };
        port@1 { reg = <1>; dither_out: endpoint { remote-endpoint = <&dsi_in>; }; };
      };
    };
    dsi: dsi@4 {
      compatible = "mediatek,mt8183-dsi";
      ports {
        port@0 { reg = <0>; dsi_in: endpoint { remote-endpoint = <&dither_out>; }; };
        port@1 { reg = <1>; dsi_out: endpoint { remote-endpoint = <&panel_in>; }; };
      };
      panel: panel@0 {
        compatible = "boe,tv101wum-nl6";
        port { panel_in: endpoint { remote-endpoint = <&dsi_out>; }; };
      };
    };
    rdma: rdma@5 {
      compatible = "mediatek,mt8183-disp-rdma";
      ports {
        port@0 { reg = <0>; rdma_in: endpoint { remote-endpoint = <&start1>; }; };
        port@1 {
          #address-cells = <1>;
          #size-cells = <0>;
          reg = <1>;
          rdma_out: endpoint@1 { reg = <1>; remote-endpoint = <&dpi_in>; };
        };
      };
    };
    dpi: dpi@6 {
      compatible = "mediatek,mt8192-dpi";
      ports {
        port@0 { reg = <0>; dpi_in: endpoint { remote-endpoint = <&rdma_out>; }; };
        port@1 {
          #address-cells = <1>;
          #size-cells = <0>;
          reg = <1>;
          dpi_out: endpoint@1 { reg = <1>; remote-endpoint = <&hdmi_in>; };
        };
      };
    };
    hdmi: hdmi {
      compatible = "ite,it66121";
      port { hdmi_in: endpoint { remote-endpoint = <&dpi_out>; }; };
    };
  };
};
`;

/** Two mmsys: DITHER0 → DSI0 → panel, and ETHDR → MERGE5 → DPI1 → hdmi. */
const TWO_MMSYS = `
/ {
  aliases { mutex0 = &mutex0; mutex1 = &mutex1; merge5 = &merge5; dpi1 = &dpi1; };
  soc {
    vdosys0: syscon@1 {
      compatible = "mediatek,mt8195-vdosys0";
      port {
        #address-cells = <1>;
        #size-cells = <0>;
        start0: endpoint@0 { reg = <0>; remote-endpoint = <&dither_in>; };
      };
    };
    vdosys1: syscon@2 {
      compatible = "mediatek,mt8195-vdosys1";
      port {
        #address-cells = <1>;
        #size-cells = <0>;
        start1: endpoint@1 { reg = <1>; remote-endpoint = <&ethdr_in>; };
      };
    };
    mutex0: mutex@3 { compatible = "mediatek,mt8195-disp-mutex"; };
    mutex1: mutex@4 { compatible = "mediatek,mt8195-disp-mutex"; };
    dither: dither@5 {
      compatible = "mediatek,mt8183-disp-dither";
      ports {
        port@0 { reg = <0>; dither_in: endpoint { remote-endpoint = <&start0>; }; };
        port@1 { reg = <1>; dither_out: endpoint { remote-endpoint = <&dsi_in>; }; };
      };
    };
    dsi: dsi@6 {
      compatible = "mediatek,mt8183-dsi";
      ports {
        port@0 { reg = <0>; dsi_in: endpoint { remote-endpoint = <&dither_out>; }; };
        port@1 { reg = <1>; dsi_out: endpoint { remote-endpoint = <&panel_in>; }; };
      };
      panel: panel@0 {
        compatible = "boe,tv101wum-nl6";
        port { panel_in: endpoint { remote-endpoint = <&dsi_out>; }; };
      };
    };
    ethdr: hdr-engine@7 {
      compatible = "mediatek,mt8195-disp-ethdr";
      ports {
        port@0 { reg = <0>; ethdr_in: endpoint { remote-endpoint = <&start1>; }; };
        port@1 { reg = <1>; ethdr_out: endpoint@1 { reg = <1>; remote-endpoint = <&merge5_in>; }; };
      };
    };
    merge5: vpp-merge@8 {
      compatible = "mediatek,mt8195-disp-merge";
      ports {
        port@0 { reg = <0>; merge5_in: endpoint { remote-endpoint = <&ethdr_out>; }; };
        port@1 { reg = <1>; merge5_out: endpoint@1 { reg = <1>; remote-endpoint = <&dpi1_in>; }; };
      };
    };
    dpi1: dpi@9 {
      compatible = "mediatek,mt8195-dpi";
      ports {
        port@0 { reg = <0>; dpi1_in: endpoint { remote-endpoint = <&merge5_out>; }; };
        port@1 { reg = <1>; dpi1_out: endpoint@1 { reg = <1>; remote-endpoint = <&hdmi_in>; }; };
      };
    };
    hdmi: hdmi {
      compatible = "mediatek,mt8195-hdmi-tx";
      port { hdmi_in: endpoint { remote-endpoint = <&dpi1_out>; }; };
    };
  };
};
`;

type Edit = readonly [from: string, to: string];
const MARK = '/*!*/';

/** A board after edits, each of which must apply exactly once. */
function edited(board: string, edits: readonly Edit[]): string {
  return edits.reduce((text, [from, to]) => {
    expect(text.split(from)).toHaveLength(2);
    return text.replace(from, () => to);
  }, board);
}

function lint(source: string, rules: DisplayRules = KERNELS['v7.1']): DisplayFinding[] {
  const tree = treeOf(source);
  return lintDisplay(tree, forecastDisplay(tree, rules));
}

/** Line and column, from 1, of what stands behind the mark. */
function markIn(source: string): string | undefined {
  const before = source.indexOf(MARK);
  if (before < 0) return undefined;
  const lines = source.slice(0, before + MARK.length).split('\n');
  return `${lines.length}:${(lines.at(-1) as string).length + 1}`;
}

interface Wanted {
  readonly severity?: Severity;
  readonly text?: string;
  readonly suggestion?: string;
  readonly kernel?: readonly string[];
  /** Rules that have to say something too. */
  readonly also?: readonly string[];
  readonly rules?: DisplayRules;
}

/** The one finding of a rule on an edited board: at the mark, as wanted, and nothing else found. */
function expectOne(rule: string, board: string, edits: readonly Edit[], wanted: Wanted = {}): DisplayFinding {
  const source = edited(board, edits);
  // Most faults upset the kernel's counts as well; R1 has tests of its own.
  const found = lint(source, wanted.rules).filter((finding) => finding.rule === rule || finding.rule !== 'R1');
  expect(found.map((finding) => finding.rule).toSorted()).toEqual([rule, ...(wanted.also ?? [])].toSorted());
  const one = found.find((finding) => finding.rule === rule) as DisplayFinding;
  const mark = markIn(source);
  if (mark !== undefined) expect(`${one.at?.line}:${one.at?.column}`).toBe(mark);
  expect(one.code).toBe(`display/${rule}`);
  expect(one.where).toBe(one.node.path);
  if (wanted.severity !== undefined) expect(one.severity).toBe(wanted.severity);
  if (wanted.text !== undefined) expect(one.text).toBe(wanted.text);
  if (wanted.suggestion !== undefined) expect(one.suggestion).toBe(wanted.suggestion);
  if (wanted.kernel !== undefined) expect(one.kernel).toEqual(wanted.kernel);
  return one;
}

/** A harmless edit: no finding of the rule. */
function expectNone(rule: string, board: string, edits: readonly Edit[], rules?: DisplayRules): void {
  const found = lint(edited(board, edits), rules);
  expect(found.filter((finding) => finding.rule === rule)).toEqual([]);
}

test.each([
  ['one path', ONE_PATH],
  ['two paths', TWO_PATHS],
  ['two mmsys', TWO_MMSYS],
])('a board with %s and no fault has no findings', (_, board) => {
  expect(lint(board)).toEqual([]);
  expect(lint(board, RIGHT)).toEqual([]);
});

test('L1: a hop without the number of its path is told with all the hops that lack it', () => {
  const edits: Edit[] = [
    ['rdma_out: endpoint@1 { reg = <1>;', 'rdma_out: /*!*/endpoint {'],
    ['dpi_out: endpoint@1 { reg = <1>;', 'dpi_out: endpoint {'],
  ];
  expectOne('L1', TWO_PATHS, edits, {
    severity: 'error',
    text:
      'ext path: /soc/rdma@5 has no outgoing endpoint numbered 1 on port 1 (found: 0). ' +
      'Every hop of the ext path needs reg = <1>.',
    suggestion:
      'Write reg = <1> in endpoint /soc/rdma@5/ports/port@1/endpoint; rename it endpoint@1. ' +
      'The same at /soc/dpi@6/ports/port@1/endpoint.',
    kernel: ['Invalid display hw pipeline. Last component: 54 (ret=-2)'],
    also: ['L13'],
  });
});

test('L1: cells that the port lacks are part of the suggestion, and a wrong reg is pointed at', () => {
  const { suggestion } = expectOne('L1', ONE_PATH, [
    ['rdma_out: endpoint {', 'rdma_out: endpoint@0 { /*!*/reg = <2>;'],
  ]);
  expect(suggestion).toBe(
    'Write reg = <0> in endpoint /soc/rdma@3/ports/port@1/endpoint@0; ' +
      'give port@1 #address-cells = <1>, #size-cells = <0>.',
  );
});

test('L1: where the mmsys may have the wrong number, both ways are offered', () => {
  const edits: Edit[] = [['start1: endpoint@1 { reg = <1>;', 'start1: endpoint@0 { reg = <0>;']];
  const { suggestion } = expectOne('L1', TWO_MMSYS, edits, { also: ['L21'] });
  expect(suggestion).toMatch(
    /^If this is meant to be the ext path, write reg = <1> in \/soc\/syscon@2\/port\/endpoint@0/,
  );
});

test('L1: both ways are offered too where all blocks agree and the endpoint behind the output has no number', () => {
  const edits: Edit[] = [
    ['start1: endpoint@1 { reg = <1>;', 'start1: endpoint@0 { reg = <0>;'],
    ['dpi1_out: endpoint@1 { reg = <1>;', 'dpi1_out: endpoint {'],
  ];
  const { suggestion } = expectOne('L1', TWO_MMSYS, edits, { also: ['L21'] });
  expect(suggestion).toMatch(
    /^If this is meant to be the ext path, write reg = <1> in \/soc\/syscon@2\/port\/endpoint@0/,
  );
});

test('L1: a block that two paths share needs an endpoint for each', () => {
  const edits: Edit[] = [['reg = <1>; remote-endpoint = <&rdma_in>', 'reg = <1>; remote-endpoint = <&dither_in>']];
  const { text, suggestion } = expectOne('L1', TWO_PATHS, edits, { also: ['L8', 'L13'] });
  expect(text).toContain('(found: 0, used by the main path)');
  expect(suggestion).toMatch(/^Add endpoint@1 with reg = <1> to \/soc\/dither@3\/ports\/port@1/);
});

test('L2: a port without endpoint is pointed at', () => {
  expectOne(
    'L2',
    ONE_PATH,
    [
      [
        'port@1 { reg = <1>; rdma_out: endpoint { remote-endpoint = <&dsi_in>; }; };',
        'rdma_out: port@1 { /*!*/reg = <1>; };',
      ],
    ],
    {
      severity: 'error',
      text: 'main path stops at /soc/rdma@3 (RDMA0): port 1 is missing or empty (port@1 has no endpoint).',
      kernel: ['Invalid display hw pipeline. Last component: 53 (ret=-2)'],
    },
  );
});

test.each<[string, Edit, RegExp]>([
  ['a port without reg', ['port@1 { reg = <1>; rdma_out', '/*!*/port@1 { rdma_out'], /port@1 has no readable reg/],
  [
    'a port with another reg',
    ['port@1 { reg = <1>; rdma_out', 'port@1 { /*!*/reg = <2>; rdma_out'],
    /port@1 has reg = <2>/,
  ],
  [
    'a port of another name',
    ['port@1 { reg = <1>; rdma_out', 'port-1 { /*!*/reg = <1>; rdma_out'],
    /"port-1" is not called/,
  ],
  ['an endpoint of another name', ['rdma_out: endpoint', 'rdma_out: /*!*/ep'], /"ep" in it is not called endpoint/],
  ['a device without port 1', ['port@1 { reg = <1>; rdma_out', 'port@5 { reg = <5>; rdma_out'], /it has port 0, 5/],
])('L2: %s is told as the cause, once', (_, edit, hint) => {
  expect(expectOne('L2', ONE_PATH, [edit]).text).toMatch(hint);
});

test('L2: out-ports are not looked at', () => {
  const edits: Edit[] = [
    [
      'rdma_in: endpoint { remote-endpoint = <&start>; }; };',
      'rdma_in: endpoint { remote-endpoint = <&start>; }; }; }; /*!*/out-ports {',
    ],
    ['"mediatek,mt8167-disp-rdma";\n      ports', '"mediatek,mt8167-disp-rdma";\n      in-ports'],
  ];
  expect(expectOne('L2', ONE_PATH, edits).text).toContain('(out-ports is not looked at, only ports is)');
});

test('L3: an endpoint above 2 is told with its own number, where the kernel prints the port', () => {
  expectOne('L3', ONE_PATH, [['endpoint@0 { reg = <0>;', 'endpoint@3 { /*!*/reg = <3>;']], {
    severity: 'error',
    kernel: ['error -EINVAL: Invalid endpoint0 number'],
    text:
      '/soc/syscon@1/port/endpoint@3: endpoint number 3; only 0 (main), 1 (ext), 2 (third) exist. ' +
      'The kernel prints "Invalid endpoint0 number": that 0 is the number of the port.',
    also: [],
  });
  expectNone('L3', TWO_PATHS, []);
});

test('L4: a mmsys port other than 0 is told once, whatever it holds', () => {
  const edits: Edit[] = [
    ['#size-cells = <0>;\n        start0', '#size-cells = <0>;\n        /*!*/reg = <1>;\n        start0'],
  ];
  expectOne('L4', TWO_PATHS, edits, { severity: 'error', kernel: ['Cannot find first endpoint for path 0'] });
});

test('L4: beside a good port 0 it is a warning', () => {
  const more = 'mmsys: syscon@1 {\n      compatible = "mediatek,mt8167-mmsys";';
  const edits: Edit[] = [[more, `${more} port@1 { /*!*/reg = <1>; endpoint { }; };`]];
  expectOne('L4', ONE_PATH, edits, { severity: 'warning', kernel: [] });
});

test('L5: a port without endpoint leaves a variable of the kernel unset', () => {
  const edits: Edit[] = [
    ['start: endpoint@0 { reg = <0>; remote-endpoint = <&rdma_in>; };', ''],
    ['      port {\n        #address', '      start: /*!*/port {\n        #address'],
  ];
  const found = expectOne('L5', ONE_PATH, edits, { severity: 'error', also: ['L34'] });
  expect(found.text).toBe(
    '/soc/syscon@1 has a port but no endpoint: the kernel uses an unset variable here, so what happens is chance.',
  );
});

test.each([
  ['is missing', '', false],
  ['is empty', '/*!*/remote-endpoint;', true],
  ['is only 2 bytes long', '/*!*/remote-endpoint = [00 01];', true],
  ['is <0>, which is no node', '/*!*/remote-endpoint = <0>;', true],
  ['is <0xdead>, a phandle that no node has', '/*!*/remote-endpoint = <0xdead>;', true],
])('L6: a remote-endpoint that %s', (reason, property) => {
  const edits: Edit[] = [['remote-endpoint = <&dsi_in>;', property]];
  expectOne('L6', ONE_PATH, edits, {
    severity: 'error',
    text: `/soc/rdma@3/ports/port@1/endpoint: remote-endpoint ${reason}.`,
    kernel: ['Invalid display hw pipeline. Last component: 53 (ret=-22)'],
  });
});

test('L6: the first link of a path has its own line in the log, and the seed prints garbage there', () => {
  const edits: Edit[] = [['remote-endpoint = <&rdma_in>;', '']];
  expectOne('L6', ONE_PATH, edits, { kernel: ['Cannot find first endpoint for path 0'] });
  const seed = { rules: KERNELS['v6.13'], kernel: ['Invalid component <uninitialised pointer>'] };
  expectOne('L6', ONE_PATH, edits, seed);
});

test('L6: behind an output it keeps the display from appearing, unless the driver looks elsewhere', () => {
  expectOne('L6', ONE_PATH, [['remote-endpoint = <&panel_in>', '/*!*/remote-endpoint = <0>']], {
    severity: 'error',
    kernel: [],
  });
  const second =
    'port@1 { reg = <1>; dsi_out: endpoint { remote-endpoint = <&panel_in>; }; endpoint@1 { reg = <1>; }; };';
  expectNone('L6', ONE_PATH, [
    ['port@1 { reg = <1>; dsi_out: endpoint { remote-endpoint = <&panel_in>; }; };', second],
  ]);
});

test('L7: a link to a device fails, a link to a port works all the same', () => {
  expectOne('L7', ONE_PATH, [['remote-endpoint = <&dsi_in>', '/*!*/remote-endpoint = <&dsi>']], {
    severity: 'error',
    text:
      '/soc/rdma@3/ports/port@1/endpoint: remote-endpoint points at /soc/dsi@4, which is not an endpoint; ' +
      'the kernel resolves it to /.',
    kernel: ['Invalid display hw pipeline. Last component: 53 (ret=-22)'],
  });
  const port: Edit[] = [
    ['dsi_in: endpoint', 'endpoint'],
    ['port@0 { reg = <0>; endpoint', 'dsi_in: port@0 { reg = <0>; endpoint'],
  ];
  expectOne('L7', ONE_PATH, port, { severity: 'warning', kernel: [] });
});

test('L8: a link back to somebody else, or to nobody, is a warning at that end', () => {
  expectOne('L8', ONE_PATH, [['remote-endpoint = <&rdma_out>', '/*!*/remote-endpoint = <&panel_in>']], {
    severity: 'warning',
    text:
      '/soc/rdma@3/ports/port@1/endpoint → /soc/dsi@4/ports/port@0/endpoint, ' +
      'but /soc/dsi@4/ports/port@0/endpoint → /soc/dsi@4/panel@0/port/endpoint. ' +
      'The kernel follows only outgoing links; other tools do not.',
  });
  const found = expectOne('L8', ONE_PATH, [
    ['dsi_in: endpoint { remote-endpoint = <&rdma_out>; }', 'dsi_in: /*!*/endpoint { }'],
  ]);
  expect(found.text).toContain('but /soc/dsi@4/ports/port@0/endpoint leads nowhere.');
});

test('L8: an output that leads to the output of the next block is to lead to its input', () => {
  const chained = chain(2).replace(
    'out0: endpoint { remote-endpoint = <&in1>',
    'out0: endpoint { /*!*/remote-endpoint = <&out1>',
  );
  const one = lint(chained).find(({ rule }) => rule === 'L8') as DisplayFinding;
  expect(`${one.at?.line}:${one.at?.column}`).toBe(markIn(chained));
  expect(one.text).toContain(
    '/soc/c@100/ports/port@1/endpoint → /soc/c@101/ports/port@1/endpoint, ' +
      'but /soc/c@101/ports/port@1/endpoint and /soc/dsi@4/ports/port@0/endpoint point at each other.',
  );
  expect(one.suggestion).toBe(
    'Write remote-endpoint = <&label> in /soc/c@100/ports/port@1/endpoint ' +
      'with the label of /soc/c@101/ports/port@0/endpoint.',
  );
  const bare = chained
    .replace('remote-endpoint = <&out0>;', '')
    .replace('dsi_in: endpoint { remote-endpoint = <&out1>; }', 'dsi_in: endpoint { }');
  const input = lint(bare).find(({ rule }) => rule === 'L8');
  expect(input?.suggestion).toBe(one.suggestion);
});

test('L8: where the other end has a partner of its own the bent link is the odd one', () => {
  const chained = chain(2).replace(
    'out0: endpoint { remote-endpoint = <&in1>',
    'out0: endpoint { /*!*/remote-endpoint = <&dsi_in>',
  );
  const one = lint(chained).find(({ rule }) => rule === 'L8') as DisplayFinding;
  expect(`${one.at?.line}:${one.at?.column}`).toBe(markIn(chained));
  expect(one.suggestion).toBe(
    'Write remote-endpoint = <&label> in /soc/c@100/ports/port@1/endpoint ' +
      'with the label of /soc/c@101/ports/port@0/endpoint.',
  );
});

test('L9: the fall-back is that of the same SoC, or the one that trees of newer SoCs use', () => {
  expectOne(
    'L9',
    ONE_PATH,
    [['compatible = "mediatek,mt8167-disp-rdma"', '/*!*/compatible = "mediatek,mt9999-disp-rdma"']],
    {
      severity: 'error',
      text:
        'main path: /soc/rdma@3 ("mediatek,mt9999-disp-rdma") is not a display component of this driver; ' +
        'did you forget the fall-back "mediatek,mt8167-disp-rdma"?',
      kernel: ['Invalid component /soc/rdma@3'],
    },
  );
  const dither: Edit[] = [['"mediatek,mt8183-disp-dither"', '"mediatek,mt9999-disp-dither"']];
  expect(expectOne('L9', TWO_PATHS, dither, { also: ['L13'] }).text).toContain('"mediatek,mt8183-disp-dither"?');
});

test('L9: a misspelt name is told as one, and a block of another name is not', () => {
  const named = (name: string): Edit[] => [
    ['compatible = "mediatek,mt8183-disp-dither"', `/*!*/compatible = "mediatek,mt8195-${name}"`],
  ];
  expectOne('L9', TWO_MMSYS, named('dips-dither'), {
    severity: 'error',
    text:
      'main path: /soc/dither@5 ("mediatek,mt8195-dips-dither") is not a display component of this driver; ' +
      'did you mean "mediatek,mt8183-disp-dither"?',
    also: ['L21'],
  });
  const own = lint(edited(TWO_MMSYS, [['"mediatek,mt8183-disp-dither"', '"mediatek,mt8167-disp-diter"']]));
  expect(own[0]?.text).toContain('did you mean "mediatek,mt8167-disp-dither"?');
  const other = expectOne('L9', TWO_MMSYS, named('disp-rsz'), { also: ['L21'] });
  expect(other.text).not.toContain('did you mean');
});

test('L9: a row of later kernels, a mutex and a block without compatible have words of their own', () => {
  const old = lint(TWO_MMSYS, KERNELS['v6.13']).find(({ rule }) => rule === 'L9');
  expect(old?.text).toBe(
    'ext path: /soc/dpi@9 ("mediatek,mt8195-dpi") is not a display component of this kernel; later kernels know it.',
  );
  const mutex: Edit[] = [['"mediatek,mt8167-disp-rdma"', '"mediatek,mt8167-disp-mutex"']];
  expect(expectOne('L9', ONE_PATH, mutex).text).toContain('is a mutex, which is never part of a path');
  const none: Edit[] = [['compatible = "mediatek,mt8167-disp-rdma";', '']];
  expect(expectOne('L9', ONE_PATH, none).text).toBe(
    'main path: /soc/rdma@3 (no compatible) is not a display component of this driver.',
  );
});

test('L10: a path that leads to the panel without an output', () => {
  const edits: Edit[] = [['remote-endpoint = <&dsi_in>', '/*!*/remote-endpoint = <&panel_in>']];
  expectOne('L10', ONE_PATH, edits, {
    severity: 'error',
    text: 'main path ends at RDMA0 (53); it must end at a DSI, DPI or DP_INTF. /soc/dsi@4/panel@0 behind it is none.',
    kernel: ['Invalid display hw pipeline. Last component: 53 (ret=-22)'],
    also: ['L8'],
  });
});

const DPI_OFF: Edit = [
  'compatible = "mediatek,mt8192-dpi";',
  'compatible = "mediatek,mt8192-dpi"; /*!*/status = "disabled";',
];

test('L11: an output that is disabled while the other path works is worth a note: so trees say it is not used', () => {
  expectOne('L11', TWO_PATHS, [DPI_OFF], {
    severity: 'note',
    text: 'ext path is dropped because /soc/dpi@6 (block 2 of the path) is disabled: nothing takes its place.',
    kernel: [],
  });
});

test('L11: it stays a warning where no path reaches the screen, and where it is no output that is disabled', () => {
  const dsiOff: Edit = ['"mediatek,mt8183-dsi";', '"mediatek,mt8183-dsi"; status = "disabled";'];
  const all = lint(edited(TWO_PATHS, [[DPI_OFF[0], DPI_OFF[1]], dsiOff])).filter(({ rule }) => rule === 'L11');
  expect(all.map(({ severity }) => severity)).toEqual(['warning', 'warning']);
  const ditherOff: Edit = ['"mediatek,mt8183-disp-dither";', '"mediatek,mt8183-disp-dither"; status = "disabled";'];
  expectOne('L11', TWO_PATHS, [ditherOff], { severity: 'warning', also: ['L36'] });
});

test('L11: a first block that is disabled has a line in the log, and the built-in path applies', () => {
  const edits: Edit[] = [
    [
      'compatible = "mediatek,mt8167-disp-rdma";',
      'compatible = "mediatek,mt8167-disp-rdma"; /*!*/status = "disabled";',
    ],
  ];
  expectOne('L11', ONE_PATH, edits, {
    text:
      'main path is dropped because /soc/rdma@3 (block 1 of the path) is disabled: ' +
      'the built-in OVL0 → COLOR0 → CCORR → AAL0 → GAMMA → DITHER0 → RDMA0 → DSI0 is used instead, ' +
      'without a CRTC (OVL0 is disabled or missing).',
    kernel: ['Invalid component /soc/rdma@3', 'Not creating crtc 0 because component 36 is disabled or missing'],
    also: ['L36'],
  });
});

const SINK_OFF: Edit = [
  'compatible = "boe,tv101wum-nl6";',
  'compatible = "boe,tv101wum-nl6"; /*!*/status = "disabled";',
];

test('L11: what is to be deleted for an unused path can be deleted, and leaves no other fault', () => {
  const { suggestion } = expectOne('L11', TWO_PATHS, [DPI_OFF], {
    suggestion:
      'Write status = "okay" in /soc/dpi@6; if the path is not meant to be used, delete ' +
      '/soc/syscon@1/port/endpoint@1 and the other end of its link, /soc/rdma@5/ports/port@0/endpoint.',
  });
  const nodes = (suggestion as string).split('used, delete')[1]?.match(/\/[\w/@]+/g) ?? [];
  const deletions = nodes.map((path) => `/delete-node/ &{${path}};`).join('\n');
  expect(lint(`${edited(TWO_PATHS, [DPI_OFF])}\n${deletions}`)).toEqual([]);
  expect(nodes).toHaveLength(2);
});

test('L11: the only endpoint of a mmsys is better left alone: its port would be empty', () => {
  const off: Edit = ['"mediatek,mt8195-dpi";', '"mediatek,mt8195-dpi"; status = "disabled";'];
  expectOne('L11', TWO_MMSYS, [off], {
    suggestion:
      'Write status = "okay" in /soc/dpi@9; if the path is not meant to be used, leave it: it is only skipped.',
    also: [],
  });
});

test('L12: a disabled panel keeps the whole display away where the output is still wanted', () => {
  expectOne('L12', ONE_PATH, [SINK_OFF], {
    severity: 'error',
    text:
      '/soc/dsi@4/panel@0 is disabled: /soc/dsi@4 waits for ever (EPROBE_DEFER), and the main path is dropped: ' +
      'the built-in OVL0 → COLOR0 → CCORR → AAL0 → GAMMA → DITHER0 → RDMA0 → DSI0 is used instead.',
    kernel: [],
  });
});

test('L12: where nothing waits for that output it is a warning', () => {
  expectOne('L12', TWO_MMSYS, [SINK_OFF], { severity: 'warning' });
});

test('L13: an error in ext takes the good main path with it, an error in both does not', () => {
  const ext: Edit = ['remote-endpoint = <&dpi_in>', 'remote-endpoint = <0>'];
  const found = expectOne('L13', TWO_PATHS, [ext, ['start1: endpoint@1', 'start1: /*!*/endpoint@1']], {
    severity: 'error',
    text: 'The main path is fine, but the error in ext makes the whole probe fail.',
    kernel: ['probe with driver mediatek-drm failed with error -22'],
    also: ['L6'],
  });
  expect([found.mmsys?.path, found.path]).toEqual(['/soc/syscon@1', 'ext']);
  expectNone('L13', TWO_PATHS, [ext, ['remote-endpoint = <&dsi_in>', 'remote-endpoint = <0>']]);
  expectNone('L13', TWO_PATHS, [ext], RIGHT);
});

test('a path that the kernel never comes to is judged all the same', () => {
  const edits: Edit[] = [
    ['remote-endpoint = <&dsi_in>', 'remote-endpoint = <0>'],
    ['remote-endpoint = <&dpi_in>', 'remote-endpoint = <0>'],
  ];
  const found = lint(edited(TWO_PATHS, edits));
  expect(found.map(({ rule, path, kernel }) => [rule, path, kernel.length])).toEqual([
    ['L6', 'main', 1],
    ['R1', 'main', 0],
    ['L6', 'ext', 0],
  ]);
});

test('L14: without alias a second block becomes the first instance', () => {
  const edits: Edit[] = [
    ['"mediatek,mt8167-dsi"', '"mediatek,mt2701-dsi"'],
    ['soc {', 'soc { second: dsi@9 { compatible = "mediatek,mt2701-dsi"; };'],
  ];
  const first = expectOne('L14', ONE_PATH, edits, { severity: 'warning', also: ['L23'] });
  expect(first.text).toBe('/soc/dsi@4 has no alias "dsiN"; it becomes DSI0, the same as /soc/dsi@9.');
  expect(first.suggestion).toBe('Add dsiN = "/soc/dsi@4" to /aliases (free: dsi1, dsi2, dsi3).');
  expectNone('L14', ONE_PATH, [...edits, ['aliases { }', 'aliases { dsi1 = &second; }']]);
});

test('L14: two mmsys that get the same mutex', () => {
  expectOne(
    'L14',
    TWO_MMSYS,
    [
      ['mutex0 = &mutex0; mutex1 = &mutex1;', ''],
      ['mutex1: mutex@4', 'mutex1: /*!*/mutex@4'],
    ],
    {
      severity: 'warning',
      text:
        '/soc/mutex@4 has no alias "mutexN"; it becomes the mutex of /soc/syscon@1 and of /soc/syscon@2, ' +
        'which need one each.',
    },
  );
});

test('L15: an alias number without instance is pointed at in /aliases', () => {
  expectOne('L15', ONE_PATH, [['aliases { }', 'aliases { /*!*/rdma3 = &rdma; }']], {
    severity: 'error',
    text:
      'alias rdma3: there is no MTK_DISP_RDMA instance 3 (known: 0, 1, 2, 4); ' +
      'the component /soc/rdma@3 cannot be used.',
    kernel: ['Invalid component /soc/rdma@3'],
  });
  expectNone('L15', ONE_PATH, [['aliases { }', 'aliases { rdma0 = &rdma; }']]);
});

test('L15: on a block that no path uses it is a warning', () => {
  const edits: Edit[] = [
    ['aliases { }', 'aliases { /*!*/wdma7 = &wdma; }'],
    ['soc {', 'soc { wdma: wdma@9 { compatible = "mediatek,mt8173-disp-wdma"; };'],
  ];
  expectOne('L15', ONE_PATH, edits, { severity: 'warning', kernel: ['Skipping unknown component /soc/wdma@9'] });
});

/** RDMA blocks one behind the other between the mmsys and the DSI. */
function chain(count: number): string {
  const blocks = Array.from({ length: count }, (_, i) => {
    const back = i === 0 ? 'start' : `out${i - 1}`;
    const next = i === count - 1 ? 'dsi_in' : `in${i + 1}`;
    return `c@${(0x100 + i).toString(16)} { compatible = "mediatek,mt8167-disp-rdma"; ports {
      port@0 { reg = <0>; in${i}: endpoint { remote-endpoint = <&${back}>; }; };
      port@1 { reg = <1>; out${i}: endpoint { remote-endpoint = <&${next}>; }; }; }; };`;
  });
  const [head = '', tail = ''] = ONE_PATH.split(/ {4}rdma: rdma@3 \{[^]*?\n {4}\};\n/);
  return `${head}${blocks.join('\n')}${tail}`.replace('&rdma_in', '&in0').replace('&rdma_out', `&out${count - 1}`);
}

test('L16: two blocks of a path with the same component are told once', () => {
  const source = chain(2).replace('c@101 { ', 'c@101 { /*!*/');
  const [one, ...others] = lint(source) as [DisplayFinding, ...DisplayFinding[]];
  expect(others).toEqual([]);
  expect([one.rule, one.severity, `${one.at?.line}:${one.at?.column}`]).toEqual(['L16', 'warning', markIn(source)]);
  expect(one.text).toBe('RDMA0 appears twice in the main path (/soc/c@100, /soc/c@101).');
  expect(one.suggestion).toContain('give each its own alias rdmaN (N one of 0, 1, 2, 4)');
  const numbered = chain(2).replace('aliases { }', 'aliases { rdma1 = "/soc/c@101"; }');
  expect(lint(numbered).map(({ rule }) => rule)).toEqual(['L27', 'L27']);
});

test('L17: a path that begins before ETHDR has the adaptor twice', () => {
  const padding = `padding: padding@a {
      compatible = "mediatek,mt8188-disp-padding";
      ports {
        port@0 { reg = <0>; padding_in: endpoint { remote-endpoint = <&start1>; }; };
        port@1 { reg = <1>; padding_out: endpoint@1 { reg = <1>; remote-endpoint = <&ethdr_in>; }; };
      };
    };`;
  const edits: Edit[] = [
    ['ethdr: hdr-engine', `/*!*/${padding.replace('padding: ', '')}\n    ethdr: hdr-engine`],
    [
      'reg = <1>; remote-endpoint = <&ethdr_in>; };\n      };\n    };\n    mutex0',
      'reg = <1>; remote-endpoint = <&padding_in>; };\n      };\n    };\n    mutex0',
    ],
    ['ethdr_in: endpoint { remote-endpoint = <&start1>; }', 'ethdr_in: endpoint { remote-endpoint = <&padding_out>; }'],
  ];
  expectOne('L17', TWO_MMSYS, edits, {
    severity: 'warning',
    text:
      'Two OVL adaptor entries: the ext path begins with /soc/padding@a and continues with /soc/hdr-engine@7. ' +
      'Let it start at ETHDR.',
  });
  expectNone('L17', TWO_MMSYS, edits, RIGHT);
});

test('L18: a circle is told by its blocks, at the link that closes it', () => {
  expectOne('L18', ONE_PATH, [['remote-endpoint = <&dsi_in>', '/*!*/remote-endpoint = <&rdma_in>']], {
    severity: 'error',
    text: 'main path runs in a circle: rdma@3 → rdma@3.',
    kernel: ['Invalid display hw pipeline. Last component: 53 (ret=0)'],
  });
  expectOne('L18', ONE_PATH, [['remote-endpoint = <&dsi_in>', '/*!*/remote-endpoint = <&start>']], {
    text: 'main path runs in a circle: syscon@1 → rdma@3 → syscon@1.',
  });
});

test('L18: a circle of nothing but adaptor blocks hangs the kernel', () => {
  const edits: Edit[] = [['remote-endpoint = <&merge5_in>', '/*!*/remote-endpoint = <&ethdr_in>']];
  expectOne('L18', TWO_MMSYS, edits, {
    text: 'ext path runs in a circle: hdr-engine@7 → hdr-engine@7 (endless loop in the kernel).',
    kernel: [],
    also: ['L21'],
  });
});

test('L19: 61 blocks and an output are a path, one more is not', () => {
  expect(lint(chain(61)).map(({ rule }) => rule)).toEqual(['L16', 'R1']);
  const found = lint(chain(69)).find(({ rule }) => rule === 'L19');
  expect(found?.text).toBe('main path has 70 components, the limit is 62.');
  expect(found?.kernel).toEqual(['Invalid display hw pipeline. Last component: 53 (ret=0)']);
});

test('L20: a block beside the bus is part of the path and yet not found', () => {
  const [, rdma = ''] = /( {4}rdma: rdma@3 \{[^]*?\n {4}\};\n)/.exec(ONE_PATH) ?? [];
  const edits: Edit[] = [
    [rdma, ''],
    ['aliases { };', `aliases { }; bus {\n${rdma.replace('rdma: ', 'rdma: /*!*/')} };`],
  ];
  expectOne('L20', ONE_PATH, edits, {
    severity: 'error',
    text: '/bus/rdma@3 is not a child of /soc; the driver will not find it: the CRTC of the main path is not created.',
    kernel: ['Not creating crtc 0 because component 53 is disabled or missing', 'Need at least one OVL device'],
  });
});

test('L21: a vdosys that is disabled takes the other one with it', () => {
  const edits: Edit[] = [
    ['compatible = "mediatek,mt8195-vdosys1";', 'compatible = "mediatek,mt8195-vdosys1"; /*!*/status = "disabled";'],
  ];
  expectOne('L21', TWO_MMSYS, edits, {
    severity: 'error',
    text: 'MT8195 needs both vdosys0 and vdosys1; /soc/syscon@2 is disabled: no display, no message.',
    kernel: [],
  });
});

test('L21: one that fails is told as a note beside the cause, one that is missing as an error', () => {
  const broken: Edit[] = [['remote-endpoint = <&merge5_in>', 'remote-endpoint = <0>']];
  expectOne('L21', TWO_MMSYS, broken, { severity: 'note', also: ['L6'] });
  const alone: Edit[] = [['compatible = "mediatek,mt8195-vdosys1"', 'compatible = "nobody,knows"']];
  expectOne('L21', TWO_MMSYS, alone, { severity: 'error', also: [] });
});

test('L22: two mmsys that both begin with the main path', () => {
  const edits: Edit[] = [
    ['start1: endpoint@1 { reg = <1>', 'start1: /*!*/endpoint@0 { reg = <0>'],
    ['ethdr_out: endpoint@1 { reg = <1>', 'ethdr_out: endpoint@0 { reg = <0>'],
    ['merge5_out: endpoint@1 { reg = <1>', 'merge5_out: endpoint@0 { reg = <0>'],
    ['dpi1_out: endpoint@1 { reg = <1>', 'dpi1_out: endpoint@0 { reg = <0>'],
  ];
  expectOne('L22', TWO_MMSYS, edits, {
    severity: 'error',
    text: '/soc/syscon@1 and /soc/syscon@2 both define a main path; only one can be first.',
    suggestion: 'Use endpoint@1 for /soc/syscon@2: reg = <1> there and at every outgoing endpoint up to its output.',
    also: ['L34'],
  });
});

const DSI_PORT = 'port@1 { reg = <1>; dsi_out: endpoint { remote-endpoint = <&panel_in>; }; };';

test('L23: a DSI looks at endpoint 0 only, and waits for ever at its input', () => {
  const edits: Edit[] = [
    [DSI_PORT, DSI_PORT.replace('port@1', '/*!*/port@1').replace('endpoint {', 'endpoint@1 { reg = <1>;')],
  ];
  expectOne('L23', ONE_PATH, edits, {
    severity: 'error',
    text:
      '/soc/dsi@4: the panel or bridge is looked up at port 1 endpoint 0, which does not exist; ' +
      'the driver falls back to port 0 (/soc/rdma@3) and waits for ever.',
    kernel: [],
  });
  const both = DSI_PORT.replace('endpoint {', 'endpoint@0 { reg = <0>;');
  expectNone('L23', ONE_PATH, [[DSI_PORT, both]]);
});

test('L23: a DPI takes any endpoint', () => {
  const out = 'dpi_out: endpoint@1 { reg = <1>; remote-endpoint = <&hdmi_in>; };';
  expectOne(
    'L23',
    TWO_PATHS,
    [
      [out, ''],
      ['remote-endpoint = <&dpi_out>;', ''],
    ],
    { severity: 'error' },
  );
  expectNone('L23', TWO_PATHS, [[out, out.replace('endpoint@1 { reg = <1>', 'endpoint@7 { reg = <7>')]]);
});

test('L24: an output whose endpoint has another number costs a reference', () => {
  const edits: Edit[] = [['dpi_out: endpoint@1 { reg = <1>;', 'dpi_out: /*!*/endpoint {']];
  expectOne('L24', TWO_PATHS, edits, {
    severity: 'note',
    text:
      '/soc/dpi@6/ports/port@1/endpoint: number it 1 like its path; ' +
      'otherwise the kernel drops a reference too many (harmless for the picture).',
    suggestion: 'Write reg = <1> in /soc/dpi@6/ports/port@1/endpoint; rename it endpoint@1.',
  });
  expectNone('L24', TWO_PATHS, edits, RIGHT);
  const lost: Edit = ['compatible = "ite,it66121";', ''];
  expectOne('L24', TWO_PATHS, [...edits, lost], { severity: 'warning', also: ['R2'] });
});

test('L24: a DSI on another path than main needs two endpoints', () => {
  const edits: Edit[] = [
    ['start: endpoint@0 { reg = <0>', 'start: endpoint@1 { reg = <1>'],
    ['rdma_out: endpoint {', 'rdma_out: endpoint@1 { reg = <1>;'],
  ];
  const { suggestion } = lint(edited(ONE_PATH, edits)).find(({ rule }) => rule === 'L24') as DisplayFinding;
  expect(suggestion).toContain('Add endpoint@1 with reg = <1> beside it; keep endpoint 0');
});

/** The DSI's panel at port 0, as before v6.13; the graph of the mmsys is gone. */
const OLD_LAYOUT: readonly Edit[] = [
  ['start: endpoint@0 { reg = <0>; remote-endpoint = <&rdma_in>; };', ''],
  ['      port {\n        #address-cells = <1>;\n        #size-cells = <0>;\n', '      start: not-a-port {\n'],
  ['port@0 { reg = <0>; dsi_in: endpoint { remote-endpoint = <&rdma_out>; }; };', 'dsi_in: none { };'],
  [DSI_PORT, '/*!*/port@0 { reg = <0>; dsi_out: endpoint { remote-endpoint = <&panel_in>; }; };'],
];

test('L25: the old layout is a note for new kernels and right for old ones', () => {
  const found = lint(edited(ONE_PATH, OLD_LAYOUT));
  const one = found.find(({ rule }) => rule === 'L25');
  expect([one?.severity, `${one?.at?.line}:${one?.at?.column}`]).toEqual([
    'note',
    markIn(edited(ONE_PATH, OLD_LAYOUT)),
  ]);
  expect(one?.text).toContain('uses the old layout (port 0 leads to /soc/dsi@4/panel@0)');
  expectNone('L25', ONE_PATH, OLD_LAYOUT, KERNELS['v6.12']);
  expectNone('L26', ONE_PATH, OLD_LAYOUT, KERNELS['v6.12']);
});

test('L26: the new layout waits for ever on kernels before v6.13, and only there', () => {
  const edits: Edit[] = [[DSI_PORT, `/*!*/${DSI_PORT}`]];
  const source = edited(ONE_PATH, edits);
  const one = lint(source, KERNELS['v6.12']).find(({ rule }) => rule === 'L26');
  expect(one?.text).toBe(
    '/soc/dsi@4: kernels before v6.13 look for the panel at port 0 (/soc/rdma@3) and wait for ever.',
  );
  expect([one?.severity, `${one?.at?.line}:${one?.at?.column}`]).toEqual(['error', markIn(source)]);
  expectNone('L26', ONE_PATH, []);
});

test('L27: a link without multiplexer, but not one that is known as wired', () => {
  const edits: Edit[] = [
    ['"mediatek,mt8183-disp-dither"', '"mediatek,mt8183-disp-gamma"'],
    ['remote-endpoint = <&dsi_in>', '/*!*/remote-endpoint = <&dsi_in>'],
  ];
  expectOne('L27', TWO_MMSYS, edits, {
    severity: 'warning',
    text:
      'GAMMA → DSI0: MT8195 has no multiplexer entry for this link; ' +
      'it works only if the two are wired together in the chip.',
  });
});

test('L28: a block that the mutex of the SoC does not know', () => {
  const edits: Edit[] = [['compatible = "mediatek,mt8183-disp-dither"', '/*!*/compatible = "mediatek,mt8173-disp-od"']];
  expectOne('L28', TWO_PATHS, edits, {
    severity: 'warning',
    text: 'OD0 has no mutex module on MT8365; the wrong module would be started.',
  });
});

test('L29: a port beside ports is hidden', () => {
  const rdma = 'compatible = "mediatek,mt8167-disp-rdma";';
  expectOne('L29', ONE_PATH, [[rdma, `${rdma} /*!*/port { };`]], {
    severity: 'warning',
    text: '/soc/rdma@3: only the first "ports" node is used; port is ignored.',
  });
  expectNone('L29', ONE_PATH, [['compatible = "boe,tv101wum-nl6";', 'compatible = "boe,tv101wum-nl6"; ports { };']]);
});

test('L30: what is no endpoint is skipped with a backtrace today', () => {
  const edits: Edit[] = [['port@1 { reg = <1>; rdma_out', 'port@1 { reg = <1>; /*!*/hint { }; rdma_out']];
  expectOne('L30', ONE_PATH, edits, {
    severity: 'warning',
    text:
      '/soc/rdma@3/ports/port@1: "hint" is not an endpoint; kernels up to 6.12 count it as endpoint 0, ' +
      'later ones skip it with a backtrace.',
    kernel: ['non endpoint node is used (/soc/rdma@3/ports/port@1/hint)'],
  });
  const other: Edit[] = [['port@1 { reg = <1>; rdma_out', '/*!*/gate { }; port@1 { reg = <1>; rdma_out']];
  expect(expectOne('L30', ONE_PATH, other).text).toBe(
    '/soc/rdma@3/ports: "gate" is not a port; its endpoints are ignored.',
  );
});

test('L31: a unit address that is not reg', () => {
  const edits: Edit[] = [['port@1 { reg = <1>; rdma_out', 'port@2 { /*!*/reg = <1>; rdma_out']];
  expectOne('L31', ONE_PATH, edits, {
    severity: 'warning',
    text: '/soc/rdma@3/ports/port@2: unit address 2, reg <1>; the kernel uses reg.',
    suggestion: 'Rename it port@1, or write reg = <2> if that is meant.',
  });
  expectNone('L31', ONE_PATH, [['rdma_in: endpoint {', 'rdma_in: endpoint@a { reg = <10>;']]);
  const none = expectOne('L31', ONE_PATH, [['rdma_in: endpoint {', 'rdma_in: /*!*/endpoint@1 {']]);
  expect(none.text).toBe(
    '/soc/rdma@3/ports/port@0/endpoint@1: unit address 1, reg is missing (0); the kernel uses reg.',
  );
});

test.each(['OKAY', 'okay ', '', 'enabled'])('L32: status "%s" counts as disabled', (value) => {
  const edits: Edit[] = [
    ['compatible = "mediatek,mt8192-dpi";', `compatible = "mediatek,mt8192-dpi"; /*!*/status = "${value}";`],
  ];
  const found = expectOne('L32', TWO_PATHS, edits, { severity: 'warning', also: ['L11'] });
  expect(found.text).toBe(`/soc/dpi@6: status "${value}" counts as disabled; did you mean "okay"?`);
});

test('L32: a panel without any graph of a mmsys counts too, once', () => {
  const sink: Edit = [SINK_OFF[0], SINK_OFF[1].replace('disabled', 'Okay').replace(MARK, '')];
  const board = edited(ONE_PATH, [
    ['compatible = "mediatek,mt8167-mmsys";\n      port {', 'compatible = "mediatek,mt8167-mmsys";\n      pins {'],
  ]);
  expect(
    lint(edited(board, [sink]))
      .map(({ rule }) => rule)
      .toSorted(),
  ).toEqual(['L12', 'L32', 'L34']);
});

test.each(['okay', 'ok', 'disabled', 'reserved', 'fail', 'fail-sss'])('L32: status "%s" is a word', (value) => {
  expectNone('L32', TWO_PATHS, [
    ['compatible = "mediatek,mt8192-dpi";', `compatible = "mediatek,mt8192-dpi"; status = "${value}";`],
  ]);
});

test('L33: a mmsys without mutex, told with where its alias leads', () => {
  const none: Edit[] = [
    ['"mediatek,mt8167-disp-mutex"', '"nobody,knows"'],
    ['mmsys: syscon@1', 'mmsys: /*!*/syscon@1'],
  ];
  expectOne('L33', ONE_PATH, none, {
    severity: 'error',
    text: 'no disp-mutex for /soc/syscon@1 (mmsys_id 0); alias mutex0 is missing.',
    kernel: ['Failed to find disp-mutex node'],
  });
});

test('L33: a mutex that is disabled, or whose alias has the wrong number, is told at that place', () => {
  const off: Edit = ['"mediatek,mt8167-disp-mutex";', '"mediatek,mt8167-disp-mutex"; /*!*/status = "disabled";'];
  expectOne('L33', ONE_PATH, [off], {
    text: 'no disp-mutex for /soc/syscon@1 (mmsys_id 0); /soc/mutex@2 is disabled.',
    suggestion: 'Write status = "okay" in /soc/mutex@2.',
  });
  expectOne('L33', ONE_PATH, [off, ['aliases { }', 'aliases { mutex0 = &mutex; }']]);
  expectOne('L33', ONE_PATH, [['aliases { }', 'aliases { /*!*/mutex1 = &mutex; }']], {
    severity: 'error',
    text: 'no disp-mutex for /soc/syscon@1 (mmsys_id 0); /soc/mutex@2 has the alias mutex1, which is for mmsys_id 1.',
    suggestion: 'Rename the alias mutex1 to mutex0, or delete it.',
    kernel: ['Failed to find disp-mutex node'],
  });
});

test('L34: a path that the tree leaves to the driver', () => {
  const edits: Edit[] = [
    ['compatible = "mediatek,mt8365-mmsys"', 'compatible = "mediatek,mt8186-mmsys"'],
    ['start1: endpoint@1 { reg = <1>; remote-endpoint = <&rdma_in>; };', ''],
    ['remote-endpoint = <&start1>;', ''],
    ['mmsys: syscon@1', 'mmsys: /*!*/syscon@1'],
  ];
  expectOne('L34', TWO_PATHS, edits, {
    severity: 'note',
    text:
      'The tree does not describe the ext path of /soc/syscon@1; ' +
      'the driver uses its built-in OVL_2L0 → RDMA1 → DPI0.',
  });
});

test('L34: several paths of one mmsys are one note, without anything to do', () => {
  const edits: Edit[] = [
    ['compatible = "mediatek,mt8365-mmsys"', 'compatible = "mediatek,mt8186-mmsys"'],
    ['port {\n        #address-cells = <1>;\n        #size-cells = <0>;\n        start0', 'pins {\n        start0'],
  ];
  const [one, ...others] = lint(edited(TWO_PATHS, edits)).filter(({ rule }) => rule === 'L34');
  expect(one?.text).toBe(
    'The tree does not describe the main and ext paths of /soc/syscon@1; the driver uses its built-in ' +
      'main OVL0 → RDMA0 → COLOR0 → CCORR → AAL0 → GAMMA → POSTMASK0 → DITHER0 → DSI0; ext OVL_2L0 → RDMA1 → DPI0.',
  );
  expect([one?.path, one?.suggestion, others]).toEqual([undefined, undefined, []]);
});

test('L35: the routes of MT8188 stay beside a graph', () => {
  const edits: Edit[] = [
    ['"mediatek,mt8195-vdosys0"', '"mediatek,mt8188-vdosys0"'],
    ['"mediatek,mt8195-vdosys1"', '"mediatek,mt8188-vdosys1"'],
    ['vdosys0: syscon@1', 'vdosys0: /*!*/syscon@1'],
  ];
  expectOne('L35', TWO_MMSYS, edits, {
    severity: 'note',
    text: '/soc/syscon@1 (MT8188): the built-in routes DP_INTF0/DSI0 stay active beside the graph.',
  });
  expectNone('L35', TWO_MMSYS, edits, RIGHT);
});

test('L36: no CRTC is a warning while all outputs are disabled, and an error when one is not', () => {
  const off: Edit[] = [
    ['compatible = "mediatek,mt8167-dsi";', 'compatible = "mediatek,mt8167-dsi"; status = "disabled";'],
    ['mmsys: syscon@1', 'mmsys: /*!*/syscon@1'],
  ];
  const last = 'Need at least one OVL device';
  expectOne('L36', ONE_PATH, off, {
    severity: 'warning',
    kernel: ['Not creating crtc 0 because component 36 is disabled or missing', last],
    also: ['L11'],
  });
  const wanted: Edit[] = [
    ['compatible = "mediatek,mt8167-disp-rdma";', 'compatible = "mediatek,mt8167-disp-rdma"; status = "disabled";'],
  ];
  expectOne('L36', ONE_PATH, wanted, {
    severity: 'error',
    text: 'No CRTC will be created: "Need at least one OVL device", although /soc/dsi@4 is enabled (main lacks OVL0).',
    also: ['L11'],
  });
});

test('L36: a mmsys without any path, one that is off, and one that the driver does not know', () => {
  const none: Edit[] = [['"mediatek,mt8167-mmsys";\n      port {', '"mediatek,mt8365-mmsys";\n      pins {']];
  expect(expectOne('L36', ONE_PATH, none, { severity: 'error' }).text).toMatch(/^\/soc\/syscon@1 has no path at all/);
  const off: Edit[] = [['"mediatek,mt8167-mmsys";', '"mediatek,mt8167-mmsys"; /*!*/status = "disabled";']];
  expectOne('L36', ONE_PATH, off, { severity: 'note', text: '/soc/syscon@1 is disabled: there is no display.' });
  const unknown: Edit[] = [['compatible = "mediatek,mt8167-mmsys"', '/*!*/compatible = "mediatek,mt6797-mmsys"']];
  expectOne('L36', ONE_PATH, unknown, { severity: 'note' });
});

/** Severities of L1 to L36 in order, as facts: OF graphs, chapter 11 has them. */
const SEVERITIES = 'EEEEEEEWEEWWEWEWWEEEEEWWIWWWWWWWEIIW';

/** The text, path and suggestion of every R1 of an edited board. */
function counts(board: string, edits: readonly Edit[], rules?: DisplayRules): object[] {
  const found = lint(edited(board, edits), rules).filter(({ rule }) => rule === 'R1');
  expect(found.every(({ severity, where, node }) => severity === 'note' && where === node.path)).toBe(true);
  return found.map(({ text, path, suggestion }) => ({ text, path, suggestion }));
}

test('R1: the first device of a dropped path is leaked, unless the tree does not name it', () => {
  const off: Edit = ['"mediatek,mt8183-disp-dither";', '"mediatek,mt8183-disp-dither"; status = "disabled";'];
  const text =
    "/soc/dither@3: the kernel's count of references is off by +1 after every probe of /soc/syscon@1: " +
    'leaked, it is never freed.';
  const suggestion =
    'If the main path is not meant to be used, delete /soc/syscon@1/port/endpoint@0 ' +
    'and the other end of its link, /soc/dither@3/ports/port@0/endpoint.';
  expect(counts(TWO_PATHS, [off])).toEqual([{ text, path: 'main', suggestion }]);
  expect(counts(TWO_PATHS, [off], RIGHT)).toEqual([]);
});

test('R1: the block where a path breaks off is put twice; what to do about it is told by the error', () => {
  const edits: Edit[] = [['rdma_out: endpoint {', 'rdma_out: endpoint@1 { reg = <1>;']];
  const text =
    "/soc/rdma@3: the kernel's count of references is off by -1 after every probe of /soc/syscon@1: " +
    'put twice; repeated bind and unbind can end in "bad of_node_put()".';
  expect(counts(ONE_PATH, edits)).toEqual([{ text, path: 'main', suggestion: undefined }]);
});

test('R1: an output without any endpoint behind it needs one; L24 tells of one with another number', () => {
  const cells = '#address-cells = <1>;\n          #size-cells = <0>;\n          ';
  const port = (number: number): string =>
    `port@${number} {\n          ${cells}reg = <${number}>;\n          dpi_out: endpoint@1 {`;
  const old: Edit = [port(1), port(2)];
  expect(counts(TWO_PATHS, [old])).toEqual([
    expect.objectContaining({
      path: 'ext',
      suggestion: 'Give /soc/dpi@6 endpoint@1 with reg = <1> on port 1, linked to the panel or bridge.',
    }),
  ]);
  const other: Edit = ['dpi_out: endpoint@1 { reg = <1>;', 'dpi_out: endpoint {'];
  expect(lint(edited(TWO_PATHS, [other])).map(({ rule }) => rule)).toEqual(['L24']);
});

test('R1: a path of 62 entries leaks its last device', () => {
  const name = (i: number): string => `c@${i}`;
  const blocks = Array.from({ length: 61 }, (_, i) => {
    const next = i === 60 ? 'dsi_in' : `in${i + 1}`;
    return `${name(i)} { compatible = "mediatek,mt8167-disp-rdma"; ports {
      port@0 { reg = <0>; in${i}: endpoint { }; };
      port@1 { reg = <1>; endpoint { remote-endpoint = <&${next}>; }; }; }; };`;
  });
  const edits: Edit[] = [
    ['remote-endpoint = <&rdma_in>', 'remote-endpoint = <&in0>'],
    ['mutex: mutex@2', `${blocks.join('\n')}\nmutex: mutex@2`],
  ];
  const [one] = counts(ONE_PATH, edits);
  expect(one).toEqual({
    text: expect.stringContaining('/soc/dsi@4: '),
    path: 'main',
    suggestion: 'Link fewer than 62 blocks one behind the other.',
  });
});

/** The panel of ONE_PATH as a bridge below an i2c bus. */
const ON_A_BUS: readonly Edit[] = [
  [
    'panel: panel@0 {\n        compatible = "boe,tv101wum-nl6";\n' +
      '        port { panel_in: endpoint { remote-endpoint = <&dsi_out>; }; };\n      };',
    '',
  ],
  [
    '    dsi: dsi@4 {',
    '    i2c: i2c@5 {\n      anx@58 {\n        compatible = "analogix,anx7625";\n' +
      '        port { panel_in: endpoint { remote-endpoint = <&dsi_out>; }; };\n      };\n    };\n    dsi: dsi@4 {',
  ],
];

test('R2: a bridge below a disabled bus never becomes a device', () => {
  expectNone('R2', ONE_PATH, ON_A_BUS);
  expectOne('R2', ONE_PATH, [...ON_A_BUS, ['i2c: i2c@5 {', 'i2c: i2c@5 { /*!*/status = "disabled";']], {
    severity: 'error',
    text:
      '/soc/dsi@4 waits for ever for /soc/i2c@5/anx@58: ' +
      '/soc/i2c@5 above it is disabled, so no device is made of it.',
    suggestion: 'Write status = "okay" in /soc/i2c@5.',
    kernel: [],
  });
});

test('R2: neither does a panel without compatible, nor one on a DSI channel that does not exist', () => {
  const nameless: Edit[] = [
    ['compatible = "boe,tv101wum-nl6";', ''],
    ['panel: panel@0', 'panel: /*!*/panel@0'],
  ];
  expect(expectOne('R2', ONE_PATH, nameless, { severity: 'error' }).text).toContain('it has no compatible');
  const channel = (number: number): Edit => [
    'compatible = "boe,tv101wum-nl6";',
    `compatible = "boe,tv101wum-nl6"; /*!*/reg = <${number}>;`,
  ];
  expect(expectOne('R2', ONE_PATH, [channel(7)], { severity: 'error' }).text).toContain('there is no DSI channel 7');
  expectNone('R2', ONE_PATH, [channel(3)]);
});

test('R2: an output that nobody waits for may have what it likes behind it', () => {
  const off: Edit = ['"mediatek,mt8192-dpi";', '"mediatek,mt8192-dpi"; status = "disabled";'];
  expectNone('R2', TWO_PATHS, [off, ['compatible = "ite,it66121";', '']]);
});

test('R3: an output or a panel that names something disabled', () => {
  const phy: Edit = ['soc {', 'soc { phy: phy@9 { #phy-cells = <0>; status = "disabled"; };'];
  expectOne('R3', ONE_PATH, [phy, ['"mediatek,mt8167-dsi";', '"mediatek,mt8167-dsi"; /*!*/phys = <&phy>;']], {
    severity: 'warning',
    text: '/soc/dsi@4: phys names /soc/phy@9, which is disabled: the probe may fail or wait for ever.',
    suggestion: 'Write status = "okay" in /soc/phy@9, or take it out of phys.',
  });
  const pmic: Edit = ['soc {', 'soc { pmic@9 { status = "disabled"; ldo: ldo { }; };'];
  const supply: Edit = ['"boe,tv101wum-nl6";', '"boe,tv101wum-nl6"; /*!*/avdd-supply = <&ldo>;'];
  expect(expectOne('R3', ONE_PATH, [pmic, supply]).text).toContain(
    'avdd-supply names /soc/pmic@9/ldo, which stands below /soc/pmic@9, which is disabled',
  );
  expectNone('R3', ONE_PATH, [[pmic[0], pmic[1].replace('disabled', 'okay')], supply]);
});

test('R4: of two panels that point at one output only the one counts at which it points back', () => {
  const second = (status: string): Edit => [
    'panel: panel@0 {',
    `panel@1 { compatible = "boe,tv101wum-nl6";${status} port { endpoint { /*!*/remote-endpoint = <&dsi_out>; }; }; };
      panel: panel@0 {`,
  ];
  expectOne('R4', ONE_PATH, [second('')], {
    severity: 'warning',
    text:
      '/soc/dsi@4/panel@1/port/endpoint points at /soc/dsi@4/ports/port@1/endpoint, ' +
      'which points at /soc/dsi@4/panel@0/port/endpoint: only that one counts.',
  });
  expectNone('R4', ONE_PATH, [second(' status = "disabled";')]);
});

test('there are 36 rules, each with the severity that it shall have, and four more of our own', () => {
  const letters = { error: 'E', warning: 'W', note: 'I' } as const;
  expect(RULES.map(({ id }) => id)).toEqual([
    ...Array.from({ length: 36 }, (_, i) => `L${i + 1}`),
    'R1',
    'R2',
    'R3',
    'R4',
  ]);
  expect(RULES.map(({ severity }) => letters[severity]).join('')).toBe(`${SEVERITIES}IEWW`);
});

test('the text of a rule has its severity, or one that a shift of the rule gives it', () => {
  const texts = Object.entries(DISPLAY_MESSAGES).filter(([key]) => key !== 'more');
  for (const [key, [severity]] of texts) {
    const rule = RULES.find(({ id }) => id === key.split(' ')[0]);
    const shifted = (rule?.shifts ?? []).map((shift) => SHIFTS[shift][0]);
    expect([key, key.includes(' ') ? [rule?.severity, ...shifted] : [rule?.severity]]).toEqual([
      key,
      expect.arrayContaining([severity]),
    ]);
  }
});

test('a tree without display has no findings', () => {
  expect(lint('\n/ { soc { serial@1 { compatible = "ns16550"; status = "OKAY"; }; }; };')).toEqual([]);
});
