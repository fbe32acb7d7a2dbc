// Table of the fields of packets: how the number of each is shown, and what names it has. A name means the same in
// every packet, so that one filter of Wireshark finds it everywhere.
import type { ValueKind } from './values.js';

/** How a field is shown; a decimal number where nothing is said. */
export interface FieldForm {
  readonly hex?: true;
  /** The number has names of this kind; the opcodes have their own table. */
  readonly names?: ValueKind | 'opcode';
  readonly unit?: 'Hz' | 'bytes' | 'samples' | 'frames';
  /** Left out of short texts when it is zero. */
  readonly quiet?: true;
}

/** The headers, in the order of their bytes; APR's and GPR's have the same names. */
export const HEADER_FIELDS = {
  version: {},
  header_bytes: { unit: 'bytes' },
  message_type: { names: 'message_type' },
  packet_size: { unit: 'bytes' },
  src_svc: { hex: true },
  src_domain: { names: 'domain' },
  gpr_src_domain: { names: 'gpr_domain' },
  src_port: { hex: true },
  dest_svc: { hex: true },
  dest_domain: { names: 'domain' },
  gpr_dest_domain: { names: 'gpr_domain' },
  dest_port: { hex: true },
  token: { hex: true },
  opcode: { hex: true, names: 'opcode' },
} as const satisfies Record<string, FieldForm>;

/** What stands in payloads. */
export const PAYLOAD_FIELDS = {
  active_mask: { hex: true },
  address: { hex: true },
  align: {},
  api_version: { hex: true },
  attribute: { names: 'clock_attribute' },
  bits: {},
  block_size: { unit: 'bytes' },
  branch: { quiet: true },
  buffer_bytes: { unit: 'bytes' },
  buffer_flags: { hex: true, quiet: true },
  buffer_index: {},
  build_id: { hex: true },
  channel_allocation: { hex: true },
  channel_map: { names: 'channel' },
  channel_mode: { names: 'channel_mode' },
  channels: {},
  client_handle: { hex: true },
  clock: { hex: true, names: 'clock' },
  clock_mode: {},
  clock_root: { quiet: true },
  clock_source: {},
  clock_value1: { unit: 'Hz' },
  clock_value2: { unit: 'Hz' },
  command: { hex: true, names: 'opcode' },
  config_version: { quiet: true },
  copp: {},
  copp_count: {},
  copp_ids: {},
  ctrl_data_out: {},
  data_delay: {},
  data_format: { quiet: true },
  data_type: {},
  device_id: { hex: true },
  enable: { names: 'switch' },
  encdec_bytes: { unit: 'bytes' },
  encdec_param: { hex: true, names: 'encdec_param' },
  endpoint: { quiet: true },
  eos_policy: {},
  flags: { hex: true, quiet: true },
  format: { hex: true, names: 'format' },
  format_block: { hex: true },
  frames: { unit: 'frames', quiet: true },
  instance: { hex: true },
  invert_sync: {},
  major: {},
  map_handle: { hex: true },
  matrix: { names: 'matrix' },
  md_address: { hex: true, quiet: true },
  md_bytes: { unit: 'bytes', quiet: true },
  md_map_handle: { hex: true, quiet: true },
  md_status: { names: 'status', quiet: true },
  minor: {},
  mode_flags: { hex: true, quiet: true },
  module: { hex: true, names: 'module' },
  offset: { unit: 'bytes', quiet: true },
  padding: { unit: 'bytes', quiet: true },
  param: { hex: true, names: 'param' },
  param_address: { hex: true, quiet: true },
  param_bytes: { unit: 'bytes', quiet: true },
  param_data: { hex: true },
  param_map_handle: { hex: true, quiet: true },
  param_size: { unit: 'bytes', quiet: true },
  path: { names: 'path' },
  payload: { hex: true },
  pool: {},
  port: { hex: true, names: 'port' },
  property_flags: { hex: true, quiet: true },
  rate: { unit: 'Hz' },
  region_bytes: { unit: 'bytes' },
  region_count: {},
  reserved: { hex: true, quiet: true },
  rest: { hex: true },
  samples: { unit: 'samples' },
  service: { hex: true, names: 'service' },
  service_count: {},
  service_version: { hex: true },
  session: {},
  session_count: {},
  signed: { names: 'switch' },
  slot_map: {},
  slot_mask: { hex: true },
  slot_width: {},
  slots: {},
  sound: { names: 'sound' },
  state: {},
  status: { hex: true, names: 'status' },
  subbranch: { quiet: true },
  sync_mode: {},
  sync_source: { names: 'ws_source' },
  time: { hex: true, quiet: true },
  topology: { hex: true, names: 'topology' },
  vote_block: { names: 'vote_block' },
  vote_name: {},
  ws_source: { names: 'ws_source' },
} as const satisfies Record<string, FieldForm>;

/** The name of a field of a payload. */
export type FieldName = keyof typeof PAYLOAD_FIELDS;

/** True for a name of the table. */
export function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(PAYLOAD_FIELDS, name);
}

/** How the field of a payload is shown. */
export function fieldForm(name: FieldName): FieldForm {
  return PAYLOAD_FIELDS[name];
}
