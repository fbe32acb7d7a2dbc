import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SysError } from '../base/errno.js';
import { type CaptureOptions, captureIo } from '../../test/capture.js';
import { run } from './run.js';
import { VERBS } from './verbs.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-run-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(cwd, name), content);

async function bringup(
  args: readonly string[],
  options: CaptureOptions = {},
): Promise<{ code: number; out: string; err: string }> {
  const { io, out, err } = captureIo({ cwd, ...options });
  const code = await run(args, io);
  return { code, out: out(), err: err() };
}

const HELP = `Usage: bringup VERB

Bring up SoC drivers without the SoC: a devicetree in, probed drivers on register-accurate chip
models out.

Options:
  --version   print the version
  -h, --help  print this help

Verbs:
  boot        create, plug and probe the devices of a devicetree, let time pass, read the rails
  devices     list what became of every device of a devicetree, without running
  display     say whether the MediaTek display of a tree comes up on a given kernel, and why not
  flip        show pictures on a display through the GCE and through the processor, and find torn
              frames
  dt          compile, decompile, check, merge, compare and ask devicetrees, without dtc
  cmdq        read, write, run and compare programs of the GCE, the command queue of MediaTek SoCs
  apr         play and record through the audio DSP of Qualcomm SoCs, read its packets, find its
              services
  dpaa        read what DPAA, the Ethernet of QorIQ and Layerscape SoCs, has in memory and in
              devicetrees
  power       read and watch power rails, of a modelled machine or on a real I2C bus
  page        serve the page, in which a devicetree becomes a board, to a browser of this computer
  explain     say what lines of a kernel log mean, and what to look at next
  doctor      say what this computer offers: FUSE, TAP, I2C, rpmsg, native library

See bringup VERB --help for its options, with examples.
`;

test.each([[['--help']], [['-h']], [['help']]])('%j prints the verbs', async (args) => {
  expect(await bringup(args)).toEqual({ code: 0, out: HELP, err: '' });
});

test('no verb is wrong usage, answered with the verbs', async () => {
  expect(await bringup([])).toEqual({ code: 2, out: '', err: HELP });
});

const ways = VERBS.flatMap(({ name, verbs }) =>
  verbs === undefined ? [[name]] : [[name], ...verbs.map((below) => [name, below.name])],
);

test.each(ways.filter((way) => !['dt', 'cmdq', 'apr', 'dpaa', 'power'].includes(way.join())).map((way) => [way]))(
  '%j --help has two examples or more, and every verb takes --json and --version',
  async (way) => {
    const { code, out, err } = await bringup([...way, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const examples = out.split('\n').filter((line) => line.startsWith(`  $ bringup ${way.join(' ')}`));
    expect(examples.length).toBeGreaterThanOrEqual(2);
    expect(out).toContain('--json');
    expect(out).toContain('--version');
    expect(out).toMatch(new RegExp(`^Usage: bringup ${way.join(' ')} `));
  },
);

test.each([[['--version']], [['boot', '--version']], [['dt', 'compile', '--version']]])(
  '%j prints the version of package.json',
  async (args) => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await bringup(args)).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
  },
);

put('ok.dts', '/dts-v1/;\n/ { };\n');
put('empty.dts', '');
put('elf.dts', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0));
put('syntax.dts', '/dts-v1/;\n/ {\n\ta = <1>\n};\n');
put('third.dts', '/dts-v1/;\n#include "a.h"\n/ { };\n');
put('a.h', '#include "b.h"\n');
put('b.h', '#include "c.h"\n');
put('c.h', '\n#error no board\n');
mkdirSync(join(cwd, 'folder'));

