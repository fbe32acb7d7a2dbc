// The files of a device's buffer and of its trigger: the directories `scan_elements`, `buffer` and `trigger` (Linux:
// industrialio-buffer.c, industrialio-trigger.c).
import type { IioBuffer } from './buffer.js';
import type { IioCapture } from './capture.js';
import type { IioChanSpec, IioScanType } from './channel.js';
import { iioAttrName } from './names.js';
import { iioTriggerByName } from './trigger.js';
import { kstrtobool, kstrtouint } from '../kstrtox.js';
import type { Device } from '../device.js';
import type { Attribute } from '../sysfs.js';

/** Which channels there are in a scan, how they lie in it, and the switch of each. */
export function scanElementFiles(buffer: IioBuffer, capture: IioCapture, chan: IioChanSpec): readonly Attribute[] {
  const { scanIndex = -1, scanType } = chan;
  const named = (postfix: string): string => iioAttrName(chan, postfix, 'separate');
  return [
    { name: named('index'), mode: 0o444, show: () => `${scanIndex}\n` },
    { name: named('type'), mode: 0o444, show: () => `${scanType === undefined ? '' : scanTypeText(scanType)}\n` },
    {
      name: named('en'),
      mode: 0o644,
      show: () => `${Number(buffer.hasChannel(scanIndex))}\n`,
      store: (text) => {
        const on = kstrtobool(text);
        return capture.lock.run(() => buffer.setChannel(scanIndex, on));
      },
    },
  ];
}

/** `be:s13/16>>3`. */
function scanTypeText({ endianness, sign, realbits, storagebits, shift }: IioScanType): string {
  return `${endianness}:${sign}${realbits}/${storagebits}>>${shift}`;
}

/** The switch of the buffer, its sizes, and how much is in it. */
export function bufferFiles(buffer: IioBuffer, capture: IioCapture): readonly Attribute[] {
  return [
    numberFile(buffer, capture, 'length'),
    {
      name: 'enable',
      mode: 0o644,
      show: () => `${Number(buffer.enabled)}\n`,
      store: (text) => {
        const on = kstrtobool(text);
        return on ? capture.attach(buffer) : capture.detach(buffer);
      },
    },
    numberFile(buffer, capture, 'watermark'),
    { name: 'data_available', mode: 0o444, show: () => `${buffer.dataAvailable}\n` },
    { name: 'direction', mode: 0o444, show: () => 'in\n' },
  ];
}

function numberFile(buffer: IioBuffer, capture: IioCapture, name: 'length' | 'watermark'): Attribute {
  return {
    name,
    mode: 0o644,
    show: () => `${buffer[name]}\n`,
    store: (text) => {
      const value = kstrtouint(text);
      return capture.lock.run(() => {
        buffer[name] = value;
      });
    },
  };
}

/** Which trigger says when to capture, by its name; a name that nobody has leaves the device without one. */
export function triggerFiles(dev: Device, capture: IioCapture): readonly Attribute[] {
  return [
    {
      name: 'current_trigger',
      mode: 0o644,
      show: () => (capture.trigger === undefined ? '' : `${capture.trigger.name}\n`),
      store: (text) =>
        capture.lock.run(() => {
          capture.trigger = iioTriggerByName(dev.core, text);
        }),
    },
  ];
}
