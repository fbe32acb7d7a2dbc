import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { captureIo } from '../../../test/capture.js';
import { run } from '../run.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-cmdq-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(cwd, name), content);

put(
  'board.dts',
  `/dts-v1/;
/ {
	#address-cells = <1>; #size-cells = <1>;
	aliases { ovl0 = "/soc/ovl@1400c000"; };
	soc {
		#address-cells = <1>; #size-cells = <1>; ranges;
		gce: mailbox@10212000 { compatible = "mediatek,mt8173-gce"; reg = <0x10212000 0x1000>; #mbox-cells = <2>; };
		ovl@1400c000 { reg = <0x1400c000 0x1000>; };
		mutex@14020000 { reg = <0x14020000 0x1000>; mediatek,gce-events = <53 54>; };
	};
};
`,
);
put(
  'flip.gce',
  `.soc mt8173
    clear MUTEX0_STREAM_EOF
    wait MUTEX0_STREAM_EOF
    write_mask 0x1400c02c, 1, 1
    write 0x1400cf40, 0x41000000
    end
`,
);
// The worked example of the patch in memory (facts cmdq §2.12).
const EXAMPLE = Uint8Array.from(
  (
    '00 00 00 80 35 00 00 20 01 80 00 80 35 00 00 20 fe ff ff ff 00 00 00 02 01 00 00 00 2d c0 01 04 ' +
    '00 00 00 41 40 cf 01 04 01 00 00 00 00 00 00 40 08 00 00 00 00 00 00 10'
  ).split(' '),
  (byte) => Number.parseInt(byte, 16),
);
put('flip.bin', EXAMPLE);
const HUNG = [
  '[   97.1] [cmdq] thd:3 pc:0x00000000fc1ff008(ffffffc098765008) inst:0x2000003580008001 end:0x00000000fc1ff038 ' +
    'cnt:0x12 token:0x80000035',
  '[   97.1] [cmdq]   0xfc1ff000 0x2000003580000000 [Sync ] clear event 53 to 0',
  '[   97.1] [cmdq] >>0xfc1ff008 0x2000003580008001 [Sync ] wait for event 53 become 1 and clear to 0',
  '[   97.1] [cmdq]   0xfc1ff010 0x02000000fffffffe [Move ] mask 0x00000001',
  '[   97.1] [cmdq]   0xfc1ff018 0x0401c02d00000001 unknown',
  '[   97.1] [cmdq]   0xfc1ff020 0x0401cf4041000000 unknown',
  '[   97.1] [cmdq]   0xfc1ff028 0x4000000000000001 eoc',
  '[   97.1] [cmdq]   0xfc1ff030 0x1000000000000008 [Jump ] jump relative offset 0x8',
];
put('hung.txt', `${HUNG.join('\n')}\n`);
put('registers.txt', `${HUNG[0]}\n`);

async function bringup(
  line: string,
  stdin = '',
): Promise<{ code: number; out: string; err: string; bytes: Uint8Array }> {
  const { io, out, err, bytes } = captureIo({ cwd, stdin });
  const code = await run(line.split(' '), io);
  return { code, out: out(), err: err(), bytes: bytes() };
}
const lines = (text: string): string[] => text.trimEnd().split('\n');
async function json<T>(line: string, stdin = ''): Promise<{ code: number; document: T; err: string }> {
  const { code, out, err } = await bringup(`${line} --json`, stdin);
  return { code, document: JSON.parse(out) as T, err };
}

