import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { captureIo } from '../../../test/capture.js';
import { run } from '../run.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-dt-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(cwd, name), content);
const text = (name: string): string => readFileSync(join(cwd, name), 'utf8');

put(
  'a.dts',
  `/dts-v1/;
/ {
	one: one@1 { reg = <1>; };
	two { interrupt-parent = <&one>; text = "x", "y"; n = <N>; };
};
`,
);
put(
  'b.dts',
  `/dts-v1/;
/ {
	two { interrupt-parent = <&one>; text = "x"; n = <N>; };
	three { };
	one: one@1 { reg = <1>; phandle = <9>; };
};
`,
);
put('o.dts', '/dts-v1/;\n/plugin/;\n&one { status = "okay"; };\n');

async function bringup(line: string): Promise<{ code: number; out: string; err: string }> {
  const { io, out, err } = captureIo({ cwd });
  const code = await run(line.split(' '), io);
  return { code, out: out(), err: err() };
}

test('a tree that is no overlay is refused, and nothing is written', async () => {
  put('plain.dts', '/dts-v1/;\n/ { a; };\n');
  expect(await bringup('dt overlay a.dts plain.dts -D N -o none.dtb')).toEqual({
    code: 1,
    out: '',
    err:
      'bringup: plain.dts: nothing was applied: no top-level node has an __overlay__ child; give an overlay ' +
      '(/plugin/) or its blob; nothing was written\n',
  });
  expect(existsSync(join(cwd, 'none.dtb'))).toBe(false);
});

test('compile writes source in dtc form when asked, macros and all', async () => {
  const { code, out } = await bringup('dt compile a.dts -D N=0x10 -q -O dts');
  expect({ code, out }).toEqual({
    code: 0,
    out: `/dts-v1/;

/ {

	one@1 {
		reg = <0x01>;
		phandle = <0x01>;
	};

	two {
		interrupt-parent = <0x01>;
		text = "x\\0y";
		n = <0x10>;
	};
};
`,
  });
});

test('compile prints warnings of the checks, -q silences them, and -U takes a macro back', async () => {
  const warned = await bringup('dt compile a.dts -D N -o a.dtb');
  expect({ code: warned.code, out: warned.out }).toEqual({ code: 0, out: '' });
  expect(warned.err).toContain('a.dts:3:');
  expect(warned.err).toContain(': warning: ');
  expect(await bringup('dt compile a.dts -D N -q -o a.dtb')).toEqual({ code: 0, out: '', err: '' });
  const { code, err } = await bringup('dt compile a.dts -D N -U N');
  expect(code).toBe(1);
  expect(err).toMatch(/^a\.dts:4:\d+: error: [^]*\nbringup: a\.dts: 1 error; nothing was written\n$/);
});

test('twice -q leaves only the exit code', async () => {
  expect(await bringup('dt compile a.dts -q -q')).toEqual({ code: 1, out: '', err: '' });
  expect(await bringup('dt compile a.dts -qq')).toEqual({ code: 1, out: '', err: '' });
});

test('a warning can be made an error, and -f writes all the same', async () => {
  const strict = 'dt compile a.dts -D N -E unit_address_vs_reg -E reg_format -E avoid_default_addr_size -o strict.dtb';
  expect((await bringup(strict)).code).toBe(1);
  expect((await bringup(`${strict} -f`)).code).toBe(0);
});

test('the dependencies are a rule for make, with every file that was read', async () => {
  put('n.h', '#define N 7\n');
  put('with space.dts', '/dts-v1/;\n#include "n.h"\n/ { n = <N>; };\n');
  const { io, err } = captureIo({ cwd });
  expect(await run(['dt', 'compile', 'with space.dts', '-o', 'n.dtb', '-d', 'n.d'], io)).toBe(0);
  expect(err()).toBe('');
  expect(text('n.d')).toBe('n.dtb: with\\ space.dts n.h\n');
});

test('the outcome as JSON names what was written, and what was wrong', async () => {
  const good = await bringup('dt compile a.dts -D N -q -o a.dtb --json');
  expect(JSON.parse(good.out)).toMatchObject({ output: 'a.dtb', bytes: readFileSync(join(cwd, 'a.dtb')).length });
  const bad = await bringup('dt compile a.dts -q -o x.dtb --json');
  expect(bad.code).toBe(1);
  const document = {
    error: {
      exitCode: 1,
      message: 'a.dts: 1 error; nothing was written',
      diagnostics: [expect.objectContaining({ severity: 'error', at: { file: 'a.dts', line: 4, column: 57 } })],
    },
  };
  expect(JSON.parse(bad.out)).toEqual(document);
  expect(JSON.parse((await bringup('dt compile a.dts -qq -o x.dtb --json')).out)).toEqual(document);
});

