// The preprocessor against texts that GCC 12's cpp wrote. Each `expected` below is the output of
// `cpp -P -nostdinc -undef -D__DTS__ -x assembler-with-cpp -I inc`, every run of white space written as one blank.
import { expect, test } from 'vitest';
import { encodeUtf8 } from '../../base/text.js';
import { memoryFiles } from '../../base/files.js';
import { type Preprocessed, type PreprocessOptions, preprocess } from './preprocess.js';

type Files = Record<string, string | Uint8Array>;

function run(source: string | Files, options: Partial<PreprocessOptions> = {}): Preprocessed {
  const files = typeof source === 'string' ? { 't.dts': source } : source;
  return preprocess('t.dts', memoryFiles(files), { includeDirs: ['inc'], ...options });
}

const words = ({ text }: Preprocessed): string => text.replace(/\s+/g, ' ').trim();
const codes = ({ diagnostics }: Preprocessed): string[] => diagnostics.map((d) => `${d.at?.line} ${d.code}`);
/** Where the text of the output stands in the source. */
const placeOf = (result: Preprocessed, part: string) => result.source.locate(result.text.indexOf(part));

const CASES: readonly (readonly [claim: string, source: string, expected: string])[] = [
  [
    'function-like results keep apart from what follows',
    `#define f(p) p
f(x)5 f(x)y f(5)x f(-)- f(<)< f(.)5 a@f(0),f(b)-c "s"f("t") f(&)x f(#)x
`,
    'x 5 x y 5 x - - < < . 5 a@0,b-c "s""t" &x #x',
  ],
  [
    'empty and number macros keep apart from their neighbours',
    `#define E
#define N 5
a-E-b E-N-E x@N,N:N N.N .N N+N N-N f(N)/N/*x*/N
`,
    'a- -b -5 - x@5,5:5 5 . 5 . 5 5 +5 5 -5 f(5)/5 5',
  ],
  [
    'an apostrophe or quote without partner swallows the rest of its line',
    `don't FOO /* x
#define FOO 1
FOO don't FOO /* y
FOO L'a' "unt FOO
FOO
`,
    "don't FOO /* x 1 don't FOO /* y 1 L'a' \"unt FOO 1",
  ],
  [
    '# makes a string of an argument only, and ## that makes no token is silent',
    `#define F(x) #x #y x#
F(a  b "q\\n")
#define G(x) a ## x ## b - ## x
G(1) G() G(-) G(+ +)
`,
    '"a b \\"q\\\\n\\"" #y a b "q\\n"# a1b -1 ab - a- b -- a+ + b -+ +',
  ],
  [
    'variadic macros: __VA_ARGS__, its comma, __VA_OPT__ and a named rest',
    `#define V(a, ...) [a|__VA_ARGS__|##__VA_ARGS__|, ##__VA_ARGS__|__VA_OPT__(y __VA_ARGS__)]
V(1) V(1,) V(1,2,3) V() 
#define W(x...) {x}
W() W(1,2)
`,
    '[1| | | |] [1| | |,|] [1|2,3|2,3|,2,3|y 2,3] [| | | |] {} {1,2}',
  ],
  [
    'a line that begins with # and no directive is text, expanded',
    `#define A(x) x
  #address-cells = <A(1)>;
#size-cells = <1>;
#12 A(3)
#line 44 "x"
__LINE__ __FILE__
#ident "x"
`,
    '#address-cells = <1>; #size-cells = <1>; #12 3 44 "x"',
  ],
  [
    'a call goes over lines, and directives within it are obeyed',
    `#define A(x) [x]
A(1
#define Q 7
#ifdef Q
 Q
#else
 r
#endif
)
A
#define Z
(3)
A // c
 /* d
 */ (4)
A (5
`,
    '[1 7] A (3) [4] A',
  ],
  [
    'a name met in its own expansion stays',
    `#define f(x) x f
f(1)(2)(3)
#define foo foo bar foo
foo
#define obj obj2
#define obj2 obj x
obj obj2
`,
    '1 f(2)(3) foo bar foo obj x obj2 x',
  ],
  [
    'conditions, #warning and #error',
    `#if 0
#elifdef X
#elifndef Y
yes
#endif
#warning w x
#error e  y "z"
x
#if 1 +
#endif
#if 1 ? 2 , 3 : 4
t
#endif
#if (2 || 1/0) && -1 > 0u && 'a' == 97
ok
#endif
#if 1/0
#endif
#if foo(1)
#endif
`,
    'yes x t ok',
  ],
  [
    'mistakes in directives are named and survived',
    `#define A 1
#define A 2
#define A 2
#define B(x) x
#define B(y) y
#define
#define 3
#define defined
#define C(a,a) 1
#define D(a b) 1
#define E(a
#define F+1
F
#define G ## x
#define H(...,a) 1
#undef 3
#undef A b
#ifdef
#endif x
#else
#endif
#elif
#if
#else y
#else
#elif 1
#endif
`,
    '+1',
  ],
  [
    'a call with a wrong count of arguments leaves the name',
    `#define two(a,b) a-b
two(1) two(1,2,3) two() two((1,2),3)
#define none() n
none( ) none(1)
#include
#include foo
`,
    'two two two (1,2)-3 n none',
  ],
  [
    'mistakes in conditions, and 64-bit arithmetic',
    `#if 5 5
#endif
#if 08
#endif
#if 1.0
#endif
#if "x"
#endif
#if (1
#endif
#if 1)
#endif
#if 0x7fffffffffffffff + 1 < 0
wrap
#endif
#if 18446744073709551615 == -1
big
#endif
#if ~0u == 0xffffffffffffffff
u64
#endif
#if -1 >> 1 == -1
sar
#endif
#if 1 << 64
x
#else
nosh
#endif
#if 'ab' == 24930 && '\\377' < 0 && '\\x41'==65
mc
#endif
#if defined(A) || defined B || !defined C
d
#endif
#if defined
#endif
#if defined(
#endif
#if 0b101 == 5
bin
#endif
#if 1 = 2
#endif
#if 1 @ 2
#endif
#if 10u/3 == 3 && 7%-2==1 && (1?-1:0u)>0
mix
#endif
`,
    'wrap big u64 sar nosh mc d bin mix',
  ],
  [
    'dollars, prefixed strings and odd numbers are as in assembler mode',
    `#define X a$b L"x" u8"y" R"(z)" 1.e+X 0x1e-X 1'0
X $X X$ éX
#define h #
h define Q
h
 x h #
#define hh # ## #
hh
`,
    'a$b L"x" u8"y" R"(z)" 1.e+X 0x1e-X 1\'0 $a$b L"x" u8"y" R"(z)" 1.e+X 0x1e-X 1\'0 a$b L"x" u8"y" ' +
      'R"(z)" 1.e+X 0x1e-X 1\'0$ \xc3\xa9a$b L"x" u8"y" R"(z)" 1.e+X 0x1e-X 1\'0 # define Q # x # # ##',
  ],
  [
    'a directive begins its line; one that a macro makes is none',
    `#define EMPTY
EMPTY #define X 3
EMPTY # x
X
/**/ # /**/ define Y 3 /* multi
line */ + 1
Y
#
# 
#!foo Y
#-
`,
    '#define X 3 # x X 3 + 1 #!foo 3 + 1 #-',
  ],
  [
    'a macro is not expanded again inside itself, whatever calls it',
    `#define base 7
#define reg(v) reg(base + (v))
#undef base
#define base 4
#define alias reg
#define arr arr[1]
#define half alias(!
#define call(v) v(pair)
#define pair 8,9
#define same(v) v
#define none() u32
#define cat(l,r) l ## r
#define text(v) # v
reg(a-1) - reg(reg(arr)) / same(same(alias)(0) - same)(2);
alias(b*(5,6)-pair) ^ half 3) & call
(reg)|call(call);
none() k[same()] = { same(5), cat(6,7), cat(8,), cat(,9), cat(,) };
n = text(okay), text();
`,
    'reg(4 + (a-1)) - reg(4 + (reg(4 + (arr[1])))) / reg(4 + (0)) - same(2); reg(4 + (b*(5,6)-8,9)) ' +
      '^ reg(4 + (! 3)) & reg(4 + (8,9))|call(8,9); u32 k[] = { 5, 67, 8, 9, }; n = "okay", "";',
  ],
  [
    'strings and pastes take arguments as written, a second macro lets them expand',
    `#define text(v) # v
#define deep(v) text(v)
#define show(a, b) print("p" # a ": %u, p" # b ": %x", p ## a, p ## b)
#define BOARD(n) rev ## n
#define join(l, r) l ## r
#define deepjoin(l, r) join(l, r)
#define UPDOWN "okay"
#define DOWN DOWN " disabled"
show(3, 4);
put(text(same("k\\0m", "k", '\\7') != 1) text(; @\\n), q);
deep(BOARD(8).dtsi)
join(UP, DOWN);
deepjoin(UP, DOWN)
`,
    'print("p" "3" ": %u, p" "4" ": %x", p3, p4); put("same(\\"k\\\\0m\\", \\"k\\", \'\\\\7\') != 1" ' +
      '"; @\\n", q); "rev8.dtsi" "okay"; "okay" " disabled"',
  ],
  [
    'two hashes that a paste makes are no operator',
    `#define two_hashes # ## #
#define text(v) # v
#define within(v) text(v)
#define both(l, r) within(l two_hashes r)
char name[] = both(a, b);
`,
    'char name[] = "a ## b";',
  ],
  [
    "the C standard's placemarker example",
    `#define t(x,y,z) x ## y ## z
t(1,2,3), t(,4,5), t(6,,7), t(8,9,),t(10,,), t(,11,), t(,,12), t(,,)
`,
    '123, 45, 67, 89,10, 11, 12,',
  ],
  [
    '__VA_OPT__ asks for the expanded argument',
    `#define f(a, ...) a __VA_OPT__(,) __VA_ARGS__ ; #a ## x
#define g(x, ...) x ## __VA_OPT__(a b) ## z
f(1) f(1,2) f(1,) f(,) g(q) g(q,1)
#define E
f(1,E) f(1, E E)
`,
    '1 ; "1" x 1 , 2 ; "1" x 1 ; "1" x ; "" x qz qa bz 1 ; "1" x 1 ; "1" x',
  ],
  [
    'GNU named variadics lose their comma',
    `#define e(fmt, args...) printf(fmt, ## args)
e("a") e("a",) e("a", 1, 2)
#define l(x,...) x,##__VA_ARGS__
l(1) l(1,) l(1,l(2,3))
#define o(...) z,##__VA_ARGS__
o() o(1)
`,
    'printf("a") printf("a",) printf("a", 1, 2) 1 1, 1,l(2,3) z z,1',
  ],
  [
    'calls that end in the text behind the macro',
    `#define a(x) b(x) c
#define b(x) [x] a
a(1)(2) a(a)(3)
#define NIL(xxx) xxx
#define G_0(arg) NIL(G_1)(arg)
#define G_1(arg) NIL(arg)
G_0(42)
`,
    '[1] a c(2) [a] a c(3) 42',
  ],
  [
    'parentheses out of macros',
    `#define AA BB
#define BB AA
AA BB
#define f(x) x
f(f)(1) f(f(f)(2)) f (
 3 ) f

(4)
#define LP (
f LP 5 )
#define C(x) f LP x )
C(6) f(C)(7)
`,
    'AA BB f(1) f(2) 3 4 f ( 5 ) f ( 6 ) f ( 7 )',
  ],
  [
    'words of a devicetree stay whole around macros',
    `#define M <&gpio 5>
#define P(a,b) (((a)<<8)|(b))
x = M, <P(1,2) P(P(1,2),3)>; input@M foo-M,M-foo linux,M M,linux M@1 &M {M}
/include/ "M"
M/*c*/M//M
M
`,
    'x = <&gpio 5>, <(((1)<<8)|(2)) ((((((1)<<8)|(2)))<<8)|(3))>; input@<&gpio 5> foo-<&gpio 5>,<&gpio ' +
      '5>-foo linux,<&gpio 5> <&gpio 5>,linux <&gpio 5>@1 &<&gpio 5> {<&gpio 5>} /include/ "M" <&gpio 5> ' +
      '<&gpio 5> <&gpio 5>',
  ],
  [
    'operators that would fuse get a blank',
    `#define D -
#define S /
-D D- --D S/ /S S* S S/**/S
#define PL +
+PL PL+ +PL+ PL=PL
#define LT <
LT LT<LT <LT =LT LT=
#define DOT .
DOT.DOT 1DOT DOT 1 DOT/**/1 .DOT
#define MM ->
MM* MM>
`,
    '- - - - --- / / / / / * / / / + + + + + + + + =+ < < < < < < =< < = . . . 1DOT . 1 . 1 . . -> * ->>',
  ],
  [
    'literals are not expanded',
    `a'b FOO'c
#define FOO x
'FOO' FOO 'FOO
FOO "FOO\\"FOO" FOO "FOO\\
FOO" FOO
`,
    'a\'b FOO\'c \'FOO\' x \'FOO x "FOO\\"FOO" x "FOOFOO" x',
  ],
  [
    'comments in definitions and calls',
    `#define A /* c */ 1 /* d */ // e
#define B(x) /* c */ x/**/x // (
A B(2) B(
// comment )
3)
#define C 1 // x \\
 continued
C
`,
    '1 2 2 3 3 1',
  ],
  [
    'skipped groups are lexed but not judged',
    `#ifdef X
it's "unterminated /* 
#else
yes /* 
#endif */ x
#endif
#if 0
#if 1
#else
#elif
#endif
#bogus
#error no
#elif 1
good
#elif 1/0
bad
#else
bad
#endif
`,
    'yes x good',
  ],
  [
    '__LINE__ is the line of the call, or its own in an argument',
    `#ifndef A
#define A
#if !defined(A) || A+0 == 0
q
# endif
  #  ifdef  A
r
\t#\tendif
#endif
t __LINE__ /*

*/ __LINE__ \\
 __LINE__
#define L __LINE__
L L(
) L
#define FL(x) __LINE__ x __LINE__
FL(
__LINE__
)
__LINE__
`,
    'q r t 10 12 13 15 15( ) 16 18 19 18 21',
  ],
  [
    'strings made of arguments escape what they must',
    `#define f(x) #x
f(  a   b
  c ) f("a\\b'" '"' \\) f(@ \\n "\\"") f() f(/* c */) f(a/**/b) f( , ) 
`,
    '"a b c" "\\"a\\\\b\'\\" \'\\"\' " "@ \\n \\"\\\\\\"\\"" "" "" "a b" f',
  ],
  [
    '## makes numbers, words and strings; comments never',
    `#define cat(a,b) a##b
cat(1,e)+3 cat(a,1) cat(,) cat(-,>) cat(<,<=) cat(.,5) cat(5,.) cat(",") cat(L,'a') cat(/,/)
cat(/,*) cat(#,#) cat(0x,ff) cat(@,a) cat(cat(1,2),3) cat(x,cat)(1,2)
`,
    "1e +3 a1 -> <<= .5 5. cat L'a' / / / * ## 0xff @a cat(1,2)3 xcat(1,2)",
  ],
  [
    'devicetree syntax is left alone',
    `# 12 A
#define A 1
# A
#A A
# define-x A
#if-x
#endif
`,
    '# 12 A # 1 #1 1',
  ],
  [
    'operators bind as in C',
    `#if 0xffffffffffffffff == -1 && 0x8000000000000000 > 0 && -9223372036854775807 -1 < 0 && 3 > 2 > 1 == 0
a
#endif
#if 1 ? 1 ? 0 : 1 : 1
b
#endif
#if 0 ? 1/0 : 2
c
#endif
#if (1,0)
d
#endif
#if !1 == 0 && ~0 == -1 && - -1 == 1 && 1u - 2 > 0
e
#endif
#if 5 / -2 == -2 && -5 % 3 == -2 && (2 - 3 >> 1) == -1 && 1 << 3 + 1 == 16
f
#endif
#if 1 | 2 ^ 3 & 4
g
#endif
#if 2 == 2 != 0 && 1 < 2 == 1
h
#endif
#if 0u - 1 > 0 ? 1 : 0
i
#endif
#if 1L == 1ull && 1Ul && 07 == 7
j
#endif
`,
    'a c e f g h i j',
  ],
];

