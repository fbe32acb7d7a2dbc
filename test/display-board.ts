// A machine with a MediaTek display for tests of its drivers: registers, interrupts, mutex and panel included.
import type { Bench } from '../src/bench/bench.js';
import { Components } from '../src/core/component.js';
import type { Device, Driver } from '../src/core/device.js';
import { DrmBridge, drmBridgeAdd } from '../src/core/drm-bridge.js';
import { platformDriver } from '../src/core/platform-device.js';
import { mtkDrmDrivers } from '../src/drivers/mtk-drm/mtk-drm.js';
import { panelDrivers } from '../src/drivers/panel-mipi-dsi/panel-mipi-dsi.js';
import { type DtNode, DtProperty, type DtTree, stringValue } from '../src/dt/tree.js';
import { benchOf } from './bench.js';
import { device, type MmsysSpec } from './board-tree.js';

export { boardTree, type Chain, device, displays, type MmsysSpec } from './board-tree.js';

/** A bridge of its own, as the driver of an HDMI transmitter registers one. */
const hdmi: Driver = platformDriver({
  name: 'hdmi',
  compatible: ['x,hdmi'],
  probe: (dev) => dev.scope.defer(drmBridgeAdd(new DrmBridge({ dev, type: 'HDMI' }))),
});

/** All that a display needs. */
export const DISPLAY_DRIVERS: readonly Driver[] = [...mtkDrmDrivers, ...panelDrivers, hdmi];

/** A machine with these drivers, powered on, and the lines that the display driver logs. */
export async function boot(
  tree: DtTree,
  drivers: readonly Driver[] = DISPLAY_DRIVERS,
): Promise<Bench & { readonly log: string[] }> {
  const bench = benchOf(tree, { drivers });
  const log = logOf(bench);
  await bench.powerOn();
  return Object.assign(bench, { log });
}

const PANEL = 'panel@0 bringup,lab-panel';

/** OVL0, RDMA0, DSI0 and the panel: the least that is a display. */
export const SMALL: MmsysSpec = {
  mmsys: 'syscon@1000 mediatek,mt8183-mmsys',
  chains: [
    {
      path: 0,
      blocks: [
        'ovl@2000 mediatek,mt8183-disp-ovl',
        'rdma@3000 mediatek,mt8183-disp-rdma',
        'dsi@4000 mediatek,mt8183-dsi',
      ],
      sink: PANEL,
    },
  ],
};

/** A mutex, without alias. */
export const MUTEX = `${device('mutex@f000', 'mediatek,mt8183-disp-mutex')} };`;

/** The node at a path below `/soc`. */
export function nodeAt(tree: DtTree, path: string): DtNode {
  const node = tree.byPath(path === '' ? '/soc' : `/soc/${path}`);
  if (node === undefined) throw new Error(`no node /soc/${path}`);
  return node;
}

/** Takes a property away. */
export function dropProperty(tree: DtTree, path: string, name: string): void {
  const { properties } = nodeAt(tree, path);
  properties.splice(
    properties.findIndex((property) => property.name === name),
    1,
  );
}

/** Disables a node. */
export function disable(tree: DtTree, path: string): void {
  const node = nodeAt(tree, path);
  const status = node.property('status');
  if (status !== undefined) status.value = stringValue('disabled');
  else node.properties.push(new DtProperty('status', stringValue('disabled')));
}

/** The device at a path below `/soc`, also of one without node (`syscon@1000/mediatek-drm.0.auto`). */
export function deviceAt(bench: Bench, path: string): Device {
  const dev = bench.core.devices.find((one) => one.path === `/soc/${path}`);
  if (dev === undefined) throw new Error(`no device /soc/${path}`);
  return dev;
}

/** Whom the display drivers of a machine wait for, by path. */
export function missing(bench: Bench): string[] {
  return bench.core.subsystem(Components).aggregates.flatMap((aggregate) => aggregate.missing);
}

/** Collects the lines of one driver, as `level text` without driver and device in front. */
export function logOf(bench: Bench, driver = 'mediatek-drm'): string[] {
  const lines: string[] = [];
  bench.trace.attach((event) => {
    if (event.kind !== 'printk' || event.level === 'dbg' || !event.text.startsWith(`${driver} `)) return;
    lines.push(`${event.level} ${event.text.replace(/^\S+ \S+: /, '')}`);
  });
  return lines;
}

/** Why a device is not bound; the sentence for who waits names whom. */
export function stateOf(bench: Bench, path: string): string {
  const { state } = deviceAt(bench, path);
  if (state.kind === 'deferred') return `waits for ${state.waitsFor}`;
  return state.kind === 'failed' ? `failed ${state.error.code}: ${state.error.message}` : state.kind;
}
