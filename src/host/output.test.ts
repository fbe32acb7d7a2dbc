import { EventEmitter } from 'node:events';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  type ByteFile,
  type LineFile,
  openByteFile,
  openDescriptor,
  openLineFile,
  openOutput,
  type Output,
  writeFileWhole,
} from './output.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-output-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const text = (name: string): string => readFileSync(join(cwd, name), 'utf8');

test('a file is written, and nothing else is left in its folder', () => {
  mkdirSync(join(cwd, 'alone'));
  expect(writeFileWhole(cwd, 'alone/a', 'new')).toBeUndefined();
  expect(writeFileWhole(cwd, 'alone/a', 'newer')).toBeUndefined();
  expect(text('alone/a')).toBe('newer');
  expect(readdirSync(join(cwd, 'alone'))).toEqual(['a']);
});

test('a file that is replaced keeps its permissions, and a link stays a link', () => {
  writeFileSync(join(cwd, 'target'), 'old');
  chmodSync(join(cwd, 'target'), 0o600);
  symlinkSync('target', join(cwd, 'link'));
  expect(writeFileWhole(cwd, 'link', 'new')).toBeUndefined();
  expect(text('target')).toBe('new');
  expect(lstatSync(join(cwd, 'link')).isSymbolicLink()).toBe(true);
  expect(statSync(join(cwd, 'target')).mode & 0o777).toBe(0o600);
});

test('each fault has its word, and leaves nothing behind', () => {
  mkdirSync(join(cwd, 'folder'));
  writeFileSync(join(cwd, 'plain'), '');
  const before = readdirSync(cwd);
  expect(writeFileWhole(cwd, 'folder', '')).toBe('directory');
  expect(writeFileWhole(cwd, 'none/a', '')).toBe('missing');
  expect(writeFileWhole(cwd, 'plain/a', '')).toBe('missing');
  expect(writeFileWhole(cwd, 'a\0b', '')).toBe('unwritable');
  expect(readdirSync(cwd)).toEqual(before);
});

test.skipIf(process.platform === 'win32')('a device is written to and not replaced', () => {
  expect(writeFileWhole(cwd, '/dev/null', 'x')).toBeUndefined();
  expect(statSync('/dev/null').isFile()).toBe(false);
});

test('lines come into a file in order, over what was there, more than fit into one buffer', () => {
  writeFileSync(join(cwd, 'lines'), 'old '.repeat(100_000));
  const file = openLineFile(cwd, 'lines') as LineFile;
  const lines = Array.from({ length: 20_000 }, (_, at) => `line ${at}`);
  for (const line of lines) file.write(line);
  expect(file.close()).toBeUndefined();
  expect(text('lines').split('\n')).toEqual([...lines, '']);
});

test('lines that were flushed can be read', () => {
  const file = openLineFile(cwd, 'flushed') as LineFile;
  file.write('a');
  expect([file.flush(), text('flushed')]).toEqual([undefined, 'a\n']);
  expect(file.close()).toBeUndefined();
});

test('a file of lines says why it cannot be opened', () => {
  expect(openLineFile(cwd, 'none/a')).toBe('missing');
  expect(openLineFile(cwd, '.')).toBe('directory');
});

test('bytes come into a file in order, small pieces and one that is larger than all that is kept back', () => {
  const file = openByteFile(cwd, 'bytes') as ByteFile;
  const pieces = [...Array.from({ length: 3000 }, (_, at) => 1 + (at % 300)), 1_000_000, 1, 0, 262_144];
  const piece = new Uint8Array(1_000_000);
  for (const [at, length] of pieces.entries()) {
    piece.fill(at & 0xff);
    file.write(piece.subarray(0, length));
  }
  expect(file.close()).toBeUndefined();
  const whole = readFileSync(join(cwd, 'bytes'));
  expect(whole).toEqual(Buffer.concat(pieces.map((length, at) => Buffer.alloc(length, at & 0xff))));
});

test('a file of bytes says why it cannot be opened, and what went wrong when it is closed', () => {
  expect(openByteFile(cwd, '')).toBe('missing');
  expect(openByteFile(cwd, 'none/a')).toBe('missing');
  const full = openByteFile('/', 'dev/full') as ByteFile;
  full.write(new Uint8Array(10));
  expect(full.close()).toBe('full');
});

