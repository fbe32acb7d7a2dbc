import { describe, expect, test } from 'vitest';
import { randomProgram } from '../../../test/cmdq-random.js';
import { formatDiagnostic } from '../../base/diagnostic.js';
import { Random } from '../../base/random.js';
import { CmdqNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { cmdqSoc } from '../../drivers/mtk-cmdq/soc-tables.js';
import { type InputFormat, type ProgramInput, readProgram } from './program-input.js';
import { sourceOf } from './source.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, format?: InputFormat): ProgramInput => readProgram(encode(text), { file: 'f', format });

/** Words as in the facts: `0401c020_04380780`. */
function words({ bytes = new Uint8Array(0) }: ProgramInput): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hex = (at: number): string => view.getUint32(at, true).toString(16).padStart(8, '0');
  return Array.from({ length: bytes.length / 8 }, (_, i) => `${hex(i * 8 + 4)}_${hex(i * 8)}`);
}
const said = ({ diagnostics }: ProgramInput): string[] => diagnostics.map(formatDiagnostic);
const codes = ({ diagnostics }: ProgramInput): string[] => diagnostics.map(({ code }) => code);

// The worked example of the patch, and its bytes in memory (facts cmdq §2.12).
const WORDS = [
  ...['20000035_80000000', '20000035_80008001', '02000000_fffffffe', '0401c02d_00000001', '0401cf40_41000000'],
  ...['40000000_00000001', '10000000_00000008'],
];
const MEMORY =
  '00 00 00 80 35 00 00 20 01 80 00 80 35 00 00 20 fe ff ff ff 00 00 00 02 01 00 00 00 2d c0 01 04 ' +
  '00 00 00 41 40 cf 01 04 01 00 00 00 00 00 00 40 08 00 00 00 00 00 00 10';
const BYTES = Uint8Array.from(MEMORY.split(' '), (byte) => Number.parseInt(byte, 16));

/** As `xxd`, `hexdump -C`, `od` print the bytes above; the first lines of each were made by these programs. */
const DUMPS: readonly (readonly [name: string, text: string])[] = [
  [
    'xxd',
    `00000000: 0000 0080 3500 0020 0180 0080 3500 0020  ....5.. ....5..
00000010: feff ffff 0000 0002 0100 0000 2dc0 0104  ............-...
00000020: 0000 0041 40cf 0104 0100 0000 0000 0040  ...A@..........@
00000030: 0800 0000 0000 0010                      ........`,
  ],
  [
    'xxd -g1',
    `00000000: 00 00 00 80 35 00 00 20 01 80 00 80 35 00 00 20  ....5.. ....5..
00000010: fe ff ff ff 00 00 00 02 01 00 00 00 2d c0 01 04  ............-...
00000020: 00 00 00 41 40 cf 01 04 01 00 00 00 00 00 00 40  ...A@..........@
00000030: 08 00 00 00 00 00 00 10                          ........`,
  ],
  [
    'xxd -e',
    `00000000: 80000000 20000035 80008001 20000035  ....5.. ....5..
00000010: fffffffe 02000000 00000001 0401c02d  ............-...
00000020: 41000000 0401cf40 00000001 40000000  ...A@..........@
00000030: 00000008 10000000                    ........`,
  ],
  [
    'hexdump -C',
    `00000000  00 00 00 80 35 00 00 20  01 80 00 80 35 00 00 20  |....5.. ....5.. |
00000010  fe ff ff ff 00 00 00 02  01 00 00 00 2d c0 01 04  |............-...|
00000020  00 00 00 41 40 cf 01 04  01 00 00 00 00 00 00 40  |...A@..........@|
00000030  08 00 00 00 00 00 00 10                           |........|
00000038`,
  ],
  [
    'hexdump',
    `0000000 0000 8000 0035 2000 8001 8000 0035 2000
0000010 fffe ffff 0000 0200 0001 0000 c02d 0401
0000020 0000 4100 cf40 0401 0001 0000 0000 4000
0000030 0008 0000 0000 1000
0000038`,
  ],
  [
    'od -tx4',
    `0000000 80000000 20000035 80008001 20000035
0000020 fffffffe 02000000 00000001 0401c02d
0000040 41000000 0401cf40 00000001 40000000
0000060 00000008 10000000
0000070`,
  ],
  [
    'od -Ax -tx8',
    `000000 2000003580000000 2000003580008001
000010 02000000fffffffe 0401c02d00000001
000020 0401cf4041000000 4000000000000001
000030 1000000000000008
000038`,
  ],
  ['bytes', MEMORY],
  ['words of 64 bits', WORDS.map((word) => `0x${word.replace('_', '')}`).join('\n')],
  ['the same with commas', WORDS.map((word) => `0x${word.replace('_', '')},`).join('\n')],
  ['halves with a bar between', WORDS.join('\n')],
  ['halves, upper first', WORDS.map((word) => word.replace('_', ' ')).join('\n')],
  ['halves, lower first', WORDS.map((word) => word.split('_').toReversed().join(' ')).join('\n')],
  ['numbers in one line', WORDS.map((word) => `0x${word.split('_').toReversed().join(' 0x')}`).join(' ')],
  [
    'md of U-Boot',
    `40001000: 80000000 20000035 80008001 20000035    ...5.. ....5..
40001010: fffffffe 02000000 00000001 0401c02d    ............-...
40001020: 41000000 0401cf40 00000001 40000000    ...A@..........@
40001030: 00000008 10000000                      ........`,
  ],
];

