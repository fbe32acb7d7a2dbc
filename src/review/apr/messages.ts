// Table of the messages of APR and GPR: names as Linux has them, what the token carries, and the payload (facts: APR,
// chapters 4 and 5; payloads of GPR as Linux 6.12's audioreach.h has them).
import { type Layout, layout } from './layout.js';

/** What a message is for. */
export type MessageKind = 'command' | 'answer' | 'event';

/** What the token of a message means. */
export type TokenKind =
  | 'session'
  | 'session-path'
  | 'buffer'
  | 'buffer-bytes'
  | 'port-index'
  | 'port-copp'
  | 'vote-block';

/** One message. */
export interface Message {
  readonly name: string;
  readonly kind: MessageKind;
  /** Payload; left out where it has another structure each time. */
  readonly layout?: Layout;
  readonly token?: TokenKind;
  /** Source and destination port are a session and a stream. */
  readonly stream?: true;
  /** The message that answers a command in place of the basic response; zero: nobody waits for one. */
  readonly answer?: number;
}

const command = (name: string, payload?: Layout, more: Partial<Message> = {}): Message => ({
  name,
  kind: 'command',
  ...(payload === undefined ? {} : { layout: payload }),
  ...more,
});
const answer = (name: string, payload: Layout, more: Partial<Message> = {}): Message => ({
  name,
  kind: 'answer',
  layout: payload,
  ...more,
});
const event = (name: string, payload: Layout, more: Partial<Message> = {}): Message => ({
  name,
  kind: 'event',
  layout: payload,
  ...more,
});

const NONE = layout();
const RESULT = layout('u32 command', 'u32 status');
const ACCEPTED = layout('u32 command');
const REGION = layout('u64 address', 'u32 region_bytes');
const REGIONS = layout('u16 pool', 'u16 region_count', 'u32 property_flags', ['region_count', REGION]);
const HANDLE = layout('u32 map_handle');
const PORT = layout('u16 port', 'skip 2');
const STREAM = { token: 'session', stream: true } as const;
const MEMORY = { token: 'session-path' } as const;
const ROUTE = layout('u16 session', 'u16 copp_count', 'u16[copp_count] copp_ids');

const GENERIC: Readonly<Record<number, Message>> = {
  0x1_10e8: answer('APR_BASIC_RSP_RESULT', RESULT),
  0x1_00be: answer('APR_RSP_ACCEPTED', ACCEPTED),
  0x1_30d7: event('RESET_EVENTS', NONE),
};

const CORE: Readonly<Record<number, Message>> = {
  0x1_290c: command('AVCS_CMD_ADSP_EVENT_GET_STATE', NONE, { answer: 0x1_290d }),
  0x1_290d: answer('AVCS_CMDRSP_ADSP_EVENT_GET_STATE', layout('u32 state')),
  0x1_2905: command('AVCS_GET_VERSIONS', NONE, { answer: 0x1_2906 }),
  0x1_2906: answer(
    'AVCS_GET_VERSIONS_RSP',
    layout('u32 build_id', 'u32 service_count', ['service_count', layout('u32 service', 'u32 service_version')]),
  ),
  0x1_292c: command('AVCS_CMD_GET_FWK_VERSION', NONE, { answer: 0x1_292d }),
  0x1_292d: answer(
    'AVCS_CMDRSP_GET_FWK_VERSION',
    layout('u32 major', 'u32 minor', 'u32 branch', 'u32 subbranch', 'u32 service_count', [
      'service_count',
      layout('u32 service', 'u32 api_version', 'u32 branch'),
    ]),
  ),
};

