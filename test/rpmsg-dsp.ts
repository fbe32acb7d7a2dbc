// The modelled audio DSP behind a channel of a kernel that is stood in for, in step with real time.
import { Bench } from '../src/bench/bench.js';
import type { DspOptions } from '../src/chips/qdsp6/qdsp6.js';
import { type RpmsgDevice, rpmsgDriver } from '../src/core/rpmsg.js';
import { runLive } from '../src/host/live.js';
import { settle } from '../src/host/settle.js';
import { aprParts, DSP } from './apr-machine.js';
import type { RpmsgKernel } from './rpmsg-kernel.js';

/** The running DSP. */
export interface ModelledDsp {
  readonly bench: Bench;
  /** Turns one of its knobs. */
  turn(knob: string, value: number): void;
  end(): Promise<void>;
}

const PUMP_MS = 1;

/** Lets it run. What is opened at the kernel leads to it. */
export async function modelledDsp(kernel: RpmsgKernel, options: DspOptions = {}): Promise<ModelledDsp> {
  let channel: RpmsgDevice | undefined;
  const bridge = rpmsgDriver({
    name: 'bridge',
    compatible: ['qcom,apr-v2'],
    probe: (rpdev) => void (channel = rpdev),
    callback: (_rpdev, bytes) => (kernel.wire?.push(bytes), 0),
    down: () => kernel.wire?.kill(),
  });
  const bench = new Bench({ ...aprParts(options), drivers: [bridge], settle });
  await bench.powerOn();
  const stop = new AbortController();
  const running = runLive(bench, stop.signal);
  const pump = setInterval(() => {
    for (let bytes = kernel.wire?.take(); bytes !== undefined; bytes = kernel.wire?.take()) channel?.trysend(bytes);
  }, PUMP_MS);
  return {
    bench,
    turn: (knob, value) => bench.setKnob(DSP, knob, value),
    async end() {
      stop.abort();
      clearInterval(pump);
      await running;
      await bench.powerOff();
    },
  };
}
