// The part of FUSE that is about open files: reading, writing, waiting.
import { SysError } from '../base/errno.js';
import { FOPEN, GETATTR_FH, IN, MAY, O, OUT, POLL_SCHEDULE_NOTIFY, SEEK } from './fuse-layout.js';
import type { FuseNode } from './fuse-nodes.js';
import { type FuseRequest, highHalf, lowHalf, type ReplyBuffer, type RequestViews, word64 } from './fuse-request.js';
import { type FuseTree, OpenDir } from './fuse-tree.js';
import { ALWAYS_READY, type VCall, type VFile, type VOpen } from './vfs.js';

/** A file that a program has open. */
interface OpenFile {
  readonly node: FuseNode;
  readonly file: VFile;
  readonly open: VOpen;
  /** Under which the kernel wants to be told that polling may say more now. */
  kh: number | undefined;
}

const NOTHING = new Uint8Array(0);

/** Answers requests about open files and directories. `notify` tells the kernel to poll anew. */
export class FuseFiles {
  readonly #tree: FuseTree;
  readonly #in: RequestViews;
  readonly #room: ReplyBuffer;
  readonly #openOut = OUT.open.view();
  readonly #notify: (kh: number) => void;
  readonly #open = new Map<number, OpenFile | OpenDir>();
  /** How to end reads that wait, by the number of their request. */
  readonly #waiting = new Map<number, () => void>();
  #lastHandle = 0;

  constructor(tree: FuseTree, views: RequestViews, room: ReplyBuffer, notify: (kh: number) => void) {
    this.#tree = tree;
    this.#in = views;
    this.#room = room;
    this.#notify = notify;
  }

  /** Files and directories that programs have open. */
  get count(): number {
    return this.#open.size;
  }

  open(request: FuseRequest): Uint8Array {
    const { flags } = this.#in.open.at(request.body);
    const node = this.#tree.nodeOf(request);
    const { vnode } = node;
    if (vnode.kind !== 'file')
      throw new SysError(vnode.kind === 'dir' ? 'EISDIR' : 'EINVAL', 'no file', { op: 'open' });
    const mode = flags & O.ACCMODE;
    const write = mode === O.WRONLY || mode === O.RDWR;
    const read = mode !== O.WRONLY;
    this.#tree.permit(request, vnode, (read ? MAY.READ : 0) | (write ? MAY.WRITE : 0));
    const open = vnode.open({ read, write });
    // Every read is asked of us, so that the text is that of the moment; there is nothing to be flushed.
    const stream = vnode.stream === true ? FOPEN.NONSEEKABLE | FOPEN.STREAM : 0;
    const how = FOPEN.DIRECT_IO | FOPEN.NOFLUSH | stream;
    return this.#handedOut(request, { node, file: vnode, open, kh: undefined }, how);
  }

  opendir(request: FuseRequest): Uint8Array {
    return this.#handedOut(request, this.#tree.opendir(request), 0);
  }

  readdir(request: FuseRequest, plus: boolean): Uint8Array {
    const { fh, fhHi } = this.#in.read.at(request.body);
    const dir = this.#open.get(word64(fh, fhHi));
    if (!(dir instanceof OpenDir)) throw badHandle();
    return this.#tree.readdir(request, dir, plus);
  }

  /** Of an open file also when it is gone from its place. */
  getattr(request: FuseRequest): Uint8Array {
    const { flags, fh, fhHi } = this.#in.getattr.at(request.body);
    const open = (flags & GETATTR_FH) === 0 ? undefined : this.#open.get(word64(fh, fhHi));
    return open === undefined ? this.#tree.getattr(request) : this.#tree.getattrOpen(open.node);
  }

