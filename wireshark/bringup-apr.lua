-- APR and GPR, the packets between Linux and the audio DSP of Qualcomm SoCs, for Wireshark and tshark:
--   tshark -X lua_script:bringup-apr.lua -r capture.pcapng
-- or copy it into the folder of personal Lua plugins (Help, About Wireshark, Folders). It takes captures of the link
-- type USER0, as bringup writes them. Tables made by npm run wireshark from those of bringup apr decode; docs/apr.md.
-- SPDX-License-Identifier: GPL-2.0-only

local NAMES = {
  message_type = {
    [0x0] = "EVENT",
    [0x1] = "CMD_RSP",
    [0x2] = "SEQ_CMD",
    [0x3] = "NSEQ_CMD",
  },
  domain = {
    [0x1] = "SIM",
    [0x2] = "PC",
    [0x3] = "MODEM",
    [0x4] = "ADSP",
    [0x5] = "APPS",
  },
  gpr_domain = {
    [0x1] = "MODEM",
    [0x2] = "ADSP",
    [0x3] = "APPS",
  },
  service = {
    [0x2] = "TEST_CLIENT",
    [0x3] = "CORE",
    [0x4] = "AFE",
    [0x5] = "VSM",
    [0x6] = "VPM",
    [0x7] = "ASM",
    [0x8] = "ADM",
    [0x9] = "MVM",
    [0xa] = "CVS",
    [0xb] = "CVP",
    [0xc] = "USM",
    [0xd] = "LSM",
    [0x16] = "VIDC",
  },
  modem_service = {
    [0x3] = "MVS",
    [0x4] = "MVM",
    [0x5] = "CVS",
    [0x6] = "CVP",
    [0x7] = "SRD",
  },
  gpr_port = {
    [0x1] = "APM",
    [0x2] = "PRM",
    [0x3] = "AMDB",
    [0x4] = "VCPM",
  },
  status = {
    [0x0] = "OK",
    [0x1] = "EFAILED",
    [0x2] = "EBADPARAM",
    [0x3] = "EUNSUPPORTED",
    [0x4] = "EVERSION",
    [0x5] = "EUNEXPECTED",
    [0x6] = "EPANIC",
    [0x7] = "ENORESOURCE",
    [0x8] = "EHANDLE",
    [0x9] = "EALREADY",
    [0xa] = "ENOTREADY",
    [0xb] = "EPENDING",
    [0xc] = "EBUSY",
    [0xd] = "EABORTED",
    [0xe] = "EPREEMPTED",
    [0xf] = "ECONTINUE",
    [0x10] = "EIMMEDIATE",
    [0x11] = "ENOTIMPL",
    [0x12] = "ENEEDMORE",
    [0x14] = "ENOMEMORY",
    [0x15] = "ENOTEXIST",
  },
  port = {
    [0x1000] = "PRIMARY_MI2S_RX",
    [0x1001] = "PRIMARY_MI2S_TX",
    [0x1002] = "SECONDARY_MI2S_RX",
    [0x1003] = "SECONDARY_MI2S_TX",
    [0x1004] = "TERTIARY_MI2S_RX",
    [0x1005] = "TERTIARY_MI2S_TX",
    [0x1006] = "QUATERNARY_MI2S_RX",
    [0x1007] = "QUATERNARY_MI2S_TX",
    [0x100e] = "HDMI_RX",
    [0x1016] = "QUINARY_MI2S_RX",
    [0x1017] = "QUINARY_MI2S_TX",
    [0x4000] = "SLIMBUS_0_RX",
    [0x4001] = "SLIMBUS_0_TX",
    [0x4002] = "SLIMBUS_1_RX",
    [0x4003] = "SLIMBUS_1_TX",
    [0x4004] = "SLIMBUS_2_RX",
    [0x4005] = "SLIMBUS_2_TX",
    [0x4006] = "SLIMBUS_3_RX",
    [0x4007] = "SLIMBUS_3_TX",
    [0x4008] = "SLIMBUS_4_RX",
    [0x4009] = "SLIMBUS_4_TX",
    [0x400a] = "SLIMBUS_5_RX",
    [0x400b] = "SLIMBUS_5_TX",
    [0x400c] = "SLIMBUS_6_RX",
    [0x400d] = "SLIMBUS_6_TX",
    [0x6020] = "DISPLAY_PORT_RX",
    [0x9000] = "PRIMARY_TDM_RX_0",
    [0x9001] = "PRIMARY_TDM_TX_0",
    [0x9002] = "PRIMARY_TDM_RX_1",
    [0x9003] = "PRIMARY_TDM_TX_1",
    [0x9004] = "PRIMARY_TDM_RX_2",
    [0x9005] = "PRIMARY_TDM_TX_2",
    [0x9006] = "PRIMARY_TDM_RX_3",
    [0x9007] = "PRIMARY_TDM_TX_3",
    [0x9008] = "PRIMARY_TDM_RX_4",
    [0x9009] = "PRIMARY_TDM_TX_4",
    [0x900a] = "PRIMARY_TDM_RX_5",
    [0x900b] = "PRIMARY_TDM_TX_5",
    [0x900c] = "PRIMARY_TDM_RX_6",
    [0x900d] = "PRIMARY_TDM_TX_6",
    [0x900e] = "PRIMARY_TDM_RX_7",
    [0x900f] = "PRIMARY_TDM_TX_7",
    [0x9010] = "SECONDARY_TDM_RX_0",
    [0x9011] = "SECONDARY_TDM_TX_0",
    [0x9012] = "SECONDARY_TDM_RX_1",
    [0x9013] = "SECONDARY_TDM_TX_1",
    [0x9014] = "SECONDARY_TDM_RX_2",
    [0x9015] = "SECONDARY_TDM_TX_2",
    [0x9016] = "SECONDARY_TDM_RX_3",
    [0x9017] = "SECONDARY_TDM_TX_3",
    [0x9018] = "SECONDARY_TDM_RX_4",
    [0x9019] = "SECONDARY_TDM_TX_4",
    [0x901a] = "SECONDARY_TDM_RX_5",
    [0x901b] = "SECONDARY_TDM_TX_5",
    [0x901c] = "SECONDARY_TDM_RX_6",
    [0x901d] = "SECONDARY_TDM_TX_6",
    [0x901e] = "SECONDARY_TDM_RX_7",
    [0x901f] = "SECONDARY_TDM_TX_7",
    [0x9020] = "TERTIARY_TDM_RX_0",
    [0x9021] = "TERTIARY_TDM_TX_0",
    [0x9022] = "TERTIARY_TDM_RX_1",
    [0x9023] = "TERTIARY_TDM_TX_1",
    [0x9024] = "TERTIARY_TDM_RX_2",
    [0x9025] = "TERTIARY_TDM_TX_2",
    [0x9026] = "TERTIARY_TDM_RX_3",
    [0x9027] = "TERTIARY_TDM_TX_3",
    [0x9028] = "TERTIARY_TDM_RX_4",
    [0x9029] = "TERTIARY_TDM_TX_4",
    [0x902a] = "TERTIARY_TDM_RX_5",
    [0x902b] = "TERTIARY_TDM_TX_5",
    [0x902c] = "TERTIARY_TDM_RX_6",
    [0x902d] = "TERTIARY_TDM_TX_6",
    [0x902e] = "TERTIARY_TDM_RX_7",
    [0x902f] = "TERTIARY_TDM_TX_7",
    [0x9030] = "QUATERNARY_TDM_RX_0",
    [0x9031] = "QUATERNARY_TDM_TX_0",
    [0x9032] = "QUATERNARY_TDM_RX_1",
    [0x9033] = "QUATERNARY_TDM_TX_1",
    [0x9034] = "QUATERNARY_TDM_RX_2",
    [0x9035] = "QUATERNARY_TDM_TX_2",
    [0x9036] = "QUATERNARY_TDM_RX_3",
    [0x9037] = "QUATERNARY_TDM_TX_3",
    [0x9038] = "QUATERNARY_TDM_RX_4",
    [0x9039] = "QUATERNARY_TDM_TX_4",
    [0x903a] = "QUATERNARY_TDM_RX_5",
    [0x903b] = "QUATERNARY_TDM_TX_5",
    [0x903c] = "QUATERNARY_TDM_RX_6",
    [0x903d] = "QUATERNARY_TDM_TX_6",
    [0x903e] = "QUATERNARY_TDM_RX_7",
    [0x903f] = "QUATERNARY_TDM_TX_7",
    [0x9040] = "QUINARY_TDM_RX_0",
    [0x9041] = "QUINARY_TDM_TX_0",
    [0x9042] = "QUINARY_TDM_RX_1",
    [0x9043] = "QUINARY_TDM_TX_1",
    [0x9044] = "QUINARY_TDM_RX_2",
    [0x9045] = "QUINARY_TDM_TX_2",
    [0x9046] = "QUINARY_TDM_RX_3",
    [0x9047] = "QUINARY_TDM_TX_3",
    [0x9048] = "QUINARY_TDM_RX_4",
    [0x9049] = "QUINARY_TDM_TX_4",
    [0x904a] = "QUINARY_TDM_RX_5",
    [0x904b] = "QUINARY_TDM_TX_5",
    [0x904c] = "QUINARY_TDM_RX_6",
    [0x904d] = "QUINARY_TDM_TX_6",
    [0x904e] = "QUINARY_TDM_RX_7",
    [0x904f] = "QUINARY_TDM_TX_7",
    [0xb000] = "WSA_CODEC_DMA_RX_0",
    [0xb001] = "WSA_CODEC_DMA_TX_0",
    [0xb002] = "WSA_CODEC_DMA_RX_1",
    [0xb003] = "WSA_CODEC_DMA_TX_1",
    [0xb005] = "WSA_CODEC_DMA_TX_2",
    [0xb021] = "VA_CODEC_DMA_TX_0",
    [0xb023] = "VA_CODEC_DMA_TX_1",
    [0xb025] = "VA_CODEC_DMA_TX_2",
    [0xb030] = "RX_CODEC_DMA_RX_0",
    [0xb031] = "TX_CODEC_DMA_TX_0",
    [0xb032] = "RX_CODEC_DMA_RX_1",
    [0xb033] = "TX_CODEC_DMA_TX_1",
    [0xb034] = "RX_CODEC_DMA_RX_2",
    [0xb035] = "TX_CODEC_DMA_TX_2",
    [0xb036] = "RX_CODEC_DMA_RX_3",
    [0xb037] = "TX_CODEC_DMA_TX_3",
    [0xb038] = "RX_CODEC_DMA_RX_4",
    [0xb039] = "TX_CODEC_DMA_TX_4",
    [0xb03a] = "RX_CODEC_DMA_RX_5",
    [0xb03b] = "TX_CODEC_DMA_TX_5",
    [0xb03c] = "RX_CODEC_DMA_RX_6",
    [0xb03e] = "RX_CODEC_DMA_RX_7",
  },
  port_index = {
    [0x1] = "HDMI_RX",
    [0x2] = "SLIMBUS_0_RX",
    [0x3] = "SLIMBUS_0_TX",
    [0x4] = "SLIMBUS_1_RX",
    [0x5] = "SLIMBUS_1_TX",
    [0x6] = "SLIMBUS_2_RX",
    [0x7] = "SLIMBUS_2_TX",
    [0x8] = "SLIMBUS_3_RX",
    [0x9] = "SLIMBUS_3_TX",
    [0xa] = "SLIMBUS_4_RX",
    [0xb] = "SLIMBUS_4_TX",
    [0xc] = "SLIMBUS_5_RX",
    [0xd] = "SLIMBUS_5_TX",
    [0xe] = "SLIMBUS_6_RX",
    [0xf] = "SLIMBUS_6_TX",
    [0x10] = "PRIMARY_MI2S_RX",
    [0x11] = "PRIMARY_MI2S_TX",
    [0x12] = "SECONDARY_MI2S_RX",
    [0x13] = "SECONDARY_MI2S_TX",
    [0x14] = "TERTIARY_MI2S_RX",
    [0x15] = "TERTIARY_MI2S_TX",
    [0x16] = "QUATERNARY_MI2S_RX",
    [0x17] = "QUATERNARY_MI2S_TX",
    [0x18] = "PRIMARY_TDM_RX_0",
    [0x19] = "PRIMARY_TDM_TX_0",
    [0x1a] = "PRIMARY_TDM_RX_1",
    [0x1b] = "PRIMARY_TDM_TX_1",
    [0x1c] = "PRIMARY_TDM_RX_2",
    [0x1d] = "PRIMARY_TDM_TX_2",
    [0x1e] = "PRIMARY_TDM_RX_3",
    [0x1f] = "PRIMARY_TDM_TX_3",
    [0x20] = "PRIMARY_TDM_RX_4",
    [0x21] = "PRIMARY_TDM_TX_4",
    [0x22] = "PRIMARY_TDM_RX_5",
    [0x23] = "PRIMARY_TDM_TX_5",
    [0x24] = "PRIMARY_TDM_RX_6",
    [0x25] = "PRIMARY_TDM_TX_6",
    [0x26] = "PRIMARY_TDM_RX_7",
    [0x27] = "PRIMARY_TDM_TX_7",
    [0x28] = "SECONDARY_TDM_RX_0",
    [0x29] = "SECONDARY_TDM_TX_0",
    [0x2a] = "SECONDARY_TDM_RX_1",
    [0x2b] = "SECONDARY_TDM_TX_1",
    [0x2c] = "SECONDARY_TDM_RX_2",
    [0x2d] = "SECONDARY_TDM_TX_2",
    [0x2e] = "SECONDARY_TDM_RX_3",
    [0x2f] = "SECONDARY_TDM_TX_3",
    [0x30] = "SECONDARY_TDM_RX_4",
    [0x31] = "SECONDARY_TDM_TX_4",
    [0x32] = "SECONDARY_TDM_RX_5",
    [0x33] = "SECONDARY_TDM_TX_5",
    [0x34] = "SECONDARY_TDM_RX_6",
    [0x35] = "SECONDARY_TDM_TX_6",
    [0x36] = "SECONDARY_TDM_RX_7",
    [0x37] = "SECONDARY_TDM_TX_7",
    [0x38] = "TERTIARY_TDM_RX_0",
    [0x39] = "TERTIARY_TDM_TX_0",
    [0x3a] = "TERTIARY_TDM_RX_1",
    [0x3b] = "TERTIARY_TDM_TX_1",
    [0x3c] = "TERTIARY_TDM_RX_2",
    [0x3d] = "TERTIARY_TDM_TX_2",
    [0x3e] = "TERTIARY_TDM_RX_3",
    [0x3f] = "TERTIARY_TDM_TX_3",
    [0x40] = "TERTIARY_TDM_RX_4",
    [0x41] = "TERTIARY_TDM_TX_4",
    [0x42] = "TERTIARY_TDM_RX_5",
    [0x43] = "TERTIARY_TDM_TX_5",
    [0x44] = "TERTIARY_TDM_RX_6",
    [0x45] = "TERTIARY_TDM_TX_6",
    [0x46] = "TERTIARY_TDM_RX_7",
    [0x47] = "TERTIARY_TDM_TX_7",
    [0x48] = "QUATERNARY_TDM_RX_0",
    [0x49] = "QUATERNARY_TDM_TX_0",
    [0x4a] = "QUATERNARY_TDM_RX_1",
    [0x4b] = "QUATERNARY_TDM_TX_1",
    [0x4c] = "QUATERNARY_TDM_RX_2",
    [0x4d] = "QUATERNARY_TDM_TX_2",
    [0x4e] = "QUATERNARY_TDM_RX_3",
    [0x4f] = "QUATERNARY_TDM_TX_3",
    [0x50] = "QUATERNARY_TDM_RX_4",
    [0x51] = "QUATERNARY_TDM_TX_4",
    [0x52] = "QUATERNARY_TDM_RX_5",
    [0x53] = "QUATERNARY_TDM_TX_5",
    [0x54] = "QUATERNARY_TDM_RX_6",
    [0x55] = "QUATERNARY_TDM_TX_6",
    [0x56] = "QUATERNARY_TDM_RX_7",
    [0x57] = "QUATERNARY_TDM_TX_7",
    [0x58] = "QUINARY_TDM_RX_0",
    [0x59] = "QUINARY_TDM_TX_0",
    [0x5a] = "QUINARY_TDM_RX_1",
    [0x5b] = "QUINARY_TDM_TX_1",
    [0x5c] = "QUINARY_TDM_RX_2",
    [0x5d] = "QUINARY_TDM_TX_2",
    [0x5e] = "QUINARY_TDM_RX_3",
    [0x5f] = "QUINARY_TDM_TX_3",
    [0x60] = "QUINARY_TDM_RX_4",
    [0x61] = "QUINARY_TDM_TX_4",
    [0x62] = "QUINARY_TDM_RX_5",
    [0x63] = "QUINARY_TDM_TX_5",
    [0x64] = "QUINARY_TDM_RX_6",
    [0x65] = "QUINARY_TDM_TX_6",
    [0x66] = "QUINARY_TDM_RX_7",
    [0x67] = "QUINARY_TDM_TX_7",
    [0x68] = "DISPLAY_PORT_RX",
    [0x69] = "WSA_CODEC_DMA_RX_0",
    [0x6a] = "WSA_CODEC_DMA_TX_0",
    [0x6b] = "WSA_CODEC_DMA_RX_1",
    [0x6c] = "WSA_CODEC_DMA_TX_1",
    [0x6d] = "WSA_CODEC_DMA_TX_2",
    [0x6e] = "VA_CODEC_DMA_TX_0",
    [0x6f] = "VA_CODEC_DMA_TX_1",
    [0x70] = "VA_CODEC_DMA_TX_2",
    [0x71] = "RX_CODEC_DMA_RX_0",
    [0x72] = "TX_CODEC_DMA_TX_0",
    [0x73] = "RX_CODEC_DMA_RX_1",
    [0x74] = "TX_CODEC_DMA_TX_1",
    [0x75] = "RX_CODEC_DMA_RX_2",
    [0x76] = "TX_CODEC_DMA_TX_2",
    [0x77] = "RX_CODEC_DMA_RX_3",
    [0x78] = "TX_CODEC_DMA_TX_3",
    [0x79] = "RX_CODEC_DMA_RX_4",
    [0x7a] = "TX_CODEC_DMA_TX_4",
    [0x7b] = "RX_CODEC_DMA_RX_5",
    [0x7c] = "TX_CODEC_DMA_TX_5",
    [0x7d] = "RX_CODEC_DMA_RX_6",
    [0x7e] = "RX_CODEC_DMA_RX_7",
    [0x7f] = "QUINARY_MI2S_RX",
    [0x80] = "QUINARY_MI2S_TX",
  },
  clock = {
    [0x100] = "PRI_MI2S_IBIT",
    [0x101] = "PRI_MI2S_EBIT",
    [0x102] = "SEC_MI2S_IBIT",
    [0x103] = "SEC_MI2S_EBIT",
    [0x104] = "TER_MI2S_IBIT",
    [0x105] = "TER_MI2S_EBIT",
    [0x106] = "QUAD_MI2S_IBIT",
    [0x107] = "QUAD_MI2S_EBIT",
    [0x108] = "SPEAKER_I2S_IBIT",
    [0x109] = "SPEAKER_I2S_EBIT",
    [0x10a] = "SPEAKER_I2S_OSR",
    [0x10b] = "QUI_MI2S_IBIT",
    [0x10c] = "QUI_MI2S_EBIT",
    [0x10d] = "SEN_MI2S_IBIT",
    [0x10e] = "SEN_MI2S_EBIT",
    [0x10f] = "INT0_MI2S_IBIT",
    [0x110] = "INT1_MI2S_IBIT",
    [0x111] = "INT2_MI2S_IBIT",
    [0x112] = "INT3_MI2S_IBIT",
    [0x113] = "INT4_MI2S_IBIT",
    [0x114] = "INT5_MI2S_IBIT",
    [0x115] = "INT6_MI2S_IBIT",
    [0x116] = "QUI_MI2S_OSR",
    [0x200] = "PRI_PCM_IBIT",
    [0x201] = "PRI_PCM_EBIT",
    [0x202] = "SEC_PCM_IBIT",
    [0x203] = "SEC_PCM_EBIT",
    [0x204] = "TER_PCM_IBIT",
    [0x205] = "TER_PCM_EBIT",
    [0x206] = "QUAD_PCM_IBIT",
    [0x207] = "QUAD_PCM_EBIT",
    [0x208] = "QUIN_PCM_IBIT",
    [0x209] = "QUIN_PCM_EBIT",
    [0x20a] = "QUI_PCM_OSR",
    [0x300] = "MCLK_1",
    [0x301] = "MCLK_2",
    [0x302] = "MCLK_3",
    [0x303] = "INTERNAL_DIGITAL_CODEC_CORE",
    [0x304] = "MCLK_4",
    [0x305] = "INT_MCLK_0",
    [0x306] = "INT_MCLK_1",
    [0x309] = "WSA_CORE_MCLK",
    [0x30a] = "WSA_CORE_NPL_MCLK",
    [0x30b] = "VA_CORE_MCLK",
    [0x30c] = "TX_CORE_MCLK",
    [0x30d] = "TX_CORE_NPL_MCLK",
    [0x30e] = "RX_CORE_MCLK",
    [0x30f] = "RX_CORE_NPL_MCLK",
    [0x310] = "VA_CORE_2X_MCLK",
  },
  vote_block = {
    [0x2] = "AVTIMER",
    [0x3] = "HW_MACRO",
    [0x4] = "HW_DCODEC",
  },
  module = {
    [0x1020c] = "AUDIO_DEV_INTERFACE",
    [0x1028a] = "TDM",
    [0x1028f] = "CLOCK_SET",
  },
  param = {
    [0x1020d] = "I2S_CONFIG",
    [0x10210] = "HDMI_CONFIG",
    [0x10212] = "SLIMBUS_CONFIG",
    [0x10238] = "LPAIF_CLK_CONFIG",
    [0x10239] = "INT_DIGITAL_CDC_CLK_CONFIG",
    [0x10290] = "CLOCK_SET",
    [0x10297] = "PORT_SLOT_MAPPING_CONFIG",
    [0x1029d] = "TDM_CONFIG",
    [0x102b8] = "CODEC_DMA_CONFIG",
  },
  encdec_param = {
    [0x10da3] = "ENCDEC_ENC_CFG_BLK_V2",
  },
  channel_mode = {
    [0x1] = "SD0",
    [0x2] = "SD1",
    [0x3] = "SD2",
    [0x4] = "SD3",
    [0x5] = "QUAD01",
    [0x6] = "QUAD23",
    [0x7] = "6CHS",
    [0x8] = "8CHS",
  },
  sound = {
    [0x0] = "mono",
    [0x1] = "stereo",
  },
  ws_source = {
    [0x0] = "external",
    [0x1] = "internal",
  },
  clock_attribute = {
    [0x1] = "NO_COUPLE",
  },
  switch = {
    [0x0] = "off",
    [0x1] = "on",
  },
  topology = {
    [0x10312] = "NULL_COPP",
    [0x10c68] = "NULL_POPP",
  },
  path = {
    [0x1] = "playback",
    [0x2] = "record",
  },
  matrix = {
    [0x0] = "playback",
    [0x1] = "record",
  },
  format = {
    [0x10be9] = "MP3",
    [0x10c16] = "FLAC",
    [0x10da5] = "PCM",
    [0x10da7] = "WMA10",
    [0x10da8] = "WMA9",
    [0x12f31] = "ALAC",
    [0x12f32] = "APE",
  },
  channel = {
    [0x1] = "FL",
    [0x2] = "FR",
    [0x3] = "FC",
    [0x4] = "LS",
    [0x5] = "RS",
    [0x6] = "LFE",
    [0x7] = "CS",
    [0x8] = "LB",
    [0x9] = "RB",
  },
  opcode = {
    [0x100be] = "APR_RSP_ACCEPTED",
    [0x100e5] = "AFE_PORT_CMD_DEVICE_START",
    [0x100e6] = "AFE_PORT_CMD_DEVICE_STOP",
    [0x100ef] = "AFE_PORT_CMD_SET_PARAM_V2",
    [0x100f3] = "AFE_SVC_CMD_SET_PARAM",
    [0x100f4] = "AFE_CMD_REMOTE_LPASS_CORE_HW_VOTE_REQUEST",
    [0x100f5] = "AFE_CMD_RSP_REMOTE_LPASS_CORE_HW_VOTE_REQUEST",
    [0x100f6] = "AFE_CMD_REMOTE_LPASS_CORE_HW_DEVOTE_REQUEST",
    [0x10325] = "ADM_CMD_MATRIX_MAP_ROUTINGS_V5",
    [0x10326] = "ADM_CMD_DEVICE_OPEN_V5",
    [0x10327] = "ADM_CMD_DEVICE_CLOSE_V5",
    [0x10329] = "ADM_CMDRSP_DEVICE_OPEN_V5",
    [0x10bcd] = "ASM_STREAM_CMD_CLOSE",
    [0x10bce] = "ASM_STREAM_CMD_FLUSH",
    [0x10bd3] = "ASM_SESSION_CMD_PAUSE",
    [0x10bdb] = "ASM_DATA_CMD_EOS",
    [0x10c09] = "ASM_STREAM_CMD_FLUSH_READBUFS",
    [0x10c10] = "ASM_STREAM_CMD_SET_ENCDEC_PARAM",
    [0x10c1c] = "ASM_DATA_EVENT_RENDERED_EOS",
    [0x10d67] = "ASM_DATA_CMD_REMOVE_INITIAL_SILENCE",
    [0x10d68] = "ASM_DATA_CMD_REMOVE_TRAILING_SILENCE",
    [0x10d92] = "ASM_CMD_SHARED_MEM_MAP_REGIONS",
    [0x10d93] = "ASM_CMDRSP_SHARED_MEM_MAP_REGIONS",
    [0x10d94] = "ASM_CMD_SHARED_MEM_UNMAP_REGIONS",
    [0x10d98] = "ASM_DATA_CMD_MEDIA_FMT_UPDATE_V2",
    [0x10d99] = "ASM_DATA_EVENT_WRITE_DONE_V2",
    [0x10d9a] = "ASM_DATA_EVENT_READ_DONE_V2",
    [0x10daa] = "ASM_SESSION_CMD_RUN_V2",
    [0x10dab] = "ASM_DATA_CMD_WRITE_V2",
    [0x10dac] = "ASM_DATA_CMD_READ_V2",
    [0x10db3] = "ASM_STREAM_CMD_OPEN_WRITE_V3",
    [0x10db4] = "ASM_STREAM_CMD_OPEN_READ_V3",
    [0x10dec] = "ASM_SESSION_CMD_SUSPEND",
    [0x110e8] = "APR_BASIC_RSP_RESULT",
    [0x12905] = "AVCS_GET_VERSIONS",
    [0x12906] = "AVCS_GET_VERSIONS_RSP",
    [0x1290c] = "AVCS_CMD_ADSP_EVENT_GET_STATE",
    [0x1290d] = "AVCS_CMDRSP_ADSP_EVENT_GET_STATE",
    [0x1292c] = "AVCS_CMD_GET_FWK_VERSION",
    [0x1292d] = "AVCS_CMDRSP_GET_FWK_VERSION",
    [0x130d7] = "RESET_EVENTS",
    [0x1001000] = "APM_CMD_GRAPH_OPEN",
    [0x1001001] = "APM_CMD_GRAPH_PREPARE",
    [0x1001002] = "APM_CMD_GRAPH_START",
    [0x1001003] = "APM_CMD_GRAPH_STOP",
    [0x1001004] = "APM_CMD_GRAPH_CLOSE",
    [0x1001005] = "APM_CMD_GRAPH_FLUSH",
    [0x1001006] = "APM_CMD_SET_CFG",
    [0x100100c] = "APM_CMD_SHARED_MEM_MAP_REGIONS",
    [0x100100d] = "APM_CMD_SHARED_MEM_UNMAP_REGIONS",
    [0x1001013] = "APM_CMD_CLOSE_ALL",
    [0x1001021] = "APM_CMD_GET_SPF_STATE",
    [0x2001001] = "APM_CMD_RSP_SHARED_MEM_MAP_REGIONS",
    [0x2001005] = "GPR_BASIC_RSP_RESULT",
    [0x2001006] = "GPR_EVT_ACCEPTED",
    [0x2001007] = "APM_CMD_RSP_GET_SPF_STATE",
    [0x4001001] = "DATA_CMD_WR_SH_MEM_EP_MEDIA_FORMAT",
    [0x4001002] = "DATA_CMD_WR_SH_MEM_EP_EOS",
    [0x400100a] = "DATA_CMD_WR_SH_MEM_EP_DATA_BUFFER_V2",
    [0x400100b] = "DATA_CMD_RD_SH_MEM_EP_DATA_BUFFER_V2",
    [0x5001001] = "DATA_CMD_WR_SH_MEM_EP_EOS_RENDERED",
    [0x5001004] = "DATA_CMD_RSP_WR_SH_MEM_EP_DATA_BUFFER_DONE_V2",
    [0x5001005] = "DATA_CMD_RSP_RD_SH_MEM_EP_DATA_BUFFER_V2",
  },
}