test.each(CASES)('%s', (_, source, expected) => {
  expect(words(run(source))).toBe(expected);
});

const FAULTS: readonly (readonly [source: string, ...codes: string[]])[] = [
  ['#define A 1\n#define A 2\n#define A  2\n', '2 dt/cpp/redefined'],
  ['#define\n#undef 3\n#define defined\n', '1 dt/cpp/no-macro-name', '2 dt/cpp/macro-name', '3 dt/cpp/macro-name'],
  ['#define C(a,a) 1\n#define E(a\n', '1 dt/cpp/parameters', '2 dt/cpp/parameters'],
  ['#define G ## x\n#define F+1\n', '1 dt/cpp/paste-at-end', '2 dt/cpp/space-after-name'],
  ['#if 1/0\n#endif\n#if 0 && 1/0\n#endif\n', '1 dt/cpp/division-by-zero'],
  ['#if\n#elif 1\n#else x\n#else\n#endif\n', '1 dt/cpp/no-condition', '4 dt/cpp/after-else'],
  ['#else\n#endif\n', '1 dt/cpp/without-if', '2 dt/cpp/without-if'],
  ['x\n#if 1\n#ifdef A\n', '2 dt/cpp/unterminated-if', '3 dt/cpp/unterminated-if'],
  ['a\n /* b\nc\n', '2 dt/cpp/unterminated-comment'],
  ['#define f(x) x\n\nf(1\n2\n', '3 dt/cpp/unterminated-call'],
  ['#define f(x) x\nf(1,2)\n#define g(x,y) x\ng(1)\n', '2 dt/cpp/too-many-arguments', '4 dt/cpp/too-few-arguments'],
  ['#include\n#include x\n', '1 dt/cpp/include-operand', '2 dt/cpp/include-operand'],
  ['#define f(x) x\nf(\n#include "t.dts"\n)\n', '3 dt/cpp/include-in-call'],
  ['#error no\n#warning perhaps\n', '1 dt/cpp/error-directive', '2 dt/cpp/warning-directive'],
  ['#line x\n__DATE__\n', '1 dt/cpp/line-operand', '2 dt/cpp/no-date'],
];

