// Table of the rules about links: numbers of endpoints, what remote-endpoint points at, links back.
import { componentName } from '../../drivers/mtk-drm/component.js';
import { PATHS } from '../../drivers/mtk-drm/rules.js';
import { graphIsPresent, parseEndpoint, portParent, remoteEndpoint, remotePortParent } from '../../dt/graph.js';
import type { DtNode } from '../../dt/tree.js';
import type { Values } from '../../dt/message.js';
import { type LintContext, listOf, type Rule, type Subject, walkLines } from './lint-context.js';
import type { DisplayKey } from './lint-messages.js';
import { endpointsOn, hopsWithoutNumber, isEndpoint, leadsOut, type PathView } from './lint-paths.js';
import { portsOf } from './scene.js';

/** L1, L2, L6, L7, L8. */
export const LINK_RULES: readonly Rule[] = [
  {
    id: 'L1',
    severity: 'error',
    summary: 'a block of a path has outgoing endpoints, but none with the number of the path',
    run: (c) => eachNoNumber(c, (view, device, others) => others.length > 0 && wrongNumber(c, view, device, others)),
  },
  {
    id: 'L2',
    severity: 'error',
    summary: 'a path stops at a block without any outgoing endpoint',
    run: (c) => eachNoNumber(c, (view, device, others) => others.length === 0 && noOutput(c, view, device)),
  },
  {
    id: 'L6',
    severity: 'error',
    shifts: ['survived'],
    summary: 'a remote-endpoint is missing, empty, short, zero or points at nothing',
    run: noRemotes,
  },
  {
    id: 'L7',
    severity: 'error',
    shifts: ['survived'],
    summary: 'a remote-endpoint points at something that is no endpoint',
    run: noEndpoints,
  },
  { id: 'L8', severity: 'warning', summary: 'the other end of a link points elsewhere or nowhere', run: oneWay },
];

function eachNoNumber(c: LintContext, run: (view: PathView, device: DtNode, others: readonly DtNode[]) => void): void {
  for (const view of c.views) if (view.end.kind === 'no-number') run(view, view.end.device, view.end.others);
}

function wrongNumber(c: LintContext, view: PathView, device: DtNode, others: readonly DtNode[]): void {
  const { path: p, number, mmsys } = view;
  const endpoint = others[0] as DtNode;
  const first = view.walk.steps[0]?.endpoint as DtNode;
  const numbers = [...new Set(others.map((other) => parseEndpoint(other).id))];
  const owner = c.views.find((other) => other.walk.steps.some((step) => step.endpoint === endpoint));
  const alone = numbers.length === 1 && view.walk.steps.length === 2 ? PATHS[numbers[0] as number] : undefined;
  const free =
    alone !== undefined &&
    !c.views.some((other) => other.mmsys === mmsys && other.path === alone) &&
    leadsOut(c, device, numbers[0] as number);
  const rest = owner === undefined ? hopsWithoutNumber(c, endpoint, number) : [];
  c.told.add(endpoint);
  c.find(owner !== undefined ? 'L1 shared' : free ? 'L1 first' : 'L1', {
    node: endpoint,
    property: 'reg',
    mmsys: mmsys.node,
    path: p,
    kernel: walkLines(view, c.rules),
    values: {
      p,
      c: number,
      node: device.path,
      list: listOf(numbers),
      found: numbers[0] as number,
      q: owner?.path ?? alone ?? '',
      first: first.path,
      ...renumbering(endpoint, number),
      others:
        rest.length === 0
          ? ''
          : ` The same at ${listOf(
              rest.map(({ path }) => path),
              ', ',
              6,
            )}.`,
    },
  });
}

/** Parts of a suggestion to give an endpoint a number. */
export function renumbering(
  endpoint: DtNode,
  number: number,
): Record<'endpoint' | 'port' | 'rename' | 'cells', string> {
  const port = endpoint.parent as DtNode;
  const named = endpoint.unitAddress === number.toString(16);
  const numbered = port.u32('#address-cells') === 1 && port.u32('#size-cells') === 0;
  return {
    endpoint: `endpoint ${endpoint.path}`,
    port: port.path,
    rename: named ? '' : `; rename it endpoint@${number.toString(16)}`,
    cells: numbered ? '' : `${named ? ';' : ' and'} give ${port.name} #address-cells = <1>, #size-cells = <0>`,
  };
}

function noOutput(c: LintContext, view: PathView, device: DtNode): void {
  const { path: p, number, mmsys } = view;
  const { key, node, values = {} } = whyNoOutput(device);
  const id = view.walk.steps.at(-2)?.id ?? -1;
  c.told.add(node);
  c.find(key, {
    node,
    ...(node === device ? {} : { property: 'reg' }),
    mmsys: mmsys.node,
    path: p,
    kernel: walkLines(view, c.rules),
    values: {
      p,
      c: number,
      node: device.path,
      comp: componentName(id) ?? id,
      child: node.name,
      at: node.path,
      ...values,
    },
  });
}

/** The node at fault, and how to say it. */
interface Lack {
  readonly key: DisplayKey;
  readonly node: DtNode;
  readonly values?: Values;
}

