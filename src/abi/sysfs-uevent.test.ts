import { expect, test } from 'vitest';
import { aprNode, aprRig, dspSource, SEED_NODE } from '../../test/apr-rig.js';
import { modaliasOf } from './sysfs-uevent.js';

test('channels and services say what module they want, by their node or by their name', async () => {
  const named = await aprRig(dspSource(SEED_NODE));
  named.dsp.remote.open('fastrpcglink-apps-dsp', () => 0);
  await named.bench.run(0);
  const said = ({ bench }: typeof named): unknown[] => bench.core.devices.map(modaliasOf);
  expect(said(named)).toEqual([
    'of:Nremoteproc-adspT(null)Cx,adsp',
    'of:NaprT(null)Cqcom,apr-msm8996',
    'apr:CORE',
    'rpmsg:fastrpcglink-apps-dsp',
  ]);
  const node = 'service@4 { reg = <4>; compatible = "qcom,q6afe"; };';
  expect(said(await aprRig(dspSource(aprNode(node)))).at(-1)).toBe('of:NserviceT(null)Cqcom,q6afe');
});
