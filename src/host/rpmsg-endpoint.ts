// Where the file of a channel comes from: it is there, or the control device of the edge makes it when it is needed.
import { errnoName, isErrno, SysError } from '../base/errno.js';
import { isRpmsgName, RPMSG_IOCTL, rpmsgEndpointInfo } from './rpmsg-ioctl.js';
import type { RpmsgEndpointInfo } from './rpmsg-sysfs.js';
import type { RpmsgSystem } from './rpmsg-system.js';

/** The file of one channel. */
export interface RpmsgEndpointFile {
  readonly channel: string;
  readonly transport: 'smd' | 'glink';
  /** Opens the file, and the channel with it. A SysError in the system's code says why not. */
  open(): number;
  close(fd: number): void;
}

/**
 * The file that a path names: `/dev/rpmsgN`, or `/dev/rpmsg_ctrlN:CHANNEL` for one that is made. Nothing is opened yet.
 * Throws ENOENT; ENOTTY for what is no channel; EINVAL for a control device without a name that can be; ENOSYS for one
 * without the C library.
 */
export function rpmsgEndpointFile(system: RpmsgSystem, path: string): RpmsgEndpointFile {
  const [, control, name] = /^(.*rpmsg_ctrl\d+)(?::(.*))?$/.exec(path) ?? [];
  return control === undefined ? fileThere(system, path) : fileMade(system, control, name);
}

function fileThere(system: RpmsgSystem, path: string): RpmsgEndpointFile {
  if (!system.exists(path)) throw refused('ENOENT', path, 'there is no such file');
  const node = system.nodeOf(path);
  const info = system.sysfs.endpoint(node);
  if (info === undefined) throw refused('ENOTTY', path, 'it is no channel to a remote processor');
  return {
    channel: info.channel,
    transport: system.sysfs.transport(node),
    open: () => system.open(path),
    close: (fd) => system.close(fd),
  };
}

function fileMade(system: RpmsgSystem, path: string, channel = ''): RpmsgEndpointFile {
  const { ioctl } = system;
  if (!isRpmsgName(channel)) throw refused('EINVAL', path, `it needs the name of a channel, not '${channel}'`);
  if (!system.exists(path)) throw refused('ENOENT', path, 'there is no such file');
  const control = system.nodeOf(path);
  if (!system.sysfs.isControl(control)) throw refused('ENOTTY', path, 'it is no control device of rpmsg');
  if (ioctl === undefined) throw refused('ENOSYS', path, 'system calls need the package koffi');
  const made = new Set<number>();
  return {
    channel,
    transport: system.sysfs.transport(control),
    open() {
      const place = { system, ioctl, path, control, channel };
      const there = openFirst(system, path, system.sysfs.endpointsOf(control, channel));
      if (there !== undefined) return there;
      const fd = openMade(place);
      made.add(fd);
      return fd;
    },
    close(fd) {
      // One that was there before stays. The kernel may refuse, and has gone with the edge: both are fine.
      if (made.delete(fd)) ioctl(fd, RPMSG_IOCTL.DESTROY_EPT);
      system.close(fd);
    },
  };
}

interface Place {
  readonly system: RpmsgSystem;
  readonly ioctl: NonNullable<RpmsgSystem['ioctl']>;
  readonly path: string;
  readonly control: string;
  readonly channel: string;
}

/** The kernel does not say which file it has made: it is the one that was not there before. */
function openMade({ system, ioctl, path, control, channel }: Place): number {
  const before = new Set(system.sysfs.endpointsOf(control, channel).map(({ node }) => node));
  const fd = system.open(path);
  try {
    const result = ioctl(fd, RPMSG_IOCTL.CREATE_EPT, rpmsgEndpointInfo(channel));
    if (result < 0) {
      const where = { dev: path, op: 'CREATE_EPT' };
      throw new SysError(errnoName(result) ?? 'EIO', `it makes no endpoint for ${channel}`, where);
    }
  } finally {
    system.close(fd);
  }
  const made = system.sysfs.endpointsOf(control, channel).filter(({ node }) => !before.has(node));
  const opened = openFirst(system, path, made);
  if (opened !== undefined) return opened;
  throw refused(made.length === 0 ? 'ENOENT' : 'EBUSY', path, `the endpoint that it made for ${channel} is not there`);
}

/** The first that nobody has open. */
function openFirst(system: RpmsgSystem, path: string, infos: readonly RpmsgEndpointInfo[]): number | undefined {
  for (const { node } of infos) {
    try {
      return system.open(`${path.slice(0, path.lastIndexOf('/') + 1)}${node}`);
    } catch (e) {
      if (!isErrno(e, 'EBUSY')) throw e;
    }
  }
  return undefined;
}

function refused(code: SysError['code'], path: string, what: string): SysError {
  return new SysError(code, what, { dev: path });
}
