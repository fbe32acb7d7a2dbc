// The part of FUSE that is about names: looking them up, listing them, saying what is behind them.
import { SysError } from '../base/errno.js';
import { encodeUtf8 } from '../base/text.js';
import { type AttrView, FATTR, IN, MAY, OUT, S } from './fuse-layout.js';
import type { FuseNode, NodeTable } from './fuse-nodes.js';
import {
  type FuseRequest,
  highHalf,
  lowHalf,
  MAX_DATA_BYTES,
  nameIn,
  type ReplyBuffer,
  type RequestViews,
  word64,
} from './fuse-request.js';
import type { VDir, VFile, VNode } from './vfs.js';

/** Whom the files belong to, and since when they have been there, in seconds since 1970. */
export interface FuseOwner {
  readonly uid: number;
  readonly gid: number;
  readonly since: number;
}

/**
 * How long the kernel may take a name for what it was, in seconds. It asks again at every use of what is behind, and a
 * node that is no longer there is answered with ESTALE: then Linux walks the whole path anew, asking for each name. So
 * names cost nothing, and nothing that has gone can be opened or seen.
 */
const ENTRY_VALID_S = 3600;
const ATTR_VALID_S = 0;

const KIND: Readonly<Record<VNode['kind'], number>> = { dir: S.IFDIR, file: S.IFREG, link: S.IFLNK };
const LINK_MODE = 0o777;
const BLOCK_BYTES = 4096;
const NAME_LIMIT = 255;
const TYPE_SHIFT = 12;

/** An entry of a directory as listed. */
interface Listed {
  readonly name: Uint8Array;
  readonly text: string;
  readonly vnode: VNode;
  /** The directory itself and the one above are told without being looked up. */
  readonly isDot: boolean;
}

/** A directory that a program reads: what was in it when the reading began. */
export class OpenDir {
  readonly node: FuseNode;
  #listed: readonly Listed[] = [];

  constructor(node: FuseNode) {
    this.node = node;
  }

  /** The entries from a position on; at the start they are listed anew. */
  from(offset: number): readonly Listed[] {
    if (offset === 0) this.#listed = list(this.node);
    return this.#listed.slice(offset);
  }
}

function list(node: FuseNode): Listed[] {
  const entry = (text: string, vnode: VNode, isDot = false): Listed => ({ text, name: encodeUtf8(text), vnode, isDot });
  const up = node.parent?.vnode ?? node.vnode;
  const entries = node.vnode.kind === 'dir' ? [...node.vnode.entries()] : [];
  return [entry('.', node.vnode, true), entry('..', up, true), ...entries.map(([name, vnode]) => entry(name, vnode))];
}

/** Answers requests about names. Each method answers the body of the reply, or throws a SysError. */
export class FuseTree {
  readonly #nodes: NodeTable;
  readonly #room: ReplyBuffer;
  readonly #owner: FuseOwner;
  readonly #in: RequestViews;
  readonly #entry = OUT.entry.view();
  readonly #attr = OUT.attr.view();
  readonly #dirent = OUT.dirent.view();

  constructor(nodes: NodeTable, views: RequestViews, room: ReplyBuffer, owner: FuseOwner) {
    this.#nodes = nodes;
    this.#in = views;
    this.#room = room;
    this.#owner = owner;
  }

