import { expect, test } from 'vitest';
import type { ChipModel } from '../bus/socket.js';
import { cellValue, DtNode, DtProperty, stringValue } from '../dt/tree.js';
import { treeOf } from '../../test/lab.js';
import { boardWiring, chipModels } from './catalogue.js';

const [ina3221] = chipModels() as readonly [ChipModel];

/** A power monitor whose inputs have these labels and, where given, shunts. */
function monitor(...inputs: readonly { label?: string; shuntUohm?: number; status?: string }[]): DtNode {
  const node = new DtNode('power@40');
  inputs.forEach(({ label, shuntUohm, status }, index) => {
    const input = new DtNode(`input@${index}`, node);
    const add = (name: string, value: Uint8Array): void => void input.properties.push(new DtProperty(name, value));
    add('reg', cellValue(index));
    if (label !== undefined) add('label', stringValue(label));
    if (shuntUohm !== undefined) add('shunt-resistor-micro-ohms', cellValue(shuntUohm));
    if (status !== undefined) add('status', stringValue(status));
    node.children.push(input);
  });
  return node;
}

test.each([
  ['VDD_5V_SYS', 5000],
  ['VDD_3V3_IO', 3300],
  ['1V8', 1800],
  ['VDD_12V_IN', 12_000],
  ['vdd_0v75', 750],
  ['VDD_CPU', 5000],
  ['MAIN_48V', 26_000],
  ['rail100V', 5000],
])('the rail %s is taken for %d mV', (label, millivolts) => {
  expect(boardWiring(monitor({ label }), ina3221)).toEqual({ bus1Mv: millivolts });
});

test('a rail has the voltage of the regulator of its name, if that is one', () => {
  const tree = treeOf(`/ {
    a { regulator-name = "VDD_CPU"; regulator-min-microvolt = <900000>; regulator-max-microvolt = <900000>; };
    b { regulator-name = "VDD_GPU_3V3"; regulator-min-microvolt = <600000>; regulator-max-microvolt = <1000000>; };
    power { input@0 { reg = <0>; label = "VDD_CPU"; }; input@1 { reg = <1>; label = "VDD_GPU_3V3"; }; }; };`);
  expect(boardWiring(tree.byPath('/power') as DtNode, ina3221)).toEqual({ bus1Mv: 900, bus2Mv: 3300 });
});

test('the shunts of the tree are soldered in, each into its own channel', () => {
  const node = monitor({ shuntUohm: 5000 }, {}, { shuntUohm: 20_000 });
  expect(boardWiring(node, ina3221)).toEqual({
    shunt1Uohm: 5000,
    bus1Mv: 5000,
    bus2Mv: 5000,
    shunt3Uohm: 20_000,
    bus3Mv: 5000,
  });
});

test('a disabled input is open', () => {
  expect(boardWiring(monitor({ label: '5V', status: 'disabled' }), ina3221)).toEqual({ bus1Mv: 0, load1Ma: 0 });
});

test('a tree that says nonsense gives no knob that the model would refuse', () => {
  const node = monitor({ shuntUohm: 0 }, { shuntUohm: 0xffff_ffff }, {}, {});
  expect(boardWiring(node, ina3221)).toEqual({
    bus1Mv: 5000,
    shunt2Uohm: 100_000_000,
    bus2Mv: 5000,
    bus3Mv: 5000,
  });
});

test('a chip that it does not know is left as it comes', () => {
  expect(boardWiring(monitor({ label: '5V' }), { ...ina3221, name: 'other' })).toEqual({});
});