describe('cmdq disassemble', () => {
  test('gives registers the names of a tree, and events those of its SoC', async () => {
    expect(await bringup('cmdq disassemble flip.bin --tree board.dts')).toMatchObject({
      code: 0,
      err: '',
      out: `.soc mt8173
    clear MUTEX0_STREAM_EOF                  ; 0000 20000035_80000000
    wait MUTEX0_STREAM_EOF                   ; 0008 20000035_80008001
    mask 0x00000001                          ; 0010 02000000_fffffffe
    write_masked ovl0+0x2c, 0x00000001       ; 0018 0401c02d_00000001
    write ovl0+0xf40, 0x41000000             ; 0020 0401cf40_41000000
    eoc                                      ; 0028 40000000_00000001
    jump +8                                  ; 0030 10000000_00000008
`,
    });
  });

  test('of a log says where the thread stands', async () => {
    const { out } = await bringup('cmdq disassemble hung.txt --soc mt8173');
    expect(lines(out).slice(0, 7)).toEqual([
      '; thread 3 stands at 0xfc1ff008, its end is 0xfc1ff038',
      '; on wait MUTEX0_STREAM_EOF',
      '; thread 3 waits for event 53 (MUTEX0_STREAM_EOF)',
      '.soc mt8173',
      '.base 0xfc1ff000',
      '    clear MUTEX0_STREAM_EOF                  ; fc1ff000 20000035_80000000',
      '    wait MUTEX0_STREAM_EOF                   ; fc1ff008 20000035_80008001  <- the thread stands here',
    ]);
  });

  test('without names and comments, from standard input, with a base', async () => {
    const { out } = await bringup('cmdq disassemble - --plain --base 0x1000', '20000035_80008001\n10000001_00001000\n');
    expect(out).toBe('.base 0x00001000\nL_0000:\n    wait 53\n    jump_abs L_0000\n');
  });

  test('as a document', async () => {
    expect(await json('cmdq disassemble - --soc mt8173', '20000035_80008001\n04010000_5\nhello\n')).toEqual({
      code: 0,
      err: '-: note: lines that are no part of the dump were passed over: 2 [cmdq/input/skipped]\n',
      document: {
        ...{ format: 'hex', soc: 'mt8173', base: null, thread: {} },
        instructions: [{ offset: 0, word: '0x20000035_80008001', text: 'wait MUTEX0_STREAM_EOF', line: 1 }],
        diagnostics: [
          {
            ...{ severity: 'note', code: 'cmdq/input/skipped', where: '-' },
            text: 'lines that are no part of the dump were passed over: 2',
          },
        ],
      },
    });
  });

  test('event names of a header stand in place of ours', async () => {
    put('events.h', '#define CMDQ_EVENT_MINE 53\n#define CMDQ_EVENT_OTHER 0x36 /* x */\n');
    const { out } = await bringup('cmdq disassemble - --plain --soc mt8173 --events events.h', '20000035_80008001\n');
    expect(out).toBe('.soc mt8173\n    wait MINE\n');
  });
});

describe('cmdq assemble', () => {
  test('writes bytes, an array of C, or offsets and words', async () => {
    expect((await bringup('cmdq assemble flip.gce -o out.bin')).code).toBe(0);
    expect(Uint8Array.from(readFileSync(join(cwd, 'out.bin')))).toEqual(EXAMPLE);
    expect(Uint8Array.from((await bringup('cmdq assemble flip.gce')).bytes)).toEqual(EXAMPLE);
    expect(lines((await bringup('cmdq assemble flip.gce -O c')).out).slice(0, 2)).toEqual([
      'static const u64 cmdq_program[7] = {',
      '\t0x2000003580000000ULL,',
    ]);
    expect(lines((await bringup('cmdq assemble flip.gce -O hex')).out)[1]).toBe('0008 20000035_80008001');
  });

  test.each(['bin', 'hex', 'c'])('what it writes as %s is read again as the same program', async (form) => {
    await bringup(`cmdq assemble flip.gce -O ${form} -o again`);
    expect((await bringup('cmdq diff again flip.bin --soc mt8173')).out).toBe('the same bytes: 5 effects\n');
  });

  test('a mistake stands at its place', async () => {
    expect(await bringup('cmdq assemble - --soc mt8173', 'clear 53\n  wiat 53\nwrite 1\n')).toMatchObject({
      code: 1,
      out: '',
      err:
        '-:2:3: error: no instruction is called wiat; docs/cmdq.md lists them [cmdq/asm/instruction]\n' +
        '-:3:1: error: write takes 2, but has 1 operands; write it as write PLACE, VALUE or gprN ' +
        '[cmdq/asm/operands]\n' +
        'bringup: -: 2 errors; nothing was read\n',
    });
  });
});

