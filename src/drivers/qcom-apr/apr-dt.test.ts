// Services by devicetree: which devices a node gives, protection domains, and what dies with the remote processor.
import { expect, test } from 'vitest';
import {
  aprNode,
  type AprRig,
  aprRig,
  dspSource,
  noting,
  RECOVERED,
  response,
  SEED_NODE,
} from '../../../test/apr-rig.js';
import { ms } from '../../base/clock.js';
import { platformDriver } from '../../core/platform-device.js';
import { aprCounts, aprServices } from './apr.js';
import { type AprDevice, aprDriver, aprSendPkt } from './apr-device.js';
import { aprPacket } from './packet.js';

const PD = 'qcom,protection-domain = "avs/audio", "msm/adsp/audio_pd";';
const PATH = 'msm/adsp/audio_pd';
const CORE = 'service@3 { reg = <3>; compatible = "qcom,q6core"; };';
const AFE = 'service@4 { reg = <4>; compatible = "qcom,q6afe"; dais { compatible = "qcom,q6afe-dais"; }; };';
const ASM_IN_PD = `service@7 { reg = <7>; compatible = "qcom,q6asm"; ${PD} };`;
const CHANNEL_DEV = 'remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1';

const devices = ({ bench }: AprRig): string[] => bench.core.devices.map(({ name }) => name).slice(1);
const services = ({ bench }: AprRig): string[] =>
  bench.core.devices.filter(({ bus }) => bus.name === 'aprbus').map(({ name }) => name);

test('children with a number are services, and drivers have what is below them (apr-W18, apr-L5)', async () => {
  const log: string[] = [];
  const drivers = [
    aprDriver({ name: 'q6afe', compatible: ['qcom,q6afe'], probe: ({ dev }) => void log.push(`probe ${dev.name}`) }),
    platformDriver({
      name: 'dais',
      compatible: ['qcom,q6afe-dais'],
      probe: ({ parent }) => void log.push(`dais of ${parent?.name}`),
    }),
  ];
  const rig = await aprRig(dspSource(aprNode(CORE, AFE, 'spare { compatible = "x,y"; };')), { drivers });
  expect(log).toEqual(['probe aprsvc:service:4:4', 'dais of aprsvc:service:4:4']);
  expect(devices(rig)).toEqual([
    CHANNEL_DEV,
    'aprsvc:service:4:3',
    'aprsvc:service:4:4',
    'remoteproc-adsp:glink-edge:apr:service@4:dais',
  ]);
  expect(rig.log.filter((line) => line.includes('Adding'))).toEqual([
    `qcom,apr ${CHANNEL_DEV}: Adding APR/GPR dev: aprsvc:service:4:3`,
    `qcom,apr ${CHANNEL_DEV}: Adding APR/GPR dev: aprsvc:service:4:4`,
  ]);
});

test.each([
  ['qcom,domain = <3>;', 'aprsvc:service:3:4'],
  ['qcom,apr-domain = <5>;', 'aprsvc:service:5:4'],
  ['qcom,apr-domain = <5>; qcom,domain = <4>;', 'aprsvc:service:4:4'],
])('the processor is that of the tree: %s (apr-W20)', async (domain, name) => {
  const node = `compatible = "qcom,apr"; ${domain} #address-cells = <1>; #size-cells = <0>; ${AFE}`;
  expect(services(await aprRig(dspSource(node)))).toEqual([name]);
});

test('a node without processor fails the probe, and says so', async () => {
  const rig = await aprRig(dspSource(`compatible = "qcom,apr-v2"; #address-cells = <1>; #size-cells = <0>; ${AFE}`));
  expect(services(rig)).toEqual([]);
  expect(rig.log).toContain(`qcom,apr ${CHANNEL_DEV}: Domain ID not specified in DT`);
  expect(rig.channel().state.kind).toBe('failed');
});

