// A machine with a mailbox controller that does what a test says, and a client beside it.
import { errnoName, SysError } from '../../../src/base/errno.js';
import { Bench } from '../../../src/bench/bench.js';
import type { Device } from '../../../src/core/device.js';
import { devmMboxControllerRegister } from '../../../src/core/mailbox.js';
import { platformDriver } from '../../../src/core/platform-device.js';
import { devmPmRuntimeEnable } from '../../../src/core/pm-runtime.js';
import type { GceProgram } from '../../../src/drivers/mtk-cmdq/program.js';
import { settle } from '../../../src/host/settle.js';
import { treeOf } from '../../lab.js';

const SOURCE = `/ { #address-cells = <1>; #size-cells = <1>;
  memory@40000000 { device_type = "memory"; reg = <0x40000000 0x100000>; };
  gce: mailbox@10000000 { compatible = "x,mailbox"; reg = <0x10000000 0x1000>; #mbox-cells = <2>; };
  client@20000000 { compatible = "x,client"; reg = <0x20000000 0x1000>; mboxes = <&gce 0 0>; }; };`;

/** Where it stands. */
export class ScriptedMailbox {
  /** Negative error numbers of what is asked next: a channel, a message. 0: none. */
  chanErr = 0;
  sendRet = 0;
  sent = 0;
  freed = 0;
  /** Once told of each message that it has, in time. */
  answer: ((program: GceProgram) => void) | undefined;
  /** The last message that was taken. */
  last: GceProgram | undefined;
  readonly bench: Bench;
  #client: Device | undefined;

  constructor() {
    const controller = platformDriver({ name: 'mailbox', compatible: ['x,mailbox'], probe: (dev) => this.#probe(dev) });
    const client = platformDriver({
      name: 'client',
      compatible: ['x,client'],
      probe: (dev) => void (this.#client = dev),
    });
    this.bench = new Bench({ tree: treeOf(SOURCE), drivers: [controller, client], chips: [], settle });
  }

  /** The device that may ask for the channel. */
  async client(): Promise<Device> {
    if (this.#client === undefined) await this.bench.powerOn();
    return this.#client as Device;
  }

  #probe(dev: Device): void {
    devmPmRuntimeEnable(dev, { suspend: () => undefined, resume: () => undefined });
    devmMboxControllerRegister(dev, {
      channels: 1,
      xlate: (controller) => {
        if (this.chanErr < 0) throw error(this.chanErr);
        return controller.chan(0);
      },
      ops: { sendData: (_chan, message) => this.#send(dev, message as GceProgram), shutdown: () => void this.freed++ },
    });
  }

  #send(dev: Device, program: GceProgram): void {
    this.sent++;
    if (this.sendRet < 0) throw error(this.sendRet);
    program.sent();
    this.last = program;
    const { answer } = this;
    if (answer !== undefined) dev.clock.after(1, () => answer(program));
  }
}

function error(errno: number): SysError {
  return new SysError(errnoName(errno) ?? 'EIO', 'as the test says');
}
