// What is right for a life-cycle script, worked out from the script alone, and the ids of the documented differences
// that it touches. A bus with one table: a service is there from its adding to its removal, whoever drives it.
import { judgeApr } from '../../../src/drivers/qcom-apr/judge.js';
import { driverOf, type Event, packetOf, type ScriptDriver } from './bus-script.js';
import { CHANNEL_DEV } from './machine.js';

interface Device {
  readonly name: string;
  readonly domain: number;
  readonly svc: number;
  readonly client: number;
  driver: ScriptDriver | undefined;
  /** It has had a driver that was taken off: the patch has forgotten it. */
  unbound: boolean;
}

/** The events of a script, and why they are others than the patch's. */
export interface RightRun {
  readonly events: readonly Event[];
  readonly ids: ReadonlySet<string>;
}

/** Works a script out. */
export function rightRun(script: readonly string[]): RightRun {
  const run = new Right();
  for (const line of script) run.command(line.split(' '));
  return run;
}

class Right implements RightRun {
  readonly events: Event[] = [];
  readonly ids = new Set<string>();
  /** Undefined while there is no channel with a bus. */
  #devices: Device[] | undefined;
  readonly #drivers: ScriptDriver[] = [];

  command([word = '', ...args]: readonly string[]): void {
    const device = this.#devices?.find(({ name }) => name === args[0]);
    const commands: Readonly<Record<string, () => void>> = {
      init: () => this.#ret('init', 0),
      exit: () => this.#exit(),
      probe: () => this.#probe(args.includes('nodata')),
      add: () => this.#add(args),
      driver: () => this.#driver(driverOf(args)),
      unregdriver: () => this.#unregister(args[0] ?? ''),
      unbind: () => device !== undefined && this.#unbind(device),
      bind: () => device !== undefined && this.#bind(device),
      unregdev: () => device !== undefined && this.#remove(device),
      remove: () => this.#removeAll(),
      services: () => this.#services(),
      rx: () => this.#rx(args),
    };
    commands[word]?.();
  }

