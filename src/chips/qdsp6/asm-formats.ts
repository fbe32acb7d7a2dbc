// Formats of PCM as ASM's commands have them: for playback, and for capture.
import { arePositions, isFormat, type PlacedFormat } from './format.js';
import type { Request } from './packet.js';
import { STATUS, type Status } from './status.js';

const BLOCK_BYTES = 20;
const ENCODER_PARAM = 0x0001_0da3;

/** MEDIA_FMT_UPDATE_V2: a block of PCM behind its size. */
export function mediaFormat(request: Request): PlacedFormat | Status {
  if (request.u32(0) !== BLOCK_BYTES) return STATUS.EBADPARAM;
  return block(request, 4);
}

/** SET_ENCDEC_PARAM: parameter, size of what follows, frames in a buffer, size of the block of PCM. */
export function encoderFormat(request: Request): PlacedFormat | Status {
  if (request.u32(0) !== ENCODER_PARAM) return STATUS.EUNSUPPORTED;
  if (request.u32(4) !== BLOCK_BYTES + 8 || request.u32(12) !== BLOCK_BYTES) return STATUS.EBADPARAM;
  return block(request, 16);
}

/** Channels, bits, rate, signed, 0, and a position for each channel. */
function block(request: Request, at: number): PlacedFormat | Status {
  const channels = request.u16(at);
  const positions = Array.from({ length: Math.min(channels, 8) }, (_, index) => request.u8(at + 12 + index));
  const format = { channels, bits: request.u16(at + 2), rate: request.u32(at + 4), positions };
  const right = request.u16(at + 8) === 1 && isFormat(format) && arePositions(positions);
  return right ? format : STATUS.EBADPARAM;
}
