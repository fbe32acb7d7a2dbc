// A kernel with rpmsg_char that is stood in for: sysfs is a folder, files of /dev are names, and what carries the
// messages of an open channel is given. Tests play the remote processor.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { hex } from '../src/base/bytes.js';
import { type Errno, ERRNO, SysError } from '../src/base/errno.js';
import { hostTime, type RealTime } from '../src/host/live.js';
import { RpmsgSysfs } from '../src/host/rpmsg-sysfs.js';
import type { Readiness, RpmsgSystem } from '../src/host/rpmsg-system.js';

const CREATE_EPT = 0x4028_b501;
const DESTROY_EPT = 0xb502;

/** An open channel, both ends of it. */
export interface RpmsgWire {
  read(into: Uint8Array): number;
  write(bytes: Uint8Array): number;
  readiness(): Readiness;
  close(): void;
  /** The remote processor sends. */
  push(bytes: Uint8Array): number;
  /** It takes what came. */
  take(): Uint8Array | undefined;
  /** It is dead. */
  kill(): void;
  /** Software has read everything that was sent. */
  readonly idle: boolean;
}

interface Node {
  readonly channel: string;
  wire: RpmsgWire | undefined;
}

/** Opening a file ends so, by its name. */
export type OpenErrors = Readonly<Record<string, Errno>>;

/** How it is made. */
export interface RpmsgKernelOptions {
  readonly transport: 'smd' | 'glink';
  readonly wire: () => RpmsgWire;
  readonly openErrors?: OpenErrors;
  readonly time?: RealTime;
  /** Without the C library. */
  readonly plain?: boolean;
  /** CREATE_EPT ends so. */
  readonly createError?: Errno;
}

/** One edge with the control device `/dev/rpmsg_ctrl0`. */
export class RpmsgKernel implements RpmsgSystem {
  readonly sysfs: RpmsgSysfs;
  readonly time: RealTime;
  readonly ioctl?: NonNullable<RpmsgSystem['ioctl']>;
  /** What was asked at ioctl: file, request, bytes. */
  readonly calls: string[] = [];
  readonly #sys: string;
  readonly #options: RpmsgKernelOptions;
  readonly #nodes = new Map<string, Node>();
  readonly #open = new Map<number, { readonly node: string; readonly wire: RpmsgWire | undefined }>();
  #fd = 100;
  #made = 0;

