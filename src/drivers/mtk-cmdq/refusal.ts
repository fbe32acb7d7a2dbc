// What cannot be done with a packet, as an error.
import { type Errno, SysError } from '../../base/errno.js';

/** The error of a call on a packet. */
export function refusal(code: Errno, what: string): SysError {
  return new SysError(code, what, { op: 'cmdq' });
}