local STATUS_WORDS = {
  [0x0] = "done",
  [0x1] = "it failed; the DSP says no more",
  [0x2] = "a parameter is wrong: an identifier that the DSP does not know, or a value out of range",
  [0x3] = "the DSP does not have that command, or not with these values",
  [0x4] = "the version of the structure is wrong",
  [0x5] = "not in this state",
  [0x6] = "the DSP found itself in a state that cannot be",
  [0x7] = "no such part of the DSP is free",
  [0x8] = "the handle is not known: of memory that is not mapped, or of another session",
  [0x9] = "it is so already: open, started",
  [0xa] = "not ready",
  [0xb] = "taken, it is not done yet",
  [0xc] = "busy",
  [0xd] = "aborted",
  [0xe] = "given up for something else",
  [0xf] = "to be continued",
  [0x10] = "to be done at once",
  [0x11] = "not implemented",
  [0x12] = "it needs more data",
  [0x14] = "the DSP has no memory left",
  [0x15] = "it does not exist",
}

local FIELDS = {
  version = {},
  header_bytes = {},
  message_type = { names = "message_type" },
  packet_size = {},
  src_svc = { hex = true },
  src_domain = { names = "domain" },
  gpr_src_domain = { names = "gpr_domain" },
  src_port = { hex = true },
  dest_svc = { hex = true },
  dest_domain = { names = "domain" },
  gpr_dest_domain = { names = "gpr_domain" },
  dest_port = { hex = true },
  token = { hex = true },
  opcode = { hex = true, names = "opcode" },
  active_mask = { hex = true },
  address = { type = "wide", hex = true },
  align = {},
  api_version = { hex = true },
  attribute = { names = "clock_attribute" },
  bits = {},
  block_size = {},
  branch = {},
  buffer_bytes = {},
  buffer_flags = { hex = true },
  buffer_index = {},
  build_id = { hex = true },
  channel_allocation = { hex = true },
  channel_map = { names = "channel" },
  channel_mode = { names = "channel_mode" },
  channels = {},
  client_handle = { hex = true },
  clock = { hex = true, names = "clock" },
  clock_mode = {},
  clock_root = {},
  clock_source = {},
  clock_value1 = {},
  clock_value2 = {},
  command = { hex = true, names = "opcode" },
  config_version = {},
  copp = {},
  copp_count = {},
  copp_ids = {},
  ctrl_data_out = {},
  data_delay = {},
  data_format = {},
  data_type = {},
  device_id = { hex = true },
  enable = { names = "switch" },
  encdec_bytes = {},
  encdec_param = { hex = true, names = "encdec_param" },
  endpoint = {},
  eos_policy = {},
  flags = { hex = true },
  format = { hex = true, names = "format" },
  format_block = { type = "raw", hex = true },
  frames = {},
  instance = { hex = true },
  invert_sync = {},
  major = {},
  map_handle = { hex = true },
  matrix = { names = "matrix" },
  md_address = { type = "wide", hex = true },
  md_bytes = {},
  md_map_handle = { hex = true },
  md_status = { names = "status" },
  minor = {},
  mode_flags = { hex = true },
  module = { hex = true, names = "module" },
  offset = {},
  padding = { type = "raw" },
  param = { hex = true, names = "param" },
  param_address = { type = "wide", hex = true },
  param_bytes = {},
  param_data = { type = "raw", hex = true },
  param_map_handle = { hex = true },
  param_size = {},
  path = { names = "path" },
  payload = { type = "raw", hex = true },
  pool = {},
  port = { hex = true, names = "port" },
  property_flags = { hex = true },
  rate = {},
  region_bytes = {},
  region_count = {},
  reserved = { type = "raw", hex = true },
  rest = { type = "raw", hex = true },
  samples = {},
  service = { hex = true, names = "service" },
  service_count = {},
  service_version = { hex = true },
  session = {},
  session_count = {},
  signed = { names = "switch" },
  slot_map = {},
  slot_mask = { hex = true },
  slot_width = {},
  slots = {},
  sound = { names = "sound" },
  state = {},
  status = { hex = true, names = "status" },
  subbranch = {},
  sync_mode = {},
  sync_source = { names = "ws_source" },
  time = { type = "wide", hex = true },
  topology = { hex = true, names = "topology" },
  vote_block = { names = "vote_block" },
  vote_name = { type = "text" },
  ws_source = { names = "ws_source" },
}

