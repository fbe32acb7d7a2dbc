import { expect, test } from 'vitest';
import { labTree, treeOf } from '../../test/lab.js';
import { planNetwork } from './network-plan.js';
import { Refusal } from './refusal.js';

/** FMan 1 with MACs 1 to 3, of which the second is off. */
const THREE = treeOf(`/ { #address-cells = <1>; #size-cells = <1>;
  aliases { ethernet7 = &three; };
  fman@1000000 { compatible = "fsl,fman"; reg = <0x1000000 0xfe000>; cell-index = <0>; ranges;
    #address-cells = <1>; #size-cells = <1>;
    ethernet@e0000 { compatible = "fsl,fman-memac"; cell-index = <0>; reg = <0xe0000 0x1000>; };
    ethernet@e2000 { compatible = "fsl,fman-memac"; cell-index = <1>; reg = <0xe2000 0x1000>; status = "disabled"; };
    three: ethernet@e4000 { compatible = "fsl,fman-memac"; cell-index = <2>; reg = <0xe4000 0x1000>; };
  }; };`);

function planned(taps: readonly string[], wires: readonly string[] = [], tree = THREE): string[] {
  const plan = planNetwork(tree, taps, wires);
  return [
    ...plan.taps.map(({ mac, tap }) => `${mac.name} is ${tap}`),
    ...plan.wires.map(({ mac, kind, to }) => `${mac.name} ${kind} ${typeof to === 'string' ? to : to.name}`),
    `up: ${plan.macs.map(({ name }) => name).join(' ')}`,
  ];
}

test('two ports with TAPs are plugged into each other', () => {
  expect(planned(['fm1-mac1=left', 'fm1-mac2=right'], [], labTree())).toEqual([
    'fm1-mac1 is left',
    'fm1-mac2 is right',
    'fm1-mac1 port fm1-mac2',
    'up: fm1-mac1 fm1-mac2',
  ]);
});

test('the cable of a single one leads to a second TAP', () => {
  expect(planned(['fm1-mac3=tap0'])).toEqual(['fm1-mac3 is tap0', 'fm1-mac3 tap tap0-wire', 'up: fm1-mac3']);
});

test('a cable that is said is the one that is plugged in', () => {
  expect(planned(['fm1-mac1=tap0'], ['fm1-mac1=passt:/tmp/s', 'fm1-mac3=pcap:a=b.pcapng'])).toEqual([
    'fm1-mac1 is tap0',
    'fm1-mac1 passt /tmp/s',
    'fm1-mac3 pcap a=b.pcapng',
    'up: fm1-mac1 fm1-mac3',
  ]);
  expect(planned(['fm1-mac1=tap0'], ['fm1-mac3=fm1-mac1'])).toEqual([
    'fm1-mac1 is tap0',
    'fm1-mac3 port fm1-mac1',
    'up: fm1-mac1 fm1-mac3',
  ]);
  expect(planned(['fm1-mac1=tap0'], ['fm1-mac1=none'])).toEqual(['fm1-mac1 is tap0', 'up: fm1-mac1']);
});

test.each(['fm1-mac3', 'ethernet7', 'ethernet@e4000', '/fman@1000000/ethernet@e4000'])(
  '%s is the name of a port',
  (name) => {
    expect(planned([`${name}=t`])[0]).toBe('fm1-mac3 is t');
  },
);

test.each([
  [['x=y'], [], '--tap x=y: no Ethernet port is called x; there are fm1-mac1, fm1-mac3'],
  [['fm1-mac2=y'], [], '--tap fm1-mac2=y: fm1-mac2 is disabled in the tree; there are fm1-mac1, fm1-mac3'],
  [['tap0'], [], '--tap tap0: this is no port and name; write PORT=NAME, as in fm1-mac3=tap0'],
  [[''], [], "--tap '': this is no port and name; write PORT=NAME, as in fm1-mac3=tap0"],
  [['fm1-mac1=a', 'fm1-mac1=b'], [], '--tap fm1-mac1=b: fm1-mac1 has a TAP already; name each once'],
  [['fm1-mac1=a', 'fm1-mac3=a'], [], '--tap fm1-mac3=a: a is named twice; name each once'],
  [['fm1-mac1=a'], ['fm1-mac1=tap:a'], '--wire fm1-mac1=tap:a: a is named twice; name each once'],
  [
    [],
    ['fm1-mac1=fm1-mac1'],
    '--wire fm1-mac1=fm1-mac1: this is a cable from a port to itself; name another port, or tap:NAME',
  ],
  [[], ['fm1-mac1=fm1-mac3', 'fm1-mac3=tap:b'], '--wire fm1-mac3=tap:b: fm1-mac3 has a cable already; name each once'],
] as const)('%j and %j are refused', (taps, wires, said) => {
  let error: unknown;
  try {
    planNetwork(THREE, taps, wires);
  } catch (e) {
    error = e;
  }
  expect(error).toBeInstanceOf(Refusal);
  expect((error as Refusal).message).toBe(said);
});

test('a tree without Ethernet says so', () => {
  expect(() => planNetwork(treeOf('/ { };'), ['fm1-mac1=a'], [])).toThrow('no Ethernet port is called fm1-mac1');
});
