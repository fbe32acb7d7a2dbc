// Damaged blobs: whatever bytes come, reading them ends with a tree or with an error in words, and no look-up in the
// tree throws.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrors } from '../../src/base/diagnostic.js';
import { Random } from '../../src/base/random.js';
import { deviceName } from '../../src/dt/address.js';
import { aliases } from '../../src/dt/alias.js';
import { decompile } from '../../src/dt/decompile.js';
import { diff } from '../../src/dt/diff.js';
import { readFdt } from '../../src/dt/fdt-read.js';
import { writeFdt } from '../../src/dt/fdt-write.js';
import { endpoints, remoteNode } from '../../src/dt/graph.js';
import { interrupt, interruptCount } from '../../src/dt/interrupts.js';
import { applyOverlay } from '../../src/dt/overlay.js';
import { query } from '../../src/dt/query.js';
import { references } from '../../src/dt/references.js';
import { cellValue, DtNode, DtProperty, DtTree, stringValue } from '../../src/dt/tree.js';
import { corpusFolders } from '../corpus.js';

/** Longest time that one damaged blob may take, in milliseconds; the slowest honest one takes a twentieth. */
const LIMIT_MS = 2000;
/** Numbers that break arithmetic: signs, sums that wrap, lengths around limits. */
const EVIL = [0, 1, 2, 3, 4, 9, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff, 0x10000, 0xd00dfeed] as const;

const BLOBS: readonly Uint8Array[] = [small(), ...realBlobs()];

/** What `npm run soak` runs; `run` throws with what failed. */
export const scenarios: readonly { name: string; total: number; run(seed: string): void }[] = [
  { name: 'fdt', total: 50_000, run },
];

/** One damaged blob, made from the seed. */
export function run(seed: string): void {
  const random = new Random(seed);
  const bytes = damage(random.pick(BLOBS), random);
  const before = performance.now();
  const { tree, diagnostics } = readFdt(bytes);
  check((tree === undefined) === hasErrors(diagnostics), 'a tree exactly when there is no error');
  check(diagnostics.length <= 110, `${diagnostics.length} diagnostics`);
  if (tree !== undefined) use(tree, random);
  check(performance.now() - before < LIMIT_MS, `took ${Math.round(performance.now() - before)} ms`);
}

/** Everything that people do with a tree, none of which may throw. */
function use(tree: DtTree, random: Random): void {
  // Names that are no text come back as U+FFFD, which is written as text: only the second reading must agree.
  const again = readFdt(writeFdt(tree));
  check(again.tree !== undefined, 'a blob that was written can be read');
  check(
    diff(tree, again.tree as DtTree, { byTarget: false, order: true }).length === 0,
    'written and read again is equal',
  );
  if (!random.chance(0.25)) return;
  for (const node of tree.root.walk()) {
    deviceName(node);
    for (let i = Math.min(interruptCount(tree, node), 4) - 1; i >= 0; i--) interrupt(tree, node, i);
    for (const property of node.properties) references(tree, node, property);
    for (const _ of endpoints(node)) remoteNode(tree, node, -1, -1);
  }
  aliases(tree);
  decompile(tree, { pretty: true, sort: random.chance(0.5) });
  query(tree, '**[compatible=*]:reg');
  applyOverlay(tree, tree);
}

function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** One to eight faults: bits, bytes, evil numbers at any place or in the header, cut off, grown, blocks moved. */
function damage(blob: Uint8Array, random: Random): Uint8Array {
  let bytes = Uint8Array.from(blob);
  for (let faults = 1 + random.below(8); faults > 0; faults--) bytes = fault(bytes, random);
  return bytes;
}

function fault(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  if (bytes.length < 64) return bytes;
  const at = random.below(bytes.length);
  const kind = random.below(10);
  if (kind < 3) bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
  else if (kind < 4) bytes[at] = random.u32();
  else if (kind < 7) put(bytes, random.below((bytes.length >> 2) - 1) * 4, random.pick(EVIL));
  else if (kind < 8)
    put(bytes, 4 * random.below(10), random.chance(0.5) ? random.pick(EVIL) : random.below(bytes.length));
  else if (kind < 9) bytes.copyWithin(at & ~3, random.below(bytes.length) & ~3, (at & ~3) + random.below(64));
  else return random.chance(0.5) ? bytes.slice(0, at) : Uint8Array.from([...bytes, ...random.bytes(random.below(64))]);
  return bytes;
}

function put(bytes: Uint8Array, at: number, value: number): void {
  new DataView(bytes.buffer).setUint32(at, value);
}

/** The real blobs that are at hand and not too big for thousands of runs. */
function realBlobs(): Uint8Array[] {
  return corpusFolders().flatMap((folder) => {
    const names = listing(join(folder, 'dtb')).filter((name) => /^(mt8365|mt8173|fsl-ls1046a)/.test(name));
    return names.map((name) => Uint8Array.from(readFileSync(join(folder, 'dtb', name))));
  });
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A blob with one of everything, for computers without real ones. */
function small(): Uint8Array {
  const tree = new DtTree();
  tree.reservations.push({ address: 0x8000_0000n, size: 0x1000n });
  const add = (parent: DtNode, name: string, properties: Readonly<Record<string, Uint8Array>>): DtNode => {
    const node = new DtNode(name, parent);
    parent.children.push(node);
    for (const [key, value] of Object.entries(properties)) node.properties.push(new DtProperty(key, value));
    return node;
  };
  tree.root.properties.push(new DtProperty('#address-cells', cellValue(1)));
  tree.root.properties.push(new DtProperty('interrupt-parent', cellValue(1)));
  add(tree.root, 'aliases', { i2c0: stringValue('/soc/i2c@1000') });
  const controller = { 'interrupt-controller': new Uint8Array(0), '#interrupt-cells': cellValue(1) };
  add(tree.root, 'intc', { ...controller, phandle: cellValue(1), '#clock-cells': cellValue(1) });
  const soc = add(tree.root, 'soc', { ranges: new Uint8Array(0), compatible: stringValue('simple-bus') });
  const bus = add(soc, 'i2c@1000', {
    reg: cellValue(0x1000, 0x100),
    interrupts: cellValue(3),
    clocks: cellValue(1, 7),
  });
  const ports = add(add(bus, 'ports', {}), 'port@0', { reg: cellValue(0) });
  add(ports, 'endpoint', { 'remote-endpoint': cellValue(2), phandle: cellValue(2) });
  add(tree.root, '__symbols__', { bus: stringValue('/soc/i2c@1000') });
  add(add(tree.root, 'fragment@0', { 'target-path': stringValue('/soc') }), '__overlay__', {
    status: stringValue('okay'),
  });
  add(tree.root, '__fixups__', { bus: stringValue('/soc/i2c@1000:clocks:0') });
  return writeFdt(tree);
}
