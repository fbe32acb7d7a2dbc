// The APR bus (Asynchronous Packet Router): services of a remote processor as devices, packets to them and from them.
// Compared with the patch "soc: qcom: add support to APR bus driver" (v2 02/15, December 2017), and with Linux 6.12:
// drivers/soc/qcom/apr.c. GPR, the router of later DSPs, is the same bus with another header.
//
// Differences from the patch:
// apr-W1  The size in the header is the length that was received. The patch reads beyond the buffer.
// apr-W2  A header that is longer than its packet is refused. In the patch the size of the payload wraps around.
// apr-W3  A length below zero is refused. In the patch it passes.
// apr-W4  A packet may be a header alone; its payload is empty. The patch refuses it.
// apr-W5  A callback is told everything, an empty payload included. In the patch some of it lay on the stack.
// apr-W6  A service is found by processor and number. In the patch by number: the modem's MVM gets what is AFE's.
// apr-W7  Nothing is delivered after the unbind: what waits goes with the driver. The patch calls whoever was there.
// apr-W8  Packets wait, of each service up to a limit; sending does not. The patch calls and sends with interrupts off.
// apr-W9  Every message is consumed, whatever is in it; refused ones are counted. In the patch a bad one blocks SMD.
// apr-W10 A service stays on the bus while its device does: bound again, it hears again. In the patch it is deaf.
// apr-W11 A device without driver leaves the bus as well when it is removed. In the patch its entry stays, dangling.
// apr-W12 A device that cannot be registered leaves nothing behind. In the patch its entry stays, and memory leaks.
// apr-W13 There is no lock to initialise. The patch forgets it.
// apr-W14 The bus is there before a channel can come. The patch registers it afterwards, and unregisters it first.
// apr-W15 A version has 32 bits. The patch cuts it to 16.
// apr-W16 A service is 1 to 0x16 of processor 1 to 5, its name has up to 31 letters: EINVAL. The patch cuts numbers.
// apr-W17 A number is taken once on its processor: EEXIST. In the patch the first, even without driver, hides others.
// apr-W18 Children of the node are services; drivers match by compatible too. The patch knows only what CORE adds.
// apr-W19 When the DSP or a part of it dies, drivers are told at once and devices go. In the patch they wait.
// apr-W20 The processor is that of the devicetree. In the patch it is the ADSP.
// apr-W21 What is sent is at least a header and at most the buffer: EINVAL. The patch sends any size.
// apr-W22 A size of 0 is refused, like any below a header. The patch answers 0 for it.
// apr-W23 What is checked and read is a copy. The patch checks and reads where the other processor may still write.
// apr-W24 The message type is not checked, its two bits have no bad value. The patch compares it with more.
// apr-W25 Each reason to refuse has a count and a line, one in five seconds. In the patch two of them are silent.
//
// Differences from Linux:
// apr-L1  What W2, W4 to W6, W9 to W12, W17, W21 and W22 say of the patch is so in 6.12, too.
// apr-L2  A service is asked whether its driver listens. 6.12 asks the channel, and like the patch calls nothing.
// apr-L3  Children that are disabled are left out.
// apr-L4  When a protection domain goes down, services without one stay. In 6.12 they go, and do not come back.
// apr-L5  Platform devices below a service are made behind its driver's probe. In 6.12 drivers do that themselves.
// apr-L6  GPR ports are 1 to 0xffffffff; a length is compared with GPR's header. 6.12 compares with APR's.
// apr-L7  Services go youngest first when their channel or driver does. In 6.12 those of a channel go oldest first.
// apr-L8  debugfs has the counts of W25, in a directory with the channel's name. In 6.12 there are none.
import { assert } from '../../base/assert.js';
import type { SysError } from '../../base/errno.js';
import type { Device, Driver } from '../../core/device.js';
import { debugfsDir } from '../../core/debugfs.js';
import { pdrAddLookup } from '../../core/pdr.js';
import { Ratelimit } from '../../core/ratelimit.js';
import { type RpmsgDevice, rpmsgDriver } from '../../core/rpmsg.js';
import type { DtNode } from '../../dt/tree.js';
import { APR_BUS, type AprChannel, AprDevice, type AprServiceId, keyOf, serviceMistake } from './apr-device.js';
import { APR_DOMAIN, APR_SVC } from './constants.js';
import type { RouterKind } from './message.js';
import type { AprReason, AprRefusal } from './receive.js';
import { AprRouter } from './router.js';

/** The compatible of the patch; its node has no children. */
const SEED = 'qcom,apr-msm8996';
const GPR = 'qcom,gpr';

