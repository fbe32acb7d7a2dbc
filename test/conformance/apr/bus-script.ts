// Runs a recorded life-cycle script on the real bus and writes down what happens, in the words of the recordings.
import { hex } from '../../../src/base/bytes.js';
import { SysError } from '../../../src/base/errno.js';
import type { Driver } from '../../../src/core/device.js';
import { aprAddDevice, aprServices, qcomApr } from '../../../src/drivers/qcom-apr/apr.js';
import { type AprDevice, aprDriver, type AprDriverSpec } from '../../../src/drivers/qcom-apr/apr-device.js';
import type { AprMessage } from '../../../src/drivers/qcom-apr/message.js';
import { AprMachine } from './machine.js';

/** One thing that happened. */
export type Event = Readonly<Record<string, unknown>> & { readonly ev: string };

/** What a driver of a script is. */
export interface ScriptDriver {
  readonly name: string;
  readonly ids: readonly (readonly [domain: number, svc: number, client: number])[];
  readonly noidtable: boolean;
  readonly noremove: boolean;
  readonly nocb: boolean;
  readonly probefail: number;
}

/** `driver d0 nocb 4,4,0 4,7,0`. */
export function driverOf(words: readonly string[]): ScriptDriver {
  const [name = '', ...rest] = words;
  const failing = rest.find((word) => word.startsWith('probefail='));
  return {
    name,
    ids: rest
      .filter((word) => word.includes(','))
      .map((word) => word.split(',').map(Number) as [number, number, number]),
    noidtable: rest.includes('noidtable'),
    noremove: rest.includes('noremove'),
    nocb: rest.includes('nocb'),
    probefail: failing === undefined ? 0 : Number(failing.slice('probefail='.length)),
  };
}

/** The bytes of `rx LEN HEX`; undefined for a length that no message has. */
export function packetOf(length: string, text = ''): Uint8Array | undefined {
  const bytes = Uint8Array.from(Buffer.from(text, 'hex'));
  const len = Number(length);
  return len < 0 || len > bytes.length ? undefined : bytes.subarray(0, len);
}

/** Runs a script. */
export async function runBusScript(script: readonly string[]): Promise<readonly Event[]> {
  const run = new ScriptRun();
  for (const line of script) await run.command(line.split(' '));
  return run.events;
}

class ScriptRun {
  readonly events: Event[] = [];
  #machine = new AprMachine();
  readonly #drivers = new Map<string, Driver>();
  /** Devices whose driver is being tried, so that a probe's end follows its begin. */
  #started = false;

  constructor() {
    this.#listen();
  }