const AFE: Readonly<Record<number, Message>> = {
  0x1_00e5: command('AFE_PORT_CMD_DEVICE_START', PORT, { token: 'port-index' }),
  0x1_00e6: command('AFE_PORT_CMD_DEVICE_STOP', PORT, { token: 'port-index' }),
  0x1_00ef: command(
    'AFE_PORT_CMD_SET_PARAM_V2',
    layout('u16 port', 'u16 param_bytes', 'u64 param_address', 'u32 param_map_handle', 'param'),
    { token: 'port-index' },
  ),
  0x1_00f3: command(
    'AFE_SVC_CMD_SET_PARAM',
    layout('u32 param_bytes', 'u64 param_address', 'u32 param_map_handle', 'param'),
    { token: 'port-index' },
  ),
  0x1_00f4: command('AFE_CMD_REMOTE_LPASS_CORE_HW_VOTE_REQUEST', layout('u32 vote_block', 'char[8] vote_name'), {
    token: 'vote-block',
    answer: 0x1_00f5,
  }),
  0x1_00f5: answer('AFE_CMD_RSP_REMOTE_LPASS_CORE_HW_VOTE_REQUEST', layout('u32 client_handle'), {
    token: 'vote-block',
  }),
  0x1_00f6: command('AFE_CMD_REMOTE_LPASS_CORE_HW_DEVOTE_REQUEST', layout('u32 vote_block', 'u32 client_handle'), {
    token: 'vote-block',
    answer: 0,
  }),
};

const ADM: Readonly<Record<number, Message>> = {
  0x1_0325: command(
    'ADM_CMD_MATRIX_MAP_ROUTINGS_V5',
    layout('u32 matrix', 'u32 session_count', ['session_count', ROUTE]),
  ),
  0x1_0326: command(
    'ADM_CMD_DEVICE_OPEN_V5',
    layout(
      ...['u16 flags', 'u16 path', 'u16 port', 'skip 2', 'u32 topology'],
      ...['u16 channels', 'u16 bits', 'u32 rate', 'u8[8] channel_map'],
    ),
    { token: 'port-copp', answer: 0x1_0329 },
  ),
  0x1_0327: command('ADM_CMD_DEVICE_CLOSE_V5', NONE, { token: 'port-copp' }),
  0x1_0329: answer('ADM_CMDRSP_DEVICE_OPEN_V5', layout('u32 status', 'u16 copp', 'skip 2'), { token: 'port-copp' }),
};

const ASM: Readonly<Record<number, Message>> = {
  0x1_0bcd: command('ASM_STREAM_CMD_CLOSE', NONE, STREAM),
  0x1_0bce: command('ASM_STREAM_CMD_FLUSH', NONE, STREAM),
  0x1_0bd3: command('ASM_SESSION_CMD_PAUSE', NONE, STREAM),
  0x1_0bdb: command('ASM_DATA_CMD_EOS', NONE, { ...STREAM, answer: 0x1_0c1c }),
  0x1_0c09: command('ASM_STREAM_CMD_FLUSH_READBUFS', NONE, STREAM),
  0x1_0c10: command(
    'ASM_STREAM_CMD_SET_ENCDEC_PARAM',
    layout('u32 encdec_param', 'u32 encdec_bytes', 'u32 frames', 'u32 block_size', 'format'),
    STREAM,
  ),
  0x1_0c1c: event('ASM_DATA_EVENT_RENDERED_EOS', NONE, STREAM),
  0x1_0d67: command('ASM_DATA_CMD_REMOVE_INITIAL_SILENCE', layout('u32 samples'), { ...STREAM, answer: 0 }),
  0x1_0d68: command('ASM_DATA_CMD_REMOVE_TRAILING_SILENCE', layout('u32 samples'), { ...STREAM, answer: 0 }),
  0x1_0d92: command('ASM_CMD_SHARED_MEM_MAP_REGIONS', REGIONS, { ...MEMORY, answer: 0x1_0d93 }),
  0x1_0d93: answer('ASM_CMDRSP_SHARED_MEM_MAP_REGIONS', HANDLE, MEMORY),
  0x1_0d94: command('ASM_CMD_SHARED_MEM_UNMAP_REGIONS', HANDLE, MEMORY),
  0x1_0d98: command('ASM_DATA_CMD_MEDIA_FMT_UPDATE_V2', layout('u32 block_size', 'format'), STREAM),
  0x1_0d99: event('ASM_DATA_EVENT_WRITE_DONE_V2', layout('u64 address', 'u32 map_handle', 'u32 status'), {
    token: 'buffer-bytes',
    stream: true,
  }),
  0x1_0d9a: event(
    'ASM_DATA_EVENT_READ_DONE_V2',
    layout(
      ...['u32 status', 'u64 address', 'u32 map_handle', 'u32 buffer_bytes', 'u32 offset', 'u64 time'],
      ...['u32 buffer_flags', 'u32 frames', 'u32 buffer_index'],
    ),
    { token: 'buffer', stream: true },
  ),
  0x1_0daa: command('ASM_SESSION_CMD_RUN_V2', layout('u32 flags', 'u64 time'), STREAM),
  0x1_0dab: command(
    'ASM_DATA_CMD_WRITE_V2',
    layout(
      ...['u64 address', 'u32 map_handle', 'u32 buffer_bytes', 'u32 buffer_index', 'u64 time', 'u32 buffer_flags'],
    ),
    { token: 'buffer-bytes', stream: true, answer: 0x1_0d99 },
  ),
  0x1_0dac: command(
    'ASM_DATA_CMD_READ_V2',
    layout('u64 address', 'u32 map_handle', 'u32 buffer_bytes', 'u32 buffer_index'),
    { token: 'buffer', stream: true, answer: 0x1_0d9a },
  ),
  0x1_0db3: command(
    'ASM_STREAM_CMD_OPEN_WRITE_V3',
    layout('u32 mode_flags', 'u16 endpoint', 'u16 bits', 'u32 topology', 'u32 format'),
    STREAM,
  ),
  0x1_0db4: command(
    'ASM_STREAM_CMD_OPEN_READ_V3',
    layout('u32 mode_flags', 'u32 endpoint', 'u32 topology', 'u32 format', 'u16 bits', 'skip 2'),
    STREAM,
  ),
  0x1_0dec: command('ASM_SESSION_CMD_SUSPEND', NONE, STREAM),
};

