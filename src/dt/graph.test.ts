import { expect, test } from 'vitest';
import { treeOf } from '../../test/tree-of.js';
import { aliases, aliasId } from './alias.js';
import * as graph from './graph.js';
import type { DtNode } from './tree.js';

const TREE = treeOf(`/ {
  aliases { merge05 = "/b"; merge1 = "/a"; ovl-2l0 = "/a"; dp-intf1 = "/b"; merge2 = "/b"; none = "/a"; lost0 = "/x";
            deep3 = "merge1/ports"; huge99999999999 = "/a"; circle0 = "circle0"; };
  a { ports { port@1 { reg = <1>; a1: endpoint@0 { remote-endpoint = <&b0>; };
                       odd: other { reg = <4>; remote-endpoint = <&b0 1 2>; }; };
              port@0 { a0: endpoint@9 { reg = <2>; remote-endpoint = <&off0>; }; };
              nope { endpoint { }; }; };
      port { endpoint { reg = <7>; }; }; };
  b { port { b0: endpoint { remote-endpoint = <&a1>; }; }; };
  off { status = "disabled"; in-ports { port { off0: endpoint { remote-endpoint = [00 01]; }; }; }; };
  hidden { ports { }; port { endpoint { }; }; };
  direct { port { d0: endpoint { remote-endpoint = <&b>; }; }; };
  bb: b2 { b: inner { }; }; };`);

function at(path: string): DtNode {
  const node = TREE.byPath(path);
  if (node === undefined) throw new Error(`no ${path}`);
  return node;
}

const label = (name: string): DtNode => TREE.byLabel(name) as DtNode;

test('a ports node hides ports beside it, and in-ports is no graph', () => {
  expect(['/a', '/b', '/off', '/hidden'].map((path) => graph.graphIsPresent(at(path)))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('endpoints come in order of the tree; mainline skips other names and says so', () => {
  const names = (variant: graph.GraphVariant): string[] =>
    [...graph.endpoints(at('/a'), { variant })].map((e) => e.name);
  expect(names('seed')).toEqual(['endpoint@0', 'other', 'endpoint@9']);
  expect(names('mainline')).toEqual(['endpoint@0', 'endpoint@9']);
  const skipped: string[] = [];
  [...graph.endpoints(at('/a'), { variant: 'mainline', skipped: (node) => skipped.push(node.path) })];
  expect(skipped).toEqual(['/a/ports/port@1/other']);
});

test('numbers come from reg, unit addresses play no role', () => {
  expect(graph.parseEndpoint(label('a0'))).toEqual({ port: 0, id: 2 });
  expect(graph.parseEndpoint(label('odd'))).toEqual({ port: 1, id: 4 });
});

test('endpoints are found by number, -1 being any', () => {
  const find = (port: number, id: number): string | undefined => graph.endpointByRegs(at('/a'), port, id)?.name;
  expect([find(1, 4), find(0, -1), find(-1, -1), find(-1, 2), find(3, -1), find(0, 0)]).toEqual([
    'other',
    'endpoint@9',
    'endpoint@0',
    'endpoint@9',
    undefined,
    undefined,
  ]);
});

test('the other end is two levels above what remote-endpoint names, three below a list of ports', () => {
  expect(graph.remotePortParent(TREE, label('a1'))?.path).toBe('/b');
  expect(graph.remotePortParent(TREE, label('odd'))?.path).toBe('/b');
  expect(graph.remotePortParent(TREE, label('b0'))?.path).toBe('/a');
  expect(graph.remotePortParent(TREE, label('a0'))?.path).toBe('/off');
  expect(graph.remotePort(TREE, label('b0'))?.path).toBe('/a/ports/port@1');
  expect(graph.remoteEndpoint(TREE, label('off0'))).toBeUndefined();
  // remote-endpoint of d0 names /b2/inner: the device is taken to be its grand-parent.
  expect(graph.remotePortParent(TREE, label('d0'))?.path).toBe('/');
});

test('the remote node must be available, and the reason is in the words of Linux', () => {
  expect(graph.remoteNode(TREE, at('/a'), 1, 0)).toEqual({ kind: 'found', node: at('/b') });
  expect(graph.remoteNode(TREE, at('/a'), 0, -1)).toEqual({ kind: 'none', reason: 'not available for remote node' });
  expect(graph.remoteNode(TREE, at('/a'), 5, 0)).toEqual({
    kind: 'none',
    reason: 'no valid endpoint (5, 0) for node /a',
  });
});

test('aliases are split into stem and number, and the first of a stem counts', () => {
  const table = aliases(TREE);
  expect(table.map(({ stem, id, node }) => [stem, id, node.path])).toEqual([
    ['merge', 5, '/b'],
    ['merge', 1, '/a'],
    ['ovl-2l', 0, '/a'],
    ['dp-intf', 1, '/b'],
    ['merge', 2, '/b'],
    ['deep', 3, '/a/ports'],
  ]);
  expect([aliasId(table, at('/b'), 'merge'), aliasId(table, at('/b'), 'ovl-2l')]).toEqual([5, undefined]);
});