  #note(event: Event): void {
    this.events.push(event);
  }

  #ret(cmd: string, ret: number): void {
    this.#note({ ev: 'ret', cmd, ret });
  }

  #probe(nodata: boolean): void {
    if (!nodata) {
      this.#devices = [];
      this.#make({ name: 'apr:CORE:4:3:0', domain: 4, svc: 3, client: 0, driver: undefined, unbound: false });
    }
    this.#ret('probe', nodata ? -19 : 0);
  }

  #make(device: Device): void {
    this.#devices?.push(device);
    this.#note({ ev: 'device_add', dev: device.name });
    this.#bind(device);
  }

  #add([name = '', ...rest]: readonly string[]): void {
    const [domain = 0, svc = 0, client = 0, version = 0] = rest.map(Number);
    const full = `apr:${name}:${[domain, svc, client].map((nr) => nr.toString(16)).join(':')}`;
    if (this.#devices === undefined) return this.#ret('add', -22);
    const isService = domain >= 1 && domain <= 5 && svc >= 1 && svc <= 0x16 && client <= 0xffff && name.length <= 31;
    if (!isService) this.ids.add('apr-W16');
    if (!isService) return this.#ret('add', -22);
    const same = this.#devices.find((other) => other.domain === domain && other.svc === svc);
    if (same !== undefined) this.ids.add(same.name === full ? 'apr-W12' : 'apr-W17');
    if (same !== undefined) return this.#ret('add', -17);
    if (version > 0xffff) this.ids.add('apr-W15');
    if (domain === 3) this.ids.add('apr-W20');
    this.#make({ name: full, domain, svc, client, driver: undefined, unbound: false });
    const ids = { svc_id: svc, dest_id: domain === 3 ? 0 : 1, client_id: client, domain_id: domain, version };
    this.#note({ ev: 'apr_device', dev: full, ...ids });
    this.#ret('add', 0);
  }

  #driver(driver: ScriptDriver): void {
    if (driver.noidtable) return this.#ret('driver', -22);
    this.#drivers.push(driver);
    for (const device of this.#devices ?? []) if (device.driver === undefined) this.#try(device, driver);
    this.#ret('driver', 0);
  }

  #bind(device: Device): void {
    if (device.driver !== undefined) return;
    for (const driver of this.#drivers) if (this.#try(device, driver)) return;
  }

  /** Answers whether it is bound now. The table ends at the first entry that is all zero. */
  #try(device: Device, driver: ScriptDriver): boolean {
    const end = driver.ids.findIndex(([domain, svc]) => domain === 0 && svc === 0);
    const table = end < 0 ? driver.ids : driver.ids.slice(0, end);
    const isMine = ([domain, svc, client]: readonly number[]): boolean =>
      domain === device.domain && svc === device.svc && client === device.client;
    if (!table.some(isMine)) return false;
    this.#note({ ev: 'drv_probe', dev: device.name, svc: device.svc, domain: device.domain });
    this.#note({ ev: 'bind', dev: device.name, drv: driver.name, probe: driver.probefail });
    if (driver.probefail !== 0) return false;
    if (device.unbound) this.ids.add('apr-W10');
    device.driver = driver;
    return true;
  }

  #unbind(device: Device): void {
    const { driver } = device;
    if (driver === undefined) return;
    device.driver = undefined;
    device.unbound = true;
    this.#note({ ev: 'unbind', dev: device.name });
    if (!driver.noremove) this.#note({ ev: 'drv_remove', dev: device.name });
  }

  #unregister(name: string): void {
    const at = this.#drivers.findIndex((driver) => driver.name === name);
    const [driver] = at < 0 ? [] : this.#drivers.splice(at, 1);
    const mine = this.#devices?.filter((device) => device.driver === driver) ?? [];
    if (mine.length > 1) this.ids.add('apr-L7');
    for (const device of mine.reverse()) this.#unbind(device);
  }

  #remove(device: Device): void {
    if (device.driver === undefined) this.ids.add('apr-W11');
    this.#unbind(device);
    this.#devices = this.#devices?.filter((other) => other !== device);
    this.#note({ ev: 'device_del', dev: device.name });
    this.#note({ ev: 'release', dev: device.name });
  }

  #removeAll(): void {
    const all = this.#devices ?? [];
    if (all.length > 1) this.ids.add('apr-L7');
    for (const device of [...all].reverse()) this.#remove(device);
    this.#devices = undefined;
  }

  /** The patch takes its bus away before the devices on it. */
  #exit(): void {
    if (this.#devices !== undefined) this.ids.add('apr-W14');
    this.#removeAll();
  }

  /** The patch has no service in its list that was unbound once. */
  #services(): void {
    if (this.#devices?.some(({ unbound }) => unbound) === true) this.ids.add('apr-W10');
    this.#note({ ev: 'services', list: this.#devices?.map(({ name }) => name) ?? [] });
  }

  #rx([length = '0', text]: readonly string[]): void {
    const bytes = packetOf(length, text);
    if (bytes === undefined) this.ids.add('apr-W3');
    else if (this.#devices !== undefined) this.#judge(bytes, this.#devices);
    this.#ret('rx', this.#devices === undefined ? -32 : 0);
  }

  #judge(bytes: Uint8Array, devices: readonly Device[]): void {
    const listed = devices.map((device) => {
      return { ...device, bound: device.driver !== undefined, listens: device.driver?.nocb === false };
    });
    const verdict = judgeApr('hardened', { bytes, length: bytes.length }, listed);
    if (verdict.kind === 'drop') {
      this.ids.add('apr-W9');
      this.#note({ ev: 'log', level: 'err', dev: CHANNEL_DEV, msg: verdict.message });
    }
    if (verdict.kind !== 'deliver') return;
    const { payloadOffset, payloadSize, src, to } = verdict;
    const at = (offset: number, size: number): number =>
      [...bytes.subarray(offset, offset + size)].reduceRight((sum, byte) => sum * 256 + byte, 0);
    const payload = payloadSize === 0 ? '' : Buffer.from(bytes.subarray(payloadOffset)).toString('hex');
    this.#note({
      ev: 'cb',
      dev: to.name,
      ...{ payload_size: payloadSize, payload_off: payloadOffset, in_buffer: payloadSize, payload },
      ...{ opcode: at(16, 4), src, src_port: at(6, 2), dest_port: at(10, 2), token: at(12, 4), msg_type: at(1, 1) & 3 },
    });
  }
}