const USAGE: readonly (readonly [args: string, err: string])[] = [
  ['bot', "unknown verb 'bot'; did you mean boot?"],
  ['xyzzy', "unknown verb 'xyzzy'; see bringup --help"],
  ['dt compil', "dt: unknown verb 'compil'; did you mean compile?"],
  [
    'devices ok.dts -D 1x',
    "devices: option '-D, --define <NAME[=VALUE]>' argument '1x': write NAME, NAME=VALUE or NAME(PARAMETERS)=VALUE; " +
      'see bringup devices --help',
  ],
  ['boot ok.dts --fro 5s', "boot: unknown option '--fro'; did you mean --for?"],
  ['boot', "boot: missing required argument 'TREE'; see bringup boot --help"],
  ['boot a b', "boot: too many arguments for 'boot': expected 1 argument but got 2; see bringup boot --help"],
  ['boot ok.dts --for', "boot: option '--for <DURATION>' argument missing; see bringup boot --help"],
  [
    'boot ok.dts --for 5',
    "boot: option '--for <DURATION>' argument '5': it has no unit; write 5s or 5ms (units: ns, us, ms, s, m)",
  ],
  [
    'boot ok.dts --seed a/b',
    "boot: option '--seed <SEED>' argument 'a/b': " +
      'write 1 to 64 letters, digits, dots or dashes, as in 42; see bringup boot --help',
  ],
  [
    'boot ok.dts --live --for 5s',
    "boot: option '--live' cannot be used with option '--for <DURATION>'; see bringup boot --help",
  ],
  [
    'boot ok.dts --state broken',
    "boot: option '--state <KIND,...>' argument 'broken': " +
      "'broken' is no state; use bound, waits, failed, no-driver, disabled, bus, no-device",
  ],
  [
    'boot ok.dts --set x',
    '--set x: this is no setting; write DEVICE:KNOB=VALUE, as in /soc/i2c@0/power@40:bus1Mv=12000',
  ],
  ['boot ok.dts --set x:y=1', '--set x:y=1: no node is called x; write a path of the tree, an alias or a label'],
  ['boot ok.dts --set /:y=1', '--set /:y=1: no chip model sits at /; there are models at: none'],
  ['boot ok.dts --offload', '--offload: there is no --tap that it could be for; add --tap PORT=NAME'],
  ['boot ok.dts --wire a=none --offload', '--offload: there is no --tap that it could be for; add --tap PORT=NAME'],
  ['boot ok.dts --trace folder', 'folder: this is a directory; name a file in it'],
  ['devices none.dtb', 'none.dtb: there is no such file; check the path'],
  ['devices folder', 'folder: this is a directory; name a file in it'],
  ['devices ok.dts/below', 'ok.dts/below: there is no such file; check the path'],
  ['dt compile ok.dts -o folder', 'folder: this is a directory; name a file in it'],
  ['dt compile ok.dts -o none/x', 'none/x: it cannot be created there; check that its folder exists'],
  ['dt compile ok.dts -W nonsense', "ok.dts: there is no check named 'nonsense'; nothing was written"],
  [
    'dt compile ok.dts -R many',
    "dt compile: option '-R, --reserve <N>' argument 'many': " +
      'write a whole number from 0 to 4294967295; see bringup dt compile --help',
  ],
  ['dt query ok.dts [', 'dt query \'[\': column 1: "[" has no "]"; see bringup dt query --help'],
  [
    'doctor x',
    'doctor x: there is nothing of that name; use one of ' +
      'node, fuse, fusermount3, unshare, tap, i2c-dev, rpmsg, koffi, dtc, cpp, typescript',
  ],
];

test.each(USAGE)('%s: wrong usage, one line', async (args, err) => {
  expect(await bringup(args.split(' '))).toEqual({ code: 2, out: '', err: `bringup: ${err}\n` });
});

const FAULTS: readonly (readonly [args: string, err: string])[] = [
  ['devices empty.dts', 'bringup: empty.dts: the file is empty; copy it again; nothing was loaded\n'],
  [
    'devices elf.dts',
    'bringup: elf.dts: this is not a devicetree blob but an ELF program; give the .dtb file of the board; ' +
      'nothing was loaded\n',
  ],
  [
    'dt compile elf.dts',
    'bringup: elf.dts: this is no source text: it is an ELF file; give a .dts file ' +
      '(bringup dt decompile makes one of a blob); nothing was written\n',
  ],
  [
    'boot syntax.dts',
    "syntax.dts:4:1: error: expected ';' after the value of 'a', found '}' [dt/syntax/expected]\n" +
      'bringup: syntax.dts: 1 error; nothing was loaded\n',
  ],
  [
    'dt compile third.dts',
    'c.h:2:1: error: #error no board [dt/cpp/error-directive]\n' +
      '  included at b.h:1:1\n  included at a.h:1:1\n  included at third.dts:2:1\n' +
      'bringup: third.dts: 1 error; nothing was written\n',
  ],
];

