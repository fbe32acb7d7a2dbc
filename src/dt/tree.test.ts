import { expect, test } from 'vitest';
import { cellValue, DtNode, DtProperty, DtTree, stringValue } from './tree.js';

/** A tree of nodes by path with their properties; parents come first. */
function treeOf(nodes: Record<string, Record<string, Uint8Array>>): DtTree {
  const tree = new DtTree();
  for (const [path, properties] of Object.entries(nodes)) {
    const cut = path.lastIndexOf('/');
    const parent = tree.byPath(path.slice(0, cut) || '/') as DtNode;
    const node = new DtNode(path.slice(cut + 1), parent);
    parent.children.push(node);
    for (const [name, value] of Object.entries(properties)) node.properties.push(new DtProperty(name, value));
  }
  return tree;
}

// Linux 6.12, of_find_node_opts_by_path and __of_find_node_by_path: an element without a name ends the search.
test.each([
  ['/', ''],
  ['/soc', 'soc'],
  ['/soc/a@0', 'a@0'],
  ['/soc/a@0:115200', 'a@0'],
  ['a0', 'a@0'],
  ['a0:115200', 'a@0'],
  ['s/a@0', 'a@0'],
  ['/soc/a', undefined],
  ['/soc/', undefined],
  ['/soc//a@0', undefined],
  ['//', undefined],
  ['s/', undefined],
  ['', undefined],
])('the path %j finds what Linux finds', (path, name) => {
  const aliases = { a0: stringValue('/soc/a@0'), s: stringValue('/soc') };
  const tree = treeOf({ '/soc': {}, '/soc/a@0': {}, '/aliases': aliases });
  expect(tree.byPath(path)?.name).toBe(name);
});

// Linux 6.12, populate_properties: properties in their order, the first cell of each, lengths unchecked.
test.each([
  ['one number', [['phandle', 3]], 3],
  [
    'the first of two',
    [
      ['linux,phandle', 4],
      ['phandle', 3],
    ],
    4,
  ],
  [
    'the next after a zero',
    [
      ['phandle', 0],
      ['linux,phandle', 5],
    ],
    5,
  ],
  ['the first cell of two', [['phandle', 3, 9]], 3],
  [
    'ibm,phandle over what came before',
    [
      ['phandle', 3],
      ['ibm,phandle', 7],
    ],
    7,
  ],
  [
    'ibm,phandle before the others',
    [
      ['ibm,phandle', 7],
      ['phandle', 3],
    ],
    7,
  ],
  [
    'what follows an ibm,phandle of zero',
    [
      ['ibm,phandle', 0],
      ['phandle', 3],
    ],
    3,
  ],
] as const)('the number of a node is %s', (_, properties, wanted) => {
  const node = new DtNode('n');
  for (const [name, ...cells] of properties) node.properties.push(new DtProperty(name, cellValue(...cells)));
  expect(node.phandle).toBe(wanted);
});
