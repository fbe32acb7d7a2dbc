// Real boards: the devices that the bus makes of their trees, before and after the protection domain is up.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Bench } from '../../../src/bench/bench.js';
import type { RpmsgEnd, RpmsgRemote } from '../../../src/bus/rpmsg.js';
import type { ChipModel } from '../../../src/bus/socket.js';
import { qcomApr } from '../../../src/drivers/qcom-apr/apr.js';
import { AprDevice, aprDriver } from '../../../src/drivers/qcom-apr/apr-device.js';
import { readFdt } from '../../../src/dt/fdt-read.js';
import type { DtNode, DtTree } from '../../../src/dt/tree.js';
import { settle } from '../../../src/host/settle.js';
import { type Context, type Family, named, records, type Verdict, verdict } from '../family.js';

interface Child {
  readonly node: string;
  readonly compatible: readonly string[];
  readonly iommus?: readonly number[];
}

interface Service {
  readonly node: string;
  readonly reg: number;
  readonly compatible: readonly string[];
  readonly mainline_name: string;
  readonly protection_domain: readonly [service: string, path: string] | null;
  readonly created: string;
  readonly children: readonly Child[];
}

interface Board {
  readonly board: string;
  readonly node: string;
  readonly enabled: boolean;
  readonly compatible: readonly string[];
  readonly transport: 'smd' | 'glink';
  readonly channel: string;
  readonly domain: number;
  readonly intents: readonly [size: number, count: number] | null;
  readonly services: readonly Service[];
}

/** Boards, by the name of their blob. */
export const APR_DT: readonly Family[] = [
  {
    name: 'apr-dt',
    pick: (json) => named(records(json, 'board', 'services'), 'board'),
    judge: ({ data }, context) => judge(data as Board, context),
  },
];

async function judge(board: Board, context: Context): Promise<Verdict> {
  const tree = treeOf(board.board, context);
  if (tree === undefined) return { kind: 'skipped', why: 'its blob is not at hand' };
  const node = tree.byPath(board.node);
  if (node?.parent?.parent === undefined) return verdict(`there is no ${board.node}`);
  if (!board.enabled) return verdict(node.available ? 'it is enabled' : undefined);
  return verdict(await boot(board, tree, node.parent.parent));
}

function treeOf(board: string, { dir, corpus }: Context): DtTree | undefined {
  const files = [join(dir, 'apr-dtb', `${board}.dtb`), ...corpus.map((folder) => join(folder, 'dtb', `${board}.dtb`))];
  const file = files.find(existsSync);
  return file === undefined ? undefined : readFdt(readFileSync(file)).tree;
}

async function boot(board: Board, tree: DtTree, dsp: DtNode): Promise<string | undefined> {
  let remote: RpmsgRemote | undefined;
  const chip: ChipModel = { name: 'dsp', compatible: dsp.compatible, plug: (socket) => void (remote = socket.rpmsg()) };
  const compatible = board.services.flatMap((service) => service.compatible);
  const services = aprDriver({ name: 'q6', compatible, probe: () => undefined, callback: () => undefined });
  const bench = new Bench({ tree, settle, chips: [chip], drivers: [qcomApr, services] });
  await bench.powerOn();
  if (remote === undefined) return 'no socket for the remote processor';
  if (remote.transport !== board.transport) return `the edge is ${remote.transport}`;
  const paths = new Set(board.services.flatMap(({ protection_domain: domain }) => domain?.[1] ?? []));
  for (const path of paths) remote.domain(path, false);
  const end = remote.open(board.channel, () => 0);
  await bench.run(0);
  const before = found(bench);
  const announced = intentsOf(end, board);
  await bench.run(0);
  for (const path of paths) remote.domain(path, true);
  await bench.run(0);
  const after = found(bench);
  const left = await bench.powerOff();
  const atOnce = board.services.filter(({ created }) => created === 'at probe');
  const wanted = { before: expected(board, atOnce), after: expected(board, board.services), announced: true, left: [] };
  const is = { before, after, announced, left };
  return isDeepStrictEqual(is, wanted) ? undefined : `${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`;
}

/** Services with what is below them, in the words of the recording. */
function found(bench: Bench): readonly object[] {
  return bench.core.devices
    .flatMap(({ outer }) => (outer instanceof AprDevice ? [outer] : []))
    .map(({ dev, domainId, svcId }) => ({
      name: dev.name,
      node: dev.ofNode?.path,
      domain: domainId,
      reg: svcId,
      children: dev.children.map(({ ofNode, bus }) => ({
        node: ofNode?.name,
        bus: bus.name,
        compatible: ofNode?.compatible,
        iommus: ofNode?.property('iommus')?.cells(),
      })),
    }));
}

function expected(board: Board, services: readonly Service[]): readonly object[] {
  return services.map((service) => ({
    name: service.mainline_name,
    node: `${board.node}/${service.node}`,
    domain: board.domain,
    reg: service.reg,
    children: service.children.map(({ node, compatible, iommus }) => ({ node, bus: 'platform', compatible, iommus })),
  }));
}

/** Whether as many buffers of that size are announced to the DSP as the tree says, or GLINK's own 5 of 1024 bytes. */
function intentsOf(end: RpmsgEnd, { transport, intents }: Board): boolean {
  if (transport === 'smd') return intents === null;
  const [size, count] = intents ?? [1024, 5];
  const sent = Array.from({ length: count }, () => end.trysend(new Uint8Array(size)));
  const tooLarge = end.trysend(new Uint8Array(size + 1));
  const oneMore = end.trysend(new Uint8Array(size));
  return sent.every((ret) => ret === 0) && tooLarge === -16 && oneMore === -16;
}
