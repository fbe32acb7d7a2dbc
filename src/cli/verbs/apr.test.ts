import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { captureIo } from '../../../test/capture.js';
import { PcapngWriter } from '../../abi/pcapng.js';
import { run } from '../run.js';

const cwd = mkdtempSync(join(tmpdir(), 'bringup-apr-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(cwd, name), content);
const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));

// Two packets of a recorded playback (test/golden/apr.md): a stream is opened, and the DSP refuses.
const OPEN = '50022400070501010704010101000000b30d01000000000000001000680c0100a50d0100';
const REFUSED = '50011c00070401010705010101000000e8100100b30d010009000000';
put('two.hex', `${OPEN}\n${REFUSED}\n`);
put('two.bin', hex(OPEN + REFUSED));
put('hello.txt', 'Hello\n');

const capture: Uint8Array[] = [];
const writer = new PcapngWriter((bytes) => capture.push(bytes));
writer.addInterface({ name: 'apr_audio_svc' });
writer.add({ iface: 0, timeNs: 1_000_000, bytes: hex(OPEN), way: 'out' });
writer.add({ iface: 0, timeNs: 1_250_000, bytes: hex(REFUSED), way: 'in', comment: 'as the board did' });
put('two.pcapng', Buffer.concat(capture));
const ethernet: Uint8Array[] = [];
new PcapngWriter((bytes) => ethernet.push(bytes)).addInterface({ name: 'eth0', linkType: 1 });
put('empty.pcapng', Buffer.concat(ethernet));
const BOARD = `/dts-v1/;
/ {
	remoteproc {
		compatible = "qcom,msm8996-adsp-pil";
		smd-edge {
			apr {
				compatible = "qcom,apr-v2";
				qcom,domain = <4>;
				qcom,smd-channels = "apr_audio_svc";
				#address-cells = <1>;
				#size-cells = <0>;
				apr-service@7 {
					compatible = "qcom,q6asm";
					reg = <7>;
				};
			};
		};
	};
};
`;
put('board.dts', BOARD);
put('none.dts', '/dts-v1/; / { };\n');

async function bringup(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const { io, out, err } = captureIo({ cwd });
  const code = await run(words, io);
  return { code, out: out(), err: err() };
}

const TWO = [
  '   1  Linux -> ASM    ASM_STREAM_CMD_OPEN_WRITE_V3  session 1 stream 1',
  '      bits 16, topology NULL_POPP (0x10c68), format PCM (0x10da5)',
  '   2  ASM -> Linux    APR_BASIC_RSP_RESULT  session 1 stream 1, answers 1',
  '      command ASM_STREAM_CMD_OPEN_WRITE_V3 (0x10db3), status EALREADY (0x9): it is so already: open,',
  '      started',
  '      => delivered to aprsvc:service:4:7',
  '2 packets: 1 sent, 1 delivered, 0 refused',
  '',
].join('\n');