  /** The node of a request. ESTALE: it is no longer there. */
  nodeOf({ nodeid }: FuseRequest): FuseNode {
    const node = this.#nodes.get(nodeid);
    if (node === undefined || !this.#nodes.isThere(node)) throw new SysError('ESTALE', 'gone', { op: 'fuse' });
    return node;
  }

  /** EACCES unless the program's user has all of these rights. Root has; what nobody may do, a file refuses itself. */
  permit({ uid, gid }: FuseRequest, { mode }: VDir | VFile, need: number): void {
    const owner = this.#owner;
    const bits = uid === owner.uid ? mode >> 6 : gid === owner.gid ? mode >> 3 : mode;
    if (uid !== 0 && (bits & need) !== need) throw new SysError('EACCES', 'permission denied', { op: 'fuse' });
  }

  lookup(request: FuseRequest): Uint8Array {
    const dir = this.nodeOf(request);
    const name = nameIn(request.body);
    const vnode = asDir(dir).lookup(name);
    if (vnode === undefined) throw new SysError('ENOENT', 'no such file', { op: name });
    const node = this.#nodes.lookUp(dir, name, vnode);
    request.undelivered = () => this.#nodes.forget(node.id, 1);
    const body = this.#room.zeroed(OUT.entry.sizeBytes);
    this.#putEntry(body, 0, node);
    return body;
  }

  getattr(request: FuseRequest): Uint8Array {
    return this.#attrOf(this.nodeOf(request).vnode);
  }

  /** The same of an open file, which may be gone from its place. */
  getattrOpen(node: FuseNode): Uint8Array {
    return this.#attrOf(node.vnode);
  }

  /** Sizes and times may be set and stay as they are: a shell truncates what it writes to. EPERM: owner and mode. */
  setattr(request: FuseRequest): Uint8Array {
    const { vnode } = this.nodeOf(request);
    const { valid } = this.#in.setattr.at(request.body);
    if ((valid & (FATTR.MODE | FATTR.UID | FATTR.GID)) !== 0)
      throw new SysError('EPERM', 'mode and owner stay as they are', { op: 'fuse' });
    if ((valid & FATTR.SIZE) !== 0 && vnode.kind === 'file') this.permit(request, vnode, MAY.WRITE);
    return this.#attrOf(vnode);
  }

  readlink(request: FuseRequest): Uint8Array {
    const { vnode } = this.nodeOf(request);
    if (vnode.kind !== 'link') throw new SysError('EINVAL', 'no link', { op: 'fuse' });
    return encodeUtf8(vnode.target);
  }

  access(request: FuseRequest): Uint8Array {
    const { vnode } = this.nodeOf(request);
    if (vnode.kind !== 'link') this.permit(request, vnode, this.#in.access.at(request.body).mask & 7);
    return NOTHING;
  }

  opendir(request: FuseRequest): OpenDir {
    const node = this.nodeOf(request);
    this.permit(request, asDir(node), MAY.READ);
    return new OpenDir(node);
  }

  /** As many entries as there is room for; `plus`: with the attributes, each counted as a lookup. */
  readdir(request: FuseRequest, dir: OpenDir, plus: boolean): Uint8Array {
    const { offset, offsetHi, size } = this.#in.read.at(request.body);
    const start = word64(offset, offsetHi);
    const body = this.#room.zeroed(Math.min(size, MAX_DATA_BYTES));
    const given: FuseNode[] = [];
    let at = 0;
    let position = start;
    for (const listed of dir.from(start)) {
      const header = plus ? OUT.entry.sizeBytes : 0;
      const end = at + align(header + OUT.dirent.sizeBytes + listed.name.length);
      if (end > body.length) break;
      position++;
      if (plus && !listed.isDot) given.push(this.#putPlus(body, at, dir.node, listed));
      this.#putDirent(body, at + header, listed, position);
      at = end;
    }
    request.undelivered = () => given.forEach(({ id }) => this.#nodes.forget(id, 1));
    return body.subarray(0, at);
  }

  forget(request: FuseRequest): void {
    const { nlookup, nlookupHi } = this.#in.forget.at(request.body);
    this.#nodes.forget(request.nodeid, word64(nlookup, nlookupHi));
  }

  batchForget({ body }: FuseRequest): void {
    const { count } = this.#in.batchForget.at(body);
    const one = this.#in.forgetOne;
    let at = IN.batchForget.sizeBytes;
    for (let left = count; left > 0 && at + IN.forgetOne.sizeBytes <= body.length; left--) {
      const { nodeid, nodeidHi, nlookup, nlookupHi } = one.at(body, at);
      this.#nodes.forget(word64(nodeid, nodeidHi), word64(nlookup, nlookupHi));
      at += IN.forgetOne.sizeBytes;
    }
  }

  statfs(): Uint8Array {
    const body = this.#room.zeroed(OUT.statfs.sizeBytes);
    const view = OUT.statfs.view().at(body);
    view.bsize = BLOCK_BYTES;
    view.frsize = BLOCK_BYTES;
    view.namelen = NAME_LIMIT;
    return body;
  }

  #attrOf(vnode: VNode): Uint8Array {
    const body = this.#room.zeroed(OUT.attr.sizeBytes);
    const view = this.#attr.at(body);
    view.attrValid = ATTR_VALID_S;
    this.#putAttr(view, vnode);
    return body;
  }

  #putPlus(body: Uint8Array, at: number, dir: FuseNode, { text, vnode }: Listed): FuseNode {
    const node = this.#nodes.lookUp(dir, text, vnode);
    this.#putEntry(body, at, node);
    return node;
  }

  #putEntry(body: Uint8Array, at: number, { id, vnode }: FuseNode): void {
    const view = this.#entry.at(body, at);
    view.nodeid = lowHalf(id);
    view.nodeidHi = highHalf(id);
    view.entryValid = ENTRY_VALID_S;
    view.attrValid = ATTR_VALID_S;
    this.#putAttr(view, vnode);
  }

  #putDirent(body: Uint8Array, at: number, { name, vnode }: Listed, position: number): void {
    const view = this.#dirent.at(body, at);
    const ino = this.#nodes.ino(vnode);
    view.ino = lowHalf(ino);
    view.inoHi = highHalf(ino);
    view.off = position;
    view.namelen = name.length;
    view.type = KIND[vnode.kind] >> TYPE_SHIFT;
    body.set(name, at + OUT.dirent.sizeBytes);
  }

  #putAttr(view: AttrView, vnode: VNode): void {
    const { uid, gid, since } = this.#owner;
    const ino = this.#nodes.ino(vnode);
    view.ino = lowHalf(ino);
    view.inoHi = highHalf(ino);
    view.size = vnode.kind === 'file' ? vnode.size : vnode.kind === 'link' ? encodeUtf8(vnode.target).length : 0;
    view.atime = view.mtime = view.ctime = lowHalf(since);
    view.atimeHi = view.mtimeHi = view.ctimeHi = highHalf(since);
    view.mode = KIND[vnode.kind] | (vnode.kind === 'link' ? LINK_MODE : vnode.mode);
    view.nlink = 1;
    view.uid = uid;
    view.gid = gid;
    view.blksize = BLOCK_BYTES;
  }
}

const NOTHING = new Uint8Array(0);

function asDir({ vnode }: FuseNode): VDir {
  if (vnode.kind !== 'dir') throw new SysError('ENOTDIR', 'no directory', { op: 'fuse' });
  return vnode;
}

/** Entries begin at multiples of 8 bytes. */
function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
