import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import type { DtNode } from '../dt/tree.js';
import type { Device, Driver } from './device.js';
import {
  DrmBridge,
  drmBridgeAdd,
  drmBridgeAttach,
  type DrmBridgeSpec,
  type DrmEncoder,
  drmEncoderCleanup,
  drmOfGetBridge,
  drmPanelAdd,
} from './drm-bridge.js';
import { platformDriver } from './platform-device.js';

/** An output with endpoints that lead to what is there, disabled, below what is disabled, or below an unknown bus. */
const TREE = `/ { out { compatible = "x,out"; ports { #address-cells = <1>; #size-cells = <0>;
    port@0 { reg = <0>; endpoint { }; };
    port@1 { reg = <1>; #address-cells = <1>; #size-cells = <0>; foreign { };
      endpoint@0 { reg = <0>; remote-endpoint = <&panel>; }; endpoint@1 { reg = <1>; remote-endpoint = <&off>; };
      endpoint@2 { reg = <2>; remote-endpoint = <&deep>; };
      endpoint@3 { reg = <3>; remote-endpoint = <&lost>; };
      endpoint@4 { reg = <4>; remote-endpoint = <&nameless>; }; }; }; };
  bus { compatible = "simple-bus"; nameless { port { nameless: endpoint { }; }; }; };
  panel { compatible = "y,panel", "x,panel"; port { panel: endpoint { }; }; };
  off { compatible = "x,off"; status = "disabled"; port { off: endpoint { }; }; };
  soc { status = "disabled"; deep { compatible = "x,deep"; port { deep: endpoint { }; }; }; };
  i2c { compatible = "x,i2c"; lost { compatible = "x,lost"; port { lost: endpoint { }; }; }; };
  bare { compatible = "x,bare"; }; };`;

const at = (bench: Bench, path: string) => bench.core.devices.find((dev) => dev.path === path) as Device;

/** What an output found, or the message of what it was told. */
async function find(
  port: number,
  endpoint: number,
  drivers: readonly Driver[] = [],
  from = '/out',
): Promise<{ readonly found: DrmBridge | SysError; readonly bench: Bench }> {
  const bench = benchOf(treeOf(TREE), { drivers: [...drivers, platformDriver(OUT)] });
  await bench.powerOn();
  const out = at(bench, '/out');
  try {
    return { found: drmOfGetBridge(out, bench.tree.byPath(from) as DtNode, port, endpoint), bench };
  } catch (e) {
    return { found: e as SysError, bench };
  }
}
const OUT = { name: 'out', compatible: ['x,out'], probe: () => undefined };

const sink = (kind: 'panel' | 'bridge' | 'both' | 'none'): Driver =>
  platformDriver({
    name: 'sink',
    compatible: ['x,panel'],
    probe(dev) {
      const panel = { dev, node: dev.ofNode, connector: 'eDP' as const, modes: [] };
      if (kind === 'bridge' || kind === 'both') dev.scope.defer(drmBridgeAdd(new DrmBridge({ dev, type: 'HDMI' })));
      if (kind === 'panel' || kind === 'both') dev.scope.defer(drmPanelAdd(panel));
    },
  });

for (const [kind, type] of [
  ['panel', 'panel'],
  ['bridge', 'HDMI'],
  ['both', 'panel'],
] as const) {
  test(`what is registered at the node behind an endpoint is found: ${kind}`, async () => {
    const { found } = await find(1, 0, [sink(kind)]);
    expect(found).toMatchObject({ type });
    expect((found as DrmBridge).node?.path).toBe('/panel');
    expect(await find(1, -1, [sink(kind)])).toMatchObject({ found: { type } });
  });
}

test('a panel or bridge that went is found no more', async () => {
  for (const kind of ['panel', 'bridge'] as const) {
    const { bench } = await find(1, 0, [sink(kind)]);
    await bench.core.unbind(at(bench, '/panel'));
    expect(() => drmOfGetBridge(at(bench, '/out'), bench.tree.byPath('/out') as DtNode, 1, 0)).toThrow('EPROBE_DEFER');
  }
});

/** Facts ofgraph O1, G10 and G18. */
const NOTHING: readonly (readonly [claim: string, port: number, endpoint: number, from: string, text: string])[] = [
  ['a node without ports', 1, 0, '/bare', '/out: bridge: /bare has no port (ENODEV)'],
  ['no such endpoint', 1, 7, '/out', '/out: bridge: no valid endpoint (1, 7) for node /out (ENODEV)'],
  ['a link that leads nowhere', 0, 0, '/out', '/out: bridge: no valid remote node at (0, 0) of node /out (ENODEV)'],
  ['a disabled one', 1, 1, '/out', '/out: bridge: not available for remote node at (1, 1) of node /out (ENODEV)'],
];

for (const [claim, port, endpoint, from, text] of NOTHING) {
  test(`nothing can come: ${claim}`, async () => {
    expect((await find(port, endpoint, [], from)).found).toMatchObject({ message: text, waitsFor: undefined });
  });
}