local MESSAGES = {
  [0x100be] = { name = "APR_RSP_ACCEPTED", kind = "answer", layout = { { k = "n", f = "command", s = 4 } } },
  [0x100e5] = { name = "AFE_PORT_CMD_DEVICE_START", kind = "command", layout = { { k = "n", f = "port", s = 2 }, { k = "r", s = 2 } } },
  [0x100e6] = { name = "AFE_PORT_CMD_DEVICE_STOP", kind = "command", layout = { { k = "n", f = "port", s = 2 }, { k = "r", s = 2 } } },
  [0x100ef] = { name = "AFE_PORT_CMD_SET_PARAM_V2", kind = "command", layout = { { k = "n", f = "port", s = 2 }, { k = "n", f = "param_bytes", s = 2 }, { k = "w", f = "param_address" }, { k = "n", f = "param_map_handle", s = 4 }, { k = "p" } } },
  [0x100f3] = { name = "AFE_SVC_CMD_SET_PARAM", kind = "command", layout = { { k = "n", f = "param_bytes", s = 4 }, { k = "w", f = "param_address" }, { k = "n", f = "param_map_handle", s = 4 }, { k = "p" } } },
  [0x100f4] = { name = "AFE_CMD_REMOTE_LPASS_CORE_HW_VOTE_REQUEST", kind = "command", layout = { { k = "n", f = "vote_block", s = 4 }, { k = "t", f = "vote_name", s = 8 } } },
  [0x100f5] = { name = "AFE_CMD_RSP_REMOTE_LPASS_CORE_HW_VOTE_REQUEST", kind = "answer", layout = { { k = "n", f = "client_handle", s = 4 } } },
  [0x100f6] = { name = "AFE_CMD_REMOTE_LPASS_CORE_HW_DEVOTE_REQUEST", kind = "command", layout = { { k = "n", f = "vote_block", s = 4 }, { k = "n", f = "client_handle", s = 4 } } },
  [0x10325] = { name = "ADM_CMD_MATRIX_MAP_ROUTINGS_V5", kind = "command", layout = { { k = "n", f = "matrix", s = 4 }, { k = "n", f = "session_count", s = 4 }, { k = "x", c = "session_count", of = { { k = "n", f = "session", s = 2 }, { k = "n", f = "copp_count", s = 2 }, { k = "a", f = "copp_ids", s = 2, c = "copp_count" } } } } },
  [0x10326] = { name = "ADM_CMD_DEVICE_OPEN_V5", kind = "command", layout = { { k = "n", f = "flags", s = 2 }, { k = "n", f = "path", s = 2 }, { k = "n", f = "port", s = 2 }, { k = "r", s = 2 }, { k = "n", f = "topology", s = 4 }, { k = "n", f = "channels", s = 2 }, { k = "n", f = "bits", s = 2 }, { k = "n", f = "rate", s = 4 }, { k = "a", f = "channel_map", s = 1, c = 8 } } },
  [0x10327] = { name = "ADM_CMD_DEVICE_CLOSE_V5", kind = "command", layout = {} },
  [0x10329] = { name = "ADM_CMDRSP_DEVICE_OPEN_V5", kind = "answer", layout = { { k = "n", f = "status", s = 4 }, { k = "n", f = "copp", s = 2 }, { k = "r", s = 2 } } },
  [0x10bcd] = { name = "ASM_STREAM_CMD_CLOSE", kind = "command", stream = true, layout = {} },
  [0x10bce] = { name = "ASM_STREAM_CMD_FLUSH", kind = "command", stream = true, layout = {} },
  [0x10bd3] = { name = "ASM_SESSION_CMD_PAUSE", kind = "command", stream = true, layout = {} },
  [0x10bdb] = { name = "ASM_DATA_CMD_EOS", kind = "command", stream = true, layout = {} },
  [0x10c09] = { name = "ASM_STREAM_CMD_FLUSH_READBUFS", kind = "command", stream = true, layout = {} },
  [0x10c10] = { name = "ASM_STREAM_CMD_SET_ENCDEC_PARAM", kind = "command", stream = true, layout = { { k = "n", f = "encdec_param", s = 4 }, { k = "n", f = "encdec_bytes", s = 4 }, { k = "n", f = "frames", s = 4 }, { k = "n", f = "block_size", s = 4 }, { k = "f" } } },
  [0x10c1c] = { name = "ASM_DATA_EVENT_RENDERED_EOS", kind = "event", stream = true, layout = {} },
  [0x10d67] = { name = "ASM_DATA_CMD_REMOVE_INITIAL_SILENCE", kind = "command", stream = true, layout = { { k = "n", f = "samples", s = 4 } } },
  [0x10d68] = { name = "ASM_DATA_CMD_REMOVE_TRAILING_SILENCE", kind = "command", stream = true, layout = { { k = "n", f = "samples", s = 4 } } },
  [0x10d92] = { name = "ASM_CMD_SHARED_MEM_MAP_REGIONS", kind = "command", layout = { { k = "n", f = "pool", s = 2 }, { k = "n", f = "region_count", s = 2 }, { k = "n", f = "property_flags", s = 4 }, { k = "x", c = "region_count", of = { { k = "w", f = "address" }, { k = "n", f = "region_bytes", s = 4 } } } } },
  [0x10d93] = { name = "ASM_CMDRSP_SHARED_MEM_MAP_REGIONS", kind = "answer", layout = { { k = "n", f = "map_handle", s = 4 } } },
  [0x10d94] = { name = "ASM_CMD_SHARED_MEM_UNMAP_REGIONS", kind = "command", layout = { { k = "n", f = "map_handle", s = 4 } } },
  [0x10d98] = { name = "ASM_DATA_CMD_MEDIA_FMT_UPDATE_V2", kind = "command", stream = true, layout = { { k = "n", f = "block_size", s = 4 }, { k = "f" } } },
  [0x10d99] = { name = "ASM_DATA_EVENT_WRITE_DONE_V2", kind = "event", stream = true, layout = { { k = "w", f = "address" }, { k = "n", f = "map_handle", s = 4 }, { k = "n", f = "status", s = 4 } } },
  [0x10d9a] = { name = "ASM_DATA_EVENT_READ_DONE_V2", kind = "event", stream = true, layout = { { k = "n", f = "status", s = 4 }, { k = "w", f = "address" }, { k = "n", f = "map_handle", s = 4 }, { k = "n", f = "buffer_bytes", s = 4 }, { k = "n", f = "offset", s = 4 }, { k = "w", f = "time" }, { k = "n", f = "buffer_flags", s = 4 }, { k = "n", f = "frames", s = 4 }, { k = "n", f = "buffer_index", s = 4 } } },
  [0x10daa] = { name = "ASM_SESSION_CMD_RUN_V2", kind = "command", stream = true, layout = { { k = "n", f = "flags", s = 4 }, { k = "w", f = "time" } } },
  [0x10dab] = { name = "ASM_DATA_CMD_WRITE_V2", kind = "command", stream = true, layout = { { k = "w", f = "address" }, { k = "n", f = "map_handle", s = 4 }, { k = "n", f = "buffer_bytes", s = 4 }, { k = "n", f = "buffer_index", s = 4 }, { k = "w", f = "time" }, { k = "n", f = "buffer_flags", s = 4 } } },
  [0x10dac] = { name = "ASM_DATA_CMD_READ_V2", kind = "command", stream = true, layout = { { k = "w", f = "address" }, { k = "n", f = "map_handle", s = 4 }, { k = "n", f = "buffer_bytes", s = 4 }, { k = "n", f = "buffer_index", s = 4 } } },
  [0x10db3] = { name = "ASM_STREAM_CMD_OPEN_WRITE_V3", kind = "command", stream = true, layout = { { k = "n", f = "mode_flags", s = 4 }, { k = "n", f = "endpoint", s = 2 }, { k = "n", f = "bits", s = 2 }, { k = "n", f = "topology", s = 4 }, { k = "n", f = "format", s = 4 } } },
  [0x10db4] = { name = "ASM_STREAM_CMD_OPEN_READ_V3", kind = "command", stream = true, layout = { { k = "n", f = "mode_flags", s = 4 }, { k = "n", f = "endpoint", s = 4 }, { k = "n", f = "topology", s = 4 }, { k = "n", f = "format", s = 4 }, { k = "n", f = "bits", s = 2 }, { k = "r", s = 2 } } },
  [0x10dec] = { name = "ASM_SESSION_CMD_SUSPEND", kind = "command", stream = true, layout = {} },
  [0x110e8] = { name = "APR_BASIC_RSP_RESULT", kind = "answer", layout = { { k = "n", f = "command", s = 4 }, { k = "n", f = "status", s = 4 } } },
  [0x12905] = { name = "AVCS_GET_VERSIONS", kind = "command", layout = {} },
  [0x12906] = { name = "AVCS_GET_VERSIONS_RSP", kind = "answer", layout = { { k = "n", f = "build_id", s = 4 }, { k = "n", f = "service_count", s = 4 }, { k = "x", c = "service_count", of = { { k = "n", f = "service", s = 4 }, { k = "n", f = "service_version", s = 4 } } } } },
  [0x1290c] = { name = "AVCS_CMD_ADSP_EVENT_GET_STATE", kind = "command", layout = {} },
  [0x1290d] = { name = "AVCS_CMDRSP_ADSP_EVENT_GET_STATE", kind = "answer", layout = { { k = "n", f = "state", s = 4 } } },
  [0x1292c] = { name = "AVCS_CMD_GET_FWK_VERSION", kind = "command", layout = {} },
  [0x1292d] = { name = "AVCS_CMDRSP_GET_FWK_VERSION", kind = "answer", layout = { { k = "n", f = "major", s = 4 }, { k = "n", f = "minor", s = 4 }, { k = "n", f = "branch", s = 4 }, { k = "n", f = "subbranch", s = 4 }, { k = "n", f = "service_count", s = 4 }, { k = "x", c = "service_count", of = { { k = "n", f = "service", s = 4 }, { k = "n", f = "api_version", s = 4 }, { k = "n", f = "branch", s = 4 } } } } },
  [0x130d7] = { name = "RESET_EVENTS", kind = "event", layout = {} },
  [0x1001000] = { name = "APM_CMD_GRAPH_OPEN", kind = "command", layout = { { k = "w", f = "param_address" }, { k = "n", f = "param_map_handle", s = 4 }, { k = "n", f = "param_bytes", s = 4 } } },
  [0x1001001] = { name = "APM_CMD_GRAPH_PREPARE", kind = "command", layout = { { k = "w", f = "param_address" }, { k = "n", f = "param_map_handle", s = 4 }, { k = "n", f = "param_bytes", s = 4 } } },
  [0x1001002] = { name = "APM_CMD_GRAPH_START", kind = "command", layout = { { k = "w", f = "param_address" }, { k = "n", f = "param_map_handle", s = 4 }, { k = "n", f = "param_bytes", s = 4 } } },
  [0x1001003] = { name = "APM_CMD_GRAPH_STOP", kind = "command", layout = { { k = "w", f = "param_address" }, { k = "n", f = "param_map_handle", s = 4 }, { k = "n", f = "param_bytes", s = 4 } } },
  [0x1001004] = { name = "APM_CMD_GRAPH_CLOSE", kind = "command", layout = { { k = "w", f = "param_address" }, { k = "n", f = "param_map_handle", s = 4 }, { k = "n", f = "param_bytes", s = 4 } } },
  [0x1001005] = { name = "APM_CMD_GRAPH_FLUSH", kind = "command", layout = { { k = "w", f = "param_address" }, { k = "n", f = "param_map_handle", s = 4 }, { k = "n", f = "param_bytes", s = 4 } } },
  [0x1001006] = { name = "APM_CMD_SET_CFG", kind = "command", layout = { { k = "w", f = "param_address" }, { k = "n", f = "param_map_handle", s = 4 }, { k = "n", f = "param_bytes", s = 4 } } },
  [0x100100c] = { name = "APM_CMD_SHARED_MEM_MAP_REGIONS", kind = "command", layout = { { k = "n", f = "pool", s = 2 }, { k = "n", f = "region_count", s = 2 }, { k = "n", f = "property_flags", s = 4 }, { k = "x", c = "region_count", of = { { k = "w", f = "address" }, { k = "n", f = "region_bytes", s = 4 } } } } },
  [0x100100d] = { name = "APM_CMD_SHARED_MEM_UNMAP_REGIONS", kind = "command", layout = { { k = "n", f = "map_handle", s = 4 } } },
  [0x1001013] = { name = "APM_CMD_CLOSE_ALL", kind = "command", layout = {} },
  [0x1001021] = { name = "APM_CMD_GET_SPF_STATE", kind = "command", layout = {} },
  [0x2001001] = { name = "APM_CMD_RSP_SHARED_MEM_MAP_REGIONS", kind = "answer", layout = { { k = "n", f = "map_handle", s = 4 } } },
  [0x2001005] = { name = "GPR_BASIC_RSP_RESULT", kind = "answer", layout = { { k = "n", f = "command", s = 4 }, { k = "n", f = "status", s = 4 } } },
  [0x2001006] = { name = "GPR_EVT_ACCEPTED", kind = "event", layout = { { k = "n", f = "command", s = 4 } } },
  [0x2001007] = { name = "APM_CMD_RSP_GET_SPF_STATE", kind = "answer", layout = { { k = "n", f = "state", s = 4 } } },
  [0x4001001] = { name = "DATA_CMD_WR_SH_MEM_EP_MEDIA_FORMAT", kind = "command" },
  [0x4001002] = { name = "DATA_CMD_WR_SH_MEM_EP_EOS", kind = "command", layout = { { k = "n", f = "eos_policy", s = 4 } } },
  [0x400100a] = { name = "DATA_CMD_WR_SH_MEM_EP_DATA_BUFFER_V2", kind = "command", layout = { { k = "w", f = "address" }, { k = "n", f = "map_handle", s = 4 }, { k = "n", f = "buffer_bytes", s = 4 }, { k = "w", f = "time" }, { k = "n", f = "buffer_flags", s = 4 }, { k = "w", f = "md_address" }, { k = "n", f = "md_map_handle", s = 4 }, { k = "n", f = "md_bytes", s = 4 } } },
  [0x400100b] = { name = "DATA_CMD_RD_SH_MEM_EP_DATA_BUFFER_V2", kind = "command", layout = { { k = "w", f = "address" }, { k = "n", f = "map_handle", s = 4 }, { k = "n", f = "buffer_bytes", s = 4 }, { k = "w", f = "md_address" }, { k = "n", f = "md_map_handle", s = 4 }, { k = "n", f = "md_bytes", s = 4 } } },
  [0x5001001] = { name = "DATA_CMD_WR_SH_MEM_EP_EOS_RENDERED", kind = "event", layout = { { k = "n", f = "instance", s = 4 }, { k = "n", f = "status", s = 4 } } },
  [0x5001004] = { name = "DATA_CMD_RSP_WR_SH_MEM_EP_DATA_BUFFER_DONE_V2", kind = "event", layout = { { k = "w", f = "address" }, { k = "n", f = "map_handle", s = 4 }, { k = "n", f = "status", s = 4 }, { k = "w", f = "md_address" }, { k = "n", f = "md_map_handle", s = 4 }, { k = "n", f = "md_status", s = 4 } } },
  [0x5001005] = { name = "DATA_CMD_RSP_RD_SH_MEM_EP_DATA_BUFFER_V2", kind = "event", layout = { { k = "n", f = "status", s = 4 }, { k = "w", f = "address" }, { k = "n", f = "map_handle", s = 4 }, { k = "n", f = "buffer_bytes", s = 4 }, { k = "n", f = "offset", s = 4 }, { k = "w", f = "time" }, { k = "n", f = "buffer_flags", s = 4 }, { k = "n", f = "frames", s = 4 }, { k = "n", f = "md_status", s = 4 }, { k = "w", f = "md_address" }, { k = "n", f = "md_map_handle", s = 4 }, { k = "n", f = "md_bytes", s = 4 } } },
}