describe('cmdq run', () => {
  test('shows what a program does when its event comes', async () => {
    const { code, out } = await bringup('cmdq run flip.gce --tree board.dts --event MUTEX0_STREAM_EOF@16.7ms');
    expect({ code, out: lines(out) }).toEqual({
      code: 0,
      out: [
        'thread 0: flip.gce, 7 instructions at 0x40000000',
        '',
        '  time     thread  at    instruction',
        '  0 ns     0       0000  clear MUTEX0_STREAM_EOF',
        '  50 ns    0       0008  wait MUTEX0_STREAM_EOF                  waited 16.7 ms',
        '  16.7 ms  -             event 53 (MUTEX0_STREAM_EOF) is raised',
        '  16.7 ms  0       0010  mask 0x00000001',
        '  16.7 ms  0       0018  write_masked ovl0+0x2c, 0x00000001      ' +
          'ovl0+0x2c reads 0x00000000, ovl0+0x2c = 0x00000001',
        '  16.7 ms  0       0020  write ovl0+0xf40, 0x41000000',
        '  16.7 ms  0       0028  eoc                                     interrupt: done',
        '  16.7 ms  0       0030  jump +8',
        '',
        'thread 0 is at its end',
        '  7 instructions, 2 writes, 1 wait of 16.7 ms in all, 1 interrupt, last at 16.7 ms',
      ],
    });
  });

  test('of a hung thread goes on from where it stands, and says why it does not', async () => {
    const { code, out } = await bringup('cmdq run hung.txt --tree board.dts');
    expect({ code, out: lines(out) }).toEqual({
      code: 1,
      out: [
        'thread 3: hung.txt, 7 instructions at 0xfc1ff000, from offset 0008 on',
        '  the log says: thread 3 stands at 0xfc1ff008, its end is 0xfc1ff038',
        '  the log says: on wait MUTEX0_STREAM_EOF',
        '  the log says: thread 3 waits for event 53 (MUTEX0_STREAM_EOF)',
        '',
        '  time  thread  at    instruction',
        '  0 ns  3       0008  wait MUTEX0_STREAM_EOF',
        '',
        'thread 3 waits at offset 0x0008 for event 53 (MUTEX0_STREAM_EOF) to be 1',
        '  it is raised by MUTEX: it tells the end of a frame on a whole display path',
        '  in this tree that is /soc/mutex@14020000 (its mediatek,gce-events names it)',
        '  the program clears it at offset 0x0000 first, so only a raise after that counts',
        '  nobody raises it in this run',
        '  check that mutex is powered, clocked and started, and gets as far: no frame, no event',
        '  check that the event is led to the GCE: newer mmsys blocks choose it in MMSYS_GCE_EVENT_SEL (offset 0x308)',
        '  check that 53 is the event that was meant: numbers differ from SoC to SoC',
        '  check how it goes on: --event MUTEX0_STREAM_EOF@16.7ms raises it here',
        '  1 instruction, 0 writes, no wait, 0 interrupts, last at 0 ns',
      ],
    });
  });

  test('of a hung thread begins with the registers that the log tells of', async () => {
    const log = [
      'thd:0 pc:0x1008 inst:0x0 end:0x1018 cnt:0x0 token:0x0',
      'thrd:0 spr:0x1400 0x7 0x0 0x0 dbg:0x0 0x0',
      '  0x1000 0xa080000000000000 [Logic] Reg Index 0x0000 = 0x00000000',
      '>>0x1008 0x9040c02200010000 [Write] addr(low) 0xc020 = Reg Index 0x00000001',
      '  0x1010 0x4000000000000001 eoc',
    ];
    const { document } = await json<Document>('cmdq run - --soc mt8173', log.join('\n'));
    expect(document.registers).toEqual([{ addr: 0x1400_c020, name: null, value: 7 }]);
  });

  test.each([
    ['mt8173', '0x40001008', '0x40001038'],
    ['mt8192', '0x8000201', '0x8000207'],
  ])('of registers read by hand and a dump without address finds its place: %s', async (soc, curr, end) => {
    const rows = [
      '00000080350000200180008035000020',
      'feffffff00000002010000002dc00104',
      '0000004140cf01040100000000000040',
    ];
    const dump = [...rows, '0800000000000010'].map((row) => (row.match(/../g) ?? []).join(' '));
    const text = `CURR_ADDR: ${curr}\nEND_ADDR: ${end}\nWAIT_TOKEN: 0x80000035\n${dump.join('\n')}\n`;
    const { document } = await json<Document>(`cmdq run - --soc ${soc}`, text);
    expect(document.threads[0]?.outcome.says).toMatch(/^thread 0 waits at offset 0x0008 for event 53/);
    expect(document.executed).toBe(0);
  });

  test('of a log with registers alone is an explanation', async () => {
    const { code, out } = await bringup('cmdq run registers.txt --soc mt8173');
    expect([code, lines(out)[0], lines(out)[5]]).toEqual([
      1,
      'registers.txt: a log without a program',
      'thread 3 waits for event 53 (MUTEX0_STREAM_EOF) to be 1',
    ]);
  });

  interface Document {
    readonly threads: readonly {
      readonly thread: number;
      readonly state: string;
      readonly waits: number;
      readonly outcome: { readonly says: string; readonly why: readonly string[]; readonly check: readonly string[] };
    }[];
    readonly registers: readonly object[];
    readonly findings: readonly { readonly code: string }[];
    readonly executed: number;
    readonly timeNs: number;
  }
  const outcome = async (line: string, stdin: string): Promise<readonly [number, string, ...string[]]> => {
    const { code, document } = await json<Document>(`cmdq run - ${line}`, stdin);
    const { says, why } = (document.threads[0] as Document['threads'][number]).outcome;
    return [code, says, ...why];
  };

  test('two threads: one sets the token that the other waits for', async () => {
    put('first.gce', 'wait SYNC_TOKEN_STREAM_EOF\nspr0 = 0x1400\nwrite_s [spr0:0x0010], 7\nend\n');
    put('second.gce', 'wait 200\nset SYNC_TOKEN_STREAM_EOF\nend\n');
    const { code, document } = await json<Document>(
      'cmdq run first.gce second.gce --soc mt8192 --thread 4 --event 200@1ms',
    );
    expect(code).toBe(0);
    expect(document.threads.map(({ thread, state, waits }) => [thread, state, waits])).toEqual([
      [4, 'idle-at-end', 1],
      [5, 'idle-at-end', 1],
    ]);
    expect(document.registers).toEqual([{ addr: 0x1400_0010, name: null, value: 7 }]);
  });

  test('of an event that comes again and again', async () => {
    const { code, document } = await json<Document>(
      'cmdq run - --soc mt8173 --event 53@0ms/10ms',
      'clear 53\nwait 53\nwait 53\nwait 53\nend\n',
    );
    expect([code, document.threads[0]?.waits, document.timeNs]).toEqual([0, 3, 30_000_150]);
  });

  test('a loop ends when its steps are used up', async () => {
    expect(await outcome('--soc mt8173 --steps 1000', 'x: jump x\n')).toEqual([
      1,
      'thread 0 still runs, at offset 0x0000',
      '--steps or --for is used up: it is a loop, or longer than that',
    ]);
  });

  test('why it stands still, for other reasons than an event', async () => {
    expect(await outcome('--tree board.dts', 'poll_mask ovl0+8, 3, 1\n')).toEqual([
      1,
      'thread 0 at offset 0x0008 polls ovl0+0x8 for 0x1 in bits 0x1; it reads 0x0',
      'while a thread polls, no other thread executes, and drivers cannot suspend it',
    ]);
    expect(await outcome('--soc mt8173', 'eoc\n.inst 0x99000000_0\n')).toEqual([
      1,
      'thread 0 has stopped: there is no opcode 0x99, at offset 0x0008',
    ]);
    expect(await outcome('--soc mt8173', 'jump +80\n')).toEqual([
      1,
      'thread 0 has left its program: it stands at 0x40000050, and the program ends at 0x40000008',
      'END_ADDR is compared for equality: a jump past it is not noticed',
      'what is there is not known here',
    ]);
    expect(await outcome('--soc mt8192 --set 640', 'acquire 640\n')).toEqual([
      1,
      'thread 0 waits at offset 0x0000 for event 640 (SYNC_TOKEN_CONFIG_DIRTY) to be 0',
      'the token is taken: it is 1 until its owner clears it',
      'no program here clears it',
    ]);
    expect((await outcome('--soc mt8173 --event 53@0ms', 'wait 54\nclear 53\nwait 53\n')).slice(0, 2)).toEqual([
      1,
      'thread 0 waits at offset 0x0000 for event 54 (MUTEX1_STREAM_EOF) to be 1',
    ]);
    const early = await outcome('--soc mt8173 --event 53@0ms --event 54@1ms', 'wait 54\nclear 53\nwait 53\n');
    expect(early.at(-1)).toBe('it was raised at 0 ns, which is too early: the thread came here at 1 ms');
  });

  test('a register that was given a value ends a poll', async () => {
    expect((await bringup('cmdq run - --tree board.dts --reg ovl0+0x8=0x11', 'poll_mask ovl0+8, 1, 1\n')).code).toBe(0);
  });

  test('what the engine lets pass is told, and a fault', async () => {
    const { code, document } = await json<Document>('cmdq run - --soc mt8173', 'write 9:0, 1\n');
    expect([code, document.findings.map(({ code }) => code)]).toEqual([1, ['cmdq/run/unknown-subsys']]);
  });

  test('a long run is shown by its beginning and its end', async () => {
    const { out } = await bringup('cmdq run - --soc mt8173', `${'set 1\n'.repeat(500)}eoc\n`);
    expect([lines(out).length, lines(out).find((line) => line.includes('more'))]).toEqual([127, '  ... 381 more']);
  });
});