  read(request: FuseRequest): Uint8Array | Promise<Uint8Array> {
    const { fh, fhHi, offset, offsetHi, size, flags } = this.#in.read.at(request.body);
    const { open } = this.#file(fh, fhHi);
    const { unique } = request;
    const call: VCall = {
      nonblock: (flags & O.NONBLOCK) !== 0,
      whenInterrupted: (stop) => void this.#waiting.set(unique, stop),
    };
    const bytes = open.read(word64(offset, offsetHi), size, call);
    if (!this.#waiting.has(unique)) return bytes;
    return Promise.resolve(bytes).finally(() => this.#waiting.delete(unique));
  }

  write(request: FuseRequest): Uint8Array | Promise<Uint8Array> {
    const { fh, fhHi, offset, offsetHi, size } = this.#in.write.at(request.body);
    const bytes = request.body.subarray(IN.write.sizeBytes);
    if (bytes.length < size) throw new SysError('EINVAL', 'a write without its bytes', { op: 'fuse' });
    const taken = this.#file(fh, fhHi).open.write(bytes.subarray(0, size), word64(offset, offsetHi));
    return typeof taken === 'number' ? written(taken) : taken.then((count) => written(count));
  }

  poll(request: FuseRequest): Uint8Array {
    const { fh, fhHi, kh, khHi, flags } = this.#in.poll.at(request.body);
    const file = this.#file(fh, fhHi);
    file.kh = (flags & POLL_SCHEDULE_NOTIFY) === 0 ? undefined : word64(kh, khHi);
    const ready = file.open.poll?.(() => this.#wake(file)) ?? ALWAYS_READY;
    const body = this.#room.zeroed(OUT.poll.sizeBytes);
    OUT.poll.view().at(body).revents = ready;
    return body;
  }

  /** As every file of sysfs: data from its start to its end, and behind that nothing. */
  lseek(request: FuseRequest): Uint8Array {
    const { fh, fhHi, offset, offsetHi, whence } = this.#in.lseek.at(request.body);
    const { file } = this.#file(fh, fhHi);
    const from = word64(offset, offsetHi);
    if (file.stream === true) throw new SysError('ESPIPE', 'no place to go to', { op: 'lseek' });
    if (whence !== SEEK.DATA && whence !== SEEK.HOLE) throw new SysError('EINVAL', 'no such way', { op: 'lseek' });
    if (from >= file.size) throw new SysError('ENXIO', 'behind the end', { op: 'lseek' });
    const to = whence === SEEK.DATA ? from : file.size;
    const body = this.#room.zeroed(OUT.lseek.sizeBytes);
    const view = OUT.lseek.view().at(body);
    view.offset = lowHalf(to);
    view.offsetHi = highHalf(to);
    return body;
  }

  release(request: FuseRequest): Uint8Array {
    const { fh, fhHi } = this.#in.release.at(request.body);
    this.#close(word64(fh, fhHi));
    return NOTHING;
  }

  /** Ends a read that waits. One that does not, or has been answered, is left alone. */
  interrupt({ body }: FuseRequest): void {
    const { unique, uniqueHi } = this.#in.interrupt.at(body);
    this.#waiting.get(word64(unique, uniqueHi))?.();
  }

  /** Ends what waits and closes what is open. */
  closeAll(): void {
    for (const stop of [...this.#waiting.values()]) stop();
    for (const handle of [...this.#open.keys()]) this.#close(handle);
  }

  #handedOut(request: FuseRequest, opened: OpenFile | OpenDir, how: number): Uint8Array {
    const handle = ++this.#lastHandle;
    this.#open.set(handle, opened);
    request.undelivered = () => this.#close(handle);
    const body = this.#room.zeroed(OUT.open.sizeBytes);
    const view = this.#openOut.at(body);
    view.fh = lowHalf(handle);
    view.fhHi = highHalf(handle);
    view.flags = how;
    return body;
  }

  #file(fh: number, fhHi: number): OpenFile {
    const file = this.#open.get(word64(fh, fhHi));
    if (file === undefined || file instanceof OpenDir) throw badHandle();
    return file;
  }

  #wake(file: OpenFile): void {
    if (file.kh === undefined) return;
    this.#notify(file.kh);
    file.kh = undefined;
  }

  #close(handle: number): void {
    const opened = this.#open.get(handle);
    this.#open.delete(handle);
    if (opened !== undefined && !(opened instanceof OpenDir)) opened.open.close();
  }
}

/** Not in the room for replies: another may be written there before this one is sent. */
function written(count: number): Uint8Array {
  const body = new Uint8Array(OUT.write.sizeBytes);
  OUT.write.view().at(body).size = count;
  return body;
}

function badHandle(): SysError {
  return new SysError('EBADF', 'no such open file', { op: 'fuse' });
}