local PARAM_HEAD = { { k = "n", f = "module", s = 4 }, { k = "n", f = "param", s = 4 }, { k = "n", f = "param_size", s = 2 }, { k = "r", s = 2 } }

local PCM_BLOCK = { { k = "n", f = "channels", s = 2 }, { k = "n", f = "bits", s = 2 }, { k = "n", f = "rate", s = 4 }, { k = "n", f = "signed", s = 2 }, { k = "r", s = 2 }, { k = "a", f = "channel_map", s = 1, c = 8 } }

local PCM_BLOCK_BYTES = 20

local PARAMS = {
  [0x1020c] = {
  [0x1020d] = { { k = "n", f = "config_version", s = 4 }, { k = "n", f = "bits", s = 2 }, { k = "n", f = "channel_mode", s = 2 }, { k = "n", f = "sound", s = 2 }, { k = "n", f = "ws_source", s = 2 }, { k = "n", f = "rate", s = 4 }, { k = "n", f = "data_format", s = 2 }, { k = "r", s = 2 } },
  [0x10210] = { { k = "n", f = "config_version", s = 4 }, { k = "n", f = "data_type", s = 2 }, { k = "n", f = "channel_allocation", s = 2 }, { k = "n", f = "rate", s = 4 }, { k = "n", f = "bits", s = 2 }, { k = "r", s = 2 } },
  [0x10212] = { { k = "n", f = "config_version", s = 4 }, { k = "n", f = "device_id", s = 2 }, { k = "n", f = "bits", s = 2 }, { k = "n", f = "data_format", s = 2 }, { k = "n", f = "channels", s = 2 }, { k = "a", f = "slot_map", s = 1, c = 8 }, { k = "n", f = "rate", s = 4 } },
  [0x10238] = { { k = "n", f = "config_version", s = 4 }, { k = "n", f = "clock_value1", s = 4 }, { k = "n", f = "clock_value2", s = 4 }, { k = "n", f = "clock_source", s = 2 }, { k = "n", f = "clock_root", s = 2 }, { k = "n", f = "clock_mode", s = 2 }, { k = "r", s = 2 } },
  [0x10239] = { { k = "n", f = "config_version", s = 4 }, { k = "n", f = "rate", s = 4 }, { k = "n", f = "clock_root", s = 2 }, { k = "r", s = 2 } },
  [0x1029d] = { { k = "n", f = "config_version", s = 4 }, { k = "n", f = "channels", s = 4 }, { k = "n", f = "rate", s = 4 }, { k = "n", f = "bits", s = 4 }, { k = "n", f = "data_format", s = 2 }, { k = "n", f = "sync_mode", s = 2 }, { k = "n", f = "sync_source", s = 2 }, { k = "n", f = "slots", s = 2 }, { k = "n", f = "ctrl_data_out", s = 2 }, { k = "n", f = "invert_sync", s = 2 }, { k = "n", f = "data_delay", s = 2 }, { k = "n", f = "slot_width", s = 2 }, { k = "n", f = "slot_mask", s = 4 } },
  [0x102b8] = { { k = "n", f = "config_version", s = 4 }, { k = "n", f = "rate", s = 4 }, { k = "n", f = "bits", s = 2 }, { k = "n", f = "data_format", s = 2 }, { k = "n", f = "channels", s = 2 }, { k = "n", f = "active_mask", s = 2 } },
},
  [0x1028a] = {
  [0x10297] = { { k = "n", f = "config_version", s = 4 }, { k = "n", f = "channels", s = 2 }, { k = "n", f = "bits", s = 2 }, { k = "n", f = "align", s = 4 }, { k = "a", f = "slot_map", s = 2, c = 8 } },
},
  [0x1028f] = {
  [0x10290] = { { k = "n", f = "config_version", s = 4 }, { k = "n", f = "clock", s = 4 }, { k = "n", f = "rate", s = 4 }, { k = "n", f = "attribute", s = 2 }, { k = "n", f = "clock_root", s = 2 }, { k = "n", f = "enable", s = 4 } },
},
}