test.each(FAULTS)('%j is complained about in the right lines', (source, ...expected) => {
  expect(codes(run(source)).filter((code) => !code.endsWith('/extra-tokens'))).toEqual(expected);
});

test('a NUL byte far into a source is a blank with a warning', () => {
  const result = run(`${'a '.repeat(1000)}\0b\n`);
  expect(result.text.endsWith('a  b\n')).toBe(true);
  expect(codes(result)).toEqual(['1 dt/cpp/nul']);
});

test('includes look beside the including file first, then in the directories, and files lists each once', () => {
  const result = run({
    't.dts': '#include "sub/a.h"\n#include <b.h>\n#include "b.h"\n',
    'sub/a.h': '#include "b.h"\n',
    'sub/b.h': 'near ',
    'inc/b.h': 'far ',
  });
  expect(words(result)).toBe('near far far');
  expect(result.files).toEqual(['t.dts', 'sub/a.h', 'sub/b.h', 'inc/b.h']);
  expect(result.diagnostics).toEqual([]);
});

test('#include_next goes on behind the directory that the file was found in', () => {
  const files = { 't.dts': '#include <x.h>\n', 'a/x.h': 'first\n#include_next <x.h>\n', 'b/x.h': 'second\n' };
  expect(words(run(files, { includeDirs: ['a', 'b'] }))).toBe('first second');
});

