// Where an error is said to be: through includes, macro calls, /include/ and overlays.
import { expect, test } from 'vitest';
import { formatDiagnostic } from '../base/diagnostic.js';
import { memoryFiles } from '../base/files.js';
import { compile } from './compile.js';
import type { CompileOptions } from './compile-text.js';

type Files = Record<string, string>;

/** The messages of compiling `m.dts`, without their texts. */
function places(files: Files, options: CompileOptions = {}): string[] {
  const { diagnostics } = compile('m.dts', memoryFiles(files), options);
  return diagnostics.map((d) => formatDiagnostic({ ...d, text: '' }).replaceAll(`${d.severity}:  `, ''));
}

const THREE: Files = {
  'm.dts': '/dts-v1/;\n#include "a.dtsi"\n',
  'a.dtsi': '/* */\n  #include "b.dtsi"\n',
  'b.dtsi': '\n\n#include "c.dtsi"\n',
  'c.dtsi': '/ {\n\tx = ;\n};\n',
};

test('an error in the third include names the file and every include on the way', () => {
  expect(places(THREE)).toEqual([
    'c.dtsi:2:6: [dt/syntax/expected]\n  included at b.dtsi:3:1\n  included at a.dtsi:2:3\n  included at m.dts:2:1',
  ]);
});

test('behind an include the including file goes on where it was', () => {
  const files = { ...THREE, 'c.dtsi': '/ { };\n', 'b.dtsi': '#include "c.dtsi"\n/ {\n  y = ;\n};\n' };
  expect(places(files)).toEqual([
    'b.dtsi:3:7: [dt/syntax/expected]\n  included at a.dtsi:2:3\n  included at m.dts:2:1',
  ]);
});

test('an error in a macro argument is where the argument was written, be it lines behind the call', () => {
  const source = '/dts-v1/;\n#define P(x) prop = <x>\n/ {\n  P(1\n    z);\n};\n';
  expect(places({ 'm.dts': source })).toEqual(['m.dts:5:5: [dt/syntax/expected]\n  in macro P at m.dts:4:3']);
});

test('an argument that goes through two macros keeps its place, and both calls are named', () => {
  const source = '/dts-v1/;\n#define P(n, x) n = <x>\n#define Q(x) P(q, x)\n/ {\n  Q((1 / 0));\n};\n';
  expect(places({ 'm.dts': source })).toEqual([
    'm.dts:5:10: [dt/syntax/division-by-zero]\n  in macro P at m.dts:3:14\n  in macro Q at m.dts:5:3',
  ]);
});

test('the text of a macro that stands in an argument is at the call around it', () => {
  const source = '/dts-v1/;\n#define BAD 1 z\n#define P(x) p = <x>\n/ {\n  P(BAD);\n};\n';
  expect(places({ 'm.dts': source })).toEqual(['m.dts:5:3: [dt/syntax/expected]\n  in macro P at m.dts:5:3']);
});

test('an error in the body of a macro is at the call, wherever the macro was defined', () => {
  const files = {
    'm.dts': '/dts-v1/;\n#include "h.h"\n/ {\n  a = <1>;\n  BODY(7)\n};\n',
    'h.h': '#define BODY(x) b = <x>; \\\n   c = \\\n   <x y>;\n',
  };
  expect(places(files)).toEqual(['m.dts:5:3: [dt/syntax/expected]\n  in macro BODY at m.dts:5:3']);
});

test('a macro call in an included file names the call, then the include', () => {
  const files = {
    'm.dts': '/dts-v1/;\n\n #include "a.dtsi"\n',
    'a.dtsi': '#define NODE(x) x { y = <x>; }\n/ {\n\tNODE(n);\n};\n',
  };
  expect(places(files)).toEqual([
    'a.dtsi:3:7: [dt/syntax/expected]\n  in macro NODE at a.dtsi:3:2\n  included at m.dts:3:2',
  ]);
});

test('an error in a file of /include/ names the files of both kinds of include', () => {
  const files = {
    'm.dts': '/dts-v1/;\n#include "a.dtsi"\n',
    'a.dtsi': '\n  /include/ "i.dtsi"\n/ { };\n',
    'i.dtsi': '/include/ "j.dtsi"\n',
    'j.dtsi': '/ {\n  y = <0x1g>;\n};',
  };
  expect(places(files)).toEqual([
    'j.dtsi:2:11: [dt/syntax/expected]\n  included at i.dtsi:1:1\n  included at a.dtsi:2:3\n  included at m.dts:2:1',
  ]);
});

test('without preprocessing the places of /include/ are the same', () => {
  const files = { 'm.dts': '/dts-v1/;\n /include/ "i.dtsi"\n/ {\n  b = ;\n};\n', 'i.dtsi': '/ {\n  y = ;\n};' };
  expect(places(files, { preprocess: false })).toEqual([
    'i.dtsi:2:7: [dt/syntax/expected]\n  included at m.dts:2:2',
    'm.dts:4:7: [dt/syntax/expected]',
  ]);
});

test('an overlay: errors of syntax, of references and of checks are at their own lines', () => {
  const overlay = '/dts-v1/;\n/plugin/;\n#define R(l) x = <&l>\n&a {\n  R(b c);\n  s = <&{/x}>;\n};\n';
  expect(places({ 'm.dts': overlay })).toEqual(['m.dts:5:7: [dt/syntax/expected]\n  in macro R at m.dts:5:3']);
  expect(places({ 'm.dts': overlay.replace('b c', 'b') })).toEqual(['m.dts:6:8: [dt/syntax/fixup-path]']);
  const wrong = '/dts-v1/;\n/plugin/;\n&a {\n  n@1 {\n  };\n};\n';
  expect(places({ 'm.dts': wrong }, { checks: 'all' })).toEqual(['m.dts:4:3: [dt/check/unit_address_vs_reg]']);
});

test('a check finds a node that a macro makes at the call, a property of an include at its line', () => {
  const files = {
    'm.dts': '/dts-v1/;\n#define LABEL(l) l: n@1 { }\n#include "a.dtsi"\n/ {\n  LABEL(k);\n};\n',
    'a.dtsi': '/ {\n  model = <1>;\n};\n',
  };
  expect(places(files, { checks: 'all' })).toEqual([
    'a.dtsi:2:3: [dt/check/model_is_string]\n  included at m.dts:3:1',
    'm.dts:5:3: [dt/check/unit_address_vs_reg]\n  in macro LABEL at m.dts:5:3',
  ]);
});
