// Table of what a service answers when it says no, in the DSP's words (adsp_error codes).

/** Status codes by name. Zero is success; 0x13 is not used. */
export const ADSP_STATUS = {
  EFAILED: 0x1,
  EBADPARAM: 0x2,
  EUNSUPPORTED: 0x3,
  EVERSION: 0x4,
  EUNEXPECTED: 0x5,
  EPANIC: 0x6,
  ENORESOURCE: 0x7,
  EHANDLE: 0x8,
  EALREADY: 0x9,
  ENOTREADY: 0xa,
  EPENDING: 0xb,
  EBUSY: 0xc,
  EABORTED: 0xd,
  EPREEMPTED: 0xe,
  ECONTINUE: 0xf,
  EIMMEDIATE: 0x10,
  ENOTIMPL: 0x11,
  ENEEDMORE: 0x12,
  ENOMEMORY: 0x14,
  ENOTEXIST: 0x15,
} as const;

const NAMES = new Map<number, string>(Object.entries(ADSP_STATUS).map(([name, status]) => [status, name]));

/** A status for people: `EALREADY (9)`, `status 0x77`. */
export function statusText(status: number): string {
  const name = NAMES.get(status);
  return name === undefined ? `status 0x${status.toString(16)}` : `${name} (${status})`;
}

/** Why a request failed that the DSP has answered: the cause of its SysError. */
export class DspRefusal {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

/** The status with which the DSP refused, or undefined for an error of another kind. */
export function dspStatus(error: unknown): number | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof DspRefusal ? cause.status : undefined;
}
