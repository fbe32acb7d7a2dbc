// Trees that nobody writes by hand: whatever is in them, the rules answer, quickly and not at length.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../test/sources.js';
import { memoryFiles } from '../../base/files.js';
import { Random } from '../../base/random.js';
import { KERNELS, RIGHT } from '../../drivers/mtk-drm/rules.js';
import { compileText } from '../../dt/compile-text.js';
import { DtNode, DtProperty, DtTree, cellValue, stringValue } from '../../dt/tree.js';
import type { DisplayFinding } from './finding.js';
import { forecastDisplay } from './forecast.js';
import { lintDisplay } from './lint.js';
import { MAX_FINDINGS } from './lint-context.js';

/** A node with properties, added to a parent. */
function add(parent: DtNode, name: string, properties: Readonly<Record<string, Uint8Array>> = {}): DtNode {
  const node = new DtNode(name, parent);
  parent.children.push(node);
  for (const [key, value] of Object.entries(properties)) node.properties.push(new DtProperty(key, value));
  return node;
}

/** A tree with a mmsys whose endpoint 0 leads to node number 1, and a mutex. */
function machine(): { tree: DtTree; soc: DtNode } {
  const tree = new DtTree();
  const soc = add(tree.root, 'soc');
  const mmsys = add(soc, 'syscon@1', { compatible: stringValue('mediatek,mt8167-mmsys') });
  add(add(mmsys, 'port'), 'endpoint', { 'remote-endpoint': cellValue(1) });
  add(soc, 'mutex@2', { compatible: stringValue('mediatek,mt8167-disp-mutex') });
  return { tree, soc };
}

/** A block with an input of the given number and an output to another one. */
function block(soc: DtNode, name: string, compatible: string, input: number, output: number): DtNode {
  const node = add(soc, name, { compatible: stringValue(compatible) });
  const ports = add(node, 'ports');
  add(add(ports, 'port@0', { reg: cellValue(0) }), 'endpoint', { phandle: cellValue(input) });
  add(add(ports, 'port@1', { reg: cellValue(1) }), 'endpoint', { 'remote-endpoint': cellValue(output) });
  return node;
}

const RULE_SETS = [...Object.values(KERNELS), RIGHT];

/** Lints under every kernel; the findings are those of the newest. */
function lint(tree: DtTree): DisplayFinding[] {
  const all = RULE_SETS.map((rules) => lintDisplay(tree, forecastDisplay(tree, rules)));
  for (const found of all) expectBounded(found);
  return all[2] as DisplayFinding[];
}

function expectBounded(found: readonly DisplayFinding[]): void {
  const counts = new Map<string, number>();
  for (const { rule, text, suggestion } of found) {
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
    expect(text.length + (suggestion?.length ?? 0)).toBeLessThan(5000);
  }
  for (const count of counts.values()) expect(count).toBeLessThanOrEqual(MAX_FINDINGS + 1);
}

test('a rule says 200 things, then how many more there are', () => {
  const { tree, soc } = machine();
  const rdma = block(soc, 'rdma@3', 'mediatek,mt8167-disp-rdma', 1, 0);
  const port = rdma.children[0]?.children[1] as DtNode;
  for (let i = 0; i < 5000; i++) add(port, `hint@${i.toString(16)}`);
  const found = lint(tree).filter(({ rule }) => rule === 'L30');
  expect(found).toHaveLength(MAX_FINDINGS + 1);
  expect(found.at(-1)?.text).toBe('4800 more findings of rule L30.');
  expect(found.at(-1)?.where).toBe('/');
});

test('thousands of endpoints with the wrong number are one finding', () => {
  const { tree, soc } = machine();
  const rdma = block(soc, 'rdma@3', 'mediatek,mt8167-disp-rdma', 1, 0);
  const port = rdma.children[0]?.children[1] as DtNode;
  port.children.length = 0;
  for (let i = 1; i <= 5000; i++) add(port, `endpoint@${i.toString(16)}`, { reg: cellValue(i) });
  const found = lint(tree).filter(({ rule }) => rule === 'L1');
  expect(found.map(({ text }) => text)).toEqual([expect.stringContaining('12, … (5000 in all)')]);
});