test('a guarded file and one with #pragma once are read into the text once', () => {
  const files = {
    't.dts': '#include "g.h"\n#include "g.h"\n#include "o.h"\n#include "o.h"\n#undef G\n#include "g.h"\n',
    'g.h': '/* c */\n#ifndef G\n#define G\ng\n#endif /* G */\n',
    'o.h': '#pragma once\no\n',
  };
  expect(words(run(files))).toBe('g o g');
});

test('a missing include is an error at its directive that lists where it was looked for', () => {
  const result = run({ 't.dts': '#include "a.h"\n', 'a.h': '\n #include "no.h"\nrest\n' });
  expect(words(result)).toBe('rest');
  expect(result.diagnostics).toEqual([
    {
      severity: 'error',
      code: 'dt/cpp/missing-include',
      text: 'cannot find "no.h"; looked in ., inc; add its directory to the include path (-I) or correct it',
      at: { file: 'a.h', line: 2, column: 2 },
      via: [{ kind: 'include', name: 'a.h', at: { file: 't.dts', line: 1, column: 1 } }],
    },
  ]);
});

test('defines act as on the command line of cpp', () => {
  const options = { defines: ['A', 'B=2', 'F(x)=[x]'] };
  expect(words(run('A B F(4) __DTS__ __ASSEMBLER__\n', options))).toBe('1 2 [4] 1 1');
});