describe('cmdq diff', () => {
  test('of the same effects made otherwise', async () => {
    put(
      'far.gce',
      'clear 53\nwait 53\nspr0 = 0x1400\nwrite_s_mask [spr0:0xc02c], 1, 1\nwrite_s [spr0:0xcf40], 0x41000000\neoc\n',
    );
    expect(await bringup('cmdq diff flip.bin far.gce --tree board.dts')).toMatchObject({
      code: 0,
      out: 'other bytes, the same effects: 5 effects\n',
    });
  });

  test('of another order and another value', async () => {
    put('other.gce', 'clear 53\nwait 53\nwrite 1:0xcf40, 0x42000000\nwrite_mask 1:0xc02c, 1, 1\nset 9\neoc\n');
    put('more.gce', 'clear 53\nwait 53\nwrite_mask 1:0xc02c, 1, 1\nset 9\nwrite 1:0xcf40, 0x41000000\neoc\n');
    expect(await bringup('cmdq diff other.gce more.gce --tree board.dts')).toMatchObject({
      code: 1,
      out: `   0000  0000  clears event 53 (MUTEX0_STREAM_EOF)
   0008  0008  waits for, and clears, event 53 (MUTEX0_STREAM_EOF)
-  0010        ovl0+0xf40 = 0x42000000
   0020  0018  ovl0+0x2c = 0x00000001 in bits 0x00000001
   0028  0020  sets event 9
+        0028  ovl0+0xf40 = 0x41000000
   0030  0030  raises its interrupt
ovl0+0xf40 ends as 0x42000000, and as 0x41000000
1 only in other.gce, 1 only in more.gce, 0 moved, 5 the same
`,
    });
    const { document } = await json<{ equal: boolean; effects: readonly { change: string }[] }>(
      'cmdq diff other.gce more.gce --soc mt8173',
    );
    expect([document.equal, document.effects.map(({ change }) => change)]).toEqual([
      false,
      ['same', 'same', 'only-a', 'same', 'same', 'only-b', 'same'],
    ]);
  });
});