test('decompile restores references when asked, and compiles back to an equal tree', async () => {
  await bringup('dt compile a.dts -D N=2 -q -@ -o a.dtb');
  await bringup('dt decompile a.dtb --pretty -o pretty.dts');
  expect(text('pretty.dts')).toContain('interrupt-parent = <&one>;');
  expect(text('pretty.dts')).toContain('text = "x", "y";');
  expect(await bringup('dt diff a.dtb pretty.dts')).toEqual({ code: 0, out: '', err: '' });
  const plain = await bringup('dt decompile a.dtb');
  expect(plain.out).toContain('interrupt-parent = <0x01>;');
  expect(JSON.parse((await bringup('dt decompile a.dtb --json')).out)).toEqual({ output: null, source: plain.out });
});

test('overlay applies an overlay to a source, which gets its symbols', async () => {
  const { code, out, err } = await bringup('dt overlay a.dts o.dts -D N -O dts');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('\tone@1 {\n\t\tstatus = "okay";\n');
  expect(out).toContain('\t__symbols__ {\n\t\tone = "/one@1";\n');
});

test('overlay takes blobs from files as it takes sources', async () => {
  await bringup('dt compile a.dts -D N -q -@ -o base.dtb');
  await bringup('dt compile o.dts -q -@ -o o.dtbo');
  const fromBlobs = await bringup('dt overlay base.dtb o.dtbo -O dts');
  expect(fromBlobs).toEqual(await bringup('dt overlay a.dts o.dts -D N -O dts'));
});

test('an overlay that does not fit is refused with the name of what is missing', async () => {
  put('empty.dts', '/dts-v1/;\n/ { };\n');
  const { code, out, err } = await bringup('dt overlay empty.dts o.dts -o x.dtb');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/one/);
  expect(err).toMatch(/\n?bringup: o\.dts: .*; it does not fit empty\.dts; nothing was written\n$/);
});

test('diff compares references by target, ends with 1, and shows both sides', async () => {
  const { code, out, err } = await bringup('dt diff a.dts b.dts -D N');
  expect({ code, out, err }).toEqual({
    code: 1,
    out: '/two\n-   text = "x", "y";\n+   text = "x";\n+ /three\n',
    err: '',
  });
});

test('diff by number sees what the compilers chose', async () => {
  const { code, out } = await bringup('dt diff a.dts b.dts -D N --by-number');
  expect(code).toBe(1);
  expect(out).toContain('-   interrupt-parent = <0x01>;\n+   interrupt-parent = <0x09>;\n');
});

test('diff as JSON has no nodes in it, only their number', async () => {
  const { code, out } = await bringup('dt diff a.dts b.dts -D N --json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({
    equal: false,
    differences: [
      { kind: 'property-changed', path: '/two', name: 'text', before: '"x", "y"', after: '"x"' },
      { kind: 'node-added', path: '/three', nodes: 1 },
    ],
  });
  const same = await bringup('dt diff a.dts a.dts -D N --json');
  expect(same).toEqual({ code: 0, out: '{\n  "equal": true,\n  "differences": []\n}\n', err: '' });
});

test('the order of nodes is a difference when it is asked for', async () => {
  put('c.dts', '/dts-v1/;\n/ { x { }; y { }; };\n');
  put('d.dts', '/dts-v1/;\n/ { y { }; x { }; };\n');
  expect((await bringup('dt diff c.dts d.dts')).code).toBe(0);
  expect((await bringup('dt diff c.dts d.dts --order')).code).toBe(1);
});

test.each([
  ['/*', 0, '/one@1\n/two\n'],
  ['**[reg=1]', 0, '/one@1\n'],
  ['&one:reg', 0, '/one@1:reg = <0x01>\n'],
  ['/two:text', 0, '/two:text = "x", "y"\n'],
  ['/none', 1, ''],
])('query %s ends with %d', async (expression, code, out) => {
  expect(await bringup(`dt query a.dts ${expression} -D N`)).toEqual({ code, out, err: '' });
});

test('query as JSON has path, property and value', async () => {
  const { out } = await bringup('dt query a.dts /two:text -D N --json');
  expect(JSON.parse(out)).toEqual({ matches: [{ path: '/two', property: 'text', value: '"x", "y"' }] });
});