test('a protection domain without path fails the probe with ENODATA', async () => {
  const half = 'service@7 { reg = <7>; qcom,protection-domain = "avs/audio"; };';
  const rig = await aprRig(dspSource(aprNode(CORE, half)));
  expect(services(rig)).toEqual([]);
  expect(rig.log).toContain(`qcom,apr ${CHANNEL_DEV}: pdr service path missing: -61`);
  const { state } = rig.channel();
  expect(state.kind === 'failed' && state.error.errno).toBe(-61);
});

test('children that are disabled, or whose number is none, are no services (apr-L3)', async () => {
  const off = 'service@8 { reg = <8>; status = "disabled"; };';
  const bad = 'service@17 { reg = <0x17>; }; service@4 { reg = <4>; }; apr-service@5 { reg = <4>; };';
  const rig = await aprRig(dspSource(aprNode(off, bad)));
  expect(services(rig)).toEqual(['aprsvc:service:4:4']);
  expect(rig.log.filter((line) => line.includes('Failed'))).toEqual([
    `qcom,apr ${CHANNEL_DEV}: Failed to add apr 23 svc: service 23 is not 1 to 22`,
    `qcom,apr ${CHANNEL_DEV}: Failed to add apr 4 svc: it is there`,
  ]);
});

test('the static CORE of the patch is not added where the tree has one', async () => {
  const node = `${SEED_NODE} #address-cells = <1>; #size-cells = <0>; ${CORE}`;
  expect(services(await aprRig(dspSource(node)))).toEqual(['aprsvc:service:4:3']);
});

test('a protection domain that dies takes its services alone, and brings them back (apr-W19, apr-L4)', async () => {
  const log: string[] = [];
  const drivers = [
    noting(
      log,
      [7, 4].map((svc) => ({ domain: 4, svc })),
    ),
  ];
  const rig = await aprRig(dspSource(aprNode(AFE, ASM_IN_PD)), { drivers });
  expect(services(rig)).toEqual(['aprsvc:service:4:4', 'aprsvc:service:4:7']);
  rig.dsp.remote.domain(PATH, false);
  expect(log.at(-1)).toBe('reset aprsvc:service:4:7'); // at once
  await rig.bench.run(0);
  expect(services(rig)).toEqual(['aprsvc:service:4:4']);
  rig.dsp.remote.domain(PATH, true);
  await rig.bench.run(0);
  expect(services(rig)).toEqual(['aprsvc:service:4:4', 'aprsvc:service:4:7']);
  await rig.rx(response(7));
  expect(log.slice(2)).toEqual([
    'reset aprsvc:service:4:7',
    'remove aprsvc:service:4:7',
    'probe aprsvc:service:4:7',
    'aprsvc:service:4:7 110e8 token 1',
  ]);
  expect(rig.log.filter((line) => line.startsWith('PDR'))).toEqual([
    'PDR: Indication received from msm/adsp/audio_pd, state: 0x1fffffff, trans-id: 1',
    'PDR: Indication received from msm/adsp/audio_pd, state: 0xfffffff, trans-id: 2',
    'PDR: Indication received from msm/adsp/audio_pd, state: 0x1fffffff, trans-id: 3',
  ]);
});

test('a domain that is down when the channel comes gives its services later', async () => {
  const rig = await aprRig(dspSource(aprNode(AFE, ASM_IN_PD)));
  rig.dsp.remote.down();
  rig.dsp.remote.domain(PATH, false);
  await rig.bench.run(RECOVERED);
  expect(services(rig)).toEqual(['aprsvc:service:4:4']);
  rig.dsp.remote.domain(PATH, true);
  await rig.bench.run(0);
  expect(services(rig)).toEqual(['aprsvc:service:4:4', 'aprsvc:service:4:7']);
});

