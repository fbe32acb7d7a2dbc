// Table of the numbers of APR and GPR packets: message types, domains, services, opcodes that every service knows.

/** Bytes of an APR header without optional words. */
export const APR_HDR_SIZE = 20;
/** Bytes of a GPR header without optional words. */
export const GPR_HDR_SIZE = 24;
/** The version that is sent. */
export const APR_PKT_VER = 0;
/** The customary bound of a packet. */
export const APR_MAX_BUF = 8192;
/** What the size field of an APR packet can say at most. */
export const APR_MAX_PKT_SIZE = 0xffff;
/** What the size field of a GPR packet can say at most. */
export const GPR_MAX_PKT_SIZE = 0xff_ffff;

/** Message types, in bits [9:8] of the header's first word. */
export const APR_MSG_TYPE = { EVENT: 0, CMD_RSP: 1, SEQ_CMD: 2, NSEQ_CMD: 3, MAX: 4 } as const;

/** Processors. Zero has no name, but is in the range. */
export const APR_DOMAIN = { SIM: 1, PC: 2, MODEM: 3, ADSP: 4, APPS: 5, MAX: 6 } as const;

/** Services of the audio DSP. */
export const APR_SVC = {
  TEST_CLIENT: 0x2,
  ADSP_CORE: 0x3,
  AFE: 0x4,
  VSM: 0x5,
  VPM: 0x6,
  ASM: 0x7,
  ADM: 0x8,
  ADSP_MVM: 0x9,
  ADSP_CVS: 0xa,
  ADSP_CVP: 0xb,
  USM: 0xc,
  LSM: 0xd,
  VIDC: 0x16,
  MAX: 0x17,
} as const;

/** Services of the modem; the numbers are the DSP's again. */
export const APR_MODEM_SVC = { MVS: 0x3, MVM: 0x4, CVS: 0x5, CVP: 0x6, SRD: 0x7 } as const;

/** Clients of a service. */
export const APR_CLIENT = { AUDIO: 0, VOICE: 1, MAX: 2 } as const;

/** What a callback is told of the sender; not the domain numbers. MAX stands for a processor that nobody expects. */
export const APR_DEST = { MODEM: 0, QDSP6: 1, MAX: 2 } as const;

/** The answer to a command that has no own: the command's opcode and a status. */
export const APR_BASIC_RSP_RESULT = 0x0001_10e8;
/** A command has been taken and will be answered later. */
export const APR_RSP_ACCEPTED = 0x0001_00be;
/** The other processor has started anew. */
export const RESET_EVENTS = 0x0001_30d7;

/** Processors as GPR numbers them. */
export const GPR_DOMAIN = { MODEM: 1, ADSP: 2, APPS: 3 } as const;
/** Services of GPR, by their port. */
export const GPR_PORT = { APM: 1, PRM: 2, AMDB: 3, VCPM: 4 } as const;
/** Ports that are handed out, in a circle. */
export const GPR_DYNAMIC_PORT = { FIRST: 0x1000_0000, LAST: 0x1fff_ffff } as const;
/** The answer of GPR to a command that has no own. */
export const GPR_BASIC_RSP_RESULT = 0x0200_1005;
/** A GPR command has been taken and will be answered later. */
export const GPR_EVT_ACCEPTED = 0x0200_1006;