/** The driver of APR and GPR channels. */
export const qcomApr: Driver = rpmsgDriver({
  name: 'qcom,apr',
  compatible: ['qcom,apr', 'qcom,apr-v2', GPR, SEED],
  probe: (rpdev) => probe(rpdev),
  callback: (rpdev, bytes) => busOf(rpdev.dev)?.receive(bytes) ?? 0,
  down: (rpdev) => busOf(rpdev.dev)?.die(),
});

/**
 * Adds a service by hand, below the device of its channel (Linux: apr_add_device). EINVAL: there is no bus, or no such
 * service; EEXIST: it is there.
 */
export async function aprAddDevice(channel: Device, id: AprServiceId): Promise<AprDevice> {
  const bus = busOf(channel);
  if (bus === undefined) throw channel.error('EINVAL', 'there is no APR bus', 'add');
  const mistake = serviceMistake(bus.kind, id, id.name);
  if (mistake !== undefined) throw channel.error('EINVAL', mistake, 'add');
  const hex = [id.domain, id.svc, id.client ?? 0].map((nr) => nr.toString(16)).join(':');
  return bus.add({ name: `apr:${id.name}:${hex}`, id, node: undefined });
}

/** The services on a channel, in the order of their coming. */
export function aprServices(channel: Device): readonly AprDevice[] {
  return busOf(channel)?.services ?? [];
}

/** How many packets a channel has delivered and refused, by reason. */
export function aprCounts(channel: Device): Readonly<Partial<Record<AprReason | 'delivered', number>>> {
  return busOf(channel)?.router.counts ?? {};
}

function busOf({ drvdata }: Device): Apr | undefined {
  return drvdata instanceof Apr ? drvdata : undefined;
}

async function probe(rpdev: RpmsgDevice): Promise<void> {
  const { dev } = rpdev;
  const kind: RouterKind = dev.matched === GPR ? 'gpr' : 'apr';
  const bus = new Apr(rpdev, kind, domainOf(dev, kind));
  dev.drvdata = bus;
  dev.scope.defer(() => bus.end());
  debugfsDir(dev, dev.name).addGroup([{ name: 'packets', mode: 0o444, show: () => countsText(bus.router) }]);
  await bus.populate();
}

function domainOf(dev: Device, kind: RouterKind): number {
  const { ofNode, matched } = dev;
  const domain = ofNode?.u32('qcom,domain') ?? (kind === 'apr' ? ofNode?.u32('qcom,apr-domain') : undefined);
  if (domain !== undefined) return domain;
  if (matched === SEED) return APR_DOMAIN.ADSP;
  dev.err('Domain ID not specified in DT');
  throw dev.error('EINVAL', 'the node has no qcom,domain', 'probe');
}

/** `reason: packets`, a line each. */
function countsText({ counts }: AprRouter): string {
  return Object.entries(counts)
    .map(([what, count]) => `${what}: ${count}\n`)
    .join('');
}

/** How a device is made. */
interface Addition {
  readonly name: string;
  readonly id: AprServiceId;
  readonly node: DtNode | undefined;
}

/** The bus on one channel. */
class Apr implements AprChannel {
  readonly rpdev: RpmsgDevice;
  readonly kind: RouterKind;
  readonly domain: number;
  readonly router: AprRouter;
  readonly #services: AprDevice[] = [];
  readonly #limits = new Map<AprReason, Ratelimit>();
  /** What protection domains ask for, one after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(rpdev: RpmsgDevice, kind: RouterKind, domain: number) {
    this.rpdev = rpdev;
    this.kind = kind;
    this.domain = domain;
    this.router = new AprRouter(kind, {
      refused: (refusal, packet) => this.#refused(refusal, packet),
      failed: (error) => this.#failed(error),
    });
  }

  get services(): readonly AprDevice[] {
    return this.#services;
  }

  /** Whatever comes is consumed. */
  receive(bytes: Uint8Array): number {
    this.router.receive(bytes);
    return 0;
  }

