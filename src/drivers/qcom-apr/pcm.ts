// PCM streams through the DSP for programs: open, write or read, drain, close (ALSA: what a PCM device is).
//
//   const stream = await openPlayback(core, { rate: 48_000, channels: 2, bits: 16 });
//   await stream.write(samples); // waits while the buffer is full
//   await stream.drain();
//   await stream.close();
//
// Samples are little-endian and interleaved: 2 bytes for 16 bits, 4 for 24 and 32; 24 bits lie in the low three bytes
// of the four, as ALSA's S24_LE.
//
// Differences from Linux:
// apr-L62  All filled periods are with the DSP. 6.12 gives it one at a time, and sound stops when the next comes late.
// apr-L63  Nothing is written between EOS and its end. 6.12 goes on writing.
// apr-L64  The last period of a stream is as long as what is left. In 6.12 it is whole, and played to its end.
import { type Duration, s } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import type { DeviceCore } from '../../core/device.js';
import { PcmCapture } from './pcm-capture.js';
import { PcmPath, type PcmSpec } from './pcm-path.js';
import { PcmPlayback } from './pcm-playback.js';
import { type PcmLayout, pcmLayout } from './pcm-stream.js';
import { q6Port } from './q6-ports.js';
import { type Q6Services, q6Services, q6ServicesWithin } from './q6-dsp.js';

/** Opens a stream for playback and prepares it. ENODEV: no DSP can play; EINVAL: it cannot be so; EBUSY: no session. */
export async function openPlayback(core: DeviceCore, spec: PcmSpec): Promise<PcmPlayback> {
  const { path, layout } = await openPath(core, spec, 'playback');
  return new PcmPlayback(path, layout);
}

/** The same for recording. */
export async function openCapture(core: DeviceCore, spec: PcmSpec): Promise<PcmCapture> {
  const { path, layout } = await openPath(core, spec, 'capture');
  return new PcmCapture(path, layout);
}

async function openPath(
  core: DeviceCore,
  spec: PcmSpec,
  direction: 'playback' | 'capture',
): Promise<{ readonly path: PcmPath; readonly layout: PcmLayout }> {
  const services = await servicesOf(core, spec.within ?? 0);
  const layout = pcmLayout(spec);
  if (typeof layout === 'string') throw new SysError('EINVAL', layout, { op: 'pcm' });
  if (services.core?.isSilent === false) await services.core.waitReady();
  const port = q6Port(core, services.afe, spec.port, direction);
  const path = new PcmPath(services, port, services.asm.alloc(direction, spec.session));
  await path.open(spec, layout);
  return { path, layout };
}

async function servicesOf(core: DeviceCore, within: Duration): Promise<Q6Services> {
  const services = within === 0 ? q6Services(core) : await q6ServicesWithin(core, within);
  if (services !== undefined) return services;
  const when = within === 0 ? '' : ` within ${within / s(1)} s`;
  throw new SysError('ENODEV', `no DSP has AFE, ADM and ASM${when}`, { op: 'pcm' });
}