local ANSWERS = {
  [0x100f5] = { 0x100f4 },
  [0x10329] = { 0x10326 },
  [0x10c1c] = { 0x10bdb },
  [0x10d93] = { 0x10d92 },
  [0x10d99] = { 0x10dab },
  [0x10d9a] = { 0x10dac },
  [0x12906] = { 0x12905 },
  [0x1290d] = { 0x1290c },
  [0x1292d] = { 0x1292c },
  [0x2001001] = { 0x100100c },
  [0x2001007] = { 0x1001021 },
  [0x5001001] = { 0x4001002 },
  [0x5001004] = { 0x400100a },
  [0x5001005] = { 0x400100b },
}

local ACCEPTED = 0x100be

-- What follows the tables: it walks through a packet as bringup's own decoder does (src/review/apr/decode.ts).

local apr = Proto("apr", "Qualcomm APR/GPR")
local fields, kinds = {}, {}

-- One field for each name, so that a filter finds it in every packet.
for name, form in pairs(FIELDS) do
  local base = form.hex and base.HEX or base.DEC
  local label = name:gsub("_", " ")
  local id = "apr." .. name
  kinds[name] = form.type
  if form.type == "wide" then fields[name] = ProtoField.uint64(id, label, base)
  elseif form.type == "text" then fields[name] = ProtoField.string(id, label)
  elseif form.type == "raw" then fields[name] = ProtoField.bytes(id, label)
  else fields[name] = ProtoField.uint32(id, label, base, form.names and NAMES[form.names]) end
