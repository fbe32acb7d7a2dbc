import { expect, test } from 'vitest';
import { ms, s } from '../../base/clock.js';
import { decodeUtf8 } from '../../base/text.js';
import { labTree, treeOf } from '../../../test/lab.js';
import { traceOf, type Watched, watched } from '../../../test/page-watch.js';
import { levelAt, TONE_RATE } from '../../stock/tone-samples.js';
import { VIEWS } from '../views.js';
import type { AudioState } from './audio.js';
import type { PacketDetail, PacketRow, SequenceRow } from './audio-sequence.js';

const DSP = 'remoteproc@10300000';

function rowsOf({ frames }: Watched<AudioState>): SequenceRow[] {
  return frames.flatMap((frame) =>
    frame.what === 'rows' ? (JSON.parse(decodeUtf8(frame.bytes)) as SequenceRow[]) : [],
  );
}

const packets = (board: Watched<AudioState>): PacketRow[] =>
  rowsOf(board).flatMap((row) => (row.kind === 'packet' ? row : []));

const line = ({ from, to, name, answers }: PacketRow): string =>
  `${from} -> ${to} ${name}${answers === undefined ? '' : ' (answer)'}`;

test('who begins to look sees what has been: the services ask and answer at boot', async () => {
  const board = await watched<AudioState>(labTree(), 'audio');
  const state = await board.pass(ms(20));
  expect(state.lanes).toEqual(['Linux', 'CORE', 'AFE', 'ASM', 'ADM']);
  expect(state.dsps.map(({ is, remoteproc }) => [is, remoteproc?.state])).toEqual([['is up', 'running']]);
  expect(state.dsps[0]?.services.map(({ name, device, dsp }) => [name, device, dsp])).toEqual([
    ['CORE', 'bound to qcom-q6core', 'is ready'],
    ['AFE', 'bound to qcom-q6afe', 'is ready'],
    ['ASM', 'bound to qcom-q6asm', 'is ready'],
    ['ADM', 'bound to qcom-q6adm', 'is ready'],
  ]);
  expect(packets(board).map(line)).toEqual([
    'Linux -> CORE AVCS_CMD_ADSP_EVENT_GET_STATE',
    'CORE -> Linux AVCS_CMDRSP_ADSP_EVENT_GET_STATE (answer)',
    'Linux -> CORE AVCS_CMD_GET_FWK_VERSION',
    'CORE -> Linux AVCS_CMDRSP_GET_FWK_VERSION (answer)',
  ]);
  expect(packets(board)[1]).toMatchObject({ says: 'answer', afterNs: 50_000, answers: packets(board)[0]?.seq });
});

test('a tone is seen as packets in their order, and as levels', async () => {
  const board = await watched<AudioState>(labTree(), 'audio');
  await board.pass(ms(20));
  board.frames.length = 0;
  board.player.act('start tone');
  const state = await board.pass(s(1));
  expect(packets(board).slice(0, 9).map(line)).toEqual([
    'Linux -> AFE AFE_SVC_CMD_SET_PARAM',
    'AFE -> Linux APR_BASIC_RSP_RESULT (answer)',
    'Linux -> AFE AFE_PORT_CMD_SET_PARAM_V2',
    'AFE -> Linux APR_BASIC_RSP_RESULT (answer)',
    'Linux -> AFE AFE_PORT_CMD_DEVICE_START',
    'AFE -> Linux APR_BASIC_RSP_RESULT (answer)',
    'Linux -> ASM ASM_CMD_SHARED_MEM_MAP_REGIONS',
    'ASM -> Linux ASM_CMDRSP_SHARED_MEM_MAP_REGIONS (answer)',
    'Linux -> ASM ASM_STREAM_CMD_OPEN_WRITE_V3',
  ]);
  expect(state.tone).toMatchObject({ is: 'plays', port: 'PRIMARY_MI2S_RX' });
  expect(state.levels).toMatchObject([{ name: 'PRIMARY_MI2S_RX', rate: 48_000, bits: 16, channels: 2, series: 0 }]);
  expect(state.waiting.length).toBeGreaterThan(0);
  const last = (series: number): number => {
    const frame = board.frames.findLast((one) => one.what === 'samples' && one.which === series);
    return frame?.what === 'samples' ? (frame.pairs[1] as number) : Number.NaN;
  };
  // Left swells in 4 s, right in 6 s. A sine's mean is its peak by the root of two, a bit less while it rises.
  const heard = state.levels[0]?.frames ?? 0;
  for (const channel of [0, 1]) {
    expect(last(2 * channel)).toBeCloseTo(levelAt(heard, channel), 1);
    expect(last(2 * channel) / last(2 * channel + 1)).toBeGreaterThan(Math.SQRT2);
    expect(last(2 * channel) / last(2 * channel + 1)).toBeLessThan(1.6);
  }
  expect(heard / TONE_RATE).toBeGreaterThan(0.9);
});

