// Writing: files that are whole or not there, and streams whose reader may leave.
import {
  chmodSync,
  closeSync,
  fstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf } from './files.js';

/** Why a file could not be written, in a word for the message. */
export type WriteFault = 'missing' | 'directory' | 'denied' | 'full' | 'unwritable';

const FAULTS: Readonly<Record<string, WriteFault>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EISDIR: 'directory',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOSPC: 'full',
  EDQUOT: 'full',
};

/**
 * Writes a file so that a reader sees the old content or the whole new one: a file beside it is written and renamed.
 * A link stays a link, a file keeps its permissions, and a pipe or device is written to directly.
 * Answers why it could not be done; then nothing has changed. Never throws.
 */
export function writeFileWhole(cwd: string, path: string, content: string | Uint8Array): WriteFault | undefined {
  try {
    if (path === '') return 'missing';
    const wanted = resolve(cwd, path);
    const old = statSync(wanted, { throwIfNoEntry: false });
    if (old?.isDirectory() === true) return 'directory';
    if (old !== undefined && !old.isFile()) writeFileSync(wanted, content);
    else replace(old === undefined ? wanted : realpathSync(wanted), content, old);
    return undefined;
  } catch (e) {
    return FAULTS[codeOf(e)] ?? 'unwritable';
  }
}

function replace(target: string, content: string | Uint8Array, old: Stats | undefined): void {
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, content, { flag: 'wx' });
    if (old !== undefined) chmodSync(temporary, old.mode & 0o777);
    renameSync(temporary, target);
  } catch (e) {
    rmSync(temporary, { force: true });
    throw e;
  }
}

/** A file that grows line by line and can be read meanwhile. */
export interface LineFile {
  /** Adds a line; the newline is put behind it. */
  write(line: string): void;
  /** Lets readers see all lines so far. Answers the first thing that went wrong since the file was opened. */
  flush(): WriteFault | undefined;
  /** Writes what is left and answers the first thing that went wrong since the file was opened. */
  close(): WriteFault | undefined;
}

/** So many characters are kept back at most. */
const LINE_BUFFER_CHARS = 64 * 1024;

/** Begins a file of lines, over one that is there. Answers why it could not be opened. */
export function openLineFile(cwd: string, path: string): LineFile | WriteFault {
  const file = openGrowing(cwd, path);
  if (typeof file === 'string') return file;
  let text = '';
  const flush = (): void => {
    file.put(text);
    text = '';
  };
  return {
    write(line) {
      text += `${line}\n`;
      if (text.length >= LINE_BUFFER_CHARS) flush();
    },
    flush() {
      flush();
      return file.fault;
    },
    close() {
      flush();
      file.close();
      return file.fault;
    },
  };
}

/** A file that grows; the first thing that goes wrong with it is kept, and nothing is written any more. */
interface Growing {
  put(content: string | Uint8Array): void;
  close(): void;
  readonly fault: WriteFault | undefined;
}

function openGrowing(cwd: string, path: string): Growing | WriteFault {
  if (path === '') return 'missing';
  let fault: WriteFault | undefined;
  const guarded = <T>(act: () => T): T | undefined => {
    try {
      return act();
    } catch (e) {
      fault ??= FAULTS[codeOf(e)] ?? 'unwritable';
      return undefined;
    }
  };
  const fd = guarded(() => openSync(resolve(cwd, path), 'w'));
  if (fd === undefined) return fault ?? 'unwritable';
  return {
    put: (content) => {
      if (fault === undefined && content.length > 0) guarded(() => writeFileSync(fd, content));
    },
    close: () => void guarded(() => closeSync(fd)),
    get fault() {
      return fault;
    },
  };
}

/** A file that grows piece by piece. */
export interface ByteFile {
  /** Adds bytes; they are copied or written. */
  write(bytes: Uint8Array): void;
  /** Writes what is left and answers the first thing that went wrong since the file was opened. */
  close(): WriteFault | undefined;
}

const PIECE_BYTES = 256 * 1024;

/** Begins a file of bytes, over one that is there. Answers why it could not be opened. */
export function openByteFile(cwd: string, path: string): ByteFile | WriteFault {
  const file = openGrowing(cwd, path);
  if (typeof file === 'string') return file;
  const piece = new Uint8Array(PIECE_BYTES);
  let held = 0;
  const flush = (): void => {
    file.put(piece.subarray(0, held));
    held = 0;
  };
  return {
    write(bytes) {
      if (held + bytes.length > piece.length) flush();
      if (bytes.length > piece.length) return file.put(bytes);
      piece.set(bytes, held);
      held += bytes.length;
    },
    close() {
      flush();
      file.close();
      return file.fault;
    },
  };
}