describe('a hex dump is read as what it was made of', () => {
  test.each(DUMPS)('of %s', (_, text) => {
    const input = read(text);
    expect([words(input), codes(input).filter((code) => code !== 'cmdq/input/order')]).toEqual([WORDS, []]);
  });

  test.each(DUMPS)('of %s, with a shell around it', (_, text) => {
    const input = read(`$ cat buffer\n${text}\n$ \n`);
    // An array of C may have anything around its numbers.
    const skipped = input.format === 'c' ? 'cmdq/input/order' : 'cmdq/input/skipped';
    expect(words(input)).toEqual(WORDS);
    expect(codes(input).filter((code) => code !== skipped)).toEqual([]);
  });

  test('the address of the first row is where the program is', () => {
    expect(read(DUMPS.at(-1)?.[1] ?? '').base).toBe(0x4000_1000);
  });

  test('a star stands for rows like the one before', () => {
    const text = `00000000  00 00 00 80 35 00 00 20  00 00 00 80 35 00 00 20  |x|
*
00000040  01 00 00 00 00 00 00 40                           |x|
00000048`;
    expect(words(read(text))).toEqual([...Array.from({ length: 8 }, () => WORDS[0]), WORDS[5]]);
  });

  test('lost rows are a hole that is told; rows that go back end it', () => {
    const lost = `0000: 0000 0080 3500 0020 0180 0080 3500 0020  x\n0020: 0100 0000 0000 0040  x\n`;
    expect(words(read(lost))).toEqual([WORDS[0], WORDS[1], '00000000_00000000', '00000000_00000000', WORDS[5]]);
    expect(said(read(lost))).toEqual([
      'f:2: warning: the dump lacks 16 bytes before 0x20; they are shown as .inst 0, look for lost lines ' +
        '[cmdq/input/hole]',
    ]);
    const again = `0000: 0000 0080 3500 0020 0180 0080 3500 0020  x\n0000: 0100 0000 0000 0040  x\n`;
    expect([words(read(again)), codes(read(again))]).toEqual([WORDS.slice(0, 2), ['cmdq/input/back']]);
  });
});