test('each output byte leads back to its line and column, through splices and comments', () => {
  const result = run('a /* c\n */ b \\\n   c\r\n  dd\n');
  expect(words(result)).toBe('a b c dd');
  expect(placeOf(result, 'b')).toEqual({ at: { file: 't.dts', line: 2, column: 5 }, via: [] });
  expect(placeOf(result, 'c')).toEqual({ at: { file: 't.dts', line: 3, column: 4 }, via: [] });
  expect(placeOf(result, 'dd')).toEqual({ at: { file: 't.dts', line: 4, column: 3 }, via: [] });
});

test('the text of a macro leads to the outermost call and names the calls within, innermost first', () => {
  const source = '#define IN(x) deep x\n#define OUT before IN(1)\nuse OUT;\n';
  const at = { file: 't.dts', line: 3, column: 5 };
  const result = run(source);
  expect(placeOf(result, 'before')).toEqual({ at, via: [{ kind: 'macro', name: 'OUT', at }] });
  expect(placeOf(result, 'deep')).toEqual({
    at,
    via: [
      { kind: 'macro', name: 'IN', at: { file: 't.dts', line: 2, column: 20 } },
      { kind: 'macro', name: 'OUT', at },
    ],
  });
});

test('a macro used again leads to its own call', () => {
  const result = run('#define A aaa\nA\n  A b\n');
  expect(result.source.locate(result.text.lastIndexOf('aaa'))?.at).toEqual({ file: 't.dts', line: 3, column: 3 });
});