end
fields.answers = ProtoField.framenum("apr.answers", "answers", base.NONE, frametype.RESPONSE)
fields.after = ProtoField.relative_time("apr.after", "after")
apr.fields = fields

local short = ProtoExpert.new("apr.short", "The payload ends too early", expert.group.PROTOCOL, expert.severity.WARN)
local size = ProtoExpert.new("apr.size", "Its size field is not what came", expert.group.PROTOCOL, expert.severity.WARN)
local refused = ProtoExpert.new("apr.refused", "The DSP refused", expert.group.RESPONSE_CODE, expert.severity.NOTE)
apr.experts = { short, size, refused }

-- A number of one, two or four bytes.
local function number(reader, at, bytes)
  return reader.tvb(at, bytes):le_uint()
end

local function add(reader, name, bytes, value)
  local range = reader.tvb(reader.at, bytes)
  if kinds[name] == "raw" or kinds[name] == "text" then reader.tree:add(fields[name], range)
  else reader.tree:add_le(fields[name], range) end
  reader.at = reader.at + bytes
  if value then
    reader.seen[name] = value
    reader.first = reader.first or { name = name, value = value }
  end
end

local function zeros(reader, bytes)
  for at = reader.at, reader.at + bytes - 1 do
    if reader.tvb(at, 1):uint() ~= 0 then return false end
  end
  return true
