// The IIO devices and triggers of a machine, as the server of libiio's protocol sees them.
import type { ClassDevice, DeviceCore } from '../../core/device.js';
import { IioDevice } from '../../core/iio/iio.js';
import { IioBuffer } from '../../core/iio/buffer.js';
import type { IiodDevice, IiodOpen, IiodStream } from './device.js';

/** Answers how to ask for the devices and triggers that there are: each is the same object as long as it is there. */
export function iioDevices(core: DeviceCore): () => readonly IiodDevice[] {
  const known = new WeakMap<ClassDevice, IiodDevice>();
  const deviceOf = (member: ClassDevice): IiodDevice => {
    const device = known.get(member) ?? newDevice(member);
    known.set(member, device);
    return device;
  };
  return () => [...core.classDevices('iio'), ...core.classDevices('iio-trigger')].map(deviceOf);
}

function newDevice(member: ClassDevice): IiodDevice {
  const { sysfs } = member;
  if (!(member instanceof IioDevice)) return { id: sysfs.name, dir: sysfs };
  const open = member.buffer === undefined ? undefined : (request: IiodOpen) => openStream(member, request);
  return { id: sysfs.name, dir: sysfs, debug: member.debugfs, open };
}

/** A buffer beside the one behind the device's file: every client has its own channels, and disturbs nobody. */
async function openStream(indio: IioDevice, { scanIndexes, samples, blocks }: IiodOpen): Promise<IiodStream> {
  const buffer = new IioBuffer(indio);
  buffer.length = samples * blocks;
  for (const index of scanIndexes) buffer.setChannel(index, true);
  await indio.attachBuffer(buffer);
  return {
    bytesPerScan: buffer.bytesPerScan,
    read: (maxBytes) => buffer.read(maxBytes),
    wait: (scans, limit) => buffer.wait(scans, limit),
    close: () => indio.detachBuffer(buffer),
  };
}
