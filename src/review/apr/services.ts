// What a devicetree says of APR and GPR: edges, channels, services with their device names, protection domains, ports.
import { APR_DOMAIN } from '../../drivers/qcom-apr/constants.js';
import type { DtNode, DtTree } from '../../dt/tree.js';
import type { Router } from './decode.js';
import { domainName, portName, serviceName } from './names.js';
import { valueName } from './values.js';
import type { Listener } from './verdict.js';

/** A node with a router of packets. */
export interface AprNode {
  readonly path: string;
  readonly router: Router;
  readonly compatible: readonly string[];
  /** False when it, or a node above it, is switched off. */
  readonly enabled: boolean;
  /** Node of the remote processor. */
  readonly processor: string | undefined;
  readonly transport: 'smd' | 'glink' | undefined;
  readonly channel: string | undefined;
  readonly domain: number | undefined;
  /** `ADSP`. */
  readonly domainName: string | undefined;
  /** Buffers that Linux announces: size and count each. */
  readonly intents: readonly (readonly [size: number, count: number])[];
  readonly services: readonly AprService[];
  /** What a bus driver would stumble over. */
  readonly problems: readonly string[];
}

/** A service below it. */
export interface AprService {
  readonly path: string;
  /** Name of the device that Linux makes: `aprsvc:service:4:7`. */
  readonly name: string;
  /** `ASM`. */
  readonly service: string;
  readonly svc: number;
  readonly compatible: readonly string[];
  readonly enabled: boolean;
  /** The part of the DSP that must be up before there is a device. */
  readonly protectionDomain: { readonly service: string; readonly path: string | undefined } | undefined;
  readonly children: readonly AprChild[];
}

/** What is below a service: the DAIs of a card, clocks, routing. */
export interface AprChild {
  readonly path: string;
  readonly compatible: readonly string[];
  readonly enabled: boolean;
  /** Ports of AFE, or front ends of ASM, that have nodes. */
  readonly ports: readonly { readonly index: number; readonly name: string | undefined }[];
}

const COMPATIBLE = new Map<string, Router>([
  ['qcom,apr', 'apr'],
  ['qcom,apr-v2', 'apr'],
  ['qcom,gpr', 'gpr'],
  ['qcom,apr-msm8996', 'apr'],
]);
/** The compatible of the patch; it says the domain by itself. */
const SEED = 'qcom,apr-msm8996';

/** Every router of a tree, in its order. */
export function aprNodes(tree: DtTree): AprNode[] {
  const found: AprNode[] = [];
  for (const node of tree.root.walk()) {
    const router = node.compatible.map((name) => COMPATIBLE.get(name)).find((one) => one !== undefined);
    if (router !== undefined) found.push(nodeOf(node, router));
  }
  return found;
}

function nodeOf(node: DtNode, router: Router): AprNode {
  const edge = node.parent;
  const domain = domainOf(node, router);
  const channel = node.string('qcom,glink-channels') ?? node.string('qcom,smd-channels');
  const services = node.children.flatMap((child) => serviceOf(child, router, domain) ?? []);
  return {
    path: node.path,
    router,
    compatible: node.compatible,
    enabled: isEnabled(node),
    processor: edge?.parent?.path === '/' ? undefined : edge?.parent?.path,
    transport: edge === undefined ? undefined : transportOf(edge),
    channel,
    domain,
    domainName: domain === undefined ? undefined : domainName(router, domain),
    intents: pairsOf(node.property('qcom,intents')?.cells() ?? []),
    services,
    problems: [...problemsOf(node, domain, channel, router), ...doubles(services)],
  };
}

function isEnabled(node: DtNode): boolean {
  for (let at: DtNode | undefined = node; at !== undefined; at = at.parent) if (!at.available) return false;
  return true;
}

function transportOf({ baseName }: DtNode): 'smd' | 'glink' | undefined {
  if (baseName === 'smd-edge') return 'smd';
  return baseName === 'glink-edge' ? 'glink' : undefined;
}

function domainOf(node: DtNode, router: Router): number | undefined {
  const said = node.u32('qcom,domain') ?? (router === 'apr' ? node.u32('qcom,apr-domain') : undefined);
  return said ?? (node.compatible.includes(SEED) ? APR_DOMAIN.ADSP : undefined);
}

function pairsOf(cells: readonly number[]): (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  for (let at = 0; at + 1 < cells.length; at += 2) pairs.push([cells[at] as number, cells[at + 1] as number]);
  return pairs;
}

/** A child without reg is no service. */
function serviceOf(node: DtNode, router: Router, domain = 0): AprService | undefined {
  const svc = node.u32('reg');
  if (svc === undefined) return undefined;
  const prefix = router === 'apr' ? 'aprsvc' : 'gprsvc';
  const [service, path] = node.strings('qcom,protection-domain');
  return {
    path: node.path,
    name: `${prefix}:${node.baseName}:${domain.toString(16)}:${svc.toString(16)}`,
    service: router === 'apr' ? serviceName(domain, svc) : portName(svc),
    svc,
    compatible: node.compatible,
    enabled: node.available,
    protectionDomain: service === undefined ? undefined : { service, path },
    children: node.children.map((child) => childOf(child, node.compatible)),
  };
}

function childOf(node: DtNode, above: readonly string[]): AprChild {
  const isAfe = above.includes('qcom,q6afe');
  const ports = node.children.flatMap((dai) => {
    const index = dai.u32('reg');
    if (index === undefined || !dai.available) return [];
    return [{ index, name: isAfe ? valueName('port_index', index) : undefined }];
  });
  return { path: node.path, compatible: node.compatible, enabled: node.available, ports };
}

function problemsOf(node: DtNode, domain: number | undefined, channel: string | undefined, router: Router): string[] {
  const problems: string[] = [];
  if (domain === undefined) problems.push('it has no qcom,domain: the bus does not probe');
  else if (router === 'apr' && domain >= APR_DOMAIN.MAX) {
    problems.push(`packets of domain ${domain} are refused: the bus knows those below ${APR_DOMAIN.MAX}`);
  }
  if (channel === undefined) problems.push('it has neither qcom,glink-channels nor qcom,smd-channels');
  for (const child of node.children) {
    if (child.strings('qcom,protection-domain').length === 1) {
      problems.push(`${child.path}: qcom,protection-domain has no path: the whole bus does not probe`);
    }
    if (child.u32('reg') === undefined) problems.push(`${child.path} has no reg and is passed over`);
  }
  return problems;
}

/** As in Linux the first one of a number has it. */
function doubles(services: readonly AprService[]): string[] {
  return services.flatMap(({ svc, path }, index) => {
    const first = services.findIndex((one) => one.svc === svc);
    return first === index ? [] : [`${path}: service ${svc} is there already, at ${services[first]?.path}`];
  });
}

/** The services of a tree as a bus has them, all with their drivers: what `judge` takes. */
export function listenersOf(nodes: readonly AprNode[], router: Router): Listener[] {
  const mine = nodes.filter((node) => node.router === router && node.enabled);
  return mine.flatMap(({ domain = 0, services }) =>
    services.filter(({ enabled }) => enabled).map(({ name, svc }) => ({ name, domain, svc, bound: true })),
  );
}

/** What most boards have, for packets without a tree. */
export const USUAL_LISTENERS: Readonly<Record<Router, readonly Listener[]>> = {
  apr: [3, 4, 7, 8].map((svc) => ({ name: `aprsvc:service:4:${svc}`, domain: 4, svc, bound: true })),
  gpr: [1, 2].map((svc) => ({ name: `gprsvc:service:2:${svc}`, domain: 2, svc, bound: true })),
};
