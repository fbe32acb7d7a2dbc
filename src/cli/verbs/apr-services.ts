// `bringup apr services`: what a devicetree says of APR and GPR, and what became of each service after a boot; or
// what the audio DSP of a real board says of itself.
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { type Duration, ms, s } from '../../base/clock.js';
import type { Bench } from '../../bench/bench.js';
import type { NodeReport } from '../../bench/report.js';
import type { DtTree } from '../../dt/tree.js';
import type { AprChild, AprNode, AprService } from '../../review/apr/services.js';
import { captureOption } from '../apr-capture.js';
import { dspServices } from '../apr-device.js';
import { aprNodesOf } from '../apr-packets.js';
import { type Io, oneLine, writeJson } from '../io.js';
import { buildMachine, powerOn } from '../machine.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { alignRows, counted } from '../text-table.js';
import { defineOption, includeOption, loadTree, overlayOption, type TreeOptions } from '../tree-file.js';
import { examples, leave, type Session } from '../verb.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('services')
    .description(
      'List the APR and GPR nodes of a devicetree: edges, channels, services with the names of their devices, ' +
        'protection domains, ports; boot the board, and say what became of each. Exit code 0: all are up, 1: not ' +
        'all. With --device: ask the audio DSP of this board for its services and their versions.',
    )
    .argument('[TREE]', 'a devicetree, blob or source; - reads standard input')
    .option('--device <FILE>', 'a channel to the DSP: /dev/rpmsgN, or /dev/rpmsg_ctrlN:apr_audio_svc (needs koffi)')
    .addOption(captureOption())
    .option('--no-boot', 'say what the tree has, without running')
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText('after', LIMITS)
    .addHelpText(
      'after',
      examples(
        'apr services board.dtb',
        'apr services board.dts -I linux/include --json',
        'apr services board.dtb --no-boot',
        'apr services --device /dev/rpmsg_ctrl0:apr_audio_svc --capture core.pcapng',
      ),
    )
    .action(leave(session, (path, options) => services(path, options, session.io)));
}

const LIMITS = `
A real DSP is asked, and nothing is played on it: samples go through memory that the DSP can
read, which a program in user space does not have. The kernel must have let go of the channel;
docs/apr.md says how.`;

interface Options extends TreeOptions {
  readonly device?: string | undefined;
  readonly capture?: string | undefined;
  readonly boot: boolean;
  readonly json?: true | undefined;
}

async function services(path: string | undefined, options: Options, io: Io): Promise<ExitCode> {
  const { device, capture, json } = options;
  if (device !== undefined) {
    if (path !== undefined)
      throw new Refusal(2, path, 'a tree and --device exclude each other', 'leave one of them out');
    await dspServices({ device, capture, json }, io);
    return 0;
  }
  const real = 'or a real DSP: --device /dev/rpmsg0';
  if (capture !== undefined)
    throw new Refusal(2, '--capture', 'a tree has no packets', 'name a --device, or leave it out');
  if (path === undefined) throw new Refusal(2, 'apr services', 'nothing is named to look at', `name a TREE, ${real}`);
  return servicesOf(path, options, io);
}