  #listen(): void {
    const { trace } = this.#machine;
    const nameAt = (path: string): string | undefined => {
      const last = path.slice(path.lastIndexOf('/') + 1);
      return last.startsWith('apr:') || last.startsWith('aprsvc:') ? last : undefined;
    };
    trace.attach((event) => {
      const dev = nameAt(event.where);
      if (event.kind === 'printk') this.#log(event.level, event.text);
      if (dev === undefined) return;
      if (event.kind === 'device_add') this.#note({ ev: 'device_add', dev });
      if (event.kind === 'device_del') {
        this.#note({ ev: 'device_del', dev });
        this.#note({ ev: 'release', dev });
      }
    });
  }

  #log(level: string, text: string): void {
    const [, dev = '', msg = ''] = /^\S+ (\S+): (.*)$/.exec(text) ?? [];
    if (msg.startsWith('APR')) this.#note({ ev: 'log', level, dev, msg });
  }

  #note(event: Event): void {
    this.events.push(event);
  }

  async command([word = '', ...args]: readonly string[]): Promise<void> {
    const commands: Readonly<Record<string, () => Promise<void>>> = {
      init: () => this.#init(),
      exit: () => this.#machine.core.unregisterDriver(qcomApr),
      probe: () => this.#probe(args.includes('nodata')),
      add: () => this.#add(args),
      driver: () => this.#driver(driverOf(args)),
      unregdriver: () => this.#machine.core.unregisterDriver(this.#drivers.get(args[0] ?? '') as Driver),
      unbind: () => this.#on(args[0], (dev) => this.#machine.core.unbind(dev.dev)),
      bind: () => this.#on(args[0], ({ dev }) => this.#errno(() => this.#machine.core.bind(dev))),
      unregdev: () => this.#on(args[0], (dev) => this.#machine.core.removeDevice(dev.dev)),
      remove: () => this.#machine.down(),
      services: async () => this.#note({ ev: 'services', list: this.#services().map(({ dev }) => dev.name) }),
      rx: () => this.#rx(args),
    };
    const run = commands[word];
    if (run === undefined) throw new Error(`no command ${word}`);
    await run();
  }

  #services(): readonly AprDevice[] {
    const { channel } = this.#machine;
    return channel === undefined ? [] : aprServices(channel);
  }

  async #init(): Promise<void> {
    await this.#machine.start();
    await this.#machine.core.registerDriver(qcomApr);
    this.#started = true;
    this.#note({ ev: 'ret', cmd: 'init', ret: 0 });
  }

  async #probe(nodata: boolean): Promise<void> {
    if (nodata) {
      const other = new AprMachine('x,unknown');
      this.#machine = other;
      this.#listen();
      await this.#init();
      this.events.pop();
    }
    await this.#machine.up();
    const state = this.#machine.channel?.state;
    const ret = state?.kind === 'bound' ? 0 : state?.kind === 'failed' ? state.error.errno : -19;
    this.#note({ ev: 'ret', cmd: 'probe', ret });
  }

  async #add([name = '', ...rest]: readonly string[]): Promise<void> {
    const [domain = 0, svc = 0, client = 0, version = 0] = rest.map(Number);
    const ret = await this.#errno(async () => {
      const { channel } = this.#machine;
      if (channel === undefined) throw new SysError('EINVAL', 'there is no channel');
      const {
        dev,
        svcId,
        destId,
        clientId,
        domainId,
        version: has,
      } = await aprAddDevice(channel, { name, domain, svc, client, version });
      const ids = { svc_id: svcId, dest_id: destId, client_id: clientId, domain_id: domainId, version: has };
      this.#note({ ev: 'apr_device', dev: dev.name, ...ids });
    });
    this.#note({ ev: 'ret', cmd: 'add', ret });
  }

  async #driver(script: ScriptDriver): Promise<void> {
    const ret = await this.#errno(async () => {
      const driver = aprDriver(this.#spec(script));
      this.#drivers.set(script.name, driver);
      await this.#machine.core.registerDriver(driver);
    });
    this.#note({ ev: 'ret', cmd: 'driver', ret });
  }

  #spec({ name, ids, noidtable, noremove, nocb, probefail }: ScriptDriver): AprDriverSpec {
    const idTable = ids.map(([domain, svc, client]) => ({ domain, svc, client }));
    return {
      name,
      ...(noidtable ? {} : { idTable }),
      ...(nocb ? {} : { callback: (adev: AprDevice, message: AprMessage) => this.#delivered(adev, message) }),
      probe: ({ dev, svcId, domainId }) => {
        this.#note({ ev: 'drv_probe', dev: dev.name, svc: svcId, domain: domainId });
        this.#note({ ev: 'bind', dev: dev.name, drv: name, probe: probefail });
        if (probefail !== 0) throw dev.error('EIO', 'as the script has it', 'probe');
        dev.scope.defer(() => {
          this.#note({ ev: 'unbind', dev: dev.name });
          if (!noremove) this.#note({ ev: 'drv_remove', dev: dev.name });
        });
      },
    };
  }

  #delivered({ dev }: AprDevice, message: AprMessage): void {
    const { payloadSize, payload, opcode, src, token, srcPort, destPort, messageType, headerBytes } = message;
    this.#note({
      ev: 'cb',
      dev: dev.name,
      ...{ payload_size: payloadSize, payload_off: payloadSize > 0 ? headerBytes : -1, in_buffer: payload.length },
      ...{
        payload: hex(payload, ''),
        opcode,
        src,
        src_port: srcPort,
        dest_port: destPort,
        token,
        msg_type: messageType,
      },
    });
  }

  async #on(name: string | undefined, act: (dev: AprDevice) => Promise<unknown>): Promise<void> {
    const adev = this.#services().find(({ dev }) => dev.name === name);
    if (adev !== undefined) await act(adev);
  }

  async #rx([length = '0', text]: readonly string[]): Promise<void> {
    const bytes = packetOf(length, text);
    const ret = bytes === undefined ? 0 : await this.#machine.rx(bytes);
    this.#note({ ev: 'ret', cmd: 'rx', ret });
  }

  async #errno(body: () => Promise<void>): Promise<number> {
    if (!this.#started) throw new Error('init comes first');
    try {
      await body();
      return 0;
    } catch (e) {
      if (e instanceof SysError) return e.errno;
      throw e;
    }
  }
}
