// A bench whose remote processor is a real one: nothing is plugged at its node, and the drivers are the same.
import { expect, test } from 'vitest';
import { hex } from '../../src/base/bytes.js';
import { s } from '../../src/base/clock.js';
import { SimRpmsgEdge } from '../../src/bus/rpmsg-sim.js';
import { aprParts, DSP } from '../apr-machine.js';
import { benchOf } from '../bench.js';

test('drivers talk over the real edge; the model stays in its box; trace and faults are there', async () => {
  const { tree, ...parts } = aprParts();
  const got: string[] = [];
  let real: SimRpmsgEdge | undefined;
  const asked = new Set<string>();
  const bench = benchOf(tree, {
    ...parts,
    realRpmsg: (node) => {
      asked.add(node.path);
      if (real === undefined) {
        real = new SimRpmsgEdge('not named', bench.clock, { transport: 'smd' });
        real.remote.open('apr_audio_svc', (bytes) => got.push(hex(bytes.subarray(16), '')));
      }
      return real;
    },
  });
  const places = new Set<string>();
  bench.trace.attach(({ where, kind }) => kind === 'rpmsg_send' && places.add(where));
  await bench.powerOn();
  await bench.run(s(4));
  expect([[...asked], [...bench.sockets.keys()]]).toEqual([[DSP], []]);
  expect([...places]).toEqual([`${DSP}/smd-edge.apr_audio_svc`]);
  expect(new Set(got)).toEqual(new Set(['0c290100'])); // AVCS_CMD_ADSP_EVENT_GET_STATE, and never an answer
  const services = (): number => bench.core.devices.filter(({ bus }) => bus.name === 'aprbus').length;
  expect(services()).toBe(4);
  real?.remote.down();
  await bench.run(s(1));
  expect(services()).toBe(0);
});

test('without a real one at its node the model is plugged', async () => {
  const { tree, chips } = aprParts();
  const bench = benchOf(tree, { chips, realRpmsg: () => undefined });
  await bench.powerOn();
  expect([...bench.sockets.keys()]).toEqual([DSP]);
});