/** The part of a stream of Node that an `Output` needs. A terminal has a size, which may change. */
export interface WritableEnd {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(data: string | Uint8Array): boolean;
  on(event: 'error' | 'resize', listener: (error: Error) => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** How much a terminal shows. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A stream to write to. After its reader has left, `write` does nothing. */
export interface Output {
  readonly isTTY: boolean;
  write(data: string | Uint8Array): void;
  /** Resolves when the reader has left or the stream has failed; never otherwise. */
  readonly gone: Promise<void>;
  /** The system's word for a failure that is worth telling (`ENOSPC`); a reader that left is none. */
  readonly fault: string | undefined;
  /** That of the terminal now; undefined for anything else. */
  readonly size?: TerminalSize | undefined;
  /** Calls `listener` whenever the terminal has another size. Answers how to end that. */
  onResize?(listener: () => void): () => void;
}

/** What a terminal has that does not know its size: a serial line says 0. */
const USUAL_SIZE: TerminalSize = { columns: 80, rows: 24 };

/** Wraps a stream: `bringup … | head` ends quietly, and a full disk is found out. */
export function openOutput(stream: WritableEnd): Output {
  let fault: string | undefined;
  let open = true;
  let leave = (): void => {};
  const gone = new Promise<void>((resolve) => {
    leave = resolve;
  });
  stream.on('error', (error) => {
    open = false;
    const code = codeOf(error) || error.message;
    if (code !== 'EPIPE' && code !== 'ERR_STREAM_DESTROYED') fault = code;
    leave();
  });
  return {
    isTTY: stream.isTTY === true,
    write(data) {
      if (open) stream.write(data);
    },
    gone,
    get fault() {
      return fault;
    },
    get size() {
      if (stream.isTTY !== true) return undefined;
      return { columns: stream.columns || USUAL_SIZE.columns, rows: stream.rows || USUAL_SIZE.rows };
    },
    onResize(listener) {
      stream.on('resize', listener);
      return () => void stream.off?.('resize', listener);
    },
  };
}

/** How `openDescriptor` writes: `writeSync`, with its errors. */
export type WriteBytes = (fd: number, bytes: Uint8Array) => number;

/**
 * The standard output or error by its number. Files, pipes and sockets are written to directly: loading Node's stream
 * for them takes some milliseconds of the start. Anything else, a terminal say, goes through `stream`, made when it is
 * first needed.
 */
export function openDescriptor(fd: number, stream: () => WritableEnd, write: WriteBytes = writeSync): Output {
  return isFileOrPipe(fd) ? directOutput(fd, stream, write) : lazyOutput(() => openOutput(stream()));
}

function isFileOrPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return process.platform !== 'win32' && (stat.isFile() || stat.isFIFO() || stat.isSocket());
  } catch {
    return false;
  }
}

function lazyOutput(make: () => Output): Output {
  let made: Output | undefined;
  const it = (): Output => (made ??= make());
  return {
    get isTTY() {
      return it().isTTY;
    },
    write: (data) => it().write(data),
    get gone() {
      return it().gone;
    },
    get fault() {
      return made?.fault;
    },
    get size() {
      return it().size;
    },
    onResize: (listener) => it().onResize?.(listener) ?? (() => undefined),
  };
}

/** A pipe that somebody made non-blocking may be full: then the rest goes through the stream, which can wait. */
function directOutput(fd: number, stream: () => WritableEnd, write: WriteBytes): Output {
  let fault: string | undefined;
  let open = true;
  let through: Output | undefined;
  let leave = (): void => {};
  const gone = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const takeOver = (rest: Uint8Array): void => {
    through = openOutput(stream());
    void through.gone.then(leave);
    through.write(rest);
  };
  const fail = (code: string): void => {
    open = false;
    if (code !== 'EPIPE') fault = code;
    leave();
  };
  return {
    isTTY: false,
    write(data) {
      if (through !== undefined) return through.write(data);
      let rest: Uint8Array = typeof data === 'string' ? Buffer.from(data) : data;
      try {
        while (open && rest.length > 0) rest = rest.subarray(write(fd, rest));
      } catch (e) {
        if (codeOf(e) === 'EAGAIN') takeOver(rest);
        else fail(codeOf(e));
      }
    },
    gone,
    get fault() {
      return fault ?? through?.fault;
    },
  };
}