  constructor(options: RpmsgKernelOptions) {
    this.#options = options;
    this.#sys = mkdtempSync(join(tmpdir(), 'bringup-rpmsg-'));
    this.sysfs = new RpmsgSysfs(this.#sys);
    this.time = options.time ?? hostTime;
    mkdirSync(join(this.#sys, 'class/rpmsg'), { recursive: true });
    this.#classDevice('rpmsg_ctrl0', this.#place('rpmsg_ctrl0'));
    if (options.plain !== true) this.ioctl = (fd, request, arg) => this.#ioctl(fd, request, arg);
  }

  get #edge(): string {
    return join(this.#sys, `devices/platform/remoteproc-adsp/remoteproc-adsp:${this.#options.transport}-edge`);
  }

  #place(control: string): string {
    return join(this.#edge, `${control}.0.0`, 'rpmsg', control);
  }

  #classDevice(node: string, place: string, files: Readonly<Record<string, string>> = {}): void {
    mkdirSync(place, { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content);
    symlinkSync(place, join(this.#sys, 'class/rpmsg', node));
  }

  /** Makes an endpoint, as `rpmsgexport` or udev would have: below the control device, or from the device itself. */
  addEndpoint(node: string, channel: string, of: 'control' | 'device' = 'control'): void {
    const above = of === 'device' ? join(this.#edge, `${channel}.-1.-1`, 'rpmsg') : this.#place('rpmsg_ctrl0');
    this.#classDevice(node, join(above, node), { name: `${channel}\n`, src: '-1\n', dst: '4294967295\n' });
    this.#nodes.set(node, { channel, wire: undefined });
  }

  /** A channel's device on the rpmsg bus, and the driver that has it. */
  addDevice(device: string, channel: string, driver?: string): void {
    const place = join(this.#sys, 'bus/rpmsg/devices', device);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'name'), `${channel}\n`);
    if (driver !== undefined) symlinkSync(join(this.#sys, 'bus/rpmsg/drivers', driver), join(place, 'driver'));
  }

  /** Endpoints that are there. */
  get nodes(): readonly string[] {
    return [...this.#nodes.keys()];
  }

  /** Files that are open. */
  get opened(): readonly string[] {
    return [...this.#open.values()].map(({ node }) => node);
  }

  /** The wire of the endpoint that is open. */
  get wire(): RpmsgWire | undefined {
    return [...this.#nodes.values()].find(({ wire }) => wire !== undefined)?.wire;
  }

  /** Takes the folder away. */
  end(): void {
    for (const fd of [...this.#open.keys()]) this.close(fd);
    rmSync(this.#sys, { recursive: true });
  }

  nodeOf(path: string): string {
    return basename(path);
  }

  exists(path: string): boolean {
    return path.startsWith('/dev/') && (path === '/dev/null' || this.#known(basename(path)));
  }

  #known(node: string): boolean {
    return node === 'rpmsg_ctrl0' || this.#nodes.has(node);
  }

  open(path: string): number {
    const name = basename(path);
    const node = this.#nodes.get(name);
    const error = this.#options.openErrors?.[name] ?? (node?.wire === undefined ? undefined : 'EBUSY');
    if (error !== undefined) throw new SysError(error, 'it cannot be opened', { dev: path });
    if (!this.#known(name)) throw new SysError('ENOENT', 'it cannot be opened', { dev: path });
    const wire = node === undefined ? undefined : this.#options.wire();
    if (node !== undefined) node.wire = wire;
    this.#open.set(++this.#fd, { node: name, wire });
    return this.#fd;
  }

  close(fd: number): void {
    const { node, wire } = this.#file(fd);
    this.#open.delete(fd);
    wire?.close();
    const there = this.#nodes.get(node);
    if (there?.wire === wire && there !== undefined) there.wire = undefined;
  }

  read(fd: number, into: Uint8Array): number {
    return this.#file(fd).wire?.read(into) ?? -ERRNO.EINVAL;
  }

  write(fd: number, bytes: Uint8Array): number {
    return this.#file(fd).wire?.write(bytes) ?? -ERRNO.EINVAL;
  }

  readiness(fd: number): Readiness {
    const { wire } = this.#file(fd);
    if (wire === undefined) throw new Error(`${fd} is no endpoint`);
    return wire.readiness();
  }

  #file(fd: number): { readonly node: string; readonly wire: RpmsgWire | undefined } {
    const file = this.#open.get(fd);
    if (file === undefined) throw new Error(`file ${fd} is not open`);
    return file;
  }

  #ioctl(fd: number, request: number, arg?: Uint8Array): number {
    const { node } = this.#file(fd);
    this.calls.push(`${node} ${request.toString(16)}${arg === undefined ? '' : ` ${hex(arg, '')}`}`);
    if (request === CREATE_EPT && node === 'rpmsg_ctrl0') return this.#create(arg as Uint8Array);
    if (request !== DESTROY_EPT || !this.#nodes.delete(node)) return -ERRNO.ENOTTY;
    rmSync(join(this.#sys, 'class/rpmsg', node));
    return 0;
  }

  #create(arg: Uint8Array): number {
    if (this.#options.createError !== undefined) return -ERRNO[this.#options.createError];
    const channel = Buffer.from(arg.subarray(0, 32)).toString().replace(/\0.*/, '');
    while (this.#nodes.has(`rpmsg${this.#made}`)) this.#made++;
    this.addEndpoint(`rpmsg${this.#made}`, channel);
    return 0;
  }
}

/** A channel in memory. `full` lets writes end with an errno. */
export class MemoryWire implements RpmsgWire {
  full: Errno | undefined;
  readonly #in: Uint8Array[] = [];
  readonly #out: Uint8Array[] = [];
  #dead = false;
  #closed = false;
  #wake: (() => void) | undefined;

  get idle(): boolean {
    return this.#in.length === 0 || this.#closed;
  }

  read(into: Uint8Array): number {
    const bytes = this.#in.shift();
    if (bytes === undefined) return this.#dead ? -ERRNO.EPIPE : -ERRNO.EAGAIN;
    into.set(bytes.subarray(0, into.length));
    return Math.min(bytes.length, into.length);
  }

  write(bytes: Uint8Array): number {
    if (this.#dead) return -ERRNO.EPIPE;
    if (this.full !== undefined) return -ERRNO[this.full];
    return this.#out.push(bytes.slice()) && bytes.length;
  }

  readiness(): Readiness {
    let stopped = false;
    const ready = (): boolean => stopped || this.#dead || this.#in.length > 0;
    return {
      wait: () =>
        new Promise((resolve) => {
          this.#wake = () => ready() && resolve();
          queueMicrotask(() => this.#wake?.());
        }),
      stop: () => {
        stopped = true;
        this.#wake?.();
      },
    };
  }

  close(): void {
    this.#closed = true;
  }

  push(bytes: Uint8Array): number {
    if (this.#closed) return -ERRNO.EPIPE;
    this.#in.push(bytes.slice());
    this.#wake?.();
    return 0;
  }

  take(): Uint8Array | undefined {
    return this.#out.shift();
  }

  kill(): void {
    this.#dead = true;
    this.#wake?.();
  }
}
