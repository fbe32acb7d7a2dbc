import { expect, test } from 'vitest';
import { treeOf } from '../../test/tree-of.js';
import { query } from './query.js';

const TREE = treeOf(`/ { model = "board"; aliases { i2c0 = "/soc/i2c@1000"; };
  soc { compatible = "simple-bus";
    bus: i2c@1000 { reg = <0x1000 0x10>; power@40 { compatible = "ti,ina3221", "ti,ina"; reg = <0x40>; };
                    power@41 { compatible = "ti,ina219"; reg = <0x41>; status = "disabled"; }; };
    i2c@2000 { status = "okay"; sensor@48 { reg = <0x48>; }; }; spi@3000 { }; };
  cpus { cpu@0 { }; }; };`);

function found(expression: string): string[] {
  const { matches, diagnostics } = query(TREE, expression);
  if (diagnostics.length > 0) return diagnostics.map(({ code, text }) => `${code}: ${text}`);
  return matches.map(({ node, property }) => (property === undefined ? node.path : `${node.path}:${property.name}`));
}

test('a search that lacks its beginning is recognised', () => {
  expect(found('power@40')).toEqual([
    'dt/query/no-alias: the tree has no alias power@40; did you mean **/power@40?; a path begins with "/", a search ' +
      'with "**/" or "["',
  ]);
});

test.each([
  ['/', ['/']],
  ['/soc/i2c@1000', ['/soc/i2c@1000']],
  ['/soc/i2c', ['/soc/i2c@1000', '/soc/i2c@2000']],
  ['/soc/i2c@*/power*', ['/soc/i2c@1000/power@40', '/soc/i2c@1000/power@41']],
  ['/soc/i2c@?000[status=okay]', ['/soc/i2c@2000']],
  ['**[compatible=ti,ina3221]', ['/soc/i2c@1000/power@40']],
  ['[compatible=ti,ina3221]:reg', ['/soc/i2c@1000/power@40:reg']],
  ['[compatible=simple-bus]/i2c[status]', ['/soc/i2c@2000']],
  ['**[compatible=ti,*][status!=disabled]', ['/soc/i2c@1000/power@40']],
  ['**[compatible="ti,*"]', []],
  ['/**/cpu@0', ['/cpus/cpu@0']],
  ['**/**/cpu@0', ['/cpus/cpu@0']],
  ['**[reg=0x48]', ['/soc/i2c@2000/sensor@48']],
  ['**[reg=72]', ['/soc/i2c@2000/sensor@48']],
  ['/soc/*[!reg]', ['/soc/i2c@2000', '/soc/spi@3000']],
  ['i2c0/power@40', ['/soc/i2c@1000/power@40']],
  ['&bus', ['/soc/i2c@1000']],
  ['&bus/*:reg', ['/soc/i2c@1000/power@40:reg', '/soc/i2c@1000/power@41:reg']],
  ['/:model', ['/:model']],
  ['/soc/spi@3000:*', []],
])('%s selects %j', (expression, expected) => {
  expect(found(expression)).toEqual(expected);
});

test.each([
  ['', 'dt/query/empty'],
  ['/soc[', 'dt/query/unclosed: column 5'],
  ['/soc[]', 'dt/query/empty-condition: column 5'],
  ['/soc//i2c', 'dt/query/empty-step: column 6'],
  ['/soc:', 'dt/query/empty-step: column 6'],
  ['/soc]x', 'dt/query/junk: column 5: "]x"'],
  ['&buss', 'dt/query/no-label: the tree has no label buss; did you mean bus?'],
  ['i2c1', 'dt/query/no-alias: the tree has no alias i2c1; did you mean i2c0?'],
])('%j is refused with its place', (expression, message) => {
  expect(found(expression)).toEqual([expect.stringContaining(message)]);
});

test('a pattern of many stars takes no time', () => {
  expect(found(`/${'*a'.repeat(500)}*b`)).toEqual([]);
});
