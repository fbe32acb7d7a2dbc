// Table of the statuses with which the DSP's services answer (ADSP error codes).

/** What a command came to. */
export const STATUS = {
  EOK: 0x00,
  EFAILED: 0x01,
  EBADPARAM: 0x02,
  EUNSUPPORTED: 0x03,
  EVERSION: 0x04,
  EUNEXPECTED: 0x05,
  EPANIC: 0x06,
  ENORESOURCE: 0x07,
  EHANDLE: 0x08,
  EALREADY: 0x09,
  ENOTREADY: 0x0a,
  EPENDING: 0x0b,
  EBUSY: 0x0c,
  EABORTED: 0x0d,
  EPREEMPTED: 0x0e,
  ECONTINUE: 0x0f,
  EIMMEDIATE: 0x10,
  ENOTIMPL: 0x11,
  ENEEDMORE: 0x12,
  ENOMEMORY: 0x14,
  ENOTEXIST: 0x15,
} as const;

/** A status as it stands in an answer. */
export type Status = number;
