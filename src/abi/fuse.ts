// A FUSE server as pure bytes: the kernel's requests in, replies out. Which tree it shows is the caller's; where the
// bytes come from is the room host's.
import { type Errno, SysError } from '../base/errno.js';
import { FuseFiles } from './fuse-files.js';
import { IN, INIT, NOTIFY, OP, OUT, VERSION } from './fuse-layout.js';
import { NodeTable } from './fuse-nodes.js';
import { type FuseRequest, highHalf, lowHalf, MAX_DATA_BYTES, ReplyBuffer, RequestViews } from './fuse-request.js';
import { type FuseOwner, FuseTree } from './fuse-tree.js';
import type { VDir } from './vfs.js';

/** Where a server's bytes go. */
export interface FuseOutlet {
  /** Takes a reply at once: the bytes are good during the call. False: the program does not wait for it any more. */
  send(reply: Uint8Array): boolean;
  /** Hears of a mistake of ours; the program has been told EIO. */
  bug(mistake: unknown): void;
}

/** The room for one request: the longest write of a program with what stands before it. */
export const REQUEST_BYTES: number = MAX_DATA_BYTES + 4096;

/** How many requests of the kernel's own making (releases, forgets) may wait for us at once. */
const BACKGROUND = 64;
const NOTHING = new Uint8Array(0);

type Body = Uint8Array | Promise<Uint8Array>;
/** What is done with a request: the body of its reply, now or later; `undefined` for one that has none. */
type Operation = {
  /** The least that the body must have. */
  readonly bytes: number;
  readonly run: (server: Parts, request: FuseRequest) => Body | undefined;
};

interface Parts {
  readonly views: RequestViews;
  readonly room: ReplyBuffer;
  readonly tree: FuseTree;
  readonly files: FuseFiles;
}

const refuse = (code: Errno): Operation => ({
  bytes: 0,
  run: () => {
    throw new SysError(code, 'sysfs does not allow it', { op: 'fuse' });
  },
});

/** Table of operations. All others are ENOSYS, after which Linux asks for most of them no more. */
const OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [OP.INIT, { bytes: IN.init.sizeBytes, run: init }],
  [OP.LOOKUP, { bytes: 1, run: ({ tree }, request) => tree.lookup(request) }],
  [OP.FORGET, { bytes: IN.forget.sizeBytes, run: ({ tree }, request) => void tree.forget(request) }],
  [OP.BATCH_FORGET, { bytes: IN.batchForget.sizeBytes, run: ({ tree }, request) => void tree.batchForget(request) }],
  [OP.GETATTR, { bytes: IN.getattr.sizeBytes, run: ({ files }, request) => files.getattr(request) }],
  [OP.SETATTR, { bytes: IN.setattr.sizeBytes, run: ({ tree }, request) => tree.setattr(request) }],
  [OP.READLINK, { bytes: 0, run: ({ tree }, request) => tree.readlink(request) }],
  [OP.ACCESS, { bytes: IN.access.sizeBytes, run: ({ tree }, request) => tree.access(request) }],
  [OP.STATFS, { bytes: 0, run: ({ tree }) => tree.statfs() }],
  [OP.OPENDIR, { bytes: IN.open.sizeBytes, run: ({ files }, request) => files.opendir(request) }],
  [OP.READDIR, { bytes: IN.read.sizeBytes, run: ({ files }, request) => files.readdir(request, false) }],
  [OP.READDIRPLUS, { bytes: IN.read.sizeBytes, run: ({ files }, request) => files.readdir(request, true) }],
  [OP.RELEASEDIR, { bytes: IN.release.sizeBytes, run: ({ files }, request) => files.release(request) }],
  [OP.OPEN, { bytes: IN.open.sizeBytes, run: ({ files }, request) => files.open(request) }],
  [OP.READ, { bytes: IN.read.sizeBytes, run: ({ files }, request) => files.read(request) }],
  [OP.WRITE, { bytes: IN.write.sizeBytes, run: ({ files }, request) => files.write(request) }],
  [OP.POLL, { bytes: IN.poll.sizeBytes, run: ({ files }, request) => files.poll(request) }],
  [OP.LSEEK, { bytes: IN.lseek.sizeBytes, run: ({ files }, request) => files.lseek(request) }],
  [OP.RELEASE, { bytes: IN.release.sizeBytes, run: ({ files }, request) => files.release(request) }],
  [OP.INTERRUPT, { bytes: IN.interrupt.sizeBytes, run: ({ files }, request) => void files.interrupt(request) }],
  [OP.DESTROY, { bytes: 0, run: ({ files }) => destroy(files) }],
  // Nothing is kept back that a close could flush: older kernels, which ask, ask once.
  [OP.FLUSH, refuse('ENOSYS')],
  [OP.CREATE, refuse('EACCES')],
  ...[OP.SYMLINK, OP.MKNOD, OP.MKDIR, OP.UNLINK, OP.RMDIR, OP.RENAME, OP.RENAME2, OP.LINK].map(
    (opcode) => [opcode, refuse('EPERM')] as const,
  ),
]);