/** In front of the parameters of a command to APM. */
const APM_HEAD = layout('u64 param_address', 'u32 param_map_handle', 'u32 param_bytes');
const BUFFER = ['u64 address', 'u32 map_handle', 'u32 buffer_bytes'] as const;
const META = ['u64 md_address', 'u32 md_map_handle'] as const;

const GPR: Readonly<Record<number, Message>> = {
  0x0200_1005: answer('GPR_BASIC_RSP_RESULT', RESULT),
  0x0200_1006: event('GPR_EVT_ACCEPTED', ACCEPTED),
  0x0100_1000: command('APM_CMD_GRAPH_OPEN', APM_HEAD),
  0x0100_1001: command('APM_CMD_GRAPH_PREPARE', APM_HEAD),
  0x0100_1002: command('APM_CMD_GRAPH_START', APM_HEAD),
  0x0100_1003: command('APM_CMD_GRAPH_STOP', APM_HEAD),
  0x0100_1004: command('APM_CMD_GRAPH_CLOSE', APM_HEAD),
  0x0100_1005: command('APM_CMD_GRAPH_FLUSH', APM_HEAD),
  0x0100_1006: command('APM_CMD_SET_CFG', APM_HEAD),
  0x0100_100c: command('APM_CMD_SHARED_MEM_MAP_REGIONS', REGIONS, { answer: 0x0200_1001 }),
  0x0100_100d: command('APM_CMD_SHARED_MEM_UNMAP_REGIONS', HANDLE),
  0x0100_1013: command('APM_CMD_CLOSE_ALL', NONE),
  0x0100_1021: command('APM_CMD_GET_SPF_STATE', NONE, { answer: 0x0200_1007 }),
  0x0200_1001: answer('APM_CMD_RSP_SHARED_MEM_MAP_REGIONS', HANDLE),
  0x0200_1007: answer('APM_CMD_RSP_GET_SPF_STATE', layout('u32 state')),
  0x0400_1001: command('DATA_CMD_WR_SH_MEM_EP_MEDIA_FORMAT', undefined, { answer: 0 }),
  0x0400_1002: command('DATA_CMD_WR_SH_MEM_EP_EOS', layout('u32 eos_policy'), { answer: 0x0500_1001 }),
  0x0400_100a: command(
    'DATA_CMD_WR_SH_MEM_EP_DATA_BUFFER_V2',
    layout(...BUFFER, 'u64 time', 'u32 buffer_flags', ...META, 'u32 md_bytes'),
    { answer: 0x0500_1004 },
  ),
  0x0400_100b: command('DATA_CMD_RD_SH_MEM_EP_DATA_BUFFER_V2', layout(...BUFFER, ...META, 'u32 md_bytes'), {
    answer: 0x0500_1005,
  }),
  0x0500_1001: event('DATA_CMD_WR_SH_MEM_EP_EOS_RENDERED', layout('u32 instance', 'u32 status')),
  0x0500_1004: event(
    'DATA_CMD_RSP_WR_SH_MEM_EP_DATA_BUFFER_DONE_V2',
    layout('u64 address', 'u32 map_handle', 'u32 status', ...META, 'u32 md_status'),
  ),
  0x0500_1005: event(
    'DATA_CMD_RSP_RD_SH_MEM_EP_DATA_BUFFER_V2',
    layout(
      ...['u32 status', ...BUFFER, 'u32 offset', 'u64 time', 'u32 buffer_flags', 'u32 frames', 'u32 md_status'],
      ...[...META, 'u32 md_bytes'],
    ),
  ),
};