const fails = platformDriver({
  name: 'sink',
  compatible: ['x,panel'],
  probe(dev) {
    throw dev.error('EIO', 'no answer');
  },
});
const WAITS: readonly (readonly [
  claim: string,
  endpoint: number,
  drivers: readonly Driver[],
  at: string,
  why: string,
])[] = [
  ['no driver fits it', 0, [], '/panel (y,panel)', 'no driver'],
  ['its probe failed', 0, [fails], '/panel (y,panel)', 'its probe failed'],
  ['its driver is another kind', 0, [sink('none')], '/panel (y,panel)', 'its driver sink has registered none'],
  ['something above it is disabled', 2, [], '/soc/deep (x,deep)', '/soc is disabled'],
  ['nobody drives its bus', 3, [], '/i2c/lost (x,lost)', 'no driver for /i2c'],
  ['it is nothing', 4, [], '/bus/nameless (no compatible)', 'no compatible, so it never becomes a device'],
];

for (const [claim, endpoint, drivers, where, why] of WAITS) {
  test(`who is awaited is named, and why it is not there: ${claim}`, async () => {
    expect((await find(1, endpoint, drivers)).found).toMatchObject({
      code: 'EPROBE_DEFER',
      message: `/out: waits for the panel or bridge ${where}: ${why} (EPROBE_DEFER)`,
      waitsFor: where.slice(0, where.indexOf(' ')),
    });
  });
}

test('an output that asks in its probe is bound once its panel is there; before, it says whom it awaits', async () => {
  const reasons: string[] = [];
  const asks = platformDriver({
    name: 'out',
    compatible: ['x,out'],
    probe: (dev) => void drmOfGetBridge(dev, dev.ofNode as DtNode, 0, 0),
  });
  // Linked both ways, as trees are: then neither is the other's supplier.
  const tree = treeOf(`/ { out { compatible = "x,out"; port { out: endpoint { remote-endpoint = <&in>; }; }; };
    panel { compatible = "y,panel", "x,panel"; port { in: endpoint { remote-endpoint = <&out>; }; }; }; };`);
  const bench = benchOf(tree, { drivers: [asks, sink('panel')] });
  bench.trace.attach((event) => event.kind === 'deferred' && reasons.push(event.reason));
  await bench.powerOn();
  expect(at(bench, '/out').state.kind).toBe('bound');
  expect(reasons).toEqual(['/out: waits for the panel or bridge /panel (y,panel): not bound yet (EPROBE_DEFER)']);
});

test('a child of a port that is no endpoint is told, as newer kernels do', async () => {
  const { bench } = await find(1, 0);
  const lines: string[] = [];
  bench.trace.attach((event) => event.kind === 'printk' && lines.push(event.text));
  expect(() => drmOfGetBridge(at(bench, '/out'), bench.tree.byPath('/out') as DtNode, 1, 0)).toThrow('EPROBE_DEFER');
  expect(lines).toEqual(['out out: non endpoint node is used (/out/ports/port@1/foreign)']);
});

async function chain(attach: DrmBridgeSpec['attach'] = undefined) {
  const { bench } = await find(1, 0);
  const dev = at(bench, '/out');
  const encoder: DrmEncoder = { name: 'DSI-31', dev, possibleCrtcs: 1, bridges: [] };
  const log: string[] = [];
  const made = (name: string, more: Partial<DrmBridgeSpec>) =>
    new DrmBridge({ dev, type: 'DSI', detach: () => void log.push(`detach ${name}`), ...more });
  const second = made('second', { attach });
  const first = made('first', { attach: (to, self) => drmBridgeAttach(to, second, self) });
  return { bench, encoder, first, second, log };
}

test('bridges attach what follows them, and the chain ends from its far end', async () => {
  const { encoder, first, second, log } = await chain();
  await drmBridgeAttach(encoder, first);
  expect(encoder.bridges).toEqual([first, second]);
  expect([first.encoder, second.encoder]).toEqual([encoder, encoder]);
  await expect(drmBridgeAttach(encoder, second)).rejects.toThrow('already attached to encoder DSI-31 (EBUSY)');
  drmEncoderCleanup(encoder);
  expect(log).toEqual(['detach second', 'detach first']);
  expect([encoder.bridges, first.encoder]).toEqual([[], undefined]);
  await drmBridgeAttach(encoder, first);
  expect(encoder.bridges).toEqual([first, second]);
});

test('a bridge whose attach fails is out again; a failure is told, a deferral is not', async () => {
  for (const [code, expected] of [
    [
      'EINVAL',
      [
        'out out: [drm] failed to attach bridge /out to encoder DSI-31: -22',
        'out out: [drm] failed to attach bridge /out to encoder DSI-31: -22',
      ],
    ],
    ['EPROBE_DEFER', []],
  ] as const) {
    const error = new SysError(code, 'no', { waitsFor: '/panel' });
    const { bench, encoder, first, second } = await chain(() => Promise.reject(error));
    const lines: string[] = [];
    bench.trace.attach((event) => event.kind === 'printk' && lines.push(event.text));
    await expect(drmBridgeAttach(encoder, first)).rejects.toBe(error);
    expect([encoder.bridges, first.encoder, second.encoder]).toEqual([[], undefined, undefined]);
    expect(lines).toEqual(expected);
  }
});

test('a bridge cannot follow one of another chain', async () => {
  const { encoder, first, second } = await chain();
  await expect(drmBridgeAttach(encoder, second, first)).rejects.toThrow(
    '/out: bridge: the bridge before it is not attached to encoder DSI-31 (EINVAL)',
  );
});
