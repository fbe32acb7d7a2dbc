import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodePacket } from './decode.js';
import { Exchange } from './exchange.js';
import { MESSAGES } from './messages.js';

// The exchange of a playback with Linux 6.12's drivers (test/golden/apr.md).
const GOLDEN = new URL('../../../test/golden/apr-services.json', import.meta.url);
type Item = { hex?: string; phase: string };
const { sequences } = JSON.parse(readFileSync(GOLDEN, 'utf8')) as { sequences: { session: Item[] } };
const packets = sequences.session
  .filter(({ hex, phase }) => hex !== undefined && phase !== 'error')
  .map(({ hex = '' }) => decodePacket(Uint8Array.from(Buffer.from(hex, 'hex'))));

test('every answer finds its command', () => {
  const exchange = new Exchange();
  const found = packets.map((packet) => exchange.add(packet));
  const pairs = found.flatMap((command, index) => {
    if (command === undefined) return [];
    return [`${packets[command]?.message?.name} by ${packets[index]?.message?.name}`];
  });
  expect(new Set(pairs.slice(0, 12))).toEqual(
    new Set([
      'AVCS_CMD_ADSP_EVENT_GET_STATE by AVCS_CMDRSP_ADSP_EVENT_GET_STATE',
      'AVCS_CMD_GET_FWK_VERSION by AVCS_CMDRSP_GET_FWK_VERSION',
      'AFE_SVC_CMD_SET_PARAM by APR_BASIC_RSP_RESULT',
      'AFE_PORT_CMD_SET_PARAM_V2 by APR_BASIC_RSP_RESULT',
      'AFE_PORT_CMD_DEVICE_START by APR_BASIC_RSP_RESULT',
      'AFE_CMD_REMOTE_LPASS_CORE_HW_VOTE_REQUEST by AFE_CMD_RSP_REMOTE_LPASS_CORE_HW_VOTE_REQUEST',
      'ASM_CMD_SHARED_MEM_MAP_REGIONS by ASM_CMDRSP_SHARED_MEM_MAP_REGIONS',
      'ASM_STREAM_CMD_OPEN_WRITE_V3 by APR_BASIC_RSP_RESULT',
      'ASM_SESSION_CMD_RUN_V2 by APR_BASIC_RSP_RESULT',
      'ADM_CMD_DEVICE_OPEN_V5 by ADM_CMDRSP_DEVICE_OPEN_V5',
      'ADM_CMD_MATRIX_MAP_ROUTINGS_V5 by APR_BASIC_RSP_RESULT',
      'ASM_DATA_CMD_MEDIA_FMT_UPDATE_V2 by APR_BASIC_RSP_RESULT',
    ]),
  );
  expect(exchange.unanswered).toEqual([]);
  const received = packets.filter(({ header }) => header?.destDomain === 5).length;
  expect(pairs).toHaveLength(received);
});

test('a lost answer leaves its command', () => {
  const exchange = new Exchange();
  const run = packets.findIndex(({ message }) => message?.name === 'ASM_SESSION_CMD_RUN_V2');
  for (const packet of [...packets.slice(0, run + 1), ...packets.slice(run + 2)]) exchange.add(packet);
  expect(exchange.unanswered).toContain(run);
});

test('a command that was not sent has no answer, and nobody waits for one', () => {
  const exchange = new Exchange();
  const [ask, reply] = packets as [(typeof packets)[0], (typeof packets)[0]];
  expect([exchange.add(ask, false), exchange.add(ask), exchange.add(reply), exchange.unanswered]).toEqual([
    undefined,
    undefined,
    1,
    [],
  ]);
});

test('what answers a command is in the table', () => {
  for (const { name, answer = 0 } of MESSAGES.values()) {
    if (answer !== 0) expect(MESSAGES.get(answer)?.kind, name).not.toBe('command');
  }
});