test.each(FAULTS)('%s: a fault of the input', async (args, err) => {
  expect(await bringup(args.split(' '))).toEqual({ code: 1, out: '', err });
});

put('loop.dts', '/dts-v1/;\n#include "loop.dts"\n/ { };\n');

test('files that include each other do not fill the screen', async () => {
  const { code, err } = await bringup(['dt', 'compile', 'loop.dts']);
  expect(code).toBe(1);
  expect(err.split('\n').slice(1)).toEqual([
    ...Array(4).fill('  included at loop.dts:2:1'),
    expect.stringMatching(/^ {2}\.\.\. and \d{3} more steps of this kind$/),
    ...Array(4).fill('  included at loop.dts:2:1'),
    'bringup: loop.dts: 1 error; nothing was written',
    '',
  ]);
});

test('nothing of all that left a file behind', () => {
  expect(readdirSync(cwd).sort()).toEqual(
    ['a.h', 'b.h', 'c.h', 'elf.dts', 'empty.dts', 'folder', 'loop.dts', 'ok.dts', 'syntax.dts', 'third.dts'].sort(),
  );
});

test('a blob that was cut off says so', async () => {
  const { io, bytes } = captureIo({ cwd });
  expect(await run(['dt', 'compile', 'ok.dts'], io)).toBe(0);
  const half = bytes().subarray(0, 60);
  expect(await bringup(['devices', '-'], { stdin: half })).toEqual({
    code: 1,
    out: '',
    err:
      `bringup: -: the header says ${bytes().length} bytes but the file has 60; it was cut off, copy it again; ` +
      'nothing was loaded\n',
  });
});

const BLOB = Uint8Array.of(0xd0, 13, 0xfe, 0xed, 0, 0, 7);
test.each([1, 2, 3, 4, 7])('a blob of which only %d bytes came is no source text', async (length) => {
  const { code, err } = await bringup(['devices', '-'], { stdin: BLOB.slice(0, length) });
  expect({ code, err }).toEqual({
    code: 1,
    err: `bringup: -: the file ends inside the header: ${length} bytes of 40; copy it again; nothing was loaded\n`,
  });
  const cut = await bringup(['devices', '-'], {
    stdin: Uint8Array.of(0xd0, 13, 0xfe, 0xed, 0, 0, 7).subarray(0, length),
  });
  expect(cut.err).toMatch(/^bringup: -: (?!.*no source).*; nothing was loaded\n$/);
});

test.each([
  ['nope', 2, "unknown verb 'nope'; see bringup --help"],
  ['boot', 2, "boot: missing required argument 'TREE'; see bringup boot --help"],
  ['dt compile ok.dts', 2, 'dt compile: --json and the blob cannot both go to standard output; add -o FILE'],
  ['devices none.dtb', 2, 'none.dtb: there is no such file; check the path'],
  ['dt query ok.dts [', 2, expect.stringMatching(/^dt query '\[': column 1: .*; see bringup dt query --help$/)],
  ['devices elf.dts', 1, expect.stringMatching(/^elf\.dts: this is not a devicetree blob but an ELF program; /)],
  ['boot syntax.dts', 1, 'syntax.dts: 1 error; nothing was loaded'],
])('%s --json: the error is a document too', async (line, exitCode, message) => {
  const { code, out, err } = await bringup([...line.split(' '), '--json']);
  const { error } = JSON.parse(out) as { error: { exitCode: number; message: string; diagnostics: object[] } };
  expect({ code, exitCode: error.exitCode, message: error.message }).toEqual({ code: exitCode, exitCode, message });
  expect(error.diagnostics).toHaveLength(exitCode === 1 ? 1 : 0);
  expect(err).not.toBe('');
});

