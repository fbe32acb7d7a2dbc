// The door of everything about Qualcomm's packet routers: the bus of APR and GPR, the audio DSP's services, and PCM.
import type { Driver } from '../../core/device.js';
import { qcomApr } from './apr.js';
import { Q6_DRIVERS } from './q6-services.js';

export { aprAddDevice, aprCounts, aprServices, qcomApr } from './apr.js';
export {
  APR_BUS,
  type AprDevice,
  type AprDeviceId,
  aprDriver,
  type AprDriverSpec,
  aprSendPkt,
  type AprServiceId,
} from './apr-device.js';
export type { AprMessage } from './message.js';
export { type AprCommand, aprPacket, AprPacket, GprPacket, gprWord0 } from './packet.js';
export { openCapture, openPlayback } from './pcm.js';
export type { PcmCapture } from './pcm-capture.js';
export type { PcmSpec } from './pcm-path.js';
export type { PcmPlayback, PcmState } from './pcm-playback.js';
export type { PcmLayout } from './pcm-stream.js';
export { q6Services, type Q6Services } from './q6-dsp.js';
export { type Q6Port, q6Ports } from './q6-ports.js';
export { Q6_DRIVERS } from './q6-services.js';
export { ADSP_STATUS, dspStatus, statusText } from './q6-status.js';
export { type AfeClocks, q6AfeClocks } from './q6afe-clocks.js';
export type { AfeFormat, AfeSettings, AfeTdmSettings } from './q6afe-config.js';
export { AFE_PORTS, type AfePort, afePort } from './q6afe-ports.js';

/** Drivers of the bus and of the services, in the order of registration. */
export const qcomAprDrivers: readonly Driver[] = [qcomApr, ...Q6_DRIVERS];