  /** Nothing will be answered any more. */
  die(): void {
    for (const adev of [...this.#services]) adev.die();
  }

  async add({ name, id, node }: Addition): Promise<AprDevice> {
    const { dev: parent } = this.rpdev;
    const key = keyOf(this.kind, id);
    let made: AprDevice | undefined;
    if (this.router.find(key) !== undefined) throw parent.error('EEXIST', `${name}: the service is there`, 'add');
    const outer = (dev: Device): AprDevice => {
      const mailbox = this.router.open(key);
      assert(mailbox !== undefined, `${name}: a service that was free`);
      made = new AprDevice(dev, this, id, mailbox);
      this.#services.push(made);
      return made;
    };
    await parent.core.addDevice({ name, bus: APR_BUS, parent, ofNode: node, outer, release: () => this.#release(key) });
    assert(made !== undefined, `${name}: a device that was made`);
    return made;
  }

  #release(key: number): void {
    this.router.close(key);
    const at = this.#services.findIndex((adev) => keyOf(this.kind, { domain: adev.domainId, svc: adev.svcId }) === key);
    if (at >= 0) this.#services.splice(at, 1);
  }

  /** Makes the services of the tree: those of a protection domain when that is up, the others now. */
  async populate(): Promise<void> {
    const { dev } = this.rpdev;
    const nodes = dev.ofNode?.children.filter((node) => node.available && node.u32('reg') !== undefined) ?? [];
    for (const path of domainPaths(dev, nodes)) pdrAddLookup(this.rpdev, path, (up) => this.#domain(path, up, nodes));
    for (const node of nodes) if (protectionDomain(node).length === 0) await this.#addNode(node);
    if (dev.matched === SEED && this.router.find(keyOf(this.kind, this.#core)) === undefined)
      await aprAddDevice(dev, this.#core);
    await this.#work;
  }

  /** The service that is there without being named. */
  get #core(): AprServiceId {
    return { name: 'CORE', domain: this.domain, svc: APR_SVC.ADSP_CORE };
  }

  #domain(path: string, up: boolean, nodes: readonly DtNode[]): void {
    const mine = nodes.filter((node) => protectionDomain(node)[1] === path);
    if (up) {
      for (const node of mine) this.#work = this.#work.then(() => this.#addNode(node));
      return;
    }
    const services = this.#services.filter(({ dev }) => dev.ofNode !== undefined && mine.includes(dev.ofNode));
    for (const adev of services) adev.die();
    this.#work = this.#work.then(() => this.#removeNodes(mine));
  }

  /** As in Linux a service that cannot be added is told and left out. */
  async #addNode(node: DtNode): Promise<void> {
    const { dev } = this.rpdev;
    const svc = node.u32('reg') as number;
    const prefix = this.kind === 'apr' ? 'aprsvc' : 'gprsvc';
    const name = `${prefix}:${node.baseName}:${this.domain.toString(16)}:${svc.toString(16)}`;
    const id = { name: node.baseName, domain: this.domain, svc };
    const mistake = serviceMistake(this.kind, id, id.name);
    const taken = this.router.find(keyOf(this.kind, id)) !== undefined;
    if (mistake !== undefined || taken) {
      dev.err(`Failed to add apr ${svc} svc: ${mistake ?? 'it is there'}`);
      return;
    }
    dev.info(`Adding APR/GPR dev: ${name}`);
    await this.add({ name, id, node });
  }

  async #removeNodes(nodes: readonly DtNode[]): Promise<void> {
    const there = this.#services.filter(({ dev }) => dev.ofNode !== undefined && nodes.includes(dev.ofNode));
    await this.#remove(there);
  }

  async #remove(services: readonly AprDevice[]): Promise<void> {
    for (const { dev } of [...services].reverse()) if (dev.state.kind !== 'removed') await dev.core.removeDevice(dev);
  }

  /** The channel is given up: all of its services go, the youngest first. */
  async end(): Promise<void> {
    await this.#work;
    await this.#remove(this.#services);
  }

  #refused({ reason, message }: AprRefusal, bytes: Uint8Array): void {
    const { dev } = this.rpdev;
    const limit = this.#limits.get(reason) ?? new Ratelimit(dev.clock);
    this.#limits.set(reason, limit);
    if (limit.pass() === undefined) return;
    dev.err(message({ bytes, length: bytes.length }));
  }

  #failed(error: SysError): void {
    this.rpdev.dev.err(`a callback failed: ${error.message}`);
  }
}

function protectionDomain(node: DtNode): readonly string[] {
  return node.strings('qcom,protection-domain');
}

/** Each once. As in Linux one that is half there fails the probe. */
function domainPaths(dev: Device, nodes: readonly DtNode[]): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const node of nodes) {
    const [service, path] = protectionDomain(node);
    if (service === undefined) continue;
    if (path === undefined) {
      dev.err('pdr service path missing: -61');
      throw dev.error('ENODATA', `${node.path} has no path of its protection domain`, 'probe');
    }
    paths.add(path);
  }
  return paths;
}