test('help for a verb that is not there says so, and help for one with more behind it helps', async () => {
  expect(await bringup(['help', 'bot'])).toEqual({
    code: 2,
    out: '',
    err: "bringup: unknown verb 'bot'; did you mean boot?\n",
  });
  expect((await bringup(['help', 'dt', 'nope'])).code).toBe(2);
  expect(await bringup(['help', 'boot', 'x.dtb'])).toEqual(await bringup(['boot', '--help']));
});

test('a blob is not written to a terminal', async () => {
  expect(await bringup(['dt', 'compile', 'ok.dts'], { tty: true })).toEqual({
    code: 2,
    out: '',
    err: 'bringup: standard output: a blob is not for a terminal; name a file: -o FILE\n',
  });
});

test.each([
  [['devices', ''], "'': this is no file name; name a file, or - for the standard input"],
  [['dt', 'compile', '-q', 'ok.dts', '-o', ''], "'': this is no file name; name a file"],
  [['boot', 'ok.dts', '--trace', ''], "'': this is no file name; name a file"],
  [['boot', 'ok.dts', '--fault', ''], '--fault: the plan is empty; see bringup boot --help'],
  [
    ['devices', 'caf\ufffd.dts'],
    'caf\ufffd.dts: a name that is not UTF-8 cannot be looked up; rename the file, or use - < FILE',
  ],
  [['dt', 'diff', '-', '-'], 'dt diff: - stands for the standard input, which is read once; give the others as files'],
  [
    ['dt', 'overlay', 'ok.dts', '-', '-'],
    'dt overlay: - stands for the standard input, which is read once; give the others as files',
  ],
  [
    ['dt', 'compile', 'ok.dts', '-O', 'yaml'],
    "dt compile: option '-O, --output-form <FORM>' argument 'yaml': use one of dtb, dts; see bringup dt compile --help",
  ],
])('%j: wrong usage, one line', async (args, err) => {
  expect(await bringup(args)).toEqual({ code: 2, out: '', err: `bringup: ${err}\n` });
});

test('a file name cannot break the line', async () => {
  const { err } = await bringup(['devices', 'a\nb\u001b[31m']);
  expect(err).toBe('bringup: a\\x0ab\\x1b[31m: there is no such file; check the path\n');
});

test('a device that says no outside of any list is told with its place', async () => {
  const { io, err } = captureIo({ cwd });
  const broken = {
    ...io,
    nowNs: () => {
      throw new SysError('ETIMEDOUT', 'no end within 60 s of virtual time', { dev: '/i2c@0', op: 'probing' });
    },
  };
  expect(await run(['devices', 'ok.dts'], broken)).toBe(1);
  expect(err()).toBe(
    'bringup: /i2c@0: probing: no end within 60 s of virtual time (ETIMEDOUT); ' +
      '--trace FILE of bringup boot shows what led to it\n',
  );
});

test('our own mistake is told as one, without a stack', async () => {
  const { io, err } = captureIo({ cwd });
  const broken = {
    ...io,
    nowNs: () => {
      throw new TypeError('x is\nnot a function');
    },
  };
  expect(await run(['devices', 'ok.dts'], broken)).toBe(1);
  expect(err()).toBe(
    'bringup: this is our mistake: TypeError: x is\\x0anot a function; ' +
      'please report it with the command you typed, as CONTRIBUTING.md says\n',
  );
});

test('an argument that cannot be is named with what to write', async () => {
  const { code, err } = await bringup(['page', 'abc']);
  expect([code, err]).toEqual([
    2,
    "bringup: page: PORT 'abc': write PORT or ADDRESS:PORT, as in 30431 or 0.0.0.0:30431; see bringup page --help\n",
  ]);
});

test('of a file that is no scenario the first lines are told, and how many there are', async () => {
  put('ok.dts', '/dts-v1/; / { };');
  put('none.txt', 'not one\n'.repeat(30));
  const { code, out, err } = await bringup(['boot', 'ok.dts', '--scenario', 'none.txt']);
  const lines = err.trimEnd().split('\n');
  expect([code, out, lines.length, lines.at(-1)]).toEqual([
    2,
    '',
    9,
    'bringup: none.txt: 30 errors; nothing was started',
  ]);
});
