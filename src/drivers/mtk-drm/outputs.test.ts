import { expect, test } from 'vitest';
import { treeOf } from '../../../test/tree-of.js';
import type { DtNode } from '../../dt/tree.js';
import { findRemote, lookupsOf } from './outputs.js';
import { type DisplayRules, KERNELS, RIGHT } from './rules.js';
import { TYPES } from './tables.js';

/** What an output with these ports finds, in one line; bridges are nodes called `panel`. */
function remote(ports: string, rules: DisplayRules, type: 'DSI' | 'DPI' = 'DSI'): string {
  const tree = treeOf(`/ { out { ${ports} }; upstream { port { up: endpoint { }; }; };
    panel { port { panel: endpoint { }; }; }; off { status = "disabled"; port { off: endpoint { }; }; }; };`);
  const out = tree.byPath('/out') as DtNode;
  const isBridge = ({ name }: DtNode): boolean => name === 'panel';
  const found = findRemote(tree, out, lookupsOf(TYPES[type], rules), rules.endpoints, isBridge);
  return `${found.lookup.port}/${found.lookup.endpoint} ${found.ret} ${found.firstRet} ${found.remote?.name}`;
}

const port = (number: number, endpoint: number, to: string): string =>
  `port@${number} { reg = <${number}>; endpoint@${endpoint} { reg = <${endpoint}>; remote-endpoint = <&${to}>; }; };`;
const newStyle = (endpoint: number, to: string): string => `ports { ${port(0, 0, 'up')} ${port(1, endpoint, to)} };`;

test('O3: a DSI looks at port 1 endpoint 0, then at port 0 endpoint 0', () => {
  expect(remote(newStyle(0, 'panel'), KERNELS['v6.13'])).toBe('1/0 0 0 panel');
  expect(remote(port(0, 0, 'panel'), KERNELS['v6.13'])).toBe('0/0 0 -19 panel');
});

test('O5: a DSI whose panel is disabled or on another endpoint waits for the block in front of it, for ever', () => {
  expect(remote(newStyle(0, 'off'), KERNELS['v7.1'])).toBe('0/0 -517 -19 upstream');
  expect(remote(newStyle(1, 'panel'), KERNELS['v7.1'])).toBe('0/0 -517 -19 upstream');
});

test('O2: a DPI takes any endpoint of port 1', () => {
  expect(remote(newStyle(1, 'panel'), KERNELS['v7.1'], 'DPI')).toBe('1/-1 0 0 panel');
});

test('O6: with the right rules a DSI takes any endpoint too', () => {
  expect(remote(newStyle(1, 'panel'), RIGHT)).toBe('1/-1 0 0 panel');
});

test('O2, O3: EPROBE_DEFER at port 1 is the answer, port 0 is not asked', () => {
  const ports = `ports { ${port(0, 0, 'panel')} ${port(1, 0, 'up')} };`;
  expect(remote(ports, KERNELS['v6.13'])).toBe('1/0 -517 -517 upstream');
  expect(remote(ports, KERNELS['v6.13'], 'DPI')).toBe('1/-1 -517 -517 upstream');
});

test('O1: without a graph, a remote or an available remote the answer is ENODEV', () => {
  expect(remote('', KERNELS['v7.1'])).toBe('0/0 -19 -19 undefined');
  expect(remote(port(0, 0, 'off'), KERNELS['v7.1'])).toBe('0/0 -19 -19 undefined');
});

test('O4: kernels before the graphs look at port 0 only, which in a new tree is the input', () => {
  expect(remote(newStyle(0, 'panel'), KERNELS['v6.12'])).toBe('0/0 -517 -517 upstream');
  expect(remote(port(0, 0, 'panel'), KERNELS['v6.12'], 'DPI')).toBe('0/0 0 0 panel');
});

test('G11: a foreign child of port 1 counts as its endpoint up to v6.13 only', () => {
  const ports = `ports { ${port(0, 0, 'up')} port@1 { reg = <1>; panel { remote-endpoint = <&panel>; }; }; };`;
  expect(remote(ports, KERNELS['v6.13'])).toBe('1/0 0 0 panel');
  expect(remote(ports, KERNELS['v7.1'])).toBe('0/0 -517 -19 upstream');
});