test('#line and line markers move positions', () => {
  const result = run('# 7 "x.dtsi" 1\nm\n#line 20\nn\n#line 3 "y.dts"\no\n');
  expect(words(result)).toBe('m n o');
  expect(placeOf(result, 'm')?.at).toEqual({ file: 'x.dtsi', line: 7, column: 1 });
  expect(placeOf(result, 'n')?.at).toEqual({ file: 'x.dtsi', line: 20, column: 1 });
  expect(placeOf(result, 'o')?.at).toEqual({ file: 'y.dts', line: 3, column: 1 });
});

test('without preprocessing only line markers are obeyed', () => {
  const result = run('#define A 1\n# 5 "z.dts"\nA /* c */ #a = <A>;\n', { preprocess: false });
  expect(result.text).toBe('#define A 1\nA /* c */ #a = <A>;\n');
  expect(placeOf(result, 'A /*')?.at).toEqual({ file: 'z.dts', line: 5, column: 1 });
});

test('bytes above 127 reach the text one char each', () => {
  const bytes = new Uint8Array([0x22, 0xc3, 0xa9, 0xff, 0x80, 0x22, 0x0a]);
  expect(run({ 't.dts': bytes }).text).toBe('"\xc3\xa9\xff\x80"\n');
  expect(run({ 't.dts': encodeUtf8('\ufeffé\n') }).text).toBe('\xc3\xa9\n');
});

