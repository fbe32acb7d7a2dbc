// GETTRIG and SETTRIG: which trigger a device takes its samples by.
import { SysError } from '../../base/errno.js';
import type { SysfsDir } from '../../core/sysfs.js';
import { type DeviceModel, isCalled, isTrigger } from './model.js';

const FILE = 'current_trigger';

/**
 * The name of the device's trigger; empty for none. ENOENT: the device takes none; ENXIO: the trigger is not here; EIO:
 * the file is empty, as Linux has it for none, where libiio wants a newline.
 */
export async function getTrigger(model: DeviceModel, models: readonly DeviceModel[]): Promise<string> {
  const text = await triggerDir(model).read(FILE);
  if (text === '') throw new SysError('EIO', 'the file is empty', { dev: model.device.id, op: FILE });
  const name = /^[^\n\0]*/.exec(text)?.[0] ?? '';
  if (name !== '' && !models.some((other) => other.name === name))
    throw new SysError('ENXIO', `no trigger ${name}`, { dev: model.device.id, op: FILE });
  return name;
}

/** Sets the trigger that a word means, or none. ENOENT: no such device, or it takes none; EINVAL: no trigger. */
export async function setTrigger(
  model: DeviceModel,
  models: readonly DeviceModel[],
  word: string | undefined,
): Promise<void> {
  const where = { dev: model.device.id, op: FILE };
  const trigger = word === undefined ? undefined : models.find((other) => isCalled(other, word));
  if (word !== undefined && trigger === undefined) throw new SysError('ENOENT', `no device ${word}`, where);
  if (trigger !== undefined && !isTrigger(trigger)) throw new SysError('EINVAL', `${word} is no trigger`, where);
  await triggerDir(model).write(FILE, `${trigger?.name ?? ''}\0`);
}

function triggerDir({ device }: DeviceModel): SysfsDir {
  const dir = device.dir.dirs.get('trigger');
  if (dir === undefined) throw new SysError('ENOENT', 'takes no trigger', { dev: device.id, op: FILE });
  return dir;
}