/** What stands where port 1 should be. */
function whyNoOutput(device: DtNode): Lack {
  const list = device.children.find(({ baseName }) => baseName === 'out-ports');
  if (!graphIsPresent(device) && list !== undefined) return { key: 'L2 lists', node: list };
  const { holder, ports } = portsOf(device);
  const first = ports.find((port) => port.u32('reg') === 1);
  const child = first?.children[0];
  if (child !== undefined) return { key: 'L2 endpoint', node: child };
  if (first !== undefined) return { key: 'L2 empty', node: first };
  const called = ports.find((port) => port.unitAddress === '1');
  if (called !== undefined) {
    const reg = called.u32('reg');
    const values = { reg: reg === undefined ? 'no readable reg and counts as port 0' : `reg = <${reg}>` };
    return { key: 'L2 number', node: called, values };
  }
  const odd = holder.children.find(({ name }) => /^(?:out)?port[-_]?1$|^output$/i.test(name));
  if (odd !== undefined) return { key: 'L2 port', node: odd };
  const numbers = ports.map((port) => port.u32('reg') ?? 0);
  return { key: 'L2', node: device, values: { ports: ports.length === 0 ? 'no ports' : `port ${listOf(numbers)}` } };
}

function noRemotes(c: LintContext): void {
  for (const view of c.views) {
    const { end, path, mmsys } = view;
    const at = { mmsys: mmsys.node, path };
    if (end.kind === 'no-remote') noRemote(c, end.endpoint, { ...at, kernel: walkLines(view, c.rules) });
    const last = end.kind === 'built' ? view.walk.steps.at(-1) : undefined;
    if (last?.endpoint === undefined || last.node !== undefined) continue;
    // Behind an output: it depends on where the output's driver looks.
    const output = c.outputs.find(({ node }) => node === view.walk.steps.at(-2)?.node);
    noRemote(c, last.endpoint, { ...at, ...survivedUnless(output?.fails !== false) });
  }
  for (const { fault, fails, mmsys, path } of c.outputs) {
    if (fault.kind !== 'no-remote') continue;
    noRemote(c, fault.endpoint, { mmsys: mmsys.node, path, ...survivedUnless(fails) });
  }
}

const survivedUnless = (fails: boolean): Pick<Subject, 'shift'> => ({ shift: fails ? undefined : 'survived' });

type About = Pick<Subject, 'mmsys' | 'path' | 'shift' | 'kernel'>;

/** L7 tells of a phandle that leads to something else than an endpoint. */
function noRemote(c: LintContext, endpoint: DtNode, about: About): void {
  if (remoteEndpoint(c.tree, endpoint) !== undefined) return;
  const values = { endpoint: endpoint.path, reason: whyNoRemote(endpoint) };
  c.find('L6', { node: endpoint, property: 'remote-endpoint', values, ...about });
}

function whyNoRemote(endpoint: DtNode): string {
  const property = endpoint.property('remote-endpoint');
  const phandle = property?.cell(0);
  if (property === undefined) return 'is missing';
  if (property.length === 0) return 'is empty';
  if (phandle === undefined) return `is only ${property.length} bytes long`;
  if (phandle === 0) return 'is <0>, which is no node';
  if (phandle === 0xffffffff) return 'was never filled in (<0xffffffff>)';
  return `is <0x${phandle.toString(16)}>, a phandle that no node has`;
}

function noEndpoints(c: LintContext): void {
  for (const view of c.views) {
    const { end, path, mmsys } = view;
    for (const { endpoint } of view.walk.steps) {
      const target = endpoint === undefined ? undefined : remoteEndpoint(c.tree, endpoint);
      if (endpoint === undefined || target === undefined || isEndpoint(target)) continue;
      const fatal = end.kind === 'no-endpoint' && end.endpoint === endpoint;
      c.find('L7', {
        node: endpoint,
        property: 'remote-endpoint',
        mmsys: mmsys.node,
        path,
        ...survivedUnless(fatal),
        kernel: fatal ? walkLines(view, c.rules) : [],
        values: {
          endpoint: endpoint.path,
          target: target.path,
          device: remotePortParent(c.tree, endpoint)?.path ?? 'nothing',
        },
      });
    }
  }
}

function oneWay(c: LintContext): void {
  for (const { end, walk, mmsys, path } of c.views) {
    for (const { endpoint } of walk.steps) {
      const other = endpoint === undefined ? undefined : remoteEndpoint(c.tree, endpoint);
      if (endpoint === undefined || other === undefined || !isEndpoint(other)) continue;
      if (end.kind === 'circle' && end.closing === endpoint) continue;
      const third = remoteEndpoint(c.tree, other);
      if (third === endpoint) continue;
      const isBent = third !== undefined && remoteEndpoint(c.tree, third) === other;
      const isOutput = leadsToOutput(c, other);
      const wanted = isBent || isOutput ? wantedTarget(c, endpoint, other) : undefined;
      c.find(isBent ? 'L8 bent' : isOutput ? 'L8 output' : 'L8', {
        node: isBent || isOutput ? endpoint : other,
        property: 'remote-endpoint',
        mmsys: mmsys.node,
        path,
        values: {
          endpoint: endpoint.path,
          other: other.path,
          third: third?.path ?? '',
          back: third === undefined ? 'leads nowhere' : `→ ${third.path}`,
          wanted: wanted === undefined ? 'the input that follows' : wanted.path,
        },
      });
    }
  }
}

/** Whether an outgoing link ends at the outgoing side of another block. */
function leadsToOutput(c: LintContext, other: DtNode): boolean {
  const device = portParent(other);
  return device !== undefined && c.pipeline.has(device) && parseEndpoint(other).port === 1;
}

/** What a bent link most likely led to: what still points back, or the input of the block whose output it names. */
function wantedTarget(c: LintContext, endpoint: DtNode, other: DtNode): DtNode | undefined {
  const back = c.linkedTo(endpoint).find((one) => one !== other && isEndpoint(one));
  const device = portParent(other);
  return back ?? (device !== undefined && leadsToOutput(c, other) ? endpointsOn(c, device, 0)[0] : undefined);
}