test('a compiled devicetree is recognised, as the source and as an include', () => {
  const blob = new Uint8Array([0xd0, 0x0d, 0xfe, 0xed, 0, 0, 0, 1]);
  expect(codes(run({ 't.dts': blob }))).toEqual(['1 dt/cpp/binary']);
  const included = run({ 't.dts': 'a\n#include "x.dtb"\nb\n', 'x.dtb': blob });
  expect(codes(included)).toEqual(['2 dt/cpp/binary-include']);
  expect(words(included)).toBe('a b');
});

test('a source that cannot be read is one error', () => {
  expect(codes(run({}))).toEqual(['1 dt/cpp/unreadable']);
});

test('files that include each other end with one error', () => {
  const result = run({ 't.dts': '#include "b.h"\n#include "b.h"\n', 'b.h': '#include "t.dts"\n#include "t.dts"\n' });
  expect(result.diagnostics.map((d) => d.code)).toEqual(['dt/cpp/include-depth']);
  expect(result.diagnostics[0]?.via).toHaveLength(200);
});

const repeat = (text: string, count: number): string => text.repeat(count);
const doubling = (count: number): string =>
  Array.from({ length: count }, (_, i) => `#define a${i + 1} a${i} a${i}\n`).join('');

test.each([
  ['object-like', `${doubling(60)}a60\n`],
  ['function-like', `#define f(x) x x\n${repeat('f(', 60)}a${repeat(')', 60)}\n`],
  ['pasting', `#define c(a) a##a\n#define d(a) c(a)\n${repeat('d(', 60)}ab${repeat(')', 60)}\n`],
  ['small but often used', `#define a0 lolololol\n${doubling(14)}${repeat('a14\n', 600)}`],
  ['nested too deep', `#define f(x) x\n${repeat('f(', 5000)}a${repeat(')', 5000)}\n`],
])('a macro bomb (%s) ends with one error', { timeout: 60_000 }, (_, source) => {
  const { diagnostics, text } = run(source);
  expect(diagnostics).toHaveLength(1);
  expect(diagnostics[0]?.code).toMatch(/^dt\/cpp\/too-(much|deep)$/);
  expect(text.length).toBeLessThan(2 ** 27);
});

test('a condition nested too deep is an error, not a stack overflow', () => {
  const result = run(`#if ${repeat('(', 20_000)}1${repeat(')', 20_000)}\nx\n#endif\ny\n`);
  expect(codes(result)).toEqual(['1 dt/cpp/expression']);
  expect(words(result)).toBe('y');
});

test('a flood of errors stops', () => {
  const { diagnostics } = run(repeat('#endif\n', 10_000));
  expect(diagnostics).toHaveLength(501);
  expect(diagnostics.at(-1)?.code).toBe('dt/cpp/too-many-messages');
});
