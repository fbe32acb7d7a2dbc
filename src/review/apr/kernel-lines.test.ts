// Lines as Linux's format strings and people's logs have them (facts: APR, chapters 2, 5, 6, 8 and 9).
import { expect, test } from 'vitest';
import { explainLine } from '../explain.js';
import { APR_LINES } from './kernel-lines.js';

const LINES: readonly (readonly [line: string, id: string])[] = [
  ['[   12.3] qcom-q6afe aprsvc:service:4:4: cmd = 0x100e5 returned error = 0x9', 'port-started-twice'],
  ['qcom-q6afe aprsvc:service:4:4: cmd = 0x100f6 returned error = 0x1', 'devote-answered'],
  ['qcom-q6afe aprsvc:service:4:4: Unknown cmd 0x100f6', 'devote-answered'],
  ['qcom-q6adm aprsvc:service:4:8: cmd = 0x10325 return error = 0x2', 'copp-gone'],
  ['qcom-q6adm aprsvc:service:4:8: cmd = 0x10327 return error = 0x2', 'copp-gone'],
  ['qcom-q6asm aprsvc:service:4:7: cmd = 0x10db3 returned error = 0x9', 'stream-open-already'],
  ['qcom-q6afe aprsvc:service:4:4: cmd = 0x100ef returned error = 0x2', 'refused'],
  ['qcom-q6asm aprsvc:service:4:7: DSP returned error[8]', 'status'],
  ['qcom-q6afe aprsvc:service:4:4: AFE enable for port 0x6020 failed -110', 'port-silent'],
  ['qcom-q6afe aprsvc:service:4:4: AFE enable for port 0x4000 failed -22', 'port-enable'],
  ['qcom-q6afe aprsvc:service:4:4: AFE close failed -22', 'afe'],
  ['qcom-q6afe aprsvc:service:4:4: AFE failed to vote (3)', 'vote'],
  ["va_macro 3370000.codec: Failed to prepare clk 'core': -110", 'clock-prepare'],
  ['qcom-q6afe aprsvc:service:4:4: Unknown cmd 0x100e5', 'afe-unknown'],
  ['qcom-q6adm aprsvc:service:4:8: Found Matching Copp 0x0', 'copp-shared'],
  ['qcom-q6adm aprsvc:service:4:8: Failed to close copp -22', 'copp-close'],
  ['qcom-q6adm aprsvc:service:4:8: Invalid coppid rxed 255', 'copp-invalid'],
  ['qcom-q6adm aprsvc:service:4:8: ADM copp cmd timedout', 'adm-timeout'],
  ['q6routing aprsvc:service:4:8:routing: routing for stream 1 failed -22', 'routing'],
  ['qcom-q6asm aprsvc:service:4:7: Memory_map_regions failed', 'memory-map'],
  ['q6asm-dai aprsvc:service:4:7:dais: Buffer Allocation failed rc = -22', 'memory-map'],
  ['qcom-q6asm aprsvc:service:4:7: Buffer already allocated', 'buffer-twice'],
  ['qcom-q6asm aprsvc:apr-service:4:7: command[0x10dac] not expecting rsp', 'answer-late'],
  ['qcom-q6asm aprsvc:service:4:7: CMD 10db3 timeout', 'timeout'],
  ['qcom-apm gprsvc:service:2:1: CMD timeout for [1001021] opcode', 'gpr-timeout'],
  ['qcom,apr remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1: failed to create endpoint', 'endpoint'],
  ['qcom,apr remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1: Failed to add apr 3 svc', 'add-failed'],
  ['qcom,apr 4080000.remoteproc:smd-edge.apr_audio_svc.-1.-1: Adding APR/GPR dev: aprsvc:service:4:7', 'add'],
  ['qcom,apr remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1: idr_alloc failed: -28', 'idr'],
  ['qcom,apr remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1: Domain ID not specified in DT', 'no-domain'],
  ['qcom,apr remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1: pdr service path missing: -61', 'pd-path'],
  ['PDR: service lookup for avs/audio failed: -110', 'pd-lookup'],
  ['PDR: get domain list txn wait failed: -110', 'pd-lookup'],
  ['PDR: Indication received from msm/adsp/audio_pd, state: 0x1fffffff, trans-id: 1', 'pd-state'],
  ['remoteproc remoteproc0: crash detected in adsp: type fatal error', 'crash'],
  ['qcom,apr remoteproc:glink-edge.apr_audio_svc.-1.-1: APR: Improper apr pkt received:00000000a1b2c3d4 20', 'short'],
  ['qcom,apr remoteproc:glink-edge.apr_audio_svc.-1.-1: APR: Wrong hdr size:16', 'header-size'],
  ['qcom,apr remoteproc:glink-edge.apr_audio_svc.-1.-1: APR: Wrong paket size', 'packet-size'],
  ['qcom,apr remoteproc:glink-edge.apr_audio_svc.-1.-1: APR: Wrong packet size', 'packet-size'],
  ['qcom,apr remoteproc:glink-edge.apr_audio_svc.-1.-1: APR: Wrong APR header', 'address'],
  ['qcom,apr remoteproc:glink-edge.apr_audio_svc.-1.-1: APR: service is not registered (7)', 'not-registered'],
  ['qcom_rpmsg_q6 remoteproc:smd-edge.apr_audio_svc.-1.-1: APR: service is not registered', 'not-registered-seed'],
  ['qcom,apr remoteproc:glink-edge.adsp_apps.-1.-1: GPR: Wrong packet size', 'gpr'],
  ['qcom,apr remoteproc:glink-edge.adsp_apps.-1.-1: GPR: Port(2001) is not registered', 'gpr-port'],
  ['qcom-q6core apr:CORE:4:3:0: Unable to send APR pkt 20', 'send'],
  ['q6afe-dai aprsvc:service:4:4:dais: no line is assigned', 'no-line'],
  [' MultiMedia1: ASoC: no backend DAIs enabled for MultiMedia1', 'no-route'],
  ['qcom-q6asm aprsvc:service:4:7: Audio Client not active', 'not-active'],
  ['qcom-q6core aprsvc:service:4:3: Message id from adsp core svc: 0x1290e', 'core-unknown'],
];

