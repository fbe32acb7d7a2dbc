// Table of the rules about the form of mmsys, pipeline components and their ports.
import type { LintContext, PipelineNode, Rule } from './lint-context.js';
import { portsOf } from './scene.js';
import { oddStatus } from './status.js';

/** L29, L30, L31, L32. */
export const TREE_RULES: readonly Rule[] = [
  { id: 'L29', severity: 'warning', summary: 'ports that are hidden by the first "ports" node', run: hiddenPorts },
  {
    id: 'L30',
    severity: 'warning',
    summary: 'children of ports that are called neither port nor endpoint',
    run: strangers,
  },
  {
    id: 'L31',
    severity: 'warning',
    summary: 'the unit address of a port or endpoint is not its reg',
    run: unitAddresses,
  },
  { id: 'L32', severity: 'warning', summary: 'a status that means nothing', run: odd },
];

/** mmsys and components, each with the path on which it was met. */
function* devices(c: LintContext): Generator<PipelineNode> {
  for (const { node } of c.forecast.mmsys) yield { node, mmsys: node, path: undefined };
  yield* c.pipeline.values();
}

function hiddenPorts(c: LintContext): void {
  for (const { node: device, mmsys, path } of devices(c)) {
    const { holder } = portsOf(device);
    if (holder === device) continue;
    for (const other of device.children) {
      if (other === holder || (other.baseName !== 'port' && other.baseName !== 'ports')) continue;
      c.find('L29', { node: other, mmsys, path, values: { node: device.path, other: other.name } });
    }
  }
}

function strangers(c: LintContext): void {
  for (const { node: device, mmsys, path } of devices(c)) {
    const { holder, ports } = portsOf(device);
    for (const child of holder === device ? [] : holder.children) {
      if (child.baseName === 'port' || c.told.has(child)) continue;
      c.find('L30 port', { node: child, mmsys, path, values: { node: holder.path, child: child.name } });
    }
    for (const port of ports) {
      for (const child of port.children) {
        if (child.baseName === 'endpoint' || c.told.has(child)) continue;
        const line = `non endpoint node is used (${child.path})`;
        const values = { node: port.path, child: child.name, n: child.u32('reg') ?? 0 };
        c.find('L30', { node: child, mmsys, path, kernel: [line].filter((text) => c.lines.has(text)), values });
      }
    }
  }
}

function unitAddresses(c: LintContext): void {
  for (const { node: device, mmsys, path } of devices(c)) {
    for (const port of portsOf(device).ports) {
      for (const node of [port, ...port.children.filter(({ baseName }) => baseName === 'endpoint')]) {
        const unit = node.unitAddress;
        const number = node.u32('reg');
        if (unit === undefined || unit.toLowerCase() === (number ?? 0).toString(16) || c.told.has(node)) continue;
        const values = { node: node.path, unit, base: node.baseName, number: /^\d$/.test(unit) ? unit : `0x${unit}` };
        if (number === undefined) {
          const reg = node.property('reg') === undefined ? 'missing' : 'not readable';
          c.find('L31 none', { node, property: 'reg', mmsys, path, values: { ...values, reg } });
        } else {
          const at = { reg: `<${number}>`, hex: number.toString(16) };
          c.find('L31', { node, property: 'reg', mmsys, path, values: { ...values, ...at } });
        }
      }
    }
  }
}

function odd(c: LintContext): void {
  const behind = c.views.flatMap(({ walk, mmsys, path }) =>
    walk.steps.flatMap(({ node }) => (node === undefined ? [] : [{ node, mmsys: mmsys.node, path }])),
  );
  const sinks = c.outputs.flatMap(({ fault, mmsys, path }) =>
    fault.kind === 'sink-disabled' ? [{ node: fault.sink, mmsys: mmsys.node, path }] : [],
  );
  for (const { node, mmsys, path } of [...devices(c), ...behind, ...sinks]) {
    const value = oddStatus(node);
    if (value === undefined) continue;
    const wanted = value.trim().toLowerCase().startsWith('disable') ? 'disabled' : 'okay';
    c.find('L32', { node, property: 'status', mmsys, path, values: { node: node.path, value, wanted } });
  }
}
