// A driver core with one channel whose edge is written by hand: it notes what is sent and answers what it is told to.
import { s, SimClock } from '../../../src/base/clock.js';
import { hex } from '../../../src/base/bytes.js';
import { Trace } from '../../../src/base/trace.js';
import type { RpmsgEdge, RpmsgReceive, RpmsgWatcher } from '../../../src/bus/rpmsg.js';
import type { Device } from '../../../src/core/device.js';
import { DriverCore } from '../../../src/core/driver-core.js';
import { ofPlatformDefaultPopulate } from '../../../src/core/of-platform.js';
import { platformDriver } from '../../../src/core/platform-device.js';
import { rpmsgRegisterEdge } from '../../../src/core/rpmsg.js';
import { settle } from '../../../src/host/settle.js';
import { treeOf } from '../../tree-of.js';

/** A line as the recordings have it. */
export interface LogLine {
  readonly level: string;
  readonly dev: string;
  readonly msg: string;
}

const CHANNEL = 'apr_audio_svc';
/** The driver says the same once in five seconds; every packet of a recording has its line. */
const LINE_AGAIN = s(6);

/** The channel's device as the recordings name it. */
export const CHANNEL_DEV = `remoteproc:glink-edge.${CHANNEL}.-1.-1`;

/** One remote processor, one channel. */
export class AprMachine {
  readonly clock: SimClock = new SimClock(settle);
  readonly trace: Trace = new Trace(() => 0);
  readonly core: DriverCore;
  readonly log: LogLine[] = [];
  readonly sent: string[] = [];
  /** What sending answers. */
  sendReturns = 0;
  #receive: RpmsgReceive | undefined;
  #watcher: RpmsgWatcher | undefined;

  constructor(compatible = 'qcom,apr-msm8996') {
    const apr = `apr { compatible = "${compatible}"; qcom,glink-channels = "${CHANNEL}"; };`;
    const tree = treeOf(`/ { remoteproc { compatible = "x,dsp"; glink-edge { ${apr} }; }; };`);
    this.core = new DriverCore({ clock: this.clock, trace: this.trace, tree });
    this.trace.attach((event) => {
      if (event.kind !== 'printk') return;
      const [, dev = '', msg = ''] = /^\S+ (\S+): (.*)$/.exec(event.text) ?? [];
      this.log.push({ level: event.level, dev, msg });
    });
  }

  /** The remote processor is there, its channel is not. */
  async start(): Promise<void> {
    const probe = (dev: Device): void => {
      const node = dev.ofNode?.child('glink-edge');
      if (node !== undefined) rpmsgRegisterEdge({ dev, node }, this.#edge());
    };
    await ofPlatformDefaultPopulate(this.core);
    await this.core.registerDriver(platformDriver({ name: 'dsp', compatible: ['x,dsp'], probe }));
  }

  #edge(): RpmsgEdge {
    return {
      transport: 'glink',
      watch: (watcher) => {
        if (watcher.domain === undefined) this.#watcher = watcher;
        return () => undefined;
      },
      open: (name, receive) => {
        this.#receive = receive;
        const trysend = (bytes: Uint8Array): number => {
          this.sent.push(hex(bytes, ''));
          return this.sendReturns;
        };
        return { name, trysend, send: async (bytes) => trysend(bytes), close: () => (this.#receive = undefined) };
      },
    };
  }

  async up(): Promise<void> {
    this.#watcher?.up(CHANNEL);
    await settle();
  }

  async down(): Promise<void> {
    this.#watcher?.down(CHANNEL);
    await settle();
  }

  get channel(): Device | undefined {
    return this.core.devices.find(({ bus }) => bus.name === 'rpmsg');
  }

  /** A message from the channel: what its receiver answered, when all has been delivered. */
  async rx(bytes: Uint8Array): Promise<number> {
    const ret = this.#receive?.(bytes) ?? -32;
    await this.clock.run(LINE_AGAIN);
    return ret;
  }
}