describe('apr decode', () => {
  test('a dump and a binary of the same packets', async () => {
    expect(await bringup('apr', 'decode', 'two.hex')).toEqual({ code: 0, out: TWO, err: '' });
    expect(await bringup('apr', 'decode', 'two.bin')).toEqual({ code: 0, out: TWO, err: '' });
  });

  test('a capture has times and comments', async () => {
    const { out } = await bringup('apr', 'decode', 'two.pcapng');
    expect(out.split('\n').filter((line) => /^ +\d+ {2}|note/.test(line))).toEqual([
      '   1     0.001000  Linux -> ASM    ASM_STREAM_CMD_OPEN_WRITE_V3  session 1 stream 1',
      '   2     0.001250  ASM -> Linux    APR_BASIC_RSP_RESULT  session 1 stream 1, answers 1 after 250 us',
      '      note: as the board did',
    ]);
  });

  test('the services of a tree, and the checks of others', async () => {
    expect((await bringup('apr', 'decode', 'two.hex', '--tree', 'board.dts')).out).toContain(
      '=> delivered to aprsvc:apr-service:4:7\n',
    );
    const { out } = await bringup('apr', 'decode', 'two.hex', '--received', '--profile', 'patch');
    expect(out.split('\n').filter((line) => line.includes('=>'))).toEqual([
      '      => refused by rule R7 (source-domain): it comes from domain APPS; only MODEM and ADSP are known as ' +
        'sources',
      '      => delivered to aprsvc:service:4:7',
    ]);
  });

  test('as JSON', async () => {
    const { out } = await bringup('apr', 'decode', 'two.pcapng', '--json');
    expect(JSON.parse(out)).toMatchObject({
      format: 'pcapng',
      profile: 'right',
      packets: [
        { number: 1, timeNs: 1_000_000, channel: 'apr_audio_svc', name: 'ASM_STREAM_CMD_OPEN_WRITE_V3', verdict: null },
        {
          number: 2,
          fields: [
            { name: 'command', offset: 20, size: 4, value: 0x10db3 },
            { name: 'status', value: 9, text: 'EALREADY (0x9)', meaning: 'it is so already: open, started' },
          ],
          verdict: { kind: 'delivered', to: 'aprsvc:service:4:7' },
          answers: 1,
          afterNs: 250_000,
        },
      ],
      unanswered: [],
      counts: { sent: 1, delivered: 1, refused: 0 },
    });
  });

  test('a command that nobody answered', async () => {
    put('one.hex', `${OPEN}\n`);
    expect((await bringup('apr', 'decode', 'one.hex')).out).toContain(
      '1 packet: 1 sent, 0 delivered, 0 refused; not answered: 1 (ASM_STREAM_CMD_OPEN_WRITE_V3)\n',
    );
  });

  test.each([
    [
      'text',
      ['hello.txt'],
      'bringup: hello.txt: these are no packets that can be read: no line of it has the digits of a dump; ' +
        'say what it is with --format\n',
    ],
    [
      'a capture of a network',
      ['empty.pcapng'],
      'bringup: empty.pcapng: the capture has no packet; look whether it was ended too early\n',
    ],
    [
      'a capture by force',
      ['two.hex', '--format', 'pcapng'],
      'bringup: two.hex: it is no pcapng file; save the capture as pcapng\n',
    ],
    [
      'a tree without a DSP',
      ['two.hex', '--tree', 'none.dts'],
      'bringup: none.dts: it has no node of APR or GPR (qcom,apr, qcom,apr-v2, qcom,gpr); ' +
        'give the tree of a board with a Qualcomm audio DSP\n',
    ],
  ])('%s is refused with one line', async (_, words, err) => {
    expect(await bringup('apr', 'decode', ...words)).toEqual({ code: 1, out: '', err });
  });
});

test('apr services', async () => {
  expect(await bringup('apr', 'services', 'board.dts')).toEqual({
    code: 0,
    out: [
      '/remoteproc/smd-edge/apr: APR',
      '  processor /remoteproc, domain ADSP (4)',
      '  channel apr_audio_svc over SMD',
      '  DEVICE                  SERVICE  COMPATIBLE  STATE  COMES',
      '  aprsvc:apr-service:4:7  ASM      qcom,q6asm  bound  with the channel',
      '',
    ].join('\n'),
    err: '',
  });
  const { out } = await bringup('apr', 'services', 'board.dts', '--no-boot');
  expect(out).toContain('  aprsvc:apr-service:4:7  ASM      qcom,q6asm  with the channel\n');
  const broken = BOARD.replace('reg = <7>;', 'reg = <7>; qcom,protection-domain = "avs/audio";');
  put('broken.dts', broken);
  const { code, out: told } = await bringup('apr', 'services', 'broken.dts');
  expect([code, told.split('\n').slice(4)]).toEqual([
    1,
    [
      '  aprsvc:apr-service:4:7  ASM      qcom,q6asm  waits: /remoteproc/smd-edge/apr is failed  when avs/audio is up',
      '  problem: /remoteproc/smd-edge/apr/apr-service@7: qcom,protection-domain has no path: the whole bus does ' +
        'not probe',
      '',
    ],
  ]);
});
