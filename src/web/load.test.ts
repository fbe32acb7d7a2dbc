// What is dropped on the page becomes a tree, in the layouts in which people have their sources.
import { expect, test } from 'vitest';
import { treeOf } from '../../test/lab.js';
import { writeFdt } from '../dt/fdt-write.js';
import { loadDropped } from './load.js';

const file = (path: string, text: string) => ({ path, bytes: new TextEncoder().encode(text) });
const BOARD =
  '/dts-v1/;\n#include "soc.dtsi"\n#include <dt-bindings/gpio/gpio.h>\n/ { model = "a board"; cells = <LOW>; };\n';
const SOC = '#include <arm/keyboard.dtsi>\n/ { soc { }; };\n';
const KEYBOARD = '/ { keyboard { }; };\n';
const GPIO = '#define LOW 1\n';

test.each([
  ['sources as a distribution packs them', 'v6.18/src/arm64', 'v6.18/src/arm', 'v6.18/include'],
  ['a folder of the kernel', 'linux/arch/arm64/boot/dts', 'linux/arch/arm/boot/dts', 'linux/include'],
  ['two folders of the kernel beside each other', 'arch/arm64/boot/dts', 'arch/arm/boot/dts', 'include'],
])('%s', (_about, arm64, arm, include) => {
  const main = `${arm64}/maker/board.dts`;
  const files = [
    file(main, BOARD),
    file(`${arm64}/maker/soc.dtsi`, SOC),
    file(`${arm}/keyboard.dtsi`, KEYBOARD),
    file(`${include}/dt-bindings/gpio/gpio.h`, GPIO),
  ];
  const { name, tree, blob, lines } = loadDropped(files, main);
  expect([name, tree?.root.string('model'), tree?.root.u32('cells'), lines]).toEqual(['board.dts', 'a board', 1, []]);
  expect(tree?.root.children.map((child) => child.name)).toEqual(['keyboard', 'soc']);
  expect(loadDropped([{ path: 'again.dtb', bytes: blob }], 'again.dtb').tree?.root.u32('cells')).toBe(1);
});

test('content decides what a file is, not its name', () => {
  const bytes = writeFdt(treeOf('/ { model = "a blob"; };'));
  expect(loadDropped([{ path: 'board.dts', bytes }], 'board.dts').tree?.root.string('model')).toBe('a blob');
  const source = file('board.txt', '/dts-v1/;\n/ { model = "a source"; };\n');
  expect(loadDropped([source], 'board.txt').tree?.root.string('model')).toBe('a source');
});

test('a folder may have files of any name', () => {
  const files = [file('__proto__', '/ { stolen; };'), file('a.dts', '/dts-v1/;\n#include "__proto__"\n')];
  expect(loadDropped(files, 'a.dts').tree?.root.property('stolen')).toBeDefined();
});

test('what is missing is said with its line', () => {
  const { tree, lines } = loadDropped([file('x/board.dts', '/dts-v1/;\n#include "soc.dtsi"\n')], 'x/board.dts');
  expect(tree).toBeUndefined();
  expect(lines[0]).toMatch(/^x\/board\.dts:2:\d+: error: .*soc\.dtsi/);
  expect(lines.at(-1)).toBe('x/board.dts: 1 error; nothing was loaded');
});