test('when the DSP dies drivers hear it at once, nothing is sent, and everything comes back (apr-W19)', async () => {
  const log: string[] = [];
  const drivers = [noting(log, { domain: 4, svc: 4 })];
  const rig = await aprRig(dspSource(aprNode(CORE, AFE)), { drivers });
  const [, afe] = aprServices(rig.channel()) as [AprDevice, AprDevice];
  rig.dsp.remote.down();
  expect([afe.isGone, log.at(-1)]).toEqual([true, 'reset aprsvc:service:4:4']);
  expect(aprSendPkt(afe, aprPacket({ opcode: 1 }, 4).bytes)).toBe(-5);
  await rig.bench.run(0);
  expect(devices(rig)).toEqual([]);
  await rig.bench.run(RECOVERED);
  expect(services(rig)).toEqual(['aprsvc:service:4:3', 'aprsvc:service:4:4']);
  await rig.rx(response(4));
  expect(log.slice(1)).toEqual([
    'reset aprsvc:service:4:4',
    'remove aprsvc:service:4:4',
    'probe aprsvc:service:4:4',
    'aprsvc:service:4:4 110e8 token 1',
  ]);
  expect(aprCounts(rig.channel()).delivered).toBe(1);
  expect(rig.log.filter((line) => line.startsWith('remoteproc'))).toEqual([
    'remoteproc remoteproc0: remote processor adsp is now up',
    'remoteproc remoteproc0: crash detected in adsp: type fatal error',
    'remoteproc remoteproc0: handling crash #1 in adsp',
    'remoteproc remoteproc0: recovering adsp',
    'remoteproc remoteproc0: remote processor adsp is now up',
  ]);
});

test('a crash while a service probes ends that probe at once, and the next start probes it again', async () => {
  const log: string[] = [];
  const rig = await aprRig(dspSource(aprNode(CORE)));
  let failWaiting = (): void => undefined;
  const core = aprDriver({
    name: 'q6core',
    compatible: ['qcom,q6core'],
    probe({ dev }) {
      log.push(`probe at ${dev.clock.now()}`);
      if (log.length > 1) return;
      return new Promise((_, reject) => {
        failWaiting = () => reject(dev.error('EIO', 'the DSP has died', 'probe'));
      });
    },
    callback: () => undefined,
    reset() {
      log.push(`reset at ${rig.bench.clock.now()}`);
      failWaiting();
    },
  });
  const registering = rig.bench.core.registerDriver(core);
  rig.bench.clock.after(ms(1), () => rig.dsp.remote.down());
  await rig.bench.run(RECOVERED);
  await registering;
  expect(log).toEqual(['probe at 0', 'reset at 1000000', 'probe at 101000000']);
  expect(rig.log).toContain('q6core aprsvc:service:4:3: probe with driver q6core failed with error -5');
  expect(services(rig)).toEqual(['aprsvc:service:4:3']);
});

test('GPR is beside APR on the same core, with ports and its own header', async () => {
  const log: string[] = [];
  const gpr = `gpr { compatible = "qcom,gpr"; qcom,glink-channels = "adsp_apps"; qcom,domain = <2>;
    qcom,intents = <512 20>; #address-cells = <1>; #size-cells = <0>;
    service@1 { reg = <1>; compatible = "qcom,q6apm"; }; };`;
  const source = dspSource(aprNode(AFE)).replace('glink-edge {', `glink-edge { ${gpr}`);
  const callback = ({ dev }: AprDevice, message: { opcode: number; token: number; payload: Uint8Array }): void =>
    void log.push(`${dev.name} ${message.opcode.toString(16)} ${message.token} ${message.payload.join()}`);
  const drivers = [aprDriver({ name: 'q6apm', compatible: ['qcom,q6apm'], probe: () => undefined, callback })];
  const rig = await aprRig(source, { drivers });
  const end = rig.dsp.remote.open('adsp_apps', () => 0);
  await rig.bench.run(0);
  expect(services(rig)).toEqual(['aprsvc:service:4:4', 'gprsvc:service:2:1']);
  // version 0, 6 words, 28 bytes; to domain 3 from 2; from port 1 to port 1
  const words = [0x1c60, 0x0203, 1, 1, 0x8000_0001, 0x0200_1005, 0x0403_0201];
  const bytes = new Uint8Array(28);
  words.forEach((word, index) => new DataView(bytes.buffer).setUint32(4 * index, word, true));
  expect(end.trysend(bytes)).toBe(0);
  await rig.bench.run(0);
  expect(log).toEqual(['gprsvc:service:2:1 2001005 2147483649 1,2,3,4']);
});
