// A machine with nothing but memory and an audio DSP, driver and model as the command has them.
import { ms } from '../src/base/clock.js';
import { SysError } from '../src/base/errno.js';
import type { Bench } from '../src/bench/bench.js';
import { type AudioListener, AudioRecorder, type DspOptions, qdsp6Chip } from '../src/chips/qdsp6/qdsp6.js';
import { qcomApr } from '../src/drivers/qcom-apr/apr.js';
import { openPlayback } from '../src/drivers/qcom-apr/pcm.js';
import type { PcmPlayback } from '../src/drivers/qcom-apr/pcm-playback.js';
import { q6Services } from '../src/drivers/qcom-apr/q6-dsp.js';
import { Q6_DRIVERS } from '../src/drivers/qcom-apr/q6-services.js';
import type { BenchParts } from '../src/bench/bench.js';
import { treeOf } from './lab.js';

/** The tree; the edge is SMD or GLINK. */
function aprTree(transport: 'smd' | 'glink'): string {
  return `/ { #address-cells = <1>; #size-cells = <1>;
    memory@40000000 { device_type = "memory"; reg = <0x40000000 0x10000000>; };
    adsp: remoteproc@10300000 {
      compatible = "qcom,msm8996-adsp-pil";
      reg = <0x10300000 0x80000>;
      ${transport}-edge {
        apr {
          compatible = "qcom,apr-v2";
          qcom,${transport}-channels = "apr_audio_svc";
          qcom,domain = <4>;
          #address-cells = <1>; #size-cells = <0>;
          service@3 { compatible = "qcom,q6core"; reg = <3>; };
          service@4 { compatible = "qcom,q6afe"; reg = <4>;
            dais { compatible = "qcom,q6afe-dais"; #address-cells = <1>; #size-cells = <0>; #sound-dai-cells = <1>;
              dai@16 { reg = <16>; qcom,sd-lines = <0 1 2 3>; }; dai@17 { reg = <17>; qcom,sd-lines = <1>; }; }; };
          service@7 { compatible = "qcom,q6asm"; reg = <7>;
            dais { compatible = "qcom,q6asm-dais"; #address-cells = <1>; #size-cells = <0>; #sound-dai-cells = <1>;
              dai@0 { reg = <0>; }; dai@1 { reg = <1>; }; }; };
          service@8 { compatible = "qcom,q6adm"; reg = <8>;
            routing { compatible = "qcom,q6adm-routing"; #sound-dai-cells = <0>; }; };
        };
      };
    };
  };`;
}

/** The device path of its DSP. */
export const DSP = '/remoteproc@10300000';

/** What a machine is made of besides its clock. */
export function aprParts(
  dsp: DspOptions = {},
  transport: 'smd' | 'glink' = 'smd',
): Pick<BenchParts, 'tree' | 'drivers' | 'chips'> {
  return { tree: treeOf(aprTree(transport)), drivers: [qcomApr, ...Q6_DRIVERS], chips: [qdsp6Chip(dsp)] };
}

/** Hears a machine; each `take` is what was heard since the last. */
export class Listener {
  #recorder = new AudioRecorder();
  readonly listen: AudioListener = (block) => this.#recorder.listener(block);

  take(): Uint8Array {
    const [first] = this.#recorder.recordings;
    this.#recorder = new AudioRecorder();
    return first?.bytes ?? new Uint8Array(0);
  }
}

/** Lets time pass until the services are up, at most two seconds. */
export async function servicesUp(bench: Bench): Promise<void> {
  for (let n = 0; n < 2000 && q6Services(bench.core) === undefined; n++) await bench.run(ms(1));
}

/** Plays to the end and closes; what a device said instead. */
export async function playThrough(
  bench: Bench,
  samples: Uint8Array,
  format: { rate: number; channels: number; bits: number },
): Promise<SysError | undefined> {
  let stream: PcmPlayback | undefined;
  let said: SysError | undefined;
  const attempt = async (step: () => Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      said ??= e;
    }
  };
  await attempt(async () => {
    stream = await openPlayback(bench.core, format);
    await stream.write(samples);
    await stream.drain();
  });
  const opened = stream as PcmPlayback | undefined;
  if (opened !== undefined) await attempt(() => opened.close());
  return said;
}