/** Every message that has a name, by opcode; no two services share one. */
export const MESSAGES: ReadonlyMap<number, Message> = new Map(
  [GENERIC, CORE, AFE, ADM, ASM, GPR].flatMap((table) =>
    Object.entries(table).map(([opcode, message]): [number, Message] => [Number(opcode), message]),
  ),
);

const I2S = layout(
  ...['u32 config_version', 'u16 bits', 'u16 channel_mode', 'u16 sound', 'u16 ws_source'],
  ...['u32 rate', 'u16 data_format', 'skip 2'],
);
const SLIMBUS = layout(
  ...['u32 config_version', 'u16 device_id', 'u16 bits', 'u16 data_format', 'u16 channels'],
  ...['u8[8] slot_map', 'u32 rate'],
);
const TDM = layout(
  ...['u32 config_version', 'u32 channels', 'u32 rate', 'u32 bits', 'u16 data_format', 'u16 sync_mode'],
  ...['u16 sync_source', 'u16 slots', 'u16 ctrl_data_out', 'u16 invert_sync', 'u16 data_delay', 'u16 slot_width'],
  'u32 slot_mask',
);

/** Parameters of AFE, by module and parameter. */
export const PARAMS: Readonly<Record<number, Readonly<Record<number, Layout>>>> = {
  0x1_020c: {
    0x1_020d: I2S,
    0x1_0210: layout(
      ...['u32 config_version', 'u16 data_type', 'u16 channel_allocation', 'u32 rate', 'u16 bits', 'skip 2'],
    ),
    0x1_0212: SLIMBUS,
    0x1_0238: layout(
      ...['u32 config_version', 'u32 clock_value1', 'u32 clock_value2', 'u16 clock_source', 'u16 clock_root'],
      ...['u16 clock_mode', 'skip 2'],
    ),
    0x1_0239: layout('u32 config_version', 'u32 rate', 'u16 clock_root', 'skip 2'),
    0x1_029d: TDM,
    0x1_02b8: layout(
      'u32 config_version',
      'u32 rate',
      'u16 bits',
      'u16 data_format',
      'u16 channels',
      'u16 active_mask',
    ),
  },
  0x1_028a: {
    0x1_0297: layout('u32 config_version', 'u16 channels', 'u16 bits', 'u32 align', 'u16[8] slot_map'),
  },
  0x1_028f: {
    0x1_0290: layout('u32 config_version', 'u32 clock', 'u32 rate', 'u16 attribute', 'u16 clock_root', 'u32 enable'),
  },
};

/** The block of a PCM format, and the size by which it is told from those of compressed formats. */
export const PCM_BLOCK: Layout = layout(
  ...['u16 channels', 'u16 bits', 'u32 rate', 'u16 signed', 'skip 2', 'u8[8] channel_map'],
);
/** Bytes of it. */
export const PCM_BLOCK_BYTES = 20;

/** The head of a parameter block. */
export const PARAM_HEAD: Layout = layout('u32 module', 'u32 param', 'u16 param_size', 'skip 2');