/** Operations that the kernel wants no answer to, not even that they are unknown. */
const UNANSWERED: ReadonlySet<number> = new Set([OP.FORGET, OP.BATCH_FORGET, OP.INTERRUPT]);

/** A server of one tree for one mount. */
export class FuseServer {
  readonly #outlet: FuseOutlet;
  readonly #nodes: NodeTable;
  readonly #parts: Parts;

  constructor(root: VDir, owner: FuseOwner, outlet: FuseOutlet) {
    this.#outlet = outlet;
    this.#nodes = new NodeTable(root);
    const views = new RequestViews();
    const room = new ReplyBuffer();
    const tree = new FuseTree(this.#nodes, views, room, owner);
    const files = new FuseFiles(tree, views, room, (kh) => this.#notifyPoll(kh));
    this.#parts = { views, room, tree, files };
  }

  /** Nodes that the kernel knows, the root included: what it forgets goes. */
  get nodeCount(): number {
    return this.#nodes.size;
  }

  /** Files and directories that are open. */
  get openCount(): number {
    return this.#parts.files.count;
  }

  /**
   * Answers one request, at once or when a driver has answered. Whatever the bytes are it does not throw: what makes no
   * sense is EINVAL, and what is too short to be a request is nothing.
   */
  handle(bytes: Uint8Array): void {
    const request = this.#parts.views.request(bytes);
    if (request === undefined) return;
    try {
      const body = run(this.#parts, request);
      if (body instanceof Uint8Array) this.#reply(request, body);
      else if (body !== undefined) void this.#replyLater(request, body);
    } catch (e) {
      this.#refused(request, e);
    }
  }

  /** Ends reads that wait and closes what is open: the mount is gone. */
  close(): void {
    this.#parts.files.closeAll();
  }

  async #replyLater(request: FuseRequest, body: Promise<Uint8Array>): Promise<void> {
    try {
      this.#reply(request, await body);
    } catch (e) {
      this.#refused(request, e);
    }
  }

  #reply(request: FuseRequest, body: Uint8Array): void {
    if (!this.#outlet.send(this.#parts.room.answer(request.unique, body))) request.undelivered?.();
  }

  #refused(request: FuseRequest, e: unknown): void {
    const isOurs = !(e instanceof SysError);
    const error = isOurs ? new SysError('EIO', 'our mistake', { op: 'fuse' }) : e;
    if (!UNANSWERED.has(request.opcode)) this.#outlet.send(this.#parts.room.error(request.unique, error));
    if (isOurs) this.#outlet.bug(e);
  }

  #notifyPoll(kh: number): void {
    const body = new Uint8Array(OUT.notifyPoll.sizeBytes);
    const view = OUT.notifyPoll.view().at(body);
    view.kh = lowHalf(kh);
    view.khHi = highHalf(kh);
    this.#outlet.send(this.#parts.room.notice(NOTIFY.POLL, body));
  }
}

function run(parts: Parts, request: FuseRequest): Body | undefined {
  const operation = OPERATIONS.get(request.opcode);
  if (operation === undefined) throw new SysError('ENOSYS', 'unknown operation', { op: 'fuse' });
  if (request.body.length < operation.bytes) throw new SysError('EINVAL', 'a request cut short', { op: 'fuse' });
  return operation.run(parts, request);
}

/** A kernel with a higher major version asks again with ours; one with a lower, or before Linux 3.15, is refused. */
function init({ views, room }: Parts, { body }: FuseRequest): Uint8Array {
  const asked = views.init.at(body);
  const { MAJOR, MINOR, OLDEST_MINOR } = VERSION;
  if (asked.major < MAJOR || (asked.major === MAJOR && asked.minor < OLDEST_MINOR))
    throw new SysError('EPROTO', `FUSE ${asked.major}.${asked.minor} is too old`, { op: 'fuse' });
  const wanted = Object.values(INIT).reduce((all, flag) => all | flag, 0);
  const reply = room.zeroed(OUT.init.sizeBytes);
  const view = OUT.init.view().at(reply);
  view.major = MAJOR;
  view.minor = Math.min(asked.minor, MINOR);
  if (asked.major > MAJOR) return reply;
  view.maxReadahead = asked.maxReadahead;
  view.flags = asked.flags & wanted;
  view.maxBackground = BACKGROUND;
  view.congestionThreshold = BACKGROUND;
  view.maxWrite = MAX_DATA_BYTES;
  view.timeGran = 1;
  return reply;
}

function destroy(files: FuseFiles): Uint8Array {
  files.closeAll();
  return NOTHING;
}
