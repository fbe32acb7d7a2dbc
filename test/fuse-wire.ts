// FUSE messages as the kernel's header lays them out (include/uapi/linux/fuse.h), written and read by hand for tests:
// nothing here knows the layouts of src/abi.
import { FuseServer } from '../src/abi/fuse.js';
import type { VDir } from '../src/abi/vfs.js';

/** A word of a structure: its width in bits, and its value. */
type Word = readonly [bits: 16 | 32 | 64, value: number | bigint];

const u16 = (value: number): Word => [16, value];
const u32 = (value: number): Word => [32, value];
const u64 = (value: number | bigint): Word => [64, value];

/** Structures of requests, field after field. */
export const structs = {
  initIn: (major: number, minor: number, flags = 0xffff_ffff): Buffer =>
    pack(u32(major), u32(minor), u32(0x2_0000), u32(flags), ...Array.from({ length: 12 }, () => u32(0))),
  getattrIn: (flags = 0, fh = 0n): Buffer => pack(u32(flags), u32(0), u64(fh)),
  setattrIn: (valid: number): Buffer =>
    pack(u32(valid), u32(0), ...Array.from({ length: 6 }, () => u64(0)), ...Array.from({ length: 8 }, () => u32(0))),
  openIn: (flags: number): Buffer => pack(u32(flags), u32(0)),
  readIn: (fh: bigint, offset: number, size: number, flags = 0): Buffer =>
    pack(u64(fh), u64(offset), u32(size), u32(0), u64(0), u32(flags), u32(0)),
  writeIn: (fh: bigint, bytes: Uint8Array): Buffer =>
    Buffer.concat([pack(u64(fh), u64(0), u32(bytes.length), u32(0), u64(0), u32(0), u32(0)), bytes]),
  releaseIn: (fh: bigint): Buffer => pack(u64(fh), u32(0), u32(0), u64(0)),
  forgetIn: (nlookup: number): Buffer => pack(u64(nlookup)),
  batchForgetIn: (ones: readonly (readonly [nodeid: bigint, nlookup: number])[]): Buffer =>
    pack(u32(ones.length), u32(0), ...ones.flatMap(([nodeid, nlookup]) => [u64(nodeid), u64(nlookup)])),
  accessIn: (mask: number): Buffer => pack(u32(mask), u32(0)),
  interruptIn: (unique: bigint): Buffer => pack(u64(unique)),
  pollIn: (fh: bigint, kh: bigint, flags: number): Buffer => pack(u64(fh), u64(kh), u32(flags), u32(0)),
  lseekIn: (fh: bigint, offset: number, whence: number): Buffer => pack(u64(fh), u64(offset), u32(whence), u32(0)),
  name: (...names: readonly string[]): Buffer => Buffer.from(names.map((name) => `${name}\0`).join('')),
} as const;

function pack(...words: readonly Word[]): Buffer {
  const bytes = Buffer.alloc(words.reduce((sum, [bits]) => sum + bits / 8, 0));
  let at = 0;
  for (const [bits, value] of words) {
    if (bits === 64) bytes.writeBigUInt64LE(BigInt(value), at);
    else if (bits === 32) bytes.writeUInt32LE(Number(value), at);
    else bytes.writeUInt16LE(Number(value), at);
    at += bits / 8;
  }
  return bytes;
}

/** A whole request; `uid` and `gid` are its program's. */
export function request(opcode: number, unique: bigint, nodeid: bigint, body: Uint8Array, uid = 0, gid = 0): Buffer {
  const header = pack(
    ...[u32(40 + body.length), u32(opcode), u64(unique), u64(nodeid)],
    ...[u32(uid), u32(gid), u32(4711), u16(0), u16(0)],
  );
  return Buffer.concat([header, body]);
}

/** A reply taken apart; `error` is 0 or negative, and for a notice (unique 0) its number. */
export interface Reply {
  readonly unique: bigint;
  readonly error: number;
  readonly body: Buffer;
}

function unpack(bytes: Buffer): Reply {
  if (bytes.readUInt32LE(0) !== bytes.length) throw new Error('the length of a reply is not its length');
  return { unique: bytes.readBigUInt64LE(8), error: bytes.readInt32LE(4), body: bytes.subarray(16) };
}

/** The attributes in a reply, from an offset. */
export function attrAt(body: Buffer, at: number) {
  return {
    ino: body.readBigUInt64LE(at),
    size: body.readBigUInt64LE(at + 8),
    mtime: body.readBigUInt64LE(at + 32),
    mode: body.readUInt32LE(at + 60),
    nlink: body.readUInt32LE(at + 64),
    uid: body.readUInt32LE(at + 68),
    gid: body.readUInt32LE(at + 72),
    blksize: body.readUInt32LE(at + 80),
  };
}

/** The entries of a reply to READDIR. */
export function dirents(body: Buffer): { ino: bigint; off: bigint; type: number; name: string }[] {
  const found = [];
  for (let at = 0; at < body.length; ) {
    const length = body.readUInt32LE(at + 16);
    found.push({
      ino: body.readBigUInt64LE(at),
      off: body.readBigUInt64LE(at + 8),
      type: body.readUInt32LE(at + 20),
      name: body.toString('utf8', at + 24, at + 24 + length),
    });
    at += Math.ceil((24 + length) / 8) * 8;
  }
  return found;
}

/** A server with a kernel played by the test. */
export class FakeKernel {
  readonly server: FuseServer;
  readonly replies: Reply[] = [];
  readonly bugs: unknown[] = [];
  /** Set to play a program that leaves before its reply. */
  left = false;
  #unique = 0n;

  constructor(root: VDir, owner = { uid: 1000, gid: 100, since: 1_700_000_000 }) {
    this.server = new FuseServer(root, owner, {
      send: (reply) => {
        this.replies.push(unpack(Buffer.from(reply)));
        return !this.left;
      },
      bug: (e) => void this.bugs.push(e),
    });
  }

  /** Sends a request and answers its number; the reply, if there is one, is in `replies`. */
  send(opcode: number, nodeid: bigint, body: Uint8Array, uid = 0, gid = 0): bigint {
    this.#unique += 2n;
    this.server.handle(request(opcode, this.#unique, nodeid, body, uid, gid));
    return this.#unique;
  }

  /** The reply to a request that is answered at once. */
  ask(opcode: number, nodeid: bigint, body: Uint8Array, uid = 0, gid = 0): Reply {
    const unique = this.send(opcode, nodeid, body, uid, gid);
    const reply = this.reply(unique);
    if (reply === undefined) throw new Error(`no reply to operation ${opcode}`);
    return reply;
  }

  reply(unique: bigint): Reply | undefined {
    return this.replies.find((reply) => reply.unique === unique);
  }

  /** Looks a path up and answers the number of its last node. */
  walk(path: string): bigint {
    let nodeid = 1n;
    for (const name of path.split('/')) {
      const { error, body } = this.ask(1, nodeid, structs.name(name));
      if (error !== 0) throw new Error(`${path}: ${error}`);
      nodeid = body.readBigUInt64LE(0);
    }
    return nodeid;
  }

  /** Opens and answers the handle. */
  open(nodeid: bigint, flags = 0): bigint {
    return this.ask(14, nodeid, structs.openIn(flags)).body.readBigUInt64LE(0);
  }
}
