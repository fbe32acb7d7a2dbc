// The door of the room host: this computer, for the command line and for programs of users.
export { type Offer, type OfferState, lookAround, type Surroundings } from './doctor.js';
export { type Replay, replayInto, type ReplayOptions } from './ethernet-replay.js';
export { tapped, type TappedOptions } from './ethernet-tapped.js';
export { type HostFilesOptions, hostFiles, readToEnd } from './files.js';
export { type Hindrance, isHindrance } from './hindrance.js';
export { type HttpPage, type HttpServer, type HttpServerOptions, listenHttp } from './http-server.js';
export { type I2cDev, type I2cDevOptions, openI2cDev } from './i2c-dev.js';
export { type I2cHolder, i2cHolder } from './i2c-holder.js';
export type { ListenAddress, ListenFault } from './listen.js';
export {
  type LiveResult,
  LiveTime,
  type RealTime,
  type Runs,
  runLive,
  type Signals,
  type Stop,
  type StopSignal,
  stopOnSignals,
} from './live.js';
export { onLiveTime } from './live-i2c.js';
export { cannotMount, type Mount, mountTree } from './mount.js';
export { loadNative, type Native, type NativeFunction } from './native.js';
export {
  type LineFile,
  openLineFile,
  openOutput,
  type Output,
  type TerminalSize,
  type WritableEnd,
  type WriteFault,
  writeFileWhole,
} from './output.js';
export { openRpmsgChar, type RpmsgChar, type RpmsgCharOptions } from './rpmsg-char.js';
export { type RpmsgEndpointInfo, type RpmsgHolder, RpmsgSysfs } from './rpmsg-sysfs.js';
export { type Readiness, rpmsgSystem, type RpmsgSystem } from './rpmsg-system.js';
export { joinPasst, type PasstCounts, type PasstJoint, type PasstOptions } from './passt.js';
export { settle } from './settle.js';
export { openTapLoop, TapLoop, type TapLoopOptions, type TapOptions } from './tap.js';
export type { Tap, TapCounts, TapReceive } from './tap-device.js';
export type { OffloadReceive, OffloadTap } from './tap-offload.js';
export { joinTap, type TapJoint } from './tap-peer.js';
export { listenTcp, type TcpHandler, type TcpOut, type TcpServer, type TcpServerOptions } from './tcp-server.js';