/** The end of a stream that fails when it is told to. */
function end(): { written: string[]; fail: (code: string) => void; stream: Parameters<typeof openOutput>[0] } {
  const written: string[] = [];
  let listener = (_error: Error): void => undefined;
  const stream = {
    write: (data: string | Uint8Array) => written.push(String(data)) > 0,
    on: (_event: 'error', to: (error: Error) => void) => {
      listener = to;
    },
  };
  return { written, fail: (code) => listener(Object.assign(new Error(code), { code })), stream };
}

test('a terminal has the size that its stream has now, and says when that changes', () => {
  const stream = Object.assign(new EventEmitter(), { isTTY: true, columns: 0, rows: 0, write: () => true });
  const output = openOutput(stream);
  const sizes = [output.size];
  const forget = output.onResize?.(() => sizes.push(output.size));
  Object.assign(stream, { columns: 132, rows: 50 });
  stream.emit('resize');
  forget?.();
  stream.emit('resize');
  expect(sizes).toEqual([
    { columns: 80, rows: 24 },
    { columns: 132, rows: 50 },
  ]);
  expect(openOutput(end().stream).size).toBeUndefined();
});

test('after the reader has left nothing is written, and that is no fault', async () => {
  const { written, fail, stream } = end();
  const output = openOutput(stream);
  output.write('a');
  fail('EPIPE');
  output.write('b');
  await output.gone;
  expect({ written, fault: output.fault, isTTY: output.isTTY }).toEqual({
    written: ['a'],
    fault: undefined,
    isTTY: false,
  });
});

test('a full disk is a fault', () => {
  const { fail, stream } = end();
  const output = openOutput(stream);
  fail('ENOSPC');
  expect(output.fault).toBe('ENOSPC');
});

/** A descriptor of a file, and what reaches it when each write takes three bytes and the second one fails so. */
function descriptor(code?: string): { output: Output; direct: string[]; streamed: string[] } {
  const direct: string[] = [];
  const { written: streamed, stream } = end();
  const write = (_fd: number, bytes: Uint8Array): number => {
    if (direct.length === 1 && code !== undefined) throw Object.assign(new Error(code), { code });
    direct.push(Buffer.from(bytes.subarray(0, 3)).toString());
    return Math.min(3, bytes.length);
  };
  const output = openDescriptor(openSync(join(cwd, 'descriptor'), 'w'), () => stream, write);
  output.write('abcdefg');
  output.write('h');
  return { output, direct, streamed: streamed.map(String) };
}

test.skipIf(process.platform === 'win32')('a file or pipe is written to directly, in as many steps as it takes', () => {
  const { output, direct, streamed } = descriptor();
  expect({ direct, streamed, fault: output.fault, isTTY: output.isTTY }).toEqual({
    direct: ['abc', 'def', 'g', 'h'],
    streamed: [],
    fault: undefined,
    isTTY: false,
  });
});

test.skipIf(process.platform === 'win32')('a pipe that is full for now is left to the stream, which can wait', () => {
  const { output, direct, streamed } = descriptor('EAGAIN');
  expect({ direct, streamed: streamed.length, fault: output.fault }).toEqual({
    direct: ['abc'],
    streamed: 2,
    fault: undefined,
  });
});

test.skipIf(process.platform === 'win32')(
  'a direct write that fails is the last; that the reader left is none',
  async () => {
    for (const [code, fault] of [
      ['EPIPE', undefined],
      ['ENOSPC', 'ENOSPC'],
    ] as const) {
      const { output, direct } = descriptor(code);
      await output.gone;
      expect({ direct, fault: output.fault }).toEqual({ direct: ['abc'], fault });
    }
  },
);

test('a descriptor that is no file gets its stream when something is written, not before', () => {
  const { written, stream } = end();
  let made = 0;
  const device = openSync(devNull, 'w');
  const output = openDescriptor(device, () => (made++, stream));
  expect({ made, fault: output.fault }).toEqual({ made: 0, fault: undefined });
  output.write('a');
  output.write('b');
  expect({ made, written }).toEqual({ made: 1, written: ['a', 'b'] });
});