test.each([
  ['cmdq disassemble none.bin', 2, 'none.bin: there is no such file; check the path'],
  [
    'cmdq disassemble - --tree -',
    2,
    'cmdq disassemble: - stands for the standard input, which is read once; give the others as files',
  ],
  [
    'cmdq disassemble flip.bin --events board.dts',
    2,
    'cmdq disassemble: --events are those of a SoC; say which with --soc or --tree',
  ],
  [
    'cmdq disassemble flip.bin --soc mt8173 --events board.dts',
    1,
    'board.dts: no line of it is #define CMDQ_EVENT_... NUMBER; name a header of the bindings',
  ],
  ['cmdq run flip.bin', 2, 'cmdq run: the SoC is not known; give --soc or --tree, or write .soc into the program'],
  [
    'cmdq run flip.bin --soc mt8173 --thread 16',
    2,
    'cmdq run: mt8173 has 16 threads, and thread 16 is none of them; give fewer programs, or a lower --thread',
  ],
  [
    'cmdq run flip.bin --soc mt8173 --base 4',
    2,
    'flip.bin: 0x4 is no multiple of 8; give the address of the buffer with --base',
  ],
  [
    'cmdq run hung.txt hung.txt --soc mt8173',
    2,
    'hung.txt: it is in memory where hung.txt is; change .base, or give --base for the first program',
  ],
  [
    'cmdq run flip.bin --soc mt8173 --event X@1ms',
    2,
    '--event X@1ms: no event is called X; write its number, or a name of the SoC',
  ],
  ['cmdq run flip.bin --soc mt8173 --event 53', 2, '--event 53: it has no time; write NAME@16ms, or NAME@0ms/16.7ms'],
  [
    'cmdq run flip.bin --soc mt8173 --event 53@1',
    2,
    '--event 53@1: it has no unit; write NAME@16ms, or NAME@0ms/16.7ms',
  ],
  [
    'cmdq run flip.bin --soc mt8173 --reg ovl0=1',
    2,
    '--reg ovl0=1: ovl0 is no register; write ADDRESS=VALUE, or MODULE+OFFSET=VALUE with --tree',
  ],
  [
    'cmdq run flip.bin --soc mt8173 --set 1024',
    2,
    '--set 1024: events end at 1023; write its number, or a name of the SoC',
  ],
  [
    'cmdq diff registers.txt -',
    1,
    '-: there is no instruction in it; give a buffer, a dump of one, assembly, or the log of a GCE thread',
  ],
])('%s', async (line, code, err) => {
  expect(await bringup(line)).toMatchObject({ code, out: '', err: `bringup: ${err}\n` });
});

test('a tree without a known GCE is refused', async () => {
  put('none.dts', '/dts-v1/;\n/ { };\n');
  expect(await bringup('cmdq disassemble flip.bin --tree none.dts')).toMatchObject({
    code: 1,
    err: 'bringup: none.dts: it has no GCE of a SoC that is known; say which SoC to take with --soc\n',
  });
});

test('a journal of systemd is read, too', async () => {
  const journal = HUNG.map((line) => JSON.stringify({ MESSAGE: line.replace('[   97.1] ', '') })).join('\n');
  const { out } = await bringup('cmdq disassemble - --plain --soc mt8173', journal);
  expect(lines(out).length).toBe(9);
});
