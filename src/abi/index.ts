// The door of the room: what user programs see, as pure bytes and text.
export { devTree } from './dev-tree.js';
export { type AbsentDisplay, absentDisplays, type Display, type DisplayOutput, readDisplays } from './displays.js';
export { DpaaCapture } from './dpaa-capture.js';
export type { FrameMetadata } from './dpaa-frames.js';
export { EdgeCapture } from './edge-capture.js';
export {
  type CaptureFrame,
  EthernetCapture,
  ethernetFrames,
  LINKTYPE_ETHERNET,
  metadataComment,
} from './ethernet-capture.js';
export { type FuseOutlet, FuseServer, REQUEST_BYTES } from './fuse.js';
export type { FuseOwner } from './fuse-tree.js';
export type { IiodDevice, IiodOpen, IiodStream } from './iiod/device.js';
export { iioDevices } from './iiod/iio-devices.js';
export { type IiodConnection, IiodServer, type IiodServerOptions } from './iiod/server.js';
export type { IiodOut } from './iiod/session.js';
export { type Interface, readInterfaces } from './interfaces.js';
export { readMetrics } from './metrics.js';
export { type FrameCounts, type FrameTake, NetdevFrames, type PacketTake } from './netdev-frames.js';
export { NetdevOffload, type OffloadCounts, type OffloadTake } from './netdev-offload.js';
export { type PipelineSvgOptions, pipelineSvg } from './pipeline-svg.js';
export {
  type PcapngInterface,
  type PcapngPacket,
  type PcapngSink,
  PcapngWriter,
} from './pcapng.js';
export {
  type CapturedInterface,
  type CapturedPacket,
  isPcapng,
  type PcapngInput,
  readPcapng,
} from './pcapng-read.js';
export { type Deflate, png, type RgbPicture } from './png.js';
export { type MetricFamily, PROMETHEUS_TYPE, prometheusText, type Sample } from './prometheus-text.js';
export {
  type GuardedRail,
  type Rail,
  type RailLimits,
  type Reading,
  readGuardedRails,
  readRails,
} from './rails.js';
export { type SarifFinding, type SarifRule, type SarifRun, sarif } from './sarif.js';
export { sysfsTree } from './sysfs-tree.js';
export { PerfettoWriter } from './perfetto.js';
export { traceJson, traceLine, traceText } from './trace-text.js';
export { VirtioNetHdr, VNET_HDR_BYTES, VNET_HDR_F, VNET_HDR_GSO } from './virtio-net.js';
export type { VCall, VDir, VFile, VLink, VNode, VOpen, VOpenFlags } from './vfs.js';
export { frameBytes, readWav, type Wav, wavBytes, type WavChunk, type WavFormat, type WavInput } from './wav.js';