test.each(LINES)('%s', (line, id) => {
  expect(explainLine(line)?.id).toBe(`apr/${id}`);
});

test('each entry of the table has a line that it is shown with', () => {
  const shown = new Set(LINES.map(([, id]) => id));
  expect(APR_LINES.entries.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
});

test('nothing is left to fill in', () => {
  const told = LINES.map(([line]) => explainLine(line));
  const texts = told.flatMap((one) => (one === undefined ? [] : [one.says, one.why, ...one.check]));
  expect(texts.filter((text) => /\{\w+\}|undefined|NaN/.test(text))).toEqual([]);
});

test('commands, statuses and ports are named', () => {
  expect(explainLine('qcom-q6afe aprsvc:service:4:4: cmd = 0x100ef returned error = 0x2')?.says).toBe(
    'The DSP refused AFE_PORT_CMD_SET_PARAM_V2 (0x100ef) with EBADPARAM: a parameter is wrong: an identifier that ' +
      'the DSP does not know, or a value out of range (0x2).',
  );
  expect(explainLine('qcom-q6afe aprsvc:service:4:4: AFE enable for port 0x6020 failed -110')).toMatchObject({
    says: 'The DSP did not answer the start of port DISPLAY_PORT_RX (0x6020) within a second.',
    errors: [{ number: -110, name: 'ETIMEDOUT', meaning: 'the DSP did not answer in time' }],
  });
  expect(explainLine('qcom-q6asm aprsvc:service:4:7: CMD 10db3 timeout')?.says).toBe(
    'ASM_STREAM_CMD_OPEN_WRITE_V3 (10db3) was not answered within five seconds.',
  );
  const state = 'PDR: Indication received from msm/adsp/audio_pd, state: 0x0fffffff, trans-id: 1';
  expect(explainLine(state)?.says).toBe('Protection domain msm/adsp/audio_pd is down (0x0fffffff).');
});

test('other drivers are not taken for it', () => {
  expect(explainLine('usb 1-1: Unknown cmd 0x100f6')).toBeUndefined();
  expect(explainLine('spi_master spi0: failed to create endpoint')).toBeUndefined();
});