describe('an array of C', () => {
  test.each([
    [
      'bytes',
      `static const u8 buf[] = {\n${[...BYTES].map((b) => `0x${b.toString(16).padStart(2, '0')}`).join(', ')} };`,
    ],
    ['u64', `u64 cmd[7] = { /* 7 of 0xff */\n${WORDS.map((w) => `\t0x${w.replace('_', '')}ULL,`).join('\n')}\n};`],
    ['u32 in memory order', `{\n${WORDS.map((w) => `0x${w.split('_').toReversed().join(', 0x')},`).join('\n')}\n}`],
    ['u32, upper half first', `u32 x[] = {\n${WORDS.map((w) => `0x${w.replace('_', 'u, 0x')}u, // x`).join('\n')}\n};`],
  ])('of %s', (_, text) => {
    const input = read(text);
    expect([input.format, words(input)]).toEqual(['c', WORDS]);
  });

  test('of halves says which was taken for the upper one', () => {
    expect(said(read('{ 0x20000035, 0x80008001, 0x40000000, 0x1 };'))).toEqual([
      'f: note: the upper half of each instruction was taken to be the first number of a pair [cmdq/input/order]',
    ]);
  });
});

test('a binary is its bytes; a rest is told', () => {
  expect(words(readProgram(BYTES))).toEqual(WORDS);
  const input = readProgram(BYTES.subarray(0, 60 - 8), { file: 'f' });
  expect([words(input).length, said(input)]).toEqual([
    6,
    [
      'f: warning: the last 4 bytes are no whole instruction and were left out; check that nothing was cut off ' +
        '[cmdq/input/rest]',
    ],
  ]);
});

test('assembly is assembled, with the SoC that it names', () => {
  const input = read(
    '.soc mt8173\n.base 0x40001000\n  clear MUTEX0_STREAM_EOF\nloop: wait MUTEX0_STREAM_EOF\n  jump loop\n',
  );
  expect([input.format, input.base, input.names.soc?.name, words(input)]).toEqual([
    'asm',
    0x4000_1000,
    'mt8173',
    [WORDS[0], WORDS[1], '10000000_fffffff8'],
  ]);
  expect(said(read('  clear 53\n  waitt 53\n', 'asm'))).toEqual([
    'f:2:3: error: no instruction is called waitt; did you mean wait?; docs/cmdq.md lists them [cmdq/asm/instruction]',
  ]);
});

// Formats: print functions of MediaTek's kernels (facts cmdq §3 H8, §11 P2 and P4); values are those of the example.
const STAMPS: readonly (readonly [name: string, front: string])[] = [
  ['none', ''],
  ['dmesg', '[   97.123456] '],
  ['dmesg with a thread', '[   97.123456][  T201] '],
  ['journal', 'Sep 19 14:17:07 rubens kernel: '],
  ['levels', '<3>[   97.123456] (2)[201:kworker/u16:3]'],
];
const stamped = (front: string, lines: readonly string[]): string => lines.map((line) => `${front}${line}\n`).join('');

describe('the log of a thread that hangs', () => {
  // The dump of the kernels with [cmdq] in front: addresses are those of the bus, in bytes.
  const PHONE = [
    '[cmdq][err] timeout for thread:0xffffffc0123a4100 idx:3 usage:1',
    '[cmdq] Begin of Error 0',
    '[cmdq] irq:0xffffff loaded:0x80000003 cycle:0x0 thd timer:0x0 mask:0x0 en:0x0',
    '[cmdq] thd:3 pc:0x00000000fc1ff008(ffffffc098765008) inst:0x2000003580008001 end:0x00000000fc1ff038 cnt:0x12 ' +
      'token:0x80000035',
    '[cmdq] rst:0x0 en:0x1 suspend:0x1 status:0x2 irq:0 en:0x13 cfg:0x3',
    '[cmdq] thrd:3 spr:0x0 0x1 0x0 0x0 dbg:0x0 0x0',
    '[cmdq] cur pkt:0xffffffc0aaaa0000 size:56 va:0xffffffc098765000 pa:0x00000000fc1ff000 priority:3',
    '[cmdq] last inst 0x1000000000000008',
    '[cmdq] curr inst: 0xf008 0x2000003580008001 [Sync ] wait for event 53 become 1 and clear to 0 value:0',
    '[cmdq] buffer 0:ffffffc0bbbb0000 va:0xffffffc098765000 pa:0x00000000fc1ff000 iova:0x00000000fc1ff000 alloc_time:9',
    '[cmdq]   0xfc1ff000 0x2000003580000000 [Sync ] clear event 53 to 0',
    '[cmdq] >>0xfc1ff008 0x2000003580008001 [Sync ] wait for event 53 become 1 and clear to 0',
    '[cmdq]   0xfc1ff010 0x02000000fffffffe [Move ] mask 0x00000001',
    '[cmdq]   0xfc1ff018 0x0401c02d00000001 unknown',
    '[cmdq]   0xfc1ff020 0x0401cf4041000000 unknown',
    '[cmdq]   0xfc1ff028 0x4000000000000001 eoc',
    '[cmdq]   0xfc1ff030 0x1000000000000008 [Jump ] jump relative offset 0x8',
    '[cmdq][err] End of Error 0',
    '[DISP][E]mtk_crtc_cmdq_timeout_cb cmdq timeout, crtc id:0',
  ];

  test.each(STAMPS)('of a phone, with %s in front', (_, front) => {
    const input = read(stamped(front, PHONE));
    expect([input.format, input.base, words(input)]).toEqual(['log', 0xfc1f_f000, WORDS]);
    expect(input.state).toEqual({
      ...{ thread: 3, currAddr: 0xfc1f_f008, endAddr: 0xfc1f_f038, waitToken: 0x8000_0035, execCnt: 0x12 },
      spr: [0, 1, 0, 0],
      ...{ enable: 1, suspend: 1, status: 2, irqStatus: 0, irqEnable: 0x13, base: 0xfc1f_f000, waitEvent: 53 },
      instruction: { high: 0x2000_0035, low: 0x8000_8001 },
    });
  });

  test('of the kernel with the API of the patch: offsets and numbers', () => {
    const input = read(
      stamped('[   12.5] mtk_cmdq_mbox 10212000.gce: ', [
        'timeout for thread:0x00000000abcd1234 idx:0 usage:2',
        'curr task: offset 0x8',
        '0x00000000 0x2000003580000000 clear event CMDQ_EVENT_MUTEX0_STREAM_EOF',
        '0x00000008 0x2000003580008001 wait for event CMDQ_EVENT_MUTEX0_STREAM_EOF',
        '0x00000010 0x02000000fffffffe mask 0x00000001',
        '0x00000018 0x0401c02d00000001 write register 0x1400c02d with value 0x00000001',
        '0x00000020 0x0401cf4041000000 write register 0x1400cf40 with value 0x41000000',
        '0x00000028 0x4000000000000001 eoc',
        '0x00000030 0x1000000000000008 jump',
      ]),
    );
    expect([input.format, input.base, input.state.thread, words(input)]).toEqual(['log', undefined, 0, WORDS]);
  });

  test('of Chromebooks: words without numbers, completed as usual, which is told', () => {
    const input = read(
      stamped('[   12.5] mtk-cmdq 10238000.mailbox: ', [
        '0x00000000 clear event ID 53',
        '0x00000008 wait for event ID 53',
        '0x00000010 mask 0x00000001',
        '0x00000018 [Write] Subsys Reg 0x0001c02d = 0x00000001',
        '0x00000020 [Write] Subsys Reg 0x0001cf40 = 0x41000000',
        '0x00000028 eoc',
        '0x00000030 jump',
      ]),
    );
    expect([input.format, words(input), codes(input)]).toEqual(['log', WORDS, ['cmdq/input/guessed']]);
  });

  test.each([
    ['a log', '[   12.5] mtk-cmdq 10212000.mailbox: '],
    ['a trace', '[  12.500000000] /soc/mailbox@10212000: printk: info: mtk-cmdq 10212000.mailbox: '],
  ])('of our own driver, in %s', (_, front) => {
    const input = read(
      stamped(front, [
        'thread 2: cmdq timeout!',
        'thread 2: CURR_ADDR 0x40001008, END_ADDR 0x40001038, WAIT_TOKEN 0x80000035, 1 packet(s)',
        'thread 2 waits for event 53 (MUTEX0_STREAM_EOF)',
        'packet 0x40001000: 7 instruction(s)',
        ...WORDS.map(
          (word, i) => `${i === 1 ? '>' : ' '} ${(0x4000_1000 + i * 8).toString(16)}: ${word} whatever it is`,
        ),
      ]),
    );
    expect([input.format, input.base, words(input)]).toEqual(['log', 0x4000_1000, WORDS]);
    expect(input.state).toEqual({
      ...{ thread: 2, currAddr: 0x4000_1008, endAddr: 0x4000_1038, waitToken: 0x8000_0035 },
    });
  });

  test('of older phones: registers only', () => {
    const input = read(
      stamped('[  33.1] ', [
        '[CMDQ][ERR]===== Error Thread Status index:5 enabled:1 scenario:12 =====',
        '[CMDQ][ERR]PC:0x4fd6a0e8 End:0x4fd6a148 Wait Token:0x80000139 IRQ:0x0 IRQ_EN:0x13 cookie:3',
        '[CMDQ][ERR]Timeout Cycle:0 Status:0x2 reset:0x0 Suspend:1 sec:0 cfg:3 prefetch:0 thrsex:0',
      ]),
    );
    expect([input.format, input.bytes, said(input)]).toEqual(['log', new Uint8Array(0), []]);
    expect(input.state).toMatchObject({ currAddr: 0x4fd6_a0e8, endAddr: 0x4fd6_a148, waitToken: 0x8000_0139 });
  });

  test('with a hex dump of the kernel in it', () => {
    const rows = [0, 16, 32, 48].map((at) => {
      const row = MEMORY.split(' ').slice(at, at + 16);
      return `cmdq: ${at.toString(16).padStart(8, '0')}: ${row.join(' ')}`;
    });
    const input = read(stamped('[  33.1] ', ['mtk_crtc 0 CMDQ execute command timeout!', ...rows]));
    expect([words(input), codes(input)]).toEqual([WORDS, ['cmdq/input/skipped']]);
  });

  test('of a second task is left out, and told', () => {
    const line = (at: number, word: string): string =>
      `0x${at.toString(16).padStart(8, '0')} 0x${word.replace('_', '')}`;
    const task = WORDS.map((word, i) => line(i * 8, word));
    const input = read(stamped('[  33.1] cmdq: ', [...task, ...task]));
    expect([words(input), codes(input)]).toEqual([WORDS, ['cmdq/input/other']]);
    const far = stamped('[  33.1] [cmdq] ', [
      'thd:3 pc:0x4000 inst:0x0 end:0x4038',
      ...['2000003500008001', '1000000100004000'].map((word, i) => line(0x1000 + i * 8, word)),
      ...WORDS.map((word, i) => line(0x4000 + i * 8, word)),
    ]);
    expect([words(read(far)), read(far).base]).toEqual([WORDS, 0x4000]);
  });
});

describe('what cannot be read is refused with one clear line', () => {
  test.each<readonly [text: string, format: InputFormat | undefined, error: string]>([
    [
      '',
      undefined,
      'there is no instruction in it; give a buffer, a dump of one, assembly, or the log of a GCE thread',
    ],
    [
      '\n \n',
      undefined,
      'there is no instruction in it; give a buffer, a dump of one, assembly, or the log of a GCE thread',
    ],
    [
      'The quick brown fox jumps over the lazy dog.\n',
      undefined,
      'this is no GCE program that can be read: no line has instructions, digits of a dump or registers; give a ' +
        'binary, a hex dump, a C array, assembly or a kernel log, or say which with --format',
    ],
    [
      'mtk-cmdq 10238000.mailbox: task 0x00000000b5d5d4e5 error',
      undefined,
      'this log tells of the GCE, but has no instructions and no registers of a thread; bringup explain says what ' +
        'its lines mean',
    ],
    ['hello', 'hex', 'this is no hex dump: no line of it has instructions; leave --format away, or give another one'],
    [
      'hello',
      'log',
      'this is no log of a GCE thread: no line of it has instructions; leave --format away, or give another one',
    ],
    [
      'int main(void);',
      'c',
      'this is no C array: it has no numbers as 0x20000035; leave --format away, or give another one',
    ],
    [
      '; nothing',
      'asm',
      'there is no instruction in it; give a buffer, a dump of one, assembly, or the log of a GCE thread',
    ],
    [
      'de ad be ef de ad be ef',
      undefined,
      'this is no GCE program that can be read: none of its 1 words of 64 bits has an operation that exists; give a ' +
        'binary, a hex dump, a C array, assembly or a kernel log, or say which with --format',
    ],
  ])('%j as %s', (text, format, error) => {
    const input = read(text, format);
    expect([input.bytes, input.diagnostics.map(({ severity, text }) => `${severity}: ${text}`)]).toEqual([
      undefined,
      [`error: ${error}`],
    ]);
  });
});

describe('hostile input ends, and says something', () => {
  const usable = ({ bytes, diagnostics }: ProgramInput): boolean =>
    bytes === undefined ? diagnostics.some(({ severity }) => severity === 'error') : bytes.length % 8 === 0;

  test('random bytes and texts of random words of dumps', () => {
    const random = new Random('cmdq-input');
    const PIECES = [
      ...['0x', '0000', ':', ' ', '  ', '\n', '|', '*', ',', '{', '}', '/*', '*/', '//', 'ff', '20000035', '80008001'],
      ...[
        'wait for event 53',
        '[Sync ]',
        'thd:3 pc:0x',
        '>>',
        'cmdq: ',
        'jump',
        'if',
        '=',
        '[',
        ']',
        '.inst',
        '\r',
        '\t',
      ],
      ...['fffffffffffffffff', '0x00000008', 'eoc', '-', '+', 'é', '\u0000', '\ud800', '~', 'token:0x80000035', 'PC:'],
    ];
    for (let i = 0; i < 3000; i++) {
      const binary = Uint8Array.from({ length: random.below(200) }, () => random.below(256));
      const text = Array.from({ length: random.below(60) }, () => random.pick(PIECES)).join('');
      const format = random.pick([undefined, 'asm', 'binary', 'c', 'hex', 'log'] as const);
      for (const input of [binary, encode(text)]) expect(usable(readProgram(input, { format })), text).toBe(true);
    }
  });

  test('a dump with one byte of it changed', () => {
    const random = new Random('cmdq-mutated');
    for (let i = 0; i < 1000; i++) {
      const bytes = encode(random.pick(DUMPS)[1]);
      for (let k = 1 + random.below(4); k > 0; k--) bytes[random.below(bytes.length)] = random.below(256);
      expect(usable(readProgram(bytes))).toBe(true);
    }
  });

  test.each([
    ['one long line of digits', '0'.repeat(2_000_000)],
    ['one long line of groups', 'ab '.repeat(200_000)],
    ['one long line of spaces', ' '.repeat(2_000_000)],
    ['many stars', '*\n'.repeat(200_000)],
    ['many open comments', `{0x1,${'/*'.repeat(200_000)}`],
    ['many slashes', `{0x1,${'/ '.repeat(200_000)}`],
    ['many labels', 'a:'.repeat(200_000)],
    ['many tags', '[cmdq] '.repeat(300_000)],
    ['too many lines', '*\n'.repeat(1_000_001)],
    ['offsets far apart', '00000000: 0000 0080\n*\nfffffff0: 0000 0080\n'],
    ['offsets above all numbers', 'ffffffffffffffff: 0000 0080 3500 0020\n'],
  ])('%s', { timeout: 20_000 }, (_, text) => {
    expect(usable(read(text))).toBe(true);
  });
});

test('what the disassembler writes is read as assembly, whatever is in it', () => {
  const random = new Random('cmdq-roundtrip');
  for (let i = 0; i < 100; i++) {
    const bytes = randomProgram(random, 1 + random.below(40));
    const names = new CmdqNames(random.chance(0.5) ? cmdqSoc('mt8173') : undefined);
    const input = readProgram(encode(sourceOf(bytes, names)));
    expect([input.format, input.bytes]).toEqual(['asm', bytes]);
  }
});
