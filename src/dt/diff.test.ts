import { expect, test } from 'vitest';
import { treeOf } from '../../test/tree-of.js';
import { diff, type DiffOptions, diffText } from './diff.js';

function text(a: string, b: string, options: DiffOptions = {}): string {
  const [before, after] = [treeOf(a), treeOf(b)];
  return diffText(before, after, diff(before, after, options), options);
}

test('a tree does not differ from itself', () => {
  const source = '/ { a { b = <1>; }; c { }; };';
  expect(diff(treeOf(source), treeOf(source), { byTarget: false, order: true })).toEqual([]);
});

test('what was added, removed and changed stands below its node', () => {
  const a = '/ { model = "x"; soc { i2c@0 { status = "disabled"; old; }; gone { x = <1>; }; }; };';
  const b = '/ { model = "x"; soc { i2c@0 { status = "okay"; new = [01]; }; came { y; }; }; };';
  expect(text(a, b)).toBe(`/soc/i2c@0
-   status = "disabled";
+   status = "okay";
-   old;
+   new = [01];
- /soc/gone
-   x = <0x01>;
+ /soc/came
+   y;
`);
});

/** Two clocks with these phandles, and a user of the one with the third. */
function clocked(c1: number, c2: number, used: number): string {
  const clock = (name: string, phandle: number): string => `${name} { phandle = <${phandle}>; #clock-cells = <1>; };`;
  return `/ { ${clock('c1', c1)} ${clock('c2', c2)} u { clocks = <${used} 7>; }; };`;
}

test('references are compared by what they point at, not by number', () => {
  const a = clocked(1, 2, 1);
  const renumbered = clocked(9, 2, 9);
  const swapped = clocked(2, 1, 1);
  expect(text(a, renumbered)).toBe('');
  expect(diff(treeOf(a), treeOf(renumbered), { byTarget: false }).map(({ kind }) => kind)).toEqual([
    'property-changed',
    'property-changed',
  ]);
  expect(text(a, swapped)).toBe('/u\n-   clocks = <&{/c1} 0x07>;\n+   clocks = <&{/c2} 0x07>;\n');
});

test('a property that may be a reference is shown with a hint', () => {
  const a = '/ { n { phandle = <1>; }; u { vendor,thing = <1>; }; };';
  const b = '/ { n { phandle = <2>; }; u { vendor,thing = <2>; }; };';
  expect(text(a, b)).toBe(
    '/u\n-   vendor,thing = <0x01>;\n+   vendor,thing = <0x02>;  (perhaps the same: both numbers are phandles of /n)\n',
  );
});

test('a subtree that hangs elsewhere was moved', () => {
  expect(text('/ { a { n@1 { x = <5>; }; }; b { }; };', '/ { a { }; b { n@1 { x = <5>; }; }; };')).toBe(
    '- /a/n@1\n+ /b/n@1  (the same node, moved)\n',
  );
});

test('a node with another name and the same content was renamed, unless it is empty', () => {
  expect(text('/ { codec { x = <5>; y { }; }; e { }; };', '/ { audio-codec { x = <5>; y { }; }; f { }; };')).toBe(
    '- /codec\n+ /audio-codec  (the same node, renamed)\n- /e\n+ /f\n',
  );
});

test('order counts only when asked for', () => {
  const [a, b] = [treeOf('/ { p; q; x { }; y { }; };'), treeOf('/ { q; p; y { }; x { }; };')];
  expect(diff(a, b)).toEqual([]);
  expect(diff(a, b, { order: true })).toEqual([
    { kind: 'order', path: '/', what: 'properties', before: ['p', 'q'], after: ['q', 'p'] },
    { kind: 'order', path: '/', what: 'children', before: ['x', 'y'], after: ['y', 'x'] },
  ]);
});

test('reservations count', () => {
  expect(text('/memreserve/ 1 2; / { };', '/ { };')).toBe('- memreserve = 0x1 0x2\n+ memreserve = none\n');
});