end

-- Bytes without a meaning are told when they are not zero; zeros under another name, or not at all.
local function raw(reader, name, bytes, zero)
  if reader.at + bytes > reader.stop then return false end
  if name ~= "payload" and zeros(reader, bytes) then
    if zero then add(reader, zero, bytes) else reader.at = reader.at + bytes end
  else
    add(reader, name, bytes)
  end
  return true
end

local function count(reader, said)
  if type(said) == "number" then return said end
  return reader.seen[said] or 0
end

local read

local steps = {
  n = function(reader, step)
    if reader.at + step.s > reader.stop then return false end
    add(reader, step.f, step.s, number(reader, reader.at, step.s))
    return true
  end,
  a = function(reader, step)
    local wanted = count(reader, step.c)
    local there = math.min(wanted, math.floor((reader.stop - reader.at) / step.s))
    for _ = 1, there do add(reader, step.f, step.s) end
    return there == wanted
  end,
  w = function(reader, step)
    if reader.at + 8 > reader.stop then return false end
    add(reader, step.f, 8)
    return true
  end,
  t = function(reader, step)
    if reader.at + step.s > reader.stop then return false end
    add(reader, step.f, step.s)
    return true
  end,
  r = function(reader, step)
    return raw(reader, "reserved", step.s)
  end,
  x = function(reader, step)
    for _ = 1, count(reader, step.c) do
      if not read(reader, step.of) then return false end
    end
    return true
  end,
  f = function(reader)
    local size = count(reader, "block_size")
    if size == PCM_BLOCK_BYTES then return read(reader, PCM_BLOCK) end
    local there = math.min(size, reader.stop - reader.at)
    if there > 0 then raw(reader, "format_block", there, "padding") end
    return there == size
  end,
  p = function(reader)
    if not read(reader, PARAM_HEAD) then return false end
    local layout = PARAMS[reader.seen.module] and PARAMS[reader.seen.module][reader.seen.param]
    local wanted = reader.at + reader.seen.param_size
    local stop = reader.stop
    reader.stop = math.min(wanted, stop)
    local whole = layout == nil or read(reader, layout)
    if reader.at < reader.stop then raw(reader, "param_data", reader.stop - reader.at, "padding") end
    reader.at, whole, reader.stop = reader.stop, whole and reader.stop == wanted, stop
    return whole
  end,
}