async function servicesOf(path: string, options: Options, io: Io): Promise<ExitCode> {
  const tree = await loadTree(io, path, options);
  const nodes = aprNodesOf(tree, path);
  const states = options.boot ? await boot(tree, nodes) : undefined;
  if (options.json === true) writeJson(io, documentOf(nodes, states));
  else io.stdout.write(nodes.map((node) => textOf(node, states)).join('\n'));
  const isUp = states === undefined || nodes.every((node) => wanted(node).every((one) => isBound(states, one)));
  return isUp && nodes.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

type States = ReadonlyMap<string, NodeReport>;

/** Protection domains come up some time after the processor. */
const LIMIT: Duration = s(5);
const SLICE: Duration = ms(10);

/** What became of each node of the tree, when the services are up or had time to be. */
async function boot(tree: DtTree, nodes: readonly AprNode[]): Promise<States> {
  const machine = { seed: '1', fault: [], set: [], param: [] };
  const bench = buildMachine(tree, machine);
  await powerOn(bench, machine);
  const all = nodes.flatMap(wanted);
  let states = statesOf(bench, all);
  while (bench.clock.now() < LIMIT && !all.every((one) => isDecided(states, one))) {
    await bench.run(SLICE);
    states = statesOf(bench, all);
  }
  await bench.powerOff();
  return states;
}

/** The report has nodes with a compatible; a service needs none to be a device. */
function statesOf(bench: Bench, all: readonly AprService[]): States {
  const states = new Map(bench.report().map((report) => [report.path, report]));
  for (const { path } of all) {
    const node = states.has(path) ? undefined : bench.tree.byPath(path);
    const dev = node === undefined ? undefined : bench.core.deviceOf(node);
    if (dev !== undefined)
      states.set(path, { path, compatible: '', state: dev.state.kind === 'bound' ? 'bound' : 'no driver' });
  }
  return states;
}

/** The services that should come up. */
function wanted({ enabled, services: all }: AprNode): readonly AprService[] {
  return enabled ? all.filter((service) => service.enabled) : [];
}

function isBound(states: States, { path }: AprService): boolean {
  return states.get(path)?.state === 'bound';
}

/** Time changes nothing any more. */
function isDecided(states: States, { path }: AprService): boolean {
  return ['bound', 'failed', 'no driver'].includes(states.get(path)?.state ?? '');
}

function textOf(node: AprNode, states: States | undefined): string {
  const lines = [
    `${node.path}: ${node.router.toUpperCase()}${node.enabled ? '' : ', switched off'}`,
    ...headOf(node).map((line) => `  ${line}`),
    ...serviceRows(node.services, states),
    ...node.problems.map((problem) => `  problem: ${problem}`),
  ];
  return lines.map((line) => `${oneLine(line)}\n`).join('');
}

function headOf({ processor, transport, channel, domain, domainName, intents }: AprNode): string[] {
  const buffers = intents.map(([size, count]) => `${count} of ${size} bytes`).join(', ');
  return [
    `processor ${processor ?? 'none'}, domain ${domain === undefined ? 'not given' : `${domainName} (${domain})`}`,
    `channel ${channel ?? 'none'} over ${transport?.toUpperCase() ?? 'no edge'}` +
      (buffers === '' ? '' : `, buffers of Linux: ${buffers}`),
  ];
}

function serviceRows(services: readonly AprService[], states: States | undefined): string[] {
  if (services.length === 0) return ['  no services'];
  const state = states === undefined ? [] : ['STATE'];
  const rows = services.flatMap((service) => [
    rowOf(service, states),
    ...service.children.map((child) => childRow(child, states)),
  ]);
  return alignRows([['DEVICE', 'SERVICE', 'COMPATIBLE', ...state, 'COMES'], ...rows]);
}

function rowOf({ name, path, service, compatible, enabled, protectionDomain }: AprService, states?: States): string[] {
  return [name, service, compatible.join(' '), ...stateOf(path, states), comes(enabled, protectionDomain)];
}

function comes(enabled: boolean, domain: AprService['protectionDomain']): string {
  if (!enabled) return 'never: switched off';
  return domain === undefined ? 'with the channel' : `when ${domain.path ?? domain.service} is up`;
}

function childRow({ path, compatible, enabled, ports }: AprChild, states?: States): string[] {
  const name = `  ${path.split('/').at(-1) ?? ''}`;
  const shown = ports.map(({ index, name: port }) => port ?? String(index)).join(' ');
  const about = ports.length === 0 ? '' : `${counted(ports.length, 'port')}: ${shown}`;
  return [name, '', compatible.join(' '), ...stateOf(path, states), enabled ? about : 'switched off'];
}

/** `bound`, or what it is in place of that and why. */
function stateOf(path: string, states: States | undefined): string[] {
  if (states === undefined) return [];
  const report = states.get(path);
  if (report === undefined) return ['no device'];
  const { state, reason, waitsFor } = report;
  if (state === 'bound') return [state];
  const why = reason ?? (waitsFor === undefined ? '' : `for ${waitsFor}`);
  return [why === '' ? state : `${state}: ${why}`];
}

function documentOf(nodes: readonly AprNode[], states: States | undefined): object {
  if (states === undefined) return { routers: nodes };
  const withState = <T extends { readonly path: string }>(one: T): object => ({
    ...one,
    ...stateJson(one.path, states),
  });
  return {
    routers: nodes.map((node) => ({
      ...node,
      services: node.services.map((service) => ({ ...withState(service), children: service.children.map(withState) })),
    })),
  };
}

function stateJson(path: string, states: States): object {
  const { state = 'no device', driver, reason } = states.get(path) ?? {};
  return { state, ...(driver === undefined ? {} : { driver }), ...(reason === undefined ? {} : { reason }) };
}
