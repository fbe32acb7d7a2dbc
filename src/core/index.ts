// The door of the room: what drivers and their tests are written with.
export type { Awaited, BusType, ClassDevice, DeviceCore, DeviceSpec, DeviceState, DevPmOps, Driver } from './device.js';
export { Clk, clkGet, ofClkGet } from './clk.js';
export { Completion } from './completion.js';
export {
  type Aggregate,
  componentAdd,
  componentBindAll,
  type ComponentMatch,
  componentMasterAddWithMatch,
  type ComponentOps,
  Components,
  componentUnbindAll,
  type MasterOps,
} from './component.js';
export { debugfsDir, debugfsRoot } from './debugfs.js';
export { Device, MATCH } from './device.js';
export { DriverCore, type DriverCoreParts } from './driver-core.js';
export {
  allocPages,
  type CoherentMemory,
  devmAllocPages,
  dmaMapSingle,
  dmamAllocCoherent,
  dmaSetMask,
  dmaSyncSingle,
  dmaUnmapSingle,
  freePages,
} from './dma-mapping.js';
export { MemoryPageDma, type PageDma, pageDma } from './dma-page.js';
export {
  Drm,
  type DrmConnector,
  type DrmConnectorStatus,
  DrmDevice,
  drmDevRegister,
  modeName,
} from './drm.js';
export {
  DrmBridge,
  drmBridgeAdd,
  drmBridgeAttach,
  drmBridgeChain,
  type DrmBridgeOps,
  type DrmBridgeSpec,
  type DrmBridgeStep,
  type DrmEncoder,
  type DrmMode,
  drmModeVrefresh,
  drmOfGetBridge,
  type DrmPanel,
  drmPanelAdd,
} from './drm-bridge.js';
export { DrmCrtc, type DrmCrtcOps, type DrmCrtcSpec } from './drm-crtc.js';
export { DrmPendingEvent } from './drm-event.js';
export { DRM_FORMATS, type DrmFormat, type DrmFormatInfo, drmFourcc } from './drm-fourcc.js';
export { DrmFramebuffer, type DrmFramebufferSpec, type DrmSizeLimits } from './drm-framebuffer.js';
export {
  DrmPlane,
  type DrmPlaneSpec,
  type DrmPlaneState,
  type DrmPlaneType,
  type DrmPlaneUpdate,
} from './drm-plane.js';
export { DrmVblank, type DrmVblankEvent, type DrmVblankOps } from './drm-vblank.js';
export {
  type HwmonChannelInfo,
  type HwmonChip,
  type HwmonDevice,
  type HwmonOps,
  type HwmonType,
  hwmonDeviceRegister,
} from './hwmon.js';
export { I2C_BUS, type I2cAdapter, I2cClient, type I2cDriverSpec, i2cAddAdapter, i2cDriver } from './i2c.js';
export { devmRequestIrq, type Irq, platformGetIrq } from './interrupt.js';
export {
  devmIoremap,
  devmPlatformIoremapResource,
  type MemResource,
  type MmioSpace,
  platformGetResource,
} from './io.js';
export {
  ETH_HLEN,
  ETH_P_8021AD,
  ETH_P_8021Q,
  ETH_P_802_2,
  ETH_P_IP,
  ETH_P_IPV6,
  ETH_ZLEN,
  ethTypeTrans,
} from './etherdevice.js';
export { type IioBufferSetup, devmIioDeviceRegister, IioDevice, type IioDeviceSpec } from './iio/iio.js';
export { IioBuffer, type IioBufferWait } from './iio/buffer.js';
export {
  type IioChanInfo,
  type IioChanSpec,
  type IioChanType,
  type IioEventDirection,
  type IioEventInfo,
  type IioEventSpec,
  type IioEventType,
  type IioModifier,
  type IioScanType,
  iioSoftTimestamp,
} from './iio/channel.js';
export { IioChrdev } from './iio/chrdev.js';
export { iioEventCode, type IioEventReader, IioEvents, type IioEventWait } from './iio/event.js';
export type { IioInfo, IioWriteFormat } from './iio/info.js';
export { iioAttrName, iioChanName, iioEventName, type IioSharedBy } from './iio/names.js';
export { devmIioHrtimerTrigger, iioHrtimerTrigger } from './iio/trig-hrtimer.js';
export { devmIioTriggerRegister, iioTriggerByName, IioTrigger, type IioTriggerSpec } from './iio/trigger.js';
export {
  type IioAvail,
  iioFormatValue,
  iioInt,
  iioMicro,
  iioStrToFixpoint,
  type IioVal,
  type IioValType,
} from './iio/value.js';
export { IoRegions } from './ioport.js';
export { cString, kstrtobool, kstrtoint, kstrtol, kstrtouint, sysfsStreq } from './kstrtox.js';
export {
  devmMboxControllerRegister,
  MboxChan,
  mboxChanReceivedData,
  type MboxChanOps,
  type MboxClient,
  mboxClientTxdone,
  MboxController,
  type MboxControllerSpec,
  mboxFlush,
  mboxFreeChannel,
  mboxRequestChannel,
  mboxSendMessage,
} from './mailbox.js';
export {
  type DsiFormat,
  MIPI_DSI_BUS,
  mipiDsiAttach,
  MipiDsiDevice,
  type MipiDsiDeviceInfo,
  devmMipiDsiDeviceRegisterFull,
  mipiDsiDeviceRegisterFull,
  mipiDsiDeviceUnregister,
  mipiDsiDriver,
  type MipiDsiDriverSpec,
  type MipiDsiHost,
  type MipiDsiHostOps,
  mipiDsiHostRegister,
  ofFindMipiDsiHostByNode,
} from './mipi-dsi.js';
export { type LockLimit, Mutex } from './mutex.js';
export { Napi, NAPI_POLL_WEIGHT, type NapiPoll } from './napi.js';
export { NetdevQueue } from './netdev-queue.js';
export { NETIF_F, type NetdevFeatures, type NetdevLink, type NetdevStats } from './netdev-types.js';
export {
  devmRegisterNetdev,
  type EthtoolOps,
  type NetClassDevice,
  NetDevice,
  type NetdevOps,
  type NetdevReceive,
  type NetdevSpec,
} from './netdevice.js';
export { ofAliasGetHighestId, ofAliasGetId } from './of.js';
export {
  devmOfPlatformPopulate,
  isPopulatedBus,
  ofPlatformDefaultPopulate,
  ofPlatformPopulate,
} from './of-platform.js';
export { zoneOf } from './machine-zone.js';
export { type FragSource, Page, PAGE_SIZE, PageFragCache, Zone } from './page.js';
export { dpmResume, dpmSuspend } from './pm.js';
export {
  devmPmRuntimeEnable,
  pmRuntimeActive,
  pmRuntimeForceResume,
  pmRuntimeForceSuspend,
  pmRuntimeMarkLastBusy,
  pmRuntimePutAutosuspend,
  pmRuntimePutSync,
  pmRuntimeResumeAndGet,
  pmRuntimeUsage,
  type RuntimePmOps,
} from './pm-runtime.js';
export { AMBA_BUS, PLATFORM_BUS, type PlatformDriverSpec, platformDriver } from './platform-device.js';
export { pdrAddLookup } from './pdr.js';
export { devmRprocAdd, Rproc, type RprocSpec, type RprocState } from './remoteproc.js';
export {
  RPMSG_BUS,
  RpmsgDevice,
  rpmsgDriver,
  type RpmsgDriverSpec,
  type RpmsgEdgeDevices,
  type RpmsgEdgePlace,
  rpmsgRegisterEdge,
} from './rpmsg.js';
export { csumFold, csumPartial, csumPseudo } from './skb-checksum.js';
export type { SkbFrag } from './skb-shared-info.js';
export { CHECKSUM_NONE, CHECKSUM_PARTIAL, CHECKSUM_UNNECESSARY, MAX_SKB_FRAGS, SkBuff } from './skbuff.js';
export { Regmap, type RegmapConfig, type RegRange } from './regmap.js';
export { regmapInitI2c } from './regmap-i2c.js';
export { type Attribute, SysfsDir } from './sysfs.js';
export { type WaitLimit, WaitQueue } from './wait.js';
export type { BoardWires } from './wires.js';
