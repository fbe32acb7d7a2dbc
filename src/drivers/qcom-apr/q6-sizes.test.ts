// The sizes of what is sent are those of Linux's structures, as they were recorded.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Got } from '../../../test/apr-fake-dsp.js';
import { q6Rig } from '../../../test/q6-rig.js';
import { APR_HDR_SIZE, GPR_HDR_SIZE } from './constants.js';
import { aprPacket } from './packet.js';
import { openCapture, openPlayback } from './pcm.js';
import { afeConfig } from './q6afe-config.js';
import { type AfePort, afePort } from './q6afe-ports.js';

const GOLDEN = new URL('../../../test/golden/apr-services.json', import.meta.url);
const { sizes } = JSON.parse(readFileSync(GOLDEN, 'utf8')) as { readonly sizes: Readonly<Record<string, number>> };
const STEREO = { rate: 48_000, channels: 2, bits: 16 };

/** Bytes of a port's configuration, without the zeros of the union. */
function config(port: string, nth = 0): number {
  const params = afeConfig(afePort(port) as AfePort, STEREO, {});
  return typeof params === 'string' ? 0 : (params[nth]?.data.length ?? 0);
}

test('every structure has its size', async () => {
  const { bench, dsp, run, services } = await q6Rig();
  dsp.got.length = 0;
  const { afe } = services;
  await run(
    (async () => {
      const playback = await openPlayback(bench.core, STEREO);
      await playback.write(new Uint8Array(4));
      await playback.drain();
      await playback.close();
      const capture = await openCapture(bench.core, STEREO);
      await capture.read();
      await capture.close();
      await afe.vote(3, 'LPASS_HW_MACRO');
      await afe.setOldClock(afe.port(20), { kind: 'lpaif', hz1: 1, hz2: 1, source: 0, mode: 1 });
      await afe.setOldClock(afe.port(20), { kind: 'digital', hz: 1 });
    })(),
  );
  const all = (opcode: number): readonly Got[] => dsp.got.filter((got) => got.opcode === opcode);
  const bytes = (opcode: number, nth = 0): number => all(opcode)[nth]?.payload.byteLength ?? 0;
  const half = (opcode: number, at: number): number => all(opcode)[0]?.payload.getUint16(at, true) ?? 0;
  const param = half(0x100ef, 24); // the size of the parameter itself
  const block = half(0x100ef, 2);
  const routes = half(0x10325, 10);
  const regions = half(0x10d92, 2);
  const is: Readonly<Record<string, number>> = {
    apr_hdr: APR_HDR_SIZE,
    apr_pkt: aprPacket({ opcode: 0 }).bytes.length,
    gpr_hdr: GPR_HDR_SIZE,
    afe_port_config: param,
    afe_param_id_hdmi_multi_chan_audio_cfg: config('HDMI_RX'),
    afe_param_id_slimbus_cfg: config('SLIMBUS_0_RX'),
    afe_param_id_i2s_cfg: config('PRIMARY_MI2S_RX'),
    afe_param_id_tdm_cfg: config('PRIMARY_TDM_RX_0'),
    afe_param_id_cdc_dma_cfg: config('VA_CODEC_DMA_TX_0'),
    afe_clk_set: bytes(0x100f3) - 16 - 12,
    afe_clk_cfg: bytes(0x100ef, 2) - 16 - 12,
    afe_digital_clk_cfg: bytes(0x100ef, 3) - 16 - 12,
    afe_param_id_slot_mapping_cfg: config('PRIMARY_TDM_RX_0', 1),
    afe_port_param_data_v2: block - param,
    afe_port_cmd_set_param_v2: bytes(0x100ef) - block,
    afe_svc_cmd_set_param: bytes(0x100f3) - half(0x100f3, 0),
    afe_cmd_remote_lpass_core_hw_vote_request: bytes(0x100f4),
    q6adm_cmd_device_open_v5: bytes(0x10326),
    q6adm_cmd_matrix_map_routings_v5: bytes(0x10325) - 4 - 4 * routes,
    q6adm_session_map_node_v5: bytes(0x10325) - 8 - 4 * routes,
    asm_stream_cmd_open_write_v3: bytes(0x10db3),
    asm_stream_cmd_open_read_v3: bytes(0x10db4),
    asm_multi_channel_pcm_fmt_blk_v2: bytes(0x10d98),
    asm_multi_channel_pcm_enc_cfg_v2: bytes(0x10c10),
    asm_session_cmd_run_v2: bytes(0x10daa),
    asm_data_cmd_write_v2: bytes(0x10dab),
    asm_data_cmd_read_v2: bytes(0x10dac),
    avs_cmd_shared_mem_map_regions: bytes(0x10d92) - 12 * regions,
    avs_shared_map_region_payload: bytes(0x10d92) - 8,
    ...(await blocks()),
  };
  expect(is).toEqual(sizes);
});

/** Compressed formats: the only size that is taken, the word of the size included. */
async function blocks(): Promise<Readonly<Record<string, number>>> {
  const { services, run } = await q6Rig();
  const client = services.asm.alloc('playback');
  await run(client.openWrite(16));
  const names = { flac: 'FLAC', wmastdv9: 'WMA9', wmaprov10: 'WMA10', alac: 'ALAC', ape: 'APE' } as const;
  const found: Record<string, number> = {};
  for (const [name, format] of Object.entries(names))
    for (let size = 0; size <= 64; size++)
      if ((await run(client.compressedFormat(format, new Uint8Array(size)))) === undefined)
        found[`asm_${name}_fmt_blk_v2`] = size + 4;
  return found;
}
