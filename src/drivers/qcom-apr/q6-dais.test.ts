// What devicetrees say of ports and front ends; and machines that play: from source, as the patch knew them, and of
// real boards.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FakeDsp } from '../../../test/apr-fake-dsp.js';
import { aprNode, dspSource, SEED_NODE } from '../../../test/apr-rig.js';
import { benchOf } from '../../../test/bench.js';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import { q6Rig, q6RigWith, q6Source } from '../../../test/q6-rig.js';
import { s } from '../../base/clock.js';
import type { Bench } from '../../bench/bench.js';
import { readFdt } from '../../dt/fdt-read.js';
import { qcomApr } from './apr.js';
import { openCapture, openPlayback } from './pcm.js';
import { q6Services } from './q6-dsp.js';
import { q6Ports } from './q6-ports.js';
import { Q6_DRIVERS } from './q6-services.js';

const CD = { rate: 48_000, channels: 2, bits: 16 };
const SAMPLES = Uint8Array.from({ length: 20_000 }, (_, at) => at & 0xff);

const bound = ({ core }: Bench): string[] =>
  core.devices.flatMap(({ state, path }) =>
    state.kind === 'bound' && /^(?:qcom-)?q6/.test(state.driver.name)
      ? [`${path.split('/apr/')[1]} ${state.driver.name}`]
      : [],
  );

test('everything below the bus gets its driver', async () => {
  const { bench, services } = await q6Rig();
  expect(bound(bench)).toEqual([
    'service@3 qcom-q6core',
    'service@4 qcom-q6afe',
    'service@4/dais q6afe-dai',
    'service@4/clock-controller q6afe-clock',
    'service@7 qcom-q6asm',
    'service@7/dais q6asm-dai',
    'service@8 qcom-q6adm',
    'service@8/routing q6routing',
  ]);
  expect([...services.afe.settings]).toEqual([
    [20, { sdLines: [0] }],
    [21, { sdLines: [1] }],
  ]);
  expect(services.asm.sid).toBe(1);
});

test('settings of TDM and front ends of all kinds are read', async () => {
  const source = q6Source(
    aprNode(
      `service@4 { reg = <4>; compatible = "qcom,q6afe"; dais { compatible = "qcom,q6afe-dais"; #address-cells = <1>;
        #size-cells = <0>; dai@24 { reg = <24>; qcom,tdm-sync-mode = <1>; qcom,tdm-data-delay = <2>; }; }; };`,
      `service@7 { reg = <7>; compatible = "qcom,q6asm"; dais { compatible = "qcom,q6asm-dais"; #address-cells = <1>;
        #size-cells = <0>; iommus = <&smmu 0x1821>; dai@0 { reg = <0>; direction = <1>; };
        dai@3 { reg = <3>; direction = <2>; is-compress-dai; }; dai@5 { reg = <5>; direction = <2>; }; }; };`,
      'service@8 { reg = <8>; compatible = "qcom,q6adm"; };',
    ),
  );
  const { services, dsp, run, bench } = await q6Rig(source);
  expect([...services.afe.settings]).toEqual([[24, { tdm: { syncMode: 1, dataDelay: 2 } }]]);
  expect(services.asm.frontEnds).toEqual([
    { index: 0, name: 'MultiMedia1', direction: 1, compressed: false },
    { index: 3, name: 'MultiMedia4', direction: 2, compressed: true },
    { index: 5, name: 'MultiMedia6', direction: 2, compressed: false },
  ]);
  expect([services.asm.sid, services.core]).toEqual([1, undefined]);
  const stream = await run(openPlayback(bench.core, CD));
  if (typeof stream === 'string') throw new Error(stream);
  expect([stream.session, stream.port.name]).toEqual([6, 'PRIMARY_TDM_RX_0']);
  expect(dsp.got.filter(({ opcode }) => opcode === 0x100ef)).toHaveLength(2); // the slots, too
  await run(stream.close());
});

test('without services in the devicetree those are added that CORE tells of (apr-L61)', async () => {
  const dsp = new FakeDsp();
  const { bench, run } = await q6RigWith(dsp, dspSource(SEED_NODE));
  const names = bench.core.devices.filter(({ bus }) => bus.name === 'aprbus').map(({ name }) => name);
  expect(names).toEqual(['apr:CORE:4:3:0', 'apr:AFE:4:4:0', 'apr:ASM:4:7:0', 'apr:ADM:4:8:0']);
  const stream = await run(openPlayback(bench.core, { ...CD, port: 'HDMI_RX' }));
  if (typeof stream === 'string') throw new Error(stream);
  await run(stream.write(SAMPLES));
  await run(stream.drain());
  await run(stream.close());
  expect(Buffer.from(dsp.heard).equals(SAMPLES)).toBe(true);
});

interface Real {
  readonly name: string;
  readonly compatible: string;
  readonly ports: readonly string[];
}

/** What the sound cards and dai nodes of their trees name. */
const BOARDS: readonly Real[] = [
  {
    name: 'apq8096-db820c',
    compatible: 'qcom,msm8996-adsp-pil',
    ports: ['1 HDMI_RX HDMI', '14 SLIMBUS_6_RX SLIM Playback', '3 SLIMBUS_0_TX SLIM Capture'],
  },
  {
    name: 'sdm845-db845c',
    compatible: 'qcom,sdm845-adsp-pas',
    ports: ['22 QUATERNARY_MI2S_RX HDMI Playback', '2 SLIMBUS_0_RX SLIM Playback', '3 SLIMBUS_0_TX SLIM Capture'],
  },
  {
    name: 'qrb5165-rb5',
    compatible: 'qcom,sm8250-adsp-pas',
    ports: [
      ...[
        '20 TERTIARY_MI2S_RX HDMI Playback',
        '105 WSA_CODEC_DMA_RX_0 WSA Playback',
        '110 VA_CODEC_DMA_TX_0 VA Capture',
      ],
      '16 PRIMARY_MI2S_RX undefined',
    ],
  },
];

describe.each(BOARDS)('$name', ({ name, compatible, ports }) => {
  const blob = inCorpus(corpusFolders(), `dtb/${name}.dtb`);
  test.skipIf(blob === undefined)(
    'plays on every port that its tree names, and records',
    { timeout: 60_000 },
    async () => {
      const { tree } = readFdt(readFileSync(blob as string));
      if (tree === undefined) throw new Error('no tree');
      const dsp = new FakeDsp(compatible);
      const bench = benchOf(tree, { chips: [dsp.model], drivers: [qcomApr, ...Q6_DRIVERS] });
      await bench.powerOn();
      expect(q6Ports(bench.core).map(({ index, name: port, link }) => `${index} ${port} ${link}`)).toEqual(ports);
      for (const { index, direction, link } of q6Ports(bench.core)) {
        dsp.heard.length = 0;
        const port = link ?? index;
        await bench.drive('playing', s(60), () => (direction === 'playback' ? play(bench, port) : record(bench, port)));
        if (direction === 'playback') expect([port, Buffer.from(dsp.heard).equals(SAMPLES)]).toEqual([port, true]);
        expect(dsp.started.size).toBe(0);
      }
      expect(q6Services(bench.core)?.asm.sid).toBe(1);
    },
  );
});

async function play(bench: Bench, port: number | string): Promise<void> {
  const stream = await openPlayback(bench.core, { ...CD, port });
  await stream.write(SAMPLES);
  await stream.drain();
  await stream.close();
}

async function record(bench: Bench, port: number | string): Promise<void> {
  const stream = await openCapture(bench.core, { ...CD, port });
  await stream.read();
  await stream.close();
}