test('a circle of three thousand blocks is found, and a chain of as many is counted', () => {
  const circle = machine();
  const chain = machine();
  for (let i = 1; i <= 3000; i++) {
    block(circle.soc, `c@${i}`, 'mediatek,mt8167-disp-rdma', i, i === 3000 ? 1 : i + 1);
    block(chain.soc, `c@${i}`, 'mediatek,mt8167-disp-rdma', i, i + 1);
  }
  expect(lint(circle.tree).find(({ rule }) => rule === 'L18')?.text).toContain('(3000 in all) → c@1');
  expect(lint(chain.tree).find(({ rule }) => rule === 'L19')?.text).toContain('has 3000 components');
});

test('a circle of a thousand adaptor blocks is an endless loop', () => {
  const { tree, soc } = machine();
  for (let i = 1; i <= 1000; i++) block(soc, `c@${i}`, 'mediatek,mt8188-disp-padding', i, i === 1000 ? 1 : i + 1);
  expect(lint(tree).find(({ rule }) => rule === 'L18')?.text).toMatch(/\(endless loop in the kernel\)\.$/);
});

test('thousands of blocks without alias, of mmsys, of ports beside ports', () => {
  const { tree, soc } = machine();
  for (let i = 0; i < 1000; i++) {
    const node = block(soc, `dsi@${i}`, 'mediatek,mt8167-dsi', 10 + i, 1);
    add(node, 'port');
    if (i % 10 === 0) add(soc, `syscon@${i + 100}`, { compatible: stringValue('mediatek,mt8195-vdosys1') });
  }
  expect(new Set(lint(tree).map(({ rule }) => rule))).toContain('L29');
});

test('names of a hundred thousand letters are cut in the middle', () => {
  const { tree, soc } = machine();
  const long = 'x'.repeat(100_000);
  const rdma = block(soc, `rdma@${long}`, 'mediatek,mt8167-disp-rdma', 1, 0);
  rdma.properties.push(new DtProperty('status', stringValue(long)));
  const found = lint(tree);
  expect(found.map(({ rule }) => rule)).toContain('L32');
  expect(found.find(({ rule }) => rule === 'L32')?.where).toBe(rdma.path);
});

test('links to the root, to the mmsys, to properties of odd lengths', () => {
  const { tree, soc } = machine();
  const targets = [tree.root, soc, soc.children[0] as DtNode];
  for (const target of targets) {
    target.properties.push(new DtProperty('phandle', cellValue(1)));
    tree.changed();
    expect(lint(tree).map(({ rule }) => rule)).toContain('L7');
    target.properties.pop();
  }
});

/** One random change: a node or property goes, moves or gets other bytes. */
function mutate(tree: DtTree, random: Random): void {
  const nodes = [...tree.root.walk()];
  const node = nodes[random.below(nodes.length)] as DtNode;
  const property = node.properties[random.below(node.properties.length + 1)];
  const other = nodes[random.below(nodes.length)] as DtNode;
  const kind = random.below(5);
  if (kind === 0) node.children.splice(random.below(node.children.length + 1), 1);
  else if (kind === 1) node.properties.splice(random.below(node.properties.length + 1), 1);
  else if (kind === 2 && property !== undefined) {
    property.value = Uint8Array.from({ length: random.below(9) }, () => random.below(256));
  } else if (kind === 3 && property !== undefined) {
    property.value = other.property(property.name)?.value ?? cellValue(random.below(40));
  } else
    other.properties.push(new DtProperty('status', stringValue(['okay', 'disabled', 'OK'][random.below(3)] as string)));
  tree.changed();
}

test.each(['krane-base', 'cherry-base', 'adaptor-rdma-pad-pad-ethdr'])('%s, broken at random, is judged', (name) => {
  const text = readFileSync(join(ROOT, `test/golden/ofgraph-cases/${name}.dts`), 'latin1');
  for (let seed = 1; seed <= 8; seed++) {
    const tree = compileText(text, `${name}.dts`, memoryFiles({}), { force: true, bootCpu: 0 }).tree as DtTree;
    const random = new Random(`lint ${name} ${seed}`);
    for (let step = 0; step < 25; step++) {
      mutate(tree, random);
      expect(lint(tree).every(({ text: said }) => said !== '')).toBe(true);
    }
  }
});