test('a crash is seen: the DSP, its services, what was not answered, and that all comes back', async () => {
  const board = await watched<AudioState>(labTree(), 'audio');
  board.player.act('start tone');
  await board.pass(ms(200));
  board.frames.length = 0;
  board.player.act(`set ${DSP}:crash=1`);
  const dead = await board.pass(ms(50));
  expect(dead.dsps[0]).toMatchObject({ is: 'has crashed', remoteproc: { state: 'crashed', crashes: 1 } });
  expect(dead.dsps[0]?.services.map(({ device, dsp }) => [device, dsp])).toEqual(new Array(4).fill(['no device', '']));
  expect(dead.tone).toMatchObject({ is: 'waits for the services' });
  const alive = await board.pass(s(1));
  expect(alive.dsps[0]).toMatchObject({ is: 'is up', remoteproc: { state: 'running', crashes: 1 } });
  expect(alive.tone).toMatchObject({ is: 'plays', streams: 2 });
  const notes = rowsOf(board).flatMap((row) => (row.kind === 'note' ? `${row.level}: ${row.text}` : []));
  expect(notes.slice(0, 3)).toEqual([
    'plain: somebody turns crash to 1',
    expect.stringMatching(/^wrong: the DSP has crashed: watchdog, told to; \d packets were not answered$/),
    'wrong: remoteproc remoteproc0: crash detected in adsp: type fatal error',
  ]);
  expect(notes).toContain('wrong: service@7: qcom-q6asm is unbound');
  expect(notes).toContain('good: service@7: qcom-q6asm is bound');
  expect(notes).toContain('good: the DSP is up');
});

test('a packet tells everything about itself', async () => {
  const board = await watched<AudioState>(labTree(), 'audio');
  await board.pass(ms(20));
  const [, answer] = packets(board);
  const detail = VIEWS.audio.ask?.(board.parts, { packet: answer?.seq ?? 0 }) as PacketDetail;
  expect(detail).toMatchObject({ from: 'CORE', to: 'Linux', name: 'AVCS_CMDRSP_ADSP_EVENT_GET_STATE' });
  expect(detail.fields.map(({ name }) => name)).toEqual([
    ...['header', 'packet size', 'src svc', 'src domain', 'src port', 'dest svc', 'dest domain', 'dest port'],
    ...['token', 'opcode', 'state'],
  ]);
  expect(detail.verdicts.map(({ profile, level }) => `${profile} ${level}`)).toEqual([
    'patch good',
    'linux-6.12 good',
    'right good',
  ]);
  expect(() => VIEWS.audio.ask?.(board.parts, { packet: 0 })).toThrow('no such packet');
});

test('a packet that a fault struck is marked', async () => {
  const board = await watched<AudioState>(labTree(), 'audio');
  await board.pass(ms(20));
  board.frames.length = 0;
  board.player.act('fault rpmsg.deliver@apr_audio_svc#1=truncate');
  board.player.act('start tone');
  await board.pass(ms(20));
  expect(packets(board)[1]?.mark).toEqual({ level: 'odd', text: 'fault: truncate (rpmsg.deliver@apr_audio_svc#1)' });
});

test('a machine without DSP says so', async () => {
  const board = await watched<AudioState>(treeOf('/ { };'), 'audio');
  expect(await board.pass(ms(20))).toMatchObject({ hindrance: 'this machine has no audio DSP', dsps: [] });
});

test('who looks changes nothing: the traces are equal', async () => {
  const actions = ['start tone', `set ${DSP}:crash=2`, 'stop tone'];
  const seen = await traceOf(labTree(), actions, ms(300), 'audio');
  expect(seen === (await traceOf(labTree(), actions, ms(300)))).toBe(true);
});