read = function(reader, layout)
  for _, step in ipairs(layout) do
    if not steps[step.k](reader, step) then return false end
  end
  return true
end

-- Whose packet it is: by its size, or else by the length of its header.
local function is_gpr(tvb)
  local length = tvb:len()
  if length < 4 then return false end
  if tvb(2, 2):le_uint() == length then return false end
  if tvb(1, 3):le_uint() == length then return true end
  return math.floor(tvb(0, 1):uint() / 16) == 6
end

local function apr_header(tvb, tree)
  local first = tvb(0, 2):le_uint()
  local header = {
    version = first % 16, bytes = math.floor(first / 16) % 16 * 4, size = tvb(2, 2):le_uint(),
    src_svc = tvb(4, 1):uint(), src_domain = tvb(5, 1):uint(), src_port = tvb(6, 2):le_uint(),
    dest_svc = tvb(8, 1):uint(), dest_domain = tvb(9, 1):uint(), dest_port = tvb(10, 2):le_uint(),
    token = tvb(12, 4):le_uint(), opcode = tvb(16, 4):le_uint(), length = 20,
  }
  tree:add(fields.version, tvb(0, 1), header.version)
  tree:add(fields.header_bytes, tvb(0, 1), header.bytes)
  tree:add(fields.message_type, tvb(1, 1), math.floor(first / 256) % 4)
  tree:add_le(fields.packet_size, tvb(2, 2))
  local svc = function(domain, nr) return (domain == 3 and NAMES.modem_service or NAMES.service)[nr] end
  local named = function(item, name) if name then item:append_text(" (" .. name .. ")") end end
  named(tree:add(fields.src_svc, tvb(4, 1)), svc(header.src_domain, header.src_svc))
  tree:add(fields.src_domain, tvb(5, 1))
  tree:add_le(fields.src_port, tvb(6, 2))
  named(tree:add(fields.dest_svc, tvb(8, 1)), svc(header.dest_domain, header.dest_svc))
  tree:add(fields.dest_domain, tvb(9, 1))
  tree:add_le(fields.dest_port, tvb(10, 2))
  tree:add_le(fields.token, tvb(12, 4))
  tree:add_le(fields.opcode, tvb(16, 4))
  header.from = header.src_domain == 5 and "Linux" or svc(header.src_domain, header.src_svc) or "?"
  header.to = header.dest_domain == 5 and "Linux" or svc(header.dest_domain, header.dest_svc) or "?"
  header.sent = header.src_domain == 5 and header.dest_domain ~= 5
  return header
end

local function gpr_header(tvb, tree)
  local first = tvb(0, 1):uint()
  local header = {
    version = first % 16, bytes = math.floor(first / 16) * 4, size = tvb(1, 3):le_uint(),
    dest_domain = tvb(4, 1):uint(), src_domain = tvb(5, 1):uint(), src_port = tvb(8, 4):le_uint(),
    dest_port = tvb(12, 4):le_uint(), token = tvb(16, 4):le_uint(), opcode = tvb(20, 4):le_uint(), length = 24,
    src_svc = "", dest_svc = "",
  }
  tree:add(fields.version, tvb(0, 1), header.version)
  tree:add(fields.header_bytes, tvb(0, 1), header.bytes)
  tree:add(fields.packet_size, tvb(1, 3), header.size)
  tree:add(fields.gpr_dest_domain, tvb(4, 1))
  tree:add(fields.gpr_src_domain, tvb(5, 1))
  tree:add_le(fields.src_port, tvb(8, 4))
  tree:add_le(fields.dest_port, tvb(12, 4))
  tree:add_le(fields.token, tvb(16, 4))
  tree:add_le(fields.opcode, tvb(20, 4))
  local port = function(nr) return NAMES.gpr_port[nr] or string.format("port 0x%x", nr) end
  header.from = header.src_domain == 3 and "Linux" or port(header.src_port)
  header.to = header.dest_domain == 3 and "Linux" or port(header.dest_port)
  header.sent = header.src_domain == 3 and header.dest_domain ~= 3
  return header
end

-- What a capture of bringup says of a command that the channel did not take.
local comment = Field.new("frame.comment")

local function unsent()
  for _, info in ipairs({ comment() }) do
    if tostring(info):find("not sent: ", 1, true) then return true end
  end
  return false
end

-- Commands that wait for an answer, and what each answer was for; found once, when the file is read.
local waiting, answered = {}, {}

function apr.init()
  waiting, answered = {}, {}
end

local function take(key)
  local list = waiting[key]
  return list and table.remove(list, 1)
end

local function pair(pinfo, header, message, first)
  local key = function(svc, opcode) return svc .. " " .. header.token .. " " .. opcode end
  if header.sent then
    if message and message.kind == "command" and not unsent() then
      local mine = key(header.dest_svc, header.opcode)
      waiting[mine] = waiting[mine] or {}
      table.insert(waiting[mine], { frame = pinfo.number, time = pinfo.abs_ts })
    end
    return
  end
  if header.opcode == ACCEPTED then return end
  local commands = first and first.name == "command" and { first.value } or ANSWERS[header.opcode] or {}
  for _, command in ipairs(commands) do
    local found = take(key(header.src_svc, command))
    if found then
      answered[pinfo.number] = { frame = found.frame, after = pinfo.abs_ts - found.time }
      return
    end
  end
end

local function words(header, message, reader)
  local text = message and message.name or string.format("opcode 0x%x", header.opcode)
  local command = reader.seen.command
  if command then text = text .. " to " .. (NAMES.opcode[command] or string.format("0x%x", command)) end
  local status = reader.seen.status
  if status then text = text .. ": " .. (NAMES.status[status] or string.format("status 0x%x", status)) end
  local asked = command and MESSAGES[command] or message
  if asked and asked.stream then
    local port = header.sent and header.src_port or header.dest_port
    text = text .. string.format(", session %d stream %d", math.floor(port / 256), port % 256)
  end
  return text
end

function apr.dissector(tvb, pinfo, root)
  local gpr = is_gpr(tvb)
  local length = tvb:len()
  pinfo.cols.protocol = gpr and "GPR" or "APR"
  local tree = root:add(apr, tvb(), gpr and "Qualcomm GPR" or "Qualcomm APR")
  if length < (gpr and 24 or 20) then
    pinfo.cols.info = length .. " bytes, no packet"
    tree:add_proto_expert_info(short)
    return length
  end
  local header = (gpr and gpr_header or apr_header)(tvb, tree)
  local message = MESSAGES[header.opcode]
  local stop = math.min(header.size, length)
  local reader = { tvb = tvb, tree = tree, at = math.min(header.bytes, stop), stop = stop, seen = {} }
  local whole = message == nil or message.layout == nil or read(reader, message.layout)
  if reader.at < reader.stop then
    raw(reader, (message == nil or message.layout == nil) and "payload" or "rest", reader.stop - reader.at, "padding")
  end
  if not whole then tree:add_proto_expert_info(short) end
  if header.size ~= length then tree:add_proto_expert_info(size) end
  local status = reader.seen.status
  if status and status ~= 0 then
    tree:add_proto_expert_info(refused, "Status " .. (NAMES.status[status] or status) .. ": " .. (STATUS_WORDS[status] or "?"))
  end
  if not pinfo.visited then pair(pinfo, header, message, reader.first) end
  local reply = answered[pinfo.number]
  if reply then
    tree:add(fields.answers, reply.frame):set_generated()
    local seconds = math.floor(reply.after)
    tree:add(fields.after, NSTime.new(seconds, math.floor((reply.after - seconds) * 1e9 + 0.5))):set_generated()
  end
  pinfo.cols.src = header.from
  pinfo.cols.dst = header.to
  pinfo.cols.info = words(header, message, reader)
  tree:append_text(", " .. words(header, message, reader))
  return length
end

DissectorTable.get("wtap_encap"):add((wtap_encaps or wtap).USER0, apr)
